package main

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/steward-itsm/steward/itsm"
)

// quiet waits until a change's process has nothing to do and nothing under way,
// but for some activities that the test holds back, and returns what the server
// counted until then.
func (w *world) quiet(n itsm.Number, held int) *workflowpb.WorkflowExecutionInfo {
	w.t.Helper()
	var info *workflowpb.WorkflowExecutionInfo
	w.eventually(string(n)+" is quiet", func() bool {
		d, err := w.temporal.DescribeWorkflowExecution(w.t.Context(), string(n), "")
		require.NoError(w.t, err)
		info = d.GetWorkflowExecutionInfo()
		return len(d.GetPendingActivities()) == held && d.GetPendingWorkflowTask() == nil
	})
	return info
}

// holdBack keeps one revision of a change from being saved until it is let go:
// the same row stands in an open transaction, and the save waits for its end.
func (w *world) holdBack(n itsm.Number, revision int) (letGo func()) {
	w.t.Helper()
	tx, err := w.owner.Pool().Begin(w.t.Context())
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = tx.Rollback(context.Background()) }) // when the test ended before it let go
	tag, err := tx.Exec(w.t.Context(), `INSERT INTO events
		SELECT number, $2, kind, at, actor, door, from_state, to_state, note, digest, credential, workflow_id, run_id, act_id
		FROM events WHERE number = $1 AND revision = 1`, string(n), revision)
	require.NoError(w.t, err)
	require.EqualValues(w.t, 1, tag.RowsAffected())
	return func() { require.NoError(w.t, tx.Rollback(w.t.Context())) }
}

// A budget is what a path through the process may cost: the events of each kind,
// and the state transitions, each a write of the server's.
type budget struct {
	events      map[string]int
	transitions int64
}

// approved is what a change costs that is raised, approved, started and completed,
// by people who leave each other time: 90 events.
var approved = budget{map[string]int{
	"WorkflowExecutionStarted": 1,
	// The first, which accepts the raise with the start; one for each activity
	// that ends (10); one for each later update that arrives (3).
	"workflow task": 3 * 14,
	"update":        2 * 4, // accepted and completed: raise, decide, start, complete
	"RecordChange":  3 * 1, // scheduled, started, completed
	"StepChange":    3 * 5, // approval opened, approved, scheduled, started, completed
	// After each act, once all it led to is saved: that the approval led to the
	// schedule is told once.
	"ShowChange": 3 * 4,
	"timer":      2 * 2, // started and cancelled: the wait for the request, the reminder
	// Awaiting approval, scheduled, implementing, closed.
	"UpsertWorkflowSearchAttributes": 4,
	"WorkflowExecutionCompleted":     1,
}, 1 + 2 + 4*10 + 3} // the start, the first task, 4 for an activity with its task, 1 for an update

// rejected is what a change costs that is raised and rejected: 45 events.
var rejected = budget{map[string]int{
	"WorkflowExecutionStarted": 1,
	"workflow task":            3 * 7, // the first, one for each of 5 activities, one for the decision
	"update":                   2 * 2, // raise, decide
	"RecordChange":             3 * 1,
	"StepChange":               3 * 2, // approval opened, rejected
	"ShowChange":               3 * 2, // after each act
	"timer":                    2 * 2, // the wait for the request, the reminder
	// Awaiting approval, rejected.
	"UpsertWorkflowSearchAttributes": 2,
	"WorkflowExecutionCompleted":     1,
}, 1 + 2 + 4*5 + 1}

// TestTheMainPathKeepsToItsBudget fails when a change costs an event more or less
// than it did. Fewer is good news: say so in the table above.
func TestTheMainPathKeepsToItsBudget(t *testing.T) {
	w := newWorld(t)
	n := w.raise("ana")
	w.quiet(n, 0)
	at := "/v1/changes/" + string(n)
	// An approval saves two revisions at once, and whether their ends share a
	// workflow task is a race. Here they do not.
	letGo := w.holdBack(n, 4)
	w.asks("bob", at+"/decisions", map[string]any{"verdict": "approve"})
	w.quiet(n, 1)
	letGo()
	w.quiet(n, 0)
	w.asks("ida", at+"/start", nil)
	w.quiet(n, 0)
	w.asks("ida", at+"/complete", map[string]any{"result": "successful", "note": "All green."})
	w.keepsTo(n, approved)
}

func TestARejectionKeepsToItsBudget(t *testing.T) {
	w := newWorld(t)
	n := w.raise("ana")
	w.quiet(n, 0)
	w.asks("bob", "/v1/changes/"+string(n)+"/decisions", map[string]any{"verdict": "reject", "note": "No way back."})
	w.keepsTo(n, rejected)
}

func (w *world) asks(who itsm.PersonID, path string, body any) {
	w.t.Helper()
	a := w.call(who, http.MethodPost, path, body)
	require.Equal(w.t, http.StatusOK, a.Status, a.Body)
}

func (w *world) keepsTo(n itsm.Number, b budget) {
	w.t.Helper()
	require.NoError(w.t, w.temporal.GetWorkflow(w.t.Context(), string(n), "").Get(w.t.Context(), nil))
	info := w.quiet(n, 0)
	h := w.history(n)
	require.Equal(w.t, b.events, spent(h))
	sum := 0
	for _, events := range b.events {
		sum += events
	}
	require.EqualValues(w.t, sum, info.GetHistoryLength())
	require.Equal(w.t, b.transitions, info.GetStateTransitionCount())
}

// spent counts events by what they belong to: an activity, an update, a timer or
// a workflow task has several.
func spent(h *historypb.History) map[string]int {
	count, activities := map[string]int{}, map[int64]string{}
	for _, e := range h.GetEvents() {
		what := e.GetEventType().String()
		switch {
		case strings.HasPrefix(what, "WorkflowTask"):
			what = "workflow task"
		case strings.HasPrefix(what, "WorkflowExecutionUpdate"):
			what = "update"
		case strings.HasPrefix(what, "Timer"):
			what = "timer"
		case e.GetActivityTaskScheduledEventAttributes() != nil:
			what = e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName()
			activities[e.GetEventId()] = what
		case e.GetActivityTaskStartedEventAttributes() != nil:
			what = activities[e.GetActivityTaskStartedEventAttributes().GetScheduledEventId()]
		case e.GetActivityTaskCompletedEventAttributes() != nil:
			what = activities[e.GetActivityTaskCompletedEventAttributes().GetScheduledEventId()]
		}
		count[what]++
	}
	return count
}
