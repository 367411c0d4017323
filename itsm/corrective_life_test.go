package itsm_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

var (
	quin = person("quin", itsm.QualityManager)
	qia  = person("qia", itsm.QualityManager)

	inCorrective = []itsm.Actor{rita, joe, olga, quin, qia, mia, ada, monitor, person("root", itsm.Admin), person("nobody"), {}}
)

var correctiveActs = []itsm.Act{
	itsm.ActCorrectiveAcknowledge, itsm.ActCorrectiveCause, itsm.ActPlan, itsm.ActPlanDecide, itsm.ActStep, itsm.ActImplement,
	itsm.ActVerify, itsm.ActCorrectiveAssign, itsm.ActCorrectiveRelate, itsm.ActWithdrawCorrective,
}

// care carries a corrective action through its time as its process would.
type care struct {
	itsm.CorrectiveAction

	t       require.TestingT
	now     time.Time
	catalog itsm.Catalog
	in      func(itsm.CalendarID) (itsm.BusinessTime, error)
	events  []itsm.Event
	talk    itsm.Talk
	seen    func(itsm.Event) // after each event; may be nil
}

// qualityCatalog is onCallCatalog with two quality managers.
func qualityCatalog() itsm.Catalog {
	c := onCallCatalog()
	for _, id := range []itsm.PersonID{"quin", "qia"} {
		c.People = append(c.People, itsm.Person{ID: id, Zone: "UTC", Roles: []itsm.Role{itsm.QualityManager}})
	}
	return c
}

func anyCorrective() itsm.CorrectiveDraft {
	return itsm.CorrectiveDraft{
		CorrectiveText: itsm.CorrectiveText{Title: "Backups are not tried", Nonconformity: "No restore was tried for a year.", Service: "website"},
		Severity:       itsm.SeverityMajor,
	}
}

// nonconforming is a corrective action of Rita's that was recorded.
func nonconforming(t require.TestingT, d itsm.CorrectiveDraft, change ...func(*care)) *care {
	l := &care{t: t, now: at, catalog: qualityCatalog(), in: aroundTheClock}
	l.CorrectiveAction = itsm.CorrectiveAction{Number: "CAR-1", Reporter: "rita", RaisedAt: at, PolicyVersion: 1}
	l.State, l.Since = itsm.CorrectiveNew, at
	for _, f := range change {
		f(l)
	}
	l.RaisedAt = l.now
	s, _ := l.catalog.Service(d.Service)
	l.Begin(d, s, l.policy())
	l.happened(steward, l.Log(l.now))
	return l
}

func (l *care) policy() itsm.CorrectivePolicy { return l.catalog.Corrective.Filled() }

// happened keeps an event as its process would, and does what is to be done next.
func (l *care) happened(who itsm.Actor, e itsm.Event) {
	l.Revision++
	e.Number, e.Revision, e.To, e.Actor, e.At = l.Number, l.Revision, itsm.State(l.State), who.Person, l.now
	l.events = append(l.events, e)
	if l.seen != nil {
		l.seen(e)
	}
	switch pending := l.Escalation.Pending; {
	case l.NextStage() > 0:
		o, err := l.catalog.OpenPlan(l.catalog.Corrective, l.Asking(), l.now)
		if err != nil { // its process waits there for the catalog to be mended
			require.Equal(l.t, "corrective_plan.nobody_decides", code(err))
			return
		}
		l.OpenStage(o)
		l.happened(steward, itsm.Event{Kind: itsm.EventPlanOpened, From: itsm.State(l.State), Detail: &itsm.Detail{Opening: l.Acceptance.Opening}})
	case l.Unreckoned():
		r, err := l.Clocks.Reckon(l.in, l.now)
		require.NoError(l.t, err)
		l.happened(steward, l.Take(r))
	case pending != nil:
		called, err := l.catalog.CallLevel(itsm.Summons{Calling: *pending, Team: l.Team, Role: itsm.QualityManager, At: l.now},
			func(itsm.RotationID) ([]itsm.PersonID, error) { return nil, nil })
		require.NoError(l.t, err)
		l.happened(steward, l.TakeCall(called, l.now))
	}
}

// pass lets time pass, with all that falls due in it.
func (l *care) pass(d time.Duration) *care {
	until := l.now.Add(d)
	for {
		d, comes := l.Next()
		if !comes || d.At.After(until) {
			break
		}
		if d.At.After(l.now) {
			l.now = d.At
		}
		if e, happened := l.Fall(d, l.policy(), l.now); happened {
			l.happened(steward, e)
		}
	}
	l.now = until
	return l
}

// ask is what the acts of a test ask for.
type ask struct {
	cause  itsm.RootCauseRequest
	plan   itsm.PlanRequest
	decide itsm.DecisionRequest
	step   itsm.StepRequest
	verify itsm.VerificationRequest
	assign itsm.Assignment
	relate itsm.RelateRequest
	note   string
}

