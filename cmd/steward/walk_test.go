package main

import (
	"crypto/ed25519"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/steward-itsm/steward/db/audit"
	"github.com/steward-itsm/steward/itsm"
)

var record = flag.Bool("record", false, "add the histories of the walks to workflows/testdata/histories")

// walks are the ways that a change can go, each by what people do on it.
var walks = []struct {
	name  string
	draft func(*world) map[string]string
	walk  func(*world, door, itsm.Number)
	end   itsm.ChangeState
}{
	{"closed-successful", plainDraft, func(w *world, d door, n itsm.Number) {
		w.does("approved", d.decide("bob", n, itsm.Approve, "Go."))
		w.reaches(n, itsm.ChangeScheduled)
		w.does("implementing", d.start("ida", n))
		w.does("closed", d.complete("ida", n, itsm.Successful, "All green."))
	}, itsm.ChangeClosed},
	{"closed-failed", plainDraft, func(w *world, d door, n itsm.Number) {
		w.does("approved", d.decide("eve", n, itsm.Approve, ""))
		w.reaches(n, itsm.ChangeScheduled)
		w.does("implementing", d.start("ana", n))
		w.does("closed", d.complete("ana", n, itsm.Failed, "It did not restart. The old ones are back."))
	}, itsm.ChangeClosed},
	{"rejected", plainDraft, func(w *world, d door, n itsm.Number) {
		w.does("rejected", d.decide("bob", n, itsm.Reject, "No way back from step two."))
	}, itsm.ChangeRejected},
	{"cancelled-awaiting", plainDraft, func(w *world, d door, n itsm.Number) {
		w.does("cancelled", d.cancel("ana", n, "Not needed any more."))
	}, itsm.ChangeCancelled},
	{"cancelled-scheduled", plainDraft, func(w *world, d door, n itsm.Number) {
		w.does("approved", d.decide("bob", n, itsm.Approve, ""))
		w.reaches(n, itsm.ChangeScheduled)
		w.does("cancelled", d.cancel("max", n, "The freeze begins."))
	}, itsm.ChangeCancelled},
	{"window-ended", windowDraft, func(w *world, d door, n itsm.Number) {
		w.does("approved", d.decide("bob", n, itsm.Approve, ""))
	}, itsm.ChangeExpired},
	{"expired", plainDraft, func(*world, door, itsm.Number) {}, itsm.ChangeExpired},
}

func plainDraft(*world) map[string]string { return goodDraft }

// windowDraft has a window that is over in a few seconds.
func windowDraft(*world) map[string]string {
	d := map[string]string{
		"window_start": time.Now().Add(-time.Minute).UTC().Format(time.RFC3339),
		"window_end":   time.Now().Add(8 * time.Second).UTC().Format(time.RFC3339),
	}
	maps.Copy(d, goodDraft)
	return d
}

// does fails unless an act left the change in a state.
func (w *world) does(state string, o outcome) {
	w.t.Helper()
	require.Equal(w.t, outcome{State: state}, o)
}

// TestEveryWalkThroughBothDoors walks a change every way it can go, through the
// API and through Slack, and then holds what Postgres, the audit, Slack and
// Temporal say of it against each other.
func TestEveryWalkThroughBothDoors(t *testing.T) {
	w := newWorld(t, soon(3*time.Second, 6*time.Second))
	for name, d := range w.doors() {
		for _, walk := range walks {
			n, o := d.raise("ana", walk.draft(w))
			require.Equal(t, outcome{State: "awaiting_approval"}, o, name+" "+walk.name)
			walk.walk(w, d, n)
			w.reaches(n, walk.end)
			history := w.agree(n)
			if *record && name == "api" {
				keep(t, "change-"+walk.name, history)
			}
		}
	}
	w.chainHolds()
}

// agree holds what the four places say of a closed change against each other.
func (w *world) agree(n itsm.Number) *historypb.History {
	w.t.Helper()
	var r itsm.Receipt
	require.NoError(w.t, w.temporal.GetWorkflow(w.t.Context(), string(n), "").Get(w.t.Context(), &r))
	c, err := w.owner.Change(w.t.Context(), n)
	require.NoError(w.t, err)
	require.Equal(w.t, c.Receipt(), r, "Temporal and Postgres tell different ends")
	return w.tells(n, c.Revision, itsm.State(c.State))
}

