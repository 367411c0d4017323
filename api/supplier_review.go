package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// ReadSupplierReview handles GET /v1/suppliers/{number}/reviews/{period}.
func (d *door) ReadSupplierReview(ctx context.Context, in ReadSupplierReviewRequestObject) (ReadSupplierReviewResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.Review(ctx, who, itsm.ReviewNumber(in.Number, in.Period))
	if err != nil {
		return nil, err
	}
	return ReadSupplierReview200JSONResponse{
		Body: reviewedInUTC(r), Headers: ReadSupplierReview200ResponseHeaders{ETag: etag(r.Revision)},
	}, nil
}

// ListSupplierReviews handles GET /v1/supplier-reviews.
func (d *door) ListSupplierReviews(ctx context.Context, in ListSupplierReviewsRequestObject) (ListSupplierReviewsResponseObject, error) {
	ctx, who := asked(ctx)
	p := in.Params
	page, err := d.desk.Reviews(ctx, who, desk.ReviewList{
		State: given(p.State), Open: given(p.Open), Supplier: given(p.Supplier), Band: given(p.Band), Owned: given(p.Owned),
		Waiting: given(p.Waiting), Limit: given(p.Limit), Cursor: given(p.Cursor),
	})
	if err != nil {
		return nil, err
	}
	out := ListSupplierReviews200JSONResponse{Items: each(page.Items, reviewedInUTC)}
	if page.Next != "" {
		out.Next = &page.Next
	}
	return out, nil
}

// ListWaitingSupplierReviews handles GET /v1/me/supplier-reviews.
func (d *door) ListWaitingSupplierReviews(ctx context.Context, _ ListWaitingSupplierReviewsRequestObject) (ListWaitingSupplierReviewsResponseObject, error) {
	ctx, who := asked(ctx)
	all, err := d.desk.WaitingReviews(ctx, who)
	if err != nil {
		return nil, err
	}
	return ListWaitingSupplierReviews200JSONResponse{Items: each(all, reviewedInUTC)}, nil
}

// ReadSupplierReviewTimeline handles GET /v1/suppliers/{number}/reviews/{period}/timeline.
func (d *door) ReadSupplierReviewTimeline(ctx context.Context, in ReadSupplierReviewTimelineRequestObject) (ReadSupplierReviewTimelineResponseObject, error) {
	ctx, who := asked(ctx)
	events, err := d.desk.ReviewTimeline(ctx, who, itsm.ReviewNumber(in.Number, in.Period))
	if err != nil {
		return nil, err
	}
	return ReadSupplierReviewTimeline200JSONResponse{Items: each(events, eventInUTC)}, nil
}

// ExplainSupplierReview handles GET /v1/suppliers/{number}/reviews/{period}/explain.
func (d *door) ExplainSupplierReview(ctx context.Context, in ExplainSupplierReviewRequestObject) (ExplainSupplierReviewResponseObject, error) {
	ctx, who := asked(ctx)
	e, err := d.desk.ExplainReview(ctx, who, itsm.ReviewNumber(in.Number, in.Period))
	if err != nil {
		return nil, err
	}
	return ExplainSupplierReview200JSONResponse(explanationInUTC(e)), nil
}

// ListSupplierReviewComments handles GET /v1/suppliers/{number}/reviews/{period}/comments.
func (d *door) ListSupplierReviewComments(ctx context.Context, in ListSupplierReviewCommentsRequestObject) (ListSupplierReviewCommentsResponseObject, error) {
	ctx, who := asked(ctx)
	said, err := d.desk.ReviewComments(ctx, who, itsm.ReviewNumber(in.Number, in.Period))
	if err != nil {
		return nil, err
	}
	return ListSupplierReviewComments200JSONResponse{Items: each(said, commentInUTC)}, nil
}
