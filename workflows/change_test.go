package workflows_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
	"github.com/steward-itsm/steward/workflows/wire"
)

var a *activities.Activities

var keys = wire.Keys{[]byte("0123456789abcdef0123456789abcdef")}

var (
	ana     = itsm.Actor{Person: "ana", Roles: []itsm.Role{itsm.Requester}, Door: itsm.DoorSlack, Scopes: both}
	bob     = itsm.Actor{Person: "bob", Roles: []itsm.Role{itsm.Requester, itsm.Approver}, Door: itsm.DoorSlack, Scopes: both}
	eve     = itsm.Actor{Person: "eve", Roles: []itsm.Role{itsm.Requester, itsm.Approver}, Door: itsm.DoorAPI, Scopes: both}
	manager = itsm.Actor{Person: "max", Roles: []itsm.Role{itsm.ChangeManager}, Door: itsm.DoorAPI, Scopes: both}
	ida     = itsm.Actor{Person: "ida", Roles: []itsm.Role{itsm.Implementer}, Door: itsm.DoorAPI, Scopes: both}

	both = []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}
)

// world is a change process in the time-skipping environment, and all that it
// saved and asked to be shown.
type world struct {
	*testsuite.TestWorkflowEnvironment

	t       *testing.T
	began   time.Time
	mu      sync.Mutex // activities run side by side
	steps   []itsm.ChangeStep
	shown   []int
	missed  [][]string        // by telling: whom it cannot reach
	timers  map[string]string // by timer: running, fired or cancelled
	updates int
	said    []itsm.Comment

	recorded activities.Recording // as the record was first saved
}

// newWorld answers as worlds did before there were stages.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := newBareWorld(t)
	w.OnActivity(a.RecordChange, mock.Anything, mock.Anything).Return(activities.Recorded{
		PolicyVersion: 3, Approvers: []itsm.PersonID{"bob", "eve"}, Team: "web", Owner: "max",
		Policy: itsm.ChangePolicy{Approvers: itsm.Approver, RemindAfter: itsm.Duration(4 * time.Hour), ExpireAfter: itsm.Duration(24 * time.Hour)},
	}, nil).Maybe()
	return w
}

func newBareWorld(t *testing.T) *world {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	w := &world{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t, timers: map[string]string{}}
	w.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{wire.Interceptor(keys)}})
	w.SetTestTimeout(20 * time.Second)
	w.RegisterWorkflow(workflows.Change)
	w.RegisterActivity(&activities.Activities{})
	w.OnActivity(a.StepChange, mock.Anything, mock.Anything).Return(nil).Run(func(args mock.Arguments) {
		s, _ := args.Get(1).(activities.Stepping)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.steps = append(w.steps, s.Step)
	}).Maybe()
	w.OnActivity(a.ShowChange, mock.Anything, mock.Anything).Return(func(_ context.Context, target activities.Target) (activities.Shown, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.shown = append(w.shown, target.Revision)
		if n := len(w.shown); n <= len(w.missed) {
			return activities.Shown{Unreachable: w.missed[n-1]}, nil
		}
		return activities.Shown{}, nil
	}).Maybe()
	w.SetOnTimerScheduledListener(func(id string, _ time.Duration) { w.timers[id] = "running" })
	w.SetOnTimerFiredListener(func(id string) { w.timers[id] = "fired" })
	w.SetOnTimerCanceledListener(func(id string) { w.timers[id] = "cancelled" })
	w.began = w.Now()
	return w
}

// says is what one person asks of the process, and what came of it.
type says struct {
	receipt itsm.Receipt
	err     error
	done    bool
}

// act sends an act after a while, signed as the desk signs.
func act[T any](w *world, after time.Duration, who itsm.Actor, verb itsm.Act, body T) *says {
	w.updates++
	id := fmt.Sprintf("update-%d", w.updates)
	out := &says{}
	w.RegisterDelayedCallback(func() {
		signed, err := wire.Sign(keys, wire.Bound{WorkflowID: "default-test-workflow-id", Update: string(verb), UpdateID: id}, who, body, w.Now())
		require.NoError(w.t, err)
		w.UpdateWorkflow(string(verb), id, &testsuite.TestUpdateCallback{
			OnAccept: func() {},
			OnReject: func(err error) { out.err, out.done = err, true },
			OnComplete: func(r any, err error) {
				out.receipt, _ = r.(itsm.Receipt)
				out.err, out.done = err, true
			},
		}, signed)
	}, after)
	return out
}

