package api

import (
	"context"
	"mime"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/desk/picture"
	"github.com/steward-itsm/steward/itsm"
)

// ListRecords handles GET /v1/records.
func (d *door) ListRecords(ctx context.Context, in ListRecordsRequestObject) (ListRecordsResponseObject, error) {
	ctx, who := asked(ctx)
	p := in.Params
	page, err := d.desk.Records(ctx, who, desk.RecordList{
		Kind: given(p.Kind), State: given(p.State), Service: given(p.Service), Mine: given(p.Mine), Assigned: given(p.Assigned),
		Open: given(p.Open), Late: given(p.Late), Week: given(p.Week), Limit: given(p.Limit), Cursor: given(p.Cursor),
	})
	if err != nil {
		return nil, err
	}
	out := ListRecords200JSONResponse{Items: each(page.Items, recordInUTC)}
	if page.Next != "" {
		out.Next = &page.Next
	}
	return out, nil
}

// ReadRecord handles GET /v1/records/{number}.
func (d *door) ReadRecord(ctx context.Context, in ReadRecordRequestObject) (ReadRecordResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.Record(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadRecord200JSONResponse{Body: recordInUTC(r), Headers: ReadRecord200ResponseHeaders{ETag: etag(r.Revision)}}, nil
}

// ReadRecordTimeline handles GET /v1/records/{number}/timeline.
func (d *door) ReadRecordTimeline(ctx context.Context, in ReadRecordTimelineRequestObject) (ReadRecordTimelineResponseObject, error) {
	ctx, who := asked(ctx)
	events, err := d.desk.RecordTimeline(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadRecordTimeline200JSONResponse{Items: each(events, eventInUTC)}, nil
}

// ReadGraph handles GET /v1/records/{number}/graph.
func (d *door) ReadGraph(ctx context.Context, in ReadGraphRequestObject) (ReadGraphResponseObject, error) {
	drawn := given(in.Params.Format) == Svg || (in.Params.Format == nil && wantsPicture(ctx))
	ctx, who := asked(ctx)
	g, err := d.desk.Graph(ctx, who, in.Number, given(in.Params.Depth))
	if err != nil {
		return nil, err
	}
	if drawn {
		svg := picture.SVG(g, picture.Page)
		return ReadGraph200ImagesvgXmlResponse{Body: strings.NewReader(svg), ContentLength: int64(len(svg))}, nil
	}
	return ReadGraph200JSONResponse(graphInUTC(g)), nil
}

// wantsPicture reports whether a request takes an SVG and does not name JSON before it.
func wantsPicture(ctx context.Context) bool {
	c, ok := ctx.(*gin.Context)
	if !ok {
		return false
	}
	for kind := range strings.SplitSeq(strings.Join(c.Request.Header.Values("Accept"), ","), ",") {
		switch kind, _, _ := mime.ParseMediaType(kind); kind {
		case "image/svg+xml":
			return true
		case "application/json":
			return false
		}
	}
	return false
}

// SearchRecords handles GET /v1/search.
func (d *door) SearchRecords(ctx context.Context, in SearchRecordsRequestObject) (SearchRecordsResponseObject, error) {
	ctx, who := asked(ctx)
	p := in.Params
	found, err := d.desk.Search(ctx, who, itsm.SearchRequest{Words: p.Q, Kind: given(p.Kind), Open: given(p.Open)}, given(p.Limit))
	if err != nil {
		return nil, err
	}
	return SearchRecords200JSONResponse{Items: each(found.Items, recordInUTC), More: found.More}, nil
}

// ListWaiting handles GET /v1/me/waiting.
func (d *door) ListWaiting(ctx context.Context, _ ListWaitingRequestObject) (ListWaitingResponseObject, error) {
	ctx, who := asked(ctx)
	waiting, err := d.desk.Waiting(ctx, who)
	if err != nil {
		return nil, err
	}
	return ListWaiting200JSONResponse{Items: each(waiting, recordInUTC)}, nil
}

func recordInUTC(r itsm.Record) itsm.Record {
	r.RaisedAt, r.Since, r.StartsAt, r.Due, r.ClosedAt = r.RaisedAt.UTC(), r.Since.UTC(), utc(r.StartsAt), utc(r.Due), utc(r.ClosedAt)
	r.WaitsFor, r.Roles, r.Acts = listed(r.WaitsFor), listed(r.Roles), listed(r.Acts)
	return r
}

func graphInUTC(g itsm.Graph) itsm.Graph {
	g.Nodes = each(g.Nodes, recordInUTC)
	g.Edges = each(g.Edges, func(e itsm.Edge) itsm.Edge {
		return itsm.Edge{Relation: relationInUTC(e.Relation), Words: e.Words, Back: e.Back}
	})
	return g
}
