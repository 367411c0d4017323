package activities

import (
	"context"
	"slices"
	"time"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// DueReview asks which review a supplier's schedule is for, that meant an instant.
type DueReview struct {
	Supplier itsm.Number    `json:"supplier"`
	Every    itsm.Frequency `json:"every"`
	Zone     string         `json:"zone"`
	At       time.Time      `json:"at"`
}

// ReviewDue is a review to begin; of no number, when none is.
type ReviewDue struct {
	Number itsm.Number `json:"number,omitempty"`
	Ended  time.Time   `json:"ended,omitzero"` // when its period did
}

// ReviewRecording is a review to be recorded.
type ReviewRecording struct {
	Review itsm.SupplierReview `json:"review"`
	Event  itsm.Event          `json:"event"`
}

// ReviewStepping is one step of a review to be saved.
type ReviewStepping struct {
	Step itsm.ReviewStep `json:"step"`

	Origin
}

// Collecting asks what the record book knows of a supplier, in the period of a review.
type Collecting struct {
	Number        itsm.Number `json:"number"`
	PolicyVersion int         `json:"policy_version"`
	Until         time.Time   `json:"until"` // the end of the period
}

// DueReview finds out which review is to begin: of the period that ended last before the
// instant that the schedule meant. None is, where the review is recorded already, where
// the supplier supplies nothing, and for a time before it was known.
func (a *Activities) DueReview(ctx context.Context, d DueReview) (ReviewDue, error) {
	s, err := a.Store.Supplier(ctx, d.Supplier)
	if err != nil {
		return ReviewDue{}, err
	}
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		return ReviewDue{}, itsm.Refuse(itsm.Invalid, "review.zone", "There is no time zone called %q.", d.Zone)
	}
	if !slices.Contains(itsm.Frequencies, d.Every) {
		return ReviewDue{}, itsm.Refuse(itsm.Invalid, "review.frequency", "There is no frequency called %q.", d.Every)
	}
	p := itsm.PeriodAt(d.Every, d.At, zone).Before()
	_, ended := p.In(zone)
	due := ReviewDue{Number: itsm.ReviewNumber(s.Number, p), Ended: ended}
	if _, err = a.Store.Review(ctx, due.Number); itsm.AsError(err).Kind != itsm.NotFound {
		return ReviewDue{}, err // recorded already, unless that cannot be read
	}
	if !s.Supplying() || ended.Before(s.RaisedAt) {
		return ReviewDue{}, nil
	}
	return due, nil
}

// RecordReview records a review under the policy in force, with what the contracts in
// force ask for. Run again, it answers with what the first run recorded.
func (a *Activities) RecordReview(ctx context.Context, r ReviewRecording) (itsm.SupplierReview, error) {
	was, err := a.Store.Review(ctx, r.Review.Number)
	if err == nil && !sameInstant(was.StartedAt, r.Review.StartedAt) {
		err = itsm.Refuse(itsm.Conflict, "record.exists", "%s exists already.", was.Number)
	}
	if itsm.AsError(err).Kind != itsm.NotFound {
		return was, err
	}
	s, err := a.Store.Supplier(ctx, r.Review.Supplier)
	if err != nil {
		return r.Review, err
	}
	contracts, err := a.Store.Contracts(ctx, db.ContractFilter{Supplier: s.Number, Open: true, Reader: reader, Limit: db.MaxPage})
	if err != nil {
		return r.Review, err
	}
	catalog, version, err := a.Store.Catalog(ctx)
	if err != nil {
		return r.Review, err
	}
	review := r.Review
	review.PolicyVersion, review.Revision = version, r.Event.Revision
	review.Begin(&s, review.Period, itsm.TargetsOf(contracts), catalog.Supplier)
	if review.Clocks, err = review.Clocks.Reckon(hoursOf(catalog), review.StartedAt); err != nil {
		return review, err
	}
	if err = a.Store.RecordReview(ctx, review, r.Event, provenance(ctx, Origin{})); err == nil {
		a.reached("saved")
	}
	return review, err
}

// reader is Steward itself, where it reads what not everybody may.
var reader = itsm.Actor{Person: itsm.System, Roles: []itsm.Role{itsm.Monitor}, Door: itsm.DoorSystem, Scopes: []itsm.Scope{itsm.ScopeRead}}

// StepReview saves one step of a review with its event and its audit entry. It is tried
// until it succeeds.
func (a *Activities) StepReview(ctx context.Context, s ReviewStepping) error {
	n := s.Step.Event.Number
	err := a.Store.StepReview(ctx, n, s.Step, provenance(ctx, s.Origin))
	return a.saved(err, "%s revision %d", n, s.Step.Event.Revision)
}

// CommentOnReview saves a comment with its audit entry.
func (a *Activities) CommentOnReview(ctx context.Context, s Commenting) error {
	return a.CommentOnChange(ctx, s)
}

// CollectForReview is what the record book knows of a supplier in the period of a review.
func (a *Activities) CollectForReview(ctx context.Context, c Collecting) ([]itsm.ReadingRequest, error) {
	supplier, period, err := itsm.ParseReviewNumber(c.Number)
	if err != nil {
		return nil, err
	}
	pinned, err := a.Store.CatalogVersion(ctx, c.PolicyVersion)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(pinned.SupplierZone())
	if err != nil {
		return nil, err
	}
	from, _ := period.In(zone)
	known, err := a.Store.CollectForReview(ctx, supplier, from, c.Until)
	return known.Readings(), err
}

// ReckonReview finds out what follows from the calendar of a review's policy.
func (a *Activities) ReckonReview(ctx context.Context, r ClockReckoning) (itsm.Clocks, error) {
	return a.ReckonCorrective(ctx, r)
}

// ShowReview makes what people see in Slack agree with the record, as ShowChange does.
func (a *Activities) ShowReview(ctx context.Context, t Target) (Shown, error) {
	book, err := a.reviewBook(ctx, t)
	if err != nil {
		return Shown{}, err
	}
	return a.showAll(ctx, itsm.ReviewNotices(book))
}

// reviewBook reads all that the messages about a review are made of.
func (a *Activities) reviewBook(ctx context.Context, t Target) (b itsm.ReviewBook, err error) {
	if b.Review, err = a.Store.Review(ctx, t.Number); err != nil {
		return b, err
	}
	leaves, err := a.leaves(ctx, t, b.Review.Revision)
	if err != nil {
		return b, err
	}
	b.Timeline, b.Said = leaves.timeline, leaves.said
	b.Addressed(&leaves.catalog)
	b.People = peopleOf(leaves.catalog, b.Named())
	return b, nil
}

// ReadRating is what a review that is closed scored; of no review, when it is not.
func (a *Activities) ReadRating(ctx context.Context, n itsm.Number) (itsm.Rating, error) {
	r, err := a.Store.Review(ctx, n)
	if err != nil || r.State != itsm.ReviewClosed {
		return itsm.Rating{}, err
	}
	return r.Rating(), nil
}
