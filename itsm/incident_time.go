package itsm

import (
	"cmp"
	"slices"
	"time"
)

// deadlines are all that is still to come if nobody acts, in order of time.
func (i *Incident) deadlines() (all []Deadline) {
	if i.State.Final() || i.State == IncidentNew {
		return nil
	}
	for k := range i.Clocks {
		all = append(all, i.Clocks[k].falls()...)
	}
	if i.Open() && i.Hold == nil {
		all = append(all, i.Escalation.falls()...)
	}
	if h := i.Hold; h != nil {
		for _, at := range h.RemindAt {
			all = append(all, Deadline{At: at, Kind: EventHoldReminded, What: "Its reporter is asked once more for an answer."})
		}
		if h.LimitAt != nil {
			all = append(all, Deadline{At: *h.LimitAt, Kind: EventHoldEnded, What: h.ends()})
		}
	}
	if i.RemindAt != nil {
		all = append(all, Deadline{At: *i.RemindAt, Kind: EventConfirmReminded, What: "Its reporter is asked once more whether it works again."})
	}
	if i.CloseAt != nil {
		all = append(all, Deadline{At: *i.CloseAt, Kind: EventIncidentClosed, What: "It is closed. What comes after that is raised anew."})
	}
	slices.SortStableFunc(all, func(x, y Deadline) int { return x.At.Compare(y.At) })
	return all
}

func (h *IncidentHold) ends() string {
	if h.Reason == AwaitingCaller {
		return "It is resolved, since its reporter did not answer."
	}
	return "The hold ends, and it goes on."
}

// Next is the first thing that happens by itself.
func (i *Incident) Next() (Deadline, bool) { return first(i.deadlines()) }

// Fall does what a deadline says, once it is there; nothing, if an act came before it.
// There is no event where the next level is to be called: who that is has to be found
// out first.
func (i *Incident) Fall(d Deadline, at time.Time) (e Event, happened bool) {
	e = Event{Kind: d.Kind, From: State(i.State)}
	if !slices.ContainsFunc(i.deadlines(), d.same) {
		return e, false
	}
	switch d.Kind { //nolint:exhaustive // those that deadlines yields
	case EventTargetWarned, EventTargetMissed, EventTargetOverdue:
		i.clocks()
		c := i.Clock(d.Clock)
		e.Detail = &Detail{Clock: &ClockTold{Clock: d.Clock, Percent: d.Percent, DueAt: c.DueAt}}
		c.tell(d.Percent)
	case EventEscalated:
		next := i.Escalation.following(TriggerNoAnswer)
		i.Escalation.hush()
		i.Escalation.Pending = next
		return e, false
	case EventUnanswered:
		i.Escalation.hush()
		i.Escalation.Over = true
	case EventAckStale:
		e.Detail = &Detail{Assignee: cmp.Or(i.Assignee, i.Escalation.By)}
		i.Escalation.begin(TriggerStale, at)
	case EventHoldReminded:
		i.Hold = &IncidentHold{
			Reason: i.Hold.Reason, For: i.Hold.For, By: i.Hold.By, At: i.Hold.At, Note: i.Hold.Note,
			RemindAt: i.Hold.RemindAt[1:], LimitAt: i.Hold.LimitAt,
		}
	case EventHoldEnded:
		return i.holdEnded(at), true
	case EventConfirmReminded:
		i.RemindAt = nil
	case EventIncidentClosed:
		return i.Close(Actor{Person: System}, NoteRequest{}, at), true
	}
	return e, true
}

// same reports whether both are one thing that is to come.
func (d Deadline) same(o Deadline) bool {
	return d.Kind == o.Kind && d.Clock == o.Clock && d.Percent == o.Percent && d.Of == o.Of && d.Days == o.Days && d.At.Equal(o.At)
}

// holdEnded is the end of a hold that nobody ended.
func (i *Incident) holdEnded(at time.Time) Event {
	if i.Hold.Reason == AwaitingCaller {
		return i.Resolve(Actor{Person: System}, ResolveRequest{Code: ResolvedNoReply, Note: "Its reporter was asked and did not answer."}, at)
	}
	e := i.Resume(NoteRequest{Note: "It waited for as long as it may."}, at)
	e.Kind = EventHoldEnded
	return e
}

