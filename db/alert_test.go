package db_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// fires is an alert of one incident: the shop is down.
func fires(fingerprint string) db.AlertIn {
	return db.AlertIn{
		Source: "prom", DedupKey: "{alertname=\"Down\"}", Fingerprint: fingerprint, Firing: true, At: noon,
		Draft: []byte(fmt.Sprintf(`{"title": "The shop is down: %s"}`, fingerprint)),
	}
}

func ends(fingerprint string) db.AlertIn {
	in := fires(fingerprint)
	in.Firing, in.Draft = false, nil
	return in
}

func (b book) take(t require.TestingT, in db.AlertIn) db.AlertOut {
	out, err := b.desk.TakeAlert(context.Background(), in)
	require.NoError(t, err)
	return out
}

// counted is the answer to an alert that needs nothing more than to be counted.
func counted(n itsm.Number, count int64) db.AlertOut { return db.AlertOut{Number: n, Count: count} }

// ago is INC-1, raised for alerts some minutes ago by the clock of the machine, which
// is the database's.
func ago(minutes int) *incidentStory {
	i, _ := reported("INC-1")
	i.RaisedAt = time.Now().Add(-time.Duration(minutes) * time.Minute).Truncate(time.Microsecond).UTC()
	return &incidentStory{Incident: i, at: i.RaisedAt}
}

// record saves the incident and what happened to it since it was last saved.
func (b book) record(t require.TestingT, s *incidentStory) {
	i, e := reported(s.Number)
	i.RaisedAt = s.RaisedAt
	b.save(context.Background(), t, i, e, s.steps...)
	s.steps = nil
}

// expire ends all leases, as time does.
func (b book) expire(t *testing.T) {
	t.Helper()
	_, err := conn(t, b.url).Exec(t.Context(), "UPDATE alert_incidents SET lease_until = now() - interval '1 second'")
	require.NoError(t, err)
}

func (b book) claim(t *testing.T) []db.AlertIncident {
	t.Helper()
	due, err := b.desk.ClaimAlerts(t.Context(), time.Minute, 10)
	require.NoError(t, err)
	return due
}

// claimOne wants one thing to be done.
func (b book) claimOne(t *testing.T, work db.AlertWork, n itsm.Number) db.AlertIncident {
	t.Helper()
	due := b.claim(t)
	require.Len(t, due, 1)
	require.Equal(t, work, due[0].Work)
	require.Equal(t, n, due[0].Number)
	require.Empty(t, b.claim(t), "it is leased")
	return due[0]
}

func TestTheFirstAlertRaisesAndTheOthersAreCounted(t *testing.T) {
	b, ctx := open(t), t.Context()
	first := b.take(t, fires("a"))
	require.Equal(t, itsm.Number("INC-1"), first.Number)
	require.True(t, first.Fresh)
	require.JSONEq(t, `{"title": "The shop is down: a"}`, string(first.Draft))
	require.EqualValues(t, 1, first.Count)
	require.Equal(t, counted("INC-1", 2), b.take(t, fires("a")), "it is being raised")
	require.Equal(t, counted("INC-1", 3), b.take(t, fires("b")))
	s := ago(5)
	b.record(t, s)
	held, found, err := b.desk.AlertIncident(ctx, "prom", fires("a").DedupKey)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, db.AlertsOpen, held.State, "recorded is raised")
	require.NoError(t, b.desk.RaisedAlert(ctx, "INC-1"))
	b.expire(t)
	require.Equal(t, counted("INC-1", 4), b.take(t, fires("b")))
	other := fires("a")
	other.DedupKey = "another"
	require.Equal(t, itsm.Number("INC-2"), b.take(t, other).Number)

	alerts, err := b.desk.AlertsOf(ctx, "INC-1")
	require.NoError(t, err)
	require.Len(t, alerts, 2)
	require.Equal(t, "b", alerts[0].Fingerprint, "the latest first")
	require.EqualValues(t, 2, alerts[0].Count)
	require.True(t, alerts[0].Firing)
	require.True(t, alerts[0].SaidAt.Equal(noon))
	require.WithinDuration(t, time.Now(), alerts[0].LastAt, time.Minute)
	require.JSONEq(t, `{"title": "The shop is down: b"}`, string(alerts[0].Draft))
	_, found, err = b.desk.AlertIncident(ctx, "prom", "none")
	require.NoError(t, err)
	require.False(t, found)
}

