package db

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// Relations lists how a record is to others, and others to it, in the order in which
// it was said: both ends see the same relation. A record that is not there has none.
// Who reads them has to look whether they may see the other end.
func (s *Store) Relations(ctx context.Context, n itsm.Number) ([]itsm.Relation, error) {
	found, err := s.rows.Relations(ctx, n)
	if err != nil {
		return nil, refusal("relations", err)
	}
	relations := make([]itsm.Relation, 0, len(found))
	for _, r := range found {
		relations = append(relations, itsm.Relation{From: r.FromNumber, Kind: r.Kind, To: r.ToNumber, By: r.ByPerson, At: r.At})
	}
	return relations, nil
}
