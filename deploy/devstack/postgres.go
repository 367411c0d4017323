package devstack

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// postgresMajor is the oldest PostgreSQL that we run.
	postgresMajor = 15
	superuser     = "postgres"
	database      = "steward"
)

var postgresVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// socketLock is the file by which PostgreSQL claims its socket.
func socketLock(socketDir string) string { return filepath.Join(socketDir, ".s.PGSQL.5432.lock") }

// layPostgres says how a private PostgreSQL runs in the home, and makes its
// data folder when there is none.
func (s *Stack) layPostgres(ctx context.Context, o Options, h home) (*server, error) {
	dir := filepath.Join(h.dir, "postgres")
	data := filepath.Join(dir, "data")
	if err := makeFolder(dir, h.user); err != nil {
		return nil, err
	}
	pg, err := findPostgres(data)
	if err != nil {
		return nil, err
	}
	if err := pg.makeData(ctx, data, h.user, !o.DurabilityOff, s.log); err != nil {
		return nil, err
	}
	s.DatabaseURL = postgresURL(dir, database)
	return &server{
		part: PartPostgres,
		argv: append([]string{filepath.Join(pg.bin, "postgres"), "-D", data, "-k", dir}, postgresSettings(o)...),
		env:  bareEnv(dir), dir: dir, user: h.user, log: logPath(h.dir, PartPostgres),
		// Nobody waits for a clean stop once we are dead, and the next start recovers from the WAL.
		death: syscall.SIGQUIT, quit: syscall.SIGINT, grace: 30 * time.Second,
		prepare: func(ctx context.Context) error { return clearPredecessor(ctx, dir, data, s.log) },
		ready:   func(ctx context.Context) error { return readyPostgres(ctx, dir) },
		// Backends of a killed server take a moment to notice.
		retry: []string{"is still in use", "is being used by"},
	}, rotateLog(logPath(h.dir, PartPostgres))
}

func postgresSettings(o Options) []string {
	settings := []string{
		"listen_addresses=", "port=5432", "unix_socket_permissions=0700",
		"max_connections=200", "shared_buffers=64MB", "jit=off", "logging_collector=off",
		"timezone=UTC", "log_timezone=UTC", "lc_messages=C",
	}
	if o.DurabilityOff {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	args := make([]string, 0, 2*len(settings))
	for _, set := range settings {
		args = append(args, "-c", set)
	}
	return args
}

func postgresURL(socketDir, name string) string {
	u := url.URL{
		Scheme: "postgres", User: url.User(superuser), Path: "/" + name,
		RawQuery: url.Values{"host": {socketDir}, "port": {"5432"}}.Encode(),
	}
	return u.String()
}

// readyPostgres asks whether the server answers, and makes our database.
func readyPostgres(ctx context.Context, socketDir string) error {
	conn, err := pgx.Connect(ctx, postgresURL(socketDir, superuser))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var there bool
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, database).Scan(&there)
	if err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, `CREATE DATABASE `+database)
	return err
}

// checkPostgres asks a given server whether it is one we can work with. Its
// errors never carry the password.
func checkPostgres(ctx context.Context, address string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("PostgreSQL does not answer: %w", err)
	}
	defer conn.Close(ctx)
	var version int
	if err := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version); err != nil {
		return fmt.Errorf("PostgreSQL does not answer: %w", err)
	}
	if version/10000 < postgresMajor {
		return fmt.Errorf("PostgreSQL %d is older than %d", version/10000, postgresMajor)
	}
	return nil
}

// A postgres is an installed PostgreSQL.
type postgres struct {
	bin     string // folder of its binaries
	major   int
	version string // in full, as it says itself
}

// findPostgres is the newest PostgreSQL installed, or the one whose data there is.
func findPostgres(data string) (postgres, error) {
	want := 0
	if text, err := os.ReadFile(filepath.Join(data, "PG_VERSION")); err == nil {
		want, _ = strconv.Atoi(strings.TrimSpace(string(text))) // 0 = any, and it will complain itself
	}
	var best postgres
	for _, bin := range postgresBins() {
		pg, ok := examine(bin)
		if ok && pg.major > best.major && (want == 0 || pg.major == want) {
			best = pg
		}
	}
	switch {
	case best.major >= postgresMajor:
		return best, nil
	case want != 0:
		return best, fmt.Errorf("the data in %s was written by PostgreSQL %d, which is not installed: install that version, or remove the folder to begin anew", data, want)
	default:
		return best, fmt.Errorf("no PostgreSQL server of version %d or newer is installed: `make setup` installs it", postgresMajor)
	}
}

func postgresBins() []string {
	var bins []string
	// Debian, RPM and Homebrew keep the server's binaries off the PATH.
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"} {
		found, _ := filepath.Glob(pattern) // well formed
		bins = append(bins, found...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			bins = append(bins, filepath.Dir(path))
		}
	}
	return bins
}

func examine(bin string) (postgres, bool) {
	out, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil || !isFile(filepath.Join(bin, "initdb")) {
		return postgres{}, false
	}
	m := postgresVersion.FindStringSubmatch(string(out))
	if m == nil {
		return postgres{}, false
	}
	major, err := strconv.Atoi(m[1])
	return postgres{bin, major, strings.TrimSpace(string(out))}, err == nil
}

// clearPredecessor ends a server that outlived its stack, and removes lock
// files whose process number has passed to somebody else. PostgreSQL cannot
// tell the two apart; we can, as we hold the folder.
func clearPredecessor(ctx context.Context, dir, data string, log *slog.Logger) error {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err == nil && pid > 1 && worksIn(pid, data) {
		log.WarnContext(ctx, "a PostgreSQL outlived its stack and is ended", "pid", pid)
		if err := endStray(ctx, pid, data); err != nil {
			return err
		}
	}
	for _, lock := range []string{filepath.Join(data, "postmaster.pid"), socketLock(dir)} {
		if err := os.Remove(lock); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// worksIn tells whether a process has its working folder there, as every
// PostgreSQL has in its data. Where there is no /proc the answer is no.
func worksIn(pid int, dir string) bool {
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		return false
	}
	dir, err = filepath.EvalSymlinks(dir)
	return err == nil && cwd == dir
}

func endStray(ctx context.Context, pid int, data string) error {
	for _, sig := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("process %d cannot be ended: %w", pid, err)
		}
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
			if !worksIn(pid, data) {
				return nil
			}
			if err := pause(ctx, pollEvery); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("process %d does not end", pid)
}
