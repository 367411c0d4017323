package itsm

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Frequency is how often something is done.
type Frequency string

// The frequencies.
const (
	Monthly    Frequency = "monthly"
	Quarterly  Frequency = "quarterly"
	HalfYearly Frequency = "half_yearly"
	Yearly     Frequency = "yearly"
)

// Frequencies is every Frequency, the most frequent first.
var Frequencies = []Frequency{Monthly, Quarterly, HalfYearly, Yearly}

// months are those of one period; 0 of what is no frequency.
func (f Frequency) months() int {
	switch f {
	case Monthly:
		return 1
	case Quarterly:
		return 3
	case HalfYearly:
		return 6
	case Yearly:
		return 12
	}
	return 0
}

// Period is a month, quarter, half or whole of a calendar year. In any zone the
// periods of a frequency hold every instant exactly once: a clock that is changed at
// their border, or a date that a country skips, makes no gap and no overlap.
type Period struct {
	Every Frequency
	Year  int
	Nth   int // of the year, from 1
}

var periodName = regexp.MustCompile(`^(2[01][0-9]{2})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?$`)

// ParsePeriod reads the name of a period: 2026-11, 2026-Q4, 2026-H2 or 2026
// (period.name).
func ParsePeriod(name string) (Period, error) {
	m := periodName.FindStringSubmatch(name)
	if m == nil {
		return Period{}, Refuse(Invalid, "period.name", "%q is not a period; write it like 2026-11, 2026-Q4, 2026-H2 or 2026.", cut(name))
	}
	p := Period{Every: Yearly, Nth: 1}
	p.Year, _ = strconv.Atoi(m[1])
	for n, every := range []Frequency{Monthly, Quarterly, HalfYearly} {
		if nth := m[n+2]; nth != "" {
			p.Every = every
			p.Nth, _ = strconv.Atoi(nth)
		}
	}
	return p, nil
}

// String is the period's name.
func (p Period) String() string {
	switch p.Every {
	case Monthly:
		return fmt.Sprintf("%04d-%02d", p.Year, p.Nth)
	case Quarterly:
		return fmt.Sprintf("%04d-Q%d", p.Year, p.Nth)
	case HalfYearly:
		return fmt.Sprintf("%04d-H%d", p.Year, p.Nth)
	case Yearly:
	}
	return fmt.Sprintf("%04d", p.Year)
}

// MarshalText writes the period's name.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what ParsePeriod reads.
func (p *Period) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePeriod(string(text))
	return err
}

// IsZero reports whether there is no period.
func (p Period) IsZero() bool { return p == Period{} }

// First is the date on which the period begins.
func (p Period) First() Date {
	return NewDate(p.Year, time.Month(1+(p.Nth-1)*p.Every.months()), 1)
}

// Last is the date on which the period ends.
func (p Period) Last() Date { return p.Next().First() - 1 }

// Next is the period that begins when this one is over.
func (p Period) Next() Period { return p.moved(1) }

// Before is the period at whose end this one begins.
func (p Period) Before() Period { return p.moved(-1) }

func (p Period) moved(by int) Period {
	if p.Nth += by; p.Nth < 1 {
		p.Year, p.Nth = p.Year-1, 12/p.Every.months()
	} else if p.Nth > 12/p.Every.months() {
		p.Year, p.Nth = p.Year+1, 1
	}
	return p
}

// PeriodOf is the period of a frequency that a date is in.
func PeriodOf(every Frequency, d Date) Period {
	return Period{Every: every, Year: d.Year(), Nth: 1 + int(d.midnight().Month()-1)/every.months()}
}

// PeriodAt is the period of a frequency that an instant is in, where the clock on the
// wall is that of a zone.
func PeriodAt(every Frequency, at time.Time, zone *time.Location) Period {
	p := PeriodOf(every, DateOf(at.In(zone)))
	if _, to := p.In(zone); !at.Before(to) { // the clock shows some of the last day again
		return p.Next()
	}
	return p
}

// In is when the period begins in a zone, and when the next one does.
func (p Period) In(zone *time.Location) (from, to time.Time) {
	return startOf(zone, p.First()), startOf(zone, p.Next().First())
}

// startOf is the first instant of a date in a zone; of one that the zone skips, that
// of the date after it.
func startOf(zone *time.Location, d Date) time.Time {
	for {
		if pieces := piecesOf(zone, d); len(pieces) > 0 {
			return pieces[0].from.UTC()
		}
		d++
	}
}

// AddMonths is the same day of the month so many months later, or before where n is
// negative; the last day of that month where it has no such day, as 29 February in
// most years.
func (d Date) AddMonths(n int) Date {
	y, m, day := d.midnight().Date()
	last := NewDate(y, m+time.Month(n)+1, 0)
	return min(NewDate(y, m+time.Month(n), day), last)
}

// ReviewCycle is how often a supplier is reviewed, and in which zone its periods end.
type ReviewCycle struct {
	Supplier Number    `json:"supplier"`
	Every    Frequency `json:"every"`
	Zone     string    `json:"zone"`
}

// Running is the period that runs at an instant, and when it ends in the cycle's zone: a
// review of it begins then.
func (c ReviewCycle) Running(at time.Time, zone *time.Location) (p Period, ends time.Time) {
	p = PeriodAt(c.Every, at, zone)
	_, ends = p.In(zone)
	return p, ends
}
