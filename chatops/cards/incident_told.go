package cards

import (
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// incidentTold is what happened to an incident, a line each, oldest first. When its
// deadlines were reckoned is for the record alone.
func incidentTold(n itsm.Notice, timeline []itsm.Event) (lines []string) {
	for _, e := range timeline {
		if e.Kind == itsm.EventDeadlinesSet {
			continue
		}
		line := moment(e.At) + " " + Escape(incidentEvent(n, e))
		if e.Actor != itsm.System {
			line += ", by " + Escape(Name(n.People, e.Actor))
		}
		lines = append(lines, line)
	}
	return lines
}

// incidentEvent says one event without who did it. What it lacks of its detail, its
// name has to do for.
func incidentEvent(n itsm.Notice, e itsm.Event) string {
	d := detailOf(e)
	switch e.Kind { //nolint:exhaustive // those whose name says too little
	case itsm.EventTriaged:
		return fmt.Sprintf("classified as %s (impact %s, urgency %s)", d.Priority, d.Impact, d.Urgency)
	case itsm.EventReprioritised:
		return fmt.Sprintf("priority from %s to %s", d.Was, d.Priority)
	case itsm.EventAssigned:
		return handedTo(n, d)
	case itsm.EventEscalated, itsm.EventUnroutable, itsm.EventUnanswered:
		return callEvent(n, e.Kind, d.Call)
	case itsm.EventEscalationAsked:
		return askedFor(d)
	case itsm.EventTargetWarned, itsm.EventTargetMissed, itsm.EventTargetOverdue:
		return strings.TrimSuffix(clockTold(e.Detail, "its %s"), ".")
	case itsm.EventIncidentParent, itsm.EventFollowed:
		if d.Parent == "" {
			return "belongs to no other any more"
		}
		return map[bool]string{true: "went on as ", false: "belongs to "}[e.Kind == itsm.EventFollowed] + string(d.Parent)
	}
	switch {
	case d.Workaround != nil && e.Kind == itsm.EventWorkaroundApplied:
		return "the workaround of " + string(d.Workaround.Problem) + " was applied"
	case d.Workaround != nil:
		return "told of the workaround of " + string(d.Workaround.Problem)
	case d.Problem != "" && d.Resolution != nil:
		return "resolved (" + Words(d.Resolution.Code) + "), as " + string(d.Problem) + " was"
	case d.Problem != "":
		return "resumed, since " + string(d.Problem) + " is awaited no longer"
	case d.Hold != nil:
		return "put on hold, " + d.Hold.Reason.Words()
	case d.Relation != nil:
		return d.Relation.Kind.Words() + " " + string(d.Relation.To)
	case d.Resolution != nil:
		return "resolved (" + Words(d.Resolution.Code) + ")"
	case d.Closing != "":
		return "closed (" + Words(d.Closing) + ")"
	default:
		return eventWords(e.Kind)
	}
}

func handedTo(n itsm.Notice, d itsm.Detail) string {
	switch {
	case d.Assignee != "" && d.Team != "":
		return "assigned to " + Name(n.People, d.Assignee) + " of " + string(d.Team)
	case d.Assignee != "":
		return "assigned to " + Name(n.People, d.Assignee)
	default:
		return "handed to the team " + string(d.Team)
	}
}

// callEvent says who was called, or that nobody was.
func callEvent(n itsm.Notice, kind itsm.EventKind, c *itsm.Call) string {
	switch {
	case kind == itsm.EventUnroutable:
		return "nobody could be called"
	case kind == itsm.EventUnanswered:
		return "nobody has answered"
	case c == nil:
		return "called"
	case c.Kind == itsm.Hierarchical:
		return "called to answer for it: " + callees(n, *c)
	case c.Level > 0:
		return fmt.Sprintf("called at level %d: %s", c.Level, callees(n, *c))
	default:
		return "called: " + callees(n, *c)
	}
}

func askedFor(d itsm.Detail) string {
	switch d.EscalateTo {
	case itsm.EscalateTeam:
		return "escalated to the team " + string(d.Team)
	case itsm.EscalateManager:
		return "escalated to those who answer for it"
	case itsm.EscalateNext:
	}
	return "escalated to the next level"
}
