-- name: EnterAudit :exec
-- EnterAudit adds one entry that no record's save carries: a command or a refusal.
WITH entry AS (
    INSERT INTO audit_entries (outcome, action, subject, actor, door, credential, code, kind, facts, personal)
    VALUES (@outcome, @action, @subject, @actor, @door, @credential, @code, @kind, @facts, @personal)
    RETURNING id, actor
)
INSERT INTO audit_personal (entry, person, field, salt, value)
SELECT id, actor, unnest(@fields::text[]), unnest(@salts::bytea[]), unnest(@contents::text[]) FROM entry;

-- name: ErasePersonal :execrows
-- ErasePersonal forgets what the audit keeps of some people beside the chain:
-- without its salt, what stands in the chain says nothing.
DELETE FROM audit_personal WHERE person = ANY (@people::text[]);

-- name: CountRefusal :exec
-- CountRefusal counts a refusal to somebody unknown, per source and minute.
INSERT INTO refusal_counts (source, minute, code, count) VALUES (@source, @minute, @code, 1)
ON CONFLICT (minute, source, code) DO UPDATE SET count = refusal_counts.count + 1;

-- name: PurgeRefusalCounts :execrows
-- PurgeRefusalCounts forgets counts from before an instant: a source is personal.
DELETE FROM refusal_counts WHERE minute < @before;
