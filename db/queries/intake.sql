-- name: CreateIntakeKey :exec
-- CreateIntakeKey keeps a new credential, but never its secret.
INSERT INTO intake_keys (id, name, kind, secret_sha256, services, rate_per_minute, created_by, revoked_by)
VALUES (@id, @name, @kind, @secret_sha256, @services, @rate_per_minute, @created_by, '');

-- name: RotateIntakeKey :execrows
-- RotateIntakeKey gives a credential another secret, beside the one that it has.
UPDATE intake_keys SET old_secret_sha256 = secret_sha256, secret_sha256 = @secret_sha256, rotated_at = now()
WHERE id = @id AND old_secret_sha256 IS NULL AND revoked_at IS NULL;

-- name: DropIntakeSecret :execrows
-- DropIntakeSecret ends the secret that was replaced.
UPDATE intake_keys SET old_secret_sha256 = NULL WHERE id = @id AND old_secret_sha256 IS NOT NULL;

-- name: RevokeIntakeKey :execrows
-- RevokeIntakeKey ends a credential once; a second time changes nothing.
UPDATE intake_keys SET revoked_at = now(), revoked_by = @revoked_by, old_secret_sha256 = NULL
WHERE id = @id AND revoked_at IS NULL;

-- name: IntakeKey :one
-- IntakeKey reads one credential, whether or not it still holds.
SELECT * FROM intake_keys WHERE id = @id;

-- name: IntakeKeys :many
-- IntakeKeys lists every credential, newest first.
SELECT * FROM intake_keys ORDER BY created_at DESC, id;
