package api

import "context"

// ReadIncidentTimeline handles GET /v1/incidents/{number}/timeline.
func (d *door) ReadIncidentTimeline(ctx context.Context, in ReadIncidentTimelineRequestObject) (ReadIncidentTimelineResponseObject, error) {
	ctx, who := asked(ctx)
	events, err := d.desk.IncidentTimeline(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadIncidentTimeline200JSONResponse{Items: each(events, eventInUTC)}, nil
}

// ExplainIncident handles GET /v1/incidents/{number}/explain.
func (d *door) ExplainIncident(ctx context.Context, in ExplainIncidentRequestObject) (ExplainIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	e, err := d.desk.ExplainIncident(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ExplainIncident200JSONResponse(explanationInUTC(e)), nil
}

// ListIncidentComments handles GET /v1/incidents/{number}/comments.
func (d *door) ListIncidentComments(ctx context.Context, in ListIncidentCommentsRequestObject) (ListIncidentCommentsResponseObject, error) {
	ctx, who := asked(ctx)
	said, err := d.desk.IncidentComments(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ListIncidentComments200JSONResponse{Items: each(said, commentInUTC)}, nil
}

// ReadClocks handles GET /v1/incidents/{number}/clocks.
func (d *door) ReadClocks(ctx context.Context, in ReadClocksRequestObject) (ReadClocksResponseObject, error) {
	ctx, who := asked(ctx)
	clocks, err := d.desk.IncidentClocks(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadClocks200JSONResponse{Items: each(clocks, readingInUTC)}, nil
}

// SuggestForIncident handles GET /v1/incidents/{number}/suggestions.
func (d *door) SuggestForIncident(ctx context.Context, in SuggestForIncidentRequestObject) (SuggestForIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	changes, err := d.desk.IncidentSuggestions(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return SuggestForIncident200JSONResponse{Items: each(changes, changeInUTC)}, nil
}

// ReadRelations handles GET /v1/incidents/{number}/relations.
func (d *door) ReadRelations(ctx context.Context, in ReadRelationsRequestObject) (ReadRelationsResponseObject, error) {
	ctx, who := asked(ctx)
	relations, err := d.desk.Relations(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadRelations200JSONResponse{Items: each(relations, relationInUTC)}, nil
}

// ReadChangeRelations handles GET /v1/changes/{number}/relations.
func (d *door) ReadChangeRelations(ctx context.Context, in ReadChangeRelationsRequestObject) (ReadChangeRelationsResponseObject, error) {
	ctx, who := asked(ctx)
	relations, err := d.desk.ChangeRelations(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadChangeRelations200JSONResponse{Items: each(relations, relationInUTC)}, nil
}

// ReadOnCall handles GET /v1/oncall.
func (d *door) ReadOnCall(ctx context.Context, in ReadOnCallRequestObject) (ReadOnCallResponseObject, error) {
	ctx, who := asked(ctx)
	o, err := d.desk.OnCall(ctx, who, in.Params.Service)
	if err != nil {
		return nil, err
	}
	return ReadOnCall200JSONResponse(onCallInUTC(o)), nil
}
