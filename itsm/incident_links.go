package itsm

import (
	"slices"
	"time"
)

// Relate leads to another record.
func (i *Incident) Relate(who Actor, r RelateRequest, at time.Time) Event {
	return Event{Kind: EventIncidentLinked, From: State(i.State), Detail: &Detail{Relation: i.relate(r.Kind, r.To, who, at)}}
}

func (i *Incident) relate(kind RelationKind, to Number, by Actor, at time.Time) *Relation {
	r := Relation{From: i.Number, Kind: kind, To: to, By: by.Person, At: at}
	i.Relations = append(slices.Clone(i.Relations), r)
	i.renew(by, at)
	return &r
}

// EndAsDuplicate ends the incident in favour of another.
func (i *Incident) EndAsDuplicate(who Actor, r DuplicateRequest, at time.Time) Event {
	e := Event{Kind: EventIncidentDuplicate, From: State(i.State), Note: r.Note}
	i.answered(who.Person, at)
	i.DuplicateOf = r.Of
	e.Detail = &Detail{Relation: i.relate(DuplicateOf, r.Of, who, at)}
	i.end(IncidentDuplicate, at)
	return e
}

// SetParent makes it follow another incident, or none. Whoever says what it belongs to
// has answered it.
func (i *Incident) SetParent(who Actor, r ParentRequest, at time.Time) Event {
	e := Event{Kind: EventIncidentParent, From: State(i.State), Note: r.Note, Detail: &Detail{Parent: r.Parent}}
	i.Parent = r.Parent
	i.Relations = slices.DeleteFunc(slices.Clone(i.Relations), func(o Relation) bool { return o.Kind == ChildOf })
	if r.Parent != "" {
		i.answered(who.Person, at)
		e.Detail.Relation = i.relate(ChildOf, r.Parent, who, at)
	}
	return e
}

// Follow does what the parent did: its children share its progress and its
// resolution, never its closure. It is not ok when there is nothing to follow. A
// child waits for its own caller and its own reasons, so a hold that awaits the
// parent's caller is not shared, and one that somebody put the child on stays.
func (i *Incident) Follow(parent *Incident, at time.Time) (e Event, ok bool) {
	if i.Parent != parent.Number {
		return e, false
	}
	note := "As " + string(parent.Number) + ", which it belongs to."
	switch {
	case parent.State == IncidentReopened && i.followed():
		return i.reopenAsParent(note, at), true
	case !i.Open():
	case parent.State == IncidentInProgress:
		return i.progressAsParent(parent, note, at)
	case parent.State == IncidentOnHold && i.State == IncidentTriaged: // somebody has begun
		return i.progressAsParent(parent, note, at)
	case parent.State == IncidentOnHold && parent.Hold.Reason != AwaitingCaller && i.State.CanBecome(IncidentOnHold):
		return i.PutOnHold(Actor{Person: System}, HoldRequest{Reason: parent.Hold.Reason, For: parent.Hold.For, Note: parent.Hold.Note}, at), true
	case parent.State == IncidentResolved:
		note = head(note+" "+parent.Resolution.Note, MaxNote)
		return i.Resolve(Actor{Person: System}, ResolveRequest{Code: parent.Resolution.Code, Note: note}, at), true
	}
	return e, false
}

func (i *Incident) progressAsParent(parent *Incident, note string, at time.Time) (e Event, ok bool) {
	switch {
	case i.State == IncidentOnHold && i.Hold.By == System:
		return i.Resume(NoteRequest{Note: note}, at), true
	case i.State == IncidentOnHold || !i.State.CanBecome(IncidentInProgress):
		return e, false
	}
	e = Event{Kind: EventFollowed, From: State(i.State), Note: note, Detail: &Detail{Parent: parent.Number}}
	i.Escalation.hush()
	i.Become(IncidentInProgress, at)
	return e, true
}

// followed reports whether it was resolved because its parent was.
func (i *Incident) followed() bool {
	return i.State == IncidentResolved && i.Resolution.By == System && i.Resolution.Code != ResolvedNoReply && i.Reopens < MaxReopens
}

// reopenAsParent goes on with what was resolved with its parent, whose people are the
// ones that are called. Its targets are those that it had.
func (i *Incident) reopenAsParent(note string, at time.Time) Event {
	response, c := i.Clock(ResponseClock), i.Clock(ResolutionClock)
	had := PriorityTerms{Priority: c.Priority, Respond: response.Target, Resolve: c.Target, Calendar: c.Calendar}
	return i.restart(NoteRequest{Note: note}, had, at)
}
