package itsm

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSoundRotationsHaveNoFault(t *testing.T) {
	c := soundCatalog()
	custom := weekly("Europe/Berlin")
	custom.ID, custom.Every, custom.Day, custom.Turn = "noc", Custom, "", Duration(12*time.Hour)
	twice := weekly("Asia/Tokyo")
	twice.ID, twice.Members = "twice", []PersonID{"ana", "bob", "ana", "eve"}
	parts := shifts()
	parts.ID, parts.Shifts[1].Members = "parts", []PersonID{"eve"}
	parts.Overrides = []DutyOverride{
		{Person: "bob", From: wallTimeOf(t, "2026-12-26T09:00"), To: wallTimeOf(t, "2026-12-27T09:00"), Note: "After Eve."},
		{Person: "eve", From: wallTimeOf(t, "2026-12-24T09:00"), To: wallTimeOf(t, "2026-12-26T09:00")},
	}
	feed := func(id RotationID, address string) Rotation {
		return Rotation{ID: id, Name: "A feed", Zone: "UTC", Feed: address, Overrides: parts.Overrides}
	}
	c.Rotations = []Rotation{
		weekly("Europe/Berlin"), daily("Pacific/Apia", NewDate(2011, time.December, 29), "00:00"), custom, twice, parts,
		feed("a", "https://calendar.example.com/a.ics?key=1"), feed("b", "http://localhost:8080/b.ics"),
		feed("c", "http://127.0.0.1/c.ics"), feed("d", "http://[::1]:80/d.ics"),
	}
	require.Empty(t, c.Check())
}

