package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// ChangeType is the name of the change process in Temporal.
const ChangeType = "Change"

// Change carries one request for change from its record to its closure, as
// ISO/IEC 20000-1:2018 clause 8.5.1 requires. Read it from top to bottom: each
// line is a requirement, and the rules each applies are in package itsm.
func Change(ctx workflow.Context, n itsm.Number) (itsm.Receipt, error) {
	p := newChange(n)
	return p.run(ctx,
		p.receive,   // 8.5.1.2  a request for change arrives, signed by the desk
		p.record,    // 8.5.1.2  it is recorded and classified, under the policy in force (8.5.1.1)
		p.assess,    // 8.5.1.3  where its risk asks for it, its effects are assessed
		p.authorise, // 8.5.1.3  others than the requester decide, stage after stage, in time or not at all
		p.schedule,  // 8.5.1.3  what was approved is put on the schedule, and people are told
		p.implement, // 8.5.1.3  it is carried out within its window
		p.conclude,  // 8.5.1.3  its result is recorded and the record closed
	)
}

type change struct {
	process
	itsm.Change
	terms  itsm.Terms // kept of the policy that it was recorded under
	edited *itsm.Edit // what the event that is to be saved made of the text

	waiters []itsm.Number // records that wait for it to end
	woken   bool          // they were told that it has
}

func newChange(n itsm.Number) *change {
	p := &change{Change: itsm.Change{Number: n, State: itsm.ChangeRaised}}
	p.of = p
	p.after = p.wake
	p.tellings = []*telling{
		{summary: "Show people " + string(n), activity: a.ShowChange, wanted: func() bool { return true }},
		{summary: "Report to GitHub", activity: a.ReportDeployment, wanted: func() bool { return p.Deployment != nil }},
	}
	return p
}

func (p *change) receive(ctx workflow.Context) error {
	hears(ctx, ChangeAwaited, func(n itsm.Number) { p.awaitedBy(ctx, n) })
	arrived, err := p.arrives(ctx)
	if err != nil || arrived {
		return err
	}
	return itsm.Refuse(itsm.NotFound, "change.never_raised", "No request arrived for %s.", p.Number)
}

func (p *change) record(ctx workflow.Context) error {
	raising := activities.Recording{Change: p.Change, Event: p.raised, Origin: p.by}
	p.Revision, p.Approval.Round = 1, 1
	var r activities.Recorded
	err := do(ctx, "Record "+string(p.Number), a.RecordChange, raising).Get(ctx, &r)
	if err != nil {
		return err
	}
	p.Team, p.Owner, p.Restricted, p.PolicyVersion = r.Team, r.Owner, r.Restricted, r.PolicyVersion
	p.terms, p.RiskScore = r.Terms, r.RiskScore
	if opening := r.First(workflow.Now(ctx)); opening != nil {
		p.open(ctx, *opening)
	} else {
		p.become(ctx, itsm.ChangeAssessing, itsm.EventAssessing)
	}
	p.answerRaise()
	return nil
}

func (p *change) assess(ctx workflow.Context) error {
	for p.State == itsm.ChangeAssessing {
		if err := p.proceed(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (p *change) authorise(ctx workflow.Context) error {
	for p.State == itsm.ChangeAwaiting {
		if err := p.proceed(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (p *change) schedule(ctx workflow.Context) error {
	p.become(ctx, itsm.ChangeScheduled, itsm.EventScheduled)
	return nil
}

func (p *change) implement(ctx workflow.Context) error {
	for p.State == itsm.ChangeScheduled {
		if err := p.proceed(ctx); err != nil {
			return err
		}
		if p.State == itsm.ChangeAwaiting { // an edit voided what was decided: it is decided anew
			if err := p.authorise(ctx); err != nil || p.State.Final() {
				return err
			}
			if err := p.schedule(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *change) conclude(ctx workflow.Context) error {
	p.show(ctx)
	return workflow.Await(ctx, func() bool { return p.State.Final() })
}

// proceed does the one thing that is to be done now, or waits for what comes next.
func (p *change) proceed(ctx workflow.Context) error { return approval{p}.proceed(ctx) }

func (p *change) asking() (activity, ask any) {
	return a.OpenStage, activities.Opening{Asking: p.Asking(), PolicyVersion: p.PolicyVersion}
}

func (p *change) policy() int { return p.PolicyVersion }

// open takes up a stage and begins to save that it is open.
func (p *change) open(ctx workflow.Context, o itsm.Opening) {
	from := p.State
	if from != itsm.ChangeAwaiting {
		p.Become(itsm.ChangeAwaiting, workflow.Now(ctx))
	}
	p.OpenStage(o)
	p.happened(ctx, system, itsm.Event{Kind: itsm.EventOpened, From: itsm.State(from), Detail: &itsm.Detail{Opening: p.Approval.Opening}})
}

func (p *change) reschedule(ctx workflow.Context, d itsm.Deadlines) {
	p.happened(ctx, system, p.Reschedule(d))
}

func (p *change) fall(ctx workflow.Context, d itsm.Deadline) {
	p.happened(ctx, system, p.Fall(d, workflow.Now(ctx)))
}

func (p *change) awaits(itsm.Deadline) string { return "until its window ends" }

// become moves the change on by itself and begins to save that it did.
func (p *change) become(ctx workflow.Context, next itsm.ChangeState, kind itsm.EventKind) {
	from := p.State
	p.Become(next, workflow.Now(ctx))
	p.happened(ctx, system, itsm.Event{Kind: kind, From: itsm.State(from)})
}

// awaitedBy takes note that a record waits for the change to end.
func (p *change) awaitedBy(ctx workflow.Context, n itsm.Number) {
	if n.Check() != nil || slices.Contains(p.waiters, n) {
		return
	}
	p.waiters = append(p.waiters, n)
	if p.woken {
		tellOf(ctx, n, ChangeEnded, p.Number)
	}
}

// wake tells those who wait that the change has ended, once that is saved.
func (p *change) wake(ctx workflow.Context) error {
	if len(p.waiters) > 0 {
		if err := workflow.Await(ctx, func() bool { return len(p.saving) == 0 }); err != nil {
			return err
		}
	}
	for n := 0; n < len(p.waiters); n++ { // more may come while they are told
		tellOf(ctx, p.waiters[n], ChangeEnded, p.Number)
	}
	p.woken = true
	return nil
}

func (p *change) over() bool { return p.State.Final() }

func (p *change) revise() { p.Revision++ }

func (p *change) step(e itsm.Event, from activities.Origin) (activity, saved any) {
	step := p.Step(e)
	if p.edited != nil {
		step.Edit, step.ContentHash, p.edited = p.edited, p.ContentHash, nil
	}
	return a.StepChange, activities.Stepping{Step: step, Origin: from}
}
