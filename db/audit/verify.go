package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/steward-itsm/steward/db"
)

const (
	// SealWithin is how soon an entry must be sealed: what is not chained can be
	// changed unseen.
	SealWithin = 10 * time.Second
	// AnchorWithin is how soon a link must be anchored, with room for one failure.
	AnchorWithin = 2 * AnchorInterval
)

// Report is what Verify found. OK means that every row is what it was when it was
// sealed, and that nothing that was anchored is gone.
type Report struct {
	OK       bool     `json:"ok"`
	Checked  int64    `json:"checked"` // links
	FirstBad *Bad     `json:"first_bad,omitempty"`
	Head     *Head    `json:"head,omitempty"`
	Anchors  Anchored `json:"anchors"`
	Unsealed int64    `json:"unsealed"`         // entries without a link yet
	Late     int64    `json:"sealed_late"`      // sealed more than SealWithin after they were entered: no fault, but a time of risk
	Personal int64    `json:"personal_checked"` // values beside the chain that are what was entered
	Lost     []Range  `json:"lost,omitempty"`   // links that were anchored and are gone
	Restores []Range  `json:"restores,omitempty"`
}

// Bad is the first row that is not as it should be, and why.
type Bad struct {
	Seq    int64  `json:"seq,omitempty"`
	Entry  int64  `json:"entry,omitempty"`
	Reason string `json:"reason"`
}

// Head is the newest link.
type Head struct {
	Seq      int64  `json:"seq"`
	Hash     string `json:"hash"`
	SealedAt string `json:"sealed_at"`
}

// Anchored is what the anchors said.
type Anchored struct {
	Configured bool     `json:"configured"`
	Checked    int64    `json:"checked"`
	Newest     int64    `json:"newest"` // seq
	Odd        []string `json:"odd,omitempty"`
}

// Range is links by their first and last seq.
type Range struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Verify reads a source once and stops at the first row that is bad. It returns
// an error only when it could not look: what it saw is in the report.
func Verify(ctx context.Context, source Source, anchors Anchors, now time.Time) (Report, error) {
	v := &verifier{now: now, previous: genesis}
	v.report.Anchors.Configured = len(anchors.Folders) > 0
	standing, restores, odd, err := anchors.read()
	if err != nil {
		if _, forged := errors.AsType[*untrusted](err); forged || errors.Is(err, errDisagree) {
			v.report.FirstBad = &Bad{Reason: err.Error()}
			return v.report, nil
		}
		return v.report, err
	}
	v.standing, v.report.Anchors.Odd = standing, odd
	for _, r := range restores {
		v.report.Restores = append(v.report.Restores, Range{r.Seq + 1, r.LostTo})
	}
	for row, err := range source.Rows(ctx) {
		if err != nil {
			return v.report, err
		}
		if v.report.FirstBad = v.check(row); v.report.FirstBad != nil {
			return v.report, nil
		}
	}
	v.report.FirstBad = v.end()
	v.report.OK = v.report.FirstBad == nil
	return v.report, nil
}

// verifier is how far Verify has come.
type verifier struct {
	report   Report
	now      time.Time
	previous string   // the hash of the link before
	standing []Anchor // those not yet passed, by place
	waiting  string   // when the first link after the last passed anchor was sealed
	ended    bool     // the last link was seen
}

func (v *verifier) check(row Row) *Bad {
	if row.Link != nil {
		return v.link(row.Link, row.Entry)
	}
	if bad := v.end(); bad != nil {
		return bad
	}
	switch {
	case row.Entry != nil:
		return v.unsealed(row.Entry)
	case row.Personal != nil:
		return v.personal(row.Personal)
	default:
		return &Bad{Seq: v.report.Checked + 1, Reason: "the row is neither a link nor an entry"}
	}
}

func (v *verifier) link(l *Link, e *Entry) *Bad {
	bad := func(format string, args ...any) *Bad {
		return &Bad{Seq: l.Seq, Entry: l.Entry, Reason: fmt.Sprintf(format, args...)}
	}
	switch want := v.report.Checked + 1; {
	case v.ended:
		return bad("a link comes after the end of the chain")
	case l.Seq < want:
		return bad("the chain holds seq %d again", l.Seq)
	case l.Seq > want:
		return &Bad{Seq: want, Reason: fmt.Sprintf("links are missing: after seq %d comes seq %d", want-1, l.Seq)}
	case l.Version != Version:
		return bad("nobody knows hash version %d", l.Version)
	case l.PrevHash != v.previous:
		return bad("its previous hash is not the hash of the link before")
	case e == nil:
		return bad("its entry is gone")
	case e.ID != l.Entry:
		return bad("its entry is %d", e.ID)
	}
	if hash, err := l.digest(e); err != nil {
		return bad("%v", err)
	} else if hash != l.Hash {
		return bad("link or entry was changed after it was sealed")
	}
	v.report.Checked, v.previous = l.Seq, l.Hash
	v.report.Head = &Head{Seq: l.Seq, Hash: l.Hash, SealedAt: l.SealedAt}
	if sealed, err := time.Parse(instant, l.SealedAt); err == nil {
		if age, known := e.age(sealed); known && age > SealWithin {
			v.report.Late++
		}
	}
	return v.anchored(l)
}

// anchored compares a link with the anchor of its place, if there is one.
func (v *verifier) anchored(l *Link) *Bad {
	if v.waiting == "" {
		v.waiting = l.SealedAt
	}
	if len(v.standing) == 0 || v.standing[0].Seq != l.Seq {
		return nil
	}
	anchor := v.standing[0]
	v.standing = v.standing[1:]
	if anchor.Hash != l.Hash {
		return &Bad{Seq: l.Seq, Entry: l.Entry, Reason: "the chain was rewritten: the anchor of this seq, signed at " + anchor.At + ", has another hash"}
	}
	v.report.Anchors.Checked++
	v.report.Anchors.Newest = l.Seq
	v.waiting = ""
	return nil
}

func (v *verifier) unsealed(e *Entry) *Bad {
	v.report.Unsealed++
	age, known := e.age(v.now)
	if !known {
		return &Bad{Entry: e.ID, Reason: "the entry is not sealed, and its instant cannot be read"}
	}
	if age > SealWithin {
		return &Bad{Entry: e.ID, Reason: fmt.Sprintf("the entry is not sealed %s after it was made", age.Truncate(time.Second))}
	}
	return nil
}

func (v *verifier) personal(p *Personal) *Bad {
	v.report.Personal++
	if p.Hashed == "" || db.PersonalHash(p.Salt, p.Value) != p.Hashed {
		return &Bad{Entry: p.Entry, Reason: fmt.Sprintf("the personal value %q beside the entry is not what was entered", p.Field)}
	}
	return nil
}

// end is what can be said once the last link was seen; it is said once.
func (v *verifier) end() *Bad {
	if v.ended {
		return nil
	}
	v.ended = true
	if len(v.standing) > 0 {
		from, to := v.report.Checked+1, v.standing[len(v.standing)-1].Seq
		v.report.Lost = []Range{{from, to}}
		return &Bad{Seq: from, Reason: fmt.Sprintf("the chain is older than its newest anchor: seq %d to %d are lost", from, to)}
	}
	if !v.report.Anchors.Configured || v.waiting == "" {
		return nil
	}
	sealed, err := time.Parse(instant, v.waiting)
	if err != nil || v.now.Sub(sealed) > AnchorWithin {
		return &Bad{Seq: v.report.Anchors.Newest + 1, Reason: "anchors are missing: the links from this seq on were sealed at " + v.waiting + " and never anchored"}
	}
	return nil
}
