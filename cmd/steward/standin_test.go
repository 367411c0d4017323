package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/deploy"
)

// TestTheStandInOffersWhatTheAppDoes: whoever tries Steward on their own machine finds
// every command that a workspace would have.
func TestTheStandInOffersWhatTheAppDoes(t *testing.T) {
	app, err := readSlackApp(deploy.SlackManifest)
	require.NoError(t, err)
	var names []string
	for _, c := range app.commands {
		names = append(names, c.Name)
		require.NotEmpty(t, c.Description, c.Name)
	}
	require.Equal(t, []string{"/change", "/incident", "/problem", "/corrective", "/supplier", "/who", "/itsm"}, names)
	require.Equal(t, []slackfake.Shortcut{{Callback: "incident_new", Name: "Report an incident"}}, app.shortcuts)
}
