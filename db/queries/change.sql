-- name: NextChangeNumber :one
-- NextChangeNumber draws the next number. A number that no change takes leaves a gap.
SELECT nextval('change_number')::bigint;

-- name: RecordChange :one
-- RecordChange saves a change for the first time: the row, its first event and
-- the audit's entry, or nothing when the event is there already. It counts the
-- events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, edit, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @edit, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), change AS (
    INSERT INTO changes (number, type, title, description, service, plan, backout_plan, window_start, window_end,
                         deployment, justification, test_plan, backout_minutes, configuration_items, links, risk,
                         assessment, requester, team, owner, restricted, state, outcome, revision, policy_version,
                         content_hash, risk_score, approval, approvers, hold, assignee, implementer, raised_at,
                         remind_at, backup_at, expire_at, closed_at)
    VALUES (@number, @type, @title, @description, @service, @plan, @backout_plan, @window_start, @window_end,
            @deployment, @justification, @test_plan, @backout_minutes, @configuration_items, @links, @risk,
            @assessment, @requester, @team, @owner, @restricted, @to_state, @outcome, @revision, @policy_version,
            @content_hash, @risk_score, @approval, @approvers, @hold, @assignee, @implementer, @raised_at,
            @remind_at, @backup_at, @expire_at, @closed_at)
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
-- audit's entry go in once, whatever the order of arrival. How the change stands
-- moves only forward; a text that an edit touched moves forward on its own, for an
-- older edit of another text may come later. It counts the events that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, edit, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail,
            nullif(@edit::jsonb, '{}'), @digest, @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), change AS (
    UPDATE changes AS c
    SET revision = greatest(c.revision, event.revision),
        state = CASE WHEN c.revision < event.revision THEN @to_state::text ELSE c.state END,
        outcome = CASE WHEN c.revision < event.revision THEN @outcome::text ELSE c.outcome END,
        risk_score = CASE WHEN c.revision < event.revision THEN @risk_score::jsonb ELSE c.risk_score END,
        approval = CASE WHEN c.revision < event.revision THEN @approval::jsonb ELSE c.approval END,
        approvers = CASE WHEN c.revision < event.revision THEN @approvers::text[] ELSE c.approvers END,
        hold = CASE WHEN c.revision < event.revision THEN sqlc.narg('hold')::jsonb ELSE c.hold END,
        assignee = CASE WHEN c.revision < event.revision THEN @assignee::text ELSE c.assignee END,
        implementer = CASE WHEN c.revision < event.revision THEN @implementer::text ELSE c.implementer END,
        remind_at = CASE WHEN c.revision < event.revision THEN sqlc.narg('remind_at')::timestamptz ELSE c.remind_at END,
        backup_at = CASE WHEN c.revision < event.revision THEN sqlc.narg('backup_at')::timestamptz ELSE c.backup_at END,
        expire_at = CASE WHEN c.revision < event.revision THEN sqlc.narg('expire_at')::timestamptz ELSE c.expire_at END,
        closed_at = CASE WHEN c.revision < event.revision THEN sqlc.narg('closed_at')::timestamptz ELSE c.closed_at END,
        edited = c.edited || (SELECT coalesce(jsonb_object_agg(field, event.revision), '{}')
                              FROM jsonb_object_keys(@edit::jsonb) AS field
                              WHERE coalesce((c.edited ->> field)::integer, 0) < event.revision),
        title = CASE WHEN (c.edited ->> 'title')::integer > event.revision THEN c.title
                     ELSE coalesce(@edit::jsonb ->> 'title', c.title) END,
        description = CASE WHEN (c.edited ->> 'description')::integer > event.revision THEN c.description
                           ELSE coalesce(@edit::jsonb ->> 'description', c.description) END,
        plan = CASE WHEN (c.edited ->> 'plan')::integer > event.revision THEN c.plan
                    ELSE coalesce(@edit::jsonb ->> 'plan', c.plan) END,
        backout_plan = CASE WHEN (c.edited ->> 'backout_plan')::integer > event.revision THEN c.backout_plan
                            ELSE coalesce(@edit::jsonb ->> 'backout_plan', c.backout_plan) END,
        window_start = CASE WHEN (c.edited ->> 'window')::integer > event.revision OR NOT jsonb_exists(@edit::jsonb, 'window')
                            THEN c.window_start ELSE (@edit::jsonb #>> '{window,start}')::timestamptz END,
        window_end = CASE WHEN (c.edited ->> 'window')::integer > event.revision OR NOT jsonb_exists(@edit::jsonb, 'window')
                          THEN c.window_end ELSE (@edit::jsonb #>> '{window,end}')::timestamptz END,
        justification = CASE WHEN (c.edited ->> 'justification')::integer > event.revision THEN c.justification
                             ELSE coalesce(@edit::jsonb ->> 'justification', c.justification) END,
        test_plan = CASE WHEN (c.edited ->> 'test_plan')::integer > event.revision THEN c.test_plan
                         ELSE coalesce(@edit::jsonb ->> 'test_plan', c.test_plan) END,
        backout_minutes = CASE WHEN (c.edited ->> 'backout_minutes')::integer > event.revision THEN c.backout_minutes
                               ELSE coalesce((@edit::jsonb ->> 'backout_minutes')::integer, c.backout_minutes) END,
        configuration_items = CASE WHEN (c.edited ->> 'configuration_items')::integer > event.revision
                                        OR NOT jsonb_exists(@edit::jsonb, 'configuration_items') THEN c.configuration_items
                                   ELSE ARRAY(SELECT jsonb_array_elements_text(@edit::jsonb -> 'configuration_items')) END,
        links = CASE WHEN (c.edited ->> 'links')::integer > event.revision THEN c.links
                     ELSE coalesce(@edit::jsonb -> 'links', c.links) END,
        risk = CASE WHEN (c.edited ->> 'risk')::integer > event.revision THEN c.risk
                    ELSE coalesce(@edit::jsonb -> 'risk', c.risk) END,
        assessment = CASE WHEN (c.edited ->> 'assessment')::integer > event.revision THEN c.assessment
                          ELSE coalesce(@edit::jsonb -> 'assessment', c.assessment) END,
        content_hash = CASE WHEN (c.edited ->> 'content_hash')::integer > event.revision THEN c.content_hash
                            ELSE coalesce(@edit::jsonb ->> 'content_hash', c.content_hash) END
    FROM event
    WHERE c.number = event.number AND (c.revision < event.revision OR @edit::jsonb <> '{}')
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

-- name: ChangesOf :many
-- ChangesOf reads the changes of some numbers.
SELECT sqlc.embed(changes),
       coalesce((SELECT e.at FROM events e
                 WHERE e.number = changes.number AND e.from_state <> e.to_state AND e.revision <= changes.revision
                 ORDER BY e.revision DESC LIMIT 1), changes.raised_at)::timestamptz AS since
FROM changes WHERE changes.number = ANY (@numbers::text[]);

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
  AND (@risk_tier::text = '' OR changes.risk_tier = @risk_tier::text)
  AND (@waiting_for::text = ''
       OR (changes.state = 'awaiting_assessment' AND changes.requester = @waiting_for::text)
       OR (changes.state IN ('awaiting_approval', 'scheduled') AND changes.hold IS NOT NULL
           AND changes.requester = @waiting_for::text)
       OR (changes.state = 'awaiting_approval' AND changes.hold IS NULL
           AND changes.approvers @> ARRAY[@waiting_for::text])
       OR (changes.state = 'scheduled' AND changes.hold IS NULL AND changes.assignee = @waiting_for::text)
       OR (changes.state = 'scheduled' AND changes.assignee = '' AND changes.requester = @waiting_for::text)
       OR (changes.state = 'implementing' AND changes.implementer = @waiting_for::text))
  AND (NOT changes.restricted OR @sees_all::boolean
       OR changes.requester = @reader::text OR changes.owner = @reader::text
       OR changes.assignee = @reader::text OR changes.approvers @> ARRAY[@reader::text]
       OR jsonb_exists(changes.approval -> 'asked', @reader::text) OR changes.team = ANY (@teams::text[]))
  AND (changes.raised_at, changes.ordinal) < (@before_at::timestamptz, @before_ordinal::bigint)
ORDER BY changes.raised_at DESC, changes.ordinal DESC
LIMIT @most;

-- name: RecentChanges :many
-- RecentChanges lists changes to a service that a reader may see, and that are being
-- carried out or were until after an instant; those under way first, then the latest
-- to end.
SELECT sqlc.embed(changes),
       coalesce((SELECT e.at FROM events e
                 WHERE e.number = changes.number AND e.from_state <> e.to_state AND e.revision <= changes.revision
                 ORDER BY e.revision DESC LIMIT 1), changes.raised_at)::timestamptz AS since
FROM changes
WHERE changes.service = @service
  AND (changes.state = 'implementing' OR (changes.state = 'closed' AND changes.closed_at >= @ended_since::timestamptz))
  AND (NOT changes.restricted OR @sees_all::boolean
       OR changes.requester = @reader::text OR changes.owner = @reader::text
       OR changes.assignee = @reader::text OR changes.approvers @> ARRAY[@reader::text]
       OR jsonb_exists(changes.approval -> 'asked', @reader::text) OR changes.team = ANY (@teams::text[]))
ORDER BY changes.closed_at DESC NULLS FIRST, changes.ordinal DESC
LIMIT @most;

-- name: Decisions :many
-- Decisions lists what was decided on some changes, in the order it was decided,
-- with the revision that took it back; 0 when none did.
SELECT d.number, d.revision, d.person, d.principal, d.door, d.verdict, d.note, d.content_hash, d.round, d.stage, d.at,
       coalesce((SELECT min(e.revision) FROM events e
                 WHERE e.number = d.number AND e.kind = 'change.vote_withdrawn' AND e.revision > d.revision
                   AND e.detail #>> '{withdrawn,by}' = d.person
                   AND coalesce((e.detail #>> '{withdrawn,round}')::integer, 1) = d.round
                   AND coalesce((e.detail #>> '{withdrawn,stage}')::integer, 1) = d.stage), 0)::integer AS taken_back
FROM decisions d WHERE d.number = ANY (@numbers::text[]) ORDER BY d.number, d.revision;

-- name: Timeline :many
-- Timeline lists everything that happened to a record, first to last.
SELECT number, revision, kind, at, actor, door, from_state, to_state, note, detail FROM events
WHERE number = @number ORDER BY revision;
