package servicenow

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Report says what became of a file.
type Report struct {
	Incidents int       `json:"incidents"`         // that became records, or would
	Events    int       `json:"events"`            // of the log, of those
	Refused   []Refusal `json:"refused"`           // the first thousand
	Refusals  int       `json:"refusals"`          // all of them
	Left      int       `json:"incidents_refused"` // incidents that are not in because of them

	Recorded int            `json:"recorded_events"` // that became of it in Steward
	Comments int            `json:"recorded_comments"`
	Moves    int            `json:"inferred_moves"` // of state, that the log skips
	Inferred map[string]int `json:"inferred"`       // the same by move

	Priority      PriorityReport `json:"priority"`
	Reopens       CountReport    `json:"reopen_count"`
	Reassignments CountReport    `json:"reassignment_count"`
	MadeSLA       SLAReport      `json:"made_sla"`

	Quiet      int       `json:"rows_unchanged"` // that changed nothing that Steward keeps
	Duplicates []int     `json:"rows_duplicate"` // lines that say again what another says
	Misplaced  []int     `json:"rows_misplaced"` // lines that stood after a later one of their incident
	Late       []int     `json:"rows_late"`      // lines of before the resolution that they stand after
	LeftOut    []LeftOut `json:"rows_left_out"`  // what the rules do not let change then

	Imported *int `json:"imported,omitempty"`         // records that were written now
	Already  *int `json:"already_imported,omitempty"` // those that were there
}

// PriorityReport compares the priority of each row.
type PriorityReport struct {
	Agreement
	Rows []Different `json:"rows"` // the first thousand that differ
}

// CountReport compares a count of each incident, row by row.
type CountReport struct {
	Agreement
	Source    int        `json:"source"`  // all of them added up
	Steward   int        `json:"steward"` // ditto
	Unseen    int        `json:"unseen"`  // that the source counts and its columns do not show
	Lines     []int      `json:"unseen_lines"`
	Incidents []Miscount `json:"incidents"` // the first thousand that differ
}

// Miscount is an incident that is counted differently.
type Miscount struct {
	Number  string `json:"number"`
	Line    int    `json:"line"` // of the first row that differs
	Source  int    `json:"source"`
	Steward int    `json:"steward"`
}

// SLAReport compares whether targets were met.
type SLAReport struct {
	Agreement
	Whole     int            `json:"agree_as_the_source_counts"` // pauses and all, from the first day to the last
	Reasons   map[Reason]int `json:"reasons"`
	Incidents []SLA          `json:"incidents"` // the first thousand that differ
}

// newReport begins with what reading the file has found.
func newReport(l *Log) *Report {
	r := &Report{
		Refused: slices.Clone(l.Refused), Refusals: l.Refusals, Left: l.Left, Inferred: map[string]int{},
		Duplicates: listed(l.Duplicates), Misplaced: listed(l.Misplaced), Late: []int{}, LeftOut: []LeftOut{},
	}
	if r.Refused == nil {
		r.Refused = []Refusal{}
	}
	r.Priority.Rows = []Different{}
	r.Reopens.Lines, r.Reopens.Incidents = []int{}, []Miscount{}
	r.Reassignments.Lines, r.Reassignments.Incidents = []int{}, []Miscount{}
	r.MadeSLA.Reasons, r.MadeSLA.Incidents = make(map[Reason]int), []SLA{}
	return r
}

// listed is a list that JSON shows as one, if it is empty too.
func listed(lines []int) []int { return append([]int{}, lines[:min(len(lines), maxRefused)]...) }

// add takes up what one incident came to.
func (r *Report) add(n *Record) {
	r.Incidents++
	r.Events += n.Rows
	r.Recorded += len(n.Events)
	r.Comments += len(n.Comments)
	r.Quiet += n.Quiet
	for _, m := range n.Inferred {
		r.Moves++
		r.Inferred[string(m.From)+" → "+string(m.To)]++
	}
	r.Late = some(r.Late, n.Late)
	r.LeftOut = some(r.LeftOut, n.LeftOut)
	r.Priority.sum(n.Priority)
	r.Priority.Rows = some(r.Priority.Rows, n.Differ)
	r.Reopens.add(n.Source, n.Reopens)
	r.Reassignments.add(n.Source, n.Hands)
	r.MadeSLA.add(n.SLA)
}

// some appends as much as a report shows.
func some[T any](to, more []T) []T {
	return append(to, more[:max(min(len(more), maxRefused-len(to)), 0)]...)
}

func (a *Agreement) sum(b Agreement) {
	a.Agree += b.Agree
	a.Differ += b.Differ
	a.Unknown += b.Unknown
}

func (c *CountReport) add(number string, n Count) {
	switch {
	case !n.Known:
		c.Unknown++
	case n.Agrees:
		c.Agree++
	default:
		c.Differ++
		c.Incidents = some(c.Incidents, []Miscount{{number, n.Line, n.Source, n.Steward}})
	}
	c.Source += n.Source
	c.Steward += n.Steward
	c.Unseen += n.Unseen
	c.Lines = some(c.Lines, n.Lines)
}

func (r *SLAReport) add(s *SLA) {
	if s != nil && s.Whole == s.Source {
		r.Whole++
	}
	switch {
	case s == nil:
		r.Unknown++
	case s.Reason == "":
		r.Agree++
	default:
		r.Differ++
		r.Reasons[s.Reason]++
		r.Incidents = some(r.Incidents, []SLA{*s})
	}
}

