-- Suppliers and their contracts (ISO/IEC 20000-1:2018, 8.3.4). Of what was there only
-- CHECKs, views and the function that knows the kinds of record grow. The version
-- before may run beside.
--
-- As with problems, all that changes in a life stands in one document, and what lists
-- are narrowed by is taken out of it by the database. Whom a record waits for, and what
-- is due when, only the rules can tell.

-- +goose Up
CREATE SEQUENCE supplier_number AS bigint MINVALUE 1 MAXVALUE 9999999999 NO CYCLE;
CREATE SEQUENCE contract_number AS bigint MINVALUE 1 MAXVALUE 9999999999 NO CYCLE;

-- record_number is whether something can be a record's number: CHG-42, or SUP-4/2026-Q4
-- for the review of a supplier for a period.
-- +goose StatementBegin
CREATE FUNCTION record_number(n text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT n ~ '^([A-Z]{3}-[1-9][0-9]{0,9}|SUP-[1-9][0-9]{0,9}/[0-9]{4}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?)$'
$$;
-- +goose StatementEnd
ALTER TABLE events DROP CONSTRAINT events_number_form, ADD CONSTRAINT events_number_form CHECK (record_number(number));
ALTER TABLE messages DROP CONSTRAINT messages_number_form, ADD CONSTRAINT messages_number_form CHECK (record_number(number));
ALTER TABLE idempotency DROP CONSTRAINT idempotency_number_form, ADD CONSTRAINT idempotency_number_form CHECK (record_number(number));
ALTER TABLE relations DROP CONSTRAINT relations_from_number_form, ADD CONSTRAINT relations_from_number_form CHECK (record_number(from_number));
ALTER TABLE relations DROP CONSTRAINT relations_to_number_form, ADD CONSTRAINT relations_to_number_form CHECK (record_number(to_number));
ALTER TABLE corrective_actions
    DROP CONSTRAINT corrective_actions_source_form,
    ADD CONSTRAINT corrective_actions_source_form CHECK (source = '' OR record_number(source));

CREATE TABLE suppliers (
    number         text        NOT NULL,
    ordinal        bigint      GENERATED ALWAYS AS (substr(number, 5)::bigint) STORED,
    standing       jsonb       NOT NULL,
    name           text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'name', '')) STORED,
    tier           text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'tier', '')) STORED,
    state          text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'state', '')) STORED,
    revision       integer     NOT NULL GENERATED ALWAYS AS ((standing ->> 'revision')::integer) STORED,
    owner          text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'owner', '')) STORED,
    deputy         text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'deputy', '')) STORED,
    reporter       text        NOT NULL,
    door           text        NOT NULL,
    policy_version integer     NOT NULL,
    raised_at      timestamptz NOT NULL,
    since          timestamptz NOT NULL,
    waits_for      text[]      NOT NULL,
    waits_roles    text[]      NOT NULL,
    due_at         timestamptz,
    closed_at      timestamptz,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT suppliers_pkey PRIMARY KEY (number),
    CONSTRAINT suppliers_number_form CHECK (number ~ '^SUP-[1-9][0-9]{0,9}$'),
    CONSTRAINT suppliers_standing_bounds CHECK (
        jsonb_typeof(standing) = 'object' AND octet_length(standing::text) <= 4194304),
    CONSTRAINT suppliers_name_bounds CHECK (name ~ '\S' AND char_length(name) <= 120),
    CONSTRAINT suppliers_kind_known CHECK (coalesce(standing ->> 'kind', '') IN ('external', 'internal', 'customer')),
    CONSTRAINT suppliers_tier_known CHECK (tier IN ('critical', 'important', 'standard')),
    CONSTRAINT suppliers_state_known CHECK (state IN (
        'new', 'proposed', 'due_diligence', 'onboarding', 'active', 'watch', 'exit_planned', 'exiting', 'offboarded',
        'rejected')),
    CONSTRAINT suppliers_revision_positive CHECK (revision >= 1),
    CONSTRAINT suppliers_owner_bounds CHECK (char_length(owner) BETWEEN 1 AND 100),
    CONSTRAINT suppliers_deputy_is_another CHECK (char_length(deputy) BETWEEN 1 AND 100 AND deputy <> owner),
    CONSTRAINT suppliers_onboarded_were_assessed CHECK (
        state NOT IN ('onboarding', 'active', 'watch', 'exit_planned', 'exiting', 'offboarded')
        OR jsonb_exists(standing, 'due_diligence')),
    CONSTRAINT suppliers_exit_is_planned CHECK (
        state NOT IN ('exit_planned', 'exiting', 'offboarded') OR jsonb_exists(standing, 'exit_plan')),
    CONSTRAINT suppliers_final_has_closed_at CHECK ((state IN ('offboarded', 'rejected')) = (closed_at IS NOT NULL)),
    CONSTRAINT suppliers_final_waits_for_nobody CHECK (
        closed_at IS NULL OR (waits_for = '{}' AND waits_roles = '{}' AND due_at IS NULL)),
    CONSTRAINT suppliers_waits_for_bounds CHECK (
        cardinality(waits_for) <= 500 AND array_position(waits_for, NULL) IS NULL
        AND array_position(waits_for, '') IS NULL),
    CONSTRAINT suppliers_waits_roles_bounds CHECK (
        cardinality(waits_roles) <= 20 AND array_position(waits_roles, NULL) IS NULL
        AND array_position(waits_roles, '') IS NULL),
    CONSTRAINT suppliers_reporter_bounds CHECK (char_length(reporter) BETWEEN 1 AND 100),
    CONSTRAINT suppliers_door_known CHECK (door IN ('api', 'slack', 'webhook', 'cli', 'system')),
    CONSTRAINT suppliers_policy_version_positive CHECK (policy_version >= 1)
);
CREATE INDEX suppliers_newest ON suppliers (raised_at DESC, ordinal DESC);
CREATE INDEX suppliers_open ON suppliers (raised_at DESC, ordinal DESC) WHERE closed_at IS NULL;
CREATE INDEX suppliers_by_owner ON suppliers (owner, raised_at DESC, ordinal DESC);
CREATE INDEX suppliers_by_deputy ON suppliers (deputy, raised_at DESC, ordinal DESC);
CREATE INDEX suppliers_by_waits_for ON suppliers USING gin (waits_for) WHERE closed_at IS NULL;
CREATE INDEX suppliers_by_waits_roles ON suppliers USING gin (waits_roles) WHERE closed_at IS NULL;

