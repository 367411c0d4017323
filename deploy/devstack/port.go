package devstack

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"time"
)

// The free ports that we choose lie below the range from which Linux gives
// outgoing connections theirs, so a part that is down keeps its port.
const (
	firstPort = 20000
	lastPort  = 32000
)

// A BusyPortError is a port that another process listens on.
type BusyPortError struct {
	Port int
	For  string // what was to listen there, and how to have it elsewhere
}

func (e *BusyPortError) Error() string {
	return fmt.Sprintf("port %d on 127.0.0.1 is taken by another process, and %s; `ss -ltnp 'sport = :%d'` names the process",
		e.Port, e.For, e.Port)
}

// freePort draws a port that nobody listens on.
func freePort() (int, error) {
	for range 100 {
		port := firstPort + rand.IntN(lastPort-firstPort) //nolint:gosec // no secret
		if listenable(port) == nil {
			return port, nil
		}
	}
	return 0, errors.New("no free port found on 127.0.0.1 in a hundred tries")
}

// awaitPort waits a moment for a port: the predecessor on it may be dying.
func awaitPort(ctx context.Context, port int, what string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for listenable(port) != nil {
		if pause(ctx, pollEvery) != nil {
			return &BusyPortError{Port: port, For: what}
		}
	}
	return nil
}

func listenable(port int) error {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	return l.Close()
}
