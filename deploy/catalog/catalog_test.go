package catalog_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

func example(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("../catalog.example.yaml")
	require.NoError(t, err)
	return string(data)
}

func parse(t testing.TB, text string) itsm.Catalog {
	t.Helper()
	c, err := catalog.Parse("catalog.yaml", []byte(text))
	require.NoError(t, err)
	return c
}

func TestTheExampleIsACatalog(t *testing.T) {
	c := parse(t, example(t))
	require.Len(t, c.People, 7)
	require.Len(t, c.Services, 2)
	require.Equal(t, itsm.Duration(4*time.Hour), c.Change.RemindAfter)
	rule, ok := c.RuleFor("example/website", "production")
	require.True(t, ok)
	require.Equal(t, itsm.ServiceID("website"), rule.Service)
}

func TestFormatIsReadBack(t *testing.T) {
	c := parse(t, example(t))
	text, err := catalog.Format(c)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(c, parse(t, string(text))))
}

// Each row changes one line of the example into a fault that people make, and
// says the very sentence that helps them.
func TestFaultsSayWhereAndHow(t *testing.T) {
	rows := []struct{ name, old, bad, want string }{
		{"an unknown owner", "owner: bob", "owner: bobb", "services[0].owner: nobody here is called bobb; did you mean bob?"},
		{"an unknown team", "team: web", "team: wep", "services[1].team: no team here is called wep; did you mean web?"},
		{"an unknown manager", "manager: max", "manager: xyz", "teams[0].manager: nobody here is called xyz"},
		{"an unknown member", "members: [bob, ida]", "members: [bob, idaa]", "teams[0].members[1]: nobody here is called idaa; did you mean ida?"},
		{"an unknown role", "roles: [auditor]", "roles: [auditer]", `people[5].roles[0]: "auditer" is not requester, approver, change_manager, implementer, auditor or admin; did you mean auditor?`},
		{"a role twice", "roles: [auditor]", "roles: [auditor, auditor]", "people[5].roles[1]: auditor is already at /people/5/roles/0"},
		{"an id twice", "id: eve\n", "id: bob\n", "people[2].id: bob is already at /people/1/id"},
		{"a shouted id", "id: eve\n", "id: Eve\n", `people[2].id: "Eve" is not an id`},
		{"a reserved id", "id: root\n", "id: system\n", "people[6].id: is Steward's own name"},
		{"an e-mail twice", "eve@example.com", "Bob@Example.com", "people[2].email: bob@example.com is already at /people/1/email"},
		{"no e-mail", "eve@example.com", "eve at example", `people[2].email: "eve at example" is not an e-mail address`},
		{"a Slack id twice", "U0EVE", "U0BOB", "people[2].slack: U0BOB is already at /people/1/slack"},
		{"a Slack name", "U0EVE", "'@eve'", `people[2].slack: "@eve" is not a Slack user id`},
		{"a GitHub login twice", "ida-castillo", "Ana-Ferreira", "people[4].github: ana-ferreira is already at"},
		{"a city for a zone", "Asia/Tokyo", "Tokyo", `people[3].zone: "Tokyo" is not a time zone; did you mean Asia/Tokyo?`},
		{"a small zone", "America/Bogota", "america/bogota", "did you mean America/Bogota?"},
		{"the machine's zone", "Asia/Tokyo", "Local", "people[3].zone: "},
		{"a channel name", "C0WEBSITE", "'#website'", `services[1].approval_channel: "#website" is not a Slack channel id`},
		{"a criticality", "criticality: high", "criticality: hihg", `services[1].criticality: "hihg" is not low, medium, high or critical; did you mean high?`},
		{"a lone approver", "roles: [requester, approver]\n\n  - id: max", "roles: [requester]\n\n  - id: max", "change_policy.approvers: is held by bob; give it to at least two people"},
		{"a role that may not decide", "approvers: approver", "approvers: auditor", `change_policy.approvers: "auditor" is not approver`},
		{"a reminder after the end", "remind_after: 4h", "remind_after: 24h", "change_policy.remind_after: must be shorter than expire_after (24h0m0s)"},
		{"an endless approval", "expire_after: 24h", "expire_after: 2161h", "change_policy.expire_after: must be between 1s and 2160h (90 days)"},
		{"an instant approval", "expire_after: 24h", "expire_after: 999ms", "change_policy.expire_after: must be between"},
		{"a day", "expire_after: 24h", "expire_after: 1d", `change_policy.expire_after: "1d" is not a duration; write it like 90s, 4h or 36h30m`},
		{"a rule to nowhere", "service: website", "service: webside", "github[0].service: no service here is called webside; did you mean website?"},
		{"a bare repository", "example/website", "website", `github[0].repository: "website" is not a repository such as example/website`},
		{"an unknown key", "criticality: high", "critical: high", "services[1].critical: there is no such key; one of id, name, owner, team, approval_channel, criticality, restricted"},
		{"a mistyped key", "criticality: high", "criticalty: high", "services[1].criticalty: there is no such key; did you mean criticality?"},
		{"a key twice", "criticality: high", "criticality: high\n    owner: bob", "services[1].owner: is here a second time; the first is at line"},
		{"a number for a name", "name: Web\n", "name: 7\n", `teams[1].name: must be a word or a line of text, and not a number; if it is meant so, put it in quotes: "7"`},
		{"a word for a list", "roles: [auditor]", "roles: auditor", "people[5].roles: must be a list"},
		{"a list for a word", "name: Web\n", "name: [Web]\n", "teams[1].name: must be a word or a line of text, and not a list"},
		{"a word for a policy", "change_policy:", "change_policy: x\nx:", "change_policy: must have keys and values"},
		{"a word for yes", "criticality: high", "criticality: high\n    restricted: sometimes", "services[1].restricted: must be true or false"},
		{"an anchor", "name: Web\n", "name: &w Web\n", "teams[1].name: uses an alias or an anchor; write the value out"},
		{"a tag", "name: Web\n", "name: !!str Web\n", "teams[1].name: has a tag"},
		{"no owner", "owner: bob\n", "restricted: false\n", "services[0].owner: is needed: the id of a person"},
		{"a direction mark", "name: Web\n", "name: \"We\\u202Eb\"\n", "teams[1].name: has a control character"},
		{"a broken line", "teams:\n", "teams: [\n", "catalog.yaml:"},
		{"a second document", "# A team has", "---\n# A team has", "a second document begins here"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			text := example(t)
			require.Contains(t, text, row.old)
			bad := strings.Replace(text, row.old, row.bad, 1)
			_, err := catalog.Parse("catalog.yaml", []byte(bad))
			require.ErrorContains(t, err, row.want)
			require.NotContains(t, err.Error(), "catalog.yaml:0")
			var faults *catalog.FileError
			require.ErrorAs(t, err, &faults)
			told := map[string]bool{}
			for _, f := range faults.List {
				require.False(t, told[f.Path], "%s is told twice", f.Path)
				told[f.Path] = true
			}
		})
	}
}

