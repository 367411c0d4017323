package catalog_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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

// simple is the example with a policy that weighs no risk.
func simple(t testing.TB) string {
	t.Helper()
	before, policy, _ := strings.Cut(example(t), "change_policy:\n")
	_, after, _ := strings.Cut(policy, "\n# What GitHub")
	return before + "change_policy:\n  approvers: approver\n  remind_after: 4h\n  expire_after: 24h\n\n# What GitHub" + after
}

func parse(t testing.TB, text string) itsm.Catalog {
	t.Helper()
	c, err := catalog.Parse("catalog.yaml", []byte(text))
	require.NoError(t, err)
	return c
}

func TestTheExampleIsACatalog(t *testing.T) {
	c := parse(t, example(t))
	require.Len(t, c.People, 10)
	require.Len(t, c.Services, 2)
	require.Len(t, c.Change.Tiers, 3)
	require.Equal(t, itsm.Duration(4*time.Hour), *c.Change.Tier(itsm.RiskLow).Stages[0].RemindAfter)
	rule, ok := c.RuleFor("example/website", "production")
	require.True(t, ok)
	require.Equal(t, itsm.ServiceID("website"), rule.Service)
}

// Low risk is one click of either of two; whatever is not assessed is high.
func TestTheExampleWeighsRisk(t *testing.T) {
	c, at := parse(t, example(t)), time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	stages := func(requester itsm.PersonID, risk *itsm.Risk) (names []string, first itsm.Panel) {
		p := c.Preview(requester, itsm.ChangeDraft{Service: "payments", Risk: risk}, at)
		for _, o := range p.Stages {
			names = append(names, o.Name)
		}
		return names, p.Stages[0].Panels[0]
	}
	names, panel := stages("ana", &itsm.Risk{Complexity: 2, BusinessImpact: 2, Rollback: 2, TestCoverage: 2, RecentChurn: 2})
	require.Equal(t, []string{"Approval"}, names)
	require.Equal(t, []itsm.PersonID{"bob", "eve"}, panel.Named)
	require.Equal(t, 1, panel.Need)
	names, panel = stages("bob", &itsm.Risk{Complexity: 3, BusinessImpact: 2, Rollback: 2, TestCoverage: 2, RecentChurn: 2})
	require.Equal(t, []string{"Technical", "Business"}, names)
	require.Equal(t, []itsm.PersonID{"eve", "joe", "kim", "liv"}, panel.Named)
	names, panel = stages("ana", nil)
	require.Equal(t, []string{"Technical", "Security", "Service owner"}, names)
	require.Equal(t, 2, panel.Need)
	for _, r := range c.GitHub {
		service, _ := c.Service(r.Service)
		terms := c.Change.Terms(service)
		require.Equal(t, itsm.RiskLow, terms.Score(itsm.ChangeDraft{Service: r.Service, Risk: r.Risk}).Tier)
	}
}

func TestFormatIsReadBack(t *testing.T) {
	c := parse(t, example(t))
	text, err := catalog.Format(c)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(c, parse(t, string(text))))
}

func TestFaultsOfAPolicyWithoutTiers(t *testing.T) {
	rows := []struct{ name, old, bad, want string }{
		{"a lone approver", "roles: [approver, responder", "roles: [responder", "change_policy.approvers: is held by bob; give it to at least two people"},
		{"a role that may not decide", "approvers: approver", "approvers: auditor", `change_policy.approvers: "auditor" is not approver`},
		{"a reminder after the end", "remind_after: 4h", "remind_after: 24h", "change_policy.remind_after: must be shorter than expire_after (24h0m0s)"},
		{"an endless approval", "expire_after: 24h", "expire_after: 2161h", "change_policy.expire_after: must be between 1s and 2160h (90 days)"},
		{"an instant approval", "expire_after: 24h", "expire_after: 999ms", "change_policy.expire_after: must be between"},
		{"a day", "expire_after: 24h", "expire_after: 1d", `change_policy.expire_after: "1d" is not a duration; write it like 90s, 4h or 36h30m`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			text := simple(t)
			if row.name == "a lone approver" {
				text = strings.ReplaceAll(text, "[requester, approver, problem_manager]", "[requester, problem_manager]")
			}
			require.Contains(t, text, row.old)
			_, err := catalog.Parse("catalog.yaml", []byte(strings.ReplaceAll(text, row.old, row.bad)))
			require.ErrorContains(t, err, row.want)
		})
	}
}

