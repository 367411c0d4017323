package chatops

import (
	"context"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// changes is what the door knows of changes.
var changes = &kind{
	name: "change", prefix: ofChanges, verbs: changeVerbs, stands: true,
	others: map[string]subcommand{"new": (*Bot).newChange, "list": (*Bot).listTyped, "my": (*Bot).myTyped, "help": (*Bot).help},
	read: func(b *Bot, ctx context.Context, who desk.Caller, n itsm.Number) (subject, error) {
		c, err := b.desk.Change(ctx, who, n)
		return &c, err
	},
	given: func(_ *Bot, _ context.Context, _ desk.Caller, s subject, _ verb, _ wish) (form.Given, error) {
		c, _ := s.(*itsm.Change)
		return form.Given{Headline: cards.Headline(*c)}, nil
	},
}

// changeVerbs are what people do to a change.
var changeVerbs = map[string]verb{
	"show":     {do: (*Bot).show, look: true},
	"status":   {do: (*Bot).status, look: true},
	"explain":  {do: (*Bot).status, look: true},
	"timeline": {do: (*Bot).changeTimeline, look: true},

	"approve": {do: (*Bot).approve},
	"abstain": {do: (*Bot).abstain},
	"retract": {do: (*Bot).retract},
	"reject": {
		do: (*Bot).reject, act: itsm.ActDecide, rule: on(mayReject),
		form: &form.Why{Callback: "change.reject", Title: "Reject", Block: "note", Label: "Why do you reject it? The requester reads this.", Submit: "Reject"},
	},
	"delegate": {
		do: (*Bot).delegate, act: itsm.ActDelegate, rule: on(mayDelegate), read: (*Bot).readDelegation,
		form: &form.Why{
			Callback: "change.delegate", Title: "Delegate", Person: "to", Whom: "Who is to decide for you?", Block: "note", Label: "What should they know?", Submit: "Delegate", Optional: true,
			Means: "They decide on this one change for you, if they hold a role that may; both of you are told. Name yourself to take it back.",
		},
	},

	"assess": {open: (*Bot).openAssessment},
	"edit":   {open: (*Bot).openEdit},
	"link": {
		do: (*Bot).link, act: itsm.ActLink, rule: on(mayLink),
		form: &form.Why{Callback: "change.link", Title: "Link to", Block: "url", Label: "An address or a record's number, then what it is", Submit: "Add the link", Means: "It stands on the record. No vote is voided by it."},
	},
	"hold": {
		do: (*Bot).hold, act: itsm.ActHold, rule: on(mayHold),
		form: &form.Why{
			Callback: "change.hold", Title: "Hold", Block: "note", Label: "Why does it have to wait?", Submit: "Put on hold",
			Means: "Nobody can decide on it or start it until it is resumed. The clock of its approval stops; its window does not move.",
		},
	},
	"resume":     {do: (*Bot).resume},
	"corrective": {open: (*Bot).correctiveFrom},
	"withdraw": {
		do: (*Bot).withdraw, act: itsm.ActWithdraw, rule: on(mayWithdraw),
		form: &form.Why{Callback: "change.withdraw", Title: "Withdraw", Block: "note", Label: "Why?", Submit: "Withdraw", Optional: true, Means: "You take your request back, for good. It can be raised again."},
	},
	"cancel": {
		do: (*Bot).cancel, act: itsm.ActCancel, rule: on(mayCancel),
		form: &form.Why{Callback: "change.cancel", Title: "Cancel", Block: "note", Label: "Why is it not wanted any more?", Submit: "Cancel it"},
	},
	"assign": {
		do: (*Bot).assign, act: itsm.ActReassign, rule: on(mayAssign), read: (*Bot).readAssignment,
		form: &form.Why{Callback: "change.assign", Title: "Assign", Person: "assignee", Whom: "Who carries it out?", Block: "note", Label: "What should they know?", Submit: "Assign", Optional: true, Means: "Whoever approved it alone, or where whoever carries it out has no say, cannot be named."},
	},

	"comment": {
		do: (*Bot).comment, act: itsm.ActComment, rule: on(mayComment),
		form: &form.Why{Callback: "change.comment", Title: "Comment on", Block: "text", Label: "What do you want to say?", Submit: "Comment", Means: "It stands below the change's card, for all who may see it."},
	},
	"ask": {
		do: (*Bot).question, act: itsm.ActComment, rule: on(mayComment),
		form: &form.Why{Callback: "change.ask", Title: "Ask about", Block: "text", Label: "What do you want to know?", Submit: "Ask", Means: "The requester is asked, and you are told the answer. The clock goes on."},
	},
	"answer": {
		do: (*Bot).reply, act: itsm.ActComment, rule: on(mayComment), read: (*Bot).readAnswer,
		form: &form.Why{Callback: "change.answer", Title: "Answer on", Block: "text", Label: "Your answer", Submit: "Answer", Means: "Whoever asked is told, and it stands below the change's card."},
	},

	"start": {do: (*Bot).start},
	"done":  {do: (*Bot).done},
	"fail": {
		do: (*Bot).fail, act: itsm.ActComplete, rule: on(mayFail),
		form: &form.Why{Callback: "change.fail", Title: "Failed", Block: "note", Label: "What failed, and what state is the service in?", Submit: "Report"},
	},
}

// The rules that are asked before somebody fills in a form for nothing. A deputy is
// let through: for whom they act is found out when they do.
func mayReject(c *itsm.Change, who itsm.Actor, seen cards.Claim) error {
	return c.CheckDecision(who, itsm.DecisionRequest{Verdict: itsm.Reject, Note: "why", ContentHash: seen.ContentHash})
}

func mayDelegate(c *itsm.Change, who itsm.Actor, _ cards.Claim) error {
	return c.CheckDelegate(who, itsm.DelegationRequest{To: "anybody"})
}

func mayHold(c *itsm.Change, who itsm.Actor, _ cards.Claim) error {
	return c.CheckHold(who, itsm.NoteRequest{Note: "why"})
}

func mayLink(c *itsm.Change, who itsm.Actor, _ cards.Claim) error {
	return c.CheckLink(who, itsm.Link{URL: string(c.Number)}, itsm.Terms{}, c.RaisedAt)
}

func mayWithdraw(c *itsm.Change, who itsm.Actor, _ cards.Claim) error {
	return c.CheckWithdraw(who, itsm.NoteRequest{})
}

func mayCancel(c *itsm.Change, who itsm.Actor, _ cards.Claim) error {
	return c.CheckCancel(who, itsm.Cancellation{Note: "why"})
}

func mayAssign(c *itsm.Change, who itsm.Actor, _ cards.Claim) error {
	return c.CheckReassign(who, itsm.Reassignment{Assignee: "anybody"})
}

func mayComment(c *itsm.Change, who itsm.Actor, _ cards.Claim) error {
	return c.CheckComment(who, itsm.CommentRequest{Text: "why"}, itsm.Talk{})
}

func mayFail(c *itsm.Change, who itsm.Actor, _ cards.Claim) error {
	return c.CheckCompletion(who, itsm.Completion{Result: itsm.Failed, Note: "why"})
}
