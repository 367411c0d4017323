package db_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

func TestAnIncidentIsReadAsItWasSaved(t *testing.T) {
	b, ctx := open(t), t.Context()
	n, err := b.desk.NextIncidentNumber(ctx)
	require.NoError(t, err)
	require.Equal(t, itsm.Number("INC-1"), n)
	i, e := reported(n)
	b.save(ctx, t, i, e)
	got, err := b.desk.Incident(ctx, n)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(i, got))
	steps := handled(t, &i)
	b.save(ctx, t, got, e, steps...)
	got, err = b.desk.Incident(ctx, n)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(i, got))
	require.Equal(t, itsm.IncidentClosed, got.State)
	_, err = b.desk.Incident(ctx, "INC-404")
	refused(t, err, itsm.NotFound, "record.not_found")
}

func TestAStepBeforeItsIncidentIsRefusedAndLeavesNothing(t *testing.T) {
	b, ctx := open(t), t.Context()
	i, e := reported("INC-1")
	first := i
	steps := handled(t, &i)
	refused(t, b.worker.StepIncident(ctx, "INC-1", steps[0], from), itsm.Unavailable, "record.not_recorded_yet")
	said := remark(1)
	said.Number = "INC-1"
	refused(t, b.worker.RecordComment(ctx, said, from), itsm.Unavailable, "record.not_recorded_yet")
	super := conn(t, b.url)
	require.Zero(t, count(t, super, "SELECT count(*) FROM events")+count(t, super, "SELECT count(*) FROM audit_entries"))
	b.save(ctx, t, first, e, steps[0])
	require.NoError(t, b.worker.RecordComment(ctx, said, from))
}

func TestTheSameRevisionOfAnIncidentWithAnotherContentIsAnAlarm(t *testing.T) {
	b, ctx := open(t), t.Context()
	i, e := reported("INC-1")
	b.save(ctx, t, i, e)
	other := i
	other.Title = "Something else"
	refused(t, b.worker.RecordIncident(ctx, other, e, from), itsm.Internal, "record.diverged")
	step := handled(t, &i)[0]
	again, _ := reported("INC-1")
	b.save(ctx, t, again, e, step)
	step.Standing.Team = "net"
	refused(t, b.worker.StepIncident(ctx, "INC-1", step, from), itsm.Internal, "record.diverged")
	got, err := b.desk.Incident(ctx, "INC-1")
	require.NoError(t, err)
	require.Equal(t, "The shop is <down>", got.Title)
	require.Equal(t, itsm.TeamID("web"), got.Team)
}

func TestASaveThatDoesNotAgreeWithItselfIsNotMade(t *testing.T) {
	b, ctx := open(t), t.Context()
	i, e := reported("INC-1")
	wrong := e
	wrong.To = itsm.State(itsm.IncidentTriaged)
	require.ErrorContains(t, b.worker.RecordIncident(ctx, i, wrong, from), "its event is triaged")
	wrong = e
	wrong.Number = "INC-2"
	require.ErrorContains(t, b.worker.RecordIncident(ctx, i, wrong, from), "does not begin with")
	b.save(ctx, t, i, e)
	step := handled(t, &i)[3]
	require.ErrorContains(t, b.worker.StepIncident(ctx, "INC-2", step, from), "the event is of INC-1")
	step.Standing.Resolution = nil
	require.ErrorContains(t, b.worker.StepIncident(ctx, "INC-1", step, from), "without a resolution")
	step.Standing.State, step.Event.To = itsm.IncidentOnHold, itsm.State(itsm.IncidentOnHold)
	require.ErrorContains(t, b.worker.StepIncident(ctx, "INC-1", step, from), "without a hold")
}

func TestAnyOrderOfSavesOfAnIncidentLeavesTheSame(t *testing.T) {
	b, ctx, numbered := open(t), context.Background(), int64(0)
	rapid.Check(t, func(t *rapid.T) {
		numbered++
		n := itsm.IncidentNumber(numbered)
		i, s := incidentTale(t, n)
		_, e := reported(n)
		b.save(ctx, t, i, e)
		again := rapid.SliceOfN(rapid.IntRange(0, len(s.steps)-1), 0, len(s.steps)).Draw(t, "again")
		newest := 1
		for _, k := range rapid.Permutation(append(indexes(len(s.steps)), again...)).Draw(t, "order") {
			b.save(ctx, t, i, e, s.steps[k]) // recorded again, too
			newest = max(newest, s.steps[k].Event.Revision)
			got, err := b.desk.Incident(ctx, n)
			require.NoError(t, err)
			require.Equal(t, newest, got.Revision)
		}
		got, err := b.desk.Incident(ctx, n)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(s.Incident, got, cmpopts.EquateEmpty()))
		timeline, err := b.desk.Timeline(ctx, n)
		require.NoError(t, err)
		require.Len(t, timeline, len(s.steps)+1)
		for k, step := range s.steps {
			require.Empty(t, cmp.Diff(step.Event, timeline[k+1]))
		}
		related(ctx, t, b, s)
		audited(ctx, t, b, s)
	})
}

// related compares what is kept of an incident's relations with what it says itself.
func related(ctx context.Context, t require.TestingT, b book, s *incidentStory) {
	want := map[string]bool{"follows INC-9999": true}
	for _, r := range s.Relations {
		if r.Kind != itsm.ChildOf || r.To == s.Parent {
			want[string(r.Kind)+" "+string(r.To)] = true
		}
	}
	if s.Hold != nil && s.Hold.For != "" {
		want["held_for "+string(s.Hold.For)] = true
	}
	got := map[string]bool{}
	relations := b.related(ctx, t, s.Number)
	for _, r := range relations {
		require.Equal(t, s.Number, r.From)
		require.NotEmpty(t, r.By)
		got[string(r.Kind)+" "+string(r.To)] = true
	}
	require.Equal(t, want, got)
}

