package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// The bounds of what a search finds.
const (
	defaultFound = 20
	maxFound     = 50
)

// Found is what a search found, the best first.
type Found struct {
	Items []itsm.Record
	More  bool // there is more that fits: other words would find less
}

// Search finds records of all kinds that the caller may see, by words of theirs or by
// their number. A limit of 0 is 20, and 50 is the most.
func (d *Desk) Search(ctx context.Context, who Caller, r itsm.SearchRequest, limit int) (Found, error) {
	return reading(ctx, d, who, "record.search", itsm.ReadRecords, "", func() (found Found, err error) {
		if err := r.Check(); err != nil {
			return found, err
		}
		if limit < 0 || limit > maxFound {
			return found, itsm.Refuse(itsm.Invalid, "list.limit", "The limit must be from 1 to %d.", maxFound)
		}
		if limit == 0 {
			limit = defaultFound
		}
		numbers, err := d.Store.FindRecords(ctx, r, who.Actor, limit+1)
		if err != nil {
			return found, err
		}
		if found.More = len(numbers) > limit; found.More {
			numbers = numbers[:limit]
		}
		found.Items, err = d.some(ctx, who, numbers)
		return found, err
	})
}
