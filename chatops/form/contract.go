package form

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/itsm"
)

// The callback ids of the forms about contracts that have fields of their own.
const (
	ContractForm = "contract.raise"
	AmendForm    = "contract.amend"
)

// NewContract is what the form for a contract offers.
type NewContract struct {
	Services []itsm.Service
	Supplier itsm.Number // filled in already, where it is known
	Owner    string      // the Slack id of who answers for it
}

// Contract is the form for a contract. Each block bears the name of its field, so that a
// refusal's pointers lead to it.
func Contract(n NewContract) *slack.ModalViewRequest {
	blocks := []slack.Block{
		input("title", "Title", "", line("")),
		input("supplier", "Supplier", "A number such as SUP-4.", line(string(n.Supplier))),
		input("owner", "Owner", "Who answers for it.", chosen(n.Owner)),
	}
	if len(n.Services) > 0 && len(n.Services) <= maxOptions {
		all := make([]Option, len(n.Services))
		for i, one := range n.Services {
			all[i] = Option{string(one.ID), cards.Cut(one.Name+" · "+string(one.ID), 75, "…")}
		}
		blocks = append(blocks, optional("services", "Services", "That depend on it.", several(all, nil)))
	}
	return modal(ContractForm, "Draft contract", "Draft", "", append(blocks, terms("", itsm.ContractTerms{})...)...)
}

// Amend is the form with which others are asked to amend a contract, filled in with what
// both sides agreed on so far. It keeps which text that was.
func Amend(c *itsm.Contract, note string) *slack.ModalViewRequest {
	blocks := []slack.Block{cards.Plain(cards.ContractHeadline(c)), cards.Footnote("Others are asked whether it is so from now on. Whoever proposes it has no say.")}
	blocks = append(blocks, terms("terms_", c.ContractTerms)...)
	blocks = append(blocks,
		input("effect", "Effect", "On services, and on how they are managed.", lines("", itsm.MaxNote)),
		optional("risk", "Risk", "Needed where customers were promised more than the targets: what is done about that.", lines("", itsm.MaxNote)),
		optional("change", "Carried out by", "The number of a change, such as CHG-42.", line("")),
		input("note", "Why?", "", lines(cards.Cut(note, itsm.MaxNote, ""), itsm.MaxNote)),
	)
	return modal(AmendForm, "Amend "+string(c.Number), "Propose", Kept{Claim: cards.Claim{Number: c.Number}, Was: map[string]string{"terms": agreed(c)}}.Value(), blocks...)
}

// agreed stands for what both sides agreed on, so that an amendment of another text than
// was read is not proposed unseen.
func agreed(c *itsm.Contract) string {
	return (&itsm.ContractProposal{}).Hash(&c.ContractTerms)[:8]
}

// AgreedAnew tells whether a contract says something else by now than the form began with.
func (k Kept) AgreedAnew(c *itsm.Contract) bool { return k.Was["terms"] != agreed(c) }

// terms are the fields of what both sides agree on; at is what their names begin with.
func terms(at string, t itsm.ContractTerms) (blocks []slack.Block) {
	targets := targetLines(t.Targets)
	blocks = appendKnown(blocks, editable(t.Supplies), input(at+"supplies", "What is supplied?", "", lines(t.Supplies, maxTyping)))
	blocks = appendKnown(blocks, editable(t.Duties), input(at+"duties", "Duties", "Authorities and responsibilities of both sides.", lines(t.Duties, maxTyping)))
	blocks = append(blocks,
		input(at+"start", "First day", "", day(dateOf(t.Start))),
		input(at+"end", "Last day", "Of the term that runs now.", day(dateOf(t.End))),
		optional(at+"notice", "Notice period", "Months such as 3mo, or days such as 90d.", line(spanOf(t.Notice))),
		optional(at+"renewal", "Goes on for", "If nobody gives notice: months such as 12mo, or days. Left out, it ends.", line(spanOf(t.Renewal))),
	)
	again, err := readTargets(at, targets)
	blocks = appendKnown(blocks, editable(targets) && err == nil && targetLines(again) == targets, input(at+"targets", "Targets",
		"One on each line: name | criterion | unit | all points at | none at | critical or not | what customers were promised. Availability | service_level | percent | 99.9 | 99 | critical | 99.5", lines(targets, maxTyping)))
	return append(blocks,
		input(at+"document_url", "Document", "Where the signed text is kept.", linkLine(t.Document.URL)),
		input(at+"document_digest", "Its SHA-256", "64 digits of 0-9 a-f, as sha256sum prints them.", line(t.Document.Digest)),
	)
}

