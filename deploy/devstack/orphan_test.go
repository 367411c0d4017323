package devstack

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// helperDir names the variable that turns the test binary into a helper: a
// process that starts a stack there, says what it started, and waits.
const helperDir = "STEWARD_DEVSTACK_HELPER_DIR"

type said struct {
	Pids map[Part]int
	Dir  string
	Err  string
}

func helper() int {
	o := Options{Dir: os.Getenv(helperDir), Log: quiet(), TemporalBinary: os.Getenv("STEWARD_DEVSTACK_HELPER_TEMPORAL")}
	o.Postgres, o.Redis, o.Temporal = true, true, o.TemporalBinary != ""
	s, err := Start(context.Background(), o)
	out := said{Pids: pidsOf(s)}
	if err != nil {
		out.Err = err.Error()
	} else {
		out.Dir = s.Dir
	}
	if json.NewEncoder(os.Stdout).Encode(out) != nil || err != nil {
		return 1
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test closes it
	if s.Stop(context.Background()) != nil {
		return 2
	}
	return 0
}

func pidsOf(s *Stack) map[Part]int {
	pids := make(map[Part]int)
	if s == nil {
		return pids
	}
	for _, srv := range s.servers {
		pids[srv.part] = srv.process.cmd.Process.Pid
	}
	return pids
}

// runHelper starts a helper and returns what it said.
func runHelper(t *testing.T, binary, dir string, attr *syscall.SysProcAttr) (*exec.Cmd, io.Closer, said) {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), binary, "-test.run=^$")
	cmd.Env = append(os.Environ(), helperDir+"="+dir)
	if attr == nil {
		temporal, _, err := findTemporal(t.Context(), "")
		require.NoError(t, err)
		cmd.Env = append(cmd.Env, "STEWARD_DEVSTACK_HELPER_TEMPORAL="+temporal)
	}
	cmd.Dir, cmd.SysProcAttr = filepath.Dir(binary), attr
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	require.NoError(t, err)
	var out said
	require.NoError(t, json.Unmarshal(line, &out))
	require.Empty(t, out.Err)
	return cmd, stdin, out
}

// alive tells whether any process still works in the folder: the backends of a
// PostgreSQL do, although we know only their parent's number.
func alive(dir string) []string {
	var found []string
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		if cwd, err := os.Readlink(link); err == nil && strings.HasPrefix(cwd, dir) {
			found = append(found, link+" "+cwd)
		}
	}
	return found
}

func TestNothingOutlivesAParentThatIsKilled(t *testing.T) {
	needServers(t)
	o := kept(t)
	o.DurabilityOff = false
	cmd, _, out := runHelper(t, os.Args[0], o.Dir, nil)
	require.Len(t, out.Pids, 3)
	require.NotEmpty(t, alive(out.Dir))
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	for part, pid := range out.Pids {
		require.Eventually(t, func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }, soon, pollEvery, part)
	}
	require.Eventually(t, func() bool { return len(alive(out.Dir)) == 0 }, soon, pollEvery, "nor any child of theirs")
}

func TestTheNextStartAfterAKillRecoversAtOnce(t *testing.T) {
	needServers(t)
	o := kept(t)
	o.DurabilityOff = false
	cmd, _, out := runHelper(t, os.Args[0], o.Dir, nil)
	keep(t, postgresURL(filepath.Join(out.Dir, "postgres"), database))
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())

	s := start(t, o) // while the old servers may still be dying
	require.Equal(t, 42, query[int](t, s.DatabaseURL, "SELECT n FROM kept"))
}

func TestAnyoneMayRunIt(t *testing.T) {
	needServers(t)
	if os.Geteuid() != 0 {
		t.Log("we are not root: every other test here has shown it")
		return
	}
	account, err := unprivileged()
	require.NoError(t, err)
	room, err := os.MkdirTemp("", "steward-test-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(room)) })
	require.NoError(t, os.Chown(room, int(account.Uid), int(account.Gid)))
	binary := filepath.Join(room, "helper")
	text, err := os.ReadFile(os.Args[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(binary, text, 0o755))

	cmd, stdin, out := runHelper(t, binary, filepath.Join(room, "state"), &syscall.SysProcAttr{Credential: account})
	require.Equal(t, filepath.Join(room, "state"), out.Dir)
	require.Len(t, out.Pids, 2)
	require.NoError(t, stdin.Close())
	require.NoError(t, cmd.Wait(), "it stops in order")
}

func TestALockFileOfAProcessNumberNowSomebodyElsesIsNoObstacle(t *testing.T) {
	o := kept(t)
	o.Postgres = true
	s := start(t, o)
	require.NoError(t, s.Stop(t.Context()))
	// The same account, or PostgreSQL would see through it by itself.
	account, err := unprivileged()
	require.NoError(t, err)
	stranger := command(account, "/", "sleep", "600")
	require.NoError(t, stranger.Start())
	defer func() { _ = stranger.Process.Kill(); _ = stranger.Wait() }()
	pid := strconv.Itoa(stranger.Process.Pid)
	lock := filepath.Join(s.Dir, "postgres", "data", "postmaster.pid")
	require.NoError(t, os.WriteFile(lock, []byte(pid+"\n"+filepath.Dir(lock)+"\n"), 0o600))
	require.NoError(t, os.WriteFile(socketLock(filepath.Join(s.Dir, "postgres")), []byte(pid+"\n"), 0o600))

	again := start(t, o)
	require.Equal(t, 1, query[int](t, again.DatabaseURL, "SELECT 1"))
	require.NoError(t, stranger.Process.Signal(syscall.Signal(0)), "the stranger is left alone")
}

func TestAServerThatOutlivedItsStackIsEnded(t *testing.T) {
	o := kept(t)
	o.Postgres = true
	s := start(t, o)
	require.NoError(t, s.Stop(t.Context()))
	srv := s.servers[0]
	stray := command(srv.user, srv.dir, srv.argv[0], srv.argv[1:]...) // started by nobody's stack
	var out bytes.Buffer
	stray.Stdout, stray.Stderr = &out, &out
	require.NoError(t, stray.Start())
	require.Eventually(t, func() bool { return srv.ready(t.Context()) == nil }, soon, pollEvery)
	ended := make(chan struct{})
	go func() { _ = stray.Wait(); close(ended) }()

	again := start(t, o)
	require.Equal(t, 1, query[int](t, again.DatabaseURL, "SELECT 1"))
	select {
	case <-ended:
	case <-time.After(soon):
		t.Fatal("the stray still runs")
	}
}
