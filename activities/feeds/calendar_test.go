package feeds

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

var crew = []itsm.Person{{ID: "ana"}, {ID: "bob"}, {ID: "eve"}, {ID: "joe"}}

// weeks is a rotation as people put it into a calendar: an event for each person, that
// comes again when all have had theirs.
func weeks(zone, unit string, days int, start itsm.Date, members []itsm.PersonID) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\n")
	for i, id := range members {
		from, to := start+itsm.Date(i*days), start+itsm.Date((i+1)*days)
		wall := func(d itsm.Date) string { return strings.ReplaceAll(d.String(), "-", "") + "T090000" }
		fmt.Fprintf(&b, "BEGIN:VEVENT\nUID:%d\nSUMMARY:%s\nDTSTART;TZID=%s:%s\nDTEND;TZID=%s:%s\nRRULE:FREQ=%s;INTERVAL=%d\nEND:VEVENT\n",
			i, id, zone, wall(from), zone, wall(to), unit, len(members))
	}
	return b.String() + "END:VCALENDAR\n"
}

// The same turns have the same people on call, be they in the catalog or in a feed:
// also in weeks in which the clock is changed.
func TestAFeedIsAsTheRotationThatItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(zonesOfNote).Draw(t, "zone")
		where := located(t, name)
		at := someInstant(t, where, 2000, 2090)
		r := itsm.Rotation{
			ID: "some", Name: "Some", Zone: name, HandOver: "09:00", Start: itsm.DateOf(at) - itsm.Date(rapid.IntRange(0, 400).Draw(t, "start")),
			Members: rapid.SliceOfN(rapid.SampledFrom([]itsm.PersonID{"ana", "bob", "eve", "joe"}), 1, 5).Draw(t, "members"),
		}
		unit, days := "DAILY", 1
		if r.Every = itsm.Daily; rapid.Bool().Draw(t, "weekly") {
			r.Every, unit, days = itsm.Weekly, "WEEKLY", 7
			r.Day = strings.ToLower(r.Start.Weekday().String()[:3])
		}
		roster, err := r.Resolve(where)
		require.NoError(t, err)
		c, err := parse(weeks(name, unit, days, r.Start, r.Members), at)
		require.NoError(t, err)
		for range 50 {
			found, problems := c.onCall(crew, utc, at)
			require.Empty(t, problems)
			require.Equal(t, roster.OnCall(at), found, "%s", at.In(where))
			at = at.Add(time.Duration(rapid.IntRange(1, 1440).Draw(t, "later")) * time.Minute)
		}
	})
}

func TestRepeats(t *testing.T) {
	at := func(text string) time.Time {
		w, err := wallOf(text)
		require.NoError(t, err)
		return w
	}
	all := period{at("20260101T000000"), at("20270101T000000")}
	rows := []struct {
		name, rule, first string
		want              []string
	}{
		{"last Friday of the month, thrice", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "20260130T090000", []string{"0130T09", "0227T09", "0327T09"}},
		{"counted from the first", "FREQ=YEARLY;COUNT=5", "20230301T090000", []string{"0301T09"}},
		{"the first counts though nothing fits it", "FREQ=WEEKLY;BYDAY=MO;COUNT=2", "20260304T090000", []string{"0304T09", "0309T09", "0316T09"}},
		{"until an instant, by the wall of the zone", "FREQ=DAILY;UNTIL=20260330T070000Z", "20260328T090000", []string{"0328T09", "0329T09", "0330T09"}},
		{"until before it", "FREQ=DAILY;UNTIL=20260330T065959Z", "20260328T090000", []string{"0328T09", "0329T09"}},
		{"until a date", "FREQ=DAILY;UNTIL=20260330", "20260328T090000", []string{"0328T09", "0329T09", "0330T09"}},
		{"until a time on the wall", "FREQ=DAILY;UNTIL=20260329T090000", "20260328T090000", []string{"0328T09", "0329T09"}},
		{"every 30 hours since long ago", "FREQ=HOURLY;INTERVAL=30;UNTIL=20260104T000000", "19710101T000000", []string{"0101T18", "0103T00"}},
		{"12 hours, four times", "FREQ=HOURLY;INTERVAL=12;COUNT=4", "20251231T090000", []string{"0101T09", "0101T21"}},
		{"in small letters", "freq=daily;count=2", "20260328T090000", []string{"0328T09", "0329T09"}},
		{"a day that never is", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "20260328T090000", []string{"0328T09"}},
		{"a leap day", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "20240229T090000", nil},
		{"after the period", "FREQ=DAILY", "20280101T000000", nil},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			left := maxSteps
			starts, err := repeated(row.rule, at(row.first), inLocation(located(t, "Europe/Berlin")), all, &left)
			require.NoError(t, err)
			var got []string
			for _, s := range starts {
				got = append(got, s.Format("0102T15"))
			}
			if row.name == "every 30 hours since long ago" {
				require.Len(t, got, 2)
				require.Zero(t, starts[0].Sub(at(row.first))%(30*time.Hour))
				return
			}
			require.Equal(t, row.want, got)
		})
	}
}

