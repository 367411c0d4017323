package itsm

import (
	"fmt"
	"slices"
	"time"
)

// CorrectiveNumber is the number of the nth corrective action.
func CorrectiveNumber(n int64) Number { return Number(fmt.Sprintf("CAR-%d", n)) }

// CorrectiveState is where a corrective action stands in its life.
type CorrectiveState string

// The states.
const (
	CorrectiveNew          CorrectiveState = "new"
	CorrectiveRaised       CorrectiveState = "raised"
	CorrectiveAcknowledged CorrectiveState = "acknowledged"  // its owner looks for the cause
	CorrectiveCauseKnown   CorrectiveState = "cause_known"   // and a plan is to be written
	CorrectivePlanProposed CorrectiveState = "plan_proposed" // others decide on the plan
	CorrectivePlanned      CorrectiveState = "planned"       // the plan is accepted, and carried out
	CorrectiveImplemented  CorrectiveState = "implemented"   // and has to prove itself
	CorrectiveNotEffective CorrectiveState = "not_effective" // the cause is looked for anew
	CorrectiveClosed       CorrectiveState = "closed"        // it was effective
	CorrectiveWithdrawn    CorrectiveState = "withdrawn"
)

// CorrectiveStates is every state, in the order of a corrective action's life.
var CorrectiveStates = []CorrectiveState{
	CorrectiveNew, CorrectiveRaised, CorrectiveAcknowledged, CorrectiveCauseKnown, CorrectivePlanProposed, CorrectivePlanned,
	CorrectiveImplemented, CorrectiveNotEffective, CorrectiveClosed, CorrectiveWithdrawn,
}

// CorrectiveMoves is the whole state machine: what is not listed cannot happen.
var CorrectiveMoves = map[CorrectiveState][]CorrectiveState{
	CorrectiveNew:          {CorrectiveRaised},
	CorrectiveRaised:       {CorrectiveAcknowledged, CorrectiveWithdrawn},
	CorrectiveAcknowledged: {CorrectiveCauseKnown, CorrectiveWithdrawn},
	CorrectiveCauseKnown:   {CorrectivePlanProposed, CorrectiveWithdrawn},
	CorrectivePlanProposed: {CorrectivePlanned, CorrectiveCauseKnown, CorrectiveWithdrawn},
	CorrectivePlanned:      {CorrectiveImplemented, CorrectivePlanProposed, CorrectiveWithdrawn},
	CorrectiveImplemented:  {CorrectiveClosed, CorrectiveNotEffective, CorrectiveWithdrawn},
	CorrectiveNotEffective: {CorrectiveCauseKnown, CorrectiveWithdrawn},
	CorrectiveClosed:       nil,
	CorrectiveWithdrawn:    nil,
}

// Final reports whether nothing can follow s.
func (s CorrectiveState) Final() bool { return len(CorrectiveMoves[s]) == 0 }

// CanBecome reports whether a corrective action may move from s to next.
func (s CorrectiveState) CanBecome(next CorrectiveState) bool {
	return slices.Contains(CorrectiveMoves[s], next)
}

// Words says the state as a person would.
func (s CorrectiveState) Words() string { return State(s).Words() }

// Tone is how the state looks.
func (s CorrectiveState) Tone() Tone { return State(s).Tone() }

// Severity is how much a nonconformity matters. The targets follow from it.
type Severity string

// The severities.
const (
	SeverityCritical Severity = "critical"
	SeverityMajor    Severity = "major"
	SeverityMinor    Severity = "minor"
)

// Severities is every Severity, the gravest first.
var Severities = []Severity{SeverityCritical, SeverityMajor, SeverityMinor}

// CorrectiveOrigin is what a corrective action was raised by.
type CorrectiveOrigin string

// The origins.
const (
	RaisedByHand     CorrectiveOrigin = "manual"
	RaisedByReview   CorrectiveOrigin = "review" // of whatever record, or an audit's
	RaisedByProblem  CorrectiveOrigin = "problem"
	RaisedByIncident CorrectiveOrigin = "incident"
	RaisedByChange   CorrectiveOrigin = "change" // one that failed
)

// CorrectiveOrigins is every CorrectiveOrigin.
var CorrectiveOrigins = []CorrectiveOrigin{RaisedByHand, RaisedByReview, RaisedByProblem, RaisedByIncident, RaisedByChange}

// CorrectiveText is what was said of a corrective action when it was raised, and stays.
type CorrectiveText struct {
	Title         string           `json:"title"`
	Nonconformity string           `json:"nonconformity"`        // which requirement is not fulfilled, and how that shows
	Correction    string           `json:"correction,omitempty"` // what was done at once (10.1.1 a)
	Service       ServiceID        `json:"service"`
	RaisedBy      CorrectiveOrigin `json:"raised_by,omitempty"` // empty: what the source is, or manual
	Source        Number           `json:"source,omitempty"`    // the record that it comes from
}

