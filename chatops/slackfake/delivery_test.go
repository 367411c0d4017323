package slackfake_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
)

// TestSignatureVector is the example of Slack's own documentation.
func TestSignatureVector(t *testing.T) {
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V" +
		"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=" +
		"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
		"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	require.Equal(t, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503", slackfake.Sign(secret, "1531420618", []byte(body)))
}

// verified tells what slack-go's verifier thinks of a request.
func verified(r *http.Request) bool {
	v, err := slack.NewSecretsVerifier(r.Header, secret)
	if err != nil {
		return false
	}
	_, err = v.Write([]byte(r.Form.Get("raw")))
	return err == nil && v.Ensure() == nil
}

func TestCommand(t *testing.T) {
	w := newWorld(t)
	w.answers(map[string]any{"text": "only you"})
	a, err := w.Command(t.Context(), "U1", "C1", "/change", `show "100%" & more`)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, a.Status)
	require.True(t, verified(w.last()))
	f := w.last().PostForm
	require.Equal(t, `show "100%" & more`, f.Get("text"))
	require.Equal(t, "changes", f.Get("channel_name"))
	require.Equal(t, "false", f.Get("is_enterprise_install"))
	e := w.Expect(t)
	e.Ephemeral("U1", "only you")
	w.answers(map[string]any{"text": "everybody", "response_type": "in_channel"})
	_, err = w.Command(t.Context(), "U1", "U1", "/change", "")
	require.NoError(t, err)
	require.Equal(t, "directmessage", w.last().PostForm.Get("channel_name"))
	e.Message("U1", "everybody")
	w.answersWith(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("bare words")) })
	_, err = w.Command(t.Context(), "U1", "C1", "/change", "")
	require.NoError(t, err)
	e.Ephemeral("U1", "bare words")

	for who, where := range map[string]string{"U9": "C1", "U3": "C1", "U2": "C3", bot: "C1"} {
		_, err = w.Command(t.Context(), who, where, "/change", "")
		require.Error(t, err, who)
	}
}

func TestCommandFailures(t *testing.T) {
	w := newWorld(t, func(c *slackfake.Config) { c.AnswerWithin = 50 * time.Millisecond })
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	for want, h := range map[error]http.HandlerFunc{
		slackfake.ErrDispatch:      func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusInternalServerError) },
		slackfake.ErrTimeout:       func(http.ResponseWriter, *http.Request) { <-over },
		slackfake.ErrCommandAnswer: func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte(`{"blocks":[{"type":"poem"}]}`)) },
	} {
		w.answersWith(h)
		_, err := w.Command(t.Context(), "U1", "C1", "/change", "")
		require.ErrorIs(t, err, want)
	}
	w.SetAppURL("http://127.0.0.1:1")
	_, err := w.Command(t.Context(), "U1", "C1", "/change", "")
	require.ErrorIs(t, err, slackfake.ErrDispatch)
	require.Empty(t, w.Ephemerals("U1"))
}

func TestPress(t *testing.T) {
	w := newWorld(t)
	m := w.say("C1", text("CHG-1"), button("approve", "p1", "Approve"))
	_, err := w.Press(t.Context(), "U1", m, "Approve")
	require.NoError(t, err)
	require.True(t, verified(w.last()))
	cb := w.interaction()
	require.Equal(t, slack.InteractionTypeBlockActions, cb.Type)
	require.Equal(t, "approve", cb.ActionCallback.BlockActions[0].ActionID)
	require.Equal(t, "p1", cb.ActionCallback.BlockActions[0].Value)
	require.Equal(t, "acts", cb.ActionCallback.BlockActions[0].BlockID)
	require.Equal(t, m.TS, cb.Message.Timestamp)
	require.Equal(t, m.TS, cb.Container.MessageTs)
	require.Equal(t, "C1", cb.Channel.ID)
	first := cb.ActionCallback.BlockActions[0].ActionTs
	_, _, _, err = w.api.UpdateMessage("C1", m.TS, text("decided"))
	require.NoError(t, err)
	_, err = w.Press(t.Context(), "U2", m, "approve")
	require.NoError(t, err, "who has the old message before their eyes can still press")
	require.NotEqual(t, first, w.interaction().ActionCallback.BlockActions[0].ActionTs)
	require.Empty(t, w.interaction().Message.Blocks.BlockSet)
	_, err = w.Press(t.Context(), "U1", m, "Reject")
	require.ErrorIs(t, err, slackfake.ErrNoSuchElement)
	_, _, err = w.api.DeleteMessage("C1", m.TS)
	require.NoError(t, err)
	_, err = w.Press(t.Context(), "U1", m, "approve")
	require.ErrorIs(t, err, slackfake.ErrNoSuchPlace)
}

