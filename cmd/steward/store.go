package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/user"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/db"
)

// commandConns is enough for a command, which asks one thing at a time.
const commandConns = 2

// withStore runs a command on the database that the settings name, as its owner.
func withStore(cmd *cobra.Command, f func(context.Context, *db.Store) error) error {
	c, err := LoadConfig(os.Environ(), Command)
	if err != nil {
		return err
	}
	store, err := db.Open(cmd.Context(), c.DatabaseURL.Reveal(), db.Owner, commandConns)
	if err != nil {
		return err
	}
	defer store.Close()
	return f(cmd.Context(), store)
}

// operator is who works the command line, for the audit: as they say, or as the
// machine knows them.
func operator(given string) (string, error) {
	if given = strings.TrimSpace(given); given != "" {
		return given, plainLine("--author", given)
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username, nil
	}
	return "", usageError("this machine does not say who you are; say it with --author, for the audit")
}

// maxLine is the longest that a name or an author may be, in characters.
const maxLine = 120

// plainLine refuses what a list could not show on one line of a terminal.
func plainLine(flag, text string) error {
	if utf8.RuneCountInString(text) > maxLine || strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return usageError(fmt.Sprintf("%s is one line of at most %d characters", flag, maxLine))
	}
	return nil
}

// writeJSON answers a program.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// writeTable answers a person: a head line and rows, in columns.
func writeTable(w io.Writer, head []string, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{head}, rows...) {
		if _, err := fmt.Fprintln(t, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return t.Flush()
}

const rfc3339 = time.RFC3339

func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }
