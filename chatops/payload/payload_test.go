package payload

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// shortcut is a message shortcut as Slack delivers it, with parts of it replaced;
// nil takes a part out.
func shortcut(t *testing.T, parts map[string]any) []byte {
	t.Helper()
	p := map[string]any{
		"type": "message_action", "token": "unused", "action_ts": "1689580121.141634", "callback_id": "incident_new",
		"team": map[string]any{"id": "T1", "domain": "example"}, "user": map[string]any{"id": "U1", "name": "ana"},
		"channel": map[string]any{"id": "C1", "name": "payments"}, "enterprise": nil, "is_enterprise_install": false,
		"trigger_id": "5588527812066.1583951561970.c0baefa2", "response_url": "https://hooks.slack.com/app/T1/5/x", "message_ts": "1689374837.338339",
		"message": said(map[string]any{}),
	}
	for k, v := range parts {
		if p[k] = v; v == nil {
			delete(p, k)
		}
	}
	raw, err := json.Marshal(p)
	require.NoError(t, err)
	return []byte(url.Values{"payload": {string(raw)}}.Encode())
}

// said is the message that shortcut is called on, with parts of it replaced.
func said(parts map[string]any) map[string]any {
	m := map[string]any{
		"client_msg_id": "eb09088f-d460", "type": "message", "text": "checkout is down &amp; slow", "user": "U2", "ts": "1689374837.338339", "team": "T1",
		"blocks": []any{map[string]any{"type": "rich_text", "elements": []any{map[string]any{"type": "invented"}}}}, "attachments": []any{map[string]any{"ts": 1689364964}},
	}
	for k, v := range parts {
		if m[k] = v; v == nil {
			delete(m, k)
		}
	}
	return m
}

func TestAMessageShortcutIsRead(t *testing.T) {
	r, err := ParseInteraction(shortcut(t, nil))
	require.NoError(t, err)
	require.Equal(t, Request{
		Kind: KindAction, Team: "T1", User: "U1", Trigger: "5588527812066.1583951561970.c0baefa2", Respond: "https://hooks.slack.com/app/T1/5/x",
		Press:  Press{Action: "incident_new"},
		On:     Message{Channel: "C1", TS: "1689374837.338339", Author: "U2", Text: "checkout is down &amp; slow"},
		Dedupe: "message|T1|U1|C1|1689374837.338339|incident_new|5588527812066.1583951561970.c0baefa2",
	}, r)
	r, err = ParseInteraction(shortcut(t, map[string]any{"response_url": nil, "message": said(map[string]any{"user": nil, "bot_id": "B1", "text": nil, "thread_ts": "1689374000.000100"})}))
	require.NoError(t, err, "an app's message may have no author and no words")
	require.Equal(t, Message{Channel: "C1", TS: "1689374837.338339", Thread: "1689374000.000100"}, r.On)
	_, err = ParseInteraction(shortcut(t, map[string]any{"message": said(map[string]any{"text": strings.Repeat("ö", MaxTyped)})}))
	require.NoError(t, err)
}

func TestEachCallOfAShortcutHasItsName(t *testing.T) {
	names := map[string]bool{}
	for _, parts := range []map[string]any{
		nil,
		{"trigger_id": "2.2.b"},
		{"user": map[string]any{"id": "U3"}},
		{"callback_id": "other"},
		{"channel": map[string]any{"id": "C2"}},
		{"message_ts": "1689374837.338340", "message": said(map[string]any{"ts": "1689374837.338340"})},
		{"trigger_id": strings.Repeat("x", 255), "callback_id": strings.Repeat("y", 255)},
		{"trigger_id": strings.Repeat("x", 255), "callback_id": strings.Repeat("z", 255)},
	} {
		r, err := ParseInteraction(shortcut(t, parts))
		require.NoError(t, err)
		require.LessOrEqual(t, len(r.Dedupe), maxDedupe)
		require.False(t, names[r.Dedupe], r.Dedupe)
		names[r.Dedupe] = true
		again, err := Parse(KindAction, shortcut(t, parts))
		require.NoError(t, err)
		require.Equal(t, r, again, "as the relay reads it")
	}
}

