package payload

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/itsm"
)

// The kinds of delivery, as the inbox names them.
const (
	KindCommand    = "command"
	KindAction     = "action" // a button or a shortcut
	KindSubmission = "view_submission"
	KindEvent      = "event"
)

// Request is one delivery, read. It holds what we use of Slack's payloads and
// nothing else: an element that Slack invents tomorrow must not break a press.
type Request struct {
	Kind      string
	Dedupe    string // names this delivery: the same for its repeats, another for all others
	Team      string
	User      string
	Trigger   string // opens one modal, within three seconds
	Respond   string // response URL; empty in App Home, in modals and for global shortcuts
	Typed     string // a command's name and text
	Press     Press
	On        Message // what a message shortcut was called on
	Form      form.Filled
	View      View
	Event     string // an event's type
	Immediate any    // an answer that needs no desk: Slack's own checks
	Ignored   bool   // nothing that we know or act on
	Fleeting  bool   // only of use at once: a form that wants to look ahead
}

// Press is one button pressed, or one shortcut called.
type Press struct {
	Action string
	Block  string
	Value  string
	Home   bool // it was pressed in App Home
}

// Message is what somebody said, as it stood when a message shortcut was called on it.
// Channel and TS lead back to it, by chat.getPermalink.
type Message struct {
	Channel string
	TS      string
	Thread  string // ts of the message that it answers; empty: none
	Author  string // Slack id; empty: an app that has no user
	Text    string // with Slack's marks, as a command's; empty: it has blocks or files alone
}

// View is the modal that something was done in, as it stood then.
type View struct{ ID, Hash string }

var (
	slackTS    = regexp.MustCompile(`^[0-9]{1,12}\.[0-9]{6}$`)
	slackID    = regexp.MustCompile(`^[A-Z0-9]{1,32}$`)
	slackToken = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,255}$`)
	slackPress = regexp.MustCompile(`^[A-Za-z0-9._:/-]{1,255}$`) // it may name a record, and a review's number has a slash
	slackName  = regexp.MustCompile(`^[A-Za-z0-9._:/-]{0,255}$`)
)

const (
	// MaxTyped bounds a command as Slack bounds a message, and the message that a
	// shortcut was called on, in characters; a note has its own bound.
	MaxTyped   = 40_000
	maxPrivate = 3000 // Slack's own limit
	maxValue   = 2000 // Slack's own limit
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

// check bounds what goes into the inbox and back to Slack.
func (r Request) check() error {
	if err := want(slackID, "team", r.Team, "user", r.User); err != nil {
		return err
	}
	return want(slackName, "trigger_id", r.Trigger)
}

// Parse reads a kept delivery again.
func Parse(kind string, body []byte) (Request, error) {
	switch kind {
	case KindCommand:
		return ParseCommand(body)
	case KindEvent:
		return ParseEvent(body)
	default:
		return ParseInteraction(body)
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

// Readable tells whether text can be stored and is not too long.
func Readable(text string, most int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && !strings.ContainsRune(text, 0)
}
