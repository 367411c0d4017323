package db_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// atWork is INC-1, which an alert fires for and bob is at, with the steps so far saved.
func (b book) atWork(t require.TestingT) *incidentStory {
	s := ago(60)
	s.triage(t)
	s.acknowledge(t, "bob")
	b.record(t, s)
	return s
}

func (b book) stepped(t *testing.T, s *incidentStory, order ...int) {
	t.Helper()
	for _, k := range order {
		require.NoError(t, b.worker.StepIncident(t.Context(), s.Number, s.steps[k], from))
	}
}

func (b book) unsettled(t *testing.T) int {
	t.Helper()
	all, err := b.desk.UnsettledAlerts(t.Context(), 10)
	require.NoError(t, err)
	return len(all)
}

func TestAnAlertThatWasCountedAfterTheResolutionIsNotLost(t *testing.T) {
	b := open(t)
	b.take(t, fires("a"))
	s := b.atWork(t)
	s.resolve(t, "bob") // half an hour ago and more, and its save is late
	require.Equal(t, counted("INC-1", 2), b.take(t, fires("a")))
	b.stepped(t, s, 0)
	require.Equal(t, 1, b.unsettled(t))
	b.expire(t)
	b.claimOne(t, db.AlertReopen, "INC-1")
	require.Equal(t, counted("INC-1", 2), b.take(t, ends("a")))
	require.Zero(t, b.unsettled(t), "nothing fires any more")
	s.close(t)
	b.stepped(t, s, 1)
	require.Zero(t, b.unsettled(t))
}

func TestAnAlertThatWasSeenIsSettled(t *testing.T) {
	b := open(t)
	b.take(t, fires("a"))
	s := b.atWork(t)
	s.at = time.Now()
	s.resolve(t, "bob") // in a minute: the alert still fires, and bob knows why
	s.close(t)
	b.stepped(t, s, 0, 1)
	require.Zero(t, b.unsettled(t))
	b.expire(t)
	require.Empty(t, b.claim(t))
}

func TestAnAlertThatFiredAgainIsNotRecovered(t *testing.T) {
	b := open(t)
	b.take(t, fires("a"))
	s := b.atWork(t)
	require.True(t, b.take(t, ends("a")).Ended)
	require.Equal(t, counted("INC-1", 2), b.take(t, fires("a")), "before what came of its end")
	s.at = time.Now()
	s.resolve(t, itsm.Monitoring)
	b.stepped(t, s, 0)
	require.Equal(t, 1, b.unsettled(t), "monitoring said that it recovered, and it has not")
}

func TestAnIncidentThatIsOverBeforeItReopensHasASuccessor(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.take(t, fires("a"))
	b.take(t, fires("b"))
	s := b.atWork(t)
	s.at = time.Now()
	s.resolve(t, "bob")
	b.stepped(t, s, 0)
	require.True(t, b.take(t, fires("b")).Reopen)
	s.close(t) // its reporter was faster
	b.stepped(t, s, 1)
	require.Equal(t, 1, b.unsettled(t))
	b.expire(t)
	work := b.claimOne(t, db.AlertRaise, "INC-2")
	require.JSONEq(t, `{"title": "The shop is down: b"}`, string(work.Draft), "what fires now")
	require.Equal(t, itsm.Number("INC-1"), work.Was)
	b.expire(t)
	require.Equal(t, itsm.Number("INC-1"), b.claimOne(t, db.AlertRaise, "INC-2").Was, "the relay died, and another does the same")
	require.Zero(t, b.unsettled(t))
	carried, err := b.desk.AlertsOf(ctx, "INC-2")
	require.NoError(t, err)
	require.Len(t, carried, 2)
	require.True(t, carried[0].Firing && carried[1].Firing)
	require.Equal(t, counted("INC-2", 2), b.take(t, fires("b")))
}

func TestTheIntakeKnowsTheNewestOfStepsInAnyOrder(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {1, 2, 0, 1}} {
		b := open(t)
		b.take(t, fires("a"))
		s := b.atWork(t)
		s.resolve(t, "bob")
		require.Equal(t, counted("INC-1", 2), b.take(t, fires("a"))) // after the resolution, before any save
		s.step(t, itsm.System, func(time.Time) itsm.Event { return s.reckon() })
		s.at = time.Now()
		s.close(t)
		b.stepped(t, s, order...)
		require.Equal(t, 1, b.unsettled(t), "%v", order)
		held, _, err := b.desk.AlertIncident(t.Context(), "prom", fires("a").DedupKey)
		require.NoError(t, err)
		require.Equal(t, db.AlertsOver, held.State)
	}
}

// TestNoAlertIsLostWhileItsIncidentIsResolved lets alerts and resolutions meet. Either
// an alert came before whoever resolved it was done, or somebody is told.
func TestNoAlertIsLostWhileItsIncidentIsResolved(t *testing.T) {
	b, ctx := open(t), t.Context()
	super := conn(t, b.url)
	b.take(t, fires("a"))
	s := b.atWork(t)
	s.at = time.Now().Add(-time.Minute)
	for round := range 40 {
		s.at = time.Now().Add(-time.Minute).Add(time.Duration(round%5-2) * time.Millisecond)
		s.resolve(t, "bob")
		var group sync.WaitGroup
		var reopen sync.Map
		group.Go(func() {
			if err := b.worker.StepIncident(ctx, "INC-1", s.steps[len(s.steps)-1], from); err != nil {
				t.Error(err)
			}
		})
		for k := range 4 {
			group.Go(func() {
				out, err := b.desk.TakeAlert(ctx, fires("a"))
				if err != nil || out.Number != "INC-1" || out.Fresh {
					t.Error(out, err)
				}
				if out.Reopen {
					reopen.Store(k, true)
				}
			})
		}
		group.Wait()
		var unsettled, late bool
		require.NoError(t, super.QueryRow(ctx, "SELECT unsettled, last_at > settled_at FROM alert_incidents").Scan(&unsettled, &late))
		told := 0
		reopen.Range(func(any, any) bool { told++; return true })
		require.True(t, unsettled || !late && told == 0, "round %d", round)
		require.LessOrEqual(t, told, 1)
		s.reopen(t)
		b.stepped(t, s, len(s.steps)-1)
		_, err := super.Exec(ctx, "UPDATE alert_incidents SET lease_until = now()")
		require.NoError(t, err)
		s.acknowledge(t, "bob")
		b.stepped(t, s, len(s.steps)-1)
		if s.Reopens == itsm.MaxReopens {
			break
		}
	}
	require.Equal(t, int(b.take(t, fires("a")).Count), count(t, super, "SELECT count FROM alerts"))
}

