package itsm

import (
	"slices"
	"time"
)

// Expiry is a date on which something ends: a certificate, or the time in which notice
// can be given. People are told days before it, on business days.
type Expiry struct {
	On     Date       `json:"on,omitzero"`
	At     *time.Time `json:"at,omitempty"`     // when it is too late; nil: not reckoned
	Alerts []DayAlert `json:"alerts,omitempty"` // still to be told, in order of time
	Told   []int      `json:"told,omitempty"`   // days before that were
	Passed bool       `json:"passed,omitempty"` // it was told that it is too late

	Business bool `json:"business,omitempty"` // what is to be done until then is done on a business day
}

// DayAlert is when people are told that something ends in some days.
type DayAlert struct {
	Days int       `json:"days"`
	At   time.Time `json:"at"`
}

// Reckon finds out in somebody's hours when people are told: when the last business
// day opens that is so many days or more before the date. It is too late when the date
// is over; for what is done on a business day, when the last one until then closes, and
// the days before are counted from that one. What lies in the past is not told any
// more, except the nearest of it: whoever records what ends soon hears it at once, and
// once.
func (x Expiry) Reckon(days []int, in BusinessTime, now time.Time) (Expiry, error) {
	last := OpenDay{Date: x.On, Closes: in.Over(x.On)}
	if x.Business {
		var err error
		if last, err = in.LastOpen(x.On); err != nil {
			return x, err
		}
	}
	x.At, x.Alerts = utc(last.Closes), nil
	late := DayAlert{}
	for _, n := range slices.Backward(slices.Sorted(slices.Values(days))) {
		open, err := in.LastOpen(last.Date - Date(n))
		if err != nil {
			return x, err
		}
		switch alert := (DayAlert{n, open.Opens}); {
		case open.Opens.After(now) && !x.told(n):
			x.Alerts = append(x.Alerts, alert)
		case !open.Opens.After(now):
			late = alert
		}
	}
	if late.Days > 0 && !x.told(late.Days) && now.Before(*x.At) {
		x.Alerts = append([]DayAlert{late}, x.Alerts...)
	}
	return x, nil
}

// told reports whether people were told that it ends in so many days, or in fewer.
func (x *Expiry) told(days int) bool {
	return slices.ContainsFunc(x.Told, func(n int) bool { return n <= days })
}

// Near reports whether people were told that it ends soon.
func (x *Expiry) Near() bool { return len(x.Told) > 0 }

// Over reports whether it is too late at an instant, be that told already or not.
func (x *Expiry) Over(at time.Time) bool {
	return x.Passed || (x.At != nil && !at.Before(*x.At))
}

// tell takes note that people were told.
func (x *Expiry) tell(days int) {
	x.Told = append(slices.Clone(x.Told), days)
	x.Alerts = slices.DeleteFunc(slices.Clone(x.Alerts), func(a DayAlert) bool { return x.told(a.Days) })
}

// falls are all that it still has to tell, in order of time, of the nth thing of a
// record that ends: with no days left when it is too late.
func (x *Expiry) falls(alert, passed EventKind, of int, what, late string) (all []Deadline) {
	for _, a := range x.Alerts {
		all = append(all, Deadline{At: a.At, Kind: alert, What: what, Of: of, Days: a.Days})
	}
	if x.At != nil && !x.Passed {
		all = append(all, Deadline{At: *x.At, Kind: passed, What: late, Of: of})
	}
	return all
}

// fall does what one of them says.
func (x *Expiry) fall(d Deadline) {
	if d.Days > 0 {
		x.tell(d.Days)
		return
	}
	x.Passed, x.Alerts = true, nil
}

// unreckoned reports whether Reckon has something to find out.
func (x *Expiry) unreckoned() bool { return x.At == nil && x.On != 0 }

// dated is an Expiry of a record, with what is told of it.
type dated struct {
	*Expiry

	alert, passed EventKind
	of            int
	days          []int // before it, at which people are told
	soon, late    string
}

// fallsOf are all that some dates still have to tell, in order of time.
func fallsOf(dates []dated) (all []Deadline) {
	for _, d := range dates {
		all = append(all, d.falls(d.alert, d.passed, d.of, d.soon, d.late)...)
	}
	slices.SortStableFunc(all, func(x, y Deadline) int { return x.At.Compare(y.At) })
	return all
}

// fallOf does what one of those says; it is not ok when an act came before it.
func fallOf(dates []dated, fell Deadline) (x *Expiry, ok bool) {
	for _, d := range dates {
		if slices.ContainsFunc(d.falls(d.alert, d.passed, d.of, "", ""), fell.same) {
			d.fall(fell)
			return d.Expiry, true
		}
	}
	return nil, false
}

// ReckonedDate is a date of a record as it was reckoned.
type ReckonedDate struct {
	Expiry

	Kind EventKind `json:"kind"` // of what is told before it
	Of   int       `json:"of,omitempty"`
}

// reckoned are some dates as they are reckoned in somebody's hours.
func reckoned(dates []dated, in BusinessTime, now time.Time) (all []ReckonedDate, err error) {
	for _, d := range dates {
		x, err := d.Reckon(d.days, in, now)
		if err != nil {
			return nil, err
		}
		all = append(all, ReckonedDate{x, d.alert, d.of})
	}
	return all, nil
}

// adopt takes up what was reckoned, as far as it is still of the same dates.
func adopt(dates []dated, all []ReckonedDate) {
	for _, d := range dates {
		r, asked := find(all, func(r ReckonedDate) bool { return r.Kind == d.alert && r.Of == d.of && r.On == d.On })
		if asked && d.unreckoned() {
			*d.Expiry = r.Expiry
		}
	}
}
