package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

func newCatalogCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "catalog",
		Short: "Who is who and what is what: check, apply and show it",
		Long: `The catalog is one YAML file: people with their roles, teams, services, and who
decides on changes. deploy/catalog.example.yaml explains each part.

Example:

  steward catalog validate catalog.yaml          every fault, with its line and its mend
  steward catalog apply catalog.yaml --dry-run   what would change
  steward catalog apply catalog.yaml             make it so
  steward catalog versions                       who applied what, and when
  steward catalog show --version 3               how it was`,
	}, newCatalogValidateCommand(), newCatalogApplyCommand(), newCatalogShowCommand(), newCatalogVersionsCommand())
}

func newCatalogValidateCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "validate FILE",
		Short: "Check a catalog file; needs no database",
		Long: `Check a catalog file. It needs no database and changes nothing, so it suits a
pull request. FILE may be - for standard input.

Example:

  $ steward catalog validate catalog.yaml
  catalog.yaml:110:12: services[0].owner: nobody here is called bobb; did you mean bob?
      109 |     name: Payments
  >   110 |     owner: bobb
          |            ^

Exit codes: 0 it may be applied, 1 it has faults, 2 usage.`,
		Args: oneArg("file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := readCatalog(cmd, args[0])
			if faults, ok := errors.AsType[*catalog.FileError](err); ok && asJSON {
				return errors.Join(writeJSON(cmd.OutOrStdout(), faults), errSilent)
			}
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), catalog.FileError{Name: args[0], List: []catalog.Fault{}})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is in order: %d people, %d teams, %d services.\n",
				args[0], len(c.People), len(c.Teams), len(c.Services))
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "list the faults as JSON on standard output")
	return cmd
}

func newCatalogApplyCommand() *cobra.Command {
	var dryRun bool
	var author string
	cmd := &cobra.Command{
		Use:   "apply FILE",
		Short: "Put a catalog in force as a new version",
		Long: `Put a catalog in force as a new version, all of it or nothing. A catalog that says
what the newest says makes no version. Roles take effect at once; a change that is
under way keeps the change policy and the calendars that it began with.

Example:

  $ steward catalog apply catalog.yaml --dry-run
  person eve: roles + approver
  change policy: tier low: stage Approval: expire_after 24h0m0s → 48h0m0s
  This would become version 4. Nothing was changed.

The audit keeps who applied it: --author, or the name of your login.

Exit codes: 0 done or nothing to do, 1 it has faults, 2 usage, 3 no answer.`,
		Args: oneArg("file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := readCatalog(cmd, args[0])
			if err != nil {
				return err
			}
			by, err := operator(author)
			if err != nil {
				return err
			}
			return withStore(cmd, func(ctx context.Context, s *db.Store) error {
				return applyCatalog(ctx, cmd.OutOrStdout(), s, c, by, dryRun)
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would change")
	cmd.Flags().StringVar(&author, "author", "", "who applies it, for the audit (default: your login)")
	return cmd
}

// applyCatalog says what changes and, unless it is only to be tried, makes it so.
func applyCatalog(ctx context.Context, out io.Writer, s *db.Store, c itsm.Catalog, by string, dryRun bool) error {
	old, version, err := s.Catalog(ctx)
	if e, ok := errors.AsType[*itsm.Error](err); err != nil && (!ok || e.Code != "catalog.none") {
		return err
	}
	changes := catalog.Diff(old, c)
	for _, line := range changes {
		fmt.Fprintln(out, line)
	}
	if dryRun {
		if len(changes) == 0 {
			_, err = fmt.Fprintf(out, "Version %d says the same. Nothing would change.\n", version)
		} else {
			_, err = fmt.Fprintf(out, "This would become version %d. Nothing was changed.\n", version+1)
		}
		return err
	}
	version, changed, err := s.ApplyCatalog(ctx, c, catalog.Digest(c), by)
	switch {
	case err != nil:
		return err
	case !changed:
		_, err = fmt.Fprintf(out, "Version %d says the same. Nothing was changed.\n", version)
	default:
		_, err = fmt.Fprintf(out, "Version %d is in force.\n", version)
	}
	return err
}

func newCatalogShowCommand() *cobra.Command {
	var version int
	var format string
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show the catalog in force, or as it was",
		Long: `Show the catalog in force, or one of its versions, as a file that can be applied
again: to go back to version 3 is

  steward catalog show --version 3 > catalog.yaml
  steward catalog apply catalog.yaml

Exit codes: 0 done, 1 no such version, 2 usage, 3 no answer.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "yaml" && format != "json" {
				return usageError(fmt.Sprintf("--format is yaml or json, not %q", format))
			}
			return withStore(cmd, func(ctx context.Context, s *db.Store) error {
				c, v, err := catalogAt(ctx, s, version)
				if err != nil {
					return err
				}
				return writeCatalog(cmd.OutOrStdout(), c, v, format)
			})
		},
	}
	cmd.Flags().IntVar(&version, "version", 0, "which version (default: the newest)")
	cmd.Flags().StringVar(&format, "format", "yaml", "yaml or json")
	return cmd
}

func catalogAt(ctx context.Context, s *db.Store, version int) (itsm.Catalog, int, error) {
	if version == 0 {
		return s.Catalog(ctx)
	}
	c, err := s.CatalogVersion(ctx, version)
	return c, version, err
}

func writeCatalog(out io.Writer, c itsm.Catalog, version int, format string) error {
	if format == "json" {
		return writeJSON(out, c)
	}
	text, err := catalog.Format(c)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "# The catalog as it is in version %d.\n%s", version, text)
	return err
}

// versionLine is one version in a list.
type versionLine struct {
	Version   int    `json:"version"`
	AppliedAt string `json:"applied_at"`
	Author    string `json:"author"`
	Digest    string `json:"digest"`
}

func newCatalogVersionsCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "versions",
		Short: "List who applied what, and when",
		Long: `List the versions of the catalog, newest first. The digest is of what a version
says, whatever its layout: two with the same digest say the same.

Example:

  steward catalog versions --json | jq '.[0].author'

Exit codes: 0 done, 2 usage, 3 no answer.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd, func(ctx context.Context, s *db.Store) error {
				versions, err := s.CatalogVersions(ctx)
				if err != nil {
					return err
				}
				lines, rows := []versionLine{}, [][]string{}
				for _, v := range versions {
					l := versionLine{v.Version, v.AppliedAt.UTC().Format(rfc3339), v.Author, v.Digest}
					lines = append(lines, l)
					rows = append(rows, []string{strconv.Itoa(v.Version), instant(v.AppliedAt), v.Author, v.Digest[:12]})
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), lines)
				}
				return writeTable(cmd.OutOrStdout(), []string{"VERSION", "APPLIED", "BY", "DIGEST"}, rows)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer in JSON")
	return cmd
}

// readCatalog reads a file, or standard input for -.
func readCatalog(cmd *cobra.Command, name string) (itsm.Catalog, error) {
	in := cmd.InOrStdin()
	if name != "-" {
		f, err := os.Open(name) //nolint:gosec // the operator names the file
		if err != nil {
			return itsm.Catalog{}, usageError(err.Error())
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, catalog.MaxBytes+1))
	if err != nil {
		return itsm.Catalog{}, usageError(err.Error())
	}
	return catalog.Parse(name, data)
}
