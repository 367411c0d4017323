-- name: CreateToken :exec
-- CreateToken keeps a new credential, but never its secret.
INSERT INTO api_tokens (id, person, secret_sha256, scopes, name, created_by, expires_at, revoked_by)
VALUES (@id, @person, @secret_sha256, @scopes, @name, @created_by, @expires_at, '');

-- name: Token :one
-- Token reads one credential, whether or not it still holds.
SELECT id, person, secret_sha256, scopes, name, created_at, created_by, expires_at, revoked_at, revoked_by
FROM api_tokens WHERE id = @id;

-- name: Tokens :many
-- Tokens lists every credential, newest first.
SELECT id, person, secret_sha256, scopes, name, created_at, created_by, expires_at, revoked_at, revoked_by
FROM api_tokens ORDER BY created_at DESC, id;

-- name: RevokeToken :execrows
-- RevokeToken ends a credential once; a second time changes nothing.
UPDATE api_tokens SET revoked_at = now(), revoked_by = @revoked_by WHERE id = @id AND revoked_at IS NULL;
