package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/steward-itsm/steward/deploy/cluster"
	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// benchSuppliers have a schedule each.
const benchSuppliers = 1000

// schedules measures what the schedules of many suppliers cost on a server of their own:
// to make them, to see that nothing is to be done, and to change all by another tier.
func schedules(ctx context.Context, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "steward-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	quiet := slog.New(slog.DiscardHandler)
	s, err := devstack.Start(ctx, devstack.Options{Dir: dir, Temporal: true, Log: quiet})
	if err != nil {
		return err
	}
	defer func() { _ = s.Stop(context.WithoutCancel(ctx)) }()
	c, err := client.DialContext(ctx, client.Options{HostPort: s.TemporalAddress, Logger: log.NewStructuredLogger(quiet)})
	if err != nil {
		return err
	}
	defer c.Close()
	return scheduled(ctx, out, c)
}

func scheduled(ctx context.Context, out io.Writer, c client.Client) error {
	every := func(f itsm.Frequency) (all []itsm.ReviewCycle) {
		for n := range int64(benchSuppliers) {
			all = append(all, itsm.ReviewCycle{Supplier: itsm.SupplierNumber(n + 1), Every: f, Zone: "Europe/Berlin"})
		}
		return all
	}
	fmt.Fprintf(out, "Schedules of %d suppliers:\n", benchSuppliers)
	for _, step := range []struct {
		what   string
		wanted []itsm.ReviewCycle
	}{
		{"made", every(itsm.Monthly)},
		{"listed, nothing to do", every(itsm.Monthly)},
		{"changed by tier", every(itsm.Quarterly)},
		{"deleted", nil},
	} {
		began := time.Now()
		if err := cluster.Reviews(ctx, c, cluster.Begins{Workflow: workflows.ReviewsDueType, Queue: workflows.Queue}, step.wanted); err != nil {
			return err
		}
		took := time.Since(began)
		fmt.Fprintf(out, "  %-22s %8.2f s, %6.2f ms each\n", step.what, took.Seconds(), took.Seconds()*1000/benchSuppliers)
		if err := pauseFor(ctx, 3*time.Second); err != nil { // the list is written after the schedules
			return err
		}
	}
	return nil
}

func pauseFor(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
