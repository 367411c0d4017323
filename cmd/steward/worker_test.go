package main

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

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
	apart, err := connect(t.Context(), works, w.at, log)
	require.NoError(t, err)
	require.Nil(t, apart.store, "the desk's role is not the worker's")
	require.Nil(t, apart.limits)
	require.Nil(t, apart.bot)

	ctx, cancel := context.WithCancel(context.Background())
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return apart.runWorker(ctx) })
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
