package slackfake

import (
	"context"
	"fmt"
	"slices"
)

// Shortcut is a message shortcut of the app, which the page offers on each message.
type Shortcut struct {
	Callback string `json:"callback"` // its callback_id
	Name     string `json:"name"`     // what people read
}

// CallShortcut calls a message shortcut of the app on m, named by its callback, as a
// person who sees m and perhaps never was where the app is. Only a message that its
// channel keeps has shortcuts: an ephemeral one has none.
// https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
func (s *Server) CallShortcut(ctx context.Context, user string, m Message, callback string) (Answer, error) {
	s.mu.Lock()
	u, ch, err := s.standing(user, m.Channel)
	now := s.state.message(m.Channel, m.TS)
	switch {
	case err != nil:
	case !slices.ContainsFunc(s.cfg.Shortcuts, func(x Shortcut) bool { return x.Callback == callback }):
		err = fmt.Errorf("%w: %s", ErrNoSuchShortcut, callback)
	case now == nil:
		err = fmt.Errorf("%w: %s", ErrNoSuchPlace, m.TS)
	}
	if err != nil {
		s.mu.Unlock()
		return Answer{}, err
	}
	p := s.interaction("message_action", u, "")
	p["callback_id"], p["action_ts"] = callback, s.state.nextTS(s.cfg.Now())
	p["channel"] = reply{"id": ch.ID, "name": channelName(ch)}
	p["message_ts"], p["message"] = now.TS, s.wire(now, false)
	p["response_url"] = s.newResponse(user, ch.ID, "") // it says something new: the message is not the app's to replace
	s.changed()
	s.mu.Unlock()
	return s.SendInteraction(ctx, p)
}
