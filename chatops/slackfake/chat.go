package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
)

// maxText is the longest text that an app should send; Slack refuses it in
// chat.update and cuts it elsewhere at 40,000, this stand-in refuses it everywhere.
const maxText = 4000

// maxBlockChars is the undocumented length of all words in the blocks of one message
// (slackapi/bolt-js issue 2509).
const maxBlockChars = 13_200

// content is what a message says, judged.
type content struct {
	text        string
	blocks      []Block
	attachments []Block
	metadata    json.RawMessage
}

func readContent(c call) (content, error) {
	out := content{text: c.args["text"]}
	if utf8.RuneCountInString(out.text) > maxText {
		return out, refusal("msg_too_long")
	}
	if raw := c.args["blocks"]; raw != "" {
		blocks, reasons := blockkit.JudgeMessage(raw, "/blocks")
		switch {
		case blocks == nil && len(reasons) > 0:
			return out, refusal("invalid_blocks_format", reasons...)
		case len(reasons) > 0:
			return out, refusal("invalid_blocks", reasons...)
		case utf8.RuneCountInString(blockkit.Words(blocks)) > maxBlockChars:
			return out, refusal("msg_blocks_too_long")
		}
		out.blocks = blocks
	}
	if raw := c.args["attachments"]; raw != "" {
		var err error
		if out.attachments, err = judgeAttachments(raw); err != nil {
			return out, err
		}
	}
	if raw := c.args["metadata"]; raw != "" {
		var m struct {
			EventType    string         `json:"event_type"`
			EventPayload map[string]any `json:"event_payload"`
		}
		if json.Unmarshal([]byte(raw), &m) != nil || m.EventType == "" || m.EventPayload == nil {
			return out, refusal("invalid_metadata_format")
		}
		out.metadata = json.RawMessage(raw)
	}
	return out, nil
}

// judgeAttachments parses attachments, whose blocks get ids as a message's do. None
// given is an empty list, which is another thing than nil: it takes old ones away.
func judgeAttachments(raw string) ([]Block, error) {
	all := []Block{}
	if json.Unmarshal([]byte(raw), &all) != nil {
		return nil, refusal("invalid_attachments")
	}
	if len(all) > 100 {
		return nil, refusal("too_many_attachments")
	}
	for i, a := range all {
		if a["blocks"] == nil {
			continue
		}
		inside, _ := json.Marshal(a["blocks"]) // decoded a moment ago
		blocks, reasons := blockkit.JudgeMessage(string(inside), fmt.Sprintf("/attachments/%d/blocks", i))
		if len(reasons) > 0 {
			return nil, refusal("invalid_attachments", reasons...)
		}
		objects := make([]any, len(blocks))
		for n, b := range blocks {
			objects[n] = b
		}
		a["blocks"] = objects
	}
	return all, nil
}

func (c content) empty() bool {
	return strings.TrimSpace(c.text) == "" && len(c.blocks) == 0 && len(c.attachments) == 0
}

// target finds the channel that a post goes to: an ID, a person for their direct
// message, or a name. It must be open to the bot.
func (s *Server) target(name string) (*Channel, error) {
	if u, ok := s.state.user(name); ok && !u.Deleted && !u.Bot {
		return s.state.dm(name), nil
	}
	c := s.state.channel(name)
	if c == nil && name != "" {
		i := slices.IndexFunc(s.state.Channels, func(c *Channel) bool { return c.Name != "" && c.Name == strings.TrimPrefix(name, "#") })
		if i >= 0 {
			c = s.state.Channels[i]
		}
	}
	switch {
	case c == nil, c.Private && !s.botIn(c):
		return nil, refusal("channel_not_found")
	case !s.botIn(c):
		return nil, refusal("not_in_channel")
	case c.Archived:
		return nil, refusal("is_archived")
	}
	return c, nil
}

func (s *Server) botIn(c *Channel) bool {
	return c.DM != "" || slices.Contains(c.Members, s.cfg.BotUserID)
}

func (s *Server) postMessage(c call) (reply, error) {
	ch, err := s.target(c.args["channel"])
	if err != nil {
		return nil, err
	}
	said, err := readContent(c)
	if err != nil {
		return nil, err
	}
	if said.empty() {
		return nil, refusal("no_text")
	}
	thread := c.args["thread_ts"]
	if thread != "" && s.state.message(ch.ID, thread) == nil {
		return nil, refusal("thread_not_found")
	}
	m := s.say(ch.ID, thread, said)
	m.Broadcast = thread != "" && c.flag("reply_broadcast")
	s.load.Posted(s.cfg.Now())
	s.note(kindMessage, *m)
	return reply{"channel": ch.ID, "ts": m.TS, "message": s.wire(m, true)}, nil
}

// say adds a message of the app.
func (s *Server) say(channel, thread string, said content) *Message {
	m := &Message{
		Channel: channel, TS: s.state.nextTS(s.cfg.Now()), ThreadTS: thread, User: s.cfg.BotUserID, BotID: defaultBot,
		Text: said.text, Blocks: said.blocks, Attachments: said.attachments, Metadata: said.metadata,
	}
	s.state.add(m)
	return m
}

