package chatops

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// talks keeps what was said about a supplier, a contract or a review.
func talks[R supplied](ctx context.Context, d *memDesk, all map[itsm.Number]R, need itsm.Permission, who desk.Caller, act itsm.Act, n itsm.Number,
	check func(R, itsm.Talk) error, say func(R, *itsm.Talk) itsm.Comment,
) (itsm.Receipt, error) {
	return d.asking(ctx, who, act, n, func() (itsm.Receipt, error) {
		r, err := seenSupplied(all, need, who, n)
		if err != nil {
			return itsm.Receipt{}, err
		}
		if d.talks[n] == nil {
			d.talks[n] = &itsm.Talk{}
		}
		if err := check(r, *d.talks[n]); err != nil {
			return itsm.Receipt{}, err
		}
		d.comments[n] = append(d.comments[n], say(r, d.talks[n]))
		return r.Receipt(), nil
	})
}

func (d *memDesk) CommentOnSupplier(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.CommentRequest) (itsm.Receipt, error) {
	return talks(ctx, d, d.suppliers, itsm.ReadSuppliers, who, itsm.ActSupplierComment, n,
		func(s *itsm.Supplier, t itsm.Talk) error { return s.CheckComment(who.Actor, q, t) },
		func(s *itsm.Supplier, t *itsm.Talk) itsm.Comment { return s.Say(who.Actor, q, t, d.now()) })
}

func (d *memDesk) CommentOnContract(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.CommentRequest) (itsm.Receipt, error) {
	return talks(ctx, d, d.contracts, itsm.ReadContracts, who, itsm.ActContractComment, n,
		func(c *itsm.Contract, t itsm.Talk) error { return c.CheckComment(who.Actor, q, t) },
		func(c *itsm.Contract, t *itsm.Talk) itsm.Comment { return c.Say(who.Actor, q, t, d.now()) })
}

func (d *memDesk) CommentOnReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.CommentRequest) (itsm.Receipt, error) {
	return talks(ctx, d, d.reviews, itsm.ReadSuppliers, who, itsm.ActReviewComment, n,
		func(r *itsm.SupplierReview, t itsm.Talk) error { return r.CheckComment(who.Actor, q, t) },
		func(r *itsm.SupplierReview, t *itsm.Talk) itsm.Comment { return r.Say(who.Actor, q, t, d.now()) })
}

