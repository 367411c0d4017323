package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
)

// New makes a database that is gone when the test ends, and returns a
// superuser's address of it. The package's TestMain must call stacktest.Main
// with Postgres.
func New(t testing.TB) string {
	t.Helper()
	server := stacktest.Stack(t).DatabaseURL
	template, err := prepare(server)
	require.NoError(t, err)
	name := pgx.Identifier{"test_" + strings.ToLower(rand.Text())}
	admin(t, server, "CREATE DATABASE "+name.Sanitize()+" TEMPLATE "+pgx.Identifier{template}.Sanitize())
	t.Cleanup(func() { admin(t, server, "DROP DATABASE "+name.Sanitize()+" WITH (FORCE)") })
	return at(server, name[0])
}

// Open opens the database at url as a role until the test ends.
func Open(t testing.TB, url string, role db.Role) *db.Store {
	t.Helper()
	s, err := db.Open(t.Context(), url, role, 8)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func admin(t testing.TB, server, statement string) {
	t.Helper()
	ctx := context.Background() // the test's own is over when it cleans up
	conn, err := pgx.Connect(ctx, server)
	require.NoError(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	require.NoError(t, err)
}

// at is the address of another database of the same server.
func at(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err) // the stack's own address
	}
	u.Path = "/" + name
	return u.String()
}

var (
	mu       sync.Mutex
	prepared = map[string]string{} // server → template
)

// prepare makes the template once per server and schema. Other processes may be
// at it too; the mark IS_TEMPLATE says that it is whole.
func prepare(server string) (string, error) {
	mu.Lock()
	defer mu.Unlock()
	if name, ok := prepared[server]; ok {
		return name, nil
	}
	digest, err := db.SchemaDigest()
	if err != nil {
		return "", err
	}
	name, ctx := "template_"+digest[:16], context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx) // ends the lock too
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtext('steward.dbtest'))"); err != nil {
		return "", err
	}
	if err := build(ctx, conn, server, name); err != nil {
		return "", err
	}
	prepared[server] = name
	return name, nil
}

func build(ctx context.Context, conn *pgx.Conn, server, name string) error {
	var whole bool
	err := conn.QueryRow(ctx, "SELECT datistemplate FROM pg_database WHERE datname = $1", name).Scan(&whole)
	if whole {
		return nil
	}
	quoted := pgx.Identifier{name}.Sanitize()
	if errors.Is(err, pgx.ErrNoRows) {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+quoted)
	}
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx, at(server, name)); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+quoted+" IS_TEMPLATE true")
	return err
}
