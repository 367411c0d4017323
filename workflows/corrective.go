package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// CorrectiveType is the name of the corrective action process in Temporal.
const CorrectiveType = "CorrectiveAction"

// Corrective carries one corrective action from its record to its closure, as
// ISO/IEC 20000-1:2018 clause 10.1 requires. Read it from top to bottom: each line is a
// requirement, and the rules each applies are in package itsm.
func Corrective(ctx workflow.Context, n itsm.Number) (itsm.Receipt, error) {
	c := newCorrective(n)
	return c.run(ctx,
		c.receive,   // 10.1.1 a  a nonconformity is raised, signed by the desk, with what was done at once
		c.record,    // 10.1.2 a  it is recorded, under the policy in force
		c.take,      // 10.1.1 b  its owner takes it on
		c.examine,   // 10.1.1 b  and finds the cause, and whether it could be so elsewhere
		c.plan,      // 10.1.1 c  what is to be done is planned, and accepted by others
		c.implement, // 10.1.1 c  and is done, with what shows that
		c.verify,    // 10.1.1 d  others say whether it was effective; else it begins anew
	)
}

type corrective struct {
	itsm.CorrectiveAction
	process
	draft itsm.CorrectiveDraft  // as it was raised
	terms itsm.CorrectivePolicy // kept of the policy that it was recorded under
}

func newCorrective(n itsm.Number) *corrective {
	c := &corrective{}
	c.Number, c.State = n, itsm.CorrectiveNew
	c.of = c
	c.tellings = []*telling{
		{summary: "Show people " + string(n), activity: a.ShowCorrective, wanted: func() bool { return true }},
	}
	return c
}

func (c *corrective) receive(ctx workflow.Context) error {
	received, err := c.arrives(ctx)
	if err != nil || received {
		return err
	}
	return itsm.Refuse(itsm.NotFound, "corrective_action.never_raised", "No request arrived for %s.", c.Number)
}

func (c *corrective) record(ctx workflow.Context) error {
	c.revise()
	recording := activities.CorrectiveRecording{Corrective: c.CorrectiveAction, Draft: c.draft, Event: c.raised, Origin: c.by}
	var r activities.CorrectiveRecorded
	if err := do(ctx, "Record "+string(c.Number), a.RecordCorrective, recording).Get(ctx, &r); err != nil {
		return err
	}
	c.CorrectiveAction, c.terms = r.Corrective, r.Policy
	c.happened(ctx, system, c.Log(workflow.Now(ctx)))
	c.answerRaise()
	return nil
}

func (c *corrective) take(ctx workflow.Context) error {
	return c.whilst(ctx, itsm.CorrectiveRaised)
}

func (c *corrective) examine(ctx workflow.Context) error {
	return c.whilst(ctx, itsm.CorrectiveAcknowledged)
}

func (c *corrective) plan(ctx workflow.Context) error {
	return c.whilst(ctx, itsm.CorrectiveCauseKnown, itsm.CorrectivePlanProposed)
}

func (c *corrective) implement(ctx workflow.Context) error {
	return c.whilst(ctx, itsm.CorrectiveCauseKnown, itsm.CorrectivePlanProposed, itsm.CorrectivePlanned)
}

func (c *corrective) verify(ctx workflow.Context) error {
	for !c.over() { // it may be found not to be effective, and its cause is looked for anew
		if err := c.proceed(ctx); err != nil {
			return err
		}
	}
	return nil
}

// whilst does what is to be done, one thing after the other, as long as it is in some
// states.
func (c *corrective) whilst(ctx workflow.Context, in ...itsm.CorrectiveState) error {
	for slices.Contains(in, c.State) {
		if err := c.proceed(ctx); err != nil {
			return err
		}
	}
	return nil
}

// proceed does the one thing that is to be done now, or waits for what comes next.
func (c *corrective) proceed(ctx workflow.Context) error {
	switch {
	case c.NextStage() > 0:
		return approval{c}.openNext(ctx)
	case c.Unreckoned():
		return c.reckon(ctx)
	case c.Escalation.Pending != nil:
		return c.call(ctx)
	}
	c.show(ctx)
	return wait(ctx, c)
}

