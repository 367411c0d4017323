package slackfake_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
)

func shortcuts(c *slackfake.Config) {
	c.Shortcuts = []slackfake.Shortcut{{Callback: "incident_new", Name: "Raise incident"}}
}

func TestMessageShortcut(t *testing.T) {
	w := newWorld(t, shortcuts)
	said, err := w.Say(t.Context(), "U1", "C1", "", "checkout is down &amp; slow")
	require.NoError(t, err)
	a, err := w.CallShortcut(t.Context(), "U2", said, "incident_new")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, a.Status)
	require.Equal(t, "/slack/interactions", w.last().URL.Path)
	require.True(t, verified(w.last()))
	cb := w.interaction()
	require.Equal(t, slack.InteractionTypeMessageAction, cb.Type)
	require.Equal(t, "incident_new", cb.CallbackID)
	require.Equal(t, []string{"U2", "bob", "C1", "changes", "T0STEWARD"}, []string{cb.User.ID, cb.User.Name, cb.Channel.ID, cb.Channel.Name, cb.Team.ID})
	require.Equal(t, []string{said.TS, said.TS, "U1", "checkout is down &amp; slow", "message"},
		[]string{cb.MessageTs, cb.Message.Timestamp, cb.Message.User, cb.Message.Text, cb.Message.Type})
	require.Empty(t, cb.Message.BotID)
	require.Less(t, said.TS, cb.ActionTs)

	_, err = w.api.OpenView(cb.TriggerID, form("one"))
	require.NoError(t, err)
	require.Len(t, w.Views("U2"), 1)
	require.NoError(t, slack.PostWebhookContext(t.Context(), cb.ResponseURL, &slack.WebhookMessage{Text: "raised", ReplaceOriginal: true}))
	require.Contains(t, w.Ephemerals("U2")[0].Text, "raised")
	require.Equal(t, "checkout is down &amp; slow", w.Messages("C1")[0].Text, "nobody's own words are replaced")
	w.clock.pass(4 * time.Second)
	_, err = w.CallShortcut(t.Context(), "U2", said, "incident_new")
	require.NoError(t, err)
	require.NotEqual(t, cb.TriggerID, w.interaction().TriggerID)
	require.NotEqual(t, cb.ActionTs, w.interaction().ActionTs)
	_, err = w.api.OpenView(cb.TriggerID, form("two"))
	require.Error(t, err)
}

func TestAShortcutIsWhereItsMessageIs(t *testing.T) {
	w := newWorld(t, shortcuts)
	card := w.say("C1", text("CHG-1"), button("approve", "p1", "Approve"))
	answer, err := w.Say(t.Context(), "U1", "C1", card.TS, "in the thread")
	require.NoError(t, err)
	_, err = w.CallShortcut(t.Context(), "U2", answer, "incident_new")
	require.NoError(t, err)
	require.Equal(t, card.TS, w.interaction().Message.ThreadTimestamp)
	_, err = w.CallShortcut(t.Context(), "U2", card, "incident_new")
	require.NoError(t, err)
	require.NotEmpty(t, w.interaction().Message.BotID, "the app's own messages have it too")
	without, err := w.Say(t.Context(), "U1", "C2", "", "where the app is not")
	require.NoError(t, err)
	_, err = w.CallShortcut(t.Context(), "U2", without, "incident_new")
	require.NoError(t, err)
	require.NoError(t, slack.PostWebhookContext(t.Context(), w.interaction().ResponseURL, &slack.WebhookMessage{Text: "even there"}))
	require.Equal(t, "C2", w.Ephemerals("U2")[0].Channel)
	dm, err := w.Say(t.Context(), "U1", "U1", "", "to the app")
	require.NoError(t, err)
	_, err = w.CallShortcut(t.Context(), "U1", dm, "incident_new")
	require.NoError(t, err)
	require.Equal(t, "directmessage", w.interaction().Channel.Name)
}

