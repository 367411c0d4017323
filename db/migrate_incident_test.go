package db_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/dbtest"
	"github.com/steward-itsm/steward/itsm"
)

// schema is all that a migration makes, a line for each.
const schema = `
	SELECT concat_ws(' ', 'column', table_name, column_name, data_type, is_nullable, column_default, generation_expression)
	FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'goose%'
	UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
	FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'goose%'
	UNION ALL SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%'
	UNION ALL SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
	UNION ALL SELECT concat_ws(' ', 'function', pg_get_functiondef(oid)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
	UNION ALL SELECT concat_ws(' ', 'relation', relname, relkind, relacl) FROM pg_class
	WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND relname NOT LIKE 'goose%'
	UNION ALL SELECT concat_ws(' ', 'grant', attrelid::regclass, attname, attacl) FROM pg_attribute
	WHERE attacl IS NOT NULL AND attrelid::regclass::text NOT LIKE 'pg_%' AND attrelid::regclass::text NOT LIKE 'information_schema%'
	ORDER BY 1`

func schemaOf(t *testing.T, c *pgx.Conn) []string {
	t.Helper()
	found, err := c.Query(t.Context(), schema)
	require.NoError(t, err)
	lines, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(t, err)
	return lines
}

func TestTheSchemaOfIncidentsGoesUpDownAndUp(t *testing.T) {
	at, ctx := before(t, 6), t.Context()
	c, goose := conn(t, at), migrations(t, at)
	without := schemaOf(t, c)
	write(t, c, old("CHG-1"), oldChange, oldEvent)
	up := func() {
		t.Helper()
		_, err := goose.UpTo(ctx, 7)
		require.NoError(t, err)
	}
	up()
	with := schemaOf(t, c)
	require.NotEqual(t, without, with)
	_, err := goose.DownTo(ctx, 6)
	require.NoError(t, err)
	require.Equal(t, without, schemaOf(t, c))
	up()
	require.Equal(t, with, schemaOf(t, c))

	desk, worker := dbtest.Open(t, at, db.Desk), dbtest.Open(t, at, db.Worker)
	i, e := reported("INC-1")
	require.NoError(t, worker.RecordIncident(ctx, i, e, from))
	got, err := desk.Change(ctx, "CHG-1")
	require.NoError(t, err)
	require.Equal(t, itsm.ChangeAwaiting, got.State)
	_, err = goose.DownTo(ctx, 6)
	require.ErrorContains(t, err, "events_", "what happened to an incident is not thrown away")
	require.Equal(t, with, schemaOf(t, c))
}
