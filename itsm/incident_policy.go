package itsm

import (
	"slices"
	"time"
)

// IncidentPolicy is how incidents are handled (8.6.1). A record keeps the version
// that it began with for life.
type IncidentPolicy struct {
	Matrix     *Matrix         `json:"matrix,omitempty"`     // nil: DefaultMatrix
	Priorities []PriorityTerms `json:"priorities,omitempty"` // those left out are DefaultTerms
	Impact     Degree          `json:"impact,omitempty"`     // where nobody says; empty: medium
	Urgency    Degree          `json:"urgency,omitempty"`    // ditto
	Escalation EscalationID    `json:"escalation,omitempty"` // of services that name none
	Hold       HoldTerms       `json:"hold,omitzero"`
	Closure    ClosureTerms    `json:"closure,omitzero"`
}

// PriorityTerms are what is agreed for one priority.
type PriorityTerms struct {
	Priority Priority   `json:"priority"`
	Respond  Length     `json:"respond,omitzero"`   // zero: no target
	Resolve  Length     `json:"resolve,omitzero"`   // zero: no target
	Calendar CalendarID `json:"calendar,omitempty"` // in whose hours both count; empty: around the clock
	Quiet    bool       `json:"quiet,omitempty"`    // nobody is called; the card in its channel has to do
}

func (t PriorityTerms) target(k ClockKind) Length {
	if k == ResponseClock {
		return t.Respond
	}
	return t.Resolve
}

// HoldTerms are how long an incident may stand still. Zero values are the defaults.
type HoldTerms struct {
	Calendar CalendarID `json:"calendar,omitempty"` // in whose hours these count; empty: around the clock
	Remind   []Length   `json:"remind,omitempty"`   // the caller, while the incident awaits them
	Caller   Length     `json:"caller,omitzero"`    // then it is resolved as no_reply
	Others   Length     `json:"others,omitzero"`    // then it is resumed
}

// ClosureTerms are how a resolved incident is closed. Zero values are the defaults.
type ClosureTerms struct {
	Calendar CalendarID `json:"calendar,omitempty"`
	Remind   Length     `json:"remind,omitzero"` // the reporter, to confirm
	After    Length     `json:"after,omitzero"`  // the resolution, it is closed by itself
}

// DefaultTerms are the targets of a catalog that has none.
var DefaultTerms = []PriorityTerms{
	{Priority: P1, Respond: Length{Time: 15 * time.Minute}, Resolve: Length{Time: 4 * time.Hour}},
	{Priority: P2, Respond: Length{Time: 30 * time.Minute}, Resolve: Length{Time: 8 * time.Hour}},
	{Priority: P3, Respond: Length{Time: 4 * time.Hour}, Resolve: Length{Days: 3}},
	{Priority: P4, Respond: Length{Days: 1}, Resolve: Length{Days: 5}, Quiet: true},
	{Priority: P5, Respond: Length{Days: 2}, Quiet: true},
}

// The defaults of holds and closures, in days.
const (
	defaultHoldCaller   = 5
	defaultHoldOthers   = 10
	defaultConfirmAfter = 3
	defaultCloseAfter   = 5
)

// Weigh is the matrix's priority for an impact and an urgency.
func (p *IncidentPolicy) Weigh(impact, urgency Degree) Priority {
	m := DefaultMatrix
	if p.Matrix != nil {
		m = *p.Matrix
	}
	return m.Priority(impact, urgency)
}

// Terms are what is agreed for a priority.
func (p *IncidentPolicy) Terms(of Priority) PriorityTerms {
	is := func(t PriorityTerms) bool { return t.Priority == of }
	if t, own := find(p.Priorities, is); own {
		return t
	}
	t, _ := find(DefaultTerms, is)
	return t
}

// HoldTerms are those of the policy, with the defaults filled in.
func (p *IncidentPolicy) HoldTerms() HoldTerms {
	t := p.Hold
	if t.Remind == nil {
		t.Remind = []Length{{Days: 2}, {Days: 4}}
	}
	if t.Caller.IsZero() {
		t.Caller = Length{Days: defaultHoldCaller}
	}
	if t.Others.IsZero() {
		t.Others = Length{Days: defaultHoldOthers}
	}
	return t
}

// ClosureTerms are those of the policy, with the defaults filled in.
func (p *IncidentPolicy) ClosureTerms() ClosureTerms {
	t := p.Closure
	if t.Remind.IsZero() {
		t.Remind = Length{Days: defaultConfirmAfter}
	}
	if t.After.IsZero() {
		t.After = Length{Days: defaultCloseAfter}
	}
	return t
}

// EscalationOf is by which policy an incident of a service calls people: what was
// asked for, else the service's, else that of all.
func (c *Catalog) EscalationOf(asked EscalationID, service Service) EscalationID {
	for _, id := range []EscalationID{asked, service.Escalation, c.Incident.Escalation} {
		if _, has := c.EscalationPolicy(id); has {
			return id
		}
	}
	return ""
}

// EscalationPolicy finds an escalation policy by id.
func (c *Catalog) EscalationPolicy(id EscalationID) (EscalationPolicy, bool) {
	return find(c.Escalations, func(p EscalationPolicy) bool { return p.ID == id })
}

// Team finds a team by id.
func (c *Catalog) Team(id TeamID) (Team, bool) {
	return find(c.Teams, func(t Team) bool { return t.ID == id })
}

// Managers are who manages each team.
func (c *Catalog) Managers() map[TeamID]PersonID {
	all := make(map[TeamID]PersonID, len(c.Teams))
	for _, t := range c.Teams {
		all[t.ID] = t.Manager
	}
	return all
}

// IncidentTerms are what a record's process has to know of its pinned policy to
// judge without asking: a priority for each pair, and what is agreed for each.
type IncidentTerms struct {
	Matrix     Matrix          `json:"matrix"`
	Priorities []PriorityTerms `json:"priorities"`
}

// IncidentTerms are those of the policy.
func (p *IncidentPolicy) IncidentTerms() IncidentTerms {
	t := IncidentTerms{Matrix: DefaultMatrix}
	if p.Matrix != nil {
		t.Matrix = *p.Matrix
	}
	for _, priority := range Priorities {
		t.Priorities = append(t.Priorities, p.Terms(priority))
	}
	return t
}

// Of are what is agreed for a priority.
func (t *IncidentTerms) Of(p Priority) PriorityTerms {
	terms, _ := find(t.Priorities, func(o PriorityTerms) bool { return o.Priority == p })
	return terms
}

// classified fills in what a reporter did not know.
func (p *IncidentPolicy) classified(d IncidentDraft) IncidentDraft {
	for _, one := range []struct {
		said  *Degree
		usual Degree
	}{{&d.Impact, p.Impact}, {&d.Urgency, p.Urgency}} {
		if *one.said == "" {
			*one.said = one.usual
		}
		if *one.said == "" {
			*one.said = MediumDegree
		}
	}
	return d
}

// pages reports whether somebody is called for a priority.
func (t *IncidentTerms) pages(p Priority) bool { return !t.Of(p).Quiet }

// knownDegree reports whether d is a degree.
func knownDegree(d Degree) bool { return slices.Contains(Degrees, d) }
