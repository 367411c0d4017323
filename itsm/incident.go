package itsm

import (
	"fmt"
	"slices"
	"time"
)

// IncidentNumber is the number of the nth incident.
func IncidentNumber(n int64) Number { return Number(fmt.Sprintf("INC-%d", n)) }

// IncidentState is where an incident stands in its life.
type IncidentState string

// The states.
const (
	IncidentNew        IncidentState = "new"
	IncidentTriaged    IncidentState = "triaged"     // classified and prioritised
	IncidentAssigned   IncidentState = "assigned"    // to somebody who has not begun
	IncidentInProgress IncidentState = "in_progress" // somebody is at it
	IncidentOnHold     IncidentState = "on_hold"
	IncidentResolved   IncidentState = "resolved"
	IncidentClosed     IncidentState = "closed"
	IncidentReopened   IncidentState = "reopened"
	IncidentCancelled  IncidentState = "cancelled"
	IncidentDuplicate  IncidentState = "duplicate"
)

// IncidentStates is every state, in the order of an incident's life.
var IncidentStates = []IncidentState{
	IncidentNew, IncidentTriaged, IncidentAssigned, IncidentInProgress, IncidentOnHold,
	IncidentResolved, IncidentReopened, IncidentClosed, IncidentCancelled, IncidentDuplicate,
}

// IncidentMoves is the whole state machine: what is not listed cannot happen.
var IncidentMoves = map[IncidentState][]IncidentState{
	IncidentNew:        {IncidentTriaged},
	IncidentTriaged:    {IncidentAssigned, IncidentInProgress, IncidentResolved, IncidentCancelled, IncidentDuplicate},
	IncidentAssigned:   {IncidentInProgress, IncidentOnHold, IncidentTriaged, IncidentResolved, IncidentCancelled, IncidentDuplicate},
	IncidentInProgress: {IncidentOnHold, IncidentAssigned, IncidentTriaged, IncidentResolved, IncidentCancelled, IncidentDuplicate},
	IncidentOnHold:     {IncidentInProgress, IncidentAssigned, IncidentTriaged, IncidentResolved, IncidentCancelled, IncidentDuplicate},
	IncidentResolved:   {IncidentClosed, IncidentReopened},
	IncidentReopened:   {IncidentInProgress, IncidentAssigned, IncidentOnHold, IncidentTriaged, IncidentResolved, IncidentCancelled, IncidentDuplicate},
	IncidentClosed:     nil,
	IncidentCancelled:  nil,
	IncidentDuplicate:  nil,
}

// Final reports whether nothing can follow s.
func (s IncidentState) Final() bool { return len(IncidentMoves[s]) == 0 }

// CanBecome reports whether an incident may move from s to next.
func (s IncidentState) CanBecome(next IncidentState) bool {
	return slices.Contains(IncidentMoves[s], next)
}

// Words says the state as a person would.
func (s IncidentState) Words() string { return State(s).Words() }

// Tone is how the state looks.
func (s IncidentState) Tone() Tone { return State(s).Tone() }

// IncidentText is what was said of an incident when it was raised, and stays.
type IncidentText struct {
	Title       string    `json:"title"`
	Description string    `json:"description,omitempty"`
	Service     ServiceID `json:"service"`
	Category    string    `json:"category,omitempty"`
	Symptom     string    `json:"symptom,omitempty"`
	Items       []string  `json:"configuration_items,omitempty"`
	Message     string    `json:"message,omitempty"` // address of the message that it was raised from
	Follows     Number    `json:"follows,omitempty"` // the closed incident that this one goes on from
	Alert       *Origin   `json:"alert,omitempty"`   // what monitoring raised it for
}

// Origin is where an alert came from that raised an incident.
type Origin struct {
	Source string `json:"source"` // the intake's name
	Key    string `json:"key"`    // that its alerts are told apart by
	URL    string `json:"url,omitempty"`
}

// IncidentDraft is what a reporter submits. What they do not know of impact and
// urgency, the policy says.
type IncidentDraft struct {
	IncidentText
	Impact     Degree       `json:"impact,omitempty"`
	Urgency    Degree       `json:"urgency,omitempty"`
	Escalation EscalationID `json:"escalation,omitempty"` // empty: the service's
}