func draft() itsm.ChangeDraft {
	return itsm.ChangeDraft{Type: itsm.Normal, Title: "Rotate the certificates", Service: "website", Plan: "Rotate.", BackoutPlan: "Put the old ones back."}
}

// run raises the change at once and runs the process to its end.
func (w *world) run(d itsm.ChangeDraft) (*says, itsm.Receipt) {
	w.t.Helper()
	raised := act(w, 0, ana, itsm.ActRaise, d)
	w.ExecuteWorkflow(workflows.Change, itsm.Number("CHG-1"))
	require.NoError(w.t, w.GetWorkflowError())
	var r itsm.Receipt
	require.NoError(w.t, w.GetWorkflowResult(&r))
	for id, state := range w.timers {
		require.NotEqual(w.t, "running", state, "timer %s is left behind", id)
	}
	w.consistent()
	return raised, r
}

// consistent checks what holds of every history: one event a revision, each from
// where the one before went, and the end shown to people.
func (w *world) consistent() {
	w.t.Helper()
	slices.SortFunc(w.steps, func(x, y itsm.ChangeStep) int { return x.Event.Revision - y.Event.Revision })
	state := itsm.State(itsm.ChangeRaised)
	for i, s := range w.steps {
		require.Equal(w.t, i+2, s.Event.Revision)
		require.Equal(w.t, state, s.Event.From)
		state = s.Event.To
	}
	require.Equal(w.t, w.steps[len(w.steps)-1].Event.Revision, w.shown[len(w.shown)-1], "the end was not shown")
}

func (w *world) kinds() []itsm.EventKind {
	var kinds []itsm.EventKind
	for _, s := range w.steps {
		kinds = append(kinds, s.Event.Kind)
	}
	return kinds
}

func (s *says) refused(t *testing.T, code string) {
	t.Helper()
	require.True(t, s.done, "never answered")
	require.Error(t, s.err)
	require.Equal(t, code, itsm.AsError(wire.Fault(s.err)).Code)
}

func TestAChangeIsRaisedApprovedStartedAndClosed(t *testing.T) {
	w := newWorld(t)
	approved := act(w, time.Hour, bob, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	started := act(w, 2*time.Hour, ida, itsm.ActStart, struct{}{})
	done := act(w, 3*time.Hour, ida, itsm.ActComplete, itsm.Completion{Result: itsm.Successful, Note: "All green."})
	raised, end := w.run(draft())

	require.Equal(t, itsm.Receipt{Number: "CHG-1", State: itsm.State(itsm.ChangeAwaiting), Revision: 2}, raised.receipt)
	require.Equal(t, itsm.Receipt{Number: "CHG-1", State: itsm.State(itsm.ChangeApproved), Revision: 3}, approved.receipt)
	require.Equal(t, itsm.Receipt{Number: "CHG-1", State: itsm.State(itsm.ChangeImplementing), Revision: 5}, started.receipt)
	require.Equal(t, itsm.Receipt{Number: "CHG-1", State: itsm.State(itsm.ChangeClosed), Revision: 6}, done.receipt)
	require.Equal(t, done.receipt, end)
	require.Equal(t, []itsm.EventKind{itsm.EventOpened, itsm.EventApproved, itsm.EventScheduled, itsm.EventStarted, itsm.EventCompleted}, w.kinds())
	d := draft()
	require.Equal(t, d.Hash(), w.steps[1].Event.Decision.ContentHash, "a decision carries what it was given on")
}

func TestAChangeIsRejectedWithAReason(t *testing.T) {
	w := newWorld(t)
	silent := act(w, time.Hour, bob, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Reject})
	act(w, 2*time.Hour, eve, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Reject, Note: "No way back."})
	_, end := w.run(draft())
	silent.refused(t, "decision.invalid")
	require.Equal(t, itsm.State(itsm.ChangeRejected), end.State)
	require.Equal(t, "No way back.", w.steps[1].Event.Note)
}

