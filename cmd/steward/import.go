package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/deploy"
	"github.com/steward-itsm/steward/deploy/servicenow"
	"github.com/steward-itsm/steward/itsm"
)

func newImportCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "import",
		Short: "Bring in what was handled elsewhere: as history, or to go on with",
		Long: `Bring in what was handled elsewhere. Incidents of another tool become history: records
that can be read, searched and reported on like any other, and that nothing can happen
to any more. A register of suppliers and contracts goes on from here.

Example:

  steward import servicenow incidents.csv --dry-run   what would become of it?
  steward import servicenow incidents.csv             make it history
  steward import suppliers suppliers.yaml             bring a register on record`,
	}, newImportServiceNowCommand(), newImportRegisterCommand())
}

const importHelp = `Bring in ServiceNow's incidents: a CSV export of their history, a row for each time
that one was touched. FILE may be - for standard input.

Each incident goes through Steward's own rules, event by event and at the times of
the log. What the log skips is inferred along the shortest path and counted. The
report compares what the rules make of it with what ServiceNow says: the priority of
each row, how often an incident was reopened and handed over, and whether it was
resolved in time, with the reason wherever the two differ.

An incident goes in whole or not at all. Each row that cannot be taken is named with
its line, its column and its mend; its incident is left out until that is done, and
the others go in. So does only what is over. To run it again does no harm: what is in
stays as it is, and what is missing goes in, also after it was interrupted.

A profile says what the export's words mean, which matrix and targets held there,
and to which service the records go; deploy/servicenow.example.yaml is the one that
is taken when none is named, and explains each part. Numbers are new ones;
servicenow:INC0000045 stays on record as the origin. Of people nothing is kept but
the id that the log has for them.

Example:

  $ steward import servicenow incidents.csv --dry-run
  $ steward import servicenow incidents.csv --dry-run --json | jq .made_sla.reasons
  $ steward import servicenow incidents.csv --profile mine.yaml

--dry-run needs no database. The audit keeps who imported it: --author, or the name
of your login.

Exit codes: 0 all of it is in, or would be; 1 something was refused, and the report
says what; 2 usage; 3 no answer, or it was interrupted: run it again to go on.`

// importing is one import from the command line.
type importing struct {
	profile string
	service string
	author  string
	dryRun  bool
	asJSON  bool
}

