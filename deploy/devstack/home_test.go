package devstack

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAFolderTheServersCannotUseIsReplaced(t *testing.T) {
	room := kept(t).Dir
	long := filepath.Join(room, strings.Repeat("long", 30))
	account, err := unprivileged()
	require.NoError(t, err)
	dirs := map[string]string{"too long a path": long}
	if account != nil {
		// kept made the room for us alone, so nobody else passes through.
		dirs["cannot enter"] = filepath.Join(room, "state")
	}
	for why, dir := range dirs {
		require.ErrorContains(t, fitHome(dir, account), why)
		got, err := keptHome(dir, account, quiet())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, os.RemoveAll(got)) })
		require.Regexp(t, `^/var/tmp/steward-[0-9a-f]{12}$`, got)
		again, err := keptHome(dir, account, quiet())
		require.NoError(t, err)
		require.Equal(t, got, again, "the same folder leads to the same place")
		require.NoDirExists(t, dir)
	}
}

func TestAFolderOfSomebodyElseIsRefused(t *testing.T) {
	dir := kept(t).Dir
	require.NoError(t, os.Chmod(dir, 0o777))
	require.ErrorContains(t, fitHome(dir, nil), "not a folder that belongs to us alone")
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(kept(t).Dir, link))
	require.ErrorContains(t, fitHome(link, nil), "not a folder that belongs to us alone")
}

func TestOnlyAbandonedFoldersAreSwept(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	old := time.Now().Add(-2 * litterAge)
	plant := func(name string, changed time.Time) string {
		dir := filepath.Join(os.TempDir(), "steward-tmp-"+name)
		require.NoError(t, os.Mkdir(dir, 0o700))
		require.NoError(t, os.Chtimes(dir, changed, changed))
		return dir
	}
	abandoned, young, held := plant("1", old), plant("2", time.Now()), plant("3", old)
	lock, err := takeLock(held)
	require.NoError(t, err)
	require.NoError(t, os.Chtimes(held, old, old))
	sweep(quiet())
	require.NoDirExists(t, abandoned)
	require.DirExists(t, young)
	require.DirExists(t, held)
	require.NoError(t, lock.Close())
}
