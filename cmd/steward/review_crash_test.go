package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/deploy/cluster"
	"github.com/steward-itsm/steward/itsm"
)

const reviewed = itsm.Number("SUP-4")

// TestReviewsOutliveTheWorker: a supplier's schedule runs while the program dies by
// SIGKILL after commits. Somebody had it fire every two seconds, which is always for the
// same period; three periods are backfilled besides, twice over. Each period has one
// review, whatever was killed in between, and none is lost.
func TestReviewsOutliveTheWorker(t *testing.T) {
	c := &crash{name: "reviews: after the commit", failpoint: failpoint{Place: "saved"}, least: 2, most: 4}
	c.open(t, func(of *itsm.Catalog) { of.Supplier = itsm.SupplierPolicy{} })
	ctx, cancel := context.WithTimeout(t.Context(), crashPatient)
	t.Cleanup(cancel)
	c.supplies(ctx, t, reviewed)
	program, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- c.live(program) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		t.Logf("killed %d times, after %v", c.kills.Load(), c.deaths)
		assert.GreaterOrEqual(t, int(c.kills.Load()), crashKills)
	})

	schedule := c.engine.ScheduleClient().GetHandle(ctx, cluster.ScheduleID(reviewed))
	require.Eventually(t, func() bool { _, err := schedule.Describe(ctx); return err == nil }, crashPatient, 100*time.Millisecond, "the program makes the schedule")
	require.NoError(t, schedule.Update(ctx, client.ScheduleUpdateOptions{DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
		s := in.Description.Schedule
		s.Spec.Intervals = []client.ScheduleIntervalSpec{{Every: 2 * time.Second}}
		return &client.ScheduleUpdate{Schedule: &s}, nil
	}}))
	last := itsm.PeriodAt(itsm.Monthly, time.Now(), time.UTC).Before()
	want := []itsm.Number{itsm.ReviewNumber(reviewed, last)}
	var periods []client.ScheduleBackfill // in one request: of two that come at once, Temporal may forget the first
	for p := last.Before(); len(want) < 4; p = p.Before() {
		want = append(want, itsm.ReviewNumber(reviewed, p))
		_, ended := p.In(time.UTC)
		from := ended.Add(12 * time.Hour)
		periods = append(periods, client.ScheduleBackfill{Start: from, End: from.Add(3 * time.Second), Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL})
	}
	backfill := client.ScheduleBackfillOptions{Backfill: periods}
	require.NoError(t, schedule.Backfill(ctx, backfill))
	slices.Sort(want)
	collected := func(r itsm.SupplierReview) bool { return r.State == itsm.ReviewCollecting }
	var found []itsm.SupplierReview
	require.Eventually(t, func() bool {
		var err error
		found, err = c.owner.Reviews(ctx, db.ReviewFilter{Reader: acting(itsm.SupplierManager)})
		return err == nil && len(found) >= len(want) && !slices.ContainsFunc(found, func(r itsm.SupplierReview) bool { return !collected(r) }) && c.kills.Load() >= crashKills
	}, crashPatient, 200*time.Millisecond)
	require.NoError(t, schedule.Backfill(ctx, backfill))
	require.NoError(t, wait(ctx, 6*time.Second)) // three more fires, with the program alive

	found, err := c.owner.Reviews(ctx, db.ReviewFilter{Reader: acting(itsm.SupplierManager)})
	require.NoError(t, err)
	var numbers []itsm.Number
	for _, r := range found {
		numbers = append(numbers, r.Number)
		runs, err := c.engine.DescribeWorkflowExecution(ctx, string(r.Number), "")
		require.NoError(t, err)
		require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, runs.WorkflowExecutionInfo.Status)
		require.Eventually(t, func() bool { // steps are saved side by side: one that died is saved after those that follow it
			timeline, err := c.owner.Timeline(ctx, r.Number)
			return err == nil && len(timeline) > 0 && timeline[len(timeline)-1].Revision == len(timeline)
		}, crashPatient, 200*time.Millisecond, "%s has an event for each revision", r.Number)
	}
	slices.Sort(numbers)
	require.Equal(t, want, numbers, "no period twice, and none lost")
}

// acting is somebody who holds a role and may read.
func acting(r itsm.Role) itsm.Actor {
	return itsm.Actor{Person: "sam", Roles: []itsm.Role{r}, Scopes: []itsm.Scope{itsm.ScopeRead}}
}

// supplies keeps a critical supplier that supplies for a year.
func (c *crash) supplies(ctx context.Context, t *testing.T, n itsm.Number) {
	t.Helper()
	config, err := LoadConfig(c.environ, Serve)
	require.NoError(t, err)
	worker, err := db.Open(ctx, config.DatabaseURL.Reveal(), db.Worker, 2)
	require.NoError(t, err)
	defer worker.Close()
	since := time.Now().UTC().Truncate(time.Microsecond).AddDate(-1, 0, 0)
	s := itsm.Supplier{Number: n, Reporter: "max", Door: itsm.DoorAPI, PolicyVersion: 1, RaisedAt: since}
	s.State, s.Revision, s.Since = itsm.SupplierNew, 1, since
	s.Begin(itsm.SupplierProfile{Name: "Fernweh Hosting", Supplies: "Servers", Tier: itsm.TierCritical, Owner: "max", Deputy: "eve", Services: []itsm.ServiceID{"website"}})
	e := itsm.Event{Number: n, Revision: 1, Kind: itsm.EventSupplierRaised, At: since, Actor: "max", Door: itsm.DoorAPI, To: itsm.State(s.State)}
	require.NoError(t, worker.RecordSupplier(ctx, s, e, db.Provenance{}))
	for _, next := range []itsm.SupplierState{itsm.SupplierProposed, itsm.SupplierDueDiligence, itsm.SupplierOnboarding, itsm.SupplierActive} {
		s.Become(next, since)
	}
	s.Revision, s.Diligence = 2, &itsm.DueDiligence{By: "max", Done: since, Suitable: true, Note: "Fine.", Evidence: []itsm.Evidence{{Note: "A visit"}}}
	e = itsm.Event{Number: n, Revision: 2, Kind: itsm.EventSupplierMoved, At: since, Actor: "max", Door: itsm.DoorAPI, From: e.To, To: itsm.State(s.State)}
	require.NoError(t, worker.StepSupplier(ctx, n, s.Step(e), db.Provenance{}))
}
