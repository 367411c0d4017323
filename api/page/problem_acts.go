package page

import (
	"context"
	"slices"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// problemPages are the pages of problems.
var problemPages = &kind{
	home: "/problems", reads: "problem.read",
	acts: slices.Concat(assessing, publishing, fixing, tasking, leading, talk(itsm.ActProblemComment, counter.CommentOnProblem,
		"Its coordinator and whoever raised it are told.")),
	texts: problemTexts,
	look:  (*Door).lookAtProblem, explain: counter.ExplainProblem, timeline: counter.ProblemTimeline, comments: counter.ProblemComments,
	relations: counter.ProblemRelations,
}

// assessing says whether it is a problem, and lets go of it.
var assessing = []act{
	{
		path: "accept", of: itsm.ActAccept, group: "main", label: "Accept", button: "Yes, it is one", tone: "yes",
		intro: "Somebody coordinates it from now on, and looks for its root cause.",
		fields: []field{
			{Name: "coordinator", Label: "Who coordinates it", Hint: "Nobody chosen: you do.", Kind: "coordinators"},
			{Name: "team", Label: "Which team has it", Kind: "teams"},
			{Name: "impact", Label: "Impact: how much of the business it stops", Kind: "impact"},
			{Name: "urgency", Label: "Urgency: how soon that hurts", Kind: "urgency"},
			noteField("A word with it, if you like", false),
		},
		done: "It is accepted.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.AcceptProblem(ctx, a.who, a.n, itsm.Acceptance{
				Coordinator: itsm.PersonID(a.form["coordinator"]), Team: itsm.TeamID(a.form["team"]),
				Impact: itsm.Degree(a.form["impact"]), Urgency: itsm.Degree(a.form["urgency"]), Note: a.form["note"],
			})
		},
	},
	{
		path: "decline", of: itsm.ActDecline, group: "main", label: "Decline", button: "No, it is none", tone: "no",
		fields: []field{noteField("Why it is no problem", true)}, done: "It is declined.", do: noted(counter.DeclineProblem),
	},
	{
		path: "close", of: itsm.ActProblemClose, group: "main", label: "Close", button: "Close it for good", tone: "yes",
		fields: []field{noteField("A word with it, if you like", false)}, done: "It is closed.", do: noted(counter.CloseProblem),
	},
	{
		path: "reopen", of: itsm.ActProblemReopen, group: "more", label: "Reopen", button: "Reopen it", tone: "no",
		intro:  "Its root cause is looked for anew.",
		fields: []field{noteField("Why it is not over", true)}, done: "It is reopened.", do: noted(counter.ReopenProblem),
	},
}

// decideOn votes on the known error as its text was read. A form that says nothing of
// that was not ours.
func decideOn(v itsm.Verdict) func(context.Context, counter, asking) (itsm.Receipt, error) {
	return func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
		if a.form["content_hash"] == "" {
			return itsm.Receipt{}, unreadable()
		}
		return at.DecideKnownError(ctx, a.who, a.n, itsm.DecisionRequest{Verdict: v, Note: a.form["note"], ContentHash: a.form["content_hash"]})
	}
}