func TestAThunderOfAlertsIsOneIncidentAndCountedExactly(t *testing.T) {
	b, ctx := open(t), t.Context()
	const senders, each = 16, 313 // more than 5,000
	var fresh atomic.Int32
	var group sync.WaitGroup
	for sender := range senders {
		group.Go(func() {
			for k := range each {
				out, err := b.desk.TakeAlert(ctx, fires(fmt.Sprint((sender+k)%5)))
				if err != nil || out.Number != "INC-1" || out.Reopen || out.Ended {
					t.Error(out, err)
					return
				}
				if out.Fresh {
					fresh.Add(1)
				}
			}
		})
	}
	group.Wait()
	require.EqualValues(t, 1, fresh.Load())
	require.EqualValues(t, senders*each+1, b.take(t, fires("0")).Count)
	alerts, err := b.desk.AlertsOf(ctx, "INC-1")
	require.NoError(t, err)
	require.Len(t, alerts, 5)
	sum := int64(0)
	for _, a := range alerts {
		sum += a.Count
	}
	require.EqualValues(t, senders*each+1, sum)
	n, err := b.desk.NextIncidentNumber(ctx)
	require.NoError(t, err)
	require.Equal(t, itsm.Number("INC-2"), n, "no number was wasted")
}

func TestWhoeverTookAnAlertMayDie(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.take(t, fires("a"))
	require.Empty(t, b.claim(t), "whoever took it is raising it")
	b.expire(t)
	again := b.take(t, fires("b"))
	require.True(t, again.Fresh)
	require.Equal(t, itsm.Number("INC-1"), again.Number, "the work may have begun under the first number")
	require.JSONEq(t, `{"title": "The shop is down: a"}`, string(again.Draft), "and with the first draft")
	b.expire(t)
	work := b.claimOne(t, db.AlertRaise, "INC-1")
	require.JSONEq(t, `{"title": "The shop is down: a"}`, string(work.Draft))
	require.EqualValues(t, 2, work.Count)
	require.NoError(t, b.desk.RaisedAlert(ctx, "INC-1"))
	require.Equal(t, counted("INC-1", 3), b.take(t, fires("a")))
	require.NoError(t, b.desk.RefusedAlert(ctx, "INC-1"))
	require.Equal(t, counted("INC-1", 4), b.take(t, fires("a")), "what was raised cannot be refused any more")
}

func TestWhatCannotBeRaisedIsTriedAgainWithTheNextAlert(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.take(t, fires("a"))
	require.NoError(t, b.desk.RefusedAlert(ctx, "INC-1"))
	require.Empty(t, b.claim(t))
	again := b.take(t, fires("b"))
	require.True(t, again.Fresh)
	require.Equal(t, itsm.Number("INC-2"), again.Number)
}

func TestAnAlertOfWhatIsResolvedReopensIt(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.take(t, fires("a"))
	s := ago(60)
	s.triage(t)
	s.acknowledge(t, "bob")
	s.resolve(t, "bob")
	s.Resolution.At = time.Now().Add(time.Hour) // whatever the clocks say: it finds it settled
	s.steps[2].Standing.Resolution.At = s.Resolution.At
	b.record(t, s)
	require.Empty(t, b.claim(t), "it was seen")
	out := b.take(t, fires("a"))
	require.Equal(t, db.AlertOut{Number: "INC-1", Reopen: true, Count: 2}, out)
	require.Equal(t, counted("INC-1", 3), b.take(t, fires("b")), "the first is at it")
	unsettled, err := b.desk.UnsettledAlerts(ctx, 10)
	require.NoError(t, err)
	require.Len(t, unsettled, 1)
	b.expire(t)
	require.True(t, b.take(t, fires("b")).Reopen, "the first died")
	b.expire(t)
	b.claimOne(t, db.AlertReopen, "INC-1")

	s.reopen(t)
	require.NoError(t, b.worker.StepIncident(ctx, "INC-1", s.steps[0], from))
	unsettled, err = b.desk.UnsettledAlerts(ctx, 10)
	require.NoError(t, err)
	require.Empty(t, unsettled)
	require.Equal(t, counted("INC-1", 5), b.take(t, fires("b")))
}

