package itsm

import (
	"slices"
	"time"
)

// ActsFor is what one person can do at an instant, of what Explain offers.
func (c *CorrectiveAction) ActsFor(who Actor, at time.Time) []Act {
	return slices.DeleteFunc(c.Explain().Acts, func(a Act) bool { return c.try(a, who, at) != nil })
}

// try asks the rules whether somebody may do a thing, were it well-formed.
func (c *CorrectiveAction) try(a Act, who Actor, _ time.Time) error {
	seen := []Evidence{{Note: "seen"}}
	switch a { //nolint:exhaustive // those of a corrective action
	case ActCorrectiveAcknowledge:
		return c.CheckAcknowledge(who, NoteRequest{})
	case ActCorrectiveCause:
		return c.CheckCause(who, RootCauseRequest{Method: FiveWhys, Cause: &Claim{Text: "what", Evidence: seen}})
	case ActPlan:
		return c.CheckPlannable(who)
	case ActPlanDecide:
		return c.Ballot().CheckTry(who)
	case ActStep:
		return c.CheckStep(who, c.someStep(who))
	case ActImplement:
		return c.CheckImplement(who, NoteRequest{})
	case ActVerify:
		return c.CheckVerify(who, VerificationRequest{Result: Effective, Note: "what", Evidence: seen})
	case ActCorrectiveAssign:
		return c.CheckAssign(who, Assignment{Assignee: "anybody"})
	case ActCorrectiveRelate:
		return c.CheckRelate(who, RelateRequest{Kind: Related, To: anyProblem})
	case ActCorrectiveComment:
		return c.CheckComment(who, CommentRequest{Text: "what"}, Talk{})
	case ActWithdrawCorrective:
		return c.CheckWithdraw(who, NoteRequest{Note: "why"})
	}
	return NoSuchRecord(c.Number)
}

// someStep is an act on an open step: on somebody's own, where there is one.
func (c *CorrectiveAction) someStep(who Actor) StepRequest {
	open := func(mine bool) int {
		return slices.IndexFunc(c.Steps, func(s Task) bool { return s.State == TaskOpen && (!mine || s.Owner == who.Person) })
	}
	n := open(true)
	if n < 0 {
		n = open(false)
	}
	if n < 0 {
		return StepRequest{TaskRequest: TaskRequest{ID: MaxTasks + 1, Owner: "anybody"}}
	}
	return StepRequest{TaskRequest: TaskRequest{ID: c.Steps[n].ID, Owner: "anybody"}}
}

// acts are what people can do to it as it stands, the most likely first.
func (c *CorrectiveAction) acts() []Act {
	always := []Act{ActCorrectiveAssign, ActCorrectiveRelate, ActCorrectiveComment, ActWithdrawCorrective}
	not := map[Act]bool{ //nolint:exhaustive // those that are not always there
		ActCorrectiveRelate: len(c.Relations) >= MaxCorrectiveLinks,
		ActCorrectiveAssign: c.State == CorrectiveImplemented,
	}
	return append(c.actsOf(), slices.DeleteFunc(always, func(a Act) bool { return not[a] })...)
}

// actsOf are those that its state has.
func (c *CorrectiveAction) actsOf() (all []Act) {
	plan := c.planVersion() < MaxPlans
	switch c.State {
	case CorrectiveNew, CorrectiveClosed, CorrectiveWithdrawn:
	case CorrectiveRaised:
		all = []Act{ActCorrectiveAcknowledge}
	case CorrectiveAcknowledged, CorrectiveNotEffective:
		all = []Act{ActCorrectiveCause}
	case CorrectiveCauseKnown:
		all = []Act{ActPlan, ActCorrectiveCause}
	case CorrectivePlanProposed:
		all = []Act{ActPlanDecide, ActPlan}
	case CorrectivePlanned:
		if c.Steps.Open() > 0 {
			all = append(all, ActStep)
		}
		if c.checkSteps() == nil {
			all = append(all, ActImplement)
		}
		all = append(all, ActPlan)
	case CorrectiveImplemented:
		if c.Verifiable() {
			all = []Act{ActVerify}
		}
	}
	return slices.DeleteFunc(all, func(a Act) bool { return a == ActPlan && !plan })
}

// Explain explains a corrective action as it stands.
func (c *CorrectiveAction) Explain() Explanation {
	e := Explanation{
		Number: c.Number, State: State(c.State), Since: c.Since, Clocks: c.Clocks,
		WaitsFor: []PersonID{}, Roles: []Role{}, Forecast: []Forecast{}, Acts: []Act{},
	}
	if c.State != CorrectiveNew && !c.State.Final() {
		e.Acts = c.acts()
	}
	c.explain(&e)
	e.forecast(c.deadlines())
	return e
}

// explain says where it stands, and for whom it waits.
func (c *CorrectiveAction) explain(e *Explanation) {
	owner := []PersonID{c.Owner}
	switch c.State {
	case CorrectiveNew:
		e.Summary = "It is being recorded."
	case CorrectiveRaised:
		e.Summary, e.WaitsFor = "It waits for its owner to acknowledge it.", owner
	case CorrectiveAcknowledged:
		e.Summary, e.WaitsFor = "Its owner looks for its root cause.", owner
	case CorrectiveNotEffective:
		e.Summary, e.WaitsFor = "What was done was not effective; its owner looks for its root cause anew.", owner
	case CorrectiveCauseKnown:
		e.Summary, e.WaitsFor = "Its root cause is known. It waits for its owner to write a plan.", owner
	case CorrectivePlanProposed:
		summary, waits, progress := c.Ballot().Explain()
		e.Summary, e.WaitsFor, e.Approval = "Its plan waits to be accepted: "+lowered(summary), append(e.WaitsFor, waits...), progress
	case CorrectivePlanned:
		c.explainPlanned(e)
	case CorrectiveImplemented:
		e.Summary = "Its plan was carried out. Whether that was effective is judged once its effect shows."
		if c.Verifiable() {
			e.Summary = "Its plan was carried out. It waits for a quality manager who had no hand in it to say whether that was effective."
			e.Roles = []Role{QualityManager}
		}
	case CorrectiveClosed:
		e.Summary = "What was done was effective, and it is closed."
	case CorrectiveWithdrawn:
		e.Summary = "It was withdrawn."
	}
}

// explainPlanned says whose steps are to be done yet.
func (c *CorrectiveAction) explainPlanned(e *Explanation) {
	e.Summary = "Its plan is accepted; it waits for its steps to be done."
	for _, s := range c.Steps {
		if s.State == TaskOpen && !slices.Contains(e.WaitsFor, s.Owner) {
			e.WaitsFor = append(e.WaitsFor, s.Owner)
		}
	}
	if len(e.WaitsFor) == 0 {
		e.Summary, e.WaitsFor = "Every step of its plan is done or dropped. It waits for its owner to say that it is implemented.", []PersonID{c.Owner}
	}
}