func TestAFaultIsShownInItsPlace(t *testing.T) {
	text := strings.Replace(example(t), "owner: bob", "owner: bobb", 1)
	_, err := catalog.Parse("catalog.yaml", []byte(text))
	before, _, _ := strings.Cut(text, "owner: bobb")
	line := 1 + strings.Count(before, "\n")

	var faults *catalog.FileError
	require.ErrorAs(t, err, &faults)
	require.Len(t, faults.List, 1)
	require.Equal(t, line, faults.List[0].Line)
	require.Equal(t, 12, faults.List[0].Column)
	require.Equal(t, "catalog.yaml:82:12: services[0].owner: nobody here is called bobb; did you mean bob?\n"+
		"     81 |     name: Payments\n"+
		">    82 |     owner: bobb\n"+
		"        |            ^", err.Error())
}

func TestAllFaultsAtOnceAndNoneThatFollows(t *testing.T) {
	text := strings.NewReplacer("owner: bob", "owner: [bob]", "zone: UTC", "zone: UCT+1", "team: web", "team: wep").Replace(example(t))
	_, err := catalog.Parse("c", []byte(text))
	var faults *catalog.FileError
	require.ErrorAs(t, err, &faults)
	var paths []string
	for _, f := range faults.List {
		paths = append(paths, f.Path)
	}
	require.Equal(t, []string{"people[6].zone", "services[0].owner", "services[1].team"}, paths[len(paths)-3:])
}

func TestARoleThatCouldNotBeReadIsToldOnce(t *testing.T) {
	old := "zone: Europe/Stockholm\n    roles: [requester, approver]"
	require.Contains(t, example(t), old)
	_, err := catalog.Parse("c", []byte(strings.Replace(example(t), old, "zone: Europe/Stockholm\n    roles: approver", 1)))
	var faults *catalog.FileError
	require.ErrorAs(t, err, &faults)
	require.Len(t, faults.List, 1)
	require.Equal(t, "people[2].roles", faults.List[0].Path)
}

