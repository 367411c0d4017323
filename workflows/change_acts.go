package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// deed is one thing that people can do to a change, as an update.
type deed struct {
	act         itsm.Act
	description string
	handle      func(workflow.Context, wire.Act) (itsm.Receipt, error)
	check       func(workflow.Context, wire.Act) error
}

// did is what a deed made happen, and what it made of the text.
type did struct {
	itsm.Event

	edit *itsm.Edit
}

// listen opens every update before the first wait. A validator is the rule
// itself; a handler changes the record before it yields, so that two acts in one
// workflow task cannot both pass.
func (p *change) listen(ctx workflow.Context) error {
	for _, d := range []deed{
		{itsm.ActRaise, "Raise the change. Comes with the start; the desk signs it.", p.raise, p.checkRaise},
		{itsm.ActComment, "Say or ask something about it. Only through Slack or the API.", p.comment, p.checkComment},
		on(p, itsm.ActDecide, "Approve, reject or abstain.", untimed(p.CheckDecision), p.decide),
		on(p, itsm.ActRetract, "Take back one's vote.", bare(p.CheckRetract), p.retract),
		on(p, itsm.ActDelegate, "Let somebody else decide.", untimed(p.CheckDelegate), p.delegate),
		on(p, itsm.ActAssess, "Assess it.", untimed(p.CheckAssess), p.take),
		on(p, itsm.ActEdit, "Edit it.", p.checkEdit, p.edit),
		on(p, itsm.ActLink, "Add a link.", p.checkLink, p.link),
		on(p, itsm.ActHold, "Put it on hold.", untimed(p.CheckHold), p.hold),
		on(p, itsm.ActResume, "Resume it.", untimed(p.CheckResume), p.resume),
		on(p, itsm.ActReassign, "Name who carries it out.", untimed(p.CheckReassign), p.reassign),
		on(p, itsm.ActWithdraw, "Withdraw it.", untimed(p.CheckWithdraw), p.withdraw),
		on(p, itsm.ActStart, "Begin to carry it out.", p.checkStart, p.start),
		on(p, itsm.ActComplete, "Report the result.", untimed(p.CheckCompletion), p.complete),
		on(p, itsm.ActCancel, "Cancel it before it is under way.", untimed(p.CheckCancel), p.cancel),
	} {
		options := workflow.UpdateHandlerOptions{Validator: d.check, Description: d.description}
		if err := workflow.SetUpdateHandlerWithOptions(ctx, string(d.act), d.handle, options); err != nil {
			return err
		}
	}
	return nil
}

// on is a deed that a rule of package itsm allows and that makes one event.
func on[T any](p *change, act itsm.Act, description string,
	rule func(itsm.Actor, T, time.Time) error, do func(itsm.Actor, T, time.Time) did,
) deed {
	handle := func(ctx workflow.Context, act wire.Act) (itsm.Receipt, error) {
		who, body, err := wire.Open[T](act)
		if err != nil {
			return p.Receipt(), err
		}
		return p.answer(ctx, who, do(who, body, workflow.Now(ctx)))
	}
	check := func(ctx workflow.Context, act wire.Act) error {
		who, body, err := wire.Open[T](act)
		if err != nil {
			return err
		}
		return rule(who, body, workflow.Now(ctx))
	}
	return deed{act, description + " Only through Slack or the API: the desk signs it.", handle, check}
}

// untimed is a rule that holds whatever the time.
func untimed[T any](rule func(itsm.Actor, T) error) func(itsm.Actor, T, time.Time) error {
	return func(who itsm.Actor, body T, _ time.Time) error { return rule(who, body) }
}

// bare is a rule about who alone.
func bare(rule func(itsm.Actor) error) func(itsm.Actor, struct{}, time.Time) error {
	return func(who itsm.Actor, _ struct{}, _ time.Time) error { return rule(who) }
}

