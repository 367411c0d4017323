package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/itsm"
)

const changeHelp = `Decide on changes and carry them out from the command line, when Slack is down or
was never there. It speaks to the API, so the same rules judge: STEWARD_URL says
where that is, STEWARD_TOKEN who you are.

Example:

  export STEWARD_URL=https://steward.example.com STEWARD_TOKEN=$(cat ~/.steward-token)
  steward change list
  steward change show CHG-7
  steward change approve CHG-7 --note "Read the plan twice."

To repeat is safe: what gets no answer is asked again with the same key, and
counts once.

Exit codes: 0 done, 1 refused, 2 usage, 3 no answer.`

// remote is where the API is, for one command.
type remote struct {
	url       string
	tokenFile string
	asJSON    bool
}

func newChangeCommand() *cobra.Command {
	r := &remote{}
	cmd := group(&cobra.Command{Use: "change", Short: "Changes: see, decide, carry out", Long: changeHelp},
		newChangeListCommand(r), newChangeShowCommand(r), newChangeExplainCommand(r))
	for _, a := range changeActs() {
		cmd.AddCommand(a.command(r))
	}
	f := cmd.PersistentFlags()
	f.StringVar(&r.url, "url", "", "where Steward is (STEWARD_URL)")
	f.StringVar(&r.tokenFile, "token-file", "", "a file with your token, or - for standard input (STEWARD_TOKEN)")
	f.BoolVar(&r.asJSON, "json", false, "answer with the API's own document")
	return cmd
}

// changeAct is one thing that can be done to a change.
type changeAct struct {
	word, short string
	example     string // what follows the number
	path        string // the last word of the API's address
	flags       func(*cobra.Command, *said)
	body        func(said) any // nil: it takes none
}

// said is what somebody says with an act.
type said struct {
	note, forWhom, from, to, hash string
	replyTo                       int
}

func withNote(what string) func(*cobra.Command, *said) {
	return func(cmd *cobra.Command, s *said) { cmd.Flags().StringVar(&s.note, "note", "", what) }
}

func withVote(what string) func(*cobra.Command, *said) {
	return func(cmd *cobra.Command, s *said) {
		withNote(what)(cmd, s)
		cmd.Flags().StringVar(&s.forWhom, "for", "", "whose vote it is, when somebody delegated theirs to you: an id")
		cmd.Flags().StringVar(&s.hash, "content-hash", "", "the text that you read, as show names it; refused if it was edited since")
	}
}

func withPerson(flag, what string) func(*cobra.Command, *said) {
	return func(cmd *cobra.Command, s *said) {
		withNote("a word why")(cmd, s)
		cmd.Flags().StringVar(&s.to, flag, "", what)
	}
}

func voting(v itsm.Verdict) func(said) any {
	return func(s said) any {
		return itsm.DecisionRequest{Verdict: v, Note: s.note, For: itsm.PersonID(s.forWhom), ContentHash: s.hash}
	}
}

func noting(s said) any { return itsm.NoteRequest{Note: s.note} }

func ending(o itsm.Outcome) func(said) any {
	return func(s said) any { return itsm.Completion{Result: o, Note: s.note} }
}