func TestAnAlertOfWhatIsOverRaisesAnother(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.take(t, fires("a"))
	b.take(t, fires("b"))
	b.take(t, fires("c"))
	b.take(t, ends("c"))
	s := ago(60)
	s.triage(t)
	s.step(t, "ana", func(at time.Time) itsm.Event { return s.Cancel(itsm.Cancellation{Note: "No incident."}, at) })
	b.record(t, s)
	out := b.take(t, fires("a"))
	require.True(t, out.Fresh)
	require.Equal(t, itsm.Number("INC-2"), out.Number)
	require.EqualValues(t, 1, out.Count)
	require.Equal(t, itsm.Number("INC-1"), out.Was)
	b.expire(t)
	again := b.take(t, fires("a"))
	require.True(t, again.Fresh)
	require.Equal(t, itsm.Number("INC-1"), again.Was, "whoever raises it after all says the same")
	b.expire(t)
	require.Equal(t, itsm.Number("INC-1"), b.claimOne(t, db.AlertRaise, "INC-2").Was)
	before, err := b.desk.AlertsOf(ctx, "INC-1")
	require.NoError(t, err)
	require.Len(t, before, 3, "it keeps what was its own")
	for _, a := range before {
		require.False(t, a.Firing)
		require.EqualValues(t, 1, a.Count)
	}
	after, err := b.desk.AlertsOf(ctx, "INC-2")
	require.NoError(t, err)
	require.Len(t, after, 2)
	require.Equal(t, []any{"a", int64(2), "b", int64(0)}, []any{after[0].Fingerprint, after[0].Count, after[1].Fingerprint, after[1].Count})
	require.NoError(t, b.desk.RaisedAlert(ctx, "INC-2"))
	require.False(t, b.take(t, ends("a")).Ended, "b fires on")
	require.True(t, b.take(t, ends("b")).Ended)
}

func TestAnIncidentWhoseAlertsEndedIsToBeResolved(t *testing.T) {
	b, ctx := open(t), t.Context()
	require.Equal(t, db.AlertOut{}, b.take(t, ends("a")), "nobody knows it")
	b.take(t, fires("a"))
	b.take(t, fires("b"))
	require.NoError(t, b.desk.RaisedAlert(ctx, "INC-1"))
	require.Equal(t, counted("INC-1", 2), b.take(t, ends("a")))
	require.Equal(t, counted("INC-1", 2), b.take(t, ends("c")), "nobody knows it")
	over := db.AlertOut{Number: "INC-1", Ended: true, Count: 2}
	require.Equal(t, over, b.take(t, ends("b")))
	require.Equal(t, over, b.take(t, ends("b")), "its sender did not hear the answer")
	require.Empty(t, b.claim(t), "whoever took it is at it")
	b.expire(t)
	b.claimOne(t, db.AlertEnd, "INC-1")
	require.Equal(t, counted("INC-1", 3), b.take(t, fires("b")))
	b.expire(t)
	require.Empty(t, b.claim(t), "it fires again")
	require.True(t, b.take(t, ends("b")).Ended)
	require.NoError(t, b.desk.NotedAlerts(ctx, "INC-1", 3)) // it is one that stays open until somebody looks
	b.expire(t)
	require.Empty(t, b.claim(t))
	require.False(t, b.take(t, ends("b")).Ended)
}

func TestWhatEndsWhileItIsRaisedIsResolvedAfterwards(t *testing.T) {
	b := open(t)
	b.take(t, fires("a"))
	require.Equal(t, counted("INC-1", 1), b.take(t, ends("a")), "there is nothing to resolve yet")
	b.record(t, ago(5))
	b.expire(t)
	b.claimOne(t, db.AlertEnd, "INC-1")
}
