package kv

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/steward-itsm/steward/itsm"
)

// The bounds of what is remembered.
const (
	MaxTTL   = 24 * time.Hour
	MaxValue = 64 << 10 // bytes of JSON
)

const remembered = "steward:cache:"

// Get reads what was remembered under a key. found is false when it was not, was
// forgotten, cannot be read as into, or Redis is away: ask whoever knows.
func (s *Store) Get(ctx context.Context, key string, into any) (found bool) {
	if checkKey(key) != nil {
		return false
	}
	var text []byte
	err := s.try(ctx, func(ctx context.Context) (err error) {
		text, err = s.client.Get(ctx, remembered+key).Bytes()
		if errors.Is(err, redis.Nil) {
			text = nil
		}
		return err
	})
	return err == nil && text != nil && json.Unmarshal(text, into) == nil
}

// Set remembers a value for at most ttl. That Redis is away is no error: then it
// is not remembered.
func (s *Store) Set(ctx context.Context, key string, value any, ttl time.Duration) error {
	if err := checkKey(key); err != nil {
		return err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("remember %s: %w", key, err)
	}
	if ttl < time.Millisecond || ttl > MaxTTL || len(text) > MaxValue {
		return itsm.Refuse(itsm.Internal, "cache.bounds", "Something went wrong on our side. It has been logged.")
	}
	// What is not remembered is asked again, and Degraded says that Redis is away.
	_ = s.try(ctx, func(ctx context.Context) error { return s.client.Set(ctx, remembered+key, text, ttl).Err() })
	return nil
}
