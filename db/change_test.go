package db_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

var from = db.Provenance{WorkflowID: "CHG-1", RunID: "run", ActID: "act", Credential: "tok1"}

func TestAChangeIsReadAsItWasSaved(t *testing.T) {
	b, ctx := open(t), t.Context()
	n, err := b.desk.NextChangeNumber(ctx)
	require.NoError(t, err)
	c, e := raised(n)
	require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	got, err := b.desk.Change(ctx, n)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(c, got))
	require.Equal(t, c.ContentHash, got.Hash(), "what was decided on can be hashed again")
	for _, step := range life(t, &c) {
		require.NoError(t, b.worker.StepChange(ctx, step, from))
	}
	got, err = b.desk.Change(ctx, n)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(c, got))
}

func TestAChangeThatIsNotThere(t *testing.T) {
	b := open(t)
	_, err := b.desk.Change(t.Context(), "CHG-404")
	refused(t, err, itsm.NotFound, "record.not_found")
	events, err := b.desk.Timeline(t.Context(), "CHG-404")
	require.NoError(t, err)
	require.Empty(t, events)
}

func TestAStepBeforeItsChangeIsRefusedAndLeavesNothing(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	first := c
	steps := life(t, &c)
	err := b.worker.StepChange(ctx, steps[0], from)
	refused(t, err, itsm.Unavailable, "record.not_recorded_yet")
	super := conn(t, b.url)
	require.Zero(t, count(t, super, "SELECT count(*) FROM events"))
	require.Zero(t, count(t, super, "SELECT count(*) FROM audit_entries"))
	require.NoError(t, b.worker.RecordChange(ctx, first, e, from))
	require.NoError(t, b.worker.StepChange(ctx, steps[0], from))
}

func TestTheSameRevisionWithAnotherContentIsAnAlarm(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	other := c
	other.Title = "Something else"
	refused(t, b.worker.RecordChange(ctx, other, e, from), itsm.Internal, "record.diverged")
	step := life(t, &c)[0]
	require.NoError(t, b.worker.StepChange(ctx, step, from))
	step.Event.At = step.Event.At.Add(time.Second)
	refused(t, b.worker.StepChange(ctx, step, from), itsm.Internal, "record.diverged")
	got, err := b.desk.Change(ctx, "CHG-1")
	require.NoError(t, err)
	require.Equal(t, "Renew the certificate", got.Title)
}

func TestRecordChangeRefusesWhatIsNoFirstSave(t *testing.T) {
	b := open(t)
	c, e := raised("CHG-1")
	c.Revision = 2
	require.ErrorContains(t, b.worker.RecordChange(t.Context(), c, e, from), "and its event is")
}

// state is all that the saves of one change left behind.
type state struct {
	Change   itsm.Change
	Timeline []itsm.Event
	Audit    []string
}

func left(t require.TestingT, b book, n itsm.Number) (s state) {
	var err error
	ctx := context.Background()
	s.Change, err = b.desk.Change(ctx, n)
	require.NoError(t, err)
	s.Timeline, err = b.desk.Timeline(ctx, n)
	require.NoError(t, err)
	rows, err := b.owner.Pool().Query(ctx, `
		SELECT concat_ws(' ', revision, action, actor, facts - 'digest', (SELECT string_agg(field || value, ',') FROM audit_personal WHERE entry = id))
		FROM audit_entries WHERE subject = $1 ORDER BY revision`, n)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		s.Audit = append(s.Audit, strings.ReplaceAll(line, string(n), "N"))
	}
	require.NoError(t, rows.Err())
	return s
}

