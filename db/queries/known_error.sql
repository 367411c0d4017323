-- name: KnownErrorUse :one
-- KnownErrorUse counts the incidents that a known error was applied to, also when it
-- was that of a problem merged into this one, and tells which was the last.
SELECT count(DISTINCT r.from_number)::bigint AS count,
       coalesce((array_agg(r.from_number ORDER BY r.at DESC, r.from_number DESC))[1], '')::text AS last
FROM problems p JOIN relations r ON r.kind = 'applies' AND r.to_number = ANY (p.covers)
WHERE p.number = @number;

-- name: KnownErrors :many
-- KnownErrors finds known errors that a reader may see, those that fit the words best
-- first; without words, the newest first.
SELECT p.number, (p.standing -> 'published')::jsonb AS known_error, uses.count::bigint AS count, uses.last::text AS last
FROM problems p
CROSS JOIN LATERAL (SELECT count(DISTINCT r.from_number) AS count,
                           coalesce((array_agg(r.from_number ORDER BY r.at DESC, r.from_number DESC))[1], '') AS last
                    FROM relations r WHERE r.kind = 'applies' AND r.to_number = ANY (p.covers)) AS uses
WHERE p.published
  AND (@words::text = '' OR p.words @@ websearch_to_tsquery('pg_catalog.english', @words::text))
  AND (NOT p.restricted OR @sees_all::boolean
       OR p.reporter = @reader::text OR p.owner = @reader::text OR p.coordinator = @reader::text
       OR p.team = ANY (@teams::text[]) OR jsonb_exists(p.standing -> 'publication' -> 'asked', @reader::text))
ORDER BY CASE WHEN @words::text = '' THEN 0
              ELSE ts_rank(p.words, websearch_to_tsquery('pg_catalog.english', @words::text)) END DESC,
         (p.standing #>> '{published,published_at}')::timestamptz DESC, p.ordinal DESC
LIMIT @most;

-- name: KnownErrorsFor :many
-- KnownErrorsFor finds known errors that have any word in common with what was said of
-- an incident, and that it does not apply yet: those of its service first, then by how
-- much they have in common. The words are lexemes already, so that they are quoted as
-- a query prints its own, and none is taken for an operator.
WITH said AS (
    SELECT string_agg('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery AS words
    FROM unnest(tsvector_to_array(to_tsvector('pg_catalog.english', @said::text))) AS lexeme
)
SELECT p.number, (p.standing -> 'published')::jsonb AS known_error, uses.count::bigint AS count, uses.last::text AS last
FROM said
JOIN problems p ON p.words @@ said.words
CROSS JOIN LATERAL (SELECT count(DISTINCT r.from_number) AS count,
                           coalesce((array_agg(r.from_number ORDER BY r.at DESC, r.from_number DESC))[1], '') AS last
                    FROM relations r WHERE r.kind = 'applies' AND r.to_number = ANY (p.covers)) AS uses
WHERE p.published
  AND NOT EXISTS (SELECT FROM relations r
                  WHERE r.from_number = @incident AND r.kind = 'applies' AND r.to_number = ANY (p.covers))
  AND (NOT p.restricted OR @sees_all::boolean
       OR p.reporter = @reader::text OR p.owner = @reader::text OR p.coordinator = @reader::text
       OR p.team = ANY (@teams::text[]) OR jsonb_exists(p.standing -> 'publication' -> 'asked', @reader::text))
ORDER BY jsonb_exists(p.standing -> 'published' -> 'services', @service::text) DESC,
         ts_rank(p.words, said.words) DESC, p.ordinal DESC
LIMIT @most;
