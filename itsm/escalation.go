package itsm

import (
	"slices"
	"time"
)

// EscalationID names an escalation policy of the catalog.
type EscalationID string

// EscalationPolicy says who is called when something needs somebody: level after
// level until one of them acknowledges.
type EscalationPolicy struct {
	ID     EscalationID `json:"id"`
	Name   string       `json:"name"`
	Levels []CallLevel  `json:"levels"`
	Repeat int          `json:"repeat,omitempty"` // how often all levels are gone through again
	// StaleAfter is how long an acknowledgement is good for without any further
	// act; then all begins anew. Zero: for ever.
	StaleAfter Duration `json:"stale_after,omitempty"`
}

// CallLevel is who is called at once, and how long they have to answer.
type CallLevel struct {
	Targets []CallTarget `json:"targets"`
	Within  Duration     `json:"within"` // to acknowledge, before the next level is called
}

// CallTarget is exactly one of: a person, whoever is on call in a rotation, all of
// a team, or a Slack channel.
type CallTarget struct {
	Person   PersonID   `json:"person,omitempty"`
	Rotation RotationID `json:"rotation,omitempty"`
	Team     TeamID     `json:"team,omitempty"`
	Channel  string     `json:"channel,omitempty"`
}

// CallKind is in which direction a call goes.
type CallKind string

// The directions (ITIL's two, which 8.6.1 c asks for as escalation).
const (
	Functional   CallKind = "functional"   // to those who can do it
	Hierarchical CallKind = "hierarchical" // to those who answer for it
)

// CallTrigger is why a call was made.
type CallTrigger string

// The triggers.
const (
	TriggerRaised    CallTrigger = "raised"
	TriggerNoAnswer  CallTrigger = "no_answer"
	TriggerStale     CallTrigger = "stale"
	TriggerAsked     CallTrigger = "asked"
	TriggerReopened  CallTrigger = "reopened"
	TriggerUnreached CallTrigger = "unreached" // nobody of the level before can be reached
)

// Call is one level that was called: who, when, why, and who answered.
type Call struct {
	Nth      int         `json:"nth"` // in its record, from 1: round and level come again when all begins anew
	Round    int         `json:"round"`
	Level    int         `json:"level"` // 0: not of the policy
	Kind     CallKind    `json:"kind"`
	Trigger  CallTrigger `json:"trigger"`
	At       time.Time   `json:"at"`
	People   []PersonID  `json:"people,omitempty"`
	Channels []string    `json:"channels,omitempty"`
	Skipped  []Skipped   `json:"skipped,omitempty"` // levels before it that were empty
	Answered PersonID    `json:"answered,omitempty"`
	AnswerAt *time.Time  `json:"answer_at,omitempty"`
}

// Skipped is a level that nobody was in, and why.
type Skipped struct {
	Level int    `json:"level"`
	Why   string `json:"why"`
}

// Called answers which level was called. It is found out in an activity: the policy
// is pinned, people and rotations are as they are now.
type Called struct {
	Call

	Of         int        `json:"of"`               // levels in the policy
	Rounds     int        `json:"rounds"`           // that it has at most
	Within     Duration   `json:"within"`           // to answer
	StaleAfter Duration   `json:"stale_after"`      // how long an answer is good for
	Next       []PersonID `json:"next,omitempty"`   // who would be called next, as things stand
	Nobody     bool       `json:"nobody,omitempty"` // no level has anybody
}

// Calling is which level is to be called.
type Calling struct {
	Round   int         `json:"round"`
	Level   int         `json:"level"`
	Trigger CallTrigger `json:"trigger"`

	Team     TeamID `json:"team,omitempty"`     // all of a team instead of a level
	Managers bool   `json:"managers,omitempty"` // those who answer for it instead of a level
}

// maxCalls of a record are kept in it; its timeline has them all.
const maxCalls = 20

