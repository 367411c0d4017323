package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// ProblemType is the name of the problem process in Temporal.
const ProblemType = "Problem"

// Problem carries one problem from its record to its closure, as ISO/IEC 20000-1:2018
// clause 8.6.3 requires. Read it from top to bottom: each line is a requirement, and
// the rules each applies are in package itsm.
//
// Problems live for months. When Temporal suggests it, the process goes on in a new run
// of the same workflow, with all that it had: before is that, and nil at first.
func Problem(ctx workflow.Context, n itsm.Number, before *Carried) (itsm.Receipt, error) {
	p := newProblem(n)
	p.goOn(before)
	return p.run(ctx,
		p.receive,     // 8.6.3    a problem is raised, signed by the desk
		p.record,      // 8.6.3 c  it is recorded and classified, under the policy in force
		p.assess,      // 8.6.3 a  it is accepted, declined or merged, with the reason
		p.investigate, // 8.6.3 b  its root cause is found, and proven
		p.remedy,      // 8.6.3 d  a change fixes it; e, f: until then a workaround helps
		p.watch,       // 8.6.3 g  the fix is watched until it has held
		p.conclude,    // 8.6.3 c  it is reviewed where it was major, and closed
	)
}

type problem struct {
	itsm.Problem
	process
	draft  itsm.ProblemDraft // as it was raised
	terms  itsm.ProblemTerms // kept of the policy that it was recorded under
	others others
	full   func() bool // Temporal suggests to go on in a new run
}

func newProblem(n itsm.Number) *problem {
	p := &problem{}
	p.Number, p.State = n, itsm.ProblemNew
	p.of = p
	p.tellings = []*telling{
		{summary: "Show people " + string(n), activity: a.ShowProblem, wanted: func() bool { return true }},
	}
	return p
}

func (p *problem) receive(ctx workflow.Context) error {
	p.full = func() bool { return workflow.GetInfo(ctx).GetContinueAsNewSuggested() }
	p.hear(ctx)
	if p.arrived() { // in an earlier run
		return nil
	}
	received, err := p.arrives(ctx)
	if err != nil || received {
		return err
	}
	return itsm.Refuse(itsm.NotFound, "problem.never_raised", "No request arrived for %s.", p.Number)
}

func (p *problem) record(ctx workflow.Context) error {
	if p.State != itsm.ProblemNew {
		return nil
	}
	p.revise()
	recording := activities.ProblemRecording{Problem: p.Problem, Draft: p.draft, Event: p.raised, Origin: p.by}
	var r activities.ProblemRecorded
	if err := do(ctx, "Record "+string(p.Number), a.RecordProblem, recording).Get(ctx, &r); err != nil {
		return err
	}
	p.Problem, p.terms = r.Problem, r.Terms
	p.happened(ctx, system, p.Log(workflow.Now(ctx)))
	p.answerRaise()
	return nil
}

func (p *problem) assess(ctx workflow.Context) error {
	return p.through(ctx, func() bool { return !p.Unassessed() })
}

func (p *problem) investigate(ctx workflow.Context) error {
	return p.through(ctx, func() bool { return p.State != itsm.ProblemInvestigating })
}

func (p *problem) remedy(ctx workflow.Context) error {
	return p.through(ctx, func() bool { return !p.Worked() && p.State != itsm.ProblemFixPlanned })
}

func (p *problem) watch(ctx workflow.Context) error {
	return p.through(ctx, func() bool { return p.State != itsm.ProblemFixDeployed && !p.Watching() })
}

func (p *problem) conclude(ctx workflow.Context) error {
	return p.through(ctx, p.over) // it may be reopened, and is investigated anew
}

// through does what is to be done, one thing after the other, until a step is over.
func (p *problem) through(ctx workflow.Context, done func() bool) error {
	for !done() && !p.over() {
		if err := p.proceed(ctx); err != nil {
			return err
		}
	}
	return nil
}

// proceed does the one thing that is to be done now, or waits for what comes next.
func (p *problem) proceed(ctx workflow.Context) error {
	if e, follows := p.Settle(p.terms, workflow.Now(ctx)); follows {
		p.happened(ctx, system, e)
	}
	switch {
	case p.NextStage() > 0 && p.Unreckoned(): // if it cannot open at once, what falls due meanwhile has to be known
		if err := (approval{p}).openWithin(ctx, time.Minute); err != nil || p.NextStage() == 0 {
			return err
		}
		return p.reckon(ctx)
	case p.NextStage() > 0:
		return approval{p}.openNext(ctx)
	case p.Unreckoned():
		return p.reckon(ctx)
	case p.Escalation.Pending != nil:
		return p.call(ctx)
	case p.others.looks():
		return p.meet(ctx)
	case p.full():
		return p.renew(ctx)
	}
	p.show(ctx)
	return wait(ctx, p)
}

