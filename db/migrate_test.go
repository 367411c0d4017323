package db_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
	"github.com/steward-itsm/steward/itsm"
)

func TestManyMigrateSeveralDatabasesAtOnce(t *testing.T) {
	server := stacktest.Stack(t).DatabaseURL
	admin := conn(t, server)
	var group sync.WaitGroup
	for _, name := range []string{"migrate_a", "migrate_b", "migrate_c"} {
		_, err := admin.Exec(t.Context(), "CREATE DATABASE "+name)
		require.NoError(t, err)
		t.Cleanup(func() {
			c := context.Background()
			_, err := admin.Exec(c, "DROP DATABASE "+name+" WITH (FORCE)")
			require.NoError(t, err)
		})
		u, err := url.Parse(server)
		require.NoError(t, err)
		u.Path = "/" + name
		for range 3 {
			group.Go(func() {
				if err := db.Migrate(t.Context(), u.String()); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
}

func TestAnOwnerWhoIsNoSuperuserCanMigrateAndServe(t *testing.T) {
	server, ctx := stacktest.Stack(t).DatabaseURL, t.Context()
	admin := conn(t, server)
	for _, statement := range []string{"CREATE ROLE plain LOGIN CREATEROLE", "CREATE DATABASE plain OWNER plain"} {
		_, err := admin.Exec(ctx, statement)
		require.NoError(t, err)
	}
	t.Cleanup(func() {
		for _, statement := range []string{"DROP DATABASE plain WITH (FORCE)", "DROP ROLE plain"} {
			_, err := admin.Exec(context.WithoutCancel(ctx), statement)
			require.NoError(t, err)
		}
	})
	u, err := url.Parse(server)
	require.NoError(t, err)
	u.Path, u.User = "/plain", url.User("plain")
	require.NoError(t, db.Migrate(ctx, u.String()))
	for _, role := range []db.Role{db.Owner, db.Desk, db.Worker, db.Sealer} {
		s, err := db.Open(ctx, u.String(), role, 2)
		require.NoError(t, err, "%s", role)
		if role == db.Owner {
			_, _, err = s.ApplyCatalog(ctx, catalog(), strings.Repeat("a", 64), "root")
			require.NoError(t, err)
		}
		s.Close()
	}
}

func TestADatabaseThatIsNotThereIsAway(t *testing.T) {
	_, err := db.Open(t.Context(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1", db.Desk, 1)
	refused(t, err, itsm.Unavailable, "database.away")
	require.NotContains(t, itsm.AsError(err).Message, "127.0.0.1")
	require.Error(t, db.Migrate(t.Context(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"))
	_, err = db.Open(t.Context(), "postgres://u:secret@host:port/x", db.Desk, 1)
	refused(t, err, itsm.Invalid, "database.url")
	require.NotContains(t, err.Error(), "secret")
}

func TestNothingOfTheDatabaseReachesPeople(t *testing.T) {
	b := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.desk.Change(ctx, "CHG-1")
	refused(t, err, itsm.Unavailable, "database.away")
	c, e := raised("CHG-1")
	c.Title = "nul \x00 in it"
	refused(t, b.worker.RecordChange(t.Context(), c, e, from), itsm.Invalid, "text.unstorable")
	c.Title = strings.Repeat("x", 200)
	err = b.worker.RecordChange(t.Context(), c, e, from)
	refused(t, err, itsm.Internal, "record.invariant")
	require.ErrorContains(t, err, "changes_title_bounds", "the log names the constraint")
	err = b.desk.RecordChange(t.Context(), c, e, from)
	require.Equal(t, itsm.Internal, itsm.AsError(err).Kind)
	require.NotContains(t, itsm.AsError(err).Message, "permission denied")
}

func TestAStoreOutlivesItsConnections(t *testing.T) {
	b := open(t)
	super := conn(t, b.url)
	require.Positive(t, count(t, super, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
		WHERE datname = current_database() AND application_name LIKE 'steward steward_desk%'`))
	_, err := b.desk.Change(t.Context(), "CHG-1")
	if itsm.AsError(err).Code != "record.not_found" { // the pool may hand out the dead connection once
		refused(t, err, itsm.Unavailable, "database.away")
		_, err = b.desk.Change(t.Context(), "CHG-1")
	}
	refused(t, err, itsm.NotFound, "record.not_found")
}

func TestAKilledDatabaseIsAwayAndComesBack(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	first := c
	require.NoError(t, b.worker.RecordChange(ctx, first, e, from))
	require.NoError(t, stacktest.Stack(t).Kill(devstack.PartPostgres))
	t.Cleanup(func() { // for the tests after this one, should it fail
		require.NoError(t, stacktest.Stack(t).Restart(context.WithoutCancel(ctx), devstack.PartPostgres))
	})
	// Those who served a connection outlive their server by a moment.
	require.Eventually(t, func() bool { return b.desk.Ping(ctx) != nil && b.worker.Ping(ctx) != nil }, 10*time.Second, time.Millisecond)
	_, err := b.desk.Change(ctx, "CHG-1")
	refused(t, err, itsm.Unavailable, "database.away")
	step := life(t, &c)[0]
	refused(t, b.worker.StepChange(ctx, step, from), itsm.Unavailable, "database.away")
	require.NoError(t, stacktest.Stack(t).Restart(ctx, devstack.PartPostgres))
	require.NoError(t, b.worker.StepChange(ctx, step, from))
	got, err := b.desk.Change(ctx, "CHG-1")
	require.NoError(t, err)
	require.Equal(t, 2, got.Revision)
}

func TestErasureForgetsAPersonAndIsAudited(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	first := c
	require.NoError(t, b.worker.RecordChange(ctx, first, e, from))
	for _, step := range life(t, &c) {
		require.NoError(t, b.worker.StepChange(ctx, step, from))
	}
	super := conn(t, b.url)
	require.Equal(t, 3, count(t, super, "SELECT count(*) FROM audit_personal"))
	n, err := b.owner.ErasePersonal(ctx, "root", "bob")
	require.NoError(t, err)
	require.EqualValues(t, 2, n, "the note of bob's vote, as the event's and as the decision's")
	require.Zero(t, count(t, super, "SELECT count(*) FROM audit_personal WHERE person = 'bob'"))
	require.Equal(t, 1, count(t, super, "SELECT count(*) FROM audit_entries WHERE action = 'personal.erased' AND subject = 'bob' AND actor = 'root'"))
}
