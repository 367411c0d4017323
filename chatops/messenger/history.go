package messenger

import (
	"context"

	"github.com/slack-go/slack"
)

// page is one page of what was said somewhere.
type page struct {
	messages []slack.Message
	next     string // cursor of the next; empty: there is none
}

// pages reads what was said in a channel, or in a thread of it, since an instant.
type pages func(ctx context.Context, channel, oldest, cursor string) (page, error)

func (m *Messenger) history(ctx context.Context, channel, oldest, cursor string) (out page, err error) {
	err = m.call(ctx, "conversations.history", func(ctx context.Context) error {
		got, err := m.web.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: channel, Limit: 200, IncludeAllMetadata: true, Inclusive: true, Oldest: oldest, Cursor: cursor,
		})
		if err == nil && !got.Ok { // an empty answer is no empty history
			err = errEmpty
		}
		if err == nil {
			out = page{got.Messages, got.ResponseMetaData.NextCursor}
		}
		return err
	})
	return out, err
}

// replies are those below one message.
func (m *Messenger) replies(ts string) pages {
	return func(ctx context.Context, channel, oldest, cursor string) (out page, err error) {
		err = m.call(ctx, "conversations.replies", func(ctx context.Context) error {
			said, _, next, err := m.web.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
				ChannelID: channel, Timestamp: ts, Limit: 200, IncludeAllMetadata: true, Inclusive: true, Oldest: oldest, Cursor: cursor,
			})
			if err == nil && len(said) == 0 && cursor == "" { // the message itself is always among them
				err = errEmpty
			}
			out = page{said, next}
			return err
		})
		return out, err
	}
}
