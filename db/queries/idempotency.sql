-- name: Reserve :one
-- Reserve takes a key, or takes it over when its lease ran out unanswered. No row
-- means that somebody else holds it or that it is answered. The number is the one
-- that was reserved first: the work may have been started under it.
INSERT INTO idempotency (principal, route, key, body_digest, number, lease_until, status, answer)
VALUES (@principal, @route, @key, @body_digest, @number, now() + @lease::interval, 0, '')
ON CONFLICT (principal, route, key) DO UPDATE SET lease_until = excluded.lease_until
WHERE idempotency.status = 0 AND idempotency.lease_until <= now()
  AND idempotency.body_digest = excluded.body_digest
RETURNING number, lease_until;

-- name: Reservation :one
-- Reservation reads a key as it stands.
SELECT principal, route, key, body_digest, number, lease_until, status, answer, created_at FROM idempotency
WHERE principal = @principal AND route = @route AND key = @key;

-- name: AnswerReservation :execrows
-- AnswerReservation keeps the first answer for good.
UPDATE idempotency SET status = @status, answer = @answer
WHERE principal = @principal AND route = @route AND key = @key AND status = 0;

-- name: ReleaseReservation :exec
-- ReleaseReservation ends a lease early, unless somebody else holds it by now.
-- The number stays, because the work may have been started under it.
UPDATE idempotency SET lease_until = now()
WHERE principal = @principal AND route = @route AND key = @key AND status = 0 AND lease_until = @lease_until;

-- name: PurgeReservations :execrows
-- PurgeReservations forgets keys from before an instant whose work is not under way.
DELETE FROM idempotency WHERE created_at < @before AND lease_until < now();
