-- The audit. The transaction of an act inserts its entry; the sealer chains
-- entries that are committed, so that no act waits for another. The columns at
-- and xid are the database's own: no role may give them. xid is how the sealer
-- knows which transactions had not ended when it last looked.

-- +goose Up
CREATE TABLE audit_entries (
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid         xid8        NOT NULL DEFAULT pg_current_xact_id(),
    outcome     text        NOT NULL,
    action      text        NOT NULL,
    subject     text        NOT NULL,
    revision    integer     NOT NULL DEFAULT 0,
    actor       text        NOT NULL,
    door        text        NOT NULL,
    credential  text        NOT NULL DEFAULT '',
    code        text        NOT NULL DEFAULT '',
    kind        text        NOT NULL DEFAULT '',
    workflow_id text        NOT NULL DEFAULT '',
    run_id      text        NOT NULL DEFAULT '',
    act_id      text        NOT NULL DEFAULT '',
    facts       jsonb       NOT NULL DEFAULT '{}',
    personal    jsonb       NOT NULL DEFAULT '{}',
    CONSTRAINT audit_entries_pkey PRIMARY KEY (id),
    CONSTRAINT audit_entries_outcome_known CHECK (outcome IN ('done', 'refused')),
    CONSTRAINT audit_entries_refused_has_code CHECK (
        (outcome = 'refused') = (code <> '') AND (outcome = 'refused') = (kind <> '')),
    CONSTRAINT audit_entries_action_bounds CHECK (char_length(action) BETWEEN 1 AND 100),
    CONSTRAINT audit_entries_subject_bounds CHECK (char_length(subject) <= 200),
    CONSTRAINT audit_entries_revision_positive CHECK (revision >= 0),
    CONSTRAINT audit_entries_actor_bounds CHECK (char_length(actor) <= 200),
    CONSTRAINT audit_entries_door_known CHECK (door IN ('', 'api', 'slack', 'webhook', 'cli', 'system')),
    CONSTRAINT audit_entries_code_bounds CHECK (char_length(code) <= 100 AND char_length(kind) <= 100),
    CONSTRAINT audit_entries_provenance_bounds CHECK (
        char_length(credential) <= 200 AND char_length(workflow_id) <= 1000
        AND char_length(run_id) <= 1000 AND char_length(act_id) <= 1000),
    CONSTRAINT audit_entries_facts_object CHECK (
        jsonb_typeof(facts) = 'object' AND octet_length(facts::text) <= 16384),
    CONSTRAINT audit_entries_personal_object CHECK (
        jsonb_typeof(personal) = 'object' AND octet_length(personal::text) <= 4096)
);
CREATE INDEX audit_entries_by_xid ON audit_entries (xid);
CREATE INDEX audit_entries_by_subject ON audit_entries (subject, id);
CREATE UNIQUE INDEX audit_entries_once ON audit_entries (subject, revision) WHERE revision > 0;

CREATE TABLE audit_chain (
    seq       bigint      NOT NULL,
    entry     bigint      NOT NULL,
    version   smallint    NOT NULL,
    sealed_at timestamptz NOT NULL,
    prev_hash bytea       NOT NULL,
    hash      bytea       NOT NULL,
    CONSTRAINT audit_chain_pkey PRIMARY KEY (seq),
    CONSTRAINT audit_chain_entry_once UNIQUE (entry),
    CONSTRAINT audit_chain_entry_recorded FOREIGN KEY (entry) REFERENCES audit_entries (id),
    CONSTRAINT audit_chain_seq_positive CHECK (seq >= 1),
    CONSTRAINT audit_chain_version_known CHECK (version = 1),
    CONSTRAINT audit_chain_hash_length CHECK (octet_length(prev_hash) = 32 AND octet_length(hash) = 32)
);

CREATE TABLE audit_personal (
    entry  bigint NOT NULL,
    field  text   NOT NULL,
    person text   NOT NULL,
    salt   bytea  NOT NULL,
    value  text   NOT NULL,
    CONSTRAINT audit_personal_pkey PRIMARY KEY (entry, field),
    CONSTRAINT audit_personal_entry_recorded FOREIGN KEY (entry) REFERENCES audit_entries (id),
    CONSTRAINT audit_personal_field_bounds CHECK (char_length(field) BETWEEN 1 AND 64),
    CONSTRAINT audit_personal_person_bounds CHECK (char_length(person) <= 200),
    CONSTRAINT audit_personal_salt_length CHECK (octet_length(salt) = 32),
    CONSTRAINT audit_personal_value_bounds CHECK (char_length(value) <= 4000)
);
CREATE INDEX audit_personal_by_person ON audit_personal (person);

-- +goose StatementBegin
CREATE FUNCTION refuse_audit_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit only grows: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'audit_only_grows', TABLE = TG_TABLE_NAME;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_entries_only_grow BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_rewrite();
CREATE TRIGGER audit_entries_never_truncate BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_rewrite();
CREATE TRIGGER audit_chain_only_grows BEFORE UPDATE OR DELETE ON audit_chain
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_rewrite();
CREATE TRIGGER audit_chain_never_truncate BEFORE TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_rewrite();

ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_entries_read ON audit_entries FOR SELECT
    TO steward_desk, steward_worker, steward_sealer USING (true);
CREATE POLICY audit_entries_by_worker ON audit_entries FOR INSERT TO steward_worker WITH CHECK (true);
CREATE POLICY audit_entries_by_desk ON audit_entries FOR INSERT TO steward_desk WITH CHECK (outcome = 'refused');

GRANT SELECT ON audit_entries, audit_chain TO steward_desk, steward_worker, steward_sealer;
GRANT INSERT (outcome, action, subject, revision, actor, door, credential, code, kind,
              workflow_id, run_id, act_id, facts, personal)
    ON audit_entries TO steward_desk, steward_worker;
GRANT INSERT ON audit_personal TO steward_desk, steward_worker;
-- A role of its own chains entries: neither the desk nor the worker can write a
-- link, and the sealer can write nothing that would be worth a link.
GRANT INSERT ON audit_chain TO steward_sealer;