// audited looks for exactly one entry of each revision.
func audited(ctx context.Context, t require.TestingT, b book, s *incidentStory) {
	found, err := b.owner.Pool().Query(ctx, `SELECT revision, action FROM audit_entries WHERE subject = $1 ORDER BY revision`, s.Number)
	require.NoError(t, err)
	defer found.Close()
	next := 1
	for ; found.Next(); next++ {
		var revision int
		var action string
		require.NoError(t, found.Scan(&revision, &action))
		require.Equal(t, next, revision)
		require.True(t, strings.HasPrefix(action, "incident."), action)
	}
	require.NoError(t, found.Err())
	require.Equal(t, s.Revision+1, next)
}

func TestTheSameSaveOfAnIncidentByManyAtOnceCountsOnce(t *testing.T) {
	b, ctx := open(t), t.Context()
	i, e := reported("INC-1")
	first := i
	steps := handled(t, &i)
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() {
			if err := b.worker.RecordIncident(ctx, first, e, from); err != nil {
				t.Error(err)
			}
			for _, step := range steps {
				if err := b.worker.StepIncident(ctx, "INC-1", step, from); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	got, err := b.desk.Incident(ctx, "INC-1")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(i, got))
	require.Equal(t, len(steps)+1, count(t, conn(t, b.url), "SELECT count(*) FROM audit_entries"))
}

func TestTheListOfIncidentsThatWaitForSomebodyIsWhatExplainSays(t *testing.T) {
	b, ctx, numbered := open(t), context.Background(), int64(0)
	rapid.Check(t, func(t *rapid.T) {
		numbered++
		n := itsm.IncidentNumber(numbered)
		i, s := incidentTale(t, n)
		_, e := reported(n)
		i.RaisedAt = noon.Add(time.Duration(numbered) * time.Second) // the newest comes first
		b.save(ctx, t, i, e, s.steps...)
		for _, who := range everybody {
			got, err := b.desk.Incidents(ctx, db.IncidentFilter{Reader: reader("zoe"), WaitingFor: who, Limit: 1})
			require.NoError(t, err)
			listed := len(got) == 1 && got[0].Number == n
			require.Equal(t, slices.Contains(s.Explain().WaitsFor, who), listed, "%s: %s", who, s.Explain().Summary)
		}
	})
}

func TestTheRowSaysWhenTheNextTargetIsMissed(t *testing.T) {
	b, ctx := open(t), t.Context()
	super := conn(t, b.url)
	due := func() (at *time.Time, missed bool) {
		require.NoError(t, super.QueryRow(ctx, "SELECT due_at, missed FROM incidents WHERE number = 'INC-1'").Scan(&at, &missed))
		return at, missed
	}
	i, e := reported("INC-1")
	s := &incidentStory{Incident: i, at: noon}
	b.save(ctx, t, i, e)
	at, missed := due()
	require.True(t, at.Equal(noon.Add(30*time.Minute)), "the response of a P2: %s", at)
	require.False(t, missed)
	s.triage(t)
	for range 4 { // three warnings, and the miss
		someDeadlineOf(t, s)
	}
	s.acknowledge(t, "bob")
	b.save(ctx, t, i, e, s.steps...)
	at, missed = due()
	require.True(t, at.Equal(noon.Add(8*time.Hour)), "the resolution of a P2: %s", at)
	require.True(t, missed)
	s.step(t, "bob", func(at time.Time) itsm.Event {
		return s.PutOnHold(acting("bob", itsm.Responder), itsm.HoldRequest{Reason: itsm.AwaitingCaller, Note: "Which one?"}, at)
	})
	b.save(ctx, t, i, e, s.steps...)
	at, _ = due()
	require.Nil(t, at, "its clock stands still")
}

func someDeadlineOf(t *testing.T, s *incidentStory) {
	t.Helper()
	d, has := s.Next()
	require.True(t, has)
	require.Equal(t, itsm.ResponseClock, d.Clock)
	s.step(t, itsm.System, func(at time.Time) itsm.Event { e, _ := s.Fall(d, at); return e })
}

func TestPagesOfIncidentsNeitherRepeatNorLose(t *testing.T) {
	b, ctx := open(t), t.Context()
	raise := func(k int) {
		i, e := reported(itsm.IncidentNumber(int64(k)))
		i.RaisedAt = noon.Add(time.Duration(k/3) * time.Second) // three to an instant
		b.save(ctx, t, i, e)
	}
	for k := 1; k <= 25; k++ {
		raise(k)
	}
	var seen []itsm.Number
	var before db.Cursor
	for page := 0; ; page++ {
		got, err := b.desk.Incidents(ctx, db.IncidentFilter{Reader: reader("zoe"), Before: before, Limit: 4})
		require.NoError(t, err)
		if len(got) == 0 {
			break
		}
		for _, i := range got {
			seen = append(seen, i.Number)
		}
		last := got[len(got)-1]
		digits, err := strconv.ParseInt(strings.TrimPrefix(string(last.Number), "INC-"), 10, 64)
		require.NoError(t, err)
		before = db.Cursor{RaisedAt: last.RaisedAt, Number: digits}
		raise(100 + page)
	}
	want := make([]itsm.Number, 0, 25)
	for k := 25; k >= 1; k-- {
		want = append(want, itsm.IncidentNumber(int64(k)))
	}
	require.Equal(t, want, seen)
}
