package devstack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"
)

// The oldest Temporal server that we run.
const (
	serverMajor = 1
	serverMinor = 31
)

var serverVersion = regexp.MustCompile(`Server (\d+)\.(\d+)\.(\d+)`)

// layTemporal says how a private dev server runs in the home.
func (s *Stack) layTemporal(ctx context.Context, o Options, h home) (*server, error) {
	binary, version, err := findTemporal(ctx, o.TemporalBinary)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(h.dir, "temporal")
	if err := makeFolder(dir, nil); err != nil {
		return nil, err
	}
	port := o.TemporalPort
	if port == 0 {
		if port, err = freePort(); err != nil {
			return nil, err
		}
	}
	s.TemporalAddress = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	if o.UIPort != 0 {
		s.UIAddress = "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(o.UIPort))
	}
	return &server{
		part: PartTemporal,
		argv: append([]string{binary}, temporalArgs(o, port, temporalFile(dir, version, s.log))...),
		env:  bareEnv(dir), dir: dir, log: logPath(h.dir, PartTemporal),
		death: syscall.SIGKILL, quit: syscall.SIGTERM, grace: 15 * time.Second,
		prepare: func(ctx context.Context) error { return temporalPorts(ctx, port, o.UIPort) },
		ready:   func(ctx context.Context) error { return askTemporal(ctx, client.Options{HostPort: s.TemporalAddress}) },
		// The ports that it picks for its inner services may have been taken meanwhile.
		retry: []string{"address already in use"},
	}, rotateLog(logPath(h.dir, PartTemporal))
}

func temporalArgs(o Options, port int, file string) []string {
	synchronous := "synchronous=NORMAL"
	if o.DurabilityOff {
		synchronous = "synchronous=OFF"
	}
	args := []string{
		"server", "start-dev", "--ip", "127.0.0.1", "--port", strconv.Itoa(port),
		"--db-filename", file, "--log-level", "warn",
		// Without these two a server on a file is four times slower.
		"--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", synchronous,
	}
	// The server looks for new tasks twenty times a second and shard, and this one
	// has a single shard: each step of a process would wait for the next look.
	for _, queue := range []string{"transfer", "timer", "visibility"} {
		args = append(args, "--dynamic-config-value", "history."+queue+"ProcessorMaxPollRPS=1000")
	}
	for _, value := range o.TemporalConfig {
		args = append(args, "--dynamic-config-value", value)
	}
	if o.UIPort == 0 {
		return append(args, "--headless")
	}
	return append(args, "--ui-port", strconv.Itoa(o.UIPort), "--ui-disable-news-fetch")
}

// temporalFile names the database after the server's version: its schema is
// made with the file and never migrated.
func temporalFile(dir, version string, l *slog.Logger) string {
	file := filepath.Join(dir, "temporal-"+version+".db")
	old, _ := filepath.Glob(filepath.Join(dir, "temporal-*.db")) // the pattern is well formed
	if _, err := os.Stat(file); err != nil && len(old) > 0 {
		l.Warn("a new Temporal server begins with an empty database; workflows of the old one stay behind",
			"version", version, "left", old)
	}
	return file
}

func temporalPorts(ctx context.Context, port, ui int) error {
	if err := awaitPort(ctx, port, "Temporal was to listen there: choose another with --temporal-port"); err != nil {
		return err
	}
	if ui == 0 {
		return nil
	}
	return awaitPort(ctx, ui, "the Temporal UI was to listen there: choose another with --ui-port")
}

// askTemporal counts the workflows of the default namespace: that it serves is
// the last thing a starting server learns.
func askTemporal(ctx context.Context, o client.Options) error {
	o.Logger = log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	c, err := client.DialContext(ctx, o)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.WorkflowService().CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: client.DefaultNamespace})
	return err
}

// checkTemporal asks a given cluster whether it serves, with the credentials
// that the TEMPORAL_ environment variables carry.
func checkTemporal(ctx context.Context, address string) error {
	o, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return fmt.Errorf("the TEMPORAL_ environment variables cannot be read: %w", err)
	}
	o.HostPort = address
	o.Logger = log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	c, err := client.DialContext(ctx, o)
	if err != nil {
		return fmt.Errorf("temporal does not answer at %s: %w", address, err)
	}
	defer c.Close()
	if _, err := c.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("temporal is not healthy at %s: %w", address, err)
	}
	return nil
}

// findTemporal is the CLI to run and the version of the server in it.
func findTemporal(ctx context.Context, given string) (binary, version string, err error) {
	if given != "" {
		if binary, err = filepath.Abs(given); err != nil { // it is run from another folder
			return "", "", err
		}
		version, err = askVersion(ctx, binary)
		return binary, version, err
	}
	var errs []error
	for _, candidate := range temporalCandidates() {
		version, err := askVersion(ctx, candidate)
		if err == nil {
			return candidate, version, nil
		}
		errs = append(errs, err)
	}
	return "", "", fmt.Errorf("no Temporal CLI with server %d.%d or newer: `make .bin/temporal` builds it; %w",
		serverMajor, serverMinor, errors.Join(append(errs, errors.New("looked in .bin here and above, and on the PATH"))...))
}

func temporalCandidates() []string {
	var found []string
	if dir, err := os.Getwd(); err == nil {
		for ; ; dir = filepath.Dir(dir) {
			if path := filepath.Join(dir, ".bin", "temporal"); isFile(path) {
				found = append(found, path)
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	if path, err := exec.LookPath("temporal"); err == nil {
		found = append(found, path)
	}
	return found
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// askVersion runs the CLI: only it knows which server it holds.
func askVersion(ctx context.Context, binary string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, binary, "--version").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s cannot be run: %w", binary, err)
	}
	m := serverVersion.FindStringSubmatch(string(out))
	if m == nil {
		return "", fmt.Errorf("%s does not say which server it holds", binary)
	}
	major, _ := strconv.Atoi(m[1]) // digits, by the pattern
	minor, _ := strconv.Atoi(m[2])
	if major < serverMajor || major == serverMajor && minor < serverMinor {
		return "", fmt.Errorf("%s holds server %d.%d, which is older than %d.%d", binary, major, minor, serverMajor, serverMinor)
	}
	return m[1] + "." + m[2] + "." + m[3], nil
}
