package desk

import (
	"context"

	"go.temporal.io/sdk/temporal"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// RaiseSupplier proposes a supplier, and answers once it is recorded.
func (d *Desk) RaiseSupplier(ctx context.Context, who Caller, p itsm.SupplierProfile) (itsm.Receipt, error) {
	return raise(ctx, d, who, raising[itsm.SupplierProfile]{
		act: itsm.ActSupplierRaise, body: p, number: d.Store.NextSupplierNumber,
		begins: func(ctx context.Context) (start, error) { return d.supplierStart(ctx, who, p) },
		opened: []itsm.EventKind{itsm.EventSupplierProposed},
	})
}

// supplierStart is how a supplier begins. It refuses what the process would refuse.
func (d *Desk) supplierStart(ctx context.Context, who Caller, p itsm.SupplierProfile) (start, error) {
	if err := p.CheckRaise(who.Actor); err != nil {
		return start{}, err
	}
	if err := d.keepers(ctx, who, p); err != nil {
		return start{}, err
	}
	return start{
		process: workflows.SupplierType, summary: workflows.SupplierSummary(who.Person, p), attributes: temporal.NewSearchAttributes(
			workflows.Process.ValueSet(string(itsm.KindSupplier)),
			workflows.State.ValueSet(string(itsm.SupplierNew)),
		),
	}, nil
}

// keepers refuses a profile that names people who cannot answer for a supplier, or
// services that the caller cannot see.
func (d *Desk) keepers(ctx context.Context, who Caller, p itsm.SupplierProfile) error {
	if err := d.named(ctx, "/owner", p.Owner, itsm.KeepSuppliers); err != nil {
		return err
	}
	if err := d.named(ctx, "/deputy", p.Deputy, itsm.KeepSuppliers); err != nil {
		return err
	}
	return d.affects(ctx, who, p.Services)
}

// EditSupplier writes anew what is known of a supplier.
func (d *Desk) EditSupplier(ctx context.Context, who Caller, n itsm.Number, r itsm.ProfileRequest) (itsm.Receipt, error) {
	return perform(ctx, d, suppliers, who, n, itsm.ActSupplierEdit, r, func(s *itsm.Supplier) error { return s.CheckEdit(who.Actor, r) },
		func(*itsm.Supplier) error { return d.keepers(ctx, who, r.SupplierProfile) })
}

// MoveSupplier moves a supplier on.
func (d *Desk) MoveSupplier(ctx context.Context, who Caller, n itsm.Number, r itsm.MoveRequest) (itsm.Receipt, error) {
	return perform(ctx, d, suppliers, who, n, itsm.ActSupplierMove, r, func(s *itsm.Supplier) error { return s.CheckMove(who.Actor, r) },
		func(*itsm.Supplier) error { return r.CheckEvidence(d.seenBy(ctx, who)) })
}

// AssessSupplier records what the due diligence of a supplier found.
func (d *Desk) AssessSupplier(ctx context.Context, who Caller, n itsm.Number, r itsm.DiligenceRequest) (itsm.Receipt, error) {
	return perform(ctx, d, suppliers, who, n, itsm.ActDiligence, r, func(s *itsm.Supplier) error { return s.CheckDiligence(who.Actor, r) },
		func(*itsm.Supplier) error { return r.CheckEvidence(d.seenBy(ctx, who)) })
}

// CertifySupplier records a certificate of a supplier, or what became of one.
func (d *Desk) CertifySupplier(ctx context.Context, who Caller, n itsm.Number, r itsm.CertificateRequest) (itsm.Receipt, error) {
	return perform(ctx, d, suppliers, who, n, itsm.ActCertificate, r, func(s *itsm.Supplier) error { return s.CheckCertificate(who.Actor, r) })
}

// PlanExit writes how the service goes on without a supplier, or says that this was
// tested.
func (d *Desk) PlanExit(ctx context.Context, who Caller, n itsm.Number, r itsm.ExitRequest) (itsm.Receipt, error) {
	return perform(ctx, d, suppliers, who, n, itsm.ActExitPlan, r, func(s *itsm.Supplier) error { return s.CheckExit(who.Actor, r) })
}

// CommentOnSupplier adds a comment, a question or an answer. It raises no revision.
func (d *Desk) CommentOnSupplier(ctx context.Context, who Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return perform(ctx, d, suppliers, who, n, itsm.ActSupplierComment, r, func(s *itsm.Supplier) error {
		// Which questions there were, its process took with it.
		return s.CheckComment(who.Actor, itsm.CommentRequest{Text: r.Text, Update: r.Update}, itsm.Talk{})
	})
}
