-- name: Relate :exec
-- Relate keeps how one record is to another, once.
INSERT INTO relations (from_number, kind, to_number, by_person, at)
VALUES (@from_number, @kind, @to_number, @by_person, @at)
ON CONFLICT (from_number, kind, to_number) DO NOTHING;

-- name: Relations :many
-- Relations lists how a record is to others and others to it, in the order in which
-- it was said. A parent counts only as long as it is the parent.
SELECT from_number, kind, to_number, by_person, at FROM relations
WHERE (from_number = @number OR to_number = @number)
  AND (kind <> 'child_of' OR EXISTS (
      SELECT FROM incidents i WHERE i.number = from_number AND i.parent = to_number))
ORDER BY at, from_number, kind, to_number;
