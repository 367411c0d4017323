// Package docs_test holds the documents against the code, so that what they say of
// it stays true: every name, path, setting, metric and refusal in them exists, and
// none that they promise to list is missing.
package docs_test

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write refusals.md anew")

var (
	ticked = regexp.MustCompile("`([^`\n]+)`")
	name   = regexp.MustCompile(`^[a-z]+(\.[A-Za-z]+){1,2}$`)
	place  = regexp.MustCompile(`^[a-z.][\w.-]*(/[\w.-]+)*/?$`)
	link   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	verbal = regexp.MustCompile(`^[a-z]+$`)
	fence  = regexp.MustCompile("(?s)```.*?```")
)

// TestEveryNameExists looks up what the documents name in Go: pkg.Name in ticks.
// Words of the program's own, such as a refusal's code, must stand in its source.
func TestEveryNameExists(t *testing.T) {
	s := code(t)
	for page, text := range documents(t) {
		for _, word := range words(fence.ReplaceAllString(text, "")) {
			if name.MatchString(word) && !exists(word) {
				require.True(t, s.names[word] || s.literals[word], "%s names %s, which is not in the code", page, word)
			}
			if command := strings.Fields(word); command[0] == "steward" {
				for _, verb := range command[1:min(3, len(command))] {
					require.True(t, s.verbs[verb] || !verbal.MatchString(verb), "%s names a command %q that there is not", page, word)
				}
			}
		}
	}
}

// TestEveryPathExists looks up what the documents name in the repository: a path
// in ticks, from its top.
func TestEveryPathExists(t *testing.T) {
	for page, text := range documents(t) {
		for _, word := range words(fence.ReplaceAllString(text, "")) {
			if strings.Contains(word, "/") && place.MatchString(word) {
				require.True(t, exists(word), "%s names %s, which is not in the repository", page, word)
			}
		}
	}
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	pages := documents(t)
	for page, text := range pages {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			to, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(to, "://") {
				continue
			}
			at := page
			if to != "" {
				at = path.Join(path.Dir(page), to)
				_, err := os.Stat(filepath.FromSlash(at))
				require.NoError(t, err, "%s links to %s", page, m[1])
			}
			if anchor != "" {
				require.Contains(t, headings(pages[at]), anchor, "%s links to %s", page, m[1])
			}
		}
	}
}

// TestEachRequirementHasItsRow finds the requirements of each process in their order,
// and what each row says of the code in the code.
func TestEachRequirementHasItsRow(t *testing.T) {
	s := code(t)
	for process, count := range map[string]int{"CHG": 16, "INC": 12, "PRB": 9, "SUP": 13} {
		rows := table(documents(t)["iso20000.md"], process+"-")
		require.Len(t, rows, count)
		for i, row := range rows {
			s.requirement(t, fmt.Sprintf("%s-%02d", process, i+1), row)
		}
	}
}

func (s *source) requirement(t *testing.T, id string, row []string) {
	t.Helper()
	require.Equal(t, id, row[0])
	require.Len(t, row, 6, id)
	require.NotEmpty(t, row[1], id)
	for _, word := range append(words(row[2]), words(row[3])...) {
		require.True(t, s.names[word], "%s: %s is not in the code", id, word)
	}
	state := row[5]
	require.Regexp(t, `^(yes|partly: .+|not yet)$`, state, id)
	if state != "not yet" {
		require.NotEmpty(t, words(row[2]), "%s says where it is", id)
		require.Regexp(t, "`[a-z]+\\.Test", row[3], "%s says what proves it", id)
		require.NotEmpty(t, row[4], "%s says what to show", id)
	}
}

// TestRefusalsAreListed holds refusals.md to the refusals of the code.
func TestRefusalsAreListed(t *testing.T) {
	text := refusalsPage(code(t), finerStatuses(t))
	if *update {
		require.NoError(t, os.WriteFile("refusals.md", []byte(text), 0o600))
	}
	want, have := slices.Collect(strings.Lines(text)), slices.Collect(strings.Lines(documents(t)["refusals.md"]))
	const mend = "go test ./docs -update writes it anew"
	require.Empty(t, without(want, have), "it lacks this; "+mend)
	require.Empty(t, without(have, want), "it still has this; "+mend)
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(one string) bool { return slices.Contains(some, one) })
}

