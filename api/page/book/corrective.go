package book

import (
	"fmt"

	"github.com/steward-itsm/steward/itsm"
)

// tellCorrective says what an event of a corrective action has to tell beyond its kind.
func (b Book) tellCorrective(l *Line, d itsm.Detail) {
	who := b.Name(l.Actor)
	switch l.Kind { //nolint:exhaustive // of the others, their kind says all
	case itsm.EventCorrectiveLogged:
		l.Sentence = fmt.Sprintf("%s recorded it as %s. %s is to act on it.", who, d.Severity, b.Name(d.Assignee))
	case itsm.EventCorrectiveAssigned:
		l.Sentence = b.assigned(who, d)
	case itsm.EventCorrectiveLinked:
		l.Sentence = who + " linked it: " + d.Relation.Kind.Words() + " " + string(d.Relation.To) + "."
	case itsm.EventCorrectiveCauseNoted, itsm.EventCorrectiveCauseKnown:
		if c := d.RootCause.Cause; c != nil && l.Note == "" {
			l.Note = c.Text
		}
	case itsm.EventPlanProposed:
		l.Sentence = fmt.Sprintf("%s wrote version %d of its plan, and asked for it to be accepted.", who, d.Plan.Version)
	case itsm.EventPlanOpened:
		l.Sentence = "Steward asked " + b.Names(named(d.Opening)) + " whether its plan is carried out."
	case itsm.EventPlanBackup:
		l.Sentence += " They are " + b.Names(d.Joined) + "."
	case itsm.EventCorrectiveStep, itsm.EventCorrectiveStepDue:
		l.Sentence = b.tasked(l, "step", d.Task)
	case itsm.EventCorrectiveImplemented:
		l.Sentence += " Whether it was effective is judged from " + b.Local(*d.VerifyFrom) + "."
	case itsm.EventCorrectiveWarned, itsm.EventCorrectiveMissed, itsm.EventCorrectiveOverdue:
		l.Sentence = clockTold(d.Clock)
	case itsm.EventCorrectiveEscalated:
		l.Sentence = who + " told " + b.Called(*d.Call) + ", who answer for it."
	}
}
