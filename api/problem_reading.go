package api

import "context"

// ReadProblemTimeline handles GET /v1/problems/{number}/timeline.
func (d *door) ReadProblemTimeline(ctx context.Context, in ReadProblemTimelineRequestObject) (ReadProblemTimelineResponseObject, error) {
	ctx, who := asked(ctx)
	events, err := d.desk.ProblemTimeline(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadProblemTimeline200JSONResponse{Items: each(events, eventInUTC)}, nil
}

// ExplainProblem handles GET /v1/problems/{number}/explain.
func (d *door) ExplainProblem(ctx context.Context, in ExplainProblemRequestObject) (ExplainProblemResponseObject, error) {
	ctx, who := asked(ctx)
	e, err := d.desk.ExplainProblem(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ExplainProblem200JSONResponse(explanationInUTC(e)), nil
}

// ListProblemComments handles GET /v1/problems/{number}/comments.
func (d *door) ListProblemComments(ctx context.Context, in ListProblemCommentsRequestObject) (ListProblemCommentsResponseObject, error) {
	ctx, who := asked(ctx)
	said, err := d.desk.ProblemComments(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ListProblemComments200JSONResponse{Items: each(said, commentInUTC)}, nil
}

// ReadProblemRelations handles GET /v1/problems/{number}/relations.
func (d *door) ReadProblemRelations(ctx context.Context, in ReadProblemRelationsRequestObject) (ReadProblemRelationsResponseObject, error) {
	ctx, who := asked(ctx)
	relations, err := d.desk.ProblemRelations(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadProblemRelations200JSONResponse{Items: each(relations, relationInUTC)}, nil
}

// DraftFix handles GET /v1/problems/{number}/fix-draft.
func (d *door) DraftFix(ctx context.Context, in DraftFixRequestObject) (DraftFixResponseObject, error) {
	ctx, who := asked(ctx)
	draft, err := d.desk.FixDraft(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return DraftFix200JSONResponse(draft), nil
}

// ListKnownErrors handles GET /v1/known-errors.
func (d *door) ListKnownErrors(ctx context.Context, in ListKnownErrorsRequestObject) (ListKnownErrorsResponseObject, error) {
	ctx, who := asked(ctx)
	found, err := d.desk.KnownErrors(ctx, who, given(in.Params.Q), given(in.Params.Limit))
	if err != nil {
		return nil, err
	}
	return ListKnownErrors200JSONResponse{Items: each(found, knownErrorFoundInUTC)}, nil
}

// ReadIncidentKnownErrors handles GET /v1/incidents/{number}/known-errors.
func (d *door) ReadIncidentKnownErrors(ctx context.Context, in ReadIncidentKnownErrorsRequestObject) (ReadIncidentKnownErrorsResponseObject, error) {
	ctx, who := asked(ctx)
	found, err := d.desk.IncidentKnownErrors(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadIncidentKnownErrors200JSONResponse{Items: each(found, knownErrorFoundInUTC)}, nil
}
