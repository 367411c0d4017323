package slackfake_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/fault"
)

func TestFaults(t *testing.T) {
	w := newWorld(t)
	post := func() (string, error) {
		_, ts, err := w.api.PostMessage("C1", text("x"))
		return ts, err
	}
	w.Fail("chat.postMessage", fault.Limited("7"), fault.Limited(""), fault.Status(http.StatusInternalServerError),
		fault.HTML(), fault.Refuse("fatal_error"), fault.Empty(), fault.Reset(), fault.Pass(), fault.Refuse("internal_error"))
	_, err := post()
	var limited *slack.RateLimitedError
	require.ErrorAs(t, err, &limited)
	require.Equal(t, 7*time.Second, limited.RetryAfter)
	var status slack.StatusCodeError
	_, err = post()
	require.ErrorAs(t, err, &status)
	require.Equal(t, http.StatusTooManyRequests, status.Code)
	_, err = post()
	require.ErrorAs(t, err, &status)
	require.Equal(t, http.StatusInternalServerError, status.Code)
	_, err = post()
	require.Error(t, err)
	_, err = post()
	require.EqualError(t, err, "fatal_error")
	ts, _ := post()
	require.Empty(t, ts, "{} is no success, whatever the client says")
	_, err = post()
	require.Error(t, err)
	require.Empty(t, w.Messages("C1"), "none of these had an effect")
	ts, err = post()
	require.NoError(t, err)
	require.NotEmpty(t, ts)
	_, err = post()
	require.EqualError(t, err, "internal_error")
}

func TestFaultsAfterTheEffect(t *testing.T) {
	w := newWorld(t)
	w.Fail("chat.postMessage", fault.Reset().AfterEffect(), fault.Status(http.StatusBadGateway).AfterEffect(), fault.Empty().AfterEffect())
	for range 2 {
		_, _, err := w.api.PostMessage("C1", text("x"))
		require.Error(t, err)
	}
	_, ts, _ := w.api.PostMessage("C1", text("x"))
	require.Empty(t, ts)
	require.Len(t, w.Messages("C1"), 3, "the messages are there, only the answers were lost")
	_, link := w.trigger("U1")
	w.Fail("response", fault.Status(http.StatusServiceUnavailable).AfterEffect())
	require.Error(t, slack.PostWebhookContext(t.Context(), link, &slack.WebhookMessage{Text: "x"}))
	require.Len(t, w.Ephemerals("U1"), 1)
	w.Fail("*", fault.Refuse("ratelimited"))
	_, err := w.api.AuthTest()
	require.EqualError(t, err, "ratelimited")
}

func TestHang(t *testing.T) {
	w := newWorld(t)
	w.Fail("chat.postMessage", fault.Hang())
	client := slack.New(botToken, slack.OptionAPIURL(w.url+"/api/"), slack.OptionHTTPClient(&http.Client{Timeout: 50 * time.Millisecond}))
	_, _, err := client.PostMessage("C1", text("x"))
	var timeout interface{ Timeout() bool }
	require.ErrorAs(t, err, &timeout)
	require.True(t, timeout.Timeout())
	require.Empty(t, w.Messages("C1"))
}

func TestRateLimits(t *testing.T) {
	w := newWorld(t, func(c *slackfake.Config) { c.RateLimits = true })
	for range 5 {
		w.say("C1", text("burst"))
	}
	_, _, err := w.api.PostMessage("C1", text("one too many"))
	var limited *slack.RateLimitedError
	require.ErrorAs(t, err, &limited)
	require.Equal(t, time.Second, limited.RetryAfter)
	w.say("U1", text("another channel has its own"))
	w.clock.pass(time.Second)
	m := w.say("C1", text("a second later"))
	for range 50 {
		_, _, _, err = w.api.UpdateMessage("C1", m.TS, text("x"))
		require.NoError(t, err)
	}
	_, _, _, err = w.api.UpdateMessage("C1", m.TS, text("x"))
	require.ErrorAs(t, err, &limited)
	require.Equal(t, 2*time.Second, limited.RetryAfter)
}

// recorder is a test that keeps its failures to itself.
type recorder struct {
	failures []string
	cleanups []func()
}

var errFatal = errors.New("fatal")

func (*recorder) Helper() {}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Errorf(f string, a ...any) { r.failures = append(r.failures, fmt.Sprintf(f, a...)) }