func TestWhereNoShortcutIs(t *testing.T) {
	w := newWorld(t, shortcuts)
	said, err := w.Say(t.Context(), "U1", "C3", "", "in private")
	require.NoError(t, err)
	_, err = w.api.PostEphemeral("C1", "U1", text("for your eyes"))
	require.NoError(t, err)
	gone := w.say("C1", text("x"))
	_, _, err = w.api.DeleteMessage("C1", gone.TS)
	require.NoError(t, err)
	before := w.count()
	for name, c := range map[string]struct {
		user     string
		m        slackfake.Message
		callback string
		want     error
	}{
		"no such shortcut":        {"U1", said, "incident_old", slackfake.ErrNoSuchShortcut},
		"a channel they see not":  {"U2", said, "incident_new", slackfake.ErrNoSuchPlace},
		"nobody":                  {"U3", said, "incident_new", slackfake.ErrNoSuchPerson},
		"an ephemeral message":    {"U1", w.Ephemerals("U1")[0], "incident_new", slackfake.ErrNoSuchPlace},
		"a message that was gone": {"U1", gone, "incident_new", slackfake.ErrNoSuchPlace},
	} {
		_, err := w.CallShortcut(t.Context(), c.user, c.m, c.callback)
		require.ErrorIs(t, err, c.want, name)
	}
	require.Equal(t, before, w.count(), "the app heard of none of it")
}

func TestTamperedShortcut(t *testing.T) {
	w := newWorld(t, shortcuts)
	m := w.say("C1", button("approve", "p1", "Approve"))
	w.Tamper(slackfake.Tamper{UnknownElement: true, ExtraFields: true})
	_, err := w.CallShortcut(t.Context(), "U1", m, "incident_new")
	require.NoError(t, err)
	require.Contains(t, w.last().PostForm.Get("payload"), "hologram")
	w.Tamper(slackfake.Tamper{WrongSignature: true})
	_, err = w.CallShortcut(t.Context(), "U1", m, "incident_new")
	require.NoError(t, err)
	require.False(t, verified(w.last()))
}

func TestWhatNobodySays(t *testing.T) {
	w := newWorld(t)
	for name, words := range map[string]string{"nothing": " \n", "too much": strings.Repeat("ö", 40_001)} {
		_, err := w.Say(t.Context(), "U1", "C1", "", words)
		require.ErrorIs(t, err, slackfake.ErrNotSayable, name)
	}
	_, err := w.Say(t.Context(), "U1", "C4", "", "in an archive")
	require.ErrorIs(t, err, slackfake.ErrNotSayable)
	_, err = w.Say(t.Context(), "U1", "C1", "", strings.Repeat("ö", 40_000))
	require.NoError(t, err)
	require.Len(t, w.Messages("C1"), 1)
}

func TestPageOffersShortcuts(t *testing.T) {
	w := newWorld(t, shortcuts)
	require.Equal(t, true, w.act(`{"as":"U1","do":"type","channel":"C1","text":"@bob it is <down>"}`)["ok"])
	said := w.Messages("C1")[0]
	require.Equal(t, "<@U2> it is &lt;down&gt;", said.Text)
	_, body := w.get("/page/state?as=U2")
	var state struct {
		Shortcuts []slackfake.Shortcut `json:"shortcuts"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &state))
	require.Equal(t, []slackfake.Shortcut{{Callback: "incident_new", Name: "Raise incident"}}, state.Shortcuts)
	call := func(channel, ts, callback string) map[string]any {
		return w.act(`{"as":"U2","do":"call","channel":"` + channel + `","ts":"` + ts + `","shortcut":"` + callback + `"}`)
	}
	require.Equal(t, true, call("C1", said.TS, "incident_new")["ok"])
	require.Equal(t, said.TS, w.interaction().MessageTs)
	require.Equal(t, "not_possible", call("C1", said.TS, "other")["error"])
	require.Equal(t, "not_possible", call("C1", "1.000001", "incident_new")["error"])
	w.answersWith(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusInternalServerError) })
	require.Equal(t, "dispatch_failed", call("C1", said.TS, "incident_new")["error"])
}
