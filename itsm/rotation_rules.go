package itsm

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Bounds on rotations.
const (
	MaxRotations = 1_000
	MinTurn      = time.Hour
	MaxTurn      = 90 * 24 * time.Hour

	maxShifts    = 20
	maxTurns     = 100 // members
	maxOverrides = 400
	maxOverride  = 366 // days
	maxFeed      = 2_000
	firstStart   = 1970 // years
	lastStart    = 2100
)

// weekOrder is every day that a week may be handed over on, in the order of the week.
var weekOrder = append(slices.Clone(weekdays[1:]), weekdays[0])

func (k *catalogCheck) checkRotations() {
	ids := seen{}
	for i, r := range k.c.Rotations[:min(len(k.c.Rotations), MaxRotations)] {
		at := fmt.Sprintf("/rotations/%d", i)
		k.id(at, string(r.ID), ids)
		k.faults = append(k.faults, r.faults(at)...)
		k.peopleIn(at+"/members", r.Members)
		for j, s := range r.Shifts[:min(len(r.Shifts), maxShifts)] {
			k.peopleIn(fmt.Sprintf("%s/shifts/%d/members", at, j), s.Members)
		}
		for j, o := range r.Overrides[:min(len(r.Overrides), maxOverrides)] {
			k.person(fmt.Sprintf("%s/overrides/%d/person", at, j), o.Person)
		}
	}
}

func (k *catalogCheck) peopleIn(at string, ids []PersonID) {
	for i, id := range ids[:min(len(ids), maxTurns)] {
		k.person(fmt.Sprintf("%s/%d", at, i), id)
	}
}

// faults names what nobody could tell from a rotation who is on call, by JSON pointer
// below at. The id and the people are the catalog's to judge; whether the zone exists
// is for whoever has the data.
func (r *Rotation) faults(at string) []Field {
	var k catalogCheck
	k.line(at+"/name", r.Name, maxName)
	k.shaped(at+"/zone", r.Zone, zone, "an IANA time zone such as Europe/Berlin")
	if r.Feed == "" {
		k.turns(at, r)
	} else {
		k.feed(at, r)
	}
	k.overrides(at+"/overrides", r.Overrides)
	return k.faults
}

// turns checks a rotation that has no feed.
func (k *catalogCheck) turns(at string, r *Rotation) {
	switch {
	case len(r.Members) == 0 && len(r.Shifts) == 0:
		k.add(at+"/members", "names nobody; list the people in turn, or shifts, or say where a feed is")
	case len(r.Members) > 0 && len(r.Shifts) > 0:
		k.add(at+"/members", "stands beside shifts; list the people in each shift")
	}
	k.atMost(at+"/members", len(r.Members), maxTurns)
	k.shifts(at+"/shifts", r.Shifts)
	oneOf(&k.faults, at+"/every", r.Every, Cadences)
	k.turnLength(at+"/turn", r)
	switch {
	case r.Every == Weekly:
		oneOf(&k.faults, at+"/day", r.Day, weekOrder)
	case r.Day != "":
		k.add(at+"/day", "is only for a weekly rotation; leave it out")
	}
	k.shaped(at+"/hand_over", string(r.HandOver), timeOfDay, "a time of day such as 09:00")
	k.start(at+"/start", r)
}

func (k *catalogCheck) turnLength(at string, r *Rotation) {
	switch turn := time.Duration(r.Turn); {
	case r.Every != Custom && turn != 0:
		k.add(at, "is only for a custom rotation; leave it out")
	case r.Every == Custom && turn == 0:
		k.add(at, "is needed: how long one is on call, such as 12h")
	case r.Every == Custom && (turn < MinTurn || turn > MaxTurn || turn%time.Minute != 0):
		k.add(at, "must be between 1h and 2160h (90 days), in whole minutes")
	}
}

func (k *catalogCheck) start(at string, r *Rotation) {
	day := weekdays[r.Start.Weekday()]
	switch year := r.Start.Year(); {
	case r.Start == 0:
		k.add(at, "is needed: the date on which the first turn begins, such as 2026-01-05")
	case year < firstStart || year > lastStart:
		k.add(at, "must be between %d and %d", firstStart, lastStart)
	case r.Every == Weekly && slices.Contains(weekOrder, r.Day) && day != r.Day:
		k.add(at, "is a %s, and hand-over is on %s; the next one is on %s", day, r.Day, firstOn(r.Start, r.Day))
	}
}

