package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/dbtest"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
	"github.com/steward-itsm/steward/desk/token"
	"github.com/steward-itsm/steward/itsm"
)

const examplePath = "../../deploy/catalog.example.yaml"

// answer is what a command said.
type answer struct {
	code      int
	out, errs string
}

func steward(t *testing.T, args ...string) answer { return stewardIn(t, "", args...) }

func stewardIn(t *testing.T, in string, args ...string) answer {
	t.Helper()
	var out, errs bytes.Buffer
	code := Execute(t.Context(), args, strings.NewReader(in), &out, &errs)
	return answer{code, out.String(), errs.String()}
}

// onDatabase gives the commands a database of their own.
func onDatabase(t *testing.T) *db.Store {
	t.Helper()
	url := dbtest.New(t)
	t.Setenv("STEWARD_DATABASE_URL", url)
	return dbtest.Open(t, url, db.Owner)
}

func exampleWith(t *testing.T, old, changed string) string {
	t.Helper()
	data, err := os.ReadFile(examplePath)
	require.NoError(t, err)
	require.Contains(t, string(data), old)
	name := filepath.Join(t.TempDir(), "catalog.yaml")
	require.NoError(t, os.WriteFile(name, []byte(strings.Replace(string(data), old, changed, 1)), 0o600))
	return name
}

func TestEveryCommandTeaches(t *testing.T) {
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		if c.Name() == "help" || c.Name() == "completion" || !c.IsAvailableCommand() && c.HasParent() {
			return
		}
		t.Run(strings.ReplaceAll(c.CommandPath(), " ", "_"), func(t *testing.T) {
			require.NotEmpty(t, c.Short)
			require.NotEmpty(t, c.Long)
			require.Contains(t, c.Long+c.Example, "steward ", "help shows by example")
			for line := range strings.SplitSeq(c.Long+"\n"+c.Example, "\n") {
				require.LessOrEqual(t, len([]rune(line)), 100, "%q", line)
			}
		})
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(NewRootCommand())
}

func TestMisuseIsToldApart(t *testing.T) {
	t.Setenv("STEWARD_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
	rows := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"an unknown command", []string{"catalogue"}, exitUsage, `unknown command "catalogue"`},
		{"an unknown word below", []string{"catalog", "aply"}, exitUsage, `unknown command "aply" for "steward catalog"`},
		{"an unknown flag", []string{"token", "list", "--jsn"}, exitUsage, "unknown flag: --jsn"},
		{"no file", []string{"catalog", "validate"}, exitUsage, "it takes one FILE"},
		{"a file that is not there", []string{"catalog", "validate", "/nowhere.yaml"}, exitUsage, "no such file"},
		{"nobody", []string{"token", "create", "--ttl", "1h"}, exitUsage, "--person ana"},
		{"no end", []string{"token", "create", "--person", "ana"}, exitUsage, "between 1m and 8784h"},
		{"a third scope", []string{"token", "create", "--person", "ana", "--ttl", "1h", "--scope", "admin"}, exitUsage, `not "admin"`},
		{"a name with a bell", []string{"token", "create", "--person", "ana", "--ttl", "1h", "--name", "a\ab"}, exitUsage, "--name is one line"},
		{"a format", []string{"catalog", "show", "--format", "xml"}, exitUsage, "yaml or json"},
		{"no database", []string{"token", "list"}, exitAway, "does not answer"},
		{"no database to migrate", []string{"migrate"}, exitAway, "does not answer"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := steward(t, row.args...)
			require.Equal(t, row.code, got.code, got.errs)
			require.Contains(t, got.errs, row.want)
			require.Empty(t, got.out)
			require.Equal(t, row.code == exitUsage, strings.Contains(got.errs, "--help"))
		})
	}
	t.Run("no settings", func(t *testing.T) {
		t.Setenv("STEWARD_DATABASE_URL", "")
		got := steward(t, "catalog", "versions")
		require.Equal(t, exitUsage, got.code)
		require.Contains(t, got.errs, "STEWARD_DATABASE_URL is needed")
	})
	t.Run("alone it helps", func(t *testing.T) {
		got := steward(t, "catalog")
		require.Equal(t, exitDone, got.code)
		require.Contains(t, got.out, "steward catalog apply catalog.yaml")
	})
}

