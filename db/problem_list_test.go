package db_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

func TestTheListOfProblemsHidesWhatTheRecordHides(t *testing.T) {
	b, ctx := open(t), t.Context()
	var all []itsm.Problem
	for k := 1; k <= 8; k++ {
		p, e := suspected(itsm.ProblemNumber(int64(k)))
		p.Restricted = k%2 == 0
		if k > 4 {
			p.Reporter, p.Team, p.Owner = "gil", "", ""
		}
		s := &problemStory{Problem: p, at: noon}
		if k == 6 { // kim and mia were asked, and eve has it
			s.known(t)
		}
		b.keep(ctx, t, p, e, s.steps...)
		all = append(all, s.Problem)
	}
	member := reader("ivy")
	member.Teams = []itsm.TeamID{"web"}
	monitor := itsm.Actor{Person: itsm.Monitoring, Roles: []itsm.Role{itsm.Monitor}, Scopes: []itsm.Scope{itsm.ScopeRead}}
	for _, who := range []itsm.Actor{
		reader("ana"), reader("bob"), reader("eve"), reader("kim"), reader("max"), reader("gil"), reader("zoe"), member, monitor,
		reader("mia"), reader("pia", itsm.ProblemManager), reader("ada", itsm.Auditor), reader("root", itsm.Admin),
		reader("ian", itsm.IncidentManager),
	} {
		var want []itsm.Number
		for _, p := range slices.Backward(all) {
			if p.CheckRead(who) == nil {
				want = append(want, p.Number)
			}
		}
		got, err := b.desk.Problems(ctx, db.ProblemFilter{Reader: who})
		require.NoError(t, err)
		require.Equal(t, want, numbered(got), "%s", who.Person)
		known, err := b.desk.KnownErrors(ctx, db.KnownErrorQuery{Reader: who})
		require.NoError(t, err)
		require.Equal(t, slices.Contains(want, "PRB-6"), len(known) == 1, "%s", who.Person)
		fits, err := b.desk.KnownErrorsFor(ctx, itsm.Incident{IncidentText: itsm.IncidentText{Title: "Payment hangs"}}, who)
		require.NoError(t, err)
		require.Len(t, fits, len(known), "%s", who.Person)
	}
	_, err := b.desk.Problems(ctx, db.ProblemFilter{})
	refused(t, err, itsm.Unauthenticated, "actor.unknown")
	_, err = b.desk.KnownErrors(ctx, db.KnownErrorQuery{})
	refused(t, err, itsm.Unauthenticated, "actor.unknown")
	_, err = b.desk.KnownErrorsFor(ctx, itsm.Incident{}, itsm.Actor{})
	refused(t, err, itsm.Unauthenticated, "actor.unknown")
	_, err = b.desk.Problems(ctx, db.ProblemFilter{Reader: reader("ana"), Limit: db.MaxPage + 1})
	refused(t, err, itsm.Invalid, "list.limit")
	_, err = b.desk.KnownErrors(ctx, db.KnownErrorQuery{Reader: reader("ana"), Limit: -1})
	refused(t, err, itsm.Invalid, "list.limit")
}

func numbered(all []itsm.Problem) (numbers []itsm.Number) {
	for _, p := range all {
		numbers = append(numbers, p.Number)
	}
	return numbers
}

