package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// investigated is a problem whose root cause is known by the second day.
func investigated(t *testing.T) *problems {
	t.Helper()
	w := newProblems(t)
	w.raised()
	acts(w, w.on("01-12 11:00"), mia, itsm.ActAccept, itsm.Acceptance{Coordinator: "pat"})
	acts(w, w.on("01-13 10:00"), pat, itsm.ActRootCause, proven)
	return w
}

// TestAChangeThatEndedBeforeIsSeenAtOnce: it may end between its being named and its
// being told that somebody waits.
func TestAChangeThatEndedBeforeIsSeenAtOnce(t *testing.T) {
	w := investigated(t)
	w.changes["CHG-9"] = fixed("CHG-9", itsm.Successful)
	acts(w, w.on("01-14 10:00"), pat, itsm.ActFix, itsm.FixRequest{Change: "CHG-9"})
	acts(w, w.on("01-20 10:00"), mia, itsm.ActProblemConfirm, itsm.NoteRequest{Note: "Load test passed."})
	acts(w, w.on("01-21 10:00"), mia, itsm.ActProblemClose, itsm.NoteRequest{})
	w.ends()
	require.Equal(t, w.on("01-14 10:00").UTC(), w.when(itsm.EventFixDeployed)[0].UTC())
	require.Equal(t, itsm.EndedFixed, w.left().Ending)
}

// TestASignalAloneFixesNothing: whoever can send one makes it look, and no more.
func TestASignalAloneFixesNothing(t *testing.T) {
	w := investigated(t)
	w.changes["CHG-9"] = itsm.Change{Number: "CHG-9", State: itsm.ChangeImplementing}
	acts(w, w.on("01-14 10:00"), pat, itsm.ActFix, itsm.FixRequest{Change: "CHG-9"})
	for _, n := range []itsm.Number{"CHG-9", "CHG-8", "", "no number"} {
		w.at(w.on("01-15 10:00"), func() { w.env.SignalWorkflow(workflows.ChangeEnded, n) })
		w.at(w.on("01-15 10:00"), func() { w.env.SignalWorkflow(workflows.ProblemMerged, n) })
	}
	w.at(w.on("01-15 11:00"), func() { w.env.SignalWorkflow(workflows.ProblemMerged, itsm.Number("PRB-9")) })
	refused := acts(w, w.on("01-15 12:00"), mia, itsm.ActProblemConfirm, itsm.NoteRequest{Note: "Surely."})
	w.at(w.on("01-16 10:00"), func() {
		w.becomes(itsm.Change{Number: "CHG-9", State: itsm.ChangeRejected})
		w.env.SignalWorkflow(workflows.ChangeEnded, itsm.Number("CHG-9"))
	})
	acts(w, w.on("01-17 10:00"), mia, itsm.ActProblemCancel, itsm.Cancellation{Note: "The service ends."})
	w.ends()
	require.Equal(t, "problem.not_now", code(refused.err))
	require.Empty(t, w.when(itsm.EventFixDeployed))
	require.Empty(t, w.when(itsm.EventProblemAbsorbed))
	require.Equal(t, w.on("01-16 10:00").UTC(), w.when(itsm.EventFixFailed)[0].UTC())
	require.Equal(t, itsm.State("rejected"), w.left().FailedFixes[0].Outcome)
}

