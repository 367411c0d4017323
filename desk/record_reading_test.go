package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

func recordNumbers(records []itsm.Record) (all []itsm.Number) {
	for _, r := range records {
		all = append(all, r.Number)
	}
	return all
}

func TestRecordsOfAllKindsAreReadAsTheyTellOfThemselves(t *testing.T) {
	o, ctx := shift(t), t.Context()
	change, incident, hidden := o.keep(1, "website", "ana"), o.report(2, "website", "ana"), o.report(3, "payroll", "max")
	eve := o.caller("U0EVE")
	page, err := o.Records(ctx, eve, desk.RecordList{})
	require.NoError(t, err)
	require.Equal(t, []itsm.Number{incident, change}, recordNumbers(page.Items), "the newest first, and not what is hidden")
	for _, r := range page.Items {
		one, err := o.Record(ctx, eve, r.Number)
		require.NoError(t, err)
		require.Equal(t, one, r)
	}
	i, err := o.Incident(ctx, eve, incident)
	require.NoError(t, err)
	e, err := o.ExplainIncident(ctx, eve, incident)
	require.NoError(t, err)
	require.Equal(t, []any{i.Title, itsm.State(i.State), i.Priority, e.Summary, e.WaitsFor, e.Acts, i.NextTarget(), itsm.KindIncident},
		[]any{page.Items[0].Title, page.Items[0].State, page.Items[0].Priority, page.Items[0].Summary, page.Items[0].WaitsFor, page.Items[0].Acts, page.Items[0].Due, page.Items[0].Kind})
	timeline, err := o.RecordTimeline(ctx, eve, incident)
	require.NoError(t, err)
	require.Len(t, timeline, 2)

	_, read := o.Record(ctx, eve, hidden)
	_, told := o.RecordTimeline(ctx, eve, hidden)
	_, drawn := o.Graph(ctx, eve, hidden, 1)
	_, absent := o.Record(ctx, eve, "PRB-1")
	_, unheard := o.Record(ctx, eve, "XXX-1")
	for _, err := range []error{read, told, drawn, absent, unheard} {
		require.Equal(t, "record.not_found", o.code(err))
	}
	_, err = o.Record(ctx, eve, "inc-1")
	require.Equal(t, "record.number", o.code(err))
	stranger := desk.Caller{Actor: itsm.Actor{Person: "pat", Scopes: []itsm.Scope{itsm.ScopeRead}}}
	_, err = o.Records(ctx, stranger, desk.RecordList{})
	require.Equal(t, "actor.permission", o.code(err))
}

func TestAListOfRecordsIsNarrowedAsAsked(t *testing.T) {
	o, ctx := shift(t), t.Context()
	change, over := o.keep(1, "website", "ana"), o.report(2, "website", "zoe", closed)
	late := o.report(3, "website", "ana", func(i *itsm.Incident) {
		due := o.now.Add(-time.Minute)
		i.Clocks = []itsm.Clock{{Kind: itsm.ResolutionClock, StartedAt: i.RaisedAt, DueAt: &due}}
	})
	soon := o.report(4, "website", "ana", func(i *itsm.Incident) {
		due := o.now.Add(6 * 24 * time.Hour)
		i.Clocks = []itsm.Clock{{Kind: itsm.ResolutionClock, StartedAt: i.RaisedAt, DueAt: &due}}
	})
	for name, tc := range map[string]struct {
		list desk.RecordList
		want []itsm.Number
	}{
		"all":     {desk.RecordList{}, []itsm.Number{soon, late, over, change}},
		"a kind":  {desk.RecordList{Kind: itsm.KindChange}, []itsm.Number{change}},
		"none":    {desk.RecordList{Kind: itsm.KindProblem}, nil},
		"a state": {desk.RecordList{State: "closed"}, []itsm.Number{over}},
		"open":    {desk.RecordList{Open: true}, []itsm.Number{soon, late, change}},
		"mine":    {desk.RecordList{Mine: true}, []itsm.Number{soon, late, change}},
		"late":    {desk.RecordList{Late: true}, []itsm.Number{late}},
		"week":    {desk.RecordList{Week: true}, []itsm.Number{soon}},
		"service": {desk.RecordList{Service: "payroll"}, nil},
		"in hand": {desk.RecordList{Assigned: true}, nil},
	} {
		page, err := o.Records(ctx, o.caller("U0ANA"), tc.list)
		require.NoError(t, err, name)
		require.Equal(t, tc.want, recordNumbers(page.Items), name)
	}
	for code, list := range map[string]desk.RecordList{
		"list.kind": {Kind: "car"}, "list.state": {State: "lost"}, "list.limit": {Limit: 201}, "list.cursor": {Cursor: "abc"},
	} {
		_, err := o.Records(ctx, o.caller("U0ANA"), list)
		require.Equal(t, code, o.code(err))
	}
}

