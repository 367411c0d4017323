package form

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/itsm"
)

// The callback ids of the forms about corrective actions that have fields of their own.
const (
	CorrectiveForm      = "corrective.raise"
	CorrectiveCauseForm = "corrective.rca"
	PlanForm            = "corrective.plan"
)

var severities = []Option{
	{string(itsm.SeverityCritical), "Critical · a requirement is not fulfilled at all, or people are harmed"},
	{string(itsm.SeverityMajor), "Major · it is not fulfilled in part, or again and again"},
	{string(itsm.SeverityMinor), "Minor · once, with little effect"},
}

var origins = []Option{
	{string(itsm.RaisedByHand), "Somebody noticed it"},
	{string(itsm.RaisedByReview), "A review or an audit"},
	{string(itsm.RaisedByProblem), "A problem"},
	{string(itsm.RaisedByIncident), "An incident"},
	{string(itsm.RaisedByChange), "A change that failed"},
}

// NewCorrective is what the form for a corrective action offers.
type NewCorrective struct {
	Services []itsm.Service
	Draft    itsm.CorrectiveDraft // filled in already, as far as it goes
}

// Corrective is the form for a corrective action. Each block bears the name of its field,
// so that a refusal's pointers lead to it.
func Corrective(n NewCorrective) *slack.ModalViewRequest {
	d := n.Draft
	return modal(CorrectiveForm, "Raise corrective action", "Raise", "",
		input("title", "Title", "What is not as it must be, in one line.", line(cards.Cut(d.Title, itsm.MaxTitle, "…"))),
		input("service", "Service", "", choose(n.Services, d.Service)),
		input("nonconformity", "Nonconformity", "Which requirement is not fulfilled, and how that shows.", lines(cards.Cut(d.Nonconformity, maxTyping, "…"), maxTyping)),
		optional("correction", "Correction", "What was done at once.", lines(cards.Cut(d.Correction, maxTyping, "…"), maxTyping)),
		optional("severity", "Severity", "By when each stage is to be done follows from it. Left out, minor.", selected(severities, string(d.Severity))),
		optional("owner", "Owner", "Who is to act, and never says whether it helped. Left out, whoever owns the service.", chosen("")),
		optional("source", "Comes from", "The number of the record that it comes from, such as PRB-7, INC-42 or CHG-9.", line(string(d.Source))),
		optional("raised_by", "What found it?", "Left out, what the record is that it comes from.", selected(origins, string(d.RaisedBy))),
	)
}

// Corrective is the corrective action that was filled in. Who is to own it, its caller
// finds out.
func (f Filled) Corrective() itsm.CorrectiveDraft {
	d := itsm.CorrectiveDraft{Severity: itsm.Severity(f.Text("severity"))}
	d.Title, d.Nonconformity, d.Correction = f.Text("title"), f.Text("nonconformity"), f.Text("correction")
	d.Service, d.RaisedBy = itsm.ServiceID(f.Text("service")), itsm.CorrectiveOrigin(f.Text("raised_by"))
	d.Source = typed.Number(strings.TrimSpace(f.Text("source")), "")
	return d
}

// CorrectiveCause is a corrective action, as the form for its root cause takes it.
func CorrectiveCause(c *itsm.CorrectiveAction) Caused {
	return Caused{CorrectiveCauseForm, c.Number, cards.CorrectiveHeadline(c), c.RootCause}
}

// A form offers room for so many steps, and for some more than there are.
const (
	fewestSlots = 4
	mostSlots   = 16
	moreSlots   = 2
)

