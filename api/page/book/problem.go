package book

import (
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// tellProblem says what an event of a problem has to tell beyond its kind.
func (b Book) tellProblem(l *Line, d itsm.Detail) {
	who := b.Name(l.Actor)
	switch l.Kind { //nolint:exhaustive // of the others, their kind says all
	case itsm.EventProblemLogged, itsm.EventProblemProposed:
		l.Sentence = fmt.Sprintf("%s It is %s, of %s impact and %s urgency.", l.Sentence, d.Priority, d.Impact, d.Urgency)
	case itsm.EventProblemAccepted:
		l.Sentence = fmt.Sprintf("%s accepted it, as %s. %s coordinates it.", who, d.Priority, b.Name(d.Assignee))
	case itsm.EventProblemAssigned:
		l.Sentence = b.assigned(who, d)
	case itsm.EventProblemTask, itsm.EventTaskDue:
		l.Sentence = b.tasked(l, "task", d.Task)
	case itsm.EventCauseNoted, itsm.EventCauseKnown:
		if c := d.RootCause.Cause; c != nil && l.Note == "" {
			l.Note = c.Text
		}
	case itsm.EventProblemWarned, itsm.EventProblemMissed, itsm.EventProblemOverdue:
		l.Sentence = clockTold(d.Clock)
	case itsm.EventProblemEscalated:
		l.Sentence = who + " told " + b.Called(*d.Call) + ", who answer for it."
	default:
		b.tellEnd(l, d)
	}
}

// tellEnd says what became of a problem's fix, its risk and its known error, and how it
// came to stand with other records.
func (b Book) tellEnd(l *Line, d itsm.Detail) {
	who := b.Name(l.Actor)
	switch l.Kind { //nolint:exhaustive // ditto
	case itsm.EventProblemLinked:
		l.Sentence = who + " linked it: " + d.Relation.Kind.Words() + " " + string(d.Relation.To) + "."
	case itsm.EventProblemMerged:
		l.Sentence = who + " merged it into " + string(d.Relation.To) + "."
	case itsm.EventProblemRecurred:
		l.Sentence = who + " reopened it: it came back in " + string(d.Relation.To) + "."
	case itsm.EventProblemAbsorbed:
		l.Sentence = who + " took up " + string(d.Absorbed) + ", which was merged into it."
	case itsm.EventFixPlanned:
		l.Sentence = who + " planned its fix by " + string(d.Fix.Change) + "."
	case itsm.EventFixDeployed:
		l.Sentence = string(d.Fix.Change) + " was carried out, which is to fix it."
	case itsm.EventFixFailed:
		l.Sentence = string(d.Fix.Change) + " did not fix it: it is " + d.Fix.Outcome.Words() + "."
	case itsm.EventWatchBegan:
		l.Sentence = who + " watches its fix until " + b.Local(*d.Watch.Until) + "."
	case itsm.EventRiskAccepted:
		l.Sentence = who + " accepted its risk until " + b.Local(d.Risk.ExpiresAt) + "."
	case itsm.EventKnownErrorOpened:
		l.Sentence = "Steward asked " + b.Names(named(d.Opening)) + " whether its known error can be published."
	case itsm.EventKnownErrorBackup:
		l.Sentence += " They are " + b.Names(d.Joined) + "."
	}
}

// tasked says what became of a task, or of a step of a plan.
func (b Book) tasked(l *Line, name string, t *itsm.Task) string {
	what := fmt.Sprintf("%s %d, %s", name, t.ID, strings.TrimSuffix(t.Title, "."))
	switch {
	case l.Kind == itsm.EventTaskDue || l.Kind == itsm.EventCorrectiveStepDue:
		return b.Name(l.Actor) + " told " + b.Name(t.Owner) + " that a " + name + " is due: " + what + "."
	case t.State == itsm.TaskOpen:
		return b.Name(l.Actor) + " gave " + b.Name(t.Owner) + " " + what + "."
	default:
		return b.Name(l.Actor) + " said that " + what + ", is " + itsm.State(t.State).Words() + "."
	}
}
