-- The roles that Steward's processes act as. None of them can log in: a login is
-- granted the roles that its process needs and takes one on each connection
-- (SET ROLE). Roles belong to the cluster, so several databases may be migrated
-- at once, and a hosted Postgres may have them made by its administrator.

-- +goose Up
-- +goose StatementBegin
DO $$
DECLARE
    wanted text;
    way    text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['steward_desk', 'steward_worker', 'steward_sealer'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database's migration made it first
        END;
        BEGIN
            IF NOT pg_has_role(current_user, wanted, way) THEN
                EXECUTE format('GRANT %I TO %I', wanted, current_user);
            END IF;
        EXCEPTION WHEN unique_violation THEN
            NULL; -- another database's migration granted it first
        END;
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', wanted);
    END LOOP;
END
$$;
-- +goose StatementEnd
