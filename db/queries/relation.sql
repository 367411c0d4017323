-- name: Relate :exec
-- Relate keeps how one record is to another, once.
INSERT INTO relations (from_number, kind, to_number, by_person, at)
VALUES (@from_number, @kind, @to_number, @by_person, @at)
ON CONFLICT (from_number, kind, to_number) DO NOTHING;

-- name: Relations :many
-- Relations lists how records are to others and others to them, in the order in
-- which it was said, as far as a reader may see both.
WITH near AS (
    SELECT from_number, kind, to_number, by_person, at FROM record_relations
    WHERE from_number = ANY (@numbers::text[]) OR to_number = ANY (@numbers::text[])
), seen AS (
    SELECT number FROM records
    WHERE number IN (SELECT from_number FROM near UNION SELECT to_number FROM near)
      AND kind = ANY (@kinds::text[])
      AND (NOT restricted OR kind = ANY (@sees_all::text[]) OR team = ANY (@teams::text[]) OR concerned @> ARRAY[@reader::text])
)
SELECT from_number, kind, to_number, by_person, at FROM near
WHERE from_number IN (SELECT number FROM seen) AND to_number IN (SELECT number FROM seen)
ORDER BY at, from_number, kind, to_number
LIMIT @most;
