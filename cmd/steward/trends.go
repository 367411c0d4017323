package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/cmd/steward/client"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

const trendsHelp = `Look for incidents that are alike, as the nightly search does, and say what would be
proposed as a problem. Nothing is kept and nothing is proposed.

  $ steward trends
  $ steward trends --at 2026-03-31T00:00:00Z --sql

--sql adds to each the question that an auditor can put to the database, which lists
the incidents that were counted.

Exit codes: 0 done; 2 usage; 3 no answer.`

func newTrendsCommand() *cobra.Command {
	var at string
	var asJSON, withSQL bool
	cmd := &cobra.Command{
		Use: "trends", Short: "What in the record book asks for a problem", Long: trendsHelp, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			when := time.Now()
			if at != "" {
				var err error
				if when, err = time.Parse(time.RFC3339, at); err != nil {
					return usageError("--at must be an instant such as 2026-03-31T00:00:00Z")
				}
			}
			return withStore(cmd, func(ctx context.Context, store *db.Store) error {
				catalog, _, err := store.Catalog(ctx)
				if err != nil {
					return err
				}
				policy := catalog.Problem.Filled().Trend
				found, err := store.Trends(ctx, policy, when)
				if err != nil {
					return err
				}
				if asJSON {
					return writeTrendsJSON(cmd.OutOrStdout(), found, policy, when)
				}
				return writeTrends(cmd.OutOrStdout(), found, policy, when, withSQL)
			})
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "as of an instant (RFC 3339); now when empty")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, with the question for each")
	cmd.Flags().BoolVar(&withSQL, "sql", false, "add the question that lists the incidents of each")
	return cmd
}

// trendRow is a trend as --json writes it.
type trendRow struct {
	itsm.Trend

	SQL string `json:"sql"`
}

func writeTrendsJSON(out io.Writer, found []itsm.Trend, p itsm.TrendPolicy, at time.Time) error {
	rows := make([]trendRow, 0, len(found))
	for _, t := range found {
		rows = append(rows, trendRow{t, db.TrendAudit(t, p.Within.Time, at)})
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"at": at.UTC().Format(time.RFC3339), "items": rows})
}

func writeTrends(out io.Writer, found []itsm.Trend, p itsm.TrendPolicy, at time.Time, withSQL bool) error {
	if len(found) == 0 {
		_, err := fmt.Fprintln(out, "Nothing stands out.")
		return err
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FINDING\tSERVICE\tOF\tINCIDENTS\tA WEEK BEFORE\tUSUAL AT MOST\tNEWEST")
	for _, f := range found {
		newest := ""
		if len(f.Incidents) > 0 {
			newest = string(f.Incidents[0])
		}
		fmt.Fprintln(t, strings.Join([]string{
			itsm.State(f.Finding).Words(), string(f.Service), client.Clean(f.Value), strconv.Itoa(f.Count), fmt.Sprintf("%.1f", f.Mean), fmt.Sprintf("%.1f", f.Usual), newest,
		}, "\t"))
	}
	if err := t.Flush(); err != nil || !withSQL {
		return err
	}
	for _, f := range found {
		if _, err := fmt.Fprintf(out, "\n-- %s\n%s\n", client.Clean(f.Reason), db.TrendAudit(f, p.Within.Time, at)); err != nil {
			return err
		}
	}
	return nil
}
