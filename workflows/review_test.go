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
	vera = itsm.Actor{Person: "vera", Roles: []itsm.Role{itsm.SupplierManager}, Door: itsm.DoorAPI, Scopes: both}
	carl = itsm.Actor{Person: "carl", Roles: []itsm.Role{itsm.CommercialManager}, Door: itsm.DoorSlack, Scopes: both}
)

// period is one period of a supplier, as its people spend it: when they do what, in days
// after its end, and what it scores.
type period struct {
	score, meet, sign float64
	points            int // for each criterion that people judge
}

// reviews are the reviews of one supplier in the time-skipping environment: a process
// that begins one for each period, as its schedule does, and all that they saved. The
// supplier takes up what it scored.
type reviews struct {
	t        *testing.T
	env      *testsuite.TestWorkflowEnvironment
	zone     *time.Location
	supplier itsm.Supplier
	periods  map[string]period

	mu     sync.Mutex
	begun  []itsm.Number
	steps  map[itsm.Number][]itsm.ReviewStep
	rated  []itsm.Number
	acts   map[string]error // what acts were refused
	timers map[string]string
}

const critical = itsm.Number("SUP-4")

func newReviews(t *testing.T, start time.Time) *reviews {
	t.Helper()
	w := &reviews{
		t: t, zone: zoneOf(t, "Europe/Berlin"), periods: map[string]period{}, steps: map[itsm.Number][]itsm.ReviewStep{},
		acts: map[string]error{}, timers: map[string]string{},
	}
	w.supplier = itsm.Supplier{Number: critical, Reporter: "sam", RaisedAt: start}
	w.supplier.State = itsm.SupplierNew
	w.supplier.Begin(itsm.SupplierProfile{Name: "Fernweh Hosting", Supplies: "Servers", Tier: itsm.TierCritical, Owner: "rel", Deputy: "dep"})
	for _, s := range []itsm.SupplierState{itsm.SupplierProposed, itsm.SupplierDueDiligence, itsm.SupplierOnboarding, itsm.SupplierActive} {
		w.supplier.Become(s, start)
	}
	var suite testsuite.WorkflowTestSuite
	w.env = suite.NewTestWorkflowEnvironment()
	w.env.SetStartTime(start)
	w.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{wire.Interceptor(keys)}})
	w.env.SetTestTimeout(time.Minute)
	w.env.RegisterWorkflowWithOptions(workflows.SupplierReview, workflow.RegisterOptions{Name: workflows.SupplierReviewType})
	w.env.RegisterWorkflowWithOptions(workflows.ReviewsDue, workflow.RegisterOptions{Name: workflows.ReviewsDueType})
	w.env.RegisterActivity(&activities.Activities{})
	w.env.OnActivity(a.DueReview, mock.Anything, mock.Anything).Return(w.due).Maybe()
	w.env.OnActivity(a.RecordReview, mock.Anything, mock.Anything).Return(w.record).Maybe()
	w.env.OnActivity(a.StepReview, mock.Anything, mock.Anything).Return(w.save).Maybe()
	w.env.OnActivity(a.CollectForReview, mock.Anything, mock.Anything).Return(func(context.Context, activities.Collecting) ([]itsm.ReadingRequest, error) {
		return itsm.Collected{Held: 1, Waited: 8 * time.Hour}.Readings(), nil
	}).Maybe()
	w.env.OnActivity(a.ReckonReview, mock.Anything, mock.Anything).Return(func(_ context.Context, r activities.ClockReckoning) (itsm.Clocks, error) {
		return r.Clocks.Reckon(hoursIn, w.env.Now())
	}).Maybe()
	w.env.OnActivity(a.ShowReview, mock.Anything, mock.Anything).Return(activities.Shown{}, nil).Maybe()
	w.env.OnSignalExternalWorkflow(mock.Anything, string(critical), "", workflows.SupplierReviewed, mock.Anything).Return(w.takeUp).Maybe()
	w.env.SetOnTimerScheduledListener(func(id string, _ time.Duration) { w.timers[id] = "running" })
	w.env.SetOnTimerFiredListener(func(id string) { w.timers[id] = "fired" })
	w.env.SetOnTimerCanceledListener(func(id string) { w.timers[id] = "cancelled" })
	return w
}

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func (w *reviews) due(_ context.Context, d activities.DueReview) (activities.ReviewDue, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := itsm.PeriodAt(d.Every, d.At, w.zone).Before()
	_, ended := p.In(w.zone)
	return activities.ReviewDue{Number: itsm.ReviewNumber(d.Supplier, p), Ended: ended}, nil
}

