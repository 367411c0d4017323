package desk

import (
	"context"
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// RaiseChange records a request for change and answers once its approval is open.
func (d *Desk) RaiseChange(ctx context.Context, who Caller, draft itsm.ChangeDraft) (r itsm.Receipt, err error) {
	defer func() { d.trace(ctx, who, string(itsm.ActRaise), r.Number, err) }()
	if err := d.Allow(ctx, who, string(itsm.ActRaise)); err != nil {
		return r, err
	}
	if draft.Type == "" { // whoever says nothing has no reason to go another way than the usual one
		draft.Type = itsm.Normal
	}
	a := asking{act: itsm.ActRaise, body: draft}
	if r, again, err := d.repeated(ctx, who, a); again {
		return r, err // also when its window has ended since
	}
	if err := d.checkRaise(ctx, who, draft); err != nil {
		return r, err
	}
	if a.number, err = d.Store.NextChangeNumber(ctx); err != nil {
		return r, err
	}
	return d.once(ctx, who, a, func(n itsm.Number, id string) (itsm.Receipt, error) {
		r, err := begin(ctx, d, who, n, changeStart(who, draft), id, draft)
		if errors.Is(err, errStarted) {
			// Raised by an earlier arrival of this asking, whose answer was lost.
			return d.raisedBefore(ctx, n)
		}
		return r, err
	})
}

// checkRaise refuses what the process would refuse, before a number is spent on it.
func (d *Desk) checkRaise(ctx context.Context, who Caller, draft itsm.ChangeDraft) error {
	if err := who.May(itsm.RaiseChanges); err != nil {
		return err
	}
	if err := draft.CheckRaise(d.Now()); err != nil {
		return err
	}
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return err
	}
	return catalog.CheckRaise(who.Actor, draft, d.Now())
}

func changeStart(who Caller, draft itsm.ChangeDraft) start {
	return start{
		process: workflows.ChangeType,
		act:     itsm.ActRaise,
		summary: workflows.ChangeSummary(who.Person, draft),
		attributes: temporal.NewSearchAttributes(
			workflows.Process.ValueSet("change"),
			workflows.State.ValueSet(string(itsm.ChangeRaised)),
			workflows.Service.ValueSet(string(draft.Service)),
		),
	}
}

func (d *Desk) raisedBefore(ctx context.Context, n itsm.Number) (itsm.Receipt, error) {
	timeline, err := d.Store.Timeline(ctx, n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	for _, e := range timeline {
		if e.Kind == itsm.EventOpened || e.Kind == itsm.EventAssessing { // whichever came first
			return itsm.Receipt{Number: n, State: e.To, Revision: e.Revision}, nil
		}
	}
	return itsm.Receipt{}, itsm.NoSuchRecord(n)
}

// StartChange begins to carry out a scheduled change.
func (d *Desk) StartChange(ctx context.Context, who Caller, n itsm.Number) (itsm.Receipt, error) {
	return perform(ctx, d, who, n, itsm.ActStart, struct{}{}, func(c *itsm.Change) error { return c.CheckStart(who.Actor, d.Now()) })
}

// CompleteChange reports how carrying out a change ended.
func (d *Desk) CompleteChange(ctx context.Context, who Caller, n itsm.Number, r itsm.Completion) (itsm.Receipt, error) {
	return perform(ctx, d, who, n, itsm.ActComplete, r, func(c *itsm.Change) error { return c.CheckCompletion(who.Actor, r) })
}

// CancelChange drops a change that is not under way.
func (d *Desk) CancelChange(ctx context.Context, who Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return perform(ctx, d, who, n, itsm.ActCancel, r, func(c *itsm.Change) error { return c.CheckCancel(who.Actor, r) })
}

// perform sends an act on a change to its process. A process that has ended
// cannot answer, so its record is judged here, by the same rule.
func perform[T any](ctx context.Context, d *Desk, who Caller, n itsm.Number, act itsm.Act, body T, rule func(*itsm.Change) error) (r itsm.Receipt, err error) {
	defer func() { d.trace(ctx, who, string(act), n, err) }()
	if err := d.Allow(ctx, who, string(act)); err != nil {
		return r, err
	}
	if _, err := d.seen(ctx, who, n); err != nil {
		return r, err
	}
	return d.once(ctx, who, asking{act: act, number: n, body: body}, func(n itsm.Number, id string) (itsm.Receipt, error) {
		r, err := update(ctx, d, who, n, act, id, body)
		if !errors.Is(err, errClosed) {
			return r, err
		}
		c, err := d.Store.Change(ctx, n)
		if err == nil {
			err = rule(&c)
		}
		if err == nil {
			err = itsm.Refuse(itsm.Conflict, "record.orphaned", "%s has no running process. Tell an administrator.", n)
		}
		return itsm.Receipt{}, err
	})
}

// seen reads a change for somebody who may see it.
func (d *Desk) seen(ctx context.Context, who Caller, n itsm.Number) (itsm.Change, error) {
	if err := n.Check(); err != nil {
		return itsm.Change{}, err
	}
	if err := who.May(itsm.ReadChanges); err != nil { // first: which numbers there are is for readers
		return itsm.Change{}, err
	}
	c, err := d.Store.Change(ctx, n)
	if err != nil {
		return itsm.Change{}, err
	}
	return c, c.CheckRead(who.Actor)
}
