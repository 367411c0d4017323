package chatops

import (
	"context"
	"fmt"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

func (d *memDesk) RetractVote(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Receipt, error) {
	return d.once(ctx, who, itsm.ActRetract, n, func(c *itsm.Change) (itsm.Event, error) {
		if err := c.CheckRetract(who.Actor); err != nil {
			return itsm.Event{}, err
		}
		return c.Retract(who.Actor), nil
	})
}

func (d *memDesk) DelegateChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DelegationRequest) (itsm.Receipt, error) {
	if err := d.catalog.CheckNamed("/to", r.To, itsm.DecideChanges); err != nil {
		return itsm.Receipt{}, err
	}
	return d.once(ctx, who, itsm.ActDelegate, n, func(c *itsm.Change) (itsm.Event, error) {
		if err := c.CheckDelegate(who.Actor, r); err != nil {
			return itsm.Event{}, err
		}
		return c.Delegate(who.Actor, r, d.now()), nil
	})
}

func (d *memDesk) ReassignChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Reassignment) (itsm.Receipt, error) {
	if err := d.catalog.CheckNamed("/assignee", r.Assignee, itsm.ImplementChanges); err != nil {
		return itsm.Receipt{}, err
	}
	return d.once(ctx, who, itsm.ActReassign, n, func(c *itsm.Change) (itsm.Event, error) {
		if err := c.CheckReassign(who.Actor, r); err != nil {
			return itsm.Event{}, err
		}
		return c.Reassign(r), nil
	})
}

func (d *memDesk) AssessChange(ctx context.Context, who desk.Caller, n itsm.Number, a itsm.Assessment) (itsm.Receipt, error) {
	return d.once(ctx, who, itsm.ActAssess, n, func(c *itsm.Change) (itsm.Event, error) {
		if err := c.CheckAssess(who.Actor, a); err != nil {
			return itsm.Event{}, err
		}
		return c.Assess(a), nil
	})
}

func (d *memDesk) EditChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.EditRequest) (itsm.Receipt, error) {
	return d.once(ctx, who, itsm.ActEdit, n, func(c *itsm.Change) (itsm.Event, error) {
		terms := d.terms(c)
		if err := c.CheckEdit(who.Actor, r, terms, d.now()); err != nil {
			return itsm.Event{}, err
		}
		return c.Edit(r, terms, d.now()), nil
	})
}

func (d *memDesk) LinkChange(ctx context.Context, who desk.Caller, n itsm.Number, l itsm.Link) (itsm.Receipt, error) {
	return d.once(ctx, who, itsm.ActLink, n, func(c *itsm.Change) (itsm.Event, error) {
		terms := d.terms(c)
		if err := c.CheckLink(who.Actor, l, terms, d.now()); err != nil {
			return itsm.Event{}, err
		}
		e, _ := c.Link(l, terms, d.now())
		return e, nil
	})
}

func (d *memDesk) HoldChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.once(ctx, who, itsm.ActHold, n, func(c *itsm.Change) (itsm.Event, error) {
		if err := c.CheckHold(who.Actor, r); err != nil {
			return itsm.Event{}, err
		}
		return c.PutOnHold(who.Actor, r, d.now()), nil
	})
}

func (d *memDesk) ResumeChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.once(ctx, who, itsm.ActResume, n, func(c *itsm.Change) (itsm.Event, error) {
		if err := c.CheckResume(who.Actor, r); err != nil {
			return itsm.Event{}, err
		}
		return c.Resume(r), nil
	})
}

func (d *memDesk) WithdrawChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.once(ctx, who, itsm.ActWithdraw, n, func(c *itsm.Change) (itsm.Event, error) {
		if err := c.CheckWithdraw(who.Actor, r); err != nil {
			return itsm.Event{}, err
		}
		from := c.State
		c.Become(itsm.ChangeCancelled, d.now())
		return itsm.Event{Kind: itsm.EventWithdrawn, From: itsm.State(from), Note: r.Note}, nil
	})
}

func (d *memDesk) CommentOnChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	if err := d.trouble(ctx, string(itsm.ActComment)); err != nil {
		return itsm.Receipt{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	key := fmt.Sprint(who.Person, itsm.ActComment, n, who.Key)
	if o, ok := d.stored[key]; ok {
		return o.receipt, o.err
	}
	d.acts++
	c := d.changes[n]
	if c == nil {
		return itsm.Receipt{}, itsm.NoSuchRecord(n)
	}
	if d.talks[n] == nil {
		d.talks[n] = &itsm.Talk{}
	}
	o := memOutcome{err: c.CheckComment(who.Actor, r, *d.talks[n])}
	if o.err == nil {
		d.comments[n] = append(d.comments[n], c.Say(who.Actor, r, d.talks[n], d.now()))
		o.receipt = c.Receipt()
	}
	d.stored[key] = o
	return o.receipt, o.err
}

func (d *memDesk) StartChange(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Receipt, error) {
	return d.once(ctx, who, itsm.ActStart, n, func(c *itsm.Change) (itsm.Event, error) {
		if err := c.CheckStart(who.Actor, d.now()); err != nil {
			return itsm.Event{}, err
		}
		c.Implementer = who.Person
		c.Become(itsm.ChangeImplementing, d.now())
		return itsm.Event{Kind: itsm.EventStarted, From: itsm.State(itsm.ChangeScheduled)}, nil
	})
}

func (d *memDesk) CompleteChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Completion) (itsm.Receipt, error) {
	return d.once(ctx, who, itsm.ActComplete, n, func(c *itsm.Change) (itsm.Event, error) {
		if err := c.CheckCompletion(who.Actor, r); err != nil {
			return itsm.Event{}, err
		}
		c.Outcome = r.Result
		c.Become(itsm.ChangeClosed, d.now())
		return itsm.Event{Kind: itsm.EventCompleted, From: itsm.State(itsm.ChangeImplementing), Note: r.Note}, nil
	})
}

func (d *memDesk) CancelChange(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return d.once(ctx, who, itsm.ActCancel, n, func(c *itsm.Change) (itsm.Event, error) {
		if err := c.CheckCancel(who.Actor, r); err != nil {
			return itsm.Event{}, err
		}
		from := c.State
		c.Become(itsm.ChangeCancelled, d.now())
		return itsm.Event{Kind: itsm.EventCancelled, From: itsm.State(from), Note: r.Note}, nil
	})
}
