package db

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// IntakeKey is a credential of what sends alerts. Its secret is shown once and never
// kept; while one secret replaces another, both hold.
type IntakeKey struct {
	ID              string
	Name            string // what its alerts come from; no two keys have the same
	Kind            string // alertmanager or events; empty: either
	SecretSHA256    []byte // 32 bytes
	OldSecretSHA256 []byte // the one that is being replaced; nil: none is
	Services        []itsm.ServiceID
	RatePerMinute   int
	CreatedAt       time.Time
	CreatedBy       string
	RotatedAt       *time.Time // when the newer of the secrets came
	RevokedAt       *time.Time
	RevokedBy       string
}

// CreateIntakeKey keeps a new credential; CreatedAt and CreatedBy are set here. The
// audit says who made it.
func (s *Store) CreateIntakeKey(ctx context.Context, k IntakeKey, by string) error {
	return s.transact(ctx, "create intake key", func(q *rows.Queries) error {
		if err := q.CreateIntakeKey(ctx, rows.CreateIntakeKeyParams{
			ID: k.ID, Name: k.Name, Kind: k.Kind, SecretSha256: k.SecretSHA256, Services: list(k.Services),
			RatePerMinute: small(k.RatePerMinute), CreatedBy: by,
		}); err != nil {
			return err
		}
		f := facts{"rate_per_minute": strconv.Itoa(k.RatePerMinute)}
		f.add("kind", k.Kind)
		names(f, "services", k.Services)
		return q.EnterAudit(ctx, command("intake_key.created", k.ID, by, f))
	})
}

// RotateIntakeKey gives a credential another secret; the one that it has holds on
// until DropIntakeSecret. It is refused while an older one still holds, and of a key
// that is revoked.
func (s *Store) RotateIntakeKey(ctx context.Context, id string, secretSHA256 []byte, by string) error {
	return s.transact(ctx, "rotate intake key", func(q *rows.Queries) error {
		rotated, err := q.RotateIntakeKey(ctx, rows.RotateIntakeKeyParams{ID: id, SecretSha256: secretSHA256})
		if err != nil {
			return err
		}
		if rotated == 0 {
			k, err := q.IntakeKey(ctx, id)
			switch {
			case err != nil:
				return orNoSuchIntakeKey(err)
			case k.RevokedAt != nil:
				return itsm.Refuse(itsm.Conflict, "intake_key.revoked", "That intake key is revoked. Make another.")
			}
			return itsm.Refuse(itsm.Conflict, "intake_key.two_secrets", "That intake key has two secrets already. Drop the old one first.")
		}
		return q.EnterAudit(ctx, command("intake_key.rotated", id, by, nil))
	})
}

// DropIntakeSecret ends the secret that was replaced. To do it again changes nothing.
func (s *Store) DropIntakeSecret(ctx context.Context, id, by string) error {
	return s.transact(ctx, "drop intake secret", func(q *rows.Queries) error {
		dropped, err := q.DropIntakeSecret(ctx, id)
		if err != nil {
			return err
		}
		if dropped == 0 {
			_, err = q.IntakeKey(ctx, id)
			return orNoSuchIntakeKey(err)
		}
		return q.EnterAudit(ctx, command("intake_key.old_secret_dropped", id, by, nil))
	})
}

// RevokeIntakeKey ends a credential at once, with all its secrets. To revoke it again
// changes nothing.
func (s *Store) RevokeIntakeKey(ctx context.Context, id, by string) error {
	return s.transact(ctx, "revoke intake key", func(q *rows.Queries) error {
		revoked, err := q.RevokeIntakeKey(ctx, rows.RevokeIntakeKeyParams{ID: id, RevokedBy: by})
		if err != nil {
			return err
		}
		if revoked == 0 {
			_, err = q.IntakeKey(ctx, id)
			return orNoSuchIntakeKey(err)
		}
		return q.EnterAudit(ctx, command("intake_key.revoked", id, by, nil))
	})
}

// IntakeKey reads a credential by id, whether or not it still holds: who asks must
// look at RevokedAt.
func (s *Store) IntakeKey(ctx context.Context, id string) (IntakeKey, error) {
	row, err := s.rows.IntakeKey(ctx, id)
	return intakeKeyOf(row), refusal("intake key", orNoSuchIntakeKey(err))
}

// IntakeKeys lists every credential, newest first.
func (s *Store) IntakeKeys(ctx context.Context) ([]IntakeKey, error) {
	found, err := s.rows.IntakeKeys(ctx)
	if err != nil {
		return nil, refusal("intake keys", err)
	}
	keys := make([]IntakeKey, 0, len(found))
	for _, row := range found {
		keys = append(keys, intakeKeyOf(row))
	}
	return keys, nil
}

func orNoSuchIntakeKey(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return itsm.Refuse(itsm.NotFound, "intake_key.not_found", "There is no such intake key.")
	}
	return err
}

func intakeKeyOf(r rows.IntakeKey) IntakeKey {
	return IntakeKey{
		ID: r.ID, Name: r.Name, Kind: r.Kind, SecretSHA256: r.SecretSha256, OldSecretSHA256: r.OldSecretSha256,
		Services: r.Services, RatePerMinute: int(r.RatePerMinute), CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy,
		RotatedAt: r.RotatedAt, RevokedAt: r.RevokedAt, RevokedBy: r.RevokedBy,
	}
}
