package cards

import (
	"cmp"
	"slices"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// ListCoordinated are the problems that whoever asks coordinates.
const ListCoordinated List = "coordinated"

var problemTitles = map[List]string{ //nolint:exhaustive // the others are of other kinds
	ListOpen: "Open problems", ListMine: "Problems that you raised", ListWaiting: "Problems that wait for you", ListCoordinated: "Problems that you coordinate",
}

// ProblemLists are the lists of problems that there are.
var ProblemLists = []List{ListOpen, ListMine, ListCoordinated, ListWaiting}

// ListedProblems is one list of problems, of which each notice holds one, newest first.
func ListedProblems(l List, problems []itsm.Notice) Message {
	return fit(Message{Text: problemTitles[l], Blocks: problemRows(l, l, problems, MaxListed)})
}

// problemRows are two blocks for each of so many problems: what it is, and what can be
// done.
func problemRows(place, l List, problems []itsm.Notice, most int) []slack.Block {
	return listOf(problemTitles[l], problems, most, func(n itsm.Notice) []slack.Block {
		return []slack.Block{problemLine(l, n), problemRow("list."+string(place)+"/"+string(n.Problem.Number), n, listedActs(n), true)}
	})
}

// listedActs are those that are offered in a list: what is decided on has to be read
// first, among the details.
func listedActs(n itsm.Notice) []itsm.Act { return without(n.Explanation.Acts, itsm.ActProblemDecide) }

// problemLine is what a problem is, what it asks of its reader, and by when.
func problemLine(l List, n itsm.Notice) *slack.RichTextBlock {
	p := n.Problem
	says := problemTodo(l, n) + " · " + Cut(cmp.Or(n.Service.Name, string(p.Service)), 80, "…")
	if waits := waitsFor(n); waits != "" && l != ListWaiting {
		says += " · waits for " + waits
	}
	return lineOf(problemSigns[p.State]+" "+ProblemHeadline(p), says, running(p.Clocks))
}

// problemTodo says a problem's state, and to whom it waits for what that asks of them.
func problemTodo(l List, n itsm.Notice) string {
	p := n.Problem
	state := p.State.Words()
	if l != ListWaiting {
		return state
	}
	acts := n.Explanation.Acts
	switch {
	case slices.Contains(acts, itsm.ActProblemDecide):
		return "To decide: can its known error be published?"
	case p.Unassessed():
		return "To assess: " + state
	case p.State == itsm.ProblemInvestigating || p.State == itsm.ProblemReopened:
		return "To find its root cause: " + state
	case slices.Contains(acts, itsm.ActPublish):
		return "To have published: its known error is a draft"
	case slices.Contains(acts, itsm.ActCommunicate):
		return "To tell its incidents of the workaround"
	case p.State == itsm.ProblemRootCauseKnown || p.State == itsm.ProblemKnownError:
		return "To fix: " + state
	case p.State == itsm.ProblemResolved && p.Major && p.Review == nil:
		return "To review: " + state
	case p.State == itsm.ProblemResolved:
		return "To close: " + state
	default:
		return state
	}
}