func TestTheListOfProblemsIsNarrowedAsAsked(t *testing.T) {
	b, ctx := open(t), t.Context()
	for k := range 15 { // PRB-1 stays new, PRB-2 is one step on, and so forth
		p, e := suspected(itsm.ProblemNumber(int64(k + 1)))
		first := p
		if k == 1 {
			first.Service = "mail"
		}
		b.keep(ctx, t, first, e, solved(t, &p)[:k]...)
	}
	numbers := func(f db.ProblemFilter) []itsm.Number {
		f.Reader = reader("zoe")
		got, err := b.desk.Problems(ctx, f)
		require.NoError(t, err)
		return numbered(got)
	}
	require.Len(t, numbers(db.ProblemFilter{}), 15)
	require.Equal(t, []itsm.Number{"PRB-14"}, numbers(db.ProblemFilter{State: itsm.ProblemResolved}))
	require.Equal(t, []itsm.Number{"PRB-15"}, numbers(db.ProblemFilter{State: itsm.ProblemClosed}))
	require.Len(t, numbers(db.ProblemFilter{Open: true}), 14)
	require.Empty(t, numbers(db.ProblemFilter{Open: true, State: itsm.ProblemClosed}))
	require.Equal(t, []itsm.Number{"PRB-2"}, numbers(db.ProblemFilter{Service: "mail"}))
	require.Len(t, numbers(db.ProblemFilter{Priority: itsm.P2, Team: "web", Reporter: "ana"}), 15)
	require.Empty(t, numbers(db.ProblemFilter{Priority: itsm.P1}))
	require.Empty(t, numbers(db.ProblemFilter{Team: "net"}))
	require.Empty(t, numbers(db.ProblemFilter{Reporter: "bob"}))
	require.Len(t, numbers(db.ProblemFilter{Coordinator: "eve"}), 13)
	require.Equal(t, []itsm.Number{"PRB-14", "PRB-2"}, numbers(db.ProblemFilter{
		WaitingFor: acting("pia", itsm.Requester, itsm.ProblemManager),
	}), "by role: to be assessed, and to be closed")
	require.Equal(t, []itsm.Number{"PRB-7"}, numbers(db.ProblemFilter{WaitingFor: acting("kim")}), "by name: to be published")
	require.Contains(t, numbers(db.ProblemFilter{WaitingFor: acting("eve")}), itsm.Number("PRB-3"))
	require.Empty(t, numbers(db.ProblemFilter{WaitingFor: acting("ana", itsm.Requester)}))
}

func TestTheListOfProblemsThatWaitForSomebodyIsWhatExplainSays(t *testing.T) {
	b, ctx, raised := open(t), context.Background(), int64(0)
	rapid.Check(t, func(t *rapid.T) {
		raised++
		n := itsm.ProblemNumber(raised)
		p, s := problemTale(t, n)
		_, e := suspected(n)
		p.RaisedAt = noon.Add(time.Duration(raised) * time.Second) // the newest comes first
		b.keep(ctx, t, p, e, s.steps...)
		explained := s.Explain()
		for _, who := range append(slices.Clone(everybody), "mia") {
			for _, roles := range [][]itsm.Role{{itsm.Requester}, {itsm.Requester, itsm.ProblemManager}} {
				got, err := b.desk.Problems(ctx, db.ProblemFilter{Reader: reader("zoe"), WaitingFor: acting(who, roles...), Limit: 1})
				require.NoError(t, err)
				listed := len(got) == 1 && got[0].Number == n
				want := slices.Contains(explained.WaitsFor, who) || slices.ContainsFunc(roles, func(r itsm.Role) bool {
					return slices.Contains(explained.Roles, r)
				})
				require.Equal(t, want && !s.State.Final(), listed, "%s %v: %s", who, roles, explained.Summary)
			}
		}
	})
}

func TestPagesOfProblemsNeitherRepeatNorLose(t *testing.T) {
	b, ctx := open(t), t.Context()
	raise := func(k int) {
		p, e := suspected(itsm.ProblemNumber(int64(k)))
		p.RaisedAt = noon.Add(time.Duration(k/3) * time.Second) // three to an instant
		b.keep(ctx, t, p, e)
	}
	for k := 1; k <= 25; k++ {
		raise(k)
	}
	var seen []itsm.Number
	var before db.Cursor
	for page := 0; ; page++ {
		got, err := b.desk.Problems(ctx, db.ProblemFilter{Reader: reader("zoe"), Before: before, Limit: 4})
		require.NoError(t, err)
		if len(got) == 0 {
			break
		}
		seen = append(seen, numbered(got)...)
		last := got[len(got)-1]
		before = db.Cursor{RaisedAt: last.RaisedAt, Number: last.Number.Ordinal()}
		raise(100 + page)
	}
	want := make([]itsm.Number, 0, 25)
	for k := 25; k >= 1; k-- {
		want = append(want, itsm.ProblemNumber(int64(k)))
	}
	require.Equal(t, want, seen)
}

