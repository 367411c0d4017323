package db_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

func catalog() itsm.Catalog {
	return itsm.Catalog{
		People:   []itsm.Person{{ID: "ana", Name: "Ana", Email: "ana@example.org", Zone: "Europe/Madrid", Roles: []itsm.Role{itsm.Requester}}},
		Teams:    []itsm.Team{{ID: "web", Name: "Web", Manager: "max"}},
		Services: []itsm.Service{{ID: "shop", Name: "Shop", Owner: "max", Team: "web", Channel: "C1", Criticality: itsm.High}},
		Change:   itsm.ChangePolicy{Approvers: itsm.Approver, RemindAfter: itsm.Duration(time.Hour), ExpireAfter: itsm.Duration(36 * time.Hour)},
	}
}

func TestACatalogIsKeptByVersion(t *testing.T) {
	b, ctx := open(t), t.Context()
	_, _, err := b.desk.Catalog(ctx)
	refused(t, err, itsm.Unavailable, "catalog.none")
	first, second := strings.Repeat("a", 64), strings.Repeat("b", 64)
	apply := func(c itsm.Catalog, digest string, wantVersion int, wantChanged bool) {
		version, changed, err := b.owner.ApplyCatalog(ctx, c, digest, "root")
		require.NoError(t, err)
		require.Equal(t, wantVersion, version)
		require.Equal(t, wantChanged, changed)
	}
	apply(catalog(), first, 1, true)
	apply(catalog(), first, 1, false)
	other := catalog()
	other.Change.ExpireAfter = itsm.Duration(time.Second)
	apply(other, second, 2, true)
	got, version, err := b.desk.Catalog(ctx)
	require.NoError(t, err)
	require.Equal(t, 2, version)
	require.Equal(t, other, got)
	got, err = b.worker.CatalogVersion(ctx, 1)
	require.NoError(t, err)
	require.Equal(t, catalog(), got)
	apply(catalog(), first, 3, true) // going back is a version of its own
	_, err = b.desk.CatalogVersion(ctx, 9)
	refused(t, err, itsm.NotFound, "catalog.version")
	versions, err := b.desk.CatalogVersions(ctx)
	require.NoError(t, err)
	require.Len(t, versions, 3)
	require.Equal(t, 3, versions[0].Version)
	require.Equal(t, "root", versions[0].Author)
	require.Equal(t, 3, count(t, conn(t, b.url), "SELECT count(*) FROM audit_entries WHERE action = 'catalog.applied' AND actor = 'root'"))
	_, _, err = b.owner.ApplyCatalog(ctx, catalog(), second, "")
	refused(t, err, itsm.Invalid, "catalog.author")
}

func TestCatalogsAppliedAtOnceMakeOneVersionEach(t *testing.T) {
	b := open(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			digest := strings.Repeat(string(rune('a'+i%2)), 64)
			if _, _, err := b.owner.ApplyCatalog(t.Context(), catalog(), digest, "root"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	versions, err := b.owner.CatalogVersions(t.Context())
	require.NoError(t, err)
	for i, v := range versions {
		require.Equal(t, len(versions)-i, v.Version)
		if i > 0 {
			require.NotEqual(t, versions[i-1].Digest, v.Digest)
		}
	}
}

func token() db.Token {
	return db.Token{
		ID: "k3yAbc", Person: "ana", SecretSHA256: []byte(strings.Repeat("x", 32)), Name: "laptop",
		Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}, ExpiresAt: time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond),
	}
}

func TestATokenIsMadeReadAndRevoked(t *testing.T) {
	b, ctx := open(t), t.Context()
	want := token()
	require.NoError(t, b.owner.CreateToken(ctx, want, "root"))
	refused(t, b.owner.CreateToken(ctx, want, "root"), itsm.Conflict, "token.exists")
	got, err := b.desk.Token(ctx, want.ID)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), got.CreatedAt, time.Minute)
	want.CreatedAt, want.CreatedBy = got.CreatedAt, "root"
	require.Equal(t, want, got)
	_, err = b.desk.Token(ctx, "nobody")
	refused(t, err, itsm.NotFound, "token.not_found")
	refused(t, b.owner.RevokeToken(ctx, "nobody", "root"), itsm.NotFound, "token.not_found")
	require.NoError(t, b.owner.RevokeToken(ctx, want.ID, "root"))
	require.NoError(t, b.owner.RevokeToken(ctx, want.ID, "eve"))
	all, err := b.owner.Tokens(ctx)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.NotNil(t, all[0].RevokedAt)
	require.Equal(t, "root", all[0].RevokedBy)
	super := conn(t, b.url)
	require.Equal(t, 1, count(t, super, "SELECT count(*) FROM audit_entries WHERE action = 'token.created' AND subject = $1", want.ID))
	require.Equal(t, 1, count(t, super, "SELECT count(*) FROM audit_entries WHERE action = 'token.revoked' AND subject = $1", want.ID))
	require.Error(t, b.desk.CreateToken(ctx, token(), "ana"), "the desk makes no tokens")
}

func TestATokenWithoutEndOrScopeIsRefused(t *testing.T) {
	b, ctx := open(t), t.Context()
	late := token()
	late.ExpiresAt = time.Now().AddDate(2, 0, 0)
	refused(t, b.owner.CreateToken(ctx, late, "root"), itsm.Invalid, "token.expiry")
	bare := token()
	bare.Scopes = nil
	refused(t, b.owner.CreateToken(ctx, bare, "root"), itsm.Invalid, "token.scopes")
	require.Zero(t, count(t, conn(t, b.url), "SELECT count(*) FROM audit_entries"), "the audit holds no token that is not there")
}

func TestACommandIsAudited(t *testing.T) {
	b := open(t)
	require.NoError(t, b.owner.RecordCommand(t.Context(), "audit.resumed", "audit", "root", map[string]string{"lost_from": "4"}))
	require.Equal(t, 1, count(t, conn(t, b.url), `SELECT count(*) FROM audit_entries
		WHERE action = 'audit.resumed' AND door = 'cli' AND outcome = 'done' AND facts = '{"lost_from": "4"}'`))
	require.Error(t, b.desk.RecordCommand(t.Context(), "audit.resumed", "audit", "root", nil), "the desk may only say that it refused")
}
