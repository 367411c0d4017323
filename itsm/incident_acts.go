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
		i.relate(Follows, d.Follows, i.Reporter, i.RaisedAt)
	}
	terms := p.Terms(i.Priority)
	for _, kind := range ClockKinds {
		c := Clock{Kind: kind, Cycle: 1, StartedAt: i.RaisedAt}
		c.retarget(terms)
		i.Clocks = append(i.Clocks, c)
	}
}

// Triage takes up an incident that was recorded, and has the first level called.
func (i *Incident) Triage(t IncidentTerms, at time.Time) Event {
	from := i.State
	i.Become(IncidentTriaged, at)
	if t.pages(i.Priority) {
		i.Escalation.begin(TriggerRaised)
	}
	return Event{
		Kind: EventTriaged, From: State(from),
		Detail: &Detail{Priority: i.Priority, Impact: i.Impact, Urgency: i.Urgency, Clocks: slices.Clone(i.Clocks)},
	}
}

// TakeCall records which level was called, and says what that was.
func (i *Incident) TakeCall(c Called, at time.Time) Event {
	kind := i.Escalation.take(c, at)
	return Event{Kind: kind, From: State(i.State), Detail: &Detail{Call: &c.Call}}
}

// CallFailed takes note of who of those that were called cannot be reached.
func (i *Incident) CallFailed(people []PersonID) {
	if i.Open() && i.Hold == nil {
		i.Escalation.failed(people)
	}
}

// Acknowledge is somebody taking it on: the calling stops, the response clock too
// when it is the first person, and it is theirs unless it is another's.
func (i *Incident) Acknowledge(who Actor, r NoteRequest, at time.Time) Event {
	e := Event{Kind: EventAcknowledged, From: State(i.State), Note: r.Note}
	i.Escalation.acknowledge(who.Person, at)
	if who.Is(Monitor) { // a machine that has seen it is nobody who answers
		return e
	}
	i.answered(who.Person, at)
	if i.Assignee != who.Person {
		i.handTo(who.Person)
		e.Detail = &Detail{Assignee: who.Person}
	}
	if i.State != IncidentInProgress && i.State.CanBecome(IncidentInProgress) {
		i.leaveHold(at)
		i.Become(IncidentInProgress, at)
	}
	return e
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
func (i *Incident) Assign(who Actor, r Assignment, at time.Time) Event {
	e := Event{Kind: EventAssigned, From: State(i.State), Note: r.Note, Detail: &Detail{Assignee: r.Assignee, Team: r.Team}}
	i.answered(who.Person, at)
	i.Escalation.acknowledge(who.Person, at)
	if r.Team != "" && r.Team != i.Team {
		i.Team = r.Team
		i.Reassigned++
		i.Assignee = r.Assignee
	} else {
		i.handTo(r.Assignee)
	}
	i.leaveHold(at)
	next := IncidentAssigned
	switch {
	case r.Assignee == "":
		next = IncidentTriaged
	case r.Assignee == who.Person:
		next = IncidentInProgress
	}
	i.move(next, at)
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
		i.Clock(kind).retarget(terms)
	}
	i.Escalation.renew(at)
	if !t.pages(was) && t.pages(i.Priority) && !i.Escalation.Acknowledged() {
		i.Escalation.begin(TriggerRaised)
	}
	return Event{
		Kind: EventReprioritised, From: State(i.State), Note: r.Note,
		Detail: &Detail{Was: was, Priority: i.Priority, Impact: i.Impact, Urgency: i.Urgency, Override: i.Override},
	}
}

// PutOnHold lets the incident wait. Only what awaits the caller stops the clock of
// the resolution; nobody is called meanwhile.
func (i *Incident) PutOnHold(who Actor, r HoldRequest, at time.Time) Event {
	e := Event{Kind: EventIncidentHeld, From: State(i.State), Note: r.Note}
	i.answered(who.Person, at)
	i.Hold = &IncidentHold{Reason: r.Reason, For: r.For, By: who.Person, At: at, Note: r.Note}
	e.Detail = &Detail{Hold: i.Hold}
	if r.Reason == AwaitingCaller {
		i.clocks()
		i.Clock(ResolutionClock).pause(at, r.Reason)
	}
	i.Escalation.quiet()
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
}

// Escalate asks for the next level, for another team, or for those who answer for
// it. The call is made next.
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
		i.Escalation.ask(Calling{Trigger: TriggerAsked, Managers: true})
	case EscalateNext, "":
		i.Escalation.ask(*i.Escalation.following(TriggerAsked))
	}
	return e
}