// firstOn is the first date after another that is on a day of the week.
func firstOn(d Date, day string) Date {
	for weekdays[d.Weekday()] != day {
		d++
	}
	return d
}

func (k *catalogCheck) shifts(at string, shifts []Shift) {
	k.atMost(at, len(shifts), maxShifts)
	names, rest := seen{}, ""
	var week []stretch
	for i, s := range shifts[:min(len(shifts), maxShifts)] {
		p := fmt.Sprintf("%s/%d", at, i)
		k.line(p+"/name", s.Name, maxName)
		k.once(p+"/name", s.Name, names)
		if len(s.Members) == 0 {
			k.add(p+"/members", "names nobody; list the people in turn")
		}
		k.atMost(p+"/members", len(s.Members), maxTurns)
		open := k.spans(p+"/hours", s.Hours)
		week = append(week, open...)
		switch {
		case s.Hours.given() && len(open) == 0:
			k.add(p+"/hours", "is at no time; leave hours out for whenever no other shift is")
		case !s.Hours.given() && rest != "":
			k.add(p+"/hours", "is needed, as %s has none either: one shift can have the rest of the week", rest)
		case !s.Hours.given():
			rest = p
		}
	}
	k.overlaps(week, "one person is on call at a time; who is second goes into another rotation")
}

// feed checks a rotation that has one.
func (k *catalogCheck) feed(at string, r *Rotation) {
	k.address(at+"/feed", r.Feed)
	for _, f := range []struct {
		key   string
		given bool
	}{
		{"every", r.Every != ""},
		{"turn", r.Turn != 0},
		{"day", r.Day != ""},
		{"hand_over", r.HandOver != ""},
		{"start", r.Start != 0},
		{"members", len(r.Members) > 0},
		{"shifts", len(r.Shifts) > 0},
	} {
		if f.given {
			k.add(at+"/"+f.key, "stands beside a feed, which says by itself who is on call; keep one of them")
		}
	}
}

func (k *catalogCheck) address(at, text string) {
	u, err := url.Parse(text)
	switch {
	case len(text) > maxFeed:
		k.add(at, "has %d characters; %d is the most", len(text), maxFeed)
	case err != nil || u.Hostname() == "" || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || unprintable(r) }):
		k.add(at, "is not the address of an iCalendar feed such as https://calendar.example.com/on-call.ics")
	case u.User != nil:
		k.add(at, "has a user or a password in it, which everybody who reads the catalog would see; use an address without")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		k.add(at, "must begin with https://, so that nobody on the way can say who is on call")
	}
}

// overrides checks each and that no two are at one time.
func (k *catalogCheck) overrides(at string, all []DutyOverride) {
	k.atMost(at, len(all), maxOverrides)
	all = all[:min(len(all), maxOverrides)]
	order := make([]int, len(all))
	for i, o := range all {
		order[i] = i
		k.override(fmt.Sprintf("%s/%d", at, i), o)
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(all[a].From - all[b].From) })
	last := -1 // whichever ends last of those before
	for _, i := range order {
		if last >= 0 && all[i].From < all[last].To && all[i].From < all[i].To {
			k.add(fmt.Sprintf("%s/%d/from", at, i), "is before %s/%d is over (%s); one person is on call at a time", at, last, all[last].To)
		}
		if last < 0 || all[i].To > all[last].To {
			last = i
		}
	}
}

func (k *catalogCheck) override(at string, o DutyOverride) {
	const shape = "a date and time such as 2026-12-24T09:00"
	switch {
	case o.From == 0:
		k.add(at+"/from", "is needed: %s", shape)
	case o.To == 0:
		k.add(at+"/to", "is needed: %s", shape)
	case o.To <= o.From:
		k.add(at+"/to", "is not after from (%s)", o.From)
	case o.To-o.From > maxOverride*minutesADay:
		k.add(at+"/to", "is more than %d days from from; change the members for longer", maxOverride)
	}
	if o.Note != "" {
		k.line(at+"/note", o.Note, MaxTitle)
	}
}
