package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
)

// screen is what `steward dev` prints.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// develop runs `steward dev` until stop is called.
func develop(t *testing.T, environ []string, o devOptions) (out *screen, stop func() error) {
	t.Helper()
	out = &screen{}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- runDev(ctx, environ, o, out) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = stop() })
	require.Eventually(t, func() bool {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("it ended: %v\n%s", err, out)
		default:
		}
		return strings.Contains(out.String(), "Steward runs")
	}, 90*time.Second, 50*time.Millisecond)
	return out, stop
}

// TestDevKeepsEverythingBetweenRuns: a token and the stand-in's people from the
// first run are good in the second, also in a shell that sourced the first's
// settings; and nothing is left running.
func TestDevKeepsEverythingBetweenRuns(t *testing.T) {
	stacktest.Stack(t) // not under -short
	web := freeAddress(t)
	o := devOptions{
		dir: filepath.Join(t.TempDir(), "state"), catalog: examplePath,
		temporalPort: port(t), uiPort: port(t), slackAddr: freeAddress(t),
	}
	environ := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "STEWARD_HTTP_ADDR=" + web}
	out, stop := develop(t, environ, o)
	for _, told := range []string{"http://" + web + "/", "http://" + o.slackAddr, fmt.Sprintf("http://127.0.0.1:%d", o.uiPort), "/env"} {
		require.Contains(t, out.String(), told)
	}
	require.Contains(t, page(t, "http://"+web+"/start"), "Steward")
	require.Contains(t, page(t, "http://"+o.slackAddr+"/?as=U0ANA"), "Slack stand-in")

	sourced := environ
	text, err := os.ReadFile(filepath.Join(o.dir, "env"))
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		if kv, ok := strings.CutPrefix(strings.TrimSpace(line), "export "); ok {
			name, value, _ := strings.Cut(kv, "=")
			t.Setenv(name, strings.Trim(value, "'"))
			sourced = append(sourced, name+"="+strings.Trim(value, "'"))
		}
	}
	made := steward(t, "token", "create", "--person", "ana", "--ttl", "1h")
	require.Equal(t, exitDone, made.code, made.errs)
	require.NoError(t, stop())
	require.Contains(t, out.String(), "Everything is kept in")

	_, stop = develop(t, sourced, o)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+web+"/v1/services", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(made.out))
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.NoError(t, stop())
	for _, address := range []string{web, o.slackAddr, fmt.Sprintf("127.0.0.1:%d", o.temporalPort), fmt.Sprintf("127.0.0.1:%d", o.uiPort)} {
		_, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		require.Error(t, err, "something still listens at %s", address)
	}
}

func TestDevSaysWhichPortIsTaken(t *testing.T) {
	stacktest.Stack(t) // not under -short
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	o := devOptions{
		dir: filepath.Join(t.TempDir(), "state"), catalog: examplePath,
		temporalPort: port(t), uiPort: port(t), slackAddr: l.Addr().String(),
	}
	environ := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "STEWARD_HTTP_ADDR=" + l.Addr().String()}
	err = runDev(t.Context(), environ, o, &screen{})
	require.ErrorContains(t, err, l.Addr().String()+" is taken")
	require.ErrorContains(t, err, "STEWARD_HTTP_ADDR")
	environ[2] = "STEWARD_HTTP_ADDR=" + freeAddress(t)
	err = runDev(t.Context(), environ, o, &screen{})
	require.ErrorContains(t, err, "--slack-addr")
}

func port(t *testing.T) int {
	t.Helper()
	_, digits, err := net.SplitHostPort(freeAddress(t))
	require.NoError(t, err)
	n, err := net.LookupPort("tcp", digits)
	require.NoError(t, err)
	return n
}
