package chatops

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/messenger"
	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/chatops/slackfake"
)

func signedHeader(secret string, at time.Time, body []byte) http.Header {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	return http.Header{
		"X-Slack-Request-Timestamp": {timestamp}, "X-Slack-Signature": {slackfake.Sign(secret, timestamp, body)},
	}
}

func TestVerifier(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	v, err := newVerifier([]string{"old", "new"}, func() time.Time { return now })
	require.NoError(t, err)
	body := []byte("team_id=T1&text=x")
	for name, c := range map[string]struct {
		secret string
		skew   time.Duration
		change func(http.Header)
		ok     bool
	}{
		"the one secret":        {"old", 0, nil, true},
		"the other secret":      {"new", 0, nil, true},
		"a third":               {"third", 0, nil, false},
		"five minutes old":      {"old", -5 * time.Minute, nil, true},
		"older":                 {"old", -5*time.Minute - time.Second, nil, false},
		"from the future":       {"old", 5*time.Minute + time.Second, nil, false},
		"no signature":          {"old", 0, func(h http.Header) { h.Del("X-Slack-Signature") }, false},
		"no timestamp":          {"old", 0, func(h http.Header) { h.Del("X-Slack-Request-Timestamp") }, false},
		"no v0":                 {"old", 0, edit("X-Slack-Signature", func(s string) string { return s[3:] }), false},
		"upper case":            {"old", 0, edit("X-Slack-Signature", strings.ToUpper), false},
		"a tail":                {"old", 0, edit("X-Slack-Signature", func(s string) string { return s + "0" }), false},
		"a line break":          {"old", 0, edit("X-Slack-Signature", func(s string) string { return s + "\n" }), false},
		"a sign":                {"old", 0, edit("X-Slack-Request-Timestamp", func(s string) string { return "+" + s }), false},
		"a leading zero":        {"old", 0, edit("X-Slack-Request-Timestamp", func(s string) string { return "0" + s }), false},
		"another time":          {"old", 0, edit("X-Slack-Request-Timestamp", func(string) string { return "1700000001" }), false},
		"centuries in the past": {"old", 0, edit("X-Slack-Request-Timestamp", func(string) string { return "0000000001" }), false},
	} {
		h := signedHeader(c.secret, now.Add(c.skew), body)
		if c.change != nil {
			c.change(h)
		}
		err := v.check(h, body)
		require.Equal(t, c.ok, err == nil, name)
		if err != nil {
			require.NotContains(t, err.Error(), "v0=", name)
		}
	}
}

func edit(key string, change func(string) string) func(http.Header) {
	return func(h http.Header) { h[key] = []string{change(h.Get(key))} }
}

func TestNobodyIsTrustedWithoutASecret(t *testing.T) {
	for _, secrets := range [][]string{nil, {}, {""}, {"good", ""}} {
		_, err := newVerifier(secrets, time.Now)
		require.Error(t, err)
	}
	_, err := New(Config{Messenger: &messenger.Messenger{}, SigningSecrets: []string{"y"}})
	require.ErrorContains(t, err, "desk")
	_, err = open(Config{SigningSecrets: []string{"y"}}, &memDesk{})
	require.ErrorContains(t, err, "messenger")
}

// FuzzVerifier: what we accept, slack-go accepts too, and what it accepts in the
// exact forms we do.
func FuzzVerifier(f *testing.F) {
	now := time.Now().Truncate(time.Second)
	v, err := newVerifier([]string{testSecret}, func() time.Time { return now })
	require.NoError(f, err)
	good := signedHeader(testSecret, now, []byte("body"))
	f.Add("body", good.Get("X-Slack-Request-Timestamp"), good.Get("X-Slack-Signature"))
	f.Add("body", "+"+good.Get("X-Slack-Request-Timestamp"), good.Get("X-Slack-Signature"))
	f.Add("", "", "v0=")
	f.Fuzz(func(t *testing.T, body, timestamp, signature string) {
		h := http.Header{"X-Slack-Request-Timestamp": {timestamp}, "X-Slack-Signature": {signature}}
		mine := v.check(h, []byte(body)) == nil
		theirs := false
		if s, err := slack.NewSecretsVerifier(h, testSecret); err == nil {
			_, err = s.Write([]byte(body))
			theirs = err == nil && s.Ensure() == nil
		}
		exact := timestampForm.MatchString(timestamp) && signatureForm.MatchString(signature)
		if mine != (theirs && exact) && (mine || exact) {
			t.Fatalf("we say %t, slack-go says %t of %q %q %q", mine, theirs, body, timestamp, signature)
		}
	})
}

// deliver posts a body, signed unless told otherwise, and returns the status.
func (o *office) deliver(path, body string, h http.Header) int {
	o.t.Helper()
	address := o.app
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, address+path, strings.NewReader(body))
	require.NoError(o.t, err)
	if h == nil {
		h = signedHeader(testSecret, o.clock.now(), []byte(body))
	}
	req.Header = h
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	require.NoError(o.t, err)
	defer func() { require.NoError(o.t, res.Body.Close()) }()
	return res.StatusCode
}

