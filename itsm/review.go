package itsm

import (
	"slices"
	"strings"
	"time"
)

// ReviewNumber is the number of the review of a supplier for a period, such as
// SUP-4/2026-Q4: there is one for each, however often it is asked for.
func ReviewNumber(supplier Number, p Period) Number { return supplier + "/" + Number(p.String()) }

// ParseReviewNumber is the supplier and the period of a review's number (review.number).
func ParseReviewNumber(n Number) (supplier Number, p Period, err error) {
	of, period, _ := strings.Cut(string(n), "/")
	if p, err = ParsePeriod(period); err != nil || !Number(of).Of("SUP") {
		return "", Period{}, Refuse(Invalid, "review.number", "That is not a review's number; it should look like SUP-4/2026-Q4.")
	}
	return Number(of), p, nil
}

// ReviewState is where the review of a supplier stands.
type ReviewState string

// The states.
const (
	ReviewNew        ReviewState = "new"
	ReviewCollecting ReviewState = "collecting"
	ReviewScored     ReviewState = "scored"
	ReviewMeeting    ReviewState = "meeting" // it took place
	ReviewActions    ReviewState = "actions" // are agreed on
	ReviewSignedOff  ReviewState = "sign_off"
	ReviewClosed     ReviewState = "closed"
	ReviewCancelled  ReviewState = "cancelled" // the supplier supplies no more
)

// ReviewStates is every state, in the order of a review's life.
var ReviewStates = []ReviewState{
	ReviewNew, ReviewCollecting, ReviewScored, ReviewMeeting, ReviewActions, ReviewSignedOff, ReviewClosed, ReviewCancelled,
}

// ReviewMoves is the whole state machine: what is not listed cannot happen.
var ReviewMoves = map[ReviewState][]ReviewState{
	ReviewNew:        {ReviewCollecting},
	ReviewCollecting: {ReviewScored, ReviewCancelled},
	ReviewScored:     {ReviewMeeting, ReviewCancelled},
	ReviewMeeting:    {ReviewActions, ReviewCancelled},
	ReviewActions:    {ReviewSignedOff, ReviewCancelled},
	ReviewSignedOff:  {ReviewClosed}, // at once
	ReviewClosed:     nil,
	ReviewCancelled:  nil,
}

// Final reports whether nothing can follow s.
func (s ReviewState) Final() bool { return len(ReviewMoves[s]) == 0 }

// CanBecome reports whether a review may move from s to next.
func (s ReviewState) CanBecome(next ReviewState) bool { return slices.Contains(ReviewMoves[s], next) }

// Words says the state as a person would.
func (s ReviewState) Words() string { return State(s).Words() }

// The clocks of a review: all begin when its period ends.
const (
	DataClock    ClockKind = "data"
	MeetingClock ClockKind = "meeting"
	SignOffClock ClockKind = "sign_off"
)

// ReviewClockKinds is every ClockKind of a review.
var ReviewClockKinds = []ClockKind{DataClock, MeetingClock, SignOffClock}

// Reading is one measure of a review, and where it comes from.
type Reading struct {
	Measure

	Goal     *Goal      `json:"goal,omitempty"` // of the contract; nil: its points are somebody's judgement
	Unit     string     `json:"unit,omitempty"`
	Value    *Amount    `json:"value,omitempty"`
	By       PersonID   `json:"by,omitempty"`
	At       *time.Time `json:"at,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
	Second   PersonID   `json:"second,omitempty"` // who saw the evidence, too
}

// Unseen reports whether somebody gave it by hand and nobody else has seen that it is so.
func (r *Reading) Unseen() bool {
	return r.Points != nil && r.By != Monitoring && r.By != System && r.Second == ""
}

// Meeting is what was said to the supplier, and by it.
type Meeting struct {
	By        PersonID  `json:"by"`
	At        time.Time `json:"at"`
	Attendees []string  `json:"attendees"` // of both sides
	Note      string    `json:"note"`
}

// ReviewAction is what somebody does until a date, as was agreed on.
type ReviewAction struct {
	Title string   `json:"title"`
	Owner PersonID `json:"owner"` // on our side
	Due   Date     `json:"due"`
}

// SupplierReview is the review of one supplier for one period (ISO/IEC 20000-1:2018,
// 8.3.4.1).
type SupplierReview struct {
	Number        Number       `json:"number"`
	Supplier      Number       `json:"supplier"`
	Name          string       `json:"name"` // of the supplier
	Period        Period       `json:"period"`
	Tier          SupplierTier `json:"tier"`
	Owner         PersonID     `json:"owner"` // of the relationship
	PolicyVersion int          `json:"policy_version"`
	StartedAt     time.Time    `json:"started_at"`
	Weights       []Weight     `json:"weights"`
	Before        []Rating     `json:"before,omitempty"` // the scores that it is compared with

	ReviewStanding
}

// ReviewStanding is all of a review that changes in its life.
type ReviewStanding struct {
	State    ReviewState    `json:"state"`
	Revision int            `json:"revision"`
	Since    time.Time      `json:"since"` // when it came to this state
	Readings []Reading      `json:"readings,omitempty"`
	Score    *Score         `json:"score,omitempty"`
	Course   Course         `json:"course,omitempty"`
	Follows  []Consequence  `json:"follows,omitempty"`
	Reviewer PersonID       `json:"reviewer,omitempty"` // who scored it
	Meeting  *Meeting       `json:"meeting,omitempty"`
	Actions  []ReviewAction `json:"actions,omitempty"`
	SignedBy PersonID       `json:"signed_by,omitempty"`
	Clocks   Clocks         `json:"clocks"`
	ClosedAt *time.Time     `json:"closed_at,omitempty"`
}

// Become moves the review on at an instant. A forbidden move is a bug, not a refusal.
func (r *SupplierReview) Become(next ReviewState, at time.Time) {
	if !r.State.CanBecome(next) {
		panic("itsm: a review cannot go from " + string(r.State) + " to " + string(next))
	}
	r.State, r.Since = next, at
	if next.Final() {
		r.ClosedAt = &at
		r.Clocks.end(at)
	}
}

// Late reports whether any of its dates was missed.
func (r *SupplierReview) Late() bool { return r.Clocks.Missed() }

// Corrects says why the review itself calls for a corrective action; empty when it does
// not. What its score calls for is due from the supplier, which takes the score up.
func (r *SupplierReview) Corrects() string {
	if signature := r.Clocks.Of(SignOffClock); signature != nil && signature.MissedAt != nil {
		return string(r.Number) + " was not signed off in time."
	}
	return ""
}

// NextTarget is when the next of its dates is missed, or was; nil when none is to come.
func (r *SupplierReview) NextTarget() *time.Time {
	if r.State.Final() {
		return nil
	}
	return r.Clocks.Due()
}

// Rating is what the supplier takes up of it.
func (r *SupplierReview) Rating() Rating { return Rating{Review: r.Number, Score: *r.Score} }

// Receipt is the review's receipt as it stands.
func (r *SupplierReview) Receipt() Receipt {
	return Receipt{Number: r.Number, State: State(r.State), Revision: r.Revision}
}

// ReviewStep is what one event left of a review: the whole of what a save carries.
type ReviewStep struct {
	Event    Event          `json:"event"`
	Standing ReviewStanding `json:"standing"`
}

// Step takes from the review what the event left.
func (r *SupplierReview) Step(e Event) ReviewStep {
	return ReviewStep{Event: e, Standing: r.ReviewStanding}
}
