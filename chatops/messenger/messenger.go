package messenger

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// eventType marks our messages in Slack's message metadata.
const eventType = "steward"

// timeout is how long one call of Slack's may take.
const timeout = 10 * time.Second

// maxPages of history, of 200 messages each, are looked through for one message.
// Beyond that a second card is better than none.
const maxPages = 20

// Config is what a Messenger needs.
type Config struct {
	API     string // base of the Slack Web API; empty: https://slack.com/api/
	Token   string // bot token, xoxb-…
	Log     *slog.Logger
	Metrics prometheus.Registerer // nil: none
	Links   cards.Links           // nil: no links
}

// Messenger calls Slack: it posts, edits and finds what the processes have to
// say. It needs no door and no desk, so that a worker has one of its own. It is
// safe for concurrent use.
type Messenger struct {
	web   *slack.Client
	hooks *http.Client // posts to response URLs
	log   *slog.Logger
	calls *prometheus.CounterVec
	links cards.Links

	mu sync.Mutex
	me Identity // empty until asked for
}

// Identity is who Slack takes us for.
type Identity struct{ Team, Bot string }

// New returns a Messenger. It refuses to be one without a token:
// Invalid, code slack.config.
func New(c Config) (*Messenger, error) {
	if strings.TrimSpace(c.Token) == "" {
		return nil, itsm.Refuse(itsm.Invalid, "slack.config", "Slack needs a bot token.")
	}
	calls, err := newCalls(c.Metrics)
	if err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	api := strings.TrimSuffix(cmp.Or(c.API, slack.APIURL), "/") + "/"
	return &Messenger{
		web:   slack.New(c.Token, slack.OptionAPIURL(api), slack.OptionHTTPClient(client())),
		hooks: client(), log: c.Log, calls: calls, links: c.Links,
	}, nil
}

