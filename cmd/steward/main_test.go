package main

import (
	"os"
	"testing"

	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
)

func TestMain(m *testing.M) {
	if place, ok := os.LookupEnv(crashChild); ok {
		os.Exit(runCrashChild(place))
	}
	os.Exit(stacktest.Main(m, devstack.Options{DurabilityOff: true}))
}
