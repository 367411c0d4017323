-- Incidents, how records are to one another, who was paged, and what monitoring
-- says. Of what was there only CHECKs grow, and two references become triggers of
-- the same name: an event or a comment may now be of a change or of an incident.
-- The version before may run beside.
--
-- All of an incident that changes stands in one document, and what lists are
-- narrowed by is taken out of it by the database, so that the two cannot differ.
-- Whom it waits for, and when its next target is missed, only the rules can tell:
-- they are computed at each save.

-- +goose Up
CREATE SEQUENCE incident_number AS bigint MINVALUE 1 MAXVALUE 9999999999 NO CYCLE;

CREATE TABLE incidents (
    number         text        NOT NULL,
    ordinal        bigint      GENERATED ALWAYS AS (substr(number, 5)::bigint) STORED,
    text           jsonb       NOT NULL,
    standing       jsonb       NOT NULL,
    title          text        NOT NULL GENERATED ALWAYS AS (coalesce(text ->> 'title', '')) STORED,
    service        text        NOT NULL GENERATED ALWAYS AS (coalesce(text ->> 'service', '')) STORED,
    category       text        NOT NULL GENERATED ALWAYS AS (coalesce(text ->> 'category', '')) STORED,
    state          text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'state', '')) STORED,
    revision       integer     NOT NULL GENERATED ALWAYS AS ((standing ->> 'revision')::integer) STORED,
    priority       text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'priority', '')) STORED,
    impact         text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'impact', '')) STORED,
    urgency        text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'urgency', '')) STORED,
    team           text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'team', '')) STORED,
    assignee       text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'assignee', '')) STORED,
    parent         text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'parent', '')) STORED,
    duplicate_of   text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'duplicate_of', '')) STORED,
    reporter       text        NOT NULL,
    door           text        NOT NULL,
    owner          text        NOT NULL,
    restricted     boolean     NOT NULL,
    policy_version integer     NOT NULL,
    origin         text,
    raised_at      timestamptz NOT NULL,
    since          timestamptz NOT NULL,
    waits_for      text[]      NOT NULL,
    due_at         timestamptz,
    missed         boolean     NOT NULL,
    closed_at      timestamptz,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT incidents_pkey PRIMARY KEY (number),
    CONSTRAINT incidents_origin_once UNIQUE (origin),
    CONSTRAINT incidents_number_form CHECK (number ~ '^INC-[1-9][0-9]{0,9}$'),
    CONSTRAINT incidents_text_bounds CHECK (jsonb_typeof(text) = 'object' AND octet_length(text::text) <= 65536),
    CONSTRAINT incidents_title_bounds CHECK (title ~ '\S' AND char_length(title) <= 120),
    CONSTRAINT incidents_description_bounds CHECK (char_length(text ->> 'description') <= 4000),
    CONSTRAINT incidents_service_bounds CHECK (service ~ '\S' AND char_length(service) <= 64),
    CONSTRAINT incidents_category_bounds CHECK (char_length(category) <= 64),
    CONSTRAINT incidents_symptom_bounds CHECK (char_length(text ->> 'symptom') <= 120),
    CONSTRAINT incidents_configuration_items_bounds CHECK (
        NOT jsonb_exists(text, 'configuration_items')
        OR CASE WHEN jsonb_typeof(text -> 'configuration_items') = 'array'
                THEN jsonb_array_length(text -> 'configuration_items') <= 50 ELSE false END),
    CONSTRAINT incidents_follows_form CHECK (text ->> 'follows' ~ '^INC-[1-9][0-9]{0,9}$'),
    CONSTRAINT incidents_standing_bounds CHECK (
        jsonb_typeof(standing) = 'object' AND octet_length(standing::text) <= 1048576),
    CONSTRAINT incidents_state_known CHECK (state IN (
        'new', 'triaged', 'assigned', 'in_progress', 'on_hold', 'resolved', 'reopened', 'closed', 'cancelled', 'duplicate')),
    CONSTRAINT incidents_revision_positive CHECK (revision >= 1),
    CONSTRAINT incidents_priority_known CHECK (priority IN ('P1', 'P2', 'P3', 'P4', 'P5')),
    CONSTRAINT incidents_impact_known CHECK (impact IN ('high', 'medium', 'low')),
    CONSTRAINT incidents_urgency_known CHECK (urgency IN ('high', 'medium', 'low')),
    CONSTRAINT incidents_team_bounds CHECK (char_length(team) <= 100),
    CONSTRAINT incidents_assignee_bounds CHECK (char_length(assignee) <= 100),
    CONSTRAINT incidents_assigned_to_someone CHECK (state <> 'assigned' OR assignee <> ''),
    CONSTRAINT incidents_parent_form CHECK (parent = '' OR (parent ~ '^INC-[1-9][0-9]{0,9}$' AND parent <> number)),
    CONSTRAINT incidents_duplicate_of_form CHECK (
        duplicate_of = '' OR (duplicate_of ~ '^INC-[1-9][0-9]{0,9}$' AND duplicate_of <> number)),
    CONSTRAINT incidents_duplicate_has_original CHECK ((state = 'duplicate') = (duplicate_of <> '')),
    CONSTRAINT incidents_on_hold_has_hold CHECK ((state = 'on_hold') = jsonb_exists(standing, 'hold')),
    CONSTRAINT incidents_resolved_has_resolution CHECK (
        (state IN ('resolved', 'closed')) = jsonb_exists(standing, 'resolution')),
    CONSTRAINT incidents_closed_has_closing CHECK (
        (state = 'closed') = (coalesce(standing ->> 'closing', '') IN ('confirmed', 'auto', 'manual'))),
    CONSTRAINT incidents_final_has_closed_at CHECK (
        (state IN ('closed', 'cancelled', 'duplicate')) = (closed_at IS NOT NULL)),
    CONSTRAINT incidents_final_waits_for_nobody CHECK (
        closed_at IS NULL OR (waits_for = '{}' AND due_at IS NULL)),
    CONSTRAINT incidents_waits_for_bounds CHECK (
        cardinality(waits_for) <= 500 AND array_position(waits_for, NULL) IS NULL
        AND array_position(waits_for, '') IS NULL),
    CONSTRAINT incidents_reporter_bounds CHECK (char_length(reporter) BETWEEN 1 AND 100),
    CONSTRAINT incidents_door_known CHECK (door IN ('api', 'slack', 'webhook', 'cli', 'system')),
    CONSTRAINT incidents_owner_bounds CHECK (char_length(owner) <= 100),
    -- What is imported was handled elsewhere, by no policy of ours.
    CONSTRAINT incidents_policy_version_positive CHECK (
        policy_version >= 1 OR (policy_version = 0 AND origin IS NOT NULL)),
    CONSTRAINT incidents_origin_bounds CHECK (char_length(origin) BETWEEN 1 AND 200),
    -- No process carries an imported incident on, so it has to be over.
    CONSTRAINT incidents_imported_is_over CHECK (origin IS NULL OR closed_at IS NOT NULL)
);
CREATE INDEX incidents_newest ON incidents (raised_at DESC, ordinal DESC);
CREATE INDEX incidents_by_state ON incidents (state, raised_at DESC, ordinal DESC);
CREATE INDEX incidents_by_priority ON incidents (priority, raised_at DESC, ordinal DESC);
CREATE INDEX incidents_by_service ON incidents (service, raised_at DESC, ordinal DESC);
CREATE INDEX incidents_by_team ON incidents (team, raised_at DESC, ordinal DESC);
CREATE INDEX incidents_by_reporter ON incidents (reporter, raised_at DESC, ordinal DESC);
CREATE INDEX incidents_by_assignee ON incidents (assignee, raised_at DESC, ordinal DESC) WHERE assignee <> '';
CREATE INDEX incidents_by_parent ON incidents (parent) WHERE parent <> '';
CREATE INDEX incidents_by_waits_for ON incidents USING gin (waits_for) WHERE closed_at IS NULL;

