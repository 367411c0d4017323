package page

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/itsm"
)

// incidentPages are the pages of incidents.
var incidentPages = &kind{
	home: "/incidents", reads: "incident.read",
	acts: slices.Concat(answering, working, linking, ending, telling, talk(itsm.ActIncidentComment, counter.CommentOnIncident,
		"Its reporter and its assignee are told. The clocks go on while you wait for the answer.")),
	look: (*Door).lookAtIncident, explain: counter.ExplainIncident, timeline: counter.IncidentTimeline, comments: counter.IncidentComments,
	relations: counter.Relations,
}

// words makes a choice of what can be said in so many words.
func words[T ~string](all []T) []option {
	options := []option{nobodyYet}
	for _, one := range all {
		options = append(options, option{Value: string(one), Words: itsm.State(one).Words()})
	}
	return options
}

// linkKinds are the relations that somebody may state by themselves; what makes a
// child or a duplicate has acts of its own.
var linkKinds = []itsm.RelationKind{itsm.CausedBy, itsm.FixedBy, itsm.Follows, itsm.Related}

// answering is what most people come for.
var answering = []act{
	{
		path: "acknowledge", of: itsm.ActAcknowledge, group: "main", label: "Acknowledge", button: "Acknowledge", tone: "yes", quick: true,
		done: "You have acknowledged it.", do: noted(counter.AcknowledgeIncident),
	},
	{
		path: "confirm", of: itsm.ActConfirm, group: "main", label: "It works again", button: "It works again: close it", tone: "yes",
		intro: "That closes it for good.", fields: []field{noteField("A word with it, if you like", false)},
		done: "Thank you.", do: noted(counter.ConfirmIncident),
	},
	{
		path: "reopen", of: itsm.ActReopen, group: "main", label: "It does not work", button: "Reopen it", tone: "no",
		intro:  "Its people are called again, and the clock of its resolution begins anew.",
		fields: []field{noteField("What does not work", true)}, done: "It is reopened.", do: noted(counter.ReopenIncident),
	},
	{
		path: "resume", of: itsm.ActIncidentResume, group: "main", label: "Resume", button: "Resume it",
		fields: []field{noteField("Why, if you like", false)}, done: "It goes on.", do: noted(counter.ResumeIncident),
	},
	{
		path: "reply", of: itsm.ActIncidentComment, group: "main", label: "Answer", button: "Answer", tone: "yes",
		intro:  "Its people wait for you. Once you have answered, it goes on.",
		fields: []field{{Name: "text", Label: "Your answer", Kind: "text", Required: true, Max: itsm.MaxNote}},
		done:   "Your answer is there.", do: sayer(counter.CommentOnIncident).with(itsm.CommentRequest{}),
	},
	{
		path: "resolve", of: itsm.ActResolve, group: "main", label: "Resolve", button: "It is resolved",
		intro: "The clocks stop, and its reporter is asked whether it works again.",
		fields: []field{
			{Name: "code", Label: "How", Kind: "choice", Required: true, Options: words(itsm.ResolutionCodes)},
			noteField("What was done", true),
		},
		done: "Well done.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.ResolveIncident(ctx, a.who, a.n, itsm.ResolveRequest{Code: itsm.ResolutionCode(a.form["code"]), Note: a.form["note"]})
		},
	},
	{
		path: "escalate", of: itsm.ActEscalate, group: "main", label: "Escalate", button: "Escalate it", tone: "no",
		fields: []field{
			{Name: "to", Label: "To whom", Kind: "directions", Required: true},
			{Name: "team", Label: "Which team", Hint: "Only when you hand it to another team.", Kind: "teams"},
			noteField("What is needed of them", true),
		},
		done: "They are called.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.EscalateIncident(ctx, a.who, a.n, itsm.EscalateRequest{
				To: itsm.EscalateTo(a.form["to"]), Team: itsm.TeamID(a.form["team"]), Note: a.form["note"],
			})
		},
	},
}