func TestAnyOrderOfSavesWithRepeatsLeavesTheSame(t *testing.T) {
	b := open(t)
	numbered := int64(0)
	rapid.Check(t, func(t *rapid.T) {
		numbered++
		n := itsm.ChangeNumber(numbered)
		c, e := raised(n)
		first := c
		steps := life(t, &c)
		order := rapid.Permutation(append(indexes(len(steps)), rapid.SliceOfN(rapid.IntRange(0, len(steps)-1), 0, 6).Draw(t, "again")...)).Draw(t, "order")
		require.NoError(t, b.worker.RecordChange(context.Background(), first, e, from))
		for _, i := range order {
			require.NoError(t, b.worker.StepChange(context.Background(), steps[i], from))
			if rapid.Bool().Draw(t, "record again") {
				require.NoError(t, b.worker.RecordChange(context.Background(), first, e, from))
			}
		}
		got := left(t, b, n)
		require.Empty(t, cmp.Diff(c, got.Change))
		require.Len(t, got.Timeline, len(steps)+1)
		for i, step := range steps {
			require.Empty(t, cmp.Diff(step.Event, got.Timeline[i+1]))
		}
		require.Len(t, got.Audit, len(steps)+1)
		for i, line := range got.Audit {
			require.True(t, strings.HasPrefix(line, strconv.Itoa(i+1)+" "), line)
		}
	})
}

func TestAReminderThatOvertakesItsOpeningKeepsSince(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	first := c
	steps := life(t, &c)
	require.NoError(t, b.worker.RecordChange(ctx, first, e, from))
	require.NoError(t, b.worker.StepChange(ctx, steps[1], from)) // the reminder
	require.NoError(t, b.worker.StepChange(ctx, steps[0], from)) // the opening
	got, err := b.desk.Change(ctx, "CHG-1")
	require.NoError(t, err)
	require.Equal(t, 3, got.Revision)
	require.Equal(t, steps[0].Event.At, got.Since)
}

