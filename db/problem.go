package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// maxProblemIncidents is how many incidents of a problem are told of it at most.
const maxProblemIncidents = 1000

// NextProblemNumber draws the number of a problem that is about to be raised.
func (s *Store) NextProblemNumber(ctx context.Context) (itsm.Number, error) {
	n, err := s.rows.NextProblemNumber(ctx)
	if err != nil {
		return "", refusal("next problem number", err)
	}
	return itsm.ProblemNumber(n), nil
}

// RecordProblem saves a problem for the first time, at revision 1, with its first event
// and all that it leads to. The same problem again changes nothing; another one under
// the same number is record.diverged.
func (s *Store) RecordProblem(ctx context.Context, p itsm.Problem, e itsm.Event, by Provenance) error {
	if e.Revision != 1 || p.Number != e.Number {
		return fmt.Errorf("record problem %s: it does not begin with event %s:%d", p.Number, e.Number, e.Revision)
	}
	if err := agreedProblem(&p, e); err != nil {
		return fmt.Errorf("record problem: %w", err)
	}
	digest, err := digestOf(struct {
		Problem itsm.Problem
		Event   itsm.Event
	}{p, e})
	if err != nil {
		return fmt.Errorf("record problem: %w", err)
	}
	row, err := recordProblemRow(&p, e, by, digest)
	if err != nil {
		return fmt.Errorf("record problem: %w", err)
	}
	fresh, err := s.rows.RecordProblem(ctx, row)
	return s.saved(ctx, "record problem", e, digest, fresh, err)
}

// StepProblem saves what one event left of a problem. Steps may arrive twice, late or
// out of order: the row keeps the newest, events, votes, relations and audit end
// complete. The same step again changes nothing; another one of the same revision is
// record.diverged. A step that arrives before its problem is refused as
// record.not_recorded_yet.
func (s *Store) StepProblem(ctx context.Context, n itsm.Number, step itsm.ProblemStep, by Provenance) error {
	if n != step.Event.Number {
		return fmt.Errorf("step problem %s: the event is of %s", n, step.Event.Number)
	}
	raised, err := s.rows.ProblemParties(ctx, n)
	if errors.Is(err, pgx.ErrNoRows) {
		return &fault{notYet(), "step problem", fmt.Errorf("%s is not recorded", n)}
	}
	if err != nil {
		return refusal("step problem", err)
	}
	p := itsm.Problem{
		ProblemText: raised.Text, Number: n, Reporter: raised.Reporter, Owner: raised.Owner, ProblemStanding: step.Standing,
	}
	if err := agreedProblem(&p, step.Event); err != nil {
		return fmt.Errorf("step problem: %w", err)
	}
	digest, err := digestOf(step)
	if err != nil {
		return fmt.Errorf("step problem: %w", err)
	}
	row, err := stepProblemRow(&p, step.Event, by, digest)
	if err != nil {
		return fmt.Errorf("step problem: %w", err)
	}
	fresh, err := s.rows.StepProblem(ctx, row)
	return s.saved(ctx, "step problem", step.Event, digest, fresh, err)
}

// agreedProblem refuses an event that did not leave the problem as it stands, and a
// standing that lacks what the rules read of it.
func agreedProblem(p *itsm.Problem, e itsm.Event) error {
	if err := agreed(p.Receipt(), e); err != nil {
		return err
	}
	switch {
	case p.State == itsm.ProblemFixPlanned && p.Fix == nil:
		return fmt.Errorf("%s:%d waits for a fix without one", p.Number, p.Revision)
	case p.Watching() && p.Watch == nil:
		return fmt.Errorf("%s:%d is watched without a watch", p.Number, p.Revision)
	case p.State == itsm.ProblemRiskAccepted && p.Risk == nil:
		return fmt.Errorf("%s:%d is lived with and nobody accepted its risk", p.Number, p.Revision)
	}
	return ownRelations(p.Number, p.Revision, p.Relations)
}

// ownRelations refuses relations of another record.
func ownRelations(n itsm.Number, revision int, all []itsm.Relation) error {
	for _, r := range all {
		if r.From != n {
			return fmt.Errorf("%s:%d has a relation of %s", n, revision, r.From)
		}
	}
	return nil
}

// Problem reads a problem.
func (s *Store) Problem(ctx context.Context, n itsm.Number) (itsm.Problem, error) {
	row, err := s.rows.Problem(ctx, n)
	if errors.Is(err, pgx.ErrNoRows) {
		return itsm.Problem{}, itsm.NoSuchRecord(n)
	}
	if err != nil {
		return itsm.Problem{}, refusal("problem", err)
	}
	return problemOf(rows.ProblemsRow(row)), nil
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

// Problems lists problems, newest first. Pages by Before neither repeat nor lose a row
// while problems are being raised.
func (s *Store) Problems(ctx context.Context, f ProblemFilter) ([]itsm.Problem, error) {
	if err := f.Reader.May(itsm.ReadProblems); err != nil {
		return nil, err
	}
	if err := checkPage(f.Limit); err != nil {
		return nil, err
	}
	found, err := s.rows.Problems(ctx, f.params())
	if err != nil {
		return nil, refusal("problems", err)
	}
	problems := make([]itsm.Problem, 0, len(found))
	for _, row := range found {
		problems = append(problems, problemOf(row))
	}
	return problems, nil
}

func (f *ProblemFilter) params() rows.ProblemsParams {
	p := rows.ProblemsParams{
		State: string(f.State), Open: f.Open, Priority: string(f.Priority), Service: string(f.Service), Team: string(f.Team),
		ByReporter: string(f.Reporter), ByCoordinator: string(f.Coordinator),
		WaitingFor: string(f.WaitingFor.Person), WaitingRoles: texts(f.WaitingFor.Roles),
		SeesAll: itsm.KindProblem.SeesAll(f.Reader), Reader: string(f.Reader.Person), Teams: texts(f.Reader.Teams), Most: page(f.Limit),
	}
	p.BeforeAt, p.BeforeOrdinal = f.Before.bounds()
	return p
}

// ProblemsOf reads the problems of some numbers, in no order. What is not there is left
// out.
func (s *Store) ProblemsOf(ctx context.Context, numbers []itsm.Number) ([]itsm.Problem, error) {
	found, err := s.rows.ProblemsOf(ctx, texts(numbers))
	if err != nil {
		return nil, refusal("problems of", err)
	}
	problems := make([]itsm.Problem, 0, len(found))
	for _, row := range found {
		problems = append(problems, problemOf(rows.ProblemsRow(row)))
	}
	return problems, nil
}

// ProblemIncidents lists the incidents that are not over and belong to a problem or to
// one that was merged into it, and those that wait for it, oldest first; a thousand at
// most.
func (s *Store) ProblemIncidents(ctx context.Context, n itsm.Number) ([]itsm.Number, error) {
	found, err := s.rows.ProblemIncidents(ctx, rows.ProblemIncidentsParams{Number: n, Most: maxProblemIncidents})
	return found, refusal("problem incidents", err)
}
