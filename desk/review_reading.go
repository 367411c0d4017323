package desk

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// ReviewList says which reviews to list.
type ReviewList struct {
	State    itsm.ReviewState // empty: any
	Open     bool             // only what is not over
	Supplier itsm.Number      // empty: any
	Band     itsm.Band        // that it scored; empty: any
	Owned    bool             // only of suppliers whose relationship the caller owns
	Waiting  bool             // only what waits for the caller
	Limit    int              // 1 to 200; 0: 50
	Cursor   string           // Next of the page before; empty: the newest
}

// ReviewPage is one page of reviews.
type ReviewPage = Page[itsm.SupplierReview]

// Review returns one review of a supplier.
func (d *Desk) Review(ctx context.Context, who Caller, n itsm.Number) (itsm.SupplierReview, error) {
	return about(ctx, d, reviews, who, "supplier_review.read", n, func(r *itsm.SupplierReview) (itsm.SupplierReview, error) { return *r, nil })
}

// Reviews lists reviews by the end of their periods, the newest first.
func (d *Desk) Reviews(ctx context.Context, who Caller, list ReviewList) (ReviewPage, error) {
	return reading(ctx, d, who, "supplier_review.list", itsm.ReadSuppliers, "", func() (page ReviewPage, err error) {
		f, err := reviewFilter(who, list)
		if err != nil {
			return page, err
		}
		read := func(ctx context.Context, before db.Cursor, most int) ([]itsm.SupplierReview, error) {
			f.Before, f.Limit = before, most
			return d.Store.Reviews(ctx, f)
		}
		question := list
		question.Limit, question.Cursor = 0, ""
		asked := listing{"supplier_reviews", question, list.Limit, list.Cursor}
		return paged(ctx, d, asked, read, func(r itsm.SupplierReview) place { return place{RaisedAt: r.StartedAt, Number: r.Number} })
	})
}

func reviewFilter(who Caller, list ReviewList) (db.ReviewFilter, error) {
	f := db.ReviewFilter{State: list.State, Open: list.Open, Supplier: list.Supplier, Band: list.Band, Reader: who.Actor}
	switch {
	case list.State != "" && !slices.Contains(itsm.ReviewStates, list.State):
		return f, noState(list.State)
	case list.Band != "" && !slices.Contains(itsm.Bands, list.Band):
		return f, itsm.Refuse(itsm.Invalid, "list.band", "There is no band called %q.", list.Band)
	}
	if list.Supplier != "" {
		if err := list.Supplier.Check(); err != nil {
			return f, err
		}
	}
	if list.Owned {
		f.Owner = who.Person
	}
	if list.Waiting {
		f.WaitingFor = who.Actor
	}
	return f, nil
}

// WaitingReviews lists the reviews that wait for the caller. The newest page of them is
// enough for a person.
func (d *Desk) WaitingReviews(ctx context.Context, who Caller) ([]itsm.SupplierReview, error) {
	return reading(ctx, d, who, "supplier_review.waiting", itsm.ReadSuppliers, "", func() ([]itsm.SupplierReview, error) { return d.reviewsFor(ctx, who) })
}

func (d *Desk) reviewsFor(ctx context.Context, who Caller) ([]itsm.SupplierReview, error) {
	return d.Store.Reviews(ctx, db.ReviewFilter{WaitingFor: who.Actor, Reader: who.Actor, Limit: maxPage})
}

// ReviewTimeline returns what happened to a review, oldest first.
func (d *Desk) ReviewTimeline(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Event, error) {
	return about(ctx, d, reviews, who, "supplier_review.timeline", n, func(*itsm.SupplierReview) ([]itsm.Event, error) { return d.Store.Timeline(ctx, n) })
}

// ReviewComments lists what was said about a review, oldest first.
func (d *Desk) ReviewComments(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Comment, error) {
	return about(ctx, d, reviews, who, "supplier_review.comments", n, func(*itsm.SupplierReview) ([]itsm.Comment, error) { return d.Store.Comments(ctx, n) })
}

// ReviewRelations lists how other records are to a review, as far as the caller may see
// them.
func (d *Desk) ReviewRelations(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Relation, error) {
	return about(ctx, d, reviews, who, "supplier_review.relations", n, func(*itsm.SupplierReview) ([]itsm.Relation, error) { return d.relations(ctx, who, n) })
}

// ExplainReview says why a review stands where it does, and what the caller can do.
func (d *Desk) ExplainReview(ctx context.Context, who Caller, n itsm.Number) (itsm.Explanation, error) {
	return about(ctx, d, reviews, who, "supplier_review.explain", n, func(r *itsm.SupplierReview) (itsm.Explanation, error) {
		e := r.Explain()
		e.Acts = r.ActsFor(who.Actor)
		return e, nil
	})
}
