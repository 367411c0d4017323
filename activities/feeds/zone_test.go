package feeds

import (
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// zonesOfNote change their clocks by an hour, by half of one, at midnight, the other
// way round in winter, in Ramadan, by a whole day, or not at all.
var zonesOfNote = []string{
	"UTC", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Havana", "America/St_Johns", "America/Sao_Paulo",
	"Asia/Tokyo", "Asia/Kathmandu", "Asia/Beirut", "Asia/Gaza", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia",
	"Pacific/Chatham", "Pacific/Kwajalein", "Antarctica/Troll",
}

func located(t require.TestingT, name string) *time.Location {
	where, err := time.LoadLocation(name)
	require.NoError(t, err)
	return where
}

// someInstant draws whole minutes, every other time near a change of the clock.
func someInstant(t *rapid.T, where *time.Location, first, last int) time.Time {
	minute := rapid.Int64Range(time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC).Unix()/60, time.Date(last, 1, 1, 0, 0, 0, 0, time.UTC).Unix()/60)
	at := time.Unix(minute.Draw(t, "minute")*60, 0)
	if _, change := at.In(where).ZoneBounds(); !change.IsZero() && change.Year() < last && rapid.Bool().Draw(t, "near a change") {
		at = change.Add(time.Duration(rapid.IntRange(-180, 180).Draw(t, "off")) * time.Minute)
	}
	return at.Truncate(time.Minute).UTC()
}

// wallIn is what the clock on the wall of a place shows, in UTC.
func wallIn(at time.Time, where *time.Location) time.Time {
	at = at.In(where)
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
}

// Whatever a clock shows, it showed first at the instant that it is read for.
func TestATimeIsReadAsTheFirstItWasShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		where := located(t, rapid.SampledFrom(zonesOfNote).Draw(t, "zone"))
		at := someInstant(t, where, 1993, 2100)
		wall := wallIn(at, where)
		want := at
		for earlier := at.Add(-26 * time.Hour); earlier.Before(at); earlier = earlier.Add(time.Minute) {
			if wallIn(earlier, where).Equal(wall) {
				want = earlier
				break
			}
		}
		require.Equal(t, want, inLocation(where).instant(wall))
	})
}

func TestATimeThatIsSkippedIsReadByTheClockBefore(t *testing.T) {
	berlin := inLocation(located(t, "Europe/Berlin"))
	require.Equal(t, time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC), berlin.instant(time.Date(2026, 3, 29, 2, 30, 0, 0, time.UTC)))
	apia := inLocation(located(t, "Pacific/Apia"))
	require.Equal(t, time.Date(2011, 12, 30, 22, 0, 0, 0, time.UTC), apia.instant(time.Date(2011, 12, 30, 12, 0, 0, 0, time.UTC)))
}

const (
	berlinRules = `BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Own
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
END:VCALENDAR
`
	newYorkRules = `BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Own
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
DTSTART:19870405T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
DTSTART:19671029T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z
END:STANDARD
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
END:VCALENDAR
`
)

func ownZone(t require.TestingT, text string) (zone, error) {
	c, err := ics.ParseCalendar(strings.NewReader(text))
	require.NoError(t, err)
	steps := maxSteps
	return zonesOf(c.Components, time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC), &steps).named("Own")
}

// A calendar that writes down the rules of a known zone has that zone.
func TestAZoneOfTheCalendarsOwnIsAsTheIANAHasIt(t *testing.T) {
	for name, rules := range map[string]string{"Europe/Berlin": berlinRules, "America/New_York": newYorkRules} {
		where := located(t, name)
		own, err := ownZone(t, rules)
		require.NoError(t, err)
		rapid.Check(t, func(t *rapid.T) {
			at := someInstant(t, where, 1997, 2039)
			require.Equal(t, inLocation(where)(at), own(at), "%s at %s", name, at)
		})
	}
}

func TestZonesThatAreNone(t *testing.T) {
	for says, change := range map[string][2]string{
		"which neither the IANA nor the calendar knows": {"TZID:Own", "TZID:Other"},
		`which has the offset "one", which is none`:     {"TZOFFSETTO:+0200", "TZOFFSETTO:one"},
		`which has the offset "+2500", which is none`:   {"TZOFFSETFROM:+0100", "TZOFFSETFROM:+2500"},
		`which has the time "", which is none`:          {"DTSTART:19960331T020000\n", ""},
		"which has a rule that cannot be read":          {"FREQ=YEARLY;BYMONTH=3", "FREQ=EASTER"},
		"which repeats since before 1970":               {"DTSTART:19960331T020000\nRRULE:FREQ=YEARLY", "DTSTART:16010331T020000\nRRULE:FREQ=DAILY"},
		"calendar that repeats too much":                {"DTSTART:19961027T030000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "DTSTART:16011027T030000\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA;BYHOUR=1,2,3,4,5,6,7,8,9"},
		`which has the time "soon", which is none`:      {"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "RDATE:soon"},
	} {
		text := strings.Replace(berlinRules, change[0], change[1], 1)
		require.NotEqual(t, berlinRules, text)
		_, err := ownZone(t, text)
		require.ErrorContains(t, err, says)
	}
	many := "BEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nEND:STANDARD\n"
	_, err := ownZone(t, strings.Replace(berlinRules, "BEGIN:DAYLIGHT\n", strings.Repeat(many, maxObservances)+"BEGIN:DAYLIGHT\n", 1))
	require.ErrorContains(t, err, "more zones than one calendar may define")
	_, err = ownZone(t, "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Own\nEND:VTIMEZONE\nEND:VCALENDAR\n")
	require.ErrorContains(t, err, "which is empty")
}
