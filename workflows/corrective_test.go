package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
	"github.com/steward-itsm/steward/workflows/wire"
)

var (
	quin = itsm.Actor{Person: "quin", Roles: []itsm.Role{itsm.QualityManager}, Door: itsm.DoorSlack, Scopes: both}
	qia  = itsm.Actor{Person: "qia", Roles: []itsm.Role{itsm.QualityManager}, Door: itsm.DoorAPI, Scopes: both}
	own  = itsm.Actor{Person: "max", Roles: []itsm.Role{itsm.Responder}, Door: itsm.DoorSlack, Scopes: both}
)

// correctives is a corrective action's process in the time-skipping environment, and
// all that it saved.
type correctives struct {
	t       *testing.T
	env     *testsuite.TestWorkflowEnvironment
	start   time.Time
	catalog itsm.Catalog // as it is now
	pinned  itsm.Catalog // as it was when it was recorded

	mu     sync.Mutex // activities run beside one another, and beside what happens at an instant
	steps  []itsm.CorrectiveStep
	said   []itsm.Comment
	shown  []int
	timers map[string]string
	sent   int
}

// newCorrectives begins on a Monday at 10:00 in Berlin.
func newCorrectives(t *testing.T) *correctives {
	t.Helper()
	problems := newProblems(t) // whose catalog has the people and the hours
	w := &correctives{t: t, start: problems.start, catalog: problems.catalog, timers: map[string]string{}}
	w.catalog.Corrective = itsm.CorrectivePolicy{Calendar: "office"}
	for _, id := range []itsm.PersonID{"quin", "qia"} {
		w.catalog.People = append(w.catalog.People, itsm.Person{ID: id, Zone: "Europe/Berlin", Roles: []itsm.Role{itsm.QualityManager}})
	}
	w.pinned = w.catalog
	var suite testsuite.WorkflowTestSuite
	w.env = suite.NewTestWorkflowEnvironment()
	w.env.SetStartTime(w.start)
	w.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{wire.Interceptor(keys)}})
	w.env.SetTestTimeout(30 * time.Second)
	w.env.RegisterWorkflowWithOptions(workflows.Corrective, workflow.RegisterOptions{Name: workflows.CorrectiveType})
	w.env.RegisterActivity(&activities.Activities{})
	w.env.OnActivity(a.RecordCorrective, mock.Anything, mock.Anything).Return(w.record).Maybe()
	w.env.OnActivity(a.StepCorrective, mock.Anything, mock.Anything).Return(func(_ context.Context, s activities.CorrectiveStepping) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.steps = append(w.steps, s.Step)
		return nil
	}).Maybe()
	w.env.OnActivity(a.CommentOnCorrective, mock.Anything, mock.Anything).Return(func(_ context.Context, c activities.Commenting) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.said = append(w.said, c.Comment)
		return nil
	}).Maybe()
	w.env.OnActivity(a.ReckonCorrective, mock.Anything, mock.Anything).Return(func(_ context.Context, r activities.ClockReckoning) (itsm.Clocks, error) {
		return r.Clocks.Reckon(hoursIn, w.env.Now())
	}).Maybe()
	w.env.OnActivity(a.OpenPlan, mock.Anything, mock.Anything).Return(func(_ context.Context, m activities.Matter) (itsm.Opening, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.catalog.OpenPlan(w.pinned.Corrective, m.Asking, w.env.Now())
	}).Maybe()
	w.env.OnActivity(a.CallLevel, mock.Anything, mock.Anything).Return(func(_ context.Context, c activities.CallingLevel) (itsm.Called, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		s := itsm.Summons{Calling: c.Calling, Team: c.Team, Owner: c.Owner, Role: c.Role, At: w.env.Now()}
		return w.catalog.CallLevel(s, func(itsm.RotationID) ([]itsm.PersonID, error) { return nil, nil })
	}).Maybe()
	w.env.OnActivity(a.ShowCorrective, mock.Anything, mock.Anything).Return(func(_ context.Context, target activities.Target) (activities.Shown, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.shown = append(w.shown, target.Revision)
		return activities.Shown{}, nil
	}).Maybe()
	w.env.SetOnTimerScheduledListener(func(id string, _ time.Duration) { w.timers[id] = "running" })
	w.env.SetOnTimerFiredListener(func(id string) { w.timers[id] = "fired" })
	w.env.SetOnTimerCanceledListener(func(id string) { w.timers[id] = "cancelled" })
	return w
}

