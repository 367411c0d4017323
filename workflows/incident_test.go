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

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/activities/holidays"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
	"github.com/steward-itsm/steward/workflows/wire"
)

var (
	pat     = itsm.Actor{Person: "pat", Roles: []itsm.Role{itsm.Responder}, Door: itsm.DoorSlack, Scopes: both}
	lee     = itsm.Actor{Person: "lee", Roles: []itsm.Role{itsm.Responder}, Door: itsm.DoorAPI, Scopes: both}
	monitor = itsm.Actor{Person: itsm.Monitoring, Roles: []itsm.Role{itsm.Monitor}, Door: itsm.DoorWebhook, Scopes: both}
)

// incidents is an incident process in the time-skipping environment, with a policy
// in real office hours, and all that it saved.
type incidents struct {
	*testsuite.TestWorkflowEnvironment

	t       *testing.T
	began   time.Time
	policy  itsm.IncidentPolicy
	calling string            // the escalation policy; empty: nobody is called
	levels  [][]itsm.PersonID // by level: who is called; an empty one is skipped
	within  time.Duration     // each has to answer
	rounds  int
	stale   time.Duration
	failed  []itsm.PersonID // whom no way reaches
	parent  itsm.Incident   // as it is recorded
	kids    []itsm.Number
	sent    []string                         // signals to other processes
	showing func() (activities.Shown, error) // nil: everybody can be shown everything

	mu      sync.Mutex
	steps   []itsm.IncidentStep
	said    []itsm.Comment
	paged   []int
	shown   []int
	timers  map[string]string
	updates int
}

var office = itsm.Calendar{ID: "office", Name: "Office", Zone: "Europe/Berlin", Hours: itsm.WeeklyHours{
	Mon: []itsm.Span{"09:00-17:00"}, Tue: []itsm.Span{"09:00-17:00"}, Wed: []itsm.Span{"09:00-17:00"},
	Thu: []itsm.Span{"09:00-17:00"}, Fri: []itsm.Span{"09:00-17:00"},
}}

func hoursIn(id itsm.CalendarID) (itsm.BusinessTime, error) {
	if id == "" {
		return itsm.AroundTheClock, nil
	}
	return holidays.Hours(office)
}

// newIncidents begins on a Tuesday at 10:00 in Berlin, unless another time is given.
func newIncidents(t *testing.T, at ...time.Time) *incidents {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	w := &incidents{
		TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t, timers: map[string]string{},
		calling: "pager", levels: [][]itsm.PersonID{{"pat"}, {"lee"}}, within: 5 * time.Minute, rounds: 1,
	}
	start := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	if len(at) > 0 {
		start = at[0]
	}
	w.SetStartTime(start)
	w.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{wire.Interceptor(keys)}})
	w.SetTestTimeout(30 * time.Second)
	w.RegisterWorkflow(workflows.Incident)
	w.RegisterActivity(&activities.Activities{})
	w.OnActivity(a.RecordIncident, mock.Anything, mock.Anything).Return(w.record).Maybe()
	w.OnActivity(a.StepIncident, mock.Anything, mock.Anything).Return(func(_ context.Context, s activities.IncidentStepping) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.steps = append(w.steps, s.Step)
		return nil
	}).Maybe()
	w.OnActivity(a.CommentOnIncident, mock.Anything, mock.Anything).Return(func(_ context.Context, c activities.Commenting) error {
		w.said = append(w.said, c.Comment)
		return nil
	}).Maybe()
	w.OnActivity(a.ReckonIncident, mock.Anything, mock.Anything).Return(func(_ context.Context, r activities.Reckoning) (itsm.Reckoning, error) {
		return r.Incident.Reckon(&w.policy, hoursIn, w.Now())
	}).Maybe()
	w.OnActivity(a.CallLevel, mock.Anything, mock.Anything).Return(w.call).Maybe()
	w.OnActivity(a.PageIncident, mock.Anything, mock.Anything).Return(func(_ context.Context, target activities.Target) (activities.Paged, error) {
		w.paged = append(w.paged, target.Revision)
		return activities.Paged{Failed: w.failed}, nil
	}).Maybe()
	w.OnActivity(a.ShowIncident, mock.Anything, mock.Anything).Return(func(_ context.Context, target activities.Target) (activities.Shown, error) {
		if w.showing != nil {
			return w.showing()
		}
		w.shown = append(w.shown, target.Revision)
		return activities.Shown{}, nil
	}).Maybe()
	w.OnActivity(a.ReadIncident, mock.Anything, mock.Anything).Return(func(context.Context, itsm.Number) (itsm.Incident, error) { return w.parent, nil }).Maybe()
	w.OnActivity(a.IncidentChildren, mock.Anything, mock.Anything).Return(func(context.Context, itsm.Number) ([]itsm.Number, error) { return w.kids, nil }).Maybe()
	w.OnSignalExternalWorkflow(mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(
		func(_, id, _, signal string, _ any) error { w.sent = append(w.sent, signal+" "+id); return nil }).Maybe()
	w.SetOnTimerScheduledListener(func(id string, _ time.Duration) { w.timers[id] = "running" })
	w.SetOnTimerFiredListener(func(id string) { w.timers[id] = "fired" })
	w.SetOnTimerCanceledListener(func(id string) { w.timers[id] = "cancelled" })
	w.began = w.Now()
	return w
}

