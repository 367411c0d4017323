package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// ChangeRelations lists how other records are to a change, as far as the caller may
// see them.
func (d *Desk) ChangeRelations(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Relation, error) {
	return about(ctx, d, changes, who, "change.relations", n, func(*itsm.Change) ([]itsm.Relation, error) { return d.relations(ctx, who, n) })
}

// Relations lists how other records are to an incident, as far as the caller may see
// them.
func (d *Desk) Relations(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Relation, error) {
	return about(ctx, d, incidents, who, "incident.relations", n, func(*itsm.Incident) ([]itsm.Relation, error) { return d.relations(ctx, who, n) })
}

// relations are those of a record, without what leads to where the caller may not see.
func (d *Desk) relations(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Relation, error) {
	return d.Store.Relations(ctx, who.Actor, n)
}

// sees reports whether there is a record that the caller may see, of whichever kind.
func (d *Desk) sees(ctx context.Context, who Caller, n itsm.Number) (bool, error) {
	k, known := kinds[n.Kind()]
	if !known {
		return false, nil
	}
	err := k.sees(ctx, d, who, n)
	if hides(err) {
		return false, nil
	}
	return err == nil, err
}

// hides reports whether a refusal is that something is not there for the caller.
func hides(err error) bool {
	if err == nil {
		return false
	}
	kind := itsm.AsError(err).Kind
	return kind == itsm.NotFound || kind == itsm.Forbidden
}
