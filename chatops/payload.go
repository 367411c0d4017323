package chatops

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/itsm"
)

// The kinds of delivery, as the inbox names them.
const (
	kindCommand    = "command"
	kindAction     = "action" // a button or a shortcut
	kindSubmission = "view_submission"
	kindEvent      = "event"
)

// request is one delivery, read. It holds what we use of Slack's payloads and
// nothing else: an element that Slack invents tomorrow must not break a press.
type request struct {
	kind      string
	dedupe    string // names this delivery: the same for its repeats, another for all others
	team      string
	user      string
	trigger   string // opens one modal, within three seconds
	respond   string // response URL; empty in App Home, in modals and for shortcuts
	typed     string // a command's name and text
	press     press
	form      form.Filled
	view      view
	event     string // an event's type
	immediate any    // an answer that needs no desk: Slack's own checks
	ignored   bool   // nothing that we know or act on
	fleeting  bool   // only of use at once: a form that wants to look ahead
	relayed   bool   // it comes from the inbox, after Slack was answered
}

// press is one button pressed, or one shortcut called.
type press struct {
	Action string
	Block  string
	Value  string
	Home   bool // it was pressed in App Home
}

// view is the modal that something was done in, as it stood then.
type view struct{ id, hash string }

var (
	slackID    = regexp.MustCompile(`^[A-Z0-9]{1,32}$`)
	slackToken = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,255}$`)
	slackName  = regexp.MustCompile(`^[A-Za-z0-9._:/-]{0,255}$`)
)

const (
	maxTyped   = 40_000 // characters of a command, as of a message; a note has its own bound
	maxPrivate = 3000   // Slack's own limit
	maxValue   = 2000   // Slack's own limit
)

// malformed refuses what Slack signed and we cannot read.
func malformed(what string) error {
	return itsm.Refuse(itsm.Invalid, "slack.payload", "That is no request of Slack's that Steward can read: %s.", what)
}

// want refuses any value that does not have its form; the name of the first goes into the sentence.
func want(form *regexp.Regexp, pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if !form.MatchString(pairs[i+1]) {
			return malformed(pairs[i] + " is missing or malformed")
		}
	}
	return nil
}

func parseCommand(body []byte) (request, error) {
	f, err := url.ParseQuery(string(body))
	if err != nil {
		return request{}, malformed("the form")
	}
	if f.Get("ssl_check") == "1" {
		return request{kind: kindCommand, immediate: map[string]any{}}, nil
	}
	r := request{
		kind: kindCommand, team: f.Get("team_id"), user: f.Get("user_id"), trigger: f.Get("trigger_id"),
		respond: f.Get("response_url"), typed: f.Get("command") + " " + f.Get("text"),
	}
	r.dedupe = key("command", r.team, r.user, r.trigger)
	switch {
	case !strings.HasPrefix(f.Get("command"), "/"):
		return r, malformed("there is no command")
	case !readable(r.typed, maxTyped):
		return r, malformed("the text is too long or no text")
	case !slackToken.MatchString(r.trigger):
		return r, malformed("the trigger_id is missing or malformed")
	}
	return r, r.check()
}

// check bounds what goes into the inbox and back to Slack.
func (r request) check() error {
	if err := want(slackID, "team", r.team, "user", r.user); err != nil {
		return err
	}
	return want(slackName, "trigger_id", r.trigger)
}

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

func parseInteraction(body []byte) (request, error) {
	f, err := url.ParseQuery(string(body))
	if err != nil || len(f["payload"]) != 1 {
		return request{}, malformed("the form has no payload")
	}
	var in interaction
	if err := json.Unmarshal([]byte(f.Get("payload")), &in); err != nil {
		return request{}, malformed("the payload")
	}
	r := request{user: in.User.ID, team: in.User.TeamID, trigger: in.TriggerID, respond: in.ResponseURL}
	if in.Team != nil {
		r.team = cmp.Or(r.team, in.Team.ID)
	}
	if err := r.check(); err != nil {
		return r, err
	}
	switch in.Type {
	case "block_actions":
		err = r.readPress(in)
	case "shortcut":
		r.kind, r.press = kindAction, press{Action: in.CallbackID}
		r.dedupe = key("shortcut", r.team, r.user, r.trigger)
		err = want(slackToken, "trigger_id", r.trigger, "callback_id", in.CallbackID)
	case "view_submission":
		err = r.readForm(in)
	default:
		r.kind, r.ignored = kindAction, true
	}
	return r, err
}

func (r *request) readPress(in interaction) error {
	r.kind = kindAction
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
	r.press = press{Action: a.ActionID, Block: a.BlockID, Value: a.Value, Home: in.View != nil && in.View.Type == "home"}
	r.dedupe = key("action", r.team, r.user, channel, where, a.ActionID, a.ActionTS)
	if err := want(slackName, "channel", channel, "block_id", a.BlockID); err != nil {
		return err
	}
	if lookingAhead(in) {
		r.fleeting = true
		if err := r.readView(in); err != nil {
			return err
		}
	}
	return want(slackToken, "container", where, "action_id", a.ActionID, "action_ts", a.ActionTS)
}

// lookingAhead tells whether somebody changed what they fill in, in a form that
// shows what would come of it.
func lookingAhead(in interaction) bool {
	return in.View != nil && in.View.Type == "modal" && in.View.Callback == form.NewForm
}

// readView reads a modal and what stands in it so far.
func (r *request) readView(in interaction) error {
	if in.View == nil || len(in.View.Private) > maxPrivate {
		return malformed("no view was submitted")
	}
	r.form, r.view = form.Filled{Callback: in.View.Callback, Private: in.View.Private}, view{in.View.ID, in.View.Hash}
	var state struct {
		Values map[string]map[string]json.RawMessage `json:"values"`
	}
	if len(in.View.State) > 0 && json.Unmarshal(in.View.State, &state) != nil {
		return malformed("the view's values")
	}
	r.form.Values = state.Values
	return want(slackToken, "view", in.View.ID, "hash", in.View.Hash, "callback_id", in.View.Callback)
}

// readForm names a submission by its view and by what was filled in: a view
// keeps its hash when it is shown again with errors, and the mended form is
// another asking.
func (r *request) readForm(in interaction) error {
	r.kind = kindSubmission
	if err := r.readView(in); err != nil {
		return err
	}
	canonical, err := json.Marshal(r.form.Values) // sorts the keys
	if err != nil {
		return malformed("the view's values")
	}
	sum := sha256.Sum256(canonical)
	r.dedupe = key("view", r.team, r.user, in.View.ID, in.View.Hash, hex.EncodeToString(sum[:]))
	return nil
}

func parseEvent(body []byte) (request, error) {
	var in struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
		Team      string `json:"team_id"`
		EventID   string `json:"event_id"`
		Event     *struct {
			Type string          `json:"type"`
			User json.RawMessage `json:"user"` // an id, or in some events an object
			Tab  string          `json:"tab"`
		} `json:"event"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return request{}, malformed("the event")
	}
	r := request{kind: kindEvent, team: in.Team}
	switch {
	case in.Type == "url_verification":
		if !readable(in.Challenge, 1000) || in.Challenge == "" {
			return r, malformed("there is no challenge")
		}
		r.immediate = map[string]any{"challenge": in.Challenge}
		return r, nil
	case in.Type == "app_rate_limited":
		r.event, r.ignored = in.Type, true
		return r, nil
	case in.Type != "event_callback" || in.Event == nil:
		return r, malformed("there is no event")
	}
	r.event, r.dedupe = in.Event.Type, key("event", in.EventID)
	if json.Unmarshal(in.Event.User, &r.user) != nil {
		r.user = ""
	}
	r.ignored = r.event != "app_home_opened" || in.Event.Tab == "messages"
	if r.ignored {
		return r, nil
	}
	if err := want(slackToken, "event_id", in.EventID); err != nil {
		return r, err
	}
	return r, r.check()
}

// parse reads a kept delivery again.
func parse(kind string, body []byte) (request, error) {
	switch kind {
	case kindCommand:
		return parseCommand(body)
	case kindEvent:
		return parseEvent(body)
	default:
		return parseInteraction(body)
	}
}

// maxDedupe bounds the name of a delivery in the inbox.
const maxDedupe = 400

// key puts the parts of a name in a row; none of them holds the separator. What
// gets too long is named by its digest.
func key(parts ...string) string {
	name := strings.Join(parts, "|")
	if len(name) <= maxDedupe {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return parts[0] + "|" + hex.EncodeToString(sum[:])
}

// readable tells whether text can be stored and is not too long.
func readable(text string, most int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && !strings.ContainsRune(text, 0)
}
