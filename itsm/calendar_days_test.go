package itsm

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func ExampleHours_AddDays() {
	day := []Span{"09:00-17:00"}
	office := Calendar{
		ID: "office", Name: "Office", Zone: "UTC",
		Hours:  WeeklyHours{Mon: day, Tue: day, Wed: day, Thu: day, Fri: []Span{"09:00-12:00"}},
		Closed: []Date{NewDate(2026, time.March, 9)}, // a Monday
	}
	hours, _ := office.Resolve(time.UTC, nil)
	wednesday := time.Date(2026, time.March, 4, 16, 0, 0, 0, time.UTC)
	for _, days := range []int{1, 2, 3} {
		due, _ := hours.AddDays(wednesday, days)
		fmt.Println(days, due.Format("Mon 02 15:04"))
	}
	// Output:
	// 1 Thu 05 16:00
	// 2 Fri 06 12:00
	// 3 Tue 10 16:00
}

// Each row adds days and must come out at an instant; times are on the wall of the
// calendar's zone where they bear no offset.
func TestAddDays(t *testing.T) {
	lunch := everyDay("UTC", "09:00-12:00", "13:00-17:00")
	lunch.Hours.Fri = []Span{"13:00-15:00"}
	night := everyDay("Europe/Berlin", "22:00-06:00")
	weeknights := night
	weeknights.Hours.Sat, weeknights.Hours.Sun = nil, nil
	always := func(zone string) Calendar { return Calendar{ID: "always", Name: "Always", Zone: zone} }
	rows := []struct {
		name     string
		calendar Calendar
		from     string
		n        int
		want     string
	}{
		{"the next day", nineToFive("Europe/Berlin"), "2026-03-02T10:00:00+01:00", 1, "2026-03-03T10:00:00+01:00"},
		{"over the weekend", nineToFive("Europe/Berlin"), "2026-03-05T10:00:00+01:00", 2, "2026-03-09T10:00:00+01:00"},
		{"over a change of the clock", nineToFive("Europe/Berlin"), "2026-03-27T10:00:00+01:00", 1, "2026-03-30T10:00:00+02:00"},
		{"from a closed evening", nineToFive("Europe/Berlin"), "2026-03-02T20:00:00+01:00", 1, "2026-03-04T09:00:00+01:00"},
		{"from before the opening", nineToFive("Europe/Berlin"), "2026-03-02T05:00:00+01:00", 1, "2026-03-03T09:00:00+01:00"},
		{"from a Saturday", nineToFive("Europe/Berlin"), "2026-03-07T12:00:00+01:00", 1, "2026-03-10T09:00:00+01:00"},
		{"from closing", nineToFive("Europe/Berlin"), "2026-03-06T17:00:00+01:00", 1, "2026-03-10T09:00:00+01:00"},
		{"to the nanosecond", nineToFive("Europe/Berlin"), "2026-03-02T16:59:59.999999999+01:00", 1, "2026-03-03T16:59:59.999999999+01:00"},
		{"none, while closed", nineToFive("Europe/Berlin"), "2026-03-07T12:00:00+01:00", 0, "2026-03-07T12:00:00+01:00"},
		{"asked in another zone", nineToFive("Asia/Kolkata"), "2026-03-02T23:00:00Z", 1, "2026-03-04T09:00:00+05:30"},
		{"before that day's opening", lunch, "2026-03-05T10:00:00Z", 1, "2026-03-06T13:00:00Z"},
		{"after that day's closing", lunch, "2026-03-05T16:00:00Z", 1, "2026-03-06T15:00:00Z"},
		{"at that day's closing", lunch, "2026-03-05T15:00:00Z", 1, "2026-03-06T15:00:00Z"},
		{"in that day's lunch", lunch, "2026-03-06T13:00:00Z", 1, "2026-03-07T13:00:00Z"},
		{"in a later lunch", everyDay("UTC", "09:00-12:00", "12:30-17:00"), "2026-03-06T12:30:00Z", 1, "2026-03-07T12:30:00Z"},

		{"a night before midnight", night, "2026-03-02T23:00:00+01:00", 1, "2026-03-03T23:00:00+01:00"},
		{"a night after midnight", night, "2026-03-03T02:00:00+01:00", 1, "2026-03-04T02:00:00+01:00"},
		{"Friday's night is on Saturday", weeknights, "2026-03-07T02:00:00+01:00", 1, "2026-03-09T22:00:00+01:00"},
		{"and Saturday is open for it", weeknights, "2026-03-06T23:00:00+01:00", 1, "2026-03-07T06:00:00+01:00"},

		{"at all hours", always("Europe/Berlin"), "2026-03-28T15:00:00+01:00", 1, "2026-03-29T15:00:00+02:00"},
		{"into the skipped hour", always("Europe/Berlin"), "2026-03-28T02:30:00+01:00", 1, "2026-03-29T03:00:00+02:00"},
		{"into the repeated hour", always("Europe/Berlin"), "2026-10-24T02:30:00+02:00", 1, "2026-10-25T02:30:00+02:00"},
		{"out of its second turn", always("Europe/Berlin"), "2026-10-25T02:30:00+01:00", 1, "2026-10-26T02:30:00+01:00"},
		{"a date open in a skipped hour only", everyDay("Europe/Berlin", "02:00-03:00"), "2026-03-28T02:30:00+01:00", 1, "2026-03-30T02:30:00+02:00"},
		{"Havana skips the midnight", always("America/Havana"), "2026-03-07T00:30:00-05:00", 1, "2026-03-08T01:00:00-04:00"},
		{"Apia skips a Friday", always("Pacific/Apia"), "2011-12-29T15:00:00-10:00", 1, "2011-12-31T15:00:00+14:00"},
		{"and no business day", nineToFive("Pacific/Apia"), "2011-12-29T15:00:00-10:00", 1, "2012-01-02T15:00:00+14:00"},
		{"a leap day", always("UTC"), "2024-02-28T15:00:00Z", 1, "2024-02-29T15:00:00Z"},
		{"no leap day", always("UTC"), "2023-02-28T15:00:00Z", 1, "2023-03-01T15:00:00Z"},
		{"no change of the clock at all", always("Asia/Tokyo"), "2026-03-28T15:00:00+09:00", 90, "2026-06-26T15:00:00+09:00"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			from, err := time.Parse(time.RFC3339Nano, row.from)
			require.NoError(t, err)
			got, err := resolved(t, row.calendar).AddDays(from, row.n)
			require.NoError(t, err)
			require.Equal(t, row.want, got.In(zoned(t, row.calendar.Zone)).Format(time.RFC3339Nano))
			require.Equal(t, time.UTC, got.Location())
		})
	}
}

