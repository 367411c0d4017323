-- name: BeginStatus :one
-- BeginStatus writes the pending row before a status is posted; no row means
-- that it was posted already.
INSERT INTO deployment_statuses (number, status, status_id, state, attempts)
VALUES (@number, @status, 0, 'pending', 1)
ON CONFLICT (number, status) DO UPDATE SET attempts = deployment_statuses.attempts + 1, updated_at = now()
WHERE deployment_statuses.state = 'pending'
RETURNING *;

-- name: PostedStatus :execrows
-- PostedStatus keeps the id that GitHub gave the status.
UPDATE deployment_statuses SET status_id = @status_id, state = 'posted', updated_at = now()
WHERE number = @number AND status = @status;

-- name: Statuses :many
-- Statuses lists what was posted back for a change.
SELECT * FROM deployment_statuses WHERE number = @number ORDER BY updated_at, status;
