package itsm

import (
	"regexp"
	"time"
)

// WallTime is a minute of the civil calendar as a clock on the wall shows it, without
// zone, counted from 1970-01-01T00:00 and written 2006-01-02T15:04.
type WallTime int64

const wallTime = "2006-01-02T15:04"

// NewWallTime is a minute of a date; what is out of range is carried over.
func NewWallTime(d Date, hour, minute int) WallTime {
	return WallTime(int64(d)*minutesADay + int64(hour)*60 + int64(minute))
}

// String writes w as 2006-01-02T15:04.
func (w WallTime) String() string { return time.Unix(w.seconds(), 0).UTC().Format(wallTime) }

// MarshalText writes w as 2006-01-02T15:04.
func (w WallTime) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads 2006-01-02T15:04.
func (w *WallTime) UnmarshalText(text []byte) error {
	t, err := time.Parse(wallTime, string(text))
	if err != nil || len(text) != len(wallTime) {
		return Refuse(Invalid, "catalog.wall_time", "%q is not a date and time; write it like 2026-12-24T09:00.", cut(string(text)))
	}
	*w = WallTime(t.Unix() / 60)
	return nil
}

func (w WallTime) seconds() int64 { return int64(w) * 60 }

// TimeOfDay is a minute of the day by the clock on the wall, such as 09:00.
type TimeOfDay string

var timeOfDay = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])$`)

// minutes are those since midnight; none of what is no time of day.
func (t TimeOfDay) minutes() int {
	m := timeOfDay.FindStringSubmatch(string(t))
	if m == nil {
		return 0
	}
	return clock(m[1], m[2])
}
