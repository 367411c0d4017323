package main

import (
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// asked are the ways to ask for each operation on a change. The good ones are well
// formed. The bad ones are tried on what awaits approval, and those that leave
// something out by whoever may do the rest: Slack asks them for it.
var asked = map[string]struct{ good, bad, lacking []act }{
	"decideChange": {
		[]act{
			deciding("approve", itsm.Approve, "Go."),
			deciding("reject", itsm.Reject, "No way back from step two.").only("awaiting", "restricted", "first stage", "second stage", "backup joined", "absent"),
			deciding("abstain from", itsm.Abstain, "").only("awaiting", "assessing", "first stage", "third stage", "on hold", "closed"),
			decidingFor("bob", deputy), decidingFor("eve", substitute),
		},
		[]act{deciding("approve at length", itsm.Approve, tooLong), deciding("approve unseen", itsm.Approve, "a\u202eb")},
		[]act{deciding("reject without a word", itsm.Reject, "")},
	},
	"retractVote": {good: []act{{name: "retract", do: door.retract, rule: func(v *visitor, c *itsm.Change) error { return c.CheckRetract(v.actor) }}}},
	"delegateChange": {
		good: []act{
			delegating("max"), delegating("bob"),
			delegatingFor("bob", "max").only("awaiting", "first stage"),
		},
		bad: []act{delegating("ida")},
	},
	"assessChange": { // elsewhere /change assess edits the assessment that there is
		good:    []act{assessing("assess", weighed()).only("assessing", "restricted", "absent", "nonsense")},
		lacking: []act{assessing("assess without its risk", unweighed()).only("assessing")},
	},
	"editChange": {
		good: []act{
			editing("edit", "plan", "Rotate them one by one, while Ida watches.").only("awaiting", "restricted", "assessing", "first stage", "on hold",
				"edited", "scheduled", "assigned", "implementing", "closed", "cancelled", "absent", "nonsense"),
			amending().only("first stage", "scheduled", "implementing", "absent"),
		},
		lacking: []act{editing("edit nothing in", "plan", goodDraft["plan"]).only("awaiting"), editing("edit the title away from", "title", " ").only("awaiting")},
	},
	"linkChange": {good: []act{linking("https://tracker.example.com/PAY-7")}, bad: []act{linking("gopher://old.example.com")}},
	"holdChange": {
		good: []act{holding("hold", "The vendor is down.")}, bad: []act{holding("hold at length", tooLong)},
		lacking: []act{holding("hold without a word", "")},
	},
	"resumeChange": {good: []act{{name: "resume", do: door.resume, rule: func(v *visitor, c *itsm.Change) error {
		return c.CheckResume(v.actor, itsm.NoteRequest{})
	}}}},
	"withdrawChange": {good: []act{{name: "withdraw", do: door.withdraw, rule: func(v *visitor, c *itsm.Change) error {
		return c.CheckWithdraw(v.actor, itsm.NoteRequest{})
	}}}},
	"reassignChange": {
		good: []act{reassigning("ida"), reassigning(both).only("scheduled", "assigned"), reassigning("ana").only("assigned")},
		bad:  []act{reassigning(engineer)},
	},
	"commentOnChange": {
		good: []act{
			saying("comment on", door.comment, itsm.CommentRequest{Text: "Halfway."}),
			saying("ask about", door.ask, itsm.CommentRequest{Text: "Who watches it?", Question: true}).only("awaiting", "restricted", "first stage"),
			saying("answer on", door.answer, itsm.CommentRequest{Text: "Ida does.", ReplyTo: 1}).only("awaiting"),
		},
		bad:     []act{saying("comment at length on", door.comment, itsm.CommentRequest{Text: tooLong})},
		lacking: []act{saying("comment without a word on", door.comment, itsm.CommentRequest{})},
	},
	"startChange": {good: []act{{name: "start", do: door.start, rule: func(v *visitor, c *itsm.Change) error {
		return c.CheckStart(v.actor, time.Now())
	}}}},
	"completeChange": {
		good:    []act{completing("done", itsm.Successful, "All green."), completing("failed", itsm.Failed, "It did not restart.")},
		bad:     []act{completing("done at length", itsm.Successful, tooLong)},
		lacking: []act{completing("failed without a word", itsm.Failed, "")},
	},
	"cancelChange": {
		good: []act{cancelling("cancel", "Not needed any more.")}, bad: []act{cancelling("cancel at length", tooLong)},
		lacking: []act{cancelling("cancel without a word", "")},
	},
}

func (a act) only(stages ...string) act {
	a.at = stages
	return a
}

func deciding(name string, verdict itsm.Verdict, note string) act {
	return act{name: name, do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.decide(who, n, verdict, note)
	}, rule: func(v *visitor, c *itsm.Change) error {
		return c.CheckDecision(v.deciding(c), itsm.DecisionRequest{Verdict: verdict, Note: note})
	}}
}

