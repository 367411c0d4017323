package db_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

func TestAProblemIsReadAsItWasSaved(t *testing.T) {
	b, ctx := open(t), t.Context()
	n, err := b.desk.NextProblemNumber(ctx)
	require.NoError(t, err)
	require.Equal(t, itsm.Number("PRB-1"), n)
	p, e := suspected(n)
	b.keep(ctx, t, p, e)
	got, err := b.desk.Problem(ctx, n)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(p, got))
	steps := solved(t, &p)
	b.keep(ctx, t, got, e, steps...)
	got, err = b.desk.Problem(ctx, n)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(p, got, cmpopts.EquateEmpty()))
	require.Equal(t, itsm.ProblemClosed, got.State)
	timeline, err := b.desk.Timeline(ctx, n)
	require.NoError(t, err)
	require.Len(t, timeline, len(steps)+1)
	for k, step := range steps {
		require.Empty(t, cmp.Diff(step.Event, timeline[k+1]), "with the vote")
	}
	_, err = b.desk.Problem(ctx, "PRB-404")
	refused(t, err, itsm.NotFound, "record.not_found")
}

func TestAStepBeforeItsProblemIsRefusedAndLeavesNothing(t *testing.T) {
	b, ctx := open(t), t.Context()
	p, e := suspected("PRB-1")
	first := p
	steps := solved(t, &p)
	refused(t, b.worker.StepProblem(ctx, "PRB-1", steps[0], from), itsm.Unavailable, "record.not_recorded_yet")
	said := remark(1)
	said.Number = "PRB-1"
	refused(t, b.worker.RecordComment(ctx, said, from), itsm.Unavailable, "record.not_recorded_yet")
	super := conn(t, b.url)
	require.Zero(t, count(t, super, "SELECT count(*) FROM events")+count(t, super, "SELECT count(*) FROM audit_entries")+
		count(t, super, "SELECT count(*) FROM relations"))
	b.keep(ctx, t, first, e, steps[0])
	require.NoError(t, b.worker.RecordComment(ctx, said, from))
	require.Equal(t, 1, count(t, super, "SELECT count(*) FROM audit_entries WHERE subject = 'PRB-1' AND action = 'problem.commented'"))
}

func TestTheSameRevisionOfAProblemWithAnotherContentIsAnAlarm(t *testing.T) {
	b, ctx := open(t), t.Context()
	p, e := suspected("PRB-1")
	b.keep(ctx, t, p, e)
	other := p
	other.Title = "Something else"
	refused(t, b.worker.RecordProblem(ctx, other, e, from), itsm.Internal, "record.diverged")
	step := solved(t, &p)[0]
	again, _ := suspected("PRB-1")
	b.keep(ctx, t, again, e, step)
	step.Standing.Team = "net"
	refused(t, b.worker.StepProblem(ctx, "PRB-1", step, from), itsm.Internal, "record.diverged")
	got, err := b.desk.Problem(ctx, "PRB-1")
	require.NoError(t, err)
	require.Equal(t, "The shop is <down> again", got.Title)
	require.Equal(t, itsm.TeamID("web"), got.Team)
}

func TestASaveOfAProblemThatDoesNotAgreeWithItselfIsNotMade(t *testing.T) {
	b, ctx := open(t), t.Context()
	p, e := suspected("PRB-1")
	first := p
	wrong := e
	wrong.To = itsm.State(itsm.ProblemLogged)
	require.ErrorContains(t, b.worker.RecordProblem(ctx, p, wrong, from), "its event is logged")
	wrong = e
	wrong.Number = "PRB-2"
	require.ErrorContains(t, b.worker.RecordProblem(ctx, p, wrong, from), "does not begin with")
	stray := p
	stray.Relations = []itsm.Relation{{From: "PRB-2", Kind: itsm.FoundIn, To: "INC-1", By: "ana", At: noon}}
	require.ErrorContains(t, b.worker.RecordProblem(ctx, stray, e, from), "has a relation of PRB-2")
	b.keep(ctx, t, first, e)
	step := solved(t, &p)[0]
	require.ErrorContains(t, b.worker.StepProblem(ctx, "PRB-2", step, from), "the event is of PRB-1")
	for _, x := range []struct {
		state itsm.ProblemState
		why   string
	}{
		{itsm.ProblemFixPlanned, "waits for a fix without one"},
		{itsm.ProblemWatched, "watched without a watch"},
		{itsm.ProblemRiskAccepted, "nobody accepted its risk"},
	} {
		step.Standing.State, step.Event.To = x.state, itsm.State(x.state)
		require.ErrorContains(t, b.worker.StepProblem(ctx, "PRB-1", step, from), x.why)
	}
}

