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

const correctivePage = "processes/corrective-action.md"

// TestTheChartOfCorrectiveActionsIsTheTable compares the state chart with the table that
// the process runs by, edge by edge.
func TestTheChartOfCorrectiveActionsIsTheTable(t *testing.T) {
	chart := between(t, documents(t)[correctivePage], "```mermaid\nstateDiagram-v2", "```")
	var drawn []string
	for _, m := range edge.FindAllStringSubmatch(chart, -1) {
		drawn = append(drawn, m[1]+" → "+m[2])
	}
	meant := []string{"[*] → " + string(itsm.CorrectiveNew)}
	for from, nexts := range itsm.CorrectiveMoves {
		for _, to := range nexts {
			meant = append(meant, string(from)+" → "+string(to))
		}
		if from.Final() {
			meant = append(meant, string(from)+" → [*]")
		}
	}
	require.ElementsMatch(t, meant, drawn)
}

// TestWhoMayDoWhatToCorrectiveActionsIsWhatIsGranted asks the rules of every act for
// every role.
func TestWhoMayDoWhatToCorrectiveActionsIsWhatIsGranted(t *testing.T) {
	needs := map[string]itsm.Permission{
		"read": itsm.ReadCorrective, "raise": itsm.RaiseCorrective, "comment": itsm.CommentOnCorrective, "withdraw": itsm.RaiseCorrective,
		"decide": itsm.AcceptPlans, "verify": itsm.VerifyCorrective,
	}
	told := []string{}
	for _, row := range table(between(t, documents(t)[correctivePage], "## Who may do what", "\n## "), "")[1:] {
		need, known := needs[row[0]]
		if !known {
			need = itsm.WorkOnCorrective
		}
		var may []string
		for _, r := range itsm.Roles {
			who := itsm.Actor{Person: "bob", Roles: []itsm.Role{r}, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
			if who.May(need) == nil {
				may = append(may, strings.ReplaceAll(string(r), "_", " "))
			}
		}
		require.ElementsMatch(t, may, strings.Split(row[1], ", "), row[0])
		told = append(told, row[0])
	}
	acts := []string{"read"}
	for _, act := range ofCorrective(constants(t, "itsm/explain.go", "Act")) {
		acts = append(acts, strings.TrimPrefix(act, "corrective_action."))
	}
	require.ElementsMatch(t, acts, told)
}

// ofCorrective are the acts, or the events, that corrective actions have and no other
// record.
func ofCorrective(words []string) []string {
	return slices.DeleteFunc(words, func(word string) bool {
		return !strings.HasPrefix(word, "corrective_action.") && !strings.HasPrefix(word, "corrective_plan.")
	})
}

// correctiveRules are the files whose refusals the page explains.
var correctiveRules = []string{"itsm/corrective_plan.go", "itsm/corrective_rules.go", "workflows/corrective.go"}

// TestTheCorrectivePageKnowsItsRefusals finds each code of the rules of corrective
// actions there, and no code that there is not.
func TestTheCorrectivePageKnowsItsRefusals(t *testing.T) {
	s, listed := code(t), map[string]bool{}
	for _, row := range table(between(t, documents(t)[correctivePage], "## Refusals", "\n## "), "`") {
		require.False(t, listed[words(row[0])[0]], "%s is there twice", row[0])
		listed[words(row[0])[0]] = true
	}
	known := map[string]bool{}
	for _, r := range s.refusals {
		known[r.code] = true
		if slices.Contains(correctiveRules, r.file) {
			require.True(t, listed[r.code], "%s is not on the page", r.code)
		}
	}
	for listed := range listed {
		require.True(t, known[listed], "%s is no code", listed)
	}
}

// TestEveryEventOfCorrectiveActionsIsListed holds the table of events to the kinds that
// there are.
func TestEveryEventOfCorrectiveActionsIsListed(t *testing.T) {
	var listed []string
	for _, row := range table(between(t, documents(t)[correctivePage], "## Events", "\n## "), "`") {
		listed = append(listed, words(row[0])[0])
	}
	require.ElementsMatch(t, ofCorrective(constants(t, "itsm/event.go", "EventKind")), listed)
}

// TestWhatTemporalShowsOfCorrectiveActionsIsListed holds the table of the UI to the
// updates and timers of the process, and to the activities.
func TestWhatTemporalShowsOfCorrectiveActionsIsListed(t *testing.T) {
	rows := map[string]string{}
	for _, row := range table(between(t, documents(t)[correctivePage], "## In the Temporal UI", "\n\n```"), "") {
		rows[row[0]] = row[1]
	}
	require.ElementsMatch(t, ofCorrective(constants(t, "itsm/explain.go", "Act")), words(rows["updates"]))
	for _, activity := range words(rows["activities"]) {
		require.Contains(t, code(t).names, "activities.Activities."+activity)
	}
	listed := regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(rows["timers"], -1)
	timers := 1 // "for the request to arrive", of every process
	ast.Inspect(parse(t, "workflows/corrective.go"), func(n ast.Node) bool {
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

// TestThePolicyOfCorrectiveActionsIsAsWritten holds the lengths that the page names to
// those that count where a catalog says nothing.
func TestThePolicyOfCorrectiveActionsIsAsWritten(t *testing.T) {
	d := itsm.DefaultCorrectivePolicy
	page := between(t, documents(t)[correctivePage], "## Timers", "\n## ")
	rows := table(page, "`")
	require.Len(t, rows, 7)
	for n, stage := range []func(itsm.CorrectiveTarget) itsm.Length{
		func(t itsm.CorrectiveTarget) itsm.Length { return t.Acknowledge },
		func(t itsm.CorrectiveTarget) itsm.Length { return t.Cause },
		func(t itsm.CorrectiveTarget) itsm.Length { return t.Plan },
		func(t itsm.CorrectiveTarget) itsm.Length { return t.Implement },
		func(t itsm.CorrectiveTarget) itsm.Length { return t.Verify },
	} {
		for k, severity := range d.Targets {
			require.Equal(t, stage(severity).String(), rows[n][k+1], "%s of what is %s", rows[n][0], severity.Severity)
		}
	}
	require.Equal(t, []string{d.VerifyAfter.String(), d.Accept.String()}, []string{rows[5][1], rows[6][1]})
}
