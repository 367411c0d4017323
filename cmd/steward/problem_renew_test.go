package main

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/workflowservice/v1"
	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/itsm"
)

const (
	renewals    = 2  // that are forced at least
	renewTasks  = 99 // that are added while it goes on in new runs
	renewPeople = 3
)

// TestAProblemGoesOnInANewRun: people act on a problem without a pause while Temporal
// suggests new runs. Each act is answered, counts once, and is answered alike when it is
// repeated in a later run; the change that it waits for is told in whichever run that
// is.
func TestAProblemGoesOnInANewRun(t *testing.T) {
	w := newWorld(t, investigators)
	n := w.problem("ana")
	for _, word := range []string{"accept", "cause", "fix"} {
		w.investigates(n, word, "")
	}
	fix := w.fixOf(n)
	var mu sync.Mutex
	var g errgroup.Group
	answers := map[string]response{}
	task := func(who itsm.PersonID, key string) response {
		return w.call(who, http.MethodPost, "/v1/problems/"+string(n)+"/task", map[string]any{"title": "Task " + key, "owner": who}, "Idempotency-Key", key)
	}
	for k, who := range []itsm.PersonID{"bob", "ida", "max"} {
		g.Go(func() error {
			for i := range renewTasks / renewPeople {
				key := fmt.Sprintf("%d-%d", k, i)
				a := task(who, key)
				for a.Status == http.StatusServiceUnavailable || a.Status == http.StatusTooManyRequests || a.code() == "idempotency.running" {
					if err := wait(t.Context(), time.Second/2); err != nil {
						return err
					}
					a = task(who, key)
				}
				if a.Status != http.StatusOK {
					return fmt.Errorf("%s: %d %v", key, a.Status, a.Body)
				}
				for part := range 2 {
					text := map[string]any{"text": fmt.Sprintf("%s is under way (%d).", key, part)}
					for a := w.call(who, http.MethodPost, "/v1/problems/"+string(n)+"/comments", text); a.Status != http.StatusOK; {
						if a.Status != http.StatusServiceUnavailable {
							return fmt.Errorf("%s: %d %v", key, a.Status, a.Body)
						}
						if err := wait(t.Context(), time.Second/2); err != nil {
							return err
						}
						a = w.call(who, http.MethodPost, "/v1/problems/"+string(n)+"/comments", text)
					}
				}
				mu.Lock()
				answers[string(who)+" "+key] = a
				mu.Unlock()
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
	var runs []enumspb.WorkflowExecutionStatus
	w.eventually("it goes on in new runs", func() bool {
		runs = w.runs(n)
		return len(runs) > renewals
	})
	for _, status := range runs[1:] {
		require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW, status)
	}

	// Their answers are lost: Temporal alone knows in which run an act was.
	_, err := w.owner.Pool().Exec(t.Context(), "UPDATE idempotency SET status = 0, answer = '', lease_until = now()")
	require.NoError(t, err)
	for name, first := range answers {
		var who, key string
		_, err := fmt.Sscan(name, &who, &key)
		require.NoError(t, err)
		require.Equal(t, first.Body, task(itsm.PersonID(who), key).Body, key)
	}
	p, err := w.owner.Problem(t.Context(), n)
	require.NoError(t, err)
	require.Len(t, p.Tasks, renewTasks, "each act counted once")
	before := p.Revision

	w.quiet(n, 0)
	require.Contains(t, w.details(n), fmt.Sprintf("| Runs before this one | %d |", len(w.runs(n))-1), "the new run shows where it stands")
	w.carriesOut(fix, itsm.Successful)
	w.stands(n, itsm.ProblemWatched)
	w.investigates(n, "confirm", "")
	w.investigates(n, "close", "")
	w.stands(n, itsm.ProblemClosed)
	timeline, err := w.owner.Timeline(t.Context(), n)
	require.NoError(t, err)
	for i, e := range timeline {
		require.Equal(t, i+1, e.Revision, "no revision is missing or there twice")
	}
	require.Greater(t, len(timeline), before)
	w.eventually("everybody is told", func() bool {
		d, err := w.temporal.DescribeWorkflowExecution(t.Context(), string(n), "")
		require.NoError(t, err)
		return d.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	})
	said, err := w.owner.Comments(t.Context(), n)
	require.NoError(t, err)
	require.Len(t, said, 2*renewTasks, "and so did all that was said")
	w.audited(timeline)
	w.told(n)
	w.chainHolds()
}

// runs are the states of the runs of a record's process, the newest first.
func (w *world) runs(n itsm.Number) (all []enumspb.WorkflowExecutionStatus) {
	w.t.Helper()
	w.eventually("its runs are visible", func() bool {
		list, err := w.temporal.ListWorkflow(w.t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: fmt.Sprintf("WorkflowId = '%s'", n)})
		require.NoError(w.t, err)
		all = nil
		for _, e := range list.GetExecutions() {
			all = append(all, e.GetStatus())
		}
		return len(all) > 0 && all[0] == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
	})
	return all
}

// details are the current details of a record's process, as Temporal's UI shows them.
func (w *world) details(n itsm.Number) string {
	w.t.Helper()
	v, err := w.temporal.QueryWorkflow(w.t.Context(), string(n), "", "__temporal_workflow_metadata")
	require.NoError(w.t, err)
	var meta sdkpb.WorkflowMetadata
	require.NoError(w.t, v.Get(&meta))
	return meta.GetCurrentDetails()
}
