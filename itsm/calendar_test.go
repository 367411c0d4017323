package itsm

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/stretchr/testify/require"
)

func officeInBerlin() Calendar {
	day := []Span{"09:00-12:00", "13:00-17:00"}
	return Calendar{
		ID: "office", Name: "The office in Berlin", Zone: "Europe/Berlin", Country: "DE-BE",
		Hours:  WeeklyHours{Mon: day, Tue: day, Wed: day, Thu: day, Fri: []Span{"09:00-15:00"}},
		Closed: []Date{NewDate(2026, time.December, 24), NewDate(2026, time.December, 31)},
	}
}

func TestASoundCalendarHasNoFault(t *testing.T) {
	office := officeInBerlin()
	require.Empty(t, office.faults(""))
	always := Calendar{ID: "always", Name: "Always", Zone: "UTC"}
	require.Empty(t, always.faults(""))
}

func TestCalendarFaults(t *testing.T) {
	rows := []struct {
		name    string
		spoil   func(*Calendar)
		pointer string
		says    string
	}{
		{"no name", func(c *Calendar) { c.Name = "" }, "/name", "is needed"},
		{"no zone", func(c *Calendar) { c.Zone = "" }, "/zone", "is needed: an IANA time zone"},
		{"the machine's zone", func(c *Calendar) { c.Zone = "Local" }, "/zone", `"Local" is not an IANA time zone`},
		{"a path for a zone", func(c *Calendar) { c.Zone = "../../etc/passwd" }, "/zone", "is not an IANA time zone"},
		{"a country's name", func(c *Calendar) { c.Country = "Germany" }, "/country", `"Germany" is not a country such as DE`},
		{"a small country", func(c *Calendar) { c.Country = "de" }, "/country", `"de" is not a country`},
		{"no span", func(c *Calendar) { c.Hours.Mon[1] = "nine to five" }, "/hours/mon/1", `"nine to five" is not a part of the day`},
		{"an empty span", func(c *Calendar) { c.Hours.Fri[0] = "09:00-09:00" }, "/hours/fri/0", `"09:00-09:00" is not a part of the day`},
		{"all lists empty", func(c *Calendar) { c.Hours = WeeklyHours{Mon: []Span{}} }, "/hours", "open at no time"},
		{"a span twice", func(c *Calendar) { c.Hours.Mon = []Span{"09:00-12:00", "09:00-12:00"} }, "/hours/mon/1", "overlaps /hours/mon/0"},
		{"spans out of order", func(c *Calendar) { c.Hours.Mon = []Span{"11:59-13:00", "09:00-12:00"} }, "/hours/mon/0", "overlaps /hours/mon/1"},
		{"a shift into the morning", func(c *Calendar) { c.Hours.Mon = []Span{"22:00-09:01"} }, "/hours/tue/0", "overlaps /hours/mon/0"},
		{"a shift into the next week", func(c *Calendar) { c.Hours.Sun = []Span{"22:00-09:01"} }, "/hours/mon/0", "overlaps /hours/sun/0"},
		{"too many spans", func(c *Calendar) { c.Hours.Sat = make([]Span, maxSpans+1) }, "/hours/sat", "24 is the most"},
		{"too many dates", func(c *Calendar) { c.Closed = make([]Date, maxClosed+1) }, "/closed", "400 is the most"},
		{"a date twice", func(c *Calendar) { c.Closed = append(c.Closed, c.Closed[0]) }, "/closed/2", "2026-12-24 is already at"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			c := officeInBerlin()
			c.Hours.Mon = append([]Span{}, c.Hours.Mon...)
			row.spoil(&c)
			told := map[string]string{}
			for _, f := range c.faults("/calendars/0") {
				told[strings.TrimPrefix(f.Pointer, "/calendars/0")] = strings.ReplaceAll(f.Message, "/calendars/0", "")
			}
			require.Contains(t, told, row.pointer)
			require.Contains(t, told[row.pointer], row.says)

			_, err := c.Resolve(time.UTC, nil)
			require.Equal(t, "calendar.faulty", AsError(err).Code)
		})
	}
}

func TestSpansThatTouchDoNotOverlap(t *testing.T) {
	for name, w := range map[string]WeeklyHours{
		"at noon":                          {Mon: []Span{"12:00-17:00", "09:00-12:00"}},
		"at midnight":                      {Mon: []Span{"22:00-24:00"}, Tue: []Span{"00:00-06:00"}},
		"a night and a day":                {Mon: []Span{"22:00-06:00"}, Tue: []Span{"06:00-22:00"}},
		"the week's end and its beginning": {Sun: []Span{"22:00-06:00"}, Mon: []Span{"06:00-22:00"}},
		"almost a day":                     {Sun: []Span{"00:01-00:00"}},
		"one night a week":                 {Sat: []Span{"12:00-11:59"}},
	} {
		c := officeInBerlin()
		c.Hours = w
		require.Empty(t, c.faults(""), name)
	}
}