CREATE TABLE contracts (
    number         text        NOT NULL,
    ordinal        bigint      GENERATED ALWAYS AS (substr(number, 5)::bigint) STORED,
    title          text        NOT NULL,
    supplier       text        NOT NULL,
    tier           text        NOT NULL,
    services       text[]      NOT NULL,
    standing       jsonb       NOT NULL,
    state          text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'state', '')) STORED,
    revision       integer     NOT NULL GENERATED ALWAYS AS ((standing ->> 'revision')::integer) STORED,
    owner          text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'owner', '')) STORED,
    reporter       text        NOT NULL,
    door           text        NOT NULL,
    policy_version integer     NOT NULL,
    raised_at      timestamptz NOT NULL,
    since          timestamptz NOT NULL,
    waits_for      text[]      NOT NULL,
    waits_roles    text[]      NOT NULL,
    due_at         timestamptz,
    closed_at      timestamptz,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT contracts_pkey PRIMARY KEY (number),
    CONSTRAINT contracts_with_supplier FOREIGN KEY (supplier) REFERENCES suppliers (number),
    CONSTRAINT contracts_number_form CHECK (number ~ '^CON-[1-9][0-9]{0,9}$'),
    CONSTRAINT contracts_title_bounds CHECK (title ~ '\S' AND char_length(title) <= 120),
    CONSTRAINT contracts_tier_known CHECK (tier IN ('critical', 'important', 'standard')),
    CONSTRAINT contracts_services_bounds CHECK (
        cardinality(services) <= 200 AND array_position(services, NULL) IS NULL AND array_position(services, '') IS NULL),
    CONSTRAINT contracts_standing_bounds CHECK (
        jsonb_typeof(standing) = 'object' AND octet_length(standing::text) <= 4194304),
    CONSTRAINT contracts_state_known CHECK (state IN (
        'new', 'draft', 'under_review', 'approved', 'active', 'notice_window', 'renewing', 'renegotiating', 'terminating',
        'expired', 'terminated', 'cancelled')),
    CONSTRAINT contracts_revision_positive CHECK (revision >= 1),
    CONSTRAINT contracts_owner_bounds CHECK (char_length(owner) BETWEEN 1 AND 100),
    CONSTRAINT contracts_end_after_they_start CHECK (
        coalesce(standing ->> 'start' < standing ->> 'end', false)),
    CONSTRAINT contracts_document_is_known CHECK (
        coalesce(standing -> 'document' ->> 'digest', '') ~ '^[0-9a-f]{64}$'),
    CONSTRAINT contracts_approved_by_another CHECK (
        state NOT IN ('approved', 'active', 'notice_window', 'renewing', 'renegotiating', 'terminating', 'expired', 'terminated')
        OR (jsonb_exists(standing, 'proposal') AND jsonb_exists(standing, 'ends'))),
    CONSTRAINT contracts_notice_is_shown CHECK (
        NOT jsonb_exists(standing, 'given') OR coalesce(jsonb_array_length(standing -> 'given' -> 'evidence'), 0) > 0),
    CONSTRAINT contracts_final_has_closed_at CHECK ((state IN ('expired', 'terminated', 'cancelled')) = (closed_at IS NOT NULL)),
    CONSTRAINT contracts_final_waits_for_nobody CHECK (
        closed_at IS NULL OR (waits_for = '{}' AND waits_roles = '{}' AND due_at IS NULL)),
    CONSTRAINT contracts_waits_for_bounds CHECK (
        cardinality(waits_for) <= 500 AND array_position(waits_for, NULL) IS NULL
        AND array_position(waits_for, '') IS NULL),
    CONSTRAINT contracts_waits_roles_bounds CHECK (
        cardinality(waits_roles) <= 20 AND array_position(waits_roles, NULL) IS NULL
        AND array_position(waits_roles, '') IS NULL),
    CONSTRAINT contracts_reporter_bounds CHECK (char_length(reporter) BETWEEN 1 AND 100),
    CONSTRAINT contracts_door_known CHECK (door IN ('api', 'slack', 'webhook', 'cli', 'system')),
    CONSTRAINT contracts_policy_version_positive CHECK (policy_version >= 1)
);
CREATE INDEX contracts_newest ON contracts (raised_at DESC, ordinal DESC);
CREATE INDEX contracts_open ON contracts (raised_at DESC, ordinal DESC) WHERE closed_at IS NULL;
CREATE INDEX contracts_by_owner ON contracts (owner, raised_at DESC, ordinal DESC);
CREATE INDEX contracts_by_supplier ON contracts (supplier, raised_at DESC, ordinal DESC);
CREATE INDEX contracts_by_waits_for ON contracts USING gin (waits_for) WHERE closed_at IS NULL;
CREATE INDEX contracts_by_waits_roles ON contracts USING gin (waits_roles) WHERE closed_at IS NULL;

