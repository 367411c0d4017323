package db_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

func TestTheListOfIncidentsHidesWhatTheRecordHides(t *testing.T) {
	b, ctx := open(t), t.Context()
	var all []itsm.Incident
	for k := 1; k <= 8; k++ {
		i, e := reported(itsm.IncidentNumber(int64(k)))
		i.Restricted = k%2 == 0
		if k > 4 {
			i.Reporter, i.Team, i.Owner = "gil", "", ""
		}
		s := &incidentStory{Incident: i, at: noon}
		switch k {
		case 6: // bob was called, and eve has it now
			s.triage(t)
			s.call(t, "kim", "bob")
			s.acknowledge(t, "eve")
		case 8:
			s.triage(t)
			s.call(t)
		}
		b.save(ctx, t, i, e, s.steps...)
		all = append(all, s.Incident)
	}
	member := reader("ivy")
	member.Teams = []itsm.TeamID{"web"}
	monitor := itsm.Actor{Person: itsm.Monitoring, Roles: []itsm.Role{itsm.Monitor}, Scopes: []itsm.Scope{itsm.ScopeRead}}
	for _, who := range []itsm.Actor{
		reader("ana"), reader("bob"), reader("eve"), reader("kim"), reader("max"), reader("gil"), reader("zoe"), member, monitor,
		reader("mia", itsm.IncidentManager), reader("ada", itsm.Auditor), reader("root", itsm.Admin), reader("cam", itsm.ChangeManager),
	} {
		want := map[itsm.Number]bool{}
		for _, i := range all {
			if i.CheckRead(who) == nil {
				want[i.Number] = true
			}
		}
		got, err := b.desk.Incidents(ctx, db.IncidentFilter{Reader: who})
		require.NoError(t, err)
		listed := map[itsm.Number]bool{}
		for _, i := range got {
			listed[i.Number] = true
		}
		require.Equal(t, want, listed, "%s", who.Person)
	}
	_, err := b.desk.Incidents(ctx, db.IncidentFilter{})
	refused(t, err, itsm.Unauthenticated, "actor.unknown")
	_, err = b.desk.Incidents(ctx, db.IncidentFilter{Reader: reader("ana"), Limit: db.MaxPage + 1})
	refused(t, err, itsm.Invalid, "list.limit")
}

func TestTheListOfIncidentsIsNarrowedAsAsked(t *testing.T) {
	b, ctx := open(t), t.Context()
	for k := range 9 { // INC-1 stays new, INC-2 is one step on, and so forth
		i, e := reported(itsm.IncidentNumber(int64(k + 1)))
		first := i
		if k == 1 {
			first.Service = "mail"
		}
		b.save(ctx, t, first, e, handled(t, &i)[:k]...)
	}
	numbers := func(f db.IncidentFilter) (ns []itsm.Number) {
		f.Reader = reader("zoe")
		got, err := b.desk.Incidents(ctx, f)
		require.NoError(t, err)
		for _, i := range got {
			ns = append(ns, i.Number)
		}
		return ns
	}
	require.Len(t, numbers(db.IncidentFilter{}), 9)
	require.Equal(t, []itsm.Number{"INC-9"}, numbers(db.IncidentFilter{State: itsm.IncidentClosed}))
	require.Equal(t, []itsm.Number{"INC-9", "INC-1"}, numbers(db.IncidentFilter{
		States: []itsm.IncidentState{itsm.IncidentNew, itsm.IncidentClosed},
	}))
	require.Empty(t, numbers(db.IncidentFilter{State: itsm.IncidentNew, States: []itsm.IncidentState{itsm.IncidentClosed}}))
	require.Equal(t, []itsm.Number{"INC-2"}, numbers(db.IncidentFilter{Service: "mail"}))
	require.Len(t, numbers(db.IncidentFilter{Priority: itsm.P2}), 9)
	require.Empty(t, numbers(db.IncidentFilter{Priority: itsm.P1}))
	require.Len(t, numbers(db.IncidentFilter{Team: "web", Reporter: "ana"}), 9)
	require.Empty(t, numbers(db.IncidentFilter{Team: "net"}))
	require.Empty(t, numbers(db.IncidentFilter{Reporter: "bob"}))
	require.Equal(t, []itsm.Number{"INC-6", "INC-5", "INC-4"}, numbers(db.IncidentFilter{Assignee: "bob"}))
	require.Equal(t, []itsm.Number{"INC-6", "INC-4", "INC-3"}, numbers(db.IncidentFilter{WaitingFor: "bob"}))
	require.Equal(t, []itsm.Number{"INC-7", "INC-6", "INC-3"}, numbers(db.IncidentFilter{WaitingFor: "eve"}))
	require.Equal(t, []itsm.Number{"INC-8", "INC-5"}, numbers(db.IncidentFilter{WaitingFor: "ana"}))
	require.Empty(t, numbers(db.IncidentFilter{Parent: "INC-1"}))
}

