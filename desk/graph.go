package desk

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// Graph tells how a record is to others, and those to others again, up to a number of
// steps from it: 1 to 3, and 0 is 2. What the caller may not see is neither in it nor
// counted.
func (d *Desk) Graph(ctx context.Context, who Caller, n itsm.Number, depth int) (itsm.Graph, error) {
	return reading(ctx, d, who, "record.graph", itsm.ReadRecords, n, func() (g itsm.Graph, err error) {
		if depth < 0 || depth > itsm.MaxGraphDepth {
			return g, itsm.Refuse(itsm.Invalid, "graph.depth", "The depth must be from 1 to %d.", itsm.MaxGraphDepth)
		}
		if depth == 0 {
			depth = itsm.MaxGraphDepth - 1
		}
		if _, err := d.record(ctx, who, n); err != nil {
			return g, err
		}
		w := walk{known: map[itsm.Number]bool{n: true}, numbers: []itsm.Number{n}, edges: map[end]bool{}, more: map[itsm.Number]bool{}}
		for next := w.numbers; len(next) > 0 && depth >= 0; depth-- {
			near, err := d.Store.Relations(ctx, who.Actor, next...)
			if err != nil {
				return g, err
			}
			next = w.step(near, depth > 0)
		}
		g = itsm.Graph{Of: n, Edges: w.kept, More: len(w.more)}
		g.Nodes, err = d.some(ctx, who, w.numbers)
		return g, err
	})
}

// walk goes from a record to those that are near it.
type walk struct {
	known   map[itsm.Number]bool
	numbers []itsm.Number // in the order in which they were come to
	edges   map[end]bool
	kept    []itsm.Edge
	more    map[itsm.Number]bool // near, and left off
}

type end struct {
	from, to itsm.Number
	kind     itsm.RelationKind
}

// step goes along relations, to records that are new if there may be any, and returns
// those. A relation is kept when both its ends are.
func (w *walk) step(near []itsm.Relation, further bool) (reached []itsm.Number) {
	for _, r := range near {
		for _, n := range []itsm.Number{r.From, r.To} {
			switch {
			case w.known[n]:
			case further && len(w.numbers) < itsm.MaxGraphNodes:
				w.known[n] = true
				w.numbers, reached = append(w.numbers, n), append(reached, n)
			default:
				w.more[n] = true
			}
		}
		e := end{r.From, r.To, r.Kind}
		if w.known[r.From] && w.known[r.To] && !w.edges[e] {
			w.edges[e] = true
			w.kept = append(w.kept, itsm.NewEdge(r))
		}
	}
	return reached
}
