package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// AcceptProblem takes a problem up: somebody coordinates it from now on.
func (d *Desk) AcceptProblem(ctx context.Context, who Caller, n itsm.Number, r itsm.Acceptance) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActAccept, r, func(p *itsm.Problem) error { return p.CheckAccept(who.Actor, r) },
		func(*itsm.Problem) error { return d.named(ctx, "/coordinator", r.Coordinator, itsm.WorkOnProblems) },
		func(*itsm.Problem) error { return d.team(ctx, r.Team) })
}

// DeclineProblem says that it is none, with the reason.
func (d *Desk) DeclineProblem(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActDecline, r, func(p *itsm.Problem) error { return p.CheckDecline(who.Actor, r) })
}

// MergeProblem ends a problem in favour of another, which takes up all that it led to.
func (d *Desk) MergeProblem(ctx context.Context, who Caller, n itsm.Number, r itsm.MergeRequest) (itsm.Receipt, error) {
	rule := func(p *itsm.Problem) error { return p.CheckMerge(who.Actor, r) }
	return perform(ctx, d, problems, who, n, itsm.ActMerge, r, rule, func(p *itsm.Problem) error {
		if !r.Into.Of("PRB") || r.Into == n { // the rule says so
			return nil
		}
		into, err := d.problemFor(ctx, who, r.Into)
		if err != nil {
			return err
		}
		return p.CheckInto(into)
	})
}

// AssignProblem hands a problem to another coordinator or team.
func (d *Desk) AssignProblem(ctx context.Context, who Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActProblemAssign, r, func(p *itsm.Problem) error { return p.CheckAssign(who.Actor, r) },
		func(*itsm.Problem) error { return d.named(ctx, "/assignee", r.Assignee, itsm.WorkOnProblems) },
		func(*itsm.Problem) error { return d.team(ctx, r.Team) })
}

// RelateProblem says how a problem is to another record.
func (d *Desk) RelateProblem(ctx context.Context, who Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActProblemRelate, r, func(p *itsm.Problem) error { return p.CheckRelate(who.Actor, r) },
		func(*itsm.Problem) error { return d.other(ctx, who, r.To, r.CheckLinked) })
}

// CommentOnProblem adds a comment, a question or an answer. It raises no revision.
func (d *Desk) CommentOnProblem(ctx context.Context, who Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActProblemComment, r, func(p *itsm.Problem) error {
		// Which questions there were, its process took with it.
		return p.CheckComment(who.Actor, itsm.CommentRequest{Text: r.Text, Update: r.Update}, itsm.Talk{})
	})
}

// TaskOfProblem adds a task, or says what came of one.
func (d *Desk) TaskOfProblem(ctx context.Context, who Caller, n itsm.Number, r itsm.TaskRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActTask, r, func(p *itsm.Problem) error { return p.CheckTask(who.Actor, r) },
		func(*itsm.Problem) error { return d.named(ctx, "/owner", r.Owner, itsm.WorkOnProblems) })
}

// FindRootCause records what an investigation found.
func (d *Desk) FindRootCause(ctx context.Context, who Caller, n itsm.Number, r itsm.RootCauseRequest) (itsm.Receipt, error) {
	rule := func(p *itsm.Problem) error { return p.CheckRootCause(who.Actor, r) }
	return perform(ctx, d, problems, who, n, itsm.ActRootCause, r, rule, func(*itsm.Problem) error {
		return r.CheckEvidence(func(of itsm.Number) (bool, error) { return d.sees(ctx, who, of) })
	})
}

// WriteWorkaround writes the known error of a problem, as a draft.
func (d *Desk) WriteWorkaround(ctx context.Context, who Caller, n itsm.Number, r itsm.WorkaroundRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActWorkaround, r, func(p *itsm.Problem) error { return p.CheckWorkaround(who.Actor, r) },
		func(*itsm.Problem) error { return d.named(ctx, "/verified_by", r.VerifiedBy, itsm.ReadProblems) },
		func(*itsm.Problem) error { return d.affects(ctx, who, r.Services) })
}

// affects refuses services that the caller cannot see.
func (d *Desk) affects(ctx context.Context, who Caller, services []itsm.ServiceID) error {
	if len(services) == 0 {
		return nil
	}
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return err
	}
	return catalog.CheckServices("/services", who.Actor, services)
}

