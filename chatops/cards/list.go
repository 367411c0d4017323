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

var listTitles = map[List]string{ //nolint:exhaustive // the others are of incidents
	ListOpen: "Open changes", ListMine: "Changes that you raised", ListWaiting: "Changes that wait for you", ListMy: "What waits for you, and what you raised",
}

// MaxListed records are shown of a list: so many fit into one message with their
// buttons. Of several lists in one message fewer are.
const (
	MaxListed = 10
	maxOfMany = 4
	maxOnHome = 8
)

// Listed is one list of changes, of which each notice holds one, newest first.
func Listed(l List, changes []itsm.Notice) Message {
	return fit(Message{Text: listTitles[l], Blocks: rows(l, l, changes, MaxListed)})
}

// Mine is what is one person's to see to.
type Mine struct {
	Waiting   []Entry       // for them, of all kinds, what is due first first
	Questions []itsm.Notice // that they are asked about their changes
	Raised    []itsm.Notice // their changes that are not over
}

// My is what waits for its reader, what they are asked, and what they raised.
func My(m Mine) Message {
	return fit(Message{Text: listTitles[ListMy], Blocks: personal(ListMy, m, maxOfMany)})
}

// personal is what is one person's to see to: what waits for them, and at most so many
// of what they are asked and of what they raised.
func personal(place List, m Mine, most int) []slack.Block {
	blocks := awaitedRows(place, m.Waiting)
	blocks = append(blocks, openQuestions(place, m.Questions, most)...)
	shown := map[itsm.Number]bool{} // two rows of one change would be pressed as one
	for _, e := range first(m.Waiting, MaxListed) {
		shown[e.Record.Number] = true
	}
	var others []itsm.Notice
	for _, n := range m.Raised {
		if !shown[n.Change.Number] {
			others = append(others, n)
		}
	}
	return append(append(blocks, slack.NewDividerBlock()), rows(place, ListMine, others, most)...)
}

// rows are two blocks for each of so many changes: what it is, and what can be done.
func rows(place, l List, changes []itsm.Notice, most int) []slack.Block {
	return listOf(listTitles[l], changes, most, func(n itsm.Notice) []slack.Block {
		c := n.Change
		line := sign(c) + " " + Headline(c) + "\n" + todo(l, n) + " · " + cmp.Or(n.Service.Name, string(c.Service))
		if waits := waitsFor(n); waits != "" && l != ListWaiting {
			line += " · waits for " + waits
		}
		return []slack.Block{Plain(line), row("list."+string(place)+"/"+string(c.Number), n, n.Explanation.Acts, true)}
	})
}

// listOf is a list under its title, at most so many records of it.
func listOf(title string, all []itsm.Notice, most int, one func(itsm.Notice) []slack.Block) []slack.Block {
	blocks := []slack.Block{Section("*" + title + "*")}
	if len(all) == 0 {
		return append(blocks, Footnote("There is none."))
	}
	for _, n := range first(all, most) {
		blocks = append(blocks, one(n)...)
	}
	if len(all) > most {
		blocks = append(blocks, Footnote("There are more. These are the newest; the API lists all."))
	}
	return blocks
}

// lineOf is a record's line in a list: what it is called, what is said of it, and by when
// the target that runs is to be kept. What people wrote stands in it as they wrote it,
// and instants in the reader's zone.
func lineOf(title, says string, running *itsm.Clock) *slack.RichTextBlock {
	words := []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(Cut(title, excerpt, "…")+"\n"+Cut(says, excerpt, "…"), nil)}
	if running != nil {
		words = append(words, byWhen(running)...)
	}
	return slack.NewRichTextBlock("", slack.NewRichTextSection(words...))
}

// running is the first clock that counts towards a target.
func running(clocks itsm.Clocks) *itsm.Clock {
	for n := range clocks {
		if c := &clocks[n]; c.StoppedAt == nil && c.DueAt != nil {
			return c
		}
	}
	return nil
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
func openQuestions(place List, questions []itsm.Notice, most int) (blocks []slack.Block) {
	if len(questions) == 0 {
		return nil
	}
	blocks = append(blocks, Section("*Questions that wait for your answer*"))
	for _, n := range first(questions, most) {
		c := n.Comment
		said := fmt.Sprintf("❓ %s asks about %s\n%s", Name(n.People, c.By), Headline(n.Change), Cut(c.Text, excerpt, "…"))
		answer := press("answer", "Answer…", Claim{Number: c.Number, ReplyTo: c.ID}).WithStyle(slack.StylePrimary)
		answer.ActionID += fmt.Sprintf(".%d", c.ID)
		blocks = append(blocks, Plain(said), slack.NewActionBlock(fmt.Sprintf("list.%s/%s/question/%d", place, c.Number, c.ID), answer))
	}
	return blocks
}

// Home is the Home tab: what waits for its reader, and what they raised.
func Home(m Mine) slack.HomeTabViewRequest {
	blocks := []slack.Block{slack.NewActionBlock("home", newIncident(), newProblem(), newCorrective(), newChange()), slack.NewDividerBlock()}
	return HomeSaying(append(blocks, personal("home", m, maxOnHome)...))
}

// HomeSaying is the Home tab with other blocks, such as a refusal's.
func HomeSaying(blocks []slack.Block) slack.HomeTabViewRequest {
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, CallbackID: "home", Blocks: slack.Blocks{BlockSet: FitView(blocks)}}
}

// newIncident is the button that opens the form for an incident.
func newIncident() *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement("incident.new", "", PlainText("Report an incident")).WithStyle(slack.StyleDanger)
}

// newProblem is the button that opens the form for a problem.
func newProblem() *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement("problem.new", "", PlainText("Raise a problem"))
}

// newCorrective is the button that opens the form for a corrective action.
func newCorrective() *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement("corrective.raise", "", PlainText("Raise a corrective action"))
}

// newChange is the button that opens the form for a change.
func newChange() *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement("change.new", "", PlainText("New change")).WithStyle(slack.StylePrimary)
}
