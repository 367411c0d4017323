package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/db"
)

func newMigrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database to this version's schema",
		Long: `Bring the database to this version's schema. Migrations only go forward and only
add, so the version before may go on running meanwhile; to do it twice, or from two
places at once, does no harm.

Example:

  STEWARD_DATABASE_URL=postgres://owner@db.example.com/steward steward migrate

The login must own the database. Exit codes: 0 done, 2 settings, 3 no answer.`,
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
			return nil
		},
	}
}