func TestMalformedMessageShortcuts(t *testing.T) {
	for name, parts := range map[string]map[string]any{
		"no team": {"team": nil}, "a team with a bar": {"team": map[string]any{"id": "T1|U1"}}, "no user": {"user": nil}, "a user of words": {"user": map[string]any{"id": "ana"}},
		"no callback": {"callback_id": nil}, "a callback with a space": {"callback_id": "incident new"}, "a long callback": {"callback_id": strings.Repeat("x", 256)}, "a callback of another kind": {"callback_id": 7},
		"no trigger": {"trigger_id": nil}, "a trigger with a bar": {"trigger_id": "1|2"}, "a long trigger": {"trigger_id": strings.Repeat("1", 256)},
		"no channel": {"channel": nil}, "an empty channel": {"channel": map[string]any{}}, "a channel's name": {"channel": map[string]any{"id": "#payments"}}, "a long channel": {"channel": map[string]any{"id": strings.Repeat("C", 33)}},
		"no message": {"message": nil}, "a message that is a list": {"message": []any{}}, "an empty message": {"message": map[string]any{}},
		"no message_ts": {"message_ts": nil}, "another message_ts": {"message_ts": "1689374837.338340"}, "a message_ts that is a number": {"message_ts": 1689374837.338339},
		"no ts at all":             {"message_ts": nil, "message": said(map[string]any{"ts": nil})},
		"a ts with a path":         {"message_ts": "1/../2", "message": said(map[string]any{"ts": "1/../2"})},
		"a ts with a line break":   {"message_ts": "1689374837.338339\n", "message": said(map[string]any{"ts": "1689374837.338339\n"})},
		"a thread of words":        {"message": said(map[string]any{"thread_ts": "<!channel>"})},
		"an author of words":       {"message": said(map[string]any{"user": "@ana"})},
		"a text that is an object": {"message": said(map[string]any{"text": map[string]any{}})},
		"a text with a NUL":        {"message": said(map[string]any{"text": "a\x00b"})},
		"a text without end":       {"message": said(map[string]any{"text": strings.Repeat("x", MaxTyped+1)})},
	} {
		_, err := ParseInteraction(shortcut(t, parts))
		require.Equal(t, "slack.payload", itsm.AsError(err).Code, name)
		require.NotContains(t, err.Error(), "ana", name)
	}
}

// TestAPressDoesNotDependOnItsMessage: what a message is made of may change.
func TestAPressDoesNotDependOnItsMessage(t *testing.T) {
	r, err := ParseInteraction([]byte(`payload={"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1"},"channel":{"id":"C1"},"container":{"message_ts":"1.000001"},` +
		`"message":{"ts":7,"text":{},"user":[]},"actions":[{"action_id":"change.approve","value":"x","action_ts":"1.1"}]}`))
	require.NoError(t, err)
	require.Equal(t, "change.approve", r.Press.Action)
	require.Empty(t, r.On)
}

// FuzzDeliveries: whatever Slack signs, reading it neither panics nor lets an
// unbounded or unprintable name into the inbox.
func FuzzDeliveries(f *testing.F) {
	f.Add("command=/change&team_id=T1&user_id=U1&trigger_id=1&text=x")
	f.Add(`payload={"type":"shortcut","callback_id":"change_new","trigger_id":"1","team":{"id":"T1"},"user":{"id":"U1"}}`)
	f.Add(`payload={"type":"message_action","callback_id":"incident_new","trigger_id":"1","team":{"id":"T1"},"user":{"id":"U1"},"channel":{"id":"C1"},"message_ts":"1.000001","message":{"ts":"1.000001","user":"U2","text":"x"}}`)
	f.Add(`payload={"type":"message_action","callback_id":"incident_new","trigger_id":"1","team":null,"user":{"id":"U1","team_id":"T1"},"channel":{"id":"D1"},"message_ts":"1.000002","message":{"ts":"1.000002","thread_ts":"1.000001","bot_id":"B1","blocks":[{"type":"hologram"}],"attachments":[{"ts":7}]}}`)
	f.Add(`{"type":"event_callback","team_id":"T1","event_id":"E1","event":{"type":"app_home_opened","user":"U1"}}`)
	f.Fuzz(func(t *testing.T, body string) {
		for _, kind := range []string{KindCommand, KindAction, KindSubmission, KindEvent} {
			r, err := Parse(kind, []byte(body))
			if err != nil || r.Ignored || r.Immediate != nil {
				continue
			}
			r.Form.Text("title")
			r.Form.Instant("window_start")
			if len(r.Dedupe) > 2000 || strings.ContainsAny(r.Dedupe, "\x00\n") || r.User == "" || r.Team == "" {
				t.Fatalf("%q was read as %+v", body, r)
			}
			if on := r.On; on != (Message{}) && (!slackTS.MatchString(on.TS) || !slackID.MatchString(on.Channel) || !Readable(on.Text, MaxTyped)) {
				t.Fatalf("%q was called on %+v", body, on)
			}
		}
	})
}
