package cards

import (
	"slices"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// problemChoices are what people can do to a problem, by act. They are shown in the
// order in which the record has the acts: the most likely first.
var problemChoices = map[itsm.Act][]choice{ //nolint:exhaustive // those of a problem
	itsm.ActProblemDecide: {
		{verb: "approve", label: "Approve", style: slack.StylePrimary}, {verb: "reject", label: "Reject…", style: slack.StyleDanger}, {verb: "abstain", label: "Abstain"},
	},
	itsm.ActCommunicate:    {{verb: "communicate", label: "Tell the incidents", style: slack.StylePrimary}},
	itsm.ActPublish:        {{verb: "known-error", label: "Have it published", style: slack.StylePrimary}},
	itsm.ActAccept:         {{verb: "accept", label: "Accept…", style: slack.StylePrimary}},
	itsm.ActDecline:        {{verb: "decline", label: "Decline…", style: slack.StyleDanger}},
	itsm.ActMerge:          {{verb: "merge", label: "Merge…"}},
	itsm.ActRootCause:      {{verb: "rca", label: "Root cause…"}},
	itsm.ActWorkaround:     {{verb: "workaround", label: "Workaround…"}},
	itsm.ActFix:            {{verb: "fix", label: "Raise a fix…"}},
	itsm.ActAcceptRisk:     {{verb: "accept-risk", label: "Accept the risk…"}},
	itsm.ActProblemConfirm: {{verb: "confirm", label: "It holds…", style: slack.StylePrimary}},
	itsm.ActReview:         {{verb: "review", label: "Review…"}},
	itsm.ActProblemClose:   {{verb: "close", label: "Close", style: slack.StylePrimary}},
	itsm.ActProblemReopen:  {{verb: "reopen", label: "Reopen…", style: slack.StyleDanger}},
	itsm.ActTask:           {{verb: "task", label: "Add a task…"}, {verb: "done", label: "End a task…"}},
	itsm.ActProblemAssign:  {{verb: "assign", label: "Assign…"}},
	itsm.ActProblemRelate:  {{verb: "link", label: "Link…"}, raisesCorrective},
	itsm.ActProblemComment: {{verb: "comment", label: "Comment…"}},
	itsm.ActProblemCancel:  {{verb: "cancel", label: "Cancel…"}},
}

// problemApart are what a channel's card leaves to the messages that one person gets:
// what is decided on stands there in full.
var problemApart = []string{"approve", "reject", "abstain"}

// maxPressed buttons stand on a message about a problem, Details among them. All else
// is in its menu, and what does not fit there among the details.
const maxPressed = 5

// problemOffered divides what can be done into buttons and the lines of the menu.
func problemOffered(n itsm.Notice, acts []itsm.Act) (buttons, menu []choice) {
	var all []choice
	for _, a := range acts {
		for _, c := range problemChoices[a] {
			apart := n.Kind == itsm.NoticeCard && slices.Contains(problemApart, c.verb)
			apart = apart || c == raisesCorrective && !offersCorrective(n)
			if !apart && (c.verb != "done" || n.Problem.Tasks.Open() > 0) {
				all = append(all, c)
			}
		}
	}
	if n.Kind == Show && !slices.Contains(acts, itsm.ActProblemRelate) && offersCorrective(n) {
		all = append(all, raisesCorrective)
	}
	if theirTask(n) > 0 { // what the message is about comes first
		slices.SortStableFunc(all, func(a, b choice) int { return boolOrder(a.verb != "done") - boolOrder(b.verb != "done") })
	}
	return divided(n.Kind, all)
}

// divided are the buttons of a message, and the lines of its menu.
func divided(kind itsm.NoticeKind, all []choice) (buttons, menu []choice) {
	most := maxPressed - 1
	switch over := len(all) - most; {
	case kind == Show: // nothing is left out there
		return all, nil
	case over <= 0:
		return all, nil
	case over == 1: // Slack takes no menu of one line
		most--
	}
	return all[:most], first(all[most:], maxMenu)
}

// problemRow offers the acts on a problem; every copy offers its details too.
func problemRow(place string, n itsm.Notice, acts []itsm.Act, details bool) *slack.ActionBlock {
	buttons, menu := problemOffered(n, acts)
	if details {
		label := "Details"
		if n.Kind == "" && slices.Contains(n.Explanation.Acts, itsm.ActProblemDecide) { // in a list
			label = "Read and decide"
		}
		buttons = append(slices.Clone(buttons), choice{verb: "show", label: label})
	}
	claim := problemClaim(n)
	headline, it := ProblemHeadline(n.Problem), string(n.Problem.Number)
	return rowOf("problem", place, claim, buttons, menu, map[string]*slack.ConfirmationBlockObject{
		"approve": sure(headline, "Publish "+it+"?", "People are shown its workaround from then on.", "Approve"),
		"close":   sure(headline, "Close "+it+"?", "It is closed for good. What comes after that is raised anew.", "Close"),
	})
}

// rowOf is a row of buttons and the menu beside them; those that cannot be taken back ask
// first.
func rowOf(kind, place string, claim Claim, buttons, menu []choice, ask map[string]*slack.ConfirmationBlockObject) *slack.ActionBlock {
	var elements []slack.BlockElement
	for _, c := range buttons {
		b := pressOn(kind, c.verb, c.label, claim).WithStyle(c.style)
		if q := ask[c.verb]; q != nil {
			b.WithConfirm(q)
		}
		elements = append(elements, b)
	}
	return slack.NewActionBlock(place, append(elements, menuOf(kind, claim, menu)...)...)
}

// problemClaim names the text of the known error that is decided on, and the task that
// a message is about.
func problemClaim(n itsm.Notice) Claim {
	c := Claim{Number: n.Problem.Number, Task: theirTask(n)}
	if k := n.Problem.KnownError; k != nil {
		c.ContentHash = k.Hash()
	}
	return c
}

// theirTask is the open task of its reader's that a message is about; 0 where it is about
// none.
func theirTask(n itsm.Notice) int {
	if t := detailOf(n.Event).Task; t != nil && t.Owner == n.To && t.State == itsm.TaskOpen {
		return t.ID
	}
	return 0
}

// sure asks whether it is meant: a thumb on a phone lands anywhere.
func sure(headline, title, what, yes string) *slack.ConfirmationBlockObject {
	text := Cut(headline, maxConfirm/2, "…") + "\n" + what
	return slack.NewConfirmationBlockObject(PlainText(title), PlainText(text), PlainText(yes), PlainText("Not yet"))
}

func pressProblem(verb, label string, c Claim) *slack.ButtonBlockElement {
	return pressOn("problem", verb, label, c)
}

// pressOn is a button about a record of some kind.
func pressOn(kind, verb, label string, c Claim) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(kind+"."+verb+":"+string(c.Number), c.Value(), PlainText(label))
}
