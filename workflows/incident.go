package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// IncidentType is the name of the incident process in Temporal.
const IncidentType = "Incident"

// Incident carries one incident from its report to its closure, as ISO/IEC
// 20000-1:2018 clause 8.6.1 requires. Read it from top to bottom: each line is a
// requirement, and the rules each applies are in package itsm.
func Incident(ctx workflow.Context, n itsm.Number) (itsm.Receipt, error) {
	p := newIncident(n)
	return p.run(ctx,
		p.receive,  // 8.6.1    an incident is reported, signed by the desk
		p.record,   // 8.6.1 a  it is recorded and classified, under the policy in force
		p.triage,   // 8.6.1 b  it is prioritised by impact and urgency
		p.resolve,  // 8.6.1 c,d  it is escalated as long as nobody answers, and resolved
		p.conclude, // 8.6.1 e  its reporter confirms it or time does, and it is closed
	)
}

type incident struct {
	itsm.Incident
	process
	draft  itsm.IncidentDraft // as it was reported
	terms  itsm.IncidentTerms // kept of the policy that it was recorded under
	called int                // how many calls were made
	family family
}

func newIncident(n itsm.Number) *incident {
	p := &incident{}
	p.Number, p.State = n, itsm.IncidentNew
	p.of = p
	p.tellings = []*telling{
		{summary: "Show people " + string(n), activity: a.ShowIncident, wanted: func() bool { return true }},
	}
	return p
}

func (p *incident) receive(ctx workflow.Context) error {
	workflow.Go(ctx, p.callPeople)
	p.hear(ctx)
	received, err := p.arrives(ctx)
	if err != nil || received {
		return err
	}
	return itsm.Refuse(itsm.NotFound, "incident.never_raised", "No report arrived for %s.", p.Number)
}

func (p *incident) record(ctx workflow.Context) error {
	p.revise()
	recording := activities.IncidentRecording{Incident: p.Incident, Draft: p.draft, Event: p.raised, Origin: p.by}
	var r activities.IncidentRecorded
	if err := do(ctx, "Record "+string(p.Number), a.RecordIncident, recording).Get(ctx, &r); err != nil {
		return err
	}
	p.Incident, p.terms = r.Incident, r.Terms
	return nil
}

func (p *incident) triage(ctx workflow.Context) error {
	p.happened(ctx, system, p.Triage(p.terms, workflow.Now(ctx)))
	p.answerRaise()
	return nil
}

func (p *incident) resolve(ctx workflow.Context) error {
	for p.Open() {
		if err := p.proceed(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (p *incident) conclude(ctx workflow.Context) error {
	for !p.over() { // it may be reopened, and is resolved anew
		if err := p.proceed(ctx); err != nil {
			return err
		}
	}
	return nil
}

// proceed does the one thing that is to be done now, or waits for what comes next.
func (p *incident) proceed(ctx workflow.Context) error {
	switch {
	case p.Unreckoned():
		return p.reckon(ctx)
	case p.calling():
		return p.call(ctx)
	case p.family.looks():
		return p.meet(ctx)
	}
	p.show(ctx)
	return wait(ctx, p)
}

// reckon finds out the instants that follow from a calendar, and saves them. What an
// act has overtaken meanwhile is asked anew.
func (p *incident) reckon(ctx workflow.Context) error {
	asked := p.Incident
	wanted := func() bool { return p.Unreckoned() && p.Revision == asked.Revision }
	var r itsm.Reckoning
	err := whilst(ctx, wanted, "Reckon the deadlines", a.ReckonIncident, activities.Reckoning{Incident: asked}, &r)
	if err == nil && wanted() {
		p.happened(ctx, system, p.Take(r))
	}
	return err
}

// calling reports whether somebody is to be called now: of what is on hold, whoever
// answers for it, when they are asked for.
func (p *incident) calling() bool { return p.Escalation.Pending != nil && p.Open() }

// call finds out who is of the level that is to be called, and saves who it is; that
// they are called follows from that.
func (p *incident) call(ctx workflow.Context) error {
	pending := *p.Escalation.Pending
	wanted := func() bool { return p.calling() && *p.Escalation.Pending == pending }
	ask := activities.CallingLevel{
		Number: p.Number, PolicyVersion: p.PolicyVersion, Policy: p.Escalation.Policy, Calling: pending, Team: p.Team, Owner: p.Owner,
	}
	var c itsm.Called
	err := whilst(ctx, wanted, "Ask who is called", a.CallLevel, ask, &c)
	if err == nil && wanted() {
		c.At = workflow.Now(ctx)
		p.happened(ctx, system, p.TakeCall(c, c.At))
		p.called++
	}
	return err
}

// callPeople reaches those who were called, by their own ways. A call that cannot be
// delivered does not keep the next one waiting.
func (p *incident) callPeople(ctx workflow.Context) {
	for paged := 0; ; {
		if workflow.Await(ctx, func() bool { return p.called > paged && len(p.saving) == 0 }) != nil {
			return
		}
		paged = p.called
		once, cancel := workflow.WithCancel(ctx)
		calling := page(once, "Call people about "+string(p.Number), a.PageIncident, activities.Target{Number: p.Number, Revision: p.Revision})
		err := workflow.Await(ctx, func() bool { return calling.IsReady() || p.called > paged || !p.Open() })
		if calling.IsReady() {
			var report activities.Paged
			_ = calling.Get(ctx, &report) // it is tried until nobody is left whom a way may still reach
			p.CallFailed(report.Failed)
		}
		cancel()
		if err != nil {
			return
		}
	}
}

// incidentTurn is all that decides what the process does next, but for the deadline.
type incidentTurn struct {
	state      itsm.IncidentState
	unreckoned bool
	calling    itsm.Calling
	family     bool
}

func (p *incident) turn() incidentTurn {
	t := incidentTurn{state: p.State, unreckoned: p.Unreckoned(), family: p.family.looks()}
	if p.calling() {
		t.calling = *p.Escalation.Pending
	}
	return t
}

// awaits says what a timer is for, in the words of the Temporal UI.
func (p *incident) awaits(d itsm.Deadline) string {
	switch d.Kind { //nolint:exhaustive // those that an incident's deadlines have
	case itsm.EventTargetWarned:
		return "until part of the time for its " + string(d.Clock) + " is used up"
	case itsm.EventTargetMissed:
		return "until the target for its " + string(d.Clock) + " is missed"
	case itsm.EventTargetOverdue:
		return "until its " + string(d.Clock) + " is long overdue"
	case itsm.EventEscalated:
		return "until the next level is called"
	case itsm.EventUnanswered:
		return "until nobody has answered"
	case itsm.EventAckStale:
		return "until the acknowledgement is stale"
	case itsm.EventHoldReminded, itsm.EventConfirmReminded:
		return "until its reporter is asked once more"
	case itsm.EventHoldEnded:
		return "until the hold has lasted as long as it may"
	default:
		return "until it is closed by itself"
	}
}

func (p *incident) fall(ctx workflow.Context, d itsm.Deadline) {
	if e, happened := p.Fall(d, workflow.Now(ctx)); happened {
		p.happened(ctx, system, e)
	}
}

// request takes up a report as it came.
func (p *incident) request(who itsm.Actor, d itsm.IncidentDraft, at time.Time) itsm.Event {
	p.draft, p.Reporter, p.Door, p.RaisedAt, p.Since = d, who.Person, who.Door, at, at
	return itsm.Event{Kind: itsm.EventIncidentRaised}
}
