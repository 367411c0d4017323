package wire

import (
	"context"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"
)

// Interceptor stands between Temporal and every process: it lets workflows and
// activities return refusals as they are, and lets no unsigned act in.
func Interceptor(k Keys) interceptor.WorkerInterceptor { return &gate{keys: k} }

type gate struct {
	interceptor.WorkerInterceptorBase

	keys Keys
}

func (g *gate) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	i := new(activityGate)
	i.Next = next
	return i
}

func (g *gate) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	i := &workflowGate{keys: g.keys}
	i.Next = next
	return i
}

type activityGate struct {
	interceptor.ActivityInboundInterceptorBase
}

func (i *activityGate) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	out, err := i.Next.ExecuteActivity(ctx, in)
	return out, Encode(err)
}

type workflowGate struct {
	interceptor.WorkflowInboundInterceptorBase

	keys Keys
}

func (i *workflowGate) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	out, err := i.Next.ExecuteWorkflow(ctx, in)
	return out, Encode(err)
}

// ValidateUpdate never runs on replay, so a key that was since replaced cannot
// make history disagree with itself.
func (i *workflowGate) ValidateUpdate(ctx workflow.Context, in *interceptor.UpdateInput) error {
	act := Act{}
	if len(in.Args) == 1 {
		act, _ = in.Args[0].(Act)
	}
	bound := Bound{
		WorkflowID: workflow.GetInfo(ctx).WorkflowExecution.ID,
		Update:     in.Name,
		UpdateID:   workflow.GetCurrentUpdateInfo(ctx).ID,
	}
	if err := i.keys.Verify(bound, act, workflow.Now(ctx)); err != nil {
		return Encode(err)
	}
	return Encode(i.Next.ValidateUpdate(ctx, in))
}

func (i *workflowGate) ExecuteUpdate(ctx workflow.Context, in *interceptor.UpdateInput) (any, error) {
	out, err := i.Next.ExecuteUpdate(ctx, in)
	return out, Encode(err)
}
