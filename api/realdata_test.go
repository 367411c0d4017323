//go:build realdata

package api

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// What GitHub really sent: every recorded payload is understood or ignored.
func TestRecordedPayloads(t *testing.T) {
	folder := os.Getenv("STEWARD_REAL_DATA")
	require.NotEmpty(t, folder, "STEWARD_REAL_DATA names the folder of recorded payloads")
	files, err := filepath.Glob(filepath.Join(folder, "github", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	raised := 0
	for _, path := range files {
		body, err := os.ReadFile(path)
		require.NoError(t, err)
		event, _, _ := strings.Cut(filepath.Base(path), ".")
		b := stand(t)
		w := b.do(hook(string(body), liveSecret, "X-GitHub-Event", event))
		require.Equal(t, http.StatusAccepted, w.Code, "%s: %s", path, w.Body)
		if event != "deployment" {
			require.JSONEq(t, `{"ignored":true}`, w.Body.String(), path)
			continue
		}
		raised++
		in, ok := b.body.(itsm.Deployment)
		require.True(t, ok)
		require.Contains(t, string(body), `"`+in.Repository+`"`, "names are taken as GitHub wrote them")
		require.Positive(t, in.ID)
	}
	require.Positive(t, raised, "no deployment among the recorded payloads")
}