func TestAttacksOnDeliveries(t *testing.T) {
	o := newOffice(t)
	payload := `{"type":"block_actions","team":{"id":"T0STEWARD"},"user":{"id":"U0BOB"},"actions":[{"action_id":"change.approve","value":"{}","action_ts":"1.1"}],"container":{"message_ts":"1.1"}}`
	form := url.Values{"payload": {payload}}.Encode()
	require.Equal(t, 401, o.deliver("/slack/interactions", form, http.Header{}), "unsigned")
	require.Equal(t, 401, o.deliver("/slack/interactions", form, signedHeader("wrong", o.clock.now(), []byte(form))))
	require.Equal(t, 401, o.deliver("/slack/interactions", form, signedHeader(testSecret, o.clock.now(), []byte("other"))))
	require.Equal(t, 401, o.deliver("/slack/events", form, signedHeader(testSecret, o.clock.now().Add(-6*time.Minute), []byte(form))), "replayed later")
	require.Equal(t, 400, o.deliver("/slack/interactions?"+form, "", nil), "the payload in the query string, which no signature covers")
	require.Equal(t, 400, o.deliver("/slack/interactions?x=1", form, nil))
	require.Equal(t, 413, o.deliver("/slack/commands", strings.Repeat("x", maxBody+1), nil))
	require.Empty(t, o.desk.kept, "none of it reached the inbox")
	require.NotEmpty(t, o.desk.refused)
}

func TestMalformedDeliveriesAreNeverOurFault(t *testing.T) {
	o := newOffice(t)
	deep := strings.Repeat("[", 20_000)
	for _, c := range []struct{ path, body string }{
		{"/slack/commands", ""},
		{"/slack/commands", "%zz"},
		{"/slack/commands", "command=/change"},
		{"/slack/commands", "{}"},
		{"/slack/commands", "command=/change&team_id=T0STEWARD&user_id=U0ANA&trigger_id=1&text=%00"},
		{"/slack/commands", "command=/change&team_id=T0STEWARD&user_id=U0ANA&trigger_id=1&text=%ff"},
		{"/slack/commands", "command=/change&team_id=T0STEWARD&user_id=U0ANA&trigger_id=1&text=" + strings.Repeat("x", payload.MaxTyped+1)},
		{"/slack/commands", "command=/change&team_id=t&user_id=U0ANA&trigger_id=1"},
		{"/slack/interactions", ""},
		{"/slack/interactions", "payload="},
		{"/slack/interactions", "payload=[]"},
		{"/slack/interactions", "payload=" + deep},
		{"/slack/interactions", "payload={}&payload={}"},
		{"/slack/interactions", `payload={"type":"block_actions"}`},
		{"/slack/interactions", `payload={"type":"block_actions","team":{"id":"T0STEWARD"},"user":{"id":"U0ANA"},"actions":[]}`},
		{"/slack/interactions", `payload={"type":"block_actions","team":{"id":"T0STEWARD"},"user":{"id":"U0ANA"},"actions":[7]}`},
		{"/slack/interactions", `payload={"type":"view_submission","team":{"id":"T0STEWARD"},"user":{"id":"U0ANA"}}`},
		{"/slack/interactions", `payload={"type":"view_submission","team":null,"user":{"id":"U0ANA"},"view":{"state":7}}`},
		{"/slack/interactions", `payload={"type":"message_action","team":{"id":"T0STEWARD"},"user":{"id":"U0ANA"},"callback_id":"incident_new","trigger_id":"1"}`},
		{"/slack/interactions", `payload={"type":"message_action","team":{"id":"T0STEWARD"},"user":{"id":"U0ANA"},"callback_id":"incident_new","trigger_id":"1","channel":{"id":"C0PAY"},"message_ts":"1.000001","message":{"ts":"1.000002"}}`},
		{"/slack/events", ""},
		{"/slack/events", "null"},
		{"/slack/events", `{"type":"event_callback"}`},
		{"/slack/events", `{"type":"url_verification"}`},
		{"/slack/events", `{"type":"event_callback","event":{"type":"app_home_opened","user":{}}}`},
		{"/slack/events", `{"type":"event_callback","event":[]}`},
	} {
		require.Equal(t, 400, o.deliver(c.path, c.body, nil), "%s %.60s", c.path, c.body)
	}
	require.Empty(t, o.desk.kept)
}

func TestSlacksOwnChecksAreAnswered(t *testing.T) {
	o := newOffice(t)
	a, err := o.Challenge(context.Background(), "3eZbrw1a")
	require.NoError(t, err)
	require.True(t, bytes.Contains(a.Body, []byte("3eZbrw1a")))
	require.Equal(t, 200, o.deliver("/slack/commands", "ssl_check=1&token=x", nil))
	require.Equal(t, 200, o.deliver("/slack/events", `{"type":"event_callback","event_id":"Ev1","event":{"type":"invented"}}`, nil))
	require.Equal(t, 200, o.deliver("/slack/events", `{"type":"app_rate_limited"}`, nil))
	require.Equal(t, 200, o.deliver("/slack/events", `{"type":"event_callback","event_id":"Ev2","event":{"type":"tokens_revoked"}}`, nil))
	require.Contains(t, o.log.String(), "tokens_revoked")
	require.Equal(t, 200, o.deliver("/slack/interactions", `payload={"type":"view_closed","team":{"id":"T0STEWARD"},"user":{"id":"U0ANA"}}`, nil))
}

func TestAnElementThatSlackInventsBreaksNoPress(t *testing.T) {
	o := newOffice(t)
	o.raised()
	card := o.posted("card", "")
	o.Tamper(slackfake.Tamper{UnknownElement: true, ExtraFields: true})
	o.press("U0BOB", card, "Approve")
	require.Contains(t, o.whispered("U0BOB"), "You approved CHG-1")
}
