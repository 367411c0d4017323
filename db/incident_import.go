package db

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// Imported finds the incident that was imported from an origin, such as
// servicenow:INC0000045.
func (s *Store) Imported(ctx context.Context, origin string) (n itsm.Number, found bool, err error) {
	n, err = s.rows.ImportedIncident(ctx, &origin)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", false, nil
	}
	return n, err == nil, refusal("imported", err)
}

// ImportIncident writes an incident that was handled elsewhere as history: the record,
// all that happened to it and what was said, in one transaction, with an entry in the
// audit for each. It draws the number and gives it to all of them. What was imported
// from the same origin before is left as it is, and fresh is false.
//
// The incident has to be over, for no process carries it on; its events lead from
// revision 1 to its own. Anything else is import.invalid.
func (s *Store) ImportIncident(ctx context.Context, origin string, i itsm.Incident, events []itsm.Event, comments []itsm.Comment) (n itsm.Number, fresh bool, err error) {
	if err := checkImport(origin, &i, events); err != nil {
		return "", false, err
	}
	if n, found, err := s.Imported(ctx, origin); found || err != nil {
		return n, false, err
	}
	err = s.transact(ctx, "import incident", func(q *rows.Queries) error {
		drawn, err := q.NextIncidentNumber(ctx)
		if err != nil {
			return err
		}
		n = itsm.IncidentNumber(drawn)
		if fresh, err = importIncident(ctx, q, n, origin, i); err != nil {
			return err
		}
		if !fresh { // somebody else's import came first
			n, err = q.ImportedIncident(ctx, &origin)
			return err
		}
		return importHistory(ctx, q, n, events, comments)
	})
	if err != nil {
		return "", false, err
	}
	return n, fresh, nil
}

// checkImport refuses what is no finished record with its history.
func checkImport(origin string, i *itsm.Incident, events []itsm.Event) error {
	invalid := func(format string, args ...any) error {
		return itsm.Refuse(itsm.Invalid, "import.invalid", "%s cannot be imported: %s.", origin, fmt.Sprintf(format, args...))
	}
	if !i.State.Final() || i.ClosedAt == nil {
		return invalid("it is %s, and only what is closed, cancelled or a duplicate can be", i.State.Words())
	}
	if len(events) == 0 || i.Revision != len(events) || events[len(events)-1].To != itsm.State(i.State) {
		return invalid("its %d events do not lead to revision %d, %s", len(events), i.Revision, i.State.Words())
	}
	for k, e := range events {
		if e.Revision != k+1 {
			return invalid("event %d has revision %d", k+1, e.Revision)
		}
	}
	return nil
}

// importIncident writes the record itself, with how it is to others.
func importIncident(ctx context.Context, q *rows.Queries, n itsm.Number, origin string, i itsm.Incident) (fresh bool, err error) {
	i.Relations = slices.Clone(i.Relations)
	for k := range i.Relations {
		i.Relations[k].From = n
	}
	written, err := q.ImportIncident(ctx, rows.ImportIncidentParams{
		Number: n, Text: i.IncidentText, Standing: i.IncidentStanding, Reporter: i.Reporter, Door: i.Door, Owner: i.Owner,
		Restricted: i.Restricted, PolicyVersion: small(i.PolicyVersion), Origin: &origin,
		RaisedAt: i.RaisedAt, Since: i.Since, Missed: i.Missed(), ClosedAt: i.ClosedAt,
	})
	if err != nil || written == 0 {
		return false, err
	}
	for _, r := range i.Relations {
		if err := q.Relate(ctx, rows.RelateParams{FromNumber: n, Kind: r.Kind, ToNumber: r.To, ByPerson: r.By, At: r.At}); err != nil {
			return false, err
		}
	}
	return true, nil
}

// importHistory writes what happened to an imported incident, and what was said.
func importHistory(ctx context.Context, q *rows.Queries, n itsm.Number, events []itsm.Event, comments []itsm.Comment) error {
	for _, e := range events {
		e.Number = n
		digest, err := digestOf(e)
		if err != nil {
			return err
		}
		facts, personal, kept, err := audited(eventFacts(e, digest), map[string]string{"note": e.Note})
		if err != nil {
			return err
		}
		if err := q.ImportEvent(ctx, rows.ImportEventParams{
			Number: n, Revision: small(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
			FromState: e.From, ToState: e.To, Note: e.Note, Detail: e.Detail, Digest: digest,
			Facts: facts, Personal: personal, Fields: kept.fields, Salts: kept.salts, Contents: kept.contents,
		}); err != nil {
			return err
		}
	}
	for _, c := range comments {
		c.Number = n
		row, err := commentRow(c, Provenance{})
		if err != nil {
			return err
		}
		if _, err := q.RecordComment(ctx, row); err != nil {
			return err
		}
	}
	return nil
}
