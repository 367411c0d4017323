-- Corrective actions. Of what was there only CHECKs and the function that knows the
-- kinds of record grow. The version before may run beside.
--
-- As with problems, all of a corrective action that changes stands in one document, and
-- what lists are narrowed by is taken out of it by the database. Whom it waits for, and
-- when its next target is missed, only the rules can tell.

-- +goose Up
CREATE SEQUENCE corrective_action_number AS bigint MINVALUE 1 MAXVALUE 9999999999 NO CYCLE;

CREATE TABLE corrective_actions (
    number         text        NOT NULL,
    ordinal        bigint      GENERATED ALWAYS AS (substr(number, 5)::bigint) STORED,
    text           jsonb       NOT NULL,
    standing       jsonb       NOT NULL,
    title          text        NOT NULL GENERATED ALWAYS AS (coalesce(text ->> 'title', '')) STORED,
    service        text        NOT NULL GENERATED ALWAYS AS (coalesce(text ->> 'service', '')) STORED,
    raised_by      text        NOT NULL GENERATED ALWAYS AS (coalesce(text ->> 'raised_by', '')) STORED,
    source         text        NOT NULL GENERATED ALWAYS AS (coalesce(text ->> 'source', '')) STORED,
    state          text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'state', '')) STORED,
    revision       integer     NOT NULL GENERATED ALWAYS AS ((standing ->> 'revision')::integer) STORED,
    severity       text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'severity', '')) STORED,
    owner          text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'owner', '')) STORED,
    team           text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'team', '')) STORED,
    reporter       text        NOT NULL,
    door           text        NOT NULL,
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
    CONSTRAINT corrective_actions_pkey PRIMARY KEY (number),
    CONSTRAINT corrective_actions_number_form CHECK (number ~ '^CAR-[1-9][0-9]{0,9}$'),
    CONSTRAINT corrective_actions_text_bounds CHECK (jsonb_typeof(text) = 'object' AND octet_length(text::text) <= 65536),
    CONSTRAINT corrective_actions_title_bounds CHECK (title ~ '\S' AND char_length(title) <= 120),
    CONSTRAINT corrective_actions_nonconformity_bounds CHECK (
        coalesce(text ->> 'nonconformity', '') ~ '\S' AND char_length(text ->> 'nonconformity') <= 4000),
    CONSTRAINT corrective_actions_correction_bounds CHECK (char_length(text ->> 'correction') <= 4000),
    CONSTRAINT corrective_actions_service_bounds CHECK (service ~ '\S' AND char_length(service) <= 64),
    CONSTRAINT corrective_actions_raised_by_known CHECK (raised_by IN ('manual', 'review', 'problem', 'incident', 'change')),
    CONSTRAINT corrective_actions_source_form CHECK (source = '' OR source ~ '^[A-Z]{2,4}-[1-9][0-9]{0,9}$'),
    CONSTRAINT corrective_actions_source_fits CHECK (
        CASE raised_by WHEN 'problem' THEN source LIKE 'PRB-%' WHEN 'incident' THEN source LIKE 'INC-%'
                       WHEN 'change' THEN source LIKE 'CHG-%' WHEN 'manual' THEN source = '' ELSE true END),
    CONSTRAINT corrective_actions_standing_bounds CHECK (
        jsonb_typeof(standing) = 'object' AND octet_length(standing::text) <= 4194304),
    CONSTRAINT corrective_actions_state_known CHECK (state IN (
        'new', 'raised', 'acknowledged', 'cause_known', 'plan_proposed', 'planned', 'implemented', 'not_effective',
        'closed', 'withdrawn')),
    CONSTRAINT corrective_actions_revision_positive CHECK (revision >= 1),
    CONSTRAINT corrective_actions_severity_known CHECK (severity IN ('critical', 'major', 'minor')),
    CONSTRAINT corrective_actions_owner_bounds CHECK (char_length(owner) BETWEEN 1 AND 100),
    CONSTRAINT corrective_actions_team_bounds CHECK (char_length(team) <= 100),
    CONSTRAINT corrective_actions_cause_known_has_cause CHECK (
        state NOT IN ('cause_known', 'plan_proposed', 'planned', 'implemented', 'closed') OR jsonb_exists(standing, 'root_cause')),
    CONSTRAINT corrective_actions_planned_has_plan CHECK (
        state NOT IN ('plan_proposed', 'planned', 'implemented', 'closed') OR jsonb_exists(standing, 'plan')),
    CONSTRAINT corrective_actions_plan_is_accepted CHECK (
        state NOT IN ('planned', 'implemented', 'closed')
        OR (coalesce(standing -> 'plan' ->> 'accepted_by', '') <> ''
            AND standing -> 'plan' ->> 'accepted_by' <> standing -> 'plan' ->> 'by')),
    CONSTRAINT corrective_actions_implemented_is_verified_later CHECK (
        state <> 'implemented' OR jsonb_exists(standing, 'verify_from')),
    CONSTRAINT corrective_actions_closed_is_effective CHECK (
        state <> 'closed' OR (coalesce(standing -> 'verification' ->> 'effective', '') = 'true'
                              AND standing -> 'verification' ->> 'by' NOT IN (standing ->> 'owner', standing -> 'plan' ->> 'by'))),
    CONSTRAINT corrective_actions_final_has_closed_at CHECK (
        (state IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL)),
    CONSTRAINT corrective_actions_final_waits_for_nobody CHECK (
        closed_at IS NULL OR (waits_for = '{}' AND waits_roles = '{}' AND due_at IS NULL)),
    CONSTRAINT corrective_actions_waits_for_bounds CHECK (
        cardinality(waits_for) <= 500 AND array_position(waits_for, NULL) IS NULL
        AND array_position(waits_for, '') IS NULL),
    CONSTRAINT corrective_actions_waits_roles_bounds CHECK (
        cardinality(waits_roles) <= 20 AND array_position(waits_roles, NULL) IS NULL
        AND array_position(waits_roles, '') IS NULL),
    CONSTRAINT corrective_actions_reporter_bounds CHECK (char_length(reporter) BETWEEN 1 AND 100),
    CONSTRAINT corrective_actions_door_known CHECK (door IN ('api', 'slack', 'webhook', 'cli', 'system')),
    CONSTRAINT corrective_actions_policy_version_positive CHECK (policy_version >= 1)
);
CREATE INDEX corrective_actions_newest ON corrective_actions (raised_at DESC, ordinal DESC);
CREATE INDEX corrective_actions_open ON corrective_actions (raised_at DESC, ordinal DESC) WHERE closed_at IS NULL;
CREATE INDEX corrective_actions_by_state ON corrective_actions (state, raised_at DESC, ordinal DESC);
CREATE INDEX corrective_actions_by_service ON corrective_actions (service, raised_at DESC, ordinal DESC);
CREATE INDEX corrective_actions_by_team ON corrective_actions (team, raised_at DESC, ordinal DESC);
CREATE INDEX corrective_actions_by_reporter ON corrective_actions (reporter, raised_at DESC, ordinal DESC);
CREATE INDEX corrective_actions_by_owner ON corrective_actions (owner, raised_at DESC, ordinal DESC);
CREATE INDEX corrective_actions_by_source ON corrective_actions (source) WHERE source <> '';
CREATE INDEX corrective_actions_by_waits_for ON corrective_actions USING gin (waits_for) WHERE closed_at IS NULL;
CREATE INDEX corrective_actions_by_waits_roles ON corrective_actions USING gin (waits_roles) WHERE closed_at IS NULL;

