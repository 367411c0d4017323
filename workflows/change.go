package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// ChangeType is the name of the change process in Temporal.
const ChangeType = "Change"

// patience is how long a process waits for the request that it was started for.
// The desk sends both together; this ends what was started in any other way.
const patience = time.Minute

// Change carries one request for change from its record to its closure, as
// ISO/IEC 20000-1:2018 clause 8.5.1 requires. Read it from top to bottom: each
// line is a requirement, and the rules each applies are in package itsm.
func Change(ctx workflow.Context, n itsm.Number) (itsm.Receipt, error) {
	// A record is cancelled by its own act, never from Temporal's side.
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	p := newChange(n)
	if err := p.listen(ctx); err != nil { // before any wait, or an early act is lost
		return p.Receipt(), err
	}
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
	itsm.Change
	ledger
	received bool
	raising  activities.Recording // who raised it, and how
	opened   itsm.Receipt         // as the raise left it
	raised   int                  // the save of that
	terms    itsm.Terms           // kept of the policy that it was recorded under
	talk     itsm.Talk
	seen     view // what Temporal shows of it
}

func newChange(n itsm.Number) *change {
	p := &change{Change: itsm.Change{Number: n, State: itsm.ChangeRaised}}
	p.tellings = []*telling{
		{summary: "Show people " + string(n), activity: a.ShowChange, wanted: func() bool { return true }},
		{summary: "Report to GitHub", activity: a.ReportDeployment, wanted: func() bool { return p.Deployment != nil }},
	}
	return p
}

func (p *change) run(ctx workflow.Context, steps ...func(workflow.Context) error) (itsm.Receipt, error) {
	for _, to := range p.tellings {
		workflow.Go(ctx, func(ctx workflow.Context) { p.tell(ctx, to) })
	}
	for _, step := range steps {
		if p.State.Final() {
			break
		}
		if err := step(ctx); err != nil {
			return p.Receipt(), err
		}
	}
	p.show(ctx)
	return p.Receipt(), workflow.Await(ctx, func() bool { return p.told() && workflow.AllHandlersFinished(ctx) })
}

func (p *change) receive(ctx workflow.Context) error {
	received, err := until(ctx, workflow.Now(ctx).Add(patience), "for the request to arrive", func() bool { return p.received })
	if err != nil || received {
		return err
	}
	return itsm.Refuse(itsm.NotFound, "change.never_raised", "No request arrived for %s.", p.Number)
}

func (p *change) record(ctx workflow.Context) error {
	p.Revision, p.Approval.Round = 1, 1
	var r activities.Recorded
	err := do(ctx, "Record "+string(p.Number), a.RecordChange, p.raising).Get(ctx, &r)
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
	p.opened, p.raised = p.Receipt(), p.begun
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

// system is who acts when a timer does, or when one step follows from another.
var system = itsm.Actor{Person: itsm.System, Door: itsm.DoorSystem}

// become moves the change on by itself and begins to save that it did.
func (p *change) become(ctx workflow.Context, next itsm.ChangeState, kind itsm.EventKind) {
	from := p.State
	p.Become(next, workflow.Now(ctx))
	p.happened(ctx, system, itsm.Event{Kind: kind, From: itsm.State(from)})
}

// happened gives an event the next revision and begins to save it.
func (p *change) happened(ctx workflow.Context, who itsm.Actor, e itsm.Event) {
	p.save(ctx, who, did{Event: e})
}

// save gives what was done the next revision and begins to save it, in the very
// workflow task that made it happen, so that the record never holds what history
// does not.
func (p *change) save(ctx workflow.Context, who itsm.Actor, d did) workflow.Future {
	p.Revision++
	e := d.Event
	e.Number, e.Revision, e.To, e.At = p.Number, p.Revision, itsm.State(p.State), workflow.Now(ctx)
	e.Actor, e.Door = who.Person, who.Door
	step := p.Step(e)
	if d.edit != nil {
		step.Edit, step.ContentHash = d.edit, p.ContentHash
	}
	saved := do(ctx, "Save "+string(e.Kind), a.StepChange, activities.Stepping{Step: step, Origin: origin(ctx, who)})
	p.follow(ctx, saved)
	return saved
}

// tell tells one audience of the record after every save: one telling at a time,
// and the latest rather than each, since what a slow Slack missed in between it
// need not be told. An audience that cannot be reached keeps no other waiting.
func (p *change) tell(ctx workflow.Context, to *telling) {
	for {
		if workflow.Await(ctx, func() bool { return p.untold(to) }) != nil {
			return
		}
		upTo, target := p.begun, activities.Target{Number: p.Number, Revision: p.Revision, Comments: p.talk.Comments}
		var report activities.Shown
		_ = tell(ctx, to.summary, to.activity, target).Get(ctx, &report) // what will never be delivered is logged there; the process goes on
		to.told, to.unreachable = upTo, report.Unreachable
		p.describe(ctx)
	}
}

// request opens a raise: the change as its requester described it.
func (p *change) request(ctx workflow.Context, act wire.Act) error {
	who, draft, err := wire.Open[itsm.ChangeDraft](act)
	if err != nil {
		return err
	}
	now := workflow.Now(ctx)
	p.ChangeDraft, p.Requester, p.RaisedAt, p.Since, p.ContentHash = draft, who.Person, now, now, draft.Hash()
	raised := itsm.Event{
		Number: p.Number, Revision: 1, Kind: itsm.EventRaised, At: now,
		Actor: who.Person, Door: who.Door, To: itsm.State(itsm.ChangeRaised),
	}
	p.raising = activities.Recording{Change: p.Change, Event: raised, Origin: origin(ctx, who)}
	p.received = true
	return nil
}
