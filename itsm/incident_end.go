package itsm

import "time"

// Resolve says that it works again. The clocks stop, and the reporter is asked.
func (i *Incident) Resolve(who Actor, r ResolveRequest, at time.Time) Event {
	e := Event{Kind: EventResolved, From: State(i.State), Note: r.Note}
	if who.Person != System && !who.Is(Monitor) {
		i.answered(who.Person, at)
		if i.Assignee == "" {
			i.Assignee = who.Person
		}
	}
	i.Resolution = &Resolution{Code: r.Code, Note: r.Note, By: who.Person, At: at}
	e.Detail = &Detail{Resolution: i.Resolution}
	i.end(IncidentResolved, at)
	return e
}

// end stops what counts and calls, and moves on. Where nobody has answered until then,
// nobody has to any more.
func (i *Incident) end(next IncidentState, at time.Time) {
	i.leaveHold(at)
	for n := range i.clocks() {
		i.Clocks[n].stop(at)
	}
	i.Escalation.quiet()
	i.Become(next, at)
}

// Close closes what is resolved.
func (i *Incident) Close(who Actor, r NoteRequest, at time.Time) Event {
	e := Event{Kind: EventIncidentClosed, From: State(i.State), Note: r.Note}
	switch who.Person { //nolint:exhaustive // of everybody
	case System:
		i.Closing = ClosedByTime
	case i.Reporter:
		i.Closing = ClosedConfirmed
	default:
		i.Closing = ClosedByManager
	}
	e.Detail = &Detail{Closing: i.Closing}
	i.Become(IncidentClosed, at)
	return e
}

// Reopen begins the next cycle of the resolution, and of the response where nobody
// has ever answered. What the one before measured stays.
func (i *Incident) Reopen(r NoteRequest, t IncidentTerms, at time.Time) Event {
	terms := t.Of(i.Priority)
	e := i.restart(r, terms, at)
	i.Escalation.Quiet = terms.Quiet
	if !terms.Quiet {
		i.Escalation.begin(TriggerReopened, at)
	}
	return e
}

func (i *Incident) restart(r NoteRequest, t PriorityTerms, at time.Time) Event {
	e := Event{Kind: EventReopened, From: State(i.State), Note: r.Note}
	i.Reopens++
	i.Resolution, i.RemindAt, i.CloseAt = nil, nil, nil
	i.clocks()
	for _, kind := range ClockKinds {
		if kind == ResolutionClock || i.Acknowledged == nil {
			c := Clock{Kind: kind, Cycle: i.Clock(kind).Cycle + 1, StartedAt: at}
			c.retarget(t, at)
			i.Clocks = append(i.Clocks, c)
		}
	}
	i.Become(IncidentReopened, at)
	i.Escalation.forget()
	return e
}

// Cancel drops what is no incident.
func (i *Incident) Cancel(r Cancellation, at time.Time) Event {
	e := Event{Kind: EventIncidentCancelled, From: State(i.State), Note: r.Note}
	i.end(IncidentCancelled, at)
	return e
}
