package db

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// Provenance says where an act came from: the workflow that accepted it, the act's
// own id there, and the credential that its person used. Event and audit keep it.
type Provenance struct {
	WorkflowID string
	RunID      string
	ActID      string
	Credential string
}

// NextChangeNumber draws the number of a change that is about to be raised.
func (s *Store) NextChangeNumber(ctx context.Context) (itsm.Number, error) {
	n, err := s.rows.NextChangeNumber(ctx)
	if err != nil {
		return "", refusal("next change number", err)
	}
	return itsm.ChangeNumber(n), nil
}

// RecordChange saves a change for the first time, with its first event. The same
// change again changes nothing; another one under the same number is
// record.diverged.
func (s *Store) RecordChange(ctx context.Context, c itsm.Change, e itsm.Event, p Provenance) error {
	return saving[rows.RecordChangeParams]{
		what: "record change", event: e, amiss: errors.Join(begins(c.Number, e), agreed(c.Receipt(), e)),
		whole: struct {
			Change itsm.Change
			Event  itsm.Event
		}{c, e},
		row:  func(digest string) (rows.RecordChangeParams, error) { return recordRow(c, e, p, digest) },
		save: s.rows.RecordChange,
	}.into(ctx, s)
}

// StepChange saves what one event changed. Steps may arrive twice, late or out of
// order: the row keeps the newest, events and audit end complete. The same step
// again changes nothing; another one of the same revision is record.diverged. A
// step that arrives before its change is refused as record.not_recorded_yet.
func (s *Store) StepChange(ctx context.Context, step itsm.ChangeStep, p Provenance) error {
	return saving[rows.StepChangeParams]{
		what: "step change", event: step.Event, whole: step,
		row:  func(digest string) (rows.StepChangeParams, error) { return stepRow(step, p, digest) },
		save: s.rows.StepChange,
	}.into(ctx, s)
}

// Change reads a change with its decisions.
func (s *Store) Change(ctx context.Context, n itsm.Number) (itsm.Change, error) {
	row, err := s.rows.Change(ctx, n)
	if errors.Is(err, pgx.ErrNoRows) {
		return itsm.Change{}, itsm.NoSuchRecord(n)
	}
	if err != nil {
		return itsm.Change{}, refusal("change", err)
	}
	changes := []itsm.Change{changeOf(row.Change, row.Since)}
	err = s.addDecisions(ctx, changes)
	return changes[0], err
}

// Cursor is the last row of a page: the next page is what is older.
type Cursor struct {
	RaisedAt time.Time
	Number   int64       // the digits of the record's number
	Record   itsm.Number // the whole of it, where records of all kinds are listed
}

// The bounds of a page.
const (
	DefaultPage = 50
	MaxPage     = 201 // a reader's 200, and one more that tells whether there is a next page
)

// ChangeFilter narrows a list of changes; what is empty does not narrow.
type ChangeFilter struct {
	State      itsm.ChangeState
	Service    itsm.ServiceID
	Requester  itsm.PersonID
	RiskTier   itsm.RiskTier
	WaitingFor itsm.PersonID // whom Explain names, or who may decide for them
	Reader     itsm.Actor    // what Change.CheckRead hides from them is not listed
	Before     Cursor        // zero: from the newest
	Limit      int           // zero: DefaultPage; at most MaxPage
}

// Changes lists changes with their decisions, newest first. Pages by Before
// neither repeat nor lose a row while changes are being raised.
func (s *Store) Changes(ctx context.Context, f ChangeFilter) ([]itsm.Change, error) {
	if err := f.Reader.May(itsm.ReadChanges); err != nil {
		return nil, err
	}
	if err := checkPage(f.Limit); err != nil {
		return nil, err
	}
	found, err := s.rows.Changes(ctx, f.params())
	if err != nil {
		return nil, refusal("changes", err)
	}
	changes := make([]itsm.Change, 0, len(found))
	for _, row := range found {
		changes = append(changes, changeOf(row.Change, row.Since))
	}
	err = s.addDecisions(ctx, changes)
	return changes, err
}

func (f *ChangeFilter) params() rows.ChangesParams {
	p := rows.ChangesParams{
		State: string(f.State), Service: string(f.Service),
		Requester: string(f.Requester), RiskTier: string(f.RiskTier), WaitingFor: string(f.WaitingFor),
		SeesAll: itsm.KindChange.SeesAll(f.Reader), Reader: string(f.Reader.Person), Teams: texts(f.Reader.Teams),
		Most: page(f.Limit),
	}
	p.BeforeAt, p.BeforeOrdinal = f.Before.bounds()
	return p
}