func TestAnyOrderOfSavesOfAProblemLeavesTheSame(t *testing.T) {
	b, ctx, numbered := open(t), context.Background(), int64(0)
	rapid.Check(t, func(t *rapid.T) {
		numbered++
		n := itsm.ProblemNumber(numbered)
		p, s := problemTale(t, n)
		_, e := suspected(n)
		b.keep(ctx, t, p, e)
		again := rapid.SliceOfN(rapid.IntRange(0, len(s.steps)-1), 0, len(s.steps)).Draw(t, "again")
		newest := 1
		for _, k := range rapid.Permutation(append(indexes(len(s.steps)), again...)).Draw(t, "order") {
			b.keep(ctx, t, p, e, s.steps[k]) // recorded again, too
			newest = max(newest, s.steps[k].Event.Revision)
			got, err := b.desk.Problem(ctx, n)
			require.NoError(t, err)
			require.Equal(t, newest, got.Revision)
		}
		got, err := b.desk.Problem(ctx, n)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(s.Problem, got, cmpopts.EquateEmpty()))
		timeline, err := b.desk.Timeline(ctx, n)
		require.NoError(t, err)
		require.Len(t, timeline, len(s.steps)+1)
		for k, step := range s.steps {
			require.Empty(t, cmp.Diff(step.Event, timeline[k+1], cmpopts.EquateEmpty()))
		}
		relations := b.related(ctx, t, n)
		require.Empty(t, cmp.Diff(s.Relations, relations, cmpopts.SortSlices(func(a, b itsm.Relation) bool {
			return string(a.Kind+" ")+string(a.To) < string(b.Kind+" ")+string(b.To)
		})))
		auditedProblem(ctx, t, b, s)
	})
}

// auditedProblem looks for exactly one entry of each revision.
func auditedProblem(ctx context.Context, t require.TestingT, b book, s *problemStory) {
	found, err := b.owner.Pool().Query(ctx, `SELECT revision, action FROM audit_entries WHERE subject = $1 ORDER BY revision`, s.Number)
	require.NoError(t, err)
	defer found.Close()
	next := 1
	for ; found.Next(); next++ {
		var revision int
		var action string
		require.NoError(t, found.Scan(&revision, &action))
		require.Equal(t, next, revision)
		require.True(t, strings.HasPrefix(action, "problem.") || strings.HasPrefix(action, "known_error."), action)
	}
	require.NoError(t, found.Err())
	require.Equal(t, s.Revision+1, next)
}

func TestTheSameSaveOfAProblemByManyAtOnceCountsOnce(t *testing.T) {
	b, ctx := open(t), t.Context()
	p, e := suspected("PRB-1")
	first := p
	steps := solved(t, &p)
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() {
			if err := b.worker.RecordProblem(ctx, first, e, from); err != nil {
				t.Error(err)
			}
			for _, step := range steps {
				if err := b.worker.StepProblem(ctx, "PRB-1", step, from); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	got, err := b.desk.Problem(ctx, "PRB-1")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(p, got, cmpopts.EquateEmpty()))
	super := conn(t, b.url)
	require.Equal(t, len(steps)+1, count(t, super, "SELECT count(*) FROM audit_entries"))
	require.Equal(t, 1, count(t, super, "SELECT count(*) FROM decisions"))
}

func TestAProblemOfManyIncidentsLeadsToAllOfThem(t *testing.T) {
	b, ctx := open(t), t.Context()
	d := itsm.ProblemDraft{ProblemText: itsm.ProblemText{Title: "Many", Service: "shop", Change: "CHG-1"}}
	for k := range itsm.MaxProblemIncidents {
		d.Incidents = append(d.Incidents, itsm.IncidentNumber(int64(k+1)))
	}
	one, e := proposed("PRB-1", noon, d)
	b.keep(ctx, t, one, e)
	d.Incidents = []itsm.Number{"INC-1", "INC-900", "INC-901"}
	two, _ := proposed("PRB-2", noon, d)
	two.MergedInto = "PRB-1"
	s := &problemStory{Problem: one, at: noon}
	s.log(t)
	s.step(t, itsm.System, func(at time.Time) itsm.Event { e, _ := s.Absorb(&two, at); return e })
	b.keep(ctx, t, one, e, s.steps...)
	super := conn(t, b.url)
	require.Equal(t, 102, count(t, super, "SELECT count(*) FROM relations WHERE from_number = 'PRB-1' AND kind = 'found_in'"))
	require.Equal(t, 1, count(t, super, "SELECT count(*) FROM relations WHERE from_number = 'PRB-1' AND kind = 'caused_by'"))
}

func TestTheRowSaysWhenTheNextStageOfAProblemIsDue(t *testing.T) {
	b, ctx := open(t), t.Context()
	super := conn(t, b.url)
	due := func() (at *time.Time, missed bool) {
		require.NoError(t, super.QueryRow(ctx, "SELECT due_at, missed FROM problems WHERE number = 'PRB-1'").Scan(&at, &missed))
		return at, missed
	}
	p, e := suspected("PRB-1")
	b.keep(ctx, t, p, e)
	at, missed := due()
	require.True(t, at.Equal(*p.Clocks[0].DueAt), "its assessment: %s", at)
	require.False(t, missed)
	s := &problemStory{Problem: p, at: noon}
	s.log(t)
	for !s.Missed() {
		s.step(t, itsm.System, func(at time.Time) itsm.Event {
			d, _ := s.Next()
			e, _ := s.Fall(d, problemTerms(), at)
			return e
		})
	}
	s.accept(t, "eve")
	b.keep(ctx, t, p, e, s.steps...)
	at, missed = due()
	require.Nil(t, at, "that of its root cause is not reckoned yet")
	require.True(t, missed)
	s.step(t, itsm.System, func(time.Time) itsm.Event { return s.reckon() })
	b.keep(ctx, t, p, e, s.steps...)
	at, _ = due()
	require.True(t, at.Equal(*s.Clock(itsm.RootCauseClock).DueAt))
}
