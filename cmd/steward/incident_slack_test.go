package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// TestAnIncidentThroughSlack is the first thing that somebody tries: report from the
// form, be called, acknowledge, tell how it goes, resolve, and say that it works again.
// What is posted is the process's; what the door freshens says the same.
func TestAnIncidentThroughSlack(t *testing.T) {
	w := newWorld(t, onCall)
	see := w.slack.Expect(t)
	_, err := w.slack.Command(t.Context(), "U0ANA", "C0WEBSITE", "/incident", "new The shop is down")
	require.NoError(t, err)
	form := see.View("U0ANA", "Report an incident")
	a, err := w.slack.Submit(t.Context(), "U0ANA", form, map[string]string{"service": "website", "impact": "high", "urgency": "high"})
	require.NoError(t, err)
	require.Empty(t, a.Errors)
	n := itsm.Number("INC-1")
	card := see.Message("C0WEBSITE", "INC-1 · P1", "The shop is down", "Acknowledge")
	page := see.Message("U0BOB", "You are called", "Acknowledge")

	_, err = w.slack.Press(t.Context(), "U0BOB", page, "Acknowledge")
	require.NoError(t, err)
	see.Ephemeral("U0BOB", "You acknowledged INC-1; it is now in progress.", "It is yours")
	card = see.Update(card, "INC-1", "in progress", "Bob")
	page = see.Update(page, "has it", "Details")
	require.NotContains(t, page.Says(), "Acknowledge\n")

	typed := func(user, text, want string) {
		t.Helper()
		_, err := w.slack.Command(t.Context(), user, "C0WEBSITE", "/incident", text)
		require.NoError(t, err)
		see.Ephemeral(user, want)
	}
	see.Ignore(func(m slackfake.Message) bool { return m.Channel != card.Channel }) // what people are told on the way
	_, err = w.slack.Press(t.Context(), "U0IDA", card, "Details")
	require.NoError(t, err)
	see.Ephemeral("U0IDA", "What happened", "called at level 1")
	typed("U0IDA", "ack 1", "bob is at INC-1 already")
	typed("U0BOB", "update 1 The disk is full", "is told, and it stands below its card.")
	see.Reply(card, "The disk is full")
	typed("U0BOB", "hold 1 caller Which page?", "Its reporter is asked")
	card = see.Update(card, "on hold")
	typed("U0ANA", "comment 1 All of them", "it is now in progress")
	see.Reply(card, "All of them")
	typed("U0BOB", "resolve 1 fixed There is room again", "Whoever reported it is asked")
	card = see.Update(card, "resolved")
	typed("U0ANA", "confirm 1", "it is now closed")
	see.Update(card, "closed", "Over since")
	typed("U0ANA", "timeline 1", "closed (confirmed), by")
	typed("U0ANA", "list", "There is none")
	require.Equal(t, string(itsm.IncidentClosed), w.call("ada", "GET", "/v1/incidents/"+string(n), nil).state())
}
