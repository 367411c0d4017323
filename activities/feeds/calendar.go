package feeds

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

const (
	yearsBack  = 1 // from when it is read, that a calendar is of interest for
	yearsAhead = 2
	maxSlots   = 100_000
	maxRepeat  = 366 * day // that an event may take which is repeated
	maxDepth   = 8         // of components in components; a calendar has three
)

// calendar is what a feed says about the years around its reading.
type calendar struct {
	in      period
	slots   []slot
	unread  int    // events that were left out
	problem string // of the first of them
}

// slot is one time for which an event puts its people on call.
type slot struct {
	start stamp
	length
	event *event
}

// event is what a calendar says once, be it for one time or for many.
type event struct {
	uid, summary string
	guests       []guest
	start        stamp
	length       length
	sequence     string // of its edits; a higher one replaces
	rule         string
	more, less   []stamp // dates that are added to the rule's and taken out of them
	instead      *stamp  // of which start of the event with the same uid
	cancelled    bool
}

// guest is somebody whom an event names by address.
type guest struct {
	mail     string
	declined bool
}

// parse reads a calendar. It fails only when the text as a whole is none; an event that
// is not understood is left out and counted.
func parse(text string, now time.Time) (*calendar, error) {
	text = unfold.Replace(text)
	if !whole(text) {
		return nil, errors.New("is not a whole calendar")
	}
	read, err := ics.ParseCalendarWithOptions(strings.NewReader(text), ics.WithUnknownPropertyHandler(ics.AcceptUnknownPropertyHandler))
	if err != nil {
		return nil, errors.New("is not a calendar as RFC 5545 has it")
	}
	c := &calendar{in: period{now.AddDate(-yearsBack, 0, 0).UTC(), now.AddDate(yearsAhead, 0, 0).UTC()}}
	steps := maxSteps
	z := zonesOf(read.Components, c.in.to.Add(day), &steps)
	series := map[string][]*event{}
	for i, component := range read.Events() {
		e, err := z.event(&component.ComponentBase)
		if err != nil {
			c.leave(e, err)
			continue
		}
		key := cmp.Or(e.uid, fmt.Sprint(i))
		series[key] = append(series[key], e)
	}
	for _, key := range slices.Sorted(maps.Keys(series)) {
		c.put(series[key], &steps)
	}
	slices.SortStableFunc(c.slots, func(a, b slot) int { return a.start.in(utc).Compare(b.start.in(utc)) })
	return c, nil
}

// unfold joins the lines that a calendar breaks (RFC 5545, 3.1).
var unfold = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "")

var bracket = regexp.MustCompile(`(?m)^[^A-Za-z0-9\r\n-]*(BEGIN|END)[:;]`)

// whole reports whether a calendar has its end: one that was cut off between two events
// has people on call who are not, or the other way round. It is not when components are
// nested as deeply as only somebody would do who wants the parser to run out of stack.
func whole(text string) bool {
	depth := 0
	for _, m := range bracket.FindAllStringSubmatch(text, -1) {
		if m[1] == "END" {
			depth--
		} else if depth++; depth > maxDepth {
			return false
		}
	}
	return depth == 0 && strings.HasSuffix(strings.TrimRight(text, "\r\n \t\x00"), "END:VCALENDAR")
}

// leave counts an event that is left out, unless it is over for good: nobody is to
// be told for ever of one that was odd years ago.
func (c *calendar) leave(e *event, err error) {
	past := !e.start.wall.IsZero() && e.start.wall.Before(c.in.from.Add(-maxRepeat))
	if past && e.rule == "" && len(e.more) == 0 {
		return
	}
	if c.unread++; c.unread > 1 {
		return
	}
	c.problem = fmt.Sprintf("The event %s %s.", e.title(), err)
}

func (e *event) title() string {
	if e.start.wall.IsZero() {
		return shown(e.summary)
	}
	return shown(e.summary) + " of " + e.start.wall.Format(time.DateOnly)
}

// event reads an event as far as it is understood.
func (z *zones) event(c *ics.ComponentBase) (e *event, err error) {
	e = &event{
		uid: valueOf(c, ics.ComponentPropertyUniqueId), summary: strings.TrimSpace(valueOf(c, ics.ComponentPropertySummary)),
		sequence: valueOf(c, ics.ComponentPropertySequence), rule: valueOf(c, ics.ComponentPropertyRrule),
		cancelled: strings.EqualFold(valueOf(c, ics.ComponentPropertyStatus), "CANCELLED"), guests: guestsOf(c),
	}
	p := c.GetProperty(ics.ComponentPropertyDtStart)
	if p == nil {
		return e, errors.New("has no start")
	}
	if e.start, err = z.stampOf(p, p.Value); err != nil {
		return e, err
	}
	if e.length, err = z.lengthOf(c, e.start); err != nil {
		return e, err
	}
	if e.more, err = z.stamps(c, ics.ComponentPropertyRdate); err != nil {
		return e, err
	}
	if e.less, err = z.stamps(c, ics.ComponentPropertyExdate); err != nil {
		return e, err
	}
	if p := c.GetProperty(ics.ComponentPropertyRecurrenceId); p != nil {
		if param(p, "RANGE") != "" {
			return e, errors.New("changes all that follow it (RANGE), which is not understood")
		}
		s, err := z.stampOf(p, p.Value)
		e.instead = &s
		return e, err
	}
	switch n := len(c.GetProperties(ics.ComponentPropertyRrule)); {
	case n > 1 || c.HasProperty(ics.ComponentPropertyExrule):
		return e, errors.New("has more rules than one")
	case (n > 0 || len(e.more) > 0) && e.length.wall+e.length.exact > maxRepeat:
		return e, errors.New("is repeated and takes more than a year")
	}
	return e, nil
}

// put makes slots of all events of one uid.
func (c *calendar) put(series []*event, steps *int) {
	instead, replaced := map[bool][]*event{}, setOf()
	for _, e := range series {
		instead[e.instead != nil] = append(instead[e.instead != nil], e)
		if e.instead != nil {
			replaced.add(*e.instead)
		}
	}
	for _, e := range newest(instead[false]) {
		if e.cancelled {
			continue
		}
		starts, err := e.starts(c.in, steps)
		if err != nil || len(c.slots)+len(starts) > maxSlots {
			c.leave(e, cmp.Or(err, errors.New("is beyond what a calendar may say")))
			continue
		}
		for _, s := range starts {
			if !replaced.has(s) {
				c.slots = append(c.slots, slot{s, e.length, e})
			}
		}
	}
	for _, e := range newest(instead[true]) {
		if !e.cancelled {
			c.slots = append(c.slots, slot{e.start, e.length, e})
		}
	}
}