// publishing has people shown the known error.
var publishing = []act{
	{
		path: "approve", of: itsm.ActProblemDecide, group: "main", label: "Publish the known error", button: "Yes, publish it", tone: "yes",
		fields: []field{noteField("A word with it, if you like", false)}, done: "Your approval counts.", do: decideOn(itsm.Approve),
	},
	{
		path: "reject", of: itsm.ActProblemDecide, group: "main", label: "Reject the known error", button: "Reject it", tone: "no",
		fields: []field{noteField("Why, so that whoever wrote it can do better", true)}, done: "Your rejection counts.", do: decideOn(itsm.Reject),
	},
	{
		path: "abstain", of: itsm.ActProblemDecide, group: "more", label: "Abstain", button: "Abstain",
		intro:  "To abstain never counts as a yes.",
		fields: []field{noteField("Why, if you like", false)}, done: "You abstained.", do: decideOn(itsm.Abstain),
	},
	{
		path: "known-error", of: itsm.ActPublish, group: "main", label: "Ask for publication", button: "Ask for it",
		intro:  "Somebody else reads the workaround and decides whether people are shown it.",
		fields: []field{noteField("A word with it, if you like", false)}, done: "They are asked.", do: noted(counter.PublishKnownError),
	},
	{
		path: "communicate", of: itsm.ActCommunicate, group: "main", label: "Tell its incidents", button: "Tell them",
		intro:  "Whoever is at an open incident of it is told of the workaround, and nobody else is called for it.",
		fields: []field{noteField("A word with it, if you like", false)}, done: "They are told.", do: noted(counter.CommunicateWorkaround),
	},
}

// fixing ends it, or decides to live with it.
var fixing = []act{
	{
		path: "fix", of: itsm.ActFix, group: "main", label: "Plan its fix", button: "Wait for this change",
		intro: "It waits for the change, and is watched once that was successful.",
		fields: []field{
			{Name: "change", Label: "Which change fixes it", Hint: "Such as CHG-42.", Kind: "line", Required: true, Max: maxNumber},
		},
		done: "Its fix is planned.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.FixProblem(ctx, a.who, a.n, itsm.FixRequest{Change: typedNumber(a.form["change"])})
		},
	},
	{
		path: "confirm", of: itsm.ActProblemConfirm, group: "main", label: "Its fix has held", button: "It has held", tone: "yes",
		intro:  "That ends the watch.",
		fields: []field{noteField("How you know", true)}, done: "It is confirmed.", do: noted(counter.ConfirmFix),
	},
	{
		path: "review", of: itsm.ActReview, group: "main", label: "Review", button: "Hand in the review",
		fields: []field{
			{Name: "went_well", Label: "What went well", Kind: "text", Required: true, Max: itsm.MaxNote},
			{Name: "went_wrong", Label: "What went wrong", Kind: "text", Required: true, Max: itsm.MaxNote},
			{Name: "third_parties", Label: "What others had to do with it", Kind: "text", Max: itsm.MaxNote},
			{Name: "follow_up", Label: "What is done next", Kind: "text", Max: itsm.MaxNote},
		},
		done: "It is reviewed.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.ReviewProblem(ctx, a.who, a.n, itsm.ReviewRequest{
				WentWell: a.form["went_well"], WentWrong: a.form["went_wrong"], ThirdParties: a.form["third_parties"], FollowUp: a.form["follow_up"],
			})
		},
	},
	{
		path: "accept-risk", of: itsm.ActAcceptRisk, group: "more", label: "Accept its risk", button: "Live with it until then", tone: "no",
		intro: "When the time is over, it is investigated again.",
		fields: []field{
			noteField("Why it is lived with", true),
			{Name: "expires_at", Label: "Until when", Hint: "In your time.", Kind: "instant", Required: true},
		},
		done: "Its risk is accepted.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			until, err := instantOf(a.form["expires_at"], "/expires_at", time.Time{}, a.zone)
			if err != nil {
				return itsm.Receipt{}, err
			}
			return at.AcceptRisk(ctx, a.who, a.n, itsm.RiskRequest{Note: a.form["note"], ExpiresAt: until})
		},
	},
}

// ended are the states of a task that is over.
var ended = []itsm.TaskState{itsm.TaskDone, itsm.TaskDropped}

