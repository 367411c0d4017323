package workflows

import (
	"time"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

func (c *corrective) over() bool { return c.State.Final() }

func (c *corrective) revise() { c.Revision++ }

func (c *corrective) step(e itsm.Event, o activities.Origin) (activity, saved any) {
	return a.StepCorrective, activities.CorrectiveStepping{Step: c.Step(e), Origin: o}
}

// deeds are what people can do to a corrective action.
func (c *corrective) deeds() []deed {
	return []deed{
		raises(itsm.ActCorrectiveRaise, "Raise the corrective action.", c.checkRaise, c.request),
		comments(itsm.ActCorrectiveComment, a.CommentOnCorrective, c.CheckComment, c.say),
		on(itsm.ActCorrectiveAcknowledge, "Take it on.", untimed(c.CheckAcknowledge), c.acknowledge),
		on(itsm.ActCorrectiveAssign, "Hand it to another owner or team.", untimed(c.CheckAssign), c.Assign),
		on(itsm.ActCorrectiveRelate, "Link it to another record.", untimed(c.CheckRelate), c.Relate),
		on(itsm.ActCorrectiveCause, "Record its root cause.", untimed(c.CheckCause), c.findCause),
		on(itsm.ActPlan, "Write its plan, and ask others to accept it.", c.CheckPlan, c.writePlan),
		on(itsm.ActPlanDecide, "Say whether its plan is carried out.", untimed(c.CheckDecision), c.decide),
		on(itsm.ActStep, "Say what became of a step of its plan.", untimed(c.CheckStep), c.Progress),
		on(itsm.ActImplement, "Say that its plan was carried out.", untimed(c.CheckImplement), c.implemented),
		on(itsm.ActVerify, "Say whether it was effective.", untimed(c.CheckVerify), c.verified),
		on(itsm.ActWithdrawCorrective, "Drop it.", untimed(c.CheckWithdraw), c.Withdraw),
	}
}

func (c *corrective) checkRaise(who itsm.Actor, d itsm.CorrectiveDraft, _ time.Time) error {
	return d.CheckRaise(who)
}

func (c *corrective) say(who itsm.Actor, r itsm.CommentRequest, t *itsm.Talk, at time.Time) (itsm.Comment, itsm.Event) {
	return c.Say(who, r, t, at), itsm.Event{}
}

func (c *corrective) acknowledge(who itsm.Actor, r itsm.NoteRequest, at time.Time) itsm.Event {
	return c.Acknowledge(who, r, c.terms, at)
}

func (c *corrective) findCause(who itsm.Actor, r itsm.RootCauseRequest, at time.Time) itsm.Event {
	return c.FindCause(who, r, c.terms, at)
}

func (c *corrective) writePlan(who itsm.Actor, r itsm.PlanRequest, at time.Time) itsm.Event {
	return c.WritePlan(who, r, c.terms, at)
}

func (c *corrective) decide(who itsm.Actor, r itsm.DecisionRequest, at time.Time) itsm.Event {
	return c.Decide(who, r, c.terms, at)
}

func (c *corrective) implemented(who itsm.Actor, r itsm.NoteRequest, at time.Time) itsm.Event {
	return c.Implement(who, r, c.terms, at)
}

func (c *corrective) verified(who itsm.Actor, r itsm.VerificationRequest, at time.Time) itsm.Event {
	return c.Verify(who, r, c.terms, at)
}
