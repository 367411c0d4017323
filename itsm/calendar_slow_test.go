package itsm

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// slow is the same calendar, read off the wall a minute at a time: it shares no
// code with Hours but the spans' text.
type slow struct {
	Calendar
	zone   *time.Location
	closed map[string]bool
}

func (s slow) isOpen(t time.Time) bool {
	wall := t.In(s.zone)
	if s.closed[wall.Format("2006-01-02")] {
		return false
	}
	week := map[time.Weekday][]Span{
		time.Monday: s.Hours.Mon, time.Tuesday: s.Hours.Tue, time.Wednesday: s.Hours.Wed, time.Thursday: s.Hours.Thu,
		time.Friday: s.Hours.Fri, time.Saturday: s.Hours.Sat, time.Sunday: s.Hours.Sun,
	}
	clock, given := wall.Format("15:04"), false
	for _, spans := range week {
		given = given || len(spans) > 0
	}
	for _, span := range week[wall.Weekday()] {
		from, to := string(span[:5]), string(span[6:])
		if from <= clock && (clock < to || to < from) {
			return true
		}
	}
	for _, span := range week[(wall.Weekday()+6)%7] {
		if from, to := string(span[:5]), string(span[6:]); to < from && clock < to {
			return true
		}
	}
	return !given
}

func (s slow) between(a, b time.Time) time.Duration {
	var sum time.Duration
	for t := a; t.Before(b); t = t.Add(time.Minute) {
		if s.isOpen(t) {
			sum += time.Minute
		}
	}
	return sum
}

// zonesOfNote change their clocks by an hour, by half of one, at midnight, the
// other way round in winter, in Ramadan, by a whole day, or not at all.
var zonesOfNote = []string{
	"UTC", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Havana", "America/St_Johns", "America/Sao_Paulo",
	"Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Asia/Beirut", "Asia/Gaza", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia",
	"Pacific/Chatham", "Pacific/Kwajalein", "Antarctica/Troll",
}

// someCalendar draws sound calendars: spans begin and end where a sorted row of
// minutes of the week says, so that none overlap.
func someCalendar(t *rapid.T) Calendar {
	c := Calendar{ID: "some", Name: "Some", Zone: rapid.SampledFrom(zonesOfNote).Draw(t, "zone")}
	marks := rapid.SliceOfNDistinct(rapid.IntRange(0, 7*minutesADay-1), 0, 20, rapid.ID).Draw(t, "marks")
	slices.Sort(marks)
	if len(marks)%2 == 1 {
		marks = marks[1:]
	}
	turn := rapid.IntRange(0, 1).Draw(t, "turn") // with it, the last span goes on into the next week
	week := [7]*[]Span{&c.Hours.Mon, &c.Hours.Tue, &c.Hours.Wed, &c.Hours.Thu, &c.Hours.Fri, &c.Hours.Sat, &c.Hours.Sun}
	for i := 0; i < len(marks); i += 2 {
		from, to := marks[(i+turn)%len(marks)], marks[(i+turn+1)%len(marks)]
		if to <= from {
			to += 7 * minutesADay
		}
		to = min(to, from+minutesADay-1)
		end := fmt.Sprintf("%02d:%02d", to/60%24, to%60)
		if whole := (from/minutesADay + 1) * minutesADay; to == whole {
			end = rapid.SampledFrom([]string{"24:00", "00:00"}).Draw(t, "midnight")
		}
		day := week[from/minutesADay]
		*day = append(*day, Span(fmt.Sprintf("%02d:%02d-%s", from/60%24, from%60, end)))
	}
	return c
}

// someInstant draws whole minutes, every other time near a change of the clock.
func someInstant(t *rapid.T, zone *time.Location) time.Time {
	minute := rapid.Int64Range(time.Date(1993, 1, 1, 0, 0, 0, 0, time.UTC).Unix()/60, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).Unix()/60)
	at := time.Unix(minute.Draw(t, "minute")*60, 0)
	if _, change := at.In(zone).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "near a change") {
		at = change.Add(time.Duration(rapid.IntRange(-2*minutesADay, minutesADay).Draw(t, "off")) * time.Minute)
	}
	return at.Truncate(time.Minute).UTC() // the database has "changes" at odd seconds that change nothing
}

// someHours draws a calendar, an instant and dates about it that are closed, some
// of them as the country's and some as its own.
func someHours(t *rapid.T) (*Hours, slow, time.Time) {
	c := someCalendar(t)
	zone := zoned(t, c.Zone)
	at := someInstant(t, zone)
	s := slow{Calendar: c, zone: zone, closed: map[string]bool{}}
	var public []Date
	for _, off := range rapid.SliceOfNDistinct(rapid.IntRange(-3, 8), 0, 6, rapid.ID).Draw(t, "closed") {
		day := at.AddDate(0, 0, off)
		s.closed[day.Format("2006-01-02")] = true
		if off%2 == 0 {
			public = append(public, DateOf(day))
		} else {
			c.Closed = append(c.Closed, DateOf(day))
		}
	}
	return resolved(t, c, public...), s, at
}

func TestHoursAreAsAMinuteCounterHasThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, s, a := someHours(t)
		b := a.Add(time.Duration(rapid.IntRange(0, 6*minutesADay).Draw(t, "minutes")) * time.Minute)
		want := s.between(a, b)
		require.Equal(t, want, h.Between(a, b))
		require.Equal(t, -want, h.Between(b, a))
		require.Equal(t, s.isOpen(a), h.IsOpen(a))
		require.Equal(t, s.isOpen(b), h.IsOpen(b))

		first := a
		for first.Before(b) && !s.isOpen(first) {
			first = first.Add(time.Minute)
		}
		if next, err := h.Next(a); err == nil && first.Before(b) {
			require.Equal(t, first, next)
		} else if err == nil {
			require.False(t, next.Before(b))
		}
		if want > 0 {
			end, err := h.Add(a, want)
			require.NoError(t, err)
			require.False(t, end.After(b))
			require.Equal(t, want, s.between(a, end))
			require.True(t, s.isOpen(end.Add(-time.Minute)), "no earlier instant would do")
		}
	})
}

// The algebra holds to the nanosecond, where the counter cannot look.
func TestTheAlgebraOfHours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, _, a := someHours(t)
		amount := rapid.Int64Range(0, int64(200*time.Hour))
		a = a.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "nanoseconds")))
		b := a.Add(time.Duration(amount.Draw(t, "later")))
		c := b.Add(time.Duration(amount.Draw(t, "later still")))
		require.Equal(t, h.Between(a, c), h.Between(a, b)+h.Between(b, c))
		require.LessOrEqual(t, h.Between(a, b), b.Sub(a))

		x, y := time.Duration(amount.Draw(t, "x")), time.Duration(amount.Draw(t, "y"))
		at, err := h.Add(a, x+y)
		if err != nil {
			require.Equal(t, "calendar.out_of_reach", AsError(err).Code)
			return
		}
		require.Equal(t, x+y, h.Between(a, at), "what is added has counted")
		require.False(t, at.Before(a.Add(x+y)), "time in a calendar is never faster")
		if x+y > 0 {
			require.Equal(t, x+y-1, h.Between(a, at.Add(-1)), "and not a nanosecond earlier")
		}
		half, err := h.Add(a, x)
		require.NoError(t, err)
		require.False(t, half.After(at), "more is later")
		whole, err := h.Add(half, y)
		require.NoError(t, err)
		require.Equal(t, at, whole, "at once or in turn")

		next, err := h.Next(a)
		if err == nil {
			require.True(t, h.IsOpen(next))
			require.Zero(t, h.Between(a, next))
		}
	})
}
