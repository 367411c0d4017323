package slackfake_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
)

// post sends a body and returns the JSON answer.
func post(t *testing.T, url, kind, authorization, body string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", kind)
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	var out map[string]any
	require.NoError(t, json.Unmarshal(raw, &out), string(raw))
	return out
}

func TestTokens(t *testing.T) {
	w := newWorld(t)
	me, err := w.api.AuthTest()
	require.NoError(t, err)
	require.Equal(t, bot, me.UserID)
	for body, code := range map[string]string{"": "not_authed", "token=xoxb-wrong": "invalid_auth", "token=" + botToken: ""} {
		out := post(t, w.url+"/api/auth.test", "application/x-www-form-urlencoded", "", body)
		require.Equal(t, code == "", out["ok"], body)
		if code != "" {
			require.Equal(t, code, out["error"])
		}
	}
	require.Equal(t, "unknown_method", w.call("chat.shout", "{}")["error"])
	require.Equal(t, "invalid_json", w.call("auth.test", "{")["error"])
	inURL := post(t, w.url+"/api/auth.test?token="+botToken, "application/x-www-form-urlencoded", "", "")
	require.Equal(t, "not_authed", inURL["error"], "a token in a URL is no token")
}

func TestScopes(t *testing.T) {
	w := newWorld(t, func(c *slackfake.Config) { c.Scopes = []string{"users:read"} })
	out := w.call("chat.postMessage", `{"channel":"C1","text":"x"}`)
	require.Equal(t, "missing_scope", out["error"])
	require.Equal(t, "chat:write", out["needed"])
	u, err := w.api.GetUserInfo("U1")
	require.NoError(t, err)
	require.Empty(t, u.Profile.Email, "without users:read.email nobody's address is told")
}

func TestPostedTextSurvives(t *testing.T) {
	w := newWorld(t)
	const words = "100% + more & <https://example.org|x> %zz ünïcode 🙂"
	m := w.say("C1", text(words), slack.MsgOptionMetadata(slack.SlackMetadata{
		EventType: "itsm", EventPayload: map[string]any{"delivery_id": "d1"},
	}))
	require.Equal(t, words, m.Text)
	h, err := w.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "C1", IncludeAllMetadata: true})
	require.NoError(t, err)
	require.Equal(t, "d1", h.Messages[0].Metadata.EventPayload["delivery_id"])
	h, err = w.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "C1"})
	require.NoError(t, err)
	require.Empty(t, h.Messages[0].Metadata.EventType)
}

func TestPostRefusals(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct{ channel, text, more, code string }{
		{"C1", "", "", "no_text"},
		{"C9", "x", "", "channel_not_found"},
		{"C2", "x", "", "not_in_channel"},
		{"C3", "x", "", "channel_not_found"}, // private: its existence is not told
		{"C4", "x", "", "is_archived"},
		{"U3", "x", "", "channel_not_found"}, // deactivated
		{"C1", strings.Repeat("ü", 4001), "", "msg_too_long"},
		{"C1", "x", `,"thread_ts":"1.000000"`, "thread_not_found"},
		{"C1", "x", `,"metadata":{"event_type":""}`, "invalid_metadata_format"},
		{"C1", "x", `,"attachments":"nonsense"`, "invalid_attachments"},
		{"C1", "x", `,"blocks":"nonsense"`, "invalid_blocks_format"},
		{"C1", strings.Repeat("ü", 4000), "", ""},
		{"#changes", "x", "", ""},
		{"U2", "x", "", ""},
	} {
		out := w.call("chat.postMessage", fmt.Sprintf(`{"channel":%q,"text":%q%s}`, tt.channel, tt.text, tt.more))
		if tt.code == "" {
			require.Equal(t, true, out["ok"], "%v", out)
			continue
		}
		require.Equal(t, tt.code, out["error"], "%s %s", tt.channel, tt.more)
	}
	require.Len(t, w.Messages("U2"), 1, "a person's ID reaches their direct message")
}

