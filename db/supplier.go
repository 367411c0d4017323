package db

import (
	"context"
	"errors"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// NextSupplierNumber draws the number of a supplier that is about to be raised.
func (s *Store) NextSupplierNumber(ctx context.Context) (itsm.Number, error) {
	n, err := s.rows.NextSupplierNumber(ctx)
	if err != nil {
		return "", refusal("next supplier number", err)
	}
	return itsm.SupplierNumber(n), nil
}

// RecordSupplier saves a supplier for the first time, at revision 1, with its first event. The
// same supplier again changes nothing; another one under the same number is
// record.diverged.
func (s *Store) RecordSupplier(ctx context.Context, r itsm.Supplier, e itsm.Event, by Provenance) error {
	return saving[rows.RecordSupplierParams]{
		what: "record supplier", event: e, amiss: errors.Join(begins(r.Number, e), agreed(r.Receipt(), e)),
		whole: struct {
			Supplier itsm.Supplier
			Event    itsm.Event
		}{r, e},
		row:  func(digest string) (rows.RecordSupplierParams, error) { return recordSupplierRow(&r, e, by, digest) },
		save: s.rows.RecordSupplier,
	}.into(ctx, s)
}

// StepSupplier saves what one event left of a supplier. Steps may arrive twice, late or out of
// order: the row keeps the newest, events and audit end complete. The same step again
// changes nothing; another one of the same revision is record.diverged. A step that
// arrives before its supplier is refused as record.not_recorded_yet.
func (s *Store) StepSupplier(ctx context.Context, n itsm.Number, step itsm.SupplierStep, by Provenance) error {
	raised, err := parties(ctx, "step supplier", n, step.Event, s.rows.SupplierParties)
	if err != nil {
		return err
	}
	r := itsm.Supplier{Number: n, Reporter: raised, SupplierStanding: step.Standing}
	return saving[rows.StepSupplierParams]{
		what: "step supplier", event: step.Event, amiss: agreed(r.Receipt(), step.Event), whole: step,
		row: func(digest string) (rows.StepSupplierParams, error) {
			return stepSupplierRow(&r, step.Event, by, digest)
		},
		save: s.rows.StepSupplier,
	}.into(ctx, s)
}

// Supplier reads a supplier.
func (s *Store) Supplier(ctx context.Context, n itsm.Number) (itsm.Supplier, error) {
	row, err := s.rows.Supplier(ctx, n)
	return read("supplier", n, row, err, supplierOf)
}

// SupplierFilter narrows a list of suppliers; what is empty does not narrow.
type SupplierFilter struct {
	State      itsm.SupplierState
	Open       bool
	Tier       itsm.SupplierTier
	Service    itsm.ServiceID // that depends on it
	Owner      itsm.PersonID  // or deputy
	WaitingFor itsm.Actor     // whom Explain names, or one of whose roles it does
	Reader     itsm.Actor     // who may read of suppliers at all
	Before     Cursor         // zero: from the newest
	Limit      int            // zero: DefaultPage; at most MaxPage
}

// Suppliers lists suppliers, newest first. Pages by Before neither repeat nor lose a row while
// others are being raised.
func (s *Store) Suppliers(ctx context.Context, f SupplierFilter) ([]itsm.Supplier, error) {
	if err := f.Reader.May(itsm.ReadSuppliers); err != nil {
		return nil, err
	}
	if err := checkPage(f.Limit); err != nil {
		return nil, err
	}
	found, err := s.rows.Suppliers(ctx, f.params())
	return readAll("suppliers", found, err, supplierOf)
}

// SuppliersOf reads the suppliers of some numbers, in no order. What is not there is left out.
func (s *Store) SuppliersOf(ctx context.Context, numbers []itsm.Number) ([]itsm.Supplier, error) {
	found, err := s.rows.SuppliersOf(ctx, texts(numbers))
	return readAll("suppliers of", found, err, supplierOf)
}

// SuppliersUncorrected lists the suppliers for which a corrective action is due that nobody has
// raised, oldest first and no more than most.
func (s *Store) SuppliersUncorrected(ctx context.Context, most int) ([]itsm.Supplier, error) {
	found, err := s.rows.SuppliersUncorrected(ctx, small(max(most, 0)))
	return readAll("suppliers uncorrected", found, err, supplierOf)
}

func (f *SupplierFilter) params() rows.SuppliersParams {
	p := rows.SuppliersParams{
		State: string(f.State), Open: f.Open, Tier: string(f.Tier), Service: string(f.Service), ByOwner: string(f.Owner),
		WaitingFor: string(f.WaitingFor.Person), WaitingRoles: texts(f.WaitingFor.Roles), Most: page(f.Limit),
	}
	p.BeforeAt, p.BeforeOrdinal = f.Before.bounds()
	return p
}
