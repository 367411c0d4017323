package api

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// MeasureSupplierReview handles POST /v1/suppliers/{number}/reviews/{period}/measure.
func (d *door) MeasureSupplierReview(ctx context.Context, in MeasureSupplierReviewRequestObject) (MeasureSupplierReviewResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.MeasureReview(ctx, who, itsm.ReviewNumber(in.Number, in.Period), *in.Body)
	if err != nil {
		return nil, err
	}
	return MeasureSupplierReview200JSONResponse{receipt(r)}, nil
}

// SeeSupplierReading handles POST /v1/suppliers/{number}/reviews/{period}/see.
func (d *door) SeeSupplierReading(ctx context.Context, in SeeSupplierReadingRequestObject) (SeeSupplierReadingResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.SeeReading(ctx, who, itsm.ReviewNumber(in.Number, in.Period), *in.Body)
	if err != nil {
		return nil, err
	}
	return SeeSupplierReading200JSONResponse{receipt(r)}, nil
}

// ScoreSupplierReview handles POST /v1/suppliers/{number}/reviews/{period}/score.
func (d *door) ScoreSupplierReview(ctx context.Context, in ScoreSupplierReviewRequestObject) (ScoreSupplierReviewResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ScoreReview(ctx, who, itsm.ReviewNumber(in.Number, in.Period), *in.Body)
	if err != nil {
		return nil, err
	}
	return ScoreSupplierReview200JSONResponse{receipt(r)}, nil
}

// MeetSupplier handles POST /v1/suppliers/{number}/reviews/{period}/meet.
func (d *door) MeetSupplier(ctx context.Context, in MeetSupplierRequestObject) (MeetSupplierResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.MeetReview(ctx, who, itsm.ReviewNumber(in.Number, in.Period), *in.Body)
	if err != nil {
		return nil, err
	}
	return MeetSupplier200JSONResponse{receipt(r)}, nil
}

// AgreeSupplierActions handles POST /v1/suppliers/{number}/reviews/{period}/agree.
func (d *door) AgreeSupplierActions(ctx context.Context, in AgreeSupplierActionsRequestObject) (AgreeSupplierActionsResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.AgreeAction(ctx, who, itsm.ReviewNumber(in.Number, in.Period), *in.Body)
	if err != nil {
		return nil, err
	}
	return AgreeSupplierActions200JSONResponse{receipt(r)}, nil
}

// SignOffSupplierReview handles POST /v1/suppliers/{number}/reviews/{period}/sign-off.
func (d *door) SignOffSupplierReview(ctx context.Context, in SignOffSupplierReviewRequestObject) (SignOffSupplierReviewResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.SignOffReview(ctx, who, itsm.ReviewNumber(in.Number, in.Period), *in.Body)
	if err != nil {
		return nil, err
	}
	return SignOffSupplierReview200JSONResponse{receipt(r)}, nil
}

// CancelSupplierReview handles POST /v1/suppliers/{number}/reviews/{period}/cancel.
func (d *door) CancelSupplierReview(ctx context.Context, in CancelSupplierReviewRequestObject) (CancelSupplierReviewResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CancelReview(ctx, who, itsm.ReviewNumber(in.Number, in.Period), *in.Body)
	if err != nil {
		return nil, err
	}
	return CancelSupplierReview200JSONResponse{receipt(r)}, nil
}

// CommentOnSupplierReview handles POST /v1/suppliers/{number}/reviews/{period}/comments.
func (d *door) CommentOnSupplierReview(ctx context.Context, in CommentOnSupplierReviewRequestObject) (CommentOnSupplierReviewResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CommentOnReview(ctx, who, itsm.ReviewNumber(in.Number, in.Period), *in.Body)
	if err != nil {
		return nil, err
	}
	return CommentOnSupplierReview200JSONResponse{receipt(r)}, nil
}
