package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestWhatFallsDueDoesNotWaitForSomebodyWhoMayPublish has nobody left who may publish,
// for a while: half of its target is told on time all the same.
func TestWhatFallsDueDoesNotWaitForSomebodyWhoMayPublish(t *testing.T) {
	w := newProblems(t)
	staff := w.catalog.People
	people := func(p []itsm.Person) func() {
		return func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.catalog.People = p
		}
	}
	w.raised()
	acts(w, w.on("01-13 09:30"), mia, itsm.ActAccept, itsm.Acceptance{Coordinator: "pat"})
	acts(w, w.on("01-14 09:00"), pat, itsm.ActRootCause, proven)
	acts(w, w.on("01-14 10:00"), pat, itsm.ActWorkaround, reload)
	w.at(w.on("01-14 10:30"), people(nil))
	acts(w, w.on("01-14 11:00"), pat, itsm.ActPublish, itsm.NoteRequest{})
	w.at(w.on("01-15 14:00"), people(staff))
	acts(w, w.on("01-15 15:00"), mia, itsm.ActProblemDecide, itsm.DecisionRequest{Verdict: itsm.Approve})
	acts(w, w.on("01-15 16:00"), mia, itsm.ActAcceptRisk, itsm.RiskRequest{Note: "It helps for now.", ExpiresAt: w.on("03-15 09:00")})
	acts(w, w.on("01-15 17:00"), mia, itsm.ActProblemClose, itsm.NoteRequest{})
	w.ends()

	warned := w.when(itsm.EventProblemWarned)
	require.NotEmpty(t, warned)
	require.WithinDuration(t, w.on("01-14 17:00"), warned[0], time.Minute, "half of the two days for a workaround")
	opened := w.when(itsm.EventKnownErrorOpened)
	require.Len(t, opened, 1)
	require.WithinDuration(t, w.on("01-15 14:00"), opened[0], time.Minute)
	require.Len(t, w.when(itsm.EventKnownErrorPublished), 1)
}