// refuse takes up an incident that the rules do not take.
func (r *Report) refuse(e Refusal) {
	r.Left++
	if r.Refusals++; len(r.Refused) < maxRefused {
		r.Refused = append(r.Refused, e)
	}
}

// maxTold is how much of each list a person is shown; a program gets more.
const maxTold = 20

// Describe tells a person what became of the file.
func (r *Report) Describe(w io.Writer) error {
	t := telling{w: w}
	t.line("%s, %s of the log, which became %s of Steward.", many(r.Incidents, "incident"), many(r.Events, "event"), many(r.Recorded, "event"))
	r.tellRefused(&t)
	if r.Incidents == 0 {
		return t.err
	}
	t.line("Moves that the log skips, inferred along the shortest path: %d.", r.Moves)
	for _, move := range slices.Sorted(maps.Keys(r.Inferred)) {
		t.line("  %6d  %s", r.Inferred[move], move)
	}
	t.line("Priority, by row: %s.", r.Priority.words())
	for _, d := range few(r.Priority.Rows) {
		t.line("  line %d, %s: %s × %s is %s by the matrix and %s in ServiceNow", d.Line, d.Number, d.Impact, d.Urgency, d.Steward, d.Source)
	}
	t.count("Reopenings", &r.Reopens)
	t.count("Reassignments from group to group", &r.Reassignments)
	r.tellSLA(&t)
	r.tellRows(&t)
	return t.err
}

func (r *Report) tellRefused(t *telling) {
	if r.Refusals == 0 {
		t.line("Nothing is refused.")
		return
	}
	t.line("%s refused, and %s left out because of that:", manyAre(r.Refusals, "row"), manyAre(r.Left, "incident"))
	for _, e := range few(r.Refused) {
		t.line("  %s", e.where())
		t.line("      %s", e.Message)
	}
	t.more(r.Refusals)
}

// where names a refusal's place.
func (e *Refusal) where() string {
	place := fmt.Sprintf("line %d", e.Line)
	if e.Number != "" {
		place += ", " + e.Number
	}
	if e.Column != "" {
		place += ", column " + e.Column
	}
	return place + " (" + e.Code + ")"
}

func (r *Report) tellSLA(t *telling) {
	t.line("made_sla, by incident: %s.", r.MadeSLA.words())
	for _, reason := range Reasons {
		if n := r.MadeSLA.Reasons[reason.Reason]; n > 0 {
			t.line("  %6d  %s: %s", n, reason.Reason, reason.Words)
		}
	}
	if r.MadeSLA.Differ > 0 {
		t.line("  Counted as the source seems to, through its holds and from the first day to the last: %d agree.", r.MadeSLA.Whole)
	}
	for _, s := range few(r.MadeSLA.Incidents) {
		t.line("  line %d, %s, %s: target %s, counted %s, from first to last %s; ServiceNow says %s (%s)", s.Line, s.Number, s.Priority,
			time.Duration(s.Target), time.Duration(s.Counted), time.Duration(s.Through), met(s.Source), s.Reason)
	}
	t.more(r.MadeSLA.Differ)
}

func met(m bool) string {
	if m {
		return "met"
	}
	return "missed"
}

func (r *Report) tellRows(t *telling) {
	t.line("Rows that changed nothing that Steward keeps: %d.", r.Quiet)
	t.lines("Rows that say again what another says", r.Duplicates)
	t.lines("Rows that stood after a later one of their incident, and were put in order", r.Misplaced)
	t.lines("Rows of before the resolution that they stand after, whose state was not taken", r.Late)
	if len(r.LeftOut) > 0 {
		t.line("What the rules do not change, or not once it is resolved, and stays as it was:")
	}
	for _, l := range few(r.LeftOut) {
		t.line("  line %d, %s: %s", l.Line, l.Number, l.What)
	}
	t.more(len(r.LeftOut))
}

// telling writes lines until one cannot be written.
type telling struct {
	w   io.Writer
	err error
}

func (t *telling) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format+"\n", args...)
	}
}

func (t *telling) lines(what string, lines []int) {
	if len(lines) == 0 {
		return
	}
	words := make([]string, 0, maxTold)
	for _, l := range few(lines) {
		words = append(words, fmt.Sprint(l))
	}
	if len(lines) > maxTold {
		words = append(words, "…")
	}
	t.line("%s: %d (line %s).", what, len(lines), strings.Join(words, ", "))
}

func (t *telling) count(what string, c *CountReport) {
	t.line("%s, by incident: %s; ServiceNow counts %d and Steward %d.", what, c.words(), c.Source, c.Steward)
	if c.Unseen > 0 {
		t.lines("  Counted there though no column shows it", c.Lines)
	}
	for _, m := range few(c.Incidents) {
		t.line("  line %d, %s: %d in ServiceNow, %d here", m.Line, m.Number, m.Source, m.Steward)
	}
	t.more(c.Differ)
}

func (t *telling) more(all int) {
	if all > maxTold {
		t.line("  and %d more; --json lists them", all-maxTold)
	}
}

func few[T any](list []T) []T { return list[:min(len(list), maxTold)] }

func (a Agreement) words() string {
	text := fmt.Sprintf("%d agree, %d differ", a.Agree, a.Differ)
	if a.Unknown > 0 {
		text += fmt.Sprintf(", %d are not said", a.Unknown)
	}
	return text
}

func many(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func manyAre(n int, what string) string {
	if n == 1 {
		return "1 " + what + " is"
	}
	return fmt.Sprintf("%d %ss are", n, what)
}
