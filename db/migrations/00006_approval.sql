-- Approval in stages: what a change says of itself, how far its approval has come,
-- what was said about it. Every new column has a default or may be NULL, and what
-- was checked before is checked no more strictly, so that the version before may
-- run beside.
--
-- Edits are partial and may overtake one another: changes.edited says, field by
-- field, of which revision a text is. events.edit keeps what each edit wrote (the
-- first one, the whole draft), so that what was decided on can be read again.

-- +goose Up
ALTER TABLE changes
    ADD COLUMN justification       text    NOT NULL DEFAULT '',
    ADD COLUMN test_plan           text    NOT NULL DEFAULT '',
    ADD COLUMN backout_minutes     integer NOT NULL DEFAULT 0,
    ADD COLUMN configuration_items text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN links               jsonb   NOT NULL DEFAULT '[]',
    ADD COLUMN risk                jsonb,
    ADD COLUMN assessment          jsonb,
    ADD COLUMN edited              jsonb   NOT NULL DEFAULT '{}',
    ADD COLUMN risk_score          jsonb   NOT NULL DEFAULT '{}',
    ADD COLUMN risk_tier           text    NOT NULL GENERATED ALWAYS AS (coalesce(risk_score ->> 'tier', '')) STORED,
    ADD COLUMN approval            jsonb   NOT NULL DEFAULT '{}',
    ADD COLUMN hold                jsonb,
    ADD COLUMN assignee            text    NOT NULL DEFAULT '',
    ADD COLUMN backup_at           timestamptz,
    ADD CONSTRAINT changes_justification_bounds CHECK (char_length(justification) <= 4000),
    ADD CONSTRAINT changes_test_plan_bounds CHECK (char_length(test_plan) <= 4000),
    ADD CONSTRAINT changes_backout_minutes_bounds CHECK (backout_minutes BETWEEN 0 AND 43200),
    ADD CONSTRAINT changes_configuration_items_bounds CHECK (
        cardinality(configuration_items) <= 50 AND array_position(configuration_items, NULL) IS NULL
        AND array_position(configuration_items, '') IS NULL
        AND char_length(array_to_string(configuration_items, '')) <= 5000),
    ADD CONSTRAINT changes_links_bounds CHECK (
        jsonb_typeof(links) = 'array' AND jsonb_array_length(links) <= 20 AND octet_length(links::text) <= 262144),
    ADD CONSTRAINT changes_risk_bounds CHECK (
        risk IS NULL OR (jsonb_typeof(risk) = 'object' AND octet_length(risk::text) <= 1024)),
    ADD CONSTRAINT changes_assessment_bounds CHECK (
        assessment IS NULL OR (jsonb_typeof(assessment) = 'object' AND octet_length(assessment::text) <= 262144)),
    ADD CONSTRAINT changes_edited_bounds CHECK (
        jsonb_typeof(edited) = 'object' AND octet_length(edited::text) <= 4096),
    ADD CONSTRAINT changes_risk_score_bounds CHECK (
        jsonb_typeof(risk_score) = 'object' AND octet_length(risk_score::text) <= 262144),
    ADD CONSTRAINT changes_risk_tier_known CHECK (risk_tier IN ('', 'low', 'medium', 'high')),
    ADD CONSTRAINT changes_approval_bounds CHECK (
        jsonb_typeof(approval) = 'object' AND octet_length(approval::text) <= 1048576),
    ADD CONSTRAINT changes_hold_bounds CHECK (
        hold IS NULL OR (jsonb_typeof(hold) = 'object' AND octet_length(hold::text) <= 16384)),
    ADD CONSTRAINT changes_assignee_bounds CHECK (char_length(assignee) <= 100),
    DROP CONSTRAINT changes_state_known,
    ADD CONSTRAINT changes_state_known CHECK (state IN (
        'raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
        'scheduled', 'implementing', 'closed', 'cancelled')),
    -- Between two stages, and in a new round, nobody is awaited and nothing expires.
    DROP CONSTRAINT changes_awaiting_has_approvers;
CREATE INDEX changes_by_assignee ON changes (assignee) WHERE state = 'scheduled';

ALTER TABLE events
    ADD COLUMN detail jsonb,
    ADD COLUMN edit   jsonb,
    ADD CONSTRAINT events_detail_bounds CHECK (
        detail IS NULL OR (jsonb_typeof(detail) = 'object' AND octet_length(detail::text) <= 1048576)),
    ADD CONSTRAINT events_edit_bounds CHECK (
        edit IS NULL OR (jsonb_typeof(edit) = 'object' AND octet_length(edit::text) <= 1048576)),
    DROP CONSTRAINT events_state_known,
    ADD CONSTRAINT events_state_known CHECK (
        from_state IN ('', 'raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
                       'scheduled', 'implementing', 'closed', 'cancelled')
        AND to_state IN ('raised', 'awaiting_assessment', 'awaiting_approval', 'approved', 'rejected', 'expired',
                         'scheduled', 'implementing', 'closed', 'cancelled'));

-- A person may vote again in another stage, in another round, and once they took
-- their vote back.
ALTER TABLE decisions
    ADD COLUMN round     integer NOT NULL DEFAULT 1,
    ADD COLUMN stage     integer NOT NULL DEFAULT 1,
    ADD COLUMN principal text    NOT NULL DEFAULT '',
    ADD CONSTRAINT decisions_round_positive CHECK (round >= 1),
    ADD CONSTRAINT decisions_stage_positive CHECK (stage >= 1),
    ADD CONSTRAINT decisions_principal_bounds CHECK (char_length(principal) <= 100),
    DROP CONSTRAINT decisions_verdict_known,
    ADD CONSTRAINT decisions_verdict_known CHECK (verdict IN ('approve', 'reject', 'abstain')),
    DROP CONSTRAINT decisions_one_per_person;

CREATE TABLE comments (
    number      text        NOT NULL,
    id          integer     NOT NULL,
    kind        text        NOT NULL,
    by_person   text        NOT NULL,
    door        text        NOT NULL,
    at          timestamptz NOT NULL,
    text        text        NOT NULL,
    reply_to    integer     NOT NULL,
    digest      text        NOT NULL,
    credential  text        NOT NULL,
    workflow_id text        NOT NULL,
    run_id      text        NOT NULL,
    act_id      text        NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT comments_pkey PRIMARY KEY (number, id),
    CONSTRAINT comments_number_recorded FOREIGN KEY (number) REFERENCES changes (number),
    CONSTRAINT comments_kind_known CHECK (kind IN ('comment', 'question', 'answer')),
    CONSTRAINT comments_by_person_bounds CHECK (char_length(by_person) BETWEEN 1 AND 100),
    CONSTRAINT comments_door_known CHECK (door IN ('api', 'slack', 'webhook', 'cli', 'system')),
    CONSTRAINT comments_text_bounds CHECK (text ~ '\S' AND char_length(text) <= 2000),
    CONSTRAINT comments_answers_one_before CHECK (
        (kind = 'answer') = (reply_to > 0) AND reply_to >= 0 AND reply_to < id),
    CONSTRAINT comments_digest_form CHECK (digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT comments_provenance_bounds CHECK (
        char_length(credential) <= 200 AND char_length(workflow_id) <= 1000
        AND char_length(run_id) <= 1000 AND char_length(act_id) <= 1000)
);

GRANT SELECT ON comments TO steward_desk, steward_worker;
GRANT INSERT ON comments TO steward_worker;