func TestDaysPassOverHolidays(t *testing.T) {
	thursday := time.Date(2026, 4, 2, 14, 0, 0, 0, time.UTC)
	h := resolved(t, nineToFive("UTC"), NewDate(2026, time.April, 3), NewDate(2026, time.April, 6))
	due, err := h.AddDays(thursday, 1)
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 4, 7, 14, 0, 0, 0, time.UTC), due)

	always := resolved(t, Calendar{ID: "always", Name: "Always", Zone: "UTC"}, NewDate(2026, time.April, 3))
	due, err = always.AddDays(thursday, 1)
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 4, 4, 14, 0, 0, 0, time.UTC), due)
}

func TestDaysAroundTheClockAreOf24Hours(t *testing.T) {
	at := time.Date(2026, 3, 28, 15, 0, 0, 0, zoned(t, "Europe/Berlin"))
	due, err := AroundTheClock.AddDays(at, 3)
	require.NoError(t, err)
	require.Equal(t, 72*time.Hour, due.Sub(at))
}

func TestDaysOutOfReachAreRefused(t *testing.T) {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	sundays := resolved(t, Calendar{ID: "sundays", Name: "Sundays", Zone: "UTC", Hours: WeeklyHours{Sun: []Span{"09:00-10:00"}}})
	due, err := sundays.AddDays(at, 500)
	require.NoError(t, err)
	require.Equal(t, at.AddDate(0, 0, 6+7*500).Add(time.Hour), due)
	for n, code := range map[int]string{-1: "calendar.negative", 600: "calendar.out_of_reach", maxDays + 1: "calendar.out_of_reach"} {
		_, err := sundays.AddDays(at, n)
		require.Equal(t, code, AsError(err).Code)
	}
	for _, n := range []int{-1, maxDays + 1} {
		_, err := AroundTheClock.AddDays(at, n)
		require.Error(t, err)
	}
	never, err := (&Calendar{ID: "never", Name: "Never", Zone: "UTC"}).Resolve(time.UTC, func(year int) []Date {
		all := make([]Date, 366)
		for i := range all {
			all[i] = NewDate(year, time.January, 1) + Date(i)
		}
		return all
	})
	require.NoError(t, err)
	_, err = never.AddDays(at, 1)
	require.Equal(t, "calendar.out_of_reach", AsError(err).Code)
}

