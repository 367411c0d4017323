package chatops

import (
	"slices"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// The rules that are asked before somebody fills in a form about a corrective action for
// nothing.

func mayHandOnCorrective(c *itsm.CorrectiveAction, who itsm.Actor, _ cards.Claim) error {
	return c.CheckAssign(who, itsm.Assignment{Assignee: "anybody"})
}

func mayRejectPlan(c *itsm.CorrectiveAction, who itsm.Actor, seen cards.Claim) error {
	return c.CheckDecision(who, itsm.DecisionRequest{Verdict: itsm.Reject, Note: "why", ContentHash: seen.ContentHash})
}

// mayStep asks about the step that a message is about; about one of theirs, where it is
// about none, or about any that is open.
func mayStep(c *itsm.CorrectiveAction, who itsm.Actor, seen cards.Claim) error {
	id := seen.Task
	for _, mine := range []bool{true, false} {
		n := slices.IndexFunc(c.Steps, func(s itsm.Task) bool { return s.State == itsm.TaskOpen && (!mine || s.Owner == who.Person) })
		if id == 0 && n >= 0 {
			id = c.Steps[n].ID
		}
	}
	none := id == 0
	if none {
		id = itsm.MaxTasks + 1
	}
	err := c.CheckStep(who, itsm.StepRequest{TaskRequest: itsm.TaskRequest{ID: id, Owner: "anybody"}})
	if none && itsm.AsError(err).Code == "corrective_action.no_step" {
		return itsm.Refuse(itsm.Conflict, "corrective_action.no_open_step", "No step of %s is open.", c.Number)
	}
	return err
}

func mayVerify(c *itsm.CorrectiveAction, who itsm.Actor, _ cards.Claim) error {
	return c.CheckVerify(who, itsm.VerificationRequest{Result: itsm.Effective, Note: "how", Evidence: []itsm.Evidence{{Note: "seen"}}})
}

// anotherCorrective is none that there is.
const anotherCorrective = "CAR-9999999999"

func mayRelateCorrective(c *itsm.CorrectiveAction, who itsm.Actor, _ cards.Claim) error {
	return c.CheckRelate(who, itsm.RelateRequest{Kind: itsm.Related, To: anotherCorrective})
}

func mayCommentOnCorrective(c *itsm.CorrectiveAction, who itsm.Actor, _ cards.Claim) error {
	return c.CheckComment(who, itsm.CommentRequest{Text: "what"}, itsm.Talk{})
}

func mayWithdrawCorrective(c *itsm.CorrectiveAction, who itsm.Actor, _ cards.Claim) error {
	return c.CheckWithdraw(who, itsm.NoteRequest{Note: "why"})
}
