//go:build realdata

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestTrendsInRealIncidents looks for problems in 400 incidents of a company's ServiceNow
// at the end of each week of the log, and has each count checked by the question that an
// auditor is given.
func TestTrendsInRealIncidents(t *testing.T) {
	folder := os.Getenv("STEWARD_REAL_DATA")
	require.NotEmpty(t, folder, "STEWARD_REAL_DATA must name the folder of real data")
	store := forImports(t)
	got := steward(t, "import", "servicenow", filepath.Join(folder, "incident_event_log.csv"), "--json")
	require.Equal(t, exitDone, got.code, got.errs)
	var first, last time.Time
	require.NoError(t, store.Pool().QueryRow(t.Context(), "SELECT min(raised_at), max(raised_at) FROM incidents").Scan(&first, &last))
	seen, candidates := map[string]bool{}, 0
	for at := first.AddDate(0, 0, 7).Truncate(24 * time.Hour); at.Before(last.AddDate(0, 0, 8)); at = at.AddDate(0, 0, 7) {
		got := steward(t, "trends", "--at", at.Format(time.RFC3339), "--json")
		require.Equal(t, exitDone, got.code, got.errs)
		var found struct{ Items []trendRow }
		require.NoError(t, json.Unmarshal([]byte(got.out), &found))
		for _, item := range found.Items {
			rows, err := store.Pool().Query(t.Context(), item.SQL)
			require.NoError(t, err)
			counted := 0
			for rows.Next() {
				counted++
			}
			require.NoError(t, rows.Err())
			require.Equal(t, item.Count, counted, "%s: the auditor counts the same\n%s", item.ID, item.SQL)
			candidates++
			if !seen[item.ID] {
				seen[item.ID] = true
				t.Logf("%s: %s %s (at most %.1f are usual)", at.Format(time.DateOnly), itsm.State(item.Finding).Words(), item.Reason, item.Usual)
				draft := item.Draft()
				require.NoError(t, draft.Check())
			}
		}
	}
	require.NotEmpty(t, seen, "the log has something to find")
	t.Logf("%d candidates, %d of them different", candidates, len(seen))
}
