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

// paired is what a change costs whose one stage needs two approvals: 108 events.
// It is approved, and for the first of the two votes, which leaves the stage open,
var paired = budget{map[string]int{
	"WorkflowExecutionStarted": 1,
	"workflow task":            3 * (14 + 3), // one for the vote, one for its save, one for what is told of it
	"update":                   2 * (4 + 1),
	"RecordChange":             3 * 1,
	"StepChange":               3 * (5 + 1), // voted
	"ShowChange":               3 * (4 + 1),
	"timer":                    2 * 2, // no deadline moves
	// The other one is waited for.
	"UpsertWorkflowSearchAttributes": 4 + 1,
	"WorkflowExecutionCompleted":     1,
}, 1 + 2 + 4*(10+2) + 4}

// twoStages is what a change costs that two stages of one approval each decide on:
// 122 events. It is paired, and for the second stage,
var twoStages = budget{map[string]int{
	"WorkflowExecutionStarted": 1,
	"workflow task":            3 * (17 + 2), // one for each of the two activities
	"update":                   2 * 5,
	"RecordChange":             3 * 1,
	"OpenStage":                3 * 1,       // who decides in it is asked of the catalog
	"StepChange":               3 * (6 + 1), // stage passed in the place of voted, approval opened
	"ShowChange":               3 * 5,
	"timer":                    2 * (2 + 1), // its own reminder
	// Nobody is waited for until it is open.
	"UpsertWorkflowSearchAttributes": 5 + 1,
	"WorkflowExecutionCompleted":     1,
}, 1 + 2 + 4*(12+2) + 4}

// TestTheMainPathKeepsToItsBudget fails when a change costs an event more or less
// than it did. Fewer is good news: say so in the table above.
func TestTheMainPathKeepsToItsBudget(t *testing.T) {
	w := newWorld(t)
	n := w.raise("ana")
	w.quiet(n, 0)
	at := "/v1/changes/" + string(n)
	// An approval saves two revisions at once, and whether their ends share a
	// workflow task is a race. Here they do not.
	w.holding(n, 4, func() { w.asks("bob", at+"/decisions", map[string]any{"verdict": "approve"}) })
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

// TestTwoApproversKeepToTheirBudget: a change that two people decide on, from its
// raise to its end, within what the process was promised to cost.
func TestTwoApproversKeepToTheirBudget(t *testing.T) {
	const mostEvents, mostTransitions = 150, 65
	approvers := itsm.Group{Role: itsm.Approver}
	for name, row := range map[string]struct {
		stages []itsm.Stage
		held   int // the revision that is saved last of what the first vote leads to
		last   int // the revision of the schedule
		budget budget
	}{
		"one stage that needs both": {[]itsm.Stage{stageOf("Peers", approvers, 2)}, 0, 5, paired},
		"two stages of one each":    {[]itsm.Stage{stageOf("Peer", people("bob"), 1), stageOf("Owner", people("eve"), 1)}, 3, 6, twoStages},
	} {
		t.Run(name, func(t *testing.T) {
			sum := 0
			for _, events := range row.budget.events {
				sum += events
			}
			require.LessOrEqual(t, sum, mostEvents)
			require.LessOrEqual(t, row.budget.transitions, int64(mostTransitions))
			w := newWorld(t, tiers(row.stages...))
			n := w.raise("ana", weighs(itsm.MinRisk))
			w.quiet(n, 0)
			at, approve := "/v1/changes/"+string(n), map[string]any{"verdict": "approve"}
			w.holding(n, row.held, func() { w.asks("bob", at+"/decisions", approve) })
			w.holding(n, row.last, func() { w.asks("eve", at+"/decisions", approve) })
			w.asks("ida", at+"/start", nil)
			w.quiet(n, 0)
			w.asks("ida", at+"/complete", map[string]any{"result": "successful", "note": "All green."})
			w.keepsTo(n, row.budget)
		})
	}
}

// holding keeps a revision from being saved while an act is done and everything
// else that it leads to; 0 holds back none. An act that is held back itself is
// answered when it is let go.
func (w *world) holding(n itsm.Number, revision int, act func()) {
	w.t.Helper()
	if revision == 0 {
		act()
		w.quiet(n, 0)
		return
	}
	letGo, done := w.holdBack(n, revision), make(chan struct{})
	go func() { defer close(done); act() }()
	w.quiet(n, 1)
	letGo()
	<-done
	w.quiet(n, 0)
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
