package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// Nobody can be shown anything for half an hour: levels are called when they are due,
// by the ways that there still are, and what was missed is shown once, not each.
func TestSlackIsDeadForHalfAnHourOfAnEscalation(t *testing.T) {
	const outage = 30 * time.Minute
	w := newIncidents(t)
	w.rounds = 3
	w.levels = [][]itsm.PersonID{{"pat"}, {"lee"}, {"boss"}}
	var failed, showed int
	w.showing = func() (activities.Shown, error) {
		if w.Now().Before(w.began.Add(outage)) {
			failed++
			return activities.Shown{}, itsm.Refuse(itsm.Unavailable, "slack.unavailable", "Slack does not answer.")
		}
		showed++
		return activities.Shown{}, nil
	}
	w.reports(ana, itsm.HighDegree, itsm.HighDegree)
	acknowledged := does(w, 39*time.Minute, pat, itsm.ActAcknowledge, itsm.NoteRequest{})
	does(w, 41*time.Minute, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
	does(w, 42*time.Minute, ana, itsm.ActConfirm, itsm.NoteRequest{})
	w.ends()
	require.NoError(t, acknowledged.err)
	for level := range 8 {
		require.Equal(t, time.Duration(level)*5*time.Minute, w.at(itsm.EventEscalated, level), "the call of level %d of 3 does not wait for Slack", level%3)
	}
	require.Len(t, w.paged, 8, "one page for each call")
	require.Positive(t, failed)
	require.LessOrEqual(t, failed, 90, "it is not hammered meanwhile") // the test environment gives up after ten attempts, and each telling begins with short waits
	require.LessOrEqual(t, showed, 1+len(w.steps)-8, "what was missed is shown once")
}
