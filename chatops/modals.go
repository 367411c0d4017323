package chatops

import (
	"context"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
)

func (m *Messenger) openModal(ctx context.Context, trigger string, form *slack.ModalViewRequest) error {
	return m.call(ctx, "views.open", func(ctx context.Context) error {
		v, err := m.web.OpenViewContext(ctx, trigger, *form)
		if err == nil && v.ID == "" {
			err = errEmpty
		}
		return err
	})
}

// updateModal draws an open modal anew, unless it has changed since it had hash.
func (m *Messenger) updateModal(ctx context.Context, v view, form *slack.ModalViewRequest) error {
	return m.call(ctx, "views.update", func(ctx context.Context) error {
		_, err := m.web.UpdateViewContext(ctx, *form, "", v.hash, v.id)
		return err
	})
}

func (m *Messenger) publish(ctx context.Context, user string, home slack.HomeTabViewRequest) error {
	return m.call(ctx, "views.publish", func(ctx context.Context) error {
		_, err := m.web.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: home})
		return err
	})
}

// whisper writes to one person alone. A Slack id as the channel means their
// direct message with the app.
func (m *Messenger) whisper(ctx context.Context, user string, what cards.Message) error {
	_, err := m.send(ctx, user, what, "")
	return err
}
