package activities

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// CorrectiveRecording is a corrective action to be recorded, as it was raised.
type CorrectiveRecording struct {
	Corrective itsm.CorrectiveAction `json:"corrective_action"`
	Draft      itsm.CorrectiveDraft  `json:"draft"`
	Event      itsm.Event            `json:"event"`

	Origin
}

// CorrectiveRecorded is what was found and pinned when a corrective action was recorded.
type CorrectiveRecorded struct {
	Corrective itsm.CorrectiveAction `json:"corrective_action"`
	Policy     itsm.CorrectivePolicy `json:"policy"`
}

// RecordCorrective records a corrective action under the policy in force. Run again, it
// answers with what the first run pinned, whatever became of the policy since.
func (a *Activities) RecordCorrective(ctx context.Context, r CorrectiveRecording) (CorrectiveRecorded, error) {
	was, err := a.Store.Corrective(ctx, r.Corrective.Number)
	same := was.Reporter == r.Corrective.Reporter && was.Title == r.Draft.Title && sameInstant(was.RaisedAt, r.Corrective.RaisedAt)
	catalog, version, err := a.pinnedTo(ctx, r.Corrective.Number, was.PolicyVersion, same, err)
	if err != nil {
		return CorrectiveRecorded{}, err
	}
	service, ok := catalog.Service(r.Draft.Service)
	if !ok {
		return CorrectiveRecorded{}, itsm.Refuse(itsm.Invalid, "corrective_action.service", "There is no service called %s.", r.Draft.Service)
	}
	c, policy := r.Corrective, catalog.Corrective.Filled()
	c.PolicyVersion, c.Revision = version, r.Event.Revision
	if c.Restricted, err = a.restricted(ctx, r.Draft.Source); err != nil {
		return CorrectiveRecorded{}, err
	}
	c.Restricted = c.Restricted || service.Restricted
	c.Begin(r.Draft, service, policy)
	if c.Clocks, err = c.Clocks.Reckon(hoursOf(catalog), c.RaisedAt); err != nil {
		return CorrectiveRecorded{}, err
	}
	if err = a.Store.RecordCorrective(ctx, c, r.Event, provenance(ctx, r.Origin)); err == nil {
		a.reached("saved")
	}
	return CorrectiveRecorded{Corrective: c, Policy: policy}, err
}

// restricted reports whether a record is for those concerned only; none is not.
func (a *Activities) restricted(ctx context.Context, n itsm.Number) (bool, error) {
	switch {
	case n.Of("CHG"):
		c, err := a.Store.Change(ctx, n)
		return c.Restricted, err
	case n.Of("INC"):
		i, err := a.Store.Incident(ctx, n)
		return i.Restricted, err
	case n.Of("PRB"):
		p, err := a.Store.Problem(ctx, n)
		return p.Restricted, err
	case n.Of("CAR"):
		c, err := a.Store.Corrective(ctx, n)
		return c.Restricted, err
	}
	return false, nil
}

// CorrectiveStepping is one step of a corrective action to be saved.
type CorrectiveStepping struct {
	Step itsm.CorrectiveStep `json:"step"`

	Origin
}

// StepCorrective saves one step of a corrective action with its event and its audit
// entry. It is tried until it succeeds.
func (a *Activities) StepCorrective(ctx context.Context, s CorrectiveStepping) error {
	n := s.Step.Event.Number
	err := a.Store.StepCorrective(ctx, n, s.Step, provenance(ctx, s.Origin))
	return a.saved(err, "%s revision %d", n, s.Step.Event.Revision)
}

// CommentOnCorrective saves a comment with its audit entry.
func (a *Activities) CommentOnCorrective(ctx context.Context, s Commenting) error {
	return a.CommentOnChange(ctx, s)
}

// ClockReckoning are clocks whose instants are to be found out, under the policy
// that their record is pinned to.
type ClockReckoning struct {
	Number        itsm.Number `json:"number"`
	PolicyVersion int         `json:"policy_version"`
	Clocks        itsm.Clocks `json:"clocks"`
}

// ReckonCorrective finds out what follows from the calendar of a corrective action's
// policy.
func (a *Activities) ReckonCorrective(ctx context.Context, r ClockReckoning) (itsm.Clocks, error) {
	pinned, err := a.Store.CatalogVersion(ctx, r.PolicyVersion)
	if err != nil {
		return nil, err
	}
	return r.Clocks.Reckon(hoursOf(pinned), a.Now())
}

// OpenPlan names who may accept the plan of a corrective action, and until when. The
// policy is the one that it began with; people are as they are now.
func (a *Activities) OpenPlan(ctx context.Context, m Matter) (itsm.Opening, error) {
	pinned, live, err := a.catalogs(ctx, m.PolicyVersion)
	if err != nil {
		return itsm.Opening{}, err
	}
	return live.OpenPlan(pinned.Corrective, m.Asking, a.Now())
}

// ShowCorrective makes what people see in Slack agree with the record, as ShowChange
// does.
func (a *Activities) ShowCorrective(ctx context.Context, t Target) (Shown, error) {
	book, err := a.correctiveBook(ctx, t)
	if err != nil {
		return Shown{}, err
	}
	return a.showAll(ctx, itsm.CorrectiveNotices(book))
}

// correctiveBook reads all that the messages about a corrective action are made of.
func (a *Activities) correctiveBook(ctx context.Context, t Target) (b itsm.CorrectiveBook, err error) {
	if b.Corrective, err = a.Store.Corrective(ctx, t.Number); err != nil {
		return b, err
	}
	leaves, err := a.leaves(ctx, t, b.Corrective.Revision)
	if err != nil {
		return b, err
	}
	b.Timeline, b.Said = leaves.timeline, leaves.said
	b.Service, _ = leaves.catalog.Service(b.Corrective.Service)
	b.Managers, b.Manager = leaves.catalog.Holders(itsm.QualityManager), leaves.catalog.Managers()[b.Corrective.Team]
	b.People = peopleOf(leaves.catalog, b.Named())
	return b, nil
}
