package picture

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

var update = flag.Bool("update", false, "write the drawings anew")

func node(n itsm.Number, title string, state itsm.State) itsm.Record {
	return itsm.Record{Kind: n.Kind(), Number: n, Title: title, State: state, Tone: state.Tone()}
}

func edge(from itsm.Number, kind itsm.RelationKind, to itsm.Number) itsm.Edge {
	return itsm.NewEdge(itsm.Relation{From: from, Kind: kind, To: to})
}

// story is an incident that a change caused, with the problem behind it and its fix.
func story() itsm.Graph {
	incident := node("INC-7", "Cards are refused in the whole of the shop since noon", "in_progress")
	incident.Priority, incident.Late = itsm.P1, true
	problem := node("PRB-2", "The pool is never emptied", "fix_planned")
	problem.Priority = itsm.P2
	return itsm.Graph{
		Of: "INC-7",
		Nodes: []itsm.Record{
			incident, node("CHG-42", "Rotate the certificates", "closed"), problem, node("INC-8", "No receipts", "on_hold"),
			node("CHG-43", "Empty the pool", "scheduled"), node("INC-9", "Cards are refused", "duplicate"), node("PRB-1", "Slow pool", "cancelled"),
		},
		Edges: []itsm.Edge{
			edge("INC-7", itsm.CausedBy, "CHG-42"), edge("PRB-2", itsm.FoundIn, "INC-7"), edge("INC-8", itsm.ChildOf, "INC-7"),
			edge("PRB-2", itsm.FixedBy, "CHG-43"), edge("INC-9", itsm.DuplicateOf, "INC-7"), edge("PRB-2", itsm.FoundIn, "INC-8"),
			edge("PRB-2", itsm.Follows, "PRB-1"),
		},
	}
}

// star is a problem that was found in as many incidents as a graph has room for.
func star(most int) itsm.Graph {
	g := itsm.Graph{Of: "PRB-1", Nodes: []itsm.Record{node("PRB-1", "The disk fills", "known_error")}, More: 441}
	for k := 1; k < most; k++ {
		n := itsm.IncidentNumber(int64(k))
		g.Nodes = append(g.Nodes, node(n, "The disk is full", "closed"))
		g.Edges = append(g.Edges, edge("PRB-1", itsm.FoundIn, n))
	}
	return g
}

func TestDrawings(t *testing.T) {
	attack := itsm.Graph{
		Of: "CHG-1", Nodes: []itsm.Record{node("CHG-1", `"><script>alert(1)</script><a href='javascript:x'>&amp;`+"\x00\x1b\xff", "awaiting_approval")},
	}
	for name, g := range map[string]itsm.Graph{"story": story(), "star": star(9), "attack": attack} {
		path, svg := filepath.Join("testdata", name+".svg"), SVG(g, Page)
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(svg), 0o600))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), svg, "%s is drawn otherwise; see that it is good, then: go test ./desk/picture -update", name)
	}
}

// elements are those of a drawing, which has to be well-formed.
func elements(t require.TestingT, svg string) (all []xml.StartElement) {
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		if e, ok := token.(xml.StartElement); ok {
			all = append(all, e)
		}
	}
}

func TestWhateverIsWrittenNothingIsRunOrLoaded(t *testing.T) {
	known := []string{"svg", "defs", "marker", "path", "a", "g", "title", "rect", "text"}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"</text><script>", `" onload="x`, "<![CDATA[", "&#x3c;", "]]>", "\xff\xfe"}))
		g := story()
		for i := range g.Nodes {
			g.Nodes[i].Title, g.Nodes[i].State = text.Draw(t, "title"), itsm.State(text.Draw(t, "state"))
		}
		for i := range g.Edges {
			g.Edges[i].Words = text.Draw(t, "words")
		}
		svg := SVG(g, Page)
		require.Equal(t, svg, SVG(g, Page), "the same graph is the same drawing")
		for _, e := range elements(t, svg) {
			require.Contains(t, known, e.Name.Local)
			for _, a := range e.Attr {
				require.False(t, strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "style", a.Name.Local)
				if a.Name.Local == "href" {
					require.Regexp(t, `^/(changes|incidents|problems)/[A-Z]{3}-\d+$`, a.Value)
				}
			}
		}
	})
}

// someGraph has as many records as there may be, related as it comes.
func someGraph(t *rapid.T) itsm.Graph {
	n := rapid.IntRange(1, itsm.MaxGraphNodes).Draw(t, "records")
	g := itsm.Graph{Of: "CHG-1", More: rapid.IntRange(0, 2).Draw(t, "more")}
	for k := range n {
		g.Nodes = append(g.Nodes, node(itsm.ChangeNumber(int64(k+1)), "A", "closed"))
		for range rapid.IntRange(1, 3).Draw(t, "relations") {
			if k > 0 {
				ends := []itsm.Number{itsm.ChangeNumber(int64(k + 1)), itsm.ChangeNumber(int64(rapid.IntRange(1, k).Draw(t, "other")))}
				if rapid.Bool().Draw(t, "turned") {
					ends[0], ends[1] = ends[1], ends[0]
				}
				g.Edges = append(g.Edges, edge(ends[0], itsm.Related, ends[1]))
			}
		}
	}
	return g
}

func TestNoTwoRecordsStandOnOnePlaceAndNothingIsOutside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := someGraph(t)
		l := lay(g)
		require.Len(t, l.boxes, len(g.Nodes))
		require.Len(t, l.arrows, len(g.Edges))
		taken := map[string]bool{}
		for i, b := range l.boxes {
			require.True(t, b.x >= margin && b.y >= margin && b.x+boxWidth+margin <= l.width && b.y+boxHeight+margin <= l.height, "%v in %d by %d", b, l.width, l.height)
			at := fmt.Sprint(b.x, " ", b.y)
			require.False(t, taken[at], at)
			taken[at] = true
			for _, o := range l.boxes[:i] {
				require.True(t, b.x != o.x || b.y+boxHeight < o.y || o.y+boxHeight < b.y, "%v on %v", b, o)
			}
		}
		for _, a := range l.arrows {
			require.LessOrEqual(t, max(a.x1, a.x2, a.c1, a.c2), l.width)
		}
	})
}

func TestWordsStandApart(t *testing.T) {
	l := lay(story())
	for i, a := range l.arrows {
		for _, o := range l.arrows[:i] {
			apart := abs(a.y-o.y) >= wordHeight || 2*abs(a.x-o.x) >= (len(a.Words)+len(o.Words))*wordWidth
			require.True(t, apart, "%s on %s", a.Words, o.Words)
		}
	}
}

func TestATitleFitsIntoItsBox(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "Short": "Short", strings.Repeat("a", 27): strings.Repeat("a", 27), strings.Repeat("a", 28): strings.Repeat("a", 26) + "…",
		strings.Repeat("支", 13): strings.Repeat("支", 13), strings.Repeat("支", 14): strings.Repeat("支", 12) + "…",
	} {
		require.Equal(t, want, shortened(text))
	}
}

func TestWhatALinkLeadsToIsThePageOfItsRecord(t *testing.T) {
	require.Equal(t, "/problems/PRB-7", Page("PRB-7"))
	require.Empty(t, Page("XXX-7"))
	require.NotContains(t, SVG(star(2), func(itsm.Number) string { return "" }), "<a ")
}
