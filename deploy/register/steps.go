package register

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// Step is one thing to ask Steward for, so that what is on record is what the file says.
type Step struct {
	Says string // what it does: edit its profile
	Did  string // once it is done: profile edited
	Path string // below the record: /edit; empty: the record itself is made
	Key  string // under which it counts once, however often it is asked for
	At   string // where in its entry of the file the faults of the body are
	Body any
}

// key identifies a step by the entry that it is for, and by what it does to what: to
// ask for it again is the same asking, and another text is another.
func key(kind, id, does string, body any) string {
	text, err := json.Marshal(body)
	if err != nil { // of what was read from a text
		panic(err)
	}
	digest := sha256.Sum256(text)
	return "import:" + kind + ":" + id + ":" + does + ":" + hex.EncodeToString(digest[:8])
}

// Raise makes the supplier.
func (s *Supplier) Raise() Step {
	return Step{Says: "propose it", Did: "proposed", Key: "import:supplier:" + s.ID, Body: s.Profile()}
}

// Next is what to do next for a supplier as it is on record; not ok when it is as the
// file says. What nothing can be done to any more is left as it is.
func (s *Supplier) Next(is *itsm.Supplier) (next Step, ok bool) {
	if is.State.Final() {
		return next, false
	}
	made := func(says, did, path, at string, body any) (Step, bool) {
		return Step{Says: says, Did: did, Path: path, At: at, Body: body, Key: key("supplier", s.ID, strings.TrimPrefix(path, "/")+":"+strconv.Itoa(is.Revision), body)}, true
	}
	if p := s.Profile(); !same(p, is.SupplierProfile) {
		return made("edit its profile", "profile edited", "/edit", "", itsm.ProfileRequest{SupplierProfile: p, Revision: is.Revision, Note: note})
	}
	for n, c := range s.Certificates {
		if r, differs := c.against(is.Certificates); differs {
			return made("keep the certificate "+c.Name, "certificate "+c.Name+" kept", "/certificates", fmt.Sprintf("/certificates/%d", n), r)
		}
	}
	if x := s.Exit; x != nil && (is.Exit == nil || is.Exit.Text != x.Text || is.Exit.URL != x.URL) {
		return made("write its exit plan", "exit plan written", "/exit", "/exit_plan", itsm.ExitRequest{Text: x.Text, URL: x.URL})
	}
	if d := s.Diligence; d != nil && is.Diligence == nil && is.State != itsm.SupplierProposed {
		return made("record its due diligence", "due diligence recorded", "/assess", "/due_diligence", d.request())
	}
	at, to := slices.Index(forward, is.State), slices.Index(forward, s.State)
	if at >= 0 && at < to {
		to := forward[at+1].Words()
		return made("move it on to "+to, "moved on to "+to, "/move", "/state", itsm.MoveRequest{To: forward[at+1], Note: note})
	}
	return next, false
}

// Foresee does to a supplier what a step would leave of it, by the rules: what would
// come next, if it were asked for.
func (s Step) Foresee(is *itsm.Supplier, at time.Time) {
	is.Revision++
	switch r := s.Body.(type) {
	case itsm.SupplierProfile:
		is.State = itsm.SupplierNew
		is.Begin(r)
		is.Propose(at)
	case itsm.ProfileRequest:
		is.Edit(manager, r, at)
	case itsm.CertificateRequest:
		is.Certify(manager, r, at)
	case itsm.ExitRequest:
		is.PlanExit(manager, r, itsm.SupplierPolicy{}, at)
	case itsm.DiligenceRequest:
		is.Assess(manager, r, itsm.SupplierPolicy{}, at)
	case itsm.MoveRequest:
		is.Move(manager, r, at)
	}
}

// note says on record where it comes from.
const note = "As the imported register says."

