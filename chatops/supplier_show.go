package chatops

import (
	"context"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// vendors is what the counter does for suppliers, their contracts and reviews.
type vendors interface {
	RaiseSupplier(ctx context.Context, who desk.Caller, p itsm.SupplierProfile) (itsm.Receipt, error)
	EditSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ProfileRequest) (itsm.Receipt, error)
	MoveSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.MoveRequest) (itsm.Receipt, error)
	AssessSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DiligenceRequest) (itsm.Receipt, error)
	CertifySupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CertificateRequest) (itsm.Receipt, error)
	PlanExit(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ExitRequest) (itsm.Receipt, error)
	CommentOnSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)

	RaiseContract(ctx context.Context, who desk.Caller, draft itsm.ContractDraft) (itsm.Receipt, error)
	ProposeForContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ProposalRequest) (itsm.Receipt, error)
	DecideContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error)
	GiveNotice(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.GiveNoticeRequest) (itsm.Receipt, error)
	ReviewContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ContractReview) (itsm.Receipt, error)
	CancelContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error)
	CommentOnContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error)

	MeasureReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.ReadingRequest) (itsm.Receipt, error)
	SeeReading(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.SeenRequest) (itsm.Receipt, error)
	ScoreReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.NoteRequest) (itsm.Receipt, error)
	MeetReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.MeetingRequest) (itsm.Receipt, error)
	AgreeAction(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.AgreeRequest) (itsm.Receipt, error)
	SignOffReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.NoteRequest) (itsm.Receipt, error)
	CancelReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.Cancellation) (itsm.Receipt, error)
	CommentOnReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.CommentRequest) (itsm.Receipt, error)

	Supplier(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Supplier, error)
	SupplierBook(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.SupplierBook, error)
	SupplierRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	Suppliers(ctx context.Context, who desk.Caller, list desk.SupplierList) (desk.SupplierPage, error)
	Contract(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Contract, error)
	ContractBook(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.ContractBook, error)
	ContractComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error)
	ContractRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	Contracts(ctx context.Context, who desk.Caller, list desk.ContractList) (desk.ContractPage, error)
	Review(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.SupplierReview, error)
	ReviewBook(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.ReviewBook, error)
	ReviewRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error)
	Reviews(ctx context.Context, who desk.Caller, list desk.ReviewList) (desk.ReviewPage, error)
}

// supplierNotice gathers what an answer about a supplier, a contract or a review needs, as
// who may see it.
func (b *Bot) supplierNotice(ctx context.Context, who desk.Caller, as itsm.NoticeKind, n itsm.Number) (itsm.Notice, cards.Around, error) {
	out, around := itsm.Notice{Kind: as}, cards.Around{}
	switch {
	case n.Of(ofContracts):
		book, err := b.desk.ContractBook(ctx, who, n)
		if err != nil {
			return out, around, err
		}
		out.Contract, out.People, around.Timeline = &book.Contract, book.People, book.Timeline
	case n.Kind() == itsm.KindReview:
		book, err := b.desk.ReviewBook(ctx, who, n)
		if err != nil {
			return out, around, err
		}
		out.Review, out.People, around.Timeline, around.Said = &book.Review, book.People, book.Timeline, book.Said
	default:
		book, err := b.desk.SupplierBook(ctx, who, n)
		if err != nil {
			return out, around, err
		}
		out.Supplier, out.People, around.Timeline, around.Said = &book.Supplier, book.People, book.Timeline, book.Said
	}
	if len(around.Timeline) > 0 {
		out.Event = around.Timeline[len(around.Timeline)-1]
	}
	return b.offeredSupplier(who, out), around, nil
}

// offeredSupplier offers one person what that person can do: nobody else sees it.
func (b *Bot) offeredSupplier(who desk.Caller, n itsm.Notice) itsm.Notice {
	n.To = who.Person
	switch {
	case n.Contract != nil:
		n.Explanation = n.Contract.Explain()
		n.Explanation.Acts = n.Contract.ActsFor(who.Actor)
	case n.Review != nil:
		n.Explanation = n.Review.Explain()
		n.Explanation.Acts = n.Review.ActsFor(who.Actor)
	default:
		n.Explanation = n.Supplier.Explain()
		n.Explanation.Acts = n.Supplier.ActsFor(who.Actor)
	}
	return n
}

// offeringSupplied is a supplier, a contract or a review of a list with what somebody can
// do about it.
func (b *Bot) offeringSupplied(ctx context.Context, who desk.Caller, n itsm.Notice, number itsm.Number) (*itsm.Notice, error) {
	var err error
	switch {
	case number.Of(ofContracts):
		n.Contract, err = b.contract(ctx, who, number)
	case number.Kind() == itsm.KindReview:
		n.Review, err = b.review(ctx, who, number)
	default:
		n.Supplier, err = b.supplier(ctx, who, number)
	}
	if err != nil {
		return nil, err
	}
	n = b.offeredSupplier(who, n)
	return &n, nil
}

// showSupplier answers /supplier show and the Details button with all that there is of a
// supplier, a contract or a review.
func (b *Bot) showSupplier(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, around, err := b.supplierNotice(ctx, who, cards.Show, w.Number)
	if err != nil {
		return answer{}, err
	}
	relations := b.desk.SupplierRelations
	switch {
	case notice.Contract != nil:
		relations = b.desk.ContractRelations
		if around.Said, err = b.desk.ContractComments(ctx, who, w.Number); err != nil {
			return answer{}, err
		}
	case notice.Review != nil:
		relations = b.desk.ReviewRelations
	}
	if around.Relations, err = relations(ctx, who, w.Number); err != nil {
		return answer{}, err
	}
	return shown(cards.SupplierDetails(notice, around, b.slack.Links())), nil
}

// supplierStatus answers /supplier status and explain with where a supplier, a contract or
// a review stands, and why.
func (b *Bot) supplierStatus(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, _, err := b.supplierNotice(ctx, who, cards.Status, w.Number)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.SupplierStanding(notice, b.slack.Links())), nil
}

func (b *Bot) supplierTimeline(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, around, err := b.supplierNotice(ctx, who, cards.Show, w.Number)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.SupplierTimeline(notice, around.Timeline, b.slack.Links())), nil
}