// linked is an incident that leads to something, a second after the one before.
func (b book) linked(t *testing.T, n itsm.Number, links ...itsm.RelateRequest) *incidentStory {
	t.Helper()
	i, e := reported(n)
	i.RaisedAt = noon.Add(time.Duration(n.Ordinal()) * time.Second)
	s := &incidentStory{Incident: i, at: i.RaisedAt}
	s.triage(t)
	for _, r := range links {
		s.step(t, "bob", func(at time.Time) itsm.Event {
			if r.Kind == itsm.Applies {
				return s.Apply(acting("bob", itsm.Responder), itsm.ApplyRequest{KnownError: r.To}, at)
			}
			return s.Relate(acting("bob", itsm.Responder), r, at)
		})
	}
	b.save(t.Context(), t, i, e, s.steps...)
	return s
}

func TestTheIncidentsOfAProblemAreThoseOfAllThatItCovers(t *testing.T) {
	b, ctx := open(t), t.Context()
	first, e := suspected("PRB-1") // in INC-101 and INC-102
	s := &problemStory{Problem: first, at: noon}
	s.log(t)
	other, raised := proposed("PRB-2", noon, itsm.ProblemDraft{ProblemText: itsm.ProblemText{Title: "Other", Service: "shop", Incidents: []itsm.Number{"INC-110"}}})
	o := &problemStory{Problem: other, at: noon}
	o.log(t)
	o.step(t, "mia", func(at time.Time) itsm.Event {
		return o.Merge(mia, itsm.MergeRequest{Into: "PRB-1", Note: "The same."}, at)
	})
	s.step(t, itsm.System, func(at time.Time) itsm.Event { e, _ := s.Absorb(&o.Problem, at); return e })
	b.keep(ctx, t, first, e, s.steps...)
	b.keep(ctx, t, other, raised, o.steps...)
	unrelated, raised := proposed("PRB-3", noon, itsm.ProblemDraft{ProblemText: itsm.ProblemText{Title: "Other", Service: "shop"}})
	b.keep(ctx, t, unrelated, raised)

	b.linked(t, "INC-101")
	over := b.linked(t, "INC-102")
	over.acknowledge(t, "bob")
	over.resolve(t, "bob")
	over.close(t)
	for _, step := range over.steps {
		require.NoError(t, b.worker.StepIncident(ctx, "INC-102", step, from))
	}
	b.linked(t, "INC-103")
	b.linked(t, "INC-110")
	b.linked(t, "INC-9", itsm.RelateRequest{Kind: itsm.CausedBy, To: "PRB-1"})
	b.linked(t, "INC-8", itsm.RelateRequest{Kind: itsm.Related, To: "PRB-2"})
	b.linked(t, "INC-7", itsm.RelateRequest{Kind: itsm.Applies, To: "PRB-2"})
	b.linked(t, "INC-6", itsm.RelateRequest{Kind: itsm.FixedBy, To: "CHG-1"})
	for n, r := range map[itsm.Number]itsm.HoldRequest{
		"INC-5": {Reason: itsm.AwaitingProblem, For: "PRB-2", Note: "Later."},
		"INC-4": {Reason: itsm.AwaitingProblem, For: "PRB-3", Note: "Later."},
	} {
		held := b.linked(t, n)
		held.acknowledge(t, "bob")
		held.step(t, "bob", func(at time.Time) itsm.Event { return held.PutOnHold(acting("bob", itsm.Responder), r, at) })
		for _, step := range held.steps {
			require.NoError(t, b.worker.StepIncident(ctx, n, step, from))
		}
	}
	got, err := b.worker.ProblemIncidents(ctx, "PRB-1")
	require.NoError(t, err)
	require.Equal(t, []itsm.Number{"INC-5", "INC-7", "INC-8", "INC-9", "INC-101", "INC-110"}, got)
	got, err = b.worker.ProblemIncidents(ctx, "PRB-3")
	require.NoError(t, err)
	require.Equal(t, []itsm.Number{"INC-4"}, got)
	got, err = b.worker.ProblemIncidents(ctx, "PRB-404")
	require.NoError(t, err)
	require.Empty(t, got)
}
