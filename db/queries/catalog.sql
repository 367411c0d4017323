-- name: LockCatalog :exec
-- LockCatalog lets one catalog be applied at a time.
SELECT pg_advisory_xact_lock(hashtext('steward.catalog'));

-- name: NewestCatalog :one
-- NewestCatalog tells which version is in force.
SELECT version, digest FROM catalog_versions ORDER BY version DESC LIMIT 1;

-- name: KeepCatalog :exec
-- KeepCatalog keeps a version for good.
INSERT INTO catalog_versions (version, digest, author, document) VALUES (@version, @digest, @author, @document);

-- name: CatalogDocument :one
-- CatalogDocument reads one version whole.
SELECT document FROM catalog_versions WHERE version = @version;

-- name: CatalogVersions :many
-- CatalogVersions lists who applied what and when, newest first.
SELECT version, digest, author, applied_at FROM catalog_versions ORDER BY version DESC;
