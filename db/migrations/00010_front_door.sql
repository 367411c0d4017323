-- One door to records of all kinds: what they are found by, who may see them, and how
-- they are to one another. Each kind adds one function, one trigger and one branch of
-- the first view. The version before may run beside: of what was there nothing changes,
-- and what is kept here the database fills by itself.

-- +goose Up

-- What a record is found by. A table of its own, and no column of each kind's: what
-- reads a record has no use for it, and one index finds records of all kinds.
CREATE TABLE record_words (
    number    text        NOT NULL,
    words     tsvector    NOT NULL,
    raised_at timestamptz NOT NULL,
    CONSTRAINT record_words_pkey PRIMARY KEY (number)
);
CREATE INDEX record_words_by_words ON record_words USING gin (words);

-- weighed are words by how much they count: the number and the title most, then what
-- was said of it, then what came of it. English, for the reason that words_of gives.
-- +goose StatementBegin
CREATE FUNCTION weighed(title text, said text, came text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('pg_catalog.english', coalesce(title, '')), 'A')
        || setweight(to_tsvector('pg_catalog.english', coalesce(said, '')), 'B')
        || setweight(to_tsvector('pg_catalog.english', coalesce(came, '')), 'C')
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION found_by(c changes) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT weighed(c.number || ' ' || c.title, c.description || ' ' || c.justification, c.plan)
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION found_by(i incidents) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT weighed(i.number || ' ' || i.title, concat_ws(' ', i.text ->> 'description', i.text ->> 'symptom'),
                   i.standing -> 'resolution' ->> 'note')
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION found_by(p problems) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT weighed(p.number || ' ' || p.title, p.text ->> 'description', p.standing -> 'root_cause' -> 'cause' ->> 'text')
        || coalesce(p.words, '')
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION found_by(c corrective_actions) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT weighed(c.number || ' ' || c.title, concat_ws(' ', c.text ->> 'nonconformity', c.text ->> 'correction'),
                   concat_ws(' ', c.standing -> 'root_cause' -> 'cause' ->> 'text', c.standing -> 'plan' ->> 'measure',
                             c.standing -> 'verification' ->> 'note'))
$$;
-- +goose StatementEnd

-- keep_words keeps what a record is found by, in the statement that saves the record.
-- Nobody else may write it.
-- +goose StatementBegin
CREATE FUNCTION keep_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO record_words (number, words, raised_at) VALUES (NEW.number, found_by(NEW), NEW.raised_at)
    ON CONFLICT (number) DO UPDATE SET words = EXCLUDED.words WHERE record_words.words <> EXCLUDED.words;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER changes_words_kept AFTER INSERT OR UPDATE ON changes FOR EACH ROW EXECUTE FUNCTION keep_words();
CREATE TRIGGER incidents_words_kept AFTER INSERT OR UPDATE ON incidents FOR EACH ROW EXECUTE FUNCTION keep_words();
CREATE TRIGGER problems_words_kept AFTER INSERT OR UPDATE ON problems FOR EACH ROW EXECUTE FUNCTION keep_words();
CREATE TRIGGER corrective_actions_words_kept AFTER INSERT OR UPDATE ON corrective_actions
    FOR EACH ROW EXECUTE FUNCTION keep_words();
INSERT INTO record_words (number, words, raised_at)
SELECT number, found_by(c), raised_at FROM changes c
UNION ALL SELECT number, found_by(i), raised_at FROM incidents i
UNION ALL SELECT number, found_by(p), raised_at FROM problems p
UNION ALL SELECT number, found_by(c), raised_at FROM corrective_actions c;

CREATE INDEX changes_linking ON changes (number) WHERE links <> '[]';
CREATE INDEX incidents_held_for ON incidents ((standing -> 'hold' ->> 'for')) WHERE state = 'on_hold';

-- Every record, as far as lists of all of them have to know. Whom one that is
-- restricted concerns is what the rules say in CheckRead of its kind. When it is due is
-- what they say in Record.
CREATE VIEW records AS
SELECT 'change'::text AS kind, number, ordinal, title, service, state, requester AS reporter,
       CASE WHEN implementer <> '' THEN implementer ELSE assignee END AS assignee, team, restricted,
       ARRAY[requester, owner, assignee] || approvers || texts_of(approval -> 'asked') AS concerned,
       raised_at, closed_at,
       CASE WHEN closed_at IS NULL THEN window_start END AS starts_at,
       CASE WHEN state = 'awaiting_approval' THEN expire_at WHEN closed_at IS NULL THEN window_end END AS due_at
FROM changes
UNION ALL
SELECT 'incident', number, ordinal, title, service, state, reporter, assignee, team, restricted,
       ARRAY[reporter, owner, assignee] || texts_of(jsonb_path_query_array(standing, '$.escalation.calls[*].people[*]')),
       raised_at, closed_at, NULL, due_at
FROM incidents
UNION ALL
SELECT 'problem', number, ordinal, title, service, state, reporter, coordinator, team, restricted,
       ARRAY[reporter, owner, coordinator] || texts_of(standing -> 'publication' -> 'asked'),
       raised_at, closed_at, NULL, due_at
FROM problems
UNION ALL
SELECT 'corrective_action', number, ordinal, title, service, state, reporter, owner, team, restricted,
       ARRAY[reporter, owner] || texts_of(standing -> 'acceptance' -> 'asked')
           || texts_of(jsonb_path_query_array(standing, '$.steps[*].owner')),
       raised_at, closed_at, NULL, due_at
FROM corrective_actions;

-- How records are to one another, wherever it is said: a parent counts only as long as
-- it is the parent, and what an incident is held for as long as it is on hold. A change
-- says by its links alone what it has to do with another record.
CREATE VIEW record_relations AS
SELECT r.from_number, r.kind, r.to_number, r.by_person, r.at FROM relations r
WHERE r.kind <> 'child_of'
   OR EXISTS (SELECT FROM incidents i WHERE i.number = r.from_number AND i.parent = r.to_number)
UNION ALL
SELECT i.number, 'held_for', i.standing -> 'hold' ->> 'for', i.standing -> 'hold' ->> 'by',
       (i.standing -> 'hold' ->> 'at')::timestamptz
FROM incidents i WHERE i.state = 'on_hold' AND i.standing -> 'hold' ->> 'for' <> ''
UNION ALL
SELECT c.number, 'related_to', l.other, c.requester, c.raised_at
FROM changes c CROSS JOIN LATERAL (SELECT DISTINCT link ->> 'url' AS other FROM jsonb_array_elements(c.links) AS l (link)) AS l
WHERE c.links <> '[]' AND l.other ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$' AND l.other <> c.number;

GRANT SELECT ON records, record_relations, record_words TO steward_desk;

-- +goose Down
DROP VIEW record_relations, records;
DROP INDEX incidents_held_for, changes_linking;
DROP TRIGGER corrective_actions_words_kept ON corrective_actions;
DROP TRIGGER problems_words_kept ON problems;
DROP TRIGGER incidents_words_kept ON incidents;
DROP TRIGGER changes_words_kept ON changes;
DROP FUNCTION keep_words;
DROP FUNCTION found_by(corrective_actions), found_by(problems), found_by(incidents), found_by(changes);
DROP FUNCTION weighed;
DROP TABLE record_words;
