package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// doorSettings are those that only `steward serve` needs.
var doorSettings = []string{
	"STEWARD_REDIS_URL=", "STEWARD_HTTP_ADDR=", "STEWARD_SLACK_SIGNING_SECRET=", "STEWARD_SLACK_TEAMS=",
	"STEWARD_AUDIT_", "STEWARD_GITHUB_WEBHOOK_SECRET=",
}

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

// page reads what is at an address, once something answers there.
func page(t *testing.T, url string) (text string) {
	t.Helper()
	require.Eventually(t, func() bool {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		text = string(body)
		return err == nil && resp.StatusCode == http.StatusOK
	}, 10*time.Second, 50*time.Millisecond)
	return text
}

// TestAWorkerNeedsNoDoor: the doors and the processes run apart, as `steward
// serve` and `steward worker` do, and the worker has none of the doors' settings.
func TestAWorkerNeedsNoDoor(t *testing.T) {
	w := layWorld(t)
	log := slog.New(slog.NewJSONHandler(w.logs, nil))
	doors, err := LoadConfig(w.environ, Serve)
	require.NoError(t, err)
	w.program, err = newProgram(t.Context(), doors, w.at, log)
	require.NoError(t, err)
	require.NoError(t, prepareTemporal(t.Context(), w.temporal, w.namespace))
	works, err := LoadConfig(slices.DeleteFunc(slices.Clone(w.environ), func(kv string) bool {
		return slices.ContainsFunc(doorSettings, func(name string) bool { return strings.HasPrefix(kv, name) })
	}), Worker)
	require.NoError(t, err)
	works.MetricsAddr = freeAddress(t)
	apart, err := connect(t.Context(), works, w.at, log)
	require.NoError(t, err)
	require.Nil(t, apart.store, "the desk's role is not the worker's")
	require.Nil(t, apart.limits)
	require.Nil(t, apart.bot)

	ctx, cancel := context.WithCancel(context.Background())
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return apart.runWorker(ctx) })
	g.Go(func() error { return apart.serveMetrics(ctx) })
	g.Go(func() error { return w.seal(ctx) })
	g.Go(func() error { return w.serve(ctx, w.listener) })
	t.Cleanup(func() {
		cancel()
		if err := g.Wait(); err != nil {
			t.Errorf("a part ended badly: %v\n%s", err, w.logs)
		}
		_ = apart.close()
		_ = w.close()
	})
	n := w.raise("ana")
	w.reaches(n, itsm.ChangeAwaiting)
	w.everybodyKnows(n)
	require.Contains(t, page(t, "http://"+works.MetricsAddr+"/metrics"), "steward_slack_calls_total")
}

// TestWhatSlackTookBeforeItFailedIsToldOnce: the first posts are taken, and their
// answers are a failure's.
func TestWhatSlackTookBeforeItFailedIsToldOnce(t *testing.T) {
	w := newWorld(t)
	w.slack.Fail("chat.postMessage", fault.Status(http.StatusInternalServerError).AfterEffect(), fault.HTML().AfterEffect())
	n := w.raise("ana")
	w.reaches(n, itsm.ChangeAwaiting)
	w.everybodyKnows(n)
	require.Equal(t, 2, strings.Count(w.logs.String(), `"code":"slack.ambiguous"`))
}

// everybodyKnows waits until the card and each approver's message are posted, and
// finds each of them in Slack once.
func (w *world) everybodyKnows(n itsm.Number) {
	w.t.Helper()
	c, err := w.owner.Change(w.t.Context(), n)
	require.NoError(w.t, err)
	require.NotEmpty(w.t, c.Approvers)
	w.eventually("the card and what approvers are asked are posted", func() bool {
		ledger, err := w.owner.Messages(w.t.Context(), n)
		require.NoError(w.t, err)
		return len(ledger) == 1+len(c.Approvers) && !slices.ContainsFunc(ledger, func(m db.Message) bool { return m.State != db.MessagePosted })
	})
	ledger, err := w.owner.Messages(w.t.Context(), n)
	require.NoError(w.t, err)
	for _, row := range ledger {
		times := 0
		for _, m := range w.slack.Messages(row.Channel) {
			if strings.Contains(string(m.Metadata), `"`+row.Key+`"`) {
				times++
			}
		}
		require.Equal(w.t, 1, times, row.Key)
	}
}
