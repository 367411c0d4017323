package picture

import (
	"math"
	"slices"
	"strconv"

	"github.com/steward-itsm/steward/itsm"
)

// The measures of a picture, in pixels.
const (
	boxWidth, boxHeight   = 224, 64
	gapAcross, gapDown    = 168, 24 // between boxes; across, the words of relations have room
	margin                = 16
	step                  = boxWidth + gapAcross
	bulge                 = 48 // how far an arrow within a column goes out
	titleRoom             = 27 // in letters
	footHeight            = 28
	wordWidth, wordHeight = 6, 14 // of a letter
)

// box is a record in a picture.
type box struct {
	itsm.Record
	column, x, y int
}

// stands is how it stands, in a few words.
func (b box) stands() string {
	state := b.State.Words()
	if b.Priority != "" {
		state = string(b.Priority) + " · " + state
	}
	if b.Late {
		state += " · late"
	}
	return state
}

// arrow is a relation in a picture: from one box to another by two points that bend it,
// and where its words stand.
type arrow struct {
	itsm.Edge
	x1, y1, c1, c2, x2, y2 int
	x, y                   int
}

// at is the place that is so many eighths along the arrow.
func (a arrow) at(k int) (x, y int) {
	bent := func(p0, p1, p2, p3 int) int {
		rest := 8 - k
		return (rest*rest*rest*p0 + 3*rest*rest*k*p1 + 3*rest*k*k*p2 + k*k*k*p3) / 512
	}
	return bent(a.x1, a.c1, a.c2, a.x2), bent(a.y1, a.y1, a.y2, a.y2)
}

// speak finds a place for the words of an arrow, along it, where none stand yet; in the
// middle when there is none.
func (a *arrow) speak(others []arrow) {
	for _, k := range []int{4, 5, 3, 6, 2, 7} {
		a.x, a.y = a.at(k)
		if !slices.ContainsFunc(others, func(o arrow) bool {
			return abs(a.y-o.y) < wordHeight && 2*abs(a.x-o.x) < (len(a.Words)+len(o.Words)+2)*wordWidth
		}) {
			return
		}
	}
	a.x, a.y = a.at(4)
}

func abs(n int) int { return max(n, -n) }

// layout is a graph with a place for all that is in it.
type layout struct {
	boxes         []box
	arrows        []arrow
	width, height int
	more          int
}

// lay finds a place for all that is in a graph: the record that it is of in its column,
// what that leads to on its right, what leads to it on its left, and so on. Records
// stand in the order in which they were come to, so that the same graph looks the same.
func lay(g itsm.Graph) layout {
	l := layout{more: g.More}
	columns := columnsOf(g)
	left, tallest := 0, 1
	at := map[itsm.Number]int{}
	rows := map[int]int{}
	for _, r := range g.Nodes {
		c := columns[r.Number]
		left = min(left, c)
		at[r.Number] = len(l.boxes)
		l.boxes = append(l.boxes, box{Record: r, column: c, y: rows[c]})
		rows[c]++
		tallest = max(tallest, rows[c])
	}
	for i := range l.boxes {
		b := &l.boxes[i]
		b.x = margin + (b.column-left)*step
		b.y = margin + (2*b.y+tallest-rows[b.column])*(boxHeight+gapDown)/2
		l.width = max(l.width, b.x+boxWidth+margin)
	}
	l.height = 2*margin + tallest*(boxHeight+gapDown) - gapDown
	for _, e := range g.Edges {
		from, known := at[e.From]
		to, both := at[e.To]
		if known && both {
			a := join(e, l.boxes[from], l.boxes[to])
			l.width = max(l.width, a.c1+margin)
			a.speak(l.arrows)
			l.arrows = append(l.arrows, a)
		}
	}
	if l.more > 0 {
		l.height += footHeight
	}
	return l
}

// columnsOf is in which column each record stands, seen from the one that it is of.
func columnsOf(g itsm.Graph) map[itsm.Number]int {
	columns := map[itsm.Number]int{g.Of: 0}
	for reached := []itsm.Number{g.Of}; len(reached) > 0; reached = reached[1:] {
		here := reached[0]
		for _, e := range g.Edges {
			other, c := e.To, columns[here]+1
			if e.To == here {
				other, c = e.From, columns[here]-1
			} else if e.From != here {
				continue
			}
			if _, known := columns[other]; !known {
				columns[other] = c
				reached = append(reached, other)
			}
		}
	}
	return columns
}

// join is the arrow from one box to another.
func join(e itsm.Edge, from, to box) arrow {
	a := arrow{Edge: e, x1: from.x + boxWidth, y1: from.y + boxHeight/2, x2: to.x, y2: to.y + boxHeight/2}
	switch {
	case from.column == to.column:
		a.x2 = to.x + boxWidth
		a.c1, a.c2 = a.x1+bulge, a.x2+bulge
		return a
	case from.column > to.column:
		a.x1, a.x2 = from.x, to.x+boxWidth
	}
	a.c1, a.c2 = (a.x1+a.x2)/2, (a.x1+a.x2)/2
	return a
}

// shortened is a text that fits into a box. What is written in the scripts of East Asia
// is twice as wide.
func shortened(text string) string {
	room := titleRoom
	runes := []rune(text)
	for i, r := range runes {
		if room--; r >= 0x2e80 {
			room--
		}
		if room < 0 {
			return string(runes[:max(i-1, 0)]) + "…"
		}
	}
	return text
}

// left says how many records there was no room for.
func left(more int) string { return strconv.Itoa(more) + " more near these are left off." }

// across is what leads from the middle of a line to its edge, half its width away.
func across(dx, dy, half float32) (x, y float32) {
	length := float32(math.Hypot(float64(dx), float64(dy)))
	if length == 0 {
		return 0, 0
	}
	return -dy / length * half, dx / length * half
}