func TestRotationFaults(t *testing.T) {
	at := func(text string) WallTime { return wallTimeOf(t, text) }
	inTurn := func(spoil func(*Rotation)) Rotation { r := weekly("Europe/Berlin"); spoil(&r); return r }
	inShifts := func(spoil func(*Rotation)) Rotation {
		r := shifts()
		r.Shifts[1].Members = []PersonID{"eve"}
		spoil(&r)
		return r
	}
	override := func(all ...DutyOverride) Rotation { return inTurn(func(r *Rotation) { r.Overrides = all }) }
	christmas := DutyOverride{Person: "bob", From: at("2026-12-24T09:00"), To: at("2026-12-26T09:00")}
	feed := func(address string) Rotation {
		return Rotation{ID: "web", Name: "Web", Zone: "UTC", Feed: address}
	}
	rows := []struct {
		name    string
		r       Rotation
		pointer string
		words   string
	}{
		{"no id", inTurn(func(r *Rotation) { r.ID = "" }), "/id", "is needed"},
		{"no name", inTurn(func(r *Rotation) { r.Name = "" }), "/name", "is needed"},
		{"no zone", inTurn(func(r *Rotation) { r.Zone = "" }), "/zone", "is needed: an IANA time zone"},
		{"the machine's zone", inTurn(func(r *Rotation) { r.Zone = "Local" }), "/zone", `"Local" is not an IANA time zone`},
		{"nobody", inTurn(func(r *Rotation) { r.Members = nil }), "/members", "list the people in turn, or shifts, or say where a feed is"},
		{"a stranger", inTurn(func(r *Rotation) { r.Members[1] = "bobb" }), "/members/1", "nobody here is called bobb; did you mean bob?"},
		{"a crowd", inTurn(func(r *Rotation) { r.Members = make([]PersonID, maxTurns+1) }), "/members", "100 is the most"},
		{"no cadence", inTurn(func(r *Rotation) { r.Every = "" }), "/every", "is needed: daily, weekly or custom"},
		{"an odd cadence", inTurn(func(r *Rotation) { r.Every = "weekley" }), "/every", "did you mean weekly?"},
		{"no day", inTurn(func(r *Rotation) { r.Day = "" }), "/day", "is needed: mon, tue"},
		{"an odd day", inTurn(func(r *Rotation) { r.Day = "monday" }), "/day", `"monday" is not mon, tue`},
		{"a day of a daily one", inTurn(func(r *Rotation) { r.Every = Daily }), "/day", "is only for a weekly rotation"},
		{"a length of a weekly one", inTurn(func(r *Rotation) { r.Turn = Duration(time.Hour) }), "/turn", "is only for a custom rotation"},
		{"no length", inTurn(func(r *Rotation) { r.Every = Custom }), "/turn", "is needed: how long one is on call, such as 12h"},
		{"a short one", inTurn(func(r *Rotation) { r.Every, r.Turn = Custom, Duration(59*time.Minute) }), "/turn", "must be between 1h and 2160h"},
		{"a long one", inTurn(func(r *Rotation) { r.Every, r.Turn = Custom, Duration(MaxTurn+time.Minute) }), "/turn", "must be between 1h and 2160h"},
		{"an odd one", inTurn(func(r *Rotation) { r.Every, r.Turn = Custom, Duration(12*time.Hour+time.Second) }), "/turn", "in whole minutes"},
		{"no hand-over", inTurn(func(r *Rotation) { r.HandOver = "" }), "/hand_over", "is needed: a time of day such as 09:00"},
		{"a bad hand-over", inTurn(func(r *Rotation) { r.HandOver = "9:00" }), "/hand_over", `"9:00" is not a time of day`},
		{"midnight at the end", inTurn(func(r *Rotation) { r.HandOver = "24:00" }), "/hand_over", `"24:00" is not a time of day`},
		{"no start", inTurn(func(r *Rotation) { r.Start = 0 }), "/start", "is needed: the date on which"},
		{"a start on another day", inTurn(func(r *Rotation) { r.Start += 2 }), "/start", "is a wed, and hand-over is on mon; the next one is on 2026-01-12"},
		{"a start in another age", inTurn(func(r *Rotation) { r.Start = NewDate(20260, time.January, 5) }), "/start", "must be between 1970 and 2100"},

		{"members and shifts", inShifts(func(r *Rotation) { r.Members = []PersonID{"ana"} }), "/members", "stands beside shifts"},
		{"many shifts", inShifts(func(r *Rotation) { r.Shifts = make([]Shift, maxShifts+1) }), "/shifts", "20 is the most"},
		{"a nameless shift", inShifts(func(r *Rotation) { r.Shifts[0].Name = "" }), "/shifts/0/name", "is needed"},
		{"a shift twice", inShifts(func(r *Rotation) { r.Shifts[1].Name = "Office" }), "/shifts/1/name", "Office is already at"},
		{"an empty shift", inShifts(func(r *Rotation) { r.Shifts[0].Members = nil }), "/shifts/0/members", "names nobody"},
		{"a crowded shift", inShifts(func(r *Rotation) { r.Shifts[0].Members = make([]PersonID, maxTurns+1) }), "/shifts/0/members", "100 is the most"},
		{"a stranger's shift", inShifts(func(r *Rotation) { r.Shifts[1].Members = []PersonID{"eve", "evee"} }), "/shifts/1/members/1", "did you mean eve?"},
		{"a shift at no time", inShifts(func(r *Rotation) { r.Shifts[1].Hours = WeeklyHours{Mon: []Span{}} }), "/shifts/1/hours", "is at no time"},
		{"two rests", inShifts(func(r *Rotation) { r.Shifts[0].Hours = WeeklyHours{} }), "/shifts/1/hours", "is needed, as /rotations/0/shifts/0 has none either"},
		{"a bad span", inShifts(func(r *Rotation) { r.Shifts[1].Hours = WeeklyHours{Sat: []Span{"9-5"}} }), "/shifts/1/hours/sat/0", `"9-5" is not a part of the day`},
		{"two shifts at once", inShifts(func(r *Rotation) { r.Shifts[1].Hours = WeeklyHours{Mon: []Span{"16:59-18:00"}} }), "/shifts/1/hours/mon/0", "overlaps /rotations/0/shifts/0/hours/mon/0; one person is on call at a time"},
		{"a night into the day", inShifts(func(r *Rotation) { r.Shifts[1].Hours = WeeklyHours{Sun: []Span{"22:00-09:01"}} }), "/shifts/0/hours/mon/0", "overlaps /rotations/0/shifts/1/hours/sun/0"},

		{"members and a feed", inTurn(func(r *Rotation) { r.Feed = "https://example.com/a" }), "/members", "stands beside a feed"},
		{"a start and a feed", inTurn(func(r *Rotation) { r.Feed = "https://example.com/a" }), "/start", "stands beside a feed"},
		{"shifts and a feed", inShifts(func(r *Rotation) { r.Feed = "https://example.com/a" }), "/shifts", "stands beside a feed"},
		{"a feed in the clear", feed("http://calendar.example.com/a.ics"), "/feed", "must begin with https://"},
		{"webcal", feed("webcal://calendar.example.com/a.ics"), "/feed", "must begin with https://"},
		{"a file", feed("file:///etc/passwd"), "/feed", "is not the address of an iCalendar feed"},
		{"no address", feed("calendar.example.com"), "/feed", "is not the address of an iCalendar feed"},
		{"a broken address", feed("https://example.com/%zz"), "/feed", "is not the address of an iCalendar feed"},
		{"a blank in it", feed("https://example.com/a b"), "/feed", "is not the address of an iCalendar feed"},
		{"a password in it", feed("https://ana:secret@example.com/a"), "/feed", "has a user or a password in it"},
		{"a loopback that is none", feed("http://localhost.example.com/a"), "/feed", "must begin with https://"},
		{"a long address", feed("https://example.com/" + strings.Repeat("a", maxFeed)), "/feed", "2000 is the most"},

		{"a stranger instead", override(DutyOverride{Person: "bobb", From: christmas.From, To: christmas.To}), "/overrides/0/person", "did you mean bob?"},
		{"nobody instead", override(DutyOverride{From: christmas.From, To: christmas.To}), "/overrides/0/person", "is needed"},
		{"from no time", override(DutyOverride{Person: "bob", To: christmas.To}), "/overrides/0/from", "is needed: a date and time such as 2026-12-24T09:00"},
		{"to no time", override(DutyOverride{Person: "bob", From: christmas.From}), "/overrides/0/to", "is needed: a date and time"},
		{"for no time", override(DutyOverride{Person: "bob", From: christmas.From, To: christmas.From}), "/overrides/0/to", "is not after from (2026-12-24T09:00)"},
		{"for too long", override(DutyOverride{Person: "bob", From: christmas.From, To: christmas.From + 366*minutesADay + 1}), "/overrides/0/to", "more than 366 days"},
		{"a long note", override(DutyOverride{Person: "bob", From: christmas.From, To: christmas.To, Note: strings.Repeat("x", MaxTitle+1)}), "/overrides/0/note", "120 is the most"},
		{"a note of two lines", override(DutyOverride{Person: "bob", From: christmas.From, To: christmas.To, Note: "a\nb"}), "/overrides/0/note", "must be one line"},
		{"many", override(make([]DutyOverride, maxOverrides+1)...), "/overrides", "400 is the most"},
		{"two at once", override(christmas, DutyOverride{Person: "eve", From: at("2026-12-26T08:59"), To: at("2026-12-27T09:00")}), "/overrides/1/from", "is before /rotations/0/overrides/0 is over (2026-12-26T09:00)"},
		{"one within a long one", override(
			DutyOverride{Person: "eve", From: at("2026-12-25T09:00"), To: at("2026-12-25T10:00")},
			DutyOverride{Person: "eve", From: at("2026-12-24T10:00"), To: at("2026-12-24T11:00")}, christmas,
		), "/overrides/0/from", "is before /rotations/0/overrides/2 is over"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			c := soundCatalog()
			c.Rotations = []Rotation{row.r}
			faults := c.Check()
			i := slices.IndexFunc(faults, func(f Field) bool { return f.Pointer == "/rotations/0"+row.pointer })
			require.GreaterOrEqual(t, i, 0, "%v", faults)
			require.Contains(t, faults[i].Message, row.words)
			_, err := row.r.Resolve(time.UTC)
			if others := strings.Contains(row.words, "did you mean bob?") || strings.Contains(row.words, "did you mean eve?"); others || row.r.ID == "" || row.name == "nobody instead" {
				require.NoError(t, err, "who there is, and by what name, is the catalog's to judge")
			} else {
				require.Equal(t, "rotation.faulty", AsError(err).Code)
			}
		})
	}
}

func TestManyRotations(t *testing.T) {
	c := soundCatalog()
	for i := range MaxRotations + 1 {
		r := weekly("UTC")
		r.ID = RotationID(fmt.Sprint("r", i))
		c.Rotations = append(c.Rotations, r)
	}
	require.Equal(t, []Field{{Pointer: "/rotations", Message: "has 1001 entries; 1000 is the most"}}, c.Check())
	c.Rotations[1].ID = "r0"
	require.Contains(t, c.Check(), Field{Pointer: "/rotations/1/id", Message: "r0 is already at /rotations/0/id; it can be there only once"})
}
