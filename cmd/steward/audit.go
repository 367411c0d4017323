package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/audit"
)

func newAuditCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "audit",
		Short: "The record of every act: verify it and take it elsewhere",
		Long: `Every act and every refusal leaves an entry, each chained to the one before. The
chain shows any change to what was sealed; anchors, which are signed and kept
outside the database, show a tail that was cut off and a chain that was redone.

Example:

  steward audit verify
  steward audit dump audit.jsonl
  steward audit verify --dump audit.jsonl --anchors /mnt/anchors --key anchor.key.pub`,
	}, newAuditVerifyCommand(), newAuditDumpCommand(), newAuditResumeCommand())
}

// look is where a verification looks.
type look struct {
	dump    string
	anchors []string
	keys    []string
	asJSON  bool
}

func newAuditVerifyCommand() *cobra.Command {
	var l look
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check that nothing on record was changed, added or taken away",
		Long: `Check that nothing on record was changed, added or taken away, and name the first
row that is not as it should be. It only reads, a row at a time, in one snapshot.

Example, the live database with the anchors and the key of the settings
(STEWARD_AUDIT_DIRS, STEWARD_AUDIT_KEY_FILE):

  steward audit verify

An auditor, elsewhere and without the database:

  steward audit verify --dump audit.jsonl --anchors ./anchors --key anchor.key.pub

Run it each night and alert unless its exit code is 0.

Exit codes: 0 all is as it was, 1 it is not: the first bad row is named, 2 usage,
3 it could not be read, so nothing is known.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return l.verify(cmd) },
	}
	f := cmd.Flags()
	f.StringVar(&l.dump, "dump", "", "verify this dump instead of the database; - for standard input")
	f.StringSliceVar(&l.anchors, "anchors", nil, "folders of anchors (default: STEWARD_AUDIT_DIRS)")
	f.StringSliceVar(&l.keys, "key", nil, "public keys that may sign anchors (default: STEWARD_AUDIT_KEY_FILE with .pub)")
	f.BoolVar(&l.asJSON, "json", false, "answer in JSON")
	return cmd
}

func (l look) verify(cmd *cobra.Command) error {
	anchors, err := l.trusted()
	if err != nil {
		return err
	}
	if len(anchors.Folders) == 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), "Without anchors a tail that was cut off cannot be seen. Name them with --anchors or STEWARD_AUDIT_DIRS.")
	}
	if l.dump == "" {
		return withStore(cmd, func(ctx context.Context, s *db.Store) error {
			return l.report(ctx, cmd, audit.Live{Store: s}, anchors)
		})
	}
	in := cmd.InOrStdin()
	if l.dump != "-" {
		f, err := os.Open(l.dump)
		if err != nil {
			return usageError(err.Error())
		}
		defer f.Close()
		in = f
	}
	return l.report(cmd.Context(), cmd, audit.Dumped{Reader: in}, anchors)
}

// trusted opens what says how the chain once was: as the command line names it,
// else as the settings do.
func (l look) trusted() (audit.Anchors, error) {
	c, err := ReadConfig(os.Environ())
	if err != nil {
		return audit.Anchors{}, err
	}
	a := audit.Anchors{Folders: l.anchors}
	if len(a.Folders) == 0 {
		a.Folders = c.AuditDirs
	}
	files := l.keys
	if len(files) == 0 && c.AuditKeyFile != "" {
		files = []string{c.AuditKeyFile + ".pub"}
	}
	if len(a.Folders) > 0 && len(files) == 0 {
		return a, usageError("anchors count only with the public key that signed them: --key anchor.key.pub")
	}
	if len(a.Folders) == 0 {
		return a, nil
	}
	for _, folder := range l.anchors {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return a, usageError(folder + " is no folder of anchors")
		}
	}
	a.Keys, err = publicKeys(files)
	return a, err
}

func publicKeys(files []string) ([]ed25519.PublicKey, error) {
	var keys []ed25519.PublicKey
	for _, file := range files {
		k, err := audit.OpenPublicKey(file)
		if err != nil {
			return nil, unreadableError{err}
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func (l look) report(ctx context.Context, cmd *cobra.Command, source audit.Source, anchors audit.Anchors) error {
	r, err := audit.Verify(ctx, source, anchors, time.Now())
	if err != nil {
		return unreadableError{err}
	}
	out := cmd.OutOrStdout()
	if l.asJSON {
		err = writeJSON(out, r)
	} else {
		err = describe(out, r)
	}
	switch {
	case err != nil:
		return err
	case r.OK:
		return nil
	case l.asJSON:
		return errSilent
	default:
		return fmt.Errorf("the audit is not as it was: %s", bad(r.FirstBad))
	}
}

// describe tells a person what was looked at.
func describe(out io.Writer, r audit.Report) error {
	lines := []string{fmt.Sprintf("%d links were checked, and %d personal values beside them.", r.Checked, r.Personal)}
	if r.Head != nil {
		lines = append(lines, fmt.Sprintf("The newest is %d, sealed at %s, hash %s.", r.Head.Seq, r.Head.SealedAt, r.Head.Hash))
	}
	if r.Anchors.Configured {
		lines = append(lines, fmt.Sprintf("%d anchors agree, up to %d.", r.Anchors.Checked, r.Anchors.Newest))
	}
	for _, odd := range r.Anchors.Odd {
		lines = append(lines, "Odd, though no fault: "+odd+".")
	}
	if r.Late > 0 || r.Unsealed > 0 {
		lines = append(lines, fmt.Sprintf("%d entries were sealed late; %d wait to be sealed.", r.Late, r.Unsealed))
	}
	for _, lost := range r.Restores {
		lines = append(lines, fmt.Sprintf("Links %d to %d were lost in a restore, and an operator said so.", lost.From, lost.To))
	}
	if r.OK {
		lines = append(lines, "All is as it was.")
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// bad names a row.
func bad(b *audit.Bad) string {
	switch {
	case b == nil:
		return "nobody can say where"
	case b.Seq > 0 && b.Entry > 0:
		return fmt.Sprintf("seq %d (entry %d): %s", b.Seq, b.Entry, b.Reason)
	case b.Seq > 0:
		return fmt.Sprintf("seq %d: %s", b.Seq, b.Reason)
	case b.Entry > 0:
		return fmt.Sprintf("entry %d: %s", b.Entry, b.Reason)
	default:
		return b.Reason
	}
}

func newAuditDumpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "dump FILE",
		Short: "Write the chain to a file that can be verified elsewhere",
		Long: `Write the chain and its entries, a JSON line for each, to a file that is verified
without the database. Personal values are left out; their hashes are in it. FILE
may be - for standard output, and must not exist yet.

Example:

  steward audit dump audit.jsonl
  steward audit dump - | gzip > audit.jsonl.gz

Exit codes: 0 done, 2 usage, 3 no answer.`,
		Args: oneArg("file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withStore(cmd, func(ctx context.Context, s *db.Store) error {
				if args[0] == "-" {
					return dump(ctx, s, cmd.OutOrStdout())
				}
				return dumpTo(ctx, s, args[0])
			})
		},
	}
}

// dumpTo leaves a whole file or none.
func dumpTo(ctx context.Context, s *db.Store, name string) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return usageError(err.Error())
	}
	if err := errors.Join(dump(ctx, s, f), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

func dump(ctx context.Context, s *db.Store, w io.Writer) error {
	if err := audit.Dump(ctx, audit.Live{Store: s}, w); err != nil {
		return unreadableError{err}
	}
	return nil
}

// unreadableError is a record that could not be read, so that nothing is known of it.
type unreadableError struct{ cause error }

func (e unreadableError) Error() string { return "it could not be read: " + e.cause.Error() }
func (e unreadableError) Unwrap() error { return e.cause }
