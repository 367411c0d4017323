-- name: CountAlert :one
-- CountAlert counts an alert that fires for an incident which somebody sees to: that
-- is open, or being raised or reopened just now. No row means that more is to be done
-- than to count.
WITH incident AS (
    UPDATE alert_incidents AS a
    SET count = a.count + 1, last_at = clock_timestamp(), ended_at = NULL, end_due = false
    WHERE a.source = @source AND a.dedup_key = @dedup_key
      AND (a.state = 'open' OR ((a.state = 'raising' OR (a.state = 'resolved' AND a.unsettled)) AND a.lease_until > now()))
    RETURNING a.number, a.source, a.dedup_key, a.count
), alert AS (
    INSERT INTO alerts (number, fingerprint, source, dedup_key, firing, count, draft, said_at)
    SELECT number, @fingerprint::text, source, dedup_key, true, 1, @draft::jsonb, @said_at::timestamptz FROM incident
    ON CONFLICT (number, fingerprint) DO UPDATE
    SET count = alerts.count + 1, firing = true, last_at = clock_timestamp(), ended_at = NULL
)
SELECT number, count FROM incident;

-- name: LockAlertKey :exec
-- LockAlertKey lets one transaction at a time do more for a key than count.
SELECT pg_advisory_xact_lock(hashtextextended(@source::text || E'\n' || @dedup_key::text, 7));

-- name: LockAlertIncident :one
-- LockAlertIncident reads the newest incident of a key, and keeps others from it
-- meanwhile; leased tells whether somebody is at it.
SELECT *, (lease_until > clock_timestamp())::boolean AS leased FROM alert_incidents
WHERE source = @source AND dedup_key = @dedup_key FOR UPDATE;

-- name: OpenAlertIncident :one
-- OpenAlertIncident begins an incident for a key: its first, or another after one
-- that is settled. Whoever asked has the lease.
INSERT INTO alert_incidents (source, dedup_key, number, state, draft, count, noted_count, lease_until)
VALUES (@source, @dedup_key, 'INC-' || nextval('incident_number'), 'raising', @draft, 1, 1,
        clock_timestamp() + @lease::interval)
ON CONFLICT (source, dedup_key) DO UPDATE
SET number = excluded.number, was = alert_incidents.number, state = 'raising', draft = excluded.draft, count = 1, last_at = clock_timestamp(),
    ended_at = NULL, end_due = false, settled_at = NULL, unsettled = false,
    noted_count = 1, noted_times = 0, noted_at = now(), lease_until = excluded.lease_until
RETURNING *;

-- name: FireAlertIncident :one
-- FireAlertIncident counts an alert of an incident that nobody sees to: it was never
-- raised, or is settled. Whoever asked has the lease, if anybody is to have it.
UPDATE alert_incidents
SET count = count + 1, last_at = clock_timestamp(), ended_at = NULL, end_due = false,
    unsettled = (state IN ('resolved', 'over')),
    draft = CASE WHEN state = 'resolved' THEN @draft::jsonb ELSE draft END,
    lease_until = CASE WHEN @leased::boolean THEN clock_timestamp() + @lease::interval ELSE lease_until END
WHERE source = @source AND dedup_key = @dedup_key
RETURNING *;

-- name: FireAlert :exec
-- FireAlert counts one alert of an incident.
INSERT INTO alerts (number, fingerprint, source, dedup_key, firing, count, draft, said_at)
VALUES (@number, @fingerprint, @source, @dedup_key, true, 1, @draft, @said_at)
ON CONFLICT (number, fingerprint) DO UPDATE
SET count = alerts.count + 1, firing = true, last_at = clock_timestamp(), ended_at = NULL;

-- name: CarryAlerts :exec
-- CarryAlerts hands the alerts that still fire from a settled incident to the one that
-- was raised after it.
WITH ended AS (
    UPDATE alerts AS a SET firing = false, ended_at = clock_timestamp() WHERE a.number = @was AND a.firing
    RETURNING a.fingerprint, a.source, a.dedup_key, a.draft, a.said_at, a.first_at, a.last_at
)
INSERT INTO alerts (number, fingerprint, source, dedup_key, firing, count, draft, said_at, first_at, last_at)
SELECT @number::text, fingerprint, source, dedup_key, true, 0, draft, said_at, first_at, last_at FROM ended
ON CONFLICT (number, fingerprint) DO NOTHING;

-- name: EndAlert :one
-- EndAlert ends one alert of an incident. It tells whether that is news, and whether
-- others fire on.
WITH ended AS (
    UPDATE alerts AS a SET firing = false, ended_at = clock_timestamp()
    WHERE a.number = @number AND a.fingerprint = @fingerprint AND a.firing
    RETURNING a.fingerprint
)
SELECT EXISTS (SELECT FROM ended) AS news,
       EXISTS (SELECT FROM alerts o WHERE o.number = @number AND o.fingerprint <> @fingerprint AND o.firing) AS firing;

