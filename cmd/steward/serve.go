package main

import (
	"context"
	"log/slog"
	"net"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

func newServeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve the doors: the API and Slack",
		Long: `Serve the API and Slack, finish what Slack delivered and was not answered in time,
and seal the audit. Run as many as you like, behind one address.

Example:

  steward serve

Exit codes: 0 it was asked to stop, 2 settings, 3 something does not answer.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withProgram(cmd.Context(), Serve, newProgram, func(ctx context.Context, p *program) error {
				l, err := new(net.ListenConfig).Listen(ctx, "tcp", p.config.HTTPAddr)
				if err != nil {
					return err
				}
				p.startPage = newStartPage(p.config, "")
				g, ctx := errgroup.WithContext(ctx)
				g.Go(func() error { return p.serve(ctx, l) })
				g.Go(func() error { return p.seal(ctx) })
				return g.Wait()
			})
		},
	}
}

func newWorkerCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "worker",
		Short: "Run the processes",
		Long: `Run the processes and what they do to the world. Run as many as you like: one may
die at any moment, and another goes on where it was.

Example:

  steward worker

Exit codes: 0 it was asked to stop, 2 settings, 3 something does not answer.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withProgram(cmd.Context(), Worker, connect, func(ctx context.Context, p *program) error {
				g, ctx := errgroup.WithContext(ctx)
				g.Go(func() error { return p.runWorker(ctx) })
				g.Go(func() error { return p.serveMetrics(ctx) })
				return g.Wait()
			})
		},
	}
}

// opener is newProgram, or the part of it that is enough.
type opener func(ctx context.Context, c Config, at temporalAt, log *slog.Logger) (*program, error)

// withProgram reads the settings, connects, and runs part of the program.
func withProgram(ctx context.Context, what Program, open opener, run func(context.Context, *program) error) error {
	c, err := LoadConfig(os.Environ(), what)
	if err != nil {
		return err
	}
	p, err := open(ctx, c, temporalAt{}, newLogger(c))
	if err != nil {
		return err
	}
	defer p.close()
	return run(ctx, p)
}

func newLogger(c Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(os.Stderr, options))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, options))
}
