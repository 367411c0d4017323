package messenger

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/fault"
	"github.com/steward-itsm/steward/itsm"
)

// place is a workspace of Slack and a messenger to it, over real HTTP.
type place struct {
	*slackfake.Server
	*Messenger
	t   *testing.T
	now time.Time
}

func newPlace(t *testing.T, change ...func(*slackfake.Config)) *place {
	t.Helper()
	p := &place{t: t, now: time.Now().Truncate(time.Second)}
	members := []string{"U0ANA", "U0BOB", "U0STEWARD"}
	config := slackfake.Config{
		BotToken: "xoxb-1-secret-token", Now: func() time.Time { return p.now },
		Users: []slackfake.User{{ID: "U0ANA", Name: "ana"}, {ID: "U0BOB", Name: "bob"}},
		Channels: []slackfake.Channel{
			{ID: "C0PAY", Name: "payments", Members: members},
			{ID: "C0OUT", Name: "without-us", Members: []string{"U0ANA"}},
			{ID: "C0OLD", Name: "old", Archived: true, Members: members},
		},
	}
	for _, f := range change {
		f(&config)
	}
	p.Server = slackfake.New(config)
	var err error
	p.Messenger, err = New(Config{API: p.Listen(t) + "/api/", Token: config.BotToken, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return p
}

// notice is one about CHG-1: its card, or what one person is to be told.
func (p *place) notice(kind itsm.NoticeKind, to itsm.PersonID) itsm.Notice {
	c := itsm.Change{Number: "CHG-1", ChangeDraft: itsm.ChangeDraft{Title: "Rotate <keys> & certs", Service: "payments"}, Requester: "ana", State: itsm.ChangeScheduled}
	n := itsm.Notice{
		Kind: kind, Key: "CHG-1/card", Channel: "C0PAY", Change: c, Explanation: c.Explain(), Service: itsm.Service{ID: "payments", Name: "Payments"},
		People: make(map[itsm.PersonID]itsm.Person),
	}
	for _, person := range []itsm.Person{{ID: "ana", Slack: "U0ANA"}, {ID: "bob", Slack: "U0BOB"}, {ID: "nul"}} {
		n.People[person.ID] = person
	}
	if to != "" {
		n.Key, n.Channel, n.To = "CHG-1/ask/"+string(to), "", to
	}
	return n
}

// posted posts a notice and returns its message.
func (p *place) posted(kind itsm.NoticeKind, to itsm.PersonID) slackfake.Message {
	p.t.Helper()
	at, err := p.Post(context.Background(), p.notice(kind, to))
	require.NoError(p.t, err)
	all := p.Messages(at.Channel)
	require.Len(p.t, all, 1)
	require.Equal(p.t, at.TS, all[0].TS)
	return all[0]
}

func TestNobodyIsSpokenToWithoutAToken(t *testing.T) {
	_, err := New(Config{Token: " "})
	require.ErrorContains(t, err, "token")
}

func TestEachFaultOfSlackIsOneRefusal(t *testing.T) {
	o := newPlace(t)
	n := o.notice(itsm.NoticeCard, "")
	at, err := o.Post(context.Background(), n)
	require.NoError(t, err)
	_, err = o.Self(context.Background())
	require.NoError(t, err)
	for _, c := range []struct {
		play  fault.Fault
		kind  itsm.Kind
		code  string
		wait  time.Duration
		taken bool // a message may have been: nobody posts again without looking
	}{
		{fault.Limited("7"), itsm.Limited, "slack.rate_limited", 7 * time.Second, false},
		{fault.Limited("0"), itsm.Limited, "slack.rate_limited", pause, false},
		{fault.Limited(""), itsm.Limited, "slack.rate_limited", pause, false},
		{fault.Limited("1.5"), itsm.Limited, "slack.rate_limited", pause, false},
		{fault.Limited("soon"), itsm.Limited, "slack.rate_limited", pause, false},
		{fault.Refuse("ratelimited"), itsm.Limited, "slack.rate_limited", pause, false},
		{fault.Status(500), itsm.Unavailable, "slack.unavailable", 0, true},
		{fault.Status(503), itsm.Unavailable, "slack.unavailable", 0, true},
		{fault.HTML(), itsm.Unavailable, "slack.unavailable", 0, true},
		{fault.Refuse("internal_error"), itsm.Unavailable, "slack.unavailable", 0, true},
		{fault.Empty(), itsm.Unavailable, "slack.ambiguous", 0, false},
		{fault.Reset(), itsm.Unavailable, "slack.ambiguous", 0, false},
		{fault.Reset().AfterEffect(), itsm.Unavailable, "slack.ambiguous", 0, false},
		{fault.Refuse("message_not_found"), itsm.NotFound, "slack.message_gone", 0, false},
		{fault.Refuse("cant_update_message"), itsm.NotFound, "slack.message_gone", 0, false},
		{fault.Refuse("edit_window_closed"), itsm.NotFound, "slack.message_gone", 0, false},
		{fault.Refuse("channel_not_found"), itsm.Conflict, "slack.unreachable", 0, false},
		{fault.Refuse("not_in_channel"), itsm.Conflict, "slack.unreachable", 0, false},
		{fault.Refuse("is_archived"), itsm.Conflict, "slack.unreachable", 0, false},
		{fault.Refuse("user_not_found"), itsm.Conflict, "slack.unreachable", 0, false},
		{fault.Refuse("account_inactive"), itsm.Conflict, "slack.unreachable", 0, false},
		{fault.Refuse("invalid_auth"), itsm.Unavailable, "slack.unauthorised", 0, false},
		{fault.Refuse("token_revoked"), itsm.Unavailable, "slack.unauthorised", 0, false},
		{fault.Refuse("missing_scope"), itsm.Unavailable, "slack.unauthorised", 0, false},
		{fault.Refuse("invalid_blocks"), itsm.Internal, "slack.refused", 0, false},
		{fault.Refuse("msg_too_long"), itsm.Internal, "slack.refused", 0, false},
	} {
		for method, do := range map[string]func() error{
			"chat.postMessage": func() error { _, err := o.Post(context.Background(), n); return err },
			"chat.update":      func() error { return o.Edit(context.Background(), at, n) },
			"conversations.history": func() error {
				_, found, err := o.Find(context.Background(), n, time.Time{})
				require.False(t, found)
				return err
			},
		} {
			o.Fail(method, c.play)
			e := itsm.AsError(do())
			code := c.code
			if c.taken && method == "chat.postMessage" {
				code = "slack.ambiguous"
			}
			require.Equal(t, c.kind, e.Kind, "%s %+v: %s", method, c.play, e.Message)
			require.Equal(t, code, e.Code, "%s %+v", method, c.play)
			require.Equal(t, c.wait, e.RetryAfter, "%s %+v", method, c.play)
			require.NotContains(t, e.Message, "http://")
		}
	}
}

func TestAHangingSlackIsAmbiguousAndAClosedOneIsNot(t *testing.T) {
	o := newPlace(t)
	o.Fail("chat.postMessage", fault.Hang())
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := o.Post(ctx, o.notice(itsm.NoticeCard, ""))
	require.Equal(t, "slack.ambiguous", itsm.AsError(err).Code)

	gone, err := New(Config{API: "http://127.0.0.1:1/api/", Token: "x"})
	require.NoError(t, err)
	_, err = gone.Post(context.Background(), o.notice(itsm.NoticeCard, ""))
	require.Equal(t, "slack.unavailable", itsm.AsError(err).Code, "nothing was sent")
}

func TestAMessageIsFoundByItsKey(t *testing.T) {
	o := newPlace(t)
	for _, n := range []itsm.Notice{o.notice(itsm.NoticeCard, ""), o.notice(itsm.NoticeAsk, "bob")} {
		_, found, err := o.Find(context.Background(), n, o.now.Add(-time.Minute))
		require.NoError(t, err)
		require.False(t, found)
		o.Fail("chat.postMessage", fault.Reset().AfterEffect())
		_, err = o.Post(context.Background(), n)
		require.Equal(t, "slack.ambiguous", itsm.AsError(err).Code)
		at, found, err := o.Find(context.Background(), n, o.now.Add(-time.Minute))
		require.NoError(t, err)
		require.True(t, found)
		require.NoError(t, o.Edit(context.Background(), at, n), "a place that was found can be edited")
		other := n
		other.Key = "CHG-2/card"
		_, found, err = o.Find(context.Background(), other, o.now.Add(-time.Minute))
		require.NoError(t, err)
		require.False(t, found)
	}
}

// TestWhatSlackTookBeforeItFailedIsFound: an answer that is a failure's says nothing
// of the message, so it is looked for, and there is one.
func TestWhatSlackTookBeforeItFailedIsFound(t *testing.T) {
	for name, play := range map[string]fault.Fault{
		"HTTP 500": fault.Status(500).AfterEffect(), "HTTP 503": fault.Status(503).AfterEffect(), "a page": fault.HTML().AfterEffect(),
	} {
		t.Run(name, func(t *testing.T) {
			o := newPlace(t)
			n := o.notice(itsm.NoticeCard, "")
			o.Fail("chat.postMessage", play)
			_, err := o.Post(context.Background(), n)
			require.Equal(t, "slack.ambiguous", itsm.AsError(err).Code)
			at, found, err := o.Find(context.Background(), n, o.now.Add(-time.Minute))
			require.NoError(t, err)
			require.True(t, found)
			require.NoError(t, o.Edit(context.Background(), at, n))
			require.Len(t, o.Messages("C0PAY"), 1)
		})
	}
}

// TestWhoMayNotReadHistoryIsToldWhichScopeIsMissing: without it nobody knows
// whether a message is there, and that is no reason to post it again.
func TestWhoMayNotReadHistoryIsToldWhichScopeIsMissing(t *testing.T) {
	o := newPlace(t, func(c *slackfake.Config) { c.Scopes = []string{"commands", "chat:write", "im:write"} })
	_, found, err := o.Find(context.Background(), o.notice(itsm.NoticeCard, ""), time.Time{})
	require.False(t, found)
	require.Equal(t, "slack.unauthorised", itsm.AsError(err).Code)
	for _, word := range []string{"channels:history", "groups:history", "im:history", "deploy/slack-manifest.yaml"} {
		require.ErrorContains(t, err, word)
	}
}

func TestNobodyElsesMessageIsTakenForOurs(t *testing.T) {
	o := newPlace(t)
	o.posted(itsm.NoticeCard, "")
	o.me = Identity{Team: "T0STEWARD", Bot: "B0OTHER"}
	_, found, err := o.Find(context.Background(), o.notice(itsm.NoticeCard, ""), time.Time{})
	require.NoError(t, err)
	require.False(t, found)
}

func TestWhereAMessageCannotGo(t *testing.T) {
	o := newPlace(t)
	for channel, hint := range map[string]string{"C0OUT": "Invite the bot", "C0OLD": "archived", "C0NONE": "correct it in the catalog", "": "no approval channel"} {
		n := o.notice(itsm.NoticeCard, "")
		n.Channel = channel
		_, err := o.Post(context.Background(), n)
		require.Equal(t, "slack.unreachable", itsm.AsError(err).Code, channel)
		require.Contains(t, err.Error(), hint)
	}
	n := o.notice(itsm.NoticeAsk, "bob")
	n.To = "nul"
	_, err := o.Post(context.Background(), n)
	require.ErrorContains(t, err, "nul has no Slack id in the catalog")
}

func TestMessagesCarryTheirKeyAndUnfurlNothing(t *testing.T) {
	o := newPlace(t)
	m := o.posted(itsm.NoticeAsk, "bob")
	var metadata struct {
		EventType    string            `json:"event_type"`
		EventPayload map[string]string `json:"event_payload"`
	}
	require.NoError(t, json.Unmarshal(m.Metadata, &metadata))
	require.Equal(t, "steward", metadata.EventType)
	require.Equal(t, "CHG-1/ask/bob", metadata.EventPayload["key"])
	require.NotEmpty(t, m.Text, "a notification and a screen reader read the text")
}

func TestAMessageThatIsGone(t *testing.T) {
	o := newPlace(t)
	err := o.Edit(context.Background(), itsm.Place{Channel: "C0PAY", TS: "1700000000.000001"}, o.notice(itsm.NoticeCard, ""))
	require.Equal(t, "slack.message_gone", itsm.AsError(err).Code)
}
