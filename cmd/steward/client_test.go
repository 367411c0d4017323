package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// types runs one command line as a person, against the program.
func (w *world) types(who itsm.PersonID, args ...string) answer {
	w.t.Helper()
	w.t.Setenv("STEWARD_URL", w.url)
	w.t.Setenv("STEWARD_TOKEN", w.tokens[who])
	return steward(w.t, args...)
}

// typed runs one that is to succeed, and returns what it says.
func (w *world) typed(who itsm.PersonID, args ...string) string {
	w.t.Helper()
	got := w.types(who, args...)
	require.Equal(w.t, exitDone, got.code, "%v: %s", args, got.errs)
	require.Empty(w.t, got.errs)
	return got.out
}

var numbered = regexp.MustCompile(`^([A-Z]{3}-\d+) is `)

// TestAChangeFromTheCommandLine walks a change from its raise to its end by commands
// that were made out of the contract, on real servers.
func TestAChangeFromTheCommandLine(t *testing.T) {
	w := newWorld(t)
	raised := w.typed("ana", "change", "raise", "--title", "Rotate the certificates", "--service", "website",
		"--plan", "One by one.", "--backout-plan", "Put the old ones back.", "--idempotency-key", "once")
	require.Equal(t, "CHG-1 is awaiting approval (revision 2).\n", raised)
	again := w.typed("ana", "change", "raise", "--title", "Rotate the certificates", "--service", "website",
		"--plan", "One by one.", "--backout-plan", "Put the old ones back.", "--idempotency-key", "once")
	require.Equal(t, raised, again, "the same key counts once")

	own := w.types("ana", "change", "approve", "CHG-1")
	require.Equal(t, exitRefused, own.code)
	require.Contains(t, own.errs, "(change.own_request)")
	bare := w.types("ana", "change", "raise", "--title", "T", "--service", "website")
	require.Equal(t, exitRefused, bare.code)
	require.Contains(t, bare.errs, "\n  --backout-plan is needed")
	require.Contains(t, bare.errs, "\n  --plan is needed")

	require.Contains(t, w.typed("bob", "waiting"), "CHG-1")
	require.Equal(t, "CHG-1 is awaiting approval (revision 3).\n", w.typed("ana", "change", "edit", "CHG-1", "--plan", "Two by two.", "--note", "Faster."))
	moved := w.types("ana", "change", "edit", "CHG-1", "--plan", "Three.", "--revision", "2")
	require.Equal(t, exitRefused, moved.code)
	require.Contains(t, moved.errs, "(record.moved_on)")

	require.Contains(t, w.typed("bob", "change", "approve", "chg-1", "--note", "Go."), "CHG-1 is approved")
	w.reaches("CHG-1", itsm.ChangeScheduled)
	w.typed("ida", "change", "start", "CHG-1")
	require.Contains(t, w.typed("ida", "change", "done", "CHG-1", "--note", "All green."), "CHG-1 is closed")

	shown := w.typed("ana", "change", "show", "CHG-1")
	for _, want := range []string{"CHG-1  Rotate the certificates\n", "Plan", "Two by two.", "Summary  It was carried out successfully."} {
		require.Contains(t, shown, want)
	}
	require.NotRegexp(t, `[0-9a-f]{64}`, shown)
	require.Regexp(t, `bob  approved: awaiting approval → approved\n    Go\.\n`, w.typed("ana", "change", "timeline", "CHG-1"))
	require.Regexp(t, `CHG-1 +normal +closed .* website .*Rotate the certificates\n`, w.typed("ana", "change", "list", "--state", "closed"))
	var whole itsm.Change
	require.NoError(t, json.Unmarshal([]byte(w.typed("ana", "change", "show", "CHG-1", "--json")), &whole))
	require.Equal(t, itsm.ChangeClosed, whole.State)
}

// TestEveryReadingAnswersOnTheCommandLine: one record of each kind, read in every way
// that there is, as words and as a document.
func TestEveryReadingAnswersOnTheCommandLine(t *testing.T) {
	w := newWorld(t)
	numbers := map[string]string{"change": string(w.raise("ana"))}
	for _, kind := range []string{"incident", "problem"} {
		said := w.typed("bob", kind, "raise", "--title", "Disk full", "--service", "website")
		require.Regexp(t, numbered, said)
		numbers[kind] = numbered.FindStringSubmatch(said)[1]
	}
	require.Contains(t, w.typed("bob", "incident", "acknowledge", numbers["incident"]), "is in progress")
	read := 0
	for _, cmd := range NewRootCommand().Commands() {
		for _, sub := range cmd.Commands() {
			args := []string{cmd.Name(), sub.Name()}
			if number := numbers[cmd.Name()]; number == "" || sub.Flags().Lookup("idempotency-key") != nil {
				continue
			} else if strings.HasSuffix(sub.Use, " NUMBER") {
				args = append(args, number)
			}
			require.NotEmpty(t, w.typed("bob", args...), args)
			require.True(t, json.Valid([]byte(w.typed("bob", append(args, "--json")...))), args)
			read++
		}
	}
	require.Greater(t, read, 15)
	for _, line := range []string{"waiting", "oncall website", "service list", "person list", "known-error list --q disk"} {
		require.NotEmpty(t, w.typed("bob", strings.Fields(line)...), line)
	}
}

// newServer answers everything alike, and returns where it is.
func newServer(t *testing.T, status int, body, retryAfter string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", retryAfter)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestExitCodesOfTheAPIsCommands(t *testing.T) {
	t.Setenv("STEWARD_TOKEN", "stw_secret")
	t.Setenv("STEWARD_URL", "")
	require.Equal(t, exitUsage, steward(t, "change", "list").code)
	require.Equal(t, exitUsage, steward(t, "change", "aprove", "CHG-7").code)
	require.Equal(t, exitUsage, steward(t, "change", "approve", "seven").code)

	slow := newServer(t, http.StatusTooManyRequests, `{"code":"limit.person","detail":"Too much at once."}`, "600")
	got := steward(t, "change", "list", "--server", slow)
	require.Equal(t, answer{exitAway, "", "steward: Too much at once. (limit.person)\n"}, got)
	refusing := newServer(t, http.StatusForbidden, `{"code":"change.own_request","detail":"It is yours."}`, "")
	require.Equal(t, answer{exitRefused, "", "steward: It is yours. (change.own_request)\n"}, steward(t, "change", "approve", "CHG-7", "--server", refusing))
}
