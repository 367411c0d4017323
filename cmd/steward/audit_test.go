package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/audit"
	"github.com/steward-itsm/steward/db/dbtest"
)

// onRecord is a database with three sealed and anchored acts, which the settings
// name.
func onRecord(t *testing.T) *db.Store {
	t.Helper()
	store := onDatabase(t)
	dir := t.TempDir()
	t.Setenv("STEWARD_AUDIT_DIRS", filepath.Join(dir, "anchors"))
	t.Setenv("STEWARD_AUDIT_KEY_FILE", filepath.Join(dir, "anchor.key"))
	require.Equal(t, exitDone, steward(t, "catalog", "apply", examplePath).code)
	for range 2 {
		require.Equal(t, exitDone, steward(t, "token", "create", "--person", "ana", "--ttl", "1h").code)
	}
	key, err := audit.OpenKey(filepath.Join(dir, "anchor.key"))
	require.NoError(t, err)
	anchorer := &audit.Anchorer{Folders: []string{filepath.Join(dir, "anchors")}, Key: key}
	sealer := audit.NewSealer(dbtest.Open(t, os.Getenv("STEWARD_DATABASE_URL"), db.Sealer), anchorer, slog.New(slog.DiscardHandler), time.Now)
	n, err := sealer.SealOnce(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, n)
	return store
}

// forge is what somebody with the whole of the database can do.
func forge(t *testing.T, s *db.Store, statement string) {
	t.Helper()
	_, err := s.Pool().Exec(t.Context(), "SET session_replication_role = replica; "+statement+"; SET session_replication_role = origin")
	require.NoError(t, err)
}

func TestAWholeAuditIsVerified(t *testing.T) {
	onRecord(t)
	got := steward(t, "audit", "verify")
	require.Equal(t, exitDone, got.code, got.errs)
	require.Contains(t, got.out, "3 links were checked")
	require.Contains(t, got.out, "1 anchors agree, up to 3.")
	require.True(t, strings.HasSuffix(got.out, "All is as it was.\n"))
	require.Empty(t, got.errs)

	var report audit.Report
	require.NoError(t, json.Unmarshal([]byte(steward(t, "audit", "verify", "--json").out), &report))
	require.True(t, report.OK)
	require.EqualValues(t, 3, report.Head.Seq)
}

func TestTheFirstBadRowIsNamed(t *testing.T) {
	store := onRecord(t)
	forge(t, store, "UPDATE audit_entries SET actor = 'mallory' WHERE id = (SELECT entry FROM audit_chain WHERE seq = 2)")

	got := steward(t, "audit", "verify")
	require.Equal(t, exitRefused, got.code)
	require.Regexp(t, `the audit is not as it was: seq 2 \(entry \d+\): link or entry was changed after it was sealed\n$`, got.errs)
	require.NotContains(t, got.out, "All is as it was")

	got = steward(t, "audit", "verify", "--json")
	require.Equal(t, exitRefused, got.code)
	require.Empty(t, got.errs)
	var report audit.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &report))
	require.False(t, report.OK)
	require.EqualValues(t, 2, report.FirstBad.Seq)
}

func TestOnlyAnchorsShowATailThatWasCutOff(t *testing.T) {
	store := onRecord(t)
	forge(t, store, "DELETE FROM audit_chain WHERE seq = 3; DELETE FROM audit_personal; DELETE FROM audit_entries WHERE id NOT IN (SELECT entry FROM audit_chain)")
	got := steward(t, "audit", "verify")
	require.Equal(t, exitRefused, got.code)
	require.Contains(t, got.errs, "seq 3: the chain is older than its newest anchor")

	t.Setenv("STEWARD_AUDIT_DIRS", "")
	got = steward(t, "audit", "verify")
	require.Equal(t, exitDone, got.code, "the control: the chain alone cannot know")
	require.Contains(t, got.errs, "Without anchors a tail that was cut off cannot be seen.")
}

func TestADumpIsVerifiedElsewhere(t *testing.T) {
	onRecord(t)
	dump := filepath.Join(t.TempDir(), "audit.jsonl")
	require.Equal(t, exitDone, steward(t, "audit", "dump", dump).code)
	again := steward(t, "audit", "dump", dump)
	require.Equal(t, exitUsage, again.code)
	require.Contains(t, again.errs, "file exists")

	anchors, key := os.Getenv("STEWARD_AUDIT_DIRS"), os.Getenv("STEWARD_AUDIT_KEY_FILE")+".pub"
	for _, name := range []string{"STEWARD_DATABASE_URL", "STEWARD_AUDIT_DIRS", "STEWARD_AUDIT_KEY_FILE"} {
		t.Setenv(name, "")
	}
	got := steward(t, "audit", "verify", "--dump", dump, "--anchors", anchors, "--key", key)
	require.Equal(t, exitDone, got.code, got.errs)
	require.Contains(t, got.out, "1 anchors agree")

	text, err := os.ReadFile(dump)
	require.NoError(t, err)
	forged := strings.Replace(string(text), "token.created", "token.revoked", 1)
	got = stewardIn(t, forged, "audit", "verify", "--dump", "-", "--anchors", anchors, "--key", key)
	require.Equal(t, exitRefused, got.code)
	require.Contains(t, got.errs, "seq 2")

	got = stewardIn(t, "{", "audit", "verify", "--dump", "-")
	require.Equal(t, exitAway, got.code, "what cannot be read is neither whole nor bad")
	require.Contains(t, got.errs, "line 1 of the dump cannot be read")
}

func TestAVerificationSaysWhatItLacks(t *testing.T) {
	t.Setenv("STEWARD_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
	rows := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"a key", []string{"--anchors", t.TempDir()}, exitUsage, "--key anchor.key.pub"},
		{"a folder", []string{"--anchors", "/nowhere", "--key", "k"}, exitUsage, "/nowhere is no folder of anchors"},
		{"a key file", []string{"--anchors", t.TempDir(), "--key", "/nowhere.pub"}, exitAway, "/nowhere.pub"},
		{"a dump", []string{"--dump", "/nowhere.jsonl"}, exitUsage, "no such file"},
		{"a database", nil, exitAway, "does not answer"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := steward(t, append([]string{"audit", "verify"}, row.args...)...)
			require.Equal(t, row.code, got.code, got.errs)
			require.Contains(t, got.errs, row.want)
		})
	}
}

func TestARestoreIsOwnedUpToBeforeTheChainGoesOn(t *testing.T) {
	store := onRecord(t)
	require.Equal(t, exitRefused, steward(t, "audit", "resume", "--author", "root").code, "nothing is lost yet")
	require.Equal(t, exitUsage, steward(t, "audit", "resume").code)
	forge(t, store, "DELETE FROM audit_chain WHERE seq = 3; DELETE FROM audit_entries WHERE id = (SELECT max(id) FROM audit_entries)")
	require.Equal(t, exitRefused, steward(t, "audit", "verify").code)

	got := steward(t, "audit", "resume", "--author", "root")
	require.Equal(t, exitDone, got.code, got.errs)
	require.Equal(t, "Links 3 to 3 are on record as lost. Sealing goes on by itself.\n", got.out)
	after := steward(t, "audit", "verify")
	require.Equal(t, exitDone, after.code, after.errs)
	require.Contains(t, after.out, "Links 3 to 3 were lost in a restore, and an operator said so.")
	var by string
	require.NoError(t, store.Pool().QueryRow(t.Context(), `SELECT actor FROM audit_entries WHERE action = 'audit.resumed'`).Scan(&by))
	require.Equal(t, "root", by)
}
