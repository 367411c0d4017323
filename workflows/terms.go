package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

var a *activities.Activities // names the activities; never called here

// do begins an activity on the record, under the terms of every save: tried
// until it succeeds, because what was acknowledged must become durable. The
// terms are set here because an update handler's context does not inherit what
// the workflow function set on its own.
func do(ctx workflow.Context, summary string, activity any, args ...any) workflow.Future {
	return doWithin(ctx, 15*time.Second, summary, activity, args...)
}

// doWithin is do for what takes its time.
func doWithin(ctx workflow.Context, limit time.Duration, summary string, activity any, args ...any) workflow.Future {
	return ask(ctx, workflow.ActivityOptions{StartToCloseTimeout: limit}, summary, activity, args...)
}

// ask begins an activity on the record: it is tried again at the pace of every save.
func ask(ctx workflow.Context, terms workflow.ActivityOptions, summary string, activity any, args ...any) workflow.Future {
	terms.RetryPolicy = &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond, MaximumInterval: 30 * time.Second}
	terms.Summary = summary
	return workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, terms), activity, args...)
}

// tell begins an activity that tells the world something, on its own queue.
func tell(ctx workflow.Context, summary string, activity any, args ...any) workflow.Future {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           OutQueue,
		StartToCloseTimeout: time.Minute,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: time.Minute},
		Summary:             summary,
	})
	return workflow.ExecuteActivity(ctx, activity, args...)
}

// page begins an activity that calls people, on the queue where nothing stands before
// them: tried often, for as long as somebody may still be reached.
func page(ctx workflow.Context, summary string, activity any, args ...any) workflow.Future {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           PageQueue,
		StartToCloseTimeout: 2 * time.Minute,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: 15 * time.Second},
		Summary:             summary,
	})
	return workflow.ExecuteActivity(ctx, activity, args...)
}

// origin is the update that is being handled, and by what credential it came.
// What the process does by itself has none.
func origin(ctx workflow.Context, who itsm.Actor) activities.Origin {
	if who.Person == itsm.System {
		return activities.Origin{}
	}
	return activities.Origin{Act: workflow.GetCurrentUpdateInfo(ctx).ID, Credential: who.Credential}
}