// reckon finds out the instants that follow from a calendar, and saves them. What an
// act has overtaken meanwhile is asked anew.
func (p *problem) reckon(ctx workflow.Context) error {
	asked := p.Problem
	wanted := func() bool { return p.Unreckoned() && p.Revision == asked.Revision }
	var r itsm.ProblemReckoning
	err := whilst(ctx, wanted, "Reckon the deadlines", a.ReckonProblem, activities.ProblemReckoning{
		Number: asked.Number, PolicyVersion: asked.PolicyVersion, Clocks: asked.Clocks, Idle: asked.Idle,
	}, &r)
	if err == nil && wanted() {
		p.happened(ctx, system, p.Take(r))
	}
	return err
}

// call finds out who answers for it when nobody is at it, and saves who was told.
func (p *problem) call(ctx workflow.Context) error {
	pending := *p.Escalation.Pending
	wanted := func() bool { return p.Escalation.Pending != nil && *p.Escalation.Pending == pending }
	ask := activities.CallingLevel{Number: p.Number, PolicyVersion: p.PolicyVersion, Calling: pending, Team: p.Team, Owner: p.Owner}
	var c itsm.Called
	err := whilst(ctx, wanted, "Ask who answers for it", a.CallLevel, ask, &c)
	if err == nil && wanted() {
		c.At = workflow.Now(ctx)
		p.happened(ctx, system, p.TakeCall(c, c.At))
	}
	return err
}

// What an approval has to know of it: the decision on its known error.
func (p *problem) asking() (activity, ask any) {
	return a.OpenPublication, activities.Matter{Asking: p.Asking(), PolicyVersion: p.PolicyVersion}
}

func (p *problem) policy() int { return p.PolicyVersion }

func (p *problem) open(ctx workflow.Context, o itsm.Opening) {
	p.OpenStage(o)
	p.happened(ctx, system, itsm.Event{Kind: itsm.EventKnownErrorOpened, From: itsm.State(p.State), Detail: &itsm.Detail{Opening: p.Publication.Opening}})
}

// reschedule is for what is put on hold; a known error never is.
func (p *problem) reschedule(workflow.Context, itsm.Deadlines) {}

// problemTurn is all that decides what the process does next, but for the deadline.
type problemTurn struct {
	state      itsm.ProblemState
	stage      int
	unreckoned bool
	calling    bool
	others     bool
	full       bool
}

func (p *problem) turn() problemTurn {
	return problemTurn{
		state: p.State, stage: p.NextStage(), unreckoned: p.Unreckoned(), calling: p.Escalation.Pending != nil,
		others: p.others.looks(), full: p.full(),
	}
}

// awaits says what a timer is for, in the words of the Temporal UI.
func (p *problem) awaits(d itsm.Deadline) string {
	switch d.Kind { //nolint:exhaustive // those that a problem's deadlines have
	case itsm.EventProblemWarned:
		return "until part of the time for its " + itsm.State(d.Clock).Words() + " is used up"
	case itsm.EventProblemMissed, itsm.EventProblemOverdue:
		return "until the target for its " + itsm.State(d.Clock).Words() + " is missed"
	case itsm.EventProblemNudged, itsm.EventProblemIdle:
		return "until nobody was at it for too long"
	case itsm.EventTaskDue:
		return "until a task is due"
	case itsm.EventWatchPassed:
		return "until its fix has held"
	case itsm.EventRiskExpired:
		return "until its risk is accepted no longer"
	case itsm.EventKnownErrorReviewDue:
		return "until its known error is looked at again"
	default:
		return "until the publishers are reminded, or not asked any more"
	}
}

func (p *problem) fall(ctx workflow.Context, d itsm.Deadline) {
	if e, happened := p.Fall(d, p.terms, workflow.Now(ctx)); happened {
		p.happened(ctx, system, e)
	}
}

// request takes up a problem as it was raised.
func (p *problem) request(who itsm.Actor, d itsm.ProblemDraft, at time.Time) itsm.Event {
	p.draft, p.Reporter, p.Door, p.RaisedAt, p.Since = d, who.Person, who.Door, at, at
	return itsm.Event{Kind: itsm.EventProblemRaised}
}