func TestTheRequesterNeverDecides(t *testing.T) {
	w := newWorld(t)
	own := act(w, time.Hour, ana, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	w.run(draft())
	own.refused(t, "change.own_request")
}

func TestSilenceNeverApproves(t *testing.T) {
	w := newWorld(t)
	_, end := w.run(draft())
	require.Equal(t, itsm.State(itsm.ChangeExpired), end.State)
	require.Equal(t, []itsm.EventKind{itsm.EventOpened, itsm.EventReminded, itsm.EventExpired}, w.kinds())
	require.Equal(t, 4*time.Hour, w.steps[1].Event.At.Sub(w.began).Round(time.Minute))
	require.Equal(t, 24*time.Hour, w.steps[2].Event.At.Sub(w.began).Round(time.Minute))
}

func TestOnlyThoseNamedAtTheOpeningDecideAndOnlyWhileTheyHoldTheRole(t *testing.T) {
	w := newWorld(t)
	late := itsm.Actor{Person: "new", Roles: []itsm.Role{itsm.Approver}, Door: itsm.DoorAPI, Scopes: both}
	gone := itsm.Actor{Person: "bob", Roles: []itsm.Role{itsm.Requester}, Door: itsm.DoorAPI, Scopes: both}
	newcomer := act(w, time.Hour, late, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	former := act(w, time.Hour, gone, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	w.run(draft())
	newcomer.refused(t, "change.not_approver")
	former.refused(t, "actor.permission")
}

func TestADecisionOnAnotherTextIsRefused(t *testing.T) {
	w := newWorld(t)
	other := act(w, time.Hour, bob, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve, ContentHash: "0000"})
	w.run(draft())
	other.refused(t, "change.edited")
}

func TestTwoDecisionsInOneTaskCannotBothCount(t *testing.T) {
	w := newWorld(t)
	first := act(w, time.Hour, bob, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	second := act(w, time.Hour, eve, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Reject, Note: "Wait."})
	act(w, 2*time.Hour, manager, itsm.ActCancel, itsm.Cancellation{Note: "Not needed."})
	_, end := w.run(draft())
	require.NoError(t, first.err)
	second.refused(t, "change.decided")
	require.Equal(t, itsm.State(itsm.ChangeCancelled), end.State)
}

func TestADecisionAtTheInstantOfTheReminderCounts(t *testing.T) {
	w := newWorld(t)
	act(w, 4*time.Hour, bob, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	act(w, 5*time.Hour, ana, itsm.ActCancel, itsm.Cancellation{Note: "Not needed."})
	_, end := w.run(draft())
	require.Equal(t, itsm.State(itsm.ChangeCancelled), end.State)
	require.Contains(t, w.kinds(), itsm.EventApproved)
}

func TestADecisionAfterExpiryIsLate(t *testing.T) {
	w := newWorld(t)
	late := act(w, 24*time.Hour+time.Second, bob, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	_, end := w.run(draft())
	require.Equal(t, itsm.State(itsm.ChangeExpired), end.State)
	require.False(t, late.done && late.err == nil, "a late decision counted")
}

func TestStartingKeepsToTheWindow(t *testing.T) {
	w := newWorld(t)
	d := draft()
	d.Window = &itsm.Window{Start: w.Now().Truncate(time.Second).Add(6 * time.Hour), End: w.Now().Truncate(time.Second).Add(8 * time.Hour)}
	act(w, time.Hour, bob, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	early := act(w, 2*time.Hour, ida, itsm.ActStart, struct{}{})
	act(w, 7*time.Hour, ida, itsm.ActStart, struct{}{})
	act(w, 9*time.Hour, ida, itsm.ActComplete, itsm.Completion{Result: itsm.Failed, Note: "It did not restart; rolled back."})
	_, end := w.run(d)
	early.refused(t, "change.too_early")
	require.Equal(t, itsm.State(itsm.ChangeClosed), end.State)
	require.Equal(t, itsm.Failed, w.steps[len(w.steps)-1].Outcome)
}

func TestAWindowThatPassesUnusedExpiresTheChange(t *testing.T) {
	w := newWorld(t)
	d := draft()
	d.Window = &itsm.Window{Start: w.Now().Truncate(time.Second).Add(6 * time.Hour), End: w.Now().Truncate(time.Second).Add(8 * time.Hour)}
	act(w, time.Hour, bob, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	_, end := w.run(d)
	require.Equal(t, itsm.State(itsm.ChangeExpired), end.State)
	require.Equal(t, itsm.EventWindowEnded, w.kinds()[3])
}

func TestTheOnlyApproverDoesNotCarryItOut(t *testing.T) {
	w := newWorld(t)
	both := bob
	both.Roles = append(slices.Clone(bob.Roles), itsm.Implementer)
	act(w, time.Hour, both, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	own := act(w, 2*time.Hour, both, itsm.ActStart, struct{}{})
	act(w, 3*time.Hour, ana, itsm.ActCancel, itsm.Cancellation{Note: "Not needed."})
	w.run(draft())
	own.refused(t, "change.own_approval")
}

// Whom Slack could not reach stands in the details until it can.
func TestTheDetailsSayWhomNobodyReached(t *testing.T) {
	w := newWorld(t)
	w.missed = [][]string{{"C0WEBSITE"}}
	details := func() string {
		value, err := w.QueryWorkflow("__temporal_workflow_metadata")
		require.NoError(t, err)
		var m sdkpb.WorkflowMetadata
		require.NoError(t, value.Get(&m))
		return m.GetCurrentDetails()
	}
	var before, after string
	w.RegisterDelayedCallback(func() { before = details() }, time.Hour)
	act(w, 2*time.Hour, bob, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	w.RegisterDelayedCallback(func() { after = details() }, 3*time.Hour)
	act(w, 4*time.Hour, ana, itsm.ActCancel, itsm.Cancellation{Note: "Not needed."})
	w.run(draft())
	require.Contains(t, before, "Not reached in Slack | C0WEBSITE")
	require.Contains(t, after, "scheduled")
	require.NotContains(t, after, "Not reached")
}

func TestAProcessWithoutARequestEnds(t *testing.T) {
	w := newWorld(t)
	w.ExecuteWorkflow(workflows.Change, itsm.Number("CHG-1"))
	require.Equal(t, "change.never_raised", itsm.AsError(wire.Fault(w.GetWorkflowError())).Code)
}

func TestWhatTheDeskDidNotSignIsRefused(t *testing.T) {
	for name, forge := range map[string]func(*wire.Act, *wire.Bound){
		"no signature": func(act *wire.Act, _ *wire.Bound) { act.MAC = nil },
		"another body": func(act *wire.Act, _ *wire.Bound) {
			act.Said = bytes.ReplaceAll(act.Said, []byte("bob"), []byte("eve"))
		},
		"another signature": func(act *wire.Act, _ *wire.Bound) { act.MAC[0] ^= 1 },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			var rejected error
			w.RegisterDelayedCallback(func() {
				b := wire.Bound{WorkflowID: "default-test-workflow-id", Update: string(itsm.ActDecide), UpdateID: "forged"}
				signed, err := wire.Sign(keys, b, bob, itsm.DecisionRequest{Verdict: itsm.Approve}, w.Now())
				require.NoError(t, err)
				forge(&signed, &b)
				w.UpdateWorkflow(string(itsm.ActDecide), "forged", &testsuite.TestUpdateCallback{
					OnAccept: func() { t.Error("accepted") }, OnReject: func(err error) { rejected = err }, OnComplete: func(any, error) {},
				}, signed)
			}, time.Hour)
			_, end := w.run(draft())
			require.Equal(t, itsm.State(itsm.ChangeExpired), end.State)
			require.Equal(t, "actor.unsigned", itsm.AsError(wire.Fault(rejected)).Code)
		})
	}
}