func TestTheProcessHearsOfAlertsAtGrowingIntervals(t *testing.T) {
	b, ctx := open(t), t.Context()
	super := conn(t, b.url)
	earlier := func(seconds int) {
		t.Helper()
		_, err := super.Exec(ctx, "UPDATE alert_incidents SET lease_until = now(), noted_at = noted_at - make_interval(secs => $1)", seconds)
		require.NoError(t, err)
	}
	b.take(t, fires("a"))
	b.record(t, ago(5))
	earlier(7200)
	require.Empty(t, b.claim(t), "it knows of the first")
	for times, seconds := range []int{60, 120, 240, 480, 960, 1920, 3600, 3600, 3600} {
		_, err := super.Exec(ctx, "UPDATE alert_incidents SET noted_at = now()")
		require.NoError(t, err)
		b.take(t, fires("a"))
		earlier(seconds - 30)
		require.Empty(t, b.claim(t), "after %d times", times)
		earlier(31)
		work := b.claimOne(t, db.AlertNote, "INC-1")
		require.EqualValues(t, times+2, work.Count)
		require.NoError(t, b.desk.NotedAlerts(ctx, "INC-1", work.Count))
	}
	earlier(7200)
	require.Empty(t, b.claim(t), "it knows them all")
}

func TestRelaysNeverGetTheSameAlerts(t *testing.T) {
	b, ctx := open(t), t.Context()
	for k := range 30 {
		in := fires("a")
		in.DedupKey = strings.Repeat("x", k+1)
		b.take(t, in)
	}
	b.expire(t)
	var mu sync.Mutex
	times := map[itsm.Number]int{}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for {
				due, err := b.desk.ClaimAlerts(ctx, time.Hour, 3)
				if err != nil || len(due) == 0 {
					if err != nil {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				for _, d := range due {
					times[d.Number]++
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	require.Len(t, times, 30)
	for n, k := range times {
		require.Equal(t, 1, k, "%s", n)
	}
}

func TestAlertsLeaveAnIncidentThatCannotTakeThem(t *testing.T) {
	b, ctx := open(t), t.Context()
	key := fires("a").DedupKey
	_, err := b.desk.RaiseAnew(ctx, "prom", key, "INC-1", 0)
	require.ErrorContains(t, err, "no alert came")
	b.take(t, fires("a"))
	out, err := b.desk.RaiseAnew(ctx, "prom", key, "INC-1", 0)
	require.NoError(t, err)
	require.Equal(t, counted("INC-1", 1), out, "it is being raised")
	s := b.atWork(t)
	s.resolve(t, "bob")
	b.stepped(t, s, 0)
	out, err = b.desk.RaiseAnew(ctx, "prom", key, "INC-1", time.Minute)
	require.NoError(t, err)
	require.True(t, out.Fresh)
	require.Equal(t, itsm.Number("INC-2"), out.Number)
	out, err = b.desk.RaiseAnew(ctx, "prom", key, "INC-1", time.Minute)
	require.NoError(t, err)
	require.Equal(t, counted("INC-2", 1), out, "somebody else did it")
	s.close(t)
	b.stepped(t, s, 1)
	require.Equal(t, counted("INC-2", 2), b.take(t, fires("a")), "what became of the first is nothing to the second")
}

func TestAnAlertThatCannotBeKeptIsRefused(t *testing.T) {
	b, ctx := open(t), t.Context()
	for code, spoil := range map[string]func(*db.AlertIn){
		"alert.source":      func(in *db.AlertIn) { in.Source = "" },
		"alert.key":         func(in *db.AlertIn) { in.DedupKey = strings.Repeat("é", 513) },
		"alert.fingerprint": func(in *db.AlertIn) { in.Fingerprint = "" },
		"alert.too_large":   func(in *db.AlertIn) { in.Draft = []byte(`{"a": "` + strings.Repeat("x", 1<<17) + `"}`) },
		"text.unstorable":   func(in *db.AlertIn) { in.Draft = []byte(`{"a": "\u0000"}`) },
	} {
		in := fires("a")
		spoil(&in)
		_, err := b.desk.TakeAlert(ctx, in)
		refused(t, err, itsm.Invalid, code)
	}
	require.Zero(t, count(t, conn(t, b.url), "SELECT count(*) FROM alert_incidents"))
	longest := fires(strings.Repeat("🔥", 512))
	longest.Source, longest.DedupKey = strings.Repeat("🔥", 120), strings.Repeat("🔥", 512)
	require.True(t, b.take(t, longest).Fresh)
}

func BenchmarkADuplicateAlert(b *testing.B) {
	s := benchmarked(b)
	for b.Loop() {
		if _, err := s.TakeAlert(b.Context(), fires("a")); err != nil {
			b.Fatal(err)
		}
	}
}
