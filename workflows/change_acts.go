package workflows

import (
	"time"

	"github.com/steward-itsm/steward/itsm"
)

func (p *change) deeds() []deed {
	return []deed{
		raises(itsm.ActRaise, "Raise the change.", p.checkRaise, p.raise),
		comments(itsm.ActComment, a.CommentOnChange, p.CheckComment, p.say),
		on(itsm.ActDecide, "Approve, reject or abstain.", untimed(p.CheckDecision), p.Decide),
		on(itsm.ActRetract, "Take back one's vote.", bare(p.CheckRetract), p.retract),
		on(itsm.ActDelegate, "Let somebody else decide.", untimed(p.CheckDelegate), p.Delegate),
		on(itsm.ActAssess, "Assess it.", untimed(p.CheckAssess), p.take),
		on(itsm.ActEdit, "Edit it.", p.checkEdit, p.edit),
		on(itsm.ActLink, "Add a link.", p.checkLink, p.link),
		on(itsm.ActHold, "Put it on hold.", untimed(p.CheckHold), p.PutOnHold),
		on(itsm.ActResume, "Resume it.", untimed(p.CheckResume), p.resume),
		on(itsm.ActReassign, "Name who carries it out.", untimed(p.CheckReassign), p.reassign),
		on(itsm.ActWithdraw, "Withdraw it.", untimed(p.CheckWithdraw), p.withdraw),
		on(itsm.ActStart, "Begin to carry it out.", p.checkStart, p.start),
		on(itsm.ActComplete, "Report the result.", untimed(p.CheckCompletion), p.complete),
		on(itsm.ActCancel, "Cancel it before it is under way.", untimed(p.CheckCancel), p.cancel),
	}
}

func (p *change) checkRaise(who itsm.Actor, d itsm.ChangeDraft, at time.Time) error {
	if err := who.May(itsm.RaiseChanges); err != nil {
		return err
	}
	return d.CheckRaise(at)
}

// raise takes up the change as its requester described it.
func (p *change) raise(who itsm.Actor, d itsm.ChangeDraft, at time.Time) itsm.Event {
	p.ChangeDraft, p.Requester, p.RaisedAt, p.Since, p.ContentHash = d, who.Person, at, at, d.Hash()
	return itsm.Event{Kind: itsm.EventRaised}
}

// say says something about the change, and changes nothing in it.
func (p *change) say(who itsm.Actor, r itsm.CommentRequest, t *itsm.Talk, at time.Time) (itsm.Comment, itsm.Event) {
	return p.Say(who, r, t, at), itsm.Event{}
}

func (p *change) retract(who itsm.Actor, _ struct{}, _ time.Time) itsm.Event { return p.Retract(who) }

func (p *change) take(_ itsm.Actor, r itsm.Assessment, _ time.Time) itsm.Event {
	p.edited = &itsm.Edit{Assessment: &r}
	return p.Assess(r)
}

func (p *change) checkEdit(who itsm.Actor, r itsm.EditRequest, at time.Time) error {
	return p.CheckEdit(who, r, p.terms, at)
}

func (p *change) edit(_ itsm.Actor, r itsm.EditRequest, at time.Time) itsm.Event {
	p.edited = &r.Edit
	return p.Edit(r, p.terms, at)
}

func (p *change) checkLink(who itsm.Actor, l itsm.Link, at time.Time) error {
	return p.CheckLink(who, l, p.terms, at)
}

func (p *change) link(_ itsm.Actor, l itsm.Link, at time.Time) itsm.Event {
	e, edit := p.Link(l, p.terms, at)
	p.edited = &edit
	return e
}

func (p *change) resume(_ itsm.Actor, r itsm.NoteRequest, _ time.Time) itsm.Event { return p.Resume(r) }

func (p *change) reassign(_ itsm.Actor, r itsm.Reassignment, _ time.Time) itsm.Event {
	return p.Reassign(r)
}

func (p *change) withdraw(_ itsm.Actor, r itsm.NoteRequest, at time.Time) itsm.Event {
	return p.moved(itsm.ChangeCancelled, itsm.Event{Kind: itsm.EventWithdrawn, Note: r.Note}, at)
}

func (p *change) checkStart(who itsm.Actor, _ struct{}, at time.Time) error {
	return p.CheckStart(who, at)
}

func (p *change) start(who itsm.Actor, _ struct{}, at time.Time) itsm.Event {
	p.Implementer = who.Person
	return p.moved(itsm.ChangeImplementing, itsm.Event{Kind: itsm.EventStarted}, at)
}

func (p *change) complete(_ itsm.Actor, r itsm.Completion, at time.Time) itsm.Event {
	p.Outcome = r.Result
	return p.moved(itsm.ChangeClosed, itsm.Event{Kind: itsm.EventCompleted, Note: r.Note}, at)
}

func (p *change) cancel(_ itsm.Actor, r itsm.Cancellation, at time.Time) itsm.Event {
	return p.moved(itsm.ChangeCancelled, itsm.Event{Kind: itsm.EventCancelled, Note: r.Note}, at)
}

// moved is an act that takes the change from one state to another.
func (p *change) moved(next itsm.ChangeState, e itsm.Event, at time.Time) itsm.Event {
	e.From = itsm.State(p.State)
	p.Become(next, at)
	return e
}
