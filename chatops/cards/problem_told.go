package cards

import (
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// problemTold is what happened to a problem, a line each, oldest first. When its
// deadlines were reckoned is for the record alone.
func problemTold(n itsm.Notice, timeline []itsm.Event) (lines []string) {
	return toldOf(n, timeline, itsm.EventProblemDeadlines, problemEvent)
}

// toldOf is what happened, a line each, but for one kind of event.
func toldOf(n itsm.Notice, timeline []itsm.Event, but itsm.EventKind, says func(itsm.Notice, itsm.Event) string) (lines []string) {
	for _, e := range timeline {
		if e.Kind == but {
			continue
		}
		line := moment(e.At) + " " + Escape(says(n, e))
		if e.Actor != itsm.System && e.Actor != itsm.Monitoring {
			line += ", by " + Escape(Name(n.People, e.Actor))
		}
		lines = append(lines, line)
	}
	return lines
}

// problemEvent says one event without who did it. What it lacks of its detail, its
// name has to do for.
func problemEvent(n itsm.Notice, e itsm.Event) string {
	d := detailOf(e)
	switch e.Kind { //nolint:exhaustive // those whose name says too little
	case itsm.EventProblemProposed, itsm.EventProblemLogged:
		return fmt.Sprintf("%s as %s (impact %s, urgency %s), with %d incidents", problemWords(e.Kind), d.Priority, d.Impact, d.Urgency, len(d.Incidents))
	case itsm.EventProblemAccepted:
		return fmt.Sprintf("accepted as %s; %s coordinates it", d.Priority, Name(n.People, d.Assignee))
	case itsm.EventProblemAssigned:
		return handedTo(n, d)
	case itsm.EventProblemAbsorbed:
		return fmt.Sprintf("took up %s, with %d links", d.Absorbed, len(d.Incidents))
	case itsm.EventProblemEscalated, itsm.EventProblemUnroutable:
		return problemCall(n, e.Kind, d.Call)
	case itsm.EventProblemWarned, itsm.EventProblemMissed, itsm.EventProblemOverdue:
		return strings.TrimSuffix(clockTold(clockFor(d), "its %s"), ".")
	case itsm.EventProblemNudged:
		return "nobody did anything for a while; its coordinator was told"
	case itsm.EventProblemIdle:
		return "nobody did anything for long"
	}
	switch {
	case d.Task != nil:
		return "task " + taskName(*d.Task) + " " + map[bool]string{true: "is due", false: "is " + string(d.Task.State) + ", " + Name(n.People, d.Task.Owner) + "'s"}[e.Kind == itsm.EventTaskDue]
	case d.Fix != nil:
		return problemWords(e.Kind) + ", " + string(d.Fix.Change)
	case d.Relation != nil:
		return problemWords(e.Kind) + ": " + d.Relation.Kind.Words() + " " + string(d.Relation.To)
	case d.Watch != nil && d.Watch.Until != nil:
		return "its fix is watched until " + d.Watch.Until.UTC().Format("2 Jan 2006")
	case d.Risk != nil:
		return "risk accepted until " + d.Risk.ExpiresAt.UTC().Format("2 Jan 2006") + ": " + Cut(d.Risk.Reason, excerpt/3, "…")
	default:
		return problemWords(e.Kind)
	}
}

// taskName is a task by its number and, cut, its title.
func taskName(t itsm.Task) string {
	return fmt.Sprintf("%d (%s)", t.ID, Cut(t.Title, 60, "…"))
}

func problemCall(n itsm.Notice, kind itsm.EventKind, c *itsm.Call) string {
	if kind == itsm.EventProblemUnroutable || c == nil {
		return "nobody could be told that nobody is at it"
	}
	return "told that nobody is at it: " + callees(n, *c)
}
