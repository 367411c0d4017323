package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/desk/token"
	"github.com/steward-itsm/steward/itsm"
)

// alertSenders send at once, as many Alertmanagers do.
const alertSenders = 8

// job is something that is done again and again: ours, and what is bare of it.
type job struct {
	what       string
	ours, bare func(ctx context.Context, i int) error
}

// rate is how a side did a job in one slot.
type rate struct {
	took      []time.Duration
	perSecond float64
}

// alerts measures the intake: of duplicates beside a bare upsert of the same
// database, of new incidents beside a bare workflow start.
func (s *stage) alerts(ctx context.Context, out io.Writer, p plan) error {
	if err := s.intake(ctx); err != nil {
		return err
	}
	if _, err := s.store.Pool().Exec(ctx, "CREATE TABLE IF NOT EXISTS public.bare_counts (key text PRIMARY KEY, count bigint NOT NULL, last_at timestamptz NOT NULL)"); err != nil {
		return err
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\n%d senders\t\tper second\tp50\tp95\t\n", alertSenders)
	for n, j := range s.jobs() {
		var ours, bare []rate
		for r := range p.repetitions {
			first := (n*p.repetitions + r + 1) * 1_000_000
			o, err := during(ctx, p, first, j.ours)
			if err != nil {
				return fmt.Errorf("%s: %w", j.what, err)
			}
			b, err := during(ctx, p, first, j.bare)
			if err != nil {
				return fmt.Errorf("%s, bare: %w", j.what, err)
			}
			ours, bare = append(ours, o), append(bare, b)
		}
		j.print(t, ours, bare)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return s.counted(ctx)
}

// jobs are what is measured.
func (s *stage) jobs() []job {
	return []job{
		{
			"duplicates of an alert", func(ctx context.Context, _ int) error { return s.send(ctx, "same") },
			func(ctx context.Context, _ int) error {
				_, err := s.bare.Exec(ctx, `INSERT INTO public.bare_counts VALUES ('same', 1, now())
					ON CONFLICT (key) DO UPDATE SET count = bare_counts.count + 1, last_at = now()`)
				return err
			},
		},
		{
			"new incidents", func(ctx context.Context, i int) error { return s.send(ctx, "new-"+itoa(i)) },
			func(ctx context.Context, i int) error {
				_, err := s.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "started-" + itoa(i), TaskQueue: bareQueue}, bareStarted)
				return err
			},
		},
	}
}

// during has all senders do something for a slot's time.
func during(ctx context.Context, p plan, first int, do func(context.Context, int) error) (r rate, err error) {
	var mu sync.Mutex
	var begun atomic.Int64
	start := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for range alertSenders {
		g.Go(func() error {
			for time.Since(start) < p.slot {
				began := time.Now()
				if err := do(ctx, first+int(begun.Add(1))); err != nil {
					return err
				}
				mu.Lock()
				r.took = append(r.took, time.Since(began))
				mu.Unlock()
			}
			return nil
		})
	}
	err = g.Wait()
	r.perSecond = float64(len(r.took)) / time.Since(start).Seconds()
	return r, err
}

func (j job) print(t io.Writer, ours, bare []rate) {
	speed := func(all []rate) (speeds []float64) {
		for _, r := range all {
			speeds = append(speeds, r.perSecond)
		}
		return speeds
	}
	at := func(p float64) func([]rate) []float64 {
		return func(all []rate) (found []float64) {
			for _, r := range all {
				found = append(found, float64(percentile(r.took, p)))
			}
			return found
		}
	}
	for _, side := range []struct {
		what, name string
		rates      []rate
	}{{j.what, "Steward", ours}, {"", "bare", bare}} {
		fmt.Fprintf(t, "%s\t%s\t%.0f\t%s\t%s\t\n", side.what, side.name, median(speed(side.rates)),
			milli(time.Duration(median(at(0.5)(side.rates)))), milli(time.Duration(median(at(0.95)(side.rates)))))
	}
	fmt.Fprintf(t, "\tratio\t%s\t%s\t%s\t\n", times(pairwise(speed(ours), speed(bare))),
		times(pairwise(at(0.5)(ours), at(0.5)(bare))), times(pairwise(at(0.95)(ours), at(0.95)(bare))))
}

// counted fails unless every alert that was answered is on record, once.
func (s *stage) counted(ctx context.Context) error {
	var counted, raised, incidents int64
	err := s.store.Pool().QueryRow(ctx, `SELECT coalesce(sum(count), 0), count(*), (SELECT count(*) FROM incidents) FROM alert_incidents`).Scan(&counted, &raised, &incidents)
	if err != nil {
		return err
	}
	return mismatch([]tally{
		{"alerts that were answered", int(s.sent.Load()), int(counted)}, {"incidents of them", int(raised), int(incidents)},
	})
}

// intake makes the address that alerts are sent to.
func (s *stage) intake(ctx context.Context) error {
	made, text, err := token.NewIntake(rand.Reader)
	if err != nil {
		return err
	}
	s.hook = s.url + "/v1/hooks/events/" + text
	return s.store.CreateIntakeKey(ctx, db.IntakeKey{
		ID: made.ID, Name: "bench", Kind: "events", SecretSHA256: token.Hash(made.Secret), Services: []itsm.ServiceID{"website"}, RatePerMinute: 1_000_000,
	}, "bench")
}

// send sends one alert, and fails unless it is on record.
func (s *stage) send(ctx context.Context, key string) error {
	body := `{"event_action":"trigger","dedup_key":"` + key + `","payload":{"summary":"Cards are refused","source":"shop","severity":"critical"}}`
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.hook, bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := s.http.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err == nil && resp.StatusCode != http.StatusAccepted {
		err = fmt.Errorf("an alert was answered %d: %s", resp.StatusCode, text)
	}
	if err == nil {
		s.sent.Add(1)
	}
	return err
}
