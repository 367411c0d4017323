package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/audit"
	"github.com/steward-itsm/steward/db/dbtest"
	"github.com/steward-itsm/steward/deploy/servicenow"
	"github.com/steward-itsm/steward/itsm"
)

// importChild in its environment makes this test binary an import of that file, which
// can be killed.
const importChild = "STEWARD_IMPORT_CHILD"

const oddLog = "../../deploy/servicenow/testdata/odd.csv"

// forImports is a database with the example's catalog.
func forImports(t *testing.T) *db.Store {
	t.Helper()
	store := onDatabase(t)
	require.Equal(t, exitDone, steward(t, "catalog", "apply", examplePath).code)
	return store
}

// imported is an imported incident with its history, read as the desk reads it.
func imported(t *testing.T, s *db.Store, number string) (itsm.Incident, []itsm.Event, []itsm.Comment) {
	t.Helper()
	n, found, err := s.Imported(t.Context(), servicenow.OriginOf(number))
	require.NoError(t, err)
	require.True(t, found, number)
	i, err := s.Incident(t.Context(), n)
	require.NoError(t, err)
	events, err := s.Timeline(t.Context(), n)
	require.NoError(t, err)
	comments, err := s.Comments(t.Context(), n)
	require.NoError(t, err)
	return i, events, comments
}

func reportOf(t *testing.T, text string) servicenow.Report {
	t.Helper()
	var r servicenow.Report
	d := json.NewDecoder(strings.NewReader(text))
	require.NoError(t, d.Decode(&r))
	require.False(t, d.More(), "one object")
	return r
}

func TestImportIsTriedWithoutADatabase(t *testing.T) {
	t.Setenv("STEWARD_DATABASE_URL", "")
	got := steward(t, "import", "servicenow", oddLog, "--dry-run")
	require.Equal(t, exitDone, got.code, got.errs)
	require.Empty(t, got.errs)
	for _, line := range []string{
		"14 incidents, 59 events of the log", "Nothing is refused.", "Priority, by row: 56 agree, 3 differ.",
		"Reopenings, by incident: 13 agree, 1 differ; ServiceNow counts 3 and Steward 4.", "Nothing was changed.",
	} {
		require.Contains(t, got.out, line)
	}

	got = steward(t, "import", "servicenow", oddLog, "--dry-run", "--json")
	require.Equal(t, exitDone, got.code)
	require.Empty(t, got.errs)
	var told map[string]any
	require.NoError(t, json.Unmarshal([]byte(got.out), &told))
	for _, key := range []string{"incidents", "events", "refused", "inferred_moves", "priority", "made_sla", "reopen_count", "reassignment_count"} {
		require.Contains(t, told, key)
	}
	require.Equal(t, []any{}, told["refused"])
	require.NotContains(t, told, "imported")
	r := reportOf(t, got.out)
	require.Equal(t, 2, r.MadeSLA.Unknown)
	require.Equal(t, 12, r.MadeSLA.Agree+r.MadeSLA.Differ)
	require.Len(t, r.MadeSLA.Incidents, r.MadeSLA.Differ, "each with its reason")
}

