package activities

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// ContractRecording is a contract to be recorded, as it was raised.
type ContractRecording struct {
	Contract itsm.Contract      `json:"contract"`
	Draft    itsm.ContractDraft `json:"draft"`
	Event    itsm.Event         `json:"event"`

	Origin
}

// ContractRecorded is what was found and pinned when a contract was recorded.
type ContractRecorded struct {
	Contract itsm.Contract       `json:"contract"`
	Policy   itsm.SupplierPolicy `json:"policy"`
}

// RecordContract records a contract under the policy in force. Run again, it answers with what
// the first run pinned, whatever became of the policy since.
func (a *Activities) RecordContract(ctx context.Context, r ContractRecording) (ContractRecorded, error) {
	was, err := a.Store.Contract(ctx, r.Contract.Number)
	same := was.Reporter == r.Contract.Reporter && was.Title == r.Draft.Title && sameInstant(was.RaisedAt, r.Contract.RaisedAt)
	catalog, version, err := a.pinnedTo(ctx, r.Contract.Number, was.PolicyVersion, same, err)
	if err != nil {
		return ContractRecorded{}, err
	}
	c := r.Contract
	c.PolicyVersion, c.Revision = version, r.Event.Revision
	with, err := a.Store.Supplier(ctx, r.Draft.Supplier)
	if err != nil {
		return ContractRecorded{}, err
	}
	c.Begin(r.Draft, with.Tier)
	if err = a.Store.RecordContract(ctx, c, r.Event, provenance(ctx, r.Origin)); err == nil {
		a.reached("saved")
	}
	return ContractRecorded{Contract: c, Policy: catalog.Supplier.Filled()}, err
}

// ContractStepping is one step of a contract to be saved.
type ContractStepping struct {
	Step itsm.ContractStep `json:"step"`

	Origin
}

// StepContract saves one step of a contract with its event and its audit entry. It is tried until
// it succeeds.
func (a *Activities) StepContract(ctx context.Context, s ContractStepping) error {
	n := s.Step.Event.Number
	err := a.Store.StepContract(ctx, n, s.Step, provenance(ctx, s.Origin))
	return a.saved(err, "%s revision %d", n, s.Step.Event.Revision)
}

// CommentOnContract saves a comment with its audit entry.
func (a *Activities) CommentOnContract(ctx context.Context, s Commenting) error {
	return a.CommentOnChange(ctx, s)
}

// ReckonContract finds out what follows for the dates of a contract from the calendar of the
// policy that it is pinned to.
func (a *Activities) ReckonContract(ctx context.Context, c itsm.Contract) (itsm.ContractReckoning, error) {
	pinned, err := a.Store.CatalogVersion(ctx, c.PolicyVersion)
	if err != nil {
		return itsm.ContractReckoning{}, err
	}
	return c.Reckon(pinned.Supplier, hoursOf(pinned), a.Now())
}

// OpenContract names who may decide on what was proposed, and until when. The policy is
// the one that the contract began with; people are as they are now.
func (a *Activities) OpenContract(ctx context.Context, m Matter) (itsm.Opening, error) {
	pinned, live, err := a.catalogs(ctx, m.PolicyVersion)
	if err != nil {
		return itsm.Opening{}, err
	}
	return live.OpenContract(pinned.Supplier, m.Asking, a.Now())
}

// ShowContract makes what people see in Slack agree with the record, as ShowChange does.
func (a *Activities) ShowContract(ctx context.Context, t Target) (Shown, error) {
	book, err := a.contractBook(ctx, t)
	if err != nil {
		return Shown{}, err
	}
	return a.showAll(ctx, itsm.ContractNotices(book))
}

// contractBook reads all that the messages about a contract are made of.
func (a *Activities) contractBook(ctx context.Context, t Target) (b itsm.ContractBook, err error) {
	if b.Contract, err = a.Store.Contract(ctx, t.Number); err != nil {
		return b, err
	}
	leaves, err := a.leaves(ctx, t, b.Contract.Revision)
	if err != nil {
		return b, err
	}
	b.Timeline = leaves.timeline
	b.Managers, b.Commercial = leaves.catalog.Holders(itsm.SupplierManager), leaves.catalog.Holders(itsm.CommercialManager)
	b.People = peopleOf(leaves.catalog, b.Named())
	return b, nil
}
