package cards

import (
	"cmp"

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
)

var listTitles = map[List]string{
	ListOpen: "Open changes", ListMine: "Changes that you raised", ListWaiting: "Changes that wait for you",
}

// MaxListed changes are shown of a list: so many fit into one message with their buttons.
const MaxListed = 10

// Listed is one list of changes, of which each notice holds one, newest first.
func Listed(l List, changes []itsm.Notice) Message {
	return fit(Message{Text: listTitles[l], Blocks: rows(l, changes)})
}

// rows are two blocks for each change: what it is, and what can be done.
func rows(l List, changes []itsm.Notice) []slack.Block {
	blocks := []slack.Block{section("*" + listTitles[l] + "*")}
	if len(changes) == 0 {
		return append(blocks, Footnote("There is none."))
	}
	for _, n := range first(changes, MaxListed) {
		c := n.Change
		line := signs[c.State] + " " + headline(c) + "\n" + c.State.Words() + " · " + cmp.Or(n.Service.Name, string(c.Service))
		if waits := waitsFor(n); waits != "" {
			line += " · waits for " + waits
		}
		blocks = append(blocks, plain(line), row("list."+string(l), n, n.Explanation.Acts, true))
	}
	if len(changes) > MaxListed {
		blocks = append(blocks, Footnote("There are more. These are the newest; the API lists all."))
	}
	return blocks
}

// Home is the Home tab: what waits for its reader, and what they raised.
func Home(waiting, mine []itsm.Notice) slack.HomeTabViewRequest {
	blocks := []slack.Block{slack.NewActionBlock("home", newChange()), slack.NewDividerBlock()}
	blocks = append(blocks, rows(ListWaiting, waiting)...)
	blocks = append(blocks, slack.NewDividerBlock())
	return HomeSaying(append(blocks, rows(ListMine, mine)...))
}

// HomeSaying is the Home tab with other blocks, such as a refusal's.
func HomeSaying(blocks []slack.Block) slack.HomeTabViewRequest {
	return slack.HomeTabViewRequest{
		Type: slack.VTHomeTab, CallbackID: "home", Blocks: slack.Blocks{BlockSet: fitBlocks(blocks, maxViewBlocks)},
	}
}

// newChange is the button that opens the form.
func newChange() *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement("change.new", "", plainText("New change")).WithStyle(slack.StylePrimary)
}
