package slackfake

import (
	"context"
	"fmt"
	"maps"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
)

// PressIn acts on an element of the modal on top, or of the Home tab, with the values
// that the person has entered since they last acted; the view keeps them. element and
// pick are as in Press, and the block_id of an input block will do too. An element
// that does not tell the app of its changes sends nothing, and Status is 0.
func (s *Server) PressIn(ctx context.Context, user string, v View, element string, typed map[string]string, pick ...string) (Answer, error) {
	p, err := s.touch(user, v, element, typed, pick)
	if err != nil || p == nil {
		return Answer{}, err
	}
	return s.SendInteraction(ctx, p)
}

// Change enters value into an element of the modal on top, or of the Home tab, as
// Submit names them both, and the view keeps it. Where the element tells the app of
// changes (in an input block by dispatch_action, elsewhere always), a block_actions is
// sent once the value is whole, whatever the keys that dispatch it; else nothing is
// sent and Status is 0.
func (s *Server) Change(ctx context.Context, user string, v View, element, value string) (Answer, error) {
	return s.PressIn(ctx, user, v, element, nil, value)
}

// touch keeps what a person entered in a view and returns the payload that tells the
// app, or nil where it is not told.
func (s *Server) touch(user string, v View, element string, typed map[string]string, pick []string) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, now, err := s.looking(user, v.ID)
	if err != nil {
		return nil, err
	}
	if now.Type == "modal" && !s.onTop(now) {
		return nil, fmt.Errorf("%w: %s is not on top", ErrNoSuchPlace, v.ID)
	}
	seen := v.Blocks
	if seen == nil {
		seen = now.Blocks
	}
	did, err := s.act(seen, element, pick)
	if err != nil {
		return nil, err
	}
	given := maps.Clone(typed)
	if entered := did.entered(now.Blocks); given == nil {
		given = entered
	} else {
		maps.Copy(given, entered)
	}
	values, err := blockkit.Fill(now.Blocks, now.State, given)
	if err != nil {
		return nil, err
	}
	now.State = values
	s.changed()
	if !blockkit.Dispatches(did.block, did.element) {
		return nil, nil
	}
	p := s.interaction("block_actions", u, now.ID)
	p["container"] = reply{"type": "view", "view_id": now.ID}
	p["view"] = s.wireView(now)
	p["actions"] = []Block{did.told}
	return p, nil
}

// looking finds a person and a view that they have before them. The caller holds mu.
func (s *Server) looking(user, view string) (User, *View, error) {
	if err := s.alive(); err != nil {
		return User{}, nil, err
	}
	u, ok := s.state.user(user)
	if !ok || u.Deleted || u.Bot {
		return u, nil, fmt.Errorf("%w: %s", ErrNoSuchPerson, user)
	}
	v := s.view(view)
	if v == nil || v.User != user {
		return u, nil, fmt.Errorf("%w: %s", ErrNoSuchPlace, view)
	}
	return u, v, nil
}

// act is what a person did to one element.
type act struct {
	block, element Block
	told           Block // the entry under actions
	pick           []string
}

// told are the fields of an element that Slack repeats under actions.
var told = []string{
	"text", "value", "style", "url", "confirm", "placeholder", "timezone", "initial_option", "initial_options",
	"initial_user", "initial_users", "initial_channel", "initial_conversation", "initial_date", "initial_time",
}

// act finds the element that a person means and does to it what they picked.
func (s *Server) act(blocks []Block, element string, pick []string) (act, error) {
	did := act{pick: pick}
	blockkit.Elements(blocks, func(b, e Block) {
		if did.element == nil && means(b, e, element, pick) {
			did.block, did.element = b, e
		}
	})
	if did.element == nil {
		return did, fmt.Errorf("%w: %s", ErrNoSuchElement, element)
	}
	did.told = Block{
		"type": did.element["type"], "action_id": did.element["action_id"], "block_id": did.block["block_id"],
		"action_ts": s.state.nextTS(s.cfg.Now()),
	}
	for _, key := range told {
		if v, ok := did.element[key]; ok {
			did.told[key] = v
		}
	}
	if len(pick) == 0 || did.element["type"] == "button" {
		return did, nil
	}
	field, value, err := blockkit.Take(did.element, pick[0])
	did.told[field] = value
	return did, err
}

// means tells whether a person who names element means e in b.
func means(b, e Block, element string, pick []string) bool {
	id, blockID := blockkit.Text(e, "action_id"), blockkit.Text(b, "block_id")
	if e["type"] == "button" {
		text, _ := e["text"].(Block)
		if len(pick) > 0 && blockkit.Text(e, "value") != pick[0] {
			return false
		}
		return element == id || element == blockID+"/"+id || element == blockkit.Text(text, "text")
	}
	return element == id || element == blockID+"/"+id || element == blockID && b["type"] == "input"
}

// entered is what the act leaves in the element, as Fill takes it: nothing where the
// element holds no value or is no longer among blocks.
func (a act) entered(blocks []Block) map[string]string {
	out := map[string]string{}
	if len(a.pick) == 0 || !blockkit.Holds(a.element) {
		return out
	}
	blockkit.Elements(blocks, func(b, e Block) {
		if b["block_id"] == a.block["block_id"] && e["action_id"] == a.element["action_id"] && e["type"] == a.element["type"] {
			out[blockkit.Text(b, "block_id")+"/"+blockkit.Text(e, "action_id")] = a.pick[0]
		}
	})
	return out
}
