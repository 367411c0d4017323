package workflows

import (
	"time"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

func (p *problem) over() bool { return p.State.Final() }

func (p *problem) revise() { p.Revision++ }

func (p *problem) step(e itsm.Event, o activities.Origin) (activity, saved any) {
	p.others.moved(p, e)
	return a.StepProblem, activities.ProblemStepping{Step: p.Step(e), Origin: o}
}

// deeds are what people can do to a problem.
func (p *problem) deeds() []deed {
	return []deed{
		raises(itsm.ActProblemRaise, "Raise the problem.", p.checkRaise, p.request),
		comments(itsm.ActProblemComment, a.CommentOnProblem, p.CheckComment, p.say),
		on(itsm.ActAccept, "Accept it: somebody looks for its root cause.", untimed(p.CheckAccept), p.accept),
		on(itsm.ActDecline, "Decline it: it is no problem.", untimed(p.CheckDecline), p.Decline),
		on(itsm.ActMerge, "Merge it into another.", untimed(p.CheckMerge), p.Merge),
		on(itsm.ActProblemAssign, "Hand it to another coordinator or team.", untimed(p.CheckAssign), p.Assign),
		on(itsm.ActProblemRelate, "Link it to another record.", untimed(p.CheckRelate), p.Relate),
		on(itsm.ActTask, "Add a task, or say what came of one.", untimed(p.CheckTask), p.Task),
		on(itsm.ActRootCause, "Record its root cause.", untimed(p.CheckRootCause), p.findCause),
		on(itsm.ActWorkaround, "Write its workaround.", untimed(p.CheckWorkaround), p.WriteWorkaround),
		on(itsm.ActPublish, "Ask others whether its known error can be published.", untimed(p.CheckPropose), p.Propose),
		on(itsm.ActProblemDecide, "Say whether its known error is published.", untimed(p.CheckDecision), p.decide),
		on(itsm.ActCommunicate, "Tell its incidents of the workaround.", untimed(p.CheckCommunicate), p.Communicate),
		on(itsm.ActFix, "Have it wait for the change that fixes it.", untimed(p.CheckFix), p.PlanFix),
		on(itsm.ActAcceptRisk, "Live with it for a while.", p.checkAcceptRisk, p.AcceptRisk),
		on(itsm.ActProblemConfirm, "Say that its fix has held.", untimed(p.CheckConfirm), p.Confirm),
		on(itsm.ActReview, "Record what was learnt.", untimed(p.CheckReview), p.Learn),
		on(itsm.ActProblemClose, "Close it.", untimed(p.CheckClose), p.Close),
		on(itsm.ActProblemReopen, "Look for its root cause anew.", untimed(p.CheckReopen), p.reopen),
		on(itsm.ActProblemCancel, "Drop it.", untimed(p.CheckCancel), p.Cancel),
		on(itsm.ActRecur, "Tell that it came back.", untimed(p.CheckRecur), p.recur),
	}
}

func (p *problem) checkRaise(who itsm.Actor, d itsm.ProblemDraft, _ time.Time) error {
	return d.CheckRaise(who)
}

// say takes up a comment. Whoever says something is at it.
func (p *problem) say(who itsm.Actor, r itsm.CommentRequest, t *itsm.Talk, at time.Time) (itsm.Comment, itsm.Event) {
	return p.Say(who, r, t, at), itsm.Event{}
}

func (p *problem) accept(who itsm.Actor, r itsm.Acceptance, at time.Time) itsm.Event {
	return p.Accept(who, r, p.terms, at)
}

func (p *problem) findCause(who itsm.Actor, r itsm.RootCauseRequest, at time.Time) itsm.Event {
	return p.FindCause(who, r, p.terms, at)
}

func (p *problem) decide(who itsm.Actor, r itsm.DecisionRequest, at time.Time) itsm.Event {
	return p.Decide(who, r, p.terms, at)
}

func (p *problem) checkAcceptRisk(who itsm.Actor, r itsm.RiskRequest, at time.Time) error {
	return p.CheckAcceptRisk(who, r, p.terms, at)
}

func (p *problem) reopen(who itsm.Actor, r itsm.NoteRequest, at time.Time) itsm.Event {
	return p.Reopen(who, r, p.terms, at)
}

func (p *problem) recur(who itsm.Actor, r itsm.RecurRequest, at time.Time) itsm.Event {
	return p.Recur(who, r, p.terms, at)
}