func TestLongBlocks(t *testing.T) {
	w := newWorld(t)
	sections := func(chars ...int) slack.MsgOption {
		var all []slack.Block
		for _, n := range chars {
			all = append(all, slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", strings.Repeat("x", n), false, false), nil, nil))
		}
		return slack.MsgOptionBlocks(all...)
	}
	_, _, err := w.api.PostMessage("C1", sections(3000, 3000, 3000, 3000, 1196)) // and four line ends
	require.NoError(t, err)
	_, _, err = w.api.PostMessage("C1", sections(3000, 3000, 3000, 3000, 1197))
	require.EqualError(t, err, "msg_blocks_too_long")
	_, _, err = w.api.PostMessage("C1", sections(3001))
	var refused slack.SlackErrorResponse
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "invalid_blocks", refused.Err)
	require.Equal(t, []string{"[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"}, refused.ResponseMetadata.Messages)
}

func TestAttachments(t *testing.T) {
	w := newWorld(t)
	m := w.say("C1", slack.MsgOptionAttachments(slack.Attachment{Color: "#a30200", Blocks: slack.Blocks{BlockSet: []slack.Block{
		slack.NewActionBlock("", slack.NewButtonBlockElement("ack", "p1", slack.NewTextBlockObject("plain_text", "Acknowledge", false, false))),
	}}}))
	_, err := w.Press(t.Context(), "U1", m, "Acknowledge")
	require.NoError(t, err)
	require.NotEmpty(t, w.interaction().ActionCallback.BlockActions[0].BlockID, "Slack gives an id to a block that has none")
	_, _, _, err = w.api.UpdateMessage("C1", m.TS, text("x"))
	require.NoError(t, err)
	require.Len(t, w.Messages("C1")[0].Attachments, 1, "a text alone leaves attachments")
	out := w.call("chat.update", fmt.Sprintf(`{"channel":"C1","ts":%q,"text":"x","attachments":[]}`, m.TS))
	require.Equal(t, true, out["ok"])
	require.Empty(t, w.Messages("C1")[0].Attachments)
}

func TestEveryPostHasItsOwnTS(t *testing.T) {
	w := newWorld(t)
	var group sync.WaitGroup
	failed := make(chan error, 40)
	for range 40 {
		group.Go(func() {
			_, _, err := w.api.PostMessage("C1", text("x"))
			failed <- err
		})
	}
	group.Wait()
	close(failed)
	for err := range failed {
		require.NoError(t, err)
	}
	all := w.Messages("C1")
	require.Len(t, all, 40)
	for i := 1; i < len(all); i++ {
		require.Less(t, all[i-1].TS, all[i].TS)
	}
	w.clock.pass(-time.Hour)
	require.Less(t, all[39].TS, w.say("C1", text("later")).TS, "a clock set back gives no older ts")
}

func TestUpdate(t *testing.T) {
	w := newWorld(t)
	m := w.say("C1", text("a"), button("approve", "p", "Approve"))
	_, _, _, err := w.api.UpdateMessage("C1", m.TS, button("approve", "p", "Sure"))
	require.NoError(t, err)
	require.Empty(t, w.Messages("C1")[0].Edited, "with blocks alone Slack shows no (edited)")
	_, _, _, err = w.api.UpdateMessage("C1", m.TS, text("done"))
	require.NoError(t, err)
	now := w.Messages("C1")[0]
	require.Empty(t, now.Blocks, "a text alone takes the blocks away")
	require.NotEmpty(t, now.Edited)

	dm := w.say("U1", text("hello"))
	_, _, _, err = w.api.UpdateMessage("U1", dm.TS, text("x"))
	require.EqualError(t, err, "channel_not_found", "an update wants the D… of the direct message")
	_, _, _, err = w.api.UpdateMessage(dm.Channel, dm.TS, text("x"))
	require.NoError(t, err)
	_, _, _, err = w.api.UpdateMessage("C1", "1.000000", text("x"))
	require.EqualError(t, err, "message_not_found")
	theirs, err := w.Say(t.Context(), "U1", "C1", "", "mine")
	require.NoError(t, err)
	_, _, _, err = w.api.UpdateMessage("C1", theirs.TS, text("x"))
	require.EqualError(t, err, "cant_update_message")
	_, _, err = w.api.DeleteMessage("C1", theirs.TS)
	require.EqualError(t, err, "cant_delete_message")
	_, _, err = w.api.DeleteMessage("C1", m.TS)
	require.NoError(t, err)
	w.Archive("C1")
	_, _, _, err = w.api.UpdateMessage("C1", m.TS, text("x"))
	require.EqualError(t, err, "message_not_found")
}

