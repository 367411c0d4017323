package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// fuzzSeeds are what the doors' own fuzzers begin with and what they have found:
// every string that a fuzz test names, and every file of their corpora.
func fuzzSeeds(t *testing.T) []string {
	t.Helper()
	var seeds []string
	add := func(quoted string) {
		if text, err := strconv.Unquote(quoted); err == nil {
			seeds = append(seeds, text)
		}
	}
	quoted := regexp.MustCompile(`^(?:string|\[\]byte)\((".*")\)$`)
	for _, folder := range []string{"../../api", "../../chatops", "../../chatops/payload", "../../api/alert"} {
		files, err := filepath.Glob(folder + "/*_test.go")
		require.NoError(t, err)
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			require.NoError(t, err)
			for _, d := range parsed.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Fuzz") {
					ast.Inspect(f, func(n ast.Node) bool {
						if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
							add(lit.Value)
						}
						return true
					})
				}
			}
		}
		found, err := filepath.Glob(folder + "/testdata/fuzz/*/*")
		require.NoError(t, err)
		for _, file := range found {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			for line := range strings.Lines(string(text)) {
				if m := quoted.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
					add(m[1])
				}
			}
		}
	}
	require.Greater(t, len(seeds), 50, "the fuzzers' seeds were not found")
	return seeds
}

// hostile are JSON values, and things that stand where one should.
var hostile = []string{
	`null`, `true`, `false`, `0`, `-0`, `-1`, `1.5`, `1e999`, `-1e-999`, `9223372036854775808`, `123456789012345678901234567890`, `NaN`, `Infinity`, `0x1F`, `01`,
	`""`, `" "`, `"\n"`, `"\u0000"`, `"a\u0000b"`, `"\ud800"`, `"\udc00\ud800"`, `"\u202egnp.exe"`, `"\ufeff"`, `"\u200b"`, `"\u2028"`, `"\ufffd\uffff"`, "\"\xff\xfe\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
	`[]`, `{}`, `[[]]`, `[null]`, `{"":{}}`, `{"a":1,"a":2}`, `{"__proto__":{"x":1}}`, `{"$ref":"#"}`, `undefined`, `'x'`, `"unended`, `,`, `:`, `}`, `]`, `/* */1`, `1 2`,
	`"0001-01-01T00:00:00Z"`, `"9999-12-31T23:59:59Z"`, `"9999-12-31T23:59:59-14:00"`, `"2031-02-30T00:00:00Z"`, `"2031-03-01T23:59:60Z"`, `"2031-03-01T22:00:00"`, `"2031-03-01T22:00:00.1234567Z"`,
	`"CHG-0"`, `"CHG-99999999999"`, `"INC-0"`, `"INC-1"`, `"INC-99999999999"`, `"PRB-0"`, `"PRB-1"`, `"CAR-0"`, `"CAR-1"`, `"CHG-1; DROP TABLE changes"`, `"' OR 1=1 --"`, `"%s%n%x"`, `"${jndi:ldap://x}"`, `"{{7*7}}"`, `"../../etc/passwd"`, `"<!channel> <script>"`, `"\\\\host\\share"`,
}

// maker makes requests that nobody should send, all of them from one seed.
type maker struct {
	*rand.Rand
	*world
	seeds       []string
	people      []string // Slack ids of those who may be named
	numbers     []string // of changes
	incidents   []string
	problems    []string
	correctives []string
	suppliers   []string
	contracts   []string
	audits      []string // paths of reviews, after their supplier
	vendors     []string // numbers of all these
	routes      []route
	keys        map[string]string // of senders of alerts, by kind
	made        int
	signed      []shot // what Slack could have sent, to be sent again
	hook        string // a deployment event of GitHub's
}

func pick[T any](m *maker, from []T) T { return from[m.IntN(len(from))] }

// one in n.
func (m *maker) rare(n int) bool { return m.IntN(n) == 0 }

// value is a JSON value, or a size of one that nobody expects.
func (m *maker) value() string {
	switch m.IntN(40) {
	case 0:
		return `"` + strings.Repeat("ö", 1<<m.IntN(18)) + `"`
	case 1:
		return strings.Repeat("[", 1<<m.IntN(15)) + strings.Repeat("]", 1<<m.IntN(15))
	case 2:
		depth := 1 << m.IntN(12)
		return strings.Repeat(`{"a":`, depth) + "1" + strings.Repeat("}", depth)
	case 3:
		return "[" + strings.Repeat("0,", 1<<m.IntN(16)) + "0]"
	case 4:
		return strings.Repeat("9", 1<<m.IntN(14))
	case 5:
		text, _ := json.Marshal(pick(m, m.seeds)) // a string always encodes
		return string(text)
	}
	return pick(m, hostile)
}

