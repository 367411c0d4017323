package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// DecideChange delivers one vote: the caller's own, or that of somebody who
// delegated theirs.
func (d *Desk) DecideChange(ctx context.Context, who Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	if err := d.standIn(ctx, &who, n, &r); err != nil {
		d.trace(ctx, who, string(itsm.ActDecide), n, err)
		return itsm.Receipt{}, err
	}
	return perform(ctx, d, changes, who, n, itsm.ActDecide, r, func(c *itsm.Change) error { return c.CheckDecision(who.Actor, r) })
}

// standIn says for whom a caller decides, with the roles that that person holds
// now. Whoever has a say of their own and names nobody uses that.
func (d *Desk) standIn(ctx context.Context, who *Caller, n itsm.Number, r *itsm.DecisionRequest) error {
	if n.Check() != nil || who.May(itsm.DecideChanges) != nil {
		return nil //nolint:nilerr // the act itself is refused for it, in its own words
	}
	c, err := d.Store.Change(ctx, n)
	if err != nil {
		return nil //nolint:nilerr // ditto
	}
	principal := r.For
	if principals := c.PrincipalsOf(who.Person); principal == "" && len(principals) > 0 {
		principal = principals[0]
	}
	if principal == "" || principal == who.Person {
		return nil
	}
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return err
	}
	p := catalog.PrincipalFor(principal, who.Person, c.Service, d.Now())
	who.For = &p
	return nil
}

// RetractVote takes back the caller's vote while its stage is not decided.
func (d *Desk) RetractVote(ctx context.Context, who Caller, n itsm.Number) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActRetract, struct{}{}, func(c *itsm.Change) error { return c.CheckRetract(who.Actor) })
}

// AssessChange weighs a change, so that people can decide on it.
func (d *Desk) AssessChange(ctx context.Context, who Caller, n itsm.Number, a itsm.Assessment) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActAssess, a, func(c *itsm.Change) error { return c.CheckAssess(who.Actor, a) })
}

// DelegateChange lets somebody else decide on one change.
func (d *Desk) DelegateChange(ctx context.Context, who Caller, n itsm.Number, r itsm.DelegationRequest) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActDelegate, r, func(c *itsm.Change) error { return c.CheckDelegate(who.Actor, r) },
		func(*itsm.Change) error { return d.named(ctx, "/to", r.To, itsm.DecideChanges) })
}

// ReassignChange names who is to carry a change out.
func (d *Desk) ReassignChange(ctx context.Context, who Caller, n itsm.Number, r itsm.Reassignment) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActReassign, r, func(c *itsm.Change) error { return c.CheckReassign(who.Actor, r) },
		func(*itsm.Change) error { return d.named(ctx, "/assignee", r.Assignee, itsm.ImplementChanges) })
}

// named refuses a person who is not there or who may not do what they are named for.
// Where nobody is named, the rule says whether somebody has to be.
func (d *Desk) named(ctx context.Context, pointer string, id itsm.PersonID, p itsm.Permission) error {
	if id == "" {
		return nil
	}
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return err
	}
	return catalog.CheckNamed(pointer, id, p)
}

// EditChange changes the text of a change that is not under way.
func (d *Desk) EditChange(ctx context.Context, who Caller, n itsm.Number, r itsm.EditRequest) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActEdit, r, func(c *itsm.Change) error { return c.CheckEdit(who.Actor, r, itsm.Terms{}, d.Now()) })
}

// LinkChange adds a link to a change as it stands.
func (d *Desk) LinkChange(ctx context.Context, who Caller, n itsm.Number, l itsm.Link) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActLink, l, func(c *itsm.Change) error { return c.CheckLink(who.Actor, l, itsm.Terms{}, d.Now()) })
}

// CommentOnChange adds a comment, a question or an answer. It raises no revision.
func (d *Desk) CommentOnChange(ctx context.Context, who Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActComment, r, func(c *itsm.Change) error {
		return c.CheckComment(who.Actor, itsm.CommentRequest{Text: r.Text}, itsm.Talk{}) // which questions there were, its process took with it
	})
}

// HoldChange stops a change that waits, and the clock of its approval.
func (d *Desk) HoldChange(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActHold, r, func(c *itsm.Change) error { return c.CheckHold(who.Actor, r) })
}

// ResumeChange ends a hold.
func (d *Desk) ResumeChange(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActResume, r, func(c *itsm.Change) error { return c.CheckResume(who.Actor, r) })
}

// WithdrawChange takes back a request that nobody has decided on yet.
func (d *Desk) WithdrawChange(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, changes, who, n, itsm.ActWithdraw, r, func(c *itsm.Change) error { return c.CheckWithdraw(who.Actor, r) })
}

// PreviewChange foresees the risk of a draft, and who would decide on it.
func (d *Desk) PreviewChange(ctx context.Context, who Caller, draft itsm.ChangeDraft) (itsm.Preview, error) {
	return reading(ctx, d, who, "change.preview", itsm.RaiseChanges, "", func() (itsm.Preview, error) {
		catalog, _, err := d.Store.Catalog(ctx)
		if err != nil {
			return itsm.Preview{}, err
		}
		if err := catalog.CheckSeen(who.Actor, draft.Service); err != nil {
			return itsm.Preview{}, err
		}
		return catalog.Preview(who.Person, draft, d.Now()), nil
	})
}

// Comments lists what was said about a change, oldest first.
func (d *Desk) Comments(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Comment, error) {
	return about(ctx, d, changes, who, "change.comments", n, func(*itsm.Change) ([]itsm.Comment, error) { return d.Store.Comments(ctx, n) })
}
