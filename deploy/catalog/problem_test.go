package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

// What the example says of problems is what counts where a catalog says nothing, but
// for the calendar; and one can publish what the other wrote.
func TestTheExampleKnowsProblems(t *testing.T) {
	c := parse(t, example(t))
	policy := c.Problem
	require.Equal(t, itsm.CalendarID("office"), policy.Calendar)
	policy.Calendar = ""
	require.Equal(t, itsm.DefaultProblemPolicy, policy)
	require.Equal(t, []itsm.PersonID{"eve", "max"}, c.Holders(itsm.ProblemManager))
}

func TestFaultsOfProblemsSayWhereAndHow(t *testing.T) {
	rows := []struct{ name, old, bad, want string }{
		{"a key", "assess_major:", "asses_major:", "problem_policy.asses_major: there is no such key; did you mean assess_major?"},
		{"a lost calendar", "problem_policy:\n  calendar: office", "problem_policy:\n  calendar: offce", "problem_policy.calendar: no calendar here is called offce; did you mean office?"},
		{"a day in a length", "assess: 2bd", "assess: 2d", `problem_policy.assess: "2d" is not a length of time; write time like 90s, 4h or 36h30m, or business days like 3bd`},
		{"a priority twice", "{priority: P2, within: 5bd}", "{priority: P1, within: 5bd}", "problem_policy.root_cause[1].priority: P1 is already at /problem_policy/root_cause/0/priority"},
		{"days of a watch", "watch: 720h ", "watch: 30bd ", "problem_policy.watch: must be a time between 1s and 2160h, which counts around the clock"},
		{"a late nudge", "nudge: 5bd", "nudge: 11bd", "problem_policy.nudge: must be shorter than escalate (10bd)"},
		{"a risk for ever", "8784h", "9000h", "problem_policy.risk_at_most: must be a time between 1s and 8784h"},
		{"publishers who may not", "publishers: problem_manager", "publishers: responder", "problem_policy.publishers: "},
		{"one is no trend", "count: 3 ", "count: 1 ", "problem_policy.trend.count: must be from 2 to 100"},
		{"a word for a number", "hits: 3 ", "hits: three ", "problem_policy.trend.hits: must be a whole number, such as 3, and not text"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			require.Contains(t, example(t), row.old)
			text := strings.Replace(example(t), row.old, row.bad, 1)
			_, err := catalog.Parse("catalog.yaml", []byte(text))
			require.ErrorContains(t, err, row.want)
			require.Regexp(t, `catalog\.yaml:\d+:\d+`, err.Error())
		})
	}
}

func TestDiffOfProblemsSpeaksInWords(t *testing.T) {
	old := parse(t, example(t))
	changed := strings.NewReplacer(
		"    - {priority: P5, within: 10bd}", "    #", "within: 5bd}", "within: 4bd}", "watch: 720h", "watch: 48h",
		"publishers: problem_manager", "publishers: incident_manager", "reopened: 3", "reopened: 4",
	).Replace(example(t))
	require.Equal(t, []string{
		"problem policy: root_cause P2: within 5bd → 4bd",
		"problem policy: root_cause P5: removed",
		"problem policy: watch 720h0m0s → 48h0m0s",
		"problem policy: publishers problem_manager → incident_manager",
		"problem policy: trend: reopened 3 → 4",
	}, catalog.Diff(old, parse(t, changed)))
	require.NotEqual(t, catalog.Digest(old), catalog.Digest(parse(t, changed)))
	turned := parse(t, example(t))
	slices.Reverse(turned.Problem.RootCause)
	require.Equal(t, catalog.Digest(old), catalog.Digest(turned), "an order that says nothing is none")
	require.Empty(t, catalog.Diff(old, turned))
}