-- A record is also a supplier, or a contract.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION refuse_unrecorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changes WHERE number = NEW.number)
       OR EXISTS (SELECT FROM incidents WHERE number = NEW.number)
       OR EXISTS (SELECT FROM problems WHERE number = NEW.number)
       OR EXISTS (SELECT FROM corrective_actions WHERE number = NEW.number)
       OR EXISTS (SELECT FROM suppliers WHERE number = NEW.number)
       OR EXISTS (SELECT FROM contracts WHERE number = NEW.number) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% of %: that record is not there', TG_TABLE_NAME, NEW.number
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
END
$$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER suppliers_number_needed AFTER DELETE OR UPDATE OF number ON suppliers
    FOR EACH ROW EXECUTE FUNCTION refuse_orphans();
CREATE CONSTRAINT TRIGGER contracts_number_needed AFTER DELETE OR UPDATE OF number ON contracts
    FOR EACH ROW EXECUTE FUNCTION refuse_orphans();

-- The states of reviews are those that their process will leave.
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
        WHEN number LIKE 'SUP-%/%' THEN
            from_state IN ('', 'new', 'collecting', 'scored', 'meeting', 'actions', 'sign_off', 'closed', 'cancelled')
            AND to_state IN ('new', 'collecting', 'scored', 'meeting', 'actions', 'sign_off', 'closed', 'cancelled')
        WHEN number LIKE 'SUP-%' THEN
            from_state IN ('', 'new', 'proposed', 'due_diligence', 'onboarding', 'active', 'watch', 'exit_planned',
                           'exiting', 'offboarded', 'rejected')
            AND to_state IN ('new', 'proposed', 'due_diligence', 'onboarding', 'active', 'watch', 'exit_planned',
                           'exiting', 'offboarded', 'rejected')
        WHEN number LIKE 'CON-%' THEN
            from_state IN ('', 'new', 'draft', 'under_review', 'approved', 'active', 'notice_window', 'renewing',
                           'renegotiating', 'terminating', 'expired', 'terminated', 'cancelled')
            AND to_state IN ('new', 'draft', 'under_review', 'approved', 'active', 'notice_window', 'renewing',
                           'renegotiating', 'terminating', 'expired', 'terminated', 'cancelled')
        ELSE
            from_state IN ('', 'raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
                           'scheduled', 'implementing', 'closed', 'cancelled')
            AND to_state IN ('raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
                             'scheduled', 'implementing', 'closed', 'cancelled')
        END);

