package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// Token is a credential of the API. Its secret is shown once and never kept.
type Token struct {
	ID           string
	Person       itsm.PersonID
	SecretSHA256 []byte // 32 bytes
	Scopes       []itsm.Scope
	Name         string
	CreatedAt    time.Time
	CreatedBy    string
	ExpiresAt    time.Time
	RevokedAt    *time.Time
	RevokedBy    string
}

// CreateToken keeps a new credential; CreatedAt and CreatedBy are set here. The
// audit says who made it.
func (s *Store) CreateToken(ctx context.Context, t Token, by string) error {
	return s.transact(ctx, "create token", func(q *rows.Queries) error {
		if err := q.CreateToken(ctx, rows.CreateTokenParams{
			ID: t.ID, Person: t.Person, SecretSha256: t.SecretSHA256, Scopes: append([]itsm.Scope{}, t.Scopes...),
			Name: t.Name, CreatedBy: by, ExpiresAt: t.ExpiresAt,
		}); err != nil {
			return err
		}
		facts := map[string]string{"person": string(t.Person), "expires_at": t.ExpiresAt.UTC().Format(time.RFC3339)}
		return q.EnterAudit(ctx, command("token.created", t.ID, by, facts))
	})
}

// Token reads a credential by id, whether or not it still holds: who asks must
// look at ExpiresAt and RevokedAt.
func (s *Store) Token(ctx context.Context, id string) (Token, error) {
	row, err := s.rows.Token(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Token{}, noSuchToken()
	}
	return tokenOf(row), refusal("token", err)
}

// Tokens lists every credential, newest first.
func (s *Store) Tokens(ctx context.Context) ([]Token, error) {
	found, err := s.rows.Tokens(ctx)
	if err != nil {
		return nil, refusal("tokens", err)
	}
	tokens := make([]Token, 0, len(found))
	for _, row := range found {
		tokens = append(tokens, tokenOf(row))
	}
	return tokens, nil
}

// RevokeToken ends a credential at once. To revoke it again changes nothing.
func (s *Store) RevokeToken(ctx context.Context, id, by string) error {
	return s.transact(ctx, "revoke token", func(q *rows.Queries) error {
		revoked, err := q.RevokeToken(ctx, rows.RevokeTokenParams{ID: id, RevokedBy: by})
		if err != nil {
			return err
		}
		if revoked == 0 {
			if _, err = q.Token(ctx, id); errors.Is(err, pgx.ErrNoRows) {
				return noSuchToken()
			}
			return err
		}
		return q.EnterAudit(ctx, command("token.revoked", id, by, nil))
	})
}

func noSuchToken() *itsm.Error {
	return itsm.Refuse(itsm.NotFound, "token.not_found", "There is no such token.")
}

func tokenOf(r rows.ApiToken) Token {
	return Token{
		ID: r.ID, Person: r.Person, SecretSHA256: r.SecretSha256, Scopes: r.Scopes, Name: r.Name,
		CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy, ExpiresAt: r.ExpiresAt, RevokedAt: r.RevokedAt, RevokedBy: r.RevokedBy,
	}
}
