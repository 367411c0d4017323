package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// side is what is driven: Steward through its API, or the twin through Temporal.
type side interface {
	name() string
	raise(ctx context.Context, p *path, i int) (id string, err error)
	act(ctx context.Context, i int, id, act string) error
}

// settleWithin bounds the wait for a slot's changes to be told and closed.
const settleWithin = time.Minute

// sample is what one side did at one level.
type sample struct {
	slots   []slot  // one for each repetition
	costs   []cost  // of each change
	traffic traffic // of Postgres meanwhile
}

// slot is what one side did at one level in one repetition.
type slot struct {
	raise, decide []time.Duration
	perSecond     float64 // changes closed
	perEvent      float64 // µs of wall time for each event that the server kept
}

// acts are the timings of all slots.
func (s *sample) acts(of func(slot) []time.Duration) (all []time.Duration) {
	for _, one := range s.slots {
		all = append(all, of(one)...)
	}
	return all
}

// each is one figure of every slot.
func (s *sample) each(of func(slot) float64) (all []float64) {
	for _, one := range s.slots {
		all = append(all, of(one))
	}
	return all
}

// average is what a change cost.
func (s *sample) average() (c cost) {
	for _, one := range s.costs {
		c.events += one.events / float64(len(s.costs))
		c.transitions += one.transitions / float64(len(s.costs))
		c.bytes += one.bytes / float64(len(s.costs))
	}
	return c
}

// pair is Steward and the twin on one path at one level.
type pair struct {
	path       *path
	level      int
	ours, bare sample
}

// measured is all that was found, and how much was asked for: both warm-ups too.
type measured struct {
	pairs       []*pair
	repetitions int
	asked       map[string]int // changes, by the name of the side
	went        map[ways]int   // the same, by path too
}

// ways is one side on one path.
type ways struct {
	side string
	path *path
}

// measure drives the two sides in turn, level by level, again and again, so that
// whatever else the machine does falls on both.
func measure(ctx context.Context, out io.Writer, p plan, s *stage) (measured, error) {
	m := measured{asked: map[string]int{}, went: map[ways]int{}}
	for _, level := range p.levels {
		m.pairs = append(m.pairs, &pair{path: single, level: level})
	}
	for _, level := range p.staged {
		m.pairs = append(m.pairs, &pair{path: double, level: level})
	}
	ours, bare := &stewardSide{s}, &bareSide{s}
	warm := p
	warm.slot, warm.changes = time.Second, 8
	for _, way := range paths {
		for _, d := range []side{ours, bare} {
			if err := m.drive(ctx, warm, s, d, &pair{path: way, level: 4}, &sample{}); err != nil {
				return m, err
			}
		}
	}
	began := time.Now()
	for m.repetitions < p.repetitions && time.Since(began) < p.most {
		for _, pair := range m.pairs {
			if err := m.drive(ctx, p, s, ours, pair, &pair.ours); err != nil {
				return m, err
			}
			if err := m.drive(ctx, p, s, bare, pair, &pair.bare); err != nil {
				return m, err
			}
		}
		m.repetitions++
		if _, err := fmt.Fprintf(out, "repetition %d of %d: %.0f s\n", m.repetitions, p.repetitions, time.Since(began).Seconds()); err != nil {
			return m, err
		}
	}
	return m, nil
}

// drive lets one side work for a slot's time, and then waits until all is quiet.
func (m *measured) drive(ctx context.Context, p plan, s *stage, d side, at *pair, into *sample) error {
	was, err := s.traffic(ctx)
	if err != nil {
		return err
	}
	start := time.Now()
	ids, done, err := keep(ctx, p, d, at, m.asked[d.name()])
	if err != nil {
		return err
	}
	wall := time.Since(start)
	m.asked[d.name()] += len(ids)
	m.went[ways{d.name(), at.path}] += len(ids)
	costs, err := s.settle(ctx, ids)
	if err != nil {
		return err
	}
	now, err := s.traffic(ctx)
	if err != nil {
		return err
	}
	into.add(done, wall, costs)
	into.traffic = into.traffic.plus(now.since(was))
	return s.alive()
}

// keep keeps a number of changes under way on one side, each raised when the one
// before it is closed, for the slot's time. They are numbered from first on.
func keep(ctx context.Context, p plan, d side, at *pair, first int) (ids []string, done slot, err error) {
	var mu sync.Mutex
	var begun atomic.Int64
	start := time.Now()
	g, driven := errgroup.WithContext(ctx)
	for range at.level {
		g.Go(func() error {
			for time.Since(start) < p.slot {
				n := int(begun.Add(1))
				if n > p.changes {
					return nil
				}
				id, took, err := walk(driven, d, at.path, first+n)
				if err != nil {
					return fmt.Errorf("%s, change %d: %w", d.name(), first+n, err)
				}
				mu.Lock()
				ids = append(ids, id)
				done.raise, done.decide = append(done.raise, took[0]), append(done.decide, took[1])
				mu.Unlock()
			}
			return nil
		})
	}
	err = g.Wait()
	return ids, done, err
}

func (s *sample) add(done slot, wall time.Duration, costs []cost) {
	events := 0.0
	for _, c := range costs {
		events += c.events
	}
	s.costs = append(s.costs, costs...)
	done.perSecond, done.perEvent = float64(len(costs))/wall.Seconds(), float64(wall.Microseconds())/events
	s.slots = append(s.slots, done)
}

// walk takes one change from its raise to its end, and says how long the raise
// and the last decision took.
func walk(ctx context.Context, d side, p *path, i int) (id string, took [2]time.Duration, err error) {
	start := time.Now()
	if id, err = d.raise(ctx, p, i); err != nil {
		return id, took, fmt.Errorf("%s: %w", actRaise, err)
	}
	took[0] = time.Since(start)
	for _, act := range p.acts() {
		start = time.Now()
		if err := d.act(ctx, i, id, act); err != nil {
			return id, took, fmt.Errorf("%s: %w", act, err)
		}
		if act == p.acts()[p.votes-1] {
			took[1] = time.Since(start)
		}
	}
	return id, took, nil
}

// settle waits until each change is closed, which is after people were told, and
// asks the server what it kept of it.
func (s *stage) settle(ctx context.Context, ids []string) ([]cost, error) {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	var costs []cost
	for _, id := range ids {
		if err := s.temporal.GetWorkflow(ctx, id, "").Get(ctx, nil); err != nil {
			return nil, fmt.Errorf("%s does not end well: %w", id, err)
		}
		d, err := s.temporal.DescribeWorkflowExecution(ctx, id, "")
		if err != nil {
			return nil, err
		}
		info := d.GetWorkflowExecutionInfo()
		costs = append(costs, cost{float64(info.GetHistoryLength()), float64(info.GetStateTransitionCount()), float64(info.GetHistorySizeBytes())})
	}
	return costs, nil
}