// tells holds the timeline of a record that is over against its history, the audit and
// what stands in Slack.
func (w *world) tells(n itsm.Number, revision int, end itsm.State) *historypb.History {
	w.t.Helper()
	timeline, err := w.owner.Timeline(w.t.Context(), n)
	require.NoError(w.t, err)
	require.Len(w.t, timeline, revision)
	said, err := w.owner.Comments(w.t.Context(), n)
	require.NoError(w.t, err)
	type act struct { // what one update did: to say something may make something happen
		by itsm.PersonID
		at int64
	}
	acts := map[act]bool{}
	for _, c := range said {
		acts[act{c.By, c.At.UnixNano()}] = true
	}
	for i, e := range timeline {
		require.Equal(w.t, i+1, e.Revision)
		if e.Actor != itsm.System {
			acts[act{e.Actor, e.At.UnixNano()}] = true
		}
	}
	require.Equal(w.t, end, timeline[len(timeline)-1].To)
	h := w.history(n)
	require.Len(w.t, acts, count(h, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED), "an act for each update and an update for each act")
	w.audited(timeline)
	w.told(n)
	return h
}

func (w *world) history(n itsm.Number) *historypb.History {
	w.t.Helper()
	h := &historypb.History{}
	it := w.temporal.GetWorkflowHistory(w.t.Context(), string(n), "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		e, err := it.Next()
		require.NoError(w.t, err)
		h.Events = append(h.Events, e)
	}
	return h
}

func count(h *historypb.History, kind enumspb.EventType) int {
	n := 0
	for _, e := range h.GetEvents() {
		if e.GetEventType() == kind {
			n++
		}
	}
	return n
}

// audited finds one audit entry for every event, and no more.
func (w *world) audited(timeline []itsm.Event) {
	w.t.Helper()
	found, err := w.owner.Pool().Query(w.t.Context(),
		`SELECT revision, action, actor, door FROM audit_entries WHERE subject = $1 AND outcome = 'done' AND revision > 0 ORDER BY revision`, string(timeline[0].Number))
	require.NoError(w.t, err)
	defer found.Close()
	for _, e := range timeline {
		require.True(w.t, found.Next(), "revision %d is not in the audit", e.Revision)
		var revision int
		var action, actor, by string
		require.NoError(w.t, found.Scan(&revision, &action, &actor, &by))
		require.Equal(w.t, []any{e.Revision, string(e.Kind), string(e.Actor), string(e.Door)}, []any{revision, action, actor, by})
	}
	require.False(w.t, found.Next(), "the audit holds more than happened")
}

// told finds every message of the ledger in Slack once, saying how it ended.
func (w *world) told(n itsm.Number) {
	w.t.Helper()
	ledger, err := w.owner.Messages(w.t.Context(), n)
	require.NoError(w.t, err)
	require.NotEmpty(w.t, ledger)
	standing := map[string]string{}
	places := []string{"C0WEBSITE"}
	for id := range w.tokens {
		places = append(places, slackID(id))
	}
	for _, channel := range places {
		for _, m := range w.slack.Messages(channel) { // what stands in threads too
			if strings.Contains(string(m.Metadata), `"`+string(n)+`/`) {
				standing[m.Channel+" "+m.TS] = m.Says()
			}
		}
	}
	require.Len(w.t, standing, len(ledger), "Slack and the ledger know different messages")
	for _, row := range ledger {
		text, there := standing[row.Channel+" "+row.TS]
		require.True(w.t, there, "%s is not in Slack", row.Key)
		for _, dead := range []string{"Reject…", "Start", "Failed…", "Cancel…", "Acknowledge", "Resolve…", "Escalate…", "Hold…"} {
			require.NotContains(w.t, text, "\n"+dead, "%s keeps a dead button", row.Key)
		}
	}
}

// chainHolds verifies the audit once everything in it is sealed.
func (w *world) chainHolds() {
	w.t.Helper()
	w.eventually("the audit is sealed and verifies", func() bool {
		report, err := w.verify()
		require.NoError(w.t, err)
		require.Nil(w.t, report.FirstBad)
		return report.OK && report.Unsealed == 0
	})
}

func (w *world) verify() (audit.Report, error) {
	public, err := audit.OpenPublicKey(w.config.AuditKeyFile + ".pub")
	if err != nil {
		return audit.Report{}, err
	}
	anchors := audit.Anchors{Folders: w.config.AuditDirs, Keys: []ed25519.PublicKey{public}}
	return audit.Verify(w.t.Context(), audit.Live{Store: w.owner}, anchors, time.Now())
}

func keep(t *testing.T, name string, h *historypb.History) {
	t.Helper()
	text, err := protojson.MarshalOptions{Multiline: true}.Marshal(h)
	require.NoError(t, err)
	folder := filepath.Join("..", "..", "workflows", "testdata", "histories")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	file := filepath.Join(folder, name+".json")
	if _, err := os.Stat(file); err == nil {
		t.Logf("%s stands; a history is never made anew", file)
		return
	}
	require.NoError(t, os.WriteFile(file, text, 0o600))
}
