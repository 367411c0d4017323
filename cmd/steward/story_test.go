package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestAChangeThroughTheAPI walks one change from its raise to its end through the
// API, on real servers.
func TestAChangeThroughTheAPI(t *testing.T) {
	w := newWorld(t, soon(time.Hour, 2*time.Hour))
	n := w.raise("ana")
	at := "/v1/changes/" + string(n)

	own := w.call("ana", http.MethodPost, at+"/decisions", map[string]any{"verdict": "approve"})
	require.Equal(t, http.StatusForbidden, own.Status)
	require.Equal(t, "change.own_request", own.code())

	approved := w.call("bob", http.MethodPost, at+"/decisions", map[string]any{"verdict": "approve", "note": "Go."})
	require.Equal(t, http.StatusOK, approved.Status, approved.Body)
	require.Equal(t, string(itsm.ChangeApproved), approved.state())
	w.reaches(n, itsm.ChangeScheduled)

	require.Equal(t, http.StatusOK, w.call("ida", http.MethodPost, at+"/start", nil).Status)
	done := w.call("ida", http.MethodPost, at+"/complete", map[string]any{"result": "successful", "note": "All green."})
	require.Equal(t, http.StatusOK, done.Status, done.Body)
	require.Equal(t, string(itsm.ChangeClosed), done.state())

	late := w.call("eve", http.MethodPost, at+"/decisions", map[string]any{"verdict": "approve"})
	require.Equal(t, http.StatusConflict, late.Status)
	require.Equal(t, "change.decided", late.code())
}
