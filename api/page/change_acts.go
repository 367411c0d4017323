package page

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/itsm"
)

var forField = field{Name: "for", Label: "For whom", Kind: "for", Required: true}

func decide(v itsm.Verdict) func(context.Context, counter, asking) (itsm.Receipt, error) {
	return func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
		return at.DecideChange(ctx, a.who, a.n, itsm.DecisionRequest{
			Verdict: v, Note: a.form["note"], For: itsm.PersonID(a.form["for"]), ContentHash: a.form["content_hash"],
		})
	}
}

func complete(result itsm.Outcome) func(context.Context, counter, asking) (itsm.Receipt, error) {
	return func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
		return at.CompleteChange(ctx, a.who, a.n, itsm.Completion{Result: result, Note: a.form["note"]})
	}
}

// changePages are the pages of changes.
var changePages = &kind{
	home: "/changes", reads: "change.read", hashed: true,
	acts: slices.Concat(decisions, work, care, talk(itsm.ActComment, counter.CommentOnChange,
		"The requester is told. The clock goes on while you wait for the answer.")),
	texts: changeTexts,
	look:  (*Door).lookAtChange, explain: counter.ExplainChange, timeline: counter.Timeline, comments: counter.Comments,
	relations: counter.ChangeRelations,
}

var decisions = []act{
	{
		path: "approve", of: itsm.ActDecide, group: "main", label: "Approve", button: "Yes, approve it", tone: "yes",
		fields: []field{forField, noteField("A word with it, if you like", false)}, done: "Your approval counts.", do: decide(itsm.Approve),
	},
	{
		path: "reject", of: itsm.ActDecide, group: "main", label: "Reject", button: "Reject it", tone: "no",
		fields: []field{forField, noteField("Why, so that the requester can do better", true)}, done: "Your rejection counts.", do: decide(itsm.Reject),
	},
	{
		path: "abstain", of: itsm.ActDecide, group: "main", label: "Abstain", button: "Abstain",
		intro:  "To abstain never counts as a yes.",
		fields: []field{forField, noteField("Why, if you like", false)}, done: "You abstained.", do: decide(itsm.Abstain),
	},
	{
		path: "retract", of: itsm.ActRetract, group: "main", label: "Take back my vote", button: "Take it back",
		intro: "Until the stage is decided, you can take your vote back and give another.",
		done:  "Your vote is taken back.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.RetractVote(ctx, a.who, a.n)
		},
	},
	{
		path: "delegate", of: itsm.ActDelegate, group: "more", label: "Delegate", button: "Delegate it",
		intro: "Somebody else decides on this one record, in place of whoever delegates it. Both are told.",
		fields: []field{
			{Name: "from", Label: "Whose say", Kind: "from"},
			{Name: "to", Label: "Who decides instead", Kind: "deciders", Required: true},
			noteField("Why, if you like", false),
		},
		done: "It is delegated.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.DelegateChange(ctx, a.who, a.n, itsm.DelegationRequest{
				To: itsm.PersonID(a.form["to"]), From: itsm.PersonID(a.form["from"]), Note: a.form["note"],
			})
		},
	},
}

var work = []act{
	{
		path: "start", of: itsm.ActStart, group: "main", label: "Start", button: "Start it now", tone: "yes",
		intro: "From now on you carry it out, and report how it went.", done: "It is started.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.StartChange(ctx, a.who, a.n)
		},
	},
	{
		path: "done", of: itsm.ActComplete, group: "main", label: "Done", button: "It is done", tone: "yes",
		fields: []field{noteField("How it went, if you like", false)}, done: "Well done.", do: complete(itsm.Successful),
	},
	{
		path: "failed", of: itsm.ActComplete, group: "main", label: "Failed", button: "Report that it failed", tone: "no",
		fields: []field{noteField("What failed, and what state the service is in", true)}, done: "It is reported.", do: complete(itsm.Failed),
	},
	{
		path: "resume", of: itsm.ActResume, group: "main", label: "Resume", button: "Resume it",
		intro: "Its deadlines move on by the time that it was on hold.", fields: []field{noteField("Why, if you like", false)},
		done: "It goes on.", do: noted(counter.ResumeChange),
	},
}

var care = []act{
	{
		path: "hold", of: itsm.ActHold, group: "more", label: "Put on hold", button: "Put it on hold",
		intro:  "Nobody can decide on it or start it, and the approval's clock stops. Its window does not move.",
		fields: []field{noteField("Why", true)}, done: "It is on hold.", do: noted(counter.HoldChange),
	},
	{
		path: "reassign", of: itsm.ActReassign, group: "more", label: "Assign", button: "Assign it",
		fields: []field{{Name: "assignee", Label: "Who carries it out", Kind: "doers", Required: true}, noteField("Why, if you like", false)},
		done:   "It is assigned.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.ReassignChange(ctx, a.who, a.n, itsm.Reassignment{Assignee: itsm.PersonID(a.form["assignee"]), Note: a.form["note"]})
		},
	},
	{
		path: "link", of: itsm.ActLink, group: "more", label: "Add a link", button: "Add it",
		fields: []field{
			{Name: "url", Label: "Address, or a record's number", Kind: "line", Required: true, Max: itsm.MaxURL},
			{Name: "title", Label: "What is there, if you like", Kind: "line", Max: itsm.MaxTitle},
		},
		done: "The link is added.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.LinkChange(ctx, a.who, a.n, itsm.Link{URL: a.form["url"], Title: a.form["title"]})
		},
	},
	{
		path: "withdraw", of: itsm.ActWithdraw, group: "more", label: "Withdraw", button: "Withdraw it", tone: "no",
		intro: "You take your request back. That ends it.", fields: []field{noteField("Why, if you like", false)},
		done: "It is withdrawn.", do: noted(counter.WithdrawChange),
	},
	{
		path: "cancel", of: itsm.ActCancel, group: "more", label: "Cancel", button: "Cancel it for good", tone: "no",
		fields: []field{noteField("Why it is not wanted any more", true)}, done: "It is cancelled.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.CancelChange(ctx, a.who, a.n, itsm.Cancellation{Note: a.form["note"]})
		},
	},
}
