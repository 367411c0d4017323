package db_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

func reservation() db.Reservation {
	return db.Reservation{
		Principal: "ana", Route: "POST /v1/changes", Key: "k1", BodyDigest: strings.Repeat("a", 64), Number: "CHG-1", Lease: time.Minute,
	}
}

func TestAReservationCountsOnce(t *testing.T) {
	b, ctx := open(t), t.Context()
	stand := func(r db.Reservation, want db.Standing) db.Reservation {
		t.Helper()
		got, standing, err := b.desk.Reserve(ctx, r)
		require.NoError(t, err)
		require.Equal(t, want, standing)
		return got
	}
	first := stand(reservation(), db.Mine)
	later := reservation()
	later.Number = "CHG-2"
	require.Equal(t, itsm.Number("CHG-1"), stand(later, db.Running).Number)
	other := reservation()
	other.BodyDigest = strings.Repeat("b", 64)
	stand(other, db.OtherBody)

	super := conn(t, b.url)
	_, err := super.Exec(ctx, "UPDATE idempotency SET lease_until = now() - interval '1 second'")
	require.NoError(t, err)
	stand(other, db.OtherBody)
	taken := stand(later, db.Mine)
	require.Equal(t, itsm.Number("CHG-1"), taken.Number, "the work may have begun under the first number")
	require.NoError(t, b.desk.Release(ctx, first)) // by now it is somebody else's
	stand(later, db.Running)
	require.NoError(t, b.desk.Release(ctx, taken))
	taken = stand(later, db.Mine)

	require.NoError(t, b.desk.Answer(ctx, taken, 201, []byte(`{"number":"CHG-1"}`)))
	require.NoError(t, b.desk.Answer(ctx, first, 500, []byte("late")))
	require.NoError(t, b.desk.Release(ctx, taken))
	got := stand(later, db.Finished)
	require.Equal(t, 201, got.Status)
	require.JSONEq(t, `{"number":"CHG-1"}`, string(got.Stored))
	stand(other, db.OtherBody)

	another := reservation()
	another.Principal = "bob"
	stand(another, db.Mine)
}

func TestManyReserveAtOnceAndOneGoesOn(t *testing.T) {
	b := open(t)
	var mine atomic.Int32
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			r := reservation()
			r.Number = itsm.ChangeNumber(int64(i + 1))
			_, standing, err := b.desk.Reserve(t.Context(), r)
			if err != nil {
				t.Error(err)
			}
			if standing == db.Mine {
				mine.Add(1)
			}
		})
	}
	group.Wait()
	require.EqualValues(t, 1, mine.Load())
}

