package desk

import (
	"context"

	"go.temporal.io/sdk/temporal"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// RaiseChange records a request for change and answers once its approval is open.
func (d *Desk) RaiseChange(ctx context.Context, who Caller, draft itsm.ChangeDraft) (itsm.Receipt, error) {
	if draft.Type == "" { // whoever says nothing has no reason to go another way than the usual one
		draft.Type = itsm.Normal
	}
	return raise(ctx, d, who, raising[itsm.ChangeDraft]{
		act: itsm.ActRaise, body: draft, number: d.Store.NextChangeNumber,
		begins: func(ctx context.Context) (start, error) {
			return changeStart(who, draft), d.checkRaise(ctx, who, draft)
		},
		opened: []itsm.EventKind{itsm.EventOpened, itsm.EventAssessing},
	})
}

// checkRaise refuses what the process would refuse.
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
		summary: workflows.ChangeSummary(who.Person, draft),
		attributes: temporal.NewSearchAttributes(
			workflows.Process.ValueSet("change"),
			workflows.State.ValueSet(string(itsm.ChangeRaised)),
			workflows.Service.ValueSet(string(draft.Service)),
		),
	}
}

// StartChange begins to carry out a scheduled change.
func (d *Desk) StartChange(ctx context.Context, who Caller, n itsm.Number) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActStart, struct{}{}, func(c *itsm.Change) error { return c.CheckStart(who.Actor, d.Now()) })
}

// CompleteChange reports how carrying out a change ended.
func (d *Desk) CompleteChange(ctx context.Context, who Caller, n itsm.Number, r itsm.Completion) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActComplete, r, func(c *itsm.Change) error { return c.CheckCompletion(who.Actor, r) })
}

// CancelChange drops a change that is not under way.
func (d *Desk) CancelChange(ctx context.Context, who Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActCancel, r, func(c *itsm.Change) error { return c.CheckCancel(who.Actor, r) })
}
