package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/temporal"
)

// busy is the load for each core from which on absolute figures say little.
const busy = 0.5

// load is the load average of the last minute; negative where the machine does
// not say.
func load() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return -1
	}
	first, _, _ := strings.Cut(string(text), " ")
	v, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return -1
	}
	return v
}

// introduce says what is measured on what.
func (s *stage) introduce(ctx context.Context, out io.Writer, before float64) error {
	info, err := s.temporal.WorkflowService().GetSystemInfo(ctx, &workflowservice.GetSystemInfoRequest{})
	if err != nil {
		return err
	}
	var postgres string
	if err := s.store.Pool().QueryRow(ctx, "SHOW server_version").Scan(&postgres); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s on %s/%s, %d cores, load %.1f before. Temporal server %s (one shard, SQLite with WAL), SDK %s, PostgreSQL %s, both durable.\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), before, info.GetServerVersion(), temporal.SDKVersion, postgres)
	if err == nil && before > busy*float64(runtime.NumCPU()) {
		_, err = fmt.Fprintln(out, "The machine was busy before: read the ratios, not the figures.")
	}
	return err
}

// traffic is what Postgres has done since it was made.
type traffic struct{ commits, wal int64 }

func (s *stage) traffic(ctx context.Context) (t traffic, err error) {
	err = s.store.Pool().QueryRow(ctx, `SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()),
		pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint`).Scan(&t.commits, &t.wal)
	return t, err
}

func (t traffic) since(was traffic) traffic { return traffic{t.commits - was.commits, t.wal - was.wal} }

func (t traffic) plus(more traffic) traffic {
	return traffic{t.commits + more.commits, t.wal + more.wal}
}

// conclude says what Postgres did for a change of each path, and how busy the
// machine was.
func conclude(out io.Writer, m measured) error {
	for _, p := range paths {
		n, t := 0, traffic{}
		for _, pair := range m.pairs {
			if pair.path == p {
				n, t = n+len(pair.ours.costs), t.plus(pair.ours.traffic)
			}
		}
		if n == 0 {
			continue
		}
		if _, err := fmt.Fprintf(out, "Postgres, for each of Steward's changes, %s: %.0f commits and %.1f kB of WAL, the sealing of the audit and idle polls included.\n",
			p.name, float64(t.commits)/float64(n), float64(t.wal)/float64(n)/1000); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "Load %.1f after.\n\n", load())
	return err
}
