package main

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// TestACorrectiveActionThroughSlack is the life of one from the form to its closure, by
// buttons and by words. What is posted is the process's; what the door freshens says the
// same.
func TestACorrectiveActionThroughSlack(t *testing.T) {
	w := newWorld(t, onCall, betterers)
	see := w.slack.Expect(t)
	typed := func(user, text string) {
		t.Helper()
		_, err := w.slack.Command(t.Context(), user, "C0WEBSITE", "/corrective", text)
		require.NoError(t, err)
	}
	fills := func(user, title string, given map[string]string) {
		t.Helper()
		v := see.View(user, title)
		a, err := w.slack.Submit(t.Context(), user, v, given)
		require.NoError(t, err)
		require.Empty(t, a.Errors)
	}
	in := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }

	typed("U0ANA", "raise Backups are not tried")
	fills("U0ANA", "Raise corrective action", map[string]string{"service": "website", "nonconformity": "No restore for a year", "severity": "major", "owner": "U0IDA"})
	card := see.Message("C0WEBSITE", "CAR-1 · major", "Backups are not tried", "Acknowledge")
	see.Ignore(func(m slackfake.Message) bool { return m.Channel != card.Channel }) // what people are told on the way
	own := see.Message("U0IDA", "This corrective action is yours.", "Acknowledge")
	_, err := w.slack.Press(t.Context(), "U0IDA", own, "Acknowledge")
	require.NoError(t, err)
	see.Ephemeral("U0IDA", "You acknowledged CAR-1; it is now acknowledged.")
	see.Update(own, "It needs nothing from you any more.")
	card = see.Update(card, "acknowledged")

	typed("U0IDA", "rca 1")
	fills("U0IDA", "Root cause CAR-1", map[string]string{"method": "five_whys", "cause": "Nobody was told to", "cause_evidence": "The handbook", "known": "known"})
	card = see.Update(card, "cause known")
	typed("U0IDA", "plan 1")
	fills("U0IDA", "Plan CAR-1", map[string]string{
		"steps_0_title": "Try a restore", "steps_0_owner": "U0BOB", "steps_0_due_at": in(time.Hour), "measure": "Two restores work", "similar": "Others have restores", "verify_after": in(3 * time.Second),
	})
	card = see.Update(card, "plan proposed")
	asked := see.Message("U0MAX", "Is this plan carried out?", "Try a restore", "Two restores work", "Approve")
	see.Message("U0EVE", "Is this plan carried out?")
	_, err = w.slack.Press(t.Context(), "U0MAX", asked, "Approve")
	require.NoError(t, err)
	see.Ephemeral("U0MAX", "You accepted the plan of CAR-1; it is now planned.")
	see.Update(asked, "It needs nothing from you any more.")
	card = see.Update(card, "planned")

	typed("U0BOB", "step 1 done 1 it works, see https://graphs.example/1")
	see.Ephemeral("U0BOB", "You did a step of CAR-1")
	typed("U0IDA", "implement 1")
	see.Ephemeral("U0IDA", "it is now implemented")
	require.Eventually(t, func() bool {
		c, err := w.owner.Corrective(t.Context(), "CAR-1")
		return err == nil && c.Verifiable()
	}, time.Minute, 100*time.Millisecond, "its effect shows by itself")
	typed("U0EVE", "verify 1 effective two worked, see https://graphs.example/2")
	see.Ephemeral("U0EVE", "You verified CAR-1; it is now closed.")
	see.Update(card, "closed", "Over since")
	typed("U0ANA", "list")
	see.Ephemeral("U0ANA", "There is none")
	require.Equal(t, string(itsm.CorrectiveClosed), w.call("ada", http.MethodGet, "/v1/corrective-actions/CAR-1", nil).state())
}
