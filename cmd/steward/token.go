package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/desk/token"
	"github.com/steward-itsm/steward/itsm"
)

// scopes is every scope that a token can have.
var scopes = []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}

func newTokenCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "token",
		Short: "Tokens for the API: create, list and revoke them",
		Long: `A token lets a program act over HTTP as one person of the catalog, within its
scopes and until it expires. It is shown once; Steward keeps only its hash.

Example:

  TOKEN=$(steward token create --person ana --ttl 24h)
  curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/v1/changes
  steward token list
  steward token revoke 3vK9tQ0aLm2Z`,
	}, newTokenCreateCommand(), newTokenListCommand(), newTokenRevokeCommand())
}

// wish is what somebody wants of a new token.
type wish struct {
	person, name, by string
	scopes           []string
	ttl              time.Duration
}

func newTokenCreateCommand() *cobra.Command {
	var w wish
	cmd := &cobra.Command{
		Use:   "create --person ID --ttl DURATION",
		Short: "Make a token and show it, once",
		Long: `Make a token and show it, once, on standard output; everything else is said on
standard error, so this works:

  TOKEN=$(steward token create --person ana --ttl 24h)

A token that only looks, for a report:

  steward token create --person ada --ttl 720h --scope read --name "weekly report"

It lives from 1m to 8784h (366 days). It can do what its person can, within its
scopes: read, write or both.

Exit codes: 0 done, 1 no such person, 2 usage, 3 no answer.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return w.grant(cmd, time.Now()) },
	}
	f := cmd.Flags()
	f.StringVar(&w.person, "person", "", "who it acts as: an id of the catalog (needed)")
	f.DurationVar(&w.ttl, "ttl", 0, "how long it lives, such as 24h (needed)")
	f.StringSliceVar(&w.scopes, "scope", []string{"read", "write"}, "what it may be used for")
	f.StringVar(&w.name, "name", "", "what it is for, to know it again in the list")
	f.StringVar(&w.by, "author", "", "who makes it, for the audit (default: your login)")
	return cmd
}

// grant makes the token and shows it.
func (w wish) grant(cmd *cobra.Command, now time.Time) error {
	t, text, err := w.token(now)
	if err != nil {
		return err
	}
	by, err := operator(w.by)
	if err != nil {
		return err
	}
	err = withStore(cmd, func(ctx context.Context, s *db.Store) error { return createToken(ctx, s, t, by) })
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "Token %s acts as %s until %s. It is shown this once: keep it as you would a password.\n",
		t.ID, t.Person, instant(t.ExpiresAt))
	_, err = fmt.Fprintln(cmd.OutOrStdout(), text)
	return err
}

// token draws the token that was wished for, at an instant.
func (w wish) token(now time.Time) (db.Token, string, error) {
	if w.person == "" {
		return db.Token{}, "", usageError("say who the token acts as: --person ana")
	}
	if err := token.CheckTTL(w.ttl); err != nil {
		return db.Token{}, "", usageError(itsm.AsError(err).Message + " Say it with --ttl 24h")
	}
	if err := plainLine("--name", w.name); err != nil {
		return db.Token{}, "", err
	}
	var granted []itsm.Scope
	for _, name := range w.scopes {
		s := itsm.Scope(strings.TrimSpace(name))
		if !slices.Contains(scopes, s) {
			return db.Token{}, "", usageError(fmt.Sprintf("--scope is read, write or both, not %q", name))
		}
		if !slices.Contains(granted, s) {
			granted = append(granted, s)
		}
	}
	drawn, text, err := token.New(rand.Reader)
	if err != nil {
		return db.Token{}, "", err
	}
	return db.Token{
		ID: drawn.ID, Person: itsm.PersonID(w.person), SecretSHA256: token.Hash(drawn.Secret),
		Scopes: granted, Name: strings.TrimSpace(w.name), ExpiresAt: now.Add(w.ttl),
	}, text, nil
}

func createToken(ctx context.Context, s *db.Store, t db.Token, by string) error {
	c, _, err := s.Catalog(ctx)
	if err != nil {
		return err
	}
	if _, known := c.Person(t.Person); !known {
		ids := make([]string, len(c.People))
		for i, p := range c.People {
			ids[i] = string(p.ID)
		}
		return itsm.Refuse(itsm.NotFound, "token.person_unknown", "Nobody in the catalog is called %s%s",
			t.Person, cmp.Or(itsm.DidYouMean(string(t.Person), ids), "."))
	}
	return s.CreateToken(ctx, t, by)
}

// tokenLine is one token in a list. It holds nothing secret.
type tokenLine struct {
	ID        string        `json:"id"`
	Person    itsm.PersonID `json:"person"`
	Name      string        `json:"name"`
	Scopes    []itsm.Scope  `json:"scopes"`
	Standing  string        `json:"standing"` // live, expired or revoked
	ExpiresAt string        `json:"expires_at"`
	CreatedAt string        `json:"created_at"`
	CreatedBy string        `json:"created_by"`
	RevokedAt string        `json:"revoked_at,omitempty"`
	RevokedBy string        `json:"revoked_by,omitempty"`
}

func newTokenListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List every token, newest first; secrets are not kept",
		Long: `List every token, newest first, live or not. Secrets are kept nowhere, so none is
shown.

Example, all that still work and whose they are:

  steward token list --json | jq -r '.[] | select(.standing == "live") | .person + " " + .id'

Exit codes: 0 done, 2 usage, 3 no answer.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd, func(ctx context.Context, s *db.Store) error {
				tokens, err := s.Tokens(ctx)
				if err != nil {
					return err
				}
				lines, rows := []tokenLine{}, [][]string{}
				for _, t := range tokens {
					l := lineOf(t, time.Now())
					lines = append(lines, l)
					rows = append(rows, []string{l.ID, string(l.Person), l.Standing, instant(t.ExpiresAt), scopeList(l.Scopes), l.CreatedBy, l.Name})
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), lines)
				}
				return writeTable(cmd.OutOrStdout(), []string{"ID", "PERSON", "STANDING", "EXPIRES", "SCOPES", "BY", "NAME"}, rows)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer in JSON")
	return cmd
}

