package devstack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// pollEvery is how often a starting server is asked whether it answers.
const pollEvery = 25 * time.Millisecond

// A server is how one part is started, asked and ended.
type server struct {
	part  Part
	argv  []string
	env   []string
	dir   string              // its working folder
	user  *syscall.Credential // nil = ourselves
	log   string
	death syscall.Signal // what the kernel sends it when we die
	quit  syscall.Signal // what ends it in order
	grace time.Duration  // how long after quit it may take

	prepare func(ctx context.Context) error // before each start: clears what a killed predecessor left
	ready   func(ctx context.Context) error // nil when it answers
	retry   []string                        // log lines that a second try mends

	process *process // the newest one; nil before the first start
}

// startError is a server that ended before it answered.
type startError struct {
	part Part
	err  error
	log  string
	tail string
}

func (e *startError) Error() string {
	return fmt.Sprintf("%s did not start: %v; the end of %s:\n%s", e.part, e.err, e.log, e.tail)
}

func (e *startError) Unwrap() error { return e.err }

// launch starts the server, until it answers or cannot.
func (s *Stack) launch(ctx context.Context, srv *server) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	began := time.Now()
	for {
		err := srv.start(ctx)
		if err == nil {
			break
		}
		if !srv.mends(err) || pause(ctx, 4*pollEvery) != nil {
			return err
		}
	}
	s.watch(srv)
	s.log.InfoContext(ctx, "part is up", "part", string(srv.part), "pid", srv.process.cmd.Process.Pid,
		"took", time.Since(began).Round(time.Millisecond).String(), "log_file", srv.log)
	return nil
}

func (srv *server) mends(err error) bool {
	failed, ok := errors.AsType[*startError](err)
	if !ok {
		return false
	}
	for _, line := range srv.retry {
		if strings.Contains(failed.tail, line) {
			return true
		}
	}
	return false
}

// start makes one attempt; when it fails, no process is left behind.
func (srv *server) start(ctx context.Context) error {
	if srv.prepare != nil {
		if err := srv.prepare(ctx); err != nil {
			return err
		}
	}
	out, from, err := openLog(srv.log)
	if err != nil {
		return err
	}
	defer out.Close()
	p, err := spawn(srv, out)
	if err != nil {
		return fmt.Errorf("%s cannot be run: %w", srv.part, err)
	}
	srv.process = p
	if err := srv.untilReady(ctx); err != nil {
		p.asked.Store(true)
		p.kill()
		return &startError{srv.part, err, srv.log, tail(srv.log, from)}
	}
	return nil
}

// untilReady waits until the server answers, its process ends, or ctx does.
func (srv *server) untilReady(ctx context.Context) error {
	last := errors.New("nothing was asked yet")
	for {
		attempt, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := srv.ready(attempt)
		cancel()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-srv.process.done:
			return fmt.Errorf("it ended (%w)", srv.process.result())
		case <-ctx.Done():
			return fmt.Errorf("no answer in time (%w; last: %w)", ctx.Err(), last)
		case <-time.After(pollEvery):
		}
	}
}

// watch reports the end of the process unless somebody asked for it.
func (s *Stack) watch(srv *server) {
	p := srv.process
	s.watchers.Go(func() {
		<-p.done
		if p.asked.Load() {
			return
		}
		exit := Exit{srv.part, p.err, tail(srv.log, 0)}
		select {
		case s.exits <- exit:
		default: // nobody reads
		}
	})
}

// stop ends the server in order, and with SIGKILL when it takes too long.
func (srv *server) stop(ctx context.Context) error {
	return srv.signalAndWait(ctx, srv.quit, srv.grace)
}

func (srv *server) signalAndWait(ctx context.Context, sig syscall.Signal, grace time.Duration) error {
	p := srv.process
	if p == nil || p.ended() {
		return nil
	}
	p.asked.Store(true)
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("%s cannot be signalled: %w", srv.part, err)
	}
	if sig == syscall.SIGKILL {
		<-p.done
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		p.kill()
		return fmt.Errorf("%s did not stop in order within %s and was killed; its log is %s", srv.part, grace, srv.log)
	}
}

// pause waits for d or for the end of ctx, whose error it returns.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
