package db

import (
	"context"
	"errors"
	"fmt"

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
	return saving[rows.RecordCorrectiveParams]{
		what: "record corrective action", event: e, amiss: errors.Join(begins(c.Number, e), agreedCorrective(&c, e)),
		whole: struct {
			Corrective itsm.CorrectiveAction
			Event      itsm.Event
		}{c, e},
		row: func(digest string) (rows.RecordCorrectiveParams, error) {
			return recordCorrectiveRow(&c, e, by, digest)
		},
		save: s.rows.RecordCorrective,
	}.into(ctx, s)
}

// StepCorrective saves what one event left of a corrective action. Steps may arrive twice, late or
// out of order: the row keeps the newest, events, votes, relations and audit end
// complete. The same step again changes nothing; another one of the same revision is
// record.diverged. A step that arrives before its corrective action is refused as
// record.not_recorded_yet.
func (s *Store) StepCorrective(ctx context.Context, n itsm.Number, step itsm.CorrectiveStep, by Provenance) error {
	raised, err := parties(ctx, "step corrective action", n, step.Event, s.rows.CorrectiveParties)
	if err != nil {
		return err
	}
	c := itsm.CorrectiveAction{
		CorrectiveText: raised.Text, Number: n, Reporter: raised.Reporter, CorrectiveStanding: step.Standing,
	}
	return saving[rows.StepCorrectiveParams]{
		what: "step corrective action", event: step.Event, amiss: agreedCorrective(&c, step.Event), whole: step,
		row: func(digest string) (rows.StepCorrectiveParams, error) {
			return stepCorrectiveRow(&c, step.Event, by, digest)
		},
		save: s.rows.StepCorrective,
	}.into(ctx, s)
}

// agreedCorrective refuses an event that did not leave the corrective action as it
// stands, and a standing that lacks what the rules read of it.
func agreedCorrective(c *itsm.CorrectiveAction, e itsm.Event) error {
	switch err := agreed(c.Receipt(), e); {
	case err != nil:
		return err
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
	return read("corrective action", n, row, err, correctiveOf)
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
	return readAll("corrective actions", found, err, correctiveOf)
}

// CorrectivesOf reads the corrective actions of some numbers, in no order. What is not
// there is left out.
func (s *Store) CorrectivesOf(ctx context.Context, numbers []itsm.Number) ([]itsm.CorrectiveAction, error) {
	found, err := s.rows.CorrectivesOf(ctx, texts(numbers))
	return readAll("corrective actions of", found, err, correctiveOf)
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
