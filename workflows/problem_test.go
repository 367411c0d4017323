package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
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
	mia    = itsm.Actor{Person: "mia", Roles: []itsm.Role{itsm.ProblemManager}, Door: itsm.DoorSlack, Scopes: both}
	noor   = itsm.Actor{Person: "noor", Roles: []itsm.Role{itsm.ProblemManager}, Door: itsm.DoorAPI, Scopes: both}
	finder = itsm.Actor{Person: itsm.Monitoring, Roles: []itsm.Role{itsm.Monitor}, Door: itsm.DoorSystem, Scopes: both}
)

// problems is a problem's process in the time-skipping environment: all of its runs,
// one after the other, and all that they saved.
type problems struct {
	t       *testing.T
	env     *testsuite.TestWorkflowEnvironment
	start   time.Time
	catalog itsm.Catalog // as it is now
	pinned  itsm.Catalog // as it was when the problem was recorded
	changes map[itsm.Number]itsm.Change
	others  map[itsm.Number]itsm.Problem // problems beside it
	linked  []itsm.Number                // its incidents

	moments []moment

	mu      sync.Mutex // activities run beside one another, and beside what happens at an instant
	steps   []itsm.ProblemStep
	said    []itsm.Comment
	signals []string
	shown   []int
	runs    int
	timers  map[string]string
	sent    int
}

// moment is something that happens at an instant, in whichever run.
type moment struct {
	at time.Time
	do func()
}

// newProblems begins on a Monday at 10:00 in Berlin.
func newProblems(t *testing.T) *problems {
	t.Helper()
	w := &problems{
		t: t, start: time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC), changes: map[itsm.Number]itsm.Change{}, others: map[itsm.Number]itsm.Problem{},
	}
	w.catalog = itsm.Catalog{
		Teams: []itsm.Team{{ID: "web", Manager: "boss"}}, Calendars: []itsm.Calendar{office},
		Services: []itsm.Service{{ID: "payments", Owner: "max", Team: "web"}},
		Problem:  itsm.ProblemPolicy{Calendar: "office"},
	}
	for _, id := range []itsm.PersonID{"mia", "noor"} {
		w.catalog.People = append(w.catalog.People, itsm.Person{ID: id, Zone: "Europe/Berlin", Roles: []itsm.Role{itsm.ProblemManager}})
	}
	for _, id := range []itsm.PersonID{"pat", "boss", "max"} {
		w.catalog.People = append(w.catalog.People, itsm.Person{ID: id, Zone: "Europe/Berlin", Roles: []itsm.Role{itsm.Responder}})
	}
	w.pinned = w.catalog
	return w
}

// on is an instant of 2026 in Berlin, such as 02-20 10:00.
func (w *problems) on(date string) time.Time {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(w.t, err)
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+date, zone)
	require.NoError(w.t, err)
	return at
}