func (w *incidents) record(_ context.Context, r activities.IncidentRecording) (activities.IncidentRecorded, error) {
	i := r.Incident
	i.PolicyVersion, i.Revision, i.Team, i.Owner = 3, 1, "web", "max"
	i.Escalation = itsm.Escalation{Policy: itsm.EscalationID(w.calling), StaleAfter: itsm.Duration(w.stale)}
	i.Begin(r.Draft, &w.policy)
	reckoned, err := i.Reckon(&w.policy, hoursIn, i.RaisedAt)
	i.Clocks = reckoned.Clocks
	return activities.IncidentRecorded{Incident: i, Terms: w.policy.IncidentTerms()}, err
}

// call answers as the catalog does, of levels that name people.
func (w *incidents) call(_ context.Context, c activities.CallingLevel) (itsm.Called, error) {
	policy := itsm.EscalationPolicy{ID: "pager", Repeat: w.rounds - 1, StaleAfter: itsm.Duration(w.stale)}
	catalog := itsm.Catalog{Teams: []itsm.Team{{ID: "web", Manager: "boss"}, {ID: "db", Manager: "boss", Members: []itsm.PersonID{"lee"}}}}
	for _, people := range w.levels {
		level := itsm.CallLevel{Within: itsm.Duration(w.within)}
		for _, id := range people {
			level.Targets = append(level.Targets, itsm.CallTarget{Person: id})
		}
		policy.Levels = append(policy.Levels, level)
	}
	for _, id := range []itsm.PersonID{"pat", "lee", "boss", "max"} {
		catalog.People = append(catalog.People, itsm.Person{ID: id, Zone: "UTC", Roles: []itsm.Role{itsm.Responder, itsm.IncidentManager}})
	}
	s := itsm.Summons{Calling: c.Calling, Policy: policy, Team: c.Team, Owner: c.Owner, At: w.Now()}
	return catalog.CallLevel(s, func(itsm.RotationID) ([]itsm.PersonID, error) { return nil, nil })
}

