package cards

import (
	"cmp"
	"slices"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// ListOwned are the corrective actions that whoever asks owns.
const ListOwned List = "owned"

var correctiveTitles = map[List]string{ //nolint:exhaustive // the others are of other kinds
	ListOpen: "Open corrective actions", ListMine: "Corrective actions that you raised", ListWaiting: "Corrective actions that wait for you", ListOwned: "Corrective actions that you own",
}

// CorrectiveLists are the lists of corrective actions that there are.
var CorrectiveLists = []List{ListOpen, ListMine, ListOwned, ListWaiting}

// ListedCorrective is one list of corrective actions, of which each notice holds one,
// newest first.
func ListedCorrective(l List, actions []itsm.Notice) Message {
	return fit(Message{Text: correctiveTitles[l], Blocks: correctiveRows(l, l, actions, MaxListed)})
}

// correctiveRows are two blocks for each of so many corrective actions: what it is, and
// what can be done. What is decided on has to be read first, among the details.
func correctiveRows(place, l List, actions []itsm.Notice, most int) []slack.Block {
	return listOf(correctiveTitles[l], actions, most, func(n itsm.Notice) []slack.Block {
		acts := without(n.Explanation.Acts, itsm.ActPlanDecide)
		return []slack.Block{correctiveLine(l, n), correctiveRow("list."+string(place)+"/"+string(n.Corrective.Number), n, acts, true)}
	})
}

// correctiveLine is what a corrective action is, what it asks of its reader, and by when.
func correctiveLine(l List, n itsm.Notice) *slack.RichTextBlock {
	c := n.Corrective
	says := correctiveTodo(l, n) + " · " + Cut(cmp.Or(n.Service.Name, string(c.Service)), 80, "…")
	if waits := waitsFor(n); waits != "" && l != ListWaiting {
		says += " · waits for " + waits
	}
	return lineOf(correctiveSigns[c.State]+" "+CorrectiveHeadline(c), says, running(c.Clocks))
}

// correctiveTodo says a corrective action's state, and to whom it waits for what that asks
// of them.
func correctiveTodo(l List, n itsm.Notice) string {
	c := n.Corrective
	state := c.State.Words()
	if l != ListWaiting {
		return state
	}
	acts := n.Explanation.Acts
	for _, todo := range []struct {
		act  itsm.Act
		says string
	}{
		{itsm.ActPlanDecide, "To decide: is its plan carried out?"},
		{itsm.ActCorrectiveAcknowledge, "To acknowledge: " + state},
		{itsm.ActPlan, "To plan: " + state},
		{itsm.ActCorrectiveCause, "To find its root cause: " + state},
		{itsm.ActImplement, "To call implemented: every step is over"},
		{itsm.ActStep, "To do its steps: " + state},
		{itsm.ActVerify, "To verify: was it effective?"},
	} {
		planned := todo.act == itsm.ActPlan && c.State != itsm.CorrectiveCauseKnown // it may be written anew, and need not
		if slices.Contains(acts, todo.act) && !planned {
			return todo.says
		}
	}
	return state
}
