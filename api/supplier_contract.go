package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
)

// RaiseContract handles POST /v1/contracts.
func (d *door) RaiseContract(ctx context.Context, in RaiseContractRequestObject) (RaiseContractResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.RaiseContract(ctx, who, *in.Body)
	if err != nil {
		return nil, err
	}
	return RaiseContract201JSONResponse{
		Body: r, Headers: RaiseContract201ResponseHeaders{Location: "/v1/contracts/" + string(r.Number), ETag: etag(r.Revision)},
	}, nil
}

// ReadContract handles GET /v1/contracts/{number}.
func (d *door) ReadContract(ctx context.Context, in ReadContractRequestObject) (ReadContractResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.Contract(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadContract200JSONResponse{
		Body: contractInUTC(r), Headers: ReadContract200ResponseHeaders{ETag: etag(r.Revision)},
	}, nil
}

// ListContracts handles GET /v1/contracts.
func (d *door) ListContracts(ctx context.Context, in ListContractsRequestObject) (ListContractsResponseObject, error) {
	ctx, who := asked(ctx)
	p := in.Params
	page, err := d.desk.Contracts(ctx, who, desk.ContractList{
		State: given(p.State), Open: given(p.Open), Supplier: given(p.Supplier), Owned: given(p.Owned),
		Waiting: given(p.Waiting), Limit: given(p.Limit), Cursor: given(p.Cursor),
	})
	if err != nil {
		return nil, err
	}
	out := ListContracts200JSONResponse{Items: each(page.Items, contractInUTC)}
	if page.Next != "" {
		out.Next = &page.Next
	}
	return out, nil
}

// ListWaitingContracts handles GET /v1/me/contracts.
func (d *door) ListWaitingContracts(ctx context.Context, _ ListWaitingContractsRequestObject) (ListWaitingContractsResponseObject, error) {
	ctx, who := asked(ctx)
	all, err := d.desk.WaitingContracts(ctx, who)
	if err != nil {
		return nil, err
	}
	return ListWaitingContracts200JSONResponse{Items: each(all, contractInUTC)}, nil
}

// ReadContractTimeline handles GET /v1/contracts/{number}/timeline.
func (d *door) ReadContractTimeline(ctx context.Context, in ReadContractTimelineRequestObject) (ReadContractTimelineResponseObject, error) {
	ctx, who := asked(ctx)
	events, err := d.desk.ContractTimeline(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadContractTimeline200JSONResponse{Items: each(events, eventInUTC)}, nil
}

// ExplainContract handles GET /v1/contracts/{number}/explain.
func (d *door) ExplainContract(ctx context.Context, in ExplainContractRequestObject) (ExplainContractResponseObject, error) {
	ctx, who := asked(ctx)
	e, err := d.desk.ExplainContract(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ExplainContract200JSONResponse(explanationInUTC(e)), nil
}

// ListContractComments handles GET /v1/contracts/{number}/comments.
func (d *door) ListContractComments(ctx context.Context, in ListContractCommentsRequestObject) (ListContractCommentsResponseObject, error) {
	ctx, who := asked(ctx)
	said, err := d.desk.ContractComments(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ListContractComments200JSONResponse{Items: each(said, commentInUTC)}, nil
}

// ReadContractRelations handles GET /v1/contracts/{number}/relations.
func (d *door) ReadContractRelations(ctx context.Context, in ReadContractRelationsRequestObject) (ReadContractRelationsResponseObject, error) {
	ctx, who := asked(ctx)
	relations, err := d.desk.ContractRelations(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadContractRelations200JSONResponse{Items: each(relations, relationInUTC)}, nil
}
