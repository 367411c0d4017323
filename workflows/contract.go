package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// ContractType is the name of the contract process in Temporal.
const ContractType = "Contract"

// Contract carries one contract with a supplier from its draft to its end, as
// ISO/IEC 20000-1:2018 clause 8.3.4.1 requires. Read it from top to bottom: each line is
// a requirement, and the rules each applies are in package itsm.
//
// Contracts live for years. When Temporal suggests it, the process goes on in a new run
// of the same workflow, with all that it had: before is that, and nil at first.
func Contract(ctx workflow.Context, n itsm.Number, before *CarriedContract) (itsm.Receipt, error) {
	c := newContract(n)
	c.goOn(before)
	return c.run(ctx,
		c.receive, // 8.3.4.1  a contract is drafted, with its targets and its document, signed by the desk
		c.record,  // 8.3.4.1  it is recorded, under the policy in force
		c.agree,   // 8.3.4.1  its effect is assessed, and others approve it
		c.begin,   // 8.3.4.1  it begins on its first day
		c.fulfil,  // 8.3.4.1  it is reviewed, amended, renewed or given notice of in time, until it ends
	)
}

type contract struct {
	itsm.Contract
	process
	draft itsm.ContractDraft  // as it was submitted
	terms itsm.SupplierPolicy // that it was recorded under
	full  func() bool         // Temporal suggests to go on in a new run
}

func newContract(n itsm.Number) *contract {
	c := &contract{}
	c.Number, c.State = n, itsm.ContractNew
	c.of = c
	c.tellings = []*telling{
		{summary: "Show people " + string(n), activity: a.ShowContract, wanted: func() bool { return true }},
	}
	return c
}

func (c *contract) receive(ctx workflow.Context) error {
	c.full = func() bool { return workflow.GetInfo(ctx).GetContinueAsNewSuggested() }
	if c.arrived() { // in an earlier run
		return nil
	}
	received, err := c.arrives(ctx)
	if err != nil || received {
		return err
	}
	return itsm.Refuse(itsm.NotFound, "contract.never_raised", "No request arrived for %s.", c.Number)
}

func (c *contract) record(ctx workflow.Context) error {
	if c.State != itsm.ContractNew {
		return nil
	}
	c.revise()
	recording := activities.ContractRecording{Contract: c.Contract, Draft: c.draft, Event: c.raised, Origin: c.by}
	var r activities.ContractRecorded
	if err := do(ctx, "Record "+string(c.Number), a.RecordContract, recording).Get(ctx, &r); err != nil {
		return err
	}
	c.Contract, c.terms = r.Contract, r.Policy
	c.happened(ctx, system, c.Draft(workflow.Now(ctx)))
	c.answerRaise()
	return nil
}

func (c *contract) agree(ctx workflow.Context) error {
	return c.through(ctx, func() bool { return c.State == itsm.ContractApproved || c.State.InForce() })
}

func (c *contract) begin(ctx workflow.Context) error {
	return c.through(ctx, c.State.InForce)
}

func (c *contract) fulfil(ctx workflow.Context) error {
	return c.through(ctx, c.over)
}

// through does what is to be done, one thing after the other, until a step is over.
func (c *contract) through(ctx workflow.Context, done func() bool) error {
	for !done() && !c.over() {
		if err := c.proceed(ctx); err != nil {
			return err
		}
	}
	return nil
}

// proceed does the one thing that is to be done now, or waits for what comes next.
func (c *contract) proceed(ctx workflow.Context) error {
	switch {
	case c.Unreckoned(): // first: if nobody could decide for a while, notice has its last day all the same
		return c.reckon(ctx)
	case c.NextStage() > 0:
		return approval{c}.openNext(ctx)
	case c.full():
		return c.renew(ctx)
	}
	c.show(ctx)
	return wait(ctx, c)
}

