package cards

import (
	"cmp"
	"fmt"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// List is one of the lists of changes.
type List string

// The lists, as people type them.
const (
	ListOpen    List = "open"
	ListMine    List = "mine"
	ListWaiting List = "waiting"
	ListMy      List = "my" // waiting and mine in one, as /itsm my shows them
)

var listTitles = map[List]string{
	ListOpen: "Open changes", ListMine: "Changes that you raised", ListWaiting: "Changes that wait for you", ListMy: "What waits for you, and what you raised",
}

// MaxListed changes are shown of a list: so many fit into one message with their buttons.
const MaxListed = 10

// Listed is one list of changes, of which each notice holds one, newest first.
func Listed(l List, changes []itsm.Notice) Message {
	return fit(Message{Text: listTitles[l], Blocks: rows(l, l, changes)})
}

// My is what waits for its reader, what they are asked, and what they raised.
func My(waiting, questions, mine []itsm.Notice) Message {
	return fit(Message{Text: listTitles[ListMy], Blocks: personal(ListMy, waiting, questions, mine)})
}

func personal(place List, waiting, questions, mine []itsm.Notice) []slack.Block {
	blocks := append(rows(place, ListWaiting, waiting), openQuestions(place, questions)...)
	shown := map[itsm.Number]bool{} // two rows of one change would be pressed as one
	for _, n := range first(waiting, MaxListed) {
		shown[n.Change.Number] = true
	}
	var others []itsm.Notice
	for _, n := range mine {
		if !shown[n.Change.Number] {
			others = append(others, n)
		}
	}
	return append(append(blocks, slack.NewDividerBlock()), rows(place, ListMine, others)...)
}

// rows are two blocks for each change: what it is, and what can be done.
func rows(place, l List, changes []itsm.Notice) []slack.Block {
	blocks := []slack.Block{Section("*" + listTitles[l] + "*")}
	if len(changes) == 0 {
		return append(blocks, Footnote("There is none."))
	}
	for _, n := range first(changes, MaxListed) {
		c := n.Change
		line := sign(c) + " " + Headline(c) + "\n" + todo(l, n) + " · " + cmp.Or(n.Service.Name, string(c.Service))
		if waits := waitsFor(n); waits != "" && l != ListWaiting {
			line += " · waits for " + waits
		}
		blocks = append(blocks, Plain(line), row("list."+string(place)+"/"+string(c.Number), n, n.Explanation.Acts, true))
	}
	if len(changes) > MaxListed {
		blocks = append(blocks, Footnote("There are more. These are the newest; the API lists all."))
	}
	return blocks
}

// todo says a change's state, and to whom it waits for what that asks of them.
func todo(l List, n itsm.Notice) string {
	state := n.Change.State.Words()
	if n.Change.Hold != nil {
		state += ", on hold"
	}
	if p := n.Explanation.Approval; p != nil && !p.Plain() {
		have, need := 0, 0
		for _, f := range p.Factors {
			have, need = have+len(f.Approved), need+f.Need
		}
		state += fmt.Sprintf(" (%s: %d of %d)", stageName(p), have, need)
	}
	if l != ListWaiting {
		return state
	}
	switch {
	case n.Change.Hold != nil:
		return "To resume, or to drop: " + state
	case n.Change.State == itsm.ChangeAssessing:
		return "To assess"
	case n.Change.State == itsm.ChangeAwaiting:
		return "To decide: " + state
	case n.Change.State == itsm.ChangeScheduled:
		return "To start"
	case n.Change.State == itsm.ChangeImplementing:
		return "To report on: " + state
	default:
		return state
	}
}

// openQuestions are those that wait for an answer of their reader's.
func openQuestions(place List, questions []itsm.Notice) (blocks []slack.Block) {
	if len(questions) == 0 {
		return nil
	}
	blocks = append(blocks, Section("*Questions that wait for your answer*"))
	for _, n := range first(questions, MaxListed) {
		c := n.Comment
		said := fmt.Sprintf("❓ %s asks about %s\n%s", Name(n.People, c.By), Headline(n.Change), Cut(c.Text, excerpt, "…"))
		answer := press("answer", "Answer…", Claim{Number: c.Number, ReplyTo: c.ID}).WithStyle(slack.StylePrimary)
		answer.ActionID += fmt.Sprintf(".%d", c.ID)
		blocks = append(blocks, Plain(said), slack.NewActionBlock(fmt.Sprintf("list.%s/%s/question/%d", place, c.Number, c.ID), answer))
	}
	return blocks
}

// Home is the Home tab: what waits for its reader, and what they raised.
func Home(waiting, questions, mine []itsm.Notice) slack.HomeTabViewRequest {
	blocks := []slack.Block{slack.NewActionBlock("home", newChange()), slack.NewDividerBlock()}
	return HomeSaying(append(blocks, personal("home", waiting, questions, mine)...))
}

// HomeSaying is the Home tab with other blocks, such as a refusal's.
func HomeSaying(blocks []slack.Block) slack.HomeTabViewRequest {
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, CallbackID: "home", Blocks: slack.Blocks{BlockSet: FitView(blocks)}}
}

// newChange is the button that opens the form.
func newChange() *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement("change.new", "", PlainText("New change")).WithStyle(slack.StylePrimary)
}