func lineOf(t db.Token, now time.Time) tokenLine {
	l := tokenLine{
		ID: t.ID, Person: t.Person, Name: t.Name, Scopes: t.Scopes, Standing: "live",
		ExpiresAt: t.ExpiresAt.UTC().Format(rfc3339), CreatedAt: t.CreatedAt.UTC().Format(rfc3339), CreatedBy: t.CreatedBy,
	}
	switch {
	case t.RevokedAt != nil:
		l.Standing, l.RevokedAt, l.RevokedBy = "revoked", t.RevokedAt.UTC().Format(rfc3339), t.RevokedBy
	case !now.Before(t.ExpiresAt):
		l.Standing = "expired"
	}
	return l
}

func scopeList(s []itsm.Scope) string {
	words := make([]string, len(s))
	for i, w := range s {
		words[i] = string(w)
	}
	return strings.Join(words, ",")
}

func newTokenRevokeCommand() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "revoke ID",
		Short: "End a token at once",
		Long: `End a token at once. Its id is in the list, and in the token itself between the
first two underlines. To revoke it again changes nothing.

Example:

  steward token revoke 3vK9tQ0aLm2Z

Exit codes: 0 done, 1 no such token, 2 usage, 3 no answer.`,
		Args: oneArg("id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := operator(by)
			if err != nil {
				return err
			}
			id := args[0]
			if whole, _, perr := token.Parse(id); perr == nil {
				id = whole // somebody pasted the token itself, in a hurry and rightly so
			}
			return withStore(cmd, func(ctx context.Context, s *db.Store) error {
				if err := s.RevokeToken(ctx, id, who); err != nil {
					return err
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "Token %s no longer works.\n", id)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&by, "author", "", "who revokes it, for the audit (default: your login)")
	return cmd
}
