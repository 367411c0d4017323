package holidays

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
)

// amendments are public holidays that rickar/cal v2.1.13 does not have, most of them
// from laws that are younger than its lists.
var amendments = map[string][]*cal.Holiday{
	"AR":    {aa.GoodFriday},                                              // Ley 27.399, art. 1
	"BR":    {since(2024, time.November, 20)},                             // Lei 14.759/2023
	"DE-MV": {since(2023, time.March, 8)},                                 // FTG M-V, § 2
	"NZ":    {{StartYear: 2022, Func: matariki}},                          // Te Kāhui o Matariki Public Holiday Act 2022
	"PL":    {since(2025, time.December, 24)},                             // law of 6 December 2024
	"RO":    {since(2024, time.January, 6), since(2024, time.January, 7)}, // Legea 52/2023
}

func since(year int, month time.Month, day int) *cal.Holiday {
	return &cal.Holiday{StartYear: year, Month: month, Day: day, Func: cal.CalcDayOfMonth}
}

// matarikiDays are the days of the year, in June or July, that the Act's schedule
// sets from 2022 on; the stars' own calendar is no rule to compute.
var matarikiDays = []struct {
	month time.Month
	day   int
}{
	{time.June, 24},
	{time.July, 14},
	{time.June, 28},
	{time.June, 20},
	{time.July, 10},
	{time.June, 25},
	{time.July, 14},
	{time.July, 6},
	{time.June, 21},
	{time.July, 11},
	{time.July, 2},
	{time.June, 24},
	{time.July, 7},
	{time.June, 29},
	{time.July, 18},
	{time.July, 10},
	{time.June, 25},
	{time.July, 15},
	{time.July, 6},
	{time.July, 19},
	{time.July, 11},
	{time.July, 3},
	{time.June, 24},
	{time.July, 7},
	{time.June, 29},
	{time.July, 19},
	{time.July, 3},
	{time.June, 25},
	{time.July, 15},
	{time.June, 30},
	{time.June, 21},
}

func matariki(_ *cal.Holiday, year int) time.Time {
	i := year - 2022
	if i < 0 || i >= len(matarikiDays) {
		return time.Time{}
	}
	return time.Date(year, matarikiDays[i].month, matarikiDays[i].day, 0, 0, 0, 0, time.UTC)
}
