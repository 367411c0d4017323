package desk

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// SupplierList says which suppliers to list.
type SupplierList struct {
	State   itsm.SupplierState // empty: any
	Open    bool               // only what is not over
	Tier    itsm.SupplierTier  // empty: any
	Service itsm.ServiceID     // that depends on it; empty: any
	Owned   bool               // only what the caller owns, or is deputy of
	Waiting bool               // only what waits for the caller
	Limit   int                // 1 to 200; 0: 50
	Cursor  string             // Next of the page before; empty: the newest
}

// SupplierPage is one page of suppliers.
type SupplierPage = Page[itsm.Supplier]

// Supplier returns one supplier.
func (d *Desk) Supplier(ctx context.Context, who Caller, n itsm.Number) (itsm.Supplier, error) {
	return about(ctx, d, suppliers, who, "supplier.read", n, func(r *itsm.Supplier) (itsm.Supplier, error) { return *r, nil })
}

// Suppliers lists suppliers, newest first.
func (d *Desk) Suppliers(ctx context.Context, who Caller, list SupplierList) (SupplierPage, error) {
	return reading(ctx, d, who, "supplier.list", itsm.ReadSuppliers, "", func() (page SupplierPage, err error) {
		f, err := supplierFilter(who, list)
		if err != nil {
			return page, err
		}
		read := func(ctx context.Context, before db.Cursor, most int) ([]itsm.Supplier, error) {
			f.Before, f.Limit = before, most
			return d.Store.Suppliers(ctx, f)
		}
		question := list
		question.Limit, question.Cursor = 0, ""
		asked := listing{"suppliers", question, list.Limit, list.Cursor}
		return paged(ctx, d, asked, read, func(r itsm.Supplier) place { return place{RaisedAt: r.RaisedAt, Number: r.Number} })
	})
}

func supplierFilter(who Caller, list SupplierList) (db.SupplierFilter, error) {
	f := db.SupplierFilter{State: list.State, Open: list.Open, Tier: list.Tier, Service: list.Service, Reader: who.Actor}
	switch {
	case list.State != "" && !slices.Contains(itsm.SupplierStates, list.State):
		return f, noState(list.State)
	case list.Tier != "" && !slices.Contains(itsm.SupplierTiers, list.Tier):
		return f, itsm.Refuse(itsm.Invalid, "list.tier", "There is no tier called %q.", list.Tier)
	}
	if list.Owned {
		f.Owner = who.Person
	}
	if list.Waiting {
		f.WaitingFor = who.Actor
	}
	return f, nil
}

// WaitingSuppliers lists the suppliers that wait for the caller. The newest page of them is
// enough for a person.
func (d *Desk) WaitingSuppliers(ctx context.Context, who Caller) ([]itsm.Supplier, error) {
	return reading(ctx, d, who, "supplier.waiting", itsm.ReadSuppliers, "", func() ([]itsm.Supplier, error) { return d.suppliersFor(ctx, who) })
}

func (d *Desk) suppliersFor(ctx context.Context, who Caller) ([]itsm.Supplier, error) {
	return d.Store.Suppliers(ctx, db.SupplierFilter{WaitingFor: who.Actor, Reader: who.Actor, Limit: maxPage})
}

// SupplierTimeline returns what happened to a supplier, oldest first.
func (d *Desk) SupplierTimeline(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Event, error) {
	return about(ctx, d, suppliers, who, "supplier.timeline", n, func(*itsm.Supplier) ([]itsm.Event, error) { return d.Store.Timeline(ctx, n) })
}

// SupplierComments lists what was said about a supplier, oldest first.
func (d *Desk) SupplierComments(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Comment, error) {
	return about(ctx, d, suppliers, who, "supplier.comments", n, func(*itsm.Supplier) ([]itsm.Comment, error) { return d.Store.Comments(ctx, n) })
}

// SupplierRelations lists how other records are to a supplier, as far as the caller may see
// them.
func (d *Desk) SupplierRelations(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Relation, error) {
	return about(ctx, d, suppliers, who, "supplier.relations", n, func(*itsm.Supplier) ([]itsm.Relation, error) { return d.relations(ctx, who, n) })
}

// ExplainSupplier says why a supplier stands where it does, and what the caller can do.
func (d *Desk) ExplainSupplier(ctx context.Context, who Caller, n itsm.Number) (itsm.Explanation, error) {
	return about(ctx, d, suppliers, who, "supplier.explain", n, func(r *itsm.Supplier) (itsm.Explanation, error) {
		e := r.Explain()
		e.Acts = r.ActsFor(who.Actor)
		return e, nil
	})
}
