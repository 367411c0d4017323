package itsm

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Number is a record's number, such as CHG-42. It is also the ID of the one
// workflow that owns the record.
type Number string

// The review of a supplier for a period has a number such as SUP-4/2026-Q4: the same as
// record_number in the database.
var number = regexp.MustCompile(`^([A-Z]{3}-[1-9][0-9]{0,9}|SUP-[1-9][0-9]{0,9}/[0-9]{4}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?)$`)

// ChangeNumber is the number of the nth change.
func ChangeNumber(n int64) Number { return Number(fmt.Sprintf("CHG-%d", n)) }

// Ordinal is the digits of the number; 0 when there are none.
func (n Number) Ordinal() int64 {
	_, digits, _ := strings.Cut(string(n), "-")
	ordinal, _ := strconv.ParseInt(digits, 10, 64)
	return ordinal
}

// Check refuses what cannot be a record's number.
func (n Number) Check() error {
	if !number.MatchString(string(n)) {
		return Refuse(Invalid, "record.number", "That is not a record's number; it should look like CHG-42.")
	}
	return nil
}

// ChangeType is the category of a change (ISO/IEC 20000-1:2018, 8.5.1.1).
type ChangeType string

// Normal is assessed and authorised change by change.
const Normal ChangeType = "normal"

// Outcome is how a change ended once it was carried out.
type Outcome string

// The outcomes.
const (
	Successful Outcome = "successful"
	Failed     Outcome = "failed"
)

// State is where a record of any kind stands in its life. Each kind has its own
// states and its own table of moves.
type State string

// Words says the state as a person would.
func (s State) Words() string { return strings.ReplaceAll(string(s), "_", " ") }

// ChangeState is where a change stands in its life.
type ChangeState string

// The states.
const (
	ChangeRaised       ChangeState = "raised"
	ChangeAssessing    ChangeState = "awaiting_assessment"
	ChangeAwaiting     ChangeState = "awaiting_approval"
	ChangeApproved     ChangeState = "approved"
	ChangeRejected     ChangeState = "rejected"
	ChangeExpired      ChangeState = "expired"
	ChangeScheduled    ChangeState = "scheduled"
	ChangeImplementing ChangeState = "implementing"
	ChangeClosed       ChangeState = "closed"
	ChangeCancelled    ChangeState = "cancelled"
)

// ChangeStates is every state, in the order of a change's life.
var ChangeStates = []ChangeState{
	ChangeRaised, ChangeAssessing, ChangeAwaiting, ChangeApproved, ChangeRejected, ChangeExpired,
	ChangeScheduled, ChangeImplementing, ChangeClosed, ChangeCancelled,
}

// ChangeMoves is the whole state machine: what is not listed cannot happen.
var ChangeMoves = map[ChangeState][]ChangeState{
	ChangeRaised:       {ChangeAssessing, ChangeAwaiting},
	ChangeAssessing:    {ChangeAwaiting, ChangeExpired, ChangeCancelled},
	ChangeAwaiting:     {ChangeApproved, ChangeRejected, ChangeExpired, ChangeCancelled},
	ChangeApproved:     {ChangeScheduled},
	ChangeScheduled:    {ChangeImplementing, ChangeAwaiting, ChangeExpired, ChangeCancelled},
	ChangeImplementing: {ChangeClosed},
	ChangeRejected:     nil,
	ChangeExpired:      nil,
	ChangeClosed:       nil,
	ChangeCancelled:    nil,
}

// Final reports whether nothing can follow s.
func (s ChangeState) Final() bool { return len(ChangeMoves[s]) == 0 }

// CanBecome reports whether a change may move from s to next.
func (s ChangeState) CanBecome(next ChangeState) bool { return slices.Contains(ChangeMoves[s], next) }

// Words says the state as a person would.
func (s ChangeState) Words() string { return State(s).Words() }

// Tone is how the state looks.
func (s ChangeState) Tone() Tone { return State(s).Tone() }

// Window is when a change is to be carried out: from Start up to, not including, End.
type Window struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// ChangeDraft is what a requester submits.
type ChangeDraft struct {
	Type        ChangeType  `json:"type"`
	Title       string      `json:"title"`
	Description string      `json:"description,omitempty"`
	Service     ServiceID   `json:"service"`
	Plan        string      `json:"plan"`
	BackoutPlan string      `json:"backout_plan"`
	Window      *Window     `json:"window,omitempty"` // nil: as soon as it is approved
	Deployment  *Deployment `json:"deployment,omitempty"`

	Justification string      `json:"justification,omitempty"` // what is lost when it is not done
	TestPlan      string      `json:"test_plan,omitempty"`
	Backout       int         `json:"backout_minutes,omitempty"` // how long the backout takes; 0: not planned
	Items         []string    `json:"configuration_items,omitempty"`
	Links         []Link      `json:"links,omitempty"`
	Risk          *Risk       `json:"risk,omitempty"`
	Assessment    *Assessment `json:"assessment,omitempty"`
}

// Link leads to what belongs to a change: a ticket, a pull request, another record.
type Link struct {
	URL   string `json:"url"` // https or http, or a record's number
	Title string `json:"title,omitempty"`
}

// Deployment is the GitHub deployment that asked for a change, and where its
// statuses are posted back.
type Deployment struct {
	Repository  string `json:"repository"` // owner/name
	ID          int64  `json:"id"`
	Environment string `json:"environment"`
	Ref         string `json:"ref"`
	SHA         string `json:"sha"`
}

// Change is one request for change and all that came of it
// (ISO/IEC 20000-1:2018, 8.5.1).
type Change struct {
	ChangeDraft
	Number        Number      `json:"number"`
	Requester     PersonID    `json:"requester"`
	Team          TeamID      `json:"team"` // who answers for the service, when the change was raised
	Owner         PersonID    `json:"owner"`
	Restricted    bool        `json:"restricted,omitempty"`
	State         ChangeState `json:"state"`
	Outcome       Outcome     `json:"outcome,omitempty"`
	Revision      int         `json:"revision"`
	PolicyVersion int         `json:"policy_version"`
	ContentHash   string      `json:"content_hash"`
	RiskScore     RiskScore   `json:"risk_score,omitzero"`
	Approval      Approval    `json:"approval,omitzero"`
	Approvers     []PersonID  `json:"approvers,omitempty"` // who may still decide, in the open stage
	Decisions     []Decision  `json:"decisions,omitempty"` // the votes of this round that stand
	Hold          *Hold       `json:"hold,omitempty"`
	Assignee      PersonID    `json:"assignee,omitempty"` // who is to carry it out; empty: whoever may
	Implementer   PersonID    `json:"implementer,omitempty"`
	RaisedAt      time.Time   `json:"raised_at"`
	Since         time.Time   `json:"since"`               // when it came to this state
	RemindAt      *time.Time  `json:"remind_at,omitempty"` // of the open stage, and still to come
	BackupAt      *time.Time  `json:"backup_at,omitempty"`
	ExpireAt      *time.Time  `json:"expire_at,omitempty"`
	ClosedAt      *time.Time  `json:"closed_at,omitempty"`
}

// Become moves the change on at an instant. A forbidden move is a bug, not a refusal.
func (c *Change) Become(next ChangeState, at time.Time) {
	if !c.State.CanBecome(next) {
		panic("itsm: a change cannot go from " + string(c.State) + " to " + string(next))
	}
	c.State, c.Since = next, at
	if next.Final() {
		c.ClosedAt = &at
	}
}

// Decided reports whether the wait for approval is over.
func (c *Change) Decided() bool { return c.State != ChangeAwaiting }