// CorrectiveDraft is what somebody submits.
type CorrectiveDraft struct {
	CorrectiveText
	Severity Severity `json:"severity,omitempty"` // empty: minor
	Owner    PersonID `json:"owner,omitempty"`    // who is to act; empty: whoever owns the service
}

// Verification is whether what was done took the cause away (10.1.1 d).
type Verification struct {
	By        PersonID   `json:"by"`
	At        time.Time  `json:"at"`
	Effective bool       `json:"effective"`
	Note      string     `json:"note"`
	Evidence  []Evidence `json:"evidence"`
}

// CorrectiveAction is one nonconformity and all that came of it
// (ISO/IEC 20000-1:2018, 10.1).
type CorrectiveAction struct {
	CorrectiveText
	Number        Number    `json:"number"`
	Reporter      PersonID  `json:"reporter"`
	Door          Door      `json:"door"`
	Restricted    bool      `json:"restricted,omitempty"` // as its service or its source is
	PolicyVersion int       `json:"policy_version"`
	RaisedAt      time.Time `json:"raised_at"`

	CorrectiveStanding
}

// CorrectiveStanding is all of a corrective action that changes in its life.
type CorrectiveStanding struct {
	State         CorrectiveState `json:"state"`
	Revision      int             `json:"revision"`
	Since         time.Time       `json:"since"` // when it came to this state
	Severity      Severity        `json:"severity"`
	Owner         PersonID        `json:"owner"` // who is to act, and never says whether it helped
	Team          TeamID          `json:"team"`
	Clocks        Clocks          `json:"clocks"`
	Escalation    Escalation      `json:"escalation,omitzero"`
	RootCause     *RootCause      `json:"root_cause,omitempty"`
	Plan          *CorrectivePlan `json:"plan,omitempty"` // as it was written last
	Acceptance    Ballot          `json:"acceptance,omitzero"`
	Steps         Tasks           `json:"steps,omitempty"` // of all plans that were accepted
	ImplementedAt *time.Time      `json:"implemented_at,omitempty"`
	VerifyFrom    *time.Time      `json:"verify_from,omitempty"` // when its effect shows; not before
	Verification  *Verification   `json:"verification,omitempty"`
	Ineffective   int             `json:"ineffective"` // how often it was found not to be effective
	Relations     []Relation      `json:"relations,omitempty"`
	ClosedAt      *time.Time      `json:"closed_at,omitempty"`
}

// Become moves it on at an instant. A forbidden move is a bug, not a refusal.
func (c *CorrectiveAction) Become(next CorrectiveState, at time.Time) {
	if !c.State.CanBecome(next) {
		panic("itsm: a corrective action cannot go from " + string(c.State) + " to " + string(next))
	}
	c.State, c.Since = next, at
	if next.Final() {
		c.end(at)
	}
}

// end stops all that counts. What nobody has done nobody has to do any more.
func (c *CorrectiveAction) end(at time.Time) {
	c.ClosedAt = &at
	c.Escalation.quiet()
	c.Clocks.end(at)
	c.Steps.drop(at)
	c.unasked()
}

// Missed reports whether any target was missed, by whichever clock.
func (c *CorrectiveAction) Missed() bool { return c.Clocks.Missed() }

// Verifiable reports whether somebody is to say now whether it was effective.
func (c *CorrectiveAction) Verifiable() bool {
	clock := c.Clocks.Of(VerificationClock)
	return c.State == CorrectiveImplemented && clock != nil && clock.StoppedAt == nil
}

// Involved reports whether somebody owns it, planned it or did a step of it: they
// never say whether it was effective.
func (c *CorrectiveAction) Involved(id PersonID) bool {
	return id == c.Owner || (c.Plan != nil && id == c.Plan.By) ||
		slices.ContainsFunc(c.Steps, func(s Task) bool { return s.State == TaskDone && s.Owner == id })
}

// Receipt is its receipt as it stands.
func (c *CorrectiveAction) Receipt() Receipt {
	return Receipt{Number: c.Number, State: State(c.State), Revision: c.Revision}
}

// CorrectiveStep is what one event left of a corrective action: the whole of what a
// save carries, without what was said when it was raised.
type CorrectiveStep struct {
	Event    Event              `json:"event"`
	Standing CorrectiveStanding `json:"standing"`
}

// Step takes from it what the event left.
func (c *CorrectiveAction) Step(e Event) CorrectiveStep {
	return CorrectiveStep{Event: e, Standing: c.CorrectiveStanding}
}