func (w *correctives) record(_ context.Context, r activities.CorrectiveRecording) (activities.CorrectiveRecorded, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := r.Corrective
	c.PolicyVersion, c.Revision = 3, 1
	w.pinned = w.catalog
	service, _ := w.pinned.Service(r.Draft.Service)
	c.Begin(r.Draft, service, w.pinned.Corrective.Filled())
	var err error
	c.Clocks, err = c.Clocks.Reckon(hoursIn, c.RaisedAt)
	return activities.CorrectiveRecorded{Corrective: c, Policy: w.pinned.Corrective.Filled()}, err
}

// on is an instant of 2026 in Berlin, such as 02-20 10:00.
func (w *correctives) on(date string) time.Time { return (&problems{t: w.t}).on(date) }

// corrects sends an act at an instant, signed as the desk signs.
func corrects[T any](w *correctives, date string, who itsm.Actor, verb itsm.Act, body T) *says {
	w.sent++
	id, out := fmt.Sprintf("act-%d", w.sent), &says{}
	w.env.RegisterDelayedCallback(func() {
		signed, err := wire.Sign(keys, wire.Bound{WorkflowID: "default-test-workflow-id", Update: string(verb), UpdateID: id}, who, body, w.env.Now())
		require.NoError(w.t, err)
		w.env.UpdateWorkflow(string(verb), id, &testsuite.TestUpdateCallback{
			OnAccept: func() {},
			OnReject: func(err error) { out.err, out.done = err, true },
			OnComplete: func(r any, err error) {
				out.receipt, _ = r.(itsm.Receipt)
				out.err, out.done = err, true
			},
		}, signed)
	}, w.on(date).Sub(w.start))
	return out
}

// ends runs the process to its end. Every revision was saved once then, each from where
// the one before left, and no timer is left.
func (w *correctives) ends() itsm.Receipt {
	w.t.Helper()
	w.env.ExecuteWorkflow(workflows.CorrectiveType, itsm.Number("CAR-7"))
	require.True(w.t, w.env.IsWorkflowCompleted())
	require.NoError(w.t, w.env.GetWorkflowError())
	for id, state := range w.timers {
		require.NotEqual(w.t, "running", state, "timer %s is left running", id)
	}
	slices.SortFunc(w.steps, func(x, y itsm.CorrectiveStep) int { return x.Event.Revision - y.Event.Revision })
	for n, s := range w.steps {
		require.Equal(w.t, n+2, s.Event.Revision, "a revision is missing or saved twice")
		require.Equal(w.t, itsm.State(s.Standing.State), s.Event.To)
		if n > 0 {
			require.Equal(w.t, w.steps[n-1].Event.To, s.Event.From)
		}
	}
	var r itsm.Receipt
	require.NoError(w.t, w.env.GetWorkflowResult(&r))
	return r
}

// when are the instants at which something of a kind happened.
func (w *correctives) when(k itsm.EventKind) (all []time.Time) {
	for _, s := range w.steps {
		if s.Event.Kind == k {
			all = append(all, s.Event.At.UTC())
		}
	}
	return all
}

// left is the corrective action as its last event left it.
func (w *correctives) left() itsm.CorrectiveStanding { return w.steps[len(w.steps)-1].Standing }

