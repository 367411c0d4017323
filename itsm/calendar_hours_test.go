package itsm

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// zoned loads a zone; these tests are the only place in the package that does.
func zoned(t require.TestingT, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return zone
}

// everyDay is open in the same spans on every day of the week.
func everyDay(zone string, spans ...Span) Calendar {
	return Calendar{ID: "every-day", Name: "Every day", Zone: zone, Hours: WeeklyHours{spans, spans, spans, spans, spans, spans, spans}}
}

func nineToFive(zone string) Calendar {
	c := everyDay(zone, "09:00-17:00")
	c.Hours.Sat, c.Hours.Sun = nil, nil
	return c
}

func resolved(t require.TestingT, c Calendar, holidays ...Date) *Hours {
	h, err := c.Resolve(zoned(t, c.Zone), func(year int) []Date {
		return slices.DeleteFunc(slices.Clone(holidays), func(d Date) bool { return d.Year() != year })
	})
	require.NoError(t, err)
	return h
}

// Each row adds an amount and must come out at an instant; times are on the wall of
// the calendar's zone where they bear no offset.
func TestAdd(t *testing.T) {
	night := everyDay("Europe/Berlin", "22:00-06:00")
	split := everyDay("Europe/Berlin", "22:00-24:00", "00:00-06:00")
	always := func(zone string) Calendar { return Calendar{ID: "always", Name: "Always", Zone: zone} }
	rows := []struct {
		name     string
		calendar Calendar
		from     string
		d        time.Duration
		want     string
	}{
		{"within the day", nineToFive("Europe/Berlin"), "2026-03-02T10:00:00+01:00", 2 * time.Hour, "2026-03-02T12:00:00+01:00"},
		{"over the weekend", nineToFive("Europe/Berlin"), "2026-03-06T16:00:00+01:00", 2 * time.Hour, "2026-03-09T10:00:00+01:00"},
		{"used up exactly at closing", nineToFive("Europe/Berlin"), "2026-03-06T16:00:00+01:00", time.Hour, "2026-03-06T17:00:00+01:00"},
		{"one nanosecond more", nineToFive("Europe/Berlin"), "2026-03-06T16:00:00+01:00", time.Hour + 1, "2026-03-09T09:00:00.000000001+01:00"},
		{"from closing", nineToFive("Europe/Berlin"), "2026-03-06T17:00:00+01:00", time.Second, "2026-03-09T09:00:01+01:00"},
		{"nothing, while closed", nineToFive("Europe/Berlin"), "2026-03-07T12:00:00+01:00", 0, "2026-03-07T12:00:00+01:00"},
		{"one day is three days", nineToFive("Europe/Berlin"), "2026-03-02T09:00:00+01:00", 24 * time.Hour, "2026-03-04T17:00:00+01:00"},
		{"asked in another zone", nineToFive("Asia/Kolkata"), "2026-03-02T00:00:00Z", time.Hour, "2026-03-02T10:00:00+05:30"},
		{"half-hour offset", nineToFive("Asia/Kolkata"), "2026-03-02T16:45:00+05:30", time.Hour, "2026-03-03T09:45:00+05:30"},

		{"Berlin springs forward over a weekend", nineToFive("Europe/Berlin"), "2026-03-27T16:00:00+01:00", 2 * time.Hour, "2026-03-30T10:00:00+02:00"},
		{"Berlin springs forward, at all hours", always("Europe/Berlin"), "2026-03-29T00:00:00+01:00", 24 * time.Hour, "2026-03-30T01:00:00+02:00"},
		{"Berlin falls back, at all hours", always("Europe/Berlin"), "2026-10-25T00:00:00+02:00", 24 * time.Hour, "2026-10-25T23:00:00+01:00"},
		{"a skipped hour does not count", everyDay("Europe/Berlin", "01:00-04:00"), "2026-03-29T01:00:00+01:00", 2 * time.Hour, "2026-03-29T04:00:00+02:00"},
		{"a skipped span is no span", everyDay("Europe/Berlin", "02:00-03:00"), "2026-03-28T12:00:00+01:00", time.Hour, "2026-03-30T03:00:00+02:00"},
		{"a span that opens in the gap", everyDay("Europe/Berlin", "02:30-05:00"), "2026-03-29T00:00:00+01:00", time.Hour, "2026-03-29T04:00:00+02:00"},
		{"a span that closes in the gap", everyDay("Europe/Berlin", "01:00-02:30"), "2026-03-29T00:00:00+01:00", time.Hour, "2026-03-29T03:00:00+02:00"},
		{"a repeated hour counts twice", everyDay("Europe/Berlin", "01:00-04:00"), "2026-10-25T01:00:00+02:00", 4 * time.Hour, "2026-10-25T04:00:00+01:00"},
		{"a repeated span opens twice", everyDay("Europe/Berlin", "02:00-02:30"), "2026-10-25T01:00:00+02:00", time.Hour, "2026-10-25T02:30:00+01:00"},
		{"between its two openings", everyDay("Europe/Berlin", "02:00-02:30"), "2026-10-25T02:45:00+02:00", time.Minute, "2026-10-25T02:01:00+01:00"},
		{"New York springs forward", always("America/New_York"), "2026-03-08T00:00:00-05:00", 24 * time.Hour, "2026-03-09T01:00:00-04:00"},
		{"New York falls back", everyDay("America/New_York", "00:00-08:00"), "2026-11-01T00:00:00-04:00", 9 * time.Hour, "2026-11-01T08:00:00-05:00"},
		{"Lord Howe springs half an hour", everyDay("Australia/Lord_Howe", "01:00-04:00"), "2026-10-04T01:00:00+10:30", 150 * time.Minute, "2026-10-04T04:00:00+11:00"},
		{"Lord Howe falls half an hour", everyDay("Australia/Lord_Howe", "01:00-04:00"), "2026-04-05T01:00:00+11:00", 210 * time.Minute, "2026-04-05T04:00:00+10:30"},
		{"Havana springs at midnight", everyDay("America/Havana", "00:00-02:00"), "2026-03-07T12:00:00-05:00", time.Hour, "2026-03-08T02:00:00-04:00"},
		{"Apia skips a Friday", nineToFive("Pacific/Apia"), "2011-12-29T16:00:00-10:00", 2 * time.Hour, "2012-01-02T10:00:00+14:00"},
		{"Apia skips a day of all hours", always("Pacific/Apia"), "2011-12-29T23:00:00-10:00", 2 * time.Hour, "2011-12-31T01:00:00+14:00"},

		{"over midnight", always("Europe/Berlin"), "2026-03-02T23:59:59+01:00", 2 * time.Second, "2026-03-03T00:00:01+01:00"},
		{"a night shift", night, "2026-03-02T23:00:00+01:00", 7 * time.Hour, "2026-03-03T06:00:00+01:00"},
		{"a night written as two spans", split, "2026-03-02T23:00:00+01:00", 7 * time.Hour, "2026-03-03T06:00:00+01:00"},
		{"from noon to the second night", night, "2026-03-02T12:00:00+01:00", 10 * time.Hour, "2026-03-04T00:00:00+01:00"},
		{"a leap day", nineToFive("Europe/Berlin"), "2024-02-28T16:00:00+01:00", 9 * time.Hour, "2024-02-29T17:00:00+01:00"},
		{"no leap day", nineToFive("Europe/Berlin"), "2023-02-28T16:00:00+01:00", 2 * time.Hour, "2023-03-01T10:00:00+01:00"},
		{"the last day of a leap year far off", nineToFive("Europe/Berlin"), "2040-12-31T16:00:00+01:00", 2 * time.Hour, "2041-01-01T10:00:00+01:00"},
		{"a Sunday's shift into Monday", Calendar{ID: "x", Name: "X", Zone: "UTC", Hours: WeeklyHours{Sun: []Span{"22:00-06:00"}}}, "2026-03-01T23:00:00Z", 8 * time.Hour, "2026-03-08T23:00:00Z"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			from, err := time.Parse(time.RFC3339Nano, row.from)
			require.NoError(t, err)
			h := resolved(t, row.calendar)
			got, err := h.Add(from, row.d)
			require.NoError(t, err)
			require.Equal(t, row.want, got.In(zoned(t, row.calendar.Zone)).Format(time.RFC3339Nano))
			require.Equal(t, time.UTC, got.Location())
			require.Equal(t, row.d, h.Between(from, got))
		})
	}
}

