package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// reviewing is what a review costs from its start to its closure, with one measure that
// a person gives and another sees.
var reviewing = budget{map[string]int{
	"WorkflowExecutionStarted": 1,
	"workflow task":            3 * 26, // at most: one for each activity, update and signal that ends; what ends at the same moment shares one
	"update":                   2 * 6,  // measure, see, score, meet, agree, sign off
	"RecordReview":             3 * 1,
	"CollectForReview":         3 * 1,
	"StepReview":               3 * 8, // opened, the six acts, closed
	"ShowReview":               3 * 8, // at most: after each act, and when it begins and ends
	"timer":                    2 * 4, // its data, its meeting, its signature, and the next mark of each

	"UpsertWorkflowSearchAttributes":           5, // one for each state that it rests in
	"SignalExternalWorkflowExecutionInitiated": 1, // the supplier takes up what it scored
	"ExternalWorkflowExecutionSignaled":        1,
	"WorkflowExecutionCompleted":               1,
}, 82}

// TestAReviewKeepsToItsBudget fails when a review costs an activity, an update or a
// timer more or less than it did, or more workflow tasks or showings.
func TestAReviewKeepsToItsBudget(t *testing.T) {
	w := newWorld(t, supplied)
	n := w.review(w.bound(), itsm.PeriodAt(itsm.Monthly, time.Now(), time.UTC))
	for _, word := range []string{"good", "see", "score", "meet", "agree", "sign"} {
		w.quiet(n, 0)
		w.reviews(n, word)
	}
	require.NoError(t, w.temporal.GetWorkflow(t.Context(), string(n), "").Get(t.Context(), nil))
	w.keepsWithin(n, reviewing)
}
