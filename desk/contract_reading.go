package desk

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// ContractList says which contracts to list.
type ContractList struct {
	State    itsm.ContractState // empty: any
	Open     bool               // only what is not over
	Supplier itsm.Number        // empty: any
	Owned    bool               // only what the caller owns
	Waiting  bool               // only what waits for the caller
	Limit    int                // 1 to 200; 0: 50
	Cursor   string             // Next of the page before; empty: the newest
}

// ContractPage is one page of contracts.
type ContractPage = Page[itsm.Contract]

// Contract returns one contract that the caller may see: what was agreed on is commercial.
func (d *Desk) Contract(ctx context.Context, who Caller, n itsm.Number) (itsm.Contract, error) {
	return about(ctx, d, contracts, who, "contract.read", n, func(r *itsm.Contract) (itsm.Contract, error) { return *r, nil })
}

// Contracts lists contracts, newest first.
func (d *Desk) Contracts(ctx context.Context, who Caller, list ContractList) (ContractPage, error) {
	return reading(ctx, d, who, "contract.list", itsm.ReadContracts, "", func() (page ContractPage, err error) {
		f, err := contractFilter(who, list)
		if err != nil {
			return page, err
		}
		read := func(ctx context.Context, before db.Cursor, most int) ([]itsm.Contract, error) {
			f.Before, f.Limit = before, most
			return d.Store.Contracts(ctx, f)
		}
		question := list
		question.Limit, question.Cursor = 0, ""
		asked := listing{"contracts", question, list.Limit, list.Cursor}
		return paged(ctx, d, asked, read, func(r itsm.Contract) place { return place{RaisedAt: r.RaisedAt, Number: r.Number} })
	})
}

func contractFilter(who Caller, list ContractList) (db.ContractFilter, error) {
	f := db.ContractFilter{State: list.State, Open: list.Open, Supplier: list.Supplier, Reader: who.Actor}
	if list.State != "" && !slices.Contains(itsm.ContractStates, list.State) {
		return f, noState(list.State)
	}
	if list.Supplier != "" {
		if err := list.Supplier.Check(); err != nil {
			return f, err
		}
	}
	if list.Owned {
		f.Owner = who.Person
	}
	if list.Waiting {
		f.WaitingFor = who.Actor
	}
	return f, nil
}

// WaitingContracts lists the contracts that wait for the caller. The newest page of them is
// enough for a person.
func (d *Desk) WaitingContracts(ctx context.Context, who Caller) ([]itsm.Contract, error) {
	return reading(ctx, d, who, "contract.waiting", itsm.ReadContracts, "", func() ([]itsm.Contract, error) { return d.contractsFor(ctx, who) })
}

func (d *Desk) contractsFor(ctx context.Context, who Caller) ([]itsm.Contract, error) {
	return d.Store.Contracts(ctx, db.ContractFilter{WaitingFor: who.Actor, Reader: who.Actor, Limit: maxPage})
}

// ContractTimeline returns what happened to a contract, oldest first.
func (d *Desk) ContractTimeline(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Event, error) {
	return about(ctx, d, contracts, who, "contract.timeline", n, func(*itsm.Contract) ([]itsm.Event, error) { return d.Store.Timeline(ctx, n) })
}

// ContractComments lists what was said about a contract, oldest first.
func (d *Desk) ContractComments(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Comment, error) {
	return about(ctx, d, contracts, who, "contract.comments", n, func(*itsm.Contract) ([]itsm.Comment, error) { return d.Store.Comments(ctx, n) })
}

// ContractRelations lists how other records are to a contract, as far as the caller may see
// them.
func (d *Desk) ContractRelations(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Relation, error) {
	return about(ctx, d, contracts, who, "contract.relations", n, func(*itsm.Contract) ([]itsm.Relation, error) { return d.relations(ctx, who, n) })
}

// ExplainContract says why a contract stands where it does, and what the caller can do.
func (d *Desk) ExplainContract(ctx context.Context, who Caller, n itsm.Number) (itsm.Explanation, error) {
	return about(ctx, d, contracts, who, "contract.explain", n, func(r *itsm.Contract) (itsm.Explanation, error) {
		e := r.Explain()
		e.Acts = r.ActsFor(who.Actor)
		return e, nil
	})
}
