package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// AcknowledgeIncident takes an incident on: nobody else is called.
func (d *Desk) AcknowledgeIncident(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, incidents, who, n, itsm.ActAcknowledge, r, func(i *itsm.Incident) error { return i.CheckAcknowledge(who.Actor, r) })
}

// AssignIncident hands an incident to somebody who works on incidents, or to a team.
func (d *Desk) AssignIncident(ctx context.Context, who Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error) {
	return perform(ctx, d, incidents, who, n, itsm.ActAssign, r, func(i *itsm.Incident) error { return i.CheckAssign(who.Actor, r) },
		func(*itsm.Incident) error { return d.named(ctx, "/assignee", r.Assignee, itsm.WorkOnIncidents) },
		func(*itsm.Incident) error { return d.team(ctx, r.Team) })
}

// team refuses a team that is not there. Where none is named, the rule says whether
// one has to be.
func (d *Desk) team(ctx context.Context, id itsm.TeamID) error {
	if id == "" {
		return nil
	}
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return err
	}
	return catalog.CheckTeam("/team", id)
}

// ReprioritiseIncident changes impact and urgency, or sets a priority against them.
func (d *Desk) ReprioritiseIncident(ctx context.Context, who Caller, n itsm.Number, r itsm.Reprioritisation) (itsm.Receipt, error) {
	return perform(ctx, d, incidents, who, n, itsm.ActReprioritise, r, func(i *itsm.Incident) error { return i.CheckReprioritise(who.Actor, r) })
}

// HoldIncident lets an incident wait, with the reason.
func (d *Desk) HoldIncident(ctx context.Context, who Caller, n itsm.Number, r itsm.HoldRequest) (itsm.Receipt, error) {
	return perform(ctx, d, incidents, who, n, itsm.ActIncidentHold, r, func(i *itsm.Incident) error { return i.CheckHold(who.Actor, r) },
		func(*itsm.Incident) error { return d.other(ctx, who, r.For, r.CheckAwaited) })
}

// other refuses a record that an act names and that the caller cannot see. What is no
// number, the rule refuses.
func (d *Desk) other(ctx context.Context, who Caller, n itsm.Number, check func(seen bool) error) error {
	if n.Check() != nil {
		return nil //nolint:nilerr // the act itself is refused for it, in its own words
	}
	seen, err := d.sees(ctx, who, n)
	if err != nil {
		return err
	}
	return check(seen)
}

// ResumeIncident ends a hold.
func (d *Desk) ResumeIncident(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, incidents, who, n, itsm.ActIncidentResume, r, func(i *itsm.Incident) error { return i.CheckResume(who.Actor, r) })
}

// EscalateIncident has others called: the next level, another team, or those who
// answer for it.
func (d *Desk) EscalateIncident(ctx context.Context, who Caller, n itsm.Number, r itsm.EscalateRequest) (itsm.Receipt, error) {
	return perform(ctx, d, incidents, who, n, itsm.ActEscalate, r, func(i *itsm.Incident) error { return i.CheckEscalate(who.Actor, r) },
		func(*itsm.Incident) error { return d.team(ctx, r.Team) })
}

// CommentOnIncident adds a comment, a question, an answer, or word of how it goes. It
// raises no revision.
func (d *Desk) CommentOnIncident(ctx context.Context, who Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return perform(ctx, d, incidents, who, n, itsm.ActIncidentComment, r, func(i *itsm.Incident) error {
		// Which questions there were, its process took with it.
		return i.CheckComment(who.Actor, itsm.CommentRequest{Text: r.Text, Update: r.Update}, itsm.Talk{})
	})
}

// RelateIncident says how an incident is to another record.
func (d *Desk) RelateIncident(ctx context.Context, who Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error) {
	return perform(ctx, d, incidents, who, n, itsm.ActRelate, r, func(i *itsm.Incident) error { return i.CheckRelate(who.Actor, r) },
		func(*itsm.Incident) error { return d.other(ctx, who, r.To, r.CheckLinked) })
}

// EndIncidentAsDuplicate ends an incident in favour of another.
func (d *Desk) EndIncidentAsDuplicate(ctx context.Context, who Caller, n itsm.Number, r itsm.DuplicateRequest) (itsm.Receipt, error) {
	rule := func(i *itsm.Incident) error { return i.CheckDuplicate(who.Actor, r) }
	return perform(ctx, d, incidents, who, n, itsm.ActDuplicate, r, rule, func(i *itsm.Incident) error {
		if !r.Of.Of("INC") || r.Of == n { // the rule says so
			return nil
		}
		of, err := d.incidentFor(ctx, who, r.Of)
		if err != nil {
			return err
		}
		return i.CheckOriginal(of)
	})
}

// SetIncidentParent makes an incident follow another, or none.
func (d *Desk) SetIncidentParent(ctx context.Context, who Caller, n itsm.Number, r itsm.ParentRequest) (itsm.Receipt, error) {
	rule := func(i *itsm.Incident) error { return i.CheckParent(who.Actor, r) }
	return perform(ctx, d, incidents, who, n, itsm.ActParent, r, rule, func(i *itsm.Incident) error {
		if !r.Parent.Of("INC") || r.Parent == n { // ditto; and none is always there
			return nil
		}
		parent, err := d.incidentFor(ctx, who, r.Parent)
		if err != nil {
			return err
		}
		children, err := d.Store.IncidentChildren(ctx, n)
		if err != nil {
			return err
		}
		return i.CheckUnder(parent, len(children))
	})
}

// ResolveIncident says that it works again, and what was done.
func (d *Desk) ResolveIncident(ctx context.Context, who Caller, n itsm.Number, r itsm.ResolveRequest) (itsm.Receipt, error) {
	return perform(ctx, d, incidents, who, n, itsm.ActResolve, r, func(i *itsm.Incident) error { return i.CheckResolve(who.Actor, r) })
}

// ConfirmIncident closes what is resolved: its reporter says that it works again.
func (d *Desk) ConfirmIncident(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, incidents, who, n, itsm.ActConfirm, r, func(i *itsm.Incident) error { return i.CheckConfirm(who.Actor, r) })
}

// ReopenIncident says that what is resolved does not work after all.
func (d *Desk) ReopenIncident(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, incidents, who, n, itsm.ActReopen, r, func(i *itsm.Incident) error { return i.CheckReopen(who.Actor, r) })
}

// CancelIncident drops what is no incident.
func (d *Desk) CancelIncident(ctx context.Context, who Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return perform(ctx, d, incidents, who, n, itsm.ActIncidentCancel, r, func(i *itsm.Incident) error { return i.CheckCancel(who.Actor, r) })
}