func TestPressTellsElementsApart(t *testing.T) {
	w := newWorld(t)
	row := func(id string) slack.Block {
		return slack.NewActionBlock("row"+id, slack.NewButtonBlockElement("approve", id, plain("Approve")))
	}
	menu := slack.NewOverflowBlockElement("more", slack.NewOptionBlockObject("ask", plain("Ask"), nil), slack.NewOptionBlockObject("open", plain("Open"), nil))
	m := w.say("C1", slack.MsgOptionBlocks(row("1"), row("2"), slack.NewActionBlock("menu", menu)))
	_, err := w.Press(t.Context(), "U1", m, "approve", "2")
	require.NoError(t, err)
	require.Equal(t, "row2", w.interaction().ActionCallback.BlockActions[0].BlockID)
	_, err = w.Press(t.Context(), "U1", m, "row2/approve")
	require.NoError(t, err)
	require.Equal(t, "2", w.interaction().ActionCallback.BlockActions[0].Value)
	_, err = w.Press(t.Context(), "U1", m, "more", "Open")
	require.NoError(t, err)
	require.Equal(t, "open", w.interaction().ActionCallback.BlockActions[0].SelectedOption.Value)
}

func TestResponseURL(t *testing.T) {
	w := newWorld(t)
	post := func(link string, m slack.WebhookMessage) error {
		return slack.PostWebhookContext(t.Context(), link, &m)
	}
	_, link := w.trigger("U1")
	for range 5 {
		require.NoError(t, post(link, slack.WebhookMessage{Text: "working"}))
	}
	require.ErrorContains(t, post(link, slack.WebhookMessage{Text: "once more"}), "404")
	require.Len(t, w.Ephemerals("U1"), 5)
	_, link = w.trigger("U1")
	require.ErrorContains(t, post(link, slack.WebhookMessage{}), "400", "no_text")
	w.clock.pass(30 * time.Minute)
	require.NoError(t, post(link, slack.WebhookMessage{Text: "all see", ResponseType: "in_channel"}))
	w.clock.pass(time.Second)
	require.ErrorContains(t, post(link, slack.WebhookMessage{Text: "late"}), "404")
	require.Len(t, w.Messages("C1"), 1)
	require.ErrorContains(t, post(w.url+"/response/made-up", slack.WebhookMessage{Text: "x"}), "404")
}

func TestResponseURLOfAPress(t *testing.T) {
	w := newWorld(t)
	e := w.Expect(t)
	m := e.Message(w.say("C1", text("CHG-1"), button("approve", "p1", "Approve")).Channel)
	_, err := w.Press(t.Context(), "U1", m, "approve")
	require.NoError(t, err)
	link := w.interaction().ResponseURL
	reply := func(m slack.WebhookMessage) {
		require.NoError(t, slack.PostWebhookContext(t.Context(), link, &m))
	}
	reply(slack.WebhookMessage{Text: "processing…", ReplaceOriginal: true})
	require.Empty(t, e.Update(m, "processing").Blocks)
	reply(slack.WebhookMessage{Text: "not yours", ResponseType: "ephemeral"})
	private := e.Ephemeral("U1", "not yours")
	require.Equal(t, "C1", private.Channel)
	reply(slack.WebhookMessage{DeleteOriginal: true})
	e.Deleted(m)
}

func TestEphemeralButtons(t *testing.T) {
	w := newWorld(t)
	_, err := w.api.PostEphemeral("C1", "U1", button("link", "x", "Link account"))
	require.NoError(t, err)
	m := w.Ephemerals("U1")[0]
	_, err = w.Press(t.Context(), "U2", m, "link")
	require.ErrorIs(t, err, slackfake.ErrNoSuchPlace)
	_, err = w.Press(t.Context(), "U1", m, "link")
	require.NoError(t, err)
	require.True(t, w.interaction().Container.IsEphemeral)
	require.Empty(t, w.interaction().Message.Text)
	require.NoError(t, slack.PostWebhookContext(t.Context(), w.interaction().ResponseURL, &slack.WebhookMessage{DeleteOriginal: true}))
	require.Empty(t, w.Ephemerals("U1"))
}

