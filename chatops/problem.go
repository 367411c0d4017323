package chatops

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// problems is what the door knows of problems.
var problems = &kind{
	name: "problem", prefix: ofProblems, verbs: problemVerbs,
	others: map[string]subcommand{
		"new": (*Bot).newProblem, "list": (*Bot).listProblems, "known": (*Bot).known,
		"my": (*Bot).myTyped, "help": (*Bot).problemHelp,
	},
	also: map[string]string{"root-cause": "rca", "publish": "known-error", "risk": "accept-risk", "relate": "link", "tell": "communicate"},
	read: func(b *Bot, ctx context.Context, who desk.Caller, n itsm.Number) (subject, error) {
		p, err := b.desk.Problem(ctx, who, n)
		return &p, err
	},
	given: (*Bot).givenOfProblem, meant: problemMeant,
}

// problemVerbs are what people do to a problem.
var problemVerbs = map[string]verb{
	"show":     {do: (*Bot).showProblem, look: true},
	"status":   {do: (*Bot).problemStatus, look: true},
	"explain":  {do: (*Bot).problemStatus, look: true},
	"timeline": {do: (*Bot).problemTimeline, look: true},

	"accept": {
		do: problemDeed("You accepted", (*Bot).acceptProblem, cards.Then("Whoever coordinates it is told. `/problem rca %s` records what is found.")), act: itsm.ActAccept, rule: on(mayAccept), read: (*Bot).readHandover,
		form: &form.Why{
			Callback: "problem.accept", Title: "Accept", Person: "coordinator", Whom: "Who coordinates it?", Nobody: true, Block: "note", Label: "What should they know?", Submit: "Accept", Optional: true,
			Means: "Its root cause is looked for from now on. Nobody named means you.",
			Fields: []form.Field{
				{Block: "impact", Label: "Impact", Optional: true, Options: form.Impacts()},
				{Block: "urgency", Label: "Urgency", Optional: true, Options: form.Urgencies()},
				{Block: "major", Label: "Is it a major problem?", Hint: "A major one is reviewed before it is closed. Left out, its priority says so.", Optional: true, Options: []form.Option{{Value: "yes", Words: "Yes"}, {Value: "no", Words: "No"}}},
				{Block: "team", Label: "Team", Hint: "Left out, that of its service.", Optional: true, Teams: true},
				{Block: "category", Label: "Category", Hint: "Such as: outage, slowness, access.", Optional: true},
			},
		},
	},
	"decline": {
		do: problemDeed("You declined", (*Bot).declineProblem, cards.Then("Whoever raised it reads why.")), act: itsm.ActDecline, rule: on(mayDecline),
		form: &form.Why{Callback: "problem.decline", Title: "Decline", Block: "note", Label: "Why is it no problem? Whoever raised it reads this.", Submit: "Decline"},
	},
	"merge": {
		do: problemDeed("You merged", (*Bot).mergeProblem, nil), act: itsm.ActMerge, rule: on(mayMerge), read: fields(typed.Merge),
		form: &form.Why{
			Callback: "problem.merge", Title: "Merge", Block: "note", Label: "Why is it the same?", Submit: "Merge",
			Fields: []form.Field{{Block: "into", Label: "Into which problem?", Hint: "A number such as PRB-3."}},
			Means:  "It ends here. The other takes up its incidents and all else that it leads to.",
		},
	},
	"assign": {
		do: problemDeed("You handed on", (*Bot).assignProblem, cards.Then("Whoever coordinates it now is told.")), act: itsm.ActProblemAssign, rule: on(mayHandOn), read: (*Bot).readHandover,
		form: &form.Why{
			Callback: "problem.assign", Title: "Assign", Person: "assignee", Whom: "Who coordinates it?", Nobody: true, Some: true, Block: "note", Label: "What should they know?", Submit: "Assign", Optional: true,
			Fields: []form.Field{{Block: "team", Label: "Team", Optional: true, Teams: true}},
			Means:  "They are told. Somebody, a team, or both.",
		},
	},
	"task": {
		do: problemDeed("You added a task to", (*Bot).addTask, cards.TaskKept), act: itsm.ActTask, rule: on(mayTask), read: (*Bot).readTask,
		form: &form.Why{
			Callback: "problem.task", Title: "Task of", Person: "owner", Whom: "Whose is it?", Submit: "Add the task",
			Fields: []form.Field{
				{Block: "title", Label: "What is to be done?"},
				{Block: "due_at", Label: "By when?", Hint: "In your own time zone. Whose it is is told when it is due.", Optional: true, When: true},
			},
			Means: "They are told.",
		},
	},
	"done": {
		do: problemDeed("You ended a task of", (*Bot).endTask, cards.TaskKept), act: itsm.ActTask, rule: on(mayTask), read: fields(typed.TaskEnd),
		form: &form.Why{
			Callback: "problem.done", Title: "Task of", Block: "result", Label: "What came of it?", Submit: "End the task",
			Fields: []form.Field{
				{Block: "id", Label: "Which task?", Offered: true},
				{Block: "state", Label: "How did it end?", Options: options([]itsm.TaskState{itsm.TaskDone, itsm.TaskDropped}, "It is done", "It is not needed any more")},
			},
		},
	},
	"corrective": {open: (*Bot).correctiveFrom},
	"rca":        {open: (*Bot).openCause},
	"workaround": {open: (*Bot).openWorkaround},

	"known-error": {do: problemDeed("You asked to have published the known error of", (*Bot).proposeError, cards.Then("Somebody else is asked to read it. To write it anew, `/problem workaround %s`."))},
	"communicate": {do: problemDeed("You had told the open incidents of", (*Bot).communicate, cards.Then("Whoever is at them, and whoever reported them, reads the workaround."))},
	"approve":     {do: problemDeed("You approved the known error of", deciding(itsm.Approve), cards.Decided)},
	"decide": {
		do: problemDeed("You decided on the known error of", (*Bot).decideError, cards.Decided), act: itsm.ActProblemDecide, rule: on(mayRejectError),
		form: &form.Why{
			Callback: "problem.decide", Title: "Decide on", Block: "note", Label: "Why? Whoever wrote it reads this; a rejection needs it.", Submit: "Decide", Optional: true,
			Fields: []form.Field{{Block: "verdict", Label: "Can its known error be published?", Options: options(itsm.Verdicts, "Approve", "Reject", "Abstain")}},
		},
	},
	"abstain": {do: problemDeed("You abstained from deciding on", deciding(itsm.Abstain), cards.Decided)},
	"reject": {
		do: problemDeed("You rejected the known error of", deciding(itsm.Reject), cards.Decided), act: itsm.ActProblemDecide, rule: on(mayRejectError),
		form: &form.Why{Callback: "problem.reject", Title: "Reject", Block: "note", Label: "Why not? Whoever wrote it reads this.", Submit: "Reject", Means: "It is a draft again, and nobody is shown it."},
	},

	"fix": {
		do: problemDeed("You said what fixes", (*Bot).fixProblem, cards.Then("Once that is carried out, it is watched.")), open: (*Bot).openFix, read: fields(typed.Fix), need: "change",
	},
	"accept-risk": {
		do: problemDeed("You accepted the risk of", (*Bot).acceptRisk, cards.Then("It comes back then. `/problem reopen %s` has it looked at before.")), act: itsm.ActAcceptRisk, rule: on(mayAcceptRisk),
		form: &form.Why{
			Callback: "problem.accept-risk", Title: "Risk of", Block: "note", Label: "Why is it lived with?", Submit: "Accept the risk",
			Fields: []form.Field{{Block: "expires_at", Label: "Until when?", Hint: "In your own time zone. It is investigated again then.", When: true}},
		},
	},
	"confirm": {
		do: problemDeed("You confirmed the fix of", (*Bot).confirmFix, nil), act: itsm.ActProblemConfirm, rule: on(mayConfirmFix),
		form: &form.Why{Callback: "problem.confirm", Title: "Confirm", Block: "note", Label: "How do you know that it holds?", Submit: "Confirm", Means: "It is not watched any longer, and incidents that waited for it are resolved."},
	},
	"review": {
		do: problemDeed("You reviewed", (*Bot).reviewProblem, nil), act: itsm.ActReview, rule: on(mayReview),
		form: &form.Why{
			Callback: "problem.review", Title: "Review", Submit: "Record the review",
			Fields: []form.Field{
				{Block: "went_well", Label: "What went well?", Long: true},
				{Block: "went_wrong", Label: "What went wrong?", Long: true},
				{Block: "third_parties", Label: "What had others to do with it?", Hint: "Vendors, partners, other teams.", Optional: true, Long: true},
				{Block: "follow_up", Label: "What has to follow?", Optional: true, Long: true},
			},
		},
	},
	"close": {do: problemDeed("You closed", (*Bot).closeProblem, cards.Then("What comes after that is raised anew, and follows it."))},
	"reopen": {
		do: problemDeed("You reopened", (*Bot).reopenProblem, nil), act: itsm.ActProblemReopen, rule: on(mayReopenProblem),
		form: &form.Why{Callback: "problem.reopen", Title: "Reopen", Block: "note", Label: "Why is it not over?", Submit: "Reopen", Means: "Its root cause is looked for anew."},
	},
	"cancel": {
		do: problemDeed("You cancelled", (*Bot).cancelProblem, nil), act: itsm.ActProblemCancel, rule: on(mayCancelProblem),
		form: &form.Why{Callback: "problem.cancel", Title: "Cancel", Block: "note", Label: "Why is it not wanted any more?", Submit: "Cancel it"},
	},
	"link": {
		do: problemDeed("You linked", (*Bot).relateProblem, cards.ProblemRelated), act: itsm.ActProblemRelate, rule: on(mayRelateProblem), read: fields(typed.LinkProblem),
		form: &form.Why{
			Callback: "problem.link", Title: "Link", Submit: "Add the link",
			Fields: []form.Field{
				{Block: "kind", Label: "How is it to the other?", Options: options([]itsm.RelationKind{itsm.FoundIn, itsm.CausedBy, itsm.Related}, "It was found in an incident", "It was caused by a change", "It has to do with it")},
				{Block: "to", Label: "Which record?", Hint: "A number such as INC-42."},
			},
		},
	},
	"comment": {
		do: problemDeed("You commented on", (*Bot).commentOnProblem, cards.Then("It stands below its card.")), act: itsm.ActProblemComment, rule: on(mayCommentOnProblem),
		form: &form.Why{Callback: "problem.comment", Title: "Comment on", Block: "text", Label: "What do you want to say?", Submit: "Comment", Means: "It stands below the problem's card, for all who may see it."},
	},
}