// environment is that of one run.
func (w *problems) environment() *testsuite.TestWorkflowEnvironment {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(w.start)
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{wire.Interceptor(keys)}})
	env.SetTestTimeout(30 * time.Second)
	env.RegisterWorkflowWithOptions(workflows.Problem, workflow.RegisterOptions{Name: workflows.ProblemType})
	env.RegisterActivity(&activities.Activities{})
	env.OnActivity(a.RecordProblem, mock.Anything, mock.Anything).Return(w.record).Maybe()
	env.OnActivity(a.StepProblem, mock.Anything, mock.Anything).Return(func(_ context.Context, s activities.ProblemStepping) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.steps = append(w.steps, s.Step)
		return nil
	}).Maybe()
	env.OnActivity(a.CommentOnProblem, mock.Anything, mock.Anything).Return(func(_ context.Context, c activities.Commenting) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.said = append(w.said, c.Comment)
		return nil
	}).Maybe()
	env.OnActivity(a.ReckonProblem, mock.Anything, mock.Anything).Return(func(_ context.Context, r activities.ProblemReckoning) (itsm.ProblemReckoning, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		p := itsm.Problem{Number: r.Number}
		p.Clocks, p.Idle = r.Clocks, r.Idle
		return p.Reckon(w.pinned.Problem, hoursIn, w.env.Now())
	}).Maybe()
	env.OnActivity(a.OpenPublication, mock.Anything, mock.Anything).Return(func(_ context.Context, p activities.Matter) (itsm.Opening, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.catalog.OpenPublication(w.pinned.Problem, p.Asking, w.env.Now())
	}).Maybe()
	env.OnActivity(a.CallLevel, mock.Anything, mock.Anything).Return(func(_ context.Context, c activities.CallingLevel) (itsm.Called, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		s := itsm.Summons{Calling: c.Calling, Team: c.Team, Owner: c.Owner, At: w.env.Now()}
		return w.catalog.CallLevel(s, func(itsm.RotationID) ([]itsm.PersonID, error) { return nil, nil })
	}).Maybe()
	env.OnActivity(a.ReadFix, mock.Anything, mock.Anything).Return(func(_ context.Context, n itsm.Number) (itsm.Change, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.changes[n], nil
	}).Maybe()
	env.OnActivity(a.ReadProblem, mock.Anything, mock.Anything).Return(func(_ context.Context, n itsm.Number) (itsm.Problem, error) { return w.others[n], nil }).Maybe()
	env.OnActivity(a.ProblemIncidents, mock.Anything, mock.Anything).Return(func(context.Context, itsm.Number) ([]itsm.Number, error) { return w.linked, nil }).Maybe()
	env.OnActivity(a.ShowProblem, mock.Anything, mock.Anything).Return(func(_ context.Context, target activities.Target) (activities.Shown, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.shown = append(w.shown, target.Revision)
		return activities.Shown{}, nil
	}).Maybe()
	env.OnSignalExternalWorkflow(mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(
		func(_, id, _, signal string, of any) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.signals = append(w.signals, fmt.Sprint(signal, " ", id, " ", of))
			return nil
		}).Maybe()
	w.timers = map[string]string{}
	env.SetOnTimerScheduledListener(func(id string, _ time.Duration) { w.timers[id] = "running" })
	env.SetOnTimerFiredListener(func(id string) { w.timers[id] = "fired" })
	env.SetOnTimerCanceledListener(func(id string) { w.timers[id] = "cancelled" })
	return env
}

func (w *problems) record(_ context.Context, r activities.ProblemRecording) (activities.ProblemRecorded, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := r.Problem
	p.PolicyVersion, p.Revision, p.Team, p.Owner = 3, 1, "web", "max"
	w.pinned = w.catalog
	p.Begin(r.Draft, &w.pinned)
	reckoned, err := p.Reckon(w.pinned.Problem, hoursIn, p.RaisedAt)
	p.Clocks = reckoned.Clocks
	return activities.ProblemRecorded{Problem: p, Terms: w.pinned.ProblemTerms()}, err
}

// at has something happen at an instant.
func (w *problems) at(at time.Time, do func()) { w.moments = append(w.moments, moment{at, do}) }

// acts sends an act at an instant, signed as the desk signs, under an id of its own.
func acts[T any](w *problems, at time.Time, who itsm.Actor, verb itsm.Act, body T) *says {
	w.sent++
	return actsAs(w, fmt.Sprintf("act-%d", w.sent), at, who, verb, body)
}

func actsAs[T any](w *problems, id string, at time.Time, who itsm.Actor, verb itsm.Act, body T) *says {
	out := &says{}
	w.at(at, func() {
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
	})
	return out
}

// full has Temporal suggest a new run, which the next act makes it see.
func (w *problems) full(at time.Time) {
	w.at(at, func() { w.env.SetContinueAsNewSuggested(true) })
}

// ends runs the process to its end, in as many runs as it takes, and returns its receipt.
func (w *problems) ends() itsm.Receipt {
	w.t.Helper()
	var before *workflows.Carried
	for {
		w.env = w.environment()
		for _, m := range w.moments {
			if !m.at.Before(w.start) {
				w.env.RegisterDelayedCallback(m.do, m.at.Sub(w.start))
			}
		}
		w.env.ExecuteWorkflow(workflows.ProblemType, itsm.Number("PRB-7"), before)
		w.runs++
		require.True(w.t, w.env.IsWorkflowCompleted())
		for id, state := range w.timers {
			require.NotEqual(w.t, "running", state, "timer %s is left running", id)
		}
		var anew *workflow.ContinueAsNewError
		if !errors.As(w.env.GetWorkflowError(), &anew) {
			break
		}
		var n itsm.Number
		before = nil
		require.NoError(w.t, converter.GetDefaultDataConverter().FromPayloads(anew.Input, &n, &before))
		require.Equal(w.t, itsm.Number("PRB-7"), n)
		w.start = w.env.Now()
	}
	require.NoError(w.t, w.env.GetWorkflowError())
	var r itsm.Receipt
	require.NoError(w.t, w.env.GetWorkflowResult(&r))
	w.whole()
	return r
}

