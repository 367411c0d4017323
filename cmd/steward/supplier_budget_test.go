package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// kept is what a supplier costs from its proposal until it is left, in nine acts.
var kept = budget{map[string]int{
	"WorkflowExecutionStarted": 1,
	"workflow task":            3 * 34, // at most: one for each activity and update that ends; what ends at the same moment shares one
	"update":                   2 * 9,  // raise, six moves, due diligence, exit plan
	"RecordSupplier":           3 * 1,
	"StepSupplier":             3 * 11, // proposed, the eight acts, and twice the deadlines
	"ReckonSupplier":           3 * 2,  // of the due diligence and of the exit plan
	"ShowSupplier":             3 * 11, // at most: after each act, and what follows by itself
	"timer":                    2 * 7,  // the wait for the raise, and for what comes next at each stage

	"UpsertWorkflowSearchAttributes": 9, // one for each state, and for whom it waits
	"WorkflowExecutionCompleted":     1,
}, 112}

// rejectedContract is what a contract costs that is drafted, proposed, not approved and
// dropped, in four acts.
var rejectedContract = budget{map[string]int{
	"WorkflowExecutionStarted": 1,
	"workflow task":            3 * 16, // at most
	"update":                   2 * 4,  // raise, propose, decide, cancel
	"RecordContract":           3 * 1,
	"OpenContract":             3 * 1, // who may decide
	"StepContract":             3 * 5, // drafted, the decision opened, the three acts
	"ShowContract":             3 * 5, // at most
	"timer":                    2 * 1, // the reminder of those who decide

	"UpsertWorkflowSearchAttributes": 4,
	"WorkflowExecutionCompleted":     1,
}, 54}

// TestASupplierAndAContractKeepToTheirBudgets fails when either costs an activity, an
// update or a timer more or less than it did, or more workflow tasks or showings.
func TestASupplierAndAContractKeepToTheirBudgets(t *testing.T) {
	w, ctx := newWorld(t, supplied), t.Context()
	s := w.supplier()
	move := func(to itsm.SupplierState) { w.quiet(s, 0); w.moves(s, to) }
	move(itsm.SupplierDueDiligence)
	w.quiet(s, 0)
	_, err := w.desk.AssessSupplier(ctx, w.called("ida"), s, itsm.DiligenceRequest{Suitable: true, Note: "It is sound.", Evidence: shown})
	require.NoError(t, err)
	move(itsm.SupplierOnboarding)
	move(itsm.SupplierActive)

	signed, err := w.desk.RaiseContract(ctx, w.called("eve"), contractOf(s))
	require.NoError(t, err)
	c := signed.Number
	w.quiet(c, 0)
	w.decides(c, itsm.ProposalRequest{Decision: itsm.ApproveContract}, itsm.Reject)
	w.quiet(c, 0)
	_, err = w.desk.CancelContract(ctx, w.called("eve"), c, itsm.Cancellation{Note: "Another is cheaper."})
	require.NoError(t, err)

	w.quiet(s, 0)
	_, err = w.desk.PlanExit(ctx, w.called("ida"), s, itsm.ExitRequest{Text: "Another has room for us."})
	require.NoError(t, err)
	move(itsm.SupplierExitPlanned)
	move(itsm.SupplierExiting)
	move(itsm.SupplierOffboarded)
	w.keepsWithin(s, kept)
	w.keepsWithin(c, rejectedContract)
}
