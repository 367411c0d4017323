package db_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

func secret(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func TestAnIntakeKeyHasTwoSecretsUntilTheOldOneIsDropped(t *testing.T) {
	b, ctx := open(t), t.Context()
	k := intakeKey()
	k.SecretSHA256 = secret(1)
	require.NoError(t, b.owner.CreateIntakeKey(ctx, k, "root"))
	got, err := b.desk.IntakeKey(ctx, "key1")
	require.NoError(t, err)
	require.Equal(t, "root", got.CreatedBy)
	require.Nil(t, got.OldSecretSHA256)
	require.Equal(t, []itsm.ServiceID{"shop"}, got.Services)
	require.Equal(t, 600, got.RatePerMinute)
	require.NoError(t, b.owner.DropIntakeSecret(ctx, "key1", "root"), "there is nothing to drop")

	require.NoError(t, b.owner.RotateIntakeKey(ctx, "key1", secret(2), "root"))
	got, err = b.desk.IntakeKey(ctx, "key1")
	require.NoError(t, err)
	require.Equal(t, secret(2), got.SecretSHA256)
	require.Equal(t, secret(1), got.OldSecretSHA256)
	require.NotNil(t, got.RotatedAt)
	refused(t, b.owner.RotateIntakeKey(ctx, "key1", secret(3), "root"), itsm.Conflict, "intake_key.two_secrets")
	require.NoError(t, b.owner.DropIntakeSecret(ctx, "key1", "root"))
	require.NoError(t, b.owner.RotateIntakeKey(ctx, "key1", secret(3), "root"))

	require.NoError(t, b.owner.RevokeIntakeKey(ctx, "key1", "eve"))
	require.NoError(t, b.owner.RevokeIntakeKey(ctx, "key1", "root"), "again changes nothing")
	all, err := b.desk.IntakeKeys(ctx)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, "eve", all[0].RevokedBy)
	require.NotNil(t, all[0].RevokedAt)
	require.Nil(t, all[0].OldSecretSHA256)
	refused(t, b.owner.RotateIntakeKey(ctx, "key1", secret(4), "root"), itsm.Conflict, "intake_key.revoked")
	super := conn(t, b.url)
	for action, times := range map[string]int{"created": 1, "rotated": 2, "old_secret_dropped": 1, "revoked": 1} {
		require.Equal(t, times, count(t, super, `SELECT count(*) FROM audit_entries
			WHERE subject = 'key1' AND door = 'cli' AND action = $1`, "intake_key."+action), action)
	}
}

func TestAnIntakeKeyThatIsNotThere(t *testing.T) {
	b, ctx := open(t), t.Context()
	_, err := b.desk.IntakeKey(ctx, "none")
	refused(t, err, itsm.NotFound, "intake_key.not_found")
	refused(t, b.owner.RotateIntakeKey(ctx, "none", secret(1), "root"), itsm.NotFound, "intake_key.not_found")
	refused(t, b.owner.DropIntakeSecret(ctx, "none", "root"), itsm.NotFound, "intake_key.not_found")
	refused(t, b.owner.RevokeIntakeKey(ctx, "none", "root"), itsm.NotFound, "intake_key.not_found")
}

func TestAnIntakeKeyThatCannotBeIsRefused(t *testing.T) {
	b, ctx := open(t), t.Context()
	require.NoError(t, b.owner.CreateIntakeKey(ctx, intakeKey(), "root"))
	for _, x := range []struct {
		kind  itsm.Kind
		code  string
		spoil func(*db.IntakeKey)
	}{
		{itsm.Conflict, "intake_key.exists", func(k *db.IntakeKey) { k.Name = "other" }},
		{itsm.Conflict, "intake_key.exists", func(k *db.IntakeKey) { k.ID = "key2" }},
		{itsm.Invalid, "intake_key.id", func(k *db.IntakeKey) { k.ID, k.Name = "a/b", "b" }},
		{itsm.Invalid, "intake_key.name", func(k *db.IntakeKey) { k.ID, k.Name = "key2", "" }},
		{itsm.Invalid, "intake_key.kind", func(k *db.IntakeKey) { k.ID, k.Name, k.Kind = "key2", "b", "odd" }},
		{itsm.Invalid, "intake_key.rate", func(k *db.IntakeKey) { k.ID, k.Name, k.RatePerMinute = "key2", "b", 0 }},
		{itsm.Invalid, "intake_key.services", func(k *db.IntakeKey) {
			k.ID, k.Name, k.Services = "key2", "b", []itsm.ServiceID{itsm.ServiceID(strings.Repeat("x", 6401))}
		}},
	} {
		k := intakeKey()
		x.spoil(&k)
		refused(t, b.owner.CreateIntakeKey(ctx, k, "root"), x.kind, x.code)
	}
	require.Error(t, b.desk.CreateIntakeKey(ctx, db.IntakeKey{ID: "key9", Name: "z", SecretSHA256: secret(1), RatePerMinute: 1}, "root"))
}
