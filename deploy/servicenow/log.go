package servicenow

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/steward-itsm/steward/itsm"
)

// Row is one event of the log: the incident as it was once somebody had touched it.
type Row struct {
	Line  int
	At    time.Time     // sys_updated_at
	By    itsm.PersonID // sys_updated_by; empty: not known
	Mods  int           // sys_mod_count; -1: not known
	Said  string        // incident_state as it is written
	State State         // and as it is meant

	Impact, Urgency itsm.Degree   // empty: not known
	Priority        itsm.Priority // ditto
	Team            itsm.TeamID
	Assignee        itsm.PersonID // ditto
	Handovers       int           // reassignment_count; -1: not known
	Reopens         int           // reopen_count; -1: not known
	MadeSLA         verdict

	Opened, Created, Resolved, Closed time.Time     // zero: not known
	Caller, OpenedBy, ResolvedBy      itsm.PersonID // empty: not known
	Category, Symptom, Item, Code     string        // ditto
	Links                             string        // to other records, in words
}

// verdict is a yes, a no or neither.
type verdict string

const (
	yes verdict = "yes"
	no  verdict = "no"
)

// Incident is all that the log has of one incident, in the order of time.
type Incident struct {
	Number string
	Rows   []Row
}

// Refusal is a row, or with line 0 the whole file, that cannot be taken.
type Refusal struct {
	Line    int    `json:"line"`
	Number  string `json:"number"`
	Column  string `json:"column"`
	Code    string `json:"code"`
	Message string `json:"message"` // what is wrong, and how to mend it
}

// Log is a file that was read.
type Log struct {
	Incidents  []Incident // by when they began, without those that a row was refused of
	Rows       int        // that were read
	Duplicates []int      // lines that say again what another says
	Misplaced  []int      // lines that stood after a later one of their incident
	Refused    []Refusal  // the first maxRefused, by line
	Refusals   int        // all of them
	Left       int        // incidents that were left out because of them
}

// maxRefused is how many refusals are told one by one.
const maxRefused = 1000

// FileError is a file that is none of ServiceNow's.
type FileError struct{ Refusal }

func (e *FileError) Error() string { return e.Message }

// columns that there must be; others are used when they are there.
var needed = []string{"number", "incident_state", "sys_updated_at", "impact", "urgency"}

// reading is a log that is being read.
type reading struct {
	*Source
	now     time.Time
	columns map[string]int
	width   int
	log     *Log
	rows    map[string][]Row
	words   map[string]string // one copy of each text
	left    map[string]bool   // incidents that a row was refused of
}

// Read reads a log. now bounds what may have happened. The error is *FileError
// when the file is no such log, and any other when it cannot be read.
func (s *Source) Read(in io.Reader, now time.Time) (*Log, error) {
	r := &reading{Source: s, now: now, log: &Log{}, rows: map[string][]Row{}, words: map[string]string{}, left: map[string]bool{}}
	records := newRecords(in)
	if err := r.header(records); err != nil {
		return nil, err
	}
	for {
		fields, line, err := records.next()
		var broken *fault
		switch {
		case errors.Is(err, io.EOF):
			r.finish()
			return r.log, nil
		case errors.As(err, &broken):
			r.refuse(broken, broken.number(r.columns["number"]))
			continue
		case err != nil:
			return nil, err
		}
		if r.log.Rows++; r.log.Rows > maxRows {
			return nil, &FileError{Refusal{Line: line, Code: "csv.too_many_rows", Message: fmt.Sprintf("The file has more than %d rows; split it, each incident whole in one part.", maxRows)}}
		}
		r.row(fields, line)
	}
}