func (d *memDesk) Supplier(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Supplier, error) {
	if err := d.trouble(ctx, "Supplier"); err != nil {
		return itsm.Supplier{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s, err := seenSupplied(d.suppliers, itsm.ReadSuppliers, who, n)
	if err != nil {
		return itsm.Supplier{}, err
	}
	return *s, nil
}

func (d *memDesk) Contract(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Contract, error) {
	if err := d.trouble(ctx, "Contract"); err != nil {
		return itsm.Contract{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	c, err := seenSupplied(d.contracts, itsm.ReadContracts, who, n)
	if err != nil {
		return itsm.Contract{}, err
	}
	return *c, nil
}

func (d *memDesk) Review(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.SupplierReview, error) {
	if err := d.trouble(ctx, "Review"); err != nil {
		return itsm.SupplierReview{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	r, err := seenSupplied(d.reviews, itsm.ReadSuppliers, who, n)
	if err != nil {
		return itsm.SupplierReview{}, err
	}
	return *r, nil
}

func (d *memDesk) SupplierBook(ctx context.Context, who desk.Caller, n itsm.Number) (b itsm.SupplierBook, err error) {
	if b.Supplier, err = d.Supplier(ctx, who, n); err != nil {
		return b, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	b.Timeline, b.Said, b.People = slices.Clone(d.timelines[n]), slices.Clone(d.comments[n]), byID(d.catalog.People)
	b.Channel, b.Managers = d.catalog.Supplier.Channel, d.catalog.Holders(itsm.SupplierManager)
	return b, nil
}

func (d *memDesk) ContractBook(ctx context.Context, who desk.Caller, n itsm.Number) (b itsm.ContractBook, err error) {
	if b.Contract, err = d.Contract(ctx, who, n); err != nil {
		return b, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	b.Timeline, b.People = slices.Clone(d.timelines[n]), byID(d.catalog.People)
	b.Managers, b.Commercial = d.catalog.Holders(itsm.SupplierManager), d.catalog.Holders(itsm.CommercialManager)
	return b, nil
}

func (d *memDesk) ReviewBook(ctx context.Context, who desk.Caller, n itsm.Number) (b itsm.ReviewBook, err error) {
	if b.Review, err = d.Review(ctx, who, n); err != nil {
		return b, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	b.Timeline, b.Said, b.People = slices.Clone(d.timelines[n]), slices.Clone(d.comments[n]), byID(d.catalog.People)
	b.Addressed(&d.catalog)
	return b, nil
}

func (d *memDesk) ContractComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	if _, err := d.Contract(ctx, who, n); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.comments[n]), nil
}

func (d *memDesk) SupplierRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	_, err := d.Supplier(ctx, who, n)
	return nil, err
}

func (d *memDesk) ContractRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	_, err := d.Contract(ctx, who, n)
	return nil, err
}

func (d *memDesk) ReviewRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	_, err := d.Review(ctx, who, n)
	return nil, err
}

func (d *memDesk) Suppliers(_ context.Context, who desk.Caller, list desk.SupplierList) (page desk.SupplierPage, err error) {
	if err := who.May(itsm.ReadSuppliers); err != nil {
		return page, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.suppliers {
		switch {
		case list.Open && s.State.Final(), list.State != "" && s.State != list.State, list.Tier != "" && s.Tier != list.Tier, list.Owned && s.Owner != who.Person && s.Deputy != who.Person:
		case list.Service != "" && !slices.Contains(s.Services, list.Service), list.Waiting && !d.suppliedWaits(who, s.Record(who.Actor, d.now())):
		default:
			page.Items = append(page.Items, *s)
		}
	}
	slices.SortFunc(page.Items, func(a, b itsm.Supplier) int { return int(b.Number.Ordinal() - a.Number.Ordinal()) })
	page.Items = page.Items[:min(len(page.Items), list.Limit)]
	return page, nil
}

func (d *memDesk) Contracts(_ context.Context, who desk.Caller, list desk.ContractList) (page desk.ContractPage, err error) {
	if err := who.May(itsm.ReadContracts); err != nil {
		return page, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.contracts {
		switch {
		case list.Open && c.State.Final(), list.State != "" && c.State != list.State, list.Supplier != "" && c.Supplier != list.Supplier, list.Owned && c.Owner != who.Person:
		case list.Waiting && !d.suppliedWaits(who, c.Record(who.Actor, d.now())):
		default:
			page.Items = append(page.Items, *c)
		}
	}
	slices.SortFunc(page.Items, func(a, b itsm.Contract) int { return int(b.Number.Ordinal() - a.Number.Ordinal()) })
	page.Items = page.Items[:min(len(page.Items), list.Limit)]
	return page, nil
}

func (d *memDesk) Reviews(_ context.Context, who desk.Caller, list desk.ReviewList) (page desk.ReviewPage, err error) {
	if err := who.May(itsm.ReadSuppliers); err != nil {
		return page, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.reviews {
		switch {
		case list.Open && r.State.Final(), list.State != "" && r.State != list.State, list.Supplier != "" && r.Supplier != list.Supplier, list.Owned && r.Owner != who.Person:
		case list.Waiting && !d.suppliedWaits(who, r.Record(who.Actor, d.now())):
		default:
			page.Items = append(page.Items, *r)
		}
	}
	slices.SortFunc(page.Items, func(a, b itsm.SupplierReview) int { return b.StartedAt.Compare(a.StartedAt) })
	page.Items = page.Items[:min(len(page.Items), list.Limit)]
	return page, nil
}
