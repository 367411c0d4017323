package page

import (
	"context"
	"fmt"
	"slices"

	"github.com/steward-itsm/steward/itsm"
)

// reviewPages are the pages of the reviews of suppliers.
var reviewPages = &kind{
	home: "/suppliers", below: "/:number/reviews/:period", reads: "supplier_review.read",
	acts: slices.Concat(measuring, concluding, talk(itsm.ActReviewComment, counter.CommentOnReview,
		"Whoever owns the relationship with the supplier is told.")),
	texts: []act{{
		path: "agree", of: itsm.ActAgree, label: "Actions", button: "They are agreed on",
		intro: "What somebody on our side does until when, as was agreed on with the supplier.",
		long:  true, done: "They are recorded.", do: agreeActions,
	}},
	look: (*Door).lookAtReview, explain: counter.ExplainReview, timeline: counter.ReviewTimeline,
	comments: counter.ReviewComments, relations: counter.ReviewRelations,
}

// measuring is what a score is made of.
var measuring = []act{
	{
		path: "measure", of: itsm.ActMeasure, group: "main", label: "Give a measure", button: "Give it",
		intro: "Of a target of its contracts. Somebody else sees the evidence, too.",
		fields: []field{
			{Name: "name", Label: "Which target", Kind: "targets", Required: true},
			{Name: "value", Label: "What was measured", Hint: "A decimal such as 99.95, in the unit of the target.", Kind: "line", Required: true, Max: maxNumber},
			evidenceField.required(),
		},
		done: "It is given.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			value, err := some[itsm.Amount](a.form, "value")
			if err != nil {
				return itsm.Receipt{}, err
			}
			return at.MeasureReview(ctx, a.who, a.n, itsm.ReadingRequest{Name: a.form["name"], Value: value, Evidence: evidenceIn(a.form["evidence"])})
		},
	},
	{
		path: "judge", of: itsm.ActMeasure, group: "main", label: "Judge", button: "Give the points",
		intro: "Where nothing is measured, somebody says how it was. Somebody else sees the evidence, too.",
		fields: []field{
			{Name: "name", Label: "What is judged", Hint: "One that is there is given anew.", Kind: "line", Required: true, Max: itsm.MaxTitle},
			{Name: "criterion", Label: "What it counts for", Kind: "choice", Required: true, Options: words(itsm.Criteria)},
			{Name: "points", Label: "Points, 0 to 100", Kind: "number", Required: true},
			evidenceField.required(),
		},
		done: "It is given.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			points, err := number(a.form["points"], "/points")
			if err != nil {
				return itsm.Receipt{}, err
			}
			return at.MeasureReview(ctx, a.who, a.n, itsm.ReadingRequest{
				Name: a.form["name"], Criterion: itsm.Criterion(a.form["criterion"]), Points: &points, Evidence: evidenceIn(a.form["evidence"]),
			})
		},
	},
	{
		path: "see", of: itsm.ActSeen, group: "main", label: "See the evidence", button: "I saw it, and it is so", tone: "yes",
		fields: []field{{Name: "name", Label: "Of which measure", Kind: "unseen", Required: true}},
		done:   "You are on record as the second.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.SeeReading(ctx, a.who, a.n, itsm.SeenRequest{Name: a.form["name"]})
		},
	},
	{
		path: "score", of: itsm.ActScore, group: "main", label: "Score it", button: "Score it now", tone: "yes",
		intro:  "By what was measured, as it stands. What has no data makes the score neither better nor worse.",
		fields: []field{noteField("A word with it, if you like", false)}, done: "It is scored.", do: noted(counter.ScoreReview),
	},
}

// concluding is what follows from a score.
var concluding = []act{
	{
		path: "meet", of: itsm.ActMeet, group: "main", label: "Record the meeting", button: "Record it",
		fields: []field{
			{Name: "attendees", Label: "Who was there, of both sides", Hint: "One in a line.", Kind: "text", Required: true, Max: itsm.MaxText},
			{Name: "note", Label: "What was said", Kind: "text", Required: true, Max: itsm.MaxText},
		},
		done: "The meeting is on record.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.MeetReview(ctx, a.who, a.n, itsm.MeetingRequest{Attendees: lines(a.form["attendees"]), Note: a.form["note"]})
		},
	},
	{
		path: "sign-off", of: itsm.ActSignOff, group: "main", label: "Sign it off", button: "It was a fair review", tone: "yes",
		intro:  "That closes it, and the supplier takes the score up.",
		fields: []field{noteField("A word with it, if you like", false)}, done: "It is signed off.", do: noted(counter.SignOffReview),
	},
	{
		path: "cancel", of: itsm.ActReviewCancel, group: "more", label: "Cancel", button: "Cancel it for good", tone: "no",
		fields: []field{noteField("Why nobody needs it", true)}, done: "It is cancelled.",
		do: func(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
			return at.CancelReview(ctx, a.who, a.n, itsm.Cancellation{Note: a.form["note"]})
		},
	},
}

// The columns of what is agreed on, and how many rows their form has.
var actionColumns = []string{"title", "owner", "due"}

const actionRows = 10

// sheet asks for the actions.
func (p *review) sheet(itsm.Act) (fields []field) {
	for n := range actionRows {
		at := func(column string) string { return cell("actions", n, column) }
		row := []field{
			{Name: at("title"), Label: fmt.Sprintf("Action %d: what is done", n+1), Kind: "line", Max: itsm.MaxTitle},
			{Name: at("owner"), Label: "by whom", Kind: "choice", Options: able(p.Book, itsm.KeepSuppliers, func(itsm.PersonID) bool { return true })},
			{Name: at("due"), Label: "until when", Kind: "day"},
		}
		if n >= firstSteps {
			for k := range row {
				row[k].Part = "More actions"
			}
		}
		fields = append(fields, row...)
	}
	return append(fields, noteField("A word with it, if you like", false))
}

func agreeActions(ctx context.Context, at counter, a asking) (itsm.Receipt, error) {
	r := itsm.AgreeRequest{Note: a.form["note"]}
	for n := range a.form.rows("actions", itsm.MaxReviewActions, actionColumns) {
		one := itsm.ReviewAction{Title: a.form[cell("actions", n, "title")], Owner: itsm.PersonID(a.form[cell("actions", n, "owner")])}
		if err := a.form.parsed(cell("actions", n, "due"), &one.Due); err != nil {
			return itsm.Receipt{}, err
		}
		r.Actions = append(r.Actions, one)
	}
	return at.AgreeAction(ctx, a.who, a.n, r)
}