// HoldReason is why an incident stands still.
type HoldReason string

// The reasons. Only the first stops the customer's clock: for all others the
// provider stays accountable.
const (
	AwaitingCaller  HoldReason = "awaiting_caller"
	AwaitingChange  HoldReason = "awaiting_change"
	AwaitingProblem HoldReason = "awaiting_problem"
	AwaitingVendor  HoldReason = "awaiting_vendor"
)

// HoldReasons is every HoldReason.
var HoldReasons = []HoldReason{AwaitingCaller, AwaitingChange, AwaitingProblem, AwaitingVendor}

// Words says the reason as a person would.
func (r HoldReason) Words() string { return State(r).Words() }

// IncidentHold is why and since when an incident stands still, and until when at most.
type IncidentHold struct {
	Reason   HoldReason  `json:"reason"`
	For      Number      `json:"for,omitempty"` // the record that it waits for
	By       PersonID    `json:"by"`
	At       time.Time   `json:"at"`
	Note     string      `json:"note"`
	RemindAt []time.Time `json:"remind_at,omitempty"` // still to come
	LimitAt  *time.Time  `json:"limit_at,omitempty"`  // nil: not reckoned yet
}

// ResolutionCode is how an incident was resolved.
type ResolutionCode string

// The codes.
const (
	ResolvedFixed           ResolutionCode = "fixed"
	ResolvedWorkaround      ResolutionCode = "workaround"
	ResolvedRecovered       ResolutionCode = "recovered" // by itself, as monitoring tells
	ResolvedNotReproducible ResolutionCode = "not_reproducible"
	ResolvedNoFault         ResolutionCode = "no_fault"
	ResolvedNoReply         ResolutionCode = "no_reply" // the caller was asked and did not answer
)

// ResolutionCodes is every ResolutionCode.
var ResolutionCodes = []ResolutionCode{
	ResolvedFixed, ResolvedWorkaround, ResolvedRecovered, ResolvedNotReproducible, ResolvedNoFault, ResolvedNoReply,
}

// Resolution is how and by whom an incident was resolved, and what was done.
type Resolution struct {
	Code ResolutionCode `json:"code"`
	Note string         `json:"note"`
	By   PersonID       `json:"by"`
	At   time.Time      `json:"at"`
}

// Closing is how an incident was closed.
type Closing string

// The ways.
const (
	ClosedConfirmed Closing = "confirmed" // by its reporter
	ClosedByTime    Closing = "auto"      // nobody said otherwise in time
	ClosedByManager Closing = "manual"
)

// Acknowledgement is the first answer of a person.
type Acknowledgement struct {
	By PersonID  `json:"by"`
	At time.Time `json:"at"`
}

// RelationKind is how one record is to another. It is kept on the record that says
// so, and seen from both.
type RelationKind string

// The kinds.
const (
	CausedBy    RelationKind = "caused_by"    // an incident by a change, a problem or a supplier
	FixedBy     RelationKind = "fixed_by"     // an incident by a change
	Follows     RelationKind = "follows"      // an incident after another that is closed
	ChildOf     RelationKind = "child_of"     // an incident of another
	DuplicateOf RelationKind = "duplicate_of" // an incident of another
	Related     RelationKind = "related_to"
	FoundIn     RelationKind = "found_in" // a problem in an incident
	Applies     RelationKind = "applies"  // an incident the workaround of a problem
	ActsOn      RelationKind = "acts_on"  // a corrective action on what it was raised for
	HeldFor     RelationKind = "held_for" // an incident that is on hold: as long as it is, and said by its hold alone
)

// RelationKinds is every RelationKind.
var RelationKinds = []RelationKind{CausedBy, FixedBy, Follows, ChildOf, DuplicateOf, Related, FoundIn, Applies, ActsOn, HeldFor}

// Relation leads from one record to another.
type Relation struct {
	From Number       `json:"from"`
	Kind RelationKind `json:"kind"`
	To   Number       `json:"to"`
	By   PersonID     `json:"by"`
	At   time.Time    `json:"at"`
}

