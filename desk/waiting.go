package desk

import (
	"cmp"
	"context"
	"slices"

	"github.com/steward-itsm/steward/itsm"
)

// Waiting lists the records of all kinds that wait for the caller, with what they can
// do: what is due first, and what is due at no time last. Of each kind the newest page
// is enough for a person.
func (d *Desk) Waiting(ctx context.Context, who Caller) ([]itsm.Record, error) {
	return reading(ctx, d, who, "record.waiting", itsm.ReadRecords, "", func() ([]itsm.Record, error) {
		readable, err := itsm.ReadableKinds(who.Actor)
		if err != nil {
			return nil, err
		}
		var all []itsm.Record
		for _, k := range readable {
			found, err := kinds[k].waiting(ctx, d, who)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
		slices.SortFunc(all, sooner)
		return all, nil
	})
}

// sooner puts first what is due first, then what was raised first.
func sooner(a, b itsm.Record) int {
	switch {
	case a.Due != nil && b.Due == nil:
		return -1
	case a.Due == nil && b.Due != nil:
		return 1
	case a.Due != nil && !a.Due.Equal(*b.Due):
		return a.Due.Compare(*b.Due)
	}
	return cmp.Or(a.RaisedAt.Compare(b.RaisedAt), cmp.Compare(a.Number, b.Number))
}