// Escalation is how a record is brought to somebody who takes it on. It knows
// nothing of the record; times are as they pass, not business time: a page at night
// is for the night.
type Escalation struct {
	Policy     EscalationID `json:"policy,omitempty"`  // empty: nobody is called
	Pending    *Calling     `json:"pending,omitempty"` // to be called now
	Round      int          `json:"round,omitempty"`
	Level      int          `json:"level,omitempty"` // that was called last
	NextAt     *time.Time   `json:"next_at,omitempty"`
	Next       []PersonID   `json:"next,omitempty"` // who would be called then
	Last       bool         `json:"last,omitempty"` // nobody is called after this level
	By         PersonID     `json:"by,omitempty"`   // who acknowledged
	At         *time.Time   `json:"at,omitempty"`   // when
	StaleAt    *time.Time   `json:"stale_at,omitempty"`
	StaleAfter Duration     `json:"stale_after,omitempty"` // how long an acknowledgement is good for; zero: for ever, or nobody was called yet
	Over       bool         `json:"over,omitempty"`        // nobody answered, or nobody could be called
	Quiet      bool         `json:"quiet,omitempty"`       // nobody is called by themselves, as the record's priority has it
	Calls      []Call       `json:"calls,omitempty"`
}

// Ringing reports whether people are being called, or about to be, to take it on.
func (e *Escalation) Ringing() bool {
	return e.NextAt != nil || (e.Pending != nil && !e.Pending.Managers)
}

// Acknowledged reports whether somebody has taken it on.
func (e *Escalation) Acknowledged() bool { return e.At != nil }

// begin calls the first level, as if nobody had been called yet. Whoever answers for
// it and is being called just now is called before.
func (e *Escalation) begin(why CallTrigger, at time.Time) {
	e.forget()
	switch {
	case e.Policy == "":
	case e.Pending != nil:
		e.NextAt = &at
	default:
		e.Pending = &Calling{Round: 1, Level: 1, Trigger: why}
	}
}

// forget makes it a record that nobody was called for, and that nobody answered.
func (e *Escalation) forget() {
	e.hush()
	e.By, e.At, e.Over = "", nil, false
	e.Round, e.Level = 0, 0
}

// hush calls nobody any more to take it on. Those who answer for it still are, when
// somebody asked for them.
func (e *Escalation) hush() {
	e.NextAt, e.Next, e.Last, e.StaleAt = nil, nil, false, nil
	if e.Pending != nil && !e.Pending.Managers {
		e.Pending = nil
	}
}

// quiet calls nobody any more.
func (e *Escalation) quiet() {
	e.hush()
	e.Pending = nil
}

// acknowledge stops the calling. It is good for a while, and every act of those who
// are at it renews it.
func (e *Escalation) acknowledge(by PersonID, at time.Time) {
	e.hush()
	e.By, e.At, e.Over = by, &at, false
	e.answer(by, at)
	e.renew(at)
}

// answer notes who answered on one of the calls since the last answer: on one that
// was theirs, else on the newest.
func (e *Escalation) answer(by PersonID, at time.Time) {
	found := -1
	for i, c := range slices.Backward(e.Calls) {
		if c.Answered != "" {
			break
		}
		if found < 0 && len(c.People)+len(c.Channels) > 0 {
			found = i
		}
		if slices.Contains(c.People, by) {
			found = i
			break
		}
		if c.Trigger == TriggerRaised || c.Trigger == TriggerStale || c.Trigger == TriggerReopened {
			break // what was called before that was for another time
		}
	}
	if found >= 0 {
		e.Calls = slices.Clone(e.Calls)
		e.Calls[found].Answered, e.Calls[found].AnswerAt = by, &at
	}
}

// unanswered reports whether somebody was called last who has not answered.
func (e *Escalation) unanswered() bool {
	last := len(e.Calls) - 1
	return last >= 0 && e.Calls[last].Answered == "" && len(e.Calls[last].People) > 0
}

// Awaits reports whether it still is to be found out who is called, and that this was
// asked: what was found out for anything else is not taken.
func (e *Escalation) Awaits(c Calling) bool { return e.Pending != nil && *e.Pending == c }

