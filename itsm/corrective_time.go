package itsm

import (
	"slices"
	"time"
)

// deadlines are all that is still to come if nobody acts, in order of time.
func (c *CorrectiveAction) deadlines() (all []Deadline) {
	if c.State.Final() || c.State == CorrectiveNew {
		return nil
	}
	for _, d := range c.Clocks.falls() {
		all = append(all, c.targets(d))
	}
	all = append(all, c.Ballot().Falls()...)
	all = append(all, c.Steps.falls(EventCorrectiveStepDue)...)
	if c.State == CorrectiveImplemented && !c.Verifiable() {
		all = append(all, Deadline{At: *c.VerifyFrom, Kind: EventVerificationDue, What: "Its effect shows; quality managers are asked whether it was effective."})
	}
	slices.SortStableFunc(all, func(x, y Deadline) int { return x.At.Compare(y.At) })
	return all
}

// targets says in a corrective action's words what a clock has to tell.
func (c *CorrectiveAction) targets(d Deadline) Deadline {
	target := "The target for its " + State(d.Clock).Words()
	switch d.Kind { //nolint:exhaustive // those of a clock
	case EventTargetWarned:
		d.Kind, d.What = EventCorrectiveWarned, "Four fifths of the time for its "+State(d.Clock).Words()+" are used up; its owner is told."
	case EventTargetMissed:
		d.Kind, d.What = EventCorrectiveMissed, target+" is missed; its team's manager and the quality managers are told."
	default:
		d.Kind, d.What = EventCorrectiveOverdue, target+" is missed by as much again; the quality managers are told."
	}
	return d
}

// Next is the first thing that happens by itself.
func (c *CorrectiveAction) Next() (Deadline, bool) { return first(c.deadlines()) }

// Fall does what a deadline says, once it is there; nothing, if an act came before it.
func (c *CorrectiveAction) Fall(d Deadline, p CorrectivePolicy, at time.Time) (e Event, happened bool) {
	e = Event{Kind: d.Kind, From: State(c.State)}
	if !slices.ContainsFunc(c.deadlines(), d.same) {
		return e, false
	}
	switch d.Kind { //nolint:exhaustive // those that deadlines yields
	case EventCorrectiveWarned, EventCorrectiveMissed, EventCorrectiveOverdue:
		e.Detail = &Detail{Clock: c.Clocks.tell(d)}
		if d.Kind == EventCorrectiveMissed {
			c.Escalation.ask(c.Escalation.managers())
		}
	case EventCorrectiveStepDue:
		e.Detail = &Detail{Task: c.Steps.tell(d.At)}
	case EventVerificationDue:
		c.begin(VerificationClock, p, at)
	default:
		c.voted(d, &e, at)
	}
	return e, true
}

// voted does what a deadline of the decision on the plan says.
func (c *CorrectiveAction) voted(d Deadline, e *Event, at time.Time) {
	b := c.Ballot()
	if joined := b.Fall(d); len(joined) > 0 {
		e.Detail = &Detail{Joined: joined}
	}
	c.take(b)
	if d.Kind == EventPlanExpired {
		c.Become(CorrectiveCauseKnown, at)
	}
}

// TakeCall records who was told that it is late.
func (c *CorrectiveAction) TakeCall(called Called, at time.Time) Event {
	kind := EventCorrectiveEscalated
	if c.Escalation.take(called, at) != EventEscalated {
		kind = EventCorrectiveUnroutable
	}
	call := c.Escalation.Calls[len(c.Escalation.Calls)-1]
	return Event{Kind: kind, From: State(c.State), Detail: &Detail{Call: &call}}
}

// Unreckoned reports whether there is something to find out in a calendar.
func (c *CorrectiveAction) Unreckoned() bool {
	return !c.State.Final() && c.State != CorrectiveNew && c.Clocks.unreckoned()
}

// Take takes up what was reckoned, as far as it is still of what it was asked for.
func (c *CorrectiveAction) Take(reckoned Clocks) Event {
	c.Clocks.take(reckoned)
	return Event{Kind: EventCorrectiveDeadlines, From: State(c.State)}
}
