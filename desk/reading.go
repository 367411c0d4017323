package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// ChangeList says which changes to list.
type ChangeList struct {
	State   itsm.ChangeState // empty: any
	Service itsm.ServiceID   // empty: any
	Mine    bool             // only what the caller raised
	Limit   int              // 1 to 200; 0: 50
	Cursor  string           // Next of the page before; empty: the newest
}

// ChangePage is one page of changes, newest first. Next is empty on the last.
type ChangePage struct {
	Items []itsm.Change
	Next  string
}

// Change returns one change that the caller may see.
func (d *Desk) Change(ctx context.Context, who Caller, n itsm.Number) (itsm.Change, error) {
	return itsm.Change{}, errNotYet
}

// Changes lists the changes that the caller may see.
func (d *Desk) Changes(ctx context.Context, who Caller, list ChangeList) (ChangePage, error) {
	return ChangePage{}, errNotYet
}

// Timeline returns what happened to a change, oldest first.
func (d *Desk) Timeline(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Event, error) {
	return nil, errNotYet
}

// ExplainChange says why a change stands where it does.
func (d *Desk) ExplainChange(ctx context.Context, who Caller, n itsm.Number) (itsm.Explanation, error) {
	return itsm.Explanation{}, errNotYet
}

// Waiting lists the changes that wait for the caller: to decide, to start or to report on.
func (d *Desk) Waiting(ctx context.Context, who Caller) ([]itsm.Change, error) { return nil, errNotYet }

// Services lists the services of the catalog.
func (d *Desk) Services(ctx context.Context, who Caller) ([]itsm.Service, error) {
	return nil, errNotYet
}

// People lists the people of the catalog.
func (d *Desk) People(ctx context.Context, who Caller) ([]itsm.Person, error) { return nil, errNotYet }

// Check is the standing of one part that Steward needs.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"` // what is wrong and what it means
}

// Ready checks the parts that Steward needs to serve. Redis being gone is said,
// but does not make it unready: only comfort is lost.
func (d *Desk) Ready(ctx context.Context) (checks []Check, ready bool) { return nil, false }
