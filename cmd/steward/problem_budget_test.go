package main

import "testing"

// mended is what a problem costs from its raise to its closure, with a known error that
// somebody publishes and a change that it waits for: 311 events in nine acts
// where nothing hurries, and 338 at most.
var mended = budget{map[string]int{
	"WorkflowExecutionStarted": 1,
	"workflow task":            3 * 53, // at most: what ends at the same moment shares one
	"update":                   2 * 9,  // raise, accept, cause, workaround, publish, approve, fix, confirm, close
	"RecordProblem":            3 * 1,
	"StepProblem":              3 * (12 + 6), // logged, the eight acts, publication opened, fix deployed, watch begun; and six times the deadlines
	"ReckonProblem":            3 * 6,        // since when nobody is at it, after each act of those who are
	"OpenPublication":          3 * 1,        // who may publish
	"ReadFix":                  3 * 2,        // as soon as it waits, and when it is woken
	"ProblemIncidents":         3 * 2,        // whom it concerns that the fix has held, and that it is closed
	"ShowProblem":              3 * 13,       // at most: after each act, and what follows by itself
	"timer":                    2 * 9,        // the wait for the raise, and for what comes next at each stage

	"SignalExternalWorkflowExecutionInitiated": 1, // to the change: it waits
	"ExternalWorkflowExecutionSignaled":        1,
	"WorkflowExecutionSignaled":                1, // by the change: it has ended
	"UpsertWorkflowSearchAttributes":           9, // one for each state that it rests in, and for whom it waits
	"WorkflowExecutionCompleted":               1,
}, 167 + 2*(6+3)}

// TestAProblemKeepsToItsBudget fails when a problem costs an activity, an update, a
// signal or a timer more or less than it did, or more workflow tasks or showings.
func TestAProblemKeepsToItsBudget(t *testing.T) {
	w := newWorld(t, investigators)
	n := w.problem("ana")
	w.quiet(n, 0)
	for _, word := range []string{"accept", "cause", "workaround", "publish", "approve", "fix", "works", "confirm", "close"} {
		w.investigates(n, word, "")
		if word != "close" {
			w.quiet(n, 0)
		}
	}
	w.keepsWithin(n, mended)
}
