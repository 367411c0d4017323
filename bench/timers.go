package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/itsm"
)

// The twin's other workflows.
const (
	bareStarted = "BareStarted"
	bareTimer   = "BareTimer"
	timerKey    = "timer-" // what the alerts are called that wait
)

// BareStarted does nothing.
func BareStarted(workflow.Context) error { return nil }

// BareTimer waits, as an incident waits for half of its time to be used up. Its result
// is by how much that came late.
func BareTimer(ctx workflow.Context, due time.Time) (time.Duration, error) {
	if err := workflow.Sleep(ctx, due.Sub(workflow.Now(ctx))); err != nil {
		return 0, err
	}
	return workflow.Now(ctx).Sub(due), nil
}

// half is when the first timer of an incident comes, of the target in calmly.
const half = 5 * time.Minute

// straggling is for how long after the last of them timers are waited for that have
// not come: what is later is left out, and is missing from how many came.
const straggling = 3 * time.Minute

// askWithin is for how long one of them is asked whether its timer came.
const askWithin = 5 * time.Second

// calmly is a policy under which nobody is called and nothing comes by itself before
// half of the time to resolve is used up.
func calmly() itsm.IncidentPolicy {
	all := itsm.IncidentPolicy{Impact: itsm.HighDegree, Urgency: itsm.HighDegree}
	for _, p := range itsm.Priorities {
		all.Priorities = append(all.Priorities, itsm.PriorityTerms{Priority: p, Resolve: itsm.Length{Time: 2 * half}, Quiet: true})
	}
	return all
}

// waiting raises incidents and starts as many of the twin's workflows, one of each in
// turn, until there are enough or the first timer is about to come. It returns what the
// twin's are called.
func (s *stage) waiting(ctx context.Context, out io.Writer, p plan) (ids []string, err error) {
	began := time.Now()
	var begun atomic.Int64
	var mu sync.Mutex
	g, driven := errgroup.WithContext(ctx)
	for range alertSenders {
		g.Go(func() error {
			for i := int(begun.Add(1)); i <= p.timers && time.Since(began) < half; i = int(begun.Add(1)) {
				id := timerKey + itoa(i)
				if err := s.send(driven, id); err != nil {
					return err
				}
				o := client.StartWorkflowOptions{ID: id, TaskQueue: bareQueue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL}
				if _, err := s.temporal.ExecuteWorkflow(driven, o, bareTimer, time.Now().Add(half)); err != nil {
					return err
				}
				mu.Lock()
				ids = append(ids, id)
				mu.Unlock()
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(out, "\n%d incidents wait for their timers, after %.0f s; the last comes in %.0f s.\n", len(ids), time.Since(began).Seconds(), half.Seconds())
	return ids, err
}

// timers measures how late the timers of many incidents come, beside as many of the
// twin's that wait on the same server for the same instants.
func (s *stage) timers(ctx context.Context, out io.Writer, p plan) error {
	if p.timers == 0 {
		return nil
	}
	ids, err := s.waiting(ctx, out, p)
	if err != nil {
		return err
	}
	bare, err := s.woken(ctx, ids)
	if err != nil {
		return err
	}
	ours, err := s.warned(ctx, len(ids))
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\ttimers\tlate by p50\tp95\tthe latest\t")
	for _, side := range []struct {
		name string
		late []time.Duration
	}{{"Steward", ours}, {"bare twin", bare}} {
		fmt.Fprintf(t, "%s\t%d of %d\t%s\t%s\t%s\t\n", side.name, len(side.late), len(ids), milli(percentile(side.late, 0.5)), milli(percentile(side.late, 0.95)), milli(percentile(side.late, 1)))
	}
	fmt.Fprintf(t, "ratio\t\t%s\t%s\t%s\t\n", over(ours, bare, 0.5), over(ours, bare, 0.95), over(ours, bare, 1))
	return t.Flush()
}

// woken is how late each of the twin's timers came, of those that came before the
// stragglers are given up. Nobody asks before they are due: two thousand who wait for an
// answer are a load of their own.
func (s *stage) woken(ctx context.Context, ids []string) (late []time.Duration, err error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(half + settleWithin):
	}
	within, cancel := context.WithTimeout(ctx, straggling)
	defer cancel()
	var mu sync.Mutex
	var g errgroup.Group
	g.SetLimit(alertSenders)
	for _, id := range ids {
		g.Go(func() error {
			one, cancel := context.WithTimeout(within, askWithin)
			defer cancel()
			var by time.Duration
			if err := s.temporal.GetWorkflow(one, id, "").Get(one, &by); err != nil {
				return ctx.Err() // nil for a straggler
			}
			mu.Lock()
			defer mu.Unlock()
			late = append(late, by)
			return nil
		})
	}
	err = g.Wait()
	return late, err
}

func over(a, b []time.Duration, p float64) string {
	return times(float64(percentile(a, p)) / float64(percentile(b, p)))
}

// warned is how late each incident of timers was told that half of its time is used
// up, of those that were before the stragglers are given up.
func (s *stage) warned(ctx context.Context, started int) (late []time.Duration, err error) {
	for until := time.Now().Add(straggling); ; {
		rows, err := s.store.Pool().Query(ctx, `SELECT e.at - i.raised_at FROM events e JOIN incidents i USING (number) JOIN alert_incidents a USING (number)
			WHERE e.kind = 'incident.target_warned' AND (e.detail->'clock'->>'percent')::int = 50 AND a.dedup_key LIKE $1`, "%"+timerKey+"%")
		if err != nil {
			return nil, err
		}
		late = late[:0]
		for rows.Next() {
			var after time.Duration
			if err := rows.Scan(&after); err != nil {
				rows.Close()
				return nil, err
			}
			late = append(late, after-half)
		}
		if err := rows.Err(); err != nil || len(late) >= started || time.Now().After(until) {
			return late, err
		}
		select {
		case <-ctx.Done():
			return late, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}
