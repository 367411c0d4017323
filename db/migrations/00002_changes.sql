-- What the processes own. Only the worker writes here; the desk reads. Absent
-- text is '', so that a row compares and prints the same everywhere; an absent
-- instant is NULL. When the record came to its state is read from its events:
-- steps may arrive out of order, and the newest need not be the one that moved it.

-- +goose Up
CREATE SEQUENCE change_number AS bigint MINVALUE 1 MAXVALUE 9999999999 NO CYCLE;

CREATE TABLE changes (
    number         text        NOT NULL,
    ordinal        bigint      GENERATED ALWAYS AS (substr(number, 5)::bigint) STORED,
    type           text        NOT NULL,
    title          text        NOT NULL,
    description    text        NOT NULL,
    service        text        NOT NULL,
    plan           text        NOT NULL,
    backout_plan   text        NOT NULL,
    window_start   timestamptz,
    window_end     timestamptz,
    deployment     jsonb,
    requester      text        NOT NULL,
    team           text        NOT NULL,
    owner          text        NOT NULL,
    restricted     boolean     NOT NULL,
    state          text        NOT NULL,
    outcome        text        NOT NULL,
    revision       integer     NOT NULL,
    policy_version integer     NOT NULL,
    content_hash   text        NOT NULL,
    approvers      text[]      NOT NULL,
    implementer    text        NOT NULL,
    raised_at      timestamptz NOT NULL,
    remind_at      timestamptz,
    expire_at      timestamptz,
    closed_at      timestamptz,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT changes_pkey PRIMARY KEY (number),
    CONSTRAINT changes_number_form CHECK (number ~ '^CHG-[1-9][0-9]{0,9}$'),
    CONSTRAINT changes_type_known CHECK (type IN ('normal')),
    CONSTRAINT changes_title_bounds CHECK (title ~ '\S' AND char_length(title) <= 120),
    CONSTRAINT changes_description_bounds CHECK (char_length(description) <= 4000),
    CONSTRAINT changes_service_bounds CHECK (service ~ '\S' AND char_length(service) <= 64),
    CONSTRAINT changes_plan_bounds CHECK (plan ~ '\S' AND char_length(plan) <= 4000),
    CONSTRAINT changes_backout_plan_bounds CHECK (backout_plan ~ '\S' AND char_length(backout_plan) <= 4000),
    CONSTRAINT changes_window_order CHECK (
        (window_start IS NULL AND window_end IS NULL)
        OR (window_start IS NOT NULL AND window_end IS NOT NULL AND window_end > window_start
            AND window_end - window_start <= interval '30 days')),
    CONSTRAINT changes_deployment_bounds CHECK (
        deployment IS NULL OR (jsonb_typeof(deployment) = 'object' AND octet_length(deployment::text) <= 8192)),
    CONSTRAINT changes_requester_bounds CHECK (char_length(requester) BETWEEN 1 AND 100),
    CONSTRAINT changes_team_bounds CHECK (char_length(team) <= 100),
    CONSTRAINT changes_owner_bounds CHECK (char_length(owner) <= 100),
    CONSTRAINT changes_state_known CHECK (state IN (
        'raised', 'awaiting_approval', 'approved', 'rejected', 'expired',
        'scheduled', 'implementing', 'closed', 'cancelled')),
    CONSTRAINT changes_outcome_known CHECK (outcome IN ('', 'successful', 'failed')),
    CONSTRAINT changes_closed_has_outcome CHECK ((state = 'closed') = (outcome <> '')),
    CONSTRAINT changes_final_has_closed_at CHECK (
        (state IN ('rejected', 'expired', 'closed', 'cancelled')) = (closed_at IS NOT NULL)),
    CONSTRAINT changes_awaiting_has_approvers CHECK (
        state <> 'awaiting_approval' OR (cardinality(approvers) >= 1 AND expire_at IS NOT NULL)),
    CONSTRAINT changes_approvers_bounds CHECK (
        cardinality(approvers) <= 500 AND array_position(approvers, NULL) IS NULL
        AND array_position(approvers, '') IS NULL),
    CONSTRAINT changes_carried_out_by_someone CHECK (
        state NOT IN ('implementing', 'closed') OR implementer <> ''),
    CONSTRAINT changes_implementer_bounds CHECK (char_length(implementer) <= 100),
    CONSTRAINT changes_revision_positive CHECK (revision >= 1),
    CONSTRAINT changes_policy_version_positive CHECK (policy_version >= 1),
    CONSTRAINT changes_content_hash_form CHECK (content_hash ~ '^[0-9a-f]{64}$')
);
CREATE INDEX changes_newest ON changes (raised_at DESC, ordinal DESC);
CREATE INDEX changes_by_state ON changes (state, raised_at DESC, ordinal DESC);
CREATE INDEX changes_by_service ON changes (service, raised_at DESC, ordinal DESC);
CREATE INDEX changes_by_requester ON changes (requester, raised_at DESC, ordinal DESC);
CREATE INDEX changes_by_implementer ON changes (implementer) WHERE state = 'implementing';
CREATE INDEX changes_by_approver ON changes USING gin (approvers) WHERE state = 'awaiting_approval';

