package page

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/itsm"
)

// contractPages are the pages of contracts.
var contractPages = &kind{
	home: "/contracts", list: "/suppliers", reads: "contract.read",
	acts: slices.Concat(binding, contractEnding, talk(itsm.ActContractComment, counter.CommentOnContract, "Its owner is told.")),
	texts: []act{{
		path: "amend", of: itsm.ActContractPropose, label: "Amend", button: "Ask for it to be approved",
		intro: "What is agreed on from now on, and what that does to services. Somebody else decides on it.",
		long:  true, done: "They are asked.", do: amendContract,
	}},
	look: (*Door).lookAtContract, explain: counter.ExplainContract, timeline: counter.ContractTimeline,
	comments: counter.ContractComments, relations: counter.ContractRelations,
}

// decideContract votes on what was proposed as it was read. A form that says nothing of
// that was not ours.
func decideContract(v itsm.Verdict) func(context.Context, counter, asking) (itsm.Receipt, error) {
	return func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
		if a.form["content_hash"] == "" {
			return itsm.Receipt{}, unreadable()
		}
		return at.DecideContract(ctx, a.who, a.n, itsm.DecisionRequest{Verdict: v, Note: a.form["note"], ContentHash: a.form["content_hash"]})
	}
}

var (
	effectField = field{Name: "effect", Label: "What it does to services, and to how they are managed", Kind: "text", Max: itsm.MaxNote}
	gapField    = field{
		Name: "risk", Label: "What is done about targets that do not suffice", Kind: "text", Max: itsm.MaxNote,
		Hint: "Needed where customers were promised more than the supplier.",
	}
	changeField = field{Name: "change", Label: "Which change carries it out", Hint: "Such as CHG-42; empty: none.", Kind: "line", Max: maxNumber}
)

// binding asks for what becomes of it, and decides.
var binding = []act{
	{
		path: "approve", of: itsm.ActContractDecide, group: "main", label: "Approve", button: "Yes, do it", tone: "yes",
		fields: []field{noteField("A word with it, if you like", false)}, done: "Your approval counts.", do: decideContract(itsm.Approve),
	},
	{
		path: "reject", of: itsm.ActContractDecide, group: "main", label: "Reject", button: "Reject it", tone: "no",
		fields: []field{noteField("Why, so that something better can be proposed", true)}, done: "Your rejection counts.", do: decideContract(itsm.Reject),
	},
	{
		path: "abstain", of: itsm.ActContractDecide, group: "more", label: "Abstain", button: "Abstain",
		intro:  "To abstain never counts as a yes.",
		fields: []field{noteField("Why, if you like", false)}, done: "You abstained.", do: decideContract(itsm.Abstain),
	},
	{
		path: "propose", of: itsm.ActContractPropose, group: "main", label: "Propose what becomes of it", button: "Ask for it",
		intro: "Somebody else decides on it.",
		fields: []field{
			{Name: "decision", Label: "You ask", Kind: "decisions", Required: true},
			noteField("Why", true), effectField, gapField, changeField,
		},
		done: "They are asked.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.ProposeForContract(ctx, a.who, a.n, proposal(a.form))
		},
	},
}

func proposal(f form) itsm.ProposalRequest {
	return itsm.ProposalRequest{
		Decision: itsm.ContractDecision(f["decision"]), Note: f["note"], Effect: f["effect"], Risk: f["risk"], Change: typedNumber(f["change"]),
	}
}

// contractEnding is what is done with what is in force, and with what never was.
var contractEnding = []act{
	{
		path: "notice", of: itsm.ActGiveNotice, group: "main", label: "Notice was given", button: "It was given", tone: "yes",
		intro:  "It ends on its last day.",
		fields: []field{evidenceField.required()}, done: "Notice is on record.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.GiveNotice(ctx, a.who, a.n, itsm.GiveNoticeRequest{Evidence: evidenceIn(a.form["evidence"])})
		},
	},
	{
		path: "review", of: itsm.ActContractReview, group: "more", label: "Review it", button: "Record it",
		intro:  "Compare it with what services need now.",
		fields: []field{noteField("What was compared, and what came of it", true), evidenceField},
		done:   "It is reviewed.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.ReviewContract(ctx, a.who, a.n, itsm.ContractReview{Note: a.form["note"], Evidence: evidenceIn(a.form["evidence"])})
		},
	},
	{
		path: "cancel", of: itsm.ActContractCancel, group: "more", label: "Cancel", button: "Cancel it for good", tone: "no",
		fields: []field{noteField("Why nobody needs it", true)}, done: "It is cancelled.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.CancelContract(ctx, a.who, a.n, itsm.Cancellation{Note: a.form["note"]})
		},
	},
}