// reckon finds out the instants that follow from a calendar, and saves them. What an
// act has overtaken meanwhile is asked anew.
func (c *contract) reckon(ctx workflow.Context) error {
	asked := c.Contract
	wanted := func() bool { return c.Unreckoned() && c.Revision == asked.Revision }
	var r itsm.ContractReckoning
	err := whilst(ctx, wanted, "Reckon the deadlines", a.ReckonContract, asked.Dates(), &r)
	if err == nil && wanted() {
		c.happened(ctx, system, c.Take(r))
	}
	return err
}

// What an approval has to know of it: the decision on what was proposed.
func (c *contract) asking() (activity, ask any) {
	return a.OpenContract, activities.Matter{Asking: c.Asking(), PolicyVersion: c.PolicyVersion}
}

func (c *contract) policy() int { return c.PolicyVersion }

func (c *contract) open(ctx workflow.Context, o itsm.Opening) {
	c.OpenStage(o)
	c.happened(ctx, system, itsm.Event{
		Kind: itsm.EventContractDecisionOpened, From: itsm.State(c.State), Detail: &itsm.Detail{Opening: c.Deciding.Opening},
	})
}

// reschedule is for what is put on hold; a contract never is.
func (c *contract) reschedule(workflow.Context, itsm.Deadlines) {}

// contractTurn is all that decides what the process does next, but for the deadline.
type contractTurn struct {
	state      itsm.ContractState
	stage      int
	unreckoned bool
	full       bool
}

func (c *contract) turn() contractTurn {
	return contractTurn{state: c.State, stage: c.NextStage(), unreckoned: c.Unreckoned(), full: c.full()}
}

// awaits says what a timer is for, in the words of the Temporal UI.
func (c *contract) awaits(d itsm.Deadline) string {
	switch d.Kind { //nolint:exhaustive // those that a contract's deadlines have
	case itsm.EventContractBegan:
		return "until it begins"
	case itsm.EventDecisionOverdue:
		return "until somebody should have decided what becomes of it"
	case itsm.EventNoticeNears, itsm.EventNoticePassed, itsm.EventNoticeMissed, itsm.EventContractRenewed:
		return "until notice cannot be given any more, or people are told that it can"
	case itsm.EventContractReviewNears, itsm.EventContractReviewOverdue:
		return "until it is to be compared with what services need now"
	case itsm.EventContractEnded:
		return "until it ends"
	default:
		return "until those asked about it are not asked any more"
	}
}

func (c *contract) fall(ctx workflow.Context, d itsm.Deadline) {
	if e, happened := c.Fall(d, c.terms, workflow.Now(ctx)); happened {
		c.happened(ctx, system, e)
	}
}

// request takes up a contract as it was submitted.
func (c *contract) request(who itsm.Actor, d itsm.ContractDraft, at time.Time) itsm.Event {
	c.draft, c.Reporter, c.Door, c.RaisedAt, c.Since = d, who.Person, who.Door, at, at
	return itsm.Event{Kind: itsm.EventContractRaised}
}

// CarriedContract is all of a contract's process that its next run goes on with.
type CarriedContract struct {
	Contract itsm.Contract       `json:"contract"`
	Terms    itsm.SupplierPolicy `json:"terms"`

	Going
}

// goOn takes up what an earlier run had, if there was one.
func (c *contract) goOn(before *CarriedContract) {
	c.renews = true
	if before != nil {
		c.Contract, c.terms = before.Contract, before.Terms
		c.resume(before.Going, itsm.EventContractRaised)
	}
}

// renew goes on in a new run, once nothing is under way: see settled.
func (c *contract) renew(ctx workflow.Context) error {
	busy := func() bool { return c.over() || c.Unreckoned() || c.NextStage() > 0 }
	if settled, err := c.settled(ctx, busy, func(workflow.Context) {}); err != nil || !settled {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, ContractType, c.Number, &CarriedContract{Contract: c.Contract, Terms: c.terms, Going: c.going()})
}