func TestOldReservationsAreForgotten(t *testing.T) {
	b, ctx := open(t), t.Context()
	got, _, err := b.desk.Reserve(ctx, reservation())
	require.NoError(t, err)
	n, err := b.desk.PurgeReservations(ctx, time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.Zero(t, n, "its work is under way")
	require.NoError(t, b.desk.Release(ctx, got))
	n, err = b.desk.PurgeReservations(ctx, time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	long := reservation()
	long.Key = strings.Repeat("x", 256)
	_, _, err = b.desk.Reserve(ctx, long)
	refused(t, err, itsm.Invalid, "idempotency.key")
}

func delivery() db.Delivery {
	return db.Delivery{DedupeKey: "T1/C1/1.2/a/U1", Kind: "block_actions", Team: "T1", SlackUser: "U1", Payload: []byte("p\x00q"), Lease: time.Minute}
}

func TestADeliveryIsAnsweredOnce(t *testing.T) {
	b, ctx := open(t), t.Context()
	kept, fresh, err := b.desk.KeepDelivery(ctx, delivery())
	require.NoError(t, err)
	require.True(t, fresh)
	require.Equal(t, 1, kept.Attempts, "its keeper has it")
	require.Equal(t, []byte("p\x00q"), kept.Payload)
	again, fresh, err := b.desk.KeepDelivery(ctx, delivery())
	require.NoError(t, err)
	require.False(t, fresh)
	require.Equal(t, kept.ID, again.ID)
	due, err := b.desk.ClaimDueDeliveries(ctx, time.Minute, 10)
	require.NoError(t, err)
	require.Empty(t, due)
	_, claimed, err := b.desk.ClaimDelivery(ctx, kept.ID, time.Minute)
	require.NoError(t, err)
	require.False(t, claimed)

	require.NoError(t, b.desk.FailDelivery(ctx, kept.ID, strings.Repeat("x", 2000), time.Now().Add(-time.Hour)))
	due, err = b.desk.ClaimDueDeliveries(ctx, -time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	require.Equal(t, 2, due[0].Attempts)
	require.Len(t, due[0].LastError, 1000)
	got, claimed, err := b.desk.ClaimDelivery(ctx, kept.ID, time.Minute)
	require.NoError(t, err)
	require.True(t, claimed, "the relay's lease ran out")
	require.Equal(t, 3, got.Attempts)
	waiting, oldest, err := b.desk.InboxAge(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 1, waiting)
	require.Less(t, oldest, time.Minute)

	first, err := b.desk.FinishDelivery(ctx, kept.ID, []byte("done"))
	require.NoError(t, err)
	require.True(t, first)
	first, err = b.desk.FinishDelivery(ctx, kept.ID, []byte("other"))
	require.NoError(t, err)
	require.False(t, first)
	require.NoError(t, b.desk.FailDelivery(ctx, kept.ID, "late", time.Now()))
	again, _, err = b.desk.KeepDelivery(ctx, delivery())
	require.NoError(t, err)
	require.Equal(t, "done", string(again.Answer))
	require.NotNil(t, again.AnsweredAt)
	n, err := b.desk.PurgeDeliveries(ctx, time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
}

func TestRelaysNeverGetTheSameDelivery(t *testing.T) {
	b, ctx := open(t), t.Context()
	for i := range 40 {
		d := delivery()
		d.DedupeKey, d.Lease = strings.Repeat("x", i+1), 0
		_, _, err := b.desk.KeepDelivery(ctx, d)
		require.NoError(t, err)
	}
	var mu sync.Mutex
	times := map[int64]int{}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for {
				due, err := b.desk.ClaimDueDeliveries(ctx, time.Hour, 3)
				if err != nil || len(due) == 0 {
					if err != nil {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				for _, d := range due {
					times[d.ID]++
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	require.Len(t, times, 40)
	for id, n := range times {
		require.Equal(t, 1, n, "delivery %d", id)
	}
	d := delivery()
	d.Payload = make([]byte, 1<<20+1)
	_, _, err := b.desk.KeepDelivery(ctx, d)
	refused(t, err, itsm.Invalid, "delivery.too_large")
}

func TestARefusalIsAuditedAndStrangersAreCounted(t *testing.T) {
	b, ctx := open(t), t.Context()
	require.NoError(t, b.desk.RecordRefusal(ctx, db.Refusal{
		Actor: itsm.Actor{Person: "ana", Door: itsm.DoorSlack, Credential: "U1"}, Action: "change.decide", Subject: "CHG-1",
		Code: "change.own_request", Kind: itsm.Forbidden, Source: "192.0.2.1", Detail: "You raised CHG-1.",
	}))
	for range 3 {
		require.NoError(t, b.desk.CountRefusal(ctx, "192.0.2.7", "token.unknown", noon))
	}
	super := conn(t, b.url)
	require.Equal(t, 1, count(t, super, "SELECT count(*) FROM audit_entries WHERE outcome = 'refused' AND code = 'change.own_request' AND door = 'slack'"))
	require.Zero(t, count(t, super, "SELECT count(*) FROM audit_entries e WHERE e::text LIKE '%192.0.2%' OR e::text LIKE '%You raised%'"))
	require.Equal(t, 3, count(t, super, "SELECT count FROM refusal_counts"))
	var salt []byte
	var value, hash string
	require.NoError(t, super.QueryRow(ctx, `SELECT salt, value, personal ->> field FROM audit_personal JOIN audit_entries ON id = entry
		WHERE field = 'source'`).Scan(&salt, &value, &hash))
	require.Equal(t, "192.0.2.1", value)
	require.Equal(t, db.PersonalHash(salt, value), hash)
	n, err := b.desk.PurgeRefusalCounts(ctx, noon.Add(time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
}
