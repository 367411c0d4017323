package db_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/dbtest"
	"github.com/steward-itsm/steward/itsm"
)

func TestTheSchemaOfProblemsGoesUpDownAndUp(t *testing.T) {
	at, ctx := before(t, 7), t.Context()
	c, goose := conn(t, at), migrations(t, at)
	without := schemaOf(t, c)
	beside := dbtest.Open(t, at, db.Worker)
	i, e := reported("INC-1")
	require.NoError(t, beside.RecordIncident(ctx, i, e, from), "as the version before does")
	up := func() {
		t.Helper()
		_, err := goose.UpTo(ctx, 8)
		require.NoError(t, err)
	}
	up()
	with := schemaOf(t, c)
	require.NotEqual(t, without, with)
	_, err := goose.DownTo(ctx, 7)
	require.NoError(t, err)
	require.Equal(t, without, schemaOf(t, c))
	up()
	require.Equal(t, with, schemaOf(t, c))

	desk, worker := dbtest.Open(t, at, db.Desk), dbtest.Open(t, at, db.Worker)
	p, raised := suspected("PRB-1")
	require.NoError(t, worker.RecordProblem(ctx, p, raised, from))
	got, err := desk.Incident(ctx, "INC-1")
	require.NoError(t, err)
	require.Equal(t, itsm.IncidentNew, got.State)
	_, err = goose.DownTo(ctx, 7)
	require.Error(t, err, "what happened to a problem is not thrown away")
	require.Equal(t, with, schemaOf(t, c))
}
