package devstack

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATemporalTooOldIsRefused(t *testing.T) {
	dir := t.TempDir()
	for says, want := range map[string]string{
		"temporal version 1.5.0 (Server 1.29.1, UI 2.42.1)": "holds server 1.29, which is older than 1.31",
		"temporal version 1.5.0":                            "does not say which server it holds",
	} {
		fake := filepath.Join(dir, "temporal")
		require.NoError(t, os.WriteFile(fake, []byte("#!/bin/sh\necho '"+says+"'\n"), 0o700))
		_, _, err := findTemporal(t.Context(), fake)
		require.ErrorContains(t, err, want)
	}
	t.Chdir(dir)
	t.Setenv("PATH", dir)
	_, _, err := findTemporal(t.Context(), "")
	require.ErrorContains(t, err, "no Temporal CLI with server 1.31 or newer: `make .bin/temporal` builds it")
}

func TestTheTemporalOfTheCloneIsFound(t *testing.T) {
	needServers(t)
	binary, version, err := findTemporal(t.Context(), "")
	require.NoError(t, err)
	require.FileExists(t, binary)
	require.Regexp(t, `^\d+\.\d+\.\d+$`, version)
}

func TestDataOfAPostgresThatIsGoneIsNotLost(t *testing.T) {
	data := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("9\n"), 0o600))
	_, err := findPostgres(data)
	require.ErrorContains(t, err, "was written by PostgreSQL 9, which is not installed")
}

func TestTheSecondDatabaseIsCopiedNotMade(t *testing.T) {
	needServers(t)
	account, err := unprivileged()
	require.NoError(t, err)
	dir := kept(t).Dir
	require.NoError(t, os.Chmod(dir, 0o711))
	mine := filepath.Join(dir, "postgres")
	require.NoError(t, makeFolder(mine, account))
	pg, err := findPostgres(mine)
	require.NoError(t, err)
	require.NoError(t, pg.makeData(t.Context(), filepath.Join(mine, "one"), account, false, quiet()))

	pg.bin = "/nonexistent" // so that an initdb would fail
	require.NoError(t, pg.makeData(t.Context(), filepath.Join(mine, "two"), account, false, quiet()))
	require.NoError(t, pg.makeData(t.Context(), filepath.Join(mine, "two"), account, false, quiet()), "what is there stays")
	for _, name := range []string{"one", "two"} {
		require.FileExists(t, filepath.Join(mine, name, "global", "pg_control"))
	}
	pg.version += " of another build"
	err = pg.makeData(t.Context(), filepath.Join(mine, "three"), account, false, quiet())
	require.ErrorContains(t, err, "initdb failed", "a template is for one version only")
	require.NoDirExists(t, filepath.Join(mine, "three"))
}
