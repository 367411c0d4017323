package api

import "context"

// ListComments handles GET /v1/changes/{number}/comments.
func (d *door) ListComments(ctx context.Context, in ListCommentsRequestObject) (ListCommentsResponseObject, error) {
	ctx, who := asked(ctx)
	said, err := d.desk.Comments(ctx, who, in.Number)
	if err != nil {
		return nil, err
	}
	return ListComments200JSONResponse{Items: each(said, commentInUTC)}, nil
}

// CommentOnChange handles POST /v1/changes/{number}/comments.
func (d *door) CommentOnChange(ctx context.Context, in CommentOnChangeRequestObject) (CommentOnChangeResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CommentOnChange(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CommentOnChange200JSONResponse{receipt(r)}, nil
}
