package cards

import (
	"fmt"

	"github.com/steward-itsm/steward/itsm"
)

// correctiveHappened says an event to one person as another would, and then what they can
// do about it; nothing where nothing is asked of them. Its note is shown beside it.
func correctiveHappened(n itsm.Notice) (what, then string) {
	c, e := n.Corrective, n.Event
	who, it := Name(n.People, e.Actor), string(c.Number)
	switch e.Kind { //nolint:exhaustive // those that people are told of
	case itsm.EventCorrectiveAcknowledged:
		return who + " acknowledged " + it + ".", ""
	case itsm.EventCorrectiveLogged, itsm.EventCorrectiveAssigned:
		return correctiveHanded(n, who)
	case itsm.EventPlanAccepted:
		return planAccepted(n, it)
	case itsm.EventPlanRejected:
		return who + " rejected the plan of " + it + ".", "Mend what was wrong with Plan…"
	case itsm.EventPlanExpired:
		return "Nobody decided in time on the plan of " + it + ".", "Propose it anew with Plan…"
	case itsm.EventCorrectiveStep, itsm.EventCorrectiveStepDue:
		return stepHappened(n, who)
	case itsm.EventCorrectiveImplemented:
		return who + " says that " + it + " is implemented.", ""
	case itsm.EventCorrectiveVerified:
		return who + " found " + it + " effective.", "If it comes back, raise another."
	case itsm.EventCorrectiveNotEffective:
		return who + " found " + it + " not effective.", "Say what is found with Root cause…, then plan anew."
	case itsm.EventCorrectiveWithdrawn:
		return who + " withdrew " + it + ".", ""
	default:
		return correctiveWaits(n, it)
	}
}

// correctiveWaits says that a corrective action is late.
func correctiveWaits(n itsm.Notice, it string) (what, then string) {
	e, told := n.Event, clockTold(clockFor(detailOf(n.Event)), "the %s of "+it)
	switch e.Kind { //nolint:exhaustive // ditto
	case itsm.EventCorrectiveWarned:
		return told, "Go on with it, or hand it to somebody with Assign…"
	case itsm.EventCorrectiveMissed, itsm.EventCorrectiveOverdue:
		return told, "See to it that somebody is at it; Details tells who has it."
	case itsm.EventCorrectiveEscalated:
		return it + " is late. You are told because you answer for it.", "Ask its owner, or hand it to somebody with Assign…"
	case itsm.EventCorrectiveUnroutable:
		return it + " is late, and there is nobody else to tell.", "Ask its owner, or hand it to somebody with Assign…"
	default:
		return it + " moved on: " + correctiveWords(e.Kind) + ".", ""
	}
}

func correctiveHanded(n itsm.Notice, who string) (what, then string) {
	d, it := detailOf(n.Event), string(n.Corrective.Number)
	did := " handed " + it + " on"
	switch {
	case d.Assignee == n.To:
		return who + did + ": you own it from now on.", "Details tells how far it is."
	case d.Assignee != "":
		return who + did + ": " + Name(n.People, d.Assignee) + " owns it from now on.", ""
	default:
		return who + did + ": the team " + string(d.Team) + " has it from now on.", ""
	}
}

// planAccepted names the steps that are whose it is told.
func planAccepted(n itsm.Notice, it string) (what, then string) {
	what = voter(n, ended(n)) + " accepted the plan of " + it + "."
	mine := 0
	for _, s := range n.Corrective.Steps {
		if s.State == itsm.TaskOpen && s.Owner == n.To {
			mine++
		}
	}
	if mine == 0 {
		return what, ""
	}
	return what, fmt.Sprintf("%d of its steps are yours. Say of each when it is done, and what shows that, with Step done…", mine)
}

func stepHappened(n itsm.Notice, who string) (what, then string) {
	it, t := string(n.Corrective.Number), detailOf(n.Event).Task
	if t == nil {
		return "A step of " + it + " moved on.", ""
	}
	name := "step " + taskName(*t) + " of " + it
	switch {
	case n.Event.Kind == itsm.EventCorrectiveStepDue && t.Owner == n.To:
		return sentence(name) + " is due, and it is yours.", "Say what came of it with Step done…"
	case n.Event.Kind == itsm.EventCorrectiveStepDue:
		return sentence(name) + " is due. It is " + Name(n.People, t.Owner) + "'s.", ""
	case t.State == itsm.TaskOpen && t.Owner == n.To:
		return who + " gave you " + name + ".", "Say what came of it with Step done…"
	case t.State == itsm.TaskOpen:
		return sentence(name) + " is " + Name(n.People, t.Owner) + "'s now.", ""
	default:
		return taskEnded(who, name, t), ""
	}
}
