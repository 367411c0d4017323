package docs_test

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

const problemPage = "processes/problem.md"

// TestTheChartOfProblemsIsTheTable compares the state chart with the table that the
// process runs by, edge by edge.
func TestTheChartOfProblemsIsTheTable(t *testing.T) {
	chart := between(t, documents(t)[problemPage], "```mermaid\nstateDiagram-v2", "```")
	var drawn []string
	for _, m := range edge.FindAllStringSubmatch(chart, -1) {
		drawn = append(drawn, m[1]+" → "+m[2])
	}
	meant := []string{"[*] → " + string(itsm.ProblemNew)}
	for from, nexts := range itsm.ProblemMoves {
		for _, to := range nexts {
			meant = append(meant, string(from)+" → "+string(to))
		}
		if from.Final() {
			meant = append(meant, string(from)+" → [*]")
		}
	}
	require.ElementsMatch(t, meant, drawn)
}

// TestWhoMayDoWhatToProblemsIsWhatIsGranted asks the rules of every act for every role.
func TestWhoMayDoWhatToProblemsIsWhatIsGranted(t *testing.T) {
	needs := map[string]itsm.Permission{
		"read": itsm.ReadProblems, "raise": itsm.RaiseProblems, "comment": itsm.CommentOnProblems, "cancel": itsm.RaiseProblems,
		"accept-risk": itsm.AcceptRisks, "decide": itsm.PublishKnownErrors,
		"accept": itsm.ManageProblems, "decline": itsm.ManageProblems, "merge": itsm.ManageProblems, "confirm": itsm.ManageProblems,
		"reopen": itsm.ManageProblems, "close": itsm.ManageProblems,
	}
	told := []string{}
	for _, row := range table(between(t, documents(t)[problemPage], "## Who may do what", "\n## "), "")[1:] {
		need, known := needs[row[0]]
		if !known {
			need = itsm.WorkOnProblems
		}
		may := []string{"nobody"}
		if row[0] != "recur" {
			may = nil
			for _, r := range itsm.Roles {
				who := itsm.Actor{Person: "bob", Roles: []itsm.Role{r}, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
				if who.May(need) == nil {
					may = append(may, strings.ReplaceAll(string(r), "_", " "))
				}
			}
		}
		require.ElementsMatch(t, may, strings.Split(row[1], ", "), row[0])
		told = append(told, row[0])
	}
	acts := []string{"read"}
	for _, act := range ofProblems(constants(t, "itsm/explain.go", "Act")) {
		acts = append(acts, strings.TrimPrefix(act, "problem."))
	}
	require.ElementsMatch(t, acts, told)
}

// ofProblems are the acts, or the events, that problems have and no other record.
func ofProblems(words []string) []string {
	return slices.DeleteFunc(words, func(word string) bool {
		return !strings.HasPrefix(word, "problem.") && !strings.HasPrefix(word, "known_error.")
	})
}

// problemRules are the files whose refusals the page explains.
var problemRules = []string{
	"itsm/known_error.go", "itsm/problem_cause.go", "itsm/problem_end_rules.go", "itsm/problem_rules.go", "workflows/problem.go",
}

// TestTheProblemPageKnowsItsRefusals finds each code of the rules of problems there, and
// no code that there is not.
func TestTheProblemPageKnowsItsRefusals(t *testing.T) {
	s, listed := code(t), map[string]bool{}
	for _, row := range table(between(t, documents(t)[problemPage], "## Refusals", "\n## "), "`") {
		require.False(t, listed[words(row[0])[0]], "%s is there twice", row[0])
		listed[words(row[0])[0]] = true
	}
	known := map[string]bool{}
	for _, r := range s.refusals {
		known[r.code] = true
		if slices.Contains(problemRules, r.file) {
			require.True(t, listed[r.code], "%s is not on the page", r.code)
		}
	}
	for listed := range listed {
		require.True(t, known[listed], "%s is no code", listed)
	}
}

// TestEveryEventOfProblemsIsListed holds the table of events to the kinds that there are.
func TestEveryEventOfProblemsIsListed(t *testing.T) {
	var listed []string
	for _, row := range table(between(t, documents(t)[problemPage], "## Events", "\n## "), "`") {
		listed = append(listed, words(row[0])[0])
	}
	require.ElementsMatch(t, ofProblems(constants(t, "itsm/event.go", "EventKind")), listed)
}

// TestWhatTemporalShowsOfProblemsIsListed holds the table of the UI to the updates,
// signals and timers of the process, and to the activities.
func TestWhatTemporalShowsOfProblemsIsListed(t *testing.T) {
	rows := map[string]string{}
	for _, row := range table(between(t, documents(t)[problemPage], "## In the Temporal UI", "\n\n```"), "") {
		rows[row[0]] = row[1]
	}
	require.ElementsMatch(t, ofProblems(constants(t, "itsm/explain.go", "Act")), words(rows["updates"]))
	for _, activity := range words(rows["activities"]) {
		require.Contains(t, code(t).names, "activities.Activities."+activity)
	}
	for _, signal := range words(rows["signals"]) {
		require.True(t, code(t).literals[signal], signal)
	}
	listed := regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(rows["timers"], -1)
	timers := 1 // "for the request to arrive", of every process
	ast.Inspect(parse(t, "workflows/problem.go"), func(n ast.Node) bool {
		text, ok := literal(n)
		if !ok || !strings.HasPrefix(text, "until ") {
			return true
		}
		timers++
		require.True(t, slices.ContainsFunc(listed, func(m []string) bool { return strings.HasPrefix(m[1], text) }), "%q is not on the page", text)
		return true
	})
	require.Len(t, listed, timers)
}

// TestThePolicyOfProblemsIsAsWritten holds the lengths that the page names to those that
// count where a catalog says nothing.
func TestThePolicyOfProblemsIsAsWritten(t *testing.T) {
	d := itsm.DefaultProblemPolicy
	said := map[string]itsm.Length{
		"assess": d.Assess, "assess_major": d.AssessMajor, "workaround": d.Workaround, "review": d.Review, "nudge": d.Nudge,
		"escalate": d.Escalate, "watch": d.Watch, "known_errors": d.KnownErrors, "risk_at_most": d.RiskAtMost, "publish": d.Publish,
	}
	for _, row := range table(between(t, documents(t)[problemPage], "## Timers", "\n## "), "`") {
		key := words(row[0])[0]
		require.Equal(t, said[key].String(), row[1], key)
		delete(said, key)
	}
	require.Empty(t, said)
}
