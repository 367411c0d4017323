package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// openNext opens the stage that is to be opened. Who decides in it is asked of the
// catalog; as long as too few could, it waits there for the catalog to be mended,
// and stops waiting when an act makes the stage another or none.
func (p *change) openNext(ctx workflow.Context) error {
	stage, round, assignee := p.NextStage(), p.Approval.Round, p.Assignee
	same := func() bool {
		return p.NextStage() == stage && p.Approval.Round == round && p.Assignee == assignee
	}
	var o itsm.Opening
	asked := activities.Opening{Asking: p.Asking(), PolicyVersion: p.PolicyVersion}
	err := whilst(ctx, same, "Ask who decides", a.OpenStage, asked, &o)
	if err == nil && same() {
		p.open(ctx, o)
	}
	return err
}

// open takes up a stage and begins to save that it is open.
func (p *change) open(ctx workflow.Context, o itsm.Opening) {
	from := p.State
	if from != itsm.ChangeAwaiting {
		p.Become(itsm.ChangeAwaiting, workflow.Now(ctx))
	}
	p.OpenStage(o)
	p.happened(ctx, system, itsm.Event{Kind: itsm.EventOpened, From: from, Detail: &itsm.Detail{Opening: p.Approval.Opening}})
}

// restartClock moves the deadlines of a stage after a hold, by the time that it took.
func (p *change) restartClock(ctx workflow.Context) error {
	from, _ := p.Stopped()
	round, stage := p.Approval.Round, p.Approval.Opening.Stage
	same := func() bool {
		_, stopped := p.Stopped()
		return stopped && p.Approval.Round == round && p.Approval.Opening.Stage == stage
	}
	var moved itsm.Deadlines
	held := activities.Stopped{
		Deadlines: p.Deadlines(), Calendar: p.Approval.Opening.Calendar, PolicyVersion: p.PolicyVersion,
		From: from, To: workflow.Now(ctx),
	}
	if err := whilst(ctx, same, "Reckon the deadlines anew", a.MoveDeadlines, held, &moved); err != nil {
		return err
	}
	if same() {
		e := p.Reschedule(moved)
		p.happened(ctx, system, e)
	}
	return nil
}

// whilst runs an activity as long as its answer is wanted.
func whilst(ctx workflow.Context, wanted func() bool, summary string, activity, ask, answer any) error {
	ctx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	asked := do(ctx, summary, activity, ask)
	if err := workflow.Await(ctx, func() bool { return asked.IsReady() || !wanted() }); err != nil || !asked.IsReady() {
		return err
	}
	return asked.Get(ctx, answer)
}
