package db_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

func TestACorrectiveActionIsReadAsItWasSaved(t *testing.T) {
	b, ctx := open(t), t.Context()
	n, err := b.desk.NextCorrectiveNumber(ctx)
	require.NoError(t, err)
	require.Equal(t, itsm.Number("CAR-1"), n)
	c, e := amiss(n)
	b.keepCorrective(ctx, t, c, e)
	got, err := b.desk.Corrective(ctx, n)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(c, got))
	steps := bettered(t, &c)
	b.keepCorrective(ctx, t, got, e, steps...)
	got, err = b.desk.Corrective(ctx, n)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(c, got, cmpopts.EquateEmpty()))
	require.Equal(t, itsm.CorrectiveClosed, got.State)
	timeline, err := b.desk.Timeline(ctx, n)
	require.NoError(t, err)
	require.Len(t, timeline, len(steps)+1)
	for k, step := range steps {
		require.Empty(t, cmp.Diff(step.Event, timeline[k+1]), "with the vote")
	}
	_, err = b.desk.Corrective(ctx, "CAR-404")
	refused(t, err, itsm.NotFound, "record.not_found")
}

func TestASaveOfACorrectiveActionThatDoesNotAgreeIsNotMade(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := amiss("CAR-1")
	first := c
	steps := bettered(t, &c)
	refused(t, b.worker.StepCorrective(ctx, "CAR-1", steps[0], from), itsm.Unavailable, "record.not_recorded_yet")
	wrong := e
	wrong.To = itsm.State(itsm.CorrectiveRaised)
	require.ErrorContains(t, b.worker.RecordCorrective(ctx, first, wrong, from), "its event is raised")
	wrong = e
	wrong.Number = "CAR-2"
	require.ErrorContains(t, b.worker.RecordCorrective(ctx, first, wrong, from), "does not begin with")
	stray := first
	stray.Relations = []itsm.Relation{{From: "CAR-2", Kind: itsm.ActsOn, To: "INC-1", By: "ana", At: noon}}
	require.ErrorContains(t, b.worker.RecordCorrective(ctx, stray, e, from), "has a relation of CAR-2")
	b.keepCorrective(ctx, t, first, e)
	other := first
	other.Title = "Something else"
	refused(t, b.worker.RecordCorrective(ctx, other, e, from), itsm.Internal, "record.diverged")
	require.ErrorContains(t, b.worker.StepCorrective(ctx, "CAR-2", steps[0], from), "the event is of CAR-1")
	for _, x := range []struct {
		state itsm.CorrectiveState
		why   string
	}{{itsm.CorrectiveImplemented, "nobody knows when that shows"}, {itsm.CorrectivePlanned, "lacks steps of its plan"}} {
		step := steps[0]
		step.Standing.State, step.Event.To = x.state, itsm.State(x.state)
		require.ErrorContains(t, b.worker.StepCorrective(ctx, "CAR-1", step, from), x.why)
	}
	b.keepCorrective(ctx, t, first, e, steps[0])
	steps[0].Standing.Team = "net"
	refused(t, b.worker.StepCorrective(ctx, "CAR-1", steps[0], from), itsm.Internal, "record.diverged")
	said := remark(1)
	said.Number = "CAR-1"
	require.NoError(t, b.worker.RecordComment(ctx, said, from))
	require.Equal(t, 1, count(t, conn(t, b.url), "SELECT count(*) FROM audit_entries WHERE subject = 'CAR-1' AND action = 'corrective_action.commented'"))
}

