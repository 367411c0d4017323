package page

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// correctivePages are the pages of corrective actions.
var correctivePages = &kind{
	home: "/corrective-actions", reads: "corrective_action.read",
	acts: slices.Concat(owning, accepting, carrying, correctiveLeading, talk(itsm.ActCorrectiveComment, counter.CommentOnCorrective,
		"Its owner and whoever raised it are told.")),
	texts: correctiveTexts,
	look:  (*Door).lookAtCorrective, explain: counter.ExplainCorrective, timeline: counter.CorrectiveTimeline,
	comments: counter.CorrectiveComments, relations: counter.CorrectiveRelations,
}

// owning takes it on.
var owning = []act{{
	path: "acknowledge", of: itsm.ActCorrectiveAcknowledge, group: "main", label: "Acknowledge", button: "I take it on", tone: "yes",
	intro:  "You look for its root cause from now on, and write the plan.",
	fields: []field{noteField("A word with it, if you like", false)}, done: "It is yours.", do: noted(counter.AcknowledgeCorrective),
}}

// acceptPlan votes on the plan as its text was read. A form that says nothing of that
// was not ours.
func acceptPlan(v itsm.Verdict) func(context.Context, counter, asking) (itsm.Receipt, error) {
	return func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
		if a.form["content_hash"] == "" {
			return itsm.Receipt{}, unreadable()
		}
		return at.DecideCorrectivePlan(ctx, a.who, a.n, itsm.DecisionRequest{Verdict: v, Note: a.form["note"], ContentHash: a.form["content_hash"]})
	}
}

// accepting decides on the plan.
var accepting = []act{
	{
		path: "approve", of: itsm.ActPlanDecide, group: "main", label: "Accept the plan", button: "Yes, carry it out", tone: "yes",
		fields: []field{noteField("A word with it, if you like", false)}, done: "Your approval counts.", do: acceptPlan(itsm.Approve),
	},
	{
		path: "reject", of: itsm.ActPlanDecide, group: "main", label: "Reject the plan", button: "Reject it", tone: "no",
		fields: []field{noteField("Why, so that its owner can write a better one", true)}, done: "Your rejection counts.", do: acceptPlan(itsm.Reject),
	},
	{
		path: "abstain", of: itsm.ActPlanDecide, group: "more", label: "Abstain", button: "Abstain",
		intro:  "To abstain never counts as a yes.",
		fields: []field{noteField("Why, if you like", false)}, done: "You abstained.", do: acceptPlan(itsm.Abstain),
	},
}

var evidenceField = field{
	Name: "evidence", Label: "What shows it", Kind: "text", Max: itsm.MaxText,
	Hint: "One in a line: a record such as INC-42, an address, or what was seen.",
}

// required is a field that has to be filled in.
func (f field) required() field {
	f.Required = true
	return f
}

// evidenceIn is what each line of a text says that something rests on.
func evidenceIn(text string) (all []itsm.Evidence) {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			all = append(all, evidenceOf(line))
		}
	}
	return all
}

// carrying carries the plan out, and judges what came of it.
var carrying = []act{
	{
		path: "step", of: itsm.ActStep, group: "main", label: "Say what came of a step", button: "Say it",
		fields: []field{
			{Name: "id", Label: "Which step", Kind: "tasks", Required: true},
			{Name: "state", Label: "It is", Kind: "choice", Required: true, Options: words(ended)},
			{Name: "result", Label: "What came of it, or why it is dropped", Kind: "text", Max: itsm.MaxNote},
			evidenceField,
		},
		done: "It is noted.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return stepOf(ctx, at, a, itsm.TaskRequest{State: itsm.TaskState(a.form["state"]), Result: a.form["result"]})
		},
	},
	{
		path: "hand-step", of: itsm.ActStep, group: "more", label: "Hand a step to another", button: "Hand it on",
		fields: []field{
			{Name: "id", Label: "Which step", Kind: "tasks", Required: true},
			{Name: "owner", Label: "Who does it", Kind: "doers"},
			{Name: "due_at", Label: "Until when", Hint: "In your time; empty: as it is.", Kind: "instant"},
		},
		done: "It is handed on.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			due, err := someInstant(a, "due_at")
			if err != nil {
				return itsm.Receipt{}, err
			}
			return stepOf(ctx, at, a, itsm.TaskRequest{Owner: itsm.PersonID(a.form["owner"]), DueAt: due})
		},
	},
	{
		path: "implement", of: itsm.ActImplement, group: "main", label: "Its plan is carried out", button: "It is carried out", tone: "yes",
		intro:  "Somebody who had no hand in it says later whether it was effective.",
		fields: []field{noteField("A word with it, if you like", false)}, done: "It is implemented.", do: noted(counter.ImplementCorrective),
	},
	{
		path: "verify", of: itsm.ActVerify, group: "main", label: "Verify", button: "Say so", tone: "yes",
		intro: "Effective: it is closed. Not effective: its root cause is looked for anew.",
		fields: []field{
			{Name: "result", Label: "What was done was", Kind: "choice", Required: true, Options: words(itsm.Effectivenesses)},
			noteField("How you know", true), evidenceField.required(),
		},
		done: "It is verified.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.VerifyCorrective(ctx, a.who, a.n, itsm.VerificationRequest{
				Result: itsm.Effectiveness(a.form["result"]), Note: a.form["note"], Evidence: evidenceIn(a.form["evidence"]),
			})
		},
	},
}

// stepOf brings what became of a step to the desk.
func stepOf(ctx context.Context, at counter, a asking, r itsm.TaskRequest) (itsm.Receipt, error) {
	id, err := number(a.form["id"], "/id")
	if err != nil {
		return itsm.Receipt{}, err
	}
	r.ID = id
	return at.StepOfCorrective(ctx, a.who, a.n, itsm.StepRequest{TaskRequest: r, Evidence: evidenceIn(a.form["evidence"])})
}

// someInstant is what a form says of an instant that may be left out.
func someInstant(a asking, name string) (*time.Time, error) {
	if a.form[name] == "" {
		return nil, nil //nolint:nilnil // none is no fault
	}
	at, err := instantOf(a.form[name], "/"+name, time.Time{}, a.zone)
	return &at, err
}

// correctiveLinks are the relations that somebody may state by themselves.
var correctiveLinks = []itsm.RelationKind{itsm.ActsOn, itsm.Related}

// correctiveLeading hands it on, leads to others, and lets go of it.
var correctiveLeading = []act{
	{
		path: "assign", of: itsm.ActCorrectiveAssign, group: "more", label: "Assign", button: "Assign it",
		fields: []field{
			{Name: "assignee", Label: "Who owns it", Kind: "owners"},
			{Name: "team", Label: "Which team has it", Kind: "teams"},
			noteField("Why, if you like", false),
		},
		done: "It is assigned.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.AssignCorrective(ctx, a.who, a.n, assignment(a.form))
		},
	},
	{
		path: "link", of: itsm.ActCorrectiveRelate, group: "more", label: "Link", button: "Link it", fields: linkFields(correctiveLinks),
		done: "It is linked.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.RelateCorrective(ctx, a.who, a.n, relating(a.form))
		},
	},
	{
		path: "withdraw", of: itsm.ActWithdrawCorrective, group: "more", label: "Withdraw", button: "Withdraw it for good", tone: "no",
		fields: []field{noteField("Why it is dropped", true)}, done: "It is withdrawn.", do: noted(counter.WithdrawCorrective),
	},
}