// usual is what an act asks for where the test does not care.
func (l *care) usual() ask {
	seen := []itsm.Evidence{{Record: "INC-3"}}
	a := ask{
		note:  "because",
		cause: itsm.RootCauseRequest{Method: itsm.FiveWhys, Cause: &itsm.Claim{Text: "Nobody was told to", Evidence: seen}, Known: true},
		plan: itsm.PlanRequest{
			Steps: []itsm.PlanStep{
				{Title: "Try a restore each quarter", Owner: "joe", DueAt: l.now.Add(48 * time.Hour)},
				{Title: "Say so in the handbook", Owner: "own", DueAt: l.now.Add(72 * time.Hour)},
			},
			Measure: "A restore succeeds within an hour.", Similar: "The other services have restores.",
		},
		decide: itsm.DecisionRequest{Verdict: itsm.Approve},
		verify: itsm.VerificationRequest{Result: itsm.Effective, Note: "Two restores went well.", Evidence: seen},
		assign: itsm.Assignment{Assignee: "joe"}, relate: itsm.RelateRequest{Kind: itsm.Related, To: itsm.Number(fmt.Sprintf("INC-%d", l.Revision+10))},
	}
	if l.Plan != nil {
		a.plan.Against = l.Plan.Version
	}
	if l.Owner == "joe" {
		a.assign.Assignee = "own"
	}
	if n := slices.IndexFunc(l.Steps, func(s itsm.Task) bool { return s.State == itsm.TaskOpen }); n >= 0 {
		a.step = itsm.StepRequest{TaskRequest: itsm.TaskRequest{ID: l.Steps[n].ID, State: itsm.TaskDone, Result: "It is done."}, Evidence: seen}
	}
	return a
}

// try asks the rules for an act, and gives what it does.
func (l *care) try(a itsm.Act, who itsm.Actor, w ask) (error, func() itsm.Event) { //nolint:revive,staticcheck // the error is an answer here
	c, now, p := &l.CorrectiveAction, l.now, l.policy()
	note := itsm.NoteRequest{Note: w.note}
	switch a { //nolint:exhaustive // those of a corrective action
	case itsm.ActCorrectiveAcknowledge:
		return c.CheckAcknowledge(who, note), func() itsm.Event { return c.Acknowledge(who, note, p, now) }
	case itsm.ActCorrectiveCause:
		return c.CheckCause(who, w.cause), func() itsm.Event { return c.FindCause(who, w.cause, p, now) }
	case itsm.ActPlan:
		return c.CheckPlan(who, w.plan, now), func() itsm.Event { return c.WritePlan(who, w.plan, p, now) }
	case itsm.ActPlanDecide:
		return c.CheckDecision(who, w.decide), func() itsm.Event { return c.Decide(who, w.decide, p, now) }
	case itsm.ActStep:
		return c.CheckStep(who, w.step), func() itsm.Event { return c.Progress(who, w.step, now) }
	case itsm.ActImplement:
		return c.CheckImplement(who, note), func() itsm.Event { return c.Implement(who, note, p, now) }
	case itsm.ActVerify:
		return c.CheckVerify(who, w.verify), func() itsm.Event { return c.Verify(who, w.verify, p, now) }
	case itsm.ActCorrectiveAssign:
		return c.CheckAssign(who, w.assign), func() itsm.Event { return c.Assign(who, w.assign, now) }
	case itsm.ActCorrectiveRelate:
		return c.CheckRelate(who, w.relate), func() itsm.Event { return c.Relate(who, w.relate, now) }
	case itsm.ActWithdrawCorrective:
		return c.CheckWithdraw(who, note), func() itsm.Event { return c.Withdraw(who, note, now) }
	}
	panic("no act of a corrective action: " + string(a))
}

// does lets somebody do something, as it is usually asked for but for the changes.
func (l *care) does(a itsm.Act, who itsm.Actor, change ...func(*ask)) *care {
	w := l.usual()
	for _, f := range change {
		f(&w)
	}
	err, do := l.try(a, who, w)
	require.NoError(l.t, err, "%s by %s when %s", a, who.Person, l.State)
	l.happened(who, do())
	return l
}

// refuses is the code under which somebody is refused.
func (l *care) refuses(a itsm.Act, who itsm.Actor, change ...func(*ask)) string {
	w := l.usual()
	for _, f := range change {
		f(&w)
	}
	return code(first(l.try(a, who, w)))
}

// told counts events of a kind.
func (l *care) told(kind itsm.EventKind) (n int) {
	for _, e := range l.events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// bettered brings a corrective action of Rita's to a state by the shortest way.
func bettered(t require.TestingT, s itsm.CorrectiveState) *care {
	l := nonconforming(t, anyCorrective())
	for _, way := range []struct {
		to   itsm.CorrectiveState
		step func()
	}{
		{itsm.CorrectiveRaised, func() {}},
		{itsm.CorrectiveAcknowledged, func() { l.does(itsm.ActCorrectiveAcknowledge, olga) }},
		{itsm.CorrectiveCauseKnown, func() { l.does(itsm.ActCorrectiveCause, olga) }},
		{itsm.CorrectivePlanProposed, func() { l.does(itsm.ActPlan, olga) }},
		{itsm.CorrectivePlanned, func() { l.does(itsm.ActPlanDecide, quin) }},
		{itsm.CorrectiveImplemented, func() { l.does(itsm.ActStep, joe).does(itsm.ActStep, olga).does(itsm.ActImplement, olga) }},
		{itsm.CorrectiveNotEffective, func() {
			l.pass(31*24*time.Hour).does(itsm.ActVerify, qia, func(a *ask) { a.verify.Result = itsm.NotEffective })
		}},
	} {
		if way.step(); way.to == s {
			return l
		}
	}
	panic("no way to " + string(s))
}