// TestARecurrenceReopens: an incident in the watch, and the workaround is there again.
func TestARecurrenceReopens(t *testing.T) {
	w := investigated(t)
	w.changes["CHG-9"] = fixed("CHG-9", itsm.Successful)
	acts(w, w.on("01-13 11:00"), pat, itsm.ActWorkaround, reload)
	acts(w, w.on("01-13 12:00"), pat, itsm.ActPublish, itsm.NoteRequest{})
	acts(w, w.on("01-13 13:00"), noor, itsm.ActProblemDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	acts(w, w.on("01-14 10:00"), pat, itsm.ActFix, itsm.FixRequest{Change: "CHG-9"})
	stranger := acts(w, w.on("01-20 09:00"), mia, itsm.ActRecur, itsm.RecurRequest{Incident: "INC-4"})
	acts(w, w.on("01-20 10:00"), finder, itsm.ActRecur, itsm.RecurRequest{Incident: "INC-4"})
	twice := acts(w, w.on("01-20 11:00"), finder, itsm.ActRecur, itsm.RecurRequest{Incident: "INC-5"})
	acts(w, w.on("01-21 10:00"), pat, itsm.ActRootCause, proven)
	acts(w, w.on("01-22 10:00"), mia, itsm.ActAcceptRisk, itsm.RiskRequest{Note: "It is rare.", ExpiresAt: w.on("06-01 10:00")})
	acts(w, w.on("01-23 10:00"), mia, itsm.ActProblemClose, itsm.NoteRequest{Note: "The service ends in May."})
	w.ends()
	require.Equal(t, "actor.permission", code(stranger.err))
	require.Equal(t, "problem.not_now", code(twice.err))
	require.Equal(t, w.on("01-20 10:00").UTC(), w.when(itsm.EventProblemRecurred)[0].UTC())
	require.Equal(t, 1, w.left().Reopens)
	require.Equal(t, itsm.Number("CHG-9"), w.left().FailedFixes[0].Change)
	require.Equal(t, itsm.EndedRiskAccepted, w.left().Ending)
	require.Contains(t, w.left().Relations, itsm.Relation{From: "PRB-7", Kind: itsm.FoundIn, To: "INC-4", By: itsm.System, At: w.when(itsm.EventProblemRecurred)[0]})
}

// TestAMergeTellsTheOtherProblem, which takes up what this one led to.
func TestAMergeTellsTheOtherProblem(t *testing.T) {
	w := newProblems(t)
	w.raised()
	acts(w, w.on("01-12 11:00"), mia, itsm.ActMerge, itsm.MergeRequest{Into: "PRB-3", Note: "The same pool."})
	end := w.ends()
	require.Equal(t, itsm.State(itsm.ProblemMerged), end.State)
	require.Equal(t, []string{"problem.merged PRB-3 PRB-7"}, w.signals)

	other := newProblems(t)
	other.raised()
	gone := itsm.Problem{Number: "PRB-9"}
	gone.State, gone.MergedInto, gone.Absorbed = itsm.ProblemMerged, "PRB-7", []itsm.Number{"PRB-5"}
	gone.Relations = []itsm.Relation{{From: "PRB-9", Kind: itsm.FoundIn, To: "INC-8"}, {From: "PRB-9", Kind: itsm.DuplicateOf, To: "PRB-7"}}
	other.others["PRB-9"] = gone
	other.linked = []itsm.Number{"INC-8"}
	for range 2 { // once is enough
		other.at(other.on("01-12 12:00"), func() { other.env.SignalWorkflow(workflows.ProblemMerged, itsm.Number("PRB-9")) })
	}
	acts(other, other.on("01-12 13:00"), mia, itsm.ActDecline, itsm.NoteRequest{Note: "No problem."})
	other.ends()
	require.Len(t, other.when(itsm.EventProblemAbsorbed), 1)
	require.Equal(t, []itsm.Number{"PRB-9", "PRB-5"}, other.left().Absorbed)
	require.Len(t, other.left().Relations, 3, "two of its own, and one that moved")
	require.Contains(t, other.signals, "problem.moved INC-8 PRB-7")
}

// TestAProblemThatNobodyRaisedEnds within a minute, and another start of its number is
// free.
func TestAProblemThatNobodyRaisedEnds(t *testing.T) {
	w := newProblems(t)
	w.env = w.environment()
	w.env.ExecuteWorkflow(workflows.ProblemType, itsm.Number("PRB-7"))
	require.Equal(t, "problem.never_raised", code(w.env.GetWorkflowError()))
}

// TestAChangeTellsWhoWaitsForIt once it is over and saved: whoever asked before, and
// whoever asks while it ends.
func TestAChangeTellsWhoWaitsForIt(t *testing.T) {
	w := newWorld(t)
	var told []string
	w.OnSignalExternalWorkflow(mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(
		func(_, id, _, signal string, of any) error {
			require.NotEmpty(t, w.steps)
			require.Equal(t, itsm.State(itsm.ChangeRejected), w.steps[len(w.steps)-1].Event.To, "it is saved before")
			n, _ := of.(itsm.Number)
			told = append(told, signal+" "+id+" "+string(n))
			return nil
		})
	for _, n := range []itsm.Number{"PRB-1", "PRB-2", "PRB-1", "", "no number"} {
		w.RegisterDelayedCallback(func() { w.SignalWorkflow(workflows.ChangeAwaited, n) }, time.Minute)
	}
	act(w, time.Hour, bob, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Reject, Note: "Not on a Friday."})
	w.run(draft())
	require.Equal(t, []string{"change.ended PRB-1 CHG-1", "change.ended PRB-2 CHG-1"}, told)
}
