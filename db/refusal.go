package db

import (
	"context"
	"time"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// Refusal is an act that was refused to somebody whom we know.
type Refusal struct {
	Actor   itsm.Actor
	Action  string // what they wanted, such as change.decide
	Subject string // of what, such as CHG-42
	Code    string
	Kind    itsm.Kind
	Source  string // the address it came from; personal
	Detail  string // what they were told; personal, as it may quote them
}

// RecordRefusal enters a refusal in the audit: Temporal keeps no trace of an act
// that it rejected. What is too long is cut.
func (s *Store) RecordRefusal(ctx context.Context, r Refusal) error {
	kept := salt(map[string]string{"source": cut(r.Source, 100), "detail": cut(r.Detail, 2000)})
	return refusal("record refusal", s.rows.EnterAudit(ctx, rows.EnterAuditParams{
		Outcome: "refused", Action: cut(r.Action, 100), Subject: cut(r.Subject, 200),
		Actor: cut(string(r.Actor.Person), 200), Door: string(r.Actor.Door), Credential: cut(r.Actor.Credential, 200),
		Code: r.Code, Kind: string(r.Kind), Facts: map[string]string{}, Personal: kept.hashes,
		Fields: kept.fields, Salts: kept.salts, Contents: kept.contents,
	}))
}

// CountRefusal counts a refusal to somebody unknown, per source and minute: an
// entry for each would let strangers fill the audit.
func (s *Store) CountRefusal(ctx context.Context, source, code string, minute time.Time) error {
	return refusal("count refusal", s.rows.CountRefusal(ctx, rows.CountRefusalParams{
		Source: cut(source, 100), Minute: minute.UTC().Truncate(time.Minute), Code: cut(code, 100),
	}))
}

// PurgeRefusalCounts forgets counts from before an instant and says how many.
func (s *Store) PurgeRefusalCounts(ctx context.Context, before time.Time) (int64, error) {
	n, err := s.rows.PurgeRefusalCounts(ctx, before)
	return n, refusal("purge refusal counts", err)
}

// cut shortens a text to a number of characters.
func cut(text string, most int) string {
	for i := range text {
		if most == 0 {
			return text[:i]
		}
		most--
	}
	return text
}
