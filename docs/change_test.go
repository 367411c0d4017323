package docs_test

import (
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

const changePage = "processes/change.md"

var edge = regexp.MustCompile(`(?m)^\s+(\S+) --> (\S+?)(?:: .*)?$`)

// TestTheChartIsTheTable compares the state chart with the table that the process
// runs by, edge by edge.
func TestTheChartIsTheTable(t *testing.T) {
	chart := between(t, documents(t)[changePage], "```mermaid\nstateDiagram-v2", "```")
	var drawn, meant []string
	for _, m := range edge.FindAllStringSubmatch(chart, -1) {
		drawn = append(drawn, m[1]+" → "+m[2])
	}
	meant = append(meant, "[*] → "+string(itsm.ChangeRaised))
	for from, nexts := range itsm.ChangeMoves {
		for _, to := range nexts {
			meant = append(meant, string(from)+" → "+string(to))
		}
		if from.Final() {
			meant = append(meant, string(from)+" → [*]")
		}
	}
	require.ElementsMatch(t, meant, drawn)
}

// TestWhoMayDoWhatIsWhatIsGranted asks the rules of every act for every role.
func TestWhoMayDoWhatIsWhatIsGranted(t *testing.T) {
	needs := map[string]itsm.Permission{
		"read": itsm.ReadChanges, "raise": itsm.RaiseChanges, "assess": itsm.AssessChanges, "comment": itsm.CommentOnChanges,
		"decide": itsm.DecideChanges, "retract": itsm.DecideChanges, "delegate": itsm.DecideChanges,
		"edit": itsm.EditChanges, "link": itsm.EditChanges, "hold": itsm.EditChanges, "resume": itsm.EditChanges, "reassign": itsm.EditChanges,
		"start": itsm.ImplementChanges, "complete": itsm.ImplementChanges, "cancel": itsm.CancelChanges, "withdraw": itsm.CancelChanges,
	}
	told := []string{"read"}
	for _, row := range table(between(t, documents(t)[changePage], "## Who may do what", "\n## "), "") {
		need, known := needs[row[0]]
		if !known {
			continue
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
	for _, act := range ofChanges(constants(t, "itsm/explain.go", "Act")) {
		require.Contains(t, told, strings.TrimPrefix(act, "change."))
	}
}

// rules are the files whose refusals the page explains.
var rules = []string{
	"itsm/approval_rules.go", "itsm/assessment.go", "itsm/change_acts.go", "itsm/change_opening.go", "itsm/change_rules.go",
	"itsm/comment.go", "itsm/delegation.go", "itsm/edit.go", "itsm/opening.go",
}

// TestTheProcessPageKnowsItsRefusals finds each code of the rules of changes there,
// and no code that there is not.
func TestTheProcessPageKnowsItsRefusals(t *testing.T) {
	s, listed := code(t), map[string]bool{}
	for _, row := range table(between(t, documents(t)[changePage], "## Refusals", "\n## "), "`") {
		listed[words(row[0])[0]] = true
	}
	known := map[string]bool{}
	for _, r := range s.refusals {
		known[r.code] = true
		if slices.Contains(rules, r.file) && !strings.HasPrefix(r.code, "known_error.") && !strings.HasPrefix(r.code, "corrective_plan.") &&
			!strings.HasPrefix(r.code, "contract_decision.") {
			require.Contains(t, listed, r.code)
		}
	}
	for listed := range listed {
		require.Contains(t, known, listed)
	}
}

// TestEveryEventIsListed holds the table of events to the kinds that there are, and
// what it says of detail to the fields that there are.
func TestEveryEventIsListed(t *testing.T) {
	var listed []string
	told := map[string]bool{}
	for _, row := range table(between(t, documents(t)[changePage], "## Events", "\n## "), "`change.") {
		listed = append(listed, words(row[0])[0])
		for _, field := range words(row[2]) {
			told[field] = true
		}
	}
	require.ElementsMatch(t, ofChanges(constants(t, "itsm/event.go", "EventKind")), listed)
	require.Subset(t, fields(t, "itsm/event.go", "Detail"), slices.Collect(maps.Keys(told)))
}

// ofChanges are the acts, or the events, that changes have and no other record.
func ofChanges(words []string) []string {
	return slices.DeleteFunc(words, func(word string) bool { return !strings.HasPrefix(word, "change.") })
}

// TestWhatTemporalShowsIsListed holds the table of the UI to the updates and timers
// of the process, and to the activities.
func TestWhatTemporalShowsIsListed(t *testing.T) {
	rows := map[string]string{}
	for _, row := range table(between(t, documents(t)[changePage], "## In the Temporal UI", "\n\n```"), "") {
		rows[row[0]] = row[1]
	}
	require.ElementsMatch(t, ofChanges(constants(t, "itsm/explain.go", "Act")), words(rows["updates"]))
	for _, activity := range words(rows["activities"]) {
		require.Contains(t, code(t).names, "activities.Activities."+activity)
	}
	var timers []string
	for _, file := range []string{"workflows/process.go", "workflows/change.go", "workflows/approval.go"} {
		ast.Inspect(parse(t, file), func(n ast.Node) bool {
			if text, ok := literal(n); ok && (strings.HasPrefix(text, "until ") || strings.HasPrefix(text, "for the ")) {
				timers = append(timers, text)
			}
			return true
		})
	}
	quoted := regexp.MustCompile(`"([^"]+)"`)
	var listed []string
	for _, m := range quoted.FindAllStringSubmatch(rows["timers"], -1) {
		listed = append(listed, m[1])
	}
	require.ElementsMatch(t, timers, listed)
}

// constants are the values of the string constants of a type in a file.
func constants(t *testing.T, file, of string) (values []string) {
	t.Helper()
	ast.Inspect(parse(t, file), func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && spec.Type != nil && last(spec.Type) == of {
			for _, v := range spec.Values {
				text, _ := literal(v)
				values = append(values, text)
			}
		}
		return true
	})
	require.NotEmpty(t, values)
	return values
}

// fields are the names in JSON of a struct's fields.
func fields(t *testing.T, file, of string) (names []string) {
	t.Helper()
	ast.Inspect(parse(t, file), func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != of {
			return true
		}
		ast.Inspect(spec, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok && f.Tag != nil {
				tag := strings.Trim(f.Tag.Value, "`")
				name, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(tag, `json:"`), `"`), ",")
				names = append(names, name)
			}
			return true
		})
		return false
	})
	require.NotEmpty(t, names)
	return names
}
