package api

import "context"

// AcknowledgeCorrectiveAction handles POST /v1/corrective-actions/{number}/acknowledge.
func (d *door) AcknowledgeCorrectiveAction(ctx context.Context, in AcknowledgeCorrectiveActionRequestObject) (AcknowledgeCorrectiveActionResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.AcknowledgeCorrective(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return AcknowledgeCorrectiveAction200JSONResponse{receipt(r)}, nil
}

// FindCorrectiveCause handles POST /v1/corrective-actions/{number}/rca.
func (d *door) FindCorrectiveCause(ctx context.Context, in FindCorrectiveCauseRequestObject) (FindCorrectiveCauseResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.FindCorrectiveCause(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return FindCorrectiveCause200JSONResponse{receipt(r)}, nil
}

// PlanCorrectiveAction handles POST /v1/corrective-actions/{number}/plan.
func (d *door) PlanCorrectiveAction(ctx context.Context, in PlanCorrectiveActionRequestObject) (PlanCorrectiveActionResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.PlanCorrective(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return PlanCorrectiveAction200JSONResponse{receipt(r)}, nil
}

// DecideCorrectivePlan handles POST /v1/corrective-actions/{number}/decide.
func (d *door) DecideCorrectivePlan(ctx context.Context, in DecideCorrectivePlanRequestObject) (DecideCorrectivePlanResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.DecideCorrectivePlan(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return DecideCorrectivePlan200JSONResponse{receipt(r)}, nil
}

// StepOfCorrectiveAction handles POST /v1/corrective-actions/{number}/step.
func (d *door) StepOfCorrectiveAction(ctx context.Context, in StepOfCorrectiveActionRequestObject) (StepOfCorrectiveActionResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.StepOfCorrective(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return StepOfCorrectiveAction200JSONResponse{receipt(r)}, nil
}

// ImplementCorrectiveAction handles POST /v1/corrective-actions/{number}/implement.
func (d *door) ImplementCorrectiveAction(ctx context.Context, in ImplementCorrectiveActionRequestObject) (ImplementCorrectiveActionResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ImplementCorrective(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ImplementCorrectiveAction200JSONResponse{receipt(r)}, nil
}

// VerifyCorrectiveAction handles POST /v1/corrective-actions/{number}/verify.
func (d *door) VerifyCorrectiveAction(ctx context.Context, in VerifyCorrectiveActionRequestObject) (VerifyCorrectiveActionResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.VerifyCorrective(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return VerifyCorrectiveAction200JSONResponse{receipt(r)}, nil
}

// AssignCorrectiveAction handles POST /v1/corrective-actions/{number}/assign.
func (d *door) AssignCorrectiveAction(ctx context.Context, in AssignCorrectiveActionRequestObject) (AssignCorrectiveActionResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.AssignCorrective(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return AssignCorrectiveAction200JSONResponse{receipt(r)}, nil
}

// RelateCorrectiveAction handles POST /v1/corrective-actions/{number}/links.
func (d *door) RelateCorrectiveAction(ctx context.Context, in RelateCorrectiveActionRequestObject) (RelateCorrectiveActionResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.RelateCorrective(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return RelateCorrectiveAction200JSONResponse{receipt(r)}, nil
}

// CommentOnCorrectiveAction handles POST /v1/corrective-actions/{number}/comments.
func (d *door) CommentOnCorrectiveAction(ctx context.Context, in CommentOnCorrectiveActionRequestObject) (CommentOnCorrectiveActionResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CommentOnCorrective(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CommentOnCorrectiveAction200JSONResponse{receipt(r)}, nil
}

// WithdrawCorrectiveAction handles POST /v1/corrective-actions/{number}/withdraw.
func (d *door) WithdrawCorrectiveAction(ctx context.Context, in WithdrawCorrectiveActionRequestObject) (WithdrawCorrectiveActionResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.WithdrawCorrective(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return WithdrawCorrectiveAction200JSONResponse{receipt(r)}, nil
}