func (w *correctives) raised() *says {
	d := itsm.CorrectiveDraft{
		CorrectiveText: itsm.CorrectiveText{Title: "Restores are not tried", Nonconformity: "No restore was tried for a year.", Service: "payments", Source: "PRB-3"},
		Severity:       itsm.SeverityMajor,
	}
	return corrects(w, "01-12 10:00", pat, itsm.ActCorrectiveRaise, d)
}

func (w *correctives) planOf(against int, due string) itsm.PlanRequest {
	return itsm.PlanRequest{
		Against: against, Measure: "A restore succeeds within an hour.", Similar: "The other services have restores.",
		Steps: []itsm.PlanStep{{Title: "Try a restore each quarter", Owner: "pat", DueAt: w.on(due)}},
	}
}

func done(step int) itsm.StepRequest {
	return itsm.StepRequest{
		TaskRequest: itsm.TaskRequest{ID: step, State: itsm.TaskDone, Result: "It was tried."}, Evidence: []itsm.Evidence{{Note: "The log of the restore"}},
	}
}

func verdict(r itsm.Effectiveness) itsm.VerificationRequest {
	return itsm.VerificationRequest{Result: r, Note: "Two restores were looked at.", Evidence: []itsm.Evidence{{Note: "Their logs"}}}
}

