-- name: NextProblemNumber :one
-- NextProblemNumber draws the next number. A number that no problem takes leaves a gap.
SELECT nextval('problem_number')::bigint;

-- name: RecordProblem :one
-- RecordProblem saves a problem for the first time: the row, its first event, all that
-- it leads to and the audit's entry, or nothing when the event is there already. It
-- counts the events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), problem AS (
    INSERT INTO problems (number, text, standing, reporter, door, owner, restricted, policy_version, raised_at,
                          since, waits_for, waits_roles, due_at, missed, closed_at)
    VALUES (@number, @text, @standing, @reporter, @problem_door, @owner, @restricted, @policy_version, @raised_at,
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

-- name: ProblemParties :one
-- ProblemParties tells what of a problem never changes and a save has to know.
SELECT text, reporter, owner FROM problems WHERE number = @number;

-- name: StepProblem :one
-- StepProblem saves what one event changed. The event, the vote, the relations that
-- are new and the audit's entry go in once, whatever the order of arrival. How the
-- problem stands moves only forward. It counts the events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), moved AS (
    UPDATE problems AS p
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

-- name: Problem :one
-- Problem reads one problem.
SELECT number, text, standing, reporter, door, owner, restricted, policy_version, raised_at
FROM problems WHERE number = @number;

-- name: ProblemsOf :many
-- ProblemsOf reads the problems of some numbers.
SELECT number, text, standing, reporter, door, owner, restricted, policy_version, raised_at
FROM problems WHERE number = ANY (@numbers::text[]);

-- name: Problems :many
-- Problems lists problems, newest first, that a reader may see. The order is total
-- and new rows come only at its head, so pages neither repeat nor lose a row.
SELECT number, text, standing, reporter, door, owner, restricted, policy_version, raised_at
FROM problems
WHERE (@state::text = '' OR state = @state::text)
  AND (NOT @open::boolean OR closed_at IS NULL)
  AND (@priority::text = '' OR priority = @priority::text)
  AND (@service::text = '' OR service = @service::text)
  AND (@team::text = '' OR team = @team::text)
  AND (@by_reporter::text = '' OR reporter = @by_reporter::text)
  AND (@by_coordinator::text = '' OR (coordinator = @by_coordinator::text AND coordinator <> ''))
  AND (@waiting_for::text = ''
       OR (closed_at IS NULL AND (waits_for @> ARRAY[@waiting_for::text] OR waits_roles && @waiting_roles::text[])))
  AND (NOT restricted OR @sees_all::boolean
       OR reporter = @reader::text OR owner = @reader::text OR coordinator = @reader::text OR team = ANY (@teams::text[])
       OR jsonb_exists(standing -> 'publication' -> 'asked', @reader::text))
  AND (raised_at, ordinal) < (@before_at::timestamptz, @before_ordinal::bigint)
ORDER BY raised_at DESC, ordinal DESC
LIMIT @most;

-- name: ProblemIncidents :many
-- ProblemIncidents lists the incidents that are not over and belong to a problem, or
-- to one that was merged into it, and those that wait for it; oldest first.
SELECT i.number FROM incidents i, problems p
WHERE p.number = @number AND i.closed_at IS NULL
  AND (i.number IN (SELECT r.from_number FROM relations r
                    WHERE r.to_number = ANY (p.covers) AND r.kind IN ('caused_by', 'applies', 'related_to'))
       OR i.number IN (SELECT r.to_number FROM relations r WHERE r.from_number = ANY (p.covers) AND r.kind = 'found_in')
       OR (i.state = 'on_hold' AND i.standing -> 'hold' ->> 'reason' = 'awaiting_problem'
           AND i.standing -> 'hold' ->> 'for' = ANY (p.covers)))
ORDER BY i.raised_at, i.ordinal
LIMIT @most;
