package kv

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
	"github.com/steward-itsm/steward/itsm"
)

func TestMain(m *testing.M) {
	os.Exit(stacktest.Main(m, devstack.Options{Redis: true}))
}

// clock is a time that moves when told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func start(t *testing.T) (*Store, *clock) {
	t.Helper()
	c := &clock{at: time.Now()}
	s, err := open(stacktest.Stack(t).RedisURL, prometheus.NewRegistry(), c.now)
	require.NoError(t, err)
	require.False(t, s.Degraded())
	require.NoError(t, s.client.FlushAll(t.Context()).Err())
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s, c
}

// everyKeyEnds walks all keys: none may stay for ever.
func everyKeyEnds(t *testing.T, s *Store, want int) {
	t.Helper()
	keys, err := s.client.Keys(t.Context(), "*").Result()
	require.NoError(t, err)
	require.Len(t, keys, want)
	for _, k := range keys {
		ttl, err := s.client.PTTL(t.Context(), k).Result()
		require.NoError(t, err)
		require.Positive(t, ttl, "%s", k)
		require.LessOrEqual(t, ttl, MaxTTL)
	}
}

func gauge(t *testing.T, s *Store) float64 {
	t.Helper()
	var m dto.Metric
	require.NoError(t, s.gauge.Write(&m))
	return m.GetGauge().GetValue()
}

func kill(t *testing.T) {
	t.Helper()
	require.NoError(t, stacktest.Stack(t).Kill(devstack.PartRedis))
}

func revive(t *testing.T) {
	t.Helper()
	require.NoError(t, stacktest.Stack(t).Restart(t.Context(), devstack.PartRedis))
}

func TestALimitIsSharedByProcesses(t *testing.T) {
	s, _ := start(t)
	other, err := Open(stacktest.Stack(t).RedisURL, nil)
	require.NoError(t, err)
	defer other.Close()
	for i := range 6 {
		store := []*Store{s, other}[i%2]
		ok, later, err := store.Allow(t.Context(), "ask/ana", PerHour(4))
		require.NoError(t, err)
		require.Equal(t, i < 4, ok)
		require.Equal(t, !ok, later > 0)
		everyKeyEnds(t, s, 1)
	}
	ok, _, err := s.Allow(t.Context(), "ask/bob", PerHour(4))
	require.NoError(t, err)
	require.True(t, ok, "one person's limit is not another's")
	require.Empty(t, s.local.young, "Redis counts while it is there")
}

func TestWhatIsRememberedIsForgotten(t *testing.T) {
	s, _ := start(t)
	ctx := t.Context()
	type person struct{ Name string }
	var got person
	require.False(t, s.Get(ctx, "slack/U1", &got))
	require.NoError(t, s.Set(ctx, "slack/U1", person{"Ana"}, time.Hour))
	everyKeyEnds(t, s, 1)
	require.True(t, s.Get(ctx, "slack/U1", &got))
	require.Equal(t, person{"Ana"}, got)
	var number int
	require.False(t, s.Get(ctx, "slack/U1", &number), "what cannot be read is not known")
	require.NoError(t, s.client.FlushAll(ctx).Err())
	require.False(t, s.Get(ctx, "slack/U1", &got))
	require.False(t, s.Degraded(), "an empty Redis is no broken one")
}

func TestWhatHasNoBoundIsRefused(t *testing.T) {
	s, _ := start(t)
	ctx := t.Context()
	for _, ttl := range []time.Duration{0, -1, time.Microsecond, MaxTTL + 1} {
		require.Equal(t, "cache.bounds", itsm.AsError(s.Set(ctx, "k", 1, ttl)).Code)
	}
	require.Equal(t, "cache.bounds", itsm.AsError(s.Set(ctx, "k", strings.Repeat("x", MaxValue), time.Hour)).Code)
	require.Error(t, s.Set(ctx, "k", func() {}, time.Hour))
	for _, key := range []string{"", strings.Repeat("x", keyMost+1), "\xff"} {
		require.Equal(t, "limit.key", itsm.AsError(s.Set(ctx, key, 1, time.Hour)).Code)
		require.False(t, s.Get(ctx, key, new(int)))
		_, _, err := s.Allow(ctx, key, PerHour(1))
		require.Equal(t, "limit.key", itsm.AsError(err).Code)
	}
	_, _, err := s.Allow(ctx, "k", Limit{})
	require.Equal(t, "limit.none", itsm.AsError(err).Code)
	everyKeyEnds(t, s, 0)
	_, err = Open("http://u:secret@x", nil)
	require.Equal(t, "redis.url", itsm.AsError(err).Code)
	require.NotContains(t, err.Error(), "secret")
}

