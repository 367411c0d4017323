-- name: NextSupplierNumber :one
-- NextSupplierNumber draws the next number. A number that no supplier takes leaves a gap.
SELECT nextval('supplier_number')::bigint;

-- name: RecordSupplier :one
-- RecordSupplier saves a supplier for the first time: the row, its first event and the audit's
-- entry, or nothing when the event is there already. It counts the events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), record AS (
    INSERT INTO suppliers (number, standing, reporter, door, policy_version, raised_at, since,
                         waits_for, waits_roles, due_at, closed_at)
    VALUES (@number, @standing, @reporter, @raised_door, @policy_version, @raised_at, @since,
            @waits_for, @waits_roles, @due_at, @closed_at)
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

-- name: SupplierParties :one
-- SupplierParties tells what of a supplier never changes and a save has to know.
SELECT reporter FROM suppliers WHERE number = @number;

-- name: StepSupplier :one
-- StepSupplier saves what one event changed. The event and the audit's entry go in once,
-- whatever the order of arrival. How the supplier stands moves only forward. It counts the
-- events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), moved AS (
    UPDATE suppliers AS r
    SET standing = @standing, since = @since, waits_for = @waits_for, waits_roles = @waits_roles, due_at = @due_at,
        closed_at = @closed_at
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

-- name: Supplier :one
-- Supplier reads one supplier.
SELECT number, standing, reporter, door, policy_version, raised_at
FROM suppliers WHERE number = @number;

-- name: SuppliersOf :many
-- SuppliersOf reads the suppliers of some numbers.
SELECT number, standing, reporter, door, policy_version, raised_at
FROM suppliers WHERE number = ANY (@numbers::text[]);

-- name: Suppliers :many
-- Suppliers lists suppliers, newest first. The order is total and new rows come only at its
-- head, so pages neither repeat nor lose a row.
SELECT number, standing, reporter, door, policy_version, raised_at
FROM suppliers
WHERE (@state::text = '' OR state = @state::text)
  AND (NOT @open::boolean OR closed_at IS NULL)
  AND (@tier::text = '' OR tier = @tier::text)
  AND (@service::text = '' OR jsonb_exists(standing -> 'services', @service::text))
  AND (@by_owner::text = '' OR owner = @by_owner::text OR deputy = @by_owner::text)
  AND (@waiting_for::text = ''
       OR (closed_at IS NULL AND (waits_for @> ARRAY[@waiting_for::text] OR waits_roles && @waiting_roles::text[])))
  AND (raised_at, ordinal) < (@before_at::timestamptz, @before_ordinal::bigint)
ORDER BY raised_at DESC, ordinal DESC
LIMIT @most;

-- name: SuppliersUncorrected :many
-- SuppliersUncorrected lists the suppliers for which a corrective action is due that nobody has
-- raised, oldest first.
SELECT number, standing, reporter, door, policy_version, raised_at
FROM suppliers
WHERE closed_at IS NULL AND jsonb_path_exists(standing, '$.corrections[*] ? (!exists(@.number))')
ORDER BY raised_at, ordinal
LIMIT @most;
