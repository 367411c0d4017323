package itsm

import (
	"iter"
	"slices"
	"time"
)

const (
	secondsADay = 24 * 60 * 60
	maxReach    = 10  // years; what opens later is as good as closed for ever
	maxBetween  = 100 // years; a time.Duration can hold them, and no walk is without end
)

// Hours is a calendar together with what it needs to know of the world: the rules
// of its time zone and the public holidays of its country. Those differ between
// machines and years. A deadline is therefore computed once, in an activity, and
// recorded as an instant: Hours has no place in workflow code.
//
// Time counts while the clock on the wall, in the calendar's zone, stands within a
// span of a date that is not closed. What counts is time that really passes: an
// hour that the clock repeats counts twice, one that it skips does not count, and
// a date that a country skips never was. All answers are exact to the nanosecond
// and in UTC. Hours may be used by many goroutines at once.
type Hours struct {
	id       CalendarID
	zone     *time.Location
	week     [7][]opening // as time.Weekday counts, each in order
	closed   []Date       // in order
	holidays func(year int) []Date
}

// opening is an open part of a day, from its midnight.
type opening struct{ from, to time.Duration }

// Resolve joins a calendar with its time zone and with the public holidays of its
// country; holidays gives the dates of one year, always the same for the same year,
// and is nil where there are none. A calendar with a fault is refused
// (calendar.faulty).
func (c *Calendar) Resolve(zone *time.Location, holidays func(year int) []Date) (*Hours, error) {
	if err := faults(c.faults("")).refuse("calendar.faulty", "Calendar "+string(c.ID)); err != nil {
		return nil, err
	}
	if holidays == nil {
		holidays = func(int) []Date { return nil }
	}
	return &Hours{
		id: c.ID, zone: zone, week: c.Hours.openings(),
		closed: slices.Sorted(slices.Values(c.Closed)), holidays: holidays,
	}, nil
}

// openings cuts the spans at midnight.
func (w WeeklyHours) openings() [7][]opening {
	var week [7][]opening
	put := func(day, from, to int) {
		week[day%7] = append(week[day%7], opening{time.Duration(from) * time.Minute, time.Duration(to) * time.Minute})
	}
	for i, spans := range w.byDay() {
		if !w.given() {
			put(i, 0, minutesADay)
		}
		for _, s := range spans {
			from, to, _ := s.minutes()
			put(i, from, min(to, minutesADay))
			if to > minutesADay {
				put(i+1, 0, to-minutesADay)
			}
		}
	}
	for _, day := range week {
		slices.SortFunc(day, func(a, b opening) int { return int(a.from - b.from) })
	}
	return week
}

// Add is the earliest instant by which d has counted since from: with hours from
// nine to five, one hour after Friday 16:00 is Friday 17:00, not Monday 09:00, and
// nothing after any instant is that instant. So Between(t, Add(t, d)) is d, and
// two amounts may be added at once or in turn. A negative d is refused
// (calendar.negative); so is one that the next ten years do not hold
// (calendar.out_of_reach).
func (h *Hours) Add(from time.Time, d time.Duration) (time.Time, error) {
	switch {
	case d < 0:
		return time.Time{}, Refuse(Invalid, "calendar.negative", "Time in a calendar is only added; %s is negative.", d)
	case d == 0:
		return from.UTC(), nil
	}
	left := d
	for a, b := range h.open(from, from.AddDate(maxReach, 0, 0)) {
		if b.Sub(a) >= left {
			return a.Add(left).UTC(), nil
		}
		left -= b.Sub(a)
	}
	return time.Time{}, h.outOfReach(d.String(), from)
}

func (h *Hours) outOfReach(what string, from time.Time) error {
	return Refuse(Invalid, "calendar.out_of_reach",
		"Calendar %s does not open for %s within %d years of %s; give it more hours or ask for less.",
		h.id, what, maxReach, from.In(h.zone).Format(time.DateOnly))
}

// countable refuses a number of days that nobody can mean.
func countable(n int) error {
	switch {
	case n < 0:
		return Refuse(Invalid, "calendar.negative", "Time in a calendar is only added; %s is negative.", Length{Days: n})
	case n > maxDays:
		return Refuse(Invalid, "calendar.out_of_reach", "Days are added for %d years at most; ask for less than %d.", maxReach, n)
	}
	return nil
}

// Between is how much time counts from a to b; negative when b is before a. It
// looks no further than a hundred years from the earlier of the two.
func (h *Hours) Between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -h.Between(b, a)
	}
	if end := a.AddDate(maxBetween, 0, 0); b.After(end) {
		b = end
	}
	var sum time.Duration
	for from, to := range h.open(a, b) {
		sum += to.Sub(from)
	}
	return sum
}

// Next is the first instant at or after t at which time counts. It is refused when
// there is none within ten years (calendar.out_of_reach).
func (h *Hours) Next(t time.Time) (time.Time, error) {
	end, err := h.Add(t, 1)
	if err != nil {
		return time.Time{}, err
	}
	return end.Add(-1), nil
}

// IsOpen reports whether time counts at t: it does at the first instant of a span
// and no longer does at its end.
func (h *Hours) IsOpen(t time.Time) bool { return h.Between(t, t.Add(1)) > 0 }

// open yields the stretches of [from, to) that count, in order. It walks from
// midnight to midnight by the clock on the wall and stops wherever that clock is
// changed, so that within a step the clock runs as time does.
func (h *Hours) open(from, to time.Time) iter.Seq2[time.Time, time.Time] {
	return func(yield func(from, to time.Time) bool) {
		for from.Before(to) {
			date, midnight, end := step(h.zone, from)
			for _, w := range h.openings(date) {
				a, b := midnight.Add(w.from), midnight.Add(w.to)
				if a.Before(from) {
					a = from
				}
				b = earliest(b, end, to)
				if a.Before(b) && !yield(a, b) {
					return
				}
			}
			from = end
		}
	}
}

// step is the date on the wall at t, the instant at which its midnight was or would
// have been by the clock as it is set at t, and the end of the date or of that
// setting, whichever comes first. The end is after t: on the last day of a leap
// year, Go 1.26 ends the setting in the past (time.tzset gives each year 365 days).
func step(zone *time.Location, t time.Time) (date Date, midnight, end time.Time) {
	local := t.In(zone)
	_, offset := local.Zone()
	date = DateOf(local)
	midnight = date.midnight().Add(-time.Duration(offset) * time.Second)
	end = midnight.Add(secondsADay * time.Second)
	if _, change := local.ZoneBounds(); change.After(t) && change.Before(end) {
		end = change
	}
	return date, midnight, end
}

func (h *Hours) openings(d Date) []opening {
	if _, own := slices.BinarySearch(h.closed, d); own || slices.Contains(h.holidays(d.Year()), d) {
		return nil
	}
	return h.week[d.Weekday()]
}

func earliest(t time.Time, others ...time.Time) time.Time {
	for _, o := range others {
		if o.Before(t) {
			t = o
		}
	}
	return t
}
