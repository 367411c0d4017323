package itsm

import (
	"iter"
	"slices"
	"time"
)

// maxAhead is how far ahead of an instant duties are looked for, in years.
const maxAhead = 2

// Next is the next instant after another at which somebody else is on call than at
// it, and who that is: nobody where a gap begins. It is not ok when nothing changes
// within two years, or two years from the rotation's start.
func (r *Roster) Next(at time.Time) (when time.Time, who []PersonID, ok bool) {
	from := at
	if start := time.Unix(r.first, 0); start.After(from) {
		from = start
	}
	now := r.at(wallSeconds(r.zone, at)).Person
	for d := range r.duties(at, from.AddDate(maxAhead, 0, 0)) {
		if d.Person != now {
			return d.From, alone(d.Person), true
		}
	}
	return time.Time{}, nil, false
}

// Shifts lists who is on call from one instant to before another, without a break:
// gaps are duties of nobody. It looks no further than two years.
func (r *Roster) Shifts(from, to time.Time) (all []Duty) {
	for d := range r.duties(from, earliest(from.AddDate(maxAhead, 0, 0), to)) {
		if n := len(all); n > 0 && sameDuty(all[n-1], d) {
			all[n-1].To = d.To
			continue
		}
		all = append(all, d)
	}
	return all
}

func sameDuty(a, b Duty) bool {
	b.From, b.To = a.From, a.To
	return a == b
}

// duties yields [from, to) in order, cut at least wherever who is on call changes. It
// walks from midnight to midnight by the clock on the wall and stops wherever that
// clock is changed, as Hours does.
func (r *Roster) duties(from, to time.Time) iter.Seq[Duty] {
	return func(yield func(Duty) bool) {
		for from.Before(to) {
			date, midnight, end := step(r.zone, from)
			end = earliest(end, to)
			for _, cut := range append(r.cuts(date), secondsADay) {
				until := earliest(midnight.Add(time.Duration(cut)*time.Second), end)
				if !from.Before(until) {
					continue
				}
				d := r.at(wallSeconds(r.zone, from))
				d.From, d.To = from.UTC(), until.UTC()
				if !yield(d) {
					return
				}
				from = until
			}
		}
	}
}

// cuts are the seconds after midnight at which who is on call may change on a date,
// in order.
func (r *Roster) cuts(d Date) (cuts []int64) {
	begin := int64(d) * secondsADay
	end := begin + secondsADay
	put := func(wall int64) {
		if begin <= wall && wall < end {
			cuts = append(cuts, wall-begin)
		}
	}
	if r.turn > 0 {
		for wall := r.first + max(floorDiv(begin-r.first, r.turn), 0)*r.turn; wall < end; wall += r.turn {
			put(wall)
		}
	}
	for _, s := range r.shifts {
		for _, o := range s.week[d.Weekday()] {
			put(begin + int64(o.from/time.Second))
			put(begin + int64(o.to/time.Second))
		}
	}
	for _, o := range r.overrides {
		put(o.From.seconds())
		put(o.To.seconds())
	}
	slices.Sort(cuts)
	return cuts
}
