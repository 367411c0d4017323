package slackfake

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

func (s *Server) openConversation(c call) (reply, error) {
	if id := c.args["channel"]; id != "" {
		ch := s.state.channel(id)
		if ch == nil || ch.DM == "" {
			return nil, refusal("channel_not_found")
		}
		return reply{"channel": s.conversation(ch)}, nil
	}
	users := strings.Split(c.args["users"], ",")
	if users[0] == "" {
		return nil, refusal("users_list_not_supplied")
	}
	if len(users) > 1 {
		return nil, refusal("method_not_supported_for_channel_type")
	}
	u, ok := s.state.user(users[0])
	switch {
	case !ok:
		return nil, refusal("user_not_found")
	case u.Deleted:
		return nil, refusal("user_disabled")
	case u.Bot:
		return nil, refusal("cannot_dm_bot")
	}
	ch := s.state.dm(u.ID)
	s.changed()
	if c.flag("return_im") {
		return reply{"channel": s.conversation(ch)}, nil
	}
	return reply{"channel": reply{"id": ch.ID}}, nil
}

// readable finds a channel whose messages the bot may read.
func (s *Server) readable(id string) (*Channel, error) {
	ch := s.state.channel(id)
	switch {
	case ch == nil, ch.Private && !s.botIn(ch):
		return nil, refusal("channel_not_found")
	case !s.botIn(ch):
		return nil, refusal("not_in_channel")
	}
	return ch, nil
}

func (s *Server) history(c call) (reply, error) {
	ch, err := s.readable(c.args["channel"])
	if err != nil {
		return nil, err
	}
	var found []*Message
	for _, m := range slices.Backward(s.state.Messages) {
		if m.Channel == ch.ID && m.EphemeralTo == "" && (m.ThreadTS == "" || m.Broadcast) && within(c, m.TS) {
			found = append(found, m)
		}
	}
	return s.listed(c, found), nil
}

func (s *Server) replies(c call) (reply, error) {
	ch, err := s.readable(c.args["channel"])
	if err != nil {
		return nil, err
	}
	parent := s.state.message(ch.ID, c.args["ts"])
	if parent == nil {
		return nil, refusal("thread_not_found")
	}
	found := []*Message{parent}
	for _, m := range s.state.replies(ch.ID, parent.TS) {
		if within(c, m.TS) {
			found = append(found, m)
		}
	}
	return s.listed(c, found), nil
}

func (s *Server) listed(c call, found []*Message) reply {
	items, next := page(c, found, 100)
	out := make([]reply, len(items))
	for i, m := range items {
		out[i] = s.wire(m, c.flag("include_all_metadata"))
	}
	return reply{"messages": out, "has_more": next != "", "response_metadata": reply{"next_cursor": next}}
}

// within applies oldest, latest and inclusive. Two ts of this server compare as
// text; a caller's shorter one ("1700000000") is filled up first.
func within(c call, ts string) bool {
	if oldest := c.args["oldest"]; oldest != "" && oldest != "0" {
		if d := cmp.Compare(ts, fillTS(oldest)); d < 0 || d == 0 && !c.flag("inclusive") {
			return false
		}
	}
	if latest := c.args["latest"]; latest != "" {
		if d := cmp.Compare(ts, fillTS(latest)); d > 0 || d == 0 && !c.flag("inclusive") {
			return false
		}
	}
	return true
}

func fillTS(ts string) string {
	seconds, micros, _ := strings.Cut(ts, ".")
	return seconds + "." + (micros + "000000")[:6]
}

func (s *Server) conversationInfo(c call) (reply, error) {
	ch := s.state.channel(c.args["channel"])
	if ch == nil || ch.Private && !s.botIn(ch) {
		return nil, refusal("channel_not_found")
	}
	return reply{"channel": s.conversation(ch)}, nil
}

func (s *Server) conversationList(c call) (reply, error) {
	types := strings.Split(cmp.Or(c.args["types"], "public_channel"), ",")
	var found []reply
	for _, ch := range s.state.Channels {
		kind := "public_channel"
		if ch.DM != "" {
			kind = "im"
		} else if ch.Private {
			kind = "private_channel"
		}
		hidden := ch.Private && !s.botIn(ch) || ch.Archived && c.flag("exclude_archived")
		if slices.Contains(types, kind) && !hidden {
			found = append(found, s.conversation(ch))
		}
	}
	items, next := page(c, found, 100)
	return reply{"channels": orEmpty(items), "response_metadata": reply{"next_cursor": next}}, nil
}

func (s *Server) conversationMembers(c call) (reply, error) {
	ch := s.state.channel(c.args["channel"])
	if ch == nil || ch.Private && !s.botIn(ch) {
		return nil, refusal("channel_not_found")
	}
	members := ch.Members
	if ch.DM != "" {
		members = []string{ch.DM, s.cfg.BotUserID}
	}
	items, next := page(c, slices.Clone(members), 100) // may change once we let go
	return reply{"members": orEmpty(items), "response_metadata": reply{"next_cursor": next}}, nil
}

func (s *Server) conversation(ch *Channel) reply {
	out := reply{
		"id": ch.ID, "created": 1_600_000_000, "is_archived": ch.Archived, "is_im": ch.DM != "",
		"is_private": ch.Private || ch.DM != "", "is_org_shared": false, "context_team_id": s.cfg.TeamID,
	}
	if ch.DM != "" {
		out["user"] = ch.DM
		return out
	}
	out["name"], out["name_normalized"] = ch.Name, ch.Name
	out["is_channel"], out["is_group"] = !ch.Private, ch.Private
	out["is_member"], out["num_members"] = s.botIn(ch), len(ch.Members)
	return out
}

func orEmpty[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

func (s *Server) userInfo(c call) (reply, error) {
	u, ok := s.state.user(c.args["user"])
	if !ok {
		return nil, refusal("user_not_found")
	}
	return reply{"user": s.profile(u)}, nil
}

func (s *Server) userByEmail(c call) (reply, error) {
	for _, u := range s.state.Users {
		if u.Email != "" && strings.EqualFold(u.Email, c.args["email"]) && !u.Deleted {
			return reply{"user": s.profile(u)}, nil
		}
	}
	return nil, refusal("users_not_found")
}

func (s *Server) userList(c call) (reply, error) {
	items, next := page(c, s.state.Users, len(s.state.Users))
	members := make([]reply, len(items))
	for i, u := range items {
		members[i] = s.profile(u)
	}
	return reply{"members": members, "cache_ts": s.cfg.Now().Unix(), "response_metadata": reply{"next_cursor": next}}, nil
}

func (s *Server) profile(u User) reply {
	zone, err := time.LoadLocation(u.TZ)
	if err != nil {
		zone = time.UTC
	}
	label, offset := s.cfg.Now().In(zone).Zone()
	team := s.cfg.TeamID
	if u.Stranger {
		team = "T0STRANGE"
	}
	profile := reply{"real_name": u.RealName, "display_name": u.Name, "team": team}
	if s.cfg.Scopes == nil || slices.Contains(s.cfg.Scopes, "users:read.email") {
		profile["email"] = u.Email
	}
	out := reply{
		"id": u.ID, "team_id": team, "name": u.Name, "real_name": u.RealName, "deleted": u.Deleted,
		"is_bot": u.Bot, "is_restricted": u.Restricted, "is_stranger": u.Stranger, "profile": profile, "updated": 1_600_000_000,
	}
	if !u.Deleted {
		out["tz"], out["tz_label"], out["tz_offset"] = zone.String(), label, offset
	}
	return out
}
