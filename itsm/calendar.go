package itsm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// CalendarID names a calendar of the catalog.
type CalendarID string

// Calendar says when time counts. Without hours every hour counts (24×7), except
// on dates that are closed. A record keeps the version it began with for life.
type Calendar struct {
	ID      CalendarID  `json:"id"`
	Name    string      `json:"name"`
	Zone    string      `json:"zone"`              // IANA time zone that hours and dates are meant in
	Hours   WeeklyHours `json:"hours,omitzero"`    // absent: 24×7
	Country string      `json:"country,omitempty"` // ISO 3166: DE, or DE-BY; its public holidays are closed
	Closed  []Date      `json:"closed,omitempty"`  // further dates that are closed, from midnight to midnight
}

// WeeklyHours lists the spans that are open, by the day on which they begin.
type WeeklyHours struct {
	Mon []Span `json:"mon,omitempty"`
	Tue []Span `json:"tue,omitempty"`
	Wed []Span `json:"wed,omitempty"`
	Thu []Span `json:"thu,omitempty"`
	Fri []Span `json:"fri,omitempty"`
	Sat []Span `json:"sat,omitempty"`
	Sun []Span `json:"sun,omitempty"`
}

// Span is a part of the day by the clock on the wall, such as 09:00-17:00. It
// holds its first minute and not its last; 00:00-24:00 is the whole day. A span
// that ends no later than it begins goes on into the next day: 22:00-06:00 on
// Monday is short for 22:00-24:00 on Monday and 00:00-06:00 on Tuesday, so when
// Tuesday is closed, the shift ends at midnight.
type Span string

// Date is a day of the civil calendar, without zone, counted from 1970-01-01 and
// written 2006-01-02.
type Date int64

// Bounds on a calendar.
const (
	MaxCalendars = 500

	maxClosed   = 400
	maxSpans    = 24 // in a day
	minutesADay = 24 * 60
)

var (
	country  = regexp.MustCompile(`^[A-Z]{2}(-[A-Z]{2,3})?$`)
	span     = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)$`)
	weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // as time.Weekday counts
)

// DateOf is the date that a time has where it is.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return NewDate(y, m, d)
}

// NewDate is a date by year, month and day; what is out of range is carried over,
// as time.Date does.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsADay)
}

// Year is the year that the date is in.
func (d Date) Year() int { return d.midnight().Year() }

// Month is the month that the date is in.
func (d Date) Month() time.Month { return d.midnight().Month() }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

func (d Date) midnight() time.Time { return time.Unix(int64(d)*secondsADay, 0).UTC() }

// String writes d as 2006-01-02.
func (d Date) String() string { return d.midnight().Format(time.DateOnly) }

// MarshalText writes d as 2006-01-02.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2006-01-02.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return Refuse(Invalid, "calendar.date", "%q is not a date; write it like 2026-12-24.", cut(string(text)))
	}
	*d = DateOf(t)
	return nil
}

// String says the hours in words, day by day.
func (w WeeklyHours) String() string {
	var open []string
	for i, spans := range w.byDay() {
		for _, s := range spans {
			open = append(open, weekdays[i]+" "+string(s))
		}
	}
	if len(open) == 0 {
		return "24×7"
	}
	return strings.Join(open, ", ")
}

// byDay is the week as time.Weekday counts it.
func (w WeeklyHours) byDay() [7][]Span {
	return [7][]Span{w.Sun, w.Mon, w.Tue, w.Wed, w.Thu, w.Fri, w.Sat}
}

// given reports whether any day was named, be it with nothing in it.
func (w WeeklyHours) given() bool {
	week := w.byDay()
	return slices.ContainsFunc(week[:], func(s []Span) bool { return s != nil })
}

// minutes reads a span as minutes after midnight; to is beyond minutesADay when
// the span goes on into the next day. It is not ok when the text is no span, or
// when it is empty.
func (s Span) minutes() (from, to int, ok bool) {
	m := span.FindStringSubmatch(string(s))
	if m == nil {
		return 0, 0, false
	}
	from, to = clock(m[1], m[2]), minutesADay
	if m[3] != "" {
		to = clock(m[3], m[4])
	}
	switch {
	case from == to:
		return from, to, false
	case to < from:
		to += minutesADay
	}
	return from, to, true
}

// clock reads what the shape of a span let through: two times two digits.
func clock(hh, mm string) int {
	two := func(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }
	return two(hh)*60 + two(mm)
}

// faults names what nobody could compute a deadline with, by JSON pointer below
// at. The id is the catalog's to judge; whether the zone and the country exist is
// for whoever has the data.
func (c *Calendar) faults(at string) []Field {
	var k catalogCheck
	k.line(at+"/name", c.Name, maxName)
	k.shaped(at+"/zone", c.Zone, zone, "an IANA time zone such as Europe/Berlin")
	k.optional(at+"/country", c.Country, country, "a country such as DE, or a region of one such as DE-BY")
	k.atMost(at+"/closed", len(c.Closed), maxClosed)
	closed := seen{}
	for i, d := range c.Closed[:min(len(c.Closed), maxClosed)] {
		k.once(fmt.Sprintf("%s/closed/%d", at, i), d.String(), closed)
	}
	k.hours(at+"/hours", c.Hours)
	return k.faults
}

func (k *catalogCheck) hours(at string, w WeeklyHours) {
	week := k.spans(at, w)
	if len(week) == 0 && w.given() {
		k.add(at, "open at no time; leave hours out for 24×7")
	}
	k.overlaps(week, "a minute counts once")
}

// spans checks each span of a week by itself and gives those that are sound.
func (k *catalogCheck) spans(at string, w WeeklyHours) (week []stretch) {
	for i, spans := range w.byDay() {
		day := at + "/" + weekdays[i]
		k.atMost(day, len(spans), maxSpans)
		for j, s := range spans[:min(len(spans), maxSpans)] {
			p := fmt.Sprintf("%s/%d", day, j)
			from, to, ok := s.minutes()
			if !ok {
				k.add(p, "%q is not a part of the day such as 09:00-17:00, 22:00-06:00 or 00:00-24:00", cut(string(s)))
				continue
			}
			week = append(week, stretch{i*minutesADay + from, i*minutesADay + to, p})
		}
	}
	return week
}

// stretch is a span in minutes of the week, and where it was written.
type stretch struct {
	from, to int
	at       string
}

// overlaps compares each stretch with the one before it, and the week's first with
// its last, which may reach into it.
func (k *catalogCheck) overlaps(week []stretch, why string) {
	const minutesAWeek = 7 * minutesADay
	slices.SortStableFunc(week, func(a, b stretch) int { return a.from - b.from })
	for i := range week {
		last := week[(i+len(week)-1)%len(week)]
		if i == 0 {
			last.to -= minutesAWeek
		}
		if week[i].from < last.to {
			k.add(week[i].at, "overlaps %s; %s", last.at, why)
		}
	}
}
