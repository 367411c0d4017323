package itsm

import "time"

// EventKind names what happened to a record. It is the audit's action, the
// timeline's line and the notice's reason.
type EventKind string

// What happens to a change.
const (
	EventRaised      EventKind = "change.raised"
	EventOpened      EventKind = "change.approval_opened"
	EventReminded    EventKind = "change.reminded"
	EventApproved    EventKind = "change.approved"
	EventRejected    EventKind = "change.rejected"
	EventExpired     EventKind = "change.expired"
	EventScheduled   EventKind = "change.scheduled"
	EventWindowEnded EventKind = "change.window_ended"
	EventStarted     EventKind = "change.started"
	EventCompleted   EventKind = "change.completed"
	EventCancelled   EventKind = "change.cancelled"
)

// Event is one thing that happened to a record: a record has exactly one for
// each of its revisions.
type Event struct {
	Number   Number      `json:"number"`
	Revision int         `json:"revision"`
	Kind     EventKind   `json:"kind"`
	At       time.Time   `json:"at"`
	Actor    PersonID    `json:"actor"`
	Door     Door        `json:"door"`
	From     ChangeState `json:"from"`
	To       ChangeState `json:"to"`
	Note     string      `json:"note,omitempty"`
	Decision *Decision   `json:"decision,omitempty"`
}

// ChangeStep is what one event changes in the record of a change: the whole of
// what a save carries, so that history never holds the text twice.
type ChangeStep struct {
	Event       Event      `json:"event"`
	Outcome     Outcome    `json:"outcome,omitempty"`
	Approvers   []PersonID `json:"approvers,omitempty"`
	Implementer PersonID   `json:"implementer,omitempty"`
	RemindAt    *time.Time `json:"remind_at,omitempty"`
	ExpireAt    *time.Time `json:"expire_at,omitempty"`
	ClosedAt    *time.Time `json:"closed_at,omitempty"`
}

// Step takes from the change what the event changed in it.
func (c *Change) Step(e Event) ChangeStep {
	return ChangeStep{
		Event: e, Outcome: c.Outcome, Approvers: c.Approvers, Implementer: c.Implementer,
		RemindAt: c.RemindAt, ExpireAt: c.ExpireAt, ClosedAt: c.ClosedAt,
	}
}

// Receipt answers an act: the record as that act left it. The process may have
// moved on since.
type Receipt struct {
	Number   Number      `json:"number"`
	State    ChangeState `json:"state"`
	Revision int         `json:"revision"`
}

// Receipt is the change's receipt as it stands.
func (c *Change) Receipt() Receipt {
	return Receipt{Number: c.Number, State: c.State, Revision: c.Revision}
}
