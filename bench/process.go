package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/steward-itsm/steward/workflows"
)

const (
	startWithin = time.Minute      // the start of a process
	stopWithin  = 35 * time.Second // its end; a worker takes up to 30 to finish what it has begun
	lastWords   = 2000             // bytes of a log that an error quotes
)

// child is a process of ours, with its words in a file.
type child struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}
	err  error // once done is closed
}

// build makes the binary that is measured, from the checkout.
func build(ctx context.Context, file string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", file, "./cmd/steward") //nolint:gosec // a file of ours
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("steward cannot be built: %w\n%s", err, text)
	}
	return nil
}

// populate starts Steward and the twin, as processes apart from this one, and
// returns when each does its work.
func (s *stage) populate(ctx context.Context, steward string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil { // free for the process that is to have it
		return err
	}
	s.url = "http://" + address
	s.slack.SetAppURL(s.url)
	env := s.settings(address)
	for _, c := range []struct {
		name string
		argv []string
	}{
		{"steward serve", []string{steward, "serve"}},
		{"steward worker", []string{steward, "worker"}},
		{"the twin's worker", []string{self, "-twin", s.stack.TemporalAddress}},
	} {
		if err := s.spawn(c.name, c.argv, env); err != nil {
			return err
		}
	}
	return s.await(ctx)
}

func (s *stage) settings(address string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.stack.Dir, "TEMPORAL_ADDRESS=" + s.stack.TemporalAddress,
		"STEWARD_ENV=development", "STEWARD_HTTP_ADDR=" + address, "STEWARD_PUBLIC_URL=" + s.url, "STEWARD_LOG_LEVEL=warn",
		"STEWARD_DATABASE_URL=" + s.stack.DatabaseURL, "STEWARD_REDIS_URL=" + s.stack.RedisURL,
		"STEWARD_SLACK_API_URL=" + s.slackConfig.URL + "/api/", "STEWARD_SLACK_BOT_TOKEN=" + s.slackConfig.BotToken,
		"STEWARD_SLACK_SIGNING_SECRET=" + s.slackConfig.SigningSecret, "STEWARD_SLACK_TEAMS=" + slackTeam,
		"STEWARD_ACT_KEYS=" + secret(), "STEWARD_ENCRYPTION_KEYS=bench:" + secret(), // as in production
		"STEWARD_AUDIT_DIRS=" + filepath.Join(s.stack.Dir, "anchors"), "STEWARD_AUDIT_KEY_FILE=" + filepath.Join(s.stack.Dir, "anchor.key"),
	}
}

func (s *stage) spawn(name string, argv, env []string) error {
	c := &child{name: name, log: filepath.Join(s.stack.Dir, "log", fmt.Sprintf("child-%d.log", len(s.children))), done: make(chan struct{})}
	out, err := os.Create(c.log)
	if err != nil {
		return err
	}
	defer out.Close()
	c.cmd = exec.Command(argv[0], argv[1:]...) //nolint:gosec // ours; it ends by stop, not by a context
	c.cmd.Env, c.cmd.Stdout, c.cmd.Stderr = env, out, out
	c.cmd.SysProcAttr = &syscall.SysProcAttr{}
	dieWithParent(c.cmd.SysProcAttr)
	if err := c.cmd.Start(); err != nil {
		return fmt.Errorf("%s cannot be run: %w", name, err)
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	s.children = append(s.children, c)
	return nil
}

// await returns when the API is ready and every task queue has a worker.
func (s *stage) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for !s.ready(ctx) {
		if err := s.alive(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("what is measured did not start within %s; the logs are in %s", startWithin, s.stack.Dir)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

func (s *stage) ready(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := s.http.Do(r)
	if err != nil {
		return false
	}
	resp.Body.Close() //nolint:gosec // nothing of it is wanted
	for queue, kind := range map[string]enumspb.TaskQueueType{
		workflows.Queue: enumspb.TASK_QUEUE_TYPE_WORKFLOW, workflows.OutQueue: enumspb.TASK_QUEUE_TYPE_ACTIVITY,
		bareQueue: enumspb.TASK_QUEUE_TYPE_WORKFLOW, bareOut: enumspb.TASK_QUEUE_TYPE_ACTIVITY,
	} {
		d, err := s.temporal.DescribeTaskQueue(ctx, queue, kind)
		if err != nil || len(d.GetPollers()) == 0 {
			return false
		}
	}
	return resp.StatusCode == http.StatusOK
}

// alive says which process or server has ended, if one has.
func (s *stage) alive() error {
	for _, c := range s.children {
		select {
		case <-c.done:
			return fmt.Errorf("%s ended: %w", c.name, c.err)
		default:
		}
	}
	select {
	case e := <-s.stack.Exits():
		return fmt.Errorf("%s ended (%w): %s", e.Part, e.Err, e.Tail)
	default:
		return nil
	}
}

// words are the last that each process said, for whoever wonders why it went wrong:
// the folder with the rest is removed at the end.
func (s *stage) words() error {
	var errs []error
	for _, c := range s.children {
		text, err := os.ReadFile(c.log)
		if err == nil && len(text) > 0 {
			err = fmt.Errorf("%s said last: …%s", c.name, text[max(0, len(text)-lastWords):])
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// stop ends the process in order, and by force when it takes too long.
func (c *child) stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-c.done:
		return nil // how it ended was looked at while it mattered
	case <-time.After(stopWithin):
		return errors.Join(fmt.Errorf("%s did not stop in order", c.name), c.cmd.Process.Kill())
	}
}
