package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// supplied is asked, for an act on a supplier, a contract or a review.
func (k *clerk) supplied(ctx context.Context, call string, who desk.Caller, n itsm.Number, body any) (itsm.Receipt, error) {
	r, err := k.asked(ctx, call, who, n, body)
	if err == nil {
		r = itsm.Receipt{Number: "SUP-4", State: itsm.State(itsm.SupplierActive), Revision: 4}
	}
	return r, err
}

func (k *clerk) RaiseSupplier(ctx context.Context, who desk.Caller, p itsm.SupplierProfile) (itsm.Receipt, error) {
	return k.supplied(ctx, "raise supplier", who, "", p)
}

func (k *clerk) RaiseContract(ctx context.Context, who desk.Caller, draft itsm.ContractDraft) (itsm.Receipt, error) {
	return k.supplied(ctx, "raise contract", who, "", draft)
}

func (k *clerk) EditSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ProfileRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "supplier: profile", who, n, r)
}

func (k *clerk) MoveSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.MoveRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "supplier: move", who, n, r)
}

func (k *clerk) AssessSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DiligenceRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "supplier: assess", who, n, r)
}

func (k *clerk) CertifySupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CertificateRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "supplier: certificates", who, n, r)
}

func (k *clerk) PlanExit(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ExitRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "supplier: exit", who, n, r)
}

func (k *clerk) CommentOnSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "supplier: comments", who, n, r)
}

func (k *clerk) Supplier(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Supplier, error) {
	_, err := k.asked(ctx, "supplier", who, n, nil)
	if k.plain {
		return itsm.Supplier{}, err
	}
	return fullSupplier(), err
}

func (k *clerk) Suppliers(ctx context.Context, who desk.Caller, list desk.SupplierList) (desk.SupplierPage, error) {
	_, err := k.asked(ctx, "suppliers", who, "", list)
	return desk.SupplierPage{Items: []itsm.Supplier{fullSupplier()}, Next: "abc-_"}, err
}

func (k *clerk) WaitingSuppliers(ctx context.Context, who desk.Caller) ([]itsm.Supplier, error) {
	_, err := k.asked(ctx, "waiting suppliers", who, "", nil)
	return nil, err
}

func (k *clerk) SupplierTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	_, err := k.asked(ctx, "supplier timeline", who, n, nil)
	return []itsm.Event{fullEvent()}, err
}

func (k *clerk) SupplierComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	_, err := k.asked(ctx, "supplier comments", who, n, nil)
	return []itsm.Comment{fullComment()}, err
}

func (k *clerk) ExplainSupplier(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	_, err := k.asked(ctx, "explain supplier", who, n, nil)
	return fullExplanation(), err
}

func (k *clerk) SupplierRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	_, err := k.asked(ctx, "supplier relations", who, n, nil)
	return []itsm.Relation{{From: "INC-7", Kind: itsm.HeldFor, To: "SUP-4", By: "ana", At: elsewhere(noon)}}, err
}

func (k *clerk) ProposeForContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ProposalRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "contract: propose", who, n, r)
}

func (k *clerk) DecideContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "contract: decide", who, n, r)
}

func (k *clerk) GiveNotice(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.GiveNoticeRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "contract: notice", who, n, r)
}

func (k *clerk) ReviewContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ContractReview) (itsm.Receipt, error) {
	return k.supplied(ctx, "contract: review", who, n, r)
}

func (k *clerk) CancelContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return k.supplied(ctx, "contract: cancel", who, n, r)
}

func (k *clerk) CommentOnContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "contract: comments", who, n, r)
}

func (k *clerk) Contract(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Contract, error) {
	_, err := k.asked(ctx, "contract", who, n, nil)
	if k.plain {
		return itsm.Contract{}, err
	}
	return fullContract(), err
}

func (k *clerk) Contracts(ctx context.Context, who desk.Caller, list desk.ContractList) (desk.ContractPage, error) {
	_, err := k.asked(ctx, "contracts", who, "", list)
	return desk.ContractPage{Items: []itsm.Contract{fullContract()}, Next: "abc-_"}, err
}

func (k *clerk) WaitingContracts(ctx context.Context, who desk.Caller) ([]itsm.Contract, error) {
	_, err := k.asked(ctx, "waiting contracts", who, "", nil)
	return nil, err
}

func (k *clerk) ContractTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	_, err := k.asked(ctx, "contract timeline", who, n, nil)
	return []itsm.Event{fullEvent()}, err
}

func (k *clerk) ContractComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	_, err := k.asked(ctx, "contract comments", who, n, nil)
	return []itsm.Comment{fullComment()}, err
}

func (k *clerk) ExplainContract(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	_, err := k.asked(ctx, "explain contract", who, n, nil)
	return fullExplanation(), err
}

func (k *clerk) ContractRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	_, err := k.asked(ctx, "contract relations", who, n, nil)
	return []itsm.Relation{{From: "INC-7", Kind: itsm.HeldFor, To: "SUP-4", By: "ana", At: elsewhere(noon)}}, err
}

func (k *clerk) MeasureReview(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ReadingRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "review: measure", who, n, r)
}

func (k *clerk) SeeReading(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.SeenRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "review: see", who, n, r)
}

func (k *clerk) ScoreReview(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "review: score", who, n, r)
}

func (k *clerk) MeetReview(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.MeetingRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "review: meet", who, n, r)
}

func (k *clerk) AgreeAction(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.AgreeRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "review: agree", who, n, r)
}

func (k *clerk) SignOffReview(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "review: sign-off", who, n, r)
}

func (k *clerk) CancelReview(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return k.supplied(ctx, "review: cancel", who, n, r)
}

func (k *clerk) CommentOnReview(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return k.supplied(ctx, "review: comments", who, n, r)
}

func (k *clerk) Review(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.SupplierReview, error) {
	_, err := k.asked(ctx, "review", who, n, nil)
	if k.plain {
		return itsm.SupplierReview{}, err
	}
	return fullSupplierReview(), err
}

func (k *clerk) Reviews(ctx context.Context, who desk.Caller, list desk.ReviewList) (desk.ReviewPage, error) {
	_, err := k.asked(ctx, "reviews", who, "", list)
	return desk.ReviewPage{Items: []itsm.SupplierReview{fullSupplierReview()}, Next: "abc-_"}, err
}

func (k *clerk) WaitingReviews(ctx context.Context, who desk.Caller) ([]itsm.SupplierReview, error) {
	_, err := k.asked(ctx, "waiting reviews", who, "", nil)
	return nil, err
}

func (k *clerk) ReviewTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	_, err := k.asked(ctx, "review timeline", who, n, nil)
	return []itsm.Event{fullEvent()}, err
}

func (k *clerk) ReviewComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	_, err := k.asked(ctx, "review comments", who, n, nil)
	return []itsm.Comment{fullComment()}, err
}

func (k *clerk) ExplainReview(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	_, err := k.asked(ctx, "explain review", who, n, nil)
	return fullExplanation(), err
}
