package activities

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// SupplierRecording is a supplier to be recorded, as it was raised.
type SupplierRecording struct {
	Supplier itsm.Supplier        `json:"supplier"`
	Profile  itsm.SupplierProfile `json:"profile"`
	Event    itsm.Event           `json:"event"`

	Origin
}

// SupplierRecorded is what was found and pinned when a supplier was recorded.
type SupplierRecorded struct {
	Supplier itsm.Supplier       `json:"supplier"`
	Policy   itsm.SupplierPolicy `json:"policy"`
}

// RecordSupplier records a supplier under the policy in force. Run again, it answers with what
// the first run pinned, whatever became of the policy since.
func (a *Activities) RecordSupplier(ctx context.Context, r SupplierRecording) (SupplierRecorded, error) {
	was, err := a.Store.Supplier(ctx, r.Supplier.Number)
	same := was.Reporter == r.Supplier.Reporter && was.Name == r.Profile.Name && sameInstant(was.RaisedAt, r.Supplier.RaisedAt)
	catalog, version, err := a.pinnedTo(ctx, r.Supplier.Number, was.PolicyVersion, same, err)
	if err != nil {
		return SupplierRecorded{}, err
	}
	s := r.Supplier
	s.PolicyVersion, s.Revision = version, r.Event.Revision
	s.Begin(r.Profile)
	if err = a.Store.RecordSupplier(ctx, s, r.Event, provenance(ctx, r.Origin)); err == nil {
		a.reached("saved")
	}
	return SupplierRecorded{Supplier: s, Policy: catalog.Supplier.Filled()}, err
}

// SupplierStepping is one step of a supplier to be saved.
type SupplierStepping struct {
	Step itsm.SupplierStep `json:"step"`

	Origin
}

// StepSupplier saves one step of a supplier with its event and its audit entry. It is tried until
// it succeeds.
func (a *Activities) StepSupplier(ctx context.Context, s SupplierStepping) error {
	n := s.Step.Event.Number
	err := a.Store.StepSupplier(ctx, n, s.Step, provenance(ctx, s.Origin))
	return a.saved(err, "%s revision %d", n, s.Step.Event.Revision)
}

// CommentOnSupplier saves a comment with its audit entry.
func (a *Activities) CommentOnSupplier(ctx context.Context, s Commenting) error {
	return a.CommentOnChange(ctx, s)
}

// ReckonSupplier finds out what follows for the dates of a supplier from the calendar of the
// policy that it is pinned to.
func (a *Activities) ReckonSupplier(ctx context.Context, s itsm.Supplier) (itsm.SupplierReckoning, error) {
	pinned, err := a.Store.CatalogVersion(ctx, s.PolicyVersion)
	if err != nil {
		return itsm.SupplierReckoning{}, err
	}
	return s.Reckon(pinned.Supplier, hoursOf(pinned), a.Now())
}

// ShowSupplier makes what people see in Slack agree with the record, as ShowChange does.
func (a *Activities) ShowSupplier(ctx context.Context, t Target) (Shown, error) {
	book, err := a.supplierBook(ctx, t)
	if err != nil {
		return Shown{}, err
	}
	return a.showAll(ctx, itsm.SupplierNotices(book))
}

// supplierBook reads all that the messages about a supplier are made of.
func (a *Activities) supplierBook(ctx context.Context, t Target) (b itsm.SupplierBook, err error) {
	if b.Supplier, err = a.Store.Supplier(ctx, t.Number); err != nil {
		return b, err
	}
	leaves, err := a.leaves(ctx, t, b.Supplier.Revision)
	if err != nil {
		return b, err
	}
	b.Timeline, b.Said = leaves.timeline, leaves.said
	b.Channel, b.Managers = leaves.catalog.Supplier.Channel, leaves.catalog.Holders(itsm.SupplierManager)
	b.People = peopleOf(leaves.catalog, b.Named())
	return b, nil
}
