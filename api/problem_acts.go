package api

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// AcceptProblem handles POST /v1/problems/{number}/accept.
func (d *door) AcceptProblem(ctx context.Context, in AcceptProblemRequestObject) (AcceptProblemResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.AcceptProblem(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return AcceptProblem200JSONResponse{receipt(r)}, nil
}

// DeclineProblem handles POST /v1/problems/{number}/decline.
func (d *door) DeclineProblem(ctx context.Context, in DeclineProblemRequestObject) (DeclineProblemResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.DeclineProblem(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return DeclineProblem200JSONResponse{receipt(r)}, nil
}

// MergeProblem handles POST /v1/problems/{number}/merge.
func (d *door) MergeProblem(ctx context.Context, in MergeProblemRequestObject) (MergeProblemResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.MergeProblem(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return MergeProblem200JSONResponse{receipt(r)}, nil
}

// AssignProblem handles POST /v1/problems/{number}/assign.
func (d *door) AssignProblem(ctx context.Context, in AssignProblemRequestObject) (AssignProblemResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.AssignProblem(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return AssignProblem200JSONResponse{receipt(r)}, nil
}

// RelateProblem handles POST /v1/problems/{number}/links.
func (d *door) RelateProblem(ctx context.Context, in RelateProblemRequestObject) (RelateProblemResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.RelateProblem(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return RelateProblem200JSONResponse{receipt(r)}, nil
}

// CommentOnProblem handles POST /v1/problems/{number}/comments.
func (d *door) CommentOnProblem(ctx context.Context, in CommentOnProblemRequestObject) (CommentOnProblemResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CommentOnProblem(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CommentOnProblem200JSONResponse{receipt(r)}, nil
}

// TaskOfProblem handles POST /v1/problems/{number}/task.
func (d *door) TaskOfProblem(ctx context.Context, in TaskOfProblemRequestObject) (TaskOfProblemResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.TaskOfProblem(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return TaskOfProblem200JSONResponse{receipt(r)}, nil
}

// FindRootCause handles POST /v1/problems/{number}/rca.
func (d *door) FindRootCause(ctx context.Context, in FindRootCauseRequestObject) (FindRootCauseResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.FindRootCause(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return FindRootCause200JSONResponse{receipt(r)}, nil
}

// WriteWorkaround handles POST /v1/problems/{number}/workaround.
func (d *door) WriteWorkaround(ctx context.Context, in WriteWorkaroundRequestObject) (WriteWorkaroundResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.WriteWorkaround(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return WriteWorkaround200JSONResponse{receipt(r)}, nil
}

// PublishKnownError handles POST /v1/problems/{number}/known-error.
func (d *door) PublishKnownError(ctx context.Context, in PublishKnownErrorRequestObject) (PublishKnownErrorResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.PublishKnownError(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return PublishKnownError200JSONResponse{receipt(r)}, nil
}

// DecideKnownError handles POST /v1/problems/{number}/decide.
func (d *door) DecideKnownError(ctx context.Context, in DecideKnownErrorRequestObject) (DecideKnownErrorResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.DecideKnownError(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return DecideKnownError200JSONResponse{receipt(r)}, nil
}

// CommunicateWorkaround handles POST /v1/problems/{number}/communicate.
func (d *door) CommunicateWorkaround(ctx context.Context, in CommunicateWorkaroundRequestObject) (CommunicateWorkaroundResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CommunicateWorkaround(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CommunicateWorkaround200JSONResponse{receipt(r)}, nil
}

// fixRequest names the change that is to fix a problem, or says what it is to be: the
// document lets through exactly one of both.
type fixRequest struct {
	itsm.FixRequest
	Draft *itsm.ChangeDraft `json:"draft"`
}

// FixProblem handles POST /v1/problems/{number}/fix.
func (d *door) FixProblem(ctx context.Context, in FixProblemRequestObject) (FixProblemResponseObject, error) {
	ctx, who := asked(ctx)
	var r itsm.Receipt
	var err error
	if in.Body.Draft != nil {
		r, err = d.desk.RaiseFix(ctx, who, in.Number, *in.Body.Draft)
	} else {
		r, err = d.desk.FixProblem(ctx, who, in.Number, in.Body.FixRequest)
	}
	if err != nil {
		return nil, err
	}
	return FixProblem200JSONResponse{receipt(r)}, nil
}

// AcceptRisk handles POST /v1/problems/{number}/accept-risk.
func (d *door) AcceptRisk(ctx context.Context, in AcceptRiskRequestObject) (AcceptRiskResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.AcceptRisk(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return AcceptRisk200JSONResponse{receipt(r)}, nil
}

// ConfirmFix handles POST /v1/problems/{number}/confirm.
func (d *door) ConfirmFix(ctx context.Context, in ConfirmFixRequestObject) (ConfirmFixResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ConfirmFix(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ConfirmFix200JSONResponse{receipt(r)}, nil
}

// ReviewProblem handles POST /v1/problems/{number}/review.
func (d *door) ReviewProblem(ctx context.Context, in ReviewProblemRequestObject) (ReviewProblemResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ReviewProblem(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ReviewProblem200JSONResponse{receipt(r)}, nil
}

// CloseProblem handles POST /v1/problems/{number}/close.
func (d *door) CloseProblem(ctx context.Context, in CloseProblemRequestObject) (CloseProblemResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CloseProblem(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CloseProblem200JSONResponse{receipt(r)}, nil
}

// ReopenProblem handles POST /v1/problems/{number}/reopen.
func (d *door) ReopenProblem(ctx context.Context, in ReopenProblemRequestObject) (ReopenProblemResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.ReopenProblem(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return ReopenProblem200JSONResponse{receipt(r)}, nil
}

// CancelProblem handles POST /v1/problems/{number}/cancel.
func (d *door) CancelProblem(ctx context.Context, in CancelProblemRequestObject) (CancelProblemResponseObject, error) {
	ctx, who := asked(ctx)
	r, err := d.desk.CancelProblem(ctx, who, in.Number, *in.Body)
	if err != nil {
		return nil, err
	}
	return CancelProblem200JSONResponse{receipt(r)}, nil
}
