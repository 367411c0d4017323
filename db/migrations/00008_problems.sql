-- Problems, their known errors, and what was found by looking at incidents. Of what
-- was there only CHECKs and the two functions that know the kinds of record grow. The
-- version before may run beside.
--
-- As with incidents, all of a problem that changes stands in one document, and what
-- lists are narrowed by is taken out of it by the database. Whom it waits for, and when
-- its next target is missed, only the rules can tell.

-- +goose Up
CREATE SEQUENCE problem_number AS bigint MINVALUE 1 MAXVALUE 9999999999 NO CYCLE;

-- texts_of makes an array of a list of texts in a document.
-- +goose StatementBegin
CREATE FUNCTION texts_of(list jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(item ORDER BY nth), '{}') FROM jsonb_array_elements_text(list) WITH ORDINALITY AS l (item, nth)
$$;
-- +goose StatementEnd

-- words_of is what a known error is found by. English: people describe a symptom in
-- sentences, and with 'simple' who looks for "hanging" would not find "hangs", and any
-- two texts would be alike in "the". Words of other languages, and names, are not
-- stemmed further than on the other side, so that they are found as they are written.
-- +goose StatementBegin
CREATE FUNCTION words_of(known_error jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('pg_catalog.english', coalesce(known_error ->> 'title', '')), 'A')
        || setweight(to_tsvector('pg_catalog.english', coalesce(known_error ->> 'symptoms', '')), 'B')
        || setweight(to_tsvector('pg_catalog.english', coalesce(known_error ->> 'root_cause', '')), 'C')
        || setweight(to_tsvector('pg_catalog.english', coalesce(known_error ->> 'workaround', '')), 'C')
$$;
-- +goose StatementEnd

