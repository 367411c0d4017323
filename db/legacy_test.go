package db_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/db/dbtest"
	"github.com/steward-itsm/steward/deploy/devstack/stacktest"
	"github.com/steward-itsm/steward/itsm"
)

// What the version before stages knew wrote, column by column.
const (
	oldChange = `INSERT INTO changes (number, type, title, description, service, plan, backout_plan, window_start, window_end,
			deployment, requester, team, owner, restricted, state, outcome, revision, policy_version,
			content_hash, approvers, implementer, raised_at, remind_at, expire_at, closed_at)
		VALUES (@number, 'normal', 'Old', '', 'shop', 'Do it.', 'Undo it.', NULL, NULL, NULL, 'ana', 'web', 'max', false, @state, '',
			@revision, 1, @hash, @approvers, '', @at, NULL, @at::timestamptz + interval '1 day', NULL)`
	oldEvent = `INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, digest,
			credential, workflow_id, run_id, act_id)
		VALUES (@number, @revision, @kind, @at, 'bob', 'slack', @from, @to, '', repeat('a', 64), '', '', '', '')`
	oldStep = `UPDATE changes SET state = @to, outcome = '', revision = @revision, approvers = @approvers,
			implementer = '', remind_at = NULL, expire_at = NULL, closed_at = @closed
		WHERE changes.number = @number AND changes.revision < @revision`
	oldDecision = `INSERT INTO decisions (number, revision, person, door, verdict, note, content_hash, at)
		VALUES (@number, @revision, 'bob', 'slack', @verdict, 'Why.', @hash, @at)`
)

// before makes a database of an older schema, as the test's own.
func before(t *testing.T, version int64) string {
	t.Helper()
	server := stacktest.Stack(t).DatabaseURL
	admin := conn(t, server)
	name := fmt.Sprintf("before_%d", time.Now().UnixNano())
	_, err := admin.Exec(t.Context(), "CREATE DATABASE "+name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
		require.NoError(t, err)
	})
	u, err := url.Parse(server)
	require.NoError(t, err)
	u.Path = "/" + name
	_, err = migrations(t, u.String()).UpTo(t.Context(), version)
	require.NoError(t, err)
	return u.String()
}

// migrations are those of the folder, for a database.
func migrations(t *testing.T, at string) *goose.Provider {
	t.Helper()
	config, err := pgx.ParseConfig(at)
	require.NoError(t, err)
	pool := stdlib.OpenDB(*config)
	t.Cleanup(func() { require.NoError(t, pool.Close()) })
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	return provider
}

func write(t *testing.T, c *pgx.Conn, args pgx.NamedArgs, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		_, err := c.Exec(t.Context(), statement, args)
		require.NoError(t, err, statement)
	}
}

func oldText() *itsm.ChangeDraft {
	return &itsm.ChangeDraft{Type: itsm.Normal, Title: "Old", Service: "shop", Plan: "Do it.", BackoutPlan: "Undo it."}
}

func old(n itsm.Number) pgx.NamedArgs {
	return pgx.NamedArgs{
		"number": string(n), "state": "awaiting_approval", "revision": 2, "hash": oldText().Hash(), "approvers": []string{"bob", "eve"},
		"at": noon, "kind": "change.approval_opened", "from": "raised", "to": "awaiting_approval",
	}
}

func oldVerdict(n itsm.Number, verdict string, to itsm.ChangeState) pgx.NamedArgs {
	args := old(n)
	args["revision"], args["kind"], args["from"], args["to"], args["verdict"] = 3, "change."+string(to), "awaiting_approval", string(to), verdict
	args["closed"] = nil
	if to.Final() {
		args["closed"] = noon
	}
	return args
}

func TestWhatWasKeptBeforeThereWereStagesReadsWell(t *testing.T) {
	at, ctx := before(t, 5), t.Context()
	c := conn(t, at)
	write(t, c, old("CHG-1"), oldChange, oldEvent)
	write(t, c, old("CHG-2"), oldChange, oldEvent)
	write(t, c, oldVerdict("CHG-2", "reject", itsm.ChangeRejected), oldStep, oldEvent, oldDecision)
	require.NoError(t, db.Migrate(ctx, at))
	desk, worker := dbtest.Open(t, at, db.Desk), dbtest.Open(t, at, db.Worker)

	open, err := desk.Change(ctx, "CHG-1")
	require.NoError(t, err)
	require.Equal(t, []itsm.PersonID{"bob", "eve"}, open.Explain().WaitsFor)
	require.Equal(t, oldText().Hash(), open.ContentHash)
	require.Equal(t, open.Hash(), open.ContentHash)
	require.Equal(t, open.ExpireAt.UTC(), open.Approval.Opening.ExpireAt.UTC())
	bob, yes := acting("bob", itsm.Approver), itsm.DecisionRequest{Verdict: itsm.Approve}
	require.NoError(t, open.CheckDecision(bob, yes))
	waiting, err := desk.Changes(ctx, db.ChangeFilter{Reader: reader("zoe"), WaitingFor: "eve"})
	require.NoError(t, err)
	require.Len(t, waiting, 1)

	rejected, err := desk.Change(ctx, "CHG-2")
	require.NoError(t, err)
	require.Len(t, rejected.Decisions, 1)
	require.Equal(t, itsm.Decision{
		By: "bob", Door: itsm.DoorSlack, Verdict: itsm.Reject, Note: "Why.", ContentHash: rejected.ContentHash, Round: 1, Stage: 1, At: noon,
	}, rejected.Decisions[0])
	require.Equal(t, "It was rejected: Why.", rejected.Explain().Summary)
	events, err := desk.Timeline(ctx, "CHG-2")
	require.NoError(t, err)
	require.Nil(t, events[0].Detail)
	require.Equal(t, itsm.Reject, events[1].Decision.Verdict)

	s := &story{Change: open, at: noon} // and it goes on under this version
	s.vote(t, "bob", yes)
	require.NoError(t, worker.StepChange(ctx, s.steps[0], from))
	got, err := desk.Change(ctx, "CHG-1")
	require.NoError(t, err)
	require.Equal(t, itsm.ChangeApproved, got.State)
	require.Len(t, got.Decisions, 1)
}

func TestTheVersionBeforeStagesStillWrites(t *testing.T) {
	b, ctx := open(t), t.Context()
	c := conn(t, b.url)
	_, err := c.Exec(ctx, "SET ROLE steward_worker")
	require.NoError(t, err)
	write(t, c, old("CHG-1"), oldChange, oldEvent)
	write(t, c, oldVerdict("CHG-1", "approve", itsm.ChangeApproved), oldStep, oldEvent, oldDecision)
	got, err := b.desk.Change(ctx, "CHG-1")
	require.NoError(t, err)
	require.Equal(t, itsm.ChangeApproved, got.State)
	require.Len(t, got.Decisions, 1)
	require.Equal(t, 1, got.Approval.Round)
	require.True(t, strings.HasPrefix(got.Explain().Summary, "It is approved"))
}
