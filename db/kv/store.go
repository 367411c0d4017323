package kv

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/steward-itsm/steward/itsm"
)

const (
	patience = 50 * time.Millisecond // how long one call may wait for Redis
	rest     = 3 * time.Second       // how long Redis is left alone after a failure
	keyMost  = 300                   // characters of a key
)

// Store is Redis, and what stands in for it. It is safe for concurrent use.
type Store struct {
	client *redis.Client
	limits *redis_rate.Limiter
	local  *local
	now    func() time.Time
	gauge  prometheus.GaugeFunc
	meters prometheus.Registerer

	mu   sync.Mutex
	away time.Time // until when Redis is left alone; zero when its last answer was good
	lost bool      // its last answer was not
}

// Open readies the use of Redis at an address such as redis://host:6379/0 or
// unix:///run/redis.sock. That Redis is away is no error. Degraded is registered
// as the gauge steward_redis_degraded, unless meters is nil.
func Open(url string, meters prometheus.Registerer) (*Store, error) {
	return open(url, meters, time.Now)
}

func open(url string, meters prometheus.Registerer, now func() time.Time) (*Store, error) {
	o, err := redis.ParseURL(url)
	if err != nil {
		// The cause may quote the address, which may hold a password.
		return nil, itsm.Refuse(itsm.Invalid, "redis.url", "The address of Redis cannot be read; it should look like redis://host:6379/0 or unix:///path.")
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = patience, patience, patience, patience
	o.ContextTimeoutEnabled = true
	o.MaxRetries, o.DialerRetries = -1, 1
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	logging.Disable() // it writes to stderr what the gauge and /readyz say already
	client := redis.NewClient(o)
	s := &Store{client: client, limits: redis_rate.NewLimiter(client), local: newLocal(), now: now, meters: meters}
	if meters == nil {
		return s, nil
	}
	s.gauge = prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "steward_redis_degraded", Help: "1 while Redis does not answer and each process keeps its own limits.",
	}, func() float64 {
		if s.Degraded() {
			return 1
		}
		return 0
	})
	if err := meters.Register(s.gauge); err != nil {
		return nil, errors.Join(err, client.Close())
	}
	return s, nil
}

// Close ends the connections.
func (s *Store) Close() error {
	if s.gauge != nil {
		s.meters.Unregister(s.gauge)
	}
	return s.client.Close()
}

// Degraded reports whether Redis does not answer. It asks, unless Redis has just
// failed, so that its return is noticed without anybody's request.
func (s *Store) Degraded() bool {
	return s.try(context.Background(), func(ctx context.Context) error { return s.client.Ping(ctx).Err() }) != nil
}

// errAway is said of a Redis that is left alone.
var errAway = errors.New("redis is away")

// try asks Redis, for as long as its patience lasts, unless Redis has just failed.
// Of all who come when its rest is over, one asks and the others go without.
func (s *Store) try(ctx context.Context, ask func(context.Context) error) error {
	if !s.admit() {
		return errAway
	}
	short, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := ask(short)
	if errors.Is(err, redis.Nil) {
		err = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil:
		s.away, s.lost = time.Time{}, false
	case ctx.Err() != nil && !s.lost: // the caller went away, which says nothing about Redis
	default:
		s.away, s.lost = s.now().Add(rest), true
	}
	return err
}

func (s *Store) admit() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if now.Before(s.away) {
		return false
	}
	if s.lost {
		s.away = now.Add(rest)
	}
	return true
}
