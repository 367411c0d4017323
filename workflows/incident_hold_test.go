package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// Whoever answers for what is on hold is called when somebody asks, and the hold stays.
func TestTheManagerIsCalledForWhatIsOnHold(t *testing.T) {
	w := newIncidents(t)
	w.reports(ana, itsm.HighDegree, itsm.HighDegree)
	does(w, time.Minute, pat, itsm.ActAcknowledge, itsm.NoteRequest{})
	does(w, 2*time.Minute, pat, itsm.ActIncidentHold, itsm.HoldRequest{Reason: itsm.AwaitingVendor, Note: "They look at it."})
	asked := does(w, 3*time.Minute, ana, itsm.ActEscalate, itsm.EscalateRequest{To: itsm.EscalateManager, Note: "It takes too long."})
	does(w, time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "They mended it."})
	w.ends()
	require.NoError(t, asked.err)
	require.Equal(t, 3*time.Minute, w.at(itsm.EventEscalated, 1).Truncate(time.Minute))
	require.Equal(t, itsm.State("on_hold"), asked.receipt.State)
}

func TestOnlyWhatAwaitsTheCallerStopsTheClock(t *testing.T) {
	for reason, missed := range map[itsm.HoldReason]bool{itsm.AwaitingCaller: false, itsm.AwaitingVendor: true, itsm.AwaitingChange: true, itsm.AwaitingProblem: true} {
		t.Run(string(reason), func(t *testing.T) {
			w := newIncidents(t)
			w.reports(ana, itsm.HighDegree, itsm.HighDegree)
			does(w, time.Minute, pat, itsm.ActAcknowledge, itsm.NoteRequest{})
			does(w, time.Hour, pat, itsm.ActIncidentHold, itsm.HoldRequest{Reason: reason, Note: "Which card was it?"})
			does(w, 4*time.Hour, ana, itsm.ActIncidentComment, itsm.CommentRequest{Text: "The blue one."})
			does(w, 4*time.Hour+time.Minute, pat, itsm.ActIncidentResume, itsm.NoteRequest{})
			does(w, 5*time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
			w.ends()
			left := w.left()
			require.Equal(t, !missed, left.Clocks[1].Met())
			if !missed {
				require.Equal(t, itsm.Duration(2*time.Hour), left.Clocks[1].Elapsed.Actual, "the caller's three hours do not count")
			}
		})
	}
}

func TestACallerWhoIsSilentIsRemindedAndItIsResolvedInTheEnd(t *testing.T) {
	w := newIncidents(t)
	w.policy.Hold.Calendar = "office"
	w.policy.Closure.Calendar = "office"
	w.reports(ana, itsm.LowDegree, itsm.MediumDegree)
	does(w, time.Hour, pat, itsm.ActAcknowledge, itsm.NoteRequest{})
	does(w, 2*time.Hour, pat, itsm.ActIncidentHold, itsm.HoldRequest{Reason: itsm.AwaitingCaller, Note: "Which card was it?"})
	require.Equal(t, itsm.State("closed"), w.ends().State)
	day := 24 * time.Hour
	require.Equal(t, 2*time.Hour+2*day, w.at(itsm.EventHoldReminded, 0))
	require.Equal(t, 2*time.Hour+6*day, w.at(itsm.EventHoldReminded, 1), "four business days, with a weekend between")
	require.Equal(t, 2*time.Hour+7*day, w.at(itsm.EventResolved, 0))
	require.Equal(t, 2*time.Hour+10*day, w.at(itsm.EventConfirmReminded, 0))
	require.Equal(t, 2*time.Hour+14*day, w.at(itsm.EventIncidentClosed, 0))
	require.Equal(t, itsm.ResolvedNoReply, w.left().Resolution.Code)
	require.Equal(t, itsm.System, w.steps[len(w.steps)-1].Event.Actor)
	require.Equal(t, itsm.ClosedByTime, w.left().Closing)
}
