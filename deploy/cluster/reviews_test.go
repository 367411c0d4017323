package cluster

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
	"github.com/steward-itsm/steward/itsm"
)

var begins = Begins{Workflow: "ReviewsDue", Queue: "steward"}

const berlin = "Europe/Berlin"

func cycle(n int, every itsm.Frequency) itsm.ReviewCycle {
	return itsm.ReviewCycle{Supplier: itsm.SupplierNumber(int64(n)), Every: every, Zone: berlin}
}

// schedules is a namespace of its own, without schedules.
func schedules(t *testing.T, namespace string) client.Client {
	t.Helper()
	c := dial(t, stacktest.Stack(t).TemporalAddress, namespace)
	require.NoError(t, Prepare(t.Context(), c, namespace, nil, day))
	return c
}

func agree(t *testing.T, c client.Client, wanted ...itsm.ReviewCycle) {
	t.Helper()
	require.NoError(t, Reviews(t.Context(), c, begins, wanted))
}

func scheduleOf(t *testing.T, c client.Client, supplier itsm.Number) *client.ScheduleDescription {
	t.Helper()
	d, err := c.ScheduleClient().GetHandle(t.Context(), ScheduleID(supplier)).Describe(t.Context())
	require.NoError(t, err)
	return d
}

// listed waits until the list, which is written after the schedules, has some of them.
func listed(t *testing.T, c client.Client, want ...itsm.ReviewCycle) {
	t.Helper()
	wanted := map[string]string{}
	for _, w := range want {
		wanted[ScheduleID(w.Supplier)] = madeFor(w)
	}
	require.Eventually(t, func() bool {
		found, err := listReviews(t.Context(), c)
		return err == nil && fmt.Sprint(found) == fmt.Sprint(wanted)
	}, 20*time.Second, 50*time.Millisecond)
}

func TestReviewsBeginOnTheFirstDayAfterEachPeriod(t *testing.T) {
	c := schedules(t, "reviews-days")
	for n, every := range itsm.Frequencies {
		agree(t, c, cycle(n+1, every))
		next := scheduleOf(t, c, cycle(n+1, every).Supplier).Info.NextActionTimes
		require.NotEmpty(t, next)
		zone, err := time.LoadLocation(berlin)
		require.NoError(t, err)
		p := itsm.PeriodAt(every, time.Now(), zone)
		for _, at := range next {
			_, ends := p.In(zone)
			require.Equal(t, ends.Add(reviewHour*time.Hour), at.UTC(), "%s of %s", p, every)
			p = p.Next()
		}
		agree(t, c)
	}
}

func TestASchedulesFrequencyFollowsTheTierAndItsEndTheSupplier(t *testing.T) {
	c := schedules(t, "reviews-tiers")
	agree(t, c, cycle(1, itsm.Monthly), cycle(2, itsm.Quarterly))
	listed(t, c, cycle(1, itsm.Monthly), cycle(2, itsm.Quarterly))
	agree(t, c, cycle(1, itsm.Monthly), cycle(2, itsm.Quarterly)) // once more, all by the list
	agree(t, c, cycle(1, itsm.Yearly))
	listed(t, c, cycle(1, itsm.Yearly))
	require.Equal(t, []client.ScheduleRange{{Start: 1, End: 1, Step: 1}}, scheduleOf(t, c, "SUP-1").Schedule.Spec.Calendars[0].Month)
	agree(t, c)
	listed(t, c)
}

// What a person did in Temporal's UI stays until the frequency changes; that somebody
// paused it stays even then.
func TestWhatSomebodyPausedOrMovedIsLeftAlone(t *testing.T) {
	c := schedules(t, "reviews-people")
	agree(t, c, cycle(1, itsm.Monthly))
	h := c.ScheduleClient().GetHandle(t.Context(), "steward-reviews-SUP-1")
	require.NoError(t, h.Pause(t.Context(), client.SchedulePauseOptions{Note: "A dispute."}))
	moved := []client.ScheduleCalendarSpec{{Hour: []client.ScheduleRange{{Start: 9}}, DayOfMonth: []client.ScheduleRange{{Start: 3}}}}
	require.NoError(t, h.Update(t.Context(), client.ScheduleUpdateOptions{DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
		s := in.Description.Schedule
		s.Spec.Calendars = moved
		return &client.ScheduleUpdate{Schedule: &s}, nil
	}}))
	require.Eventually(t, func() bool {
		found, err := listReviews(t.Context(), c)
		return err == nil && found[ScheduleID("SUP-1")] == ""
	}, 20*time.Second, 50*time.Millisecond)
	agree(t, c, cycle(1, itsm.Monthly))
	s := scheduleOf(t, c, "SUP-1").Schedule
	require.Equal(t, 9, s.Spec.Calendars[0].Hour[0].Start)
	require.Equal(t, []any{true, "A dispute."}, []any{s.State.Paused, s.State.Note})
	agree(t, c, cycle(1, itsm.Quarterly))
	s = scheduleOf(t, c, "SUP-1").Schedule
	require.Equal(t, reviewHour, s.Spec.Calendars[0].Hour[0].Start)
	require.Equal(t, []any{true, "A dispute."}, []any{s.State.Paused, s.State.Note})
	start, ok := s.Action.(*client.ScheduleWorkflowAction)
	require.True(t, ok)
	require.Equal(t, madeFor(cycle(1, itsm.Quarterly)), start.ID)
}

func TestOtherSchedulesAreNoneOfReviews(t *testing.T) {
	c := schedules(t, "reviews-others")
	night := Night{ID: "steward-trends", Workflow: "Trends", Queue: "steward", Note: "n"}
	require.NoError(t, Nightly(t.Context(), c, night))
	agree(t, c)
	_, err := c.ScheduleClient().GetHandle(t.Context(), night.ID).Describe(t.Context())
	require.NoError(t, err)
	require.Error(t, Reviews(t.Context(), c, begins, []itsm.ReviewCycle{{Supplier: "SUP-1", Every: itsm.Monthly, Zone: "Nowhere/None"}}))
}
