// Package stacktest gives a test package the real servers it asks for: one
// private stack per package, never a shared one and never one that was running
// already. It refuses to skip: only `go test -short` goes without.
package stacktest

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/steward-itsm/steward/deploy/devstack"
)

var stack *devstack.Stack

// Main is the body of a TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(stacktest.Main(m, devstack.Options{Postgres: true, DurabilityOff: true})) }
//
// It starts the stack, runs the tests and stops the stack. Under -short it only
// runs the tests. The code is not 0 when a part cannot start, stop, or stay up.
func Main(m *testing.M, o devstack.Options) int {
	flag.Parse()
	if testing.Short() {
		return m.Run()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler) // errors carry the logs that matter
	}
	s, err := devstack.Start(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "the test stack cannot start:", err)
		return 1
	}
	stack = s
	code := m.Run()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "the test stack did not stop in order:", err)
		code = max(code, 1)
	}
	for exit := range s.Exits() {
		fmt.Fprintf(os.Stderr, "%s ended while the tests ran (%v); the end of its log:\n%s\n", exit.Part, exit.Err, exit.Tail)
		code = max(code, 1)
	}
	return code
}

// Stack is the package's stack. A test that asks for it is left out under -short.
func Stack(t testing.TB) *devstack.Stack {
	t.Helper()
	if testing.Short() {
		t.Skip("it needs the real servers, and -short goes without")
	}
	if stack == nil {
		t.Fatal("the package has no stack: its TestMain does not call stacktest.Main")
	}
	return stack
}
