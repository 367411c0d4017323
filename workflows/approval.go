package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// approval carries a record through its decision: it opens stage after stage, lets
// happen what happens by itself, and starts the clock again after a hold. It knows
// nothing of the record but that it is decided.
type approval struct{ decided }

// decided is a process whose record is carried through: what it says of the record,
// and what it does, and saves, when the time has come for it. *change is one; the
// other is in the tests, of a record that is only decided on.
type decided interface {
	Ballot() *itsm.Ballot        // the approval as it stands
	NextStage() int              // to be opened now; 0: none
	Next() (itsm.Deadline, bool) // what happens by itself first, of the record's own deadlines too
	asking() (activity, ask any) // which activity names who decides in the next stage, and what it is asked
	policy() int                 // the version of the catalog that the record is pinned to
	awaits(itsm.Deadline) string // what the timer is for, of a deadline of the record's own

	open(workflow.Context, itsm.Opening)
	reschedule(workflow.Context, itsm.Deadlines)
	fall(workflow.Context, itsm.Deadline)
	show(workflow.Context) // where the process stands
}

// proceed does the one thing that is to be done now, or waits for what comes next.
func (p approval) proceed(ctx workflow.Context) error {
	if p.NextStage() > 0 {
		return p.openNext(ctx)
	}
	if _, stopped := p.Ballot().Stopped(); stopped {
		return p.restartClock(ctx)
	}
	p.show(ctx)
	return wait(ctx, p)
}

// openNext opens the stage that is to be opened. Who decides in it is asked of the
// catalog; as long as too few could, it waits there for the catalog to be mended, and
// stops waiting when an act makes the stage another or none. What falls due meanwhile
// happens all the same: a stage that cannot open stops no clock.
func (p approval) openNext(ctx workflow.Context) error { return p.openWithin(ctx, p.untilDue(ctx)) }

// openWithin is openNext for a time; 0: for as long as it takes.
func (p approval) openWithin(ctx workflow.Context, limit time.Duration) error {
	round, stage, assignee := p.Ballot().Round, p.NextStage(), p.Ballot().Assignee
	same := func() bool {
		now := p.Ballot()
		return p.NextStage() == stage && now.Round == round && now.Assignee == assignee
	}
	var o itsm.Opening
	activity, ask := p.asking()
	err := whilstWithin(ctx, limit, same, "Ask who decides", activity, ask, &o)
	switch {
	case gaveUp(err):
		if next, comes := p.Next(); comes && !next.At.After(workflow.Now(ctx)) {
			p.fall(ctx, next)
		}
		return nil
	case err == nil && same():
		p.open(ctx, o)
	}
	return err
}

// untilDue is how long something can be asked before something else falls due, a
// minute at least; 0: nothing does.
func (p approval) untilDue(ctx workflow.Context) time.Duration {
	next, comes := p.Next()
	if !comes {
		return 0
	}
	return max(next.At.Sub(workflow.Now(ctx)), time.Minute)
}

// restartClock moves the deadlines of a stage after a hold, by the time that it took.
func (p approval) restartClock(ctx workflow.Context) error {
	b := p.Ballot()
	round, stage := b.Round, b.Opening.Stage
	same := func() bool {
		now := p.Ballot()
		_, stopped := now.Stopped()
		return stopped && now.Round == round && now.Opening.Stage == stage
	}
	from, _ := b.Stopped()
	held := activities.Stopped{
		Deadlines: b.Deadlines(), Calendar: b.Opening.Calendar, PolicyVersion: p.policy(),
		From: from, To: workflow.Now(ctx),
	}
	var moved itsm.Deadlines
	if err := whilst(ctx, same, "Reckon the deadlines anew", a.MoveDeadlines, held, &moved); err != nil {
		return err
	}
	if same() {
		p.reschedule(ctx, moved)
	}
	return nil
}

// awaits says what a timer is for, in the words of the Temporal UI.
func (p approval) awaits(next itsm.Deadline) string {
	b := p.Ballot()
	switch next.Kind { //nolint:exhaustive // the kinds of this record alone, which no constant names
	case b.Event(itsm.ResultReminded):
		return "until the approvers are reminded"
	case b.Event(itsm.ResultBackup):
		return "until the backups may decide too"
	case b.Event(itsm.ResultExpired):
		return "until it expires undecided"
	default:
		return p.decided.awaits(next)
	}
}

// turn is what an approval is to do next.
type turn struct {
	state   string
	stage   int  // to be opened
	stopped bool // the clock is to be set forward
}

func (p approval) turn() turn {
	b := p.Ballot()
	t := turn{state: b.State, stage: p.NextStage()}
	_, t.stopped = b.Stopped()
	return t
}

// progressed are rows of how far the open stage has come; none where there is no
// more to tell than for whom it waits.
func progressed(p *itsm.Progress) []row {
	if p == nil || p.Plain() {
		return nil
	}
	all := []row{{"Stage", fmt.Sprintf("%d of %d: %s", p.Stage, p.Of, p.Name)}}
	for _, f := range p.Factors {
		all = append(all, row{f.Name, fmt.Sprintf("%d of %d. %s", len(f.Approved), f.Need, f.Rejection)})
	}
	for _, d := range p.Deputies {
		all = append(all, row{"Delegation", string(d.To) + " for " + string(d.From)})
	}
	return all
}

// decisions are rows of the votes that stand, and for whom each was given.
func decisions(votes []itsm.Decision) (all []row) {
	for _, d := range votes {
		by := string(d.By)
		if d.For != "" {
			by += " for " + string(d.For)
		}
		all = append(all, row{"Decision", fmt.Sprintf("%s by %s, %s, through %s", d.Verdict, by, stamp(d.At), d.Door)})
	}
	return all
}
