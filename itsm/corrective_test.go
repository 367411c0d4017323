package itsm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// What nobody says when it is raised follows from what it comes from, and from its
// service.
func TestHowACorrectiveActionBegins(t *testing.T) {
	for _, one := range []struct {
		said   itsm.CorrectiveOrigin
		source itsm.Number
		origin itsm.CorrectiveOrigin
	}{
		{"", "", itsm.RaisedByHand},
		{"", "PRB-1", itsm.RaisedByProblem},
		{"", "INC-1", itsm.RaisedByIncident},
		{"", "CHG-1", itsm.RaisedByChange},
		{"", "CAR-9", itsm.RaisedByReview},
		{itsm.RaisedByReview, "PRB-1", itsm.RaisedByReview},
		{itsm.RaisedByReview, "", itsm.RaisedByReview},
	} {
		d := anyCorrective()
		d.RaisedBy, d.Source, d.Severity = one.said, one.source, ""
		require.NoError(t, d.CheckRaise(rita))
		l := nonconforming(t, d)
		require.Equal(t, []any{one.origin, itsm.SeverityMinor, itsm.PersonID("own"), itsm.TeamID("web")}, []any{l.RaisedBy, l.Severity, l.Owner, l.Team})
		require.Equal(t, one.source != "", len(l.Relations) == 1 && l.Relations[0].Kind == itsm.ActsOn)
		require.Equal(t, itsm.Length{Days: 5}, l.Clocks.Of(itsm.AcknowledgementClock).Target)
	}
	d := anyCorrective()
	d.Owner = "joe"
	require.Equal(t, itsm.PersonID("joe"), nonconforming(t, d).Owner)
}

func TestWhatIsNoCorrectiveAction(t *testing.T) {
	long := strings.Repeat("é", 4001)
	for pointer, spoil := range map[string]func(*itsm.CorrectiveDraft){
		"/title":         func(d *itsm.CorrectiveDraft) { d.Title = " " },
		"/nonconformity": func(d *itsm.CorrectiveDraft) { d.Nonconformity = "" },
		"/correction":    func(d *itsm.CorrectiveDraft) { d.Correction = long },
		"/service":       func(d *itsm.CorrectiveDraft) { d.Service = "" },
		"/owner":         func(d *itsm.CorrectiveDraft) { d.Owner = "a\nb" },
		"/severity":      func(d *itsm.CorrectiveDraft) { d.Severity = "P1" },
		"/raised_by":     func(d *itsm.CorrectiveDraft) { d.RaisedBy = "audit" },
		"/source":        func(d *itsm.CorrectiveDraft) { d.Source = "42" },
	} {
		d := anyCorrective()
		spoil(&d)
		requireFault(t, d.CheckRaise(rita), "corrective_action.invalid", pointer)
	}
	d := anyCorrective()
	d.RaisedBy, d.Source = itsm.RaisedByProblem, "INC-1"
	requireFault(t, d.Check(), "corrective_action.invalid", "/source")
	d.RaisedBy = itsm.RaisedByHand
	requireFault(t, d.Check(), "corrective_action.invalid", "/raised_by")
	none := func(itsm.Number) (bool, error) { return false, nil }
	requireFault(t, d.CheckSource(none), "corrective_action.invalid", "/source")
	d.Source = ""
	require.NoError(t, d.CheckSource(none))
	require.Equal(t, "actor.permission", code(d.CheckRaise(ada)))
	c := qualityCatalog()
	require.NoError(t, c.CheckRaiseCorrective(rita, d))
	c.Services[0].Restricted = true
	requireFault(t, c.CheckRaiseCorrective(rita, d), "corrective_action.invalid", "/service")
}

// requireFault holds a refusal to name a field first.
func requireFault(t *testing.T, err error, code, pointer string) {
	t.Helper()
	refused := itsm.AsError(err)
	require.Equal(t, code, refused.Code)
	require.Equal(t, pointer, refused.Fields[0].Pointer)
}

