package devstack

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/types/known/durationpb"
)

// soon is how long a real process may take to do what it was told.
const soon = 30 * time.Second

func TestMain(m *testing.M) {
	if os.Getenv(helperDir) != "" {
		os.Exit(helper())
	}
	os.Exit(m.Run())
}

// needServers leaves a test out under -short, which has no servers to run.
func needServers(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it needs the real servers, and -short goes without")
	}
}

// kept is the options for a stack in a folder that the test may use again.
func kept(t *testing.T) Options {
	t.Helper()
	dir, err := os.MkdirTemp("", "steward-test-") // not t.TempDir: too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return Options{Dir: dir, DurabilityOff: true, Log: quiet()}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func start(t *testing.T, o Options) *Stack {
	t.Helper()
	needServers(t)
	s, err := Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop(context.WithoutCancel(t.Context()))) })
	return s
}

func query[T any](t *testing.T, address, sql string) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	var v T
	require.NoError(t, conn.QueryRow(t.Context(), sql).Scan(&v))
	return v
}

// keep writes what a later SELECT n FROM kept finds.
func keep(t *testing.T, address string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "CREATE TABLE kept AS SELECT 42 AS n")
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
}

func redisClient(t *testing.T, s *Stack) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(s.RedisURL)
	require.NoError(t, err)
	c := redis.NewClient(o)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

func temporalClient(t *testing.T, address string) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{HostPort: address, Logger: log.NewStructuredLogger(quiet())})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func TestEachPartAnswersAndNothingIsLeft(t *testing.T) {
	needServers(t)
	s, err := Start(t.Context(), Options{DurabilityOff: true, Log: quiet()})
	require.NoError(t, err)
	require.Equal(t, "steward", query[string](t, s.DatabaseURL, "SELECT current_database()::text"))
	require.Empty(t, query[string](t, s.DatabaseURL, "SELECT current_setting('listen_addresses')"))
	require.NoError(t, redisClient(t, s).Set(t.Context(), "k", "v", time.Minute).Err())
	_, err = temporalClient(t, s.TemporalAddress).CheckHealth(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, s.UIAddress)
	pids := pidsOf(s)
	require.Len(t, pids, 3)

	require.NoError(t, s.Stop(t.Context()))
	require.NoError(t, s.Stop(t.Context()), "stopping twice is fine")
	require.NoDirExists(t, s.Dir)
	for _, pid := range pids {
		require.ErrorIs(t, syscall.Kill(pid, 0), syscall.ESRCH)
	}
	_, open := <-s.Exits()
	require.False(t, open, "nothing ended unasked, and the channel is closed")
	require.ErrorContains(t, s.Kill(PartRedis), "the stack is stopped")
}

func TestAKilledPartComesBackOnItsAddressAndData(t *testing.T) {
	o := kept(t)
	o.DurabilityOff = false
	s := start(t, o)
	database, temporal := s.DatabaseURL, s.TemporalAddress
	keep(t, database)
	conn, err := pgx.Connect(t.Context(), database)
	require.NoError(t, err)
	registerNamespace(t, s, "kept")

	for _, part := range []Part{PartPostgres, PartRedis, PartTemporal} {
		require.NoError(t, s.Kill(part))
		require.NoError(t, s.Kill(part), "killing what is down does nothing")
		require.NoError(t, s.Restart(t.Context(), part))
	}
	require.Error(t, conn.Ping(t.Context()), "the old connection died with the server")
	require.Equal(t, database, s.DatabaseURL)
	require.Equal(t, temporal, s.TemporalAddress)
	require.Equal(t, 42, query[int](t, s.DatabaseURL, "SELECT n FROM kept"))
	require.NoError(t, redisClient(t, s).Ping(t.Context()).Err())
	describeNamespace(t, s, "kept")
	require.Empty(t, s.Exits(), "a kill that was asked for is no news")

	require.NoError(t, s.Restart(t.Context(), PartPostgres), "a running part is stopped first")
	require.Equal(t, 42, query[int](t, s.DatabaseURL, "SELECT n FROM kept"))
}

func registerNamespace(t *testing.T, s *Stack, name string) {
	t.Helper()
	_, err := temporalClient(t, s.TemporalAddress).WorkflowService().RegisterNamespace(t.Context(),
		&workflowservice.RegisterNamespaceRequest{Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour)})
	require.NoError(t, err)
}

func describeNamespace(t *testing.T, s *Stack, name string) {
	t.Helper()
	_, err := temporalClient(t, s.TemporalAddress).WorkflowService().DescribeNamespace(t.Context(),
		&workflowservice.DescribeNamespaceRequest{Namespace: name})
	require.NoError(t, err)
}

func TestAPartThatDiesIsReported(t *testing.T) {
	s := start(t, Options{Postgres: true, Redis: true, DurabilityOff: true, Log: quiet()})
	srv, err := s.server(PartRedis)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(srv.process.cmd.Process.Pid, syscall.SIGKILL))
	select {
	case exit := <-s.Exits():
		require.Equal(t, PartRedis, exit.Part)
		require.ErrorContains(t, exit.Err, "killed")
		require.Contains(t, exit.Tail, "ccept connections")
	case <-time.After(soon):
		t.Fatal("nobody said that Redis died")
	}
	require.NoError(t, s.Restart(t.Context(), PartRedis))
	require.NoError(t, redisClient(t, s).Ping(t.Context()).Err())
}

