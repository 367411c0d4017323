-- Reviews of suppliers (ISO/IEC 20000-1:2018, 8.3.4.1). Of what was there only a view and
-- the function that knows the kinds of record grow. The version before may run beside.
--
-- The number of a review has its period in it, so there is one for each, whoever begins
-- it and however often. What it began with never changes; the rest stands in one document.

-- +goose Up
CREATE TABLE supplier_reviews (
    number         text        NOT NULL,
    supplier       text        NOT NULL,
    period         text        NOT NULL GENERATED ALWAYS AS (split_part(number, '/', 2)) STORED,
    name           text        NOT NULL,
    tier           text        NOT NULL,
    owner          text        NOT NULL,
    weights        jsonb       NOT NULL,
    earlier        jsonb       NOT NULL,
    standing       jsonb       NOT NULL,
    state          text        NOT NULL GENERATED ALWAYS AS (coalesce(standing ->> 'state', '')) STORED,
    revision       integer     NOT NULL GENERATED ALWAYS AS ((standing ->> 'revision')::integer) STORED,
    band           text        NOT NULL GENERATED ALWAYS AS (coalesce(standing -> 'score' ->> 'band', '')) STORED,
    policy_version integer     NOT NULL,
    raised_at     timestamptz NOT NULL,
    since          timestamptz NOT NULL,
    waits_for      text[]      NOT NULL,
    waits_roles    text[]      NOT NULL,
    due_at         timestamptz,
    missed         boolean     NOT NULL,
    corrects       boolean     NOT NULL,
    closed_at      timestamptz,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT supplier_reviews_pkey PRIMARY KEY (number),
    CONSTRAINT supplier_reviews_of_supplier FOREIGN KEY (supplier) REFERENCES suppliers (number),
    CONSTRAINT supplier_reviews_number_form CHECK (record_number(number) AND split_part(number, '/', 1) = supplier AND period <> ''),
    CONSTRAINT supplier_reviews_name_bounds CHECK (name ~ '\S' AND char_length(name) <= 120),
    CONSTRAINT supplier_reviews_tier_known CHECK (tier IN ('critical', 'important', 'standard')),
    CONSTRAINT supplier_reviews_owner_bounds CHECK (char_length(owner) BETWEEN 1 AND 100),
    CONSTRAINT supplier_reviews_weights_bounds CHECK (jsonb_typeof(weights) = 'array' AND octet_length(weights::text) <= 4096),
    CONSTRAINT supplier_reviews_earlier_bounds CHECK (jsonb_typeof(earlier) = 'array' AND octet_length(earlier::text) <= 1048576),
    CONSTRAINT supplier_reviews_standing_bounds CHECK (
        jsonb_typeof(standing) = 'object' AND octet_length(standing::text) <= 4194304),
    CONSTRAINT supplier_reviews_state_known CHECK (state IN (
        'new', 'collecting', 'scored', 'meeting', 'actions', 'sign_off', 'closed', 'cancelled')),
    CONSTRAINT supplier_reviews_revision_positive CHECK (revision >= 1),
    CONSTRAINT supplier_reviews_band_known CHECK (band IN ('', 'A', 'B', 'C', 'D', 'no_data')),
    CONSTRAINT supplier_reviews_scored_has_score CHECK (
        state NOT IN ('scored', 'meeting', 'actions', 'sign_off', 'closed') OR band <> ''),
    CONSTRAINT supplier_reviews_met_has_meeting CHECK (
        state NOT IN ('meeting', 'actions', 'sign_off', 'closed') OR jsonb_exists(standing, 'meeting')),
    CONSTRAINT supplier_reviews_closed_is_signed CHECK (
        state NOT IN ('sign_off', 'closed') OR coalesce(standing ->> 'signed_by', '') <> ''),
    CONSTRAINT supplier_reviews_critical_is_signed_by_another CHECK (
        tier <> 'critical' OR coalesce(standing ->> 'signed_by', '') = ''
        OR standing ->> 'signed_by' NOT IN (owner, standing ->> 'reviewer')),
    CONSTRAINT supplier_reviews_final_has_closed_at CHECK ((state IN ('closed', 'cancelled')) = (closed_at IS NOT NULL)),
    CONSTRAINT supplier_reviews_final_waits_for_nobody CHECK (
        closed_at IS NULL OR (waits_for = '{}' AND waits_roles = '{}' AND due_at IS NULL)),
    CONSTRAINT supplier_reviews_waits_for_bounds CHECK (
        cardinality(waits_for) <= 500 AND array_position(waits_for, NULL) IS NULL
        AND array_position(waits_for, '') IS NULL),
    CONSTRAINT supplier_reviews_waits_roles_bounds CHECK (
        cardinality(waits_roles) <= 20 AND array_position(waits_roles, NULL) IS NULL
        AND array_position(waits_roles, '') IS NULL),
    CONSTRAINT supplier_reviews_policy_version_positive CHECK (policy_version >= 1)
);
CREATE INDEX supplier_reviews_newest ON supplier_reviews (raised_at DESC, number DESC);
CREATE INDEX supplier_reviews_open ON supplier_reviews (raised_at DESC, number DESC) WHERE closed_at IS NULL;
CREATE INDEX supplier_reviews_by_supplier ON supplier_reviews (supplier, raised_at DESC, number DESC);
CREATE INDEX supplier_reviews_by_owner ON supplier_reviews (owner, raised_at DESC, number DESC);
CREATE INDEX supplier_reviews_to_correct ON supplier_reviews (number) WHERE corrects;
CREATE INDEX supplier_reviews_by_waits_for ON supplier_reviews USING gin (waits_for) WHERE closed_at IS NULL;
CREATE INDEX supplier_reviews_by_waits_roles ON supplier_reviews USING gin (waits_roles) WHERE closed_at IS NULL;

