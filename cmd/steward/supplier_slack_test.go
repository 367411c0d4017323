package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// TestASupplierThroughSlack is a supplier that is recorded, a contract that is proposed and
// approved, and a review that several people walk through to its signature, by buttons and
// by words. What is posted is the processes'; what the door freshens says the same.
func TestASupplierThroughSlack(t *testing.T) {
	w := newWorld(t, onCall, supplied, func(c *itsm.Catalog) { c.Supplier.Channel = "C0WEBSITE" })
	see := w.slack.Expect(t)
	see.Ignore(func(slackfake.Message) bool { return true }) // all else that people are told on the way
	typed := func(user, text, said string) {
		t.Helper()
		_, err := w.slack.Command(t.Context(), user, "C0WEBSITE", "/supplier", text)
		require.NoError(t, err)
		if said != "" {
			see.Ephemeral(user, said)
		}
	}
	fills := func(user, title, said string, given map[string]string) {
		t.Helper()
		a, err := w.slack.Submit(t.Context(), user, see.View(user, title), given)
		require.NoError(t, err)
		require.Empty(t, a.Errors)
		see.View(user, said)
	}
	press := func(user string, m slackfake.Message, label string) {
		t.Helper()
		_, err := w.slack.Press(t.Context(), user, m, label)
		require.NoError(t, err)
	}

	typed("U0MAX", "new Hosting", "")
	fills("U0MAX", "Record supplier", "SUP-1", map[string]string{
		"supplies": "The machines", "tier": "critical", "owner": "U0IDA", "deputy": "U0ANA", "services": "website", "contacts": "Zoe | escalations | zoe@hosting.example",
	})
	card := see.Message("C0WEBSITE", "SUP-1 · Hosting", "Move on…")
	typed("U0MAX", "move 1 due diligence because we need it", "You moved on SUP-1; it is now due diligence.")
	typed("U0IDA", "assess 1 suitable it is sound, see https://audits.example/1", "You recorded the due diligence of SUP-1")
	typed("U0MAX", "move 1 onboarding it was found suitable", "it is now onboarding")
	typed("U0MAX", "move 1 active it supplies", "it is now active")
	card = see.Update(card, "It supplies, and is reviewed at planned intervals.")

	today := itsm.DateOf(time.Now().UTC())
	typed("U0EVE", "contract new SUP-1", "")
	fills("U0EVE", "Draft contract", "CON-1", map[string]string{
		"title": "Hosting contract", "supplies": "Machines", "duties": "They run them", "start": today.String(), "end": today.AddMonths(12).String(), "notice": "3mo", "renewal": "12mo",
		"targets": "Availability | service_level | percent | 99.9 | 99", "document_url": "https://vault.example/1", "document_digest": strings.Repeat("0a", 32),
	})
	typed("U0EVE", "propose CON-1 approve we need it", "")
	fills("U0EVE", "Propose CON-1", "CON-1", map[string]string{"effect": "The website runs there"})
	asked := see.Message("U0BOB", "Is it right to approve it?", "The website runs there", "They run them", "Approve")
	typed("U0IDA", "show CON-1", "That needs one of these roles")
	press("U0BOB", asked, "Approve")
	see.Ephemeral("U0BOB", "You approved what was proposed for CON-1")
	see.Update(asked, "It needs nothing from you any more.")
	w.binds("CON-1", itsm.ContractActive)
	told := see.Message("U0EVE", "CON-1 is in force from today on.")
	require.NotContains(t, told.Says(), "Approve")

	period := itsm.PeriodAt(itsm.Monthly, time.Now(), time.UTC).Before()
	n := w.review("SUP-1", period)
	its := see.Message("C0WEBSITE", string(n)+" · review of Hosting", "Give a measure…")
	begun := see.Message("U0EVE", "has begun: how did Hosting do?", "Give a measure…")
	press("U0EVE", begun, "Give a measure…")
	fills("U0EVE", "Measure "+string(n), "You gave a measure of", map[string]string{"name": "1", "value/value": "99.95", "evidence": "https://graphs.example/1"})
	evidence := see.Message("U0BOB", "Does the evidence show this?", "99.95 percent", "https://graphs.example/1", "I saw its evidence")
	press("U0BOB", evidence, "I saw its evidence")
	see.Ephemeral("U0BOB", "You saw the evidence of a measure of "+string(n))
	see.Update(evidence, "It needs nothing from you any more.")
	its = see.Update(its, "Score")
	press("U0EVE", its, "Score")
	see.Ephemeral("U0EVE", "You scored "+string(n))
	typed("U0EVE", "meet "+string(n)+" with Zoe, Ida: they add a line", "You recorded the meeting of "+string(n))
	typed("U0EVE", "action "+string(n)+" @ida 2027-03-31 Add a second line", "You recorded what was agreed on in "+string(n))
	see.Message("U0IDA", "1 of the actions are yours")
	typed("U0EVE", "sign-off "+string(n), "somebody else must sign it off")
	sign := see.Message("U0BOB", "Was this review a fair one?", "Add a second line", "Sign off")
	press("U0BOB", sign, "Sign off")
	see.Ephemeral("U0BOB", "You signed off "+string(n))
	see.Update(sign, "It needs nothing from you any more.")
	see.Update(its, "closed", "Over since")
	see.Update(card, "Last score")
	require.Equal(t, string(itsm.ReviewClosed), w.call("max", http.MethodGet, "/v1/suppliers/SUP-1/reviews/"+period.String(), nil).state())
	typed("U0EVE", "list contracts", "Hosting contract")
	typed("U0EVE", "my", "There is none")
	w.chainHolds()
}
