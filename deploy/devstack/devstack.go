package devstack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// A Part is one of the servers in a stack.
type Part string

// The parts, by the names that logs and errors call them.
const (
	PartPostgres Part = "postgres"
	PartRedis    Part = "redis"
	PartTemporal Part = "temporal"
)

// startWithin bounds the start of one part. A loaded two-core machine needs
// several seconds for Temporal; a minute and a half means something is wrong.
const startWithin = 90 * time.Second

// Options say what a stack is made of. The zero value is all three parts in a
// temporary folder on free ports.
type Options struct {
	Dir string // state folder, kept between runs; "" = a temporary one, removed by Stop

	Postgres, Redis, Temporal bool // the parts wanted; none set = all three

	TemporalBinary string // "" = .bin/temporal, from the working folder upwards, then PATH
	TemporalPort   int    // on 127.0.0.1; 0 = any free one
	UIPort         int    // on 127.0.0.1; 0 = no UI

	TemporalConfig []string // more of the server's dynamic configuration, as KEY=VALUE

	DatabaseURL     string // given: PostgreSQL is checked, not started
	RedisURL        string // given: Redis is checked, not started
	TemporalAddress string // given: Temporal is checked, not started

	DurabilityOff bool // no fsync, for tests: survives Kill of a part, not the loss of the machine

	Log *slog.Logger // nil = slog.Default()
}

// A Stack is a set of running parts. An address is "" when its part is not wanted.
type Stack struct {
	DatabaseURL     string // a superuser's, for the database "steward"
	RedisURL        string
	TemporalAddress string // host:port
	UIAddress       string // http://host:port, "" when off
	Dir             string // where state and logs really are; it may differ from Options.Dir

	log      *slog.Logger
	home     home
	litter   string // the folder that Stop removes, "" = none
	exits    chan Exit
	watchers sync.WaitGroup

	mu      sync.Mutex // held through a whole Stop, Kill or Restart
	servers []*server  // in the order in which Stop ends them
	stopped bool
}

// An Exit is the unasked-for end of a part.
type Exit struct {
	Part Part
	Err  error  // how the process ended; nil = status 0
	Tail string // the last lines of its log
}

// Start brings up the parts and returns when each of them answers. When one
// cannot start, those that did are stopped and the error carries the end of the
// failed one's log. Errors are sentences for the person at the keyboard.
func Start(ctx context.Context, o Options) (*Stack, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if !o.Postgres && !o.Redis && !o.Temporal {
		o.Postgres, o.Redis, o.Temporal = true, true, true
	}
	s := &Stack{log: o.Log, exits: make(chan Exit, 16)}
	err := s.check(ctx, o)
	if err == nil {
		err = s.open(ctx, o)
	}
	if err == nil {
		err = s.up(ctx)
	}
	if err != nil {
		// The caller's context may be what failed, and the children must go all the same.
		return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// open takes the state folder and lays out the servers in it.
func (s *Stack) open(ctx context.Context, o Options) error {
	layouts := []struct {
		wanted bool
		lay    func(context.Context, Options, home) (*server, error)
	}{
		{o.Temporal && o.TemporalAddress == "", s.layTemporal},
		{o.Redis && o.RedisURL == "", s.layRedis},
		{o.Postgres && o.DatabaseURL == "", s.layPostgres},
	}
	for _, l := range layouts {
		if !l.wanted {
			continue
		}
		if err := s.settle(o.Dir); err != nil {
			return err
		}
		srv, err := l.lay(ctx, o, s.home)
		if err != nil {
			return err
		}
		s.servers = append(s.servers, srv)
	}
	return nil
}

// settle takes the state folder, once.
func (s *Stack) settle(dir string) (err error) {
	if s.home.lock != nil {
		return nil
	}
	if s.home, err = openHome(dir, s.log); err != nil {
		return err
	}
	if s.Dir = s.home.dir; dir == "" {
		s.litter = s.home.dir
	}
	return nil
}

// up starts every server at once: none of them needs another.
func (s *Stack) up(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ctx := errgroup.WithContext(ctx)
	for _, srv := range s.servers {
		g.Go(func() error { return s.launch(ctx, srv) })
	}
	return g.Wait()
}

// Exits reports each part that ends without being asked to. It is closed by
// Stop; what nobody reads is dropped after sixteen.
func (s *Stack) Exits() <-chan Exit { return s.exits }

// Log names the file that a part writes its log to.
func (s *Stack) Log(part Part) string { return logPath(s.home.dir, part) }

// Stop ends the parts in order, Temporal before the stores, and removes a
// temporary folder. When ctx ends first, what still runs is killed. Stopping
// twice is fine.
func (s *Stack) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true
	var errs []error
	for _, srv := range s.servers {
		errs = append(errs, srv.stop(ctx))
	}
	s.watchers.Wait()
	close(s.exits)
	if s.litter != "" {
		errs = append(errs, os.RemoveAll(s.litter))
	}
	if s.home.lock != nil {
		errs = append(errs, s.home.lock.Close())
	}
	return errors.Join(errs...)
}

// Kill ends one part as a power cut would, by SIGKILL, and returns when it is
// gone. It is not reported by Exits. Killing a part that is down does nothing.
func (s *Stack) Kill(part Part) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	srv, err := s.server(part)
	if err != nil {
		return err
	}
	return srv.signalAndWait(context.Background(), syscall.SIGKILL, 0)
}

// Restart starts one part again on the address and the data that it had. A part
// that still runs is stopped in order first. Redis comes back empty: it holds
// nothing that may not be lost.
func (s *Stack) Restart(ctx context.Context, part Part) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	srv, err := s.server(part)
	if err != nil {
		return err
	}
	if err := srv.stop(ctx); err != nil {
		return err
	}
	return s.launch(ctx, srv)
}

func (s *Stack) server(part Part) (*server, error) {
	if s.stopped {
		return nil, errors.New("the stack is stopped")
	}
	for _, srv := range s.servers {
		if srv.part == part {
			return srv, nil
		}
	}
	return nil, fmt.Errorf("%s is not a part that this stack started", part)
}