var working = []act{
	{
		path: "assign", of: itsm.ActAssign, group: "more", label: "Assign", button: "Assign it",
		fields: []field{
			{Name: "assignee", Label: "Who works on it", Kind: "doers"},
			{Name: "team", Label: "Which team has it", Kind: "teams"},
			noteField("Why, if you like", false),
		},
		done: "It is assigned.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.AssignIncident(ctx, a.who, a.n, itsm.Assignment{
				Assignee: itsm.PersonID(a.form["assignee"]), Team: itsm.TeamID(a.form["team"]), Note: a.form["note"],
			})
		},
	},
	{
		path: "priority", of: itsm.ActReprioritise, group: "more", label: "Priority", button: "Change it",
		intro: "Its clocks take the new targets from their own beginning on.",
		fields: []field{
			{Name: "impact", Label: "Impact: how much of the business it stops", Kind: "impact"},
			{Name: "urgency", Label: "Urgency: how soon that hurts", Kind: "urgency"},
			{Name: "override", Label: "Priority", Hint: "Against the matrix only with the reason.", Kind: "override"},
			noteField("Why", false),
		},
		done: "Its priority is changed.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.ReprioritiseIncident(ctx, a.who, a.n, itsm.Reprioritisation{
				Impact: itsm.Degree(a.form["impact"]), Urgency: itsm.Degree(a.form["urgency"]),
				Override: itsm.Priority(a.form["override"]), Note: a.form["note"],
			})
		},
	},
	{
		path: "hold", of: itsm.ActIncidentHold, group: "more", label: "Put on hold", button: "Put it on hold",
		intro: "Nobody is called meanwhile. The clock of its resolution stands still only while it awaits its reporter.",
		fields: []field{
			{Name: "reason", Label: "What it waits for", Kind: "choice", Required: true, Options: words(itsm.HoldReasons)},
			{Name: "for", Label: "Which record, if it is one", Hint: "Such as CHG-42.", Kind: "line", Max: maxNumber},
			noteField("What you ask of them, or why it waits", true),
		},
		done: "It is on hold.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.HoldIncident(ctx, a.who, a.n, itsm.HoldRequest{
				Reason: itsm.HoldReason(a.form["reason"]), For: typedNumber(a.form["for"]), Note: a.form["note"],
			})
		},
	},
}

var linking = []act{
	{
		path: "link", of: itsm.ActRelate, group: "more", label: "Link", button: "Link it",
		fields: []field{
			{Name: "kind", Label: "How it is to the other", Kind: "choice", Required: true, Options: words(linkKinds)},
			{Name: "to", Label: "The other's number", Hint: "Such as CHG-42.", Kind: "line", Required: true, Max: maxNumber},
		},
		done: "It is linked.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.RelateIncident(ctx, a.who, a.n, itsm.RelateRequest{Kind: itsm.RelationKind(a.form["kind"]), To: typedNumber(a.form["to"])})
		},
	},
	{
		path: "apply", of: itsm.ActApply, group: "more", label: "Apply a workaround", button: "Apply it",
		intro: "It belongs to that problem from now on. How to do it, the known error says.",
		fields: []field{
			{Name: "known_error", Label: "Of which known error", Hint: "The number of its problem, such as PRB-42.", Kind: "line", Required: true, Max: maxNumber},
		},
		done: "It is applied.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.ApplyWorkaround(ctx, a.who, a.n, itsm.ApplyRequest{KnownError: typedNumber(a.form["known_error"])})
		},
	},
	{
		path: "parent", of: itsm.ActParent, group: "more", label: "Parent", button: "Set it",
		intro: "It goes on, waits and is resolved as its parent is.",
		fields: []field{
			{Name: "parent", Label: "Which incident it belongs to", Hint: "Such as INC-42. Empty: to none.", Kind: "parent", Max: maxNumber},
			noteField("Why, if you like", false),
		},
		done: "Its parent is set.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.SetIncidentParent(ctx, a.who, a.n, itsm.ParentRequest{Parent: typedNumber(a.form["parent"]), Note: a.form["note"]})
		},
	},
}

var ending = []act{
	{
		path: "duplicate", of: itsm.ActDuplicate, group: "more", label: "Duplicate", button: "End it as a duplicate", tone: "no",
		intro: "That ends it. What is to be said of it is said on the other one.",
		fields: []field{
			{Name: "of", Label: "Of which incident", Hint: "Such as INC-42.", Kind: "line", Required: true, Max: maxNumber},
			noteField("Why, if you like", false),
		},
		done: "It is over.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.EndIncidentAsDuplicate(ctx, a.who, a.n, itsm.DuplicateRequest{Of: typedNumber(a.form["of"]), Note: a.form["note"]})
		},
	},
	{
		path: "cancel", of: itsm.ActIncidentCancel, group: "more", label: "Cancel", button: "Cancel it for good", tone: "no",
		fields: []field{noteField("Why it is no incident", true)}, done: "It is cancelled.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.CancelIncident(ctx, a.who, a.n, itsm.Cancellation{Note: a.form["note"]})
		},
	},
}

// telling how it goes is for those who work on it, who are offered it before a comment.
var telling = []act{{
	path: "update", of: itsm.ActIncidentComment, group: "talk", label: "Tell progress", button: "Tell it",
	intro:  "Its reporter is told how it goes.",
	fields: []field{{Name: "text", Label: "How it goes", Kind: "text", Required: true, Max: itsm.MaxNote}},
	done:   "It is told.", do: sayer(counter.CommentOnIncident).with(itsm.CommentRequest{Update: true}),
}}
