package itsm

import (
	"slices"
	"time"
)

// deadlines are all that is still to come if nobody acts, in order of time.
func (p *Problem) deadlines() (all []Deadline) {
	if p.State.Final() || p.State == ProblemNew {
		return nil
	}
	for _, d := range p.Clocks.falls() {
		all = append(all, p.targets(d))
	}
	all = append(all, p.Ballot().Falls()...)
	add := func(at *time.Time, k EventKind, what string) {
		if at != nil {
			all = append(all, Deadline{At: *at, Kind: k, What: what})
		}
	}
	all = append(all, p.Tasks.falls(EventTaskDue)...)
	if i := p.Idle; i != nil && p.restless() {
		add(i.NudgeAt, EventProblemNudged, "Nobody did anything for a while; its coordinator is told.")
		add(i.EscalateAt, EventProblemIdle, "Nobody did anything for long; whoever answers for it is told.")
	}
	if w := p.Watch; w != nil && p.State == ProblemWatched {
		add(w.Until, EventWatchPassed, "Its fix has held, unless an incident of it comes before.")
	}
	if r := p.Risk; r != nil && p.State == ProblemRiskAccepted {
		add(&r.ExpiresAt, EventRiskExpired, "The acceptance of its risk expires, and it is investigated again.")
	}
	if k := p.Published; k != nil && k.State == KnownErrorPublished {
		add(k.ReviewAt, EventKnownErrorReviewDue, "Somebody is to look whether its known error is still true; its coordinator is told.")
	}
	slices.SortStableFunc(all, func(x, y Deadline) int { return x.At.Compare(y.At) })
	return all
}

// restless reports whether somebody has to be at it: else it waits for something, or a
// clock of its own counts.
func (p *Problem) restless() bool { return p.Worked() || p.State == ProblemResolved }

// targets says in a problem's words what a clock has to tell.
func (p *Problem) targets(d Deadline) Deadline {
	target := "The target for its " + State(d.Clock).Words()
	switch d.Kind { //nolint:exhaustive // those of a clock
	case EventTargetWarned:
		d.Kind, d.What = EventProblemWarned, "Part of the time for its "+State(d.Clock).Words()+" is used up; whoever is at it is told."
	case EventTargetMissed:
		d.Kind, d.What = EventProblemMissed, target+" is missed; problem managers are told."
	default:
		d.Kind, d.What = EventProblemOverdue, target+" is missed by as much again; the service's owner is told."
	}
	return d
}

// Next is the first thing that happens by itself.
func (p *Problem) Next() (Deadline, bool) { return first(p.deadlines()) }

// Fall does what a deadline says, once it is there; nothing, if an act came before it.
func (p *Problem) Fall(d Deadline, t ProblemTerms, at time.Time) (e Event, happened bool) {
	e = Event{Kind: d.Kind, From: State(p.State)}
	if !slices.ContainsFunc(p.deadlines(), d.same) {
		return e, false
	}
	switch d.Kind { //nolint:exhaustive // those that deadlines yields
	case EventProblemWarned, EventProblemMissed, EventProblemOverdue:
		e.Detail = &Detail{Clock: p.Clocks.tell(d)}
	case EventTaskDue:
		e.Detail = &Detail{Task: p.Tasks.tell(d.At)}
	case EventProblemNudged:
		p.Idle = &Idle{Since: p.Idle.Since, EscalateAt: p.Idle.EscalateAt}
		e.Detail = &Detail{Assignee: p.Coordinator}
	case EventProblemIdle:
		p.Escalation.ask(p.Escalation.managers())
		p.touch(at)
	case EventWatchPassed:
		return p.hold(at), true
	case EventRiskExpired:
		return p.restart(e, t, at), true
	case EventKnownErrorReviewDue:
		k := *p.Published
		k.ReviewAt = nil
		p.show(k)
	default:
		return p.voted(d, e), true
	}
	return e, true
}

// voted does what a deadline of the publication says.
func (p *Problem) voted(d Deadline, e Event) Event {
	b := p.Ballot()
	if joined := b.Fall(d); len(joined) > 0 {
		e.Detail = &Detail{Joined: joined}
	}
	p.take(b)
	if d.Kind == EventKnownErrorExpired {
		k := *p.KnownError
		k.State = KnownErrorDraft
		p.KnownError = &k
	}
	return e
}

// TakeCall records who was told that nobody is at it.
func (p *Problem) TakeCall(c Called, at time.Time) Event {
	kind := EventProblemEscalated
	if p.Escalation.take(c, at) != EventEscalated {
		kind = EventProblemUnroutable
	}
	call := p.Escalation.Calls[len(p.Escalation.Calls)-1]
	return Event{Kind: kind, From: State(p.State), Detail: &Detail{Call: &call}}
}

// ProblemReckoning is all that follows from a problem's calendar.
type ProblemReckoning struct {
	Clocks     Clocks     `json:"clocks"`
	IdleSince  time.Time  `json:"idle_since,omitzero"` // which idleness it is of
	NudgeAt    *time.Time `json:"nudge_at,omitempty"`
	EscalateAt *time.Time `json:"escalate_at,omitempty"`
}

// Unreckoned reports whether there is something to find out in a calendar.
func (p *Problem) Unreckoned() bool {
	if p.State.Final() || p.State == ProblemNew {
		return false
	}
	return p.Clocks.unreckoned() ||
		(p.Idle != nil && p.restless() && p.Idle.EscalateAt == nil)
}

// Reckon finds it out: by a pinned policy, in the hours that in gives for a calendar.
func (p *Problem) Reckon(policy ProblemPolicy, in func(CalendarID) (BusinessTime, error), now time.Time) (r ProblemReckoning, err error) {
	policy = policy.Filled()
	if r.Clocks, err = p.Clocks.Reckon(in, now); err != nil || p.Idle == nil {
		return r, err
	}
	hours, err := in(policy.Calendar)
	if err != nil {
		return r, err
	}
	r.IdleSince = p.Idle.Since
	if r.NudgeAt, err = instantAfter(policy.Nudge, p.Idle.Since, hours); err != nil {
		return r, err
	}
	r.EscalateAt, err = instantAfter(policy.Escalate, p.Idle.Since, hours)
	return r, err
}

// Take takes up what was reckoned, as far as it is still of what it was asked for.
func (p *Problem) Take(r ProblemReckoning) Event {
	p.Clocks.take(r.Clocks)
	if i := p.Idle; i != nil && i.EscalateAt == nil && i.Since.Equal(r.IdleSince) {
		p.Idle = &Idle{Since: i.Since, NudgeAt: r.NudgeAt, EscalateAt: r.EscalateAt}
	}
	return Event{Kind: EventProblemDeadlines, From: State(p.State)}
}

// Settle does what follows by itself from where it stands: a fix that was deployed is
// watched. It is not ok when nothing does.
func (p *Problem) Settle(t ProblemTerms, at time.Time) (e Event, ok bool) {
	if p.State != ProblemFixDeployed {
		return e, false
	}
	e = Event{Kind: EventWatchBegan, From: State(p.State)}
	p.Watch = &Watch{From: p.Watch.From, Until: utc(p.Watch.From.Add(t.Policy.Watch.Time))}
	e.Detail = &Detail{Watch: p.Watch}
	p.Become(ProblemWatched, at)
	return e, true
}