func (w *reviews) record(_ context.Context, r activities.ReviewRecording) (itsm.SupplierReview, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, p, err := itsm.ParseReviewNumber(r.Review.Number)
	if err != nil {
		return r.Review, err
	}
	w.begun = append(w.begun, r.Review.Number)
	review := r.Review
	review.PolicyVersion = 3
	review.Begin(&w.supplier, p, nil, itsm.SupplierPolicy{Calendar: "office"})
	review.Clocks, err = review.Clocks.Reckon(hoursIn, review.StartedAt)
	w.spend(p, review.StartedAt)
	return review, err
}

func (w *reviews) save(_ context.Context, s activities.ReviewStepping) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := s.Step.Event.Number
	w.steps[n] = append(w.steps[n], s.Step)
	return nil
}

// takeUp has the supplier take up the review that it is told of.
func (w *reviews) takeUp(_, _, _, _ string, of any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := itsm.Number(fmt.Sprint(of))
	left := slices.MaxFunc(w.steps[n], byRevision).Standing
	r := itsm.SupplierReview{Number: n, ReviewStanding: left}
	if _, ok := w.supplier.Rate(r.Rating(), w.env.Now()); ok && left.State == itsm.ReviewClosed {
		w.rated = append(w.rated, n)
	}
	return nil
}

func byRevision(x, y itsm.ReviewStep) int { return x.Event.Revision - y.Event.Revision }

// spend has people do in a period what they do. It is called once the review is there.
func (w *reviews) spend(p itsm.Period, ended time.Time) {
	does, ok := w.periods[p.String()]
	if !ok {
		return
	}
	n := itsm.ReviewNumber(critical, p)
	for k, c := range []itsm.Criterion{itsm.ByServiceLevel, itsm.ByQuality, itsm.BySecurity, itsm.ByCommerce} {
		gap := time.Duration(k) * time.Minute
		q := itsm.ReadingRequest{Name: string(c), Criterion: c, Points: new(does.points), Evidence: []itsm.Evidence{{Note: "The report"}}}
		w.act(n, ended, does.score-1, gap, carl, itsm.ActMeasure, q)
		w.act(n, ended, does.score-1, gap+time.Hour, vera, itsm.ActSeen, itsm.SeenRequest{Name: string(c)})
	}
	w.act(n, ended, does.score, 0, carl, itsm.ActScore, itsm.NoteRequest{})
	w.act(n, ended, does.meet, 0, carl, itsm.ActMeet, itsm.MeetingRequest{Attendees: []string{"Zoe"}, Note: "We talked."})
	w.act(n, ended, does.meet, time.Hour, carl, itsm.ActAgree, itsm.AgreeRequest{Actions: []itsm.ReviewAction{{Title: "Do better", Owner: "rel", Due: itsm.DateOf(ended) + 60}}})
	w.act(n, ended, does.sign, 0, carl, itsm.ActSignOff, itsm.NoteRequest{}) // who scored it
	w.act(n, ended, does.sign, time.Minute, vera, itsm.ActSignOff, itsm.NoteRequest{})
}

// act sends an act some days after the end of a period, signed as the desk signs.
func (w *reviews) act(n itsm.Number, ended time.Time, days float64, more time.Duration, who itsm.Actor, verb itsm.Act, body any) {
	at := ended.Add(time.Duration(days*24)*time.Hour + more)
	id := fmt.Sprintf("%s/%s/%s/%d", n, verb, who.Person, more)
	w.env.RegisterDelayedCallback(func() {
		signed, err := wire.Sign(keys, wire.Bound{WorkflowID: string(n), Update: string(verb), UpdateID: id}, who, body, w.env.Now())
		require.NoError(w.t, err)
		keep := func(err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.acts[id] = err
		}
		err = w.env.UpdateWorkflowByID(string(n), string(verb), id, &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: keep, OnComplete: func(_ any, err error) { keep(err) },
		}, signed)
		require.NoError(w.t, err)
	}, at.Sub(w.env.Now()))
}

