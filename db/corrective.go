package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// NextCorrectiveNumber draws the number of a corrective action that is about to be raised.
func (s *Store) NextCorrectiveNumber(ctx context.Context) (itsm.Number, error) {
	n, err := s.rows.NextCorrectiveNumber(ctx)
	if err != nil {
		return "", refusal("next corrective action number", err)
	}
	return itsm.CorrectiveNumber(n), nil
}

// RecordCorrective saves a corrective action for the first time, at revision 1, with its first event
// and all that it leads to. The same corrective action again changes nothing; another one under
// the same number is record.diverged.
func (s *Store) RecordCorrective(ctx context.Context, c itsm.CorrectiveAction, e itsm.Event, by Provenance) error {
	if e.Revision != 1 || c.Number != e.Number {
		return fmt.Errorf("record corrective action %s: it does not begin with event %s:%d", c.Number, e.Number, e.Revision)
	}
	if err := agreedCorrective(&c, e); err != nil {
		return fmt.Errorf("record corrective action: %w", err)
	}
	digest, err := digestOf(struct {
		Corrective itsm.CorrectiveAction
		Event      itsm.Event
	}{c, e})
	if err != nil {
		return fmt.Errorf("record corrective action: %w", err)
	}
	row, err := recordCorrectiveRow(&c, e, by, digest)
	if err != nil {
		return fmt.Errorf("record corrective action: %w", err)
	}
	fresh, err := s.rows.RecordCorrective(ctx, row)
	return s.saved(ctx, "record corrective action", e, digest, fresh, err)
}

// StepCorrective saves what one event left of a corrective action. Steps may arrive twice, late or
// out of order: the row keeps the newest, events, votes, relations and audit end
// complete. The same step again changes nothing; another one of the same revision is
// record.diverged. A step that arrives before its corrective action is refused as
// record.not_recorded_yet.
func (s *Store) StepCorrective(ctx context.Context, n itsm.Number, step itsm.CorrectiveStep, by Provenance) error {
	if n != step.Event.Number {
		return fmt.Errorf("step corrective action %s: the event is of %s", n, step.Event.Number)
	}
	raised, err := s.rows.CorrectiveParties(ctx, n)
	if errors.Is(err, pgx.ErrNoRows) {
		return &fault{notYet(), "step corrective action", fmt.Errorf("%s is not recorded", n)}
	}
	if err != nil {
		return refusal("step corrective action", err)
	}
	c := itsm.CorrectiveAction{
		CorrectiveText: raised.Text, Number: n, Reporter: raised.Reporter, CorrectiveStanding: step.Standing,
	}
	if err := agreedCorrective(&c, step.Event); err != nil {
		return fmt.Errorf("step corrective action: %w", err)
	}
	digest, err := digestOf(step)
	if err != nil {
		return fmt.Errorf("step corrective action: %w", err)
	}
	row, err := stepCorrectiveRow(&c, step.Event, by, digest)
	if err != nil {
		return fmt.Errorf("step corrective action: %w", err)
	}
	fresh, err := s.rows.StepCorrective(ctx, row)
	return s.saved(ctx, "step corrective action", step.Event, digest, fresh, err)
}

// agreed refuses an event that did not leave a record as it stands.
func agreed(stands itsm.Receipt, e itsm.Event) error {
	if stands.Revision != e.Revision || stands.State != e.To {
		return fmt.Errorf("%s is %s at revision %d, and its event is %s at revision %d",
			stands.Number, stands.State, stands.Revision, e.To, e.Revision)
	}
	return nil
}

// agreedCorrective refuses an event that did not leave the corrective action as it
// stands, and a standing that lacks what the rules read of it.
func agreedCorrective(c *itsm.CorrectiveAction, e itsm.Event) error {
	if err := agreed(c.Receipt(), e); err != nil {
		return err
	}
	switch {
	case c.State == itsm.CorrectiveImplemented && c.VerifyFrom == nil:
		return fmt.Errorf("%s:%d is implemented, and nobody knows when that shows", c.Number, c.Revision)
	case c.State == itsm.CorrectivePlanned && (c.Plan == nil || len(c.Plan.Steps) > len(c.Steps)):
		return fmt.Errorf("%s:%d is planned and lacks steps of its plan", c.Number, c.Revision)
	}
	return ownRelations(c.Number, c.Revision, c.Relations)
}

// Corrective reads a corrective action.
func (s *Store) Corrective(ctx context.Context, n itsm.Number) (itsm.CorrectiveAction, error) {
	row, err := s.rows.Corrective(ctx, n)
	if errors.Is(err, pgx.ErrNoRows) {
		return itsm.CorrectiveAction{}, itsm.NoSuchRecord(n)
	}
	if err != nil {
		return itsm.CorrectiveAction{}, refusal("corrective action", err)
	}
	return correctiveOf(rows.CorrectivesRow(row)), nil
}

// CorrectiveFilter narrows a list of corrective actions; what is empty does not narrow.
type CorrectiveFilter struct {
	State      itsm.CorrectiveState
	Open       bool
	Severity   itsm.Severity
	Service    itsm.ServiceID
	Team       itsm.TeamID
	Source     itsm.Number
	Reporter   itsm.PersonID
	Owner      itsm.PersonID
	WaitingFor itsm.Actor // whom Explain names, or one of whose roles it does
	Reader     itsm.Actor // what CorrectiveAction.CheckRead hides from them is not listed
	Before     Cursor     // zero: from the newest
	Limit      int        // zero: DefaultPage; at most MaxPage
}

// Correctives lists corrective actions, newest first. Pages by Before neither repeat
// nor lose a row while others are being raised.
func (s *Store) Correctives(ctx context.Context, f CorrectiveFilter) ([]itsm.CorrectiveAction, error) {
	if err := f.Reader.May(itsm.ReadCorrective); err != nil {
		return nil, err
	}
	if err := checkPage(f.Limit); err != nil {
		return nil, err
	}
	found, err := s.rows.Correctives(ctx, f.params())
	if err != nil {
		return nil, refusal("corrective actions", err)
	}
	all := make([]itsm.CorrectiveAction, 0, len(found))
	for _, row := range found {
		all = append(all, correctiveOf(row))
	}
	return all, nil
}

// CorrectivesOf reads the corrective actions of some numbers, in no order. What is not
// there is left out.
func (s *Store) CorrectivesOf(ctx context.Context, numbers []itsm.Number) ([]itsm.CorrectiveAction, error) {
	found, err := s.rows.CorrectivesOf(ctx, texts(numbers))
	if err != nil {
		return nil, refusal("corrective actions of", err)
	}
	all := make([]itsm.CorrectiveAction, 0, len(found))
	for _, row := range found {
		all = append(all, correctiveOf(rows.CorrectivesRow(row)))
	}
	return all, nil
}

func (f *CorrectiveFilter) params() rows.CorrectivesParams {
	p := rows.CorrectivesParams{
		State: string(f.State), Open: f.Open, Severity: string(f.Severity), Service: string(f.Service), Team: string(f.Team),
		Source: string(f.Source), ByReporter: string(f.Reporter), ByOwner: string(f.Owner),
		WaitingFor: string(f.WaitingFor.Person), WaitingRoles: texts(f.WaitingFor.Roles),
		SeesAll: itsm.KindCorrective.SeesAll(f.Reader),
		Reader:  string(f.Reader.Person), Teams: texts(f.Reader.Teams), Most: page(f.Limit),
	}
	p.BeforeAt, p.BeforeOrdinal = f.Before.bounds()
	return p
}
