package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
)

// RaiseSupplier handles POST /v1/suppliers.
func (d *door) RaiseSupplier(ctx context.Context, in RaiseSupplierRequestObject) (RaiseSupplierResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.RaiseSupplier(ctx, who, *in.Body)
	if err != nil {
		return nil, err
	}
	return RaiseSupplier201JSONResponse{
		Body: r, Headers: RaiseSupplier201ResponseHeaders{Location: "/v1/suppliers/" + string(r.Number), ETag: etag(r.Revision)},
	}, nil
}

// ReadSupplier handles GET /v1/suppliers/{number}.
func (d *door) ReadSupplier(ctx context.Context, in ReadSupplierRequestObject) (ReadSupplierResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.Supplier(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadSupplier200JSONResponse{
		Body: supplierInUTC(r), Headers: ReadSupplier200ResponseHeaders{ETag: etag(r.Revision)},
	}, nil
}

// ListSuppliers handles GET /v1/suppliers.
func (d *door) ListSuppliers(ctx context.Context, in ListSuppliersRequestObject) (ListSuppliersResponseObject, error) {
	ctx, who := asked(ctx)
	p := in.Params
	page, err := d.desk.Suppliers(ctx, who, desk.SupplierList{
		State: given(p.State), Open: given(p.Open), Tier: given(p.Tier), Service: given(p.Service), Owned: given(p.Owned),
		Waiting: given(p.Waiting), Limit: given(p.Limit), Cursor: given(p.Cursor),
	})
	if err != nil {
		return nil, err
	}
	out := ListSuppliers200JSONResponse{Items: each(page.Items, supplierInUTC)}
	if page.Next != "" {
		out.Next = &page.Next
	}
	return out, nil
}

// ListWaitingSuppliers handles GET /v1/me/suppliers.
func (d *door) ListWaitingSuppliers(ctx context.Context, _ ListWaitingSuppliersRequestObject) (ListWaitingSuppliersResponseObject, error) {
	ctx, who := asked(ctx)
	all, err := d.desk.WaitingSuppliers(ctx, who)
	if err != nil {
		return nil, err
	}
	return ListWaitingSuppliers200JSONResponse{Items: each(all, supplierInUTC)}, nil
}

// ReadSupplierTimeline handles GET /v1/suppliers/{number}/timeline.
func (d *door) ReadSupplierTimeline(ctx context.Context, in ReadSupplierTimelineRequestObject) (ReadSupplierTimelineResponseObject, error) {
	ctx, who := asked(ctx)
	events, err := d.desk.SupplierTimeline(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadSupplierTimeline200JSONResponse{Items: each(events, eventInUTC)}, nil
}

// ExplainSupplier handles GET /v1/suppliers/{number}/explain.
func (d *door) ExplainSupplier(ctx context.Context, in ExplainSupplierRequestObject) (ExplainSupplierResponseObject, error) {
	ctx, who := asked(ctx)
	e, err := d.desk.ExplainSupplier(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ExplainSupplier200JSONResponse(explanationInUTC(e)), nil
}

// ListSupplierComments handles GET /v1/suppliers/{number}/comments.
func (d *door) ListSupplierComments(ctx context.Context, in ListSupplierCommentsRequestObject) (ListSupplierCommentsResponseObject, error) {
	ctx, who := asked(ctx)
	said, err := d.desk.SupplierComments(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ListSupplierComments200JSONResponse{Items: each(said, commentInUTC)}, nil
}

// ReadSupplierRelations handles GET /v1/suppliers/{number}/relations.
func (d *door) ReadSupplierRelations(ctx context.Context, in ReadSupplierRelationsRequestObject) (ReadSupplierRelationsResponseObject, error) {
	ctx, who := asked(ctx)
	relations, err := d.desk.SupplierRelations(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ReadSupplierRelations200JSONResponse{Items: each(relations, relationInUTC)}, nil
}
