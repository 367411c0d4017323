package main

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
)

// renewAfter is after how many events Temporal suggests to a process here that it goes
// on in a new run.
const renewAfter = 700

func TestMain(m *testing.M) {
	if place, ok := os.LookupEnv(crashChild); ok {
		os.Exit(runCrashChild(place))
	}
	if file, ok := os.LookupEnv(importChild); ok {
		os.Exit(Execute(context.Background(), []string{"import", "servicenow", file}, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(stacktest.Main(m, devstack.Options{
		DurabilityOff: true,
		// Problems go on in a new run after as many events, and not after thousands.
		TemporalConfig: []string{fmt.Sprintf("limit.historyCount.suggestContinueAsNew=%d", renewAfter)},
	}))
}
