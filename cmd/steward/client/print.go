package client

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/steward-itsm/steward/itsm"
)

// printer shows the API's documents to people, until a line cannot be written.
type printer struct {
	out    io.Writer
	colour bool
	err    error
}

func newPrinter(out io.Writer) *printer { return &printer{out: out, colour: onTerminal(out)} }

// onTerminal tells whether somebody looks at it who wants colours (no-color.org).
func onTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.out, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
}

// tones are how a state looks, by the one list of them; its word says what it is.
var tones = map[itsm.Tone]string{itsm.ToneWaiting: "33", itsm.ToneActive: "36", itsm.ToneGood: "32", itsm.ToneBad: "31"}

// toned shows a state in its tone, and the due of what is late in that of what is bad.
func (p *printer) toned(o object, name, text string) string {
	switch {
	case name == "state":
		return p.styled(tones[itsm.State(o.text(name)).Tone()], text)
	case name == "due" && o.get("late") == true:
		return p.styled(tones[itsm.ToneBad], text)
	}
	return text
}

func (p *printer) bold(text string) string { return p.styled("1", text) }
func (p *printer) dim(text string) string  { return p.styled("2", text) }

func (p *printer) styled(code, text string) string {
	if !p.colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// document shows an answer by its form: a receipt, a list, or a record.
func (p *printer) document(text []byte, s *openapi3.Schema) error {
	if len(strings.TrimSpace(string(text))) == 0 {
		p.line("Done.")
		return p.err
	}
	v, err := parse(text)
	if err != nil {
		return err
	}
	o, ok := v.(object)
	list, listed := o.get("items").([]any)
	switch {
	case !ok:
		p.line("%s", inline(v, s))
	case listed:
		p.list(list, items(property(s, "items")))
		if next := o.text("next"); next != "" {
			p.line("There are more: --cursor %s", oneLine(next))
		}
	case o.get("of") != nil && o.get("edges") != nil:
		return p.graph(text)
	case len(o) == 3 && o.text("state") != "" && o.text("revision") != "": // a receipt
		p.line("%s is %s (revision %s).", oneLine(o.text("number")), stateWords(o.text("state")), oneLine(o.text("revision")))
	default:
		p.record(o, s)
	}
	return p.err
}

// graph shows how a record is to others as a tree below it.
func (p *printer) graph(text []byte) error {
	var g itsm.Graph
	if err := json.Unmarshal(text, &g); err != nil {
		return fmt.Errorf("the API's answer cannot be read: %w", err)
	}
	for _, s := range g.Walk() {
		line := oneLine(strings.TrimSpace(fmt.Sprintf("%s %s  %s", s.Words, s.Record.Number, s.Record.Title)))
		if s.Again {
			line = oneLine(fmt.Sprintf("%s %s, see there", s.Words, s.Record.Number))
		} else if s.Record.State != "" {
			line += "  " + p.styled(tones[s.Record.State.Tone()], oneLine(s.Record.State.Words()))
		}
		p.line("%s%s", strings.Repeat("  ", s.Depth), line)
	}
	if g.More > 0 {
		p.line("%d others are near, and were left off.", g.More)
	}
	return p.err
}

// standing shows, below a record, why it stands where it does.
func (p *printer) standing(text []byte, s *openapi3.Schema) error {
	v, err := parse(text)
	if err != nil {
		return err
	}
	o, _ := v.(object)
	p.line("")
	p.fields(slices.DeleteFunc(o, func(f field) bool { return slices.Contains([]string{"number", "state", "since", "clocks"}, f.name) }), s, "")
	return p.err
}

// first are the fields that a reader wants first, in a record and as the columns of a
// list.
var first = []string{
	"number", "id", "from", "kind", "to", "type", "state", "priority", "due", "due_at", "since", "by", "at", "service", "team", "assignee", "coordinator", "owner",
	"level", "name", "stage", "start", "end", "title",
}

// hidden are those that are for programs: which text it was, under which policy, by
// which ballots, and what the forecast says better. The document has them.
var hidden = []string{"content_hash", "policy_version", "decisions", "opening", "asked", "votes", "round", "cycle", "nth", "marks", "tone", "door", "next"}

var hash = regexp.MustCompile(`^[0-9a-f]{64}$`)

func shown(f field) bool {
	if slices.Contains(hidden, f.name) {
		return false
	}
	switch v := f.value.(type) {
	case nil:
		return false
	case string:
		return strings.TrimSpace(v) != "" && !hash.MatchString(v)
	case bool:
		return v
	case []any:
		return len(v) > 0
	case object:
		return slices.ContainsFunc(v, shown)
	}
	return fmt.Sprint(f.value) != "0"
}

// list shows what happened as a timeline, and anything else in columns.
func (p *printer) list(all []any, s *openapi3.Schema) {
	if len(all) == 0 {
		p.line("Nothing.")
		return
	}
	rows := make([]object, 0, len(all))
	for _, one := range all {
		o, ok := one.(object)
		if !ok {
			p.line("%s", inline(one, s))
			continue
		}
		rows = append(rows, o)
	}
	has := func(name string) bool {
		return property(s, name) != nil || slices.ContainsFunc(rows, func(o object) bool { return o.get(name) != nil })
	}
	switch {
	case len(rows) == 0:
	case has("at") && (has("text") || has("revision")):
		p.timeline(rows)
	case has("number"), has("id"), has("from"): // each can be called by what it is
		p.table(rows, s)
	default:
		for _, o := range rows {
			p.item(o, s, "")
		}
	}
}

// table has a column for each field that says something in a row at least.
func (p *printer) table(rows []object, s *openapi3.Schema) {
	var columns []string
	for _, name := range first {
		if slices.ContainsFunc(rows, func(o object) bool {
			_, nested := o.get(name).(object)
			return !nested && shown(field{name, o.get(name)})
		}) {
			columns = append(columns, name)
		}
	}
	if len(columns) == 0 {
		return
	}
	cells := [][]string{{}}
	for _, name := range columns {
		cells[0] = append(cells[0], strings.ToUpper(label(name)))
	}
	for _, o := range rows {
		row := []string{}
		for _, name := range columns {
			row = append(row, inline(o.get(name), property(s, name)))
		}
		cells = append(cells, row)
	}
	for _, line := range aligned(cells, func(row, column int, cell string) string {
		if row == 0 {
			return p.dim(cell)
		}
		return p.toned(rows[row-1], columns[column], cell)
	}) {
		p.line("%s", line)
	}
}

// aligned are rows as lines, with the columns below one another and each cell as paint
// shows it.
func aligned(rows [][]string, paint func(row, column int, cell string) string) (lines []string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(paint(n, i, cell) + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}

// timeline shows events and comments: when, who, what, and what they said.
func (p *printer) timeline(rows []object) {
	for _, o := range rows {
		who := o.text("actor") + o.text("by")
		kind := o.text("kind")
		what := stateWords(kind[strings.LastIndex(kind, ".")+1:])
		if from, to := o.text("from"), o.text("to"); from != to && from != "" {
			what += ": " + stateWords(from) + " → " + stateWords(to)
		}
		if id := o.text("id"); id != "" {
			what = "#" + id + " " + what
		}
		p.line("%s  %s", p.dim(here(o.text("at"))), oneLine(who+"  "+what))
		for _, name := range []string{"note", "text"} {
			if text := o.text(name); text != "" {
				p.line("    %s", strings.ReplaceAll(Clean(text), "\n", "\n    "))
			}
		}
	}
}

// here is an instant on this machine's clock; what is none stays as it is.
func here(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return oneLine(text)
	}
	return t.Local().Format("Mon 2 Jan 2006 15:04 MST")
}

// stateWords is a word of the contract as people say it.
func stateWords(word string) string { return oneLine(strings.ReplaceAll(word, "_", " ")) }

// label is the name of a field as people say it.
func label(name string) string { return strings.ReplaceAll(strings.TrimSuffix(name, "_at"), "_", " ") }

// Clean keeps what people wrote from writing over the terminal; ends of lines stay.
func Clean(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = oneLine(lines[i])
	}
	return strings.Join(lines, "\n")
}
