-- name: TakeTime :exec
-- TakeTime lets the statements of a transaction take longer than people would wait.
SELECT set_config('statement_timeout', '60s', true);

-- name: TrendCounts :many
-- TrendCounts counts the incidents of a time that are alike in some way, if there are
-- as many as the policy asks for, and how many there were in each of the eight weeks
-- before that, the newest first. What belonged to a problem by then is not counted, nor
-- are hits of a known error that is out of use.
SELECT finding::text AS finding,
       (mode() WITHIN GROUP (ORDER BY service) FILTER (WHERE week <= 0))::text AS service,
       value::text AS value, (count(*) FILTER (WHERE week <= 0))::bigint AS count,
       ARRAY[count(*) FILTER (WHERE week = 1), count(*) FILTER (WHERE week = 2), count(*) FILTER (WHERE week = 3),
             count(*) FILTER (WHERE week = 4), count(*) FILTER (WHERE week = 5), count(*) FILTER (WHERE week = 6),
             count(*) FILTER (WHERE week = 7), count(*) FILTER (WHERE week = 8)]::bigint[] AS weeks,
       ((array_agg(number ORDER BY raised_at DESC, ordinal DESC) FILTER (WHERE week <= 0))[1:100])::text[] AS incidents,
       (max(raised_at) FILTER (WHERE week <= 0))::timestamptz AS raised,
       (min(array_position(ARRAY['high', 'medium', 'low'], impact)) FILTER (WHERE week <= 0))::integer AS impact,
       (min(array_position(ARRAY['high', 'medium', 'low'], urgency)) FILTER (WHERE week <= 0))::integer AS urgency
FROM (SELECT finding, service, value, number, ordinal, raised_at, impact, urgency,
             -floor(extract(epoch FROM at - @since::timestamptz) / 604800)::integer AS week
      FROM trend_incidents
      WHERE at >= @earliest::timestamptz AND at < @until::timestamptz
        AND in_use AND (linked_at IS NULL OR linked_at >= @until::timestamptz)) AS counted
GROUP BY finding, CASE WHEN finding = 'similar_item' THEN '' ELSE service END, value
HAVING count(*) FILTER (WHERE week <= 0) >= CASE finding
    WHEN 'reopened_service' THEN @reopened::integer WHEN 'known_error_hits' THEN @hits::integer ELSE @least::integer END
ORDER BY finding, 2, value;

-- name: OpenTrends :many
-- OpenTrends tells which of some trends a problem is about that is not over.
SELECT DISTINCT trend_id FROM problems WHERE trend_id = ANY (@ids::text[]) AND trend_id <> '' AND closed_at IS NULL;

-- name: KeepTrends :exec
-- KeepTrends keeps what a search found, once.
INSERT INTO trend_findings (id, at, finding)
SELECT unnest(@ids::text[]), @at::timestamptz, unnest(@findings::jsonb[])
ON CONFLICT (id, at) DO NOTHING;
