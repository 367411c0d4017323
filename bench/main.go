package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// The kernel ends our children when the thread that started them ends, so they
// are started from the one thread that lasts as long as we do.
func init() { runtime.LockOSThread() }

func main() {
	quick := flag.Bool("quick", false, "one short repetition, for CI: a minute at most")
	steward := flag.String("steward", "", "the binary to measure; built from this checkout when empty")
	timers := flag.Bool("timers", false, "only how late timers come")
	suppliers := flag.Bool("schedules", false, "only what the schedules of a thousand suppliers cost")
	twin := flag.String("twin", "", "run as the twin's worker against the Temporal server at this address")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch {
	case *twin != "":
		err = runTwin(ctx, *twin)
	case *suppliers:
		err = schedules(ctx, os.Stdout)
	default:
		err = run(ctx, os.Stdout, planFor(*quick), *steward, *timers)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // the deferred stop has nothing left to do
	}
}

// plan is how much is measured.
type plan struct {
	levels      []int         // changes under way at once
	staged      []int         // the same, of changes that two people approve
	slot        time.Duration // how long one side is driven at one level
	repetitions int
	most        time.Duration // no repetition begins after this
	changes     int           // the most that one slot raises
	timers      int           // incidents that wait at once
}

func planFor(quick bool) plan {
	p := plan{levels: []int{1, 8, 32}, staged: []int{1, 8}, slot: 3 * time.Second, repetitions: 3, most: 3 * time.Minute, changes: 120, timers: 2000}
	if quick {
		p.slot, p.repetitions, p.changes, p.timers = time.Second, 1, 40, 0
	}
	return p
}

// run measures by plan and prints what it found.
func run(ctx context.Context, out io.Writer, p plan, steward string, onlyTimers bool) (err error) {
	before := load()
	s, err := openStage(ctx, steward)
	if err != nil {
		return err
	}
	defer func() {
		finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(err, s.close(finish))
	}()
	if err := s.introduce(ctx, out, before); err != nil {
		return err
	}
	if onlyTimers {
		if err := s.intake(ctx); err != nil {
			return err
		}
		return s.mean(s.timers(ctx, out, p))
	}
	m, err := measure(ctx, out, p, s)
	if err != nil {
		return s.mean(err)
	}
	if err := report(out, m); err != nil {
		return err
	}
	if err := conclude(out, m); err != nil {
		return err
	}
	if err := s.arrived(ctx, out, m); err != nil {
		return err
	}
	if err := s.alerts(ctx, out, p); err != nil {
		return s.mean(err)
	}
	return s.mean(s.timers(ctx, out, p))
}

// mean is an error with what the parts said last.
func (s *stage) mean(err error) error {
	if err == nil {
		return nil
	}
	return errors.Join(err, s.words())
}