// PublishKnownError asks others whether the known error of a problem can be published.
func (d *Desk) PublishKnownError(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActPublish, r, func(p *itsm.Problem) error { return p.CheckPropose(who.Actor, r) })
}

// DecideKnownError says whether the known error of a problem is published.
func (d *Desk) DecideKnownError(ctx context.Context, who Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActProblemDecide, r, func(p *itsm.Problem) error { return p.CheckDecision(who.Actor, r) })
}

// CommunicateWorkaround has every open incident of a problem told of its workaround.
func (d *Desk) CommunicateWorkaround(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActCommunicate, r, func(p *itsm.Problem) error { return p.CheckCommunicate(who.Actor, r) })
}

// FixProblem has a problem wait for the change that fixes it.
func (d *Desk) FixProblem(ctx context.Context, who Caller, n itsm.Number, r itsm.FixRequest) (itsm.Receipt, error) {
	rule := func(p *itsm.Problem) error { return p.CheckFix(who.Actor, r) }
	return perform(ctx, d, problems, who, n, itsm.ActFix, r, rule, func(*itsm.Problem) error {
		if !r.Change.Of("CHG") { // the rule says so
			return nil
		}
		c, err := changes.seen(ctx, d, who, r.Change)
		if hides(err) {
			c, err = nil, nil
		}
		if err != nil {
			return err
		}
		return r.CheckFixedBy(c)
	})
}

// RaiseFix raises the change that is to fix a problem, and has the problem wait for it.
// It answers with the change's receipt. What was raised and could not be linked is not
// lost: the same asking again links it.
func (d *Desk) RaiseFix(ctx context.Context, who Caller, n itsm.Number, draft itsm.ChangeDraft) (itsm.Receipt, error) {
	p, err := d.Problem(ctx, who, n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	if err := p.CheckFixable(who.Actor); err != nil {
		d.trace(ctx, who, string(itsm.ActFix), n, err)
		return itsm.Receipt{}, err
	}
	raised, err := d.RaiseChange(ctx, who, draft)
	if err != nil {
		return raised, err
	}
	_, err = d.FixProblem(ctx, who, n, itsm.FixRequest{Change: raised.Number})
	return raised, err
}

// AcceptRisk decides to live with a problem until an instant.
func (d *Desk) AcceptRisk(ctx context.Context, who Caller, n itsm.Number, r itsm.RiskRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActAcceptRisk, r, func(p *itsm.Problem) error {
		return p.CheckAcceptRisk(who.Actor, r, itsm.ProblemTerms{Policy: itsm.DefaultProblemPolicy}, d.Now())
	})
}

// ConfirmFix says that the fix of a problem has held.
func (d *Desk) ConfirmFix(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActProblemConfirm, r, func(p *itsm.Problem) error { return p.CheckConfirm(who.Actor, r) })
}

// ReviewProblem records what was learnt of a problem.
func (d *Desk) ReviewProblem(ctx context.Context, who Caller, n itsm.Number, r itsm.ReviewRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActReview, r, func(p *itsm.Problem) error { return p.CheckReview(who.Actor, r) })
}

// CloseProblem closes what is resolved, or lived with for good.
func (d *Desk) CloseProblem(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActProblemClose, r, func(p *itsm.Problem) error { return p.CheckClose(who.Actor, r) })
}

// ReopenProblem has the root cause of a problem looked for anew.
func (d *Desk) ReopenProblem(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActProblemReopen, r, func(p *itsm.Problem) error { return p.CheckReopen(who.Actor, r) })
}

// CancelProblem drops a problem.
func (d *Desk) CancelProblem(ctx context.Context, who Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return perform(ctx, d, problems, who, n, itsm.ActProblemCancel, r, func(p *itsm.Problem) error { return p.CheckCancel(who.Actor, r) })
}

// ApplyWorkaround has an incident apply the workaround of a known error, which is
// counted there.
func (d *Desk) ApplyWorkaround(ctx context.Context, who Caller, n itsm.Number, r itsm.ApplyRequest) (itsm.Receipt, error) {
	rule := func(i *itsm.Incident) error { return i.CheckApply(who.Actor, r) }
	return perform(ctx, d, incidents, who, n, itsm.ActApply, r, rule, func(*itsm.Incident) error {
		if !r.KnownError.Of("PRB") { // the rule says so
			return nil
		}
		p, err := d.problemFor(ctx, who, r.KnownError)
		if err != nil {
			return err
		}
		return r.CheckKnown(p)
	})
}
