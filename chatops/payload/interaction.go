package payload

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"

	"github.com/steward-itsm/steward/chatops/form"
)

// interaction is what buttons, shortcuts and modals have in common.
type interaction struct {
	Type string `json:"type"`
	Team *ident `json:"team"`
	User struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Channel   *ident `json:"channel"`
	Container struct {
		MessageTS string `json:"message_ts"`
		ViewID    string `json:"view_id"`
	} `json:"container"`
	TriggerID   string            `json:"trigger_id"`
	CallbackID  string            `json:"callback_id"`
	MessageTS   string            `json:"message_ts"`
	Message     json.RawMessage   `json:"message"` // read for a message shortcut alone: no press may break by it
	ActionTS    string            `json:"action_ts"`
	ResponseURL string            `json:"response_url"`
	Actions     []json.RawMessage `json:"actions"`
	View        *struct {
		ID       string          `json:"id"`
		Type     string          `json:"type"`
		Hash     string          `json:"hash"`
		Callback string          `json:"callback_id"`
		Private  string          `json:"private_metadata"`
		State    json.RawMessage `json:"state"`
	} `json:"view"`
}

type ident struct {
	ID string `json:"id"`
}

// ParseInteraction reads a button pressed, a shortcut called or a modal submitted. What
// else people do is ignored.
func ParseInteraction(body []byte) (Request, error) {
	f, err := url.ParseQuery(string(body))
	if err != nil || len(f["payload"]) != 1 {
		return Request{}, malformed("the form has no payload")
	}
	var in interaction
	if err := json.Unmarshal([]byte(f.Get("payload")), &in); err != nil {
		return Request{}, malformed("the payload")
	}
	r := Request{User: in.User.ID, Team: in.User.TeamID, Trigger: in.TriggerID, Respond: in.ResponseURL}
	if in.Team != nil {
		r.Team = cmp.Or(r.Team, in.Team.ID)
	}
	if err := r.check(); err != nil {
		return r, err
	}
	switch in.Type {
	case "block_actions":
		err = r.readPress(in)
	case "shortcut":
		r.Kind, r.Press = KindAction, Press{Action: in.CallbackID}
		r.Dedupe = key("shortcut", r.Team, r.User, r.Trigger)
		err = want(slackToken, "trigger_id", r.Trigger, "callback_id", in.CallbackID)
	case "message_action":
		err = r.readShortcut(in)
	case "view_submission":
		err = r.readForm(in)
	default:
		r.Kind, r.Ignored = KindAction, true
	}
	return r, err
}

// readShortcut reads a shortcut that was called on a message. Its trigger names it:
// whoever calls it twice on the same message asks twice.
// https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
func (r *Request) readShortcut(in interaction) error {
	r.Kind, r.Press = KindAction, Press{Action: in.CallbackID}
	var m struct {
		TS     string `json:"ts"`
		Thread string `json:"thread_ts"`
		User   string `json:"user"`
		Text   string `json:"text"`
	}
	switch {
	case in.Channel == nil:
		return malformed("there is no channel")
	case len(in.Message) == 0 || json.Unmarshal(in.Message, &m) != nil:
		return malformed("there is no message")
	case m.TS != in.MessageTS:
		return malformed("message_ts names another message")
	case !Readable(m.Text, MaxTyped):
		return malformed("the message is too long or no text")
	}
	r.On = Message{Channel: in.Channel.ID, TS: m.TS, Thread: m.Thread, Author: m.User, Text: m.Text}
	r.Dedupe = key("message", r.Team, r.User, r.On.Channel, r.On.TS, in.CallbackID, r.Trigger)
	if err := want(slackTS, "message_ts", r.On.TS, "thread_ts", cmp.Or(r.On.Thread, r.On.TS)); err != nil {
		return err
	}
	if err := want(slackID, "channel", r.On.Channel, "message.user", cmp.Or(r.On.Author, r.User)); err != nil {
		return err
	}
	return want(slackToken, "trigger_id", r.Trigger, "callback_id", in.CallbackID)
}

func (r *Request) readPress(in interaction) error {
	r.Kind = KindAction
	var a struct {
		ActionID string `json:"action_id"`
		BlockID  string `json:"block_id"`
		Value    string `json:"value"`
		ActionTS string `json:"action_ts"`
		Selected *struct {
			Value string `json:"value"`
		} `json:"selected_option"`
	}
	if len(in.Actions) == 0 || json.Unmarshal(in.Actions[0], &a) != nil {
		return malformed("no button was pressed")
	}
	if a.Selected != nil { // a line of a menu
		a.Value = a.Selected.Value
	}
	if len(a.Value) > maxValue && !lookingAhead(in) {
		return malformed("the button's value is too long")
	}
	channel := ""
	if in.Channel != nil {
		channel = in.Channel.ID
	}
	where := cmp.Or(in.Container.MessageTS, in.Container.ViewID)
	r.Press = Press{Action: a.ActionID, Block: a.BlockID, Value: a.Value, Home: in.View != nil && in.View.Type == "home"}
	r.Dedupe = key("action", r.Team, r.User, channel, where, a.ActionID, a.ActionTS)
	if err := want(slackName, "channel", channel, "block_id", a.BlockID); err != nil {
		return err
	}
	if lookingAhead(in) {
		r.Fleeting = true
		if err := r.readView(in); err != nil {
			return err
		}
	}
	if err := want(slackPress, "action_id", a.ActionID); err != nil {
		return err
	}
	return want(slackToken, "container", where, "action_ts", a.ActionTS)
}

// lookingAhead tells whether somebody changed what they fill in, in a form that
// shows what would come of it.
func lookingAhead(in interaction) bool {
	return in.View != nil && in.View.Type == "modal" && in.View.Callback == form.NewForm
}

// readView reads a modal and what stands in it so far.
func (r *Request) readView(in interaction) error {
	if in.View == nil || len(in.View.Private) > maxPrivate {
		return malformed("no view was submitted")
	}
	r.Form, r.View = form.Filled{Callback: in.View.Callback, Private: in.View.Private}, View{ID: in.View.ID, Hash: in.View.Hash}
	var state struct {
		Values map[string]map[string]json.RawMessage `json:"values"`
	}
	if len(in.View.State) > 0 && json.Unmarshal(in.View.State, &state) != nil {
		return malformed("the view's values")
	}
	r.Form.Values = state.Values
	return want(slackToken, "view", in.View.ID, "hash", in.View.Hash, "callback_id", in.View.Callback)
}

// readForm names a submission by its view and by what was filled in: a view
// keeps its hash when it is shown again with errors, and the mended form is
// another asking.
func (r *Request) readForm(in interaction) error {
	r.Kind = KindSubmission
	if err := r.readView(in); err != nil {
		return err
	}
	canonical, err := json.Marshal(r.Form.Values) // sorts the keys
	if err != nil {
		return malformed("the view's values")
	}
	sum := sha256.Sum256(canonical)
	r.Dedupe = key("view", r.Team, r.User, in.View.ID, in.View.Hash, hex.EncodeToString(sum[:]))
	return nil
}
