package servicenow

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

var sourceNumber = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

// layouts are how the log may write an instant.
var layouts = []string{"02-01-2006 15:04", "02-01-2006 15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04"}

// Bounds on what a row may count and when it may be.
const (
	maxCount = 10_000
	ahead    = 24 * time.Hour // by how much a clock elsewhere may be wrong
)

var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// parsing is one row under way. The first fault stands; what comes after it is not
// looked at.
type parsing struct {
	*reading
	fields []string
	fault  *fault
}

func (p *parsing) refuse(column, code, format string, args ...any) {
	if p.fault == nil {
		p.fault = &fault{column: column, code: code, reason: fmt.Sprintf(format, args...)}
	}
}

func (p *parsing) row() Row {
	said := p.text("incident_state")
	row := Row{
		At: p.time("sys_updated_at"), By: p.who("sys_updated_by"), Mods: p.count("sys_mod_count"),
		Said: said, State: meant(p, "incident_state", said, p.states, "states"),
		Impact: p.degree("impact"), Urgency: p.degree("urgency"), Priority: p.priority(),
		Team: p.team(p.text("assignment_group")), Assignee: p.who("assigned_to"),
		Handovers: p.count("reassignment_count"), Reopens: p.count("reopen_count"), MadeSLA: p.verdict("made_sla"),
		Opened: p.time("opened_at"), Created: p.time("sys_created_at"), Resolved: p.time("resolved_at"), Closed: p.time("closed_at"),
		Caller: p.who("caller_id"), OpenedBy: p.who("opened_by"), ResolvedBy: p.who("resolved_by"),
		Category: p.both("category", "subcategory"), Symptom: p.text("u_symptom"), Item: p.text("cmdb_ci"), Code: p.text("closed_code"),
		Links: p.links(),
	}
	if row.At.IsZero() {
		p.refuse("sys_updated_at", "servicenow.time", "no time is given; write when this event was, like 29-02-2016 01:23")
	}
	return row
}

// text is what a column says, on one line; empty when it says nothing, or is not there.
func (p *parsing) text(column string) string {
	at, ok := p.columns[column]
	if !ok || at >= len(p.fields) {
		return ""
	}
	text := strings.Join(strings.Fields(p.fields[at]), " ")
	if !known(text) {
		return ""
	}
	return p.once(text)
}

func (p *parsing) both(one, other string) string {
	a, b := p.text(one), p.text(other)
	if a == "" || b == "" {
		return a + b
	}
	return p.once(a + ", " + b)
}

func (p *parsing) who(column string) itsm.PersonID { return p.person(p.text(column)) }

// time reads an instant: a real one, in the profile's zone, and not to come.
func (p *parsing) time(column string) time.Time {
	text := p.text(column)
	if text == "" {
		return time.Time{}
	}
	for _, layout := range layouts {
		wall, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, p.zone)
		switch {
		case t.Format(layout) != wall.Format(layout): // the clock was put forward over it
			p.refuse(column, "servicenow.time", "%s never was in %s; say in the profile which zone the log is in", quoted(text), p.zone)
		case t.Before(earliest) || t.After(p.now.Add(ahead)) && column != "closed_at":
			p.refuse(column, "servicenow.time", "%s is not between %d and now; correct it", quoted(text), earliest.Year())
		}
		return t.UTC()
	}
	p.refuse(column, "servicenow.time", "%s is no time; write one like 29-02-2016 01:23", quoted(text))
	return time.Time{}
}

func (p *parsing) count(column string) int {
	text := p.text(column)
	if text == "" {
		return -1
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxCount {
		p.refuse(column, "servicenow.count", "%s is no count from 0 to %d; correct it", quoted(text), maxCount)
		return -1
	}
	return n
}

func (p *parsing) verdict(column string) verdict {
	switch text := strings.ToLower(p.text(column)); text {
	case "true", "1", "yes":
		return yes
	case "false", "0", "no":
		return no
	case "":
		return ""
	default:
		p.refuse(column, "servicenow.verdict", "%s is neither TRUE nor FALSE; correct it, or write ? where it is not known", quoted(text))
		return ""
	}
}

func (p *parsing) degree(column string) itsm.Degree {
	text := p.text(column)
	if text == "" {
		return ""
	}
	return meant(p, column, text, p.degrees, "degrees")
}

func (p *parsing) priority() itsm.Priority {
	text := p.text("priority")
	if text == "" {
		return ""
	}
	return meant(p, "priority", text, p.priorities, "priorities")
}

// meant is what the profile says of a word of the source's.
func meant[T any](p *parsing, column, text string, words map[string]T, list string) T {
	v, ok := words[folded(text)]
	if !ok {
		have := slices.Sorted(maps.Keys(words))
		p.refuse(column, "servicenow.word", "%s is nothing that the profile knows%s; correct it, or add it to the profile's %s",
			quoted(text), itsm.DidYouMean(folded(text), have), list)
	}
	return v
}

// links are the records elsewhere that the row names, in words.
func (p *parsing) links() string {
	var all []string
	for _, l := range []struct{ column, words string }{
		{"problem_id", "the problem"}, {"rfc", "the change"}, {"caused_by", "the change that caused it,"}, {"vendor", "the vendor"},
	} {
		if text := p.text(l.column); text != "" {
			all = append(all, l.words+" "+shown(text))
		}
	}
	return p.once(strings.Join(all, "; "))
}
