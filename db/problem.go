package db

import (
	"context"
	"errors"
	"fmt"

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
	return saving[rows.RecordProblemParams]{
		what: "record problem", event: e, amiss: errors.Join(begins(p.Number, e), agreedProblem(&p, e)),
		whole: struct {
			Problem itsm.Problem
			Event   itsm.Event
		}{p, e},
		row:  func(digest string) (rows.RecordProblemParams, error) { return recordProblemRow(&p, e, by, digest) },
		save: s.rows.RecordProblem,
	}.into(ctx, s)
}

// StepProblem saves what one event left of a problem. Steps may arrive twice, late or
// out of order: the row keeps the newest, events, votes, relations and audit end
// complete. The same step again changes nothing; another one of the same revision is
// record.diverged. A step that arrives before its problem is refused as
// record.not_recorded_yet.
func (s *Store) StepProblem(ctx context.Context, n itsm.Number, step itsm.ProblemStep, by Provenance) error {
	raised, err := parties(ctx, "step problem", n, step.Event, s.rows.ProblemParties)
	if err != nil {
		return err
	}
	p := itsm.Problem{
		ProblemText: raised.Text, Number: n, Reporter: raised.Reporter, Owner: raised.Owner, ProblemStanding: step.Standing,
	}
	return saving[rows.StepProblemParams]{
		what: "step problem", event: step.Event, amiss: agreedProblem(&p, step.Event), whole: step,
		row:  func(digest string) (rows.StepProblemParams, error) { return stepProblemRow(&p, step.Event, by, digest) },
		save: s.rows.StepProblem,
	}.into(ctx, s)
}

// agreedProblem refuses an event that did not leave the problem as it stands, and a
// standing that lacks what the rules read of it.
func agreedProblem(p *itsm.Problem, e itsm.Event) error {
	switch err := agreed(p.Receipt(), e); {
	case err != nil:
		return err
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
	return read("problem", n, row, err, problemOf)
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
	return readAll("problems", found, err, problemOf)
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
	return readAll("problems of", found, err, problemOf)
}

// ProblemIncidents lists the incidents that are not over and belong to a problem or to
// one that was merged into it, and those that wait for it, oldest first; a thousand at
// most.
func (s *Store) ProblemIncidents(ctx context.Context, n itsm.Number) ([]itsm.Number, error) {
	found, err := s.rows.ProblemIncidents(ctx, rows.ProblemIncidentsParams{Number: n, Most: maxProblemIncidents})
	return found, refusal("problem incidents", err)
}