// client neither waits for ever nor follows a redirect to where nobody allowed it to go.
func client() *http.Client {
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Links are where the records are, as Config said.
func (m *Messenger) Links() cards.Links { return m.links }

func options(m cards.Message) []slack.MsgOption {
	options := []slack.MsgOption{
		slack.MsgOptionText(m.Text, false), // escaped where it was written
		slack.MsgOptionBlocks(m.Blocks...),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
	}
	if m.Key != "" {
		options = append(options, slack.MsgOptionMetadata(slack.SlackMetadata{
			EventType: eventType, EventPayload: map[string]any{"key": m.Key},
		}))
	}
	return options
}

// Post says a notice in its channel, below the message that it answers, or to its
// person. Its errors are refusals:
// slack.ambiguous when nobody knows whether Slack took it, and then Find tells;
// slack.rate_limited with the time to wait; slack.unavailable and
// slack.unauthorised, when later may help; slack.unreachable, when a person must
// mend the catalog or invite the bot; Internal for a bug of ours.
func (m *Messenger) Post(ctx context.Context, n itsm.Notice) (itsm.Place, error) {
	channel, err := address(n)
	if err != nil {
		return itsm.Place{}, err
	}
	what := cards.Notice(n, m.links)
	at, err := m.send(ctx, channel, what, n.Parent.TS)
	if n.Parent.TS != "" && itsm.AsError(err).Code == "slack.message_gone" { // what it answers was deleted; it is said all the same
		return m.send(ctx, channel, what, "")
	}
	return at, err
}

// send posts a message: in a thread where one is named.
func (m *Messenger) send(ctx context.Context, channel string, what cards.Message, thread string) (itsm.Place, error) {
	var at itsm.Place
	with := options(what)
	if thread != "" {
		with = append(with, slack.MsgOptionTS(thread))
	}
	err := m.call(ctx, posting, func(ctx context.Context) (err error) {
		at.Channel, at.TS, err = m.web.PostMessageContext(ctx, channel, with...)
		if err == nil && (at.TS == "" || at.Channel == "") {
			err = errEmpty
		}
		return err
	})
	if err != nil {
		return itsm.Place{}, err
	}
	return at, nil
}

// Edit replaces the message at a place by what the notice says now. Doing it
// twice changes nothing. slack.message_gone: post it anew.
func (m *Messenger) Edit(ctx context.Context, at itsm.Place, n itsm.Notice) error {
	what := cards.Notice(n, m.links)
	return m.call(ctx, "chat.update", func(ctx context.Context) error {
		_, ts, _, err := m.web.UpdateMessageContext(ctx, at.Channel, at.TS, options(what)...)
		if err == nil && ts == "" {
			err = errEmpty
		}
		return err
	})
}

// Find looks for the notice's message among those since an instant, by the key
// that only our own messages carry: after an ambiguous Post nobody posts again
// before it was looked for.
func (m *Messenger) Find(ctx context.Context, n itsm.Notice, since time.Time) (itsm.Place, bool, error) {
	me, err := m.Self(ctx)
	if err != nil {
		return itsm.Place{}, false, err
	}
	channel, err := m.conversation(ctx, n)
	if err != nil {
		return itsm.Place{}, false, err
	}
	look := pages(m.history)
	if n.Parent.TS != "" {
		look = m.replies(n.Parent.TS)
	}
	oldest, cursor := fmt.Sprintf("%d.000000", since.Unix()), ""
	for range maxPages {
		page, err := look(ctx, channel, oldest, cursor)
		if err != nil {
			return itsm.Place{}, false, err
		}
		for _, said := range page.messages {
			if said.BotID == me.Bot && said.Metadata.EventType == eventType && said.Metadata.EventPayload["key"] == n.Key {
				return itsm.Place{Channel: channel, TS: said.Timestamp}, true, nil
			}
		}
		if cursor = page.next; cursor == "" {
			return itsm.Place{}, false, nil
		}
	}
	m.log.WarnContext(ctx, "a message was not looked for any further back", "channel", channel, "key", n.Key)
	return itsm.Place{}, false, nil
}

// conversation is the channel that can be read; a person's id is only good to post to.
func (m *Messenger) conversation(ctx context.Context, n itsm.Notice) (string, error) {
	id, err := address(n)
	if err != nil || n.To == "" {
		return id, err
	}
	return m.direct(ctx, id)
}

// direct is the direct message with a person, by their Slack id.
func (m *Messenger) direct(ctx context.Context, id string) (channel string, err error) {
	err = m.call(ctx, "conversations.open", func(ctx context.Context) error {
		c, _, _, err := m.web.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{id}})
		if err == nil && c.ID == "" {
			err = errEmpty
		}
		if err == nil {
			channel = c.ID
		}
		return err
	})
	return channel, err
}

// address is where a notice goes: its channel, or its person's Slack id.
func address(n itsm.Notice) (string, error) {
	switch {
	case n.Parent.Channel != "":
		return n.Parent.Channel, nil
	case n.To == "" && n.Channel == "":
		return "", itsm.Refuse(itsm.Conflict, "slack.unreachable", "%s has no approval channel in the catalog.", n.Service.ID)
	case n.To == "":
		return n.Channel, nil
	case n.People[n.To].Slack == "":
		return "", itsm.Refuse(itsm.Conflict, "slack.unreachable", "%s has no Slack id in the catalog.", n.To)
	default:
		return n.People[n.To].Slack, nil
	}
}

// Self is who we are to Slack, asked for once. Its errors are those of Post, slack.ambiguous
// among them.
func (m *Messenger) Self(ctx context.Context) (Identity, error) {
	m.mu.Lock()
	known := m.me
	m.mu.Unlock()
	if known.Bot != "" {
		return known, nil
	}
	var me *slack.AuthTestResponse
	err := m.call(ctx, "auth.test", func(ctx context.Context) (err error) {
		if me, err = m.web.AuthTestContext(ctx); err == nil && (me.TeamID == "" || me.BotID == "") {
			err = errEmpty
		}
		return err
	})
	if err != nil {
		return Identity{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.me = Identity{Team: me.TeamID, Bot: me.BotID}
	return m.me, nil
}