// answer saves what a person did and answers with the record as that left it:
// while the save is under way, the process moves on.
func (p *change) answer(ctx workflow.Context, who itsm.Actor, d did) (itsm.Receipt, error) {
	saved := p.save(ctx, who, d)
	left := p.Receipt()
	if itsm.State(p.State) == d.From { // else the step that is waiting shows it, once it has moved on
		p.show(ctx)
	}
	return left, saved.Get(ctx, nil)
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

// raise answers when the record and what it first waits for are saved, so that
// whoever raised it can read it at once.
func (p *change) raise(ctx workflow.Context, act wire.Act) (itsm.Receipt, error) {
	if err := p.request(ctx, act); err != nil {
		return p.Receipt(), err
	}
	err := workflow.Await(ctx, func() bool { return p.opened.Revision > 0 && p.savedUpTo(p.raised) })
	return p.opened, err
}

func (p *change) decide(who itsm.Actor, r itsm.DecisionRequest, at time.Time) did {
	return did{Event: p.Decide(who, r, at)}
}

func (p *change) retract(who itsm.Actor, _ struct{}, _ time.Time) did {
	return did{Event: p.Retract(who)}
}

func (p *change) delegate(who itsm.Actor, r itsm.DelegationRequest, at time.Time) did {
	return did{Event: p.Delegate(who, r, at)}
}

func (p *change) take(_ itsm.Actor, r itsm.Assessment, _ time.Time) did {
	return did{p.Assess(r), &itsm.Edit{Assessment: &r}}
}

func (p *change) checkEdit(who itsm.Actor, r itsm.EditRequest, at time.Time) error {
	return p.CheckEdit(who, r, p.terms, at)
}

func (p *change) edit(_ itsm.Actor, r itsm.EditRequest, at time.Time) did {
	return did{p.Edit(r, p.terms, at), &r.Edit}
}

func (p *change) checkLink(who itsm.Actor, l itsm.Link, at time.Time) error {
	return p.CheckLink(who, l, p.terms, at)
}

func (p *change) link(_ itsm.Actor, l itsm.Link, at time.Time) did {
	e, edit := p.Link(l, p.terms, at)
	return did{e, &edit}
}

func (p *change) hold(who itsm.Actor, r itsm.NoteRequest, at time.Time) did {
	return did{Event: p.PutOnHold(who, r, at)}
}

func (p *change) resume(_ itsm.Actor, r itsm.NoteRequest, _ time.Time) did {
	return did{Event: p.Resume(r)}
}

func (p *change) reassign(_ itsm.Actor, r itsm.Reassignment, _ time.Time) did {
	return did{Event: p.Reassign(r)}
}

func (p *change) withdraw(_ itsm.Actor, r itsm.NoteRequest, at time.Time) did {
	return p.moved(itsm.ChangeCancelled, itsm.Event{Kind: itsm.EventWithdrawn, Note: r.Note}, at)
}

func (p *change) checkStart(who itsm.Actor, _ struct{}, at time.Time) error {
	return p.CheckStart(who, at)
}

func (p *change) start(who itsm.Actor, _ struct{}, at time.Time) did {
	p.Implementer = who.Person
	return p.moved(itsm.ChangeImplementing, itsm.Event{Kind: itsm.EventStarted}, at)
}

func (p *change) complete(_ itsm.Actor, r itsm.Completion, at time.Time) did {
	p.Outcome = r.Result
	return p.moved(itsm.ChangeClosed, itsm.Event{Kind: itsm.EventCompleted, Note: r.Note}, at)
}

func (p *change) cancel(_ itsm.Actor, r itsm.Cancellation, at time.Time) did {
	return p.moved(itsm.ChangeCancelled, itsm.Event{Kind: itsm.EventCancelled, Note: r.Note}, at)
}

// moved is an act that takes the change from one state to another.
func (p *change) moved(next itsm.ChangeState, e itsm.Event, at time.Time) did {
	e.From = itsm.State(p.State)
	p.Become(next, at)
	return did{Event: e}
}

func (p *change) checkComment(_ workflow.Context, act wire.Act) error {
	who, r, err := wire.Open[itsm.CommentRequest](act)
	if err != nil {
		return err
	}
	return p.CheckComment(who, r, p.talk)
}

// comment says something about the change, and changes nothing in it.
func (p *change) comment(ctx workflow.Context, act wire.Act) (itsm.Receipt, error) {
	who, r, err := wire.Open[itsm.CommentRequest](act)
	if err != nil {
		return p.Receipt(), err
	}
	said := p.Say(who, r, &p.talk, workflow.Now(ctx))
	saved := do(ctx, "Save a "+string(said.Kind), a.CommentOnChange, activities.Commenting{Comment: said, Origin: origin(ctx, who)})
	p.follow(ctx, saved)
	left := p.Receipt()
	return left, saved.Get(ctx, nil)
}