-- name: EndAlertIncident :one
-- EndAlertIncident takes note that no alert of an incident fires any more: nothing of
-- it is unsettled, and if it is open, that is to be acted on.
UPDATE alert_incidents
SET ended_at = coalesce(ended_at, clock_timestamp()), unsettled = false,
    end_due = end_due OR (@news::boolean AND state IN ('raising', 'open')),
    lease_until = CASE WHEN state = 'open' AND (end_due OR @news::boolean)
                       THEN greatest(lease_until, clock_timestamp() + @lease::interval) ELSE lease_until END
WHERE source = @source AND dedup_key = @dedup_key
RETURNING *;

-- name: ClaimAlertIncidents :many
-- ClaimAlertIncidents leases what is to be done and nobody is at: incidents that were
-- never raised, settled ones for which an alert fires, open ones for which none does,
-- and those whose process is to be told how often alerts came again; that, at growing
-- intervals. For one that is over, it begins another. Several relays may ask at once
-- and never get the same one.
WITH due AS MATERIALIZED (
    SELECT d.source, d.dedup_key, d.number, d.state FROM alert_incidents d
    WHERE d.lease_until <= now() AND (d.state <> 'over' OR d.unsettled)
      AND (d.state = 'raising' OR d.unsettled
           OR (d.state = 'open' AND (d.end_due OR (d.count > d.noted_count AND d.noted_at <= now()
               - least(interval '1 minute' * power(2, least(d.noted_times, 6)), interval '1 hour')))))
    ORDER BY d.lease_until LIMIT @most FOR UPDATE SKIP LOCKED
)
UPDATE alert_incidents AS a
SET lease_until = now() + @lease::interval,
    number = CASE WHEN due.state = 'over' THEN 'INC-' || nextval('incident_number') ELSE a.number END,
    was = CASE WHEN due.state = 'over' THEN a.number ELSE a.was END,
    state = CASE WHEN due.state = 'over' THEN 'raising' ELSE a.state END,
    count = CASE WHEN due.state = 'over' THEN 1 ELSE a.count END,
    settled_at = CASE WHEN due.state = 'over' THEN NULL ELSE a.settled_at END,
    unsettled = a.unsettled AND due.state <> 'over',
    noted_count = CASE WHEN due.state = 'over' THEN 1 ELSE a.noted_count END,
    noted_times = CASE WHEN due.state = 'over' THEN 0 ELSE a.noted_times END,
    noted_at = CASE WHEN due.state = 'over' THEN now() ELSE a.noted_at END
FROM due WHERE a.source = due.source AND a.dedup_key = due.dedup_key
RETURNING a.source, a.dedup_key, a.number, a.was, a.state, a.draft, a.count, a.last_at, a.end_due,
          (due.state = 'over')::boolean AS anew;

-- name: UnsettledAlerts :many
-- UnsettledAlerts lists settled incidents for which an alert fires, the longest first.
SELECT source, dedup_key, number, was, state, draft, count, last_at FROM alert_incidents
WHERE unsettled AND state IN ('resolved', 'over') ORDER BY last_at LIMIT @most;

-- name: RaisedAlert :exec
-- RaisedAlert says that an incident was raised, and ends the lease.
UPDATE alert_incidents SET state = 'open', lease_until = now() WHERE number = @number AND state = 'raising';

-- name: RefusedAlert :exec
-- RefusedAlert gives up an incident that cannot be raised. An alert that fires again
-- begins another.
UPDATE alert_incidents
SET state = 'over', settled_at = clock_timestamp(), unsettled = false, end_due = false, lease_until = now()
WHERE number = @number AND state = 'raising';

-- name: NotedAlerts :exec
-- NotedAlerts says how many alerts the process was told of, and ends the lease. That
-- all have ended needs nothing more, unless one came since.
UPDATE alert_incidents
SET noted_count = greatest(noted_count, least(@count::bigint, count)), noted_times = noted_times + 1, noted_at = now(),
    end_due = end_due AND count <> @count::bigint, lease_until = now()
WHERE number = @number;

-- name: AlertIncident :one
-- AlertIncident reads the newest incident of a key.
SELECT * FROM alert_incidents WHERE source = @source AND dedup_key = @dedup_key;

-- name: AlertsOf :many
-- AlertsOf lists the alerts of an incident: those that fire first, then the latest.
SELECT * FROM alerts WHERE number = @number ORDER BY firing DESC, last_at DESC, fingerprint;
