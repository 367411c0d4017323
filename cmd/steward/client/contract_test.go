package client

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// TestEverythingPeopleCanAskForIsACommand: whatever the contract has below /v1, but for
// what other systems send, has a command of its own, by a name that is no other's.
func TestEverythingPeopleCanAskForIsACommand(t *testing.T) {
	c, err := theContract()
	require.NoError(t, err)
	served := map[string]bool{}
	names := map[string]string{}
	for _, o := range c.operations() {
		name := strings.TrimSpace(o.kind + " " + o.verb)
		require.Empty(t, names[name], "%s is two things", name)
		names[name] = o.path
		served[o.method+" "+o.path] = true
		cmd, rest, err := root().Find(strings.Fields(name))
		require.NoError(t, err, name)
		require.Empty(t, rest, name)
		require.NotEmpty(t, cmd.Short)
	}
	for path, item := range c.doc.Paths.Map() {
		for method := range item.Operations() {
			want := strings.HasPrefix(path, "/v1/") && !strings.HasPrefix(path, "/v1/hooks/")
			require.Equal(t, want, served[method+" "+path], "%s %s", method, path)
		}
	}
}

// TestNoFieldTakesTheNameOfAFlagOfOurs: what a field of the contract is called must not
// be what every command has, or one could not say both.
func TestNoFieldTakesTheNameOfAFlagOfOurs(t *testing.T) {
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if _, ofContract := f.Value.(*option); ofContract {
				require.NotContains(t, []string{"server", "token-file", "json", "help", "from-file", "clear", "revision", "idempotency-key"}, f.Name, c.CommandPath())
			}
		})
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root())
}

const laterContract = `
openapi: 3.0.3
info: {title: Later, version: "1"}
paths:
  /v1/search:
    get:
      summary: Search all that you may see
      parameters: [{name: q, in: query, required: true, schema: {type: string}}, {name: kind, in: query, schema: {type: string}}]
      responses: {"200": {description: Found, content: {application/json: {schema: {type: object, properties: {items: {type: array, items: {type: object}}}}}}}}
  /v1/records:
    get: {summary: List records, responses: {"200": {description: All}}}
  /v1/records/{number}:
    get: {summary: Read any record, parameters: [{name: number, in: path, required: true, schema: {type: string}}], responses: {"200": {description: It}}}
  /v1/records/{number}/graph:
    get: {summary: What it hangs together with, parameters: [{name: number, in: path, required: true, schema: {type: string}}], responses: {"200": {description: It}}}
  /v1/suppliers/{number}/services/{id}:
    put: {summary: Set one, parameters: [{name: number, in: path, required: true, schema: {type: string}}, {name: id, in: path, required: true, schema: {type: string}}], responses: {"200": {description: It}}}
`

// TestWhatComesLaterIsACommandByItself: a contract with more makes more commands.
func TestWhatComesLaterIsACommandByItself(t *testing.T) {
	c, err := Read([]byte(laterContract))
	require.NoError(t, err)
	for line, want := range map[string]string{
		"search disk full --kind change": "GET /v1/search?kind=change&q=disk+full",
		"record list":                    "GET /v1/records",
		"record show inc-7":              "GET /v1/records/INC-7",
		"record graph INC-7":             "GET /v1/records/INC-7/graph",
		"supplier services SUP-1 a/b":    "PUT /v1/suppliers/SUP-1/services/a%2Fb",
	} {
		f := newAPIFake(t, says(200, `{"items":[{"number":"INC-7","title":"Disk full","summary":"Waits."}]}`))
		var out strings.Builder
		r := &cobra.Command{Use: "steward"}
		r.AddCommand(c.Commands()...)
		r.SetArgs(strings.Fields(line))
		r.SetOut(&out)
		require.NoError(t, r.ExecuteContext(t.Context()))
		require.Equal(t, []string{want}, f.asked)
		require.Equal(t, "NUMBER  TITLE\nINC-7   Disk full\n", out.String())
	}
}

// bashCompletes is what bash itself offers for a line, by the script that we print.
const bashCompletes = `
# what the package bash-completion has and a bare bash has not
_get_comp_words_by_ref() { cur=${COMP_WORDS[COMP_CWORD]}; prev=${COMP_WORDS[COMP_CWORD-1]}; words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; }
__ltrim_colon_completions() { :; }
_get_comp_words_by_ref_is_here=1
steward() { "$PROGRAM" "$@"; }
source <(steward completion bash)
COMP_WORDS=($LINE "$LAST") COMP_LINE="$LINE $LAST" COMP_TYPE=63
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_POINT=${#COMP_LINE}
__start_steward
printf '%s\n' "${COMPREPLY[@]%% *}"
`

func TestBashCompletes(t *testing.T) {
	bash, err := exec.LookPath("bash")
	require.NoError(t, err, "completion is proven by bash itself")
	for line, want := range map[string]string{
		"steward change app":                   "approve",
		"steward incident ack":                 "acknowledge",
		"steward incident list --state on_":    "on_hold",
		"steward problem rca PRB-1 --method k": "kepner_tregoe",
		"steward change raise --backout-p":     "--backout-plan",
		"steward change edit CHG-1 --clear wi": "window",
		"steward incident resolve --code no_f": "no_fault",
	} {
		at := strings.LastIndexByte(line, ' ')
		cmd := exec.CommandContext(t.Context(), bash, "--norc", "-c", bashCompletes)
		cmd.Env = append(os.Environ(), childArgs+"=1", "PROGRAM="+os.Args[0], "LINE="+line[:at], "LAST="+line[at+1:])
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		require.Contains(t, strings.Fields(string(out)), want, "%s", line)
	}
	for _, shell := range []string{"zsh", "fish"} {
		out, err := steward(t, "completion", shell)
		require.NoError(t, err)
		require.Contains(t, out, " __complete ", shell)
	}
}