func newImportServiceNowCommand() *cobra.Command {
	var m importing
	cmd := &cobra.Command{
		Use:   "servicenow FILE",
		Short: "Bring in ServiceNow's incidents",
		Long:  importHelp,
		Args:  oneArg("file"),
		RunE:  func(cmd *cobra.Command, args []string) error { return m.run(cmd, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&m.profile, "profile", "", "what the export means, in YAML (default: deploy/servicenow.example.yaml, built in)")
	f.StringVar(&m.service, "service", "", "which service of the catalog it was about (default: the profile's)")
	f.BoolVar(&m.dryRun, "dry-run", false, "only say what would become of it")
	f.BoolVar(&m.asJSON, "json", false, "report in JSON")
	f.StringVar(&m.author, "author", "", "who imports it, for the audit (default: your login)")
	return cmd
}

func (m importing) run(cmd *cobra.Command, name string) error {
	source, err := m.source()
	if err != nil {
		return err
	}
	in := cmd.InOrStdin()
	if name != "-" {
		f, err := os.Open(name) //nolint:gosec // the operator names the file
		if err != nil {
			return usageError(err.Error())
		}
		defer f.Close()
		in = f
	}
	run := servicenow.Import{Source: source, Now: time.Now(), Progress: newProgress(cmd.ErrOrStderr(), m.dryRun).at}
	if m.dryRun {
		report, err := run.Run(cmd.Context(), in)
		return m.report(cmd, report, err)
	}
	by, err := operator(m.author)
	if err != nil {
		return err
	}
	return withStore(cmd, func(ctx context.Context, s *db.Store) error {
		if run.Home, err = home(ctx, s, source.Service); err != nil {
			return err
		}
		run.Keep = s.ImportIncident
		read := sha256.New()
		report, err := run.Run(ctx, io.TeeReader(in, read))
		return errors.Join(m.report(cmd, report, err), entered(ctx, s, by, report, read))
	})
}

// source reads the profile.
func (m importing) source() (*servicenow.Source, error) {
	name, text := "deploy/servicenow.example.yaml", deploy.ServiceNowProfile
	if m.profile != "" {
		f, err := os.Open(m.profile)
		if err != nil {
			return nil, usageError(err.Error())
		}
		defer f.Close()
		if text, err = io.ReadAll(io.LimitReader(f, servicenow.MaxProfile+1)); err != nil {
			return nil, usageError(err.Error())
		}
		name = m.profile
	}
	source, err := servicenow.ParseProfile(name, text)
	if err == nil && m.service != "" {
		source.Service = itsm.ServiceID(m.service)
	}
	return source, err
}

// home is what the catalog in force says of the service that it was about.
func home(ctx context.Context, s *db.Store, id itsm.ServiceID) (servicenow.Home, error) {
	c, _, err := s.Catalog(ctx)
	if err != nil {
		return servicenow.Home{}, err
	}
	service, ok := c.Service(id)
	if !ok {
		ids := make([]string, len(c.Services))
		for i, o := range c.Services {
			ids[i] = string(o.ID)
		}
		return servicenow.Home{}, fmt.Errorf("no service of the catalog is called %q%s; --service names one of %s",
			string(id), itsm.DidYouMean(string(id), ids), strings.Join(ids, ", "))
	}
	return servicenow.Home{Owner: service.Owner, Restricted: service.Restricted}, nil
}

// report answers with what became of the file, be it not all of it.
func (m importing) report(cmd *cobra.Command, r *servicenow.Report, err error) error {
	if r == nil {
		return err
	}
	out := cmd.OutOrStdout()
	if m.asJSON {
		err = errors.Join(err, writeJSON(out, r))
	} else {
		err = errors.Join(err, r.Describe(out), m.ending(out, r))
	}
	switch {
	case err != nil && r.Imported != nil:
		return interruptedError{in: *r.Imported + *r.Already, cause: err}
	case err != nil:
		return err
	case r.Refusals > 0:
		return errSilent
	}
	return nil
}

func (m importing) ending(out io.Writer, r *servicenow.Report) error {
	if r.Imported == nil {
		_, err := fmt.Fprintln(out, "Nothing was changed.")
		return err
	}
	if *r.Imported == 0 {
		_, err := fmt.Fprintf(out, "Nothing was changed: %d are in already.\n", *r.Already)
		return err
	}
	_, err := fmt.Fprintf(out, "%d are history now; %d were in already.\n", *r.Imported, *r.Already)
	return err
}

// entered puts on record what an operator brought in, unless that was nothing.
func entered(ctx context.Context, s *db.Store, by string, r *servicenow.Report, read hash.Hash) error {
	if r == nil || *r.Imported == 0 {
		return nil
	}
	return s.RecordCommand(context.WithoutCancel(ctx), "incidents.imported", "servicenow", by, map[string]string{
		"imported": strconv.Itoa(*r.Imported), "already": strconv.Itoa(*r.Already), "refused": strconv.Itoa(r.Left),
		"sha256": hex.EncodeToString(read.Sum(nil)),
	})
}

// interruptedError is an import that ended before its end.
type interruptedError struct {
	in    int
	cause error
}

func (e interruptedError) Error() string {
	return fmt.Sprintf("it was interrupted; %d incidents are in and stay; run it again to go on: %s", e.in, e.cause)
}
func (e interruptedError) Unwrap() error { return e.cause }

// progress shows how far something long is: a bar on a terminal, otherwise a line
// for each tenth of it.
type progress struct {
	out      *bufio.Writer
	terminal bool
	quiet    bool // there is no terminal, and it is soon over
	shown    int  // percent
}

func newProgress(out io.Writer, quick bool) *progress {
	p := &progress{out: bufio.NewWriter(out), shown: -1}
	if f, ok := out.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	p.quiet = quick && !p.terminal
	return p
}

const barWidth = 40

func (p *progress) at(done, all int) {
	percent := done * 100 / max(all, 1)
	if p.quiet || percent == p.shown || (!p.terminal && percent/10 == p.shown/10 && p.shown >= 0) {
		return
	}
	p.shown = percent
	if !p.terminal {
		fmt.Fprintf(p.out, "%d of %d incidents, %d %%\n", done, all, percent)
	} else {
		full := percent * barWidth / 100
		fmt.Fprintf(p.out, "\r[%s%s] %d of %d, %d %%", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), done, all, percent)
		if done == all {
			fmt.Fprintln(p.out)
		}
	}
	_ = p.out.Flush() // a bar that cannot be shown stops nothing
}
