package itsm

import (
	"fmt"
	"time"
)

type Length struct {
	Time time.Duration
	Days int
}

const (
	MinLength     = time.Second
	MaxLength     = 90 * 24 * time.Hour
	MaxLengthDays = 90
)

func (l Length) IsZero() bool                                          { return l == Length{} }
func (l Length) From(at time.Time, in BusinessTime) (time.Time, error) { return in.Add(at, l.Time) }

func (l Length) String() string { return l.Time.String() }

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