func TestHolidays(t *testing.T) {
	thursday, friday := NewDate(2026, time.January, 1), NewDate(2026, time.January, 2)
	parse := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return at
	}
	rows := []struct {
		name     string
		calendar Calendar
		closed   []Date
		from     string
		d        time.Duration
		want     string
	}{
		{"a holiday over the year's end", nineToFive("UTC"), []Date{thursday}, "2025-12-31T16:00:00Z", 2 * time.Hour, "2026-01-02T10:00:00Z"},
		{"used up at closing before a holiday", nineToFive("UTC"), []Date{thursday}, "2025-12-31T16:00:00Z", time.Hour, "2025-12-31T17:00:00Z"},
		{"a bridge to the weekend", nineToFive("UTC"), []Date{thursday, friday}, "2025-12-31T16:00:00Z", 2 * time.Hour, "2026-01-05T10:00:00Z"},
		{"at all hours but on holidays", Calendar{ID: "x", Name: "X", Zone: "UTC"}, []Date{thursday}, "2025-12-31T23:00:00Z", 2 * time.Hour, "2026-01-02T01:00:00Z"},
		{"a shift ends where the holiday begins", everyDay("UTC", "22:00-06:00"), []Date{thursday}, "2025-12-31T23:00:00Z", time.Hour, "2026-01-01T00:00:00Z"},
		{"and the night after begins at midnight", everyDay("UTC", "22:00-06:00"), []Date{thursday}, "2025-12-31T23:00:00Z", 2 * time.Hour, "2026-01-02T01:00:00Z"},
		{"begins at the zone's midnight", Calendar{ID: "x", Name: "X", Zone: "Asia/Kolkata"}, []Date{thursday}, "2025-12-31T18:00:00Z", time.Hour, "2026-01-01T19:00:00Z"},
		{"on the day the clock is changed", Calendar{ID: "x", Name: "X", Zone: "Europe/Berlin"}, []Date{NewDate(2026, time.March, 29)}, "2026-03-28T22:00:00Z", 2 * time.Hour, "2026-03-29T23:00:00Z"},
		{"a leap day that is one", nineToFive("UTC"), []Date{NewDate(2024, time.February, 29)}, "2024-02-28T16:00:00Z", 2 * time.Hour, "2024-03-01T10:00:00Z"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			own := row.calendar
			own.Closed = row.closed
			for _, h := range []*Hours{resolved(t, row.calendar, row.closed...), resolved(t, own)} {
				got, err := h.Add(parse(row.from), row.d)
				require.NoError(t, err)
				require.Equal(t, row.want, got.Format(time.RFC3339))
				require.Equal(t, row.d, h.Between(parse(row.from), got))
			}
		})
	}
}

