package client

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// madeUp is a document that a schema allows, with every field there is.
func madeUp(s *openapi3.Schema, name string) any {
	s = plain(s)
	switch {
	case s.Example != nil:
		return s.Example
	case len(s.Enum) > 0:
		return s.Enum[len(s.Enum)/2]
	case s.Type.Is("object"):
		o := map[string]any{}
		for field, p := range s.Properties {
			o[field] = madeUp(p.Value, field)
		}
		return o
	case s.Type.Is("array"):
		return []any{madeUp(s.Items.Value, name)}
	case s.Type.Is("boolean"):
		return true
	case s.Type.Is("integer"), s.Type.Is("number"):
		return 3
	case s.Format == "date-time":
		return "2031-03-03T12:05:00Z"
	case s.Pattern == "^[0-9a-f]{64}$":
		return strings.Repeat("ab", 32)
	}
	return "a " + strings.ReplaceAll(name, "_", " ") + " of it"
}

// TestEveryAnswerInWords holds how each answer looks against a golden file: the
// contract's own example where it has one, and else a document with every field.
func TestEveryAnswerInWords(t *testing.T) {
	zone(t)
	c, err := theContract()
	require.NoError(t, err)
	byForm := map[string]string{}
	for _, o := range c.operations() {
		s := o.answer()
		require.NotNil(t, s, o.path)
		example := o.exampleAnswer()
		if example == nil {
			example = madeUp(s, "")
		}
		text, err := json.Marshal(example)
		require.NoError(t, err)
		var out strings.Builder
		require.NoError(t, newPrinter(&out).document(text, s))
		require.NotRegexp(t, `[0-9a-f]{64}`, out.String(), "%s %s shows a hash", o.kind, o.verb)
		require.NotContains(t, out.String(), "map[", "a value that nobody reads")
		byForm[out.String()] += fmt.Sprintf("$ steward %s %s\n", o.kind, o.verb)
	}
	var golden []string
	for out, commands := range maps.All(byForm) {
		golden = append(golden, commands+out)
	}
	slices.Sort(golden)
	file := filepath.Join("testdata", "answers.golden")
	got := strings.Join(golden, "\n")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "an answer looks otherwise; see what changed with: go test ./cmd/steward/client -update && git diff")
}

func (o operation) exampleAnswer() any {
	for _, status := range []string{"200", "201"} {
		if r := o.spec.Responses.Value(status); r != nil {
			return r.Value.Content.Get("application/json").Example
		}
	}
	return nil
}

const shownChange = `{"type":"normal","title":"Enlarge it\u001b[2J","service":"payments","plan":"Resize.\nFail over.","backout_minutes":0,
	"links":[{"url":"CHG-3","title":"Before"}],"number":"CHG-7","state":"awaiting_approval","revision":3,"restricted":false,
	"content_hash":"abababababababababababababababababababababababababababababababab","since":"2031-03-03T12:00:00Z",
	"approval":{"round":0,"opening":{"name":"Technical"}},"decisions":[{"by":"bob","verdict":"approve"}]}`

const shownWhy = `{"number":"CHG-7","state":"awaiting_approval","summary":"It waits for approval.","waits_for":["eve","joe"],"roles":[],
	"since":"2031-03-03T12:00:00Z","if_nobody_acts":[{"at":"2031-03-03T20:00:00Z","what":"It expires."}],"acts":["change.decide","change.put_off"]}`

func answersAChange(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/explain"):
		says(http.StatusOK, shownWhy)(w, r)
	case strings.HasSuffix(r.URL.Path, "/comments"):
		says(http.StatusOK, `{"items":[{"id":1,"kind":"question","by":"bob","at":"2031-03-03T12:05:00Z","text":"Who fails\nit back?\u0007"}]}`)(w, r)
	case strings.HasSuffix(r.URL.Path, "/timeline"):
		says(http.StatusOK, `{"items":[{"number":"CHG-7","revision":2,"kind":"change.stage_opened","at":"2031-03-03T12:05:00Z","actor":"ana","from":"raised","to":"awaiting_approval"}]}`)(w, r)
	case r.URL.Path == "/v1/changes":
		says(http.StatusOK, `{"items":[`+shownChange+`],"next":"abc"}`)(w, r)
	default:
		says(http.StatusOK, shownChange)(w, r)
	}
}

