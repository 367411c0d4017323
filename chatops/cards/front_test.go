package cards

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// entriesOf are notices as entries of a list of all kinds, for people who may act.
func entriesOf(notices ...itsm.Notice) (all []Entry) {
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, n := range notices {
		e := Entry{Service: n.Service, People: n.People, Notice: &n}
		switch {
		case n.Incident != nil:
			e.Record = n.Incident.Record(itsm.Actor{}, at)
		case n.Problem != nil:
			e.Record = n.Problem.Record(itsm.Actor{}, at)
		case n.Corrective != nil:
			e.Record = n.Corrective.Record(itsm.Actor{}, at)
		case n.Supplier != nil:
			e.Record = n.Supplier.Record(itsm.Actor{}, at)
		case n.Contract != nil:
			e.Record = n.Contract.Record(itsm.Actor{}, at)
		case n.Review != nil:
			e.Record = n.Review.Record(itsm.Actor{}, at)
		default:
			e.Record = n.Change.Record(itsm.Actor{}, at)
		}
		all = append(all, e)
	}
	return all
}

// unoffered are entries as a search has them: they are there to be read.
func unoffered(all []Entry) []Entry {
	out := make([]Entry, len(all))
	for i, e := range all {
		e.Notice = nil
		out[i] = e
	}
	return out
}

// ofEachState are records of every kind in every state.
func ofEachState(t *testing.T) (all []itsm.Notice) {
	t.Helper()
	for i, state := range itsm.ChangeStates {
		n := tellOf("", "bob", state)
		n.Change.Number = itsm.ChangeNumber(int64(i + 1))
		all = append(all, n)
	}
	for i, state := range itsm.IncidentStates {
		o := inState(t, state)
		o.i.Number = itsm.IncidentNumber(int64(i + 1))
		all = append(all, o.shown("", "pat"))
	}
	for i, state := range itsm.ProblemStates {
		o := troubleIn(t, state)
		o.p.Number = itsm.ProblemNumber(int64(i + 1))
		all = append(all, o.shown("", "pia"))
	}
	return all
}

func TestListsOfAllKindsAreAsTheyWere(t *testing.T) {
	all := entriesOf(ofEachState(t)...)
	for i := 0; i < len(all); i += MaxListed {
		some := all[i:min(len(all), i+MaxListed)]
		goldenMessage(t, fmt.Sprintf("front_list_%d", i), Entries("Open records", unoffered(some), false, ""))
		goldenMessage(t, fmt.Sprintf("front_my_%d", i), My(Mine{Waiting: some}))
	}
	goldenMessage(t, "front_none", Entries("What fits <!channel> *bold*", nil, false, ""))
	goldenMessage(t, "front_more", Entries("Open records", unoffered(all[:1]), true, "Ask for less."))
	goldenMessage(t, "front_known", Known(everybody[1], []itsm.TeamID{"payments"}))
	goldenMessage(t, "front_known_bare", Known(itsm.Person{ID: "fay", Name: "Fay", Zone: "UTC"}, nil))
	require.Contains(t, words(My(Mine{})), "There is none.")
}

// TestEveryStateHasASign: at a glance, and where a kind has none of its own by its tone.
func TestEveryStateHasASign(t *testing.T) {
	for _, k := range itsm.RecordKinds {
		for _, s := range k.States() {
			require.NotEmpty(t, Entry{Record: itsm.Record{Kind: k, State: s, Tone: s.Tone()}}.sign(), "%s %s", k, s)
		}
	}
	for _, tone := range itsm.Tones {
		require.NotEmpty(t, Entry{Record: itsm.Record{Tone: tone}}.sign())
	}
}

func TestAGraphIsToldInIndentedLines(t *testing.T) {
	g := itsm.Graph{Of: "INC-7", More: 3, Nodes: []itsm.Record{
		{Kind: itsm.KindIncident, Number: "INC-7", Priority: "P1", Title: "Nobody can <!channel> pay", State: "on_hold"},
		{Kind: itsm.KindChange, Number: "CHG-3", Title: strings.Repeat("long ", 30), State: "closed"},
		{Kind: itsm.KindProblem, Number: "PRB-1", Title: "*The pool*", State: "investigating"},
	}, Edges: []itsm.Edge{
		itsm.NewEdge(itsm.Relation{From: "INC-7", Kind: itsm.CausedBy, To: "CHG-3"}), itsm.NewEdge(itsm.Relation{From: "PRB-1", Kind: itsm.FoundIn, To: "INC-7"}),
		itsm.NewEdge(itsm.Relation{From: "PRB-1", Kind: itsm.CausedBy, To: "CHG-3"}),
	}}
	goldenMessage(t, "front_graph", Graph(g, "It is drawn in your direct message with Steward."))
	goldenMessage(t, "front_graph_alone", Graph(itsm.Graph{Of: "INC-7", Nodes: g.Nodes[:1]}, ""))
}

// TestACrowdOfAllKindsFits: the longest texts, as many records as there can be.
func TestACrowdOfAllKindsFits(t *testing.T) {
	var many []itsm.Notice
	for i := range 10 {
		n := crowd()
		n.Change.Number = itsm.ChangeNumber(int64(1e9 + i))
		n.Comment.Number = n.Change.Number
		many = append(many, n)
	}
	all := entriesOf(append(append(many[:4:4], manyIncidents(30)...), manyProblems(30)...)...)
	for i := 0; i < len(all); i += 20 {
		m := My(Mine{Waiting: all[i:], Questions: many, Raised: many})
		requireLegal(t, m)
		require.LessOrEqual(t, len(m.Blocks), maxMessageBlocks)
		require.Greater(t, len(m.Blocks), 2*MaxListed, "each has its line and its buttons")
		require.NotContains(t, words(m), "There is more than fits here.", "nothing is cut off behind the rest")
		requireLegal(t, Entries(strings.Repeat("<", 500), unoffered(all[i:]), true, "Ask for less."))
	}
	g := itsm.Graph{Of: "INC-1", More: 1000}
	for n := range itsm.MaxGraphNodes {
		g.Nodes = append(g.Nodes, itsm.Record{Kind: itsm.KindIncident, Number: itsm.IncidentNumber(int64(n + 1)), Title: strings.Repeat("&", itsm.MaxTitle), State: "in_progress"})
		for to := range n {
			g.Edges = append(g.Edges, itsm.NewEdge(itsm.Relation{From: itsm.IncidentNumber(int64(n + 1)), Kind: itsm.Applies, To: itsm.IncidentNumber(int64(to + 1))}))
		}
	}
	requireLegal(t, Graph(g, ""))
}