// TestEverySettingIsListed holds the table of settings to cmd/steward/config.go.
func TestEverySettingIsListed(t *testing.T) {
	page := documents(t)["operations.md"]
	settings := settingsOf(t)
	var listed []string
	for _, row := range table(between(t, page, "## Settings", "\n## "), "`STEWARD_") {
		variable := words(row[0])[0]
		listed = append(listed, variable)
		require.Equal(t, settings[variable], strings.Trim(row[1], "`"), "the default of %s", variable)
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(settings)), listed)
}

// TestEveryMetricIsListed finds every metric of ours on the page, and no other.
func TestEveryMetricIsListed(t *testing.T) {
	metric := regexp.MustCompile(`^steward_(http|slack|redis)_[a-z_]+$`)
	var counted, listed []string
	for text := range code(t).literals {
		if metric.MatchString(text) {
			counted = append(counted, text)
		}
	}
	for _, word := range words(documents(t)["operations.md"]) {
		bare, _, _ := strings.Cut(word, "{")
		if metric.MatchString(bare) && !slices.Contains(listed, bare) {
			listed = append(listed, bare)
		}
	}
	require.ElementsMatch(t, counted, listed)
}

// TestEverySearchAttributeIsListed finds what the processes name, and no other.
func TestEverySearchAttributeIsListed(t *testing.T) {
	attribute := regexp.MustCompile(`^Steward[A-Z][A-Za-z]+$`)
	var set, listed []string
	ast.Inspect(parse(t, "workflows/queues.go"), func(n ast.Node) bool {
		if text, ok := literal(n); ok && attribute.MatchString(text) {
			set = append(set, text)
		}
		return true
	})
	for _, word := range words(between(t, documents(t)["operations.md"], "## Temporal", "\n## ")) {
		if attribute.MatchString(word) {
			listed = append(listed, word)
		}
	}
	require.ElementsMatch(t, set, listed)
}

// TestEachDecisionIsWhole finds the four parts in every record of a decision, and
// every record in the index.
func TestEachDecisionIsWhole(t *testing.T) {
	pages := documents(t)
	for page, text := range pages {
		if path.Dir(page) != "adr" || page == "adr/README.md" {
			continue
		}
		require.Equal(t, []string{"context", "decision", "consequences", "refused"}, headings(text)[1:], page)
		require.Contains(t, pages["adr/README.md"], "("+path.Base(page)+")", "the index lacks %s", page)
	}
}

// words are what stands in ticks.
func words(text string) (found []string) {
	for _, m := range ticked.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	return found
}

func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}

// headings are a page's headings as the anchors that links use.
func headings(text string) (found []string) {
	for line := range strings.Lines(fence.ReplaceAllString(text, "")) {
		if title := strings.TrimLeft(line, "#"); title != line && strings.HasPrefix(title, " ") {
			slug := strings.ToLower(strings.TrimSpace(title))
			slug = regexp.MustCompile("[^a-z0-9 _-]").ReplaceAllString(slug, "")
			found = append(found, strings.ReplaceAll(slug, " ", "-"))
		}
	}
	return found
}

