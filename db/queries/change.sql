-- name: NextChangeNumber :one
-- NextChangeNumber draws the next number. A number that no change takes leaves a gap.
SELECT nextval('change_number')::bigint;

-- name: RecordChange :one
-- RecordChange saves a change for the first time: the row, its first event and
-- the audit's entry, or nothing when the event is there already. It counts the
-- events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), change AS (
    INSERT INTO changes (number, type, title, description, service, plan, backout_plan, window_start, window_end,
                         deployment, requester, team, owner, restricted, state, outcome, revision, policy_version,
                         content_hash, approvers, implementer, raised_at, remind_at, expire_at, closed_at)
    VALUES (@number, @type, @title, @description, @service, @plan, @backout_plan, @window_start, @window_end,
            @deployment, @requester, @team, @owner, @restricted, @to_state, @outcome, @revision, @policy_version,
            @content_hash, @approvers, @implementer, @raised_at, @remind_at, @expire_at, @closed_at)
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

-- name: StepChange :one
-- StepChange saves what one event changed. The event, its decision and the
-- audit's entry go in once, whatever the order of arrival; the row moves only
-- forward. It counts the events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), change AS (
    UPDATE changes
    SET state = @to_state, outcome = @outcome, revision = @revision, approvers = @approvers,
        implementer = @implementer, remind_at = @remind_at, expire_at = @expire_at, closed_at = @closed_at
    WHERE changes.number = @number AND changes.revision < @revision
), decision AS (
    INSERT INTO decisions (number, revision, person, door, verdict, note, content_hash, at)
    SELECT number, revision, @decided_by::text, @decided_door::text, @verdict::text, @decision_note::text,
           @decided_hash::text, @decided_at::timestamptz
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

-- name: EventDigest :one
-- EventDigest tells what a revision was when it was saved.
SELECT digest FROM events WHERE number = @number AND revision = @revision;

-- name: Change :one
-- Change reads one change. It came to its state with the newest event that moved it.
SELECT sqlc.embed(changes),
       coalesce((SELECT e.at FROM events e
                 WHERE e.number = changes.number AND e.from_state <> e.to_state AND e.revision <= changes.revision
                 ORDER BY e.revision DESC LIMIT 1), changes.raised_at)::timestamptz AS since
FROM changes WHERE changes.number = @number;

-- name: Changes :many
-- Changes lists changes, newest first, that a reader may see. The order is total
-- and new rows come only at its head, so pages neither repeat nor lose a row.
SELECT sqlc.embed(changes),
       coalesce((SELECT e.at FROM events e
                 WHERE e.number = changes.number AND e.from_state <> e.to_state AND e.revision <= changes.revision
                 ORDER BY e.revision DESC LIMIT 1), changes.raised_at)::timestamptz AS since
FROM changes
WHERE (@state::text = '' OR changes.state = @state::text)
  AND (@service::text = '' OR changes.service = @service::text)
  AND (@requester::text = '' OR changes.requester = @requester::text)
  AND (@waiting_for::text = ''
       OR (changes.state = 'awaiting_approval' AND changes.approvers @> ARRAY[@waiting_for::text])
       OR (changes.state = 'scheduled' AND changes.requester = @waiting_for::text)
       OR (changes.state = 'implementing' AND changes.implementer = @waiting_for::text))
  AND (NOT changes.restricted OR @sees_all::boolean
       OR changes.requester = @reader::text OR changes.owner = @reader::text
       OR changes.approvers @> ARRAY[@reader::text] OR changes.team = ANY (@teams::text[]))
  AND (changes.raised_at, changes.ordinal) < (@before_at::timestamptz, @before_ordinal::bigint)
ORDER BY changes.raised_at DESC, changes.ordinal DESC
LIMIT @most;

-- name: Decisions :many
-- Decisions lists what was decided on some changes, in the order it was decided.
SELECT number, revision, person, door, verdict, note, content_hash, at FROM decisions
WHERE number = ANY (@numbers::text[]) ORDER BY number, revision;

-- name: Timeline :many
-- Timeline lists everything that happened to a record, first to last.
SELECT number, revision, kind, at, actor, door, from_state, to_state, note FROM events
WHERE number = @number ORDER BY revision;
