package db_test

import (
	"context"
	"encoding/json"
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

			Justification: "Browsers would refuse it.", TestPlan: "Look at its date.", Backout: 5,
			Items: []string{"lb-1", "lb, \"2\""}, Links: []itsm.Link{{URL: "https://example.org/?a=1&b=<2>", Title: "The order"}},
			Risk: &itsm.Risk{Complexity: 1, BusinessImpact: 4, Rollback: 1, TestCoverage: 2, RecentChurn: 1},
		},
		Number: n, Requester: "ana", Team: "web", Owner: "max", State: itsm.ChangeRaised, Revision: 1,
		PolicyVersion: 1, Approval: itsm.Approval{Round: 1}, RaisedAt: noon, Since: noon,
	}
	c.ContentHash, c.RiskScore = c.Hash(), terms.Score(c.ChangeDraft)
	return c, itsm.Event{
		Number: n, Revision: 1, Kind: itsm.EventRaised, At: noon, Actor: "ana", Door: itsm.DoorAPI, To: itsm.State(itsm.ChangeRaised),
		Detail: &itsm.Detail{RiskScore: &c.RiskScore},
	}
}

// terms are the policy's, for the tests' changes.
var terms = itsm.Terms{Material: []string{"plan", "window"}}

// story is a change that goes on, with the steps that it takes.
type story struct {
	itsm.Change
	at    time.Time
	steps []itsm.ChangeStep
}

// step goes on by one event, a minute later. What it saves is a copy, as it is
// once it went through history.
func (s *story) step(t require.TestingT, who itsm.PersonID, act func(at time.Time) itsm.Event) *itsm.ChangeStep {
	s.at = s.at.Add(time.Minute)
	e := act(s.at)
	s.Revision++
	e.Number, e.Revision, e.At, e.Actor, e.Door, e.To = s.Number, s.Revision, s.at, who, itsm.DoorSlack, itsm.State(s.State)
	text, err := json.Marshal(s.Step(e))
	require.NoError(t, err)
	var step itsm.ChangeStep
	require.NoError(t, json.Unmarshal(text, &step))
	s.steps = append(s.steps, step)
	return &s.steps[len(s.steps)-1]
}

// open opens the next of the stages that the tests' changes have: both of bob and
// eve, with max to help them out, then one of kim, joe and bob.
func (s *story) open(t require.TestingT) {
	s.step(t, itsm.System, func(at time.Time) itsm.Event {
		remind, backup, from := at.Add(time.Hour), at.Add(2*time.Hour), s.State
		if s.State != itsm.ChangeAwaiting {
			s.Become(itsm.ChangeAwaiting, at)
		}
		o := itsm.Opening{
			Round: s.Approval.Round, Stage: s.NextStage(), Of: 2, Name: "Review", Channel: "C1", At: at,
			RemindAt: &remind, BackupAt: &backup, ExpireAt: at.Add(24 * time.Hour), Calendar: "office",
		}
		if o.Stage == 1 {
			o.Panels = []itsm.Panel{{
				Name: "Team", Who: itsm.Group{Role: itsm.Approver}, Need: 2, Named: []itsm.PersonID{"bob", "eve"},
				Backup: itsm.Group{People: []itsm.PersonID{"max"}}, Backups: []itsm.PersonID{"max"},
			}}
		} else {
			o.Panels = []itsm.Panel{{
				Name: "Board", Who: itsm.Group{Role: itsm.Approver}, Need: 1, Veto: true, Named: []itsm.PersonID{"kim", "joe", "bob"},
			}}
		}
		s.OpenStage(o)
		return itsm.Event{Kind: itsm.EventOpened, From: itsm.State(from), Detail: &itsm.Detail{Opening: &o}}
	})
}

func (s *story) vote(t require.TestingT, by itsm.PersonID, d itsm.DecisionRequest) {
	s.step(t, by, func(at time.Time) itsm.Event {
		who := acting(by, itsm.Approver)
		if d.For != "" {
			who.For = &itsm.Principal{Person: d.For, Roles: []itsm.Role{itsm.Approver}}
		}
		return s.Decide(who, d, at)
	})
}

// approve gives what both stages need, the first of which is open.
func (s *story) approve(t require.TestingT) {
	s.vote(t, "bob", itsm.DecisionRequest{Verdict: itsm.Approve, Note: "Good plan."})
	s.vote(t, "eve", itsm.DecisionRequest{Verdict: itsm.Approve})
	s.open(t)
	s.vote(t, "joe", itsm.DecisionRequest{Verdict: itsm.Approve})
}

func (s *story) edit(t require.TestingT, r itsm.EditRequest) {
	step := s.step(t, s.Requester, func(at time.Time) itsm.Event { return s.Edit(r, terms, at) })
	step.Edit, step.ContentHash = &r.Edit, s.ContentHash
}

// life carries a change to a successful end and returns each of its steps.
func life(t require.TestingT, c *itsm.Change) []itsm.ChangeStep {
	s := &story{Change: *c, at: c.RaisedAt}
	become := func(who itsm.PersonID, kind itsm.EventKind, next itsm.ChangeState, note string) {
		s.step(t, who, func(at time.Time) itsm.Event {
			from := s.State
			s.Become(next, at)
			return itsm.Event{Kind: kind, From: itsm.State(from), Note: note}
		})
	}
	s.open(t)
	s.step(t, itsm.System, func(at time.Time) itsm.Event { d, _ := s.Next(); return s.Fall(d, at) })
	s.approve(t)
	become(itsm.System, itsm.EventScheduled, itsm.ChangeScheduled, "")
	s.Implementer = "ida"
	become("ida", itsm.EventStarted, itsm.ChangeImplementing, "")
	s.Outcome = itsm.Successful
	become("ida", itsm.EventCompleted, itsm.ChangeClosed, "All green.")
	*c = s.Change
	return s.steps
}

// acting is somebody with roles, at a door where they may do anything.
func acting(p itsm.PersonID, roles ...itsm.Role) itsm.Actor {
	return itsm.Actor{Person: p, Roles: roles, Door: itsm.DoorSlack, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
}

func reader(p itsm.PersonID, roles ...itsm.Role) itsm.Actor {
	return itsm.Actor{Person: p, Roles: append(roles, itsm.Requester), Door: itsm.DoorAPI, Scopes: []itsm.Scope{itsm.ScopeRead}}
}

// benchmarked is the desk's store, which holds an alert of an incident that is open.
func benchmarked(b *testing.B) *db.Store {
	b.Helper()
	s := dbtest.Open(b, dbtest.New(b), db.Desk)
	out, err := s.TakeAlert(b.Context(), fires("a"))
	require.NoError(b, err)
	require.NoError(b, s.RaisedAlert(b.Context(), out.Number))
	return s
}

// related are the relations of a record as they are kept, also those to what is not there.
func (b book) related(ctx context.Context, t require.TestingT, n itsm.Number) (all []itsm.Relation) {
	found, err := b.owner.Pool().Query(ctx, `SELECT from_number, kind, to_number, by_person, at FROM record_relations
		WHERE $1 IN (from_number, to_number) ORDER BY at, from_number, kind, to_number`, n)
	require.NoError(t, err)
	all, err = pgx.CollectRows(found, pgx.RowToStructByPos[itsm.Relation])
	require.NoError(t, err)
	for i := range all {
		all[i].At = all[i].At.UTC()
	}
	return all
}
