package desk

import (
	"context"
	"errors"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
	"github.com/steward-itsm/steward/workflows/wire"
)

// errClosed says that the process which owned a record has ended.
var errClosed = errors.New("desk: the record's process has ended")

// errStarted says that a record's process was started before, and has ended.
var errStarted = errors.New("desk: the record's process was started before")

// update sends one signed act to the process that owns a record, and waits until
// it is accepted and saved.
func update[T any](ctx context.Context, d *Desk, who Caller, n itsm.Number, act itsm.Act, id string, body T) (itsm.Receipt, error) {
	options, err := signed(d, who, n, act, id, body)
	if err != nil {
		return itsm.Receipt{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	h, err := d.Temporal.UpdateWorkflow(ctx, options)
	return receipt(ctx, h, err)
}

// begin starts a record's process together with the signed act that raises it.
func begin[T any](ctx context.Context, d *Desk, who Caller, n itsm.Number, act itsm.Act, s start, id string, body T) (itsm.Receipt, error) {
	options, err := signed(d, who, n, act, id, body)
	if err != nil {
		return itsm.Receipt{}, err
	}
	op := d.Temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: string(n), TaskQueue: workflows.Queue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		// A process that never got its request fails, and its number may be used again.
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		StaticSummary:         s.summary,
		StaticDetails:         d.Address(n),
		TypedSearchAttributes: s.attributes,
	}, s.process, n)
	ctx, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	h, err := d.Temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: op, UpdateOptions: options,
	})
	return receipt(ctx, h, err)
}

// start is how a record's process begins.
type start struct {
	process    string
	summary    string
	attributes temporal.SearchAttributes
}

func signed[T any](d *Desk, who Caller, n itsm.Number, act itsm.Act, id string, body T) (client.UpdateWorkflowOptions, error) {
	bound := wire.Bound{WorkflowID: string(n), Update: string(act), UpdateID: id}
	a, err := wire.Sign(d.Keys, bound, who.Actor, body, d.Now())
	return client.UpdateWorkflowOptions{
		WorkflowID: string(n), UpdateName: string(act), UpdateID: id, Args: []any{a},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	}, err
}

func receipt(ctx context.Context, h client.WorkflowUpdateHandle, err error) (r itsm.Receipt, _ error) {
	if err == nil {
		err = h.Get(ctx, &r)
	}
	return r, refusal(err)
}

// refusal turns what Temporal says into what a person can act on.
func refusal(err error) error {
	err = wire.Fault(err)
	if _, ours := errors.AsType[*itsm.Error](err); ours || err == nil {
		return err
	}
	if _, gone := errors.AsType[*serviceerror.NotFound](err); gone {
		return errClosed
	}
	if _, there := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); there {
		return errStarted
	}
	if _, behind := errors.AsType[*serviceerror.WorkflowNotReady](err); behind {
		// Its workflow task was tried again and again: workers died under it, or our
		// code is at fault and waits for its mend.
		return itsm.Refuse(itsm.Unavailable, "engine.behind",
			"The record's process is catching up after a fault. Nothing was done; try again in a moment.").Later(retryAfter)
	}
	if slow(err) {
		return itsm.Refuse(itsm.Unavailable, "engine.slow",
			"No answer yet; it may have counted. Repeating it never counts twice.").Later(retryAfter)
	}
	return err
}

func slow(err error) bool {
	_, unavailable := errors.AsType[*serviceerror.Unavailable](err)
	_, deadline := errors.AsType[*serviceerror.DeadlineExceeded](err)
	_, busy := errors.AsType[*serviceerror.ResourceExhausted](err)
	_, late := errors.AsType[*client.WorkflowUpdateServiceTimeoutOrCanceledError](err)
	return unavailable || deadline || busy || late || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}
