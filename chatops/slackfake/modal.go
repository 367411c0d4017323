package slackfake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
)

// Submit presses the submit button of the top modal with what a person entered,
// keyed by block_id or action_id: text, an option's value or words (a line each
// where several fit), a user's ID, a date, a time of day, UNIX seconds. What is
// not given keeps what it held before, by Change or at first. Then it does what the
// app answers.
func (s *Server) Submit(ctx context.Context, user string, v View, given map[string]string) (Answer, error) {
	s.mu.Lock()
	u, now, err := s.looking(user, v.ID)
	var typed blockkit.Values
	if err == nil {
		typed, err = blockkit.Fill(now.Blocks, now.State, given)
	}
	if err == nil && !s.onTop(now) {
		err = fmt.Errorf("%w: %s is not on top", ErrNoSuchPlace, v.ID)
	}
	if err != nil {
		s.mu.Unlock()
		return Answer{}, err
	}
	now.State = typed
	if wrong := blockkit.Complete(now.Blocks, typed); len(wrong) > 0 {
		now.Errors = wrong
		s.changed()
		s.mu.Unlock()
		return Answer{Action: "errors", Errors: wrong}, nil
	}
	p := s.interaction("view_submission", u, now.ID)
	p["view"] = s.wireView(now)
	p["response_urls"] = []any{}
	s.changed()
	s.mu.Unlock()
	a, err := s.SendInteraction(ctx, p)
	if err != nil {
		return a, err
	}
	return s.obey(user, v.ID, a)
}

func (s *Server) onTop(v *View) bool {
	stack := s.state.Stacks[v.User]
	return len(stack) > 0 && stack[len(stack)-1] == v
}

// obey does what the app answers to a submission. An answer that Slack would not
// understand leaves the modal open, as Slack does.
func (s *Server) obey(user, id string, a Answer) (Answer, error) {
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if body := bytes.TrimSpace(a.Body); len(body) > 0 {
		if err := json.Unmarshal(body, &answer); err != nil {
			return a, fmt.Errorf("%w: %w", ErrViewAnswer, err)
		}
	}
	a.Action, a.Errors = answer.Action, answer.Errors
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changed()
	_, v, err := s.looking(user, id)
	if err != nil {
		return a, nil // the person closed the modal meanwhile: there is nothing to obey, and no harm
	}
	v.Errors = nil
	switch answer.Action {
	case "":
		s.pop(v)
	case "clear":
		delete(s.state.Stacks, user)
	case "errors":
		return a, s.complain(v, answer.Errors)
	case "update", "push":
		return a, s.next(v, answer.Action, string(answer.View))
	default:
		return a, fmt.Errorf("%w: response_action %q", ErrViewAnswer, answer.Action)
	}
	return a, nil
}

func (s *Server) pop(v *View) {
	stack := s.state.Stacks[v.User]
	if stack = slices.DeleteFunc(stack, func(x *View) bool { return x == v }); len(stack) == 0 {
		delete(s.state.Stacks, v.User)
		return
	}
	s.state.Stacks[v.User] = stack
}

// complain shows errors; each must name an input block of the view.
func (s *Server) complain(v *View, errs map[string]string) error {
	if len(errs) == 0 {
		return fmt.Errorf("%w: errors without an error", ErrViewAnswer)
	}
	for id := range errs {
		if !slices.ContainsFunc(v.Blocks, func(b Block) bool { return b["type"] == "input" && b["block_id"] == id }) {
			return fmt.Errorf("%w: error for %q, which is no input block", ErrViewAnswer, id)
		}
	}
	v.Errors = errs
	return nil
}

// next shows the view of an update or push.
func (s *Server) next(v *View, action, raw string) error {
	if action == "update" {
		next, err := s.modal(call{args: map[string]string{"view": raw}}, v)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrViewAnswer, err)
		}
		s.replace(v, next)
		return nil
	}
	next, err := s.modal(call{args: map[string]string{"view": raw}}, nil)
	if err == nil && len(s.state.Stacks[v.User]) >= maxStack {
		err = refusal("push_limit_reached")
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrViewAnswer, err)
	}
	s.place(next, v.User, s.state.Stacks[v.User])
	return nil
}

// CloseView presses the close button of the top modal, or the X when all is true,
// and tells the app where the view asked for that.
func (s *Server) CloseView(ctx context.Context, user string, v View, all bool) error {
	s.mu.Lock()
	u, now, err := s.looking(user, v.ID)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	closed := []*View{now}
	if all || now.ClearOnClose {
		closed = slices.Clone(s.state.Stacks[user])
		slices.Reverse(closed)
	}
	var told []reply
	for _, x := range closed {
		s.pop(x)
		if x.NotifyOnClose {
			p := s.interaction("view_closed", u, "")
			delete(p, "trigger_id") // a closing opens nothing
			p["view"], p["is_cleared"] = s.wireView(x), len(closed) > 1
			told = append(told, p)
		}
	}
	s.changed()
	s.mu.Unlock()
	for _, p := range told {
		if _, err := s.SendInteraction(ctx, p); err != nil {
			return err
		}
	}
	return nil
}
