package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// bettered is what a corrective action costs from its raise to its closure, with a plan
// of two steps that somebody accepts: 260 events in nine acts where nothing hurries, and
// 278 at most.
var bettered = budget{map[string]int{
	"WorkflowExecutionStarted": 1,
	"workflow task":            3 * 43, // at most: what ends at the same moment shares one
	"update":                   2 * 9,  // raise, acknowledge, cause, plan, accept, two steps, implement, verify
	"RecordCorrective":         3 * 1,
	"StepCorrective":           3 * (11 + 4), // logged, the eight acts, the decision opened, its effect shows; and four times the deadlines
	"ReckonCorrective":         3 * 4,        // of the cause, the plan, what is to be done and the verification
	"OpenPlan":                 3 * 1,        // who may accept it
	"ShowCorrective":           3 * 12,       // at most: after each act, and what follows by itself
	"timer":                    2 * 10,       // the wait for the raise, and for what comes next at each stage

	"UpsertWorkflowSearchAttributes": 10, // one for each state that it rests in, and for whom it waits
	"WorkflowExecutionCompleted":     1,
}, 137 + 2*(6+3)}

// TestACorrectiveActionKeepsToItsBudget fails when a corrective action costs an
// activity, an update or a timer more or less than it did, or more workflow tasks or
// showings.
func TestACorrectiveActionKeepsToItsBudget(t *testing.T) {
	w := newWorld(t, betterers)
	n := w.corrective()
	for _, word := range []string{"acknowledge", "cause", "plan", "accept", "step", "drop", "implement", "effective"} {
		if word == "effective" { // which it is said of once its effect shows, and until when is known
			w.eventually(string(n)+" is to be verified", func() bool {
				c, err := w.owner.Corrective(t.Context(), n)
				require.NoError(t, err)
				return c.Verifiable() && !c.Unreckoned()
			})
		}
		w.quiet(n, 0)
		if word == "plan" { // whose effect does not show before it is carried out
			w.asks("ida", correctivePath(n)+"/plan", plan(0, 8*time.Second))
			continue
		}
		w.betters(n, word)
	}
	w.keepsWithin(n, bettered)
}
