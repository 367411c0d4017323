package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// deed is one act, to be repeated byte for byte.
type deed struct {
	who    itsm.PersonID
	method string
	path   string // behind the change's own; empty: the change itself
	body   any
	tag    string // If-Match
}

func (w *world) repeats(n itsm.Number, a deed, key string) response {
	w.t.Helper()
	header := []string{"Idempotency-Key", key}
	if a.tag != "" {
		header = append(header, "If-Match", a.tag)
	}
	return w.call(a.who, a.method, "/v1/changes/"+string(n)+a.path, a.body, header...)
}

// TestARepeatLongAfterHasTheAnswerOfTheFirst: the program died when an act was done
// and its answer not yet kept. Whoever repeats it is told what came of it, also
// when the process has ended meanwhile.
func TestARepeatLongAfterHasTheAnswerOfTheFirst(t *testing.T) {
	w := newWorld(t, tiers(stageOf("Peers", people("bob", "eve"), 2)), assessed)
	raise := map[string]any{"type": "normal", "title": "Once", "service": "website", "plan": "Do it.", "backout_plan": "Undo it."}
	raised := w.call("ana", http.MethodPost, "/v1/changes", raise, "Idempotency-Key", "raise")
	require.Equal(t, http.StatusCreated, raised.Status, raised.Body)
	require.Equal(t, "awaiting_assessment", raised.state())
	n := raised.number()
	approve := map[string]any{"verdict": "approve"}
	post := func(who itsm.PersonID, path string, body any) deed { return deed{who, http.MethodPost, path, body, ""} }
	acts := []deed{
		post("ida", "/assessment", weighed()),
		post("bob", "/comments", map[string]any{"text": "Who watches it?", "question": true}),
		post("ana", "/comments", map[string]any{"text": "I do.", "reply_to": 1}),
		post("bob", "/decisions", approve),
		post("bob", "/retract", nil),
		post("eve", "/decisions", approve),
		post("eve", "/delegations", map[string]any{"to": "max"}),
		{"ana", http.MethodPatch, "", map[string]any{"plan": "Do it twice."}, "current"},
		post("ana", "/hold", map[string]any{"note": "The vendor is down."}),
		post("ana", "/resume", map[string]any{}),
		post("ana", "/links", map[string]any{"url": "https://tracker.example.com/PAY-7"}),
		post("bob", "/decisions", map[string]any{"verdict": "approve", "note": "Still."}),
		post("max", "/decisions", map[string]any{"verdict": "approve", "for": "eve"}),
		post("max", "/reassign", map[string]any{"assignee": "ida"}),
		post("ida", "/start", nil),
		post("ida", "/complete", map[string]any{"result": "successful"}),
	}
	answers := make([]response, len(acts))
	key := func(i int) string { return "act-" + string(rune('a'+i)) }
	for i := range acts {
		w.eventually("it is ready for "+acts[i].path, func() bool {
			if acts[i].method == http.MethodPatch {
				acts[i].tag = w.call("ana", http.MethodGet, "/v1/changes/"+string(n), nil).Header.Get("ETag")
			}
			answers[i] = w.repeats(n, acts[i], key(i))
			return answers[i].Status != http.StatusServiceUnavailable // the next stage is being opened
		})
		require.Equal(t, http.StatusOK, answers[i].Status, "%s: %v", acts[i].path, answers[i].Body)
	}
	require.NoError(t, w.temporal.GetWorkflow(t.Context(), string(n), "").Get(t.Context(), nil))
	before, err := w.owner.Timeline(t.Context(), n)
	require.NoError(t, err)

	_, err = w.owner.Pool().Exec(t.Context(), "UPDATE idempotency SET status = 0, answer = '', lease_until = now()")
	require.NoError(t, err)
	for i := range acts {
		again := w.repeats(n, acts[i], key(i))
		require.Equal(t, answers[i].Status, again.Status, "%s: %v", acts[i].path, again.Body)
		require.Equal(t, answers[i].Body, again.Body)
	}
	timeline, err := w.owner.Timeline(t.Context(), n)
	require.NoError(t, err)
	require.Equal(t, before, timeline, "nothing counted twice")
	said, err := w.owner.Comments(t.Context(), n)
	require.NoError(t, err)
	require.Len(t, said, 2)
	again := w.call("ana", http.MethodPost, "/v1/changes", raise, "Idempotency-Key", "raise")
	require.Equal(t, raised.Body, again.Body)
}