// reckon finds out the instants that follow from a calendar, and saves them. What an
// act has overtaken meanwhile is asked anew.
func (c *corrective) reckon(ctx workflow.Context) error {
	asked := c.CorrectiveAction
	wanted := func() bool { return c.Unreckoned() && c.Revision == asked.Revision }
	var r itsm.Clocks
	err := whilst(ctx, wanted, "Reckon the deadlines", a.ReckonCorrective, activities.ClockReckoning{
		Number: asked.Number, PolicyVersion: asked.PolicyVersion, Clocks: asked.Clocks,
	}, &r)
	if err == nil && wanted() {
		c.happened(ctx, system, c.Take(r))
	}
	return err
}

// call finds out who answers for it when it is late, and saves who was told.
func (c *corrective) call(ctx workflow.Context) error {
	pending := *c.Escalation.Pending
	wanted := func() bool { return c.Escalation.Awaits(pending) }
	ask := activities.CallingLevel{
		Number: c.Number, PolicyVersion: c.PolicyVersion, Calling: pending, Team: c.Team, Owner: c.Owner, Role: itsm.QualityManager,
	}
	var called itsm.Called
	err := whilst(ctx, wanted, "Ask who answers for it", a.CallLevel, ask, &called)
	if err == nil && wanted() {
		called.At = workflow.Now(ctx)
		c.happened(ctx, system, c.TakeCall(called, called.At))
	}
	return err
}

// What an approval has to know of it: the decision on its plan.
func (c *corrective) asking() (activity, ask any) {
	return a.OpenPlan, activities.Matter{Asking: c.Asking(), PolicyVersion: c.PolicyVersion}
}

func (c *corrective) policy() int { return c.PolicyVersion }

func (c *corrective) open(ctx workflow.Context, o itsm.Opening) {
	c.OpenStage(o)
	c.happened(ctx, system, itsm.Event{Kind: itsm.EventPlanOpened, From: itsm.State(c.State), Detail: &itsm.Detail{Opening: c.Acceptance.Opening}})
}

// reschedule is for what is put on hold; a plan never is.
func (c *corrective) reschedule(workflow.Context, itsm.Deadlines) {}

// correctiveTurn is all that decides what the process does next, but for the deadline.
type correctiveTurn struct {
	state      itsm.CorrectiveState
	stage      int
	unreckoned bool
	calling    bool
}

func (c *corrective) turn() correctiveTurn {
	return correctiveTurn{state: c.State, stage: c.NextStage(), unreckoned: c.Unreckoned(), calling: c.Escalation.Pending != nil}
}

// awaits says what a timer is for, in the words of the Temporal UI.
func (c *corrective) awaits(d itsm.Deadline) string {
	switch d.Kind { //nolint:exhaustive // those that a corrective action's deadlines have
	case itsm.EventCorrectiveWarned:
		return "until part of the time for its " + itsm.State(d.Clock).Words() + " is used up"
	case itsm.EventCorrectiveMissed, itsm.EventCorrectiveOverdue:
		return "until the target for its " + itsm.State(d.Clock).Words() + " is missed"
	case itsm.EventCorrectiveStepDue:
		return "until a step is due"
	case itsm.EventVerificationDue:
		return "until its effect shows"
	default:
		return "until the quality managers are not asked about its plan any more"
	}
}

func (c *corrective) fall(ctx workflow.Context, d itsm.Deadline) {
	if e, happened := c.Fall(d, c.terms, workflow.Now(ctx)); happened {
		c.happened(ctx, system, e)
	}
}

// request takes up a corrective action as it was raised.
func (c *corrective) request(who itsm.Actor, d itsm.CorrectiveDraft, at time.Time) itsm.Event {
	c.draft, c.Reporter, c.Door, c.RaisedAt, c.Since = d, who.Person, who.Door, at, at
	return itsm.Event{Kind: itsm.EventCorrectiveRaised}
}
