package itsm

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Length is how long something may take: business time such as 4h, which counts
// while a calendar is open, or business days such as 3bd, which end at the same time
// by the clock on the wall. It is one of the two; zero is no length at all.
type Length struct {
	Time time.Duration
	Days int
}

// Bounds on a length that something may take.
const (
	MinLength     = time.Second
	MaxLength     = 90 * 24 * time.Hour
	MaxLengthDays = 90

	businessDays = "bd" // stands behind their number
)

// IsZero reports whether there is no length.
func (l Length) IsZero() bool { return l == Length{} }

// String writes l as MarshalText does.
func (l Length) String() string {
	if l.Days != 0 {
		return strconv.Itoa(l.Days) + businessDays
	}
	return l.Time.String()
}

// MarshalText writes 4h0m0s or 3bd. Time and days at once cannot be written
// (catalog.length).
func (l Length) MarshalText() ([]byte, error) {
	if l.Days != 0 && l.Time != 0 {
		return nil, lengthless(fmt.Sprint(l.Days, businessDays, l.Time))
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads what time.ParseDuration reads, or a number of business days
// such as 3bd. What is negative is refused (catalog.length).
func (l *Length) UnmarshalText(text []byte) error {
	word := string(text)
	if digits, days := strings.CutSuffix(word, businessDays); days {
		n, err := strconv.ParseUint(digits, 10, 31)
		if err != nil {
			return lengthless(word)
		}
		*l = Length{Days: int(n)}
		return nil
	}
	d, err := time.ParseDuration(word)
	if err != nil || d < 0 {
		return lengthless(word)
	}
	*l = Length{Time: d}
	return nil
}

func lengthless(text string) *Error {
	return Refuse(Invalid, "catalog.length",
		"%q is not a length of time; write time like 90s, 4h or 36h30m, or business days like 3bd.", cut(text))
}

// From is the end of a length that begins at an instant, by somebody's hours. It
// fails as they do.
func (l Length) From(at time.Time, in BusinessTime) (time.Time, error) {
	if l.Days != 0 {
		return in.AddDays(at, l.Days)
	}
	return in.Add(at, l.Time)
}

// Fault says what is wrong with a length that something may take; empty when it is
// from a second to ninety days.
func (l Length) Fault() string {
	switch {
	case l.IsZero():
		return "is needed: time such as 4h, or business days such as 3bd"
	case l.Days != 0 && l.Time != 0:
		return "is both time and days; keep one"
	case l.Days == 0 && (l.Time < MinLength || l.Time > MaxLength), l.Days < 0, l.Days > MaxLengthDays:
		return fmt.Sprintf("must be between %s and %.0fh (%d days), or between 1bd and %dbd", MinLength, MaxLength.Hours(), MaxLengthDays, MaxLengthDays)
	}
	return ""
}
