package itsm

import (
	"fmt"
	"slices"
	"time"
)

// ProblemNumber is the number of the nth problem.
func ProblemNumber(n int64) Number { return Number(fmt.Sprintf("PRB-%d", n)) }

// ProblemState is where a problem stands in its life.
type ProblemState string

// The states.
const (
	ProblemNew            ProblemState = "new"
	ProblemCandidate      ProblemState = "candidate" // proposed by what was found in the record book
	ProblemLogged         ProblemState = "logged"    // raised by somebody
	ProblemInvestigating  ProblemState = "investigating"
	ProblemRootCauseKnown ProblemState = "root_cause_known"
	ProblemKnownError     ProblemState = "known_error" // with a workaround that is published
	ProblemFixPlanned     ProblemState = "fix_planned" // by a change, which it waits for
	ProblemFixDeployed    ProblemState = "fix_deployed"
	ProblemWatched        ProblemState = "effectiveness_watch"
	ProblemResolved       ProblemState = "resolved" // the fix held
	ProblemRiskAccepted   ProblemState = "risk_accepted"
	ProblemReopened       ProblemState = "reopened"
	ProblemClosed         ProblemState = "closed"
	ProblemDeclined       ProblemState = "declined"
	ProblemMerged         ProblemState = "merged"
	ProblemCancelled      ProblemState = "cancelled"
)

// ProblemStates is every state, in the order of a problem's life.
var ProblemStates = []ProblemState{
	ProblemNew, ProblemCandidate, ProblemLogged, ProblemInvestigating, ProblemRootCauseKnown, ProblemKnownError,
	ProblemFixPlanned, ProblemFixDeployed, ProblemWatched, ProblemResolved, ProblemRiskAccepted, ProblemReopened,
	ProblemClosed, ProblemDeclined, ProblemMerged, ProblemCancelled,
}

// ProblemMoves is the whole state machine: what is not listed cannot happen.
var ProblemMoves = map[ProblemState][]ProblemState{
	ProblemNew:            {ProblemCandidate, ProblemLogged},
	ProblemCandidate:      {ProblemInvestigating, ProblemDeclined, ProblemMerged},
	ProblemLogged:         {ProblemInvestigating, ProblemDeclined, ProblemMerged, ProblemCancelled},
	ProblemInvestigating:  {ProblemRootCauseKnown, ProblemRiskAccepted, ProblemMerged, ProblemCancelled},
	ProblemRootCauseKnown: {ProblemKnownError, ProblemFixPlanned, ProblemRiskAccepted, ProblemMerged, ProblemCancelled},
	ProblemKnownError:     {ProblemFixPlanned, ProblemRiskAccepted, ProblemMerged, ProblemCancelled},
	ProblemFixPlanned:     {ProblemFixDeployed, ProblemRootCauseKnown, ProblemKnownError},
	ProblemFixDeployed:    {ProblemWatched}, // at once
	ProblemWatched:        {ProblemResolved, ProblemReopened},
	ProblemResolved:       {ProblemClosed, ProblemReopened},
	ProblemRiskAccepted:   {ProblemReopened, ProblemClosed},
	ProblemReopened:       {ProblemRootCauseKnown, ProblemRiskAccepted, ProblemMerged, ProblemCancelled},
	ProblemClosed:         nil,
	ProblemDeclined:       nil,
	ProblemMerged:         nil,
	ProblemCancelled:      nil,
}

// Final reports whether nothing can follow s.
func (s ProblemState) Final() bool { return len(ProblemMoves[s]) == 0 }

// CanBecome reports whether a problem may move from s to next.
func (s ProblemState) CanBecome(next ProblemState) bool {
	return slices.Contains(ProblemMoves[s], next)
}

// Words says the state as a person would.
func (s ProblemState) Words() string { return State(s).Words() }

// Tone is how the state looks.
func (s ProblemState) Tone() Tone { return State(s).Tone() }

// ProblemTrigger is what a problem was raised for (8.6.3 a).
type ProblemTrigger string

// The triggers.
const (
	TriggeredByHand     ProblemTrigger = "manual"
	TriggeredByIncident ProblemTrigger = "incident"      // by somebody, from an incident
	TriggeredByTrend    ProblemTrigger = "trend"         // incidents that are alike
	TriggeredByPriority ProblemTrigger = "priority_one"  // an incident of the highest priority
	TriggeredByChange   ProblemTrigger = "failed_change" // a change that failed
)

