package cards

import (
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// incidentHappened says an event to one person as another would. Its note is shown
// beside it.
func incidentHappened(n itsm.Notice) string {
	i, e := n.Incident, n.Event
	who, it := Name(n.People, e.Actor), "your incident"
	if n.To != i.Reporter {
		it = string(i.Number)
	}
	switch e.Kind { //nolint:exhaustive // those that people are told of
	case itsm.EventAssigned:
		return who + " " + assignedTo(n, it)
	case itsm.EventReprioritised, itsm.EventIncidentParent, itsm.EventFollowed:
		return redirected(n, who, it)
	case itsm.EventIncidentResumed:
		if of := detailOf(e).Problem; of != "" {
			return sentence(it) + " goes on: it waits for " + string(of) + " no longer."
		}
		return sentence(it) + " goes on."
	case itsm.EventWorkaroundHeard, itsm.EventWorkaroundApplied:
		return helped(n, who, it)
	case itsm.EventReopened:
		return who + " reopened " + it + "."
	case itsm.EventIncidentCancelled:
		return who + " cancelled " + it + "."
	case itsm.EventIncidentDuplicate:
		return who + " ended " + it + " as a duplicate of " + string(i.DuplicateOf) + "."
	case itsm.EventIncidentClosed:
		return sentence(it) + " is closed."
	case itsm.EventUnroutable:
		return "Nobody can be called for " + it + "."
	case itsm.EventUnanswered:
		return "Nobody who was called for " + it + " has answered."
	case itsm.EventAckStale:
		return "Nothing was done on " + it + " since it was acknowledged, so people are called again."
	case itsm.EventTargetWarned, itsm.EventTargetMissed, itsm.EventTargetOverdue:
		return clockTold(e.Detail, "the %s of "+it)
	default:
		return sentence(it) + " moved on: " + eventWords(e.Kind) + "."
	}
}

// helped says what a known error does for an incident.
func helped(n itsm.Notice, who, it string) string {
	of := "a known error"
	if w := detailOf(n.Event).Workaround; w != nil {
		of += ", " + string(w.Problem)
	}
	if n.Event.Kind == itsm.EventWorkaroundApplied {
		return who + " applied the workaround of " + of + ", to " + it + "."
	}
	return sentence(it) + " is of " + of + ", which has a workaround: it helps until the cause is removed."
}

// eventWords are what an event is called, without the kind of record.
func eventWords(k itsm.EventKind) string {
	_, what, _ := strings.Cut(string(k), ".")
	return Words(what)
}

func detailOf(e itsm.Event) itsm.Detail {
	if e.Detail == nil {
		return itsm.Detail{}
	}
	return *e.Detail
}

func assignedTo(n itsm.Notice, it string) string {
	switch d := detailOf(n.Event); {
	case d.Assignee != "" && d.Assignee == n.To:
		return "assigned " + it + " to you."
	case d.Assignee != "":
		return "assigned " + it + " to " + Name(n.People, d.Assignee) + "."
	default:
		return "handed " + it + " to the team " + string(d.Team) + "."
	}
}

// redirected says what an incident became, or what it goes with.
func redirected(n itsm.Notice, who, it string) string {
	d := detailOf(n.Event)
	switch {
	case n.Event.Kind == itsm.EventFollowed:
		return sentence(it) + " goes on as " + string(d.Parent) + ", which it belongs to."
	case n.Event.Kind == itsm.EventReprioritised && d.Was == d.Priority:
		return fmt.Sprintf("%s weighed %s anew; it stays %s.", who, it, d.Priority)
	case n.Event.Kind == itsm.EventReprioritised:
		return fmt.Sprintf("%s changed the priority of %s from %s to %s.", who, it, d.Was, d.Priority)
	case d.Parent == "":
		return who + " let " + it + " belong to no other any more."
	default:
		return who + " made " + it + " belong to " + string(d.Parent) + "."
	}
}

// clockTold says how much of a target was used up; what it is of has a place for the
// clock's name.
func clockTold(d *itsm.Detail, of string) string {
	if d == nil || d.Clock == nil {
		d = &itsm.Detail{Clock: &itsm.ClockTold{Clock: itsm.ResolutionClock, Percent: itsm.PercentMissed}}
	}
	what := strings.ReplaceAll(of, "%s", string(d.Clock.Clock))
	switch c := d.Clock; {
	case c.Percent >= itsm.PercentOverdue:
		return sentence(what) + " is late by as much time again as it had."
	case c.Percent >= itsm.PercentMissed:
		return "The target for " + what + " is missed."
	default:
		return fmt.Sprintf("%d %% of the time for %s is used up.", c.Percent, what)
	}
}
