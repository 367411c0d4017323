-- What the desk writes, and nothing else: reservations, the Slack inbox and
-- counts of refusals to strangers. Its refusals to people are audit entries.

-- +goose Up
CREATE TABLE idempotency (
    principal   text        NOT NULL,
    route       text        NOT NULL,
    key         text        NOT NULL,
    body_digest text        NOT NULL,
    number      text        NOT NULL,
    lease_until timestamptz NOT NULL,
    status      integer     NOT NULL,
    answer      bytea       NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_pkey PRIMARY KEY (principal, route, key),
    CONSTRAINT idempotency_principal_bounds CHECK (char_length(principal) BETWEEN 1 AND 200),
    CONSTRAINT idempotency_route_bounds CHECK (char_length(route) BETWEEN 1 AND 300),
    CONSTRAINT idempotency_key_bounds CHECK (char_length(key) BETWEEN 1 AND 255),
    CONSTRAINT idempotency_body_digest_form CHECK (body_digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT idempotency_number_form CHECK (number ~ '^[A-Z]{3}-[1-9][0-9]{0,9}$'),
    CONSTRAINT idempotency_status_form CHECK (status = 0 OR status BETWEEN 100 AND 599),
    CONSTRAINT idempotency_answer_bounds CHECK (octet_length(answer) <= 1048576)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE slack_inbox (
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    dedupe_key  text        NOT NULL,
    kind        text        NOT NULL,
    team        text        NOT NULL,
    slack_user  text        NOT NULL,
    payload     bytea       NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz NOT NULL,
    attempts    integer     NOT NULL,
    answered_at timestamptz,
    answer      bytea       NOT NULL,
    last_error  text        NOT NULL,
    CONSTRAINT slack_inbox_pkey PRIMARY KEY (id),
    CONSTRAINT slack_inbox_once UNIQUE (dedupe_key),
    CONSTRAINT slack_inbox_dedupe_key_bounds CHECK (char_length(dedupe_key) BETWEEN 1 AND 500),
    CONSTRAINT slack_inbox_kind_bounds CHECK (char_length(kind) BETWEEN 1 AND 64),
    CONSTRAINT slack_inbox_who_bounds CHECK (char_length(team) <= 64 AND char_length(slack_user) <= 64),
    CONSTRAINT slack_inbox_payload_bounds CHECK (octet_length(payload) <= 1048576),
    CONSTRAINT slack_inbox_answer_bounds CHECK (octet_length(answer) <= 1048576),
    CONSTRAINT slack_inbox_attempts_positive CHECK (attempts >= 0),
    CONSTRAINT slack_inbox_last_error_bounds CHECK (char_length(last_error) <= 1000)
);
CREATE INDEX slack_inbox_due ON slack_inbox (lease_until, id) WHERE answered_at IS NULL;
CREATE INDEX slack_inbox_answered ON slack_inbox (answered_at) WHERE answered_at IS NOT NULL;

CREATE TABLE refusal_counts (
    source text        NOT NULL,
    minute timestamptz NOT NULL,
    code   text        NOT NULL,
    count  bigint      NOT NULL,
    CONSTRAINT refusal_counts_pkey PRIMARY KEY (minute, source, code),
    CONSTRAINT refusal_counts_source_bounds CHECK (char_length(source) <= 100),
    CONSTRAINT refusal_counts_minute_whole CHECK (extract(second FROM minute) = 0),
    CONSTRAINT refusal_counts_code_bounds CHECK (char_length(code) BETWEEN 1 AND 100),
    CONSTRAINT refusal_counts_count_positive CHECK (count >= 1)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency, slack_inbox, refusal_counts TO steward_desk;
