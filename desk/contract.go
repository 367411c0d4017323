package desk

import (
	"context"

	"go.temporal.io/sdk/temporal"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// RaiseContract drafts a contract with a supplier, and answers once it is recorded.
func (d *Desk) RaiseContract(ctx context.Context, who Caller, draft itsm.ContractDraft) (itsm.Receipt, error) {
	return raise(ctx, d, who, raising[itsm.ContractDraft]{
		act: itsm.ActContractRaise, body: draft, number: d.Store.NextContractNumber,
		begins: func(ctx context.Context) (start, error) { return d.contractStart(ctx, who, draft) },
		opened: []itsm.EventKind{itsm.EventContractDrafted},
	})
}

// contractStart is how a contract begins. It refuses what the process would refuse, and
// a contract with whom none can be made.
func (d *Desk) contractStart(ctx context.Context, who Caller, draft itsm.ContractDraft) (start, error) {
	if err := draft.CheckRaise(who.Actor); err != nil {
		return start{}, err
	}
	with, err := suppliers.seen(ctx, d, who, draft.Supplier)
	if hides(err) {
		with, err = nil, nil
	}
	if err != nil {
		return start{}, err
	}
	if err := draft.CheckWith(with); err != nil {
		return start{}, err
	}
	if err := d.named(ctx, "/owner", draft.Owner, itsm.ManageContracts); err != nil {
		return start{}, err
	}
	if err := d.affects(ctx, who, draft.Services); err != nil {
		return start{}, err
	}
	return start{
		process: workflows.ContractType, summary: workflows.ContractSummary(who.Person, draft), attributes: temporal.NewSearchAttributes(
			workflows.Process.ValueSet(string(itsm.KindContract)),
			workflows.State.ValueSet(string(itsm.ContractNew)),
		),
	}, nil
}

// ProposeForContract asks others what is to become of a contract.
func (d *Desk) ProposeForContract(ctx context.Context, who Caller, n itsm.Number, r itsm.ProposalRequest) (itsm.Receipt, error) {
	return perform(ctx, d, contracts, who, n, itsm.ActContractPropose, r,
		func(c *itsm.Contract) error { return c.CheckPropose(who.Actor, r, d.Now()) },
		func(*itsm.Contract) error { return d.other(ctx, who, r.Change, r.CheckChange) })
}

// DecideContract says whether what was proposed for a contract is done.
func (d *Desk) DecideContract(ctx context.Context, who Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return perform(ctx, d, contracts, who, n, itsm.ActContractDecide, r,
		func(c *itsm.Contract) error { return c.CheckDecision(who.Actor, r) })
}

// GiveNotice records that the supplier was given notice of a contract.
func (d *Desk) GiveNotice(ctx context.Context, who Caller, n itsm.Number, r itsm.GiveNoticeRequest) (itsm.Receipt, error) {
	return perform(ctx, d, contracts, who, n, itsm.ActGiveNotice, r,
		func(c *itsm.Contract) error { return c.CheckGiveNotice(who.Actor, r) },
		func(*itsm.Contract) error { return r.CheckEvidence(d.seenBy(ctx, who)) })
}

// ReviewContract compares a contract with what services need now.
func (d *Desk) ReviewContract(ctx context.Context, who Caller, n itsm.Number, r itsm.ContractReview) (itsm.Receipt, error) {
	return perform(ctx, d, contracts, who, n, itsm.ActContractReview, r,
		func(c *itsm.Contract) error { return c.CheckReview(who.Actor, r) },
		func(*itsm.Contract) error { return r.CheckEvidence(d.seenBy(ctx, who)) })
}

// CancelContract drops a contract before it begins.
func (d *Desk) CancelContract(ctx context.Context, who Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return perform(ctx, d, contracts, who, n, itsm.ActContractCancel, r,
		func(c *itsm.Contract) error { return c.CheckCancel(who.Actor, r) })
}

// CommentOnContract adds a comment, a question or an answer. It raises no revision.
func (d *Desk) CommentOnContract(ctx context.Context, who Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return perform(ctx, d, contracts, who, n, itsm.ActContractComment, r, func(c *itsm.Contract) error {
		// Which questions there were, its process took with it.
		return c.CheckComment(who.Actor, itsm.CommentRequest{Text: r.Text, Update: r.Update}, itsm.Talk{})
	})
}
