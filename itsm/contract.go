package itsm

import (
	"fmt"
	"slices"
	"time"
)

// ContractNumber is the number of the nth contract.
func ContractNumber(n int64) Number { return Number(fmt.Sprintf("CON-%d", n)) }

// ContractState is where a contract stands.
type ContractState string

// The states.
const (
	ContractNew           ContractState = "new"
	ContractDrafted       ContractState = "draft"
	ContractUnderReview   ContractState = "under_review" // others are asked whether it is approved
	ContractApproved      ContractState = "approved"     // and begins on its first day
	ContractActive        ContractState = "active"
	ContractNoticeWindow  ContractState = "notice_window" // somebody has to decide before notice is too late
	ContractRenewing      ContractState = "renewing"
	ContractRenegotiating ContractState = "renegotiating"
	ContractTerminating   ContractState = "terminating"
	ContractExpired       ContractState = "expired"
	ContractTerminated    ContractState = "terminated"
	ContractCancelled     ContractState = "cancelled" // before it began
)

// ContractStates is every state, in the order of a contract's life.
var ContractStates = []ContractState{
	ContractNew, ContractDrafted, ContractUnderReview, ContractApproved, ContractActive, ContractNoticeWindow, ContractRenewing,
	ContractRenegotiating, ContractTerminating, ContractExpired, ContractTerminated, ContractCancelled,
}

// ContractMoves is the whole state machine: what is not listed cannot happen. A contract
// that is renewed, by whoever decides or by itself, is active again with another end:
// its number is for life.
var ContractMoves = map[ContractState][]ContractState{
	ContractNew:           {ContractDrafted},
	ContractDrafted:       {ContractUnderReview, ContractCancelled},
	ContractUnderReview:   {ContractApproved, ContractDrafted, ContractCancelled},
	ContractApproved:      {ContractActive, ContractCancelled},
	ContractActive:        {ContractNoticeWindow, ContractRenewing, ContractRenegotiating, ContractTerminating, ContractExpired},
	ContractNoticeWindow:  {ContractActive, ContractRenewing, ContractRenegotiating, ContractTerminating, ContractExpired},
	ContractRenewing:      {ContractActive, ContractExpired},
	ContractRenegotiating: {ContractActive, ContractRenewing, ContractTerminating, ContractExpired},
	ContractTerminating:   {ContractActive, ContractTerminated},
	ContractExpired:       nil,
	ContractTerminated:    nil,
	ContractCancelled:     nil,
}

// Final reports whether nothing can follow s.
func (s ContractState) Final() bool { return len(ContractMoves[s]) == 0 }

// CanBecome reports whether a contract may move from s to next.
func (s ContractState) CanBecome(next ContractState) bool {
	return slices.Contains(ContractMoves[s], next)
}

// Words says the state as a person would.
func (s ContractState) Words() string { return State(s).Words() }

// InForce reports whether both sides are bound by it.
func (s ContractState) InForce() bool {
	switch s { //nolint:exhaustive // the others do not bind yet, or any more
	case ContractActive, ContractNoticeWindow, ContractRenewing, ContractRenegotiating, ContractTerminating:
		return true
	}
	return false
}

// ContractTarget is one thing that a supplier has to reach.
type ContractTarget struct {
	Goal

	Name      string    `json:"name"`
	Criterion Criterion `json:"criterion"`
	Unit      string    `json:"unit"` // such as percent, or hours
	Critical  bool      `json:"critical,omitempty"`
	Customer  *Amount   `json:"customer,omitempty"` // what is promised to customers that depends on it
}

// Aligned reports whether what is promised to customers can be kept, if the supplier
// keeps its target.
func (t *ContractTarget) Aligned() bool { return t.Customer == nil || t.stricter(*t.Customer) }

// ContractDocument is the text that was signed, wherever that is kept.
type ContractDocument struct {
	URL    string `json:"url"`
	Digest string `json:"digest"` // SHA-256, in hexadecimal: whether it is still that text
}

// ContractTerms are what both sides agreed on: all of a contract that an amendment can
// change.
type ContractTerms struct {
	Supplies string           `json:"supplies"` // what is supplied
	Duties   string           `json:"duties"`   // authorities and responsibilities of both sides
	Start    Date             `json:"start"`    // the first day
	End      Date             `json:"end"`      // the last day
	Notice   DateSpan         `json:"notice,omitzero"`
	Renewal  DateSpan         `json:"renewal,omitzero"` // for how long it goes on if nobody gives notice; zero: it ends
	Targets  []ContractTarget `json:"targets"`
	Document ContractDocument `json:"document"`
}

// Misaligned are the targets that do not suffice for what customers were promised.
func (t *ContractTerms) Misaligned() (names []string) {
	for _, target := range t.Targets {
		if !target.Aligned() {
			names = append(names, target.Name)
		}
	}
	return names
}

