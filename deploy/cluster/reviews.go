package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/steward-itsm/steward/itsm"
)

// reviewsOf is what the id of a supplier's schedule begins with.
const reviewsOf = "steward-reviews-"

// A review begins some hours into the first day of the next period, where no zone changes
// its clock: midnight is an hour that a day can lack. One that was missed while Temporal
// was away is made up for, for as long as the shortest period.
const (
	reviewHour    = 6
	reviewCatchUp = 28 * 24 * time.Hour
)

// ScheduleID is the id of a supplier's schedule.
func ScheduleID(supplier itsm.Number) string { return reviewsOf + string(supplier) }

// Begins is what a schedule of reviews starts: a type of workflow, on a queue.
type Begins struct{ Workflow, Queue string }

// Reviews makes the schedules of reviews agree with what is wanted: one for each
// supplier, as often as its tier asks for, and none for any other. Whoever pauses a
// schedule in Temporal's UI, or moves it, has the last word: it is left alone until its
// supplier is to be reviewed at another frequency or in another zone, and a pause even
// then. It may be run at any time, by several at once.
func Reviews(ctx context.Context, c client.Client, begins Begins, wanted []itsm.ReviewCycle) error {
	found, err := listReviews(ctx, c)
	if err != nil {
		return err
	}
	for _, w := range wanted {
		known, there := found[ScheduleID(w.Supplier)]
		delete(found, ScheduleID(w.Supplier))
		switch {
		case !there:
			err = createReviews(ctx, c, begins, w)
		case known != madeFor(w):
			err = updateReviews(ctx, c, begins, w)
		}
		if err != nil {
			return fmt.Errorf("cluster: schedule %s: %w", ScheduleID(w.Supplier), err)
		}
	}
	for id := range found {
		if err := c.ScheduleClient().GetHandle(ctx, id).Delete(ctx); err != nil && !gone(err) {
			return fmt.Errorf("cluster: schedule %s: %w", id, err)
		}
	}
	return nil
}

// listReviews are the schedules that there are, with what each shows that it was made
// for: one that somebody moved may not show it any more.
func listReviews(ctx context.Context, c client.Client) (map[string]string, error) {
	all, err := c.ScheduleClient().List(ctx, client.ScheduleListOptions{PageSize: 1000})
	if err != nil {
		return nil, fmt.Errorf("cluster: schedules: %w", err)
	}
	found := map[string]string{}
	for all.HasNext() {
		one, err := all.Next()
		if err != nil {
			return nil, fmt.Errorf("cluster: schedules: %w", err)
		}
		if strings.HasPrefix(one.ID, reviewsOf) {
			found[one.ID] = ""
			if one.Spec != nil && len(one.Spec.Calendars) > 0 {
				found[one.ID] = one.Spec.Calendars[0].Comment
			}
		}
	}
	return found, nil
}

func createReviews(ctx context.Context, c client.Client, begins Begins, w itsm.ReviewCycle) error {
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID:            ScheduleID(w.Supplier),
		Spec:          *spec(w),
		Action:        begins.action(w),
		Overlap:       enumspb.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL, // of two periods that are made up for, neither is skipped
		CatchupWindow: reviewCatchUp,
		Note:          "Begins the review of " + string(w.Supplier) + " for each period that ends.",
	})
	if errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return nil // somebody was first
	}
	return err
}

// updateReviews makes a schedule anew if it was made for another frequency or zone. If
// it was made for these, then somebody moved it.
func updateReviews(ctx context.Context, c client.Client, begins Begins, w itsm.ReviewCycle) error {
	err := c.ScheduleClient().GetHandle(ctx, ScheduleID(w.Supplier)).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			s := in.Description.Schedule
			if a, ok := s.Action.(*client.ScheduleWorkflowAction); ok && a.ID == madeFor(w) {
				return nil, temporal.ErrSkipScheduleUpdate
			}
			s.Spec, s.Action = spec(w), begins.action(w)
			return &client.ScheduleUpdate{Schedule: &s}, nil
		},
	})
	if gone(err) {
		return nil // it is made when this runs next
	}
	return err
}

func gone(err error) bool {
	_, missing := errors.AsType[*serviceerror.NotFound](err)
	return missing
}

// madeFor is what a schedule was made for, in words that stay with it whatever becomes
// of its spec: what it starts is called so.
func madeFor(w itsm.ReviewCycle) string {
	return ScheduleID(w.Supplier) + "-" + string(w.Every) + "-" + w.Zone
}

func (b Begins) action(w itsm.ReviewCycle) *client.ScheduleWorkflowAction {
	return &client.ScheduleWorkflowAction{
		ID: madeFor(w), Workflow: b.Workflow, Args: []any{w}, TaskQueue: b.Queue,
		StaticSummary: string(w.Supplier) + " · " + itsm.State(w.Every).Words() + " review",
	}
}

// spec is when a supplier's reviews begin: on the first day after each period.
func spec(w itsm.ReviewCycle) *client.ScheduleSpec {
	day := client.ScheduleCalendarSpec{
		Hour: []client.ScheduleRange{{Start: reviewHour}}, DayOfMonth: []client.ScheduleRange{{Start: 1}}, Comment: madeFor(w),
	}
	for p := itsm.PeriodOf(w.Every, itsm.NewDate(2000, 1, 1)); p.Year == 2000; p = p.Next() { // any year
		day.Month = append(day.Month, client.ScheduleRange{Start: int(p.First().Month())})
	}
	return &client.ScheduleSpec{Calendars: []client.ScheduleCalendarSpec{day}, TimeZoneName: w.Zone}
}
