package itsm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds on a plan.
const (
	MaxPlanSteps    = 50
	MaxPlans        = 30 // that are written for a corrective action
	MaxVerification = 366 * day
)

// PlanStep is what somebody is to do until a date.
type PlanStep struct {
	Title string    `json:"title"`
	Owner PersonID  `json:"owner"`
	DueAt time.Time `json:"due_at"`
}

// CorrectivePlan is how the cause is to be taken away, and how that will show
// (10.1.1 c).
type CorrectivePlan struct {
	Version     int        `json:"version"` // 1, and one more each time that it is written
	Steps       []PlanStep `json:"steps"`
	Measure     string     `json:"measure"`                // by which its effect is judged
	Similar     string     `json:"similar"`                // whether it is, or could be, so elsewhere (10.1.1 b 3)
	VerifyAfter *time.Time `json:"verify_after,omitempty"` // nil: as the policy has it, once it is implemented
	By          PersonID   `json:"by"`
	At          time.Time  `json:"at"`
	AcceptedBy  PersonID   `json:"accepted_by,omitempty"` // who decided last
	AcceptedAt  *time.Time `json:"accepted_at,omitempty"`
}

// Hash identifies what is decided on: whoever accepts it has read this.
func (p *CorrectivePlan) Hash() string {
	fields := []string{"steward.corrective_plan.1", strconv.Itoa(p.Version), p.Measure, p.Similar}
	for _, s := range p.Steps {
		fields = append(fields, s.Title, string(s.Owner), s.DueAt.UTC().Format(time.RFC3339Nano))
	}
	if p.VerifyAfter != nil {
		fields = append(fields, p.VerifyAfter.UTC().Format(time.RFC3339Nano))
	}
	return hashOf(fields)
}

// PlanRequest writes the plan.
type PlanRequest struct {
	Against     int        `json:"against,omitempty"` // the version that whoever writes it has read; 0: there was none
	Steps       []PlanStep `json:"steps"`
	Measure     string     `json:"measure"`
	Similar     string     `json:"similar"`
	VerifyAfter *time.Time `json:"verify_after,omitempty"`
	Note        string     `json:"note,omitempty"`
}

// check refuses a plan that nobody could carry out, or judge.
func (r *PlanRequest) check(at time.Time) error {
	var f faults
	f.atMost("/steps", len(r.Steps), MaxPlanSteps)
	if len(r.Steps) == 0 {
		f.add("/steps", "is needed: what is to be done, by whom and until when")
	}
	for n, s := range r.Steps[:min(len(r.Steps), MaxPlanSteps)] {
		here := fmt.Sprintf("/steps/%d", n)
		f.line(here+"/title", s.Title, MaxTitle)
		f.line(StepOwner(n), string(s.Owner), maxName)
		f.ahead(here+"/due_at", s.DueAt, at)
	}
	f.needed("/measure", r.Measure, MaxText)
	f.needed("/similar", r.Similar, MaxText)
	if r.VerifyAfter != nil {
		f.ahead("/verify_after", *r.VerifyAfter, at)
	}
	f.text("/note", r.Note, MaxNote)
	return f.refuse("plan.invalid", "This plan")
}

// StepOwner points at the owner of the nth step of a plan.
func StepOwner(n int) string { return fmt.Sprintf("/steps/%d/owner", n) }

// ahead refuses an instant that is past, or too far off to be meant.
func (f *faults) ahead(pointer string, at, now time.Time) {
	switch {
	case at.IsZero():
		f.add(pointer, "is needed")
	case !at.After(now):
		f.add(pointer, "must be later than now")
	case at.After(now.Add(MaxVerification)):
		f.add(pointer, "must be at most %.0f days ahead", MaxVerification.Hours()/hoursADay)
	}
}

const hoursADay = 24

// CheckPlan refuses a plan for what nobody knows the cause of, one against a version
// that another has replaced, and more than a record can hold.
func (c *CorrectiveAction) CheckPlan(who Actor, r PlanRequest, at time.Time) error {
	if err := r.check(at); err != nil {
		return err
	}
	if err := c.CheckPlannable(who); err != nil {
		return err
	}
	titles := make([]string, len(r.Steps))
	for n, s := range r.Steps {
		titles[n] = s.Title
	}
	switch version := c.planVersion(); {
	case r.Against != version:
		return Refuse(Conflict, "corrective_action.plan_changed", "The plan of %s is at version %d, and you wrote against version %d. Read it again.", c.Number, version, r.Against)
	case len(c.Steps)+len(r.Steps) > MaxTasks:
		return correctiveSteps.full.of(c.Number, MaxTasks)
	case c.Steps.with(TaskRequest{Title: strings.Join(titles, "")}) > MaxTaskText:
		return correctiveSteps.long.of(c.Number, MaxTaskText)
	}
	return nil
}

// CheckPlannable refuses to write a plan now. One that there is gives way to another.
func (c *CorrectiveAction) CheckPlannable(who Actor) error {
	if err := c.checkOwner(who); err != nil {
		return err
	}
	switch {
	case c.State != CorrectivePlanProposed && !c.State.CanBecome(CorrectivePlanProposed):
		return c.notNow("a plan is written once its cause is known")
	case c.planVersion() >= MaxPlans:
		return Refuse(Conflict, "corrective_action.too_many_plans", "%s had %d plans, and takes no more. Raise another.", c.Number, MaxPlans)
	}
	return nil
}

