package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/cmd/steward/client"
	"github.com/steward-itsm/steward/deploy/register"
	"github.com/steward-itsm/steward/itsm"
)

const registerHelp = `Bring a register of suppliers and contracts on record, from a YAML file, through the
API and as whoever STEWARD_TOKEN says: the same rules and roles hold as for anybody,
and each act is on record as theirs. FILE may be - for standard input.

First the whole file is judged, by the rules and by the catalog: each fault is named by
its line and its place, such as suppliers[3].owner, and nothing is done while there is
one. Then each entry is compared with what is on record, and only what differs is asked
for. To run it again does no harm: what is as the file says stays as it is.

A supplier is known by its name, or by its number if the file has that; a contract by
its supplier and its title, or by its number. What the file does not name is left alone.
A contract is changed as any other is, by an amendment that somebody else approves.

Suppliers are for a supplier manager to import, contracts for a commercial manager:
where these are two people, each runs it with --only.

Example:

  $ steward import suppliers suppliers.yaml --dry-run
  $ steward import suppliers suppliers.yaml --only suppliers
  SUP-1  linkwell: proposed; moved on to due diligence
  SUP-2  receipts: as it is
  2 suppliers, 0 contracts: 2 acts, nothing refused.

deploy/suppliers.example.yaml explains each part.

Exit codes: 0 all is as the file says, or is asked for; 1 it has faults, or something was
refused; 2 usage; 3 no answer: run it again to go on.`

// registering is one import of a register.
type registering struct {
	remote client.Remote
	only   string
	dryRun bool

	api     *client.API
	out     io.Writer
	numbers map[string]itsm.Number // of the suppliers of the file, by their ids
	acts    int
	refused int
}

func newImportRegisterCommand() *cobra.Command {
	var g registering
	cmd := &cobra.Command{
		Use:   "suppliers FILE",
		Short: "Bring a register of suppliers and contracts on record",
		Long:  registerHelp,
		Args:  oneArg("file"),
		RunE:  func(cmd *cobra.Command, args []string) error { return g.run(cmd, args[0]) },
	}
	g.remote.Flags(cmd)
	cmd.Flags().StringVar(&g.only, "only", "", "suppliers or contracts (default: both)")
	cmd.Flags().BoolVar(&g.dryRun, "dry-run", false, "only say what would be done")
	return cmd
}

func (g *registering) run(cmd *cobra.Command, name string) (err error) {
	if g.only != "" && g.only != "suppliers" && g.only != "contracts" {
		return usageError(fmt.Sprintf("--only is suppliers or contracts, not %q", g.only))
	}
	text, err := client.ReadFile(cmd, name, register.MaxBytes)
	if err != nil {
		return err
	}
	if g.api, err = g.remote.API(cmd); err != nil {
		return err
	}
	ctx := cmd.Context()
	known, err := g.known(ctx)
	if err != nil {
		return err
	}
	f, err := register.Parse(name, text, known)
	if err != nil {
		return err
	}
	g.out, g.numbers = cmd.OutOrStdout(), map[string]itsm.Number{}
	if err := g.all(ctx, f); err != nil {
		return err
	}
	return g.ending(f)
}

// known reads whom and what the file may name.
func (g *registering) known(ctx context.Context) (k register.Known, err error) {
	var people struct{ Items []itsm.Person }
	var services struct{ Items []itsm.Service }
	if err := g.api.Get(ctx, "/v1/people", &people); err != nil {
		return k, err
	}
	err = g.api.Get(ctx, "/v1/services", &services)
	return register.Known{People: people.Items, Services: services.Items}, err
}

// all goes through the file, suppliers first: contracts are with them.
func (g *registering) all(ctx context.Context, f *register.File) error {
	held, err := read[itsm.Supplier](ctx, g.api, "/v1/suppliers?limit=200")
	if err != nil {
		return err
	}
	for n := range f.Suppliers {
		s := &f.Suppliers[n]
		if err := g.supplier(ctx, fmt.Sprintf("suppliers[%d]", n), s, held); err != nil {
			return err
		}
	}
	if g.only == "suppliers" || len(f.Contracts) == 0 {
		return nil
	}
	bound, err := read[itsm.Contract](ctx, g.api, "/v1/contracts?limit=200")
	if err != nil {
		return err
	}
	for n := range f.Contracts {
		if err := g.contract(ctx, fmt.Sprintf("contracts[%d]", n), &f.Contracts[n], bound); err != nil {
			return err
		}
	}
	return nil
}

// read reads a list to its end.
func read[R any](ctx context.Context, api *client.API, path string) (all []R, err error) {
	for cursor := ""; ; {
		var page struct {
			Items []R
			Next  string
		}
		if err := api.Get(ctx, path+cursor, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all, nil
		}
		cursor = "&cursor=" + url.QueryEscape(page.Next)
	}
}

// line says what became of an entry.
func (g *registering) line(n itsm.Number, id string, did []string) error {
	if len(did) == 0 {
		did = []string{"as it is"}
	}
	called := string(n)
	if called == "" {
		called = "new"
	}
	_, err := fmt.Fprintf(g.out, "%s  %s: %s\n", called, id, strings.Join(did, "; "))
	return err
}

// refuse says why something of an entry could not be done, and where the file says it.
// What may do when it is tried again ends the import: to run it again goes on from here.
func (g *registering) refuse(at string, step register.Step, err error) (string, error) {
	e, ok := errors.AsType[*itsm.Error](err)
	if !ok || e.Kind.Temporary() || e.Kind == itsm.Unauthenticated {
		return "", err
	}
	g.refused++
	told := []string{"could not " + step.Says + ": " + e.Message + " (" + e.Code + ")"}
	for _, f := range e.Fields {
		told = append(told, "    "+at+placeOf(step.At+f.Pointer)+": "+f.Message)
	}
	return strings.Join(told, "\n"), nil
}

// placeOf writes a JSON pointer as the faults of a file are: certificates[2].name.
func placeOf(pointer string) string {
	var b strings.Builder
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if step != "" && strings.Trim(step, "0123456789") == "" {
			b.WriteString("[" + step + "]")
		} else if step != "" {
			b.WriteString("." + step)
		}
	}
	return b.String()
}

func (g *registering) ending(f *register.File) error {
	suppliers, contracts := len(f.Suppliers), len(f.Contracts)
	switch g.only {
	case "suppliers":
		contracts = 0
	case "contracts":
		suppliers = 0
	}
	acts, refused := fmt.Sprintf("%d acts", g.acts), "nothing refused"
	if g.dryRun {
		acts = fmt.Sprintf("%d acts to do", g.acts)
	}
	if g.refused > 0 {
		refused = fmt.Sprintf("%d refused", g.refused)
	}
	_, err := fmt.Fprintf(g.out, "%d suppliers, %d contracts: %s, %s.\n", suppliers, contracts, acts, refused)
	if err == nil && g.refused > 0 {
		return errSilent
	}
	return err
}
