package slackfake

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
)

// maxMessages bounds what a workspace keeps; the oldest go first.
const maxMessages = 10_000

// saveAfter is how long changes are gathered before the state file is written.
const saveAfter = 200 * time.Millisecond

// Block is a block, an element or a composition object, as JSON names it.
type Block = blockkit.Block

// Message is one message as Slack keeps it.
type Message struct {
	Channel     string          `json:"channel"`
	TS          string          `json:"ts"` // unique in the workspace and growing
	ThreadTS    string          `json:"thread_ts,omitempty"`
	User        string          `json:"user"`
	BotID       string          `json:"bot_id,omitempty"` // empty when a person wrote it
	Text        string          `json:"text"`
	Blocks      []Block         `json:"blocks,omitempty"`
	Attachments []Block         `json:"attachments,omitempty"`
	Files       []File          `json:"files,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Edited      string          `json:"edited,omitempty"` // ts of the last change that shows "(edited)"
	Broadcast   bool            `json:"broadcast,omitempty"`
	EphemeralTo string          `json:"ephemeral_to,omitempty"` // the only person who sees it
}

// View is a modal or an App Home as Slack keeps it.
type View struct {
	ID              string  `json:"id"`
	User            string  `json:"user"`
	Type            string  `json:"type"` // modal or home
	Title           Block   `json:"title,omitempty"`
	Submit          Block   `json:"submit,omitempty"`
	Close           Block   `json:"close,omitempty"`
	Blocks          []Block `json:"blocks"`
	PrivateMetadata string  `json:"private_metadata"`
	CallbackID      string  `json:"callback_id"`
	ExternalID      string  `json:"external_id"`
	ClearOnClose    bool    `json:"clear_on_close"`
	NotifyOnClose   bool    `json:"notify_on_close"`
	Hash            string  `json:"hash"` // changes with every change of the view
	Root            string  `json:"root_view_id"`
	Previous        string  `json:"previous_view_id"`
	// State is what the elements hold: what the person entered up to their last act,
	// else initial values.
	State blockkit.Values `json:"state,omitempty"`
	// Errors are what the app last said about input blocks, by block_id.
	Errors map[string]string `json:"errors,omitempty"`
}

// Text is the title of the view and all words of its blocks, a line each.
func (v View) Text() string { return blockkit.Text(v.Title, "text") + "\n" + blockkit.Words(v.Blocks) }

// Says is the text of the message, all words of its blocks and what its files are
// called, a line each.
func (m Message) Says() string {
	said := []string{m.Text, blockkit.Words(m.Blocks)}
	for _, f := range m.Files {
		said = append(said, f.Title, f.AltText)
	}
	for _, a := range m.Attachments {
		said = append(said, blockkit.Text(a, "text"), blockkit.Text(a, "fallback"), blockkit.Words(blockkit.Objects(a["blocks"])))
	}
	return strings.Join(said, "\n")
}

type trigger struct {
	User string    `json:"user"`
	View string    `json:"view"` // the modal it came from, for views.push
	At   time.Time `json:"at"`
	Used bool      `json:"used"`
}

type responseURL struct {
	User     string    `json:"user"`
	Channel  string    `json:"channel"`
	Original string    `json:"original"` // ts of the message that carried the button
	At       time.Time `json:"at"`
	Uses     int       `json:"uses"`
}

// state is all that a restart must not lose.
type state struct {
	LastTS    int64                        `json:"last_ts"` // microseconds
	Users     []User                       `json:"users"`
	Channels  []*Channel                   `json:"channels"`
	Messages  []*Message                   `json:"messages"`
	Stacks    map[string][]*View           `json:"stacks"` // open modals by user, bottom first
	Homes     map[string]*View             `json:"homes"`
	Triggers  map[string]*trigger          `json:"triggers"`
	Responses map[string]*responseURL      `json:"responses"`
	Read      map[string]map[string]string `json:"read"` // user, channel: newest ts seen
	Uploads   []*upload                    `json:"uploads,omitempty"`
}

func (s *state) makeMaps() {
	if s.Stacks == nil {
		s.Stacks = map[string][]*View{}
	}
	if s.Homes == nil {
		s.Homes = map[string]*View{}
	}
	if s.Triggers == nil {
		s.Triggers = map[string]*trigger{}
	}
	if s.Responses == nil {
		s.Responses = map[string]*responseURL{}
	}
	if s.Read == nil {
		s.Read = map[string]map[string]string{}
	}
}

// nextTS never gives the same ts twice, nor an older one than before, whatever the clock does.
func (s *state) nextTS(now time.Time) string {
	s.LastTS = max(now.UnixMicro(), s.LastTS+1)
	return fmt.Sprintf("%d.%06d", s.LastTS/1_000_000, s.LastTS%1_000_000)
}

func (s *state) user(id string) (User, bool) {
	i := slices.IndexFunc(s.Users, func(u User) bool { return u.ID == id })
	if i < 0 {
		return User{}, false
	}
	return s.Users[i], true
}

func (s *state) channel(id string) *Channel {
	i := slices.IndexFunc(s.Channels, func(c *Channel) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return s.Channels[i]
}

// message finds a message that its channel keeps; ephemerals are found by find alone.
func (s *state) message(channel, ts string) *Message {
	if m := s.find(channel, ts); m != nil && m.EphemeralTo == "" {
		return m
	}
	return nil
}

func (s *state) find(channel, ts string) *Message {
	for _, m := range slices.Backward(s.Messages) {
		if m.Channel == channel && m.TS == ts {
			return m
		}
	}
	return nil
}

// replies lists what a channel keeps in the thread of a message, oldest first.
func (s *state) replies(channel, ts string) []*Message {
	var out []*Message
	for _, m := range s.Messages {
		if m.Channel == channel && m.ThreadTS == ts && m.EphemeralTo == "" {
			out = append(out, m)
		}
	}
	return out
}

func (s *state) add(m *Message) {
	s.Messages = append(s.Messages, m)
	if over := len(s.Messages) - maxMessages; over > 0 {
		s.Messages = slices.Delete(s.Messages, 0, over)
	}
}

func (s *state) remove(m *Message) {
	s.Messages = slices.DeleteFunc(s.Messages, func(x *Message) bool { return x == m })
}

// forget drops triggers and response URLs that can serve nobody any more.
func (s *state) forget(now time.Time) {
	for id, t := range s.Triggers {
		if now.Sub(t.At) > time.Hour {
			delete(s.Triggers, id)
		}
	}
	for id, r := range s.Responses {
		if now.Sub(r.At) > 2*responseLife {
			delete(s.Responses, id)
		}
	}
}

// dm is the direct message between the app and one person, opened on first use.
func (s *state) dm(user string) *Channel {
	for _, c := range s.Channels {
		if c.DM == user {
			return c
		}
	}
	c := &Channel{ID: "D" + user, DM: user}
	s.Channels = append(s.Channels, c)
	return c
}

// configure lays people and channels of the configuration over what was loaded.
func (s *state) configure(c Config) {
	users := append(slices.Clone(c.Users), User{ID: c.BotUserID, Name: c.BotName, RealName: c.BotName, Bot: true})
	for _, u := range users {
		s.Users = slices.DeleteFunc(s.Users, func(x User) bool { return x.ID == u.ID })
	}
	s.Users = append(users, s.Users...)
	for _, ch := range slices.Backward(c.Channels) {
		ch.Members = slices.Clone(ch.Members)
		s.Channels = slices.DeleteFunc(s.Channels, func(x *Channel) bool { return x.ID == ch.ID })
		s.Channels = slices.Insert(s.Channels, 0, &ch)
	}
}

func loadState(path string) (state, error) {
	var s state
	if path == "" {
		return s, nil
	}
	raw, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err != nil {
		return state{}, fmt.Errorf("state of the Slack stand-in in %s: %w", path, err)
	}
	return s, nil
}

// writeState replaces the file in one step, so that a crash leaves the old state or the new.
func writeState(path string, raw []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".slack-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if _, err = f.Write(raw); err != nil {
		return errors.Join(err, f.Close())
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