// renew is for any act on what was acknowledged: somebody is at it.
func (e *Escalation) renew(at time.Time) {
	if e.At != nil && e.StaleAfter > 0 && !e.Quiet {
		stale := at.Add(time.Duration(e.StaleAfter))
		e.StaleAt = &stale
	}
}

// ask has somebody called whom a person asked for. Others take it on, so that an
// acknowledgement is none any more; those who answer for it are called beside
// whoever is called or at it.
func (e *Escalation) ask(c Calling) {
	if !c.Managers {
		e.quiet()
		e.By, e.At, e.Over = "", nil, false
	}
	e.Pending = &c
}

// managers asks for those who answer for it: for others than before, when it was done
// before.
func (e *Escalation) managers() Calling {
	c := Calling{Round: 1, Trigger: TriggerAsked, Managers: true}
	for _, o := range e.Calls {
		if o.Kind == Hierarchical {
			c.Round++
		}
	}
	return c
}

// following is the level after the one that was called last.
func (e *Escalation) following(why CallTrigger) *Calling {
	if e.Level == 0 && why == TriggerNoAnswer {
		why = TriggerRaised
	}
	return &Calling{Round: max(e.Round, 1), Level: e.Level + 1, Trigger: why}
}

// take records a level that was called. It returns what happened: escalated,
// unroutable when nobody is in any level, unanswered when none is left.
func (e *Escalation) take(c Called, at time.Time) EventKind {
	e.Pending, e.StaleAfter = nil, max(e.StaleAfter, c.StaleAfter)
	e.keep(c.Call, at)
	none := c.Nobody || len(c.People)+len(c.Channels) == 0
	switch {
	case c.Kind == Hierarchical && !none: // whoever is to take it on is called as before
		return EventEscalated
	case c.Kind == Hierarchical:
		return EventUnroutable
	case none:
		e.hush()
		e.Over = true
		if c.Nobody {
			return EventUnroutable
		}
		return EventUnanswered
	}
	next := at.Add(time.Duration(c.Within))
	e.NextAt, e.Next = &next, c.Next
	e.Last = c.Level == 0 || (c.Level >= c.Of && c.Round >= c.Rounds) // nobody comes after a team by themselves
	if c.Level > 0 {
		e.Round, e.Level = c.Round, c.Level
	}
	return EventEscalated
}

// keep adds a call to those of the record, of which only the newest are in it.
func (e *Escalation) keep(c Call, at time.Time) {
	c.Nth, c.At = 1, at
	if n := len(e.Calls); n > 0 {
		c.Nth += e.Calls[n-1].Nth
	}
	e.Calls = append(slices.Clone(e.Calls), c)
	e.Calls = e.Calls[max(0, len(e.Calls)-maxCalls):]
}

// failed takes note of who could not be reached by any way: when that is everybody
// who was called last to take it on, the next level is called at once.
func (e *Escalation) failed(people []PersonID) {
	if e.NextAt == nil {
		return
	}
	for _, c := range slices.Backward(e.Calls) {
		if c.Kind == Hierarchical { // was called beside them
			continue
		}
		reached := func(id PersonID) bool { return !slices.Contains(people, id) }
		switch {
		case len(c.Channels) > 0 || slices.ContainsFunc(c.People, reached):
		case e.Pending != nil: // after whoever is being called beside them
			e.NextAt = &c.At
		default:
			next := e.following(TriggerUnreached)
			e.hush()
			e.Pending = next
		}
		return
	}
}

// falls are what happens by itself as long as nobody answers; nothing while it is
// being found out who is called.
func (e *Escalation) falls() (all []Deadline) {
	switch {
	case e.Pending != nil:
	case e.NextAt != nil && e.Last:
		all = append(all, Deadline{At: *e.NextAt, Kind: EventUnanswered, What: "Nobody has answered: the service's owner is told."})
	case e.NextAt != nil:
		all = append(all, Deadline{At: *e.NextAt, Kind: EventEscalated, What: "The next level is called.", Who: e.Next})
	case e.StaleAt != nil:
		all = append(all, Deadline{At: *e.StaleAt, Kind: EventAckStale, What: "Nothing was done since it was acknowledged, so people are called again."})
	}
	return all
}