// ProblemTriggers is every ProblemTrigger.
var ProblemTriggers = []ProblemTrigger{
	TriggeredByHand, TriggeredByIncident, TriggeredByTrend, TriggeredByPriority, TriggeredByChange,
}

// Proposed reports whether Steward proposes what is raised for it: then somebody
// accepts it, declines it or merges it.
func (t ProblemTrigger) Proposed() bool {
	return t == TriggeredByTrend || t == TriggeredByPriority || t == TriggeredByChange
}

// ProblemText is what was said of a problem when it was raised, and stays.
type ProblemText struct {
	Title       string         `json:"title"`
	Description string         `json:"description,omitempty"`
	Service     ServiceID      `json:"service"`
	Trigger     ProblemTrigger `json:"trigger,omitempty"` // empty: manual, or incident where some are named
	Pattern     *Pattern       `json:"pattern,omitempty"` // what incidents of it have in common
	Trend       *Trend         `json:"trend,omitempty"`   // that it was proposed for
	Incidents   []Number       `json:"incidents,omitempty"`
	Change      Number         `json:"change,omitempty"`  // the one that failed
	Follows     Number         `json:"follows,omitempty"` // the closed problem that this one goes on from
}

// ProblemDraft is what somebody submits. What they do not know of impact and urgency,
// the policy says.
type ProblemDraft struct {
	ProblemText
	Category string `json:"category,omitempty"`
	Impact   Degree `json:"impact,omitempty"`
	Urgency  Degree `json:"urgency,omitempty"`
}

// ProblemFix is the change that is to end the problem for good, which it waits for.
type ProblemFix struct {
	Change  Number     `json:"change"`
	By      PersonID   `json:"by"`
	At      time.Time  `json:"at"`
	EndedAt *time.Time `json:"ended_at,omitempty"` // since when the change is over
	Outcome State      `json:"outcome,omitempty"`  // successful, failed, or the state that it ended in
}

// Watch is the time in which a fix has to prove itself (PRB-07).
type Watch struct {
	From  time.Time  `json:"from"`
	Until *time.Time `json:"until,omitempty"` // nil: not reckoned yet
}

// RiskAcceptance is the decision to live with a problem for a while (PRB-09).
type RiskAcceptance struct {
	By        PersonID  `json:"by"` // on whose authority
	At        time.Time `json:"at"`
	Reason    string    `json:"reason"`
	ExpiresAt time.Time `json:"expires_at"` // when it comes back
}

// ProblemReview is what was learnt of a major problem (PRB-08).
type ProblemReview struct {
	By           PersonID  `json:"by"`
	At           time.Time `json:"at"`
	WentWell     string    `json:"went_well"`
	WentWrong    string    `json:"went_wrong"`
	ThirdParties string    `json:"third_parties,omitempty"`
	FollowUp     string    `json:"follow_up,omitempty"`
}

// ProblemEnding is how a problem ended.
type ProblemEnding string

// The endings.
const (
	EndedFixed        ProblemEnding = "fixed"
	EndedRiskAccepted ProblemEnding = "risk_accepted" // it was lived with, and needs nobody any more
	EndedDeclined     ProblemEnding = "declined"
	EndedMerged       ProblemEnding = "merged"
	EndedCancelled    ProblemEnding = "cancelled"
)

// ProblemEndings is every ProblemEnding.
var ProblemEndings = []ProblemEnding{EndedFixed, EndedRiskAccepted, EndedDeclined, EndedMerged, EndedCancelled}

// Idle is since when nobody did anything, and what comes of that (A problem has no
// single clock: what nobody works on is noticed instead).
type Idle struct {
	Since      time.Time  `json:"since"`
	NudgeAt    *time.Time `json:"nudge_at,omitempty"`    // nil: not reckoned, or done
	EscalateAt *time.Time `json:"escalate_at,omitempty"` // nil: not reckoned
}

