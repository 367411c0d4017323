package main

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// handled is what an incident costs that is reported, acknowledged, resolved and
// confirmed, where nobody is called: at most 100 events.
var handled = budget{map[string]int{
	"WorkflowExecutionStarted": 1,
	"workflow task":            3 * (1 + 11 + 3), // the first; at most one for each activity that ends, one for each later update
	"update":                   2 * 4,            // report, acknowledge, resolve, confirm
	"RecordIncident":           3 * 1,
	"StepIncident":             3 * 5, // triaged, acknowledged, resolved, deadlines set, closed
	"ReckonIncident":           3 * 1, // until when it may be confirmed; the targets are reckoned as it is recorded
	"ShowIncident":             3 * 4, // after each act
	"timer":                    2 * 4, // the wait for the report; half of the response, half of the resolution, the reminder
	// Triaged, in progress, resolved, closed.
	"UpsertWorkflowSearchAttributes": 4,
	"WorkflowExecutionCompleted":     1,
}, 1 + 2 + 4*11 + 3}

// answered is what it costs where somebody is called, who acknowledges: at most 120
// events. It is handled, and besides,
var answered = budget{map[string]int{
	"WorkflowExecutionStarted":       1,
	"workflow task":                  3 * (1 + 15 + 3),
	"update":                         2 * 4,
	"RecordIncident":                 3 * 1,
	"StepIncident":                   3 * 6, // who was called
	"CallLevel":                      3 * 1, // who that is
	"PageIncident":                   3 * 1, // and calling them
	"ReckonIncident":                 3 * 1,
	"ShowIncident":                   3 * (4 + 1), // the card may stand before it is known who is called
	"timer":                          2 * 4,       // until the next level is called, in the place of half of the response
	"UpsertWorkflowSearchAttributes": 4,
	"WorkflowExecutionCompleted":     1,
}, 1 + 2 + 4*15 + 3}

// TestIncidentsKeepToTheirBudgets fails when an incident costs an activity, an update
// or a timer more or less than it did, or more workflow tasks or showings: how many of
// those there are depends on what happens to end at the same moment.
func TestIncidentsKeepToTheirBudgets(t *testing.T) {
	for name, row := range map[string]struct {
		terms terms
		b     budget
	}{
		"nobody is called":   {uncalled, handled},
		"somebody is called": {onCall, answered},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, row.terms)
			n := w.report()
			w.quiet(n, 0)
			for _, word := range []string{"acknowledge", "resolve", "confirm"} {
				w.handles(n, word, "")
				if word != "confirm" {
					w.quiet(n, 0)
				}
			}
			w.keepsWithin(n, row.b)
		})
	}
}

func uncalled(c *itsm.Catalog) {
	onCall(c)
	c.Incident.Escalation = ""
}

// keepsWithin is keepsTo for what has races: workflow tasks, showings and transitions
// may be fewer.
func (w *world) keepsWithin(n itsm.Number, b budget) {
	w.t.Helper()
	require.NoError(w.t, w.temporal.GetWorkflow(w.t.Context(), string(n), "").Get(w.t.Context(), nil))
	info := w.quiet(n, 0)
	cost, allowed := spent(w.history(n)), maps.Clone(b.events)
	require.LessOrEqual(w.t, info.GetStateTransitionCount(), b.transitions)
	for _, what := range []string{"workflow task", "ShowIncident", "ShowProblem", "ShowCorrective", "ShowReview", "ShowSupplier", "ShowContract"} {
		require.LessOrEqual(w.t, cost[what], allowed[what], what)
		delete(cost, what)
		delete(allowed, what)
	}
	require.Equal(w.t, allowed, cost)
}