func TestTampering(t *testing.T) {
	w := newWorld(t)
	m := w.say("C1", text("x"), button("approve", "p1", "Approve"))
	press := func(tampers ...slackfake.Tamper) *http.Request {
		w.Tamper(tampers...)
		_, err := w.Press(t.Context(), "U1", m, "approve")
		require.NoError(t, err)
		return w.last()
	}
	require.False(t, verified(press(slackfake.Tamper{WrongSignature: true})))
	require.False(t, verified(press(slackfake.Tamper{NoSignature: true})))
	require.False(t, verified(press(slackfake.Tamper{Skew: -6 * time.Minute})))
	require.True(t, verified(press(slackfake.Tamper{Skew: -4 * time.Minute})))
	hidden := press(slackfake.Tamper{InQuery: true})
	require.True(t, verified(hidden), "the signature covers the empty body")
	require.NotEmpty(t, hidden.URL.Query().Get("payload"))
	require.Empty(t, hidden.Form.Get("raw"))

	strange := press(slackfake.Tamper{UnknownElement: true, ExtraFields: true})
	require.True(t, verified(strange))
	require.Contains(t, strange.PostForm.Get("payload"), "hologram")
	require.Contains(t, strange.PostForm.Get("payload"), "unheard_of")
	before := w.count()
	press(slackfake.Tamper{Twice: true})
	require.Equal(t, before+2, w.count())
	sent := w.last().Form.Get("raw")
	w.clock.pass(time.Hour)
	_, err := w.Replay(t.Context())
	require.NoError(t, err)
	require.Equal(t, sent, w.last().Form.Get("raw"))
	require.Equal(t, "/slack/interactions", w.Deliveries()[0].Path)
}

func TestEvents(t *testing.T) {
	w := newWorld(t)
	status := http.StatusServiceUnavailable
	w.answersWith(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(status) })
	_, err := w.Say(t.Context(), "U1", "C1", "", "hello <@"+bot+">")
	require.ErrorIs(t, err, slackfake.ErrDispatch)
	require.True(t, verified(w.last()))
	raw := w.last().Form.Get("raw")
	parsed, err := slackevents.ParseEvent(json.RawMessage(raw), slackevents.OptionNoVerifyToken())
	require.NoError(t, err)
	require.IsType(t, &slackevents.AppMentionEvent{}, parsed.InnerEvent.Data)
	for i, wait := range []time.Duration{0, time.Minute, 5 * time.Minute} {
		if wait > 0 {
			w.clock.pass(wait - time.Second)
			require.Zero(t, w.RetryEvents(t.Context()))
			w.clock.pass(time.Second)
		}
		require.Equal(t, 1, w.RetryEvents(t.Context()))
		require.Equal(t, string(rune('1'+i)), w.last().Header.Get("X-Slack-Retry-Num"))
		require.Equal(t, "http_error", w.last().Header.Get("X-Slack-Retry-Reason"))
		require.Equal(t, raw, w.last().Form.Get("raw"))
	}
	w.clock.pass(time.Hour)
	require.Zero(t, w.RetryEvents(t.Context()), "three retries and no more")
	w.answersWith(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("X-Slack-No-Retry", "1")
		rw.WriteHeader(status)
	})
	_, err = w.Say(t.Context(), "U1", "U1", "", "in the direct message")
	require.ErrorIs(t, err, slackfake.ErrDispatch)
	require.Zero(t, w.RetryEvents(t.Context()))
	before := w.count()
	_, err = w.Say(t.Context(), "U1", "C1", "", "not to the app")
	require.NoError(t, err)
	require.Equal(t, before, w.count())
	w.answersWith(nil)
	_, err = w.Challenge(t.Context(), "3eZbrw1a")
	require.NoError(t, err)
	require.Contains(t, w.last().Form.Get("raw"), "3eZbrw1a")
}
