package itsm

import (
	"fmt"
	"slices"
	"time"
)

// SupplierNumber is the number of the nth supplier.
func SupplierNumber(n int64) Number { return Number(fmt.Sprintf("SUP-%d", n)) }

// SupplierState is where a supplier stands.
type SupplierState string

// The states.
const (
	SupplierNew          SupplierState = "new"
	SupplierProposed     SupplierState = "proposed"
	SupplierDueDiligence SupplierState = "due_diligence" // it is looked into before anything depends on it
	SupplierOnboarding   SupplierState = "onboarding"
	SupplierActive       SupplierState = "active"
	SupplierWatched      SupplierState = "watch" // active, and looked at more closely
	SupplierExitPlanned  SupplierState = "exit_planned"
	SupplierExiting      SupplierState = "exiting"
	SupplierOffboarded   SupplierState = "offboarded"
	SupplierRejected     SupplierState = "rejected"
)

// SupplierStates is every state, in the order of a supplier's life.
var SupplierStates = []SupplierState{
	SupplierNew, SupplierProposed, SupplierDueDiligence, SupplierOnboarding, SupplierActive, SupplierWatched, SupplierExitPlanned,
	SupplierExiting, SupplierOffboarded, SupplierRejected,
}

// SupplierMoves is the whole state machine: what is not listed cannot happen.
var SupplierMoves = map[SupplierState][]SupplierState{
	SupplierNew:          {SupplierProposed},
	SupplierProposed:     {SupplierDueDiligence, SupplierRejected},
	SupplierDueDiligence: {SupplierOnboarding, SupplierRejected},
	SupplierOnboarding:   {SupplierActive, SupplierRejected},
	SupplierActive:       {SupplierWatched, SupplierExitPlanned},
	SupplierWatched:      {SupplierActive, SupplierExitPlanned},
	SupplierExitPlanned:  {SupplierActive, SupplierExiting},
	SupplierExiting:      {SupplierOffboarded},
	SupplierOffboarded:   nil,
	SupplierRejected:     nil,
}

// Final reports whether nothing can follow s.
func (s SupplierState) Final() bool { return len(SupplierMoves[s]) == 0 }

// CanBecome reports whether a supplier may move from s to next.
func (s SupplierState) CanBecome(next SupplierState) bool {
	return slices.Contains(SupplierMoves[s], next)
}

// Words says the state as a person would.
func (s SupplierState) Words() string { return State(s).Words() }

// SupplierKind is whose a supplier is.
type SupplierKind string

// The kinds of supplier.
const (
	ExternalSupplier SupplierKind = "external"
	InternalSupplier SupplierKind = "internal" // another part of the organisation (8.3.4.2)
	CustomerSupplier SupplierKind = "customer" // a customer who supplies, too (8.3.4.2)
)

// SupplierKinds is every SupplierKind.
var SupplierKinds = []SupplierKind{ExternalSupplier, InternalSupplier, CustomerSupplier}

// SupplierProfile is what is known of a supplier, and who answers for it (8.3.4.1).
type SupplierProfile struct {
	Name           string          `json:"name"`
	Supplies       string          `json:"supplies"`       // what, and how others work with it
	Kind           SupplierKind    `json:"kind,omitempty"` // empty: external
	Tier           SupplierTier    `json:"tier"`
	Owner          PersonID        `json:"owner"`  // of the relationship
	Deputy         PersonID        `json:"deputy"` // another than the owner
	Services       []ServiceID     `json:"services,omitempty"`
	Contacts       []Contact       `json:"contacts,omitempty"`
	Subcontractors []Subcontractor `json:"subcontractors,omitempty"`
}

