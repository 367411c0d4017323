-- name: NextIncidentNumber :one
-- NextIncidentNumber draws the next number. A number that no incident takes leaves a gap.
SELECT nextval('incident_number')::bigint;

-- name: RecordIncident :one
-- RecordIncident saves an incident for the first time: the row, its first event,
-- what it goes on from and the audit's entry, or nothing when the event is there
-- already. What monitoring raised it for is open from now on. It counts the events
-- that were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), incident AS (
    INSERT INTO incidents (number, text, standing, reporter, door, owner, restricted, policy_version, raised_at,
                           since, waits_for, due_at, missed, closed_at)
    VALUES (@number, @text, @standing, @reporter, @incident_door, @owner, @restricted, @policy_version, @raised_at,
            @since, @waits_for, @due_at, @missed, @closed_at)
    ON CONFLICT (number) DO NOTHING
), relation AS (
    INSERT INTO relations (from_number, kind, to_number, by_person, at)
    SELECT number, 'follows', @follows::text, @reporter, @raised_at FROM event WHERE @follows::text <> ''
    ON CONFLICT (from_number, kind, to_number) DO NOTHING
), opened AS (
    UPDATE alert_incidents AS a SET state = 'open' FROM event WHERE a.number = event.number AND a.state = 'raising'
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

-- name: IncidentParties :one
-- IncidentParties tells who reported an incident and who owns its service: neither
-- ever changes.
SELECT reporter, owner FROM incidents WHERE number = @number;

-- name: StepIncident :one
-- StepIncident saves what one event changed. The event, the relation that it made
-- and the audit's entry go in once, whatever the order of arrival. How the incident
-- stands moves only forward, and with it what the intake of alerts knows of it: an
-- alert that fired since the incident was settled, or that fires though monitoring
-- said that all is well, is one that nobody has looked at. It counts the events that
-- were new.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, revision) DO NOTHING
    RETURNING number, revision, kind, actor, door, credential, workflow_id, run_id, act_id
), moved AS (
    UPDATE incidents AS i
    SET standing = @standing, since = @since, waits_for = @waits_for, due_at = @due_at, missed = @missed,
        closed_at = @closed_at
    FROM event WHERE i.number = event.number AND i.revision < event.revision
    RETURNING i.number
), settled AS (
    UPDATE alert_incidents AS a
    SET state = @alerts::text, settled_at = sqlc.narg('settled_at')::timestamptz,
        unsettled = @alerts::text <> 'open' AND (a.unsettled OR (a.ended_at IS NULL
                    AND (a.last_at > sqlc.narg('settled_at')::timestamptz OR @by_monitoring::boolean))),
        end_due = a.end_due AND @alerts::text = 'open'
    FROM moved WHERE a.number = moved.number AND a.state <> @alerts::text
), relation AS (
    INSERT INTO relations (from_number, kind, to_number, by_person, at)
    SELECT number, @relation::text, @related_to::text, @related_by::text, @related_at::timestamptz
    FROM event WHERE @relation::text <> ''
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

-- name: Incident :one
-- Incident reads one incident.
SELECT number, text, standing, reporter, door, owner, restricted, policy_version, raised_at
FROM incidents WHERE number = @number;

-- name: IncidentsOf :many
-- IncidentsOf reads the incidents of some numbers.
SELECT number, text, standing, reporter, door, owner, restricted, policy_version, raised_at
FROM incidents WHERE number = ANY (@numbers::text[]);

-- name: Incidents :many
-- Incidents lists incidents, newest first, that a reader may see. The order is total
-- and new rows come only at its head, so pages neither repeat nor lose a row.
SELECT number, text, standing, reporter, door, owner, restricted, policy_version, raised_at
FROM incidents
WHERE (@state::text = '' OR state = @state::text)
  AND (cardinality(@states::text[]) = 0 OR state = ANY (@states::text[]))
  AND (@priority::text = '' OR priority = @priority::text)
  AND (@service::text = '' OR service = @service::text)
  AND (@team::text = '' OR team = @team::text)
  AND (@reporter::text = '' OR reporter = @reporter::text)
  AND (@assignee::text = '' OR (assignee = @assignee::text AND assignee <> ''))
  AND (@parent::text = '' OR (parent = @parent::text AND parent <> ''))
  AND (@waiting_for::text = '' OR (closed_at IS NULL AND waits_for @> ARRAY[@waiting_for::text]))
  AND (NOT restricted OR @sees_all::boolean
       OR reporter = @reader::text OR owner = @reader::text OR assignee = @reader::text OR team = ANY (@teams::text[])
       OR standing -> 'escalation' -> 'calls' @>
          jsonb_build_array(jsonb_build_object('people', jsonb_build_array(@reader::text))))
  AND (raised_at, ordinal) < (@before_at::timestamptz, @before_ordinal::bigint)
ORDER BY raised_at DESC, ordinal DESC
LIMIT @most;

-- name: IncidentChildren :many
-- IncidentChildren lists the incidents that follow another and are not over.
SELECT number FROM incidents WHERE parent = @parent AND parent <> '' AND closed_at IS NULL ORDER BY ordinal;

-- name: ImportedIncident :one
-- ImportedIncident finds what was imported from somewhere.
SELECT number FROM incidents WHERE origin = @origin;

-- name: ImportIncident :execrows
-- ImportIncident writes an incident that is over, once for each origin.
INSERT INTO incidents (number, text, standing, reporter, door, owner, restricted, policy_version, origin, raised_at,
                       since, waits_for, missed, closed_at)
VALUES (@number, @text, @standing, @reporter, @door, @owner, @restricted, @policy_version, @origin, @raised_at,
        @since, '{}', @missed, @closed_at)
ON CONFLICT (origin) DO NOTHING;

-- name: ImportEvent :exec
-- ImportEvent writes what happened to an imported incident, with the audit's entry.
WITH event AS (
    INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest,
                        credential, workflow_id, run_id, act_id)
    VALUES (@number, @revision, @kind, @at, @actor, @door, @from_state, @to_state, @note, @detail, @digest, '', '', '', '')
    RETURNING number, revision, kind, actor, door
), entry AS (
    INSERT INTO audit_entries (outcome, action, subject, revision, actor, door, facts, personal)
    SELECT 'done', kind, number, revision, actor, door, @facts::jsonb, @personal::jsonb FROM event
    RETURNING id, actor
)
INSERT INTO audit_personal (entry, person, field, salt, value)
SELECT id, actor, unnest(@fields::text[]), unnest(@salts::bytea[]), unnest(@contents::text[]) FROM entry;
