package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestARepeatLongAfterHasTheAnswerOfTheFirst: the program died when an act was done
// and its answer not yet kept. Whoever repeats it is told what came of it, also
// when the process has ended meanwhile.
func TestARepeatLongAfterHasTheAnswerOfTheFirst(t *testing.T) {
	w := newWorld(t, soon(time.Hour, 2*time.Hour))
	raise := map[string]any{"type": "normal", "title": "Once", "service": "website", "plan": "Do it.", "backout_plan": "Undo it."}
	raised := w.call("ana", http.MethodPost, "/v1/changes", raise, "Idempotency-Key", "raise")
	require.Equal(t, http.StatusCreated, raised.Status, raised.Body)
	n := raised.number()
	acts := []struct {
		who  itsm.PersonID
		path string
		body any
	}{
		{"bob", "decisions", map[string]any{"verdict": "approve"}},
		{"ida", "start", nil},
		{"ida", "complete", map[string]any{"result": "successful"}},
	}
	answers := make([]response, len(acts))
	act := func(i int) response {
		return w.call(acts[i].who, http.MethodPost, "/v1/changes/"+string(n)+"/"+acts[i].path, acts[i].body, "Idempotency-Key", "act")
	}
	for i := range acts {
		answers[i] = act(i)
		require.Equal(t, http.StatusOK, answers[i].Status, answers[i].Body)
	}
	require.NoError(t, w.temporal.GetWorkflow(t.Context(), string(n), "").Get(t.Context(), nil))

	_, err := w.owner.Pool().Exec(t.Context(), "UPDATE idempotency SET status = 0, answer = '', lease_until = now()")
	require.NoError(t, err)
	again := w.call("ana", http.MethodPost, "/v1/changes", raise, "Idempotency-Key", "raise")
	require.Equal(t, raised.Body, again.Body)
	for i := range acts {
		again := act(i)
		require.Equal(t, answers[i].Status, again.Status, "%s: %v", acts[i].path, again.Body)
		require.Equal(t, answers[i].Body, again.Body)
	}
	timeline, err := w.owner.Timeline(t.Context(), n)
	require.NoError(t, err)
	require.Len(t, timeline, 6, "nothing counted twice")
}