// does sends an act after a while, signed as the desk signs.
func does[T any](w *incidents, after time.Duration, who itsm.Actor, verb itsm.Act, body T) *says {
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

func (w *incidents) reports(who itsm.Actor, impact, urgency itsm.Degree) *says {
	draft := itsm.IncidentDraft{IncidentText: itsm.IncidentText{Title: "No payments", Service: "payments"}, Impact: impact, Urgency: urgency}
	return does(w, 0, who, itsm.ActIncidentRaise, draft)
}

// ends runs the process to its end and returns its receipt.
func (w *incidents) ends() itsm.Receipt {
	w.t.Helper()
	w.ExecuteWorkflow(workflows.Incident, itsm.Number("INC-7"))
	require.True(w.t, w.IsWorkflowCompleted())
	require.NoError(w.t, w.GetWorkflowError())
	var r itsm.Receipt
	require.NoError(w.t, w.GetWorkflowResult(&r))
	for id, state := range w.timers {
		require.NotEqual(w.t, "running", state, "timer %s is left running", id)
	}
	slices.SortFunc(w.steps, func(x, y itsm.IncidentStep) int { return x.Event.Revision - y.Event.Revision })
	for n, s := range w.steps {
		require.Equal(w.t, n+2, s.Event.Revision, "a revision is missing or saved out of its order")
		if n > 0 {
			require.Equal(w.t, w.steps[n-1].Event.To, s.Event.From)
		}
	}
	return r
}

// happened are the kinds of what was saved, without what calendars alone say.
func (w *incidents) happened() (kinds []itsm.EventKind) {
	for _, s := range w.steps {
		if s.Event.Kind != itsm.EventDeadlinesSet {
			kinds = append(kinds, s.Event.Kind)
		}
	}
	return kinds
}

// at is when the nth event of a kind happened, from the report on.
func (w *incidents) at(kind itsm.EventKind, nth int) time.Duration {
	w.t.Helper()
	all := slices.DeleteFunc(slices.Clone(w.steps), func(s itsm.IncidentStep) bool { return s.Event.Kind != kind })
	require.Greater(w.t, len(all), nth, "%s happened %d times", kind, len(all))
	return all[nth].Event.At.Sub(w.began)
}

func (w *incidents) left() itsm.IncidentStanding { return w.steps[len(w.steps)-1].Standing }

func TestAnIncidentIsReportedAnsweredResolvedAndClosed(t *testing.T) {
	w := newIncidents(t)
	raised := w.reports(ana, itsm.HighDegree, itsm.HighDegree)
	acked := does(w, 3*time.Minute, pat, itsm.ActAcknowledge, itsm.NoteRequest{})
	resolved := does(w, time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Restarted it."})
	closed := does(w, 2*time.Hour, ana, itsm.ActConfirm, itsm.NoteRequest{})
	require.Equal(t, itsm.State("closed"), w.ends().State)
	require.NoError(t, raised.err)
	require.Equal(t, itsm.State("triaged"), raised.receipt.State)
	require.Equal(t, itsm.State("in_progress"), acked.receipt.State)
	require.Equal(t, itsm.State("resolved"), resolved.receipt.State)
	require.NoError(t, closed.err)
	require.Equal(t, itsm.State("closed"), closed.receipt.State)
	require.Equal(t, []itsm.EventKind{
		itsm.EventTriaged, itsm.EventEscalated, itsm.EventAcknowledged, itsm.EventResolved, itsm.EventIncidentClosed,
	}, w.happened())
	left := w.left()
	require.Equal(t, itsm.P1, left.Priority)
	require.Equal(t, itsm.ClosedConfirmed, left.Closing)
	require.Equal(t, itsm.PersonID("pat"), left.Assignee)
	require.Equal(t, 3*time.Minute, left.Clocks[0].StoppedAt.Sub(w.began))
	require.Equal(t, &itsm.Elapsed{Actual: itsm.Duration(time.Hour), Business: itsm.Duration(time.Hour)}, left.Clocks[1].Elapsed)
	require.Len(t, w.paged, 1)
}

func TestWhoDoesNotAnswerIsFollowedByTheNextLevelAndThenByTheOwner(t *testing.T) {
	w := newIncidents(t)
	w.rounds = 2
	w.reports(ana, itsm.HighDegree, itsm.MediumDegree)
	does(w, time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
	w.ends()
	for n, after := range []time.Duration{0, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute} {
		require.Equal(t, after, w.at(itsm.EventEscalated, n).Truncate(time.Minute))
	}
	require.Equal(t, 20*time.Minute, w.at(itsm.EventUnanswered, 0))
}

func TestAnEmptyLevelIsSkippedAtOnceOnRecord(t *testing.T) {
	w := newIncidents(t)
	w.levels = [][]itsm.PersonID{{}, {"lee"}}
	w.reports(ana, itsm.HighDegree, itsm.HighDegree)
	does(w, time.Minute, lee, itsm.ActAcknowledge, itsm.NoteRequest{})
	does(w, 2*time.Minute, lee, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
	w.ends()
	require.Equal(t, time.Duration(0), w.at(itsm.EventEscalated, 0))
	call := w.steps[1].Event.Detail.Call
	require.Equal(t, 2, call.Level)
	require.Len(t, call.Skipped, 1)
	require.Equal(t, 1, call.Skipped[0].Level)
}

func TestNobodyAnywhereIsToldToTheOwner(t *testing.T) {
	w := newIncidents(t)
	w.levels = [][]itsm.PersonID{{}, {}}
	w.reports(ana, itsm.HighDegree, itsm.HighDegree)
	does(w, time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
	w.ends()
	require.Equal(t, time.Duration(0), w.at(itsm.EventUnroutable, 0))
}

func TestWhomNoWayReachesIsFollowedAtOnce(t *testing.T) {
	w := newIncidents(t)
	w.failed = []itsm.PersonID{"pat"}
	w.reports(ana, itsm.HighDegree, itsm.HighDegree)
	does(w, 2*time.Minute, lee, itsm.ActAcknowledge, itsm.NoteRequest{})
	does(w, 3*time.Minute, lee, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
	w.ends()
	require.Equal(t, time.Duration(0), w.at(itsm.EventEscalated, 1))
	require.Equal(t, itsm.TriggerUnreached, w.steps[2].Event.Detail.Call.Trigger)
}

func TestAStaleAcknowledgementCallsAgain(t *testing.T) {
	w := newIncidents(t)
	w.stale = 30 * time.Minute
	w.reports(ana, itsm.HighDegree, itsm.HighDegree)
	does(w, time.Minute, pat, itsm.ActAcknowledge, itsm.NoteRequest{})
	does(w, 20*time.Minute, pat, itsm.ActIncidentComment, itsm.CommentRequest{Text: "Still looking.", Update: true})
	does(w, 55*time.Minute, lee, itsm.ActAcknowledge, itsm.NoteRequest{})
	does(w, 80*time.Minute, lee, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
	w.ends()
	require.Equal(t, 50*time.Minute, w.at(itsm.EventAckStale, 0), "the comment renewed it")
	require.Equal(t, 50*time.Minute, w.at(itsm.EventEscalated, 1))
	require.Equal(t, itsm.PersonID("lee"), w.left().Assignee)
}

func TestTargetsAreToldOnceEachAndStopWhenItIsResolved(t *testing.T) {
	w := newIncidents(t)
	w.calling = ""
	w.reports(ana, itsm.HighDegree, itsm.HighDegree) // 15 min, 4 h
	does(w, 5*time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Late."})
	w.ends()
	type told struct {
		clock   itsm.ClockKind
		percent int
		at      time.Duration
	}
	var all []told
	for _, s := range w.steps {
		if d := s.Event.Detail; d != nil && d.Clock != nil {
			all = append(all, told{d.Clock.Clock, d.Clock.Percent, s.Event.At.Sub(w.began)})
		}
	}
	require.Equal(t, []told{
		{"response", 50, 7*time.Minute + 30*time.Second},
		{"response", 75, 11*time.Minute + 15*time.Second},
		{"response", 90, 13*time.Minute + 30*time.Second},
		{"response", 100, 15 * time.Minute},
		{"response", 200, 30 * time.Minute},
		{"resolution", 50, 2 * time.Hour},
		{"resolution", 75, 3 * time.Hour},
		{"resolution", 90, 3*time.Hour + 36*time.Minute},
		{"resolution", 100, 4 * time.Hour},
	}, all)
	require.False(t, w.left().Clocks[1].Met())
}

func TestAPriorityThatRisesCountsFromTheBeginning(t *testing.T) {
	w := newIncidents(t)
	w.calling = ""
	w.reports(ana, itsm.MediumDegree, itsm.MediumDegree) // P3: 4 h, 3 days
	does(w, 3*time.Hour, pat, itsm.ActReprioritise, itsm.Reprioritisation{Impact: itsm.HighDegree, Urgency: itsm.HighDegree})
	does(w, 6*time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
	w.ends()
	require.Equal(t, 3*time.Hour, w.at(itsm.EventTargetMissed, 0), "the response of a P1 was due long before: said once, at once")
	require.Equal(t, 4*time.Hour, w.at(itsm.EventTargetMissed, 1), "the resolution counts from the report")
	for _, s := range w.steps {
		if s.Event.Kind == itsm.EventTargetWarned && s.Event.Detail.Clock.Clock == itsm.ResolutionClock {
			require.Equal(t, 90, s.Event.Detail.Clock.Percent, "half and three quarters lay in the past")
		}
	}
}

func TestOverTheNightOfSummerTimeAnHourIsMissingAndNotForgotten(t *testing.T) {
	w := newIncidents(t, time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC)) // midnight in Berlin, the clock springs forward at two
	w.calling = ""
	w.policy.Priorities = []itsm.PriorityTerms{{Priority: itsm.P1, Resolve: itsm.Length{Time: 4 * time.Hour}, Calendar: "office"}}
	w.reports(ana, itsm.HighDegree, itsm.HighDegree)
	does(w, 40*time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
	w.ends()
	due := w.steps[0].Standing.Clocks[1].DueAt
	require.Equal(t, time.Date(2026, 3, 30, 11, 0, 0, 0, time.UTC), *due, "13:00 on Monday in Berlin, by summer time")
	require.Equal(t, due.Sub(w.began), w.at(itsm.EventTargetMissed, 0))
}

func TestWhatIsReopenedBeginsAnotherCycleAndKeepsTheFirstMiss(t *testing.T) {
	w := newIncidents(t)
	w.reports(ana, itsm.HighDegree, itsm.HighDegree)
	does(w, 5*time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Late."})
	does(w, 6*time.Hour, ana, itsm.ActReopen, itsm.NoteRequest{Note: "It is still broken."})
	does(w, 6*time.Hour+time.Minute, pat, itsm.ActAcknowledge, itsm.NoteRequest{})
	does(w, 7*time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Now."})
	does(w, 8*time.Hour, ana, itsm.ActConfirm, itsm.NoteRequest{})
	w.ends()
	left := w.left()
	require.Len(t, left.Clocks, 3)
	require.NotNil(t, left.Clocks[1].MissedAt)
	require.Equal(t, 2, left.Clocks[2].Cycle)
	require.True(t, left.Clocks[2].Met())
	require.Equal(t, 6*time.Hour, w.at(itsm.EventEscalated, len(w.paged)-1), "people are called for it again")
}

func TestAMachineThatHasSeenItStopsTheCallingAndNoClock(t *testing.T) {
	w := newIncidents(t)
	w.reports(monitor, itsm.HighDegree, itsm.HighDegree)
	does(w, time.Minute, monitor, itsm.ActAcknowledge, itsm.NoteRequest{})
	does(w, time.Hour, monitor, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedRecovered, Note: "The alert ended."})
	does(w, 2*time.Hour, pat, itsm.ActConfirm, itsm.NoteRequest{})
	w.ends()
	require.Equal(t, 15*time.Minute, w.at(itsm.EventTargetMissed, 0), "nobody answered")
	require.Len(t, w.paged, 1)
	require.Nil(t, w.left().Acknowledged)
}
