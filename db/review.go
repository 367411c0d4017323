package db

import (
	"context"
	"errors"
	"time"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// RecordReview saves a review for the first time, at revision 1, with its first event.
// The same review again changes nothing; another one under the same number is
// record.diverged.
func (s *Store) RecordReview(ctx context.Context, r itsm.SupplierReview, e itsm.Event, by Provenance) error {
	return saving[rows.RecordReviewParams]{
		what: "record review", event: e, amiss: errors.Join(begins(r.Number, e), agreed(r.Receipt(), e)),
		whole: struct {
			Review itsm.SupplierReview
			Event  itsm.Event
		}{r, e},
		row:  func(digest string) (rows.RecordReviewParams, error) { return recordReviewRow(&r, e, by, digest) },
		save: s.rows.RecordReview,
	}.into(ctx, s)
}

// StepReview saves what one event left of a review. Steps may arrive twice, late or out
// of order: the row keeps the newest, events and audit end complete. The same step again
// changes nothing; another one of the same revision is record.diverged. A step that
// arrives before its review is refused as record.not_recorded_yet.
func (s *Store) StepReview(ctx context.Context, n itsm.Number, step itsm.ReviewStep, by Provenance) error {
	began, err := parties(ctx, "step review", n, step.Event, s.rows.ReviewParties)
	if err != nil {
		return err
	}
	r := itsm.SupplierReview{Number: n, Owner: began.Owner, Tier: began.Tier, ReviewStanding: step.Standing}
	return saving[rows.StepReviewParams]{
		what: "step review", event: step.Event, amiss: agreed(r.Receipt(), step.Event), whole: step,
		row:  func(digest string) (rows.StepReviewParams, error) { return stepReviewRow(&r, step.Event, by, digest) },
		save: s.rows.StepReview,
	}.into(ctx, s)
}

// Review reads the review of a supplier.
func (s *Store) Review(ctx context.Context, n itsm.Number) (itsm.SupplierReview, error) {
	row, err := s.rows.Review(ctx, n)
	return read("review", n, row, err, reviewOf)
}

// ReviewFilter narrows a list of reviews; what is empty does not narrow.
type ReviewFilter struct {
	State      itsm.ReviewState
	Open       bool
	Supplier   itsm.Number
	Band       itsm.Band
	Owner      itsm.PersonID // of the relationship
	WaitingFor itsm.Actor    // whom Explain names, or one of whose roles it does
	Reader     itsm.Actor    // who may read of suppliers at all
	Before     Cursor        // zero: from the newest
	Limit      int           // zero: DefaultPage; at most MaxPage
}

// Reviews lists reviews by the end of their periods, the newest first. Pages by Before
// neither repeat nor lose a row.
func (s *Store) Reviews(ctx context.Context, f ReviewFilter) ([]itsm.SupplierReview, error) {
	if err := f.Reader.May(itsm.ReadSuppliers); err != nil {
		return nil, err
	}
	if err := checkPage(f.Limit); err != nil {
		return nil, err
	}
	found, err := s.rows.Reviews(ctx, f.params())
	return readAll("reviews", found, err, reviewOf)
}

// ReviewsOf reads the reviews of some numbers, in no order. What is not there is left out.
func (s *Store) ReviewsOf(ctx context.Context, numbers []itsm.Number) ([]itsm.SupplierReview, error) {
	found, err := s.rows.ReviewsOf(ctx, texts(numbers))
	return readAll("reviews of", found, err, reviewOf)
}

// ReviewsToCorrect are some reviews that call for a corrective action which nobody has
// raised, the oldest first.
func (s *Store) ReviewsToCorrect(ctx context.Context, most int) ([]itsm.SupplierReview, error) {
	found, err := s.rows.ReviewsToCorrect(ctx, small(most))
	return readAll("reviews to correct", found, err, reviewOf)
}

// Reviewed is a supplier that is reviewed, and its tier.
type Reviewed struct {
	Number itsm.Number
	Tier   itsm.SupplierTier
}

// ReviewedSuppliers are all suppliers that supply: those that are reviewed.
func (s *Store) ReviewedSuppliers(ctx context.Context) ([]Reviewed, error) {
	found, err := s.rows.ReviewedSuppliers(ctx)
	if err != nil {
		return nil, refusal("reviewed suppliers", err)
	}
	all := make([]Reviewed, len(found))
	for n, row := range found {
		all[n] = Reviewed(row)
	}
	return all, nil
}

// CollectForReview is what is known of how a supplier did from an instant up to another.
// A change has to do with a supplier whose number it links.
func (s *Store) CollectForReview(ctx context.Context, supplier itsm.Number, from, until time.Time) (c itsm.Collected, err error) {
	held, err := s.rows.SupplierHolds(ctx, rows.SupplierHoldsParams{Supplier: string(supplier), FromAt: from, Until: until})
	if err != nil {
		return c, refusal("collect for review", err)
	}
	done, err := s.rows.SupplierChanges(ctx, rows.SupplierChangesParams{Supplier: string(supplier), FromAt: from, Until: until})
	if err != nil {
		return c, refusal("collect for review", err)
	}
	return itsm.Collected{
		Held: int(held.Held), Waited: time.Duration(held.Seconds) * time.Second, Changes: int(done.Changes), Failed: int(done.Failed),
	}, nil
}

func (f *ReviewFilter) params() rows.ReviewsParams {
	p := rows.ReviewsParams{
		State: string(f.State), Open: f.Open, Supplier: string(f.Supplier), Band: string(f.Band), ByOwner: string(f.Owner),
		WaitingFor: string(f.WaitingFor.Person), WaitingRoles: texts(f.WaitingFor.Roles),
		BeforeNumber: string(f.Before.Record), Most: page(f.Limit),
	}
	p.BeforeAt, _ = f.Before.bounds()
	return p
}