func TestHoursInWords(t *testing.T) {
	require.Equal(t, "24×7", WeeklyHours{}.String())
	require.Equal(t, "sun 22:00-06:00, fri 09:00-15:00", WeeklyHours{Fri: []Span{"09:00-15:00"}, Sun: []Span{"22:00-06:00"}}.String())
}

func TestACalendarIsReadBack(t *testing.T) {
	for _, c := range []Calendar{officeInBerlin(), {ID: "always", Name: "Always", Zone: "UTC"}} {
		text, err := json.Marshal(c)
		require.NoError(t, err)
		var again Calendar
		require.NoError(t, json.Unmarshal(text, &again))
		require.Equal(t, c, again)
	}
	text, err := json.Marshal(Calendar{ID: "always", Name: "Always", Zone: "UTC"})
	require.NoError(t, err)
	require.JSONEq(t, `{"id": "always", "name": "Always", "zone": "UTC"}`, string(text))
}

// Hours and dates are to be written without quotes: YAML must not take them for
// numbers or times.
func TestHoursAndDatesAreWordsInYAML(t *testing.T) {
	file, err := parser.ParseBytes([]byte("[09:00-12:00, 00:00-24:00, 22:00-06:00, 2026-12-24]\n"), 0)
	require.NoError(t, err)
	var words []string
	list, ok := file.Docs[0].Body.(*ast.SequenceNode)
	require.True(t, ok)
	for _, v := range list.Values {
		word, ok := v.(*ast.StringNode)
		require.True(t, ok, "%s", v)
		words = append(words, word.Value)
	}
	require.Equal(t, []string{"09:00-12:00", "00:00-24:00", "22:00-06:00", "2026-12-24"}, words)
}

func TestDates(t *testing.T) {
	rows := map[string]time.Weekday{
		"1970-01-01": time.Thursday, "1969-12-31": time.Wednesday, "2024-02-29": time.Thursday,
		"2000-02-29": time.Tuesday, "2026-10-03": time.Saturday, "0001-01-01": time.Monday, "9999-12-31": time.Friday,
	}
	for text, weekday := range rows {
		var d Date
		require.NoError(t, d.UnmarshalText([]byte(text)))
		require.Equal(t, text, d.String())
		require.Equal(t, weekday, d.Weekday())
		require.Equal(t, text[:4], d.String()[:4])
	}
	require.Equal(t, Date(0), NewDate(1970, time.January, 1))
	require.Equal(t, NewDate(2026, time.March, 1), NewDate(2026, time.February, 29))
	require.Equal(t, 2024, NewDate(2024, time.December, 31).Year())
	samoa := time.FixedZone("", 13*60*60)
	require.Equal(t, NewDate(2026, time.May, 2), DateOf(time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC).In(samoa)))

	for _, text := range []string{"", "2026-2-3", "2026-02-29", "2026-13-01", "24.12.2026", "2026-12-24T00:00:00Z", " 2026-12-24"} {
		d := Date(7)
		require.Equal(t, "calendar.date", AsError(d.UnmarshalText([]byte(text))).Code, text)
		require.Equal(t, Date(7), d)
	}
}

// Whatever is taken for a span says when it begins and ends, within two days, and
// in the only way to write it.
func FuzzSpan(f *testing.F) {
	for _, s := range []string{
		"09:00-17:00", "00:00-24:00", "22:00-06:00", "23:59-00:00", "24:00-24:00", "9:00-17:00", "09:60-17:00",
		"09:00-24:01", "09:00-09:00", "09:00 - 17:00", "09:00–17:00", "09:00-17:00\n", "٠٩:٠٠-١٧:٠٠", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		from, to, ok := Span(text).minutes()
		a, b, _ := strings.Cut(text, "-")
		begin, err := time.Parse("15:04", a)
		sound := err == nil && len(a) == 5
		end, err := time.Parse("15:04", b)
		sound = sound && (b == "24:00" || (err == nil && len(b) == 5)) && a != b
		require.Equal(t, sound, ok, "%q", text)
		if !ok {
			return
		}
		require.Equal(t, begin.Hour()*60+begin.Minute(), from)
		require.Less(t, from, to)
		require.LessOrEqual(t, to-from, minutesADay)
		if b != "24:00" {
			require.Equal(t, end.Hour()*60+end.Minute(), to%minutesADay)
		} else {
			require.Equal(t, minutesADay, to)
		}
	})
}