// Steps may arrive twice, late or out of order: the row keeps the newest.
func TestAnyOrderOfSavesOfACorrectiveActionLeavesTheSame(t *testing.T) {
	b, ctx, numbered := open(t), context.Background(), int64(0)
	rapid.Check(t, func(t *rapid.T) {
		numbered++
		c, e := amiss(itsm.CorrectiveNumber(numbered))
		first := c
		steps := bettered(t, &c)
		shuffled := rapid.Permutation(append(slices.Clone(steps), steps[rapid.IntRange(0, len(steps)-1).Draw(t, "twice")])).Draw(t, "order")
		b.keepCorrective(ctx, t, first, e, shuffled...)
		got, err := b.desk.Corrective(ctx, c.Number)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(c, got, cmpopts.EquateEmpty()))
		timeline, err := b.desk.Timeline(ctx, c.Number)
		require.NoError(t, err)
		require.Len(t, timeline, len(steps)+1)
	})
}

// The audit says who decided and what on, and not what people wrote.
func TestTheAuditSaysWhatHappenedToACorrectiveAction(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := amiss("CAR-1")
	first := c
	b.keepCorrective(ctx, t, first, e, bettered(t, &c)...)
	super := conn(t, b.url)
	for action, facts := range map[string]string{
		"corrective_action.raised":        `{"service": "shop", "owner": "eve", "severity": "major", "raised_by": "problem", "source": "PRB-9", "reporter": "ana", "team": "web"}`,
		"corrective_action.logged":        `{"assignee": "eve", "severity": "major", "source": "PRB-9"}`,
		"corrective_plan.proposed":        `{"planned_by": "eve", "steps": "2", "version": "1"}`,
		"corrective_plan.rejected":        `{"by": "quin", "verdict": "reject"}`,
		"corrective_action.step":          `{"task": "1", "task_state": "done", "owner": "ivy", "evidence": "INC-101"}`,
		"corrective_action.not_effective": `{"verified_by": "qia", "effective": "false", "evidence": "INC-101"}`,
		"corrective_action.verified":      `{"verified_by": "qia", "effective": "true", "to": "closed"}`,
	} {
		require.Positive(t, count(t, super, "SELECT count(*) FROM audit_entries WHERE subject = 'CAR-1' AND action = $1 AND facts @> $2::jsonb", action, facts), action)
	}
	for _, wrote := range []string{"Mine.", "Well.", "Done.", "Looked.", "Try one", "It works.", "Nobody was told", "Restores"} {
		require.Zero(t, count(t, super, "SELECT count(*) FROM audit_entries WHERE facts::text LIKE '%' || $1 || '%'", wrote), wrote)
	}
}

func TestTheListOfCorrectiveActionsHidesWhatTheRecordHides(t *testing.T) {
	b, ctx := open(t), t.Context()
	var all []itsm.CorrectiveAction
	for k := 1; k <= 6; k++ {
		c, e := amiss(itsm.CorrectiveNumber(int64(k)))
		c.Restricted, c.RaisedAt = k%2 == 0, noon.Add(time.Duration(k)*time.Second)
		if k > 4 {
			c.Team, c.Reporter = "", "gil"
		}
		first := c
		b.keepCorrective(ctx, t, first, e, bettered(t, &c)[:3*(k-1)]...)
		got, err := b.desk.Corrective(ctx, c.Number)
		require.NoError(t, err)
		all = append(all, got)
	}
	member := reader("zia")
	member.Teams = []itsm.TeamID{"web"}
	for _, who := range []itsm.Actor{
		reader("ana"), reader("eve"), reader("ivy"), reader("quin"), reader("gil"), reader("zoe"), member,
		reader("pia", itsm.QualityManager), reader("ada", itsm.Auditor), reader("root", itsm.Admin),
	} {
		var want []itsm.Number
		for _, c := range slices.Backward(all) {
			if c.CheckRead(who) == nil {
				want = append(want, c.Number)
			}
		}
		got, err := b.desk.Correctives(ctx, db.CorrectiveFilter{Reader: who})
		require.NoError(t, err)
		require.Equal(t, want, carNumbers(got), "%s", who.Person)
	}
	_, err := b.desk.Correctives(ctx, db.CorrectiveFilter{})
	refused(t, err, itsm.Unauthenticated, "actor.unknown")
	_, err = b.desk.Correctives(ctx, db.CorrectiveFilter{Reader: reader("ana"), Limit: db.MaxPage + 1})
	refused(t, err, itsm.Invalid, "list.limit")
}