// header finds the columns by their names, in whatever order they are.
func (r *reading) header(records *records) error {
	fields, line, err := records.next()
	var broken *fault
	switch {
	case errors.Is(err, io.EOF):
		return &FileError{Refusal{Line: 1, Code: "csv.empty", Message: "The file is empty; export the incidents with their history as CSV."}}
	case errors.As(err, &broken):
		return &FileError{Refusal{Line: broken.line, Code: broken.code, Message: sentence(broken.reason)}}
	case err != nil:
		return err
	}
	r.columns, r.width = map[string]int{}, len(fields)
	twice := ""
	for i, name := range fields {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, again := r.columns[name]; again && name != "" {
			twice = shown(name)
		}
		r.columns[name] = i
	}
	for _, name := range needed {
		if _, ok := r.columns[name]; !ok {
			hint := "its first line names the columns, separated by commas"
			if len(fields) == 1 && strings.ContainsAny(fields[0], ";\t|") {
				hint = "separate its columns by commas"
			}
			return &FileError{Refusal{Line: line, Column: name, Code: "csv.no_column", Message: fmt.Sprintf("The file has no column %s; %s.", name, hint)}}
		}
	}
	if twice != "" {
		return &FileError{Refusal{Line: line, Column: twice, Code: "csv.column_twice", Message: fmt.Sprintf("Two columns are called %s; leave one of them out.", twice)}}
	}
	return nil
}

// row takes up one event, or refuses it.
func (r *reading) row(fields []string, line int) {
	number := ""
	if at := r.columns["number"]; at < len(fields) {
		number = strings.TrimSpace(fields[at])
	}
	if len(fields) != r.width {
		r.refuse(&fault{line: line, code: "csv.fields", reason: fmt.Sprintf("the row has %d fields and the header has %d; put a field that holds a comma in quotes", len(fields), r.width)}, number)
		return
	}
	if !sourceNumber.MatchString(number) {
		r.refuse(&fault{line: line, column: "number", code: "servicenow.number", reason: quoted(number) + " is no incident's number; write it like INC0000045"}, number)
		return
	}
	p := parsing{reading: r, fields: fields}
	row := p.row()
	if p.fault != nil {
		p.fault.line = line
		r.refuse(p.fault, number)
		return
	}
	row.Line = line
	number = r.once(number)
	r.rows[number] = append(r.rows[number], row)
}

func (r *reading) once(text string) string {
	if have, ok := r.words[text]; ok {
		return have
	}
	text = strings.Clone(text)
	r.words[text] = text
	return text
}

func (r *reading) refuse(f *fault, number string) {
	if sourceNumber.MatchString(number) {
		r.left[number] = true
	}
	r.log.refuse(Refusal{Line: f.line, Number: shown(number), Column: f.column, Code: f.code, Message: sentence(f.reason)})
}

func (l *Log) refuse(r Refusal) {
	if l.Refusals++; len(l.Refused) < maxRefused {
		l.Refused = append(l.Refused, r)
	}
}

// finish puts the rows of each incident in order, and the incidents.
func (r *reading) finish() {
	for number, rows := range r.rows {
		if r.left[number] {
			continue
		}
		r.log.Incidents = append(r.log.Incidents, Incident{number, r.log.ordered(rows)})
	}
	r.log.Left = len(r.left)
	slices.Sort(r.log.Duplicates)
	slices.Sort(r.log.Misplaced)
	slices.SortFunc(r.log.Incidents, func(a, b Incident) int {
		return cmp.Or(a.Rows[0].begun().Compare(b.Rows[0].begun()), cmp.Compare(a.Number, b.Number))
	})
}

// ordered sorts the rows of an incident by time and takes out what is there twice.
// The count of modifications only tells apart what happened within a minute: there
// are logs in which it runs backwards.
func (l *Log) ordered(rows []Row) []Row {
	for i := range rows[1:] {
		if rows[i+1].At.Before(rows[i].At) {
			l.Misplaced = append(l.Misplaced, rows[i+1].Line)
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Mods, b.Mods))
	})
	return slices.CompactFunc(rows, func(a, b Row) bool {
		line := b.Line
		if b.Line = a.Line; a != b {
			return false
		}
		l.Duplicates = append(l.Duplicates, line)
		return true
	})
}

// begun is when the incident was raised: when it was opened, or first touched.
func (r *Row) begun() time.Time {
	if r.Opened.IsZero() || r.At.Before(r.Opened) {
		return r.At
	}
	return r.Opened
}

// sentence makes one of a reason.
func sentence(reason string) string {
	if reason == "" {
		return ""
	}
	return strings.ToUpper(reason[:1]) + reason[1:] + "."
}

const maxShown = 60

// shown is a text of the file's as a terminal may show it.
func shown(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, strings.ToValidUTF8(text, "·"))
	if runes := []rune(text); len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return text
}

func quoted(text string) string { return strconv.Quote(shown(text)) }
