package slackfake

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
)

// Limits of views, from the reference of the view object and of views.*.
const (
	maxView     = 250_000 // bytes
	maxStack    = 3
	triggerLife = 3 * time.Second
)

// readView judges the view in an argument or in an app's answer.
func readView(raw string) (*View, error) {
	if len(raw) > maxView {
		return nil, refusal("view_too_large")
	}
	var fields Block
	if json.Unmarshal([]byte(raw), &fields) != nil || fields == nil {
		return nil, refusal("invalid_arguments", "[ERROR] must provide an object [json-pointer:/view]")
	}
	blocks, reasons := blockkit.JudgeView(fields)
	if len(reasons) > 0 {
		return nil, refusal("invalid_arguments", reasons...)
	}
	v := &View{}
	if err := json.Unmarshal([]byte(raw), v); err != nil {
		return nil, refusal("invalid_arguments", "[ERROR] "+err.Error())
	}
	v.Blocks = blocks // these have ids
	return v, nil
}

// spend uses a trigger up: once, by the app, within three seconds.
func (s *Server) spend(id string) (*trigger, error) {
	t := s.state.Triggers[id]
	switch {
	case t == nil:
		return nil, refusal("invalid_trigger_id")
	case t.Used:
		return nil, refusal("exchanged_trigger_id")
	case s.cfg.Now().Sub(t.At) > triggerLife:
		return nil, refusal("expired_trigger_id")
	}
	t.Used = true
	return t, nil
}

func (s *Server) openView(c call) (reply, error) {
	v, err := s.modal(c, nil)
	if err != nil {
		return nil, err
	}
	t, err := s.spend(c.args["trigger_id"])
	if err != nil {
		return nil, err
	}
	return s.place(v, t.User, nil), nil
}

func (s *Server) pushView(c call) (reply, error) {
	v, err := s.modal(c, nil)
	if err != nil {
		return nil, err
	}
	t := s.state.Triggers[c.args["trigger_id"]]
	if t != nil && s.view(t.View) == nil {
		return nil, refusal("not_found")
	}
	if t != nil && len(s.state.Stacks[t.User]) >= maxStack {
		return nil, refusal("push_limit_reached")
	}
	if t, err = s.spend(c.args["trigger_id"]); err != nil {
		return nil, err
	}
	return s.place(v, t.User, s.state.Stacks[t.User]), nil
}

// modal reads the view of a call, which must not take the external_id of another than self.
func (s *Server) modal(c call, self *View) (*View, error) {
	v, err := readView(c.args["view"])
	if err != nil {
		return nil, err
	}
	if self == nil && v.Type != "modal" || self != nil && v.Type != self.Type {
		return nil, refusal("invalid_arguments", "[ERROR] view type does not fit the method [json-pointer:/view/type]")
	}
	if v.ExternalID != "" {
		if other := s.viewBy(func(x *View) bool { return x.ExternalID == v.ExternalID }); other != nil && other != self {
			return nil, refusal("duplicate_external_id")
		}
	}
	return v, nil
}

// place puts a new modal on top of below.
func (s *Server) place(v *View, user string, below []*View) reply {
	v.ID, v.User, v.Hash = "V"+rand.Text()[:10], user, s.hash()
	v.State, _ = blockkit.Fill(v.Blocks, nil, nil) // initial values always fit
	v.Root, v.Previous = v.ID, ""
	if len(below) > 0 {
		v.Root, v.Previous = below[0].ID, below[len(below)-1].ID
	}
	s.state.Stacks[user] = append(slices.Clone(below), v)
	s.changed()
	return reply{"view": s.wireView(v)}
}

func (s *Server) updateView(c call) (reply, error) {
	old := s.viewBy(func(v *View) bool {
		return v.ID == c.args["view_id"] || v.ExternalID != "" && v.ExternalID == c.args["external_id"]
	})
	if old == nil {
		return nil, refusal("not_found")
	}
	v, err := s.modal(c, old)
	if err != nil {
		return nil, err
	}
	if h := c.args["hash"]; h != "" && h != old.Hash {
		return nil, refusal("hash_conflict")
	}
	s.replace(old, v)
	return reply{"view": s.wireView(old)}, nil
}

// replace gives old the content of v; who sees it and where it lies stays, and so does
// what elements of the same ids hold: initial values are for new ones alone.
func (s *Server) replace(old, v *View) {
	v.ID, v.User, v.Root, v.Previous, v.Hash = old.ID, old.User, old.Root, old.Previous, s.hash()
	v.State, _ = blockkit.Fill(v.Blocks, old.State, nil) // what was held and still fits
	*old = *v
	s.changed()
}

func (s *Server) publishView(c call) (reply, error) {
	v, err := readView(c.args["view"])
	if err != nil {
		return nil, err
	}
	user := c.args["user_id"]
	u, ok := s.state.user(user)
	old := s.state.Homes[user]
	switch {
	case !ok || u.Deleted || u.Bot:
		return nil, refusal("user_not_found")
	case v.Type != "home":
		return nil, refusal("invalid_arguments", "[ERROR] must be home [json-pointer:/view/type]")
	case c.args["hash"] != "" && (old == nil || old.Hash != c.args["hash"]):
		return nil, refusal("hash_conflict")
	}
	if old == nil {
		old = &View{ID: "V" + rand.Text()[:10], User: user}
		old.Root = old.ID
		s.state.Homes[user] = old
	}
	s.replace(old, v)
	return reply{"view": s.wireView(old)}, nil
}

func (s *Server) view(id string) *View {
	return s.viewBy(func(v *View) bool { return id != "" && v.ID == id })
}

func (s *Server) viewBy(is func(*View) bool) *View {
	for _, stack := range s.state.Stacks {
		if i := slices.IndexFunc(stack, is); i >= 0 {
			return stack[i]
		}
	}
	for _, v := range s.state.Homes {
		if is(v) {
			return v
		}
	}
	return nil
}

func (s *Server) hash() string { return fmt.Sprintf("%d.%s", s.cfg.Now().Unix(), rand.Text()[:8]) }

// wireView is a view as the Web API and payloads show it.
func (s *Server) wireView(v *View) reply {
	out := reply{
		"id": v.ID, "team_id": s.cfg.TeamID, "type": v.Type, "blocks": orEmpty(v.Blocks), "private_metadata": v.PrivateMetadata,
		"callback_id": v.CallbackID, "external_id": v.ExternalID, "hash": v.Hash, "state": reply{"values": v.State},
		"clear_on_close": v.ClearOnClose, "notify_on_close": v.NotifyOnClose, "root_view_id": v.Root, "previous_view_id": nil,
		"app_id": s.cfg.AppID, "bot_id": defaultBot, "app_installed_team_id": s.cfg.TeamID,
		"title": nil, "submit": nil, "close": nil,
	}
	if v.Previous != "" {
		out["previous_view_id"] = v.Previous
	}
	for key, text := range map[string]Block{"title": v.Title, "submit": v.Submit, "close": v.Close} {
		if text != nil {
			out[key] = text
		}
	}
	return out
}
