package chatops

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/itsm"
)

// initially is what a field of the form that ana sees holds already.
func (o *office) initially(block string) string {
	o.t.Helper()
	for _, b := range o.top("U0ANA").Blocks {
		if blockkit.Text(b, "block_id") == block {
			return blockkit.Text(blockkit.Objects([]any{b["element"]})[0], "initial_value")
		}
	}
	return "no such field"
}

// call calls the shortcut on a message, as ana.
func (o *office) call(m slackfake.Message) {
	o.t.Helper()
	_, err := o.CallShortcut(context.Background(), "U0ANA", m, "incident_new")
	require.NoError(o.t, err)
}

// TestAnIncidentIsRaisedFromAMessage: its first line is the title, all of it the
// description, and the incident leads back to it.
func TestAnIncidentIsRaisedFromAMessage(t *testing.T) {
	o := dutyOffice(t)
	said := o.says("U0BOB", "C0PAY", "  Checkout &lt;hangs&gt;   for <@U0EVE|eve>\n\nSince <https://status.example/1|noon>, *everywhere*.")
	o.call(said)
	require.Equal(t, "Checkout <hangs> for @eve", o.initially("title"))
	require.Equal(t, "Checkout <hangs>   for @eve\n\nSince https://status.example/1, *everywhere*.", o.initially("description"))
	require.Contains(t, o.top("U0ANA").Text(), "The incident leads back to the message")
	a := o.submit("U0ANA", map[string]string{"service": "payments"})
	require.Equal(t, "update", a.Action, a.Errors)
	i := o.desk.incidents["INC-1"]
	require.Regexp(t, `^http.*/archives/C0PAY/p\d+$`, i.Message)
	require.Equal(t, itsm.PersonID("ana"), i.Reporter, "whoever calls it reports it, and not who wrote")
	require.Contains(t, o.sent("INC-1", itsm.NoticeCard, "C0PAY").Says(), i.Message+"|Message that it was raised from>")
	require.Empty(t, o.Ephemerals("U0ANA"))
}

func TestAnIncidentIsRaisedFromAnyMessage(t *testing.T) {
	o := dutyOffice(t)
	o.Fail("chat.getPermalink", fault.Refuse("channel_not_found"))
	o.call(o.says("U0ANA", "C0OUT", "and here the app is not"))
	require.Equal(t, "and here the app is not", o.initially("title"))
	require.NotContains(t, o.top("U0ANA").Text(), "leads back", "Slack does not tell where it is")
	require.Equal(t, "update", o.submit("U0ANA", map[string]string{"service": "payments"}).Action)
	require.Empty(t, o.desk.incidents["INC-1"].Message)
	o.closed("U0ANA")

	o.call(o.says("U0BOB", "C0PAY", strings.Repeat("long ", 2000)))
	require.LessOrEqual(t, len([]rune(o.initially("title"))), itsm.MaxTitle)
	require.LessOrEqual(t, len([]rune(o.initially("description"))), 3000)
	require.Equal(t, "update", o.submit("U0ANA", map[string]string{"service": "payments"}).Action)
	o.closed("U0ANA")

	o.Fail("chat.getPermalink", fault.Status(500))
	o.call(o.says("U0BOB", "C0PAY", "It is down"))
	require.Equal(t, "It is down", o.initially("title"), "a link is no reason to wait")
	o.closed("U0ANA")
	o.Fail("chat.getPermalink", fault.Hang())
	o.call(o.says("U0BOB", "C0PAY", "It hangs"))
	require.Equal(t, "It hangs", o.initially("title"), "nor is one that does not come")
	o.closed("U0ANA")
	o.desk.catalog.People[0].Roles = []itsm.Role{itsm.Auditor}
	o.call(o.says("U0BOB", "C0PAY", "It is down"))
	require.Contains(t, o.whispered("U0ANA"), "That needs one of these roles")
	require.Empty(t, o.Views("U0ANA"))
}

// TestAFormFromAnywhereOpensOnce: by Home's button, by the global shortcut, by command.
func TestAFormFromAnywhereOpensOnce(t *testing.T) {
	o := dutyOffice(t)
	_, err := o.OpenHome(context.Background(), "U0ANA")
	require.NoError(t, err)
	home, _ := o.Home("U0ANA")
	_, err = o.PressIn(context.Background(), "U0ANA", home, "Report an incident", nil)
	require.NoError(t, err)
	require.Contains(t, o.closed("U0ANA"), "Report an incident")
	status := o.deliver("/slack/interactions", url.Values{"payload": {`{"type":"shortcut","callback_id":"incident_raise","trigger_id":"1.2.3","team":{"id":"T0STEWARD"},"user":{"id":"U0ANA","team_id":"T0STEWARD"}}`}}.Encode(), nil)
	require.Equal(t, 200, status)
	require.Contains(t, o.Messages("U0ANA")[0].Says(), "slack.too_late", "a trigger of nobody's: it is said, by direct message")
	o.inc("U0ANA", "help")
	all := o.Ephemerals("U0ANA")
	o.press("U0ANA", all[len(all)-1], "Report an incident")
	require.Contains(t, o.closed("U0ANA"), "Report an incident")
}
