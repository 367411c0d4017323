package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/itsm"
)

const (
	stormSenders    = 16
	stormDuplicates = 10_000
	stormEvents     = 80       // that the process of the one incident may have
	stormGrowth     = 48 << 20 // bytes that the heap may be larger by than it was early in the storm
)

// TestAStormOfDuplicatesOutlivesTheProgram: sixteen senders repeat one alert ten
// thousand times, while the program is killed three times between putting one on
// record and doing something about it. What was answered is counted, what was never
// sent is not, and the process of the incident hears of nearly none of it.
func TestAStormOfDuplicatesOutlivesTheProgram(t *testing.T) {
	c := &crash{name: "a storm of duplicates", failpoint: failpoint{Place: "alert-taken"}, least: 500, most: 2500}
	c.open(t, onCall)
	ctx, cancel := context.WithTimeout(t.Context(), crashPatient)
	defer cancel()
	program, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- c.live(program) }()
	end := sync.OnceValue(func() error { stop(); return <-ended })
	t.Cleanup(func() { _ = end() })

	s := &storm{crash: c, path: "/v1/hooks/events/" + c.intake("events", "website")}
	require.NoError(t, s.blow(ctx, stormDuplicates/4))
	early := s.heap(ctx, t)
	require.NoError(t, s.blow(ctx, stormDuplicates-stormDuplicates/4))
	late := s.heap(ctx, t)
	require.NoError(t, end())
	require.EqualValues(t, crashKills, c.kills.Load())
	t.Logf("%d answered of %d sent; killed after %v; %.0f s; heap %d MiB, then %d MiB",
		s.answered.Load(), s.sent.Load(), c.deaths, time.Since(c.began).Seconds(), early>>20, late>>20)
	require.LessOrEqual(t, late, early+stormGrowth, "memory is flat")

	var count, incidents int64
	require.NoError(t, c.owner.Pool().QueryRow(ctx, "SELECT sum(count), count(*) FROM alert_incidents").Scan(&count, &incidents))
	require.EqualValues(t, 1, incidents)
	require.GreaterOrEqual(t, count, s.answered.Load(), "what was answered is counted")
	require.LessOrEqual(t, count, s.sent.Load(), "what was never sent is not")
	var n itsm.Number
	require.NoError(t, c.owner.Pool().QueryRow(ctx, "SELECT number FROM incidents").Scan(&n), "one incident was raised")
	d, err := c.engine.DescribeWorkflowExecution(ctx, string(n), "")
	require.NoError(t, err)
	require.LessOrEqual(t, d.GetWorkflowExecutionInfo().GetHistoryLength(), int64(stormEvents))
}

// storm is who repeats one alert.
type storm struct {
	*crash

	path           string
	sent, answered atomic.Int64
}

// blow has the senders repeat it until so many repeats were answered. What is not
// answered is sent again, as Alertmanager does.
func (s *storm) blow(ctx context.Context, repeats int) error {
	const event = `{"event_action":"trigger","dedup_key":"cards","payload":{"summary":"Cards are refused","source":"shop","severity":"critical"}}`
	var left atomic.Int64
	left.Store(int64(repeats))
	g, ctx := errgroup.WithContext(ctx)
	for range stormSenders {
		g.Go(func() error {
			for left.Add(-1) >= 0 {
				if err := s.repeat(ctx, event); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

func (s *storm) repeat(ctx context.Context, event string) error {
	for {
		s.sent.Add(1)
		a, err := s.once(ctx, http.MethodPost, s.path, []byte(event), map[string]string{"Content-Type": "application/json"})
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil && a.Status == http.StatusAccepted:
			s.answered.Add(1)
			return nil
		case err == nil && a.Status < http.StatusInternalServerError:
			return fmt.Errorf("an alert was refused: %d %v", a.Status, a.Body)
		}
		if err := wait(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// heap is how many bytes the program's heap holds, by its own word.
func (s *storm) heap(ctx context.Context, t *testing.T) int64 {
	t.Helper()
	const metric = "go_memstats_heap_inuse_bytes "
	var bytes float64
	require.Eventually(t, func() bool {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/metrics", nil)
		require.NoError(t, err)
		resp, err := s.client.Do(r)
		if err != nil {
			return false
		}
		defer func() { _ = resp.Body.Close() }()
		text, err := io.ReadAll(resp.Body)
		_, rest, found := strings.Cut("\n"+string(text), "\n"+metric)
		if err != nil || !found {
			return false
		}
		line, _, _ := strings.Cut(rest, "\n")
		bytes, err = strconv.ParseFloat(line, 64)
		return err == nil
	}, 30*time.Second, 100*time.Millisecond, "the program tells %s", metric)
	return int64(bytes)
}