func TestOpenIsFromTheFirstInstantToBeforeTheLast(t *testing.T) {
	h := resolved(t, nineToFive("Europe/Berlin"))
	opens := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	closes := opens.Add(8 * time.Hour)
	require.False(t, h.IsOpen(opens.Add(-1)))
	require.True(t, h.IsOpen(opens))
	require.True(t, h.IsOpen(closes.Add(-1)))
	require.False(t, h.IsOpen(closes))
	for from, want := range map[time.Time]time.Time{
		opens.Add(-1):  opens,
		opens:          opens,
		opens.Add(1):   opens.Add(1),
		closes.Add(-1): closes.Add(-1),
		closes:         opens.AddDate(0, 0, 1),
	} {
		got, err := h.Next(from.In(zoned(t, "Asia/Tokyo")))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestWhatIsOutOfReachIsRefused(t *testing.T) {
	from := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	c := Calendar{ID: "sundays", Name: "Sundays", Zone: "UTC", Hours: WeeklyHours{Sun: []Span{"09:00-10:00"}}}
	open := resolved(t, c)
	at, err := open.Add(from, 500*time.Hour)
	require.NoError(t, err)
	require.Equal(t, 500*time.Hour, open.Between(from, at))
	_, err = open.Add(from, 600*time.Hour)
	require.Equal(t, "calendar.out_of_reach", AsError(err).Code)
	require.ErrorContains(t, err, "Calendar sundays does not open for 600h0m0s within 10 years of 2026-03-02")
	_, err = open.Add(from, -1)
	require.Equal(t, "calendar.negative", AsError(err).Code)

	never, err := c.Resolve(time.UTC, func(year int) []Date {
		all := make([]Date, 366)
		for i := range all {
			all[i] = NewDate(year, time.January, 1) + Date(i)
		}
		return all
	})
	require.NoError(t, err)
	_, err = never.Next(from)
	require.Equal(t, "calendar.out_of_reach", AsError(err).Code)
	require.False(t, never.IsOpen(from))
	require.Zero(t, never.Between(from, from.AddDate(5, 0, 0)))
}

// Where Go takes the clock's future from a rule, it is at odds with itself on the
// last day of a leap year. Time goes on all the same.
func TestEveryLastDayOfALeapYearEnds(t *testing.T) {
	for _, name := range zonesOfNote {
		h := resolved(t, Calendar{ID: "always", Name: "Always", Zone: name})
		for year := 2024; year < 2100; year += 4 {
			for hour := range 72 {
				from := time.Date(year, 12, 30, hour, 0, 0, 0, time.UTC)
				got, err := h.Add(from, 36*time.Hour)
				require.NoError(t, err)
				require.Equal(t, from.Add(36*time.Hour), got)
			}
		}
	}
}

// However far apart two instants are, to count between them ends and overflows
// nothing.
func TestBetweenHasAnEnd(t *testing.T) {
	always := resolved(t, Calendar{ID: "always", Name: "Always", Zone: "America/New_York"})
	from := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	century := from.AddDate(100, 0, 0).Sub(from)
	require.Equal(t, century, always.Between(from, time.Date(200_000, 1, 1, 0, 0, 0, 0, time.UTC)))
	require.Equal(t, -century, always.Between(from.AddDate(100, 0, 0), from))
}
