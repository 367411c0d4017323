package itsm

import (
	"slices"
	"time"
)

// Begin is the incident as it was recorded and classified: with its priority, its
// clocks started, and whoever is to be called.
func (i *Incident) Begin(d IncidentDraft, p *IncidentPolicy) {
	d = p.classified(d)
	i.IncidentText, i.Impact, i.Urgency = d.IncidentText, d.Impact, d.Urgency
	i.Priority = p.Weigh(i.Impact, i.Urgency)
	if d.Follows != "" {
		i.relate(Follows, d.Follows, Actor{Person: i.Reporter}, i.RaisedAt)
	}
	terms := p.Terms(i.Priority)
	for _, kind := range ClockKinds {
		c := Clock{Kind: kind, Cycle: 1, StartedAt: i.RaisedAt}
		c.retarget(terms, i.RaisedAt)
		i.Clocks = append(i.Clocks, c)
	}
}

// Triage takes up an incident that was recorded, and has the first level called.
func (i *Incident) Triage(t IncidentTerms, at time.Time) Event {
	from := i.State
	i.Become(IncidentTriaged, at)
	i.Escalation.Quiet = !t.pages(i.Priority)
	if !i.Escalation.Quiet {
		i.Escalation.begin(TriggerRaised, at)
	}
	return Event{
		Kind: EventTriaged, From: State(from),
		Detail: &Detail{Priority: i.Priority, Impact: i.Impact, Urgency: i.Urgency, Clocks: slices.Clone(i.Clocks)},
	}
}

// TakeCall records which level was called, and says what that was. It takes what was
// found out for what the escalation still Awaits, and nothing else: an answer that
// came meanwhile has stopped the calling.
func (i *Incident) TakeCall(c Called, at time.Time) Event {
	kind := i.Escalation.take(c, at)
	call := i.Escalation.Calls[len(i.Escalation.Calls)-1]
	return Event{Kind: kind, From: State(i.State), Detail: &Detail{Call: &call}}
}

// CallFailed takes note of who of those that were called cannot be reached.
func (i *Incident) CallFailed(people []PersonID) {
	if i.Open() && i.Hold == nil {
		i.Escalation.failed(people)
	}
}

// Acknowledge is somebody taking it on: the calling stops, and the response clock too
// when it is the first person. It is theirs, unless somebody is at it whom nobody has
// called for help: then it says that it is still being worked on.
func (i *Incident) Acknowledge(who Actor, r NoteRequest, at time.Time) Event {
	e := Event{Kind: EventAcknowledged, From: State(i.State), Note: r.Note}
	if who.Is(Monitor) { // a machine that has seen it is nobody who answers
		if i.Hold == nil && !i.Escalation.Acknowledged() {
			i.Escalation.acknowledge(who.Person, at)
		}
		return e
	}
	i.answered(who.Person, at)
	switch {
	case i.Assignee == who.Person:
		i.Escalation.acknowledge(who.Person, at)
	case i.attended():
		i.Escalation.answer(who.Person, at)
		i.Escalation.renew(at)
	default:
		i.Escalation.acknowledge(who.Person, at)
		i.handTo(who.Person)
		e.Detail = &Detail{Assignee: who.Person}
	}
	i.leaveHold(at)
	i.move(IncidentInProgress, at)
	return e
}

// attended reports whether somebody has it in hand, and does not have to be found.
func (i *Incident) attended() bool {
	begun := i.State == IncidentInProgress || i.State == IncidentOnHold
	return begun && i.Assignee != "" && i.Escalation.Acknowledged()
}

// answered stops the response clock at the first person's answer.
func (i *Incident) answered(by PersonID, at time.Time) {
	if i.Acknowledged != nil {
		return
	}
	i.Acknowledged = &Acknowledgement{By: by, At: at}
	i.clocks()
	i.Clock(ResponseClock).stop(at)
}

// handTo gives the incident to somebody; from one to another counts as a reassignment.
func (i *Incident) handTo(id PersonID) {
	if i.Assignee != "" && i.Assignee != id {
		i.Reassigned++
	}
	i.Assignee = id
}

// Assign hands it to somebody, or to another team. Whoever is named has not begun.
// Where nobody is, it waits for somebody of the team, who are called as its priority
// has it.
func (i *Incident) Assign(who Actor, r Assignment, at time.Time) Event {
	e := Event{Kind: EventAssigned, From: State(i.State), Note: r.Note, Detail: &Detail{Assignee: r.Assignee, Team: r.Team}}
	i.answered(who.Person, at)
	if r.Team != "" && r.Team != i.Team {
		i.Team = r.Team
		i.Reassigned++
		i.Assignee = r.Assignee
	} else {
		i.handTo(r.Assignee)
	}
	i.leaveHold(at)
	switch r.Assignee { //nolint:exhaustive // of everybody
	case "":
		i.Escalation.forget()
		if !i.Escalation.Quiet && i.Escalation.Policy != "" {
			i.Escalation.ask(Calling{Trigger: TriggerAsked, Team: i.Team})
		}
		i.move(IncidentTriaged, at)
	case who.Person:
		i.Escalation.acknowledge(who.Person, at)
		i.move(IncidentInProgress, at)
	default:
		i.Escalation.acknowledge(who.Person, at)
		i.move(IncidentAssigned, at)
	}
	return e
}

// move goes to a state, unless it is there.
func (i *Incident) move(next IncidentState, at time.Time) {
	if i.State != next {
		i.Become(next, at)
	}
}

