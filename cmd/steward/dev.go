package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/deploy/devstack"
)

// devOptions are where `steward dev` serves and what it begins with.
type devOptions struct {
	dir          string
	catalog      string
	temporalPort int
	uiPort       int
	slackAddr    string
}

func newDevCommand() *cobra.Command {
	var o devOptions
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Run all of Steward on this machine, with servers of its own and a stand-in for Slack",
		Long: `Start private Postgres, Redis and Temporal servers, migrate, load a catalog when
there is none, and serve the API, the processes and a stand-in for Slack.

Example:

  steward dev
  steward dev --ui-port 8234 --temporal-port 7234

Nothing is lost between runs: the state is kept in one folder. Ctrl-C stops it.
STEWARD_DATABASE_URL, STEWARD_REDIS_URL, TEMPORAL_ADDRESS and the STEWARD_SLACK_…
variables point it at real services instead.

Exit codes: 0 it was stopped, 1 it could not start or a part of it ended, 2 settings.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDev(cmd.Context(), os.Environ(), o, cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.dir, "dir", cmp.Or(os.Getenv("STEWARD_STATE_DIR"), ".state"), "the folder that the state is kept in (STEWARD_STATE_DIR)")
	f.StringVar(&o.catalog, "catalog", "deploy/catalog.example.yaml", "the catalog to begin with")
	f.IntVar(&o.temporalPort, "temporal-port", 7233, "the port of the private Temporal server")
	f.IntVar(&o.uiPort, "ui-port", 8233, "the port of the Temporal UI")
	f.StringVar(&o.slackAddr, "slack-addr", "127.0.0.1:8090", "the address of the Slack stand-in")
	return cmd
}

// dev is one run of `steward dev`.
type dev struct {
	devOptions
	out     io.Writer
	log     *slog.Logger
	config  Config
	secrets devSecrets
	stack   *devstack.Stack
	began   time.Time
	slack   *standIn // nil when a real Slack is configured
}

// runDev runs everything until ctx ends or a part of it does.
func runDev(ctx context.Context, environ []string, o devOptions, out io.Writer) (err error) {
	d := &dev{devOptions: o, out: out, began: time.Now()}
	if d.dir, err = filepath.Abs(o.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(d.dir, 0o755); err != nil { //nolint:gosec // Postgres runs as another user and must get through
		return err
	}
	logs, err := os.OpenFile(filepath.Join(d.dir, "steward.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer logs.Close()
	d.log = slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelInfo}))
	if environ, err = d.forgetOwn(environ); err != nil {
		return err
	}
	if d.config, err = d.configure(environ); err != nil {
		return err
	}
	// Ports first: a clear sentence at once is better than one after ten seconds.
	web, err := listen(ctx, d.config.HTTPAddr, "STEWARD_HTTP_ADDR")
	if err != nil {
		return err
	}
	defer web.Close()
	if err := d.start(ctx, environ); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.stop(ctx)) }()
	return d.run(ctx, web)
}

// listen takes an address, or says who may have it.
func listen(ctx context.Context, addr, setting string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s is taken (%w): stop what is there, or choose another with %s", addr, err, setting)
	}
	return l, nil
}

// start brings up the servers and readies them.
func (d *dev) start(ctx context.Context, environ []string) (err error) {
	d.say("starting Postgres, Redis and Temporal …")
	d.stack, err = devstack.Start(ctx, devstack.Options{
		Dir: d.dir, TemporalPort: d.temporalPort, UIPort: d.uiPort, Log: d.log,
		DatabaseURL: d.config.DatabaseURL.Reveal(), RedisURL: d.config.RedisURL.Reveal(), TemporalAddress: lookup(environ, "TEMPORAL_ADDRESS"),
	})
	if err != nil {
		return err
	}
	d.config.DatabaseURL, d.config.RedisURL = Secret(d.stack.DatabaseURL), Secret(d.stack.RedisURL)
	if d.config.TemporalUIURL == "" {
		d.config.TemporalUIURL = d.stack.UIAddress
	}
	err = d.ready(ctx)
	if err != nil {
		err = errors.Join(err, d.stop(ctx))
	}
	return err
}

// ready migrates, loads a catalog when there is none, and opens the stand-in.
func (d *dev) ready(ctx context.Context) error {
	if err := db.Migrate(ctx, d.stack.DatabaseURL); err != nil {
		return err
	}
	people, err := d.loadCatalog(ctx)
	if err != nil {
		return err
	}
	if d.config.SlackBotToken == "" {
		if d.slack, err = d.openStandIn(ctx, people); err != nil {
			return err
		}
	}
	if err := d.config.Check(Serve); err != nil {
		return err
	}
	return d.writeEnv()
}

// run serves until something ends.
func (d *dev) run(ctx context.Context, web net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p, err := newProgram(ctx, d.config, temporalAt{address: d.stack.TemporalAddress}, d.log)
	if err != nil {
		return err
	}
	defer p.close()
	if err := prepareTemporal(ctx, p.temporal, p.namespace); err != nil {
		return err
	}
	p.startPage = newStartPage(d.config, d.slack.address())
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return p.runWorker(ctx) })
	g.Go(func() error { return p.seal(ctx) })
	g.Go(func() error { return p.serve(ctx, web) })
	if d.slack != nil {
		g.Go(func() error { return d.slack.serve(ctx) })
	}
	g.Go(func() error { return d.watch(ctx) })
	d.greet()
	return g.Wait()
}

// watch ends the run when one of the servers ends by itself.
func (d *dev) watch(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case e := <-d.stack.Exits():
		return fmt.Errorf("%s ended by itself: %w\n%s", e.Part, e.Err, e.Tail)
	}
}

func (d *dev) stop(ctx context.Context) error {
	d.say("stopping …")
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err := d.slack.close()
	err = errors.Join(err, d.stack.Stop(finish))
	d.say("stopped. Everything is kept in %s", d.dir)
	return err
}

func (d *dev) say(format string, args ...any) {
	fmt.Fprintf(d.out, format+"\n", args...)
}
