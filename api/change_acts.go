package api

import "context"

// AssessChange handles POST /v1/changes/{number}/assessment.
func (d *door) AssessChange(ctx context.Context, in AssessChangeRequestObject) (AssessChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.AssessChange(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return AssessChange200JSONResponse{receipt(r)}, nil
}

// RetractVote handles POST /v1/changes/{number}/retract.
func (d *door) RetractVote(ctx context.Context, in RetractVoteRequestObject) (RetractVoteResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.RetractVote(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return RetractVote200JSONResponse{receipt(r)}, nil
}

// DelegateChange handles POST /v1/changes/{number}/delegations.
func (d *door) DelegateChange(ctx context.Context, in DelegateChangeRequestObject) (DelegateChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.DelegateChange(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return DelegateChange200JSONResponse{receipt(r)}, nil
}

// LinkChange handles POST /v1/changes/{number}/links.
func (d *door) LinkChange(ctx context.Context, in LinkChangeRequestObject) (LinkChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.LinkChange(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return LinkChange200JSONResponse{receipt(r)}, nil
}

// HoldChange handles POST /v1/changes/{number}/hold.
func (d *door) HoldChange(ctx context.Context, in HoldChangeRequestObject) (HoldChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.HoldChange(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return HoldChange200JSONResponse{receipt(r)}, nil
}

// ResumeChange handles POST /v1/changes/{number}/resume.
func (d *door) ResumeChange(ctx context.Context, in ResumeChangeRequestObject) (ResumeChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ResumeChange(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ResumeChange200JSONResponse{receipt(r)}, nil
}

// WithdrawChange handles POST /v1/changes/{number}/withdraw.
func (d *door) WithdrawChange(ctx context.Context, in WithdrawChangeRequestObject) (WithdrawChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.WithdrawChange(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return WithdrawChange200JSONResponse{receipt(r)}, nil
}

// ReassignChange handles POST /v1/changes/{number}/reassign.
func (d *door) ReassignChange(ctx context.Context, in ReassignChangeRequestObject) (ReassignChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ReassignChange(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ReassignChange200JSONResponse{receipt(r)}, nil
}
