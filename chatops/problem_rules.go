package chatops

import (
	"time"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/itsm"
)

// The rules that are asked before somebody fills in a form about a problem for nothing.

// anotherProblem is none that there is.
const anotherProblem = "PRB-9999999999"

func mayAccept(p *itsm.Problem, who itsm.Actor, _ cards.Claim) error {
	return p.CheckAccept(who, itsm.Acceptance{})
}

func mayDecline(p *itsm.Problem, who itsm.Actor, _ cards.Claim) error {
	return p.CheckDecline(who, itsm.NoteRequest{Note: "why"})
}

func mayMerge(p *itsm.Problem, who itsm.Actor, _ cards.Claim) error {
	return p.CheckMerge(who, itsm.MergeRequest{Into: anotherProblem, Note: "why"})
}

func mayHandOn(p *itsm.Problem, who itsm.Actor, _ cards.Claim) error {
	return p.CheckAssign(who, itsm.Assignment{Assignee: "anybody"})
}

func mayTask(p *itsm.Problem, who itsm.Actor, _ cards.Claim) error {
	err := p.CheckTask(who, itsm.TaskRequest{Title: "what", Owner: "anybody"})
	if itsm.AsError(err).Code == "problem.too_many_tasks" { // those that there are can be ended
		return nil
	}
	return err
}

func mayRejectError(p *itsm.Problem, who itsm.Actor, seen cards.Claim) error {
	return p.CheckDecision(who, itsm.DecisionRequest{Verdict: itsm.Reject, Note: "why", ContentHash: seen.ContentHash})
}

func mayAcceptRisk(p *itsm.Problem, who itsm.Actor, _ cards.Claim) error {
	at := time.Unix(1, 0) // until when is not known yet
	return p.CheckAcceptRisk(who, itsm.RiskRequest{Note: "why", ExpiresAt: at.Add(time.Hour)}, itsm.ProblemTerms{Policy: itsm.DefaultProblemPolicy}, at)
}

func mayConfirmFix(p *itsm.Problem, who itsm.Actor, _ cards.Claim) error {
	return p.CheckConfirm(who, itsm.NoteRequest{Note: "why"})
}

func mayReview(p *itsm.Problem, who itsm.Actor, _ cards.Claim) error {
	return p.CheckReview(who, itsm.ReviewRequest{WentWell: "what", WentWrong: "what"})
}

func mayReopenProblem(p *itsm.Problem, who itsm.Actor, _ cards.Claim) error {
	return p.CheckReopen(who, itsm.NoteRequest{Note: "why"})
}

func mayCancelProblem(p *itsm.Problem, who itsm.Actor, _ cards.Claim) error {
	return p.CheckCancel(who, itsm.Cancellation{Note: "why"})
}

func mayRelateProblem(p *itsm.Problem, who itsm.Actor, _ cards.Claim) error {
	return p.CheckRelate(who, itsm.RelateRequest{Kind: itsm.Related, To: anotherProblem})
}

func mayCommentOnProblem(p *itsm.Problem, who itsm.Actor, _ cards.Claim) error {
	return p.CheckComment(who, itsm.CommentRequest{Text: "what"}, itsm.Talk{})
}

// sureCause and sureWorkaround have nothing wrong in them: what refuses them is not
// about their text.
func sureCause() itsm.RootCauseRequest {
	return itsm.RootCauseRequest{Method: itsm.FiveWhys, Cause: &itsm.Claim{Text: "what", Evidence: []itsm.Evidence{{Note: "seen"}}}}
}

func sureWorkaround() itsm.WorkaroundRequest {
	return itsm.WorkaroundRequest{Symptoms: "what", Workaround: "how", Risk: "none", VerifiedBy: "anybody"}
}
