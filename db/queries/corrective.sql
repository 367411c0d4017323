-- name: NextCorrectiveNumber :one
-- NextCorrectiveNumber draws the next number. A number that no corrective action takes leaves a gap.
SELECT nextval('corrective_action_number')::bigint;

-- name: RecordCorrective :one
-- RecordCorrective saves a corrective action for the first time: the row, its first event, all that
-- it leads to and the audit's entry, or nothing when the event is there already. It
-- counts the events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), corrective AS (
    INSERT INTO corrective_actions (number, text, standing, reporter, door, restricted, policy_version, raised_at,
                          since, waits_for, waits_roles, due_at, missed, closed_at)
    VALUES (@number, @text, @standing, @reporter, @raised_door, @restricted, @policy_version, @raised_at,
            @since, @waits_for, @waits_roles, @due_at, @missed, @closed_at)
    ON CONFLICT (number) DO NOTHING
), relation AS (
    INSERT INTO relations (from_number, kind, to_number, by_person, at)
    SELECT number, unnest(@relations::text[]), unnest(@related_to::text[]), unnest(@related_by::text[]),
           unnest(@related_at::timestamptz[])
    FROM event
    ON CONFLICT (from_number, kind, to_number) DO NOTHING
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

-- name: CorrectiveParties :one
-- CorrectiveParties tells what of a corrective action never changes and a save has to know.
SELECT text, reporter FROM corrective_actions WHERE number = @number;

-- name: StepCorrective :one
-- StepCorrective saves what one event changed. The event, the vote, the relations that
-- are new and the audit's entry go in once, whatever the order of arrival. How the
-- corrective action stands moves only forward. It counts the events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), moved AS (
    UPDATE corrective_actions AS p
    SET standing = @standing, since = @since, waits_for = @waits_for, waits_roles = @waits_roles, due_at = @due_at,
        missed = @missed, closed_at = @closed_at
    FROM event WHERE p.number = event.number AND p.revision < event.revision
), decision AS (
    INSERT INTO decisions (number, revision, person, principal, door, verdict, note, content_hash, round, stage, at)
    SELECT number, revision, @decided_by::text, @decided_for::text, @decided_door::text, @verdict::text,
           @decision_note::text, @decided_hash::text, @round::integer, @stage::integer, @decided_at::timestamptz
    FROM event WHERE @verdict::text <> ''
), relation AS (
    INSERT INTO relations (from_number, kind, to_number, by_person, at)
    SELECT number, unnest(@relations::text[]), unnest(@related_to::text[]), unnest(@related_by::text[]),
           unnest(@related_at::timestamptz[])
    FROM event
    ON CONFLICT (from_number, kind, to_number) DO NOTHING
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

-- name: Corrective :one
-- Corrective reads one corrective action.
SELECT number, text, standing, reporter, door, restricted, policy_version, raised_at
FROM corrective_actions WHERE number = @number;

-- name: CorrectivesOf :many
-- CorrectivesOf reads the corrective actions of some numbers.
SELECT number, text, standing, reporter, door, restricted, policy_version, raised_at
FROM corrective_actions WHERE number = ANY (@numbers::text[]);

-- name: Correctives :many
-- Correctives lists corrective actions, newest first, that a reader may see. The order is total
-- and new rows come only at its head, so pages neither repeat nor lose a row.
SELECT number, text, standing, reporter, door, restricted, policy_version, raised_at
FROM corrective_actions
WHERE (@state::text = '' OR state = @state::text)
  AND (NOT @open::boolean OR closed_at IS NULL)
  AND (@severity::text = '' OR severity = @severity::text)
  AND (@service::text = '' OR service = @service::text)
  AND (@team::text = '' OR team = @team::text)
  AND (@by_reporter::text = '' OR reporter = @by_reporter::text)
  AND (@by_owner::text = '' OR owner = @by_owner::text)
  AND (@source::text = '' OR (source = @source::text AND source <> ''))
  AND (@waiting_for::text = ''
       OR (closed_at IS NULL AND (waits_for @> ARRAY[@waiting_for::text] OR waits_roles && @waiting_roles::text[])))
  AND (NOT restricted OR @sees_all::boolean
       OR reporter = @reader::text OR owner = @reader::text OR team = ANY (@teams::text[])
       OR jsonb_exists(standing -> 'acceptance' -> 'asked', @reader::text)
       OR jsonb_path_exists(standing, '$.steps[*] ? (@.owner == $who)', jsonb_build_object('who', @reader::text)))
  AND (raised_at, ordinal) < (@before_at::timestamptz, @before_ordinal::bigint)
ORDER BY raised_at DESC, ordinal DESC
LIMIT @most;

