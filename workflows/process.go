package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// patience is how long a process waits for the request that it was started for.
// The desk sends both together; this ends what was started in any other way.
const patience = time.Minute

// system is who acts when a timer does, or when one step follows from another.
var system = itsm.Actor{Person: itsm.System, Door: itsm.DoorSystem}

// process is what every process has, whatever its record: it takes what people do,
// saves what that made happen in the workflow task in which it did, tells people
// once it is saved, and shows where it stands. It knows nothing of the record but
// what the record says of itself. A process embeds it, and sets of to itself.
type process struct {
	ledger
	of        record
	raised    itsm.Event        // who raised the record, and how; of no kind while nobody has
	by        activities.Origin // what brought that here
	first     itsm.Receipt      // what the raise answers; of no revision until that is known
	firstSave int               // and up to which save it waits before it does
	talk      itsm.Talk
	seen      string // the search attributes that Temporal has

	after   func(workflow.Context) error // what is left to do for other records once it is over; nil: nothing
	renews  bool                         // it may go on in a new run
	answers []Answer                     // to its last acts, when it renews
	runs    int                          // that it had before this one
	late    int                          // acts since Temporal suggested a new run
}

// record is what a process says of the record that it carries. *change is one; the
// other is in the tests, of a record that is only decided on.
type record interface {
	Receipt() itsm.Receipt
	Explain() itsm.Explanation
	over() bool                                               // nothing can follow
	deeds() []deed                                            // what people can do to it
	revise()                                                  // give it the next revision
	step(itsm.Event, activities.Origin) (activity, saved any) // which activity saves what an event changed, and what it is given
	attributes() []attribute                                  // what Temporal finds it by, beyond state, waiting and due
	rows(itsm.Explanation) []row                              // what its details say, beyond what all records' do
}

// run takes one step after the other until the record is over. It ends once all is
// saved and everybody told, with the record as it stands then; its error is the step's.
func (p *process) run(ctx workflow.Context, steps ...func(workflow.Context) error) (itsm.Receipt, error) {
	// A record is cancelled by its own act, never from Temporal's side.
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	if err := p.listen(ctx); err != nil { // before any wait, or an early act is lost
		return p.of.Receipt(), err
	}
	for _, to := range p.tellings {
		workflow.Go(ctx, func(ctx workflow.Context) { p.tell(ctx, to) })
	}
	for _, step := range steps {
		if p.of.over() {
			break
		}
		if err := step(ctx); err != nil {
			return p.of.Receipt(), err
		}
	}
	p.show(ctx)
	if p.after != nil {
		if err := p.after(ctx); err != nil {
			return p.of.Receipt(), err
		}
	}
	return p.of.Receipt(), workflow.Await(ctx, func() bool { return p.told() && workflow.AllHandlersFinished(ctx) })
}

// arrives waits for the request that the process was started for, for as long as it
// has patience, and reports whether it came.
func (p *process) arrives(ctx workflow.Context) (bool, error) {
	return until(ctx, workflow.Now(ctx).Add(patience), "for the request to arrive", p.arrived)
}

func (p *process) arrived() bool { return p.raised.Kind != "" }

// answerRaise lets the raise answer with the record as it stands now, once all that
// is being saved is, so that whoever raised it can read it at once. A process calls
// it when it has begun to save what the record first waits for.
func (p *process) answerRaise() { p.first, p.firstSave = p.of.Receipt(), p.begun }

func (p *process) raiseAnswered() bool { return p.first.Revision > 0 && p.savedUpTo(p.firstSave) }

// happened gives an event the next revision and begins to save it, in the very
// workflow task that made it happen, so that the record never holds what history
// does not.
func (p *process) happened(ctx workflow.Context, who itsm.Actor, e itsm.Event) workflow.Future {
	p.of.revise()
	activity, saved := p.of.step(p.filed(ctx, who, e), origin(ctx, who))
	return p.save(ctx, string(e.Kind), activity, saved)
}

// filed is an event with who made it happen, when, and what that left.
func (p *process) filed(ctx workflow.Context, who itsm.Actor, e itsm.Event) itsm.Event {
	left := p.of.Receipt()
	e.Number, e.Revision, e.To = left.Number, left.Revision, left.State
	e.Actor, e.Door, e.At = who.Person, who.Door, workflow.Now(ctx)
	return e
}

// save begins to save something, and keeps track of it.
func (p *process) save(ctx workflow.Context, what string, activity, saved any) workflow.Future {
	saving := do(ctx, "Save "+what, activity, saved)
	p.follow(ctx, saving)
	return saving
}

// tell tells one audience of the record after every save: one telling at a time,
// and the latest rather than each, since what a slow Slack missed in between it
// need not be told. An audience that cannot be reached keeps no other waiting.
func (p *process) tell(ctx workflow.Context, to *telling) {
	for {
		if workflow.Await(ctx, func() bool { return p.untold(to) }) != nil {
			return
		}
		upTo, now := p.begun, p.of.Receipt()
		target := activities.Target{Number: now.Number, Revision: now.Revision, Comments: p.talk.Comments}
		var report activities.Shown
		_ = tell(ctx, to.summary, to.activity, target).Get(ctx, &report) // what will never be delivered is logged there; the process goes on
		to.told, to.unreachable = upTo, report.Unreachable
		p.describe(ctx)
	}
}