func TestChildrenAreFoundUntilTheyAreOver(t *testing.T) {
	b, ctx := open(t), t.Context()
	for _, n := range []itsm.Number{"INC-10", "INC-9", "INC-8"} {
		i, e := reported(n)
		s := &incidentStory{Incident: i, at: noon}
		s.triage(t)
		parents := []itsm.Number{"INC-2", "INC-1"}
		if n == "INC-8" { // and away again
			parents = append(parents, "")
		}
		for _, parent := range parents {
			s.step(t, "bob", func(at time.Time) itsm.Event {
				return s.SetParent(acting("bob", itsm.Responder), itsm.ParentRequest{Parent: parent}, at)
			})
		}
		b.save(ctx, t, i, e, s.steps...)
	}
	children, err := b.desk.IncidentChildren(ctx, "INC-1")
	require.NoError(t, err)
	require.Equal(t, []itsm.Number{"INC-9", "INC-10"}, children)
	none, err := b.desk.IncidentChildren(ctx, "INC-2")
	require.NoError(t, err)
	require.Empty(t, none)

	i, err := b.desk.Incident(ctx, "INC-9")
	require.NoError(t, err)
	s := &incidentStory{Incident: i, at: noon.Add(time.Hour)}
	s.step(t, "ana", func(at time.Time) itsm.Event { return s.Cancel(itsm.Cancellation{Note: "No incident."}, at) })
	require.NoError(t, b.worker.StepIncident(ctx, "INC-9", s.steps[0], from))
	children, err = b.desk.IncidentChildren(ctx, "INC-1")
	require.NoError(t, err)
	require.Equal(t, []itsm.Number{"INC-10"}, children)
	all, err := b.desk.Incidents(ctx, db.IncidentFilter{Reader: reader("zoe"), Parent: "INC-1"})
	require.NoError(t, err)
	require.Len(t, all, 2, "the list has those that are over")
}

func TestARelationIsSeenFromBothEnds(t *testing.T) {
	b, ctx := open(t), t.Context()
	c, e := raised("CHG-7")
	require.NoError(t, b.worker.RecordChange(ctx, c, e, from))
	for _, n := range []itsm.Number{"INC-1", "INC-2"} {
		i, e := reported(n)
		i.Follows = ""
		s := &incidentStory{Incident: i, at: noon}
		s.triage(t)
		bob := acting("bob", itsm.Responder)
		s.step(t, "bob", func(at time.Time) itsm.Event {
			return s.Relate(bob, itsm.RelateRequest{Kind: itsm.CausedBy, To: "CHG-7"}, at)
		})
		if n == "INC-2" {
			s.step(t, "bob", func(at time.Time) itsm.Event {
				return s.EndAsDuplicate(bob, itsm.DuplicateRequest{Of: "INC-1"}, at)
			})
		}
		b.save(ctx, t, i, e, s.steps...)
	}
	at := noon.Add(2 * time.Minute)
	one := itsm.Relation{From: "INC-1", Kind: itsm.CausedBy, To: "CHG-7", By: "bob", At: at}
	two := itsm.Relation{From: "INC-2", Kind: itsm.CausedBy, To: "CHG-7", By: "bob", At: at}
	same := itsm.Relation{From: "INC-2", Kind: itsm.DuplicateOf, To: "INC-1", By: "bob", At: at.Add(time.Minute)}
	for n, want := range map[itsm.Number][]itsm.Relation{
		"CHG-7": {one, two}, "INC-1": {one, same}, "INC-2": {two, same}, "INC-404": {},
	} {
		got := b.related(ctx, t, n)
		require.Equal(t, want, got, "%s", n)
	}
}

func TestTheChangesThatMayHaveCausedItAreFound(t *testing.T) {
	b, ctx := open(t), t.Context()
	for k, steps := range []int{0, 8, 99, 99, 8, 99} { // as raised, under way, ended
		c, e := raised(itsm.ChangeNumber(int64(k + 1)))
		first := c
		switch k {
		case 3:
			first.Service = "mail"
		case 4, 5:
			first.Restricted = true
		}
		all := life(t, &c)
		require.NoError(t, b.worker.RecordChange(ctx, first, e, from))
		for _, step := range all[:min(steps, len(all))] {
			require.NoError(t, b.worker.StepChange(ctx, step, from))
		}
	}
	found := func(who itsm.Actor, since time.Time, limit int) (ns []itsm.Number) {
		got, err := b.desk.RecentChanges(ctx, "shop", since, who, limit)
		require.NoError(t, err)
		for _, c := range got {
			require.NotEmpty(t, c.Decisions)
			ns = append(ns, c.Number)
		}
		return ns
	}
	require.Equal(t, []itsm.Number{"CHG-2", "CHG-3"}, found(reader("zoe"), noon, 0))
	require.Equal(t, []itsm.Number{"CHG-2"}, found(reader("zoe"), noon, 1))
	require.Equal(t, []itsm.Number{"CHG-2"}, found(reader("zoe"), noon.Add(time.Hour), 0), "the other has long ended")
	require.Equal(t, []itsm.Number{"CHG-5", "CHG-2", "CHG-6", "CHG-3"}, found(reader("max"), noon, 0), "they are of max's service")
	_, err := b.desk.RecentChanges(ctx, "shop", noon, itsm.Actor{}, 0)
	refused(t, err, itsm.Unauthenticated, "actor.unknown")
	_, err = b.desk.RecentChanges(ctx, "shop", noon, reader("zoe"), -1)
	refused(t, err, itsm.Invalid, "list.limit")
}
