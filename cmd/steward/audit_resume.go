package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/audit"
)

func newAuditResumeCommand() *cobra.Command {
	var author string
	cmd := &cobra.Command{
		Use:   "resume",
		Short: "Take the chain up again after the database was restored to an older state",
		Long: `Take the chain up again after the database was restored to an older state. Sealing
stops by itself when anchors know links that the database has lost: somebody must
say that it was a restore, and this command is how. It signs an anchor that names
what is lost, and every later verification reports it. Nothing is sealed anew.

Example, once verify has named the lost links and a restore explains them:

  steward audit resume --author root

Exit codes: 0 done, 1 nothing is lost or what is left was rewritten, 2 usage, 3 no answer.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return resumeAudit(cmd, author) },
	}
	cmd.Flags().StringVar(&author, "author", "", "who says so, for the audit (needed)")
	return cmd
}

func resumeAudit(cmd *cobra.Command, author string) error {
	if author == "" {
		return usageError("say who takes it up again: --author root")
	}
	c, err := LoadConfig(os.Environ(), Command)
	if err != nil {
		return err
	}
	if len(c.AuditDirs) == 0 || c.AuditKeyFile == "" {
		return usageError("STEWARD_AUDIT_DIRS and STEWARD_AUDIT_KEY_FILE must say where anchors are and what signs them")
	}
	key, err := audit.OpenKey(c.AuditKeyFile)
	if err != nil {
		return unreadableError{err}
	}
	sealers, err := db.Open(cmd.Context(), c.DatabaseURL.Reveal(), db.Sealer, 2)
	if err != nil {
		return err
	}
	defer sealers.Close()
	anchorer := &audit.Anchorer{Folders: c.AuditDirs, Key: key}
	sealer := audit.NewSealer(sealers, anchorer, slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)), time.Now)
	from, to, err := sealer.Resume(cmd.Context())
	if err != nil {
		return err
	}
	_, said := fmt.Fprintf(cmd.OutOrStdout(), "Links %d to %d are on record as lost. Sealing goes on by itself.\n", from, to)
	return errors.Join(said, withStore(cmd, func(ctx context.Context, s *db.Store) error {
		facts := map[string]string{"lost_from": strconv.FormatInt(from, 10), "lost_to": strconv.FormatInt(to, 10)}
		return s.RecordCommand(ctx, "audit.resumed", "audit", author, facts)
	}))
}