// LastNotice is the last date on which notice can be given, business day or not.
func (t *ContractTerms) LastNotice() Date { return t.Notice.Before(t.End) }

// ContractDraft is what somebody submits.
type ContractDraft struct {
	ContractTerms

	Title    string      `json:"title"`
	Supplier Number      `json:"supplier"`
	Owner    PersonID    `json:"owner"`              // who answers for it
	Services []ServiceID `json:"services,omitempty"` // that depend on it
}

// ContractDecision is what is to become of a contract.
type ContractDecision string

// The decisions.
const (
	ApproveContract     ContractDecision = "approve"
	AmendContract       ContractDecision = "amend" // also with what was renewed or renegotiated
	RenewContract       ContractDecision = "renew"
	RenegotiateContract ContractDecision = "renegotiate"
	TerminateContract   ContractDecision = "terminate"
)

// ContractDecisions is every ContractDecision.
var ContractDecisions = []ContractDecision{ApproveContract, AmendContract, RenewContract, RenegotiateContract, TerminateContract}

// ContractProposal is a decision that others are asked for.
type ContractProposal struct {
	Decision ContractDecision `json:"decision"`
	By       PersonID         `json:"by"`
	At       time.Time        `json:"at"`
	Note     string           `json:"note"`             // why
	Effect   string           `json:"effect,omitempty"` // on services and on how they are managed (8.3.4.1)
	Risk     string           `json:"risk,omitempty"`   // of targets that are not aligned, and what is done about it
	Change   Number           `json:"change,omitempty"` // that carries it out
	Terms    *ContractTerms   `json:"terms,omitempty"`  // of an amendment
	Open     bool             `json:"open,omitempty"`   // it waits to be decided on
}

// NoticeGiven is that the supplier was told that the contract ends.
type NoticeGiven struct {
	By       PersonID   `json:"by"`
	At       time.Time  `json:"at"`
	Evidence []Evidence `json:"evidence"` // that it was received
}

// Contract is one contract with a supplier and all that came of it (ISO/IEC
// 20000-1:2018, 8.3.4.1).
type Contract struct {
	Number        Number       `json:"number"`
	Title         string       `json:"title"`
	Supplier      Number       `json:"supplier"`
	Tier          SupplierTier `json:"tier"` // of the supplier, when it was drafted
	Services      []ServiceID  `json:"services,omitempty"`
	Reporter      PersonID     `json:"reporter"`
	Door          Door         `json:"door"`
	PolicyVersion int          `json:"policy_version"`
	RaisedAt      time.Time    `json:"raised_at"`

	ContractStanding
}

// ContractStanding is all of a contract that changes in its life.
type ContractStanding struct {
	ContractTerms

	State       ContractState     `json:"state"`
	Revision    int               `json:"revision"`
	Since       time.Time         `json:"since"` // when it came to this state
	Owner       PersonID          `json:"owner"`
	Proposal    *ContractProposal `json:"proposal,omitempty"` // the last one
	Deciding    Ballot            `json:"deciding,omitzero"`
	Begins      Expiry            `json:"begins,omitzero"`
	DecideBy    Expiry            `json:"decide_by,omitzero"`
	NoticeBy    Expiry            `json:"notice_by,omitzero"`
	Ends        Expiry            `json:"ends,omitzero"`
	ReviewBy    Expiry            `json:"review_by,omitzero"` // when it is compared with what services need now
	Given       *NoticeGiven      `json:"given,omitempty"`
	Renewals    int               `json:"renewals,omitempty"`
	Corrections []Correction      `json:"corrections,omitempty"`
	ClosedAt    *time.Time        `json:"closed_at,omitempty"`
}

// Become moves the contract on at an instant. A forbidden move is a bug, not a refusal.
func (c *Contract) Become(next ContractState, at time.Time) {
	if !c.State.CanBecome(next) {
		panic("itsm: a contract cannot go from " + string(c.State) + " to " + string(next))
	}
	c.State, c.Since = next, at
	if next.Final() {
		c.ClosedAt = &at
	}
}

// Undecided reports whether nobody has said yet what becomes of it when it ends.
func (c *Contract) Undecided() bool {
	return c.State == ContractActive || c.State == ContractNoticeWindow
}

// Receipt is the contract's receipt as it stands.
func (c *Contract) Receipt() Receipt {
	return Receipt{Number: c.Number, State: State(c.State), Revision: c.Revision}
}

// ContractStep is what one event left of a contract: the whole of what a save carries,
// without what was said when it was drafted.
type ContractStep struct {
	Event    Event            `json:"event"`
	Standing ContractStanding `json:"standing"`
}

// Step takes from the contract what the event left.
func (c *Contract) Step(e Event) ContractStep {
	return ContractStep{Event: e, Standing: c.ContractStanding}
}