// Problem is one problem and all that came of it (ISO/IEC 20000-1:2018, 8.6.3).
type Problem struct {
	ProblemText
	Number        Number    `json:"number"`
	Reporter      PersonID  `json:"reporter"`
	Door          Door      `json:"door"`
	Owner         PersonID  `json:"owner"` // of the service, when it was raised
	Restricted    bool      `json:"restricted,omitempty"`
	PolicyVersion int       `json:"policy_version"`
	RaisedAt      time.Time `json:"raised_at"`

	ProblemStanding
}

// ProblemStanding is all of a problem that changes in its life.
type ProblemStanding struct {
	State       ProblemState    `json:"state"`
	Revision    int             `json:"revision"`
	Since       time.Time       `json:"since"` // when it came to this state
	Category    string          `json:"category,omitempty"`
	Impact      Degree          `json:"impact"`
	Urgency     Degree          `json:"urgency"`
	Priority    Priority        `json:"priority"`
	Major       bool            `json:"major,omitempty"` // it is reviewed before it is closed
	Team        TeamID          `json:"team"`
	Coordinator PersonID        `json:"coordinator,omitempty"`
	Clocks      Clocks          `json:"clocks"`
	Escalation  Escalation      `json:"escalation,omitzero"`
	Idle        *Idle           `json:"idle,omitempty"`
	Tasks       Tasks           `json:"tasks,omitempty"`
	RootCause   *RootCause      `json:"root_cause,omitempty"`
	KnownError  *KnownError     `json:"known_error,omitempty"` // as it was written last
	Published   *KnownError     `json:"published,omitempty"`   // as people are shown it, or were
	Publication Ballot          `json:"publication,omitzero"`  // of the known error
	Fix         *ProblemFix     `json:"fix,omitempty"`
	FailedFixes []ProblemFix    `json:"failed_fixes,omitempty"`
	Watch       *Watch          `json:"watch,omitempty"`
	Review      *ProblemReview  `json:"review,omitempty"`
	Risk        *RiskAcceptance `json:"risk,omitempty"`
	Ending      ProblemEnding   `json:"ending,omitempty"`
	MergedInto  Number          `json:"merged_into,omitempty"`
	Absorbed    []Number        `json:"absorbed,omitempty"` // problems that were merged into it
	Relations   []Relation      `json:"relations,omitempty"`
	Reopens     int             `json:"reopens"`
	ClosedAt    *time.Time      `json:"closed_at,omitempty"`
}

// Become moves the problem on at an instant. A forbidden move is a bug, not a refusal.
func (p *Problem) Become(next ProblemState, at time.Time) {
	if !p.State.CanBecome(next) {
		panic("itsm: a problem cannot go from " + string(p.State) + " to " + string(next))
	}
	p.State, p.Since = next, at
	if next.Final() {
		p.end(at)
	}
}

// end stops all that counts. What nobody has done nobody has to do any more.
func (p *Problem) end(at time.Time) {
	p.ClosedAt, p.Idle = &at, nil
	p.Escalation.quiet()
	p.Clocks.end(at)
	p.Tasks.drop(at)
	p.retire(at)
}

// Clock is the newest clock of a kind; nil when there is none.
func (p *Problem) Clock(k ClockKind) *Clock { return p.Clocks.Of(k) }

// Missed reports whether any target was missed, by whichever clock.
func (p *Problem) Missed() bool { return p.Clocks.Missed() }

// Unassessed reports whether nobody has said yet whether it is one.
func (p *Problem) Unassessed() bool {
	return p.State == ProblemCandidate || p.State == ProblemLogged
}

// Worked reports whether somebody has to do something to find and remove its cause.
func (p *Problem) Worked() bool {
	switch p.State { //nolint:exhaustive // the others wait for something else
	case ProblemInvestigating, ProblemRootCauseKnown, ProblemKnownError, ProblemReopened:
		return true
	}
	return false
}

// Receipt is the problem's receipt as it stands.
func (p *Problem) Receipt() Receipt {
	return Receipt{Number: p.Number, State: State(p.State), Revision: p.Revision}
}

// ProblemStep is what one event left of a problem: the whole of what a save carries,
// without what was said when it was raised.
type ProblemStep struct {
	Event    Event           `json:"event"`
	Standing ProblemStanding `json:"standing"`
}

// Step takes from the problem what the event left.
func (p *Problem) Step(e Event) ProblemStep {
	return ProblemStep{Event: e, Standing: p.ProblemStanding}
}