func TestImportBecomesHistory(t *testing.T) {
	store := forImports(t)
	got := steward(t, "import", "servicenow", oddLog, "--author", "root")
	require.Equal(t, exitDone, got.code, got.errs)
	require.Contains(t, got.out, "14 are history now; 0 were in already.")
	require.Contains(t, got.errs, "14 of 14 incidents, 100 %", "lines where there is no terminal")

	i, events, comments := imported(t, store, "ODD01")
	require.True(t, i.Number.Of("INC"))
	require.Equal(t, itsm.IncidentClosed, i.State)
	require.EqualValues(t, "bob", i.Owner, "who answers for the service")
	require.EqualValues(t, "caller-1", i.Reporter)
	require.EqualValues(t, "resolver-5", i.Assignee)
	require.Len(t, events, i.Revision)
	require.Equal(t, time.Date(2021, 1, 4, 9, 0, 0, 0, time.UTC), i.RaisedAt)
	require.Len(t, comments, 1)
	require.Contains(t, comments[0].Text, "CHG0000007")
	require.True(t, i.Clock(itsm.ResolutionClock).Met())

	reader := itsm.Actor{Person: "ada", Roles: []itsm.Role{itsm.Auditor}, Scopes: []itsm.Scope{itsm.ScopeRead}}
	all, err := store.Incidents(t.Context(), db.IncidentFilter{Reader: reader, Limit: 50})
	require.NoError(t, err)
	require.Len(t, all, 14, "listed like any other")

	again := steward(t, "import", "servicenow", oddLog, "--author", "root", "--json")
	require.Equal(t, exitDone, again.code, again.errs)
	r := reportOf(t, again.out)
	require.Zero(t, *r.Imported)
	require.Equal(t, 14, *r.Already)
	after, _, _ := imported(t, store, "ODD01")
	require.Equal(t, i, after)
	require.Contains(t, steward(t, "import", "servicenow", oddLog).out, "Nothing was changed: 14 are in already.")

	sealer := audit.NewSealer(dbtest.Open(t, os.Getenv("STEWARD_DATABASE_URL"), db.Sealer), nil, slog.New(slog.DiscardHandler), time.Now)
	sealed, err := sealer.SealOnce(t.Context())
	require.NoError(t, err)
	require.Greater(t, sealed, 100, "an entry for each event")
	require.Equal(t, exitDone, steward(t, "audit", "verify").code)
	require.Equal(t, exitDone, steward(t, "audit", "dump", filepath.Join(t.TempDir(), "audit.jsonl")).code)
	dumped := steward(t, "audit", "dump", "-")
	require.Equal(t, 1, strings.Count(dumped.out, `"incidents.imported"`), "what brought nothing in is not on record")
}

func TestImportLeavesOutWhatIsRefusedAndTakesItOnceMended(t *testing.T) {
	store := forImports(t)
	good, err := os.ReadFile(oddLog)
	require.NoError(t, err)
	bad := filepath.Join(t.TempDir(), "bad.csv")
	broken := strings.Replace(string(good), "ODD07,Resolved,", "ODD07,Resolvd,", 1)
	require.NotEqual(t, string(good), broken)
	require.NoError(t, os.WriteFile(bad, []byte(broken), 0o600))

	for _, how := range [][]string{{"--dry-run"}, nil} {
		got := steward(t, append([]string{"import", "servicenow", bad}, how...)...)
		require.Equal(t, exitRefused, got.code)
		require.Contains(t, got.out, "1 row is refused, and 1 incident is left out because of that:\n  line 32, ODD07, column incident_state (servicenow.word)")
		require.Contains(t, got.out, "did you mean resolved?")
	}
	_, found, err := store.Imported(t.Context(), servicenow.OriginOf("ODD07"))
	require.NoError(t, err)
	require.False(t, found)

	got := stewardIn(t, string(good), "import", "servicenow", "-")
	require.Equal(t, exitDone, got.code)
	require.Contains(t, got.out, "1 are history now; 13 were in already.")
}

func TestImportNeedsAServiceAndAProfile(t *testing.T) {
	forImports(t)
	got := steward(t, "import", "servicenow", oddLog, "--service", "payment")
	require.Equal(t, exitRefused, got.code)
	require.Contains(t, got.errs, `no service of the catalog is called "payment"; did you mean payments?`)

	profile := filepath.Join(t.TempDir(), "mine.yaml")
	require.NoError(t, os.WriteFile(profile, []byte("service: payments\nstates:\n  - {is: New, state: fresh}\n"), 0o600))
	got = steward(t, "import", "servicenow", oddLog, "--dry-run", "--profile", profile)
	require.Equal(t, exitRefused, got.code)
	require.Contains(t, got.errs, profile+":3:")
	require.Contains(t, got.errs, `states[0].state: "fresh" is none of triaged`)

	require.Equal(t, exitUsage, steward(t, "import", "servicenow", oddLog, "--profile", "/nowhere.yaml").code)
	require.Equal(t, exitUsage, steward(t, "import", "servicenow", "/nowhere.csv").code)
	require.Equal(t, exitUsage, steward(t, "import", "servicenow").code)
	require.Equal(t, exitUsage, steward(t, "import", "remedy", oddLog).code)
	got = stewardIn(t, "", "import", "servicenow", "-", "--json")
	require.Equal(t, exitRefused, got.code)
	require.Equal(t, "csv.empty", reportOf(t, got.out).Refused[0].Code)
}

