-- name: NextContractNumber :one
-- NextContractNumber draws the next number. A number that no contract takes leaves a gap.
SELECT nextval('contract_number')::bigint;

-- name: RecordContract :one
-- RecordContract saves a contract for the first time: the row, its first event and the audit's
-- entry, or nothing when the event is there already. It counts the events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), record AS (
    INSERT INTO contracts (number, title, supplier, tier, services, standing, reporter, door, policy_version, raised_at, since,
                         waits_for, waits_roles, due_at, closed_at)
    VALUES (@number, @title, @supplier, @tier, @services, @standing, @reporter, @raised_door, @policy_version, @raised_at, @since,
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

-- name: ContractParties :one
-- ContractParties tells what of a contract never changes and a save has to know.
SELECT title, supplier, tier, services, reporter FROM contracts WHERE number = @number;

-- name: StepContract :one
-- StepContract saves what one event changed. The event, the vote and the audit's entry go in once,
-- whatever the order of arrival. How the contract stands moves only forward. It counts the
-- events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), moved AS (
    UPDATE contracts AS r
    SET standing = @standing, since = @since, waits_for = @waits_for, waits_roles = @waits_roles, due_at = @due_at,
        closed_at = @closed_at
    FROM event WHERE r.number = event.number AND r.revision < event.revision
), decision AS (
    INSERT INTO decisions (number, revision, person, principal, door, verdict, note, content_hash, round, stage, at)
    SELECT number, revision, @decided_by::text, @decided_for::text, @decided_door::text, @verdict::text,
           @decision_note::text, @decided_hash::text, @round::integer, @stage::integer, @decided_at::timestamptz
    FROM event WHERE @verdict::text <> ''
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

-- name: Contract :one
-- Contract reads one contract.
SELECT number, title, supplier, tier, services, standing, reporter, door, policy_version, raised_at
FROM contracts WHERE number = @number;

-- name: ContractsOf :many
-- ContractsOf reads the contracts of some numbers.
SELECT number, title, supplier, tier, services, standing, reporter, door, policy_version, raised_at
FROM contracts WHERE number = ANY (@numbers::text[]);

-- name: Contracts :many
-- Contracts lists contracts, newest first. The order is total and new rows come only at its
-- head, so pages neither repeat nor lose a row.
SELECT number, title, supplier, tier, services, standing, reporter, door, policy_version, raised_at
FROM contracts
WHERE (@state::text = '' OR state = @state::text)
  AND (NOT @open::boolean OR closed_at IS NULL)
  AND (@supplier::text = '' OR supplier = @supplier::text)
  AND (@by_owner::text = '' OR owner = @by_owner::text)
  AND (@waiting_for::text = ''
       OR (closed_at IS NULL AND (waits_for @> ARRAY[@waiting_for::text] OR waits_roles && @waiting_roles::text[])))
  AND (raised_at, ordinal) < (@before_at::timestamptz, @before_ordinal::bigint)
ORDER BY raised_at DESC, ordinal DESC
LIMIT @most;

-- name: ContractsUncorrected :many
-- ContractsUncorrected lists the contracts for which a corrective action is due that nobody has
-- raised, oldest first.
SELECT number, title, supplier, tier, services, standing, reporter, door, policy_version, raised_at
FROM contracts
WHERE closed_at IS NULL AND jsonb_path_exists(standing, '$.corrections[*] ? (!exists(@.number))')
ORDER BY raised_at, ordinal
LIMIT @most;