// bounds are what the rows of the next page are less than.
func (c Cursor) bounds() (at time.Time, ordinal int64) {
	if c == (Cursor{}) {
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), math.MaxInt64
	}
	return c.RaisedAt, c.Number
}

// page is how many rows a page holds; zero is for as many as usual.
func page(limit int) int32 {
	if limit == 0 {
		return DefaultPage
	}
	return small(limit)
}

// checkPage refuses a page that nobody could read.
func checkPage(limit int) error {
	if limit < 0 || limit > MaxPage {
		return itsm.Refuse(itsm.Invalid, "list.limit", "A page holds 1 to %d records.", MaxPage)
	}
	return nil
}

// ChangesOf reads the changes of some numbers with their decisions, in no order. What is
// not there is left out.
func (s *Store) ChangesOf(ctx context.Context, numbers []itsm.Number) ([]itsm.Change, error) {
	found, err := s.rows.ChangesOf(ctx, texts(numbers))
	if err != nil {
		return nil, refusal("changes of", err)
	}
	changes := make([]itsm.Change, 0, len(found))
	for _, row := range found {
		changes = append(changes, changeOf(row.Change, row.Since))
	}
	err = s.addDecisions(ctx, changes)
	return changes, err
}

// RecentChanges lists changes to a service that are being carried out, or were until
// since or later, as far as the reader may see them: those under way first, then the
// latest to end. A limit of zero is DefaultPage, and MaxPage is the most.
func (s *Store) RecentChanges(ctx context.Context, service itsm.ServiceID, since time.Time, reader itsm.Actor, limit int) ([]itsm.Change, error) {
	if err := reader.May(itsm.ReadChanges); err != nil {
		return nil, err
	}
	if err := checkPage(limit); err != nil {
		return nil, err
	}
	found, err := s.rows.RecentChanges(ctx, rows.RecentChangesParams{
		Service: service, EndedSince: since, SeesAll: itsm.KindChange.SeesAll(reader),
		Reader: string(reader.Person), Teams: texts(reader.Teams), Most: page(limit),
	})
	if err != nil {
		return nil, refusal("recent changes", err)
	}
	changes := make([]itsm.Change, 0, len(found))
	for _, row := range found {
		changes = append(changes, changeOf(row.Change, row.Since))
	}
	err = s.addDecisions(ctx, changes)
	return changes, err
}

// addDecisions adds the votes of the round that were not taken back. It leaves out
// what is newer than the row that was read before, so that a change never shows
// what its state does not.
func (s *Store) addDecisions(ctx context.Context, changes []itsm.Change) error {
	at := make(map[itsm.Number]int, len(changes))
	numbers := make([]string, 0, len(changes))
	for i := range changes {
		at[changes[i].Number] = i
		numbers = append(numbers, string(changes[i].Number))
	}
	found, err := s.rows.Decisions(ctx, numbers)
	if err != nil {
		return refusal("decisions", err)
	}
	for _, d := range found {
		c := &changes[at[d.Number]]
		stands := d.TakenBack == 0 || int(d.TakenBack) > c.Revision
		if stands && int(d.Revision) <= c.Revision && int(d.Round) == max(c.Approval.Round, 1) {
			c.Decisions = append(c.Decisions, decisionOf(d))
		}
	}
	return nil
}

// Timeline lists everything that happened to a record, first to last. A record
// that is not there has none.
func (s *Store) Timeline(ctx context.Context, n itsm.Number) ([]itsm.Event, error) {
	found, err := s.rows.Timeline(ctx, n)
	if err != nil {
		return nil, refusal("timeline", err)
	}
	decisions, err := s.rows.Decisions(ctx, []string{string(n)})
	if err != nil {
		return nil, refusal("timeline", err)
	}
	of := make(map[int32]*itsm.Decision, len(decisions))
	for _, d := range decisions {
		decision := decisionOf(d)
		of[d.Revision] = &decision
	}
	events := make([]itsm.Event, 0, len(found))
	for _, e := range found {
		events = append(events, itsm.Event{
			Number: e.Number, Revision: int(e.Revision), Kind: e.Kind, At: e.At, Actor: e.Actor, Door: e.Door,
			From: e.FromState, To: e.ToState, Note: e.Note, Decision: of[e.Revision], Detail: e.Detail,
		})
	}
	return events, nil
}