func TestPagesOfRecordsNeitherRepeatNorLose(t *testing.T) {
	o := shift(t)
	var want []itsm.Number
	for n := range int64(4) {
		want = append([]itsm.Number{o.report(n+1, "website", "ana"), o.keep(n+1, "website", "ana")}, want...)
	}
	who, seen, list := o.caller("U0ANA"), []itsm.Number{}, desk.RecordList{Limit: 3}
	for {
		page, err := o.Records(t.Context(), who, list)
		require.NoError(t, err)
		seen = append(seen, recordNumbers(page.Items)...)
		o.report(int64(100+len(seen)), "website", "ana") // raised while somebody reads
		if list.Cursor = page.Next; page.Next == "" {
			break
		}
		other := list
		other.Open = true
		_, err = o.Records(t.Context(), who, other)
		require.Equal(t, "list.cursor", o.code(err), "a cursor is good for its own list alone")
	}
	require.Equal(t, want, seen)
}

func TestWhatWaitsIsOfAllKindsAndWhatIsDueFirstComesFirst(t *testing.T) {
	o, ctx := shift(t), t.Context()
	due := func(d time.Duration) func(*itsm.Incident) {
		return func(i *itsm.Incident) {
			at := o.now.Add(d)
			i.Assignee = "eve"
			i.Become(itsm.IncidentInProgress, i.RaisedAt)
			i.Clocks = []itsm.Clock{{Kind: itsm.ResolutionClock, StartedAt: i.RaisedAt, DueAt: &at}}
		}
	}
	never := o.report(1, "website", "ana", func(i *itsm.Incident) {
		i.Assignee = "eve"
		i.Become(itsm.IncidentInProgress, i.RaisedAt)
		i.Clocks = nil
	})
	later, sooner := o.report(2, "website", "ana", due(time.Hour)), o.report(3, "website", "ana", due(-time.Hour))
	waiting, err := o.Waiting(ctx, o.caller("U0EVE"))
	require.NoError(t, err)
	require.Equal(t, []itsm.Number{sooner, later, never}, recordNumbers(waiting))
	require.True(t, waiting[0].Late)
	require.False(t, waiting[1].Late)
	require.Contains(t, waiting[0].Acts, itsm.ActResolve)
	of, err := o.WaitingIncidents(ctx, o.caller("U0EVE"))
	require.NoError(t, err)
	require.Len(t, of, 3)
	none, err := o.Waiting(ctx, o.caller("U0ZOE"))
	require.NoError(t, err)
	require.Empty(t, none)
	alone := desk.Caller{Actor: itsm.Actor{Person: itsm.Monitoring, Roles: []itsm.Role{itsm.Monitor}, Scopes: []itsm.Scope{itsm.ScopeRead}}}
	_, err = o.Waiting(ctx, alone)
	require.NoError(t, err, "who may read some kinds is told of those")
}

