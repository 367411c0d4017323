package db

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// Role is what a process may do to the database; its GRANTs are in migrations.
type Role string

// The roles.
const (
	Owner  Role = ""               // migrates, applies catalogs, makes tokens: whoever the login is
	Desk   Role = "steward_desk"   // reads; writes reservations, the Slack inbox, alerts and refusals
	Worker Role = "steward_worker" // writes the records
	Sealer Role = "steward_sealer" // chains audit entries
)

// Store reads and writes the record book as one role. It is safe for concurrent use.
type Store struct {
	pool *pgxpool.Pool
	rows *rows.Queries

	mu       sync.Mutex
	catalogs map[int]itsm.Catalog // by version; a version never changes
}

// Bounds on what a connection may take, so that nothing waits for ever on a lock
// or an abandoned transaction. A caller's deadline is usually shorter. A cluster
// may answer before a commit is written; what was answered to a person may not
// be lost, so that is turned on again.
const session = `SET statement_timeout = '10s'; SET lock_timeout = '5s';
SET idle_in_transaction_session_timeout = '15s'; SET timezone = 'UTC';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`

// Open connects to the database at url and takes the role on each connection. It
// refuses when the database does not answer.
func Open(ctx context.Context, url string, role Role, maxConns int32) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The cause quotes the address, which holds a password.
		return nil, itsm.Refuse(itsm.Invalid, "database.url", "The database's address cannot be read; it should look like postgres://user@host/name.")
	}
	config.MaxConns = maxConns
	config.MaxConnIdleTime = 5 * time.Minute
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	config.ConnConfig.RuntimeParams["application_name"] = "steward " + string(role)
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error { return take(ctx, conn, role) }
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, refusal("open", err)
	}
	s := &Store{pool: pool, rows: rows.New(pool), catalogs: map[int]itsm.Catalog{}}
	if err := s.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

// take readies a new connection: its role, its limits, and instants in UTC.
func take(ctx context.Context, conn *pgx.Conn, role Role) error {
	conn.TypeMap().RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	set := session
	if role != Owner {
		set += "; SET ROLE " + pgx.Identifier{string(role)}.Sanitize()
	}
	if _, err := conn.Exec(ctx, set); err != nil {
		return fmt.Errorf("take role %q: %w", role, err)
	}
	return nil
}

// Close ends all connections, once those in use are given back.
func (s *Store) Close() { s.pool.Close() }

// Ping refuses unless the database answers.
func (s *Store) Ping(ctx context.Context) error { return refusal("ping", s.pool.Ping(ctx)) }

// Pool is for db/audit, which streams more rows than a Store's method returns.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// transact runs f in a transaction and commits when f succeeds.
func (s *Store) transact(ctx context.Context, what string, f func(*rows.Queries) error) error {
	return refusal(what, pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return f(s.rows.WithTx(tx)) }))
}

// small fits a count into Postgres's integer. What does not fit becomes a value
// that no CHECK lets through or no row has.
func small(n int) int32 { return int32(min(max(n, -1), math.MaxInt32)) }

func interval(d time.Duration) pgtype.Interval {
	return pgtype.Interval{Microseconds: d.Microseconds(), Valid: true}
}