func decidingFor(principal, by itsm.PersonID) act {
	return act{name: "approve for " + string(principal), at: []string{"first stage", "on hold"}, by: []itsm.PersonID{by}, do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.decideFor(who, principal, n, itsm.Approve)
	}, rule: func(v *visitor, c *itsm.Change) error {
		return c.CheckDecision(v.deciding(c), itsm.DecisionRequest{Verdict: itsm.Approve, For: principal})
	}}
}

func named(pointer string, id itsm.PersonID, p itsm.Permission) func(*visitor) error {
	return func(v *visitor) error { return v.catalog.CheckNamed(pointer, id, p) }
}

func delegating(to itsm.PersonID) act {
	return act{name: "delegate to " + string(to), names: named("/to", to, itsm.DecideChanges), do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.delegate(who, n, to)
	}, rule: func(v *visitor, c *itsm.Change) error {
		return c.CheckDelegate(v.actor, itsm.DelegationRequest{To: to})
	}}
}

func delegatingFor(from, to itsm.PersonID) act {
	return act{name: "delegate to " + string(to) + " for " + string(from), names: named("/to", to, itsm.DecideChanges), do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.delegateFor(who, from, n, to)
	}, rule: func(v *visitor, c *itsm.Change) error {
		return c.CheckDelegate(v.actor, itsm.DelegationRequest{To: to, From: from})
	}}
}

func assessing(name string, a itsm.Assessment) act {
	return act{name: name, do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.assess(who, n, a)
	}, rule: func(v *visitor, c *itsm.Change) error { return c.CheckAssess(v.actor, a) }}
}

// unweighed leaves out a side, and gives for an effect no reason.
func unweighed() itsm.Assessment {
	a := weighed()
	a.Risk, a.Effects.Capacity = " ", itsm.Effect{NotApplicable: "n/a"}
	return a
}

func editing(name, field, text string) act {
	return act{name: name, do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.edit(who, n, field, text)
	}, rule: func(v *visitor, c *itsm.Change) error {
		e := itsm.Edit{Plan: &text}
		if field == "title" {
			e = itsm.Edit{Title: &text}
		}
		return c.CheckEdit(v.actor, itsm.EditRequest{Revision: c.Revision, Edit: e}, v.terms(c), time.Now())
	}}
}

// amending is an edit of the assessment; in Slack the form for one does it.
func amending() act {
	a := weighed()
	a.Cost = "Two evenings."
	return act{name: "amend the assessment of", do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.amend(who, n, a)
	}, rule: func(v *visitor, c *itsm.Change) error {
		return c.CheckEdit(v.actor, itsm.EditRequest{Revision: c.Revision, Edit: itsm.Edit{Assessment: &a}}, v.terms(c), time.Now())
	}}
}

func linking(url string) act {
	return act{name: "link " + url + " to", do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.link(who, n, url)
	}, rule: func(v *visitor, c *itsm.Change) error {
		return c.CheckLink(v.actor, itsm.Link{URL: url}, v.terms(c), time.Now())
	}}
}

func holding(name, note string) act {
	return act{name: name, do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.hold(who, n, note)
	}, rule: func(v *visitor, c *itsm.Change) error { return c.CheckHold(v.actor, itsm.NoteRequest{Note: note}) }}
}

func reassigning(to itsm.PersonID) act {
	return act{name: "assign to " + string(to), names: named("/assignee", to, itsm.ImplementChanges), do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.reassign(who, n, to)
	}, rule: func(v *visitor, c *itsm.Change) error {
		return c.CheckReassign(v.actor, itsm.Reassignment{Assignee: to})
	}}
}

// saying is a comment: bob has asked the first question about what awaits approval.
func saying(name string, say func(door, itsm.PersonID, itsm.Number, string) outcome, r itsm.CommentRequest) act {
	return act{name: name, stays: true, do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return say(d, who, n, r.Text)
	}, rule: func(v *visitor, c *itsm.Change) error {
		return c.CheckComment(v.actor, r, itsm.Talk{Questions: map[int]itsm.PersonID{1: "bob"}})
	}}
}

func completing(name string, result itsm.Outcome, note string) act {
	return act{name: name, do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.complete(who, n, result, note)
	}, rule: func(v *visitor, c *itsm.Change) error {
		return c.CheckCompletion(v.actor, itsm.Completion{Result: result, Note: note})
	}}
}

func cancelling(name, note string) act {
	return act{name: name, do: func(d door, who itsm.PersonID, n itsm.Number) outcome {
		return d.cancel(who, n, note)
	}, rule: func(v *visitor, c *itsm.Change) error { return c.CheckCancel(v.actor, itsm.Cancellation{Note: note}) }}
}