func TestARecordIsShownToAPersonAndToAProgram(t *testing.T) {
	zone(t)
	for line, want := range map[string]string{
		"change show CHG-7": `CHG-7  Enlarge it [2J
Type      normal
State     awaiting approval
Since     Mon 3 Mar 2031 15:00 HERE
Service   payments
Revision  3

Plan
  Resize.
  Fail over.

Links
  Before  CHG-3

Summary    It waits for approval.
Waits for  eve, joe
Acts       decide, put off

If nobody acts
  Mon 3 Mar 2031 23:00 HERE  It expires.
`,
		"change comments CHG-7":       "Mon 3 Mar 2031 15:05 HERE  bob  #1 question\n    Who fails\n    it back?\n",
		"change timeline CHG-7":       "Mon 3 Mar 2031 15:05 HERE  ana  stage opened: raised → awaiting approval\n",
		"change list":                 "NUMBER  TYPE    STATE              SINCE                      SERVICE   TITLE\nCHG-7   normal  awaiting approval  Mon 3 Mar 2031 15:00 HERE  payments  Enlarge it [2J\nThere are more: --cursor abc\n",
		"change show CHG-7 --json":    shownChange + "\n",
		"change explain --json chg-7": shownWhy + "\n",
	} {
		newAPIFake(t, answersAChange)
		out, err := steward(t, strings.Fields(line)...)
		require.NoError(t, err, line)
		require.Equal(t, want, out, line)
	}
}

func TestAGraphIsShownAsATree(t *testing.T) {
	g := `{"of":"INC-7","nodes":[{"number":"INC-7","title":"Dark\u0007","state":"on_hold"},{"number":"CHG-3","title":"Light"}],"edges":[{"from":"INC-7","kind":"caused_by","to":"CHG-3","words":"caused by","back":"caused"}],"more":2}`
	newAPIFake(t, says(http.StatusOK, g))
	out, err := steward(t, "record", "graph", "INC-7")
	require.NoError(t, err)
	require.Equal(t, "INC-7  Dark   on hold\n  caused by CHG-3  Light\n2 others are near, and were left off.\n", out)
	newAPIFake(t, says(http.StatusOK, "<svg/>", "Content-Type", "image/svg+xml"))
	out, err = steward(t, "record", "graph", "INC-7", "--format", "svg")
	require.NoError(t, err)
	require.Equal(t, "<svg/>\n", out)
}

func TestAnAnswerThatIsNoneIsToldAndNotShown(t *testing.T) {
	for body, want := range map[string]string{
		"<html>":                       "cannot be read",
		`{"items":[`:                   "cannot be read",
		strings.Repeat("[", 1_000_000): "more than 64 levels",
	} {
		newAPIFake(t, says(http.StatusOK, body))
		out, err := steward(t, "change", "list")
		require.ErrorContains(t, err, want)
		require.Empty(t, out)
	}
	for body, want := range map[string]string{"": "Done.\n", `"a"`: "a\n", `{"items":["a","b"]}`: "a\nb\n", `{"items":[{"x":{}}]}`: ""} {
		newAPIFake(t, says(http.StatusOK, body))
		out, err := steward(t, "change", "list")
		require.NoError(t, err)
		require.Equal(t, want, out)
	}
}

func TestColoursAreForATerminal(t *testing.T) {
	require.False(t, onTerminal(&strings.Builder{}))
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer f.Close()
	require.False(t, onTerminal(f), "a file is none")
	var out strings.Builder
	p := &printer{out: &out, colour: true}
	require.NoError(t, p.document([]byte(`{"number":"CHG-7","title":"T","state":"raised"}`), nil))
	require.Equal(t, "\x1b[1mCHG-7  T\x1b[0m\n\x1b[2mState\x1b[0m  \x1b[33mraised\x1b[0m\n", out.String())
	require.NoError(t, p.document([]byte(`{"items":[{"number":"CHG-7","state":"closed","due":"2031-03-03T12:05:00Z","late":true}]}`), nil))
	require.Contains(t, out.String(), "\x1b[32mclosed\x1b[0m  \x1b[31m2031")
}
