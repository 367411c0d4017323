package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// listen opens every update before the first wait. A validator is the rule
// itself; a handler changes the record before it yields, so that two acts in one
// workflow task cannot both pass.
func (p *change) listen(ctx workflow.Context) error {
	for _, u := range []struct {
		act         itsm.Act
		description string
		handle      func(workflow.Context, wire.Act) (itsm.Receipt, error)
		check       func(workflow.Context, wire.Act) error
	}{
		{itsm.ActRaise, "Raise the change. Comes with the start; the desk signs it.", p.raise, p.checkRaise},
		{itsm.ActDecide, "Approve or reject. Only through Slack or the API: the desk signs it.", p.decide, p.checkDecide},
		{itsm.ActStart, "Begin to carry it out. Only through Slack or the API.", p.start, p.checkStart},
		{itsm.ActComplete, "Report the result. Only through Slack or the API.", p.complete, p.checkComplete},
		{itsm.ActCancel, "Cancel it before it is under way. Only through Slack or the API.", p.cancel, p.checkCancel},
	} {
		options := workflow.UpdateHandlerOptions{Validator: u.check, Description: u.description}
		if err := workflow.SetUpdateHandlerWithOptions(ctx, string(u.act), u.handle, options); err != nil {
			return err
		}
	}
	return nil
}

func (p *change) checkRaise(ctx workflow.Context, act wire.Act) error {
	who, draft, err := wire.Open[itsm.ChangeDraft](act)
	if err != nil {
		return err
	}
	if p.received {
		return itsm.Refuse(itsm.Conflict, "record.exists", "%s exists already.", p.Number)
	}
	if err := who.May(itsm.RaiseChanges); err != nil {
		return err
	}
	return draft.CheckRaise(workflow.Now(ctx))
}

// raise answers when the approval is open and saved, so that whoever raised it
// can read it at once.
func (p *change) raise(ctx workflow.Context, act wire.Act) (itsm.Receipt, error) {
	if err := p.request(ctx, act); err != nil {
		return p.Receipt(), err
	}
	err := workflow.Await(ctx, func() bool { return p.opened.Revision > 0 && p.savedUpTo(p.opened.Revision) })
	return p.opened, err
}

func (p *change) checkDecide(_ workflow.Context, act wire.Act) error {
	who, d, err := wire.Open[itsm.DecisionRequest](act)
	if err != nil {
		return err
	}
	return p.CheckDecision(who, d)
}

func (p *change) decide(ctx workflow.Context, act wire.Act) (itsm.Receipt, error) {
	who, d, err := wire.Open[itsm.DecisionRequest](act)
	if err != nil {
		return p.Receipt(), err
	}
	from, kind := p.State, itsm.EventApproved
	if d.Verdict == itsm.Reject {
		kind = itsm.EventRejected
	}
	decision := p.Decide(who, d, workflow.Now(ctx))
	return p.answer(ctx, who, itsm.Event{Kind: kind, From: from, Note: d.Note, Decision: &decision})
}

func (p *change) checkStart(ctx workflow.Context, act wire.Act) error {
	who, _, err := wire.Open[struct{}](act)
	if err != nil {
		return err
	}
	return p.CheckStart(who, workflow.Now(ctx))
}

func (p *change) start(ctx workflow.Context, act wire.Act) (itsm.Receipt, error) {
	who, _, err := wire.Open[struct{}](act)
	if err != nil {
		return p.Receipt(), err
	}
	p.Implementer = who.Person
	return p.move(ctx, who, itsm.ChangeImplementing, itsm.Event{Kind: itsm.EventStarted})
}

func (p *change) checkComplete(_ workflow.Context, act wire.Act) error {
	who, d, err := wire.Open[itsm.Completion](act)
	if err != nil {
		return err
	}
	return p.CheckCompletion(who, d)
}

func (p *change) complete(ctx workflow.Context, act wire.Act) (itsm.Receipt, error) {
	who, d, err := wire.Open[itsm.Completion](act)
	if err != nil {
		return p.Receipt(), err
	}
	p.Outcome = d.Result
	return p.move(ctx, who, itsm.ChangeClosed, itsm.Event{Kind: itsm.EventCompleted, Note: d.Note})
}

func (p *change) checkCancel(_ workflow.Context, act wire.Act) error {
	who, d, err := wire.Open[itsm.Cancellation](act)
	if err != nil {
		return err
	}
	return p.CheckCancel(who, d)
}

func (p *change) cancel(ctx workflow.Context, act wire.Act) (itsm.Receipt, error) {
	who, d, err := wire.Open[itsm.Cancellation](act)
	if err != nil {
		return p.Receipt(), err
	}
	return p.move(ctx, who, itsm.ChangeCancelled, itsm.Event{Kind: itsm.EventCancelled, Note: d.Note})
}

// move is an act that takes the change from one state to another.
func (p *change) move(ctx workflow.Context, who itsm.Actor, next itsm.ChangeState, e itsm.Event) (itsm.Receipt, error) {
	e.From = p.State
	p.Become(next, workflow.Now(ctx))
	return p.answer(ctx, who, e)
}

// answer saves what a person did and answers with the record as that left it:
// while the save is under way, the process moves on.
func (p *change) answer(ctx workflow.Context, who itsm.Actor, e itsm.Event) (itsm.Receipt, error) {
	saved := p.happened(ctx, who, e)
	left := p.Receipt()
	return left, saved.Get(ctx, nil)
}