func dateOf(d itsm.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func spanOf(s itsm.DateSpan) string {
	if s.IsZero() {
		return ""
	}
	return s.String()
}

func targetLines(all []itsm.ContractTarget) string {
	out := make([]string, len(all))
	for n := range all {
		t := &all[n]
		cells := []string{t.Name, string(t.Criterion), t.Unit, t.Full.String(), t.None.String(), "", ""}
		if t.Critical {
			cells[5] = "critical"
		}
		if t.Customer != nil {
			cells[6] = t.Customer.String()
		}
		out[n] = strings.TrimRight(strings.Join(cells, " | "), " |")
	}
	return strings.Join(out, "\n")
}

// readTargets reads a target from each line. What is no decimal it refuses, beside the
// field.
func readTargets(at, text string) (all []itsm.ContractTarget, err error) {
	for n, one := range lineByLine(text) {
		c := cells(one, 7)
		t := itsm.ContractTarget{Name: c[0], Criterion: itsm.Criterion(strings.ReplaceAll(strings.ToLower(c[1]), " ", "_")), Unit: c[2], Critical: strings.EqualFold(c[5], "critical")}
		for _, number := range []struct {
			cell string
			to   *itsm.Amount
		}{{c[3], &t.Full}, {c[4], &t.None}, {c[6], new(itsm.Amount)}} {
			if number.cell == "" && number.to != &t.Full && number.to != &t.None {
				continue
			}
			if err := number.to.UnmarshalText([]byte(number.cell)); err != nil {
				return nil, Beside(fmt.Sprintf("/%stargets/%d", strings.ReplaceAll(at, "_", "/"), n), err)
			}
			if number.to != &t.Full && number.to != &t.None {
				t.Customer = number.to
			}
		}
		all = append(all, t)
	}
	return all, nil
}

// Terms are what was filled in of what both sides agree on; what the form could not show
// is as it was.
func (f Filled) Terms(at string, was itsm.ContractTerms) (t itsm.ContractTerms, err error) {
	t = was
	for block, to := range map[string]*string{"supplies": &t.Supplies, "duties": &t.Duties, "document_url": &t.Document.URL, "document_digest": &t.Document.Digest} {
		if f.shows(at + block) {
			*to = strings.TrimSpace(f.Text(at + block))
		}
	}
	t.Document.Digest = strings.ToLower(t.Document.Digest)
	pointer := "/" + strings.ReplaceAll(at, "_", "/")
	for block, to := range map[string]*itsm.Date{"start": &t.Start, "end": &t.End} {
		*to = 0
		if said := f.Text(at + block); said != "" {
			if err := to.UnmarshalText([]byte(said)); err != nil {
				return t, Beside(pointer+block, err)
			}
		}
	}
	for block, to := range map[string]*itsm.DateSpan{"notice": &t.Notice, "renewal": &t.Renewal} {
		*to = itsm.DateSpan{}
		if said := strings.TrimSpace(f.Text(at + block)); said != "" {
			if err := to.UnmarshalText([]byte(said)); err != nil {
				return t, Beside(pointer+block, err)
			}
		}
	}
	if f.shows(at + "targets") {
		t.Targets, err = readTargets(at, f.Text(at+"targets"))
	}
	return t, err
}

// Contract is the contract that was filled in. Who answers for it, its caller finds out.
func (f Filled) Contract() (d itsm.ContractDraft, err error) {
	d.ContractTerms, err = f.Terms("", itsm.ContractTerms{})
	d.Title, d.Supplier = f.Text("title"), typed.Number(strings.TrimSpace(f.Text("supplier")), "SUP")
	for _, id := range f.Texts("services") {
		d.Services = append(d.Services, itsm.ServiceID(id))
	}
	return d, err
}

// Amendment is what others are asked for.
func (f Filled) Amendment(was itsm.ContractTerms) (r itsm.ProposalRequest, err error) {
	t, err := f.Terms("terms_", was)
	return itsm.ProposalRequest{
		Decision: itsm.AmendContract, Terms: &t, Note: f.Text("note"), Effect: f.Text("effect"), Risk: f.Text("risk"), Change: typed.Number(strings.TrimSpace(f.Text("change")), "CHG"),
	}, err
}
