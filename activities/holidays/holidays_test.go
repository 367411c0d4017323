package holidays_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/activities/holidays"
	"github.com/steward-itsm/steward/itsm"
)

func date(t *testing.T, text string) itsm.Date {
	t.Helper()
	var d itsm.Date
	require.NoError(t, d.UnmarshalText([]byte(text)))
	return d
}

// Days that people of each country would look for first, from their governments'
// own lists.
func TestWellKnownDates(t *testing.T) {
	rows := []struct {
		country, date string
		closed        bool
		why           string
	}{
		{"DE", "2026-10-03", true, "unity, on a Saturday: it is not moved"},
		{"DE", "2026-10-05", false, "nor made up for on Monday"},
		{"DE", "2026-04-06", true, "Easter Monday"},
		{"DE", "2026-01-06", false, "Epiphany is the regions'"},
		{"DE-BY", "2026-01-06", true, "and Bavaria's"},
		{"DE-BY", "2026-10-03", true, "a region has its country's days"},
		{"DE-BE", "2026-03-08", true, "women's day"},
		{"DE-MV", "2022-03-08", false, "not yet"},
		{"DE-MV", "2024-03-08", true, "since 2023"},
		{"US", "2026-11-26", true, "Thanksgiving"},
		{"US", "2026-07-03", true, "observed: the fourth is a Saturday"},
		{"US", "2026-07-04", false, "so it is a Saturday like another"},
		{"US", "2021-12-31", true, "New Year's Day of the year after, observed in this one"},
		{"US", "2022-01-01", false, "and not in its own"},
		{"US", "2026-06-19", true, "Juneteenth"},
		{"US", "2020-06-19", false, "before it was one"},
		{"GB", "2026-12-25", true, "Christmas, a Friday"},
		{"GB", "2026-12-28", true, "substitute for Boxing Day, a Saturday"},
		{"GB", "2021-12-27", true, "substitute for Christmas, a Saturday"},
		{"GB", "2021-12-28", true, "and for Boxing Day, a Sunday"},
		{"GB", "2023-05-08", true, "the coronation, once"},
		{"GB", "2022-06-02", true, "spring, moved for the jubilee"},
		{"GB", "2022-05-30", false, "and so not here"},
		{"JP", "2026-05-06", true, "substitute for the third, a Sunday"},
		{"JP", "2026-09-22", true, "between two holidays"},
		{"FR", "2026-07-14", true, "the fourteenth"},
		{"AU-NSW", "2027-01-26", true, "Australia Day"},
		{"AR", "2026-04-03", true, "Good Friday"},
		{"BR", "2026-11-20", true, "since 2024"},
		{"NZ", "2026-07-10", true, "Matariki"},
		{"NZ", "2021-07-10", false, "before it was one"},
		{"PL", "2025-12-24", true, "Christmas Eve, since 2025"},
		{"RO", "2026-01-07", true, "since 2024"},
	}
	for _, row := range rows {
		d := date(t, row.date)
		require.Equal(t, row.closed, slices.Contains(holidays.In(row.country, d.Year()), d), "%s %s: %s", row.country, row.date, row.why)
	}
}

func TestEveryYearOfEveryCountryIsInOrder(t *testing.T) {
	require.True(t, slices.IsSorted(holidays.Names()))
	for _, country := range holidays.Names() {
		require.True(t, holidays.Known(country))
		for year := 1970; year <= 2100; year++ {
			dates := holidays.In(country, year)
			require.True(t, slices.IsSorted(dates))
			require.Len(t, slices.Compact(slices.Clone(dates)), len(dates))
			for _, d := range dates {
				require.Equal(t, year, d.Year(), country)
			}
			if year > 2000 {
				require.Greater(t, len(dates), 5, "%s %d", country, year)
			}
		}
	}
}