func TestHostileFiles(t *testing.T) {
	bomb := "a: &a [x,x]\n"
	for i := 'b'; i < 'z'; i++ {
		bomb += string(i) + ": &" + string(i) + " [*" + string(i-1) + ",*" + string(i-1) + "]\n"
	}
	strangers := example(t) + strings.Repeat("  - {repository: a/b, environment: c, service: nowhere}\n", 5_000)
	rows := map[string]string{
		"strangers":         strangers,
		"empty":             "",
		"only a comment":    "# nothing\n",
		"null":              "null\n",
		"a word":            "catalog\n",
		"a list":            "- people\n",
		"a bomb":            bomb,
		"a bomb in place":   "people: &p [{id: a}]\nteams: *p\n",
		"a merge":           "people: []\n<<: {teams: []}\n",
		"brackets":          strings.Repeat("[", 500_000),
		"braces":            strings.Repeat("{a: ", 200_000),
		"dashes":            strings.Repeat("- ", 500_000),
		"questions":         strings.Repeat("? ", 500_000),
		"too large":         strings.Repeat("#", catalog.MaxBytes+1),
		"not UTF-8":         "people: \xff\n",
		"NUL":               "people: \x00\n",
		"a number for keys": "1: 2\n",
		"a list as key":     "? [a]\n: b\n",
		"an escape":         "\"\\e[31m\": 1\n",
	}
	for name, text := range rows {
		t.Run(name, func(t *testing.T) {
			_, err := catalog.Parse("c", []byte(text))
			var faults *catalog.FileError
			require.ErrorAs(t, err, &faults)
			require.NotEmpty(t, faults.List)
			require.NotContains(t, err.Error(), "\x1b")
			require.Less(t, len(err.Error()), 40_000)
		})
	}
}

func TestDigestIsOfWhatIsSaid(t *testing.T) {
	digest := func(text string) string {
		t.Helper()
		d := catalog.Digest(parse(t, text))
		require.Len(t, d, 64)
		return d
	}
	base := digest(example(t))
	reordered := strings.Replace(example(t), "members: [bob, ida]", "members:\n      - ida   # first\n      - bob", 1)
	require.Equal(t, base, digest(reordered))
	require.NotEqual(t, base, digest(strings.Replace(example(t), "expire_after: 24h", "expire_after: 25h", 1)))
}

func TestDiffSpeaksInWords(t *testing.T) {
	old := parse(t, example(t))
	require.Empty(t, catalog.Diff(old, old))
	changed := strings.NewReplacer(
		"roles: [implementer]", "roles: [implementer, approver]",
		"zone: Asia/Tokyo", "zone: Asia/Seoul",
		"members: [ana, ida]", "members: [ana, bob]",
		"expire_after: 24h", "expire_after: 48h",
		"    github: ida-castillo\n", "",
		"criticality: high", "criticality: high\n    restricted: true",
		"service: website", "service: payments",
	).Replace(example(t))
	require.Equal(t, []string{
		"person ida: github ida-castillo → nothing",
		"person ida: roles + approver",
		"person max: zone Asia/Tokyo → Asia/Seoul",
		"team web: members + bob - ida",
		"service website: restricted false → true",
		"change policy: expire_after 24h0m0s → 48h0m0s",
		"github Codertocat/Hello-World *: service website → payments",
		"github example/website production: service website → payments",
	}, catalog.Diff(old, parse(t, changed)))
}

func TestDiffNamesWhatCameAndWent(t *testing.T) {
	old := parse(t, example(t))
	renamed := strings.NewReplacer("id: web\n", "id: site\n", "team: web\n", "team: site\n").Replace(example(t))
	require.Equal(t, []string{
		"team site: new (name Web, manager eve, members ana ida)",
		"team web: removed",
		"service website: team web → site",
	}, catalog.Diff(old, parse(t, renamed)))
}

func FuzzParse(f *testing.F) {
	f.Add(example(f))
	f.Add("people: [{id: a, roles: [x]}]")
	f.Add("? [a]\n: - - b\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := catalog.Parse("f", []byte(text))
		if err != nil {
			var faults *catalog.FileError
			require.ErrorAs(t, err, &faults)
			return
		}
		out, err := catalog.Format(c)
		require.NoError(t, err)
		again, err := catalog.Parse("again", out)
		require.NoError(t, err)
		require.Empty(t, catalog.Diff(c, again))
	})
}
