package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

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
	if e.Revision != 1 || r.Number != e.Number {
		return fmt.Errorf("record supplier %s: it does not begin with event %s:%d", r.Number, e.Number, e.Revision)
	}
	if err := agreed(r.Receipt(), e); err != nil {
		return fmt.Errorf("record supplier: %w", err)
	}
	digest, err := digestOf(struct {
		Supplier itsm.Supplier
		Event    itsm.Event
	}{r, e})
	if err != nil {
		return fmt.Errorf("record supplier: %w", err)
	}
	row, err := recordSupplierRow(&r, e, by, digest)
	if err != nil {
		return fmt.Errorf("record supplier: %w", err)
	}
	fresh, err := s.rows.RecordSupplier(ctx, row)
	return s.saved(ctx, "record supplier", e, digest, fresh, err)
}

// StepSupplier saves what one event left of a supplier. Steps may arrive twice, late or out of
// order: the row keeps the newest, events and audit end complete. The same step again
// changes nothing; another one of the same revision is record.diverged. A step that
// arrives before its supplier is refused as record.not_recorded_yet.
func (s *Store) StepSupplier(ctx context.Context, n itsm.Number, step itsm.SupplierStep, by Provenance) error {
	if n != step.Event.Number {
		return fmt.Errorf("step supplier %s: the event is of %s", n, step.Event.Number)
	}
	raised, err := s.rows.SupplierParties(ctx, n)
	if errors.Is(err, pgx.ErrNoRows) {
		return &fault{notYet(), "step supplier", fmt.Errorf("%s is not recorded", n)}
	}
	if err != nil {
		return refusal("step supplier", err)
	}
	r := itsm.Supplier{Number: n, Reporter: raised, SupplierStanding: step.Standing}
	if err := agreed(r.Receipt(), step.Event); err != nil {
		return fmt.Errorf("step supplier: %w", err)
	}
	digest, err := digestOf(step)
	if err != nil {
		return fmt.Errorf("step supplier: %w", err)
	}
	row, err := stepSupplierRow(&r, step.Event, by, digest)
	if err != nil {
		return fmt.Errorf("step supplier: %w", err)
	}
	fresh, err := s.rows.StepSupplier(ctx, row)
	return s.saved(ctx, "step supplier", step.Event, digest, fresh, err)
}

// Supplier reads a supplier.
func (s *Store) Supplier(ctx context.Context, n itsm.Number) (itsm.Supplier, error) {
	row, err := s.rows.Supplier(ctx, n)
	if errors.Is(err, pgx.ErrNoRows) {
		return itsm.Supplier{}, itsm.NoSuchRecord(n)
	}
	if err != nil {
		return itsm.Supplier{}, refusal("supplier", err)
	}
	return supplierOf(rows.SuppliersRow(row)), nil
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
	if err != nil {
		return nil, refusal("suppliers", err)
	}
	all := make([]itsm.Supplier, 0, len(found))
	for _, row := range found {
		all = append(all, supplierOf(row))
	}
	return all, nil
}

// SuppliersOf reads the suppliers of some numbers, in no order. What is not there is left out.
func (s *Store) SuppliersOf(ctx context.Context, numbers []itsm.Number) ([]itsm.Supplier, error) {
	found, err := s.rows.SuppliersOf(ctx, texts(numbers))
	if err != nil {
		return nil, refusal("suppliers of", err)
	}
	all := make([]itsm.Supplier, 0, len(found))
	for _, row := range found {
		all = append(all, supplierOf(rows.SuppliersRow(row)))
	}
	return all, nil
}

// SuppliersUncorrected lists the suppliers for which a corrective action is due that nobody has
// raised, oldest first and no more than most.
func (s *Store) SuppliersUncorrected(ctx context.Context, most int) ([]itsm.Supplier, error) {
	found, err := s.rows.SuppliersUncorrected(ctx, small(max(most, 0)))
	if err != nil {
		return nil, refusal("suppliers uncorrected", err)
	}
	all := make([]itsm.Supplier, 0, len(found))
	for _, row := range found {
		all = append(all, supplierOf(rows.SuppliersRow(row)))
	}
	return all, nil
}

func (f *SupplierFilter) params() rows.SuppliersParams {
	p := rows.SuppliersParams{
		State: string(f.State), Open: f.Open, Tier: string(f.Tier), Service: string(f.Service), ByOwner: string(f.Owner),
		WaitingFor: string(f.WaitingFor.Person), WaitingRoles: texts(f.WaitingFor.Roles), Most: page(f.Limit),
	}
	p.BeforeAt, p.BeforeOrdinal = f.Before.bounds()
	return p
}