func TestWhatIsNotKnown(t *testing.T) {
	for _, country := range []string{"", "XX", "de", "DE-XX", "AU", "ECB"} {
		require.False(t, holidays.Known(country), country)
		require.Empty(t, holidays.In(country, 2026))
	}
	require.Empty(t, holidays.In("DE", 1969))
	require.Empty(t, holidays.In("DE", 2101))
	require.Empty(t, holidays.In("DE", -1_000_000))
}

func TestAnUnknownCountryIsToldWhatThereIs(t *testing.T) {
	for country, says := range map[string]string{
		"AU":    `"AU"; there are those of AU-ACT, AU-NSW, AU-NT, AU-QLD, AU-SA, AU-TAS, AU-VIC, AU-WA. Without`,
		"US-CA": `"US-CA"; there are those of US. Without`,
		"XX":    `"XX"; there are those of AR, AT, BE, BG, BR,`,
	} {
		require.ErrorContains(t, holidays.Check(country), says)
	}
	require.NoError(t, holidays.Check(""))
	require.NoError(t, holidays.Check("CH-ZH"))
}

// What a caller does to a list is not what the next caller finds.
func TestAListIsTheCallers(t *testing.T) {
	clear(holidays.In("FR", 2026))
	require.Equal(t, date(t, "2026-01-01"), holidays.In("FR", 2026)[0])
}

func berlin() itsm.Calendar {
	day := []itsm.Span{"09:00-17:00"}
	return itsm.Calendar{
		ID: "office", Name: "The office", Zone: "Europe/Berlin", Country: "DE-BE",
		Hours: itsm.WeeklyHours{Mon: day, Tue: day, Wed: day, Thu: day, Fri: day},
	}
}

func TestHoursOverEaster(t *testing.T) {
	c := berlin()
	h, err := holidays.Hours(c)
	require.NoError(t, err)
	thursday := time.Date(2026, 4, 2, 14, 0, 0, 0, time.UTC) // 16:00 in Berlin; Good Friday and Easter Monday follow
	due, err := h.Add(thursday, 2*time.Hour)
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 4, 7, 8, 0, 0, 0, time.UTC), due)

	c.Country = ""
	h, err = holidays.Hours(c)
	require.NoError(t, err)
	due, err = h.Add(thursday, 2*time.Hour)
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 4, 3, 8, 0, 0, 0, time.UTC), due, "another version of a calendar is another")
}

func TestHoursAreRefused(t *testing.T) {
	rows := map[string]struct {
		spoil func(*itsm.Calendar)
		says  string
	}{
		"calendar.country": {func(c *itsm.Calendar) { c.Country = "DE-BX" }, `No holidays are known for "DE-BX"; there are those of DE, DE-BB, DE-BE, DE-BW`},
		"calendar.zone":    {func(c *itsm.Calendar) { c.Zone = "Europe/Atlantis" }, `"Europe/Atlantis" is not a time zone`},
		"calendar.faulty":  {func(c *itsm.Calendar) { c.Hours.Mon = []itsm.Span{"9-5"} }, "hours/mon/0"},
	}
	for code, row := range rows {
		c := berlin()
		row.spoil(&c)
		_, err := holidays.Hours(c)
		require.Equal(t, code, itsm.AsError(err).Code)
		require.ErrorContains(t, err, row.says)
	}
	local := berlin()
	local.Zone = "Local"
	_, err := holidays.Hours(local)
	require.Equal(t, "calendar.faulty", itsm.AsError(err).Code, "the machine's zone is nobody's")
}

func TestHoursAreSharedAndBounded(t *testing.T) {
	first, err := holidays.Hours(berlin())
	require.NoError(t, err)
	again, err := holidays.Hours(berlin())
	require.NoError(t, err)
	require.Same(t, first, again)

	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 100 {
				c := berlin()
				c.Closed = []itsm.Date{itsm.NewDate(2026, time.March, 2) + itsm.Date(100*i+j)}
				h, err := holidays.Hours(c)
				if err != nil || h.Between(time.Unix(1_700_000_000, 0), time.Unix(1_800_000_000, 0)) <= 0 {
					t.Error("a calendar did not count", err)
				}
			}
		})
	}
	wg.Wait()
}