-- A record is a change or an incident. An event or a comment that arrives before
-- its record is refused by the name that the reference had.
-- +goose StatementBegin
CREATE FUNCTION refuse_unrecorded() RETURNS trigger LANGUAGE plpgsql AS $$
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
-- +goose StatementBegin
CREATE FUNCTION refuse_orphans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM events WHERE number = OLD.number)
       AND NOT EXISTS (SELECT FROM comments WHERE number = OLD.number) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% of %: its events or comments are still there', TG_TABLE_NAME, OLD.number
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
END
$$;
-- +goose StatementEnd

ALTER TABLE events
    DROP CONSTRAINT events_number_recorded,
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
CREATE CONSTRAINT TRIGGER events_number_recorded AFTER INSERT OR UPDATE OF number ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_unrecorded();

ALTER TABLE comments
    DROP CONSTRAINT comments_number_recorded,
    DROP CONSTRAINT comments_kind_known,
    ADD CONSTRAINT comments_kind_known CHECK (kind IN ('comment', 'question', 'answer', 'update'));
CREATE CONSTRAINT TRIGGER comments_number_recorded AFTER INSERT OR UPDATE OF number ON comments
    FOR EACH ROW EXECUTE FUNCTION refuse_unrecorded();

CREATE CONSTRAINT TRIGGER changes_number_needed AFTER DELETE OR UPDATE OF number ON changes
    FOR EACH ROW EXECUTE FUNCTION refuse_orphans();