func (c *CorrectiveAction) planVersion() int {
	if c.Plan == nil {
		return 0
	}
	return c.Plan.Version
}

// WritePlan writes the plan anew, and asks others to accept it. What was decided on
// the one before counts no more, and what is open of it nobody has to do.
func (c *CorrectiveAction) WritePlan(who Actor, r PlanRequest, p CorrectivePolicy, at time.Time) Event {
	e := Event{Kind: EventPlanProposed, From: State(c.State), Note: r.Note}
	plan := &CorrectivePlan{
		Version: c.planVersion() + 1, Measure: r.Measure, Similar: r.Similar, By: who.Person, At: at, Steps: slices.Clone(r.Steps),
	}
	for n := range plan.Steps {
		plan.Steps[n].DueAt = plan.Steps[n].DueAt.UTC()
	}
	if r.VerifyAfter != nil {
		plan.VerifyAfter = utc(*r.VerifyAfter)
	}
	c.Plan, e.Detail = plan, &Detail{Plan: plan}
	c.Steps.drop(at)
	if c.State == CorrectivePlanned {
		c.Clocks.stop(ImplementationClock, at)
		c.begin(PlanClock, p, at)
	}
	if c.State != CorrectivePlanProposed {
		c.Become(CorrectivePlanProposed, at)
	}
	b := c.Ballot()
	b.Reopen()
	c.take(b)
	return e
}

// Ballot is the decision on the plan. Neither who wrote it nor who owns the corrective
// action has a say.
func (c *CorrectiveAction) Ballot() *Ballot {
	b := c.Acceptance.own()
	b.Subject = Subject{
		Kind: "corrective_plan", Number: c.Number, Assignee: c.Owner, State: c.State.Words(),
		Permission: AcceptPlans, Manager: QualityManager,
	}
	if c.Plan != nil {
		b.Requester, b.ContentHash, b.Awaiting = c.Plan.By, c.Plan.Hash(), c.State == CorrectivePlanProposed
	}
	return b
}

func (c *CorrectiveAction) take(b *Ballot) {
	c.Acceptance = *b
	c.Acceptance.Subject = Subject{}
}

// unasked asks nobody about the plan any more.
func (c *CorrectiveAction) unasked() {
	b := c.Ballot()
	b.Refresh()
	b.RemindAt, b.BackupAt, b.ExpireAt = nil, nil, nil
	c.take(b)
}

// NextStage is the number of the stage to be opened now; 0 when none is.
func (c *CorrectiveAction) NextStage() int { return c.Ballot().NextStage() }

// OpenStage takes up a stage as it was opened.
func (c *CorrectiveAction) OpenStage(o Opening) {
	b := c.Ballot()
	b.OpenStage(o)
	c.take(b)
}

// Asking is the plan that is to be decided on now.
func (c *CorrectiveAction) Asking() Matter {
	b := c.Ballot()
	return Matter{Subject: b.Subject, Service: c.Service, Round: b.Round}
}

// CheckDecision refuses a decision on the plan that may not count.
func (c *CorrectiveAction) CheckDecision(who Actor, d DecisionRequest) error {
	err := c.Ballot().CheckDecision(who, d)
	if AsError(err).Code == "corrective_plan.own_request" {
		return Refuse(Forbidden, "corrective_plan.own_request", "You wrote the plan of %s, so somebody else must accept it.", c.Number)
	}
	return err
}

// Decide records a decision that CheckDecision has allowed. Where it was the last that
// it took, the plan is carried out, or another is to be written.
func (c *CorrectiveAction) Decide(who Actor, d DecisionRequest, p CorrectivePolicy, at time.Time) Event {
	b := c.Ballot()
	u := b.Decide(who, d, at)
	c.take(b)
	e := Event{Kind: b.Event(u.Result), From: State(c.State), Note: d.Note, Decision: &u.Decision}
	if len(u.Joined) > 0 {
		e.Detail = &Detail{Joined: u.Joined}
	}
	switch u.Result { //nolint:exhaustive // a vote has no other results, and these alone end it
	case ResultApproved:
		c.accept(who, p, at)
		e.Detail = &Detail{Plan: c.Plan, Joined: u.Joined}
	case ResultRejected:
		c.Become(CorrectiveCauseKnown, at)
	}
	return e
}

// accept has the plan carried out: its steps are somebody's to do from now on.
func (c *CorrectiveAction) accept(who Actor, p CorrectivePolicy, at time.Time) {
	plan := *c.Plan
	plan.AcceptedBy, plan.AcceptedAt = who.Person, &at
	c.Plan = &plan
	for _, s := range plan.Steps {
		c.Steps.note(TaskRequest{Title: s.Title, Owner: s.Owner, DueAt: &s.DueAt}, at)
	}
	c.Clocks.stop(PlanClock, at)
	c.begin(ImplementationClock, p, at)
	c.Become(CorrectivePlanned, at)
}

// stepsNow are the steps of the plan that is carried out: the last ones.
func (c *CorrectiveAction) stepsNow() Tasks {
	if c.Plan == nil || c.Plan.AcceptedAt == nil {
		return nil
	}
	return c.Steps[len(c.Steps)-len(c.Plan.Steps):]
}