func changeActs() []changeAct {
	return append([]changeAct{
		{"approve", "Approve a change", `--note "Read the plan twice."`, "decisions", withVote("a word with it"), voting(itsm.Approve)},
		{"reject", "Reject a change, and say why", `--note "Who fails it back?"`, "decisions", withVote("why (needed)"), voting(itsm.Reject)},
		{"abstain", "Abstain; that never counts as a yes", `--note "I wrote half of it."`, "decisions", withVote("a word why"), voting(itsm.Abstain)},
		{"retract", "Take back your vote while its stage is not decided", "", "retract", nil, nil},
		{
			"delegate", "Let somebody else decide on this one change", "--to eve", "delegations",
			func(cmd *cobra.Command, s *said) {
				withPerson("to", "who decides instead: an id (needed); your own takes it back")(cmd, s)
				cmd.Flags().StringVar(&s.from, "from", "", "whose say, if not your own: for change managers")
			},
			func(s said) any {
				return itsm.DelegationRequest{To: itsm.PersonID(s.to), From: itsm.PersonID(s.from), Note: s.note}
			},
		},
		{
			"comment", "Comment on a change, or answer a question", `--note "Done on staging." --reply-to 3`, "comments",
			func(cmd *cobra.Command, s *said) {
				withNote("what you say (needed)")(cmd, s)
				cmd.Flags().IntVar(&s.replyTo, "reply-to", 0, "the question that this answers, by the number that show gives it")
			},
			func(s said) any { return itsm.CommentRequest{Text: s.note, ReplyTo: s.replyTo} },
		},
		{"ask", "Ask a question; the clock goes on", `--note "Who fails it back?"`, "comments", withNote("what you want to know (needed)"), func(s said) any {
			return itsm.CommentRequest{Text: s.note, Question: true}
		}},
	}, changeWork()...)
}

func changeWork() []changeAct {
	return []changeAct{
		{"hold", "Put a change on hold: the approval's clock stops", `--note "The vendor found a fault."`, "hold", withNote("why (needed)"), noting},
		{"resume", "Go on with a change that is on hold", `--note "It is mended."`, "resume", withNote("a word why"), noting},
		{"withdraw", "Take back your request before it is decided on", `--note "Somebody else asked too."`, "withdraw", withNote("a word why"), noting},
		{"cancel", "Drop a change for good", `--note "Not wanted any more."`, "cancel", withNote("why (needed)"), func(s said) any {
			return itsm.Cancellation{Note: s.note}
		}},
		{"assign", "Say who carries a change out", "--to ida", "reassign", withPerson("to", "who carries it out: an id (needed)"), func(s said) any {
			return itsm.Reassignment{Assignee: itsm.PersonID(s.to), Note: s.note}
		}},
		{"start", "Begin to carry a change out", "", "start", nil, nil},
		{"done", "Report that a change was carried out", `--note "No errors since."`, "complete", withNote("how it went"), ending(itsm.Successful)},
		{"fail", "Report that a change failed, and say what state things are in", `--note "Disk full; failed back."`, "complete", withNote("what failed, and what state the service is in (needed)"), ending(itsm.Failed)},
	}
}

