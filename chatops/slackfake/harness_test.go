package slackfake_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
)

const (
	botToken = "xoxb-test"
	secret   = "8f742231b10e8888abcd99yyyzzz85a5"
	bot      = "U0STEWARD"
)

// clock is time that only a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a workspace, an app that answers as the test says, and the real client.
type world struct {
	*slackfake.Server
	t     *testing.T
	clock *clock
	api   *slack.Client
	url   string

	mu     sync.Mutex
	answer http.HandlerFunc
	heard  []*http.Request // with their bodies read into Form
}

func newWorld(t *testing.T, change ...func(*slackfake.Config)) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{at: time.Now().Truncate(time.Second)}}
	cfg := slackfake.Config{
		SigningSecret: secret, BotToken: botToken, Now: w.clock.now,
		Users: []slackfake.User{
			{ID: "U1", Name: "ana", RealName: "Ana Silva", Email: "ana@example.org", TZ: "Europe/Lisbon"},
			{ID: "U2", Name: "bob", RealName: "Bob Stone", Email: "bob@example.org", TZ: "Asia/Tokyo"},
			{ID: "U3", Name: "gone", Email: "gone@example.org", Deleted: true},
			{ID: "U4", Name: "guest", Restricted: true},
			{ID: "U5", Name: "other", Stranger: true},
		},
		Channels: []slackfake.Channel{
			{ID: "C1", Name: "changes", Members: []string{"U1", "U2", bot}},
			{ID: "C2", Name: "elsewhere", Members: []string{"U1"}},
			{ID: "C3", Name: "secret", Private: true, Members: []string{"U1"}},
			{ID: "C4", Name: "old", Archived: true, Members: []string{bot}},
			{ID: "C5", Name: "cab", Private: true, Members: []string{"U2", bot}},
		},
	}
	for _, c := range change {
		c(&cfg)
	}
	w.Server = slackfake.New(cfg)
	w.url = w.Listen(t)
	app := httptest.NewServer(http.HandlerFunc(w.app))
	t.Cleanup(app.Close)
	w.SetAppURL(app.URL)
	w.api = slack.New(botToken, slack.OptionAPIURL(w.url+"/api/"), slack.OptionHTTPClient(&http.Client{Timeout: 5 * time.Second}))
	return w
}

// app keeps what it hears and answers as the test said.
func (w *world) app(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		rw.WriteHeader(http.StatusBadRequest)
		return
	}
	r.PostForm, _ = url.ParseQuery(string(body))
	r.Form = url.Values{"raw": {string(body)}}
	w.mu.Lock()
	w.heard = append(w.heard, r)
	answer := w.answer
	w.mu.Unlock()
	if answer != nil {
		answer(rw, r)
	}
}

// answers makes the app answer with v as JSON.
func (w *world) answers(v any) {
	w.answersWith(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(rw).Encode(v)
	})
}

func (w *world) answersWith(h http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = h
}

// last is the newest request that the app heard.
func (w *world) last() *http.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	require.NotEmpty(w.t, w.heard)
	return w.heard[len(w.heard)-1]
}

func (w *world) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.heard)
}

// interaction is the newest payload as slack-go reads it.
func (w *world) interaction() slack.InteractionCallback {
	w.t.Helper()
	var cb slack.InteractionCallback
	require.NoError(w.t, json.Unmarshal([]byte(w.last().PostForm.Get("payload")), &cb))
	return cb
}

// call is a bare request to the Web API with a JSON body.
func (w *world) call(method, body string) map[string]any {
	w.t.Helper()
	return post(w.t, w.url+"/api/"+method, "application/json", "Bearer "+botToken, body)
}

// trigger types a command and returns the trigger and the response URL the app got.
func (w *world) trigger(user string) (trigger, response string) {
	w.t.Helper()
	_, err := w.Command(context.Background(), user, "C1", "/change", "new")
	require.NoError(w.t, err)
	f := w.last().PostForm
	return f.Get("trigger_id"), f.Get("response_url")
}

// say posts as the app and returns the message.
func (w *world) say(channel string, options ...slack.MsgOption) slackfake.Message {
	w.t.Helper()
	ch, ts, err := w.api.PostMessage(channel, options...)
	require.NoError(w.t, err)
	for _, m := range w.Messages(ch) {
		if m.TS == ts {
			return m
		}
	}
	require.Fail(w.t, "the message is not there")
	return slackfake.Message{}
}

func text(words string) slack.MsgOption { return slack.MsgOptionText(words, false) }

func button(id, value, words string) slack.MsgOption {
	b := slack.NewButtonBlockElement(id, value, slack.NewTextBlockObject("plain_text", words, false, false))
	return slack.MsgOptionBlocks(slack.NewActionBlock("acts", b))
}
