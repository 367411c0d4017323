-- name: UnexplainedIncidents :many
-- UnexplainedIncidents lists the incidents of the highest priority of the last 30 days
-- that no problem was proposed for, and that belong to none which somebody took up;
-- oldest first.
SELECT number, text, standing, reporter, door, owner, restricted, policy_version, raised_at
FROM incidents i
WHERE i.priority = 'P1' AND i.origin IS NULL AND i.raised_at >= now() - interval '720 hours'
  AND i.parent = '' AND i.duplicate_of = '' AND i.state <> 'cancelled'
  AND NOT EXISTS (
      SELECT FROM relations r JOIN problems p ON p.number = r.from_number
      WHERE r.to_number = i.number
        AND ((r.kind = 'found_in' AND p.trigger = 'priority_one') OR p.state NOT IN ('candidate', 'declined')))
  AND NOT EXISTS (
      SELECT FROM relations r JOIN problems p ON p.number = r.to_number
      WHERE r.from_number = i.number AND p.state NOT IN ('candidate', 'declined'))
ORDER BY i.raised_at, i.ordinal
LIMIT @most;

-- name: UnexplainedChanges :many
-- UnexplainedChanges lists the changes that failed in the last 30 days, that no problem
-- was raised for, and that were not to fix one, which knows already; oldest first.
SELECT number, title, service, closed_at
FROM changes c
WHERE c.state = 'closed' AND c.outcome = 'failed' AND c.closed_at >= now() - interval '720 hours'
  AND NOT EXISTS (SELECT FROM problems p WHERE p.change = c.number AND p.change <> '')
  AND NOT EXISTS (SELECT FROM relations r
                  WHERE r.to_number = c.number AND r.kind = 'fixed_by' AND r.from_number LIKE 'PRB-%')
ORDER BY c.closed_at, c.ordinal
LIMIT @most;

-- name: UnexplainedTrends :many
-- UnexplainedTrends lists what was found of late in the incidents, each in its newest
-- form, unless a problem was raised for it since or one is not over; oldest first.
SELECT id, at, finding FROM (
    SELECT DISTINCT ON (f.id) f.id, f.at, f.finding FROM trend_findings f
    WHERE f.at >= now() - interval '24 hours' ORDER BY f.id, f.at DESC) AS newest
WHERE NOT EXISTS (SELECT FROM problems p
                  WHERE p.trend_id = newest.id AND p.trend_id <> ''
                    AND (p.raised_at >= newest.at OR p.closed_at IS NULL))
ORDER BY at, id
LIMIT @most;

-- name: Recurrences :many
-- Recurrences finds, for each problem whose fix is watched, the oldest incident raised
-- since the fix that is linked to it or has all of its pattern: the fix did not hold.
-- What is the same as another incident, or was cancelled, shows nothing.
SELECT p.number, came.number AS incident
FROM problems p
CROSS JOIN LATERAL (
    SELECT i.number, i.raised_at, i.ordinal FROM incidents i
    WHERE i.raised_at > (p.standing #>> '{watch,from}')::timestamptz AND i.state NOT IN ('duplicate', 'cancelled')
      AND (EXISTS (SELECT FROM relations r
                   WHERE r.from_number = i.number AND r.to_number = ANY (p.covers) AND r.kind IN ('caused_by', 'applies'))
           OR EXISTS (SELECT FROM relations r
                      WHERE r.to_number = i.number AND r.from_number = ANY (p.covers) AND r.kind = 'found_in')
           OR (coalesce(p.text #>> '{pattern,service}', p.text #>> '{pattern,category}',
                        p.text #>> '{pattern,symptom}', p.text #>> '{pattern,item}', '') <> ''
               AND coalesce(p.text #>> '{pattern,service}', '') IN ('', i.service)
               AND coalesce(p.text #>> '{pattern,category}', '') IN ('', i.category)
               AND coalesce(p.text #>> '{pattern,symptom}', '') IN ('', i.text ->> 'symptom')
               AND (coalesce(p.text #>> '{pattern,item}', '') = ''
                    OR jsonb_exists(i.text -> 'configuration_items', p.text #>> '{pattern,item}'))))
    ORDER BY i.raised_at, i.ordinal LIMIT 1) AS came
WHERE p.state IN ('fix_deployed', 'effectiveness_watch')
ORDER BY came.raised_at, came.ordinal, p.ordinal
LIMIT @most;
