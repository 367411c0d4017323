package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// SupplierBook reads all that the messages about a supplier are made of, as the caller may
// see it.
func (d *Desk) SupplierBook(ctx context.Context, who Caller, n itsm.Number) (itsm.SupplierBook, error) {
	return about(ctx, d, suppliers, who, "supplier.book", n, func(s *itsm.Supplier) (b itsm.SupplierBook, err error) {
		b.Supplier = *s
		catalog, err := d.told(ctx, n, &b.Timeline, &b.Said)
		if err != nil {
			return b, err
		}
		b.Channel, b.Managers = catalog.Supplier.Channel, catalog.Holders(itsm.SupplierManager)
		b.People = whoIsWho(catalog, who)
		return b, nil
	})
}

// ContractBook reads all that the messages about a contract are made of, as the caller may
// see it.
func (d *Desk) ContractBook(ctx context.Context, who Caller, n itsm.Number) (itsm.ContractBook, error) {
	return about(ctx, d, contracts, who, "contract.book", n, func(c *itsm.Contract) (b itsm.ContractBook, err error) {
		b.Contract = *c
		catalog, err := d.told(ctx, n, &b.Timeline, nil)
		if err != nil {
			return b, err
		}
		b.Managers, b.Commercial = catalog.Holders(itsm.SupplierManager), catalog.Holders(itsm.CommercialManager)
		b.People = whoIsWho(catalog, who)
		return b, nil
	})
}

// ReviewBook reads all that the messages about the review of a supplier are made of, as
// the caller may see it.
func (d *Desk) ReviewBook(ctx context.Context, who Caller, n itsm.Number) (itsm.ReviewBook, error) {
	return about(ctx, d, reviews, who, "supplier_review.book", n, func(r *itsm.SupplierReview) (b itsm.ReviewBook, err error) {
		b.Review = *r
		catalog, err := d.told(ctx, n, &b.Timeline, &b.Said)
		if err != nil {
			return b, err
		}
		b.Addressed(&catalog)
		b.People = whoIsWho(catalog, who)
		return b, nil
	})
}

// told reads what happened to a record and, where it is asked for, what was said about it,
// with the catalog that says who is told of it now.
func (d *Desk) told(ctx context.Context, n itsm.Number, timeline *[]itsm.Event, said *[]itsm.Comment) (catalog itsm.Catalog, err error) {
	if *timeline, err = d.Store.Timeline(ctx, n); err != nil {
		return catalog, err
	}
	if said != nil {
		if *said, err = d.Store.Comments(ctx, n); err != nil {
			return catalog, err
		}
	}
	catalog, _, err = d.Store.Catalog(ctx)
	return catalog, err
}

// whoIsWho are the people of the catalog whom the caller may see, by their id.
func whoIsWho(catalog itsm.Catalog, who Caller) map[itsm.PersonID]itsm.Person {
	all := make(map[itsm.PersonID]itsm.Person, len(catalog.People))
	for _, one := range catalog.PeopleFor(who.Actor) {
		all[one.ID] = one
	}
	return all
}
