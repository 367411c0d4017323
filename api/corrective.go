package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
)

// RaiseCorrectiveAction handles POST /v1/corrective-actions.
func (d *door) RaiseCorrectiveAction(ctx context.Context, in RaiseCorrectiveActionRequestObject) (RaiseCorrectiveActionResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.RaiseCorrective(ctx, who, *in.Body)
	if err != nil {
		return nil, err
	}
	return RaiseCorrectiveAction201JSONResponse{
		Body: r, Headers: RaiseCorrectiveAction201ResponseHeaders{Location: "/v1/corrective-actions/" + string(r.Number), ETag: etag(r.Revision)},
	}, nil
}

// ReadCorrectiveAction handles GET /v1/corrective-actions/{number}.
func (d *door) ReadCorrectiveAction(ctx context.Context, in ReadCorrectiveActionRequestObject) (ReadCorrectiveActionResponseObject, error) {
	ctx, who := asked(ctx)
	c, err := d.desk.CorrectiveAction(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadCorrectiveAction200JSONResponse{
		Body: correctiveInUTC(c), Headers: ReadCorrectiveAction200ResponseHeaders{ETag: etag(c.Revision)},
	}, nil
}

// ListCorrectiveActions handles GET /v1/corrective-actions.
func (d *door) ListCorrectiveActions(ctx context.Context, in ListCorrectiveActionsRequestObject) (ListCorrectiveActionsResponseObject, error) {
	ctx, who := asked(ctx)
	p := in.Params
	page, err := d.desk.CorrectiveActions(ctx, who, desk.CorrectiveList{
		State: given(p.State), Open: given(p.Open), Severity: given(p.Severity), Service: given(p.Service), Team: given(p.Team),
		Source: given(p.Source), Mine: given(p.Mine), Owned: given(p.Owned), Waiting: given(p.Waiting), Limit: given(p.Limit), Cursor: given(p.Cursor),
	})
	if err != nil {
		return nil, err
	}
	out := ListCorrectiveActions200JSONResponse{Items: each(page.Items, correctiveInUTC)}
	if page.Next != "" {
		out.Next = &page.Next
	}
	return out, nil
}

// ListWaitingCorrectiveActions handles GET /v1/me/corrective-actions.
func (d *door) ListWaitingCorrectiveActions(ctx context.Context, _ ListWaitingCorrectiveActionsRequestObject) (ListWaitingCorrectiveActionsResponseObject, error) {
	ctx, who := asked(ctx)
	all, err := d.desk.WaitingCorrective(ctx, who)
	if err != nil {
		return nil, err
	}
	return ListWaitingCorrectiveActions200JSONResponse{Items: each(all, correctiveInUTC)}, nil
}