// Plan is the form for the plan of a corrective action, filled in with the one that there
// is. It keeps which version that was. Each step is a slot of three fields; one without a
// title is none. in is the Slack id of somebody.
func Plan(c *itsm.CorrectiveAction, in func(itsm.PersonID) string) *slack.ModalViewRequest {
	p := itsm.CorrectivePlan{}
	if c.Plan != nil {
		p = *c.Plan
	}
	blocks := []slack.Block{
		cards.Plain(cards.CorrectiveHeadline(c)), cards.Footnote("Quality managers decide whether it is carried out; whoever owns it or wrote it does not. A step without a title is none."),
	}
	if len(p.Steps) > mostSlots {
		blocks = append(blocks, cards.Footnote(fmt.Sprintf("*Its %d steps* are more than Slack can edit. They stay as they are; the API can change them.", len(p.Steps))))
	} else {
		blocks = append(blocks, slots(p.Steps, in)...)
	}
	blocks = appendKnown(blocks, editable(p.Measure), input("measure", "Measure", "By which people judge whether it was effective.", lines(p.Measure, maxTyping)))
	blocks = appendKnown(blocks, editable(p.Similar), input("similar", "Elsewhere", "Whether it is, or could be, so elsewhere, and what is done about that.", lines(p.Similar, maxTyping)))
	after := time.Time{}
	if p.VerifyAfter != nil {
		after = *p.VerifyAfter
	}
	blocks = append(blocks,
		optional("verify_after", "When does its effect show?", "In your own time zone; not verified before. Left out, as long after it is implemented as the policy says.", instant(after)),
		optional("note", "What should whoever decides know?", "", lines("", itsm.MaxNote)),
	)
	return modal(PlanForm, "Plan "+string(c.Number), "Propose", Kept{Claim: cards.Claim{Number: c.Number}, Against: p.Version}.Value(), blocks...)
}

// slots are the fields of the steps that there are, and of some more.
func slots(steps []itsm.PlanStep, in func(itsm.PersonID) string) (blocks []slack.Block) {
	for n := range min(max(len(steps)+moreSlots, fewestSlots), mostSlots) {
		var s itsm.PlanStep
		who := ""
		if n < len(steps) {
			s = steps[n]
			who = in(s.Owner)
		}
		at := slot(n)
		blocks = append(blocks,
			input(at+"title", fmt.Sprintf("Step %d", n+1), "", line(s.Title)).WithOptional(n > 0),
			optional(at+"owner", "Who does it?", "Left out, whoever owns this.", chosen(who)),
			optional(at+"due_at", "By when?", "", instant(s.DueAt)),
		)
	}
	return blocks
}

// slot is what the names of the fields of a step begin with.
func slot(n int) string { return fmt.Sprintf("steps_%d_", n) }

// PlanSlot is a step that was filled in, and whom its form names as its owner by their
// Slack id; empty: nobody.
type PlanSlot struct {
	N    int // of the slot, from 0
	Step itsm.PlanStep
	Who  string
}

// Plan is the plan that was filled in, without its steps, against the version that the
// form began with; what the form could not show is as it was.
func (f Filled) Plan(k Kept, was *itsm.CorrectivePlan) itsm.PlanRequest {
	r := itsm.PlanRequest{Against: k.Against, Measure: f.Text("measure"), Similar: f.Text("similar"), Note: f.Text("note")}
	if at := f.Instant("verify_after"); !at.IsZero() {
		r.VerifyAfter = &at
	}
	if was == nil {
		return r
	}
	if !f.shows("measure") && !editable(was.Measure) {
		r.Measure = was.Measure
	}
	if !f.shows("similar") && !editable(was.Similar) {
		r.Similar = was.Similar
	}
	if !f.shows(slot(0)+"title") && len(was.Steps) > mostSlots {
		r.Steps = was.Steps
	}
	return r
}

// PlanSlots are the steps that were filled in: those that have a title.
func (f Filled) PlanSlots() (all []PlanSlot) {
	for n := range mostSlots {
		at := slot(n)
		title := strings.TrimSpace(f.Text(at + "title"))
		if title == "" {
			continue
		}
		all = append(all, PlanSlot{n, itsm.PlanStep{Title: title, DueAt: f.Instant(at + "due_at")}, f.Text(at + "owner")})
	}
	return all
}

// EvidenceOf reads one piece of evidence from each line: an address, a record's number,
// or what was seen.
func EvidenceOf(text string) []itsm.Evidence { return evidence(text) }