// whole checks that every revision was saved once, each from where the one before left.
func (w *problems) whole() {
	w.t.Helper()
	slices.SortFunc(w.steps, func(x, y itsm.ProblemStep) int { return x.Event.Revision - y.Event.Revision })
	for n, s := range w.steps {
		require.Equal(w.t, n+2, s.Event.Revision, "a revision is missing or saved twice")
		require.Equal(w.t, itsm.State(s.Standing.State), s.Event.To)
		if n > 0 {
			require.Equal(w.t, w.steps[n-1].Event.To, s.Event.From)
		}
	}
}

// when are the instants at which something of a kind happened.
func (w *problems) when(k itsm.EventKind) (all []time.Time) {
	for _, s := range w.steps {
		if s.Event.Kind == k {
			all = append(all, s.Event.At)
		}
	}
	return all
}

// left is the problem as its last event left it.
func (w *problems) left() itsm.ProblemStanding { return w.steps[len(w.steps)-1].Standing }

func (w *problems) raised() *says {
	d := itsm.ProblemDraft{ProblemText: itsm.ProblemText{Title: "Payments stall", Service: "payments", Incidents: []itsm.Number{"INC-1", "INC-2"}}}
	return acts(w, w.start, pat, itsm.ActProblemRaise, d)
}

var (
	proven = itsm.RootCauseRequest{
		Method: itsm.FiveWhys, Known: true,
		Cause: &itsm.Claim{Text: "The pool is never emptied.", Evidence: []itsm.Evidence{{Record: "INC-1"}}},
	}
	reload = itsm.WorkaroundRequest{Symptoms: "Payments hang", Workaround: "Reload the pool.", Risk: "Ten seconds without payments", VerifiedBy: "pat"}
)

// becomes has a change be recorded so from now on.
func (w *problems) becomes(c itsm.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changes[c.Number] = c
}

// fixed is a change that ended.
func fixed(n itsm.Number, outcome itsm.Outcome) itsm.Change {
	return itsm.Change{Number: n, State: itsm.ChangeClosed, Outcome: outcome}
}