// addDays is the n-th business day as somebody finds it who writes down, minute by
// minute, what the wall showed. It is not ok when a few weeks do not reach.
func (s slow) addDays(from time.Time, n int) (due time.Time, ok bool) {
	start, end := from, from.AddDate(0, 0, 7*n+16)
	for start.Before(end) && !s.isOpen(start) {
		start = start.Add(time.Minute)
	}
	today, clock := start.In(s.zone).Format(time.DateOnly), start.In(s.zone).Format("15:04")
	minutes, open := map[string][]time.Time{}, map[string]bool{}
	for t := start.AddDate(0, 0, -1); t.Before(end); t = t.Add(time.Minute) {
		date := t.In(s.zone).Format(time.DateOnly)
		if date <= today {
			continue
		}
		minutes[date] = append(minutes[date], t)
		if !open[date] && s.isOpen(t) {
			open[date] = true
			if len(open) == n+1 { // a clock that is set back at midnight may still show the n-th again
				end = earliest(t.AddDate(0, 0, 1), end)
			}
		}
	}
	if len(open) <= n {
		return time.Time{}, false
	}
	return s.clip(minutes[slices.Sorted(maps.Keys(open))[n-1]], clock), true
}

// clip is where a time comes to among the minutes of a date.
func (s slow) clip(minutes []time.Time, clock string) (last time.Time) {
	late := false
	for _, t := range minutes {
		late = late || t.In(s.zone).Format("15:04") >= clock
		switch open := s.isOpen(t); {
		case late && !open && !last.IsZero():
			return last
		case late && open:
			return t
		case open:
			last = t.Add(time.Minute)
		}
	}
	return last
}

func TestDaysAreAsSomebodyFindsThemWhoWatchesTheWall(t *testing.T) {
	decided, tried := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		h, s, from := someHours(t)
		n := rapid.IntRange(1, 3).Draw(t, "days")
		tried++
		if want, ok := s.addDays(from, n); ok {
			decided++
			got, err := h.AddDays(from, n)
			require.NoError(t, err)
			require.Equal(t, want, got, "%s + %d", from.In(s.zone), n)
		}
	})
	require.Greater(t, decided, tried/2, "most of what is drawn can be decided")
}

// A day later is later, lies within hours or at their end, and two days are after one.
func TestDaysGoForward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, _, from := someHours(t)
		from = from.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "nanoseconds")))
		before := from
		for n := 1; n <= 5; n++ {
			due, err := h.AddDays(from, n)
			if err != nil {
				require.Equal(t, "calendar.out_of_reach", AsError(err).Code)
				return
			}
			require.True(t, due.After(before))
			require.True(t, h.IsOpen(due) || h.IsOpen(due.Add(-1)))
			before = due
		}
	})
}
