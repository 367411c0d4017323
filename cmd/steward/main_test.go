package main

import (
	"context"
	"os"
	"testing"

	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
)

func TestMain(m *testing.M) {
	if place, ok := os.LookupEnv(crashChild); ok {
		os.Exit(runCrashChild(place))
	}
	if file, ok := os.LookupEnv(importChild); ok {
		os.Exit(Execute(context.Background(), []string{"import", "servicenow", file}, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(stacktest.Main(m, devstack.Options{DurabilityOff: true}))
}
