package api

import "context"

// ProposeForContract handles POST /v1/contracts/{number}/propose.
func (d *door) ProposeForContract(ctx context.Context, in ProposeForContractRequestObject) (ProposeForContractResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ProposeForContract(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ProposeForContract200JSONResponse{receipt(r)}, nil
}

// DecideContract handles POST /v1/contracts/{number}/decide.
func (d *door) DecideContract(ctx context.Context, in DecideContractRequestObject) (DecideContractResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.DecideContract(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return DecideContract200JSONResponse{receipt(r)}, nil
}

// GiveNotice handles POST /v1/contracts/{number}/notice.
func (d *door) GiveNotice(ctx context.Context, in GiveNoticeRequestObject) (GiveNoticeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.GiveNotice(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return GiveNotice200JSONResponse{receipt(r)}, nil
}

// ReviewContract handles POST /v1/contracts/{number}/review.
func (d *door) ReviewContract(ctx context.Context, in ReviewContractRequestObject) (ReviewContractResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ReviewContract(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ReviewContract200JSONResponse{receipt(r)}, nil
}

// CancelContract handles POST /v1/contracts/{number}/cancel.
func (d *door) CancelContract(ctx context.Context, in CancelContractRequestObject) (CancelContractResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CancelContract(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CancelContract200JSONResponse{receipt(r)}, nil
}

// CommentOnContract handles POST /v1/contracts/{number}/comments.
func (d *door) CommentOnContract(ctx context.Context, in CommentOnContractRequestObject) (CommentOnContractResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CommentOnContract(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CommentOnContract200JSONResponse{receipt(r)}, nil
}