// many is a log of so many incidents.
func many(n int) string {
	var b strings.Builder
	b.WriteString("number,incident_state,sys_updated_at,impact,urgency\n")
	for i := range n {
		for k, state := range []string{"New", "Active", "Awaiting User Info", "Active", "Resolved", "Closed"} {
			fmt.Fprintf(&b, "INC%d,%s,0%d-01-2021 10:00,2 - Medium,2 - Medium\n", i, state, k+1)
		}
	}
	return b.String()
}

// stopper stops what writes to it, at the first word.
type stopper struct {
	bytes.Buffer
	stop context.CancelFunc
}

func (s *stopper) Write(p []byte) (int, error) {
	s.stop()
	return s.Buffer.Write(p)
}

func TestImportGoesOnWhereItWasInterrupted(t *testing.T) {
	store := forImports(t)
	ctx, stop := context.WithCancel(t.Context())
	var out bytes.Buffer
	errs := &stopper{stop: stop}
	require.Equal(t, exitAway, Execute(ctx, []string{"import", "servicenow", "-"}, strings.NewReader(many(30)), &out, errs), errs.String())
	require.Contains(t, errs.String(), "it was interrupted; 1 incidents are in and stay; run it again to go on")
	require.Contains(t, out.String(), "1 are history now; 0 were in already.")

	got := stewardIn(t, many(30), "import", "servicenow", "-")
	require.Equal(t, exitDone, got.code, got.errs)
	require.Contains(t, got.out, "29 are history now; 1 were in already.")
	whole(t, store, 30)
}

// TestImportGoesOnWhereItWasKilled kills the program itself in the middle.
func TestImportGoesOnWhereItWasKilled(t *testing.T) {
	store := forImports(t)
	const all = 300
	file := filepath.Join(t.TempDir(), "many.csv")
	require.NoError(t, os.WriteFile(file, []byte(many(all)), 0o600))
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), importChild+"="+file)
	errs, err := child.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	begun := false
	for lines := bufio.NewScanner(errs); !begun && lines.Scan(); {
		begun = strings.Contains(lines.Text(), "10 %")
	}
	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait())

	reader := itsm.Actor{Person: "ada", Roles: []itsm.Role{itsm.Auditor}, Scopes: []itsm.Scope{itsm.ScopeRead}}
	before, err := store.Incidents(t.Context(), db.IncidentFilter{Reader: reader, Limit: db.MaxPage})
	require.NoError(t, err)
	require.NotEmpty(t, before)

	got := steward(t, "import", "servicenow", file, "--json")
	require.Equal(t, exitDone, got.code, got.errs)
	r := reportOf(t, got.out)
	require.Equal(t, all, *r.Imported+*r.Already)
	require.NotZero(t, *r.Imported, "it was killed before its end")
	require.NotZero(t, *r.Already)
	whole(t, store, all)
}

// whole asserts that each incident is in, once and with all that happened to it.
func whole(t *testing.T, s *db.Store, all int) {
	t.Helper()
	numbers := map[itsm.Number]bool{}
	for n := range all {
		i, events, _ := imported(t, s, fmt.Sprintf("INC%d", n))
		require.Len(t, events, i.Revision)
		require.Len(t, events, 7)
		require.Len(t, i.Clock(itsm.ResolutionClock).Pauses, 1)
		numbers[i.Number] = true
	}
	require.Len(t, numbers, all)
}

func TestImportShowsItsProgress(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, false)
	for n := range 200 {
		p.at(n+1, 200)
	}
	require.Equal(t, 11, strings.Count(out.String(), "\n"), "a line for each tenth, and for the beginning")

	out.Reset()
	p = newProgress(&out, true)
	p.at(1, 2)
	require.Empty(t, out.String(), "what is soon over needs none")

	out.Reset()
	p = newProgress(&out, true)
	p.terminal, p.quiet = true, false
	p.at(1, 4)
	p.at(4, 4)
	require.Equal(t, "\r["+strings.Repeat("=", 10)+strings.Repeat(" ", 30)+"] 1 of 4, 25 %\r["+strings.Repeat("=", 40)+"] 4 of 4, 100 %\n", out.String())
}
