package api

import "context"

// EditSupplier handles POST /v1/suppliers/{number}/edit.
func (d *door) EditSupplier(ctx context.Context, in EditSupplierRequestObject) (EditSupplierResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.EditSupplier(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return EditSupplier200JSONResponse{receipt(r)}, nil
}

// MoveSupplier handles POST /v1/suppliers/{number}/move.
func (d *door) MoveSupplier(ctx context.Context, in MoveSupplierRequestObject) (MoveSupplierResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.MoveSupplier(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return MoveSupplier200JSONResponse{receipt(r)}, nil
}

// AssessSupplier handles POST /v1/suppliers/{number}/assess.
func (d *door) AssessSupplier(ctx context.Context, in AssessSupplierRequestObject) (AssessSupplierResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.AssessSupplier(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return AssessSupplier200JSONResponse{receipt(r)}, nil
}

// CertifySupplier handles POST /v1/suppliers/{number}/certificates.
func (d *door) CertifySupplier(ctx context.Context, in CertifySupplierRequestObject) (CertifySupplierResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CertifySupplier(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CertifySupplier200JSONResponse{receipt(r)}, nil
}

// PlanSupplierExit handles POST /v1/suppliers/{number}/exit.
func (d *door) PlanSupplierExit(ctx context.Context, in PlanSupplierExitRequestObject) (PlanSupplierExitResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.PlanExit(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return PlanSupplierExit200JSONResponse{receipt(r)}, nil
}

// CommentOnSupplier handles POST /v1/suppliers/{number}/comments.
func (d *door) CommentOnSupplier(ctx context.Context, in CommentOnSupplierRequestObject) (CommentOnSupplierResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CommentOnSupplier(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CommentOnSupplier200JSONResponse{receipt(r)}, nil
}
