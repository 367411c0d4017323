package api

import "context"

// AcknowledgeIncident handles POST /v1/incidents/{number}/acknowledge.
func (d *door) AcknowledgeIncident(ctx context.Context, in AcknowledgeIncidentRequestObject) (AcknowledgeIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.AcknowledgeIncident(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return AcknowledgeIncident200JSONResponse{receipt(r)}, nil
}

// AssignIncident handles POST /v1/incidents/{number}/assign.
func (d *door) AssignIncident(ctx context.Context, in AssignIncidentRequestObject) (AssignIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.AssignIncident(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return AssignIncident200JSONResponse{receipt(r)}, nil
}

// ReprioritiseIncident handles POST /v1/incidents/{number}/reprioritise.
func (d *door) ReprioritiseIncident(ctx context.Context, in ReprioritiseIncidentRequestObject) (ReprioritiseIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ReprioritiseIncident(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ReprioritiseIncident200JSONResponse{receipt(r)}, nil
}

// HoldIncident handles POST /v1/incidents/{number}/hold.
func (d *door) HoldIncident(ctx context.Context, in HoldIncidentRequestObject) (HoldIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.HoldIncident(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return HoldIncident200JSONResponse{receipt(r)}, nil
}

// ResumeIncident handles POST /v1/incidents/{number}/resume.
func (d *door) ResumeIncident(ctx context.Context, in ResumeIncidentRequestObject) (ResumeIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ResumeIncident(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ResumeIncident200JSONResponse{receipt(r)}, nil
}

// EscalateIncident handles POST /v1/incidents/{number}/escalate.
func (d *door) EscalateIncident(ctx context.Context, in EscalateIncidentRequestObject) (EscalateIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.EscalateIncident(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return EscalateIncident200JSONResponse{receipt(r)}, nil
}

// RelateIncident handles POST /v1/incidents/{number}/links.
func (d *door) RelateIncident(ctx context.Context, in RelateIncidentRequestObject) (RelateIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.RelateIncident(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return RelateIncident200JSONResponse{receipt(r)}, nil
}

// EndIncidentAsDuplicate handles POST /v1/incidents/{number}/duplicate.
func (d *door) EndIncidentAsDuplicate(ctx context.Context, in EndIncidentAsDuplicateRequestObject) (EndIncidentAsDuplicateResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.EndIncidentAsDuplicate(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return EndIncidentAsDuplicate200JSONResponse{receipt(r)}, nil
}

// SetIncidentParent handles POST /v1/incidents/{number}/parent.
func (d *door) SetIncidentParent(ctx context.Context, in SetIncidentParentRequestObject) (SetIncidentParentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.SetIncidentParent(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return SetIncidentParent200JSONResponse{receipt(r)}, nil
}

// ResolveIncident handles POST /v1/incidents/{number}/resolve.
func (d *door) ResolveIncident(ctx context.Context, in ResolveIncidentRequestObject) (ResolveIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ResolveIncident(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ResolveIncident200JSONResponse{receipt(r)}, nil
}

// ConfirmIncident handles POST /v1/incidents/{number}/confirm.
func (d *door) ConfirmIncident(ctx context.Context, in ConfirmIncidentRequestObject) (ConfirmIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ConfirmIncident(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ConfirmIncident200JSONResponse{receipt(r)}, nil
}

// ReopenIncident handles POST /v1/incidents/{number}/reopen.
func (d *door) ReopenIncident(ctx context.Context, in ReopenIncidentRequestObject) (ReopenIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ReopenIncident(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ReopenIncident200JSONResponse{receipt(r)}, nil
}

// CancelIncident handles POST /v1/incidents/{number}/cancel.
func (d *door) CancelIncident(ctx context.Context, in CancelIncidentRequestObject) (CancelIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CancelIncident(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CancelIncident200JSONResponse{receipt(r)}, nil
}

// ApplyWorkaround handles POST /v1/incidents/{number}/apply.
func (d *door) ApplyWorkaround(ctx context.Context, in ApplyWorkaroundRequestObject) (ApplyWorkaroundResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ApplyWorkaround(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ApplyWorkaround200JSONResponse{receipt(r)}, nil
}

// CommentOnIncident handles POST /v1/incidents/{number}/comments.
func (d *door) CommentOnIncident(ctx context.Context, in CommentOnIncidentRequestObject) (CommentOnIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CommentOnIncident(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CommentOnIncident200JSONResponse{receipt(r)}, nil
}
