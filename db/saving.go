package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// saving is one save of a record of any kind, or of a step of one, as the Row that a query
// takes.
type saving[Row any] struct {
	what  string // it is, in errors
	event itsm.Event
	amiss error // why the event and what it left do not belong together
	whole any   // that another save of the same revision is compared with
	row   func(digest string) (Row, error)
	save  func(context.Context, Row) (fresh int64, err error)
}

// into saves it once: the same again changes nothing, another one of the same revision is
// record.diverged.
func (v saving[Row]) into(ctx context.Context, s *Store) error {
	if v.amiss != nil {
		return fmt.Errorf("%s: %w", v.what, v.amiss)
	}
	digest, err := digestOf(v.whole)
	if err != nil {
		return fmt.Errorf("%s: %w", v.what, err)
	}
	row, err := v.row(digest)
	if err != nil {
		return fmt.Errorf("%s: %w", v.what, err)
	}
	fresh, err := v.save(ctx, row)
	if err != nil || fresh > 0 {
		return refusal(v.what, err)
	}
	e := v.event
	before, err := s.rows.EventDigest(ctx, rows.EventDigestParams{Number: e.Number, Revision: small(e.Revision)})
	if err != nil {
		return refusal(v.what, err)
	}
	return same(v.what, fmt.Sprintf("%s:%d", e.Number, e.Revision), before, digest)
}

// begins refuses an event with which no record of that number begins.
func begins(n itsm.Number, e itsm.Event) error {
	if e.Revision != 1 || n != e.Number {
		return fmt.Errorf("%s does not begin with event %s:%d", n, e.Number, e.Revision)
	}
	return nil
}

// agreed refuses an event that did not leave a record as it stands.
func agreed(stands itsm.Receipt, e itsm.Event) error {
	if stands.Revision != e.Revision || stands.State != e.To {
		return fmt.Errorf("%s is %s at revision %d, and its event is %s at revision %d",
			stands.Number, stands.State, stands.Revision, e.To, e.Revision)
	}
	return nil
}

// parties reads what a step has to know of its record, which is record.not_recorded_yet
// while the first save is under way.
func parties[P any](ctx context.Context, what string, n itsm.Number, e itsm.Event, read func(context.Context, itsm.Number) (P, error)) (p P, err error) {
	if n != e.Number {
		return p, fmt.Errorf("%s %s: the event is of %s", what, n, e.Number)
	}
	p, err = read(ctx, n)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, &fault{notYet(), what, fmt.Errorf("%s is not recorded", n)}
	}
	return p, refusal(what, err)
}

// same refuses when one thing was saved as two.
func same(what, of, before, digest string) error {
	if before == digest {
		return nil
	}
	diverged := itsm.Refuse(itsm.Internal, "record.diverged", "Something went wrong on our side. It has been logged.")
	return &fault{diverged, what, fmt.Errorf("%s was saved as %s and is now %s", of, before, digest)}
}

func digestOf(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// read is the one record of a number.
func read[Row, R any](what string, n itsm.Number, row Row, err error, of func(Row) R) (r R, _ error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return r, itsm.NoSuchRecord(n)
	}
	if err != nil {
		return r, refusal(what, err)
	}
	return of(row), nil
}

// readAll are the records of some rows.
func readAll[Row, R any](what string, found []Row, err error, of func(Row) R) ([]R, error) {
	if err != nil {
		return nil, refusal(what, err)
	}
	all := make([]R, len(found))
	for n, row := range found {
		all[n] = of(row)
	}
	return all, nil
}
