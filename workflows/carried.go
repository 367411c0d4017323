package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// Carried is all of a problem's process that its next run goes on with: the whole state
// of it, so that nobody sees a difference.
type Carried struct {
	Problem itsm.Problem      `json:"problem"`
	Terms   itsm.ProblemTerms `json:"terms"`
	Others  others            `json:"others"`

	Going
}

// Going is what the next run of every process goes on with, whatever its record.
type Going struct {
	Talk    itsm.Talk `json:"talk,omitzero"`
	Answers []Answer  `json:"answers,omitempty"` // to acts that may be repeated yet
	Begun   int       `json:"begun"`             // saves
	Told    []int     `json:"told"`              // up to which of them each audience was told
	Seen    string    `json:"seen"`              // the search attributes that Temporal has
	Runs    int       `json:"runs"`              // before the next one
}

// Answer is what an act was answered. Temporal knows which acts it has seen in a run,
// and not those of the runs before: whoever repeats one is to get the same answer.
type Answer struct {
	Act     string       `json:"act"` // the update's id
	Receipt itsm.Receipt `json:"receipt"`
}

// maxAnswers are kept of the acts of a record that goes on in a new run: a hundred bytes
// each, and more than a record of ours takes between two runs.
const maxAnswers = 1000

// answered is what an act was answered before, in whichever run.
func (p *process) answered(ctx workflow.Context) (itsm.Receipt, bool) {
	id := workflow.GetCurrentUpdateInfo(ctx).ID
	for _, a := range p.answers {
		if a.Act == id {
			return a.Receipt, true
		}
	}
	return itsm.Receipt{}, false
}

// keepAnswer keeps what an act was answered, for the runs to come.
func (p *process) keepAnswer(ctx workflow.Context, r itsm.Receipt) {
	if !p.renews {
		return
	}
	p.answers = append(p.answers, Answer{workflow.GetCurrentUpdateInfo(ctx).ID, r})
	p.answers = p.answers[max(0, len(p.answers)-maxAnswers):]
}

// pressing is how many acts a process takes after Temporal suggested a new run, before
// it lets others wait for a moment: with acts without a pause it would never be quiet.
const pressing = 20

// pressed takes note of an act that comes while a new run is due.
func (p *process) pressed(ctx workflow.Context) {
	if p.renews && workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		p.late++
	}
}

// makeRoom refuses an act, for another try in a moment, when the new run is long due.
func (p *process) makeRoom() error {
	if p.late < pressing {
		return nil
	}
	return itsm.Refuse(itsm.Unavailable, "record.renewing", "%s has had much to do and goes on afresh just now. Try again in a moment.", p.of.Receipt().Number).Later(time.Second)
}

// goOn takes up what an earlier run had, if there was one.
func (p *problem) goOn(before *Carried) {
	p.renews = true
	p.after = p.finish
	if before != nil {
		p.Problem, p.terms, p.others = before.Problem, before.Terms, before.Others
		p.resume(before.Going, itsm.EventProblemRaised)
	}
}

// resume takes up what an earlier run had of the process. The record is there by now.
func (p *process) resume(g Going, raised itsm.EventKind) {
	p.talk, p.answers, p.begun, p.seen, p.runs = g.Talk, g.Answers, g.Begun, g.Seen, g.Runs
	for n := range min(len(p.tellings), len(g.Told)) {
		p.tellings[n].told = g.Told[n]
	}
	left := p.of.Receipt()
	p.raised = itsm.Event{Kind: raised, Number: left.Number, Revision: 1}
	p.by = activities.Origin{}
	p.first, p.firstSave = left, 0
}

// going is what the next run goes on with.
func (p *process) going() Going {
	g := Going{Talk: p.talk, Answers: p.answers, Begun: p.begun, Seen: p.seen, Runs: p.runs + 1}
	for _, to := range p.tellings {
		g.Told = append(g.Told, to.told)
	}
	return g
}

// settling is how long a process is quiet before it goes on in a new run: what ended in
// the workflow task before is answered by then. (An answer that is given in the very
// task that starts a new run can be lost: temporal#6375.)
const settling = 10 * time.Millisecond

// renew goes on in a new run, once nothing is under way: see settled.
func (p *problem) renew(ctx workflow.Context) error {
	if settled, err := p.settled(ctx, p.busy, p.drain); err != nil || !settled {
		return err
	}
	carried := Carried{Problem: p.Problem, Terms: p.terms, Others: p.others, Going: p.going()}
	return workflow.NewContinueAsNewError(ctx, ProblemType, p.Number, &carried)
}

// settled waits until nothing is under way: no act, no save, and nothing else to do,
// which busy says and drain may find. It reports whether that is so; when it is not,
// something came, and it is tried again once that is done. Slack is not waited for:
// what it was not told yet, the next run tells it.
func (p *process) settled(ctx workflow.Context, busy func() bool, drain func(workflow.Context)) (bool, error) {
	quiet := func() bool { return len(p.saving) == 0 && workflow.AllHandlersFinished(ctx) }
	if err := workflow.Await(ctx, func() bool { return quiet() || busy() }); err != nil || busy() {
		return false, err
	}
	before := p.begun + p.talk.Comments
	if err := workflow.Sleep(ctx, settling); err != nil {
		return false, err
	}
	drain(ctx)
	return quiet() && !busy() && p.begun+p.talk.Comments == before, nil
}

// busy reports whether there is something to do before it may go on in a new run.
func (p *problem) busy() bool {
	return p.over() || p.others.looks() || p.Unreckoned() || p.NextStage() > 0 || p.Escalation.Pending != nil
}

func (p *problem) drain(ctx workflow.Context) { drain(ctx, p.signals()) }

// drain takes up the signals that arrived and that nobody has heard yet.
func drain(ctx workflow.Context, all []signalled) {
	for _, s := range all {
		for {
			var n itsm.Number
			if !workflow.GetSignalChannel(ctx, s.name).ReceiveAsync(&n) {
				break
			}
			s.heard(n)
		}
	}
}