func TestADeadRedisCostsLittleAndComesBackByItself(t *testing.T) {
	s, c := start(t)
	ctx := t.Context()
	require.NoError(t, s.Set(ctx, "slack/U1", 1, time.Hour))
	kill(t)
	began := time.Now()
	for i := range 50 {
		ok, later, err := s.Allow(ctx, "ask/ana", PerMinute(5))
		require.NoError(t, err)
		require.Equal(t, i < 5, ok, "the local limit is the same limit")
		require.Equal(t, !ok, later > 0)
		require.False(t, s.Get(ctx, "slack/U1", new(int)))
		require.NoError(t, s.Set(ctx, "slack/U2", 1, time.Hour))
	}
	require.Less(t, time.Since(began), 2*time.Second, "150 calls, of which one waited")
	require.True(t, s.Degraded())
	require.InDelta(t, 1, gauge(t, s), 0)
	c.pass(rest)
	require.True(t, s.Degraded(), "it was asked again, in vain")

	revive(t)
	require.True(t, s.Degraded(), "it is left alone for a while")
	c.pass(rest)
	require.False(t, s.Degraded())
	require.InDelta(t, 0, gauge(t, s), 0)
	ok, _, err := s.Allow(ctx, "ask/ana", PerMinute(5))
	require.NoError(t, err)
	require.True(t, ok, "Redis came back empty, and only comfort was lost")
	everyKeyEnds(t, s, 1)
}

func TestARedisThatHangsIsLeftAlone(t *testing.T) {
	s, c := start(t)
	pause := s.client.Do(t.Context(), "CLIENT", "PAUSE", "400", "ALL")
	require.NoError(t, pause.Err())
	began := time.Now()
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			if ok, _, err := s.Allow(t.Context(), fmt.Sprint("k", i), PerHour(1)); !ok || err != nil {
				t.Error(ok, err)
			}
		})
	}
	group.Wait()
	require.Less(t, time.Since(began), 350*time.Millisecond)
	require.True(t, s.Degraded())
	require.Eventually(t, func() bool { c.pass(rest); return !s.Degraded() }, 5*time.Second, 20*time.Millisecond)
}

func TestACallerWhoGoesAwayDoesNotCondemnRedis(t *testing.T) {
	s, _ := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := s.Allow(ctx, "ask/ana", PerMinute(5))
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, s.Degraded())
}

func TestOfManyWhoComeAfterItsRestOneAsks(t *testing.T) {
	s, c := start(t)
	s.mu.Lock()
	s.lost, s.away = true, c.now()
	s.mu.Unlock()
	asked := 0
	for range 10 {
		if s.admit() {
			asked++
		}
	}
	require.Equal(t, 1, asked)
}

func TestTheLocalLimiterLetsThroughAsTimePasses(t *testing.T) {
	l, now := newLocal(), time.Unix(1e9, 0)
	limit := PerMinute(2)
	for range 2 {
		ok, _ := l.allow("k", limit, now)
		require.True(t, ok)
	}
	ok, later := l.allow("k", limit, now)
	require.False(t, ok)
	require.Equal(t, 30*time.Second, later.Round(time.Millisecond))
	ok, _ = l.allow("k", limit, now.Add(later))
	require.True(t, ok, "a refused one cost nothing")
}

func TestStrangersCannotFillTheLocalLimiter(t *testing.T) {
	l, now := newLocal(), time.Unix(1e9, 0)
	for i := range 5 * localMost {
		l.allow(fmt.Sprint(i), PerHour(1), now)
		if i%1000 == 0 { // somebody who keeps coming stays limited
			ok, _ := l.allow("guess", PerHour(1), now)
			require.Equal(t, i == 0, ok)
		}
	}
	require.LessOrEqual(t, len(l.young)+len(l.old), 2*localMost)
}
