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
	Talk    itsm.Talk         `json:"talk,omitzero"`
	Answers []Answer          `json:"answers,omitempty"` // to acts that may be repeated yet
	Begun   int               `json:"begun"`             // saves
	Told    []int             `json:"told"`              // up to which of them each audience was told
	Seen    string            `json:"seen"`              // the search attributes that Temporal has
	Runs    int               `json:"runs"`              // before the next one
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
	if before == nil {
		return
	}
	p.Problem, p.terms, p.others, p.talk = before.Problem, before.Terms, before.Others, before.Talk
	p.answers, p.begun, p.seen, p.runs = before.Answers, before.Begun, before.Seen, before.Runs
	for n := range min(len(p.tellings), len(before.Told)) {
		p.tellings[n].told = before.Told[n]
	}
	p.raised = itsm.Event{Kind: itsm.EventProblemRaised, Number: p.Number, Revision: 1}
	p.by = activities.Origin{}
	p.first, p.firstSave = p.Receipt(), 0
}

// settling is how long a process is quiet before it goes on in a new run: what ended in
// the workflow task before is answered by then. (An answer that is given in the very
// task that starts a new run can be lost: temporal#6375.)
const settling = 10 * time.Millisecond

// renew goes on in a new run, once nothing is under way: no act, no save, and nothing
// else to do. Slack is not waited for: what it was not told yet, the next run tells it.
func (p *problem) renew(ctx workflow.Context) error {
	quiet := func() bool { return len(p.saving) == 0 && workflow.AllHandlersFinished(ctx) }
	if err := workflow.Await(ctx, func() bool { return quiet() || p.busy() }); err != nil || p.busy() {
		return err
	}
	before := p.begun + p.talk.Comments
	if err := workflow.Sleep(ctx, settling); err != nil {
		return err
	}
	p.drain(ctx)
	if !quiet() || p.busy() || p.begun+p.talk.Comments != before {
		return nil // something came; it is tried again once that is done
	}
	carried := Carried{
		Problem: p.Problem, Terms: p.terms, Others: p.others, Talk: p.talk, Answers: p.answers,
		Begun: p.begun, Seen: p.seen, Runs: p.runs + 1,
	}
	for _, to := range p.tellings {
		carried.Told = append(carried.Told, to.told)
	}
	return workflow.NewContinueAsNewError(ctx, ProblemType, p.Number, &carried)
}

// busy reports whether there is something to do before it may go on in a new run.
func (p *problem) busy() bool {
	return p.over() || p.others.looks() || p.Unreckoned() || p.NextStage() > 0 || p.Escalation.Pending != nil
}

// drain takes up the signals that arrived and that nobody has heard yet.
func (p *problem) drain(ctx workflow.Context) {
	for _, s := range p.signals() {
		for {
			var n itsm.Number
			if !workflow.GetSignalChannel(ctx, s.name).ReceiveAsync(&n) {
				break
			}
			s.heard(n)
		}
	}
}
