package db

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migrating is the advisory lock that lets one process migrate at a time.
const migrating = 0x5e3a_2d01

// Migrate brings the database at url to the newest schema. Migrations only go
// forward and only add, so that the version before may run beside; several
// processes may call it at once.
func Migrate(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return refusal("migrate", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) // ends the lock too
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrating)); err != nil {
		return refusal("migrate", err)
	}
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	pool := stdlib.OpenDB(*conn.Config())
	defer pool.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return refusal("migrate", err)
	}
	return nil
}

// SchemaDigest identifies the embedded migrations: two programs with the same
// digest agree on the schema.
func SchemaDigest() (string, error) {
	files, err := fs.Glob(embedded, "migrations/*.sql")
	if err != nil {
		return "", fmt.Errorf("schema digest: %w", err)
	}
	h := sha256.New()
	for _, name := range files {
		text, err := embedded.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("schema digest: %w", err)
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