-- What they are found by. Nobody finds a contract who may not read of contracts: the
-- view below says of what kind a record is.
-- +goose StatementBegin
CREATE FUNCTION found_by(s suppliers) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT weighed(s.number || ' ' || s.name, s.standing ->> 'supplies',
                   concat_ws(' ', s.standing -> 'due_diligence' ->> 'note', s.standing -> 'exit_plan' ->> 'text'))
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION found_by(c contracts) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT weighed(c.number || ' ' || c.title, c.standing ->> 'supplies', c.standing ->> 'duties')
$$;
-- +goose StatementEnd
CREATE TRIGGER suppliers_words_kept AFTER INSERT OR UPDATE ON suppliers FOR EACH ROW EXECUTE FUNCTION keep_words();
CREATE TRIGGER contracts_words_kept AFTER INSERT OR UPDATE ON contracts FOR EACH ROW EXECUTE FUNCTION keep_words();

CREATE OR REPLACE VIEW records AS
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
FROM corrective_actions
UNION ALL
SELECT 'supplier', number, ordinal, name, coalesce(standing -> 'services' ->> 0, ''), state, reporter, owner, '', false,
       ARRAY[reporter, owner, deputy], raised_at, closed_at, NULL, due_at
FROM suppliers
UNION ALL
SELECT 'contract', number, ordinal, title, coalesce(services[1], ''), state, reporter, owner, '', false,
       ARRAY[reporter, owner] || texts_of(standing -> 'deciding' -> 'asked'), raised_at, closed_at, NULL, due_at
FROM contracts;

-- A contract says by its supplier alone what it has to do with another record.
CREATE OR REPLACE VIEW record_relations AS
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
WHERE c.links <> '[]' AND l.other ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$' AND l.other <> c.number
UNION ALL
SELECT c.number, 'related_to', c.supplier, c.reporter, c.raised_at FROM contracts c;

GRANT SELECT ON suppliers, contracts TO steward_desk, steward_worker;
GRANT INSERT, UPDATE ON suppliers, contracts TO steward_worker;
GRANT USAGE ON SEQUENCE supplier_number, contract_number TO steward_desk;

-- +goose Down
-- Only while there is neither: their events cannot stay without them.
DROP VIEW record_relations, records;
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

GRANT SELECT ON records, record_relations TO steward_desk;
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
ALTER TABLE events DROP CONSTRAINT events_number_form, ADD CONSTRAINT events_number_form CHECK (number ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$');
ALTER TABLE messages DROP CONSTRAINT messages_number_form, ADD CONSTRAINT messages_number_form CHECK (number ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$');
ALTER TABLE idempotency DROP CONSTRAINT idempotency_number_form, ADD CONSTRAINT idempotency_number_form CHECK (number ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$');
ALTER TABLE relations DROP CONSTRAINT relations_from_number_form, ADD CONSTRAINT relations_from_number_form CHECK (from_number ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$');
ALTER TABLE relations DROP CONSTRAINT relations_to_number_form, ADD CONSTRAINT relations_to_number_form CHECK (to_number ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$');
ALTER TABLE corrective_actions
    DROP CONSTRAINT corrective_actions_source_form,
    ADD CONSTRAINT corrective_actions_source_form CHECK (source = '' OR source ~ '^[A-Z]{2,4}-[1-9][0-9]{0,9}$');
DROP TRIGGER contracts_words_kept ON contracts;
DROP TRIGGER suppliers_words_kept ON suppliers;
DROP FUNCTION found_by(contracts), found_by(suppliers);
DROP TABLE contracts, suppliers;
DROP SEQUENCE contract_number, supplier_number;
DROP FUNCTION record_number;
