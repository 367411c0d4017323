-- What the owner writes by command: who is who, and the credentials of the API.

-- +goose Up
CREATE TABLE catalog_versions (
    version    integer     NOT NULL,
    digest     text        NOT NULL,
    author     text        NOT NULL,
    document   jsonb       NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT catalog_versions_pkey PRIMARY KEY (version),
    CONSTRAINT catalog_versions_version_positive CHECK (version >= 1),
    CONSTRAINT catalog_versions_digest_form CHECK (digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT catalog_versions_author_bounds CHECK (char_length(author) BETWEEN 1 AND 200),
    CONSTRAINT catalog_versions_document_object CHECK (jsonb_typeof(document) = 'object')
);

CREATE TABLE api_tokens (
    id            text        NOT NULL,
    person        text        NOT NULL,
    secret_sha256 bytea       NOT NULL,
    scopes        text[]      NOT NULL,
    name          text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    created_by    text        NOT NULL,
    expires_at    timestamptz NOT NULL,
    revoked_at    timestamptz,
    revoked_by    text        NOT NULL,
    CONSTRAINT api_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT api_tokens_id_form CHECK (id ~ '^[A-Za-z0-9]{4,64}$'),
    CONSTRAINT api_tokens_person_bounds CHECK (char_length(person) BETWEEN 1 AND 100),
    CONSTRAINT api_tokens_secret_length CHECK (octet_length(secret_sha256) = 32),
    CONSTRAINT api_tokens_scopes_known CHECK (cardinality(scopes) >= 1 AND scopes <@ ARRAY['read', 'write']),
    CONSTRAINT api_tokens_name_bounds CHECK (char_length(name) <= 200),
    CONSTRAINT api_tokens_created_by_bounds CHECK (char_length(created_by) BETWEEN 1 AND 200),
    CONSTRAINT api_tokens_expires_after_creation CHECK (
        expires_at > created_at AND expires_at <= created_at + interval '367 days'),
    CONSTRAINT api_tokens_revoked_by_someone CHECK ((revoked_at IS NULL) = (revoked_by = ''))
);

GRANT SELECT ON catalog_versions, api_tokens TO steward_desk, steward_worker;
