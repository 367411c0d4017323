package itsm

import "time"

// maxDays is how far business days are looked for, in dates.
const maxDays = maxReach * 366

// AddDays is the n-th business day after from: the same time by the clock on the
// wall, n open dates later. A date is open when any time counts on it. It is counted
// from the first instant at or after from at which time counts, and from the date on
// the wall at that instant, also in a night shift that began the day before. What
// comes out is clipped to the hours of its date: before the first opening it is that
// opening, between two spans or after the last it is the end of the span before. So
// with Monday to Thursday from nine to five and Friday to noon, two days after Wednesday 16:00
// are Friday 12:00, and one day after Saturday is Tuesday 9:00.
//
// Without hours every time of a date counts, and it is the same time n dates later.
// A time that the clock skips on that date is the instant of the change, and of one
// that it repeats it is the first.
//
// No days after any instant are that instant. A negative n is refused
// (calendar.negative); so is what the next ten years do not hold
// (calendar.out_of_reach).
func (h *Hours) AddDays(from time.Time, n int) (time.Time, error) {
	if err := countable(n); err != nil {
		return time.Time{}, err
	}
	if n == 0 {
		return from.UTC(), nil
	}
	start, err := h.Next(from)
	if err != nil {
		return time.Time{}, err
	}
	date, midnight, _ := step(h.zone, start)
	clock := start.Sub(midnight)
	for last := date + maxDays; date < last; {
		date++
		if open := h.openOn(date); len(open) > 0 {
			n--
			if n == 0 {
				return clipped(wallReads(h.zone, date, clock), open).UTC(), nil
			}
		}
	}
	return time.Time{}, h.outOfReach("that many days", from)
}

// OpenDay is a business day: when it opens first and closes last.
type OpenDay struct {
	Date   Date
	Opens  time.Time
	Closes time.Time
}

// LastOpen is the last business day that is no later than a date. What the ten years
// before it do not hold is refused (calendar.out_of_reach).
func (h *Hours) LastOpen(d Date) (OpenDay, error) {
	for last := d - maxDays; d > last; d-- {
		if open := h.openOn(d); len(open) > 0 {
			return OpenDay{d, open[0].from.UTC(), open[len(open)-1].to.UTC()}, nil
		}
	}
	return OpenDay{}, h.outOfReach("a business day", d.midnight())
}

// Over is the instant at which a date is over where the hours are.
func (h *Hours) Over(d Date) time.Time { return startOf(h.zone, d+1) }

// period is the time from one instant to before another.
type period struct{ from, to time.Time }

// openOn lists the stretches of a date that count, in order; none when the date is
// closed, or when it never was, as where a country skips one.
func (h *Hours) openOn(d Date) (open []period) {
	hours := h.openings(d)
	if len(hours) == 0 {
		return nil
	}
	for _, p := range piecesOf(h.zone, d) {
		for _, w := range hours {
			s := period{p.midnight.Add(w.from), earliest(p.midnight.Add(w.to), p.to)}
			if s.from.Before(p.from) {
				s.from = p.from
			}
			if s.from.Before(s.to) {
				open = append(open, s)
			}
		}
	}
	return open
}

// clipped puts an instant into the stretches of its date.
func clipped(at time.Time, open []period) time.Time {
	for i, s := range open {
		switch {
		case at.Before(s.from) && i == 0:
			return s.from
		case at.Before(s.from):
			return open[i-1].to
		case at.Before(s.to):
			return at
		}
	}
	return open[len(open)-1].to
}

// piece is a part of a date within which the clock on the wall is not changed.
type piece struct {
	midnight time.Time // when it was or would have been by that clock
	period
}

// piecesOf cuts a date wherever the clock of a zone is changed. They need not touch:
// a clock that is set back just after midnight shows some of the day before again.
func piecesOf(zone *time.Location, d Date) (pieces []piece) {
	const furthest = 16 * time.Hour // from UTC, that any zone has ever been
	end := d.midnight().Add(secondsADay*time.Second + furthest)
	for t := d.midnight().Add(-furthest); t.Before(end); {
		date, midnight, next := step(zone, t)
		if date == d {
			pieces = append(pieces, piece{midnight, period{t, next}})
		}
		t = next
	}
	return pieces
}

// wallReads is the first instant of a date at which the clock on the wall reads a
// time, counted from midnight, or has gone past it; the date's end when it never does.
func wallReads(zone *time.Location, d Date, clock time.Duration) time.Time {
	var end time.Time
	for _, p := range piecesOf(zone, d) {
		at := p.midnight.Add(clock)
		if at.Before(p.from) {
			at = p.from
		}
		if at.Before(p.to) {
			return at
		}
		end = p.to
	}
	return end
}
