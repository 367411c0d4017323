package desk

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/db"
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

// ChangePage is one page of changes.
type ChangePage = Page[itsm.Change]

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

// about answers one question about a record that the caller may see.
func about[R record, T any](ctx context.Context, d *Desk, k kind[R], who Caller, action string, n itsm.Number, answer func(R) (T, error)) (T, error) {
	return reading(ctx, d, who, action, k.read, n, func() (out T, err error) {
		r, err := k.seen(ctx, d, who, n)
		if err != nil {
			return out, err
		}
		return answer(r)
	})
}

// Change returns one change that the caller may see.
func (d *Desk) Change(ctx context.Context, who Caller, n itsm.Number) (itsm.Change, error) {
	return about(ctx, d, changes, who, "change.read", n, func(c *itsm.Change) (itsm.Change, error) { return *c, nil })
}

// Changes lists the changes that the caller may see.
func (d *Desk) Changes(ctx context.Context, who Caller, list ChangeList) (ChangePage, error) {
	return reading(ctx, d, who, "change.list", itsm.ReadChanges, "", func() (page ChangePage, err error) {
		f := db.ChangeFilter{State: list.State, Service: list.Service, Reader: who.Actor}
		if list.Mine {
			f.Requester = who.Person
		}
		if list.State != "" && !slices.Contains(itsm.ChangeStates, list.State) {
			return page, noState(list.State)
		}
		read := func(ctx context.Context, before db.Cursor, most int) ([]itsm.Change, error) {
			f.Before, f.Limit = before, most
			return d.Store.Changes(ctx, f)
		}
		asked := listing{"changes", []any{list.State, list.Service, list.Mine}, list.Limit, list.Cursor}
		return paged(ctx, d, asked, read, func(c itsm.Change) place { return place{RaisedAt: c.RaisedAt, Number: c.Number} })
	})
}

func noState[T ~string](s T) error {
	return itsm.Refuse(itsm.Invalid, "list.state", "There is no state called %q.", s)
}

// Timeline returns what happened to a change, oldest first.
func (d *Desk) Timeline(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Event, error) {
	return about(ctx, d, changes, who, "change.timeline", n, func(*itsm.Change) ([]itsm.Event, error) { return d.Store.Timeline(ctx, n) })
}

// ExplainChange says why a change stands where it does, and what the caller can do.
func (d *Desk) ExplainChange(ctx context.Context, who Caller, n itsm.Number) (itsm.Explanation, error) {
	return about(ctx, d, changes, who, "change.explain", n, func(c *itsm.Change) (itsm.Explanation, error) {
		e := c.Explain()
		e.Acts = c.ActsFor(who.Actor, d.Now())
		return e, nil
	})
}

// WaitingChanges lists the changes that wait for the caller: to decide, to start or to
// report on. The newest page of them is enough for a person.
func (d *Desk) WaitingChanges(ctx context.Context, who Caller) ([]itsm.Change, error) {
	return reading(ctx, d, who, "change.waiting", itsm.ReadChanges, "", func() ([]itsm.Change, error) { return d.changesFor(ctx, who) })
}

func (d *Desk) changesFor(ctx context.Context, who Caller) ([]itsm.Change, error) {
	return d.Store.Changes(ctx, db.ChangeFilter{WaitingFor: who.Person, Reader: who.Actor, Limit: maxPage})
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