CREATE TABLE events (
    number      text        NOT NULL,
    revision    integer     NOT NULL,
    kind        text        NOT NULL,
    at          timestamptz NOT NULL,
    actor       text        NOT NULL,
    door        text        NOT NULL,
    from_state  text        NOT NULL,
    to_state    text        NOT NULL,
    note        text        NOT NULL,
    digest      text        NOT NULL,
    credential  text        NOT NULL,
    workflow_id text        NOT NULL,
    run_id      text        NOT NULL,
    act_id      text        NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT events_pkey PRIMARY KEY (number, revision),
    CONSTRAINT events_number_recorded FOREIGN KEY (number) REFERENCES changes (number),
    CONSTRAINT events_number_form CHECK (number ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$'),
    CONSTRAINT events_revision_positive CHECK (revision >= 1),
    CONSTRAINT events_kind_form CHECK (kind ~ '^[a-z_]+\.[a-z_]+$' AND char_length(kind) <= 100),
    CONSTRAINT events_actor_bounds CHECK (char_length(actor) BETWEEN 1 AND 100),
    CONSTRAINT events_door_known CHECK (door IN ('api', 'slack', 'webhook', 'cli', 'system')),
    CONSTRAINT events_state_known CHECK (
        from_state IN ('', 'raised', 'awaiting_approval', 'approved', 'rejected', 'expired',
                       'scheduled', 'implementing', 'closed', 'cancelled')
        AND to_state IN ('raised', 'awaiting_approval', 'approved', 'rejected', 'expired',
                         'scheduled', 'implementing', 'closed', 'cancelled')),
    CONSTRAINT events_note_bounds CHECK (char_length(note) <= 4000),
    CONSTRAINT events_digest_form CHECK (digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT events_provenance_bounds CHECK (
        char_length(credential) <= 200 AND char_length(workflow_id) <= 1000
        AND char_length(run_id) <= 1000 AND char_length(act_id) <= 1000)
);

CREATE TABLE decisions (
    number       text        NOT NULL,
    revision     integer     NOT NULL,
    person       text        NOT NULL,
    door         text        NOT NULL,
    verdict      text        NOT NULL,
    note         text        NOT NULL,
    content_hash text        NOT NULL,
    at           timestamptz NOT NULL,
    CONSTRAINT decisions_pkey PRIMARY KEY (number, revision),
    CONSTRAINT decisions_event_recorded FOREIGN KEY (number, revision) REFERENCES events (number, revision),
    CONSTRAINT decisions_one_per_person UNIQUE (number, person),
    CONSTRAINT decisions_person_bounds CHECK (char_length(person) BETWEEN 1 AND 100),
    CONSTRAINT decisions_door_known CHECK (door IN ('api', 'slack', 'webhook', 'cli', 'system')),
    CONSTRAINT decisions_verdict_known CHECK (verdict IN ('approve', 'reject')),
    CONSTRAINT decisions_reject_has_note CHECK (verdict <> 'reject' OR note ~ '\S'),
    CONSTRAINT decisions_note_bounds CHECK (char_length(note) <= 2000),
    CONSTRAINT decisions_content_hash_form CHECK (content_hash ~ '^[0-9a-f]{64}$')
);

CREATE TABLE messages (
    key        text        NOT NULL,
    number     text        NOT NULL,
    revision   integer     NOT NULL,
    channel    text        NOT NULL,
    ts         text        NOT NULL,
    digest     text        NOT NULL,
    state      text        NOT NULL,
    attempts   integer     NOT NULL,
    unsure     integer     NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT messages_pkey PRIMARY KEY (key),
    CONSTRAINT messages_key_bounds CHECK (char_length(key) BETWEEN 1 AND 200),
    CONSTRAINT messages_number_form CHECK (number ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$'),
    CONSTRAINT messages_revision_positive CHECK (revision >= 1),
    CONSTRAINT messages_place_bounds CHECK (char_length(channel) <= 64 AND char_length(ts) <= 64),
    CONSTRAINT messages_digest_bounds CHECK (char_length(digest) <= 64),
    CONSTRAINT messages_state_known CHECK (state IN ('pending', 'posted', 'ambiguous', 'gone')),
    CONSTRAINT messages_posted_has_place CHECK (state <> 'posted' OR (channel <> '' AND ts <> '')),
    CONSTRAINT messages_counts_positive CHECK (attempts >= 1 AND unsure >= 0)
);
CREATE INDEX messages_by_number ON messages (number);

CREATE TABLE deployment_statuses (
    number     text        NOT NULL,
    status     text        NOT NULL,
    status_id  bigint      NOT NULL,
    state      text        NOT NULL,
    attempts   integer     NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT deployment_statuses_pkey PRIMARY KEY (number, status),
    CONSTRAINT deployment_statuses_number_form CHECK (number ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$'),
    CONSTRAINT deployment_statuses_status_known CHECK (
        status IN ('error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success')),
    CONSTRAINT deployment_statuses_state_known CHECK (state IN ('pending', 'posted')),
    CONSTRAINT deployment_statuses_posted_has_id CHECK ((state = 'posted') = (status_id > 0)),
    CONSTRAINT deployment_statuses_attempts_positive CHECK (attempts >= 1)
);

GRANT SELECT ON changes, events, decisions, messages, deployment_statuses TO steward_desk, steward_worker;
GRANT INSERT, UPDATE ON changes TO steward_worker;
GRANT INSERT ON events, decisions TO steward_worker;
GRANT INSERT, UPDATE, DELETE ON messages TO steward_worker;
GRANT INSERT, UPDATE ON deployment_statuses TO steward_worker;
GRANT USAGE ON SEQUENCE change_number TO steward_desk;
