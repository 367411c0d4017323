package chatops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// eventType marks our messages in Slack's message metadata.
const eventType = "steward"

// maxPages of history, of 200 messages each, are looked through for one message.
// Beyond that a second card is better than none.
const maxPages = 20

// message is what is shown in Slack: the text is for notifications and screen readers.
type message struct {
	text   string
	blocks []slack.Block
	key    string // the notice's; empty for an answer to somebody
}

func (m message) options() []slack.MsgOption {
	options := []slack.MsgOption{
		slack.MsgOptionText(m.text, false), // escaped where it was written
		slack.MsgOptionBlocks(m.blocks...),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
	}
	if m.key != "" {
		options = append(options, slack.MsgOptionMetadata(slack.SlackMetadata{
			EventType: eventType, EventPayload: map[string]any{"key": m.key},
		}))
	}
	return options
}

// Post says a notice in its channel, or to its person. Its errors are refusals:
// slack.ambiguous when nobody knows whether Slack took it, and then Find tells;
// slack.rate_limited with the time to wait; slack.unavailable and
// slack.unauthorised, when later may help; slack.unreachable, when a person must
// mend the catalog or invite the bot; Internal for a bug of ours.
func (b *Bot) Post(ctx context.Context, n itsm.Notice) (itsm.Place, error) {
	channel, err := address(n)
	if err != nil {
		return itsm.Place{}, err
	}
	return b.send(ctx, channel, b.render(n))
}

func (b *Bot) send(ctx context.Context, channel string, m message) (itsm.Place, error) {
	var at itsm.Place
	err := b.call(ctx, "chat.postMessage", func(ctx context.Context) (err error) {
		at.Channel, at.TS, err = b.web.PostMessageContext(ctx, channel, m.options()...)
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
func (b *Bot) Edit(ctx context.Context, at itsm.Place, n itsm.Notice) error {
	m := b.render(n)
	return b.call(ctx, "chat.update", func(ctx context.Context) error {
		_, ts, _, err := b.web.UpdateMessageContext(ctx, at.Channel, at.TS, m.options()...)
		if err == nil && ts == "" {
			err = errEmpty
		}
		return err
	})
}

// Find looks for the notice's message among those since an instant, by the key
// that only our own messages carry: after an ambiguous Post nobody posts again
// before it was looked for.
func (b *Bot) Find(ctx context.Context, n itsm.Notice, since time.Time) (itsm.Place, bool, error) {
	bot, err := b.self(ctx)
	if err != nil {
		return itsm.Place{}, false, err
	}
	channel, err := b.conversation(ctx, n)
	if err != nil {
		return itsm.Place{}, false, err
	}
	params := slack.GetConversationHistoryParameters{
		ChannelID: channel, Limit: 200, IncludeAllMetadata: true, Inclusive: true,
		Oldest: fmt.Sprintf("%d.000000", since.Unix()),
	}
	for range maxPages {
		page, err := b.history(ctx, params)
		if err != nil {
			return itsm.Place{}, false, err
		}
		for _, m := range page.Messages {
			if m.BotID == bot && m.Metadata.EventType == eventType && m.Metadata.EventPayload["key"] == n.Key {
				return itsm.Place{Channel: channel, TS: m.Timestamp}, true, nil
			}
		}
		if params.Cursor = page.ResponseMetaData.NextCursor; params.Cursor == "" {
			return itsm.Place{}, false, nil
		}
	}
	b.log.WarnContext(ctx, "a message was not looked for any further back", "channel", channel, "key", n.Key)
	return itsm.Place{}, false, nil
}

func (b *Bot) history(ctx context.Context, params slack.GetConversationHistoryParameters) (*slack.GetConversationHistoryResponse, error) {
	var page *slack.GetConversationHistoryResponse
	err := b.call(ctx, "conversations.history", func(ctx context.Context) (err error) {
		if page, err = b.web.GetConversationHistoryContext(ctx, &params); err == nil && !page.Ok { // an empty answer is no empty history
			err = errEmpty
		}
		return err
	})
	return page, err
}

// conversation is the channel that can be read; a person's id is only good to post to.
func (b *Bot) conversation(ctx context.Context, n itsm.Notice) (string, error) {
	id, err := address(n)
	if err != nil || n.To == "" {
		return id, err
	}
	err = b.call(ctx, "conversations.open", func(ctx context.Context) error {
		c, _, _, err := b.web.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{id}})
		if err == nil && c.ID == "" {
			err = errEmpty
		}
		if err == nil {
			id = c.ID
		}
		return err
	})
	return id, err
}

// address is where a notice goes: its channel, or its person's Slack id.
func address(n itsm.Notice) (string, error) {
	switch {
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

// notJSON tells a page of HTML, or half an answer, from Slack's own.
func notJSON(err error) bool {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, shape := errors.AsType[*json.UnmarshalTypeError](err)
	return syntax || shape && !errors.Is(err, io.ErrUnexpectedEOF)
}
