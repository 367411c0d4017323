package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// RelayReviews does once what follows from reviews: it raises a corrective action for
// each that nobody signed off in time. Any number of desks may: the review is the source
// of its corrective action, and in the key under which it is raised.
func (d *Desk) RelayReviews(ctx context.Context) error {
	late, err := d.Store.ReviewsToCorrect(ctx, relayed)
	if err != nil || len(late) == 0 {
		return err
	}
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return err
	}
	for k := range late {
		r := &late[k]
		of, err := d.Store.Supplier(ctx, r.Supplier)
		if err != nil {
			return err
		}
		for _, c := range catalog.ReviewCorrections(r, &of) {
			if _, err := d.RaiseCorrective(ctx, finder(c.Key), c.Draft); err != nil {
				d.Log.WarnContext(ctx, "a corrective action is not raised", "key", c.Key, "error", err)
			}
		}
	}
	return nil
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
