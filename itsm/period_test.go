package itsm_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// strangeZones change their clocks around midnight, at the border of a month, or skip
// whole dates.
var strangeZones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Asia/Beirut", "Africa/Cairo", "Asia/Tehran",
	"Pacific/Apia", "Pacific/Kiritimati", "Pacific/Chatham", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Asuncion", "Atlantic/Azores",
}

func zoneOf(t require.TestingT, name string) *time.Location {
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func anyPeriod(t *rapid.T) itsm.Period {
	every := rapid.SampledFrom(itsm.Frequencies).Draw(t, "every")
	day := rapid.Int64Range(int64(itsm.NewDate(2001, 1, 1)), int64(itsm.NewDate(2198, 12, 31))).Draw(t, "day")
	return itsm.PeriodOf(every, itsm.Date(day))
}

func TestThePeriodsOfAFrequencyHoldEveryInstantOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, zone := anyPeriod(t), zoneOf(t, rapid.SampledFrom(strangeZones).Draw(t, "zone"))
		from, to := p.In(zone)
		require.True(t, from.Before(to))
		_, before := p.Before().In(zone)
		require.Equal(t, from, before, "no gap and no overlap")
		require.Equal(t, p, p.Next().Before())
		require.Equal(t, p.Last()+1, p.Next().First())
		within := from.Add(time.Duration(rapid.Int64Range(0, int64(to.Sub(from))-1).Draw(t, "within")))
		for _, at := range []time.Time{from, within, to.Add(-1)} {
			require.Equal(t, p, itsm.PeriodAt(p.Every, at, zone), at)
		}
		require.Equal(t, p.Next(), itsm.PeriodAt(p.Every, to, zone))
	})
}

// A date that a country skipped, and a clock that showed the last minutes of a month
// twice, belong to one period like any other.
func TestPeriodsAtStrangeBorders(t *testing.T) {
	for name, row := range map[string]struct {
		zone   string
		period string
		from   string
	}{
		"the clock goes forward in it":   {"Europe/Berlin", "2026-03", "2026-02-28T23:00:00Z"},
		"and back":                       {"Europe/Berlin", "2026-11", "2026-10-31T23:00:00Z"},
		"summer time began just before":  {"Asia/Amman", "2022-03", "2022-02-28T21:00:00Z"},
		"the clock jumps a minute after": {"Asia/Gaza", "2011-04", "2011-03-31T22:00:00Z"},
		"the 31st was skipped":           {"Pacific/Kiritimati", "2026-01", "2025-12-31T10:00:00Z"},
		"a leap year's February":         {"UTC", "2028-02", "2028-02-01T00:00:00Z"},
	} {
		p, err := itsm.ParsePeriod(row.period)
		require.NoError(t, err)
		from, _ := p.In(zoneOf(t, row.zone))
		require.Equal(t, row.from, from.Format(time.RFC3339), name)
	}
}

func TestAPeriodIsReadAsItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPeriod(t)
		text, err := json.Marshal(p)
		require.NoError(t, err)
		var again itsm.Period
		require.NoError(t, json.Unmarshal(text, &again))
		require.Equal(t, p, again)
	})
	for name, first := range map[string]string{"2026-11": "2026-11-01", "2026-Q4": "2026-10-01", "2026-H2": "2026-07-01", "2026": "2026-01-01"} {
		p, err := itsm.ParsePeriod(name)
		require.NoError(t, err)
		require.Equal(t, first, p.First().String())
		require.Equal(t, name, p.String())
	}
	for _, name := range []string{"", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "2026-H3", "26-Q1", "2026-q4", "1999", "2200", "2026-1", "2026-Q4 ", "2026-Q4\n"} {
		_, err := itsm.ParsePeriod(name)
		require.Equal(t, "period.name", code(err), name)
	}
}

func TestTheLastDayOfAPeriod(t *testing.T) {
	for name, last := range map[string]string{
		"2027-02": "2027-02-28", "2028-02": "2028-02-29", "2100-02": "2100-02-28", "2028-Q1": "2028-03-31", "2026-H1": "2026-06-30", "2026": "2026-12-31",
	} {
		p, err := itsm.ParsePeriod(name)
		require.NoError(t, err)
		require.Equal(t, last, p.Last().String())
	}
}

func TestMonthsLaterAndBefore(t *testing.T) {
	for _, row := range []struct {
		from   itsm.Date
		months int
		to     string
	}{
		{itsm.NewDate(2028, 2, 29), 12, "2029-02-28"},
		{itsm.NewDate(2028, 2, 29), 48, "2032-02-29"},
		{itsm.NewDate(2026, 5, 31), -3, "2026-02-28"},
		{itsm.NewDate(2028, 5, 31), -3, "2028-02-29"},
		{itsm.NewDate(2026, 1, 31), -1, "2025-12-31"},
		{itsm.NewDate(2026, 12, 31), 2, "2027-02-28"},
		{itsm.NewDate(2026, 8, 31), 1, "2026-09-30"},
		{itsm.NewDate(2026, 8, 15), 0, "2026-08-15"},
	} {
		require.Equal(t, row.to, row.from.AddMonths(row.months).String(), "%s %+d", row.from, row.months)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := itsm.Date(rapid.Int64Range(12_000, 80_000).Draw(t, "day"))
		n := rapid.IntRange(-120, 120).Draw(t, "months")
		to := d.AddMonths(n)
		require.LessOrEqual(t, to, (d + 1).AddMonths(n), "later days stay later")
		require.InDelta(t, float64(n)*30.44, float64(to-d), 4)
	})
}

func TestTheNextReviewBeginsWhenThePeriodThatRunsIsOver(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Tokyo")
	require.NoError(t, err)
	c := itsm.ReviewCycle{Supplier: "SUP-4", Every: itsm.Quarterly, Zone: zone.String()}
	p, ends := c.Running(time.Date(2026, 12, 31, 14, 59, 59, 0, time.UTC), zone)
	require.Equal(t, "2026-Q4", p.String())
	require.Equal(t, time.Date(2026, 12, 31, 15, 0, 0, 0, time.UTC), ends.UTC())
	p, _ = c.Running(ends, zone)
	require.Equal(t, "2027-Q1", p.String())
}