CREATE TABLE problems (
    number         text        NOT NULL,
    ordinal        bigint      GENERATED ALWAYS AS (substr(number, 5)::bigint) STORED,
    text           jsonb       NOT NULL,
    standing       jsonb       NOT NULL,
    title          text        NOT NULL GENERATED ALWAYS AS (coalesce(text ->> 'title', '')) STORED,
    service        text        NOT NULL GENERATED ALWAYS AS (coalesce(text ->> 'service', '')) STORED,
    trigger        text        NOT NULL GENERATED ALWAYS AS (coalesce(text ->> 'trigger', '')) STORED,
    change         text        NOT NULL GENERATED ALWAYS AS (coalesce(text ->> 'change', '')) STORED,
    trend_id       text        NOT NULL GENERATED ALWAYS AS (coalesce(text -> 'trend' ->> 'id', '')) STORED,
    state          text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'state', '')) STORED,
    revision       integer     NOT NULL GENERATED ALWAYS AS ((standing ->> 'revision')::integer) STORED,
    priority       text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'priority', '')) STORED,
    impact         text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'impact', '')) STORED,
    urgency        text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'urgency', '')) STORED,
    team           text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'team', '')) STORED,
    coordinator    text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'coordinator', '')) STORED,
    merged_into    text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'merged_into', '')) STORED,
    -- It, and those that were merged into it.
    covers         text[]      NOT NULL GENERATED ALWAYS AS (array_prepend(number, texts_of(standing -> 'absorbed'))) STORED,
    published      boolean     NOT NULL GENERATED ALWAYS AS (
        coalesce(standing -> 'published' ->> 'state', '') = 'published') STORED,
    words          tsvector    GENERATED ALWAYS AS (
        CASE WHEN standing -> 'published' ->> 'state' = 'published' THEN words_of(standing -> 'published') END) STORED,
    reporter       text        NOT NULL,
    door           text        NOT NULL,
    owner          text        NOT NULL,
    restricted     boolean     NOT NULL,
    policy_version integer     NOT NULL,
    raised_at      timestamptz NOT NULL,
    since          timestamptz NOT NULL,
    waits_for      text[]      NOT NULL,
    waits_roles    text[]      NOT NULL,
    due_at         timestamptz,
    missed         boolean     NOT NULL,
    closed_at      timestamptz,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT problems_pkey PRIMARY KEY (number),
    CONSTRAINT problems_number_form CHECK (number ~ '^PRB-[1-9][0-9]{0,9}$'),
    CONSTRAINT problems_text_bounds CHECK (jsonb_typeof(text) = 'object' AND octet_length(text::text) <= 65536),
    CONSTRAINT problems_title_bounds CHECK (title ~ '\S' AND char_length(title) <= 120),
    CONSTRAINT problems_description_bounds CHECK (char_length(text ->> 'description') <= 4000),
    CONSTRAINT problems_service_bounds CHECK (service ~ '\S' AND char_length(service) <= 64),
    CONSTRAINT problems_category_bounds CHECK (char_length(standing ->> 'category') <= 64),
    CONSTRAINT problems_trigger_known CHECK (
        trigger IN ('manual', 'incident', 'trend', 'priority_one', 'failed_change')),
    CONSTRAINT problems_trend_has_id CHECK ((trigger = 'trend') = (trend_id <> '') AND char_length(trend_id) <= 400),
    CONSTRAINT problems_change_form CHECK (change = '' OR change ~ '^CHG-[1-9][0-9]{0,9}$'),
    CONSTRAINT problems_incidents_bounds CHECK (
        NOT jsonb_exists(text, 'incidents')
        OR CASE WHEN jsonb_typeof(text -> 'incidents') = 'array'
                THEN jsonb_array_length(text -> 'incidents') <= 100 ELSE false END),
    CONSTRAINT problems_follows_form CHECK (text ->> 'follows' ~ '^PRB-[1-9][0-9]{0,9}$'),
    CONSTRAINT problems_standing_bounds CHECK (
        jsonb_typeof(standing) = 'object' AND octet_length(standing::text) <= 4194304),
    CONSTRAINT problems_state_known CHECK (state IN (
        'new', 'candidate', 'logged', 'investigating', 'root_cause_known', 'known_error', 'fix_planned', 'fix_deployed',
        'effectiveness_watch', 'resolved', 'risk_accepted', 'reopened', 'closed', 'declined', 'merged', 'cancelled')),
    CONSTRAINT problems_revision_positive CHECK (revision >= 1),
    CONSTRAINT problems_priority_known CHECK (priority IN ('P1', 'P2', 'P3', 'P4', 'P5')),
    CONSTRAINT problems_impact_known CHECK (impact IN ('high', 'medium', 'low')),
    CONSTRAINT problems_urgency_known CHECK (urgency IN ('high', 'medium', 'low')),
    CONSTRAINT problems_team_bounds CHECK (char_length(team) <= 100),
    CONSTRAINT problems_coordinator_bounds CHECK (char_length(coordinator) <= 100),
    CONSTRAINT problems_investigated_by_someone CHECK (state <> 'investigating' OR coordinator <> ''),
    CONSTRAINT problems_cause_known_has_cause CHECK (
        state NOT IN ('root_cause_known', 'known_error') OR jsonb_exists(standing, 'root_cause')),
    CONSTRAINT problems_known_error_is_published CHECK (state <> 'known_error' OR published),
    CONSTRAINT problems_published_by_someone CHECK (
        NOT published OR coalesce(standing -> 'published' ->> 'published_by', '') <> ''),
    CONSTRAINT problems_fix_planned_has_fix CHECK (state <> 'fix_planned' OR jsonb_exists(standing, 'fix')),
    CONSTRAINT problems_watched_has_watch CHECK (
        state NOT IN ('fix_deployed', 'effectiveness_watch') OR jsonb_exists(standing, 'watch')),
    CONSTRAINT problems_risk_accepted_has_risk CHECK (state <> 'risk_accepted' OR jsonb_exists(standing, 'risk')),
    CONSTRAINT problems_ending_known CHECK (
        coalesce(standing ->> 'ending', '') IN ('', 'fixed', 'risk_accepted', 'declined', 'merged', 'cancelled')),
    CONSTRAINT problems_final_has_ending CHECK (closed_at IS NULL OR coalesce(standing ->> 'ending', '') <> ''),
    CONSTRAINT problems_merged_into_form CHECK (
        merged_into = '' OR (merged_into ~ '^PRB-[1-9][0-9]{0,9}$' AND merged_into <> number)),
    CONSTRAINT problems_merged_has_target CHECK ((state = 'merged') = (merged_into <> '')),
    CONSTRAINT problems_final_has_closed_at CHECK (
        (state IN ('closed', 'declined', 'merged', 'cancelled')) = (closed_at IS NOT NULL)),
    CONSTRAINT problems_final_waits_for_nobody CHECK (
        closed_at IS NULL OR (waits_for = '{}' AND waits_roles = '{}' AND due_at IS NULL)),
    CONSTRAINT problems_waits_for_bounds CHECK (
        cardinality(waits_for) <= 500 AND array_position(waits_for, NULL) IS NULL
        AND array_position(waits_for, '') IS NULL),
    CONSTRAINT problems_waits_roles_bounds CHECK (
        cardinality(waits_roles) <= 20 AND array_position(waits_roles, NULL) IS NULL
        AND array_position(waits_roles, '') IS NULL),
    CONSTRAINT problems_reporter_bounds CHECK (char_length(reporter) BETWEEN 1 AND 100),
    CONSTRAINT problems_door_known CHECK (door IN ('api', 'slack', 'webhook', 'cli', 'system')),
    CONSTRAINT problems_owner_bounds CHECK (char_length(owner) <= 100),
    CONSTRAINT problems_policy_version_positive CHECK (policy_version >= 1)
);
CREATE INDEX problems_newest ON problems (raised_at DESC, ordinal DESC);
CREATE INDEX problems_open ON problems (raised_at DESC, ordinal DESC) WHERE closed_at IS NULL;
CREATE INDEX problems_by_state ON problems (state, raised_at DESC, ordinal DESC);
CREATE INDEX problems_by_priority ON problems (priority, raised_at DESC, ordinal DESC);
CREATE INDEX problems_by_service ON problems (service, raised_at DESC, ordinal DESC);
CREATE INDEX problems_by_team ON problems (team, raised_at DESC, ordinal DESC);
CREATE INDEX problems_by_reporter ON problems (reporter, raised_at DESC, ordinal DESC);
CREATE INDEX problems_by_coordinator ON problems (coordinator, raised_at DESC, ordinal DESC) WHERE coordinator <> '';
CREATE INDEX problems_by_change ON problems (change) WHERE change <> '';
CREATE INDEX problems_by_trend ON problems (trend_id) WHERE trend_id <> '';
CREATE INDEX problems_by_waits_for ON problems USING gin (waits_for) WHERE closed_at IS NULL;
CREATE INDEX problems_by_waits_roles ON problems USING gin (waits_roles) WHERE closed_at IS NULL;
CREATE INDEX problems_by_words ON problems USING gin (words) WHERE published;

