package desk_test

import (
	"os"
	"testing"

	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
)

func TestMain(m *testing.M) {
	os.Exit(stacktest.Main(m, devstack.Options{Postgres: true, Redis: true, DurabilityOff: true}))
}
