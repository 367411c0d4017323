package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// crashChild in its environment makes this test binary the program itself, which
// dies at a failpoint: what cannot be done to a goroutine can be done to a process.
const crashChild = "STEWARD_CRASH_CHILD"

// crashPatience keeps a repeat waiting for less than people would in earnest.
const crashPatience = 4 * time.Second

// failpoint is where a program dies by SIGKILL, and when.
type failpoint struct {
	Place string `json:"place"`
	Nth   int    `json:"nth"`   // the arrival that kills; 0: none does
	Stall int    `json:"stall"` // of so many arrivals one never goes on, as in a worker that hangs; 0: none
}

// maxStalls bounds how many arrivals hang: Temporal tries each again when its
// time is up.
const maxStalls = 5

// arrive is called at every place of the program, and does not return from its own.
func (f failpoint) arrive() func(place string) {
	var arrivals atomic.Int64
	return func(place string) {
		if place != f.Place {
			return
		}
		n := int(arrivals.Add(1))
		if n == f.Nth {
			fmt.Println(place) // the last word, which tells the parent that it was no other death
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		if f.Stall > 0 && n%f.Stall == 0 && n/f.Stall <= maxStalls {
			select {}
		}
	}
}

// runCrashChild is the whole program, serving at the listener it inherited.
func runCrashChild(text string) int {
	if err := serveCrashChild(text); err != nil {
		fmt.Fprintln(os.Stderr, "the child cannot run:", err)
		return 1
	}
	return 0
}

func serveCrashChild(text string) error {
	var f failpoint
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends with the parent
		os.Exit(2)
	}()
	ctx := context.Background()
	c, err := LoadConfig(os.Environ(), Serve)
	if err != nil {
		return err
	}
	l, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		return err
	}
	p, err := newProgram(ctx, c, temporalAt{}, newLogger(c))
	if err != nil {
		return err
	}
	p.reached = f.arrive()
	p.desk.Patience = crashPatience
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return p.runWorker(ctx) })
	g.Go(func() error { return p.seal(ctx) })
	g.Go(func() error { return p.serve(ctx, l) })
	return g.Wait()
}

// command is a child with a failpoint.
func (c *crash) command(ctx context.Context, f failpoint) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(slices.Clone(c.environ), crashChild+"="+string(text),
		"TEMPORAL_ADDRESS="+c.at.address, "TEMPORAL_NAMESPACE="+c.at.namespace)
	cmd.ExtraFiles = []*os.File{c.socket}
	cmd.Stderr = c.log
	_, err = cmd.StdinPipe()
	return cmd, err
}

// killed reports whether a process ended by SIGKILL.
func killed(err error) bool {
	exit, failed := errors.AsType[*exec.ExitError](err)
	if !failed {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signal() == syscall.SIGKILL
}

// live runs the program over and over: it dies at the failpoint three times, and
// then lives until ctx ends.
func (c *crash) live(ctx context.Context) error {
	for ctx.Err() == nil {
		f := c.failpoint
		if f.Nth = 0; c.kills.Load() < crashKills {
			f.Nth = c.least + c.random.IntN(c.most-c.least)
		}
		cmd, err := c.command(ctx, f)
		if err != nil {
			return err
		}
		word, err := cmd.Output()
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was asked to end
		}
		if !killed(err) || string(word) != f.Place+"\n" {
			return errors.Join(fmt.Errorf("the program ended by itself, saying %q", word), err)
		}
		c.kills.Add(1)
		c.deaths = append(c.deaths, fmt.Sprintf("%.1fs (arrival %d)", time.Since(c.began).Seconds(), f.Nth))
	}
	return nil
}
