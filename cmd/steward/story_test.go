package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
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

// TestAChangeThroughSlack is the first thing that somebody tries: raise from the
// form, approve from a direct message, start and finish from the card.
func TestAChangeThroughSlack(t *testing.T) {
	w := newWorld(t, soon(time.Hour, 2*time.Hour))
	see := w.slack.Expect(t)

	_, err := w.slack.Command(t.Context(), "U0ANA", "C0WEBSITE", "/change", "new")
	require.NoError(t, err)
	form := see.View("U0ANA", "New change")
	a, err := w.slack.Submit(t.Context(), "U0ANA", form, map[string]string{
		"title": "Rotate the certificates", "service": "website", "plan": "One by one.", "backout_plan": "Put the old ones back.",
	})
	require.NoError(t, err)
	require.Empty(t, a.Errors)
	card := see.Message("C0WEBSITE", "CHG-1", "Rotate the certificates", "Approve")
	toBob := see.Message("U0BOB", "CHG-1", "Approve")
	toEve := see.Message("U0EVE", "CHG-1", "Approve")

	_, err = w.slack.Press(t.Context(), "U0BOB", toBob, "Approve")
	require.NoError(t, err)
	card = see.Update(card, "CHG-1", "approved", "Start")
	for _, m := range []slackfake.Message{toBob, toEve} {
		now := see.Update(m, "CHG-1", "approved")
		require.NotContains(t, now.Says(), "Reject…", "a decided card keeps its buttons")
	}
	see.Ephemeral("U0BOB", "You approved CHG-1")
	see.Message("U0ANA", "CHG-1", "approved")

	see.Ignore(func(m slackfake.Message) bool { return m.Channel != card.Channel }) // what Ana is told on the way
	_, err = w.slack.Press(t.Context(), "U0IDA", card, "Start")
	require.NoError(t, err)
	see.Ephemeral("U0IDA", "CHG-1")
	card = see.Update(card, "CHG-1", "Done")
	_, err = w.slack.Press(t.Context(), "U0IDA", card, "Done")
	require.NoError(t, err)
	see.Ephemeral("U0IDA", "CHG-1")
	see.Update(card, "CHG-1", "successful")
}
