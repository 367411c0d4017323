package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// RelayReviews does once what follows from reviews: it raises a corrective action for
// each that calls for one. Any number of desks may: the review is the source of its
// corrective action, and the key under which it is raised.
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
	return nil
}

// ReviewCycles is how often each supplier that supplies is reviewed: as the policy in
// force says for its tier.
func (d *Desk) ReviewCycles(ctx context.Context) ([]workflows.Cycle, error) {
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return nil, err
	}
	found, err := d.Store.ReviewedSuppliers(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]workflows.Cycle, len(found))
	for n, s := range found {
		all[n] = workflows.Cycle{Supplier: s.Number, Every: catalog.Supplier.Of(s.Tier).Performance, Zone: catalog.SupplierZone()}
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
