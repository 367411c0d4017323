package db

import (
	"context"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// maxRelations is how many relations are read at once.
const maxRelations = 1000

// Relations lists how some records are to others, and others to them, in the order in
// which it was said: both ends see the same relation. What leads to a record that the
// reader may not see is left out, and what is more than a thousand.
func (s *Store) Relations(ctx context.Context, reader itsm.Actor, of ...itsm.Number) ([]itsm.Relation, error) {
	sees, err := sightOf(reader, "")
	if err != nil {
		return nil, err
	}
	found, err := s.rows.Relations(ctx, rows.RelationsParams{
		Numbers: texts(of), Kinds: sees.kinds, SeesAll: sees.all, Teams: sees.teams, Reader: sees.reader, Most: maxRelations,
	})
	if err != nil {
		return nil, refusal("relations", err)
	}
	relations := make([]itsm.Relation, 0, len(found))
	for _, r := range found {
		relations = append(relations, itsm.Relation{
			From: itsm.Number(r.FromNumber), Kind: itsm.RelationKind(r.Kind), To: itsm.Number(r.ToNumber), By: itsm.PersonID(r.ByPerson), At: r.At,
		})
	}
	return relations, nil
}
