package chatops

import (
	"context"
	"maps"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// correctives is what the door knows of corrective actions.
var correctives = &kind{
	name: "corrective", prefix: ofCorrectives, verbs: correctiveVerbs,
	others: map[string]subcommand{
		"raise": (*Bot).newCorrective, "new": (*Bot).newCorrective, "list": (*Bot).listCorrectives, "my": (*Bot).myTyped, "help": (*Bot).correctiveHelp,
	},
	also: map[string]string{"ack": "acknowledge", "root-cause": "rca", "done": "step", "relate": "link", "cancel": "withdraw"},
	read: func(b *Bot, ctx context.Context, who desk.Caller, n itsm.Number) (subject, error) {
		return b.corrective(ctx, who, n)
	},
	given: (*Bot).givenOfCorrective, meant: correctiveMeant,
}

func (b *Bot) corrective(ctx context.Context, who desk.Caller, n itsm.Number) (*itsm.CorrectiveAction, error) {
	c, err := b.desk.CorrectiveAction(ctx, who, n)
	return &c, err
}

// correctiveVerbs are what people do to a corrective action.
var correctiveVerbs = map[string]verb{
	"show":     {do: (*Bot).showCorrective, look: true},
	"status":   {do: (*Bot).correctiveStatus, look: true},
	"explain":  {do: (*Bot).correctiveStatus, look: true},
	"timeline": {do: (*Bot).correctiveTimeline, look: true},

	"acknowledge": {do: correctiveDeed("You acknowledged", (*Bot).acknowledgeCorrective, cards.CorrectiveThen("`/corrective rca %s` records what is found."))},
	"assign": {
		do: correctiveDeed("You handed on", (*Bot).assignCorrective, cards.CorrectiveThen("Whoever owns it now is told.")), act: itsm.ActCorrectiveAssign, rule: on(mayHandOnCorrective), read: (*Bot).readHandover,
		form: &form.Why{
			Callback: "corrective.assign", Title: "Assign", Person: "assignee", Whom: "Who owns it?", Nobody: true, Some: true, Block: "note", Label: "What should they know?", Submit: "Assign", Optional: true,
			Fields: []form.Field{{Block: "team", Label: "Team", Optional: true, Teams: true}},
			Means:  "They are told. Whoever owns it never decides on its plan, nor whether it helped.",
		},
	},
	"rca":  {open: (*Bot).openCorrectiveCause},
	"plan": {open: (*Bot).openPlan},

	"approve": {do: correctiveDeed("You accepted the plan of", decidingPlan(itsm.Approve), cards.PlanDecided)},
	"abstain": {do: correctiveDeed("You abstained from deciding on the plan of", decidingPlan(itsm.Abstain), cards.PlanDecided)},
	"reject": {
		do: correctiveDeed("You rejected the plan of", decidingPlan(itsm.Reject), cards.PlanDecided), act: itsm.ActPlanDecide, rule: on(mayRejectPlan),
		form: &form.Why{Callback: "corrective.reject", Title: "Reject", Block: "note", Label: "Why not? Whoever wrote it reads this.", Submit: "Reject", Means: "Another plan is written."},
	},
	"decide": {
		do: correctiveDeed("You decided on the plan of", (*Bot).decidePlan, cards.PlanDecided), act: itsm.ActPlanDecide, rule: on(mayRejectPlan),
		form: &form.Why{
			Callback: "corrective.decide", Title: "Decide on", Block: "note", Label: "Why? Whoever wrote it reads this; a rejection needs it.", Submit: "Decide", Optional: true,
			Fields: []form.Field{{Block: "verdict", Label: "Is its plan carried out?", Options: options(itsm.Verdicts, "Approve", "Reject", "Abstain")}},
		},
	},

	"step": {
		do: correctiveDeed("You did a step of", stepping(itsm.TaskDone), cards.StepKept), act: itsm.ActStep, rule: on(mayStep), read: fields(typed.Done),
		form: &form.Why{
			Callback: "corrective.step", Title: "Step of", Block: "result", Label: "What came of it?", Submit: "It is done",
			Fields: []form.Field{
				{Block: "id", Label: "Which step?", Offered: true},
				{Block: "evidence", Label: "What shows that?", Hint: form.EvidenceHint, Long: true},
			},
		},
	},
	"drop": {
		do: correctiveDeed("You dropped a step of", stepping(itsm.TaskDropped), cards.StepKept), act: itsm.ActStep, rule: on(mayStep), read: fields(typed.TaskEnd),
		form: &form.Why{
			Callback: "corrective.drop", Title: "Drop of", Block: "result", Label: "Why is it not needed?", Submit: "Drop it",
			Fields: []form.Field{{Block: "id", Label: "Which step?", Offered: true}},
		},
	},
	"implement": {do: correctiveDeed("You said that it is implemented:", (*Bot).implement, nil)},
	"verify": {
		do: correctiveDeed("You verified", (*Bot).verifyCorrective, nil), act: itsm.ActVerify, rule: on(mayVerify), read: fields(typed.Verify),
		form: &form.Why{
			Callback: "corrective.verify", Title: "Verify", Block: "note", Label: "How do you know?", Submit: "Record",
			Fields: []form.Field{
				{Block: "result", Label: "Was it effective?", Options: options(itsm.Effectivenesses, "Yes: the cause is gone, and it is closed", "No: its cause is looked for anew")},
				{Block: "evidence", Label: "What shows that?", Hint: form.EvidenceHint, Long: true},
			},
		},
	},

	"link": {
		do: correctiveDeed("You linked", (*Bot).relateCorrective, cards.CorrectiveRelated), act: itsm.ActCorrectiveRelate, rule: on(mayRelateCorrective), read: fields(typed.LinkCorrective),
		form: &form.Why{
			Callback: "corrective.link", Title: "Link", Submit: "Add the link",
			Fields: []form.Field{
				{Block: "kind", Label: "How is it to the other?", Options: options([]itsm.RelationKind{itsm.ActsOn, itsm.Related}, "It acts on what that was", "It has to do with it")},
				{Block: "to", Label: "Which record?", Hint: "A number such as PRB-42."},
			},
		},
	},
	"comment": {
		do: correctiveDeed("You commented on", (*Bot).commentOnCorrective, cards.CorrectiveThen("It stands below its card.")), act: itsm.ActCorrectiveComment, rule: on(mayCommentOnCorrective),
		form: &form.Why{Callback: "corrective.comment", Title: "Comment on", Block: "text", Label: "What do you want to say?", Submit: "Comment", Means: "It stands below its card, for all who may see it."},
	},
	"withdraw": {
		do: correctiveDeed("You withdrew", (*Bot).withdrawCorrective, nil), act: itsm.ActWithdrawCorrective, rule: on(mayWithdrawCorrective),
		form: &form.Why{Callback: "corrective.withdraw", Title: "Withdraw", Block: "note", Label: "Why is it not needed any more?", Submit: "Withdraw it"},
	},
}

// givenOfCorrective is what a form about a corrective action knows already: what was
// typed, whom that names, which teams there are, and which of its steps are open.
func (b *Bot) givenOfCorrective(ctx context.Context, who desk.Caller, s subject, v verb, w wish) (form.Given, error) {
	c, _ := s.(*itsm.CorrectiveAction)
	g := form.Given{Headline: cards.CorrectiveHeadline(c), Said: map[string]string{v.form.Block: w.note}, Offers: openTasks(c.Steps)}
	if w.to != "" {
		g.Who = b.slackOf(ctx, who, w.to)
	}
	preselect(g, w)
	maps.Copy(g.Said, w.said)
	return b.withTeams(ctx, who, g, v, c.Team)
}