func TestAFolderHasOneStack(t *testing.T) {
	o := kept(t)
	o.Redis = true
	s := start(t, o)
	_, err := Start(t.Context(), o)
	require.EqualError(t, err, fmt.Sprintf("the state folder %s is in use by process %d: stop that one, or choose another folder",
		s.Dir, os.Getpid()))
	require.NoError(t, redisClient(t, s).Ping(t.Context()).Err(), "the first is not disturbed")
}

func TestABusyPortIsNamed(t *testing.T) {
	needServers(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port //nolint:errcheck // tcp, as asked
	for flag, o := range map[string]Options{
		"--temporal-port": {Temporal: true, TemporalPort: port, Log: quiet()},
		"--ui-port":       {Temporal: true, UIPort: port, Log: quiet()},
	} {
		_, err = Start(t.Context(), o)
		var busy *BusyPortError
		require.ErrorAs(t, err, &busy)
		require.Equal(t, port, busy.Port)
		require.ErrorContains(t, err, "port "+strconv.Itoa(port)+" on 127.0.0.1 is taken by another process")
		require.ErrorContains(t, err, flag)
	}
}

func TestTheUIAnswers(t *testing.T) {
	needServers(t)
	port, err := freePort()
	require.NoError(t, err)
	s := start(t, Options{Temporal: true, UIPort: port, DurabilityOff: true, Log: quiet()})
	require.Equal(t, fmt.Sprintf("http://127.0.0.1:%d", port), s.UIAddress)
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		return err == nil && c.Close() == nil
	}, soon, pollEvery)
}

func TestAFailedStartSaysWhyAndLeavesNothing(t *testing.T) {
	o := kept(t)
	o.Postgres, o.Redis = true, true
	s := start(t, o)
	require.NoError(t, s.Stop(t.Context()))
	conf := filepath.Join(s.Dir, "postgres", "data", "postgresql.auto.conf")
	require.NoError(t, os.WriteFile(conf, []byte("nonsense = 1\n"), 0o600))

	_, err := Start(t.Context(), o)
	require.ErrorContains(t, err, "postgres did not start")
	require.ErrorContains(t, err, `unrecognized configuration parameter "nonsense"`)
	_, err = net.Dial("unix", filepath.Join(s.Dir, "redis", "redis.sock"))
	require.Error(t, err, "the part that could start was stopped again")
}

func TestTheLogOfThePreviousRunIsKept(t *testing.T) {
	o := kept(t)
	o.Redis = true
	for range 3 {
		s := start(t, o)
		require.NoError(t, s.Stop(t.Context()))
		text, err := os.ReadFile(s.Log(PartRedis))
		require.NoError(t, err)
		require.Regexp(t, `(?s)^[^\n]*Redis is starting.*bye bye`, string(text))
	}
	logs, err := filepath.Glob(filepath.Join(o.Dir, "log", "*"))
	require.NoError(t, err)
	require.Len(t, logs, 2, "this run's and the one before")
}

func TestStacksStartSideBySide(t *testing.T) {
	needServers(t)
	g, ctx := errgroup.WithContext(t.Context())
	for range 3 {
		g.Go(func() error {
			s, err := Start(ctx, Options{DurabilityOff: true, Log: quiet()})
			if err != nil {
				return err
			}
			return s.Stop(context.WithoutCancel(ctx))
		})
	}
	require.NoError(t, g.Wait())
}

func TestGivenServersAreOnlyChecked(t *testing.T) {
	s := start(t, Options{DurabilityOff: true, Log: quiet()})
	given, err := Start(t.Context(), Options{
		DatabaseURL: s.DatabaseURL, RedisURL: s.RedisURL, TemporalAddress: s.TemporalAddress, Log: quiet(),
	})
	require.NoError(t, err)
	require.Equal(t, s.DatabaseURL, given.DatabaseURL)
	require.Equal(t, s.RedisURL, given.RedisURL)
	require.Equal(t, s.TemporalAddress, given.TemporalAddress)
	require.Empty(t, given.Dir, "nothing is written")
	require.NoError(t, given.Stop(t.Context()))
	require.NoError(t, redisClient(t, s).Ping(t.Context()).Err(), "what we did not start we do not stop")
}

func TestAGivenServerThatIsAwayIsNamedWithoutItsPassword(t *testing.T) {
	port, err := freePort()
	require.NoError(t, err)
	host := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for name, o := range map[string]Options{
		"PostgreSQL":   {Postgres: true, DatabaseURL: "postgres://u:s3cret@" + host + "/d"},
		"redis":        {Redis: true, RedisURL: "redis://u:s3cret@" + host},
		"Redis cannot": {Redis: true, RedisURL: "redis://u:s3cret@%zz"},
		"temporal":     {Temporal: true, TemporalAddress: host},
	} {
		o.Log = quiet()
		_, err := Start(t.Context(), o)
		require.ErrorContains(t, err, name[:5])
		require.NotContains(t, err.Error(), "s3cret")
	}
}
