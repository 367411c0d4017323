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