-- What a review asks the record book: which incidents waited for a supplier, and when.
CREATE INDEX events_held_for ON events ((detail -> 'hold' ->> 'for'), at) WHERE kind = 'incident.held';

-- A record is also a review.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION refuse_unrecorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changes WHERE number = NEW.number)
       OR EXISTS (SELECT FROM incidents WHERE number = NEW.number)
       OR EXISTS (SELECT FROM problems WHERE number = NEW.number)
       OR EXISTS (SELECT FROM corrective_actions WHERE number = NEW.number)
       OR EXISTS (SELECT FROM suppliers WHERE number = NEW.number)
       OR EXISTS (SELECT FROM contracts WHERE number = NEW.number)
       OR EXISTS (SELECT FROM supplier_reviews WHERE number = NEW.number) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% of %: that record is not there', TG_TABLE_NAME, NEW.number
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
END
$$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER supplier_reviews_number_needed AFTER DELETE OR UPDATE OF number ON supplier_reviews
    FOR EACH ROW EXECUTE FUNCTION refuse_orphans();

-- +goose StatementBegin
CREATE FUNCTION found_by(r supplier_reviews) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT weighed(r.number || ' ' || r.name, r.standing -> 'meeting' ->> 'note',
                   (SELECT string_agg(action ->> 'title', ' ') FROM jsonb_array_elements(coalesce(r.standing -> 'actions', '[]')) AS actions (action)))
$$;
-- +goose StatementEnd
CREATE TRIGGER supplier_reviews_words_kept AFTER INSERT OR UPDATE ON supplier_reviews FOR EACH ROW EXECUTE FUNCTION keep_words();

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
FROM contracts
UNION ALL
SELECT 'supplier_review', number, 0, name || ', ' || period, '', state, owner, owner, '', false,
       ARRAY[owner], raised_at, closed_at, NULL, due_at
FROM supplier_reviews;

-- A review says by its number alone which supplier it is of.
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
SELECT c.number, 'related_to', c.supplier, c.reporter, c.raised_at FROM contracts c
UNION ALL
SELECT r.number, 'related_to', r.supplier, r.owner, r.raised_at FROM supplier_reviews r;

GRANT SELECT ON supplier_reviews TO steward_desk, steward_worker;
GRANT INSERT, UPDATE ON supplier_reviews TO steward_worker;

-- +goose Down
-- Only while there is no review: its events cannot stay without it.
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
FROM corrective_actions
UNION ALL
SELECT 'supplier', number, ordinal, name, coalesce(standing -> 'services' ->> 0, ''), state, reporter, owner, '', false,
       ARRAY[reporter, owner, deputy], raised_at, closed_at, NULL, due_at
FROM suppliers
UNION ALL
SELECT 'contract', number, ordinal, title, coalesce(services[1], ''), state, reporter, owner, '', false,
       ARRAY[reporter, owner] || texts_of(standing -> 'deciding' -> 'asked'), raised_at, closed_at, NULL, due_at
FROM contracts;

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
WHERE c.links <> '[]' AND l.other ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$' AND l.other <> c.number
UNION ALL
SELECT c.number, 'related_to', c.supplier, c.reporter, c.raised_at FROM contracts c;
GRANT SELECT ON records, record_relations TO steward_desk;
DROP TRIGGER supplier_reviews_words_kept ON supplier_reviews;
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
DROP FUNCTION found_by(supplier_reviews);
DROP INDEX events_held_for;
DROP TABLE supplier_reviews;
