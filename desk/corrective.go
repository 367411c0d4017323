package desk

import (
	"context"

	"go.temporal.io/sdk/temporal"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// RaiseCorrective records a corrective action and answers once its owner is asked.
func (d *Desk) RaiseCorrective(ctx context.Context, who Caller, draft itsm.CorrectiveDraft) (itsm.Receipt, error) {
	return raise(ctx, d, who, raising[itsm.CorrectiveDraft]{
		act: itsm.ActCorrectiveRaise, body: draft, number: d.Store.NextCorrectiveNumber,
		begins: func(ctx context.Context) (start, error) { return d.correctiveStart(ctx, who, draft) },
		opened: []itsm.EventKind{itsm.EventCorrectiveLogged},
	})
}

// correctiveStart is how a corrective action begins. It refuses what the process would
// refuse, and what comes of a record that the caller cannot see.
func (d *Desk) correctiveStart(ctx context.Context, who Caller, draft itsm.CorrectiveDraft) (start, error) {
	if err := draft.CheckRaise(who.Actor); err != nil {
		return start{}, err
	}
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return start{}, err
	}
	if err := catalog.CheckRaiseCorrective(who.Actor, draft); err != nil {
		return start{}, err
	}
	if err := d.named(ctx, "/owner", draft.Owner, itsm.WorkOnCorrective); err != nil {
		return start{}, err
	}
	if err := draft.CheckSource(func(n itsm.Number) (bool, error) { return d.sees(ctx, who, n) }); err != nil {
		return start{}, err
	}
	return start{
		process: workflows.CorrectiveType, summary: workflows.CorrectiveSummary(who.Person, draft), attributes: temporal.NewSearchAttributes(
			workflows.Process.ValueSet("corrective_action"),
			workflows.State.ValueSet(string(itsm.CorrectiveNew)),
			workflows.Service.ValueSet(string(draft.Service)),
		),
	}, nil
}

// AcknowledgeCorrective takes a corrective action on.
func (d *Desk) AcknowledgeCorrective(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, correctives, who, n, itsm.ActCorrectiveAcknowledge, r,
		func(c *itsm.CorrectiveAction) error { return c.CheckAcknowledge(who.Actor, r) })
}

// AssignCorrective hands a corrective action to another owner or team.
func (d *Desk) AssignCorrective(ctx context.Context, who Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error) {
	return perform(ctx, d, correctives, who, n, itsm.ActCorrectiveAssign, r,
		func(c *itsm.CorrectiveAction) error { return c.CheckAssign(who.Actor, r) },
		func(*itsm.CorrectiveAction) error {
			return d.named(ctx, "/assignee", r.Assignee, itsm.WorkOnCorrective)
		},
		func(*itsm.CorrectiveAction) error { return d.team(ctx, r.Team) })
}

// RelateCorrective says how a corrective action is to another record.
func (d *Desk) RelateCorrective(ctx context.Context, who Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error) {
	return perform(ctx, d, correctives, who, n, itsm.ActCorrectiveRelate, r,
		func(c *itsm.CorrectiveAction) error { return c.CheckRelate(who.Actor, r) },
		func(*itsm.CorrectiveAction) error { return d.other(ctx, who, r.To, r.CheckLinked) })
}

// CommentOnCorrective adds a comment, a question or an answer. It raises no revision.
func (d *Desk) CommentOnCorrective(ctx context.Context, who Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return perform(ctx, d, correctives, who, n, itsm.ActCorrectiveComment, r, func(c *itsm.CorrectiveAction) error {
		// Which questions there were, its process took with it.
		return c.CheckComment(who.Actor, itsm.CommentRequest{Text: r.Text, Update: r.Update}, itsm.Talk{})
	})
}

// FindCorrectiveCause records what was found to be the cause.
func (d *Desk) FindCorrectiveCause(ctx context.Context, who Caller, n itsm.Number, r itsm.RootCauseRequest) (itsm.Receipt, error) {
	return perform(ctx, d, correctives, who, n, itsm.ActCorrectiveCause, r,
		func(c *itsm.CorrectiveAction) error { return c.CheckCause(who.Actor, r) },
		func(*itsm.CorrectiveAction) error { return r.CheckEvidence(d.seenBy(ctx, who)) })
}

// PlanCorrective writes the plan of a corrective action, and asks others to accept it.
func (d *Desk) PlanCorrective(ctx context.Context, who Caller, n itsm.Number, r itsm.PlanRequest) (itsm.Receipt, error) {
	return perform(ctx, d, correctives, who, n, itsm.ActPlan, r,
		func(c *itsm.CorrectiveAction) error { return c.CheckPlan(who.Actor, r, d.Now()) },
		func(*itsm.CorrectiveAction) error {
			for k, s := range r.Steps[:min(len(r.Steps), itsm.MaxPlanSteps)] {
				if err := d.named(ctx, itsm.StepOwner(k), s.Owner, itsm.WorkOnCorrective); err != nil {
					return err
				}
			}
			return nil
		})
}

// DecideCorrectivePlan says whether the plan of a corrective action is carried out.
func (d *Desk) DecideCorrectivePlan(ctx context.Context, who Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return perform(ctx, d, correctives, who, n, itsm.ActPlanDecide, r,
		func(c *itsm.CorrectiveAction) error { return c.CheckDecision(who.Actor, r) })
}

// StepOfCorrective says what became of a step of the plan.
func (d *Desk) StepOfCorrective(ctx context.Context, who Caller, n itsm.Number, r itsm.StepRequest) (itsm.Receipt, error) {
	return perform(ctx, d, correctives, who, n, itsm.ActStep, r,
		func(c *itsm.CorrectiveAction) error { return c.CheckStep(who.Actor, r) },
		func(*itsm.CorrectiveAction) error { return d.named(ctx, "/owner", r.Owner, itsm.WorkOnCorrective) },
		func(*itsm.CorrectiveAction) error { return r.CheckEvidence(d.seenBy(ctx, who)) })
}

// ImplementCorrective says that the plan of a corrective action was carried out.
func (d *Desk) ImplementCorrective(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, correctives, who, n, itsm.ActImplement, r,
		func(c *itsm.CorrectiveAction) error { return c.CheckImplement(who.Actor, r) })
}

// VerifyCorrective says whether a corrective action was effective.
func (d *Desk) VerifyCorrective(ctx context.Context, who Caller, n itsm.Number, r itsm.VerificationRequest) (itsm.Receipt, error) {
	return perform(ctx, d, correctives, who, n, itsm.ActVerify, r,
		func(c *itsm.CorrectiveAction) error { return c.CheckVerify(who.Actor, r) },
		func(*itsm.CorrectiveAction) error { return r.CheckEvidence(d.seenBy(ctx, who)) })
}

// WithdrawCorrective drops a corrective action.
func (d *Desk) WithdrawCorrective(ctx context.Context, who Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(ctx, d, correctives, who, n, itsm.ActWithdrawCorrective, r,
		func(c *itsm.CorrectiveAction) error { return c.CheckWithdraw(who.Actor, r) })
}

// seenBy tells which records somebody may see.
func (d *Desk) seenBy(ctx context.Context, who Caller) func(itsm.Number) (bool, error) {
	return func(n itsm.Number) (bool, error) { return d.sees(ctx, who, n) }
}