// Reckoning is all that follows from an incident's calendars: instants, and what its
// clocks measured.
type Reckoning struct {
	Clocks   []Clock     `json:"clocks"`
	HoldAt   time.Time   `json:"hold_at,omitzero"` // which hold it is of
	RemindAt []time.Time `json:"remind_at,omitempty"`
	LimitAt  *time.Time  `json:"limit_at,omitempty"`
	Resolved time.Time   `json:"resolved,omitzero"` // which resolution it is of
	Confirm  *time.Time  `json:"confirm,omitempty"`
	CloseAt  *time.Time  `json:"close_at,omitempty"`
}

// Unreckoned reports whether there is something to find out in a calendar.
func (i *Incident) Unreckoned() bool {
	if i.State.Final() || i.State == IncidentNew {
		return false
	}
	return slices.ContainsFunc(i.Clocks, func(c Clock) bool { return c.unreckoned() }) ||
		(i.Hold != nil && i.Hold.LimitAt == nil) || (i.Resolution != nil && i.CloseAt == nil)
}

// Reckon finds it out: by a pinned policy, in the hours that in gives for a calendar.
func (i *Incident) Reckon(p *IncidentPolicy, in func(CalendarID) (BusinessTime, error), now time.Time) (r Reckoning, err error) {
	for _, c := range i.Clocks {
		hours, err := in(c.Calendar)
		if err == nil {
			c, err = c.Reckon(hours, now)
		}
		if err != nil {
			return r, err
		}
		r.Clocks = append(r.Clocks, c)
	}
	if h := i.Hold; h != nil {
		if err := r.hold(h, p.HoldTerms(), in); err != nil {
			return r, err
		}
	}
	if s := i.Resolution; s != nil {
		terms := p.ClosureTerms()
		hours, err := in(terms.Calendar)
		if err != nil {
			return r, err
		}
		r.Resolved = s.At
		if r.Confirm, err = instantAfter(terms.Remind, s.At, hours); err != nil {
			return r, err
		}
		if r.CloseAt, err = instantAfter(terms.After, s.At, hours); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (r *Reckoning) hold(h *IncidentHold, terms HoldTerms, in func(CalendarID) (BusinessTime, error)) error {
	hours, err := in(terms.Calendar)
	if err != nil {
		return err
	}
	r.HoldAt = h.At
	if h.Reason != AwaitingCaller {
		r.LimitAt, err = instantAfter(terms.Others, h.At, hours)
		return err
	}
	if r.LimitAt, err = instantAfter(terms.Caller, h.At, hours); err != nil {
		return err
	}
	for _, after := range terms.Remind {
		at, err := instantAfter(after, h.At, hours)
		if err != nil {
			return err
		}
		if at.Before(*r.LimitAt) {
			r.RemindAt = append(r.RemindAt, *at)
		}
	}
	slices.SortFunc(r.RemindAt, time.Time.Compare)
	return nil
}

func instantAfter(l Length, at time.Time, in BusinessTime) (*time.Time, error) {
	then, err := l.From(at, in)
	return utc(then), err
}

// Take takes up what was reckoned, as far as it is still of what it was asked for and
// was not known before: what has been told once is not told again.
func (i *Incident) Take(r Reckoning) Event {
	i.clocks()
	for n := range i.Clocks { // by what they are and not by where: others may have begun meanwhile
		c := &i.Clocks[n]
		if k := slices.IndexFunc(r.Clocks, func(o Clock) bool { return c.same(&o) }); k >= 0 {
			c.adopt(&r.Clocks[k])
		}
	}
	if h := i.Hold; h != nil && h.LimitAt == nil && h.At.Equal(r.HoldAt) {
		held := *h
		held.RemindAt, held.LimitAt = r.RemindAt, r.LimitAt
		i.Hold = &held
	}
	if s := i.Resolution; s != nil && i.CloseAt == nil && s.At.Equal(r.Resolved) {
		i.RemindAt, i.CloseAt = r.Confirm, r.CloseAt
		if !i.RemindAt.Before(*i.CloseAt) {
			i.RemindAt = nil
		}
	}
	return Event{Kind: EventDeadlinesSet, From: State(i.State), Detail: &Detail{Clocks: slices.Clone(i.Clocks)}}
}