// Incident is one incident and all that came of it (ISO/IEC 20000-1:2018, 8.6.1).
type Incident struct {
	IncidentText
	Number        Number    `json:"number"`
	Reporter      PersonID  `json:"reporter"`
	Door          Door      `json:"door"`
	Owner         PersonID  `json:"owner"` // of the service, when it was raised
	Restricted    bool      `json:"restricted,omitempty"`
	PolicyVersion int       `json:"policy_version"`
	RaisedAt      time.Time `json:"raised_at"`

	IncidentStanding
}

// IncidentStanding is all of an incident that changes in its life.
type IncidentStanding struct {
	State        IncidentState    `json:"state"`
	Revision     int              `json:"revision"`
	Since        time.Time        `json:"since"` // when it came to this state
	Impact       Degree           `json:"impact"`
	Urgency      Degree           `json:"urgency"`
	Priority     Priority         `json:"priority"`
	Override     *Override        `json:"override,omitempty"`
	Team         TeamID           `json:"team"`
	Assignee     PersonID         `json:"assignee,omitempty"`
	Acknowledged *Acknowledgement `json:"acknowledged,omitempty"` // the first person to answer
	Clocks       []Clock          `json:"clocks"`
	Escalation   Escalation       `json:"escalation,omitzero"`
	Hold         *IncidentHold    `json:"hold,omitempty"`
	Resolution   *Resolution      `json:"resolution,omitempty"`
	Closing      Closing          `json:"closing,omitempty"`
	Parent       Number           `json:"parent,omitempty"`
	DuplicateOf  Number           `json:"duplicate_of,omitempty"`
	Relations    []Relation       `json:"relations,omitempty"`
	Workarounds  []Workaround     `json:"workarounds,omitempty"` // that it was told of
	Reopens      int              `json:"reopens"`
	Reassigned   int              `json:"reassigned"`          // how often it went from one person or team to another
	RemindAt     *time.Time       `json:"remind_at,omitempty"` // the reporter, to confirm
	CloseAt      *time.Time       `json:"close_at,omitempty"`  // by itself
	ClosedAt     *time.Time       `json:"closed_at,omitempty"`
}

// Become moves the incident on at an instant. A forbidden move is a bug, not a refusal.
func (i *Incident) Become(next IncidentState, at time.Time) {
	if !i.State.CanBecome(next) {
		panic("itsm: an incident cannot go from " + string(i.State) + " to " + string(next))
	}
	i.State, i.Since = next, at
	if next.Final() {
		i.ClosedAt = &at
		i.Escalation.quiet()
		for k := range i.clocks() {
			i.Clocks[k].Marks = nil
		}
		i.RemindAt, i.CloseAt = nil, nil
	}
}

// clocks makes the clocks the incident's own, so that a copy of it is none of theirs.
func (i *Incident) clocks() []Clock {
	i.Clocks = slices.Clone(i.Clocks)
	return i.Clocks
}

// Clock is the newest clock of a kind; nil when there is none.
func (i *Incident) Clock(k ClockKind) *Clock {
	for n := len(i.Clocks) - 1; n >= 0; n-- {
		if i.Clocks[n].Kind == k {
			return &i.Clocks[n]
		}
	}
	return nil
}

// Missed reports whether any target was missed, by whichever clock.
func (i *Incident) Missed() bool {
	return slices.ContainsFunc(i.Clocks, func(c Clock) bool { return c.MissedAt != nil })
}

// Open reports whether somebody still has to do something to resolve it.
func (i *Incident) Open() bool { return i.State != IncidentResolved && !i.State.Final() }

// Receipt is the incident's receipt as it stands.
func (i *Incident) Receipt() Receipt {
	return Receipt{Number: i.Number, State: State(i.State), Revision: i.Revision}
}

// IncidentStep is what one event left of an incident: the whole of what a save
// carries, without what was said when it was raised.
type IncidentStep struct {
	Event    Event            `json:"event"`
	Standing IncidentStanding `json:"standing"`
}

// Step takes from the incident what the event left.
func (i *Incident) Step(e Event) IncidentStep {
	return IncidentStep{Event: e, Standing: i.IncidentStanding}
}
