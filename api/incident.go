package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
)

// RaiseIncident handles POST /v1/incidents.
func (d *door) RaiseIncident(ctx context.Context, in RaiseIncidentRequestObject) (RaiseIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.RaiseIncident(ctx, who, *in.Body)
	if err != nil {
		return nil, err
	}
	return RaiseIncident201JSONResponse{
		Body: r, Headers: RaiseIncident201ResponseHeaders{Location: "/v1/incidents/" + string(r.Number), ETag: etag(r.Revision)},
	}, nil
}

// ReadIncident handles GET /v1/incidents/{number}.
func (d *door) ReadIncident(ctx context.Context, in ReadIncidentRequestObject) (ReadIncidentResponseObject, error) {
	ctx, who := asked(ctx)
	i, err := d.desk.Incident(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadIncident200JSONResponse{
		Body: incidentInUTC(i), Headers: ReadIncident200ResponseHeaders{ETag: etag(i.Revision)},
	}, nil
}

// ListIncidents handles GET /v1/incidents.
func (d *door) ListIncidents(ctx context.Context, in ListIncidentsRequestObject) (ListIncidentsResponseObject, error) {
	ctx, who := asked(ctx)
	p := in.Params
	page, err := d.desk.Incidents(ctx, who, desk.IncidentList{
		State: given(p.State), Open: given(p.Open), Priority: given(p.Priority), Service: given(p.Service), Team: given(p.Team),
		Mine: given(p.Mine), Assigned: given(p.Assigned), Waiting: given(p.Waiting), Limit: given(p.Limit), Cursor: given(p.Cursor),
	})
	if err != nil {
		return nil, err
	}
	out := ListIncidents200JSONResponse{Items: each(page.Items, incidentInUTC)}
	if page.Next != "" {
		out.Next = &page.Next
	}
	return out, nil
}

// ListWaitingIncidents handles GET /v1/me/incidents.
func (d *door) ListWaitingIncidents(ctx context.Context, _ ListWaitingIncidentsRequestObject) (ListWaitingIncidentsResponseObject, error) {
	ctx, who := asked(ctx)
	incidents, err := d.desk.WaitingIncidents(ctx, who)
	if err != nil {
		return nil, err
	}
	return ListWaitingIncidents200JSONResponse{Items: each(incidents, incidentInUTC)}, nil
}
