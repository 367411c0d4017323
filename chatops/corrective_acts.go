package chatops

import (
	"context"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/typed"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// correctiveDeed is a deed on a corrective action that says what came of it.
func correctiveDeed(done string, ask asked, next cards.CorrectiveNext) deed {
	return deedUpon(done, ask, (*Bot).corrective, next)
}

func (b *Bot) acknowledgeCorrective(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.AcknowledgeCorrective(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) assignCorrective(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.AssignCorrective(ctx, who, w.Number, itsm.Assignment{Assignee: w.to, Team: itsm.TeamID(w.said["team"]), Note: w.note})
}

// decidingPlan decides on the plan that was read.
func decidingPlan(v itsm.Verdict) asked {
	return func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		w.said = typed.Fields{"verdict": string(v)}
		return b.decidePlan(ctx, who, w)
	}
}

func (b *Bot) decidePlan(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.DecideCorrectivePlan(ctx, who, w.Number, itsm.DecisionRequest{Verdict: itsm.Verdict(w.said["verdict"]), Note: w.note, ContentHash: w.ContentHash})
}

// stepping says how a step ended, and what shows it.
func stepping(s itsm.TaskState) asked {
	return func(b *Bot, ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
		return b.desk.StepOfCorrective(ctx, who, w.Number, itsm.StepRequest{
			TaskRequest: itsm.TaskRequest{ID: taskID(w.said["id"]), State: s, Result: w.note}, Evidence: form.EvidenceOf(w.said["evidence"]),
		})
	}
}

func (b *Bot) implement(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.ImplementCorrective(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

func (b *Bot) verifyCorrective(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.VerifyCorrective(ctx, who, w.Number, itsm.VerificationRequest{
		Result: itsm.Effectiveness(w.said["result"]), Note: w.note, Evidence: form.EvidenceOf(w.said["evidence"]),
	})
}

func (b *Bot) relateCorrective(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.RelateCorrective(ctx, who, w.Number, itsm.RelateRequest{Kind: itsm.RelationKind(w.said["kind"]), To: typed.Number(w.said["to"], "")})
}

// commentOnCorrective comments, or answers the question whose button was pressed.
func (b *Bot) commentOnCorrective(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.CommentOnCorrective(ctx, who, w.Number, itsm.CommentRequest{Text: w.note, ReplyTo: w.ReplyTo})
}

func (b *Bot) withdrawCorrective(ctx context.Context, who desk.Caller, w wish) (itsm.Receipt, error) {
	return b.desk.WithdrawCorrective(ctx, who, w.Number, itsm.NoteRequest{Note: w.note})
}

// correctiveMeant is the verb that people mean who type one with another word after the
// number: step CAR-3 dropped 2 it is there; decide CAR-3 reject it does not reach it.
func correctiveMeant(name, rest string) (verb, after string) {
	if _, more := typed.Word(rest); name == "step" && typed.Drops(more) {
		return "drop", rest
	}
	return decideMeant(name, rest)
}
