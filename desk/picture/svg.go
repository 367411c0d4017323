// Package picture draws how records are to one another. A drawing runs no script, loads
// nothing and styles nothing but by its own attributes, so that it can stand in a page
// that forbids all of these; and one graph is always the same drawing, byte for byte.
package picture

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// colours of a box by the tone of its record's state: its fill and its edge. They are
// those of the pages, which give their own to the classes when they are dark.
var colours = map[itsm.Tone][2]string{
	itsm.ToneWaiting: {"#fdf0dc", "#c8701b"},
	itsm.ToneActive:  {"#ffffff", "#7d8794"},
	itsm.ToneGood:    {"#e3f3e8", "#17683c"},
	itsm.ToneBad:     {"#fbe9e7", "#a3271f"},
}

// SVG draws a graph. path is where the page of a record is; a record without one leads
// nowhere.
func SVG(g itsm.Graph, path func(itsm.Number) string) string {
	l := lay(g)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s" font-family="system-ui,sans-serif" font-size="13">`,
		l.width, l.height, l.width, l.height, escaped("How "+string(g.Of)+" is to other records"))
	b.WriteString(`<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0L8 4L0 8z" fill="#7d8794"/></marker></defs>`)
	for _, a := range l.arrows {
		fmt.Fprintf(&b, "\n"+`<path class="arrow" d="M%d %dC%d %d %d %d %d %d" fill="none" stroke="#7d8794" marker-end="url(#tip)"/>`,
			a.x1, a.y1, a.c1, a.y1, a.c2, a.y2, a.x2, a.y2)
	}
	for _, r := range l.boxes {
		drawBox(&b, r, r.Number == g.Of, path(r.Number))
	}
	for _, a := range l.arrows {
		fmt.Fprintf(&b, "\n"+`<text class="relation" x="%d" y="%d" text-anchor="middle" font-size="11" fill="#54606e" stroke="#ffffff" stroke-width="4" paint-order="stroke">%s</text>`,
			a.x, a.y-4, escaped(a.Words))
	}
	if l.more > 0 {
		fmt.Fprintf(&b, "\n"+`<text class="words" x="%d" y="%d" fill="#54606e">%s</text>`, margin, l.height-margin, left(l.more))
	}
	b.WriteString("\n</svg>\n")
	return b.String()
}

// drawBox draws a record: its number and state, its title, and whether it is late.
func drawBox(b *strings.Builder, r box, chosen bool, path string) {
	b.WriteString("\n")
	if path != "" {
		fmt.Fprintf(b, `<a href="%s">`, escaped(path))
	}
	colour, thick := colours[r.Tone], 1
	if chosen {
		thick = 3
	}
	fmt.Fprintf(b, `<g class="tone-%s"><title>%s</title><rect x="%d" y="%d" width="%d" height="%d" rx="8" fill="%s" stroke="%s" stroke-width="%d"/>`,
		escaped(string(r.Tone)), escaped(string(r.Number)+": "+r.Title), r.x, r.y, boxWidth, boxHeight, colour[0], colour[1], thick)
	fmt.Fprintf(b, `<text x="%d" y="%d" font-weight="bold" fill="#1b2430">%s</text>`, r.x+12, r.y+20, escaped(string(r.Number)))
	fmt.Fprintf(b, `<text x="%d" y="%d" fill="#1b2430">%s</text>`, r.x+12, r.y+38, escaped(shortened(r.Title)))
	fmt.Fprintf(b, `<text class="words" x="%d" y="%d" font-size="11" fill="#54606e">%s</text></g>`, r.x+12, r.y+55, escaped(r.stands()))
	if path != "" {
		b.WriteString("</a>")
	}
}

// escaped is a text that is no markup, whatever somebody wrote.
func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes all
	return b.String()
}

// Page is where the page of a record is; empty of what is no record's number. That of a
// review is below its supplier's, as the API has it.
func Page(n itsm.Number) string {
	kind := n.Kind()
	if kind == "" {
		return ""
	}
	if supplier, period, err := itsm.ParseReviewNumber(n); err == nil {
		return Page(supplier) + "/reviews/" + period.String()
	}
	return "/" + strings.ReplaceAll(string(kind), "_", "-") + "s/" + string(n)
}
