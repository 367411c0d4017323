package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// CatalogVersion says who applied a catalog and when.
type CatalogVersion struct {
	Version   int
	Digest    string // SHA-256 of the file as it was applied, in hex
	Author    string
	AppliedAt time.Time
}

// keptCatalogs is how many parsed versions are kept at hand.
const keptCatalogs = 16

// ApplyCatalog puts a catalog in force as a new version, unless the newest has
// the same digest. The audit says who did it.
func (s *Store) ApplyCatalog(ctx context.Context, c itsm.Catalog, digest, author string) (version int, changed bool, err error) {
	document, err := json.Marshal(c)
	if err != nil {
		return 0, false, fmt.Errorf("apply catalog: %w", err)
	}
	err = s.transact(ctx, "apply catalog", func(q *rows.Queries) error {
		if err := q.LockCatalog(ctx); err != nil {
			return err
		}
		newest, err := q.NewestCatalog(ctx)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if version = int(newest.Version); newest.Digest == digest {
			return nil
		}
		version, changed = version+1, true
		if err := q.KeepCatalog(ctx, rows.KeepCatalogParams{
			Version: newest.Version + 1, Digest: digest, Author: author, Document: document,
		}); err != nil {
			return err
		}
		facts := map[string]string{"version": strconv.Itoa(version), "digest": digest}
		return q.EnterAudit(ctx, command("catalog.applied", "catalog", author, facts))
	})
	if err != nil {
		return 0, false, err
	}
	return version, changed, nil
}

// Catalog is the catalog in force and its version. The caller must not change it:
// others hold the same lists.
func (s *Store) Catalog(ctx context.Context) (itsm.Catalog, int, error) {
	newest, err := s.rows.NewestCatalog(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return itsm.Catalog{}, 0, itsm.Refuse(itsm.Unavailable, "catalog.none", "No catalog has been applied yet. An administrator does it with: steward catalog apply.")
	}
	if err != nil {
		return itsm.Catalog{}, 0, refusal("catalog", err)
	}
	c, err := s.CatalogVersion(ctx, int(newest.Version))
	return c, int(newest.Version), err
}

// CatalogVersion is the catalog as it was in one version. The caller must not
// change it.
func (s *Store) CatalogVersion(ctx context.Context, version int) (itsm.Catalog, error) {
	s.mu.Lock()
	c, kept := s.catalogs[version]
	s.mu.Unlock()
	if kept {
		return c, nil
	}
	document, err := s.rows.CatalogDocument(ctx, small(version))
	if errors.Is(err, pgx.ErrNoRows) {
		return itsm.Catalog{}, itsm.Refuse(itsm.NotFound, "catalog.version", "There is no version %d of the catalog.", version)
	}
	if err != nil {
		return itsm.Catalog{}, refusal("catalog version", err)
	}
	if err := json.Unmarshal(document, &c); err != nil {
		return itsm.Catalog{}, fmt.Errorf("catalog version %d: %w", version, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.catalogs) >= keptCatalogs {
		clear(s.catalogs)
	}
	s.catalogs[version] = c
	return c, nil
}

// CatalogVersions lists every version, newest first.
func (s *Store) CatalogVersions(ctx context.Context) ([]CatalogVersion, error) {
	found, err := s.rows.CatalogVersions(ctx)
	if err != nil {
		return nil, refusal("catalog versions", err)
	}
	versions := make([]CatalogVersion, 0, len(found))
	for _, v := range found {
		versions = append(versions, CatalogVersion{Version: int(v.Version), Digest: v.Digest, Author: v.Author, AppliedAt: v.AppliedAt})
	}
	return versions, nil
}