// Each row changes one line of the example into a fault that people make, and
// says the very sentence that helps them.
func TestFaultsSayWhereAndHow(t *testing.T) {
	rows := []struct{ name, old, bad, want string }{
		{"an unknown owner", "owner: bob", "owner: bobb", "services[0].owner: nobody here is called bobb; did you mean bob?"},
		{"an unknown team", "team: web", "team: wep", "services[1].team: no team here is called wep; did you mean web?"},
		{"an unknown manager", "manager: max", "manager: xyz", "teams[0].manager: nobody here is called xyz"},
		{"an unknown member", "members: [bob, ida]", "members: [bob, idaa]", "teams[0].members[1]: nobody here is called idaa; did you mean ida?"},
		{"an unknown role", "roles: [auditor]", "roles: [auditer]", `people[5].roles[0]: "auditer" is not requester, approver, change_manager, implementer, responder, incident_manager, problem_manager, quality_manager, supplier_manager, commercial_manager, auditor or admin; did you mean auditor?`},
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
		{"an end after all ends", "expire_after: 24h", "expire_after: 2161h", "change_policy.tiers[0].stages[0].expire_after: must be between 1s and 2160h (90 days)"},
		{"a day in a stage", "expire_after: 24h", "expire_after: 1d", `change_policy.tiers[0].stages[0].expire_after: "1d" is not a duration`},
		{"a reminder beyond the end", "remind_after: 4h", "remind_after: 24h", "change_policy.tiers[0].stages[0].remind_after: must be shorter than expire_after (24h0m0s)"},
		{"a need of none", "need: 1 ", "need: 0 ", `change_policy.tiers[0].stages[0].factors[0].need: "0" is not a number of approvals; write all, a count such as 2, or a percentage such as 60%`},
		{"a need of a half", "need: 1 ", "need: 1.5 ", "change_policy.tiers[0].stages[0].factors[0].need: must be a word or a line of text, and not a number"},
		{"a need of some", "need: 1 ", "need: some ", `"some" is not a number of approvals`},
		{"too great a need", "need: 1 ", "need: 2 ", "change_policy.tiers[0].stages[0].factors[0].need: needs 2 approvals, but only eve can give one when bob raises the change; name more people, or need fewer"},
		{"an owner alone", "              backup: {role: change_manager}\n\n  # Whose", "\n  # Whose", "change_policy.tiers[2].stages[2].factors[0].need: needs 1 approval, but nobody can give one when bob raises a change to payments; give it a backup"},
		{"an unknown tier", "risk: high", "risk: hihg", `change_policy.tiers[2].risk: "hihg" is not low, medium or high; did you mean high?`},
		{"an unknown calendar", "calendar: always", "calendar: allways", "change_policy.tiers[0].stages[0].calendar: no calendar here is called allways; did you mean always?"},
		{"a calendar in no zone", "zone: Europe/Berlin\n    hours", "zone: Berlin\n    hours", `calendars[0].zone: "Berlin" is not a time zone; did you mean Europe/Berlin?`},
		{"an unknown country", "country: DE ", "country: DR ", `calendars[0].country: No holidays are known for "DR"; there are those of AR, AT,`},
		{"a region of no country", "country: DE ", "country: DE-XX ", "there are those of DE, DE-BB,"},
		{"a small country", "country: DE ", "country: de ", `calendars[0].country: "de" is not a country; did you mean DE?`},
		{"hours that are none", "mon: [09:00-17:00]", "mon: [9-17]", `calendars[0].hours.mon[0]: "9-17" is not a part of the day such as 09:00-17:00`},
		{"no such day", "closed: [2026-12-24,", "closed: [2026-02-30,", `calendars[0].closed[0]: "2026-02-30" is not a date; write it like 2026-12-24`},
		{"an absence that ends first", "last: 2026-01-02", "last: 2025-01-02", "people[7].away[0].last: is before first (2025-12-22)"},
		{"an absence without end", ", last: 2026-01-02", "", "people[7].away[0].last: is needed: a date such as 2026-12-24"},
		{"a delegation to nobody", "to: joe", "to: jo", "delegations[0].to: nobody here is called jo; did you mean joe?"},
		{"a delegation to whom it gives nothing", "to: joe", "to: ana", "delegations[0].to: ana may not decide on changes, and a delegation is no grant"},
		{"a risk beyond the scale", "business_impact: 2", "business_impact: 6", "github[0].risk.business_impact: must be from 1 to 5"},
		{"a risk in words", "business_impact: 2", "business_impact: low", "github[0].risk.business_impact: must be a whole number, such as 3, and not text"},
		{"a risk as one number", "risk: {complexity: 1, business_impact: 2, rollback: 1, test_coverage: 2, recent_churn: 3}", "risk: 3", "github[0].risk: must have keys and values, such as complexity: …, and not be a number"},
		{"a rule without a reason", "because: The backout takes longer than the window is.", "because: ''", "change_policy.risk.rules[0].because: is needed"},
		{"a rule to nowhere", "service: website", "service: webside", "github[0].service: no service here is called webside; did you mean website?"},
		{"a bare repository", "example/website", "website", `github[0].repository: "website" is not a repository such as example/website`},
		{"an unknown key", "criticality: high", "critical: high", "services[1].critical: there is no such key; one of id, name, owner, team, approval_channel, criticality, restricted, escalation, incident_channel"},
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
	require.Equal(t, "catalog.yaml:112:12: services[0].owner: nobody here is called bobb; did you mean bob?\n"+
		"    111 |     name: Payments\n"+
		">   112 |     owner: bobb\n"+
		"        |            ^", err.Error())
}

func TestAllFaultsAtOnceAndNoneThatFollows(t *testing.T) {
	text := strings.NewReplacer("owner: bob", "owner: [bob]", "zone: UTC\n    roles", "zone: UCT+1\n    roles", "team: web", "team: wep").Replace(example(t))
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
	old := "zone: Europe/Stockholm\n    roles: [requester, approver, problem_manager]"
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
		"roles: [implementer, responder]", "roles: [implementer, responder, approver]",
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
		"change policy: tier low: stage Approval: expire_after 24h0m0s → 48h0m0s",
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

func TestDiffOfAPolicySpeaksInWords(t *testing.T) {
	old := parse(t, example(t))
	changed := strings.NewReplacer(
		"need: 2\n              reject: quorum", "need: 60%\n              reject: veto",
		"mandatory: [kim] ", "mandatory: [kim, liv] ",
		"calendar: always\n          remind_after: 4h", "remind_after: 0s",
		"who: {team: security}", "who: {people: [kim, liv, eve]}",
		"high_from: 18", "high_from: 16",
		"Technical\n          expire_after: 16h   #", "Business\n          expire_after: 16h   #",
		"Business\n          expire_after: 16h\n", "Technical\n          expire_after: 16h\n",
		"tier: medium\n        because", "tier: high\n        because",
		"fri: [09:00-12:00, 13:00-17:00]", "fri: [09:00-12:00]",
		"closed: [2026-12-24, 2026-12-31]", "closed: [2026-12-24]",
		"last: 2026-01-02", "last: 2026-01-06",
		"last: 2025-08-15", "last: 2025-08-16",
		"risk: {complexity: 1, business_impact: 2", "risk: {complexity: 1, business_impact: 3",
	).Replace(example(t))
	require.Equal(t, []string{
		"person joe: away + (first 2025-12-22, last 2026-01-06) - (first 2025-12-22, last 2026-01-02)",
		"change policy: risk: high_from 18 → 16",
		"change policy: risk: rules + (when (backout_beyond_window true), tier high, because The backout takes longer than the window is.) - (when (backout_beyond_window true), tier medium, because The backout takes longer than the window is.)",
		"change policy: tier high: stage Technical: factor Engineers: need 2 → 60%",
		"change policy: tier high: stage Technical: factor Engineers: reject quorum → veto",
		"change policy: tier high: stage Security: factor Security: who (team security) → (people eve kim liv)",
		"change policy: tier high: stage Security: factor Security: mandatory + liv",
		"change policy: tier low: stage Approval: calendar always → nothing",
		"change policy: tier low: stage Approval: remind_after 4h0m0s → 0s",
		"change policy: tier medium: stage Business: factor Approvers: new (name Approvers, who (role approver), need 1)",
		"change policy: tier medium: stage Business: factor Owner: removed",
		"change policy: tier medium: stage Technical: factor Owner: new (name Owner, who (service_owner true), need all, exclude other_factors, backup (role change_manager))",
		"change policy: tier medium: stage Technical: factor Approvers: removed",
		"change policy: tier medium: stage order Technical, Business → Business, Technical",
		"github example/website production: risk (complexity 1, business_impact 2, rollback 1, test_coverage 2, recent_churn 3) → (complexity 1, business_impact 3, rollback 1, test_coverage 2, recent_churn 3)",
		"calendar office: hours mon 09:00-17:00, tue 09:00-17:00, wed 09:00-17:00, thu 09:00-17:00, fri 09:00-12:00, fri 13:00-17:00 → mon 09:00-17:00, tue 09:00-17:00, wed 09:00-17:00, thu 09:00-17:00, fri 09:00-12:00",
		"calendar office: closed - 2026-12-31",
		"delegations: + (from bob, to joe, first 2025-08-04, last 2025-08-16, services payments) - (from bob, to joe, first 2025-08-04, last 2025-08-15, services payments)",
	}, catalog.Diff(old, parse(t, changed)))
}

// What is applied is kept as JSON: it says the same as the file did.
func TestDigestOutlivesJSON(t *testing.T) {
	for _, text := range []string{example(t), simple(t)} {
		c := parse(t, text)
		kept, err := json.Marshal(c)
		require.NoError(t, err)
		var back itsm.Catalog
		require.NoError(t, json.Unmarshal(kept, &back))
		require.Equal(t, catalog.Digest(c), catalog.Digest(back))
		require.Empty(t, catalog.Diff(c, back))
		require.Empty(t, back.Check())

		shown, err := catalog.Format(back)
		require.NoError(t, err)
		require.NotContains(t, string(shown), `need: "`)
		require.Equal(t, catalog.Digest(c), catalog.Digest(parse(t, string(shown))))
	}
}

// The digest of a catalog without the newer parts stays what it was, so that to
// apply it again makes no version.
func TestDigestOfWhatWasAppliedBefore(t *testing.T) {
	c := itsm.Catalog{Change: itsm.ChangePolicy{Approvers: itsm.Approver, ExpireAfter: itsm.Duration(time.Hour)}}
	sum := sha256.Sum256([]byte(`{"change_policy":{"approvers":"approver","expire_after":"1h0m0s"},"people":[],"services":[],"teams":[]}`))
	require.Equal(t, hex.EncodeToString(sum[:]), catalog.Digest(c))
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
