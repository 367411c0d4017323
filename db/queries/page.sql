-- name: BeginPage :one
-- BeginPage writes the pending row of a page, or reads it as it stands.
INSERT INTO pages (key, number, person, round, level, called_at, way, state, attempts)
VALUES (@key, @number, @person, @round, @level, @called_at, '', 'pending', '[]')
ON CONFLICT (key) DO UPDATE SET key = excluded.key
RETURNING *;

-- name: FinishPage :one
-- FinishPage adds what was tried and says what came of it. A page that was delivered
-- or given up stays so; the newest attempts are kept.
UPDATE pages
SET attempts = jsonb_path_query_array(attempts || @attempts::jsonb, '$[last - 49 to last]'),
    way = CASE WHEN @way::text = '' THEN way ELSE @way::text END,
    state = CASE WHEN state IN ('delivered', 'over') THEN state ELSE @state::text END,
    delivered_at = CASE WHEN state IN ('delivered', 'over') THEN delivered_at
                        ELSE sqlc.narg('delivered_at')::timestamptz END,
    updated_at = now()
WHERE key = @key
RETURNING *;

-- name: Pages :many
-- Pages lists who was paged for a record, in the order of the calls.
SELECT * FROM pages WHERE number = @number ORDER BY called_at, round, level, person;
