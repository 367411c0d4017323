-- name: OpenMessage :one
-- OpenMessage writes the pending row of a message that was never begun.
INSERT INTO messages (key, number, revision, channel, ts, digest, state, attempts, unsure)
VALUES (@key, @number, @revision, @channel, '', @digest, 'pending', 1, 0)
ON CONFLICT (key) DO NOTHING
RETURNING *;

-- name: LockMessage :one
-- LockMessage reads a message and keeps others from beginning it meanwhile.
SELECT * FROM messages WHERE key = @key FOR UPDATE;

-- name: ReopenMessage :one
-- ReopenMessage makes a message pending again, at the place it has, if any.
UPDATE messages
SET revision = @revision, digest = @digest, state = 'pending', attempts = attempts + 1,
    unsure = unsure + @unsure, updated_at = now()
WHERE key = @key
RETURNING *;

-- name: PlaceMessage :execrows
-- PlaceMessage keeps where a message stands. If a newer revision was begun
-- meanwhile the message stays pending, at this place.
UPDATE messages
SET channel = @channel, ts = @ts, state = CASE WHEN revision = @revision THEN 'posted' ELSE state END, updated_at = now()
WHERE key = @key AND state <> 'gone';

-- name: DoubtMessage :exec
-- DoubtMessage says that Slack gave no clear answer: it may stand there.
UPDATE messages SET state = 'ambiguous', unsure = unsure + 1, updated_at = now()
WHERE key = @key AND revision = @revision AND ts = '' AND state = 'pending';

-- name: EndMessage :exec
-- EndMessage says that the message's place is no more: it was deleted in Slack.
UPDATE messages SET state = 'gone', updated_at = now() WHERE key = @key;

-- name: RetractMessage :exec
-- RetractMessage takes back a row whose message Slack certainly did not take.
DELETE FROM messages WHERE key = @key AND revision = @revision AND ts = '' AND state = 'pending' AND unsure = 0;

-- name: Message :one
-- Message reads one row of the ledger.
SELECT * FROM messages WHERE key = @key;

-- name: Messages :many
-- Messages lists what was told about a record.
SELECT * FROM messages WHERE number = @number ORDER BY key;