func (a changeAct) command(r *remote) *cobra.Command {
	var s said
	cmd := &cobra.Command{
		Use:   a.word + " NUMBER",
		Short: a.short,
		Long: a.short + ".\n\nExample:\n\n  steward change " + strings.TrimSpace(a.word+" CHG-7 "+a.example) +
			"\n\nExit codes: 0 done, 1 refused, 2 usage, 3 no answer.",
		Args: oneNumber,
		RunE: func(cmd *cobra.Command, args []string) error {
			var body any
			if a.body != nil {
				body = a.body(s)
			}
			return r.do(cmd, http.MethodPost, recordPath(args[0])+"/"+a.path, body, func(text []byte) error {
				var receipt itsm.Receipt
				if err := read(text, &receipt); err != nil {
					return err
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s is %s (revision %d).\n", receipt.Number, receipt.State.Words(), receipt.Revision)
				return err
			})
		},
	}
	if a.flags != nil {
		a.flags(cmd, &s)
	}
	return cmd
}

// oneNumber takes the number of one record, in whatever case it was typed.
func oneNumber(cmd *cobra.Command, args []string) error {
	if err := oneArg("number")(cmd, args); err != nil {
		return err
	}
	if err := itsm.Number(strings.ToUpper(args[0])).Check(); err != nil {
		return usageError(itsm.AsError(err).Message)
	}
	return nil
}

func recordPath(number string) string { return "/v1/changes/" + strings.ToUpper(number) }

// do asks the API and shows what it answers: to a program as it is, to a person in words.
func (r *remote) do(cmd *cobra.Command, method, path string, body any, tell func([]byte) error) error {
	c, err := r.client(cmd)
	if err != nil {
		return err
	}
	text, err := c.ask(cmd.Context(), method, path, body)
	if err != nil {
		return err
	}
	if r.asJSON {
		_, err = fmt.Fprintln(cmd.OutOrStdout(), strings.TrimSpace(string(text)))
		return err
	}
	return tell(text)
}

// wanted is which changes to list.
type wanted struct {
	mine, all bool
	state     string
	service   string
	limit     int
	cursor    string
}

func newChangeListCommand(r *remote) *cobra.Command {
	var w wanted
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the changes that wait for you, that you raised, or all",
		Long: `List the changes that wait for you to decide, to start or to report on; with --mine
those that you raised, with --all every one that you may see, newest first.

Example:

  steward change list
  steward change list --mine
  steward change list --all --state scheduled --service payments

Exit codes: 0 done, 1 refused, 2 usage, 3 no answer.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.do(cmd, http.MethodGet, w.path(), nil, func(text []byte) error { return showList(cmd.OutOrStdout(), text) })
		},
	}
	f := cmd.Flags()
	f.BoolVar(&w.mine, "mine", false, "those that you raised")
	f.BoolVar(&w.all, "all", false, "every one that you may see")
	f.StringVar(&w.state, "state", "", "only those in this state, such as awaiting_approval")
	f.StringVar(&w.service, "service", "", "only those to this service, by id")
	f.IntVar(&w.limit, "limit", 50, "how many at most, up to 200")
	f.StringVar(&w.cursor, "cursor", "", "where the list before ended, as it says")
	return cmd
}

func (w wanted) path() string {
	if !w.mine && !w.all && w.state == "" && w.service == "" {
		return "/v1/me/changes"
	}
	q := url.Values{"limit": {strconv.Itoa(w.limit)}}
	for name, value := range map[string]string{"state": w.state, "service": w.service, "cursor": w.cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if w.mine {
		q.Set("mine", "true")
	}
	return "/v1/changes?" + q.Encode()
}

func newChangeExplainCommand(r *remote) *cobra.Command {
	return &cobra.Command{
		Use:   "explain NUMBER",
		Short: "Say why a change waits, for whom, and what happens if nobody acts",
		Long: `Say why a change stands where it does, whom it waits for, and what happens if nobody
acts, step by step. Times are those of this machine.

Example:

  steward change explain CHG-7

Exit codes: 0 done, 1 refused, 2 usage, 3 no answer.`,
		Args: oneNumber,
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.do(cmd, http.MethodGet, recordPath(args[0])+"/explain", nil, func(text []byte) error {
				var e itsm.Explanation
				if err := read(text, &e); err != nil {
					return err
				}
				return showExplanation(cmd.OutOrStdout(), e)
			})
		},
	}
}

func newChangeShowCommand(r *remote) *cobra.Command {
	return &cobra.Command{
		Use:   "show NUMBER",
		Short: "Show a change: its text, where it stands and what was said",
		Long: `Show a change as it stands: its text, risk and assessment, whom it waits for, what
happens if nobody acts, and what was said. Times are those of this machine.

Example:

  steward change show CHG-7

Exit codes: 0 done, 1 refused, 2 usage, 3 no answer.`,
		Args: oneNumber,
		RunE: func(cmd *cobra.Command, args []string) error {
			path := recordPath(args[0])
			return r.do(cmd, http.MethodGet, path, nil, func(text []byte) error {
				c, err := r.client(cmd)
				if err != nil {
					return err
				}
				return showWhole(cmd.Context(), cmd.OutOrStdout(), c, path, text)
			})
		},
	}
}

// asker is the part of a client that shows need.
type asker interface {
	ask(ctx context.Context, method, path string, body any) ([]byte, error)
}
