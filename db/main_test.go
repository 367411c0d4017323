package db_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/dbtest"
	"github.com/steward-itsm/steward/deploy/devstack"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
	"github.com/steward-itsm/steward/itsm"
)

func TestMain(m *testing.M) {
	os.Exit(stacktest.Main(m, devstack.Options{Postgres: true, DurabilityOff: true}))
}

// book is one database, opened by everyone.
type book struct {
	url                 string
	owner, desk, worker *db.Store
}

func open(t *testing.T) book {
	t.Helper()
	url := dbtest.New(t)
	return book{url, dbtest.Open(t, url, db.Owner), dbtest.Open(t, url, db.Desk), dbtest.Open(t, url, db.Worker)}
}

// conn is a superuser's connection, for what no role may do.
func conn(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close(context.Background())) })
	return c
}

// count runs a query that yields one number.
func count(t *testing.T, c *pgx.Conn, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, c.QueryRow(t.Context(), query, args...).Scan(&n))
	return n
}

func refused(t *testing.T, err error, kind itsm.Kind, code string) {
	t.Helper()
	require.Error(t, err)
	e := itsm.AsError(err)
	require.Equal(t, code, e.Code, "%v", err)
	require.Equal(t, kind, e.Kind)
}

// noon is when the tests' changes are raised; Postgres keeps microseconds.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 123456000, time.UTC)

func raised(n itsm.Number) (itsm.Change, itsm.Event) {
	c := itsm.Change{
		ChangeDraft: itsm.ChangeDraft{
			Type: itsm.Normal, Title: "Renew the certificate", Description: "It ends on Friday.", Service: "shop",
			Plan: "Install the new one.", BackoutPlan: "Put the old one back.",
			Window:     &itsm.Window{Start: noon.Add(24 * time.Hour), End: noon.Add(26 * time.Hour)},
			Deployment: &itsm.Deployment{Repository: "acme/shop", ID: 7, Environment: "production", Ref: "main", SHA: "abc"},
		},
		Number: n, Requester: "ana", Team: "web", Owner: "max", State: itsm.ChangeRaised, Revision: 1,
		PolicyVersion: 1, RaisedAt: noon, Since: noon,
	}
	c.ContentHash = c.Hash()
	return c, itsm.Event{
		Number: n, Revision: 1, Kind: itsm.EventRaised, At: noon, Actor: "ana", Door: itsm.DoorAPI, To: itsm.ChangeRaised,
	}
}

// life carries a change to a successful end and returns each of its steps.
func life(c *itsm.Change) []itsm.ChangeStep {
	var steps []itsm.ChangeStep
	at := c.RaisedAt
	step := func(kind itsm.EventKind, who itsm.PersonID, note string, act func(*itsm.Event)) {
		at = at.Add(time.Minute)
		c.Revision++
		e := itsm.Event{Number: c.Number, Revision: c.Revision, Kind: kind, At: at, Actor: who, Door: itsm.DoorSlack, From: c.State, Note: note}
		act(&e)
		e.To = c.State
		steps = append(steps, c.Step(e))
	}
	step(itsm.EventOpened, itsm.System, "", func(*itsm.Event) {
		remind, expire := at.Add(time.Hour), at.Add(24*time.Hour)
		c.Approvers, c.RemindAt, c.ExpireAt = []itsm.PersonID{"bob", "eve"}, &remind, &expire
		c.Become(itsm.ChangeAwaiting, at)
	})
	step(itsm.EventReminded, itsm.System, "", func(*itsm.Event) { c.RemindAt = nil })
	step(itsm.EventApproved, "bob", "", func(e *itsm.Event) {
		bob := itsm.Actor{Person: "bob", Door: itsm.DoorSlack}
		d := c.Decide(bob, itsm.DecisionRequest{Verdict: itsm.Approve, Note: "Good plan."}, at)
		e.Decision = &d
	})
	step(itsm.EventScheduled, itsm.System, "", func(*itsm.Event) { c.Become(itsm.ChangeScheduled, at) })
	step(itsm.EventStarted, "ida", "", func(*itsm.Event) {
		c.Implementer = "ida"
		c.Become(itsm.ChangeImplementing, at)
	})
	step(itsm.EventCompleted, "ida", "All green.", func(*itsm.Event) {
		c.Outcome = itsm.Successful
		c.Become(itsm.ChangeClosed, at)
	})
	return steps
}

func reader(p itsm.PersonID, roles ...itsm.Role) itsm.Actor {
	return itsm.Actor{Person: p, Roles: append(roles, itsm.Requester), Door: itsm.DoorAPI, Scopes: []itsm.Scope{itsm.ScopeRead}}
}
