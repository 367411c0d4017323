package cards

import (
	"slices"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/itsm"
)

// correctiveChoices are what people can do to a corrective action, by act. They are shown
// in the order in which the record has the acts: the most likely first.
var correctiveChoices = map[itsm.Act][]choice{ //nolint:exhaustive // those of a corrective action
	itsm.ActPlanDecide: {
		{verb: "approve", label: "Approve", style: slack.StylePrimary}, {verb: "reject", label: "Reject…", style: slack.StyleDanger}, {verb: "abstain", label: "Abstain"},
	},
	itsm.ActCorrectiveAcknowledge: {{verb: "acknowledge", label: "Acknowledge", style: slack.StylePrimary}},
	itsm.ActCorrectiveCause:       {{verb: "rca", label: "Root cause…"}},
	itsm.ActPlan:                  {{verb: "plan", label: "Plan…"}},
	itsm.ActStep:                  {{verb: "step", label: "Step done…", style: slack.StylePrimary}, {verb: "drop", label: "Drop a step…"}},
	itsm.ActImplement:             {{verb: "implement", label: "It is implemented", style: slack.StylePrimary}},
	itsm.ActVerify:                {{verb: "verify", label: "Verify…", style: slack.StylePrimary}},
	itsm.ActCorrectiveAssign:      {{verb: "assign", label: "Assign…"}},
	itsm.ActCorrectiveRelate:      {{verb: "link", label: "Link…"}},
	itsm.ActCorrectiveComment:     {{verb: "comment", label: "Comment…"}},
	itsm.ActWithdrawCorrective:    {{verb: "withdraw", label: "Withdraw…", style: slack.StyleDanger}},
}

// correctiveOffered divides what can be done into buttons and the lines of the menu. What
// is decided on is left out of a channel's card: it stands in full in the messages that
// one person gets.
func correctiveOffered(n itsm.Notice, acts []itsm.Act) (buttons, menu []choice) {
	if n.Kind == itsm.NoticeCard {
		acts = without(acts, itsm.ActPlanDecide)
	}
	var all []choice
	for _, a := range acts {
		all = append(all, correctiveChoices[a]...)
	}
	if theirTask(n) > 0 { // what the message is about comes first
		slices.SortStableFunc(all, func(a, b choice) int { return boolOrder(a.verb != "step") - boolOrder(b.verb != "step") })
	}
	return divided(n.Kind, all)
}

// correctiveRow offers the acts on a corrective action; every copy offers its details too.
func correctiveRow(place string, n itsm.Notice, acts []itsm.Act, details bool) *slack.ActionBlock {
	buttons, menu := correctiveOffered(n, acts)
	if details {
		label := "Details"
		if n.Kind == "" && slices.Contains(n.Explanation.Acts, itsm.ActPlanDecide) { // in a list
			label = "Read and decide"
		}
		buttons = append(slices.Clone(buttons), choice{verb: "show", label: label})
	}
	headline, it := CorrectiveHeadline(n.Corrective), string(n.Corrective.Number)
	return rowOf("corrective", place, correctiveClaim(n), buttons, menu, map[string]*slack.ConfirmationBlockObject{
		"approve":   sure(headline, "Accept the plan of "+it+"?", "It is carried out from then on.", "Approve"),
		"implement": sure(headline, "Is "+it+" implemented?", "Its steps are over then. Others judge later whether that was effective.", "It is implemented"),
	})
}

// correctiveClaim names the plan that is decided on, and the step that a message is about.
func correctiveClaim(n itsm.Notice) Claim {
	c := Claim{Number: n.Corrective.Number, Task: theirTask(n)}
	if n.Corrective.Plan != nil {
		c.ContentHash = n.Corrective.Plan.Hash()
	}
	return c
}

func pressCorrective(verb, label string, c Claim) *slack.ButtonBlockElement {
	return pressOn("corrective", verb, label, c)
}

// raisesCorrective opens the form for a corrective action, filled in from a record.
var raisesCorrective = choice{verb: "corrective", label: "Raise a corrective action…"}

// offersCorrective tells whether a message offers to raise a corrective action: the card
// and what shows a record do, to whoever may. In a channel somebody may.
func offersCorrective(n itsm.Notice) bool {
	if !slices.Contains([]itsm.NoticeKind{itsm.NoticeCard, Show, Status}, n.Kind) {
		return false
	}
	who := itsm.Actor{Person: n.To, Roles: n.People[n.To].Roles, Scopes: []itsm.Scope{itsm.ScopeWrite}}
	return n.To == "" || who.May(itsm.RaiseCorrective) == nil
}
