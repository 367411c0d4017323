package messenger

import (
	"context"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
)

// OpenModal opens a modal by the trigger of what somebody did within the last three
// seconds. slack.too_late: that was longer ago, or opened another.
func (m *Messenger) OpenModal(ctx context.Context, trigger string, form *slack.ModalViewRequest) error {
	return m.call(ctx, "views.open", func(ctx context.Context) error {
		v, err := m.web.OpenViewContext(ctx, trigger, *form)
		if err == nil && v.ID == "" {
			err = errEmpty
		}
		return err
	})
}

// UpdateModal draws the open modal id anew. slack.view_changed: it has changed since
// it had hash; slack.view_gone: it is not open any more.
func (m *Messenger) UpdateModal(ctx context.Context, id, hash string, form *slack.ModalViewRequest) error {
	return m.call(ctx, "views.update", func(ctx context.Context) error {
		_, err := m.web.UpdateViewContext(ctx, *form, "", hash, id)
		return err
	})
}

// Publish shows one person their Home tab.
func (m *Messenger) Publish(ctx context.Context, user string, home slack.HomeTabViewRequest) error {
	return m.call(ctx, "views.publish", func(ctx context.Context) error {
		_, err := m.web.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: home})
		return err
	})
}

// Whisper writes to one person alone. A Slack id as the channel means their
// direct message with the app.
func (m *Messenger) Whisper(ctx context.Context, user string, what cards.Message) error {
	_, err := m.send(ctx, user, what, "")
	return err
}

// Permalink is the address of a message. slack.unreachable: it is where the app is not.
func (m *Messenger) Permalink(ctx context.Context, channel, ts string) (address string, err error) {
	err = m.call(ctx, "chat.getPermalink", func(ctx context.Context) (err error) {
		address, err = m.web.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: channel, Ts: ts})
		return err
	})
	return address, err
}