// Contact is somebody at a supplier.
type Contact struct {
	Name  string `json:"name"`
	For   string `json:"for"` // such as escalations, or invoices
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Subcontractor is whom a supplier, as the lead, depends on itself (8.3.4.1).
type Subcontractor struct {
	Name     string `json:"name"`
	Supplies string `json:"supplies"`
	Control  string `json:"control,omitempty"` // how the lead shows that it controls it
}

// Certificate is what a supplier has to show, until it expires (ISO/IEC 27001, A.5.20).
type Certificate struct {
	Expiry

	ID      int        `json:"id"` // counted in its supplier, from 1
	Name    string     `json:"name"`
	URL     string     `json:"url,omitempty"`
	EndedAt *time.Time `json:"ended_at,omitempty"` // since when it is not needed any more
}

// DueDiligence is what was found when a supplier was looked into.
type DueDiligence struct {
	Expiry // when it is done anew

	By       PersonID   `json:"by"`
	Done     time.Time  `json:"done"`
	Suitable bool       `json:"suitable"`
	Note     string     `json:"note"`
	Evidence []Evidence `json:"evidence"`
}

// ExitPlan is how the service goes on without the supplier.
type ExitPlan struct {
	Expiry // when it is tested next; of no date: never

	By      PersonID   `json:"by"`
	Written time.Time  `json:"written"`
	Text    string     `json:"text"`
	URL     string     `json:"url,omitempty"`
	Tested  *time.Time `json:"tested,omitempty"`
}

// Rating is the score of one review of a supplier.
type Rating struct {
	Review Number `json:"review"`
	Score
}

// Correction is a corrective action that is due, and by when it has to be raised.
type Correction struct {
	Why    string     `json:"why"`
	At     time.Time  `json:"at"`
	DueAt  *time.Time `json:"due_at,omitempty"` // nil: not reckoned
	Number Number     `json:"number,omitempty"` // of the record, once it is raised
}

// Supplier is one supplier and all that came of it (ISO/IEC 20000-1:2018, 8.3.4).
type Supplier struct {
	Number        Number    `json:"number"`
	Reporter      PersonID  `json:"reporter"`
	Door          Door      `json:"door"`
	PolicyVersion int       `json:"policy_version"`
	RaisedAt      time.Time `json:"raised_at"`

	SupplierStanding
}

// SupplierStanding is all of a supplier that changes in its life.
type SupplierStanding struct {
	SupplierProfile

	State        SupplierState `json:"state"`
	Revision     int           `json:"revision"`
	Since        time.Time     `json:"since"` // when it came to this state
	Certificates []Certificate `json:"certificates,omitempty"`
	Diligence    *DueDiligence `json:"due_diligence,omitempty"`
	Exit         *ExitPlan     `json:"exit_plan,omitempty"`
	Ratings      []Rating      `json:"ratings,omitempty"` // the newest last
	Corrections  []Correction  `json:"corrections,omitempty"`
	ClosedAt     *time.Time    `json:"closed_at,omitempty"`
}

// MaxRatings are kept with a supplier; older ones are read in their reviews.
const MaxRatings = 12

// Become moves the supplier on at an instant. A forbidden move is a bug, not a refusal.
func (s *Supplier) Become(next SupplierState, at time.Time) {
	if !s.State.CanBecome(next) {
		panic("itsm: a supplier cannot go from " + string(s.State) + " to " + string(next))
	}
	s.State, s.Since = next, at
	if next.Final() {
		s.ClosedAt = &at
	}
}

// Supplying reports whether services depend on it.
func (s *Supplier) Supplying() bool {
	switch s.State { //nolint:exhaustive // the others do not supply yet, or any more
	case SupplierActive, SupplierWatched, SupplierExitPlanned, SupplierExiting:
		return true
	}
	return false
}

// Receipt is the supplier's receipt as it stands.
func (s *Supplier) Receipt() Receipt {
	return Receipt{Number: s.Number, State: State(s.State), Revision: s.Revision}
}

// SupplierStep is what one event left of a supplier: the whole of what a save carries.
type SupplierStep struct {
	Event    Event            `json:"event"`
	Standing SupplierStanding `json:"standing"`
}

// Step takes from the supplier what the event left.
func (s *Supplier) Step(e Event) SupplierStep {
	return SupplierStep{Event: e, Standing: s.SupplierStanding}
}
