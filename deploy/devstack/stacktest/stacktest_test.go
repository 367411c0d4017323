package stacktest_test

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
)

func TestMain(m *testing.M) {
	os.Exit(stacktest.Main(m, devstack.Options{Postgres: true, DurabilityOff: true}))
}

func TestAPackageHasTheStackItAskedFor(t *testing.T) {
	s := stacktest.Stack(t)
	require.Same(t, s, stacktest.Stack(t))
	require.Empty(t, s.RedisURL, "and no more than that")
	conn, err := pgx.Connect(t.Context(), s.DatabaseURL)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
}