-- A record is a change, an incident, a problem or a corrective action.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION refuse_unrecorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changes WHERE number = NEW.number)
       OR EXISTS (SELECT FROM incidents WHERE number = NEW.number)
       OR EXISTS (SELECT FROM problems WHERE number = NEW.number)
       OR EXISTS (SELECT FROM corrective_actions WHERE number = NEW.number) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% of %: that record is not there', TG_TABLE_NAME, NEW.number
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
END
$$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER corrective_actions_number_needed AFTER DELETE OR UPDATE OF number ON corrective_actions
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
        WHEN number LIKE 'CAR-%' THEN
            from_state IN ('', 'new', 'raised', 'acknowledged', 'cause_known', 'plan_proposed', 'planned', 'implemented',
                           'not_effective', 'closed', 'withdrawn')
            AND to_state IN ('new', 'raised', 'acknowledged', 'cause_known', 'plan_proposed', 'planned', 'implemented',
                             'not_effective', 'closed', 'withdrawn')
        ELSE
            from_state IN ('', 'raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
                           'scheduled', 'implementing', 'closed', 'cancelled')
            AND to_state IN ('raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
                             'scheduled', 'implementing', 'closed', 'cancelled')
        END);

ALTER TABLE relations
    DROP CONSTRAINT relations_kind_known,
    ADD CONSTRAINT relations_kind_known CHECK (kind IN (
        'caused_by', 'fixed_by', 'follows', 'child_of', 'duplicate_of', 'related_to', 'found_in', 'applies', 'acts_on'));

GRANT SELECT ON corrective_actions TO steward_desk, steward_worker;
GRANT INSERT, UPDATE ON corrective_actions TO steward_worker;
GRANT USAGE ON SEQUENCE corrective_action_number TO steward_desk;

-- +goose Down
-- Only while there is no corrective action: its events cannot stay without it.
ALTER TABLE relations
    DROP CONSTRAINT relations_kind_known,
    ADD CONSTRAINT relations_kind_known CHECK (kind IN (
        'caused_by', 'fixed_by', 'follows', 'child_of', 'duplicate_of', 'related_to', 'found_in', 'applies'));
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
DROP TABLE corrective_actions;
DROP SEQUENCE corrective_action_number;
