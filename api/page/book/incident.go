package book

import (
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// tellIncident says what an event of an incident has to tell beyond its kind.
func (b Book) tellIncident(l *Line, d itsm.Detail) {
	who := b.Name(l.Actor)
	switch l.Kind { //nolint:exhaustive // of the others, their kind says all
	case itsm.EventTriaged:
		l.Sentence = fmt.Sprintf("%s classified it: %s, of %s impact and %s urgency.", who, d.Priority, d.Impact, d.Urgency)
	case itsm.EventReprioritised:
		l.Sentence = b.reprioritised(who, d)
	case itsm.EventEscalated, itsm.EventUnroutable, itsm.EventUnanswered:
		b.tellCall(l, d.Call)
	case itsm.EventEscalationAsked:
		l.Sentence = who + " escalated it to " + escalatedTo(d) + "."
	case itsm.EventAcknowledged:
		if d.Assignee != "" {
			l.Sentence = who + " acknowledged it, and has it now."
		}
	case itsm.EventAckStale:
		l.Sentence = "Nothing was done after " + b.Name(d.Assignee) + " acknowledged it, so people are called again."
	case itsm.EventAssigned:
		l.Sentence = b.assigned(who, d)
	case itsm.EventTargetWarned, itsm.EventTargetMissed, itsm.EventTargetOverdue:
		l.Sentence = clockTold(d.Clock)
	case itsm.EventDeadlinesSet:
		l.Sentence = b.reckoned(who, d.Clocks)
	default:
		b.tellLink(l, d)
	}
}

// tellLink says how an incident came to stand with other records, and how it ended.
func (b Book) tellLink(l *Line, d itsm.Detail) {
	who := b.Name(l.Actor)
	switch l.Kind { //nolint:exhaustive // ditto
	case itsm.EventIncidentHeld:
		l.Sentence = who + " put it on hold, " + d.Hold.Reason.Words() + "."
		if d.Hold.For != "" {
			l.Sentence = strings.TrimSuffix(l.Sentence, ".") + ": " + string(d.Hold.For) + "."
		}
		if d.Hold.Note != l.Note {
			l.Note = d.Hold.Note // where it was held as its parent is
		}
	case itsm.EventIncidentLinked:
		l.Sentence = who + " linked it: " + d.Relation.Kind.Words() + " " + string(d.Relation.To) + "."
	case itsm.EventIncidentDuplicate:
		l.Sentence = who + " ended it as a duplicate of " + string(d.Relation.To) + "."
	case itsm.EventIncidentParent:
		l.Sentence = who + " made it follow " + string(d.Parent) + "."
		if d.Parent == "" {
			l.Sentence = who + " let it follow no other any more."
		}
	case itsm.EventFollowed:
		l.Sentence = who + " went on with it as with " + string(d.Parent) + ", which it follows."
	case itsm.EventResolved:
		l.Sentence = who + " resolved it: " + itsm.State(d.Resolution.Code).Words() + "."
	case itsm.EventIncidentClosed:
		l.Sentence = map[itsm.Closing]string{
			itsm.ClosedConfirmed: who + " said that it works again. That closes it.",
			itsm.ClosedByTime:    who + " closed it: nobody said otherwise in time.",
			itsm.ClosedByManager: who + " closed it.",
		}[d.Closing]
	case itsm.EventWorkaroundHeard:
		l.Sentence = who + " told its people of the workaround of " + string(d.Workaround.Problem) + "."
	case itsm.EventWorkaroundApplied:
		l.Sentence = who + " applied the workaround of " + string(d.Workaround.Problem) + "."
	}
}

func (b Book) reprioritised(who string, d itsm.Detail) string {
	now := fmt.Sprintf("%s changed its priority from %s to %s", who, d.Was, d.Priority)
	if d.Was == d.Priority {
		now = fmt.Sprintf("%s weighed it anew: it stays %s", who, d.Priority)
	}
	if d.Override != nil {
		return now + ", whatever its impact and urgency."
	}
	return fmt.Sprintf("%s, of %s impact and %s urgency.", now, d.Impact, d.Urgency)
}

// tellCall says who was called and which levels were passed over.
func (b Book) tellCall(l *Line, c *itsm.Call) {
	if c == nil {
		return
	}
	if l.Kind == itsm.EventEscalated {
		l.Sentence = b.Name(l.Actor) + " called " + b.Called(*c) + ", " + strings.ToLower(b.Rank(*c)) + ", " + b.Why(*c) + "."
	}
	for _, s := range c.Skipped {
		l.Sentence += fmt.Sprintf(" Level %d was passed over: %s.", s.Level, strings.TrimSuffix(s.Why, "."))
	}
}

func escalatedTo(d itsm.Detail) string {
	switch d.EscalateTo {
	case itsm.EscalateTeam:
		return "the team " + string(d.Team)
	case itsm.EscalateManager:
		return "those who answer for it"
	case itsm.EscalateNext:
	}
	return "the next level"
}

func (b Book) assigned(who string, d itsm.Detail) string {
	to := b.Name(d.Assignee)
	switch {
	case d.Assignee == "":
		return who + " handed it to the team " + string(d.Team) + "."
	case d.Team != "":
		to += ", of the team " + string(d.Team)
	}
	return who + " assigned it to " + to + "."
}

func clockTold(c *itsm.ClockTold) string {
	switch {
	case c.Percent >= itsm.PercentOverdue:
		return fmt.Sprintf("The target for its %s is missed by as much time again as it had.", itsm.State(c.Clock).Words())
	case c.Percent >= itsm.PercentMissed:
		return fmt.Sprintf("The target for its %s is missed.", itsm.State(c.Clock).Words())
	default:
		return fmt.Sprintf("%d %% of the time for its %s is used up.", c.Percent, itsm.State(c.Clock).Words())
	}
}

func (b Book) reckoned(who string, clocks []itsm.Clock) string {
	var due []string
	for _, c := range clocks {
		if c.DueAt != nil && c.StoppedAt == nil {
			due = append(due, "its "+itsm.State(c.Kind).Words()+" by "+b.Local(*c.DueAt))
		}
	}
	if due == nil {
		return who + " reckoned its clocks."
	}
	return who + " reckoned when its targets are missed: " + row(due, "and") + "."
}

// callTriggers say why people were called.
var callTriggers = map[itsm.CallTrigger]string{
	itsm.TriggerRaised: "when it was reported", itsm.TriggerNoAnswer: "since nobody had answered", itsm.TriggerStale: "since nothing was done after it was acknowledged",
	itsm.TriggerAsked: "since somebody asked for it", itsm.TriggerReopened: "when it was reopened", itsm.TriggerUnreached: "since those before could not be reached",
}

// Why says why people were called.
func (Book) Why(c itsm.Call) string { return callTriggers[c.Trigger] }

// Rank says in what place of its escalation a call was.
func (Book) Rank(c itsm.Call) string {
	switch {
	case c.Kind == itsm.Hierarchical:
		return "Those who answer for it"
	case c.Level == 0:
		return "Another team"
	case c.Round > 1:
		return "Level " + itoa(c.Level) + ", round " + itoa(c.Round)
	default:
		return "Level " + itoa(c.Level)
	}
}

// Called are those that a call went to.
func (b Book) Called(c itsm.Call) string {
	var names []string
	for _, id := range c.People {
		name := b.Name(id)
		if id == b.Me {
			name += " (you)"
		}
		names = append(names, name)
	}
	for _, channel := range c.Channels {
		names = append(names, "the channel "+channel)
	}
	return row(names, "and")
}