func TestCatalogValidate(t *testing.T) {
	got := steward(t, "catalog", "validate", examplePath)
	require.Equal(t, answer{exitDone, examplePath + " is in order: 10 people, 3 teams, 2 services.\n", ""}, got)

	bad := exampleWith(t, "owner: bob", "owner: bobb")
	got = steward(t, "catalog", "validate", bad)
	require.Equal(t, exitRefused, got.code)
	require.Empty(t, got.out)
	require.True(t, strings.HasPrefix(got.errs, bad+":112:12: services[0].owner: nobody here is called bobb; did you mean bob?\n"), got.errs)

	got = steward(t, "catalog", "validate", "--json", bad)
	require.Equal(t, exitRefused, got.code)
	require.Empty(t, got.errs)
	var faults struct {
		Faults []struct {
			Line, Column int
			Path         string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &faults))
	require.Equal(t, "services[0].owner", faults.Faults[0].Path)

	got = stewardIn(t, "people: []", "catalog", "validate", "-")
	require.Equal(t, exitRefused, got.code)
	require.Contains(t, got.errs, "-:1:")
}

func TestCatalogLivesInVersions(t *testing.T) {
	store := onDatabase(t)

	got := steward(t, "catalog", "show")
	require.Equal(t, exitAway, got.code)
	require.Contains(t, got.errs, "(catalog.none)")

	got = steward(t, "catalog", "apply", examplePath, "--dry-run")
	require.Equal(t, exitDone, got.code, got.errs)
	require.Contains(t, got.out, "person ana: new (")
	require.Contains(t, got.out, "This would become version 1. Nothing was changed.")
	versions, err := store.CatalogVersions(t.Context())
	require.NoError(t, err)
	require.Empty(t, versions)

	got = steward(t, "catalog", "apply", examplePath, "--author", "root")
	require.Equal(t, exitDone, got.code, got.errs)
	require.True(t, strings.HasSuffix(got.out, "Version 1 is in force.\n"), got.out)

	got = steward(t, "catalog", "apply", examplePath)
	require.Equal(t, answer{exitDone, "Version 1 says the same. Nothing was changed.\n", ""}, got)

	changed := exampleWith(t, "roles: [implementer, responder]", "roles: [implementer, responder, approver]")
	got = steward(t, "catalog", "apply", changed, "--author", "root")
	require.Equal(t, answer{exitDone, "person ida: roles + approver\nVersion 2 is in force.\n", ""}, got)

	got = steward(t, "catalog", "apply", exampleWith(t, "owner: bob", "owner: bobb"))
	require.Equal(t, exitRefused, got.code)

	got = steward(t, "catalog", "versions")
	require.Equal(t, exitDone, got.code)
	require.Equal(t, 3, strings.Count(got.out, "\n"), got.out)
	require.Contains(t, got.out, "root")

	got = steward(t, "catalog", "versions", "--json")
	var lines []versionLine
	require.NoError(t, json.Unmarshal([]byte(got.out), &lines))
	require.Equal(t, []int{2, 1}, []int{lines[0].Version, lines[1].Version})
	require.Len(t, lines[0].Digest, 64)
}

func TestAVersionShownCanBeAppliedAgain(t *testing.T) {
	onDatabase(t)
	require.Equal(t, exitDone, steward(t, "catalog", "apply", examplePath).code)
	require.Equal(t, exitDone, steward(t, "catalog", "apply", exampleWith(t, "expire_after: 24h", "expire_after: 48h")).code)

	first := steward(t, "catalog", "show", "--version", "1")
	require.Equal(t, exitDone, first.code, first.errs)
	back := stewardIn(t, first.out, "catalog", "apply", "-")
	require.Equal(t, answer{exitDone, "change policy: tier low: stage Approval: expire_after 48h0m0s → 24h0m0s\nVersion 3 is in force.\n", ""}, back)

	whole := steward(t, "catalog", "show", "--format", "json")
	var c itsm.Catalog
	require.NoError(t, json.Unmarshal([]byte(whole.out), &c))
	require.Equal(t, exampleCatalog(t).People, c.People)

	none := steward(t, "catalog", "show", "--version", "9")
	require.Equal(t, exitRefused, none.code)
	require.Contains(t, none.errs, "There is no version 9 of the catalog. (catalog.version)")
}