// TestElevenMonthsOfAProblem goes through two new runs, both changes of the clock and
// another catalog, and nobody sees a difference.
func TestElevenMonthsOfAProblem(t *testing.T) {
	w := newProblems(t)
	w.linked = []itsm.Number{"INC-1", "INC-2"}
	raised := w.raised()
	accepted := actsAs(w, "accept", w.on("01-13 09:30"), mia, itsm.ActAccept, itsm.Acceptance{Coordinator: "pat"})
	acts(w, w.on("02-20 10:00"), pat, itsm.ActRootCause, proven)
	acts(w, w.on("02-23 10:00"), pat, itsm.ActWorkaround, reload)
	acts(w, w.on("02-23 11:00"), pat, itsm.ActPublish, itsm.NoteRequest{})
	own := acts(w, w.on("02-23 11:30"), pat, itsm.ActProblemDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	acts(w, w.on("02-23 12:00"), mia, itsm.ActProblemDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	acts(w, w.on("02-23 13:00"), pat, itsm.ActCommunicate, itsm.NoteRequest{})

	w.full(w.on("03-01 10:00"))
	acts(w, w.on("03-01 10:01"), pat, itsm.ActProblemComment, itsm.CommentRequest{Text: "Waiting for the vendor."})
	again := actsAs(w, "accept", w.on("03-02 10:00"), mia, itsm.ActAccept, itsm.Acceptance{Coordinator: "pat"})

	acts(w, w.on("03-25 15:00"), pat, itsm.ActProblemRelate, itsm.RelateRequest{Kind: itsm.FoundIn, To: "INC-3"}) // the clock goes forward on 29 March
	acts(w, w.on("04-08 09:00"), pat, itsm.ActFix, itsm.FixRequest{Change: "CHG-9"})
	early := acts(w, w.on("04-09 09:00"), mia, itsm.ActProblemClose, itsm.NoteRequest{})
	w.at(w.on("04-20 16:00"), func() {
		w.becomes(fixed("CHG-9", itsm.Failed))
		w.env.SignalWorkflow(workflows.ChangeEnded, itsm.Number("CHG-9"))
	})
	acts(w, w.on("04-21 09:00"), mia, itsm.ActAcceptRisk, itsm.RiskRequest{Note: "The vendor mends it in autumn.", ExpiresAt: w.on("09-15 09:00")})
	w.at(w.on("06-01 09:00"), func() { // another policy, and other people
		w.mu.Lock()
		defer w.mu.Unlock()
		w.catalog.Problem.Watch = itsm.Length{Time: time.Hour}
		w.catalog.People = slices.DeleteFunc(slices.Clone(w.catalog.People), func(p itsm.Person) bool { return p.ID == "mia" })
	})
	acts(w, w.on("09-16 09:00"), pat, itsm.ActRootCause, proven)
	acts(w, w.on("10-05 09:00"), pat, itsm.ActFix, itsm.FixRequest{Change: "CHG-12"})

	w.full(w.on("10-06 10:00"))
	acts(w, w.on("10-06 10:01"), pat, itsm.ActProblemComment, itsm.CommentRequest{Text: "The change is raised."})
	w.at(w.on("10-20 14:00"), func() {
		w.becomes(fixed("CHG-12", itsm.Successful))
		w.env.SignalWorkflow(workflows.ChangeEnded, itsm.Number("CHG-12"))
	})
	acts(w, w.on("12-11 10:00"), noor, itsm.ActProblemClose, itsm.NoteRequest{Note: "It has held."})
	end := w.ends()

	require.Equal(t, 3, w.runs)
	require.Equal(t, itsm.State(itsm.ProblemClosed), end.State)
	require.NoError(t, raised.err)
	require.NoError(t, accepted.err)
	require.Equal(t, accepted.receipt, again.receipt, "the same act in a later run is answered as it was")
	require.Len(t, w.when(itsm.EventProblemAccepted), 1)
	require.Equal(t, "known_error.own_request", code(own.err))
	require.Equal(t, "problem.not_now", code(early.err))
	require.Len(t, w.said, 2)
	require.Equal(t, []int{1, 2}, []int{w.said[0].ID, w.said[1].ID})

	// Nobody was at it: nudged after five business days, escalated after ten, by the
	// clock on the wall on either side of the change of the clock.
	require.Equal(t, w.on("01-20 09:30").UTC(), w.when(itsm.EventProblemNudged)[0].UTC())
	require.Equal(t, w.on("01-27 09:30").UTC(), w.when(itsm.EventProblemIdle)[0].UTC())
	require.Contains(t, times(w.when(itsm.EventProblemNudged)), w.on("04-01 15:00").UTC().Format(time.RFC3339))
	require.Equal(t, w.on("09-15 09:00").UTC(), w.when(itsm.EventRiskExpired)[0].UTC())
	require.Equal(t, w.on("10-20 14:00").UTC(), w.when(itsm.EventFixDeployed)[0].UTC(), "woken when its change ends, not later")
	require.Equal(t, w.on("10-20 14:00").Add(30*24*time.Hour).UTC(), w.when(itsm.EventWatchPassed)[0].UTC(), "under the policy that it began with")
	require.Equal(t, []string{"change.awaited CHG-9 PRB-7", "change.awaited CHG-12 PRB-7"}, w.signalled("change.awaited"))
	require.NotEmpty(t, w.signalled("problem.moved INC-1"))
	require.Equal(t, itsm.KnownErrorRetired, w.left().Published.State)
	require.Equal(t, itsm.EndedFixed, w.left().Ending)
	require.Len(t, w.left().FailedFixes, 1)
	for _, kind := range []itsm.EventKind{itsm.EventWorkaroundTold, itsm.EventKnownErrorPublished, itsm.EventFixFailed, itsm.EventWatchBegan, itsm.EventRiskAccepted} {
		require.Len(t, w.when(kind), 1, kind)
	}
	require.Equal(t, w.left().Revision, slices.Max(w.shown), "people see it as it ended")
}

func times(all []time.Time) (out []string) {
	for _, t := range all {
		out = append(out, t.UTC().Format(time.RFC3339))
	}
	return out
}

// signalled are the signals that begin so, in their order.
func (w *problems) signalled(first string) (all []string) {
	for _, s := range w.signals {
		if len(s) >= len(first) && s[:len(first)] == first {
			all = append(all, s)
		}
	}
	return all
}

// code is the stable word of a refusal; empty where there is none.
func code(err error) string {
	if err == nil {
		return ""
	}
	return itsm.AsError(wire.Fault(err)).Code
}