func TestASearchFindsAmongAllThatItsReaderMaySee(t *testing.T) {
	o, ctx := shift(t), t.Context()
	change := o.keep(1, "website", "ana")
	open, over, hidden := o.report(2, "website", "ana"), o.report(3, "website", "ana", closed), o.report(4, "payroll", "max")
	find := func(slack string, r itsm.SearchRequest, limit int) desk.Found {
		found, err := o.Search(ctx, o.caller(slack), r, limit) //nolint:contextcheck // it has the test's
		require.NoError(t, err)
		return found
	}
	require.ElementsMatch(t, []itsm.Number{open, over}, recordNumbers(find("U0EVE", itsm.SearchRequest{Words: "shop"}, 0).Items))
	require.ElementsMatch(t, []itsm.Number{open, over, hidden}, recordNumbers(find("U0IAN", itsm.SearchRequest{Words: "shop"}, 0).Items))
	require.Equal(t, []itsm.Number{open}, recordNumbers(find("U0EVE", itsm.SearchRequest{Words: "shop", Open: true}, 0).Items))
	require.Equal(t, []itsm.Number{change}, recordNumbers(find("U0EVE", itsm.SearchRequest{Words: "shop or rotate", Kind: itsm.KindChange}, 0).Items))
	require.Empty(t, find("U0EVE", itsm.SearchRequest{Words: string(hidden)}, 0).Items)
	one := find("U0EVE", itsm.SearchRequest{Words: "shop"}, 1)
	require.Len(t, one.Items, 1)
	require.True(t, one.More)
	require.False(t, find("U0EVE", itsm.SearchRequest{Words: "shop"}, 2).More)
	for _, wrong := range []itsm.SearchRequest{{}, {Words: "x"}, {Words: "  x  "}, {Words: string(make([]rune, 201))}, {Words: "shop", Kind: "car"}} {
		_, err := o.Search(ctx, o.caller("U0EVE"), wrong, 0)
		require.Equal(t, "search.invalid", o.code(err), "%q", wrong.Words)
	}
	for _, limit := range []int{-1, 51} {
		_, err := o.Search(ctx, o.caller("U0EVE"), itsm.SearchRequest{Words: "shop"}, limit)
		require.Equal(t, "list.limit", o.code(err))
	}
}

func TestAGraphGoesAsFarAsItsReaderMayGo(t *testing.T) {
	o, ctx := shift(t), t.Context()
	change := o.keep(1, "website", "ana")
	a := o.report(1, "website", "ana", related(itsm.CausedBy, change))
	hidden := o.report(2, "payroll", "max", related(itsm.CausedBy, change))
	b := o.report(3, "website", "ana", related(itsm.Related, a))
	c := o.report(4, "website", "ana", related(itsm.Related, b))
	behind := o.report(5, "website", "ana", related(itsm.Related, hidden))
	graph := func(slack string, n itsm.Number, depth int) itsm.Graph {
		g, err := o.Graph(ctx, o.caller(slack), n, depth) //nolint:contextcheck // it has the test's
		require.NoError(t, err)
		return g
	}
	g := graph("U0EVE", change, 1)
	require.Equal(t, []itsm.Number{change, a}, recordNumbers(g.Nodes))
	require.Len(t, g.Edges, 1)
	require.Equal(t, []string{"caused by", "caused"}, []string{g.Edges[0].Words, g.Edges[0].Back})
	require.Equal(t, 1, g.More, "one is further on")
	require.Equal(t, []itsm.Number{change, a, b}, recordNumbers(graph("U0EVE", change, 0).Nodes), "two steps are usual")
	g = graph("U0EVE", change, 3)
	require.Equal(t, []itsm.Number{change, a, b, c}, recordNumbers(g.Nodes), "what is hidden leads nowhere")
	require.Zero(t, g.More)
	require.Equal(t, []itsm.Number{change, a, hidden, b, behind, c}, recordNumbers(graph("U0IAN", change, 3).Nodes))
	require.Equal(t, []itsm.Number{a, change, b, c}, recordNumbers(graph("U0EVE", a, 2).Nodes), "it goes both ways")
	for _, depth := range []int{-1, 4} {
		_, err := o.Graph(ctx, o.caller("U0EVE"), change, depth)
		require.Equal(t, "graph.depth", o.code(err))
	}
}

func TestAGraphHasAnEnd(t *testing.T) {
	o, ctx := shift(t), t.Context()
	change := o.keep(1, "website", "ana")
	for n := range int64(itsm.MaxGraphNodes + 4) {
		o.report(n+1, "website", "ana", related(itsm.CausedBy, change))
	}
	g, err := o.Graph(ctx, o.caller("U0EVE"), change, 3)
	require.NoError(t, err)
	require.Len(t, g.Nodes, itsm.MaxGraphNodes)
	require.Len(t, g.Edges, itsm.MaxGraphNodes-1)
	require.Equal(t, 5, g.More)
}
