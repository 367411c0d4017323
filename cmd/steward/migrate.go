package main

import (
	"fmt"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/db"
)

func newMigrateCommand() *cobra.Command {
	var databaseOnly bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database and Temporal to what this version needs",
		Long: `Bring the database to this version's schema, and give Temporal's namespace the
search attributes and the retention that Steward needs. Migrations only go forward
and only add, so the version before may go on running meanwhile; to do it twice, or
from two places at once, does no harm.

Example:

  STEWARD_DATABASE_URL=postgres://owner@db.example.com/steward steward migrate

The login must own the database; TEMPORAL_ADDRESS says where Temporal is.
Exit codes: 0 done, 2 settings, 3 no answer.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := LoadConfig(os.Environ(), Command)
			if err != nil {
				return err
			}
			if err := db.Migrate(cmd.Context(), c.DatabaseURL.Reveal()); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "The database is up to date.")
			if databaseOnly {
				return nil
			}
			return migrateTemporal(cmd, c)
		},
	}
	cmd.Flags().BoolVar(&databaseOnly, "database-only", false, "leave Temporal as it is")
	return cmd
}

func migrateTemporal(cmd *cobra.Command, c Config) error {
	at := temporalAt{}
	cl, err := dialTemporal(cmd.Context(), c, at, prometheus.NewRegistry(), newLogger(c))
	if err != nil {
		return err
	}
	defer cl.Close()
	if err := prepareTemporal(cmd.Context(), cl, at.name()); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Temporal's namespace %s has what Steward needs.\n", at.name())
	return nil
}