func TestATokenIsShownOnceAndRevoked(t *testing.T) {
	store := onDatabase(t)
	require.Equal(t, exitDone, steward(t, "catalog", "apply", examplePath).code)

	got := steward(t, "token", "create", "--person", "ana", "--ttl", "24h", "--scope", "read", "--name", "report", "--author", "root")
	require.Equal(t, exitDone, got.code, got.errs)
	text := strings.TrimSuffix(got.out, "\n")
	id, secret, err := token.Parse(text)
	require.NoError(t, err, "standard output is the token and nothing else")
	require.Contains(t, got.errs, "It is shown this once")
	require.NotContains(t, got.errs, string(secret))

	kept, err := store.Token(t.Context(), id)
	require.NoError(t, err)
	require.True(t, token.Matches(secret, kept.SecretSHA256))
	require.Equal(t, []itsm.Scope{itsm.ScopeRead}, kept.Scopes)
	require.Equal(t, "root", kept.CreatedBy)
	require.WithinDuration(t, time.Now().Add(24*time.Hour), kept.ExpiresAt, time.Minute)

	list := steward(t, "token", "list")
	require.Contains(t, list.out, id)
	require.Contains(t, list.out, "live")
	require.NotContains(t, list.out+list.errs, string(secret))

	require.Equal(t, exitDone, steward(t, "token", "revoke", text, "--author", "max").code, "the whole token will do")
	require.Equal(t, exitDone, steward(t, "token", "revoke", id).code, "twice is once")
	var lines []tokenLine
	require.NoError(t, json.Unmarshal([]byte(steward(t, "token", "list", "--json").out), &lines))
	require.Equal(t, "revoked", lines[0].Standing)
	require.Equal(t, "max", lines[0].RevokedBy)

	gone := steward(t, "token", "revoke", "0123456789AB")
	require.Equal(t, exitRefused, gone.code)
	require.Contains(t, gone.errs, "(token.not_found)")
}

func TestATokenNeedsItsPerson(t *testing.T) {
	onDatabase(t)
	got := steward(t, "token", "create", "--person", "ana", "--ttl", "1h")
	require.Equal(t, exitAway, got.code)
	require.Contains(t, got.errs, "(catalog.none)")

	require.Equal(t, exitDone, steward(t, "catalog", "apply", examplePath).code)
	got = steward(t, "token", "create", "--person", "anna", "--ttl", "1h")
	require.Equal(t, exitRefused, got.code)
	require.Equal(t, "steward: Nobody in the catalog is called anna; did you mean ana? (token.person_unknown)\n", got.errs)
	require.Empty(t, got.out)
}

func TestStandingOfAToken(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	tok := db.Token{ExpiresAt: now}
	require.Equal(t, "expired", lineOf(tok, now).Standing)
	require.Equal(t, "live", lineOf(tok, now.Add(-time.Nanosecond)).Standing)
	tok.RevokedAt = &now
	require.Equal(t, "revoked", lineOf(tok, now).Standing)
}

func TestMigrateTwice(t *testing.T) {
	onDatabase(t)
	t.Setenv("TEMPORAL_ADDRESS", stacktest.Stack(t).TemporalAddress)
	t.Setenv("TEMPORAL_NAMESPACE", "migrated")
	t.Setenv("STEWARD_LOG_LEVEL", "error")
	for range 2 {
		both := "The database is up to date.\nTemporal's namespace migrated has what Steward needs.\n"
		require.Equal(t, answer{exitDone, both, ""}, steward(t, "migrate"))
	}
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	require.Equal(t, exitAway, steward(t, "migrate").code)
	require.Equal(t, answer{exitDone, "The database is up to date.\n", ""}, steward(t, "migrate", "--database-only"))
}
