package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxShown is how many faults are told at once: nobody mends more in one go.
const maxShown = 50

// Fault is one thing to mend in a catalog file.
type Fault struct {
	Line    int    `json:"line"`   // from 1
	Column  int    `json:"column"` // in characters, from 1
	Path    string `json:"path"`   // services[1].owner; empty: the whole file
	Message string `json:"message"`
	Excerpt string `json:"excerpt,omitempty"` // the line and the one before, with a mark under the place
}

// FileError is everything that is wrong with a catalog file, in the file's order.
type FileError struct {
	Name string  `json:"file"`
	List []Fault `json:"faults"`
}

// Error shows each fault as compilers do, file:line:column first, so that an
// editor can jump to it.
func (f *FileError) Error() string {
	var b strings.Builder
	for i, fault := range f.List {
		if i == maxShown {
			fmt.Fprintf(&b, "and %d more\n", len(f.List)-maxShown)
			break
		}
		fmt.Fprintf(&b, "%s:%d:%d: ", f.Name, fault.Line, fault.Column)
		if fault.Path != "" {
			b.WriteString(fault.Path + ": ")
		}
		b.WriteString(fault.Message + "\n" + fault.Excerpt)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (f *FileError) sort() {
	slices.SortStableFunc(f.List, func(a, b Fault) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
}

// place is a line and a column of the file, both from 1.
type place struct{ line, column int }

// excerpt shows a place in its source.
func excerpt(lines []string, at place) string {
	if at.line < 1 || at.line > len(lines) {
		return ""
	}
	var b strings.Builder
	if at.line > 1 {
		fmt.Fprintf(&b, "  %5d | %s\n", at.line-1, shorten(printable(lines[at.line-2])))
	}
	fmt.Fprintf(&b, "> %5d | %s\n", at.line, shorten(printable(lines[at.line-1])))
	fmt.Fprintf(&b, "        | %s^\n", strings.Repeat(" ", min(max(at.column-1, 0), maxExcerpt)))
	return b.String()
}

const maxExcerpt = 160

// shorten keeps a long line from filling the screen.
func shorten(line string) string {
	if r := []rune(line); len(r) > maxExcerpt {
		return string(r[:maxExcerpt]) + "…"
	}
	return line
}

// printable keeps a file from playing with the terminal that shows it.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !strconv.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}

// path writes a JSON pointer as people write paths: services[1].owner.
func path(pointer string) string {
	var b strings.Builder
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if _, err := strconv.Atoi(step); err == nil {
			b.WriteString("[" + step + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
	}
	return b.String()
}
