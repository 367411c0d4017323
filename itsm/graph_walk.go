package itsm

// Step is one line of a graph that is told from the record that was asked for.
type Step struct {
	Depth  int    // how many steps from that record; 0: it is that one
	Words  string // how the record one step nearer is to this one; empty at depth 0
	Record Record
	Again  bool // it has a line of its own elsewhere, with what hangs on it
}

// Walk tells a graph as a tree, line by line: each record has a line of its own below
// one of those that are nearest to the record that was asked for, and what else is said
// of two of them stands once, below the one that comes first.
func (g Graph) Walk() []Step {
	w := graphWalk{nodes: map[Number]Record{}, at: map[Number][]int{}, over: map[Number]int{g.Of: -1}, told: map[int]bool{}, graph: g}
	for _, n := range g.Nodes {
		w.nodes[n.Number] = n
	}
	for i, e := range g.Edges {
		w.at[e.From] = append(w.at[e.From], i)
		if e.To != e.From {
			w.at[e.To] = append(w.at[e.To], i)
		}
	}
	for next := []Number{g.Of}; len(next) > 0; next = next[1:] {
		for _, i := range w.at[next[0]] {
			_, to := g.Edges[i].from(next[0])
			if _, reached := w.over[to]; !reached {
				w.over[to] = i
				next = append(next, to)
			}
		}
	}
	w.tell(g.Of, "", 0)
	return w.steps
}

// from is how an end of an edge is to the other, and which that is.
func (e Edge) from(n Number) (words string, to Number) {
	if e.From == n {
		return e.Words, e.To
	}
	return e.Back, e.From
}

type graphWalk struct {
	graph Graph
	nodes map[Number]Record
	at    map[Number][]int // the edges at a record
	over  map[Number]int   // the edge over which a record is reached first
	told  map[int]bool
	steps []Step
}

func (w *graphWalk) tell(n Number, words string, depth int) {
	w.steps = append(w.steps, Step{Depth: depth, Words: words, Record: w.nodes[n]})
	for _, i := range w.at[n] {
		words, to := w.graph.Edges[i].from(n)
		if _, shown := w.nodes[to]; !shown || w.told[i] {
			continue
		}
		w.told[i] = true
		if w.over[to] == i {
			w.tell(to, words, depth+1)
			continue
		}
		w.steps = append(w.steps, Step{Depth: depth + 1, Words: words, Record: w.nodes[to], Again: true})
	}
}
