package api

import (
	"context"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

func (k *clerk) Record(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Record, error) {
	_, err := k.asked(ctx, "record", who, n, nil)
	return fullRecord(), err
}

func (k *clerk) Records(ctx context.Context, who desk.Caller, list desk.RecordList) (desk.RecordPage, error) {
	_, err := k.asked(ctx, "records", who, "", list)
	return desk.RecordPage{Items: []itsm.Record{fullRecord()}, Next: "abc-_"}, err
}

func (k *clerk) RecordTimeline(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	_, err := k.asked(ctx, "record timeline", who, n, nil)
	return []itsm.Event{fullEvent()}, err
}

// lookedFor is what was looked for among the records.
type lookedFor struct {
	itsm.SearchRequest

	Limit int
}

func (k *clerk) Search(ctx context.Context, who desk.Caller, r itsm.SearchRequest, limit int) (desk.Found, error) {
	_, err := k.asked(ctx, "search", who, "", lookedFor{r, limit})
	return desk.Found{Items: []itsm.Record{fullRecord()}, More: true}, err
}

func (k *clerk) Graph(ctx context.Context, who desk.Caller, n itsm.Number, depth int) (itsm.Graph, error) {
	_, err := k.asked(ctx, "graph", who, n, depth)
	return fullGraph(), err
}

func (k *clerk) Waiting(ctx context.Context, who desk.Caller) ([]itsm.Record, error) {
	_, err := k.asked(ctx, "all waiting", who, "", nil)
	return []itsm.Record{fullRecord()}, err
}

// fullRecord has something in every field, which no rule would let come together, and
// its instants in another zone.
func fullRecord() itsm.Record {
	at := elsewhere(noon)
	return itsm.Record{
		Kind: itsm.KindIncident, Number: "INC-7", Title: "Cards are <refused>", Service: "payments", State: "in_progress", Tone: itsm.ToneActive,
		Priority: itsm.P1, Reporter: "ana", Assignee: "bob", Team: "money", Summary: "Bob is at it.", WaitsFor: []itsm.PersonID{"bob"},
		Roles: []itsm.Role{itsm.Responder}, Acts: []itsm.Act{itsm.ActResolve}, RaisedAt: at, Since: at, StartsAt: &at, Due: &at, Late: true,
		ClosedAt: &at, Revision: 4,
	}
}

func fullGraph() itsm.Graph {
	other := fullRecord()
	other.Number, other.Kind, other.Priority, other.Late = "CHG-42", itsm.KindChange, "", false
	return itsm.Graph{
		Of: "INC-7", Nodes: []itsm.Record{fullRecord(), other}, More: 3,
		Edges: []itsm.Edge{itsm.NewEdge(itsm.Relation{From: "INC-7", Kind: itsm.CausedBy, To: "CHG-42", By: "bob", At: elsewhere(noon)})},
	}
}
