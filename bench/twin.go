package main

import (
	"context"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/workflows"
)

// The twin's task queues: one for what Steward saves, one for what it tells.
const (
	bareQueue = "bare"
	bareOut   = "bare-out"
)

// barePerSecond bounds what the twin tells, as Steward bounds it, since what waits
// is told together and costs fewer events.
const barePerSecond = 20

// The acts, by what a person would call them.
const (
	actRaise    = "raise"
	actDecide   = "decide"
	actSecond   = "decide too" // where two have to
	actStart    = "start"
	actComplete = "complete"
)

// bareChange is a change without its substance: no record, no rule, no message,
// but every event that the server keeps for one.
type bareChange struct {
	done                map[string]bool
	begun, saving, told int
	votes               int // that are still needed
}

// Bare takes the steps of a change that one person approves.
func Bare(ctx workflow.Context) error { return bare(ctx, single) }

// BareOfTwo takes the steps of a change that two people approve.
func BareOfTwo(ctx workflow.Context) error { return bare(ctx, double) }

func bare(ctx workflow.Context, p *path) error {
	b := &bareChange{done: map[string]bool{}, votes: p.votes}
	for _, act := range append(p.acts(), actRaise) {
		if err := workflow.SetUpdateHandler(ctx, act, func(ctx workflow.Context) error { return b.act(ctx, act) }); err != nil {
			return err
		}
	}
	workflow.Go(ctx, b.tell)
	if err := b.until(ctx, time.Minute, actRaise); err != nil {
		return err
	}
	if err := nothing(ctx, bareQueue).Get(ctx, nil); err != nil {
		return err
	}
	b.save(ctx)
	if err := b.show(ctx, "awaiting"); err != nil {
		return err
	}
	if err := b.until(ctx, 4*time.Hour, p.acts()[p.votes-1]); err != nil {
		return err
	}
	b.save(ctx)
	for _, act := range []string{actStart, actComplete} {
		if err := b.show(ctx, act); err != nil {
			return err
		}
		if err := workflow.Await(ctx, func() bool { return b.done[act] }); err != nil {
			return err
		}
	}
	if err := b.show(ctx, "closed"); err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return b.saving == 0 && b.told == b.begun && workflow.AllHandlersFinished(ctx) })
}

// act is what a person does. A raise saves nothing itself: it waits for the
// approval to be open.
func (b *bareChange) act(ctx workflow.Context, name string) error {
	b.done[name] = true
	if name == actRaise {
		return workflow.Await(ctx, func() bool { return b.begun > 0 && b.saving == 0 })
	}
	saved := b.save(ctx)
	if b.votes--; b.votes > 0 { // the others are waited for, and shown to be
		if err := b.show(ctx, "awaiting"); err != nil {
			return err
		}
	}
	return saved.Get(ctx, nil)
}

func (b *bareChange) save(ctx workflow.Context) workflow.Future {
	b.begun++
	b.saving++
	saved := nothing(ctx, bareQueue)
	workflow.Go(ctx, func(ctx workflow.Context) {
		_ = saved.Get(ctx, nil) // it cannot fail
		b.saving--
	})
	return saved
}

func (b *bareChange) tell(ctx workflow.Context) {
	for workflow.Await(ctx, func() bool { return b.saving == 0 && b.told < b.begun }) == nil {
		upTo := b.begun
		_ = nothing(ctx, bareOut).Get(ctx, nil) // it cannot fail
		b.told = upTo
	}
}

// show sets as many search attributes as a change does.
func (b *bareChange) show(ctx workflow.Context, state string) error {
	return workflow.UpsertTypedSearchAttributes(ctx, workflows.State.ValueSet(state), workflows.Team.ValueSet("bare"),
		workflows.WaitingFor.ValueSet([]string{"nobody"}), workflows.Due.ValueSet(workflow.Now(ctx)))
}

func (b *bareChange) until(ctx workflow.Context, d time.Duration, act string) error {
	ctx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	_, err := workflow.AwaitWithTimeout(ctx, d, func() bool { return b.done[act] })
	return err
}

func nothing(ctx workflow.Context, queue string) workflow.Future {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{TaskQueue: queue, StartToCloseTimeout: 15 * time.Second})
	return workflow.ExecuteActivity(ctx, Nothing)
}

// Nothing is what the twin does to the world.
func Nothing(context.Context) error { return nil }

// runTwin is the twin's worker, with the options of Steward's.
func runTwin(ctx context.Context, address string) error {
	c, err := client.DialContext(ctx, client.Options{HostPort: address, Logger: silent})
	if err != nil {
		return err
	}
	defer c.Close()
	options := worker.Options{
		WorkerStopTimeout: 30 * time.Second, DisableRegistrationAliasing: true,
		WorkflowTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		ActivityTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
	}
	records := worker.New(c, bareQueue, options)
	records.RegisterWorkflowWithOptions(Bare, workflow.RegisterOptions{Name: single.bareType})
	records.RegisterWorkflowWithOptions(BareOfTwo, workflow.RegisterOptions{Name: double.bareType})
	records.RegisterWorkflowWithOptions(BareStarted, workflow.RegisterOptions{Name: bareStarted})
	records.RegisterWorkflowWithOptions(BareTimer, workflow.RegisterOptions{Name: bareTimer})
	records.RegisterActivity(Nothing)
	options.TaskQueueActivitiesPerSecond, options.DisableWorkflowWorker = barePerSecond, true
	out := worker.New(c, bareOut, options)
	out.RegisterActivity(Nothing)
	for _, w := range []worker.Worker{records, out} {
		if err := w.Start(); err != nil {
			return err
		}
		defer w.Stop()
	}
	<-ctx.Done()
	return nil
}

// bareSide drives the twin straight through Temporal.
type bareSide struct{ *stage }

func (b *bareSide) name() string { return "bare twin" }

func (b *bareSide) raise(ctx context.Context, p *path, i int) (string, error) {
	id := "bare-" + itoa(i)
	op := b.temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: id, TaskQueue: bareQueue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL, StaticSummary: "a bare change",
		TypedSearchAttributes: temporal.NewSearchAttributes(
			workflows.Process.ValueSet("bare"), workflows.State.ValueSet("raised"), workflows.Service.ValueSet("none")),
	}, p.bareType)
	h, err := b.temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: op, UpdateOptions: bareUpdate(id, actRaise),
	})
	if err != nil {
		return id, err
	}
	return id, h.Get(ctx, nil)
}

func (b *bareSide) act(ctx context.Context, _ int, id, act string) error {
	h, err := b.temporal.UpdateWorkflow(ctx, bareUpdate(id, act))
	if err != nil {
		return err
	}
	return h.Get(ctx, nil)
}

func bareUpdate(id, act string) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{WorkflowID: id, UpdateName: act, UpdateID: act, WaitForStage: client.WorkflowUpdateStageCompleted}
}
