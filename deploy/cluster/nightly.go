package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// Night is work that a schedule of Temporal does each night.
type Night struct {
	ID       string // of the schedule
	Workflow string // its type
	Queue    string
	Note     string // what it is for, as Temporal's UI shows it
}

// The hour of the night, UTC, and for how long a night that was missed is made up for.
const (
	nightHour = 2
	catchUp   = 20 * time.Hour
)

// Nightly makes the schedule, unless it is there: whoever pauses or moves it in
// Temporal's UI has the last word.
func Nightly(ctx context.Context, c client.Client, n Night) error {
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: n.ID,
		Spec: client.ScheduleSpec{Calendars: []client.ScheduleCalendarSpec{{
			Hour: []client.ScheduleRange{{Start: nightHour}}, Comment: "each night",
		}}},
		Action:        &client.ScheduleWorkflowAction{ID: n.ID, Workflow: n.Workflow, TaskQueue: n.Queue, StaticSummary: n.Note},
		Overlap:       enumspb.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: catchUp,
		Note:          n.Note,
	})
	if err != nil && !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return fmt.Errorf("cluster: schedule %s: %w", n.ID, err)
	}
	return nil
}
