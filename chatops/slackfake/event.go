package slackfake

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// retryAfter is when Slack tries an event again after a failure, since the attempt before.
var retryAfter = []time.Duration{0, time.Minute, 5 * time.Minute}

// retry is an event that the app has not taken yet.
type retry struct {
	body   []byte
	num    int // attempts made after the first
	due    time.Time
	reason string
}

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
	body, err := json.Marshal(envelope)
	if err != nil {
		return Answer{}, err
	}
	return s.try(ctx, retry{body: body})
}

// Challenge sends the url_verification handshake.
func (s *Server) Challenge(ctx context.Context, challenge string) (Answer, error) {
	body, err := json.Marshal(reply{"token": "unused", "challenge": challenge, "type": "url_verification"})
	if err != nil {
		return Answer{}, err
	}
	return s.send(ctx, s.takeTamper(), "/slack/events", "application/json", body, nil)
}

// try makes one attempt and plans the next.
func (s *Server) try(ctx context.Context, e retry) (Answer, error) {
	t, more := s.takeTamper(), http.Header{}
	if e.num > 0 {
		more.Set("X-Slack-Retry-Num", strconv.Itoa(e.num))
		more.Set("X-Slack-Retry-Reason", e.reason)
	}
	body := e.body
	if t.ExtraFields {
		strange, err := strangeness(body, t)
		if err != nil {
			return Answer{}, err
		}
		body = strange
	}
	a, err := s.send(ctx, t, "/slack/events", "application/json", body, more)
	if err == nil || a.Header.Get("X-Slack-No-Retry") == "1" || e.num >= len(retryAfter) {
		return a, err
	}
	e.reason = "http_error"
	if a.Status == 0 {
		e.reason = "http_timeout"
	}
	s.mu.Lock()
	e.due = s.cfg.Now().Add(retryAfter[e.num])
	e.num++
	s.pending = append(s.pending, e)
	s.mu.Unlock()
	return a, err
}

// RetryEvents delivers again the failed events that are due by now: at once, after
// one minute and after five. It returns how many it tried.
func (s *Server) RetryEvents(ctx context.Context) int {
	s.mu.Lock()
	now := s.cfg.Now()
	var due, later []retry
	for _, e := range s.pending {
		if e.due.After(now) {
			later = append(later, e)
		} else {
			due = append(due, e)
		}
	}
	s.pending = later
	s.mu.Unlock()
	for _, e := range due {
		if _, err := s.try(ctx, e); err != nil {
			s.cfg.Log.WarnContext(ctx, "the app did not take an event", "attempt", e.num, "error", err)
		}
	}
	return len(due)
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
		event["view"] = s.wireView(v, nil)
	}
	s.mu.Unlock()
	return s.Event(ctx, event)
}

// Say writes a message as a person. The app hears of it in its direct message and
// where the text mentions it.
func (s *Server) Say(ctx context.Context, user, channel, thread, text string) (Message, error) {
	s.mu.Lock()
	_, ch, err := s.standing(user, channel)
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
	if thread != "" {
		event["thread_ts"] = thread
	}
	_, err = s.Event(ctx, event)
	return m, err
}
