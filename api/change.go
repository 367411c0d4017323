package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
)

// RaiseChange handles POST /v1/changes.
func (d *door) RaiseChange(ctx context.Context, in RaiseChangeRequestObject) (RaiseChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.RaiseChange(ctx, who, *in.Body)
	if err != nil {
		return nil, err
	}
	return RaiseChange201JSONResponse{
		Body: r, Headers: RaiseChange201ResponseHeaders{Location: "/v1/changes/" + string(r.Number), ETag: etag(r.Revision)},
	}, nil
}

// DecideChange handles POST /v1/changes/{number}/decisions.
func (d *door) DecideChange(ctx context.Context, in DecideChangeRequestObject) (DecideChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.DecideChange(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return DecideChange200JSONResponse{receipt(r)}, nil
}

// StartChange handles POST /v1/changes/{number}/start.
func (d *door) StartChange(ctx context.Context, in StartChangeRequestObject) (StartChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.StartChange(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return StartChange200JSONResponse{receipt(r)}, nil
}

// CompleteChange handles POST /v1/changes/{number}/complete.
func (d *door) CompleteChange(ctx context.Context, in CompleteChangeRequestObject) (CompleteChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CompleteChange(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CompleteChange200JSONResponse{receipt(r)}, nil
}

// CancelChange handles POST /v1/changes/{number}/cancel.
func (d *door) CancelChange(ctx context.Context, in CancelChangeRequestObject) (CancelChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CancelChange(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CancelChange200JSONResponse{receipt(r)}, nil
}

// ReadChange handles GET /v1/changes/{number}.
func (d *door) ReadChange(ctx context.Context, in ReadChangeRequestObject) (ReadChangeResponseObject, error) {
	ctx, who := asked(ctx)
	c, err := d.desk.Change(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadChange200JSONResponse{
		Body: changeInUTC(c), Headers: ReadChange200ResponseHeaders{ETag: etag(c.Revision)},
	}, nil
}

// ReadTimeline handles GET /v1/changes/{number}/timeline.
func (d *door) ReadTimeline(ctx context.Context, in ReadTimelineRequestObject) (ReadTimelineResponseObject, error) {
	ctx, who := asked(ctx)
	events, err := d.desk.Timeline(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadTimeline200JSONResponse{Items: each(events, eventInUTC)}, nil
}

// ExplainChange handles GET /v1/changes/{number}/explain.
func (d *door) ExplainChange(ctx context.Context, in ExplainChangeRequestObject) (ExplainChangeResponseObject, error) {
	ctx, who := asked(ctx)
	e, err := d.desk.ExplainChange(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ExplainChange200JSONResponse(explanationInUTC(e)), nil
}

// ListChanges handles GET /v1/changes.
func (d *door) ListChanges(ctx context.Context, in ListChangesRequestObject) (ListChangesResponseObject, error) {
	ctx, who := asked(ctx)
	page, err := d.desk.Changes(ctx, who, desk.ChangeList{
		State: given(in.Params.State), Service: given(in.Params.Service), Mine: given(in.Params.Mine),
		Limit: given(in.Params.Limit), Cursor: given(in.Params.Cursor),
	})
	if err != nil {
		return nil, err
	}
	out := ListChanges200JSONResponse{Items: each(page.Items, changeInUTC)}
	if page.Next != "" {
		out.Next = &page.Next
	}
	return out, nil
}

// ListWaitingChanges handles GET /v1/me/changes.
func (d *door) ListWaitingChanges(ctx context.Context, _ ListWaitingChangesRequestObject) (ListWaitingChangesResponseObject, error) {
	ctx, who := asked(ctx)
	changes, err := d.desk.WaitingChanges(ctx, who)
	if err != nil {
		return nil, err
	}
	return ListWaitingChanges200JSONResponse{Items: each(changes, changeInUTC)}, nil
}

// given is what an optional parameter holds, or nothing.
func given[T any](p *T) T {
	if p == nil {
		var none T
		return none
	}
	return *p
}
