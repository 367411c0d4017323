-- name: KeepDelivery :one
-- KeepDelivery keeps what Slack sent, once, and leases it to whoever keeps it.
INSERT INTO slack_inbox (dedupe_key, kind, team, slack_user, payload, lease_until, attempts, answer, last_error)
VALUES (@dedupe_key, @kind, @team, @slack_user, @payload, now() + @lease::interval, @attempts, '', '')
ON CONFLICT (dedupe_key) DO NOTHING
RETURNING *;

-- name: DeliveryByKey :one
-- DeliveryByKey finds the delivery that was kept under a key.
SELECT * FROM slack_inbox WHERE dedupe_key = @dedupe_key;

-- name: ClaimDelivery :one
-- ClaimDelivery leases one unanswered delivery that nobody holds.
UPDATE slack_inbox SET lease_until = now() + @lease::interval, attempts = attempts + 1
WHERE id = @id AND answered_at IS NULL AND lease_until <= now()
RETURNING *;

-- name: ClaimDueDeliveries :many
-- ClaimDueDeliveries leases the oldest unanswered deliveries that nobody holds.
-- Several relays may ask at once and never get the same one.
UPDATE slack_inbox SET lease_until = now() + @lease::interval, attempts = attempts + 1
WHERE id IN (
    SELECT due.id FROM slack_inbox due WHERE due.answered_at IS NULL AND due.lease_until <= now()
    ORDER BY due.id LIMIT @most FOR UPDATE SKIP LOCKED)
RETURNING *;

-- name: FinishDelivery :execrows
-- FinishDelivery keeps the first answer for good.
UPDATE slack_inbox SET answered_at = now(), answer = @answer, last_error = '' WHERE id = @id AND answered_at IS NULL;

-- name: FailDelivery :exec
-- FailDelivery says why an attempt failed and when the next may come.
UPDATE slack_inbox SET last_error = left(@last_error, 1000), lease_until = @retry_at
WHERE id = @id AND answered_at IS NULL;

-- name: PurgeDeliveries :execrows
-- PurgeDeliveries forgets deliveries answered before an instant.
DELETE FROM slack_inbox WHERE answered_at < @before;

-- name: InboxAge :one
-- InboxAge counts unanswered deliveries, and for how many seconds the oldest has waited.
SELECT count(*) AS waiting, coalesce(extract(epoch FROM now() - min(received_at)), 0)::double precision AS oldest
FROM slack_inbox WHERE answered_at IS NULL;