-- A record is a change, an incident or a problem.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION refuse_unrecorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changes WHERE number = NEW.number)
       OR EXISTS (SELECT FROM incidents WHERE number = NEW.number)
       OR EXISTS (SELECT FROM problems WHERE number = NEW.number) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% of %: that record is not there', TG_TABLE_NAME, NEW.number
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
END
$$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER problems_number_needed AFTER DELETE OR UPDATE OF number ON problems
    FOR EACH ROW EXECUTE FUNCTION refuse_orphans();

ALTER TABLE events
    DROP CONSTRAINT events_state_known,
    ADD CONSTRAINT events_state_known CHECK (
        CASE WHEN number LIKE 'INC-%' THEN
            from_state IN ('', 'new', 'triaged', 'assigned', 'in_progress', 'on_hold', 'resolved', 'reopened',
                           'closed', 'cancelled', 'duplicate')
            AND to_state IN ('new', 'triaged', 'assigned', 'in_progress', 'on_hold', 'resolved', 'reopened',
                             'closed', 'cancelled', 'duplicate')
        WHEN number LIKE 'PRB-%' THEN
            from_state IN ('', 'new', 'candidate', 'logged', 'investigating', 'root_cause_known', 'known_error',
                           'fix_planned', 'fix_deployed', 'effectiveness_watch', 'resolved', 'risk_accepted', 'reopened',
                           'closed', 'declined', 'merged', 'cancelled')
            AND to_state IN ('new', 'candidate', 'logged', 'investigating', 'root_cause_known', 'known_error',
                             'fix_planned', 'fix_deployed', 'effectiveness_watch', 'resolved', 'risk_accepted', 'reopened',
                             'closed', 'declined', 'merged', 'cancelled')
        ELSE
            from_state IN ('', 'raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
                           'scheduled', 'implementing', 'closed', 'cancelled')
            AND to_state IN ('raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
                             'scheduled', 'implementing', 'closed', 'cancelled')
        END);

ALTER TABLE relations
    DROP CONSTRAINT relations_kind_known,
    ADD CONSTRAINT relations_kind_known CHECK (kind IN (
        'caused_by', 'fixed_by', 'follows', 'child_of', 'duplicate_of', 'related_to', 'found_in', 'applies'));

-- What a search through the incidents found that stood out, each time that it was made.
CREATE TABLE trend_findings (
    id      text        NOT NULL,
    at      timestamptz NOT NULL,
    finding jsonb       NOT NULL,
    CONSTRAINT trend_findings_pkey PRIMARY KEY (id, at),
    CONSTRAINT trend_findings_id_bounds CHECK (char_length(id) BETWEEN 1 AND 400),
    CONSTRAINT trend_findings_finding_bounds CHECK (
        jsonb_typeof(finding) = 'object' AND octet_length(finding::text) <= 65536),
    CONSTRAINT trend_findings_id_is_its CHECK (finding ->> 'id' = id)
);
CREATE INDEX trend_findings_newest ON trend_findings (at DESC);