// when are the instants at which something of a kind happened to a review.
func (w *reviews) when(n itsm.Number, k itsm.EventKind) (all []time.Time) {
	for _, s := range w.steps[n] {
		if s.Event.Kind == k {
			all = append(all, s.Event.At.UTC())
		}
	}
	return all
}

// left is a review as its last event left it. Every revision was saved once, each from
// where the one before left.
func (w *reviews) left(n itsm.Number) itsm.ReviewStanding {
	w.t.Helper()
	steps := w.steps[n]
	slices.SortFunc(steps, byRevision)
	for k, s := range steps {
		require.Equal(w.t, k+2, s.Event.Revision, "a revision of %s is missing or saved twice", n)
		if k > 0 {
			require.Equal(w.t, steps[k-1].Event.To, s.Event.From)
		}
	}
	return steps[len(steps)-1].Standing
}

// years begins the review of each month of some years, twice over, as a schedule that
// somebody backfills; it ends when all of them have.
func years(ctx workflow.Context, ends []time.Time) error {
	for _, at := range ends {
		if err := workflow.Sleep(ctx, at.Sub(workflow.Now(ctx))); err != nil {
			return err
		}
		for range 2 {
			c := itsm.ReviewCycle{Supplier: critical, Every: itsm.Monthly, Zone: "Europe/Berlin"}
			if err := workflow.ExecuteChildWorkflow(ctx, workflows.ReviewsDueType, c).Get(ctx, nil); err != nil {
				return err
			}
		}
	}
	return workflow.Sleep(ctx, 60*24*time.Hour)
}

// TestThreeYearsOfACriticalSupplier has a review each month, on time but for one; a D
// asks for a corrective action, and so do two C's in a row.
func TestThreeYearsOfACriticalSupplier(t *testing.T) {
	zone := zoneOf(t, "Europe/Berlin")
	w := newReviews(t, time.Date(2026, 1, 15, 9, 0, 0, 0, zone))
	var ends []time.Time
	for p := itsm.PeriodOf(itsm.Monthly, itsm.NewDate(2026, 1, 1)); p.Year < 2029; p = p.Next() {
		_, ended := p.In(zone)
		ends = append(ends, ended.Add(6*time.Hour))
		w.periods[p.String()] = period{score: 5, meet: 8, sign: 12, points: 95}
	}
	w.periods["2026-06"] = period{score: 5, meet: 8, sign: 12, points: 40}
	w.periods["2027-02"] = period{score: 5, meet: 8, sign: 12, points: 65}
	w.periods["2027-03"] = period{score: 5, meet: 8, sign: 12, points: 65}
	w.periods["2028-12"] = period{score: 5, meet: 8, sign: 40, points: 95} // its signature is forgotten
	w.env.ExecuteWorkflow(years, ends)
	require.NoError(t, w.env.GetWorkflowError())

	require.Equal(t, []int{36, 36}, []int{len(w.begun), len(w.steps)}, "each period has one review")
	for n := range w.steps {
		left := w.left(n)
		require.Equal(t, itsm.ReviewClosed, left.State, n)
		require.Equal(t, n == "SUP-4/2028-12", left.Clocks.Missed(), n)
		require.Equal(t, itsm.PersonID("vera"), left.SignedBy, "who scored it does not sign it off")
	}
	require.Equal(t, itsm.BandD, w.left("SUP-4/2026-06").Score.Band)
	require.Contains(t, w.left("SUP-4/2026-06").Follows, itsm.ToCorrect)
	require.NotContains(t, w.left("SUP-4/2027-02").Follows, itsm.ToCorrect)
	require.Contains(t, w.left("SUP-4/2027-03").Follows, itsm.ToCorrect)
	require.Len(t, w.when("SUP-4/2028-12", itsm.EventReviewMissed), 1)
	require.Equal(t, w.begun, w.rated, "its supplier takes up each, in the order of their ends")
	require.Len(t, w.supplier.Corrections, 2)
	require.Equal(t, itsm.SupplierActive, w.supplier.State)
	for id, state := range w.timers {
		require.NotEqual(t, "running", state, "timer %s is left running", id)
	}
}
