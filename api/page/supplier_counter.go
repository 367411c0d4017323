package page

import (
	"context"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// supplierCounter is the part of the desk at which suppliers are kept.
type supplierCounter interface {
	RaiseSupplier(ctx context.Context, who desk.Caller, p itsm.SupplierProfile) (itsm.Receipt, error)
	EditSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ProfileRequest) (itsm.Receipt, error)
	MoveSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.MoveRequest) (itsm.Receipt, error)
	AssessSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DiligenceRequest) (itsm.Receipt, error)
	CertifySupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CertificateRequest) (itsm.Receipt, error)
	PlanExit(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ExitRequest) (itsm.Receipt, error)
	CommentOnSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	Supplier(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Supplier, error)
	Suppliers(ctx context.Context, who desk.Caller, list desk.SupplierList) (desk.SupplierPage, error)
	SupplierTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	SupplierComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	SupplierRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	ExplainSupplier(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
	ReviewCycles(ctx context.Context) ([]itsm.ReviewCycle, error)
}

// contractCounter is the part of it at which contracts are managed.
type contractCounter interface {
	RaiseContract(ctx context.Context, who desk.Caller, draft itsm.ContractDraft) (itsm.Receipt, error)
	ProposeForContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ProposalRequest) (itsm.Receipt, error)
	DecideContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error)
	GiveNotice(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.GiveNoticeRequest) (itsm.Receipt, error)
	ReviewContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ContractReview) (itsm.Receipt, error)
	CancelContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error)
	CommentOnContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)
	Contract(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Contract, error)
	Contracts(ctx context.Context, who desk.Caller, list desk.ContractList) (desk.ContractPage, error)
	ContractTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	ContractComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	ContractRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	ExplainContract(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
}

// reviewCounter is the part of it at which suppliers are reviewed.
type reviewCounter interface {
	MeasureReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.ReadingRequest) (itsm.Receipt, error)
	SeeReading(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.SeenRequest) (itsm.Receipt, error)
	ScoreReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.NoteRequest) (itsm.Receipt, error)
	MeetReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.MeetingRequest) (itsm.Receipt, error)
	AgreeAction(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.AgreeRequest) (itsm.Receipt, error)
	SignOffReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.NoteRequest) (itsm.Receipt, error)
	CancelReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.Cancellation) (itsm.Receipt, error)
	CommentOnReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.CommentRequest) (itsm.Receipt, error)
	Review(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.SupplierReview, error)
	Reviews(ctx context.Context, who desk.Caller, list desk.ReviewList) (desk.ReviewPage, error)
	ReviewTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error)
	ReviewComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	ReviewRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	ExplainReview(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error)
}
