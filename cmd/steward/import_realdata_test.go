//go:build realdata

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestImportOfRealIncidentsBecomesHistory brings in 400 incidents of a company's
// ServiceNow, from the folder that STEWARD_REAL_DATA names, twice.
func TestImportOfRealIncidentsBecomesHistory(t *testing.T) {
	folder := os.Getenv("STEWARD_REAL_DATA")
	require.NotEmpty(t, folder, "STEWARD_REAL_DATA must name the folder of real data")
	file := filepath.Join(folder, "incident_event_log.csv")
	store := forImports(t)

	got := steward(t, "import", "servicenow", file, "--json")
	require.Equal(t, exitDone, got.code, got.errs)
	r := reportOf(t, got.out)
	require.Equal(t, 400, *r.Imported)
	require.Empty(t, r.Refused)
	require.Zero(t, r.Priority.Differ)

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	recorded := 0
	for line := range strings.Lines(string(text)) {
		number, state, _ := strings.Cut(line, ",")
		if !strings.HasPrefix(state, "Closed,") {
			continue
		}
		i, events, comments := imported(t, store, number)
		require.Equal(t, itsm.IncidentClosed, i.State, number)
		if i.Revision != len(events) {
			t.Fatalf("%s: %d events and revision %d", number, len(events), i.Revision)
		}
		if strings.Contains(line, "CHG0") {
			require.NotEmpty(t, comments, number)
		}
		recorded++
	}
	require.GreaterOrEqual(t, recorded, 400)

	again := reportOf(t, steward(t, "import", "servicenow", file, "--json").out)
	require.Zero(t, *again.Imported)
	require.Equal(t, 400, *again.Already)
}
