package slackfake_test

import (
	"encoding/json"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
)

func TestThreads(t *testing.T) {
	w := newWorld(t)
	card := w.say("C1", text("CHG-1"))
	expect := w.Expect(t)
	expect.Message("C1", "CHG-1")
	first := w.say("C1", text("bob asks: why now?"), slack.MsgOptionTS(card.TS))
	_, err := w.Say(t.Context(), "U2", "C1", card.TS, "anyone?")
	require.NoError(t, err)
	loud := w.say("C1", text("KEYS LEAKED"), slack.MsgOptionTS(card.TS), slack.MsgOptionBroadcast())
	aside := w.say("C1", text("another"))
	require.Equal(t, card.TS, first.ThreadTS)
	require.True(t, loud.Broadcast)

	var words []string
	for _, m := range w.Replies("C1", card.TS) {
		words = append(words, m.Text)
	}
	require.Equal(t, []string{"bob asks: why now?", "anyone?", "KEYS LEAKED"}, words)
	require.Empty(t, w.Replies("C1", aside.TS))
	require.Len(t, w.Messages("C1"), 5)

	require.Equal(t, first.TS, expect.Reply(card, "why now").TS)
	require.Equal(t, aside.TS, expect.Message("C1", "a").TS, "a quiet reply is no message of the channel")
	require.Equal(t, loud.TS, expect.Reply(card).TS)
}

func TestBroadcastIsExpectedInTheChannel(t *testing.T) {
	w := newWorld(t)
	card := w.say("C1", text("CHG-1"))
	loud := w.say("C1", text("approved"), slack.MsgOptionTS(card.TS), slack.MsgOptionBroadcast())
	expect := w.Expect(t)
	require.Equal(t, card.TS, expect.Message("C1", "CHG-1").TS)
	require.Equal(t, loud.TS, expect.Message("C1", "approved").TS)
}

func TestThreadsAsTheAPIShowsThem(t *testing.T) {
	w := newWorld(t)
	card := w.say("C1", text("CHG-1"))
	meta := slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "itsm", EventPayload: map[string]any{"delivery": "d-7"}})
	reply := w.say("C1", text("quiet"), slack.MsgOptionTS(card.TS), meta)
	loud := w.say("C1", text("loud"), slack.MsgOptionTS(card.TS), slack.MsgOptionBroadcast())

	all, _, _, err := w.api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: "C1", Timestamp: card.TS, IncludeAllMetadata: true})
	require.NoError(t, err)
	require.Len(t, all, 3)
	require.Equal(t, card.TS, all[0].ThreadTimestamp)
	require.Equal(t, 2, all[0].ReplyCount)
	require.Equal(t, []string{bot}, all[0].ReplyUsers)
	require.Equal(t, loud.TS, all[0].LatestReply)
	require.Equal(t, reply.TS, all[1].Timestamp)
	require.Equal(t, bot, all[1].ParentUserId)
	require.Equal(t, "d-7", all[1].Metadata.EventPayload["delivery"], "an ambiguous reply can be found again")
	require.Equal(t, slack.MsgSubTypeThreadBroadcast, all[2].SubType)

	later, _, _, err := w.api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: "C1", Timestamp: card.TS, Oldest: reply.TS})
	require.NoError(t, err)
	require.Len(t, later, 2, "the parent is always there")
	history, err := w.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "C1"})
	require.NoError(t, err)
	require.Len(t, history.Messages, 2, "history holds parents and what was broadcast")

	_, _, _, err = w.api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: "C1", Timestamp: "1.000001"})
	require.EqualError(t, err, "thread_not_found")
	_, _, err = w.api.PostMessage("C1", text("x"), slack.MsgOptionTS("1.000001"))
	require.EqualError(t, err, "thread_not_found")
	_, err = w.Say(t.Context(), "U1", "C1", "1.000001", "x")
	require.ErrorIs(t, err, slackfake.ErrNoSuchPlace)
}

func TestActsInAThreadSayWhere(t *testing.T) {
	w := newWorld(t)
	card := w.say("U1", text("CHG-1"))
	ask := w.say("U1", text("Your answer?"), button("answer", "q1", "Answer"), slack.MsgOptionTS(card.TS))
	_, err := w.Press(t.Context(), "U1", ask, "Answer")
	require.NoError(t, err)
	cb := w.interaction()
	require.Equal(t, card.TS, cb.Container.ThreadTs)
	require.Equal(t, card.TS, cb.Message.ThreadTimestamp)
	_, err = w.Say(t.Context(), "U1", "U1", card.TS, "because")
	require.NoError(t, err)
	var heard struct {
		Event struct {
			ThreadTS string `json:"thread_ts"`
			Parent   string `json:"parent_user_id"`
		} `json:"event"`
	}
	require.NoError(t, json.Unmarshal([]byte(w.last().Form.Get("raw")), &heard))
	require.Equal(t, card.TS, heard.Event.ThreadTS)
	require.Equal(t, bot, heard.Event.Parent)
}
