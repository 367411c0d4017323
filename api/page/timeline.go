package page

import (
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// line is one thing that happened, as people read it.
type line struct {
	itsm.Event
	Sentence string
	Edits    []itsm.Difference
	Voided   []itsm.Decision
}

// happened says each kind of event of whoever did it: "Ana raised it."
var happened = map[itsm.EventKind]string{
	itsm.EventRaised:        "raised it.",
	itsm.EventOpened:        "opened its approval.",
	itsm.EventReminded:      "reminded those who may decide.",
	itsm.EventApproved:      "approved it. That authorises it.",
	itsm.EventRejected:      "rejected it. That ends it.",
	itsm.EventExpired:       "let it expire: nobody decided in time.",
	itsm.EventScheduled:     "put it on the schedule.",
	itsm.EventWindowEnded:   "let it expire: its window ended.",
	itsm.EventStarted:       "started it.",
	itsm.EventCompleted:     "reported how it went.",
	itsm.EventCancelled:     "cancelled it.",
	itsm.EventAssessing:     "asked for its assessment.",
	itsm.EventAssessed:      "assessed it.",
	itsm.EventVoted:         "voted.",
	itsm.EventVoteWithdrawn: "took back their vote.",
	itsm.EventStagePassed:   "approved it. The stage has passed.",
	itsm.EventBackup:        "let the backups decide too.",
	itsm.EventDelegated:     "delegated it.",
	itsm.EventEdited:        "edited it.",
	itsm.EventHeld:          "put it on hold.",
	itsm.EventResumed:       "resumed it.",
	itsm.EventRescheduled:   "moved its deadlines.",
	itsm.EventWithdrawn:     "withdrew it.",
	itsm.EventReassigned:    "assigned it.",
}

// verdicts says each verdict of whoever gave it.
var verdicts = map[itsm.Verdict]string{
	itsm.Approve: "approved it", itsm.Reject: "rejected it", itsm.Abstain: "abstained",
}

// Verdict says a verdict.
func (book) Verdict(v itsm.Verdict) string { return strings.TrimSuffix(verdicts[v], " it") }

// tell says what happened.
func (b book) tell(e itsm.Event) line {
	l := line{Event: e, Sentence: b.Name(e.Actor) + " " + happened[e.Kind]}
	if e.Decision != nil {
		l.Sentence = b.decided(e)
	}
	if e.Detail != nil {
		b.tellMore(&l, *e.Detail)
	}
	return l
}

func (b book) decided(e itsm.Event) string {
	did := b.Name(e.Decision.By) + " " + verdicts[e.Decision.Verdict]
	if e.Decision.For != "" {
		did += " for " + b.Name(e.Decision.For)
	}
	switch e.Kind { //nolint:exhaustive // the others have no decision
	case itsm.EventApproved:
		return did + ". That authorises it."
	case itsm.EventRejected:
		return did + ". That ends it."
	case itsm.EventStagePassed:
		return did + ". The stage has passed."
	}
	return did + "."
}

// tellMore adds what an event has to tell beyond its kind.
func (b book) tellMore(l *line, d itsm.Detail) {
	if o := d.Opening; o != nil {
		l.Sentence = b.opened(o)
	}
	if len(d.Joined) > 0 {
		l.Sentence += " They are " + b.Names(d.Joined) + "."
	}
	if g := d.Delegation; g != nil {
		l.Sentence = b.Name(l.Actor) + " delegated it: " + b.Name(g.To) + " may decide for " + b.Name(g.From) + "."
		if g.To == g.From {
			l.Sentence = b.Name(l.Actor) + " took the delegation back: " + b.Name(g.From) + " decides again."
		}
	}
	if d.Assignee != "" {
		l.Sentence = b.Name(l.Actor) + " assigned it to " + b.Name(d.Assignee) + "."
	}
	if d.ExpireAt != nil {
		l.Sentence += " It expires " + b.local(*d.ExpireAt) + " if nobody acts."
	}
	if len(d.Voided) > 0 {
		l.Voided = d.Voided
	}
	for _, e := range d.Edits {
		e.Before, e.After = b.localised(e.Field, e.Before), b.localised(e.Field, e.After)
		e.Field = strings.ReplaceAll(e.Field, "_", " ")
		l.Edits = append(l.Edits, e)
	}
}

func (b book) opened(o *itsm.Opening) string {
	var all []itsm.PersonID
	for _, p := range o.Panels {
		for _, id := range p.Named {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return "Steward opened its approval (" + o.Name + ") and asked " + b.Names(all) + "."
}

// localised shows the instants of a window, which records hold in UTC, on the
// reader's clock.
func (b book) localised(field, text string) string {
	start, end, ok := strings.Cut(text, " to ")
	if field != "window" || !ok {
		return text
	}
	from, err := time.Parse(time.RFC3339Nano, start)
	to, endErr := time.Parse(time.RFC3339Nano, end)
	if err != nil || endErr != nil {
		return text
	}
	return b.local(from) + " to " + b.local(to)
}
