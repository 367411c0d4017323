package db

import (
	"context"
	"errors"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

var errNotYet = errors.New("db: not there yet")

func (s *Store) NextProblemNumber(ctx context.Context) (itsm.Number, error) { return "", errNotYet }

func (s *Store) RecordProblem(ctx context.Context, p itsm.Problem, e itsm.Event, by Provenance) error {
	return errNotYet
}

func (s *Store) StepProblem(ctx context.Context, n itsm.Number, step itsm.ProblemStep, by Provenance) error {
	return errNotYet
}

func (s *Store) Problem(ctx context.Context, n itsm.Number) (itsm.Problem, error) {
	return itsm.Problem{}, errNotYet
}

// ProblemFilter narrows a list of problems; what is empty does not narrow.
type ProblemFilter struct {
	State       itsm.ProblemState
	Open        bool
	Priority    itsm.Priority
	Service     itsm.ServiceID
	Team        itsm.TeamID
	Reporter    itsm.PersonID
	Coordinator itsm.PersonID
	WaitingFor  itsm.Actor // whom Explain names, or one of whose roles it does
	Reader      itsm.Actor // what Problem.CheckRead hides from them is not listed
	Before      Cursor     // zero: from the newest
	Limit       int        // zero: DefaultPage; at most MaxPage
}

func (s *Store) Problems(ctx context.Context, f ProblemFilter) ([]itsm.Problem, error) {
	return nil, errNotYet
}

func (s *Store) ProblemIncidents(ctx context.Context, n itsm.Number) ([]itsm.Number, error) {
	return nil, errNotYet
}

func (s *Store) KnownErrorUse(ctx context.Context, n itsm.Number) (itsm.KnownErrorUse, error) {
	return itsm.KnownErrorUse{}, errNotYet
}

// KnownErrorQuery says which known errors to find.
type KnownErrorQuery struct {
	Words  string     // as people type them; empty: any
	Reader itsm.Actor // what Problem.CheckRead hides from them is not found
	Limit  int        // at most MaxPage
}

func (s *Store) KnownErrors(ctx context.Context, q KnownErrorQuery) ([]itsm.KnownErrorFound, error) {
	return nil, errNotYet
}

func (s *Store) KnownErrorsFor(ctx context.Context, i itsm.Incident, reader itsm.Actor) ([]itsm.KnownErrorFound, error) {
	return nil, errNotYet
}

func (s *Store) Trends(ctx context.Context, p itsm.TrendPolicy, at time.Time) ([]itsm.Trend, error) {
	return nil, errNotYet
}

func (s *Store) KeepTrends(ctx context.Context, at time.Time, found []itsm.Trend) error {
	return errNotYet
}

// Proposal is a problem that is to be proposed.
type Proposal struct {
	Key   string // that it is raised under, once
	Draft itsm.ProblemDraft
}

func (s *Store) Proposals(ctx context.Context, most int) ([]Proposal, error) { return nil, errNotYet }

// Recurrence is an incident of a problem whose fix is watched.
type Recurrence struct {
	Problem  itsm.Number
	Incident itsm.Number
}

func (s *Store) Recurrences(ctx context.Context, most int) ([]Recurrence, error) {
	return nil, errNotYet
}
