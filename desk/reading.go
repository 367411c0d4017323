package desk

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

const (
	defaultPage = 50
	maxPage     = 200
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

// reading answers one question of somebody who may ask it, and leaves a trace if not.
func reading[T any](ctx context.Context, d *Desk, who Caller, action string, p itsm.Permission, n itsm.Number, read func() (T, error)) (out T, err error) {
	defer func() { d.trace(ctx, who, action, n, err) }()
	if err := who.May(p); err != nil {
		return out, err
	}
	if err := d.Allow(ctx, who, action); err != nil {
		return out, err
	}
	return read()
}

// Change returns one change that the caller may see.
func (d *Desk) Change(ctx context.Context, who Caller, n itsm.Number) (itsm.Change, error) {
	return reading(ctx, d, who, "change.read", itsm.ReadChanges, n, func() (itsm.Change, error) {
		return d.seen(ctx, who, n)
	})
}

// Changes lists the changes that the caller may see.
func (d *Desk) Changes(ctx context.Context, who Caller, list ChangeList) (ChangePage, error) {
	return reading(ctx, d, who, "change.list", itsm.ReadChanges, "", func() (page ChangePage, err error) {
		filter, err := d.filter(who, list)
		if err != nil {
			return page, err
		}
		limit := filter.Limit
		filter.Limit++ // one more than asked for tells whether there is a next page
		if page.Items, err = d.Store.Changes(ctx, filter); err != nil || len(page.Items) <= limit {
			return page, err
		}
		page.Items = page.Items[:limit]
		page.Next, err = d.cursor(list, page.Items[limit-1])
		return page, err
	})
}

func (d *Desk) filter(who Caller, list ChangeList) (db.ChangeFilter, error) {
	f := db.ChangeFilter{State: list.State, Service: list.Service, Reader: who.Actor, Limit: list.Limit}
	if list.State != "" && !slices.Contains(itsm.ChangeStates, list.State) {
		return f, itsm.Refuse(itsm.Invalid, "list.state", "There is no state called %q.", list.State)
	}
	if list.Limit < 0 || list.Limit > maxPage {
		return f, itsm.Refuse(itsm.Invalid, "list.limit", "The limit must be from 1 to %d.", maxPage)
	}
	if list.Limit == 0 {
		f.Limit = defaultPage
	}
	if list.Mine {
		f.Requester = who.Person
	}
	var err error
	f.Before, err = d.position(list)
	return f, err
}

// Timeline returns what happened to a change, oldest first.
func (d *Desk) Timeline(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Event, error) {
	return reading(ctx, d, who, "change.timeline", itsm.ReadChanges, n, func() ([]itsm.Event, error) {
		if _, err := d.seen(ctx, who, n); err != nil {
			return nil, err
		}
		return d.Store.Timeline(ctx, n)
	})
}

// ExplainChange says why a change stands where it does, and what the caller can do.
func (d *Desk) ExplainChange(ctx context.Context, who Caller, n itsm.Number) (itsm.Explanation, error) {
	return reading(ctx, d, who, "change.explain", itsm.ReadChanges, n, func() (itsm.Explanation, error) {
		c, err := d.seen(ctx, who, n)
		e := c.Explain()
		e.Acts = c.ActsFor(who.Actor, d.Now())
		return e, err
	})
}

// Waiting lists the changes that wait for the caller: to decide, to start or to
// report on. The oldest page of them is enough for a person.
func (d *Desk) Waiting(ctx context.Context, who Caller) ([]itsm.Change, error) {
	return reading(ctx, d, who, "change.waiting", itsm.ReadChanges, "", func() ([]itsm.Change, error) {
		return d.Store.Changes(ctx, db.ChangeFilter{WaitingFor: who.Person, Reader: who.Actor, Limit: maxPage})
	})
}

// Services lists the services of the catalog.
func (d *Desk) Services(ctx context.Context, who Caller) ([]itsm.Service, error) {
	return reading(ctx, d, who, "catalog.services", itsm.ReadCatalog, "", func() ([]itsm.Service, error) {
		c, _, err := d.Store.Catalog(ctx)
		return c.ServicesFor(who.Actor), err
	})
}

// People lists the people of the catalog. Addresses are for those who keep it,
// and for their owner.
func (d *Desk) People(ctx context.Context, who Caller) ([]itsm.Person, error) {
	return reading(ctx, d, who, "catalog.people", itsm.ReadCatalog, "", func() ([]itsm.Person, error) {
		c, _, err := d.Store.Catalog(ctx)
		return c.PeopleFor(who.Actor), err
	})
}