func TestTheSameSaveByManyAtOnceCountsOnce(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-1")
	first := c
	steps := life(t, &c)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if err := b.worker.RecordChange(ctx, first, e, from); err != nil {
				t.Error(err)
			}
			for _, step := range steps {
				if err := b.worker.StepChange(ctx, step, from); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	got := left(t, b, "CHG-1")
	require.Empty(t, cmp.Diff(c, got.Change))
	require.Len(t, got.Timeline, len(steps)+1)
	require.Len(t, got.Audit, len(steps)+1)
}

func TestPagesNeitherRepeatNorLoseWhileChangesAreRaised(t *testing.T) {
	b, ctx := open(t), t.Context()
	raise := func(i int) {
		c, e := raised(itsm.ChangeNumber(int64(i)))
		c.RaisedAt = noon.Add(time.Duration(i/3) * time.Second) // three to an instant
		e.At = c.RaisedAt
		require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	}
	for i := 1; i <= 25; i++ {
		raise(i)
	}
	var seen []itsm.Number
	var before db.Cursor
	for page := 0; ; page++ {
		got, err := b.desk.Changes(ctx, db.ChangeFilter{Reader: reader("zoe"), Before: before, Limit: 4})
		require.NoError(t, err)
		if len(got) == 0 {
			break
		}
		for _, c := range got {
			seen = append(seen, c.Number)
		}
		last := got[len(got)-1]
		digits, err := strconv.ParseInt(strings.TrimPrefix(string(last.Number), "CHG-"), 10, 64)
		require.NoError(t, err)
		before = db.Cursor{RaisedAt: last.RaisedAt, Number: digits}
		raise(100 + page)
	}
	want := make([]itsm.Number, 0, 25)
	for i := 25; i >= 1; i-- {
		want = append(want, itsm.ChangeNumber(int64(i)))
	}
	require.Equal(t, want, seen)
}

func TestTheListHidesWhatTheRecordHides(t *testing.T) {
	b, ctx := open(t), t.Context()
	var all []itsm.Change
	for i := 1; i <= 10; i++ {
		c, e := raised(itsm.ChangeNumber(int64(i)))
		c.Restricted = i%2 == 0
		if i > 4 {
			c.Requester, c.Team, c.Owner = "gil", "", ""
		}
		e.Actor = c.Requester
		require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
		s := &story{Change: c, at: c.RaisedAt}
		if i%4 == 0 {
			s.open(t)
		}
		if i == 8 { // bob was asked, and has no say any more
			s.vote(t, "bob", itsm.DecisionRequest{Verdict: itsm.Approve})
		}
		if i == 10 {
			s.step(t, "mia", func(time.Time) itsm.Event { return s.Reassign(itsm.Reassignment{Assignee: "ida"}) })
		}
		for _, step := range s.steps {
			require.NoError(t, b.worker.StepChange(ctx, step, from))
		}
		saved, err := b.desk.Change(ctx, c.Number)
		require.NoError(t, err)
		all = append(all, saved)
	}
	member := reader("kim")
	member.Teams = []itsm.TeamID{"web"}
	for _, who := range []itsm.Actor{
		reader("ana"), reader("bob"), reader("eve"), reader("ida"), reader("max"), reader("zoe"), member,
		reader("mia", itsm.ChangeManager), reader("ada", itsm.Auditor), reader("root", itsm.Admin),
	} {
		want := map[itsm.Number]bool{}
		for _, c := range all {
			if c.CheckRead(who) == nil {
				want[c.Number] = true
			}
		}
		got, err := b.desk.Changes(ctx, db.ChangeFilter{Reader: who})
		require.NoError(t, err)
		listed := map[itsm.Number]bool{}
		for _, c := range got {
			listed[c.Number] = true
		}
		require.Equal(t, want, listed, "%s", who.Person)
	}
	_, err := b.desk.Changes(ctx, db.ChangeFilter{})
	refused(t, err, itsm.Unauthenticated, "actor.unknown")
	_, err = b.desk.Changes(ctx, db.ChangeFilter{Reader: reader("ana"), Limit: db.MaxPage + 1})
	refused(t, err, itsm.Invalid, "list.limit")
}

func TestTheListIsNarrowedAsAsked(t *testing.T) {
	b, ctx := open(t), t.Context()
	var closed itsm.Number
	for i := range 10 { // CHG-1 stays raised, CHG-2 is one step on, and so forth
		c, e := raised(itsm.ChangeNumber(int64(i + 1)))
		first := c
		if i == 1 {
			first.Service, c.Service = "mail", "mail"
		}
		require.NoError(t, b.worker.RecordChange(ctx, first, e, from))
		for _, step := range life(t, &c)[:i] {
			require.NoError(t, b.worker.StepChange(ctx, step, from))
			if step.Event.To == itsm.State(itsm.ChangeClosed) {
				closed = c.Number
			}
		}
	}
	numbers := func(f db.ChangeFilter) (ns []itsm.Number) {
		f.Reader = reader("zoe")
		got, err := b.desk.Changes(ctx, f)
		require.NoError(t, err)
		for _, c := range got {
			waits := c.Explain().WaitsFor
			if f.WaitingFor != "" {
				require.Contains(t, waits, f.WaitingFor, "%s", c.Number)
			}
			ns = append(ns, c.Number)
		}
		return ns
	}
	require.Len(t, numbers(db.ChangeFilter{}), 10)
	require.Equal(t, []itsm.Number{closed}, numbers(db.ChangeFilter{State: itsm.ChangeClosed}))
	require.Equal(t, []itsm.Number{"CHG-2"}, numbers(db.ChangeFilter{Service: "mail"}))
	require.Len(t, numbers(db.ChangeFilter{Requester: "ana"}), 10)
	require.Empty(t, numbers(db.ChangeFilter{Requester: "bob"}))
	require.Len(t, numbers(db.ChangeFilter{RiskTier: "low"}), 10)
	require.Empty(t, numbers(db.ChangeFilter{RiskTier: "high"}))
	require.Equal(t, []itsm.Number{"CHG-4", "CHG-3", "CHG-2"}, numbers(db.ChangeFilter{WaitingFor: "eve"}))
	require.Equal(t, []itsm.Number{"CHG-6", "CHG-3", "CHG-2"}, numbers(db.ChangeFilter{WaitingFor: "bob"}))
	require.Equal(t, []itsm.Number{"CHG-8"}, numbers(db.ChangeFilter{WaitingFor: "ana"}))
	require.Equal(t, []itsm.Number{"CHG-9"}, numbers(db.ChangeFilter{WaitingFor: "ida"}))
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
