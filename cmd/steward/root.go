package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/api"
	"github.com/steward-itsm/steward/cmd/steward/client"
	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

// The exit codes of every command.
const (
	exitDone    = 0
	exitRefused = 1 // it was understood and could not be done, or what was checked is not in order
	exitUsage   = 2 // the command line or the settings are wrong
	exitAway    = 3 // something that Steward needs does not answer or cannot be read; try again
)

const rootHelp = `Steward runs an organisation's service management: changes that people raise,
approve and carry out from Slack and over HTTP, each as a durable process.

A first look, with everything it needs brought along:

  steward dev

What the API can do can be done here, under the same names, as whoever STEWARD_TOKEN
says and where STEWARD_URL says:

  steward waiting
  steward incident list --state new
  steward change approve CHG-7 --note "Read the plan twice."

In earnest, once there are a PostgreSQL, a Redis and a Temporal to use:

  export STEWARD_DATABASE_URL=postgres://steward@db.example.com/steward
  steward migrate
  steward catalog apply catalog.yaml
  steward worker &
  steward serve

Settings are environment variables that begin with STEWARD_; where Temporal is,
TEMPORAL_ADDRESS and its siblings say.

Exit codes: 0 done; 1 it could not be done, or what was checked is not in order;
2 the command line or the settings are wrong; 3 something that Steward needs does
not answer, so try again.`

// started marks, on the root, that a command line was accepted: what goes wrong
// before is a matter of usage.
const started = "steward.started"

// NewRootCommand is the whole command line.
func NewRootCommand() *cobra.Command {
	root := group(&cobra.Command{
		Use:           "steward",
		Short:         "Service management that people drive from where they talk",
		Long:          rootHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
		Annotations:   map[string]string{},
		PersistentPreRun: func(cmd *cobra.Command, _ []string) {
			cmd.Root().Annotations[started] = "yes"
		},
	},
		newDevCommand(),
		newServeCommand(),
		newWorkerCommand(),
		newMigrateCommand(),
		newCatalogCommand(),
		newTokenCommand(),
		newIntakeCommand(),
		newAuditCommand(),
		newImportCommand(),
		newTrendsCommand(),
	)
	root.AddCommand(apiCommands()...)
	return root
}

// contract is read once: it is long.
var contract = sync.OnceValues(func() (client.Contract, error) { return client.Read(api.Document()) })

// apiCommands are all that the API can do, made out of its contract.
func apiCommands() []*cobra.Command {
	c, err := contract()
	if err != nil { // it is part of the program, which answers by it
		panic(err)
	}
	return c.Commands()
}

// Execute runs one command line and returns its exit code. Answers go to out,
// warnings and errors to errs.
func Execute(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	root := NewRootCommand() //nolint:contextcheck // cobra hands ctx to the command that runs
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	code := exitCode(err)
	if root.Annotations[started] == "" {
		code = exitUsage
	}
	complain(errs, cmd, code, err)
	return code
}

// complain says what went wrong, and how to find out more.
func complain(errs io.Writer, cmd *cobra.Command, code int, err error) {
	text := strings.TrimSpace(err.Error())
	if e, ok := errors.AsType[*itsm.Error](err); ok {
		told := e.Message + " (" + e.Code + ")"
		if text != e.Error() { // whoever works the command line can do something about the cause
			told += "\n  " + text
		}
		text = told
	}
	if _, ok := errors.AsType[*catalog.FileError](err); ok {
		fmt.Fprintln(errs, text) // file:line:column first, so that an editor can jump there
	} else if text != "" {
		fmt.Fprintln(errs, "steward: "+text)
	}
	if code == exitUsage {
		fmt.Fprintf(errs, "See: %s --help\n", cmd.CommandPath())
	}
}

func exitCode(err error) int {
	if _, ok := errors.AsType[ConfigError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[client.UsageError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[unreadableError](err); ok {
		return exitAway
	}
	if e, ok := errors.AsType[*itsm.Error](err); ok && e.Kind.Temporary() {
		return exitAway
	}
	if errors.Is(err, context.Canceled) { // it was told to stop
		return exitAway
	}
	return exitRefused
}

// usageError is a command line that cannot be meant.
type usageError string

func (e usageError) Error() string { return string(e) }

// errSilent is a failure whose answer has been given already.
var errSilent = errors.New("")

// group is a command that only has others below it. Alone it shows its help; with
// a word that it does not know it is refused, not silently helped.
func group(cmd *cobra.Command, below ...*cobra.Command) *cobra.Command {
	cmd.Args = cobra.NoArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.AddCommand(below...)
	return cmd
}

// oneArg takes exactly one argument and says which when it is not there.
func oneArg(name string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usageError(fmt.Sprintf("it takes one %s, not %d arguments", strings.ToUpper(name), len(args)))
		}
		return nil
	}
}
