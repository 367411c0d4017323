package cards

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// Claim is a button's value: which record, and which text of it was read. It
// grants nothing; the desk judges whoever presses.
type Claim struct {
	Number      itsm.Number `json:"number"`
	ContentHash string      `json:"content_hash,omitempty"`
	ReplyTo     int         `json:"reply_to,omitempty"` // the question that is answered
	Other       itsm.Number `json:"other,omitempty"`    // another record that it is done with
	Task        int         `json:"task,omitempty"`     // which of a record's
	At          *time.Time  `json:"at,omitempty"`       // when what was read was given
}

// Value is the claim as a button carries it.
func (c Claim) Value() string {
	raw, err := json.Marshal(c)
	if err != nil {
		panic("cards: a claim does not encode: " + err.Error()) // made of strings, numbers and an instant
	}
	return string(raw)
}

// choice is one thing that people can do to a change: a button when it is what
// the message is for, else a line of its menu.
type choice struct {
	act   itsm.Act
	verb  string
	label string
	style slack.Style
	prime bool
}

// choices are all of them, in the order in which they are shown.
var choices = []choice{
	{itsm.ActDecide, "approve", "Approve", slack.StylePrimary, true},
	{itsm.ActDecide, "reject", "Reject…", slack.StyleDanger, true},
	{itsm.ActRetract, "retract", "Take back", slack.StyleDefault, true},
	{itsm.ActResume, "resume", "Resume", slack.StylePrimary, true},
	{itsm.ActAssess, "assess", "Assess…", slack.StylePrimary, true},
	{itsm.ActStart, "start", "Start", slack.StylePrimary, true},
	{itsm.ActComplete, "done", "Done", slack.StylePrimary, true},
	{itsm.ActComplete, "fail", "Failed…", slack.StyleDanger, true},
	{itsm.ActDecide, "abstain", "Abstain", slack.StyleDefault, false},
	{itsm.ActDecide, "ask", "Ask a question…", slack.StyleDefault, false},
	{itsm.ActDelegate, "delegate", "Delegate…", slack.StyleDefault, false},
	{itsm.ActEdit, "edit", "Edit…", slack.StyleDefault, false},
	{itsm.ActLink, "link", "Link…", slack.StyleDefault, false},
	{itsm.ActHold, "hold", "Hold…", slack.StyleDefault, false},
	{itsm.ActReassign, "assign", "Assign…", slack.StyleDefault, false},
	{itsm.ActComment, "comment", "Comment…", slack.StyleDefault, false},
	{itsm.ActWithdraw, "withdraw", "Withdraw…", slack.StyleDefault, false},
	{itsm.ActCancel, "cancel", "Cancel…", slack.StyleDefault, false},
}

// apart are what a channel's card leaves to messages that one person gets: there
// they are offered to whom they are for.
var apart = []string{"retract", "abstain", "delegate", "withdraw", "link"}

// maxMenu lines go into a menu of Slack's.
const maxMenu = 5

// offered divides what can be done into buttons and the lines of the menu. What
// does not fit into the menu becomes a button, but for a card: what is left out
// there is among its details.
func offered(n itsm.Notice, acts []itsm.Act) (buttons, menu []choice) {
	for _, c := range choices {
		switch {
		case !slices.Contains(acts, c.act), c.verb == "ask" && n.Change.Requester == n.To,
			n.Kind == itsm.NoticeCard && slices.Contains(apart, c.verb):
		case c.prime:
			buttons = append(buttons, c)
		default:
			menu = append(menu, c)
		}
	}
	if n.Change.State == itsm.ChangeClosed && n.Change.Outcome == itsm.Failed && offersCorrective(n) {
		buttons = append(buttons, raisesCorrective)
	}
	if n.Kind == itsm.NoticeCard && len(menu) > maxMenu {
		menu = slices.DeleteFunc(menu, func(c choice) bool { return c.verb == "assign" })
	}
	if over := len(menu) - maxMenu; over > 0 {
		buttons, menu = append(buttons, menu[:over]...), menu[over:]
	}
	if len(menu) == 1 {
		return append(buttons, menu...), nil
	}
	return buttons, menu
}

// row offers the acts on a change; every copy offers its details too. The block's
// id says which message it is in.
func row(place string, n itsm.Notice, acts []itsm.Act, details bool) *slack.ActionBlock {
	claim := Claim{Number: n.Change.Number, ContentHash: n.Change.ContentHash}
	buttons, menu := offered(n, acts)
	if details {
		buttons = append(buttons, choice{verb: "show", label: "Details"})
	}
	return rowOf("change", place, claim, buttons, menu, map[string]*slack.ConfirmationBlockObject{"approve": confirm(n)})
}

func press(verb, label string, c Claim) *slack.ButtonBlockElement {
	return pressOn("change", verb, label, c)
}

// in names the block of a message's buttons after the message: whoever presses one
// of a message that is out of date is shown what it should say by now.
func in(n itsm.Notice) string {
	if n.Key == "" {
		return string(n.Kind) + "/" + string(n.Record())
	}
	return string(n.Kind) + "/" + n.Key
}

// confirm names what is approved: a thumb on a phone lands anywhere.
func confirm(n itsm.Notice) *slack.ConfirmationBlockObject {
	c := n.Change
	what := Headline(c) + "\nservice " + string(c.Service) + ", raised by " + Name(n.People, c.Requester)
	return slack.NewConfirmationBlockObject(PlainText("Approve "+string(c.Number)+"?"), PlainText(Cut(what, maxConfirm, "…")),
		PlainText("Approve"), PlainText("Not yet"))
}

func only(acts []itsm.Act, wanted ...itsm.Act) (out []itsm.Act) {
	for _, a := range acts {
		if slices.Contains(wanted, a) {
			out = append(out, a)
		}
	}
	return out
}

func without(acts []itsm.Act, unwanted ...itsm.Act) []itsm.Act {
	return slices.DeleteFunc(slices.Clone(acts), func(a itsm.Act) bool { return slices.Contains(unwanted, a) })
}
