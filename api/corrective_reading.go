package api

import "context"

// ReadCorrectiveActionTimeline handles GET /v1/corrective-actions/{number}/timeline.
func (d *door) ReadCorrectiveActionTimeline(ctx context.Context, in ReadCorrectiveActionTimelineRequestObject) (ReadCorrectiveActionTimelineResponseObject, error) {
	ctx, who := asked(ctx)
	events, err := d.desk.CorrectiveTimeline(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadCorrectiveActionTimeline200JSONResponse{Items: each(events, eventInUTC)}, nil
}

// ExplainCorrectiveAction handles GET /v1/corrective-actions/{number}/explain.
func (d *door) ExplainCorrectiveAction(ctx context.Context, in ExplainCorrectiveActionRequestObject) (ExplainCorrectiveActionResponseObject, error) {
	ctx, who := asked(ctx)
	e, err := d.desk.ExplainCorrective(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ExplainCorrectiveAction200JSONResponse(explanationInUTC(e)), nil
}

// ListCorrectiveActionComments handles GET /v1/corrective-actions/{number}/comments.
func (d *door) ListCorrectiveActionComments(ctx context.Context, in ListCorrectiveActionCommentsRequestObject) (ListCorrectiveActionCommentsResponseObject, error) {
	ctx, who := asked(ctx)
	said, err := d.desk.CorrectiveComments(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ListCorrectiveActionComments200JSONResponse{Items: each(said, commentInUTC)}, nil
}

// ReadCorrectiveActionRelations handles GET /v1/corrective-actions/{number}/relations.
func (d *door) ReadCorrectiveActionRelations(ctx context.Context, in ReadCorrectiveActionRelationsRequestObject) (ReadCorrectiveActionRelationsResponseObject, error) {
	ctx, who := asked(ctx)
	relations, err := d.desk.CorrectiveRelations(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadCorrectiveActionRelations200JSONResponse{Items: each(relations, relationInUTC)}, nil
}
