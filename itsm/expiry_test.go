package itsm_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// berlinHours are from nine to five on working days in Berlin, but for Christmas.
func berlinHours(t require.TestingT) *itsm.Hours {
	nine := []itsm.Span{"09:00-12:00", "13:00-17:00"}
	c := itsm.Calendar{
		ID: "office", Name: "Office", Zone: "Europe/Berlin", Closed: []itsm.Date{itsm.NewDate(2026, 12, 24), itsm.NewDate(2026, 12, 25)},
		Hours: itsm.WeeklyHours{Mon: nine, Tue: nine, Wed: nine, Thu: nine, Fri: nine},
	}
	h, err := c.Resolve(zoneOf(t, c.Zone), nil)
	require.NoError(t, err)
	return h
}

// midnight is when a date begins in UTC.
func midnight(d itsm.Date) time.Time { return itsm.AroundTheClock.Over(d - 1) }

func TestTheLastBusinessDay(t *testing.T) {
	h := berlinHours(t)
	for date, want := range map[itsm.Date]string{
		itsm.NewDate(2026, 11, 27): "2026-11-27", // a Friday
		itsm.NewDate(2026, 11, 29): "2026-11-27",
		itsm.NewDate(2026, 12, 27): "2026-12-23",
		itsm.NewDate(2028, 2, 29):  "2028-02-29",
	} {
		open, err := h.LastOpen(date)
		require.NoError(t, err)
		require.Equal(t, want, open.Date.String())
		require.Equal(t, want+"T09:00", open.Opens.In(zoneOf(t, "Europe/Berlin")).Format("2006-01-02T15:04"))
		require.Equal(t, want+"T17:00", open.Closes.In(zoneOf(t, "Europe/Berlin")).Format("2006-01-02T15:04"))
	}
	always := func(year int) (all []itsm.Date) {
		for d := itsm.NewDate(year, 1, 1); d.Year() == year; d++ {
			all = append(all, d)
		}
		return all
	}
	never, err := (&itsm.Calendar{ID: "never", Name: "Never", Zone: "UTC", Country: "DE"}).Resolve(time.UTC, always)
	require.NoError(t, err)
	_, err = never.LastOpen(itsm.NewDate(2026, 11, 27))
	require.Equal(t, "calendar.out_of_reach", code(err))
	require.Equal(t, "2026-03-29T22:00:00Z", h.Over(itsm.NewDate(2026, 3, 29)).Format(time.RFC3339), "the clock went forward")
}

func TestPeopleAreToldBeforeADateOnBusinessDays(t *testing.T) {
	days := []int{30, 90, 60}
	x, err := itsm.Expiry{On: itsm.NewDate(2027, 1, 24)}.Reckon(days, berlinHours(t), midnight(itsm.NewDate(2026, 10, 1)))
	require.NoError(t, err)
	require.Equal(t, []itsm.DayAlert{
		{90, time.Date(2026, 10, 26, 8, 0, 0, 0, time.UTC)}, {60, time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)}, {30, time.Date(2026, 12, 23, 8, 0, 0, 0, time.UTC)},
	}, x.Alerts)
	require.Equal(t, "2027-01-24T23:00:00Z", x.At.Format(time.RFC3339))
}

// Notice that could be given until a Sunday has to be given on Friday, and people are
// told days before that.
func TestWhatIsDoneOnABusinessDay(t *testing.T) {
	sunday := itsm.NewDate(2027, 1, 24)
	x, err := itsm.Expiry{On: sunday, Business: true}.Reckon([]int{1, 7}, berlinHours(t), midnight(itsm.NewDate(2026, 10, 1)))
	require.NoError(t, err)
	require.Equal(t, time.Date(2027, 1, 22, 16, 0, 0, 0, time.UTC), *x.At)
	require.Equal(t, []itsm.DayAlert{{7, time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC)}, {1, time.Date(2027, 1, 21, 8, 0, 0, 0, time.UTC)}}, x.Alerts)
}

// What is recorded late is told of once, and at once; what is over is not.
func TestWhatIsRecordedLateIsToldOnce(t *testing.T) {
	days := []int{90, 60, 30}
	for name, row := range map[string]struct {
		now  itsm.Date
		told []int
		want []int
	}{
		"in time":               {itsm.NewDate(2026, 9, 1), nil, []int{90, 60, 30}},
		"after the first":       {itsm.NewDate(2026, 11, 1), nil, []int{90, 60, 30}},
		"after the second":      {itsm.NewDate(2026, 12, 1), nil, []int{60, 30}},
		"after the last":        {itsm.NewDate(2027, 1, 20), nil, []int{30}},
		"which was told":        {itsm.NewDate(2027, 1, 20), []int{30}, nil},
		"the second was told":   {itsm.NewDate(2026, 12, 1), []int{90, 60}, []int{30}},
		"it is over":            {itsm.NewDate(2027, 1, 26), nil, nil},
		"it is told over again": {itsm.NewDate(2026, 9, 1), []int{90}, []int{60, 30}},
	} {
		x, err := itsm.Expiry{On: itsm.NewDate(2027, 1, 24), Told: row.told}.Reckon(days, itsm.AroundTheClock, midnight(row.now))
		require.NoError(t, err, name)
		var got []int
		for _, a := range x.Alerts {
			got = append(got, a.Days)
		}
		require.Equal(t, row.want, got, name)
	}
}

func TestAlertsAtRandom(t *testing.T) {
	h := berlinHours(t)
	rapid.Check(t, func(t *rapid.T) {
		on := itsm.NewDate(2027, 1, rapid.IntRange(1, 700).Draw(t, "on"))
		days := rapid.SliceOfNDistinct(rapid.IntRange(1, 400), 0, 8, rapid.ID).Draw(t, "days")
		now := midnight(on).Add(-time.Duration(rapid.IntRange(-48, 500*24).Draw(t, "hours")) * time.Hour)
		x, err := itsm.Expiry{On: on}.Reckon(days, h, now)
		require.NoError(t, err)
		require.True(t, slices.IsSortedFunc(x.Alerts, func(a, b itsm.DayAlert) int { return a.At.Compare(b.At) }))
		past := 0
		for _, a := range x.Alerts {
			require.Contains(t, days, a.Days)
			require.True(t, a.At.Before(*x.At))
			require.LessOrEqual(t, itsm.DateOf(a.At.In(zoneOf(t, "Europe/Berlin"))), on-itsm.Date(a.Days), "nobody is told later than the days before")
			if !a.At.After(now) {
				past++
			}
		}
		require.LessOrEqual(t, past, 1)
	})
}

func TestWhatEndsIsNearOnceItWasToldAndOverWhenItIs(t *testing.T) {
	at := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	x := itsm.Expiry{On: itsm.NewDate(2026, 12, 24)}
	require.False(t, x.Near())
	require.False(t, x.Over(at), "nobody has reckoned it yet")
	x.Told, x.At = []int{90}, &at
	require.True(t, x.Near())
	require.False(t, x.Over(at.Add(-time.Second)))
	require.True(t, x.Over(at), "though nobody was told so yet")
	require.True(t, (&itsm.Expiry{Passed: true}).Over(at.AddDate(-1, 0, 0)))
}