func (r *recorder) Fatalf(f string, a ...any) {
	r.Errorf(f, a...)
	panic(errFatal)
}

func (r *recorder) end() {
	for _, f := range r.cleanups {
		f()
	}
}

func TestExpectationsConsume(t *testing.T) {
	w := newWorld(t)
	quiet := &recorder{}
	e := w.Expect(quiet)
	go func() { _, _, _ = w.api.PostMessage("C1", text("ignored"), button("a", "v", "Approve CHG-1")) }()
	m := e.Message("C1", "Approve CHG-1")
	for i := range 3 {
		_, _, _, err := w.api.UpdateMessage("C1", m.TS, text(fmt.Sprintf("state %d", i)))
		require.NoError(t, err)
	}
	require.Equal(t, "state 2", e.Update(m, "state 2").Text)
	reply := w.say("C1", text("in the thread"), slack.MsgOptionTS(m.TS))
	require.Equal(t, reply.TS, e.Reply(m, "thread").TS)
	w.say("U1", text("hello"))
	e.Message("U1", "hello")
	quiet.end()
	require.Empty(t, quiet.failures)
}

func TestExpectationsFail(t *testing.T) {
	w := newWorld(t)
	loud := &recorder{}
	e := w.Expect(loud).Within(10 * time.Millisecond).Ignore(func(m slackfake.Message) bool { return m.Text == "noise" })
	m := w.say("C1", text("one"))
	w.say("C1", text("noise"))
	_, err := w.api.PostEphemeral("C1", "U1", text("two"))
	require.NoError(t, err)
	_, _, _, err = w.api.UpdateMessage("C1", m.TS, text("three"))
	require.NoError(t, err)
	_, _, err = w.api.DeleteMessage("C1", m.TS)
	require.NoError(t, err)
	require.PanicsWithValue(t, errFatal, func() { e.Message("C1", "one", "but other words") })
	require.Len(t, loud.failures, 1)
	require.Contains(t, loud.failures[0], `"one\n"`, "the failure says what there was instead")
	loud.end()
	require.Len(t, loud.failures, 5)
	for i, kind := range []string{"message", "ephemeral", "update", "delete"} {
		require.Contains(t, loud.failures[i+1], "nobody expected "+kind)
	}
	require.PanicsWithValue(t, errFatal, func() { e.View("U1") })
}

func TestRestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "slack.json")
	kept := func(c *slackfake.Config) { c.StateFile = file }
	w := newWorld(t, kept)
	m := w.say("C1", text("CHG-1"), button("approve", "p1", "Approve"))
	w.say("U1", text("hello"))
	v := w.open(form("one"))
	_, link := w.trigger("U1")
	require.NoError(t, w.Close())

	again := newWorld(t, kept)
	require.Equal(t, w.Messages("C1"), again.Messages("C1"))
	_, err := again.Press(t.Context(), "U2", m, "Approve")
	require.NoError(t, err)
	require.Equal(t, "p1", again.interaction().ActionCallback.BlockActions[0].Value)
	_, err = again.Submit(t.Context(), "U1", v, map[string]string{"title": "x"})
	require.NoError(t, err)
	require.Less(t, m.TS, again.say("C1", text("later")).TS)
	moved := again.url + "/response/" + link[strings.LastIndex(link, "/")+1:]
	require.NoError(t, slack.PostWebhookContext(t.Context(), moved, &slack.WebhookMessage{Text: "x"}))
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	broken := filepath.Join(t.TempDir(), "slack.json")
	require.NoError(t, os.WriteFile(broken, []byte("{"), 0o600))
	s := slackfake.New(slackfake.Config{StateFile: broken})
	require.Error(t, s.Close(), "a broken file is told of")
	raw, err := os.ReadFile(broken)
	require.NoError(t, err)
	require.Equal(t, "{", string(raw), "and not overwritten")
}

func TestStateIsSavedWithoutClose(t *testing.T) {
	file := filepath.Join(t.TempDir(), "slack.json")
	w := newWorld(t, func(c *slackfake.Config) { c.StateFile = file })
	w.say("C1", text("kept by the timer"))
	require.Eventually(t, func() bool {
		raw, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(raw), "kept by the timer")
	}, 5*time.Second, 10*time.Millisecond)
}
