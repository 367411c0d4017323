-- name: Records :many
-- Records lists records of all kinds, newest first, that a reader may see. The order is
-- total and new rows come only at its head, so pages neither repeat nor lose a row.
SELECT number, raised_at FROM records
WHERE kind = ANY (@kinds::text[])
  AND (@state::text = '' OR state = @state::text)
  AND (@service::text = '' OR service = @service::text)
  AND (@by_reporter::text = '' OR reporter = @by_reporter::text)
  AND (@by_assignee::text = '' OR assignee = @by_assignee::text)
  AND (NOT @open::boolean OR closed_at IS NULL)
  AND (sqlc.narg(due_before)::timestamptz IS NULL OR (closed_at IS NULL AND due_at < sqlc.narg(due_before)::timestamptz))
  AND (sqlc.narg(happens_from)::timestamptz IS NULL OR (closed_at IS NULL
       AND ((starts_at >= sqlc.narg(happens_from)::timestamptz AND starts_at < sqlc.narg(happens_until)::timestamptz)
            OR (due_at >= sqlc.narg(happens_from)::timestamptz AND due_at < sqlc.narg(happens_until)::timestamptz))))
  AND (NOT restricted OR kind = ANY (@sees_all::text[]) OR team = ANY (@teams::text[]) OR concerned @> ARRAY[@reader::text])
  AND (raised_at, ordinal, number) < (@before_at::timestamptz, @before_ordinal::bigint, @before_number::text)
ORDER BY raised_at DESC, ordinal DESC, number DESC
LIMIT @most;

-- name: FindRecords :many
-- FindRecords finds records that a reader may see by words, the one whose number was
-- given first, then those that fit best. What is weighed is no more than the newest
-- that fit: to weigh each of them takes seconds where a word is in most records. Whether
-- they may be seen is looked up one by one (OFFSET 0), and no further than it takes.
WITH fits AS MATERIALIZED (
    SELECT number, raised_at, number = @number::text AS asked FROM record_words
    WHERE number = @number::text OR words @@ websearch_to_tsquery('pg_catalog.english', @words::text)
), newest AS (
    SELECT f.number, f.raised_at, f.asked
    FROM (SELECT number, raised_at, asked FROM fits ORDER BY asked DESC, raised_at DESC, number DESC) AS f
    CROSS JOIN LATERAL (
        SELECT FROM records r
        WHERE r.number = f.number AND r.kind = ANY (@kinds::text[])
          AND (NOT @open::boolean OR r.closed_at IS NULL)
          AND (NOT r.restricted OR r.kind = ANY (@sees_all::text[]) OR r.team = ANY (@teams::text[])
               OR r.concerned @> ARRAY[@reader::text])
        OFFSET 0) AS seen
    ORDER BY f.asked DESC, f.raised_at DESC, f.number DESC
    LIMIT @weighed
)
SELECT w.number FROM newest n JOIN record_words w ON w.number = n.number
ORDER BY n.asked DESC, ts_rank(w.words, websearch_to_tsquery('pg_catalog.english', @words::text)) DESC,
         n.raised_at DESC, w.number DESC
LIMIT @most;
