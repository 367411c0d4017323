//go:build realdata

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestADeploymentThatGitHubSentGoesAllTheWay takes a payload that GitHub sent,
// from the folder that STEWARD_REAL_DATA names.
func TestADeploymentThatGitHubSentGoesAllTheWay(t *testing.T) {
	folder := os.Getenv("STEWARD_REAL_DATA")
	require.NotEmpty(t, folder, "STEWARD_REAL_DATA must name the folder of real data")
	payload, err := os.ReadFile(filepath.Join(folder, "github", "deployment.0.json"))
	require.NoError(t, err)
	deploys(t, "Codertocat/Hello-World", payload)
}