// TestAYearOfACorrectiveAction is late once, is not effective at first, and goes through
// both changes of the clock and another catalog.
func TestAYearOfACorrectiveAction(t *testing.T) {
	w := newCorrectives(t)
	raised := w.raised()
	not := corrects(w, "01-13 10:00", quin, itsm.ActCorrectiveAcknowledge, itsm.NoteRequest{})
	corrects(w, "01-15 10:00", own, itsm.ActCorrectiveAcknowledge, itsm.NoteRequest{}) // a day late
	corrects(w, "01-20 10:00", own, itsm.ActCorrectiveCause, proven)
	corrects(w, "01-21 10:00", own, itsm.ActPlan, w.planOf(0, "01-28 10:00"))
	old := corrects(w, "01-21 10:05", own, itsm.ActPlan, w.planOf(0, "01-28 10:00"))
	corrects(w, "01-21 10:10", own, itsm.ActPlan, w.planOf(1, "01-29 10:00"))
	mine := corrects(w, "01-21 11:00", own, itsm.ActPlanDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	corrects(w, "01-22 10:00", quin, itsm.ActPlanDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	corrects(w, "02-01 10:00", pat, itsm.ActStep, done(1))
	corrects(w, "02-02 10:00", own, itsm.ActImplement, itsm.NoteRequest{})
	early := corrects(w, "02-10 10:00", qia, itsm.ActVerify, verdict(itsm.Effective))
	self := corrects(w, "03-05 10:00", own, itsm.ActVerify, verdict(itsm.Effective))
	corrects(w, "03-06 10:00", qia, itsm.ActVerify, verdict(itsm.NotEffective))
	w.env.RegisterDelayedCallback(func() { // another policy, and other people
		w.mu.Lock()
		defer w.mu.Unlock()
		w.catalog.Corrective.VerifyAfter = itsm.Length{Time: time.Hour}
		w.catalog.People = slices.DeleteFunc(slices.Clone(w.catalog.People), func(p itsm.Person) bool { return p.ID == "quin" })
	}, w.on("03-10 09:00").Sub(w.start))
	corrects(w, "03-12 10:00", own, itsm.ActCorrectiveCause, proven)
	corrects(w, "03-13 10:00", own, itsm.ActPlan, w.planOf(2, "10-20 10:00"))
	corrects(w, "03-16 10:00", qia, itsm.ActPlanDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	corrects(w, "03-17 10:00", pat, itsm.ActCorrectiveComment, itsm.CommentRequest{Text: "It takes until autumn."})
	corrects(w, "10-20 10:00", pat, itsm.ActStep, done(2))
	corrects(w, "10-21 10:00", own, itsm.ActImplement, itsm.NoteRequest{Note: "In place."})
	corrects(w, "11-25 10:00", qia, itsm.ActVerify, verdict(itsm.Effective))
	end := w.ends()

	require.Equal(t, itsm.State(itsm.CorrectiveClosed), end.State)
	require.NoError(t, raised.err)
	require.Equal(t, itsm.Receipt{Number: "CAR-7", State: "raised", Revision: 2}, raised.receipt)
	for want, s := range map[string]*says{
		"corrective_action.not_owner": not, "corrective_action.plan_changed": old, "corrective_plan.own_request": mine,
		"corrective_action.too_early": early, "actor.permission": self,
	} {
		require.Equal(t, want, code(s.err))
	}
	require.Equal(t, w.on("01-14 10:00").UTC(), w.when(itsm.EventCorrectiveMissed)[0], "two days to acknowledge what is major")
	require.Equal(t, []itsm.PersonID{"boss"}, w.left().Escalation.Calls[0].People, "the manager of its team")
	require.Equal(t, w.on("02-02 10:00").Add(30*24*time.Hour).UTC(), w.when(itsm.EventVerificationDue)[0])
	require.Equal(t, w.on("10-21 10:00").Add(30*24*time.Hour).UTC(), w.when(itsm.EventVerificationDue)[1], "under the policy that it began with")
	require.Equal(t, w.on("10-20 10:00").UTC(), w.when(itsm.EventCorrectiveStepDue)[1], "by the clock on the wall")
	require.Equal(t, []any{1, 3, 2}, []any{w.left().Ineffective, w.left().Plan.Version, len(w.left().Steps)})
	require.Len(t, w.said, 1)
	for kind, times := range map[itsm.EventKind]int{ //nolint:exhaustive // those that are counted
		itsm.EventPlanProposed: 3, itsm.EventPlanOpened: 3, itsm.EventPlanAccepted: 2, itsm.EventCorrectiveNotEffective: 1, itsm.EventCorrectiveVerified: 1,
	} {
		require.Len(t, w.when(kind), times, kind)
	}
	require.Equal(t, w.left().Revision, slices.Max(w.shown), "people see it as it ended")
}

// What nobody decides on expires, and what nobody does for ever is told for ever.
func TestACorrectiveActionThatNobodyCaresFor(t *testing.T) {
	w := newCorrectives(t)
	w.raised()
	corrects(w, "01-12 11:00", own, itsm.ActCorrectiveAcknowledge, itsm.NoteRequest{})
	corrects(w, "01-12 12:00", own, itsm.ActCorrectiveCause, proven)
	corrects(w, "01-12 13:00", own, itsm.ActPlan, w.planOf(0, "01-28 10:00"))
	corrects(w, "12-01 10:00", qia, itsm.ActWithdrawCorrective, itsm.NoteRequest{Note: "The service is gone."})
	require.Equal(t, itsm.State(itsm.CorrectiveWithdrawn), w.ends().State)
	require.Equal(t, w.on("01-12 13:00").Add(5*24*time.Hour).UTC(), w.when(itsm.EventPlanExpired)[0])
	require.Equal(t, itsm.PlanClock, w.left().Clocks.Of(itsm.PlanClock).Kind)
	for _, kind := range []itsm.EventKind{itsm.EventCorrectiveWarned, itsm.EventCorrectiveMissed, itsm.EventCorrectiveOverdue, itsm.EventCorrectiveEscalated} {
		require.Len(t, w.when(kind), 1, kind)
	}
	require.Empty(t, w.left().Acceptance.Approvers)
}

// The seconds in which nobody raises what a process was started for end it.
func TestACorrectiveActionThatNobodyRaised(t *testing.T) {
	w := newCorrectives(t)
	w.env.ExecuteWorkflow(workflows.CorrectiveType, itsm.Number("CAR-7"))
	require.Equal(t, "corrective_action.never_raised", code(w.env.GetWorkflowError()))
}
