package slackfake

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
)

// Command types a slash command in a channel (or in the person's direct message,
// named by their own ID) and shows what the app answers to it.
func (s *Server) Command(ctx context.Context, user, channel, command, text string) (Answer, error) {
	s.mu.Lock()
	u, ch, err := s.standing(user, channel)
	if err != nil {
		s.mu.Unlock()
		return Answer{}, err
	}
	name := ch.Name
	if ch.DM != "" {
		name = "directmessage"
	}
	link := s.newResponse(user, ch.ID, "")
	fields := url.Values{
		"token": {"unused"}, "team_id": {s.cfg.TeamID}, "team_domain": {s.cfg.TeamDomain}, "channel_id": {ch.ID},
		"channel_name": {name}, "user_id": {u.ID}, "user_name": {u.Name}, "command": {command}, "text": {text},
		"api_app_id": {s.cfg.AppID}, "is_enterprise_install": {"false"}, "response_url": {link},
		"trigger_id": {s.newTrigger(user, "")},
	}
	at := s.state.Responses[link[strings.LastIndex(link, "/")+1:]]
	s.changed()
	s.mu.Unlock()
	a, err := s.SendCommand(ctx, fields)
	if err != nil {
		return a, err
	}
	return a, s.showAnswer(at, a.Body)
}

// showAnswer shows the body of a command's answer, which may be empty, text or JSON.
func (s *Server) showAnswer(at *responseURL, body []byte) error {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || string(body) == "{}" {
		return nil
	}
	answer := answerBody{Text: string(body)}
	if body[0] == '{' {
		answer = answerBody{}
		if err := json.Unmarshal(body, &answer); err != nil {
			return fmt.Errorf("%w: %w", ErrCommandAnswer, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.apply(at, answer); err != nil {
		return fmt.Errorf("%w: %w", ErrCommandAnswer, err)
	}
	return nil
}

// standing finds a person who can act and a channel they see. The caller holds mu.
func (s *Server) standing(user, channel string) (User, *Channel, error) {
	if err := s.alive(); err != nil {
		return User{}, nil, err
	}
	u, ok := s.state.user(user)
	if !ok || u.Deleted || u.Bot {
		return u, nil, fmt.Errorf("%w: %s", ErrNoSuchPerson, user)
	}
	ch := s.state.channel(channel)
	if channel == user {
		ch = s.state.dm(user)
	}
	if ch == nil || !s.sees(user, ch) {
		return u, nil, fmt.Errorf("%w: %s", ErrNoSuchPlace, channel)
	}
	return u, ch, nil
}

func (s *Server) newTrigger(user, view string) string {
	id := fmt.Sprintf("%d.%s", s.cfg.Now().Unix(), rand.Text())
	s.state.Triggers[id] = &trigger{User: user, View: view, At: s.cfg.Now()}
	return id
}

// Press acts on an element of m as a person who has m before their eyes, perhaps
// after it changed. element is an action_id, block_id/action_id, or the words on a
// button. pick is the value chosen in a select, a menu or a picker; for buttons it
// tells those with the same action_id apart by their value.
func (s *Server) Press(ctx context.Context, user string, m Message, element string, pick ...string) (Answer, error) {
	s.mu.Lock()
	u, ch, err := s.standing(user, m.Channel)
	now := s.state.find(m.Channel, m.TS)
	if err == nil && (now == nil || now.EphemeralTo != "" && now.EphemeralTo != user) {
		err = fmt.Errorf("%w: %s", ErrNoSuchPlace, m.TS)
	}
	var did act
	if err == nil {
		did, err = s.act(allBlocks(m), element, pick)
	}
	var values blockkit.Values
	if err == nil {
		values, err = blockkit.Fill(allBlocks(*now), nil, did.entered(allBlocks(*now)))
	}
	if err != nil {
		s.mu.Unlock()
		return Answer{}, err
	}
	p := s.interaction("block_actions", u, "")
	p["container"] = container(now)
	p["channel"] = reply{"id": ch.ID, "name": channelName(ch)}
	p["response_url"] = s.newResponse(user, ch.ID, m.TS)
	p["actions"] = []Block{did.told}
	p["state"] = reply{"values": values}
	if now.EphemeralTo == "" { // Slack does not send the text of an ephemeral message back
		p["message"] = s.wire(now, false)
	}
	s.changed()
	s.mu.Unlock()
	return s.SendInteraction(ctx, p)
}

// container says in which message an act happened.
func container(m *Message) reply {
	out := reply{"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": m.EphemeralTo != ""}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
	}
	return out
}

func channelName(c *Channel) string {
	if c.DM != "" {
		return "directmessage"
	}
	return c.Name
}

func allBlocks(m Message) []Block {
	blocks := slices.Clone(m.Blocks)
	for _, a := range m.Attachments {
		blocks = append(blocks, blockkit.Objects(a["blocks"])...)
	}
	return blocks
}

// interaction is what every interaction payload holds.
func (s *Server) interaction(kind string, u User, view string) reply {
	team := s.profile(u)["team_id"]
	return reply{
		"type": kind, "token": "unused", "api_app_id": s.cfg.AppID, "enterprise": nil, "is_enterprise_install": false,
		"team":       reply{"id": s.cfg.TeamID, "domain": s.cfg.TeamDomain},
		"user":       reply{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": team},
		"trigger_id": s.newTrigger(u.ID, view),
	}
}
