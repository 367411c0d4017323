package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// corrected is asked, for an act on a corrective action.
func (k *clerk) corrected(ctx context.Context, call string, who desk.Caller, n itsm.Number, body any) (itsm.Receipt, error) {
	r, err := k.asked(ctx, call, who, n, body)
	if err == nil {
		r = itsm.Receipt{Number: "CAR-3", State: itsm.State(itsm.CorrectivePlanned), Revision: 4}
	}
	return r, err
}

func (k *clerk) RaiseCorrective(ctx context.Context, who desk.Caller, draft itsm.CorrectiveDraft) (itsm.Receipt, error) {
	return k.corrected(ctx, "raise corrective action", who, "", draft)
}

func (k *clerk) AcknowledgeCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.corrected(ctx, "acknowledge corrective action", who, n, r)
}

func (k *clerk) AssignCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error) {
	return k.corrected(ctx, "assign corrective action", who, n, r)
}

func (k *clerk) RelateCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error) {
	return k.corrected(ctx, "relate corrective action", who, n, r)
}

func (k *clerk) CommentOnCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return k.corrected(ctx, "comment on corrective action", who, n, r)
}

func (k *clerk) FindCorrectiveCause(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RootCauseRequest) (itsm.Receipt, error) {
	return k.corrected(ctx, "find cause of corrective action", who, n, r)
}

func (k *clerk) PlanCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.PlanRequest) (itsm.Receipt, error) {
	return k.corrected(ctx, "plan corrective action", who, n, r)
}

func (k *clerk) DecideCorrectivePlan(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return k.corrected(ctx, "decide plan of corrective action", who, n, r)
}

func (k *clerk) StepOfCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.StepRequest) (itsm.Receipt, error) {
	return k.corrected(ctx, "step of corrective action", who, n, r)
}

func (k *clerk) ImplementCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.corrected(ctx, "implement corrective action", who, n, r)
}

func (k *clerk) VerifyCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.VerificationRequest) (itsm.Receipt, error) {
	return k.corrected(ctx, "verify corrective action", who, n, r)
}

func (k *clerk) WithdrawCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.corrected(ctx, "withdraw corrective action", who, n, r)
}

func (k *clerk) CorrectiveAction(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.CorrectiveAction, error) {
	_, err := k.asked(ctx, "corrective action", who, n, nil)
	if k.plain {
		return itsm.CorrectiveAction{}, err
	}
	return fullCorrective(), err
}

func (k *clerk) CorrectiveActions(ctx context.Context, who desk.Caller, list desk.CorrectiveList) (desk.CorrectivePage, error) {
	_, err := k.asked(ctx, "corrective actions", who, "", list)
	return desk.CorrectivePage{Items: []itsm.CorrectiveAction{fullCorrective()}, Next: "abc-_"}, err
}

func (k *clerk) WaitingCorrective(ctx context.Context, who desk.Caller) ([]itsm.CorrectiveAction, error) {
	_, err := k.asked(ctx, "waiting corrective actions", who, "", nil)
	return nil, err
}

func (k *clerk) CorrectiveTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	_, err := k.asked(ctx, "corrective timeline", who, n, nil)
	return []itsm.Event{fullEvent()}, err
}

func (k *clerk) CorrectiveComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	_, err := k.asked(ctx, "corrective comments", who, n, nil)
	return []itsm.Comment{fullComment()}, err
}

func (k *clerk) CorrectiveRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	_, err := k.asked(ctx, "corrective relations", who, n, nil)
	return fullCorrective().Relations, err
}

func (k *clerk) ExplainCorrective(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	_, err := k.asked(ctx, "explain corrective action", who, n, nil)
	return fullExplanation(), err
}
