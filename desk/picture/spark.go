package picture

import (
	"fmt"
	"strings"
)

// Point is one value of a sparkline, of 0 to 100; nil is no data.
type Point struct {
	Name  string // when it was
	Words string // what it was, such as A or no data
	Value *int
}

// The measures of a sparkline, in pixels.
const (
	sparkStep   = 16
	sparkHeight = 40
	sparkRoom   = 6 // around the outermost values
	sparkBelow  = 60
)

// Spark draws values in the order of time, as a line that has a gap where there is no
// data. Its text is the values themselves. The dashed line is at sixty points: below it
// somebody has to act. Without any point it is empty.
func Spark(of string, all []Point) string {
	if len(all) == 0 {
		return ""
	}
	said := make([]string, len(all))
	for n, p := range all {
		said[n] = p.Name + ": " + p.Words
	}
	var b strings.Builder
	width := 2*sparkRoom + (len(all)-1)*sparkStep
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="spark" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s"><title>%s</title>`,
		width, sparkHeight, width, sparkHeight, escaped(of+": "+strings.Join(said, ", ")), escaped(strings.Join(said, ", ")))
	fmt.Fprintf(&b, `<path class="bound" d="M0 %dH%d" stroke="#7d8794" stroke-dasharray="2 3"/>`, sparkAt(sparkBelow), width)
	if line := sparkLine(all); line != "" {
		fmt.Fprintf(&b, `<path class="line" d="%s" fill="none" stroke="#0b5c6b" stroke-width="2"/>`, line)
	}
	for n, p := range all {
		if p.Value != nil {
			fmt.Fprintf(&b, `<circle cx="%d" cy="%d" r="3" fill="#0b5c6b"/>`, sparkRoom+n*sparkStep, sparkAt(*p.Value))
		}
	}
	b.WriteString("</svg>")
	return b.String()
}

// sparkLine goes from each value to the next, where there is one beside it.
func sparkLine(all []Point) string {
	var b strings.Builder
	for n := 1; n < len(all); n++ {
		if from, to := all[n-1].Value, all[n].Value; from != nil && to != nil {
			x := sparkRoom + n*sparkStep
			fmt.Fprintf(&b, "M%d %dL%d %d", x-sparkStep, sparkAt(*from), x, sparkAt(*to))
		}
	}
	return b.String()
}

// sparkAt is how far down a value stands.
func sparkAt(value int) int {
	value = min(max(value, 0), 100)
	return sparkHeight - sparkRoom - value*(sparkHeight-2*sparkRoom)/100
}
