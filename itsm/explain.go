package itsm

import (
	"slices"
	"time"
)

// Act is something that a person can do to a record. It is the update's name,
// the button's action and the last word of the API's path.
type Act string

// The acts on a change.
const (
	ActRaise    Act = "change.raise"
	ActDecide   Act = "change.decide"
	ActStart    Act = "change.start"
	ActComplete Act = "change.complete"
	ActCancel   Act = "change.cancel"
)

// Explanation says why a record stands where it does: whom it waits for, since
// when, until when, and what happens if nobody acts. The Temporal UI, Slack and
// the API show this and nothing else, so they cannot disagree. Sentences hold no
// times: each place shows an instant in its reader's zone.
type Explanation struct {
	Number   Number      `json:"number"`
	State    ChangeState `json:"state"`
	Summary  string      `json:"summary"`        // one sentence: where it stands, and why
	WaitsFor []PersonID  `json:"waits_for"`      // people by id; empty when it waits for nobody by name
	Roles    []Role      `json:"roles"`          // or anyone of these roles
	Since    time.Time   `json:"since"`          // when it came to this state
	Due      *time.Time  `json:"due,omitempty"`  // the next instant at which something happens by itself
	Forecast []Forecast  `json:"if_nobody_acts"` // in order of time
	Acts     []Act       `json:"acts"`           // what people can do now
}

// Forecast is what will happen by itself at an instant.
type Forecast struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
}

// ActsFor is what one person can do at an instant, of what Explain offers: on what
// only they see, a button that would refuse them is not there.
func (c *Change) ActsFor(who Actor, at time.Time) []Act {
	return slices.DeleteFunc(c.Explain().Acts, func(a Act) bool {
		switch a {
		case ActDecide:
			return c.CheckDecision(who, DecisionRequest{Verdict: Approve}) != nil
		case ActStart:
			return c.CheckStart(who, at) != nil
		case ActComplete:
			return c.CheckCompletion(who, Completion{Result: Successful}) != nil
		case ActCancel:
			return c.CheckCancel(who, Cancellation{Note: "why"}) != nil
		case ActRaise:
		}
		return true
	})
}

// Explain explains a change as it stands.
func (c *Change) Explain() Explanation {
	e := Explanation{
		Number: c.Number, State: c.State, Since: c.Since,
		WaitsFor: []PersonID{}, Roles: []Role{}, Forecast: []Forecast{}, Acts: []Act{},
	}
	switch c.State {
	case ChangeRaised:
		e.Summary = "It is being recorded, and Steward finds out who may decide on it."
	case ChangeAwaiting:
		c.explainApproval(&e)
	case ChangeApproved:
		e.Summary = "It is approved and goes on the schedule."
	case ChangeScheduled:
		c.explainSchedule(&e)
	case ChangeImplementing:
		e.Summary = "It is being carried out; whoever started it reports how it went."
		e.WaitsFor, e.Acts = []PersonID{c.Implementer}, []Act{ActComplete}
	case ChangeRejected, ChangeExpired, ChangeClosed, ChangeCancelled:
		e.Summary = c.ending()
	}
	if len(e.Forecast) > 0 {
		e.Due = &e.Forecast[0].At
	}
	return e
}

func (c *Change) explainApproval(e *Explanation) {
	e.Summary = "It waits for one decision: any one of the approvers approves or rejects it."
	e.WaitsFor, e.Acts = slices.Clone(c.Approvers), []Act{ActDecide, ActCancel}
	if c.RemindAt != nil {
		e.Forecast = append(e.Forecast, Forecast{*c.RemindAt, "The approvers are reminded."})
	}
	if c.ExpireAt != nil {
		e.Forecast = append(e.Forecast, Forecast{*c.ExpireAt, "It expires. Silence never approves a change; it can be raised again."})
	}
}

func (c *Change) explainSchedule(e *Explanation) {
	e.Roles, e.Acts = []Role{Implementer, ChangeManager}, []Act{ActStart, ActCancel}
	e.WaitsFor = []PersonID{c.Requester}
	if c.Window == nil {
		e.Summary = "It is approved and can be started at any time."
		return
	}
	e.Summary = "It is approved and can be started within its window."
	e.Forecast = append(e.Forecast, Forecast{c.Window.End, "The window ends. If nobody has started it, it expires and can be raised again."})
}

func (c *Change) ending() string {
	d, decided := c.Decision()
	switch {
	case c.State == ChangeRejected:
		return "It was rejected: " + d.Note
	case c.State == ChangeExpired && decided:
		return "It was approved, but nobody started it before its window ended."
	case c.State == ChangeExpired:
		return "Nobody decided in time, so it expired. It was not approved."
	case c.State == ChangeCancelled:
		return "It was cancelled."
	case c.Outcome == Failed:
		return "It was carried out and failed."
	default:
		return "It was carried out successfully."
	}
}