// Reprioritise changes what the priority is made of. The clocks take their new
// targets from their own beginning on.
func (i *Incident) Reprioritise(who Actor, r Reprioritisation, t IncidentTerms, at time.Time) Event {
	was := i.Priority
	if r.Impact != "" {
		i.Impact = r.Impact
	}
	if r.Urgency != "" {
		i.Urgency = r.Urgency
	}
	i.Override, i.Priority = nil, t.Matrix.Priority(i.Impact, i.Urgency)
	if r.Override != "" {
		i.Override, i.Priority = &Override{Priority: r.Override, By: who.Person, Note: r.Note}, r.Override
	}
	terms := t.Of(i.Priority)
	i.clocks()
	for _, kind := range ClockKinds {
		i.Clock(kind).retarget(terms, at)
	}
	i.renew(who, at)
	i.recall(!t.pages(i.Priority), at)
	return Event{
		Kind: EventReprioritised, From: State(i.State), Note: r.Note,
		Detail: &Detail{Was: was, Priority: i.Priority, Impact: i.Impact, Urgency: i.Urgency, Override: i.Override},
	}
}

// recall has people called, or nobody any more, once the priority says otherwise.
func (i *Incident) recall(quiet bool, at time.Time) {
	e := &i.Escalation
	was := e.Quiet
	e.Quiet = quiet
	switch {
	case quiet && !was:
		e.hush()
	case !quiet && was && i.Hold == nil && e.Acknowledged():
		e.renew(at)
	case !quiet && was && i.Hold == nil && !e.Ringing():
		e.begin(TriggerRaised, at)
	}
}

// renew is for an act of somebody who works on it: what was acknowledged is good for
// a while longer. A reporter who asks how it goes is nobody who is at it.
func (i *Incident) renew(who Actor, at time.Time) {
	works := (Principal{Roles: who.Roles}).may(WorkOnIncidents) && (who.Person != i.Reporter || who.Person == i.Assignee)
	if works && i.Hold == nil && i.Open() {
		i.Escalation.renew(at)
	}
}

// PutOnHold lets the incident wait. Only what awaits the caller stops the clock of
// the resolution; what awaits a vendor starts that one's. Nobody is called meanwhile.
func (i *Incident) PutOnHold(who Actor, r HoldRequest, at time.Time) Event {
	e := Event{Kind: EventIncidentHeld, From: State(i.State), Note: r.Note}
	if who.Person != System {
		i.answered(who.Person, at)
		if !i.Escalation.Acknowledged() {
			i.Escalation.acknowledge(who.Person, at)
		}
	}
	i.Hold = &IncidentHold{Reason: r.Reason, For: r.For, By: who.Person, At: at, Note: r.Note}
	e.Detail = &Detail{Hold: i.Hold}
	switch r.Reason { //nolint:exhaustive // the others stop and start no clock
	case AwaitingCaller:
		i.clocks()
		i.Clock(ResolutionClock).pause(at, r.Reason)
	case AwaitingVendor:
		next := Clock{Kind: SupplierClock, For: r.For, Cycle: 1, Priority: i.Priority, StartedAt: at}
		if before := i.Clock(SupplierClock); before != nil {
			next.Cycle = before.Cycle + 1
		}
		i.Clocks = append(i.clocks(), next)
	}
	i.Escalation.hush()
	i.Become(IncidentOnHold, at)
	return e
}

// Resume goes on with what was on hold.
func (i *Incident) Resume(r NoteRequest, at time.Time) Event {
	e := Event{Kind: EventIncidentResumed, From: State(i.State), Note: r.Note}
	i.leaveHold(at)
	i.Escalation.renew(at)
	i.Become(IncidentInProgress, at)
	return e
}

func (i *Incident) leaveHold(at time.Time) {
	if i.Hold == nil {
		return
	}
	i.Hold = nil
	i.clocks()
	i.Clock(ResolutionClock).resume(at)
	if c := i.Clock(SupplierClock); c != nil && c.StoppedAt == nil {
		c.stop(at)
		c.Elapsed = c.elapsed(AroundTheClock, at) // there is nothing to find out in a calendar
	}
}

// Escalate asks for the next level, for another team, or for those who answer for
// it. The call is made next. What waited does not wait any more for those who are to
// take it on.
func (i *Incident) Escalate(r EscalateRequest, at time.Time) Event {
	e := Event{Kind: EventEscalationAsked, From: State(i.State), Note: r.Note, Detail: &Detail{EscalateTo: r.To, Team: r.Team}}
	switch r.To {
	case EscalateTeam:
		i.Team, i.Assignee = r.Team, ""
		i.Reassigned++
		i.leaveHold(at)
		i.move(IncidentTriaged, at)
		i.Escalation.ask(Calling{Trigger: TriggerAsked, Team: r.Team})
	case EscalateManager:
		i.Escalation.ask(i.Escalation.managers())
	case EscalateNext, "":
		e.Detail.EscalateTo = EscalateNext
		if i.Hold != nil {
			i.leaveHold(at)
			i.Become(i.resting(), at)
		}
		i.Escalation.ask(*i.Escalation.following(TriggerAsked))
	}
	return e
}

// resting is the state of what waits for nothing: its assignee's, or nobody's.
func (i *Incident) resting() IncidentState {
	if i.Assignee == "" {
		return IncidentTriaged
	}
	return IncidentInProgress
}

// Say takes up a comment that CheckComment has allowed.
func (i *Incident) Say(who Actor, r CommentRequest, t *Talk, at time.Time) Comment {
	i.renew(who, at)
	return t.say(i.Number, who, r, at)
}

// Answered goes on with what waited for the caller, once they said something; no
// event when it waited for nothing of theirs.
func (i *Incident) Answered(by PersonID, at time.Time) (Event, bool) {
	if !i.answersCaller(by) {
		return Event{}, false
	}
	return i.Resume(NoteRequest{Note: "The caller answered."}, at), true
}
