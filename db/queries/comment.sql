-- name: RecordComment :one
-- RecordComment saves what somebody said, with the audit's entry, or nothing when
-- it is there already. It counts the comments that were new.
WITH comment AS (
    INSERT INTO comments (number, id, kind, by_person, door, at, text, reply_to, digest,
                          credential, workflow_id, run_id, act_id)
    VALUES (@number, @id, @kind, @by_person, @door, @at, @text, @reply_to, @digest,
            @credential, @workflow_id, @run_id, @act_id)
    ON CONFLICT (number, id) DO NOTHING
    RETURNING number, by_person, door, credential, workflow_id, run_id, act_id
), entry AS (
    INSERT INTO audit_entries (outcome, action, subject, actor, door, credential,
                               workflow_id, run_id, act_id, facts, personal)
    SELECT 'done', @action::text, number, by_person, door, credential, workflow_id, run_id, act_id,
           @facts::jsonb, @personal::jsonb
    FROM comment
    RETURNING id, actor
), kept AS (
    INSERT INTO audit_personal (entry, person, field, salt, value)
    SELECT id, actor, unnest(@fields::text[]), unnest(@salts::bytea[]), unnest(@contents::text[]) FROM entry
)
SELECT count(*) FROM comment;

-- name: CommentDigest :one
-- CommentDigest tells what a comment was when it was saved.
SELECT digest FROM comments WHERE number = @number AND id = @id;

-- name: Comments :many
-- Comments lists what was said about a record, first to last.
SELECT number, id, kind, by_person, door, at, text, reply_to FROM comments
WHERE number = @number ORDER BY id;