// 10.1.1 d: nobody verifies what they own, planned or did a step of.
func TestNobodyVerifiesTheirOwnWork(t *testing.T) {
	later := func(l *care) { l.pass(31 * 24 * time.Hour) }
	l := bettered(t, itsm.CorrectiveImplemented)
	require.Equal(t, "corrective_action.too_early", l.refuses(itsm.ActVerify, qia))
	later(l)
	require.Equal(t, "actor.permission", l.refuses(itsm.ActVerify, olga))
	l.does(itsm.ActVerify, quin)

	owner := bettered(t, itsm.CorrectivePlanned).does(itsm.ActCorrectiveAssign, quin, func(a *ask) { a.assign.Assignee = "qia" })
	later(owner.does(itsm.ActStep, joe).does(itsm.ActStep, olga).does(itsm.ActImplement, qia))
	require.Equal(t, "corrective_action.own_work", owner.refuses(itsm.ActVerify, qia), "she owns it")
	require.Equal(t, "corrective_action.not_now", owner.refuses(itsm.ActCorrectiveAssign, qia), "and does not get rid of it before it is verified")

	planner := bettered(t, itsm.CorrectiveCauseKnown).does(itsm.ActPlan, quin)
	require.Equal(t, "corrective_plan.own_request", planner.refuses(itsm.ActPlanDecide, quin))
	later(planner.does(itsm.ActPlanDecide, qia).does(itsm.ActStep, joe).does(itsm.ActStep, olga).does(itsm.ActImplement, olga))
	require.Equal(t, "corrective_action.own_work", planner.refuses(itsm.ActVerify, quin), "he planned it")
	require.NotContains(t, planner.ActsFor(quin, planner.now), itsm.ActVerify)

	doer := bettered(t, itsm.CorrectiveCauseKnown).does(itsm.ActPlan, olga, func(a *ask) { a.plan.Steps[0].Owner = "qia" })
	later(doer.does(itsm.ActPlanDecide, quin).does(itsm.ActStep, qia).does(itsm.ActStep, olga).does(itsm.ActImplement, olga))
	require.Equal(t, "corrective_action.own_work", doer.refuses(itsm.ActVerify, qia), "she did a step")
	doer.does(itsm.ActVerify, quin)
	require.Equal(t, itsm.CorrectiveClosed, doer.State)
	require.Equal(t, "corrective_action.over", doer.refuses(itsm.ActCorrectiveRelate, quin))
}

// The owner has no say on the plan, whoever wrote it; and nobody becomes the owner whom
// the decision needs.
func TestTheOwnerNeverAcceptsThePlan(t *testing.T) {
	l := bettered(t, itsm.CorrectiveRaised)
	l.does(itsm.ActCorrectiveAssign, quin, func(a *ask) { a.assign.Assignee = "qia" })
	require.Equal(t, "corrective_action.not_owner", l.refuses(itsm.ActCorrectiveAcknowledge, olga))
	l.does(itsm.ActCorrectiveAcknowledge, qia).does(itsm.ActCorrectiveCause, qia).does(itsm.ActPlan, quin)
	require.Equal(t, 1, l.NextStage(), "of two quality managers one owns it and one planned it: the catalog is to be mended")
	l.catalog.People = append(l.catalog.People, itsm.Person{ID: "kai", Zone: "UTC", Roles: []itsm.Role{itsm.QualityManager}})
	l.happened(steward, itsm.Event{From: itsm.State(l.State)})
	require.Equal(t, "corrective_plan.not_approver", l.refuses(itsm.ActPlanDecide, qia))
	require.Equal(t, "corrective_action.no_approver_left", l.refuses(itsm.ActCorrectiveAssign, quin, func(a *ask) { a.assign.Assignee = "kai" }))
	l.does(itsm.ActPlanDecide, person("kai", itsm.QualityManager))
	require.Equal(t, itsm.CorrectivePlanned, l.State)
}

// A plan is written against the one that was read, so that no outdated page replaces a
// newer one.
func TestAPlanIsWrittenAgainstTheOneThatWasRead(t *testing.T) {
	l := bettered(t, itsm.CorrectivePlanned)
	require.Equal(t, "corrective_action.plan_changed", l.refuses(itsm.ActPlan, olga, func(a *ask) { a.plan.Against = 0 }))
	l.does(itsm.ActStep, joe).does(itsm.ActPlan, olga)
	require.Equal(t, []any{2, itsm.CorrectivePlanProposed, 0}, []any{l.Plan.Version, l.State, l.Steps.Open()}, "what was open of the one before nobody has to do")
	l.does(itsm.ActPlanDecide, quin)
	require.Equal(t, []any{4, 2}, []any{len(l.Steps), l.Steps.Open()})
	for range 2 {
		l.does(itsm.ActStep, quin, func(a *ask) { a.step.State, a.step.Result, a.step.Evidence = itsm.TaskDropped, "Not needed.", nil })
	}
	require.Equal(t, "corrective_action.nothing_done", l.refuses(itsm.ActImplement, olga), "what was done before is of another plan")
	l.Plan.Version = itsm.MaxPlans
	require.Equal(t, "corrective_action.too_many_plans", l.refuses(itsm.ActPlan, olga))
	require.NotContains(t, l.Explain().Acts, itsm.ActPlan)
}

