package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// serveUntil serves at l until ctx ends, then gives what was begun some patience
// to finish. What is not done by then is cut off if it may be, and an error if not.
func serveUntil(ctx context.Context, s *http.Server, l net.Listener, patience time.Duration, mayCut bool) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		err := s.Shutdown(finish)
		if err != nil && mayCut {
			return s.Close()
		}
		return err
	})
	return g.Wait()
}
