package itsm

import (
	"fmt"
	"regexp"
	"strconv"
)

// DateSpan is a length of time between two dates, such as a notice period: months, 3mo,
// or days, 90d. It is one of the two; zero is none at all.
type DateSpan struct {
	Months int
	Days   int
}

// Bounds on a date span.
const (
	MaxSpanMonths = 120
	MaxSpanDays   = 3660
)

var dateSpan = regexp.MustCompile(`^([0-9]{1,4})(mo|d)$`)

// IsZero reports whether there is no span.
func (s DateSpan) IsZero() bool { return s == DateSpan{} }

// String writes s as MarshalText does.
func (s DateSpan) String() string {
	if s.Months != 0 {
		return strconv.Itoa(s.Months) + "mo"
	}
	return strconv.Itoa(s.Days) + "d"
}

// MarshalText writes 3mo or 90d.
func (s DateSpan) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a number of months such as 3mo, or of days such as 90d
// (date_span.invalid).
func (s *DateSpan) UnmarshalText(text []byte) error {
	m := dateSpan.FindStringSubmatch(string(text))
	if m == nil {
		return Refuse(Invalid, "date_span.invalid", "%q is not a span of dates; write months like 3mo, or days like 90d.", cut(string(text)))
	}
	n, err := strconv.Atoi(m[1])
	if *s = (DateSpan{Days: n}); m[2] == "mo" {
		*s = DateSpan{Months: n}
	}
	return err
}

// Before is the date so long before another.
func (s DateSpan) Before(d Date) Date { return d.AddMonths(-s.Months) - Date(s.Days) }

// After is the date so long after another.
func (s DateSpan) After(d Date) Date { return d.AddMonths(s.Months) + Date(s.Days) }

// fault says what is wrong with a span; empty when nothing is.
func (s DateSpan) fault() string {
	switch {
	case s.Months != 0 && s.Days != 0:
		return "is both months and days; keep one"
	case s.Months < 0 || s.Days < 0 || s.Months > MaxSpanMonths || s.Days > MaxSpanDays:
		return fmt.Sprintf("must be at most %dmo, or %dd", MaxSpanMonths, MaxSpanDays)
	}
	return ""
}