func (s *Server) postEphemeral(c call) (reply, error) {
	ch, err := s.target(c.args["channel"])
	if err != nil {
		return nil, err
	}
	said, err := readContent(c)
	if err != nil {
		return nil, err
	}
	user := c.args["user"]
	switch {
	case said.empty():
		return nil, refusal("no_text")
	case !s.sees(user, ch):
		return nil, refusal("user_not_in_channel")
	}
	m := s.whisper(ch.ID, user, c.args["thread_ts"], said)
	return reply{"message_ts": m.TS}, nil
}

// whisper adds an ephemeral message of the app.
func (s *Server) whisper(channel, user, thread string, said content) *Message {
	m := s.say(channel, thread, said)
	m.EphemeralTo = user
	s.note(kindEphemeral, *m)
	return m
}

// sees tells whether a person may look into a channel.
func (s *Server) sees(user string, c *Channel) bool {
	u, ok := s.state.user(user)
	switch {
	case !ok || u.Deleted:
		return false
	case c.DM != "":
		return c.DM == user
	default:
		return slices.Contains(c.Members, user) || !c.Private && !u.Restricted && !u.Stranger
	}
}

// own finds a kept message of the app by channel ID and ts; a person's ID is no channel here.
func (s *Server) own(c call, notOwn string) (*Channel, *Message, error) {
	ch := s.state.channel(c.args["channel"])
	if ch == nil || ch.Private && !s.botIn(ch) {
		return nil, nil, refusal("channel_not_found")
	}
	m := s.state.message(ch.ID, c.args["ts"])
	switch {
	case m == nil:
		return nil, nil, refusal("message_not_found")
	case m.BotID == "":
		return nil, nil, refusal(notOwn)
	}
	return ch, m, nil
}

func (s *Server) updateMessage(c call) (reply, error) {
	ch, m, err := s.own(c, "cant_update_message")
	if err != nil {
		return nil, err
	}
	if ch.Archived {
		return nil, refusal("is_inactive")
	}
	said, err := readContent(c)
	if err != nil {
		return nil, err
	}
	if said.empty() && c.args["attachments"] == "" {
		return nil, refusal("no_text")
	}
	s.rewrite(m, said)
	if said.text != "" { // with blocks alone Slack shows no "(edited)"
		m.Edited = s.state.nextTS(s.cfg.Now())
	}
	s.note(kindUpdate, *m)
	return reply{"channel": ch.ID, "ts": m.TS, "text": m.Text, "message": s.wire(m, true)}, nil
}

// rewrite replaces text and blocks together: a text alone takes the blocks away.
// Attachments and metadata stay until others are given.
func (s *Server) rewrite(m *Message, said content) {
	m.Text, m.Blocks = said.text, said.blocks
	if said.attachments != nil {
		m.Attachments = said.attachments
	}
	if said.metadata != nil {
		m.Metadata = said.metadata
	}
}

func (s *Server) deleteMessage(c call) (reply, error) {
	ch, m, err := s.own(c, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	s.state.remove(m)
	s.note(kindDelete, *m)
	return reply{"channel": ch.ID, "ts": m.TS}, nil
}

func (s *Server) permalink(c call) (reply, error) {
	ch := s.state.channel(c.args["channel"])
	if ch == nil {
		return nil, refusal("channel_not_found")
	}
	m := s.state.message(ch.ID, c.args["message_ts"])
	if m == nil {
		return nil, refusal("message_not_found")
	}
	link := c.base + "/archives/" + ch.ID + "/p" + strings.ReplaceAll(m.TS, ".", "")
	return reply{"channel": ch.ID, "permalink": link}, nil
}

// wire is a message as the Web API and payloads show it.
func (s *Server) wire(m *Message, metadata bool) reply {
	out := reply{"type": "message", "user": m.User, "ts": m.TS, "text": m.Text, "team": s.cfg.TeamID}
	if m.BotID != "" {
		out["bot_id"], out["app_id"] = m.BotID, s.cfg.AppID
	}
	if len(m.Blocks) > 0 {
		out["blocks"] = m.Blocks
	}
	if len(m.Attachments) > 0 {
		out["attachments"] = m.Attachments
	}
	if len(m.Files) > 0 {
		out["files"] = m.Files
	}
	if m.Edited != "" {
		out["edited"] = reply{"user": m.User, "ts": m.Edited}
	}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
		if parent := s.state.message(m.Channel, m.ThreadTS); parent != nil {
			out["parent_user_id"] = parent.User
		}
	}
	if m.Broadcast {
		out["subtype"] = "thread_broadcast"
	}
	if metadata && len(m.Metadata) > 0 {
		out["metadata"] = m.Metadata
	}
	s.countReplies(m, out)
	return out
}

func (s *Server) countReplies(m *Message, out reply) {
	all := s.state.replies(m.Channel, m.TS)
	if len(all) == 0 {
		return
	}
	var users []string
	for _, x := range all {
		if !slices.Contains(users, x.User) {
			users = append(users, x.User)
		}
	}
	out["thread_ts"], out["reply_count"], out["latest_reply"] = m.TS, len(all), all[len(all)-1].TS
	out["reply_users"], out["reply_users_count"] = users, len(users)
}