func TestWhatIsNoPlan(t *testing.T) {
	l := bettered(t, itsm.CorrectiveCauseKnown)
	past, far := l.now, l.now.Add(itsm.MaxVerification+time.Second)
	for pointer, spoil := range map[string]func(*itsm.PlanRequest){
		"/steps":         func(r *itsm.PlanRequest) { r.Steps = nil },
		"/steps/0/title": func(r *itsm.PlanRequest) { r.Steps[0].Title = "" },
		"/steps/1/owner": func(r *itsm.PlanRequest) { r.Steps[1].Owner = "" },
		"/steps/1/due_at": func(r *itsm.PlanRequest) {
			r.Steps[1].DueAt = past
		},
		"/steps/0/due_at": func(r *itsm.PlanRequest) { r.Steps[0].DueAt = time.Time{} },
		"/measure":        func(r *itsm.PlanRequest) { r.Measure = "" },
		"/similar":        func(r *itsm.PlanRequest) { r.Similar = " " },
		"/verify_after":   func(r *itsm.PlanRequest) { r.VerifyAfter = &far },
		"/note":           func(r *itsm.PlanRequest) { r.Note = "\x00" },
	} {
		w := l.usual()
		spoil(&w.plan)
		requireFault(t, first(l.try(itsm.ActPlan, olga, w)), "plan.invalid", pointer)
	}
	w := l.usual()
	w.plan.Steps = make([]itsm.PlanStep, itsm.MaxPlanSteps+1)
	requireFault(t, first(l.try(itsm.ActPlan, olga, w)), "plan.invalid", "/steps")
	require.Equal(t, "corrective_action.not_owner", l.refuses(itsm.ActPlan, joe))
	require.Equal(t, "corrective_action.not_now", bettered(t, itsm.CorrectiveAcknowledged).refuses(itsm.ActPlan, olga))
	full := bettered(t, itsm.CorrectiveCauseKnown)
	full.Steps = make(itsm.Tasks, itsm.MaxTasks-1)
	require.Equal(t, "corrective_action.too_many_steps", full.refuses(itsm.ActPlan, olga))
	full.Steps = itsm.Tasks{{ID: 1, Result: strings.Repeat("x", itsm.MaxTaskText)}}
	require.Equal(t, "corrective_action.steps_too_long", full.refuses(itsm.ActPlan, olga))
}

// A step that is done shows it, and one that is dropped says why.
func TestWhatBecomesOfAStep(t *testing.T) {
	l := bettered(t, itsm.CorrectivePlanned)
	for pointer, spoil := range map[string]func(*itsm.StepRequest){
		"/id":       func(r *itsm.StepRequest) { r.TaskRequest = itsm.TaskRequest{Title: "x", Owner: "y"}; r.Evidence = nil },
		"/title":    func(r *itsm.StepRequest) { r.Title = "Another" },
		"/evidence": func(r *itsm.StepRequest) { r.Evidence = nil },
		"/result":   func(r *itsm.StepRequest) { r.State, r.Result, r.Evidence = itsm.TaskDropped, "", nil },
	} {
		w := l.usual()
		spoil(&w.step)
		requireFault(t, first(l.try(itsm.ActStep, joe, w)), "step.invalid", pointer)
	}
	w := l.usual()
	w.step.State = ""
	requireFault(t, first(l.try(itsm.ActStep, joe, w)), "step.invalid", "/evidence")
	require.Equal(t, "corrective_action.not_yours", l.refuses(itsm.ActStep, rita))
	require.Equal(t, "corrective_action.no_step", l.refuses(itsm.ActStep, joe, func(a *ask) { a.step.ID = 9 }))
	require.Equal(t, "corrective_action.steps_open", l.refuses(itsm.ActImplement, olga))
	l.does(itsm.ActStep, joe)
	require.Equal(t, "corrective_action.step_over", l.refuses(itsm.ActStep, joe, func(a *ask) { a.step.ID = 1 }))
	require.Equal(t, itsm.Number("INC-3"), l.Steps[0].Evidence[0].Record)
	l.does(itsm.ActStep, olga, func(a *ask) { a.step.TaskRequest = itsm.TaskRequest{ID: 2, Owner: "lee"}; a.step.Evidence = nil })
	require.Equal(t, itsm.PersonID("lee"), l.Steps[1].Owner)
	unseen := func(itsm.Number) (bool, error) { return false, nil }
	step, verify := l.usual().step, l.usual().verify
	requireFault(t, step.CheckEvidence(unseen), "step.invalid", "/evidence")
	requireFault(t, verify.CheckEvidence(unseen), "verification.invalid", "/evidence")
}

