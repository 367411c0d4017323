package itsm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

func graphOf(of itsm.Number, numbers []itsm.Number, relations ...itsm.Relation) itsm.Graph {
	g := itsm.Graph{Of: of}
	for _, n := range numbers {
		g.Nodes = append(g.Nodes, itsm.Record{Number: n})
	}
	for _, r := range relations {
		g.Edges = append(g.Edges, itsm.NewEdge(r))
	}
	return g
}

func TestAGraphIsToldAsATree(t *testing.T) {
	g := graphOf("INC-7", []itsm.Number{"INC-7", "CHG-3", "PRB-1", "CHG-4"},
		itsm.Relation{From: "INC-7", Kind: itsm.CausedBy, To: "CHG-3"},
		itsm.Relation{From: "PRB-1", Kind: itsm.FoundIn, To: "INC-7"},
		itsm.Relation{From: "PRB-1", Kind: itsm.CausedBy, To: "CHG-3"},
		itsm.Relation{From: "PRB-1", Kind: itsm.FixedBy, To: "CHG-4"},
		itsm.Relation{From: "PRB-1", Kind: itsm.FixedBy, To: "CHG-9"}, // not shown
	)
	var lines []string
	for _, s := range g.Walk() {
		lines = append(lines, fmt.Sprintf("%s%s %s %t", strings.Repeat(" ", s.Depth), s.Words, s.Record.Number, s.Again))
	}
	require.Equal(t, []string{
		" INC-7 false",
		" caused by CHG-3 false",
		"  caused PRB-1 true",
		" shows the problem PRB-1 false",
		"  fixed by CHG-4 false",
	}, lines)
}

// TestAWalkTellsEverythingOnce: every record that hangs together with the one that was
// asked for has one line of its own, and every relation one line.
func TestAWalkTellsEverythingOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var numbers []itsm.Number
		for n := range rapid.IntRange(1, 12).Draw(t, "records") {
			numbers = append(numbers, itsm.ChangeNumber(int64(n+1)))
		}
		one := rapid.SampledFrom(numbers)
		var relations []itsm.Relation
		for range rapid.IntRange(0, 20).Draw(t, "relations") {
			r := itsm.Relation{From: one.Draw(t, "from"), Kind: itsm.Related, To: one.Draw(t, "to")}
			if r.From != r.To {
				relations = append(relations, r)
			}
		}
		near := map[itsm.Number]bool{numbers[0]: true}
		for range numbers {
			for _, r := range relations {
				if near[r.From] || near[r.To] {
					near[r.From], near[r.To] = true, true
				}
			}
		}
		edges := 0
		for _, r := range relations {
			if near[r.From] {
				edges++
			}
		}
		own := map[itsm.Number]int{}
		steps := graphOf(numbers[0], numbers, relations...).Walk()
		for _, s := range steps {
			if !s.Again {
				own[s.Record.Number]++
			}
		}
		require.Len(t, own, len(near))
		require.Len(t, steps, edges+1, "each relation is told once, and the record itself")
		for n, count := range own {
			require.Equal(t, 1, count, n)
		}
	})
}