// spoilt is a body that was good.
func (m *maker) spoilt(good string) string {
	switch n := m.IntN(100); {
	case n < 65:
		return m.respelt(good)
	case n < 90:
		return m.broken(good)
	case n < 95:
		return pick(m, m.seeds)
	default:
		return m.value()
	}
}

const standsFor = "@@value %d@@"

// respelt changes some values of a JSON text, or what stands around them.
func (m *maker) respelt(good string) string {
	var v any
	if json.Unmarshal([]byte(good), &v) != nil {
		return m.broken(good)
	}
	values := make([]string, 1+m.IntN(2))
	for i := range values {
		values[i] = m.value()
		m.plant(v, fmt.Sprintf(standsFor, i))
	}
	text, _ := json.Marshal(v) // it came from JSON
	out := string(text)
	for i, value := range values {
		out = strings.ReplaceAll(out, strconv.Quote(fmt.Sprintf(standsFor, i)), value)
	}
	return out
}

// plant puts a mark somewhere into a value, at any depth.
func (m *maker) plant(v any, mark string) {
	switch v := v.(type) {
	case map[string]any:
		keys := sortedKeys(v)
		switch {
		case len(keys) == 0 || m.rare(6):
			v[pick(m, []string{"extra", "", "Title", "title\u0000", "number", "state", "__proto__", "restricted", "note "})] = mark
		case m.rare(5):
			delete(v, pick(m, keys))
		default:
			key := pick(m, keys)
			switch v[key].(type) {
			case map[string]any, []any:
				if !m.rare(4) {
					m.plant(v[key], mark)
					return
				}
			}
			v[key] = mark
		}
	case []any:
		if len(v) > 0 {
			i := m.IntN(len(v))
			switch v[i].(type) {
			case map[string]any, []any:
				m.plant(v[i], mark)
			default:
				v[i] = mark
			}
		}
	}
}

// broken spoils the bytes of a text.
func (m *maker) broken(good string) string {
	at := m.IntN(len(good) + 1)
	switch m.IntN(12) {
	case 0:
		return good[:at]
	case 1:
		return good[:at] + "\x00" + good[at:]
	case 2:
		return good[:at] + "\xff\xfe" + good[at:]
	case 3:
		return "\ufeff" + good
	case 4:
		return good + good
	case 5:
		return good + strings.Repeat(" ", 1<<m.IntN(20))
	case 6:
		return "[" + good + "]"
	case 7:
		return strings.ReplaceAll(good, `"`, `'`)
	case 8: // the first key twice
		if i, j := strings.Index(good, "{"), strings.Index(good, ","); i >= 0 && j > i {
			return good[:j] + "," + good[i+1:j] + good[j:]
		}
		return ""
	case 9:
		return strings.ToUpper(good)
	case 10:
		return strings.Repeat(good, 1+(1<<m.IntN(21))/(1+len(good)))
	default:
		b := []byte(good)
		for range 1 + m.IntN(4) {
			if len(b) > 0 {
				b[m.IntN(len(b))] = byte(m.IntN(256))
			}
		}
		return string(b)
	}
}

// number is a change that is there, or one that nobody could mean.
func (m *maker) number() string {
	if !m.rare(3) {
		return pick(m, m.numbers)
	}
	return pick(m, []string{
		"CHG-0", "CHG-00", "CHG-01", "CHG--1", "CHG-99999999999", "CHG-9999999999", "chg-1", "CHG-1%2Fstart", "CHG-1%2fdecisions", "CHG-1%00", "CHG-%31", "CHG-1%20", "CHG-1;x=1", "CHG",
		"INC-1", "PRB-1", "PRB-0", "PRB-99999999999", "%20", "%00", ".", "..", "%2e%2e", "%ff", "CHG-" + strings.Repeat("1", 4000), "CHG-1%0d%0aX: y", "CHG-%C2%B2", "CHG-1e3", "*", "'", "CHG-1'--", "%25", "CHG-1%3Fx",
	})
}

// next counts what was made, so that names can be given once.
func (m *maker) next() int { m.made++; return m.made }

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// withCrowd adds people who may raise, and carry out what others raised.
func withCrowd(c *itsm.Catalog) {
	for i := range senders {
		id := itsm.PersonID(fmt.Sprintf("f%02d", i))
		c.People = append(c.People, itsm.Person{
			ID: id, Name: "Fuzz", Slack: slackID(id), Zone: "UTC", Roles: []itsm.Role{itsm.Requester, itsm.Implementer},
		})
	}
}