// against is what to ask for so that a certificate is as the file says.
func (c *Certificate) against(held []itsm.Certificate) (r itsm.CertificateRequest, differs bool) {
	for _, h := range slices.Backward(held) {
		if h.Name == c.Name && h.EndedAt == nil {
			if h.On == c.Expires && (c.URL == "" || h.URL == c.URL) {
				return r, false
			}
			return itsm.CertificateRequest{ID: h.ID, Expires: c.Expires, URL: c.URL}, true
		}
	}
	return itsm.CertificateRequest{Name: c.Name, Expires: c.Expires, URL: c.URL}, true
}

// Raise makes the contract with a supplier. Of one that was cancelled so many times
// before, it makes another.
func (c *Contract) Raise(with itsm.Number, cancelled int) Step {
	s := Step{Says: "draft it", Did: "drafted", Key: "import:contract:" + c.ID, Body: c.Draft(with)}
	if cancelled > 0 {
		s.Key += ":" + strconv.Itoa(cancelled)
	}
	return s
}

// Next is what to do next for a contract as it is on record. It is not ok when that is
// nothing; stays then says why, where it is not as the file says.
func (c *Contract) Next(is *itsm.Contract) (next Step, ok bool, stays string) {
	asked := is.Proposal
	agreed := c.agreed(is)
	others := is.Title != c.Title || is.Owner != c.Owner || !slices.Equal(c.Services, is.Services)
	switch {
	case is.State.Final():
		return next, false, "it is " + is.State.Words() + " already"
	case agreed && others:
		return next, false, "its title, owner or services are others, which are for life: mend the file"
	case agreed && is.State != itsm.ContractDrafted:
		return next, false, ""
	case asked != nil && asked.Open:
		return next, false, waits(asked, c.Terms(), agreed)
	case agreed && c.Approval == nil:
		return next, false, ""
	case agreed && asked != nil:
		return next, false, "it was not approved: propose it anew by hand"
	case agreed:
		return c.propose(is, "ask for its approval", "others are asked to approve it", itsm.ProposalRequest{Decision: itsm.ApproveContract})
	case !slices.Contains(is.Proposable(), itsm.AmendContract):
		return next, false, "it is " + is.State.Words() + " with other terms: cancel it, then import it again"
	case asked != nil && asked.Terms != nil && same(c.Terms(), *asked.Terms):
		return next, false, "these terms were not approved: propose them anew by hand"
	case c.Approval == nil:
		return next, false, "its terms are others: say in approval why they are amended"
	}
	return c.propose(is, "ask for an amendment", "others are asked to amend it", itsm.ProposalRequest{Decision: itsm.AmendContract, Terms: new(c.Terms())})
}

// agreed reports whether the terms on record are those of the file: also after the
// contract went on by itself, which moves its end.
func (c *Contract) agreed(is *itsm.Contract) bool {
	t := c.Terms()
	for range is.Renewals {
		if same(t, is.ContractTerms) {
			return true
		}
		t.End = t.Renewal.After(t.End)
	}
	return same(t, is.ContractTerms)
}

// waits says what a contract waits for; nothing, when that is what the file says.
func waits(asked *itsm.ContractProposal, t itsm.ContractTerms, agreed bool) string {
	if agreed || (asked.Terms != nil && same(t, *asked.Terms)) {
		return ""
	}
	return "others are asked whether to " + string(asked.Decision) + " it: import it again once they have decided"
}

func (c *Contract) propose(is *itsm.Contract, says, did string, r itsm.ProposalRequest) (next Step, ok bool, stays string) {
	r.Note, r.Effect, r.Risk = c.Approval.Note, c.Approval.Effect, c.Approval.Risk
	return Step{
		Says: says, Did: did, Path: "/propose", At: "/approval", Body: r, Key: key("contract", c.ID, "propose:"+strconv.Itoa(is.Revision), r),
	}, true, ""
}

// same reports whether two values are written alike: an empty list is none.
func same[T any](a, b T) bool {
	one, err := json.Marshal(a)
	two, also := json.Marshal(b)
	return err == nil && also == nil && string(one) == string(two)
}
