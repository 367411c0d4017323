-- name: RecordReview :one
-- RecordReview saves a review for the first time: the row, its first event and the audit's
-- entry, or nothing when the event is there already. It counts the events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), record AS (
    INSERT INTO supplier_reviews (number, supplier, name, tier, owner, weights, earlier, standing, policy_version, raised_at,
                                  since, waits_for, waits_roles, due_at, missed, corrects, closed_at)
    VALUES (@number, @supplier, @name, @tier, @owner, @weights, @earlier, @standing, @policy_version, @raised_at,
            @since, @waits_for, @waits_roles, @due_at, @missed, @corrects, @closed_at)
    ON CONFLICT (number) DO NOTHING
), entry AS (
    INSERT INTO audit_entries (outcome, action, subject, revision, actor, door, credential,
                               workflow_id, run_id, act_id, facts, personal)
    SELECT 'done', kind, number, revision, actor, door, credential, workflow_id, run_id, act_id,
           @facts::jsonb, @personal::jsonb
    FROM event
    RETURNING id, actor
), kept AS (
    INSERT INTO audit_personal (entry, person, field, salt, value)
    SELECT id, actor, unnest(@fields::text[]), unnest(@salts::bytea[]), unnest(@contents::text[]) FROM entry
)
SELECT count(*) FROM event;

-- name: ReviewParties :one
-- ReviewParties tells what of a review never changes and a save has to know.
SELECT owner, tier FROM supplier_reviews WHERE number = @number;

-- name: StepReview :one
-- StepReview saves what one event changed. The event and the audit's entry go in once,
-- whatever the order of arrival. How the review stands moves only forward. It counts the
-- events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), moved AS (
    UPDATE supplier_reviews AS r
    SET standing = @standing, since = @since, waits_for = @waits_for, waits_roles = @waits_roles, due_at = @due_at,
        missed = @missed, corrects = @corrects, closed_at = @closed_at
    FROM event WHERE r.number = event.number AND r.revision < event.revision
), entry AS (
    INSERT INTO audit_entries (outcome, action, subject, revision, actor, door, credential,
                               workflow_id, run_id, act_id, facts, personal)
    SELECT 'done', kind, number, revision, actor, door, credential, workflow_id, run_id, act_id,
           @facts::jsonb, @personal::jsonb
    FROM event
    RETURNING id, actor
), kept AS (
    INSERT INTO audit_personal (entry, person, field, salt, value)
    SELECT id, actor, unnest(@fields::text[]), unnest(@salts::bytea[]), unnest(@contents::text[]) FROM entry
)
SELECT count(*) FROM event;

-- name: Review :one
-- Review reads one review.
SELECT number, supplier, name, tier, owner, weights, earlier, standing, policy_version, raised_at
FROM supplier_reviews WHERE number = @number;

-- name: ReviewsOf :many
-- ReviewsOf reads the reviews of some numbers.
SELECT number, supplier, name, tier, owner, weights, earlier, standing, policy_version, raised_at
FROM supplier_reviews WHERE number = ANY (@numbers::text[]);

-- name: Reviews :many
-- Reviews lists reviews, newest first. The order is total, so pages neither
-- repeat nor lose a row.
SELECT number, supplier, name, tier, owner, weights, earlier, standing, policy_version, raised_at
FROM supplier_reviews
WHERE (@state::text = '' OR state = @state::text)
  AND (NOT @open::boolean OR closed_at IS NULL)
  AND (@supplier::text = '' OR supplier = @supplier::text)
  AND (@band::text = '' OR band = @band::text)
  AND (@by_owner::text = '' OR owner = @by_owner::text)
  AND (@waiting_for::text = ''
       OR (closed_at IS NULL AND (waits_for @> ARRAY[@waiting_for::text] OR waits_roles && @waiting_roles::text[])))
  AND (raised_at, number) < (@before_at::timestamptz, @before_number::text)
ORDER BY raised_at DESC, number DESC
LIMIT @most;

-- name: ReviewedSuppliers :many
-- ReviewedSuppliers tells which suppliers supply, and of which tier each is.
SELECT number, tier FROM suppliers WHERE state IN ('active', 'watch', 'exit_planned', 'exiting') ORDER BY number;

-- name: ReviewsToCorrect :many
-- ReviewsToCorrect are the reviews that call for a corrective action which nobody has
-- raised, the oldest first.
SELECT number, supplier, name, tier, owner, weights, earlier, standing, policy_version, raised_at
FROM supplier_reviews r
WHERE corrects AND NOT EXISTS (SELECT FROM corrective_actions c WHERE c.source = r.number)
ORDER BY raised_at, number
LIMIT @most;

-- name: SupplierHolds :one
-- SupplierHolds tells how many incidents waited for a supplier within a time, and for how
-- many seconds all of them together.
SELECT count(DISTINCT number)::bigint AS held, coalesce(sum(extract(epoch FROM until - since)), 0)::bigint AS seconds
FROM (
    SELECT e.number, greatest(e.at, @from_at::timestamptz) AS since,
           least(coalesce((SELECT min(n.at) FROM events n
                           WHERE n.number = e.number AND n.revision > e.revision AND n.from_state = 'on_hold' AND n.to_state <> 'on_hold'),
                          @until::timestamptz), @until::timestamptz) AS until
    FROM events e
    WHERE e.kind = 'incident.held' AND e.detail -> 'hold' ->> 'for' = @supplier::text AND e.at < @until::timestamptz
) AS holds
WHERE until > since;

-- name: SupplierChanges :one
-- SupplierChanges tells how many changes that have to do with a supplier were carried out
-- within a time, and how many of them failed.
SELECT count(*)::bigint AS changes, (count(*) FILTER (WHERE outcome = 'failed'))::bigint AS failed
FROM changes c
WHERE closed_at >= @from_at::timestamptz AND closed_at < @until::timestamptz AND outcome <> ''
  AND links <> '[]' AND EXISTS (SELECT FROM jsonb_array_elements(c.links) AS l (link) WHERE link ->> 'url' = @supplier::text);