CREATE CONSTRAINT TRIGGER incidents_number_needed AFTER DELETE OR UPDATE OF number ON incidents
    FOR EACH ROW EXECUTE FUNCTION refuse_orphans();

-- How one record is to another: kept once, on the record that says so. The other
-- may be of a kind that has no table here yet.
CREATE TABLE relations (
    from_number text        NOT NULL,
    kind        text        NOT NULL,
    to_number   text        NOT NULL,
    by_person   text        NOT NULL,
    at          timestamptz NOT NULL,
    CONSTRAINT relations_pkey PRIMARY KEY (from_number, kind, to_number),
    CONSTRAINT relations_from_number_form CHECK (from_number ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$'),
    CONSTRAINT relations_to_number_form CHECK (to_number ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$'),
    CONSTRAINT relations_to_another CHECK (from_number <> to_number),
    CONSTRAINT relations_kind_known CHECK (
        kind IN ('caused_by', 'fixed_by', 'follows', 'child_of', 'duplicate_of', 'related_to')),
    CONSTRAINT relations_by_person_bounds CHECK (char_length(by_person) BETWEEN 1 AND 100)
);
CREATE INDEX relations_by_to_number ON relations (to_number);

-- Who was paged, by which of their ways, and what came of it: written before the
-- send and completed after it, so that a retry goes on where the last one ended.
CREATE TABLE pages (
    key          text        NOT NULL,
    number       text        NOT NULL,
    person       text        NOT NULL,
    round        integer     NOT NULL,
    level        integer     NOT NULL,
    called_at    timestamptz NOT NULL,
    way          text        NOT NULL,
    state        text        NOT NULL,
    attempts     jsonb       NOT NULL,
    delivered_at timestamptz,
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pages_pkey PRIMARY KEY (key),
    CONSTRAINT pages_key_bounds CHECK (char_length(key) BETWEEN 1 AND 200),
    CONSTRAINT pages_number_form CHECK (number ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$'),
    CONSTRAINT pages_person_bounds CHECK (char_length(person) BETWEEN 1 AND 100),
    CONSTRAINT pages_round_positive CHECK (round >= 0),
    CONSTRAINT pages_level_positive CHECK (level >= 0),
    CONSTRAINT pages_way_bounds CHECK (char_length(way) <= 64),
    CONSTRAINT pages_state_known CHECK (state IN ('pending', 'delivered', 'failed', 'over')),
    CONSTRAINT pages_delivered_has_instant CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
    CONSTRAINT pages_delivered_has_way CHECK (state <> 'delivered' OR way <> ''),
    CONSTRAINT pages_attempts_bounds CHECK (
        jsonb_typeof(attempts) = 'array' AND jsonb_array_length(attempts) <= 50 AND octet_length(attempts::text) <= 65536)
);
CREATE INDEX pages_by_number ON pages (number);

-- The credentials of what sends alerts. Two secrets hold while one replaces the
-- other; a secret itself is never kept.
CREATE TABLE intake_keys (
    id                text        NOT NULL,
    name              text        NOT NULL,
    kind              text        NOT NULL,
    secret_sha256     bytea       NOT NULL,
    old_secret_sha256 bytea,
    services          text[]      NOT NULL,
    rate_per_minute   integer     NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now(),
    created_by        text        NOT NULL,
    rotated_at        timestamptz,
    revoked_at        timestamptz,
    revoked_by        text        NOT NULL,
    CONSTRAINT intake_keys_pkey PRIMARY KEY (id),
    CONSTRAINT intake_keys_name_once UNIQUE (name),
    CONSTRAINT intake_keys_id_form CHECK (id ~ '^[A-Za-z0-9]{4,64}$'),
    CONSTRAINT intake_keys_name_bounds CHECK (name ~ '\S' AND char_length(name) <= 120),
    CONSTRAINT intake_keys_kind_known CHECK (kind IN ('', 'alertmanager', 'events')),
    CONSTRAINT intake_keys_secret_length CHECK (octet_length(secret_sha256) = 32),
    CONSTRAINT intake_keys_old_secret_length CHECK (octet_length(old_secret_sha256) = 32),
    CONSTRAINT intake_keys_services_bounds CHECK (
        cardinality(services) <= 100 AND array_position(services, NULL) IS NULL AND array_position(services, '') IS NULL
        AND char_length(array_to_string(services, '')) <= 6400),
    CONSTRAINT intake_keys_rate_per_minute_bounds CHECK (rate_per_minute BETWEEN 1 AND 1000000),
    CONSTRAINT intake_keys_created_by_bounds CHECK (char_length(created_by) BETWEEN 1 AND 200),
    CONSTRAINT intake_keys_rotated_has_instant CHECK (old_secret_sha256 IS NULL OR rotated_at IS NOT NULL),
    CONSTRAINT intake_keys_revoked_by_someone CHECK (
        (revoked_at IS NULL) = (revoked_by = '') AND char_length(revoked_by) <= 200)
);

-- What monitoring told, by the key that makes one incident of several alerts: a
-- row for the newest incident of each key, whose lock orders all that is said of
-- it. There is room on each page for the next version of a row: counting an alert
-- that comes again touches no index.
CREATE TABLE alert_incidents (
    source      text        NOT NULL,
    dedup_key   text        NOT NULL,
    number      text        NOT NULL,
    was         text        NOT NULL DEFAULT '',                -- the incident before it
    state       text        NOT NULL,
    draft       jsonb       NOT NULL,
    count       bigint      NOT NULL,
    last_at     timestamptz NOT NULL DEFAULT clock_timestamp(), -- when an alert last fired
    ended_at    timestamptz,                                    -- when the last one that fired ended
    end_due     boolean     NOT NULL DEFAULT false,             -- that is still to be acted on
    settled_at  timestamptz,                                    -- when the incident was resolved, or ended
    unsettled   boolean     NOT NULL DEFAULT false,             -- an alert fires since
    noted_count bigint      NOT NULL,
    noted_times integer     NOT NULL DEFAULT 0,
    noted_at    timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL,
    CONSTRAINT alert_incidents_pkey PRIMARY KEY (source, dedup_key),
    CONSTRAINT alert_incidents_number_once UNIQUE (number),
    CONSTRAINT alert_incidents_source_bounds CHECK (char_length(source) BETWEEN 1 AND 120),
    CONSTRAINT alert_incidents_dedup_key_bounds CHECK (char_length(dedup_key) BETWEEN 1 AND 512),
    CONSTRAINT alert_incidents_number_form CHECK (number ~ '^INC-[1-9][0-9]{0,9}$'),
    CONSTRAINT alert_incidents_was_form CHECK (was = '' OR (was ~ '^INC-[1-9][0-9]{0,9}$' AND was <> number)),
    CONSTRAINT alert_incidents_state_known CHECK (state IN ('raising', 'open', 'resolved', 'over')),
    CONSTRAINT alert_incidents_draft_bounds CHECK (jsonb_typeof(draft) = 'object' AND octet_length(draft::text) <= 131072),
    CONSTRAINT alert_incidents_counts_positive CHECK (
        count >= 1 AND noted_count BETWEEN 0 AND count AND noted_times >= 0),
    CONSTRAINT alert_incidents_settled_has_instant CHECK ((state IN ('resolved', 'over')) = (settled_at IS NOT NULL)),
    CONSTRAINT alert_incidents_unsettled_was_settled CHECK (NOT unsettled OR settled_at IS NOT NULL),
    CONSTRAINT alert_incidents_end_is_of_what_ended CHECK (NOT end_due OR ended_at IS NOT NULL)
) WITH (fillfactor = 50);
CREATE INDEX alert_incidents_at_work ON alert_incidents (lease_until) WHERE state <> 'over' OR unsettled;

-- Each alert of an incident. When another incident is raised for the same key, it
-- gets rows of its own, and these stay as they were.
CREATE TABLE alerts (
    number      text        NOT NULL,
    fingerprint text        NOT NULL,
    source      text        NOT NULL,
    dedup_key   text        NOT NULL,
    firing      boolean     NOT NULL,
    count       bigint      NOT NULL,
    draft       jsonb       NOT NULL,
    said_at     timestamptz NOT NULL, -- since when it fires, as its sender says
    first_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at    timestamptz,
    CONSTRAINT alerts_pkey PRIMARY KEY (number, fingerprint),
    CONSTRAINT alerts_number_form CHECK (number ~ '^INC-[1-9][0-9]{0,9}$'),
    CONSTRAINT alerts_fingerprint_bounds CHECK (char_length(fingerprint) BETWEEN 1 AND 512),
    CONSTRAINT alerts_source_bounds CHECK (char_length(source) BETWEEN 1 AND 120),
    CONSTRAINT alerts_dedup_key_bounds CHECK (char_length(dedup_key) BETWEEN 1 AND 512),
    CONSTRAINT alerts_count_positive CHECK (count >= 0), -- 0: it was taken over, and has not come again
    CONSTRAINT alerts_draft_bounds CHECK (jsonb_typeof(draft) = 'object' AND octet_length(draft::text) <= 131072),
    CONSTRAINT alerts_firing_has_not_ended CHECK (firing = (ended_at IS NULL))
) WITH (fillfactor = 50);

GRANT SELECT ON incidents, relations, pages, alert_incidents, alerts TO steward_desk, steward_worker;
GRANT SELECT ON intake_keys TO steward_desk;
GRANT INSERT, UPDATE ON incidents TO steward_worker;
GRANT INSERT ON relations TO steward_worker;
GRANT INSERT, UPDATE ON pages TO steward_worker;
GRANT INSERT, UPDATE ON alert_incidents, alerts TO steward_desk;
-- The worker tells the intake how its incidents stand; it counts nothing.
GRANT UPDATE (state, settled_at, unsettled, end_due) ON alert_incidents TO steward_worker;
GRANT USAGE ON SEQUENCE incident_number TO steward_desk;

-- +goose Down
-- Only while there is no incident: its events cannot stay without it.
DROP TRIGGER changes_number_needed ON changes;
DROP TABLE alerts, alert_incidents, intake_keys, pages, relations, incidents;
DROP SEQUENCE incident_number;
DROP TRIGGER comments_number_recorded ON comments;
ALTER TABLE comments
    ADD CONSTRAINT comments_number_recorded FOREIGN KEY (number) REFERENCES changes (number),
    DROP CONSTRAINT comments_kind_known,
    ADD CONSTRAINT comments_kind_known CHECK (kind IN ('comment', 'question', 'answer'));
DROP TRIGGER events_number_recorded ON events;
ALTER TABLE events
    ADD CONSTRAINT events_number_recorded FOREIGN KEY (number) REFERENCES changes (number),
    DROP CONSTRAINT events_state_known,
    ADD CONSTRAINT events_state_known CHECK (
        from_state IN ('', 'raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
                       'scheduled', 'implementing', 'closed', 'cancelled')
        AND to_state IN ('raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
                         'scheduled', 'implementing', 'closed', 'cancelled'));
DROP FUNCTION refuse_unrecorded;
DROP FUNCTION refuse_orphans;
