package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// RelayReviews does once what follows from reviews: it raises a corrective action for
// each that calls for one, and tells the supplier which was raised. Any number of desks
// may: the review is the source of its corrective action, and the key under which it is
// raised.
func (d *Desk) RelayReviews(ctx context.Context) error {
	due, err := d.Store.ReviewsToCorrect(ctx, relayed)
	if err != nil {
		return err
	}
	for k := range due {
		if err := d.correct(ctx, &due[k]); err != nil {
			d.Log.WarnContext(ctx, "a corrective action is not raised", "review", due[k].Number, "error", err)
		}
	}
	raised, err := d.Store.CorrectionsRaised(ctx, relayed)
	if err != nil {
		return err
	}
	for _, c := range raised {
		if err := d.corrected(ctx, c.Supplier, itsm.CorrectedRequest{Raised: c.Raised}); settledAlready(err) != nil {
			d.Log.WarnContext(ctx, "a supplier is not told of its corrective action", "number", c.Supplier, "error", err)
		}
	}
	return nil
}

// corrected tells a supplier which corrective action was raised, of those that were due.
func (d *Desk) corrected(ctx context.Context, n itsm.Number, r itsm.CorrectedRequest) error {
	who := finder("corrected/" + string(n) + "/" + string(r.Raised))
	_, err := perform(ctx, d, suppliers, who, n, itsm.ActSupplierCorrect, r, func(s *itsm.Supplier) error { return s.CheckCorrected(who.Actor, r) })
	return err
}

// ReviewCycles is how often each supplier that supplies is reviewed: as the policy in
// force says for its tier.
func (d *Desk) ReviewCycles(ctx context.Context) ([]itsm.ReviewCycle, error) {
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return nil, err
	}
	found, err := d.Store.ReviewedSuppliers(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]itsm.ReviewCycle, len(found))
	for n, s := range found {
		all[n] = itsm.ReviewCycle{Supplier: s.Number, Every: catalog.Supplier.Of(s.Tier).Performance, Zone: catalog.SupplierZone()}
	}
	return all, nil
}

func (d *Desk) correct(ctx context.Context, r *itsm.SupplierReview) error {
	s, err := d.Store.Supplier(ctx, r.Supplier)
	if err != nil {
		return err
	}
	owner := r.Owner
	if d.named(ctx, "/owner", owner, itsm.WorkOnCorrective) != nil {
		owner = "" // who owns the service acts, then
	}
	_, err = d.RaiseCorrective(ctx, finder("review/"+string(r.Number)), r.ToRaise(s.Services, owner))
	return err
}