func TestLengths(t *testing.T) {
	for text, want := range map[string]length{
		"PT12H": {exact: 12 * time.Hour}, "P1D": {wall: day}, "P2W": {wall: 14 * day}, "P1DT2H30M5S": {day, 2*time.Hour + 30*time.Minute + 5*time.Second}, "+PT1M": {exact: time.Minute},
	} {
		got, err := durationOf(text)
		require.NoError(t, err)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "P", "PT", "P1DT", "1D", "P1D2H", "P1W2D", "-P1D", "P1.5D", "P99999D", "PT1H1H"} {
		_, err := durationOf(text)
		require.Error(t, err, text)
	}
}

// An edit that reaches into infinity neither overflows nor takes long.
func TestWhatIsFarOff(t *testing.T) {
	const text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:ana\nDTSTART:19700101T000000Z\nDTEND:99991231T235959Z\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:2\nSUMMARY:bob\nDTSTART;TZID=Europe/Berlin:00010101T000000\nDTEND;TZID=Europe/Berlin:99991231T235959\nEND:VEVENT\nEND:VCALENDAR\n"
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	c, err := parse(text, now)
	require.NoError(t, err)
	found, problems := c.onCall(crew, utc, now)
	require.Empty(t, problems)
	require.Equal(t, []itsm.PersonID{"ana"}, found, "who began two thousand years ago has had their two hundred")
}

// The worst that fits into two mebibytes is read in bounded time.
func TestTheWorstFeedEnds(t *testing.T) {
	event := func(lines string) string {
		return "BEGIN:VEVENT\nSUMMARY:ana\nDTSTART:19700101T000000Z\nDURATION:PT1H\n" + lines + "END:VEVENT\n"
	}
	for name, events := range map[string]string{
		"rules that nothing fits": strings.Repeat(event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\n"), 5_000),
		"rules of all hours":      strings.Repeat(event("RRULE:FREQ=HOURLY\n"), 5_000),
		"rules of all days":       strings.Repeat(event("RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=1,2,3,4,5,6,7,8,9,10,11,12\n"), 5_000),
		"exceptions":              event("RRULE:FREQ=HOURLY\n" + strings.Repeat("EXDATE:20260301T000000Z\n", 80_000)),
		"one uid":                 strings.Repeat(event("UID:1\nRECURRENCE-ID:19700101T000000Z\n"), 15_000),
	} {
		begin := time.Now()
		c, err := parse("BEGIN:VCALENDAR\n"+events+"END:VCALENDAR\n", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		read := time.Since(begin)
		_, _ = c.onCall(crew, utc, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
		t.Logf("%s: %d slots in %s, asked in %s", name, len(c.slots), read, time.Since(begin)-read)
		require.LessOrEqual(t, len(c.slots), maxSlots)
		require.Less(t, time.Since(begin), time.Minute)
	}
}

// Whatever is sent, it is read or refused, and asked without harm.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.ics")
	require.NoError(f, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(text))
	}
	for _, rule := range []string{"FREQ=YEARLY;BYDAY=53MO;BYMONTH=12", "FREQ=MONTHLY;BYDAY=-53SU", "FREQ=YEARLY;BYWEEKNO=-53;WKST=TU", "FREQ=MONTHLY;BYSETPOS=-366;BYDAY=MO"} {
		f.Add("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260301T000000Z\nRRULE:" + rule + "\nEND:VEVENT\nEND:VCALENDAR\n")
	}
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parse(text, now)
		if err != nil {
			require.Nil(t, c)
			return
		}
		found, problems := c.onCall(crew, utc, now)
		require.LessOrEqual(t, len(found), len(crew))
		for _, p := range problems {
			require.NotContains(t, p, "\n")
		}
	})
}
