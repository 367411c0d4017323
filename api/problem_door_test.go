package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// dealt is asked, for an act on a problem.
func (k *clerk) dealt(ctx context.Context, call string, who desk.Caller, n itsm.Number, body any) (itsm.Receipt, error) {
	r, err := k.asked(ctx, call, who, n, body)
	if err == nil {
		r = itsm.Receipt{Number: "PRB-7", State: itsm.State(itsm.ProblemInvestigating), Revision: 4}
	}
	return r, err
}

func (k *clerk) RaiseProblem(ctx context.Context, who desk.Caller, draft itsm.ProblemDraft) (itsm.Receipt, error) {
	return k.dealt(ctx, "raise problem", who, "", draft)
}

func (k *clerk) AcceptProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Acceptance) (itsm.Receipt, error) {
	return k.dealt(ctx, "accept problem", who, n, r)
}

func (k *clerk) DeclineProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "decline problem", who, n, r)
}

func (k *clerk) MergeProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.MergeRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "merge problem", who, n, r)
}

func (k *clerk) AssignProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error) {
	return k.dealt(ctx, "assign problem", who, n, r)
}

func (k *clerk) RelateProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "relate problem", who, n, r)
}

func (k *clerk) CommentOnProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "comment on problem", who, n, r)
}

func (k *clerk) TaskOfProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.TaskRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "task of problem", who, n, r)
}

func (k *clerk) FindRootCause(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RootCauseRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "find root cause", who, n, r)
}

func (k *clerk) WriteWorkaround(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.WorkaroundRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "write workaround", who, n, r)
}

func (k *clerk) PublishKnownError(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "publish known error", who, n, r)
}

func (k *clerk) DecideKnownError(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "decide known error", who, n, r)
}

func (k *clerk) CommunicateWorkaround(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "communicate workaround", who, n, r)
}

func (k *clerk) FixProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.FixRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "fix problem", who, n, r)
}

func (k *clerk) RaiseFix(ctx context.Context, who desk.Caller, n itsm.Number, draft itsm.ChangeDraft) (itsm.Receipt, error) {
	return k.dealt(ctx, "raise fix", who, n, draft)
}

func (k *clerk) AcceptRisk(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RiskRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "accept risk", who, n, r)
}

func (k *clerk) ConfirmFix(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "confirm fix", who, n, r)
}

func (k *clerk) ReviewProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ReviewRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "review problem", who, n, r)
}

func (k *clerk) CloseProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "close problem", who, n, r)
}

func (k *clerk) ReopenProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return k.dealt(ctx, "reopen problem", who, n, r)
}

func (k *clerk) CancelProblem(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return k.dealt(ctx, "cancel problem", who, n, r)
}

func (k *clerk) ApplyWorkaround(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ApplyRequest) (itsm.Receipt, error) {
	return k.did(ctx, "apply workaround", who, n, r)
}

func (k *clerk) Problem(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Problem, error) {
	_, err := k.asked(ctx, "problem", who, n, nil)
	if k.plain {
		return itsm.Problem{}, err
	}
	return fullProblem(), err
}

func (k *clerk) Problems(ctx context.Context, who desk.Caller, list desk.ProblemList) (desk.ProblemPage, error) {
	_, err := k.asked(ctx, "problems", who, "", list)
	return desk.ProblemPage{Items: []itsm.Problem{fullProblem()}, Next: "abc-_"}, err
}

func (k *clerk) WaitingProblems(ctx context.Context, who desk.Caller) ([]itsm.Problem, error) {
	_, err := k.asked(ctx, "waiting problems", who, "", nil)
	return nil, err
}

func (k *clerk) ProblemTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	_, err := k.asked(ctx, "problem timeline", who, n, nil)
	return []itsm.Event{fullEvent()}, err
}

func (k *clerk) ProblemComments(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	_, err := k.asked(ctx, "problem comments", who, n, nil)
	return []itsm.Comment{fullComment()}, err
}

func (k *clerk) ProblemRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	_, err := k.asked(ctx, "problem relations", who, n, nil)
	return fullProblem().Relations, err
}

func (k *clerk) ExplainProblem(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	_, err := k.asked(ctx, "explain problem", who, n, nil)
	return fullExplanation(), err
}

func (k *clerk) FixDraft(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.ChangeDraft, error) {
	_, err := k.asked(ctx, "fix draft", who, n, nil)
	problem := fullProblem()
	return problem.FixDraft(), err
}

// searched is what was looked for among the known errors.
type searched struct {
	Words string
	Limit int
}

func (k *clerk) KnownErrors(ctx context.Context, who desk.Caller, words string, limit int) ([]itsm.KnownErrorFound, error) {
	_, err := k.asked(ctx, "known errors", who, "", searched{words, limit})
	return []itsm.KnownErrorFound{fullFound()}, err
}

func (k *clerk) IncidentKnownErrors(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.KnownErrorFound, error) {
	_, err := k.asked(ctx, "incident known errors", who, n, nil)
	return []itsm.KnownErrorFound{fullFound()}, err
}
