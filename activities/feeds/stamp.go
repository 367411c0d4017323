package feeds

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// stamp is a date and time as a calendar writes it.
type stamp struct {
	wall time.Time // what the clock on the wall shows, in UTC for want of a zone
	name string    // of its zone; empty: floating, meant in the zone of whoever reads it
	zone zone      // nil: floating
	date bool      // a whole day
}

const (
	dateText = "20060102"
	wallText = "20060102T150405"
	day      = 24 * time.Hour
	forever  = 200 * 366 * day // an event that ends in the year 9999 is as long
)

// wallOf reads a date and time without a zone.
func wallOf(text string) (time.Time, error) {
	t, err := time.Parse(wallText, text)
	if err != nil || len(text) != len(wallText) {
		return time.Time{}, fmt.Errorf("has the time %s, which is none", shown(text))
	}
	return t, nil
}

// stampOf reads a value of a property that has dates or times.
func (z *zones) stampOf(p *ics.IANAProperty, text string) (stamp, error) {
	switch kind := strings.ToUpper(param(p, "VALUE")); {
	case kind == "DATE", kind == "" && len(text) == len(dateText):
		t, err := time.Parse(dateText, text)
		if err != nil {
			return stamp{}, fmt.Errorf("has the date %s, which is none", shown(text))
		}
		return stamp{wall: t, date: true}, nil
	case kind != "" && kind != "DATE-TIME":
		return stamp{}, fmt.Errorf("has a time of the kind %s, which is not understood", shown(kind))
	}
	wall, inUTC := strings.CutSuffix(text, "Z")
	t, err := wallOf(wall)
	if err != nil {
		return stamp{}, err
	}
	name := param(p, "TZID")
	switch {
	case inUTC:
		return stamp{wall: t, name: "UTC", zone: utc}, nil
	case name == "":
		return stamp{wall: t}, nil
	}
	zone, err := z.named(name)
	return stamp{wall: t, name: name, zone: zone}, err
}

// stamps reads every value of a property that may stand more than once.
func (z *zones) stamps(c *ics.ComponentBase, property ics.ComponentProperty) (all []stamp, err error) {
	for _, p := range c.GetProperties(property) {
		for text := range strings.SplitSeq(p.Value, ",") {
			s, err := z.stampOf(p, text)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
	}
	return all, nil
}

// in is the instant of a stamp, for somebody at home in a zone.
func (s stamp) in(home zone) time.Time {
	if s.zone != nil {
		home = s.zone
	}
	return home.instant(s.wall)
}

// length is how long an event takes: first by the clock on the wall, then by time
// that really passes.
type length struct{ wall, exact time.Duration }

// after is the end of a length that begins at a stamp.
func (l length) after(s stamp, home zone) time.Time {
	s.wall = s.wall.Add(l.wall)
	return s.in(home).Add(l.exact)
}

// lengthOf reads how long an event takes that begins at a stamp.
//
// An event that ends in the zone in which it begins is as long as the clock on the
// wall says, also when it is repeated in a week in which the clock is changed. The RFC
// (3.8.5.3) would have it as long as its first time, and a week from nine to nine end
// at eight, with nobody on call for an hour; the calendars that people write it in
// show nine.
func (z *zones) lengthOf(c *ics.ComponentBase, start stamp) (length, error) {
	if p := c.GetProperty(ics.ComponentPropertyDtEnd); p != nil {
		end, err := z.stampOf(p, p.Value)
		if err != nil {
			return length{}, err
		}
		return between(start, end)
	}
	if text := valueOf(c, ics.ComponentPropertyDuration); text != "" {
		return durationOf(text)
	}
	if start.date {
		return length{wall: day}, nil
	}
	return length{}, nil
}

func between(start, end stamp) (l length, err error) {
	switch {
	case start.date != end.date || (start.zone == nil) != (end.zone == nil):
		return l, errors.New("begins and ends by different kinds of time")
	case start.name == end.name:
		l.wall = min(end.wall.Sub(start.wall), forever)
	default:
		l.exact = min(end.in(nil).Sub(start.in(nil)), forever)
	}
	if l.wall < 0 || l.exact < 0 {
		return l, errors.New("ends before it begins")
	}
	return l, nil
}

var duration = regexp.MustCompile(`^\+?P(?:([0-9]{1,4})W|(?:([0-9]{1,4})D)?(T(?:([0-9]{1,5})H)?(?:([0-9]{1,5})M)?(?:([0-9]{1,6})S)?)?)$`)

// durationOf reads P1W, P1D or PT12H: days and weeks are by the clock on the wall,
// the rest is time that really passes (RFC 5545, 3.3.6).
func durationOf(text string) (length, error) {
	m := duration.FindStringSubmatch(text)
	if m == nil || text[len(text)-1] == 'P' || text[len(text)-1] == 'T' {
		return length{}, fmt.Errorf("takes %s, which is no length of time", shown(text))
	}
	part := func(i int, of time.Duration) time.Duration {
		n, _ := strconv.Atoi(m[i]) // a few digits, or none
		return time.Duration(n) * of
	}
	return length{
		wall:  part(1, 7*day) + part(2, day),
		exact: part(4, time.Hour) + part(5, time.Minute) + part(6, time.Second),
	}, nil
}
