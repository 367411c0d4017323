package desk

import (
	"context"
	"fmt"

	"github.com/steward-itsm/steward/itsm"
)

// MeasureReview gives what was measured in the review of a supplier.
func (d *Desk) MeasureReview(ctx context.Context, who Caller, n itsm.Number, q itsm.ReadingRequest) (itsm.Receipt, error) {
	return perform(ctx, d, reviews, who, n, itsm.ActMeasure, q,
		func(r *itsm.SupplierReview) error { return r.CheckMeasure(who.Actor, q) },
		func(*itsm.SupplierReview) error { return q.CheckEvidence(d.seenBy(ctx, who)) })
}

// SeeReading says that somebody else saw the evidence of a measure, too.
func (d *Desk) SeeReading(ctx context.Context, who Caller, n itsm.Number, q itsm.SeenRequest) (itsm.Receipt, error) {
	return perform(ctx, d, reviews, who, n, itsm.ActSeen, q,
		func(r *itsm.SupplierReview) error { return r.CheckSeen(who.Actor, q) })
}

// ScoreReview scores a supplier by what was measured.
func (d *Desk) ScoreReview(ctx context.Context, who Caller, n itsm.Number, q itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, reviews, who, n, itsm.ActScore, q,
		func(r *itsm.SupplierReview) error { return r.CheckScore(who.Actor, q) })
}

// MeetReview records the meeting with the supplier.
func (d *Desk) MeetReview(ctx context.Context, who Caller, n itsm.Number, q itsm.MeetingRequest) (itsm.Receipt, error) {
	return perform(ctx, d, reviews, who, n, itsm.ActMeet, q,
		func(r *itsm.SupplierReview) error { return r.CheckMeet(who.Actor, q) })
}

// AgreeAction records the actions that were agreed on.
func (d *Desk) AgreeAction(ctx context.Context, who Caller, n itsm.Number, q itsm.AgreeRequest) (itsm.Receipt, error) {
	return perform(ctx, d, reviews, who, n, itsm.ActAgree, q,
		func(r *itsm.SupplierReview) error { return r.CheckAgree(who.Actor, q) },
		func(*itsm.SupplierReview) error {
			for k, a := range q.Actions[:min(len(q.Actions), itsm.MaxReviewActions)] {
				if err := d.named(ctx, fmt.Sprintf("/actions/%d/owner", k), a.Owner, itsm.KeepSuppliers); err != nil {
					return err
				}
			}
			return nil
		})
}

// SignOffReview says that a review was a fair one, and closes it.
func (d *Desk) SignOffReview(ctx context.Context, who Caller, n itsm.Number, q itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, reviews, who, n, itsm.ActSignOff, q,
		func(r *itsm.SupplierReview) error { return r.CheckSignOff(who.Actor, q) })
}

// CancelReview drops a review.
func (d *Desk) CancelReview(ctx context.Context, who Caller, n itsm.Number, q itsm.Cancellation) (itsm.Receipt, error) {
	return perform(ctx, d, reviews, who, n, itsm.ActReviewCancel, q,
		func(r *itsm.SupplierReview) error { return r.CheckCancel(who.Actor, q) })
}

// CommentOnReview adds a comment, a question or an answer. It raises no revision.
func (d *Desk) CommentOnReview(ctx context.Context, who Caller, n itsm.Number, q itsm.CommentRequest) (itsm.Receipt, error) {
	return perform(ctx, d, reviews, who, n, itsm.ActReviewComment, q, func(r *itsm.SupplierReview) error {
		// Which questions there were, its process took with it.
		return r.CheckComment(who.Actor, itsm.CommentRequest{Text: q.Text, Update: q.Update}, itsm.Talk{})
	})
}