func carNumbers(all []itsm.CorrectiveAction) (numbers []itsm.Number) {
	for _, c := range all {
		numbers = append(numbers, c.Number)
	}
	return numbers
}

func TestTheListOfCorrectiveActionsIsNarrowedAsAsked(t *testing.T) {
	b, ctx := open(t), t.Context()
	var last int
	for k := 0; ; k++ { // CAR-1 stays new, CAR-2 is one step on, and so forth
		c, e := amiss(itsm.CorrectiveNumber(int64(k + 1)))
		first := c
		if k == 1 {
			first.Service, first.RaisedBy, first.Source = "mail", itsm.RaisedByHand, ""
		}
		steps := bettered(t, &c)
		b.keepCorrective(ctx, t, first, e, steps[:k]...)
		if k == len(steps) {
			last = k + 1
			break
		}
	}
	numbers := func(f db.CorrectiveFilter) []itsm.Number {
		f.Reader = reader("zoe")
		got, err := b.desk.Correctives(ctx, f)
		require.NoError(t, err)
		for _, c := range got { // whom it waits for is what Explain says
			e := c.Explain()
			require.True(t, f.WaitingFor.Person == "" || slices.Contains(e.WaitsFor, f.WaitingFor.Person) || slices.ContainsFunc(e.Roles, f.WaitingFor.Is), c.Number)
		}
		return carNumbers(got)
	}
	require.Len(t, numbers(db.CorrectiveFilter{}), last)
	require.Equal(t, []itsm.Number{itsm.CorrectiveNumber(int64(last))}, numbers(db.CorrectiveFilter{State: itsm.CorrectiveClosed}))
	require.Len(t, numbers(db.CorrectiveFilter{Open: true}), last-1)
	require.Equal(t, []itsm.Number{"CAR-2"}, numbers(db.CorrectiveFilter{Service: "mail"}))
	require.Len(t, numbers(db.CorrectiveFilter{Source: "PRB-9", Severity: itsm.SeverityMajor, Team: "web", Reporter: "ana", Owner: "eve"}), last-1)
	for _, none := range []db.CorrectiveFilter{{Severity: itsm.SeverityMinor}, {Team: "net"}, {Reporter: "bob"}, {Owner: "ivy"}, {Source: "PRB-1"}} {
		require.Empty(t, numbers(none), fmt.Sprint(none))
	}
	require.Len(t, numbers(db.CorrectiveFilter{WaitingFor: acting("quin")}), 3, "by name, for its plan")
	require.Len(t, numbers(db.CorrectiveFilter{WaitingFor: acting("pia", itsm.QualityManager)}), 3, "by role, to be verified")
	require.NotEmpty(t, numbers(db.CorrectiveFilter{WaitingFor: acting("ivy")}))
	require.Empty(t, numbers(db.CorrectiveFilter{WaitingFor: acting("ana", itsm.Requester)}))
	var paged []itsm.Number
	for before := (db.Cursor{}); ; {
		got, err := b.desk.Correctives(ctx, db.CorrectiveFilter{Reader: reader("zoe"), Before: before, Limit: 4})
		require.NoError(t, err)
		if len(got) == 0 {
			break
		}
		paged = append(paged, carNumbers(got)...)
		end := got[len(got)-1]
		before = db.Cursor{RaisedAt: end.RaisedAt, Number: end.Number.Ordinal()}
	}
	require.Equal(t, numbers(db.CorrectiveFilter{}), paged)
}

func TestTheRowSaysWhenTheStageOfACorrectiveActionIsDue(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := amiss("CAR-1")
	b.keepCorrective(ctx, t, c, e)
	var due time.Time
	require.NoError(t, conn(t, b.url).QueryRow(ctx, "SELECT due_at FROM corrective_actions").Scan(&due))
	require.True(t, noon.Add(48*time.Hour).Equal(due), "its acknowledgement: %s", due)
}
