package page

import (
	"context"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// ApplyWorkaround is done to an incident, by its own rules and those of the known error.
func (m *memory) ApplyWorkaround(_ context.Context, who desk.Caller, n itsm.Number, r itsm.ApplyRequest) (itsm.Receipt, error) {
	check := func(i *itsm.Incident) error {
		if err := i.CheckApply(who.Actor, r); err != nil {
			return err
		}
		return r.CheckKnown(m.problems[r.KnownError])
	}
	return onIncident(m, who, n, itsm.ActApply, r, check, func(i *itsm.Incident) *itsm.Event { return new(i.Apply(who.Actor, r, m.now)) })
}

func (m *memory) CommentOnProblem(_ context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActProblemComment, r, func(p *itsm.Problem) error { return p.CheckComment(who.Actor, r, *m.talk[n]) },
		func(p *itsm.Problem) *itsm.Event {
			m.said[n] = append(m.said[n], p.Say(who.Actor, r, m.talk[n], m.now))
			return nil
		})
}

func (m *memory) MergeProblem(_ context.Context, who desk.Caller, n itsm.Number, r itsm.MergeRequest) (itsm.Receipt, error) {
	check := func(p *itsm.Problem) error {
		if err := p.CheckMerge(who.Actor, r); err != nil {
			return err
		}
		return p.CheckInto(m.problems[r.Into])
	}
	return onProblem(m, who, n, itsm.ActMerge, r, check, func(p *itsm.Problem) *itsm.Event { return new(p.Merge(who.Actor, r, m.now)) })
}

func (m *memory) FixProblem(_ context.Context, who desk.Caller, n itsm.Number, r itsm.FixRequest) (itsm.Receipt, error) {
	check := func(p *itsm.Problem) error {
		if err := p.CheckFix(who.Actor, r); err != nil {
			return err
		}
		return r.CheckFixedBy(m.changes[r.Change])
	}
	return onProblem(m, who, n, itsm.ActFix, r, check, func(p *itsm.Problem) *itsm.Event { return new(p.PlanFix(who.Actor, r, m.now)) })
}

func (m *memory) AcceptRisk(_ context.Context, who desk.Caller, n itsm.Number, r itsm.RiskRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActAcceptRisk, r, func(p *itsm.Problem) error { return p.CheckAcceptRisk(who.Actor, r, m.problemTerms(), m.now) },
		func(p *itsm.Problem) *itsm.Event { return new(p.AcceptRisk(who.Actor, r, m.now)) })
}

func (m *memory) AcceptProblem(_ context.Context, who desk.Caller, n itsm.Number, r itsm.Acceptance) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActAccept, r, func(p *itsm.Problem) error { return p.CheckAccept(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Accept(who.Actor, r, m.problemTerms(), m.now)) })
}

func (m *memory) DeclineProblem(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActDecline, r, func(p *itsm.Problem) error { return p.CheckDecline(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Decline(who.Actor, r, m.now)) })
}

func (m *memory) AssignProblem(_ context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActProblemAssign, r, func(p *itsm.Problem) error { return p.CheckAssign(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Assign(who.Actor, r, m.now)) })
}

func (m *memory) RelateProblem(_ context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActProblemRelate, r, func(p *itsm.Problem) error { return p.CheckRelate(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Relate(who.Actor, r, m.now)) })
}

func (m *memory) TaskOfProblem(_ context.Context, who desk.Caller, n itsm.Number, r itsm.TaskRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActTask, r, func(p *itsm.Problem) error { return p.CheckTask(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Task(who.Actor, r, m.now)) })
}

func (m *memory) FindRootCause(_ context.Context, who desk.Caller, n itsm.Number, r itsm.RootCauseRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActRootCause, r, func(p *itsm.Problem) error { return p.CheckRootCause(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.FindCause(who.Actor, r, m.problemTerms(), m.now)) })
}

func (m *memory) WriteWorkaround(_ context.Context, who desk.Caller, n itsm.Number, r itsm.WorkaroundRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActWorkaround, r, func(p *itsm.Problem) error { return p.CheckWorkaround(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.WriteWorkaround(who.Actor, r, m.now)) })
}

func (m *memory) PublishKnownError(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActPublish, r, func(p *itsm.Problem) error { return p.CheckPropose(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Propose(who.Actor, r, m.now)) })
}

func (m *memory) DecideKnownError(_ context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActProblemDecide, r, func(p *itsm.Problem) error { return p.CheckDecision(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Decide(who.Actor, r, m.problemTerms(), m.now)) })
}

func (m *memory) CommunicateWorkaround(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActCommunicate, r, func(p *itsm.Problem) error { return p.CheckCommunicate(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Communicate(who.Actor, r, m.now)) })
}

func (m *memory) ConfirmFix(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActProblemConfirm, r, func(p *itsm.Problem) error { return p.CheckConfirm(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Confirm(who.Actor, r, m.now)) })
}

func (m *memory) ReviewProblem(_ context.Context, who desk.Caller, n itsm.Number, r itsm.ReviewRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActReview, r, func(p *itsm.Problem) error { return p.CheckReview(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Learn(who.Actor, r, m.now)) })
}

func (m *memory) CloseProblem(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActProblemClose, r, func(p *itsm.Problem) error { return p.CheckClose(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Close(who.Actor, r, m.now)) })
}

func (m *memory) ReopenProblem(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActProblemReopen, r, func(p *itsm.Problem) error { return p.CheckReopen(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Reopen(who.Actor, r, m.problemTerms(), m.now)) })
}

func (m *memory) CancelProblem(_ context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return onProblem(m, who, n, itsm.ActProblemCancel, r, func(p *itsm.Problem) error { return p.CheckCancel(who.Actor, r) },
		func(p *itsm.Problem) *itsm.Event { return new(p.Cancel(who.Actor, r, m.now)) })
}