// Relate leads to another record.
func (i *Incident) Relate(who Actor, r RelateRequest, at time.Time) Event {
	return Event{Kind: EventIncidentLinked, From: State(i.State), Detail: &Detail{Relation: i.relate(r.Kind, r.To, who.Person, at)}}
}

func (i *Incident) relate(kind RelationKind, to Number, by PersonID, at time.Time) *Relation {
	r := Relation{From: i.Number, Kind: kind, To: to, By: by, At: at}
	i.Relations = append(slices.Clone(i.Relations), r)
	i.Escalation.renew(at)
	return &r
}

// EndAsDuplicate ends the incident in favour of another.
func (i *Incident) EndAsDuplicate(who Actor, r DuplicateRequest, at time.Time) Event {
	e := Event{Kind: EventIncidentDuplicate, From: State(i.State), Note: r.Note}
	i.answered(who.Person, at)
	i.DuplicateOf = r.Of
	e.Detail = &Detail{Relation: i.relate(DuplicateOf, r.Of, who.Person, at)}
	i.end(IncidentDuplicate, at)
	return e
}

// SetParent makes it follow another incident, or none.
func (i *Incident) SetParent(who Actor, r ParentRequest, at time.Time) Event {
	e := Event{Kind: EventIncidentParent, From: State(i.State), Note: r.Note, Detail: &Detail{Parent: r.Parent}}
	i.Parent = r.Parent
	if r.Parent != "" {
		e.Detail.Relation = i.relate(ChildOf, r.Parent, who.Person, at)
	}
	return e
}

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

// end stops what counts and calls, and moves on.
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
	switch who.Person {
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

// Reopen begins the next cycle of the resolution. What the one before measured stays.
func (i *Incident) Reopen(r NoteRequest, t IncidentTerms, at time.Time) Event {
	e := Event{Kind: EventReopened, From: State(i.State), Note: r.Note}
	i.Reopens++
	i.Resolution, i.RemindAt, i.CloseAt = nil, nil, nil
	c := Clock{Kind: ResolutionClock, Cycle: i.Clock(ResolutionClock).Cycle + 1, StartedAt: at}
	c.retarget(t.Of(i.Priority))
	i.Clocks = append(i.clocks(), c)
	i.Become(IncidentReopened, at)
	if t.pages(i.Priority) {
		i.Escalation.begin(TriggerReopened)
	}
	return e
}

// Cancel drops what is no incident.
func (i *Incident) Cancel(r Cancellation, at time.Time) Event {
	e := Event{Kind: EventIncidentCancelled, From: State(i.State), Note: r.Note}
	i.end(IncidentCancelled, at)
	return e
}

// Say takes up a comment that CheckComment has allowed.
func (i *Incident) Say(who Actor, r CommentRequest, t *Talk, at time.Time) Comment {
	i.Escalation.renew(at)
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

// Follow does what the parent did: its children share its progress and its
// resolution, never its closure. It is not ok when there is nothing to follow.
func (i *Incident) Follow(parent *Incident, at time.Time) (e Event, ok bool) {
	if i.Parent != parent.Number || !i.Open() {
		return e, false
	}
	as := Actor{Person: System}
	note := "As " + string(parent.Number) + ", which it belongs to."
	switch parent.State {
	case IncidentInProgress, IncidentReopened:
		if i.State == IncidentInProgress || !i.State.CanBecome(IncidentInProgress) {
			return e, false
		}
		if i.State == IncidentOnHold {
			return i.Resume(NoteRequest{Note: note}, at), true
		}
		e = Event{Kind: EventFollowed, From: State(i.State), Note: note, Detail: &Detail{Parent: parent.Number}}
		i.Escalation.quiet()
		i.Become(IncidentInProgress, at)
		return e, true
	case IncidentOnHold:
		if !i.State.CanBecome(IncidentOnHold) {
			return e, false
		}
		e = i.PutOnHold(as, HoldRequest{Reason: parent.Hold.Reason, For: parent.Hold.For, Note: parent.Hold.Note}, at)
		return e, true
	case IncidentResolved:
		return i.Resolve(as, ResolveRequest{Code: parent.Resolution.Code, Note: note + " " + parent.Resolution.Note}, at), true
	case IncidentNew, IncidentTriaged, IncidentAssigned, IncidentClosed, IncidentCancelled, IncidentDuplicate:
	}
	return e, false
}