// table are the rows whose first cell begins so.
func table(text, first string) (rows [][]string) {
	for line := range strings.Lines(text) {
		if cells, ok := strings.CutPrefix(line, "| "+first); ok {
			var row []string
			for cell := range strings.SplitSeq(strings.Trim(first+strings.TrimSpace(cells), "|"), " |") {
				row = append(row, strings.TrimSpace(cell))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func between(t *testing.T, text, begin, end string) string {
	t.Helper()
	_, text, found := strings.Cut(text, begin)
	require.True(t, found, "%q is not there", begin)
	text, _, _ = strings.Cut(text, end)
	return text
}

// kinds are the words of the closed set by the names of their constants.
var kinds = map[string]string{
	"Invalid": "invalid", "Unauthenticated": "unauthenticated", "Forbidden": "forbidden", "NotFound": "not_found",
	"Conflict": "conflict", "Limited": "limited", "Unavailable": "unavailable", "Internal": "internal",
}

var statuses = map[string]string{
	"Invalid": "422", "Unauthenticated": "401", "Forbidden": "403", "NotFound": "404",
	"Conflict": "409", "Limited": "429", "Unavailable": "503", "Internal": "500",
}

// finerStatuses are the codes for which the HTTP door has a status of its own.
func finerStatuses(t *testing.T) map[string]string {
	t.Helper()
	names := map[string]string{
		"StatusBadRequest": "400", "StatusMethodNotAllowed": "405", "StatusRequestTimeout": "408",
		"StatusRequestEntityTooLarge": "413", "StatusRequestURITooLong": "414",
		"StatusUnsupportedMediaType": "415", "StatusRequestHeaderFieldsTooLarge": "431",
		"StatusPreconditionFailed": "412", "StatusPreconditionRequired": "428",
	}
	finer := map[string]string{}
	ast.Inspect(parse(t, "api/refusal.go"), func(n ast.Node) bool {
		if pair, ok := n.(*ast.KeyValueExpr); ok {
			if code, ok := literal(pair.Key); ok {
				finer[code] = names[last(pair.Value)]
				require.NotEmpty(t, finer[code], "the status of %s", code)
			}
		}
		return true
	})
	require.NotEmpty(t, finer)
	return finer
}

// refusalsPage lists every code once, with the sentence of the package that comes
// first on the way from the rules to the doors.
func refusalsPage(s *source, finer map[string]string) string {
	way := []string{
		"itsm", "wire", "workflows", "holidays", "activities", "db", "audit", "kv", "token", "desk",
		"api", "page", "chatops", "payload", "messenger", "form", "steward",
	}
	all := slices.Clone(s.refusals)
	slices.SortStableFunc(all, func(a, b refusal) int {
		return slices.Index(way, a.pkg) - slices.Index(way, b.pkg)
	})
	said, from, as, in := map[string]string{}, map[string][]string{}, map[string][]string{}, map[string][]string{}
	for _, r := range all {
		if said[r.code] == "" {
			said[r.code] = sentence(r.sentence)
		}
		from[r.code] = append(from[r.code], r.pkg)
		as[r.code] = append(as[r.code], kinds[r.kind])
		in[r.code] = append(in[r.code], cmp.Or(finer[r.code], statuses[r.kind]))
	}
	var b strings.Builder
	b.WriteString(refusalsHead)
	for _, code := range slices.Sorted(maps.Keys(said)) {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", code, once(as[code]), once(in[code]), said[code], once(from[code]))
	}
	return b.String()
}

func once(words []string) string {
	var kept []string
	for _, w := range words {
		if !slices.Contains(kept, w) {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, ", ")
}

// sentence is a sentence with an ellipsis where a value goes.
func sentence(format string) string {
	text := regexp.MustCompile(`%[0-9.]*[a-z]`).ReplaceAllString(format, "…")
	return strings.NewReplacer("%%", "%", "|", `\|`, "\n", " ", "<", "&lt;").Replace(text)
}

const refusalsHead = `# Refusals

Every code under which Steward refuses, in one table. ` + "`go test ./docs -update`" + ` writes it from
the source; a code that is missing fails the test.

A code is for life: programs, dashboards and tests may rely on it, and wording may change. Over HTTP it is
the ` + "`code`" + ` of a problem document (RFC 9457), in Slack the footnote below the sentence, in Temporal the
error's type behind ` + "`itsm.`" + `, in logs the attribute ` + "`code`" + `. The status is the one that HTTP would give;
some codes never reach that door, and what Slack did not send gets 400, 401 or 413 at the Slack door.
Only the first sentence of a code is here; … stands for a value. What is internal shows HTTP callers one
fixed sentence.

| Code | Kind | HTTP | What people read | Said by |
|---|---|---|---|---|
`

func parse(t *testing.T, name string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	return f
}

// settingsOf are the variables of the program's Config, with their defaults.
func settingsOf(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	ast.Inspect(parse(t, "cmd/steward/config.go"), func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok && f.Tag != nil {
			raw, err := strconv.Unquote(f.Tag.Value)
			require.NoError(t, err)
			if variable := reflect.StructTag(raw).Get("env"); variable != "" {
				found[variable] = reflect.StructTag(raw).Get("envDefault")
			}
		}
		return true
	})
	require.NotEmpty(t, found)
	return found
}