-- What is counted to find problems: an incident once for each thing that it has in
-- common with others. What follows another incident, or is the same as another, is no
-- second one, and what was cancelled was none. Whoever counts leaves out what belonged
-- to a problem by then (linked_at): to one that Steward proposed for a single incident
-- or change it does so only once somebody took that up. A known error is counted while
-- it is in use: published, and not being fixed.
CREATE VIEW trend_incidents AS
WITH counted AS NOT MATERIALIZED (
    SELECT i.number, i.ordinal, i.service, i.category, i.raised_at, i.impact, i.urgency,
           coalesce(i.text ->> 'symptom', '') AS symptom, i.text -> 'configuration_items' AS items,
           coalesce((i.standing ->> 'reopens')::integer, 0) AS reopens, linked.at AS linked_at
    FROM incidents i
    CROSS JOIN LATERAL (
        SELECT min(CASE WHEN p.trigger NOT IN ('priority_one', 'failed_change') THEN r.at
                        ELSE (SELECT greatest(r.at, e.at) FROM events e
                              WHERE e.number = p.number AND e.from_state = 'candidate'
                                AND e.to_state NOT IN ('candidate', 'declined')
                              ORDER BY e.revision LIMIT 1) END) AS at
        FROM relations r JOIN problems p ON p.number = r.from_number
        WHERE r.to_number = i.number AND r.kind = 'found_in') AS linked
    WHERE i.parent = '' AND i.duplicate_of = '' AND i.state <> 'cancelled'
)
SELECT alike.finding, c.service, alike.value, c.number, c.ordinal, c.raised_at, c.raised_at AS at,
       c.impact, c.urgency, c.linked_at, true AS in_use
FROM counted c
CROSS JOIN LATERAL (
    SELECT DISTINCT 'similar_item'::text AS finding, value FROM jsonb_array_elements_text(c.items) AS l (value)
    WHERE value ~ '\S' AND char_length(value) <= 120
    UNION ALL SELECT 'similar_symptom', c.symptom WHERE c.symptom ~ '\S'
    UNION ALL SELECT 'similar_category', c.category WHERE c.category ~ '\S'
    UNION ALL SELECT 'rising_service', ''
    UNION ALL SELECT 'reopened_service', '' WHERE c.reopens > 0) AS alike
UNION ALL
SELECT 'known_error_hits', p.service, p.number, c.number, c.ordinal, c.raised_at, hit.at, c.impact, c.urgency, c.linked_at,
       p.published AND p.state NOT IN ('fix_planned', 'fix_deployed', 'effectiveness_watch')
FROM problems p
CROSS JOIN LATERAL (SELECT r.from_number, min(r.at) AS at FROM relations r
                    WHERE r.kind = 'applies' AND r.to_number = ANY (p.covers) GROUP BY r.from_number) AS hit
JOIN counted c ON c.number = hit.from_number;

GRANT SELECT ON problems, trend_findings, trend_incidents TO steward_desk, steward_worker;
GRANT INSERT, UPDATE ON problems TO steward_worker;
GRANT INSERT ON trend_findings TO steward_worker;
GRANT USAGE ON SEQUENCE problem_number TO steward_desk;

-- +goose Down
-- Only while there is no problem: its events cannot stay without it.
DROP VIEW trend_incidents;
ALTER TABLE relations
    DROP CONSTRAINT relations_kind_known,
    ADD CONSTRAINT relations_kind_known CHECK (
        kind IN ('caused_by', 'fixed_by', 'follows', 'child_of', 'duplicate_of', 'related_to'));
ALTER TABLE events
    DROP CONSTRAINT events_state_known,
    ADD CONSTRAINT events_state_known CHECK (
        CASE WHEN number LIKE 'INC-%' THEN
            from_state IN ('', 'new', 'triaged', 'assigned', 'in_progress', 'on_hold', 'resolved', 'reopened',
                           'closed', 'cancelled', 'duplicate')
            AND to_state IN ('new', 'triaged', 'assigned', 'in_progress', 'on_hold', 'resolved', 'reopened',
                             'closed', 'cancelled', 'duplicate')
        ELSE
            from_state IN ('', 'raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
                           'scheduled', 'implementing', 'closed', 'cancelled')
            AND to_state IN ('raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
                             'scheduled', 'implementing', 'closed', 'cancelled')
        END);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION refuse_unrecorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changes WHERE number = NEW.number)
       OR EXISTS (SELECT FROM incidents WHERE number = NEW.number) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% of %: that record is not there', TG_TABLE_NAME, NEW.number
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
END
$$;
-- +goose StatementEnd
DROP TABLE trend_findings, problems;
DROP SEQUENCE problem_number;
DROP FUNCTION words_of;
DROP FUNCTION texts_of;