// givenOfProblem is what a form about a problem knows already: what was typed, whom that
// names, what it is weighed as, which teams there are, and which of its tasks are open.
func (b *Bot) givenOfProblem(ctx context.Context, who desk.Caller, s subject, v verb, w wish) (form.Given, error) {
	p, _ := s.(*itsm.Problem)
	g := form.Given{Headline: cards.ProblemHeadline(p), Said: map[string]string{v.form.Block: w.note}}
	if w.to != "" {
		g.Who = b.slackOf(ctx, who, w.to)
	}
	switch v.form.Callback {
	case "problem.accept":
		g.Said["impact"], g.Said["urgency"], g.Said["category"] = string(p.Impact), string(p.Urgency), p.Category
	case "problem.done":
		g.Said["state"] = string(itsm.TaskDone)
		if g.Offers = openTasks(p.Tasks); len(g.Offers["id"]) == 0 {
			return g, itsm.Refuse(itsm.Conflict, "problem.no_open_task", "No task of %s is open.", p.Number)
		}
		preselect(g, w)
	}
	maps.Copy(g.Said, w.said)
	return b.withTeams(ctx, who, g, v, p.Team)
}

// openTasks are offered to whoever ends one.
func openTasks(tasks itsm.Tasks) map[string][]form.Option {
	var all []form.Option
	for _, t := range tasks {
		if t.State == itsm.TaskOpen {
			all = append(all, form.Option{Value: fmt.Sprint(t.ID), Words: cards.Cut(fmt.Sprintf("%d. %s", t.ID, t.Title), 70, "…")})
		}
	}
	return map[string][]form.Option{"id": all}
}

// preselect chooses the task that the message which was pressed is about.
func preselect(g form.Given, w wish) {
	if w.Task > 0 {
		g.Said["id"] = fmt.Sprint(w.Task)
	}
}

// slackOf is somebody's id in Slack; empty where they have none, or nobody may say so.
func (b *Bot) slackOf(ctx context.Context, who desk.Caller, id itsm.PersonID) string {
	people, err := b.desk.People(ctx, who)
	at := slices.IndexFunc(people, func(p itsm.Person) bool { return p.ID == id })
	if err != nil || at < 0 {
		return ""
	}
	return people[at].Slack
}