// tasking gives the investigation to people, piece by piece.
var tasking = []act{
	{
		path: "task", of: itsm.ActTask, group: "more", label: "Add a task", button: "Add it",
		fields: []field{
			{Name: "title", Label: "What is to be done", Kind: "line", Required: true, Max: itsm.MaxTitle},
			{Name: "owner", Label: "Who does it", Kind: "doers", Required: true},
			{Name: "due_at", Label: "Until when", Hint: "In your time; empty: no date.", Kind: "instant"},
		},
		done: "It is added.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			due, err := someInstant(a, "due_at")
			if err != nil {
				return itsm.Receipt{}, err
			}
			return at.TaskOfProblem(ctx, a.who, a.n, itsm.TaskRequest{Title: a.form["title"], Owner: itsm.PersonID(a.form["owner"]), DueAt: due})
		},
	},
	{
		path: "result", of: itsm.ActTask, group: "more", label: "Say what came of a task", button: "Say it",
		fields: []field{
			{Name: "id", Label: "Which task", Kind: "tasks", Required: true},
			{Name: "state", Label: "It is", Kind: "choice", Required: true, Options: words(ended)},
			{Name: "result", Label: "What came of it", Kind: "text", Max: itsm.MaxNote},
		},
		done: "It is noted.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			id, err := number(a.form["id"], "/id")
			if err != nil {
				return itsm.Receipt{}, err
			}
			return at.TaskOfProblem(ctx, a.who, a.n, itsm.TaskRequest{ID: id, State: itsm.TaskState(a.form["state"]), Result: a.form["result"]})
		},
	},
}

// problemLinks are the relations that somebody may state by themselves.
var problemLinks = []itsm.RelationKind{itsm.FoundIn, itsm.CausedBy, itsm.Related}

// leading hands it on, and leads to others.
var leading = []act{
	{
		path: "assign", of: itsm.ActProblemAssign, group: "more", label: "Assign", button: "Assign it",
		fields: []field{
			{Name: "assignee", Label: "Who coordinates it", Kind: "coordinators"},
			{Name: "team", Label: "Which team has it", Kind: "teams"},
			noteField("Why, if you like", false),
		},
		done: "It is assigned.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.AssignProblem(ctx, a.who, a.n, assignment(a.form))
		},
	},
	{
		path: "link", of: itsm.ActProblemRelate, group: "more", label: "Link", button: "Link it", fields: linkFields(problemLinks),
		done: "It is linked.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.RelateProblem(ctx, a.who, a.n, relating(a.form))
		},
	},
	{
		path: "merge", of: itsm.ActMerge, group: "more", label: "Merge", button: "Merge it", tone: "no",
		intro: "That ends it. The other one takes up all that it led to.",
		fields: []field{
			{Name: "into", Label: "Into which problem", Hint: "Such as PRB-42.", Kind: "line", Required: true, Max: maxNumber},
			noteField("Why they are one", true),
		},
		done: "It is merged.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.MergeProblem(ctx, a.who, a.n, itsm.MergeRequest{Into: typedNumber(a.form["into"]), Note: a.form["note"]})
		},
	},
	{
		path: "cancel", of: itsm.ActProblemCancel, group: "more", label: "Cancel", button: "Cancel it for good", tone: "no",
		fields: []field{noteField("Why it is dropped", true)}, done: "It is cancelled.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.CancelProblem(ctx, a.who, a.n, itsm.Cancellation{Note: a.form["note"]})
		},
	},
}

// assignment is what a form says of who has a record from now on.
func assignment(f form) itsm.Assignment {
	return itsm.Assignment{Assignee: itsm.PersonID(f["assignee"]), Team: itsm.TeamID(f["team"]), Note: f["note"]}
}

// linkFields ask for a relation of one of some kinds.
func linkFields(kinds []itsm.RelationKind) []field {
	return []field{
		{Name: "kind", Label: "How it is to the other", Kind: "choice", Required: true, Options: words(kinds)},
		{Name: "to", Label: "The other's number", Hint: "Such as INC-42.", Kind: "line", Required: true, Max: maxNumber},
	}
}

func relating(f form) itsm.RelateRequest {
	return itsm.RelateRequest{Kind: itsm.RelationKind(f["kind"]), To: typedNumber(f["to"])}
}
