package kv

import (
	"context"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/go-redis/redis_rate/v10"
	"golang.org/x/time/rate"

	"github.com/steward-itsm/steward/itsm"
)

// Limit is how often something may happen: Rate times per Period, and Burst times
// at once.
type Limit struct {
	Rate   int
	Period time.Duration
	Burst  int
}

// PerMinute allows n times a minute, all of them at once if need be.
func PerMinute(n int) Limit { return Limit{n, time.Minute, n} }

// PerHour allows n times an hour, all of them at once if need be.
func PerHour(n int) Limit { return Limit{n, time.Hour, n} }

// Allow counts one more under a key and reports whether the limit allows it, and
// if not, after how long it will. Without Redis the count is this process's own.
// It fails only for a key or a limit that is none, or when ctx is done.
func (s *Store) Allow(ctx context.Context, key string, limit Limit) (ok bool, retryAfter time.Duration, err error) {
	if err := checkKey(key); err != nil {
		return false, 0, err
	}
	if limit.Rate < 1 || limit.Burst < 1 || limit.Period <= 0 {
		return false, 0, itsm.Refuse(itsm.Internal, "limit.none", "Something went wrong on our side. It has been logged.")
	}
	var answer *redis_rate.Result
	err = s.try(ctx, func(ctx context.Context) (err error) {
		answer, err = s.limits.Allow(ctx, "steward:"+key, redis_rate.Limit{Rate: limit.Rate, Burst: limit.Burst, Period: limit.Period})
		return err
	})
	switch {
	case err == nil && answer.Allowed > 0:
		return true, 0, nil
	case err == nil:
		return false, answer.RetryAfter, nil
	case ctx.Err() != nil:
		return false, 0, ctx.Err()
	}
	ok, retryAfter = s.local.allow(key, limit, s.now())
	return ok, retryAfter, nil
}

func checkKey(key string) error {
	if key == "" || len(key) > keyMost || !utf8.ValidString(key) {
		return itsm.Refuse(itsm.Invalid, "limit.key", "What is counted under has 1 to %d characters.", keyMost)
	}
	return nil
}

// localMost is how many keys a generation holds.
const localMost = 10_000

// local limits within this process. Keys live in two generations: when the young
// one is full it becomes the old one, and what was in neither is forgotten, so
// that strangers cannot fill the memory.
type local struct {
	mu         sync.Mutex
	young, old map[localKey]*rate.Limiter
}

type localKey struct {
	key   string
	limit Limit
}

func newLocal() *local {
	return &local{young: map[localKey]*rate.Limiter{}, old: map[localKey]*rate.Limiter{}}
}

func (l *local) allow(key string, limit Limit, now time.Time) (bool, time.Duration) {
	taken := l.bucket(localKey{key, limit}).ReserveN(now, 1)
	wait := taken.DelayFrom(now)
	if wait > 0 {
		taken.CancelAt(now)
	}
	return wait == 0, wait
}

func (l *local) bucket(k localKey) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.young[k]; ok {
		return b
	}
	b, ok := l.old[k]
	if !ok {
		b = rate.NewLimiter(rate.Limit(float64(k.limit.Rate)/k.limit.Period.Seconds()), k.limit.Burst)
	}
	if len(l.young) >= localMost {
		l.old, l.young = l.young, map[localKey]*rate.Limiter{}
	}
	l.young[k] = b
	return b
}
