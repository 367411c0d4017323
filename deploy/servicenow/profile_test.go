package servicenow_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy"
	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/deploy/servicenow"
	"github.com/steward-itsm/steward/itsm"
)

func TestImportProfileOfTheExampleIsServiceNows(t *testing.T) {
	s := example(t)
	require.Equal(t, itsm.P4, s.Matrix.Priority(itsm.LowDegree, itsm.LowDegree), "there low × low is 4")
	ours := itsm.DefaultMatrix
	ours.Low.Low = itsm.P4
	require.Equal(t, ours, s.Matrix, "and all else is as here")
}

func TestImportProfileFaultsSayWhereAndHow(t *testing.T) {
	cases := []struct{ name, old, changed, place, says string }{
		{"no service", "service: payments", "service: ''", ":13:", "a service of the catalog"},
		{"an id that is none", "team: unknown-group", "team: Unknown Group", ":17:", "team: is needed"},
		{"a zone that is none", "zone: UTC", "zone: Mars/Olympus", ":23:", `"Mars/Olympus" is not a time zone`},
		{"a cell that is none", "low: P4}\n\n", "low: P9}\n\n", ":41:", `matrix.low.low: "P9" is none of P1, P2, P3, P4, P5`},
		{"a cell missing", "{high: P1, medium: P2, low: P3}", "{high: P1, low: P3}", ":39:", "matrix.high.medium: is needed"},
		{"a target twice", "priority: P2, resolve: 1h", "priority: P1, resolve: 1h", ":57:", "is already at"},
		{"a target of no length", "resolve: 1h", "resolve: -1h", ":57:", "not between 1s and five years"},
		{"a target that is none", "resolve: 1h", "resolve: soon", ":57:", "not a duration"},
		{"a degree that is none", "degree: high", "degree: huge", ":63:", `"huge" is none of high, medium, low`},
		{"a state that is none", "state: in_progress", "state: progress", ":", "is none of triaged, in_progress"},
		{"a duplicate, which names another", "state: cancelled", "state: duplicate", ":", `"duplicate" is none of`},
		{"a hold without a reason", ", reason: awaiting_vendor", "", ":", "reason: is needed: one of awaiting_caller"},
		{"a reason without a hold", "state: resolved", "state: resolved, reason: awaiting_caller", ":", "is for on_hold"},
		{"a word twice", "{is: Closed,", "{is: RESOLVED,", ":", "state resolved is already at"},
		{"a code that is none", "resolution: fixed", "resolution: solved", ":", `"solved" is none of fixed`},
		{"a nameless machine", "machines: [Updated by 908]", "machines: ['']", ":", "user as the log writes it"},
		{"a calendar of no country", "# Within what", "calendar: {country: XX}\n# Within what", ":", "XX"},
		{"a calendar that is never open", "# Within what", "calendar: {hours: {mon: []}}\n# Within what", ":", "open at no time"},
		{"a key that is none", "service: payments", "services: payments", ":13:", "did you mean service?"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := string(deploy.ServiceNowProfile)
			require.Contains(t, text, c.old)
			_, err := servicenow.ParseProfile("mine.yaml", []byte(strings.Replace(text, c.old, c.changed, 1)))
			var faults *catalog.FileError
			require.ErrorAs(t, err, &faults)
			require.Contains(t, err.Error(), "mine.yaml"+c.place)
			require.Contains(t, err.Error(), c.says)
		})
	}
	_, err := servicenow.ParseProfile("mine.yaml", nil)
	require.ErrorContains(t, err, "start from deploy/servicenow.example.yaml")
}
