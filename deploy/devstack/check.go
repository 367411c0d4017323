package devstack

import (
	"context"
	"time"
)

// answerWithin bounds the check of a server that is given.
const answerWithin = 10 * time.Second

// check asks each given server whether it answers, and takes its address.
func (s *Stack) check(ctx context.Context, o Options) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	if o.Postgres && o.DatabaseURL != "" {
		if err := checkPostgres(ctx, o.DatabaseURL); err != nil {
			return err
		}
		s.DatabaseURL = o.DatabaseURL
	}
	if o.Redis && o.RedisURL != "" {
		ask, err := redisCheck(o.RedisURL)
		if err != nil {
			return err
		}
		if err := ask(ctx); err != nil {
			return err
		}
		s.RedisURL = o.RedisURL
	}
	if o.Temporal && o.TemporalAddress != "" {
		if err := checkTemporal(ctx, o.TemporalAddress); err != nil {
			return err
		}
		s.TemporalAddress = o.TemporalAddress
	}
	return nil
}