// Each stage has a clock of its own; what is late goes to the team's manager, and to a
// quality manager when it is late again.
func TestWhatIsLateOfACorrectiveAction(t *testing.T) {
	l := bettered(t, itsm.CorrectiveRaised)
	l.pass(38 * time.Hour)
	require.Zero(t, l.told(itsm.EventCorrectiveWarned))
	l.pass(time.Hour)
	require.Equal(t, 1, l.told(itsm.EventCorrectiveWarned), "four fifths of two days")
	l.pass(9 * time.Hour)
	require.Equal(t, []itsm.PersonID{"mia"}, l.Escalation.Calls[0].People)
	l.pass(48 * time.Hour)
	require.Equal(t, 1, l.told(itsm.EventCorrectiveOverdue))
	l.does(itsm.ActCorrectiveAcknowledge, olga).pass(11 * 24 * time.Hour)
	require.Equal(t, []itsm.PersonID{"quin"}, l.Escalation.Calls[1].People, "it is the second time")
	require.True(t, l.Missed())
	for _, s := range itsm.Severities {
		d := anyCorrective()
		d.Severity = s
		require.NotZero(t, nonconforming(t, d).Clocks.Of(itsm.AcknowledgementClock).Target)
	}
}

func TestWhoWithdrawsACorrectiveAction(t *testing.T) {
	l := bettered(t, itsm.CorrectiveRaised)
	require.Equal(t, "corrective_action.not_withdrawn_by_you", l.refuses(itsm.ActWithdrawCorrective, olga))
	requireFault(t, first(l.try(itsm.ActWithdrawCorrective, rita, ask{})), "withdrawal.invalid", "/note")
	l.copied().does(itsm.ActWithdrawCorrective, rita)
	l.does(itsm.ActCorrectiveAcknowledge, olga)
	require.Equal(t, "corrective_action.acknowledged", l.refuses(itsm.ActCorrectiveAcknowledge, olga))
	require.Equal(t, "corrective_action.not_withdrawn_by_you", l.refuses(itsm.ActWithdrawCorrective, rita))
	l.does(itsm.ActWithdrawCorrective, quin)
	require.Equal(t, itsm.CorrectiveWithdrawn, l.State)
}

func TestHowOftenACorrectiveActionMayFail(t *testing.T) {
	l := bettered(t, itsm.CorrectiveImplemented).pass(31 * 24 * time.Hour)
	l.Ineffective = itsm.MaxIneffective
	require.Equal(t, "corrective_action.too_often", l.refuses(itsm.ActVerify, qia, func(a *ask) { a.verify.Result = itsm.NotEffective }))
	l.does(itsm.ActVerify, qia)
	require.Equal(t, "corrective_action.not_now", bettered(t, itsm.CorrectiveNotEffective).refuses(itsm.ActVerify, qia))
}

// A restricted one is for those whom it concerns.
func TestWhoReadsARestrictedCorrectiveAction(t *testing.T) {
	l := bettered(t, itsm.CorrectivePlanned)
	l.Restricted = true
	for _, who := range []itsm.Actor{rita, olga, joe, quin, ada} {
		require.NoError(t, l.CheckRead(who), who.Person)
	}
	require.Equal(t, "record.not_found", code(l.CheckRead(person("nobody", itsm.Requester))))
	require.Equal(t, "actor.permission", code(l.CheckRead(person("nobody"))))
	l.Restricted = false
	require.NoError(t, l.CheckRead(person("nobody", itsm.Requester)))
}

func TestLinksOfACorrectiveAction(t *testing.T) {
	l := bettered(t, itsm.CorrectiveRaised)
	for _, to := range []itsm.Number{"", "CAR-1"} {
		w := l.usual()
		w.relate.To = to
		requireFault(t, first(l.try(itsm.ActCorrectiveRelate, joe, w)), "link.invalid", "/to")
	}
	same := func(a *ask) { a.relate = itsm.RelateRequest{Kind: itsm.ActsOn, To: "PRB-4"} }
	l.does(itsm.ActCorrectiveRelate, joe, same)
	require.Equal(t, "corrective_action.linked", l.refuses(itsm.ActCorrectiveRelate, joe, same))
	l.Relations = make([]itsm.Relation, itsm.MaxCorrectiveLinks)
	require.Equal(t, "corrective_action.too_many_links", l.refuses(itsm.ActCorrectiveRelate, joe))
	require.NotContains(t, l.Explain().Acts, itsm.ActCorrectiveRelate)
}