func TestEphemeral(t *testing.T) {
	w := newWorld(t)
	ts, err := w.api.PostEphemeral("C1", "U1", text("psst"))
	require.NoError(t, err)
	require.Empty(t, w.Messages("C1"))
	require.Len(t, w.Ephemerals("U1"), 1)
	_, _, _, err = w.api.UpdateMessage("C1", ts, text("x"))
	require.EqualError(t, err, "message_not_found", "an ephemeral cannot be updated")
	for _, who := range []string{"U3", "U4", "U5", "U9"} {
		_, err = w.api.PostEphemeral("C1", who, text("psst"))
		require.EqualError(t, err, "user_not_in_channel", who)
	}
}

func TestThreadsAndPages(t *testing.T) {
	w := newWorld(t)
	parent := w.say("C1", text("parent"))
	for i := range 5 {
		w.say("C1", text(fmt.Sprint(i)), slack.MsgOptionTS(parent.TS))
	}
	w.say("C1", text("loud"), slack.MsgOptionTS(parent.TS), slack.MsgOptionBroadcast())
	h, err := w.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "C1"})
	require.NoError(t, err)
	require.Len(t, h.Messages, 2, "replies stay in their thread unless broadcast")
	require.Equal(t, 6, h.Messages[1].ReplyCount)
	replies, more, next, err := w.api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: "C1", Timestamp: parent.TS, Limit: 3})
	require.NoError(t, err)
	require.True(t, more)
	require.Equal(t, "parent", replies[0].Text)
	rest, more, _, err := w.api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: "C1", Timestamp: parent.TS, Cursor: next})
	require.NoError(t, err)
	require.False(t, more)
	require.Len(t, rest, 4)
	h, err = w.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "C1", Oldest: parent.TS})
	require.NoError(t, err)
	require.Len(t, h.Messages, 1)
	_, err = w.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "C2"})
	require.EqualError(t, err, "not_in_channel")
	link, err := w.api.GetPermalink(&slack.PermalinkParameters{Channel: "C1", Ts: parent.TS})
	require.NoError(t, err)
	require.Equal(t, w.url+"/archives/C1/p"+strings.ReplaceAll(parent.TS, ".", ""), link)
	_, err = w.api.GetPermalink(&slack.PermalinkParameters{Channel: "C1", Ts: "1.000000"})
	require.EqualError(t, err, "message_not_found")
}

func TestDirectory(t *testing.T) {
	w := newWorld(t)
	u, err := w.api.GetUserByEmail("ANA@example.org")
	require.NoError(t, err)
	require.Equal(t, "U1", u.ID)
	require.Equal(t, "Europe/Lisbon", u.TZ)
	for _, mail := range []string{"nobody@example.org", "gone@example.org"} {
		_, err = w.api.GetUserByEmail(mail)
		require.EqualError(t, err, "users_not_found", mail)
	}
	_, err = w.api.GetUserInfo("U9")
	require.EqualError(t, err, "user_not_found")
	all, err := w.api.GetUsers()
	require.NoError(t, err)
	require.Len(t, all, 6)
	stranger, err := w.api.GetUserInfo("U5")
	require.NoError(t, err)
	require.True(t, stranger.IsStranger)
	require.NotEqual(t, "T0STEWARD", stranger.TeamID)

	dm, _, _, err := w.api.OpenConversation(&slack.OpenConversationParameters{Users: []string{"U1"}})
	require.NoError(t, err)
	require.Equal(t, "DU1", dm.ID)
	_, _, _, err = w.api.OpenConversation(&slack.OpenConversationParameters{Users: []string{"U3"}})
	require.EqualError(t, err, "user_disabled")
	list, _, err := w.api.GetConversations(&slack.GetConversationsParameters{Types: []string{"public_channel", "private_channel"}, ExcludeArchived: true})
	require.NoError(t, err)
	require.Len(t, list, 3, "a private channel without the bot is not listed")
	info, err := w.api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: "C5"})
	require.NoError(t, err)
	require.True(t, info.IsPrivate)
	members, _, err := w.api.GetUsersInConversation(&slack.GetUsersInConversationParameters{ChannelID: "C1"})
	require.NoError(t, err)
	require.Equal(t, []string{"U1", "U2", bot}, members)
}
