package desk

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/kv"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows/wire"
)

// Config is what a desk needs.
type Config struct {
	Store    *db.Store     // opened as db.Desk
	Temporal client.Client // with the interceptors and converters of the workers
	Keys     wire.Keys     // sign acts and cursors
	Limits   *kv.Store     // Redis, or what stands in for it
	Patience time.Duration // how long an act may take before its caller is told to ask again; zero: 10 s
	Now      func() time.Time
	Log      *slog.Logger
	// Address is where people read about a record; empty: they are told none.
	Address func(itsm.Number) string
	// Hours is a calendar of a catalog, ready to count in.
	Hours func(itsm.Catalog, itsm.CalendarID) (itsm.BusinessTime, error)
	// Roster says who is on call in a rotation of a catalog at an instant. Nil: that
	// is known nowhere, and is said so.
	Roster func(context.Context, itsm.Catalog, itsm.RotationID, time.Time) (Rota, error)
	// Reached is called between a reservation and the act it is for. Nil but
	// where crashes are tried.
	Reached func(place string)
}

// Desk serves people, whichever door they came through.
type Desk struct {
	Config
}

// New opens a desk, or says what it lacks.
func New(c Config) (*Desk, error) {
	if err := c.Keys.Check(); err != nil {
		return nil, err
	}
	if c.Hours == nil {
		return nil, errors.New("desk: no hours to count in")
	}
	if c.Patience == 0 {
		c.Patience = 10 * time.Second
	}
	if c.Address == nil {
		c.Address = func(itsm.Number) string { return "" }
	}
	return &Desk{Config: c}, nil
}

// Check is the standing of one part that Steward needs.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"` // what is wrong and what it means
}

// Ready checks the parts that Steward needs to serve. Redis being gone is said,
// but does not make it unready: only comfort is lost.
func (d *Desk) Ready(ctx context.Context) (checks []Check, ready bool) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, _, catalogErr := d.Store.Catalog(ctx)
	_, temporalErr := d.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
	checks = []Check{
		check("postgres", d.Store.Ping(ctx), "Nothing can be read or done until it is back."),
		check("catalog", catalogErr, "Apply one with: steward catalog apply FILE"),
		check("temporal", temporalErr, "Records can be read, but nothing can be done until it is back."),
	}
	ready = true
	for _, c := range checks {
		ready = ready && c.OK
	}
	redis := Check{Name: "redis", OK: !d.Limits.Degraded()} //nolint:contextcheck // it keeps its own time: a caller who leaves says nothing of Redis
	if !redis.OK {
		redis.Detail = "It is gone: limits are kept by each process alone until it is back. Nothing else is lost."
	}
	return append(checks, redis), ready
}

func check(name string, err error, meaning string) Check {
	if err == nil {
		return Check{Name: name, OK: true}
	}
	return Check{Name: name, Detail: meaning}
}
