package slackfake

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Event delivers an event, such as {"type":"app_home_opened", …}, in the envelope
// of the Events API. One that fails is kept for RetryEvents.
func (s *Server) Event(ctx context.Context, event map[string]any) (Answer, error) {
	s.mu.Lock()
	now := s.cfg.Now()
	envelope := reply{
		"token": "unused", "team_id": s.cfg.TeamID, "api_app_id": s.cfg.AppID, "event": event, "type": "event_callback",
		"event_id": "Ev" + rand.Text()[:10], "event_time": now.Unix(), "is_ext_shared_channel": false,
		"authorizations": []reply{{"team_id": s.cfg.TeamID, "user_id": s.cfg.BotUserID, "is_bot": true, "is_enterprise_install": false}},
	}
	s.mu.Unlock()
	return s.SendEvent(ctx, envelope)
}

// OpenHome opens the app's Home tab, which tells the app.
func (s *Server) OpenHome(ctx context.Context, user string) (Answer, error) {
	s.mu.Lock()
	_, ch, err := s.standing(user, user)
	if err != nil {
		s.mu.Unlock()
		return Answer{}, err
	}
	event := map[string]any{
		"type": "app_home_opened", "user": user, "channel": ch.ID, "tab": "home", "event_ts": s.state.nextTS(s.cfg.Now()),
	}
	if v := s.state.Homes[user]; v != nil {
		event["view"] = s.wireView(v)
	}
	s.mu.Unlock()
	return s.Event(ctx, event)
}

// maxSaid is the longest message that Slack keeps whole, in characters.
// https://docs.slack.dev/changelog/2018-04-truncating-really-long-messages
const maxSaid = 40_000

// sayable refuses what no person says.
func sayable(c *Channel, text string) error {
	switch {
	case c.Archived:
		return fmt.Errorf("%w: %s is archived", ErrNotSayable, c.ID)
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("%w: it is empty", ErrNotSayable)
	case utf8.RuneCountInString(text) > maxSaid:
		return fmt.Errorf("%w: it has more than %d characters", ErrNotSayable, maxSaid)
	}
	return nil
}

// Say writes a message as a person, with entities and references as Slack keeps them:
// &lt; and <@U1>. The app hears of it in its direct message and where the text
// mentions it, and nowhere else.
func (s *Server) Say(ctx context.Context, user, channel, thread, text string) (Message, error) {
	s.mu.Lock()
	_, ch, err := s.standing(user, channel)
	if err == nil {
		err = sayable(ch, text)
	}
	var parent *Message
	if err == nil && thread != "" {
		if parent = s.state.message(ch.ID, thread); parent == nil {
			err = fmt.Errorf("%w: the thread %s", ErrNoSuchPlace, thread)
		}
	}
	if err != nil {
		s.mu.Unlock()
		return Message{}, err
	}
	m := Message{Channel: ch.ID, TS: s.state.nextTS(s.cfg.Now()), ThreadTS: thread, User: user, Text: text}
	kept := m
	s.state.add(&kept)
	s.changed()
	mentioned := strings.Contains(text, "<@"+s.cfg.BotUserID+">") && s.botIn(ch)
	s.mu.Unlock()
	event := map[string]any{"type": "message", "channel": ch.ID, "channel_type": "im", "user": user, "text": text, "ts": m.TS, "event_ts": m.TS}
	switch {
	case ch.DM != "":
	case mentioned:
		event["type"] = "app_mention"
		delete(event, "channel_type")
	default:
		return m, nil
	}
	if parent != nil {
		event["thread_ts"], event["parent_user_id"] = parent.TS, parent.User
	}
	_, err = s.Event(ctx, event)
	return m, err
}
