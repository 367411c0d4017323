package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
)

// RaiseProblem handles POST /v1/problems.
func (d *door) RaiseProblem(ctx context.Context, in RaiseProblemRequestObject) (RaiseProblemResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.RaiseProblem(ctx, who, *in.Body)
	if err != nil {
		return nil, err
	}
	return RaiseProblem201JSONResponse{
		Body: r, Headers: RaiseProblem201ResponseHeaders{Location: "/v1/problems/" + string(r.Number), ETag: etag(r.Revision)},
	}, nil
}

// ReadProblem handles GET /v1/problems/{number}.
func (d *door) ReadProblem(ctx context.Context, in ReadProblemRequestObject) (ReadProblemResponseObject, error) {
	ctx, who := asked(ctx)
	p, err := d.desk.Problem(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadProblem200JSONResponse{
		Body: problemInUTC(p), Headers: ReadProblem200ResponseHeaders{ETag: etag(p.Revision)},
	}, nil
}

// ListProblems handles GET /v1/problems.
func (d *door) ListProblems(ctx context.Context, in ListProblemsRequestObject) (ListProblemsResponseObject, error) {
	ctx, who := asked(ctx)
	p := in.Params
	page, err := d.desk.Problems(ctx, who, desk.ProblemList{
		State: given(p.State), Open: given(p.Open), Priority: given(p.Priority), Service: given(p.Service), Team: given(p.Team),
		Mine: given(p.Mine), Coordinated: given(p.Coordinated), Waiting: given(p.Waiting), Limit: given(p.Limit), Cursor: given(p.Cursor),
	})
	if err != nil {
		return nil, err
	}
	out := ListProblems200JSONResponse{Items: each(page.Items, problemInUTC)}
	if page.Next != "" {
		out.Next = &page.Next
	}
	return out, nil
}

// ListWaitingProblems handles GET /v1/me/problems.
func (d *door) ListWaitingProblems(ctx context.Context, _ ListWaitingProblemsRequestObject) (ListWaitingProblemsResponseObject, error) {
	ctx, who := asked(ctx)
	problems, err := d.desk.WaitingProblems(ctx, who)
	if err != nil {
		return nil, err
	}
	return ListWaitingProblems200JSONResponse{Items: each(problems, problemInUTC)}, nil
}
