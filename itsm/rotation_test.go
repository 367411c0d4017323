package itsm

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/stretchr/testify/require"
)

// weekly is handed over on Mondays at nine, from 5 January 2026 on.
func weekly(zone string) Rotation {
	return Rotation{
		ID: "payments", Name: "Payments", Zone: zone, Every: Weekly, Day: "mon", HandOver: "09:00",
		Start: NewDate(2026, time.January, 5), Members: []PersonID{"ana", "bob", "eve"},
	}
}

func daily(zone string, start Date, handOver TimeOfDay) Rotation {
	return Rotation{ID: "daily", Name: "Daily", Zone: zone, Every: Daily, HandOver: handOver, Start: start, Members: []PersonID{"ana", "bob", "eve"}}
}

// shifts is the office's hours by some and the rest of the week by others.
func shifts() Rotation {
	r := weekly("Europe/Berlin")
	r.Members, r.Shifts = nil, []Shift{
		{Name: "Office", Hours: nineToFive("").Hours, Members: []PersonID{"ana", "bob"}},
		{Name: "Rest", Members: []PersonID{"eve", "joe", "kim"}},
	}
	return r
}

func rosterOf(t require.TestingT, r Rotation) *Roster {
	o, err := r.Resolve(zoned(t, r.Zone))
	require.NoError(t, err)
	return o
}

func parsed(t require.TestingT, text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}

func wallTimeOf(t require.TestingT, text string) (w WallTime) {
	require.NoError(t, w.UnmarshalText([]byte(text)))
	return w
}

// Each row asks at an instant who is on call, and when that changes next.
func TestOnCall(t *testing.T) {
	noc := daily("Europe/Berlin", NewDate(2026, time.March, 27), "08:00")
	noc.Every, noc.Turn = Custom, Duration(12*time.Hour)
	christmas := weekly("Europe/Berlin")
	christmas.Overrides = []DutyOverride{{Person: "joe", From: wallTimeOf(t, "2026-12-24T09:00"), To: wallTimeOf(t, "2026-12-26T09:00")}}
	solo := weekly("UTC")
	solo.Members = []PersonID{"ana", "ana"}
	early := daily("Europe/Berlin", NewDate(2026, time.March, 1), "02:30")
	leap := NewDate(2024, time.February, 28)
	rows := []struct {
		name string
		r    Rotation
		at   string
		who  PersonID
		next string // empty: nothing changes
		then PersonID
	}{
		{"before it starts", weekly("Europe/Berlin"), "2026-01-05T08:59:59+01:00", "", "2026-01-05T09:00:00+01:00", "ana"},
		{"long before", weekly("Europe/Berlin"), "2001-01-05T08:59:59+01:00", "", "2026-01-05T09:00:00+01:00", "ana"},
		{"at its start", weekly("Europe/Berlin"), "2026-01-05T09:00:00+01:00", "ana", "2026-01-12T09:00:00+01:00", "bob"},
		{"a second before the hand-over", weekly("Europe/Berlin"), "2026-01-12T08:59:59+01:00", "ana", "2026-01-12T09:00:00+01:00", "bob"},
		{"the third week", weekly("Europe/Berlin"), "2026-01-20T00:00:00+01:00", "eve", "2026-01-26T09:00:00+01:00", "ana"},
		{"at nine in summer, too", weekly("Europe/Berlin"), "2026-03-29T12:00:00+02:00", "eve", "2026-03-30T09:00:00+02:00", "ana"},
		{"and in winter again", weekly("Europe/Berlin"), "2026-10-26T08:59:00+01:00", "eve", "2026-10-26T09:00:00+01:00", "ana"},
		{"without summer", weekly("Asia/Tokyo"), "2026-03-30T08:59:00+09:00", "eve", "2026-03-30T09:00:00+09:00", "ana"},
		{"one alone", solo, "2026-03-30T08:59:00Z", "ana", "", ""},

		{"twelve hours", noc, "2026-03-28T20:00:00+01:00", "ana", "2026-03-29T08:00:00+02:00", "bob"},
		{"a skipped hand-over is at the change", early, "2026-03-29T01:59:59+01:00", "ana", "2026-03-29T03:00:00+02:00", "bob"},
		{"a repeated one happens twice", early, "2026-10-25T02:30:00+02:00", "bob", "2026-10-25T02:00:00+01:00", "ana"},
		{"the second time it stays", early, "2026-10-25T02:30:00+01:00", "bob", "2026-10-26T02:30:00+01:00", "eve"},

		{"a leap day has its turn", daily("UTC", leap, "09:00"), "2024-02-29T10:00:00Z", "bob", "2024-03-01T09:00:00Z", "eve"},
		{"no leap day", daily("UTC", NewDate(2023, time.February, 28), "09:00"), "2023-03-01T10:00:00Z", "bob", "2023-03-02T09:00:00Z", "eve"},
		{"Apia skips a Friday", daily("Pacific/Apia", NewDate(2011, time.December, 29), "09:00"), "2011-12-29T23:59:00-10:00", "ana", "2011-12-31T00:00:00+14:00", "bob"},
		{"whose turn goes on to the morning", daily("Pacific/Apia", NewDate(2011, time.December, 29), "09:00"), "2011-12-31T08:59:00+14:00", "bob", "2011-12-31T09:00:00+14:00", "eve"},

		{"before an override", christmas, "2026-12-24T08:59:00+01:00", "eve", "2026-12-24T09:00:00+01:00", "joe"},
		{"an override", christmas, "2026-12-24T09:00:00+01:00", "joe", "2026-12-26T09:00:00+01:00", "eve"},
		{"after it", christmas, "2026-12-26T09:00:00+01:00", "eve", "2026-12-28T09:00:00+01:00", "ana"},

		{"in office hours", shifts(), "2026-01-06T09:00:00+01:00", "ana", "2026-01-06T17:00:00+01:00", "eve"},
		{"out of them", shifts(), "2026-01-06T17:00:00+01:00", "eve", "2026-01-07T09:00:00+01:00", "ana"},
		{"the week after", shifts(), "2026-01-12T09:00:00+01:00", "bob", "2026-01-12T17:00:00+01:00", "joe"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			o := rosterOf(t, row.r)
			require.Equal(t, row.who, foremost(o.OnCall(parsed(t, row.at))))
			when, who, ok := o.Next(parsed(t, row.at))
			require.Equal(t, row.next != "", ok)
			if ok {
				require.Equal(t, row.next, when.In(zoned(t, row.r.Zone)).Format(time.RFC3339))
				require.Equal(t, row.then, foremost(who))
			}
		})
	}
}

func foremost(people []PersonID) PersonID {
	if len(people) == 0 {
		return ""
	}
	return people[0]
}

func TestShiftsAreListedWithoutABreak(t *testing.T) {
	r := shifts()
	r.Shifts[1].Hours = WeeklyHours{Sat: []Span{"09:00-21:00"}}
	r.Overrides = []DutyOverride{{Person: "kim", From: wallTimeOf(t, "2026-01-09T20:00"), To: wallTimeOf(t, "2026-01-10T10:00"), Note: "Swapped with Eve"}}
	var told []string
	for _, d := range rosterOf(t, r).Shifts(parsed(t, "2026-01-09T10:00:00+01:00"), parsed(t, "2026-01-11T00:00:00+01:00")) {
		told = append(told, fmt.Sprintf("%s to %s: %q %q %v %q", d.From.Format("02T15:04"), d.To.Format("02T15:04"), d.Person, d.Shift, d.Override, d.Note))
	}
	require.Equal(t, []string{
		`09T09:00 to 09T16:00: "ana" "Office" false ""`,
		`09T16:00 to 09T19:00: "" "" false ""`,
		`09T19:00 to 10T09:00: "kim" "" true "Swapped with Eve"`,
		`10T09:00 to 10T20:00: "eve" "Rest" false ""`,
		`10T20:00 to 10T23:00: "" "" false ""`,
	}, told)
	require.Empty(t, rosterOf(t, r).Shifts(parsed(t, "2026-01-09T10:00:00Z"), parsed(t, "2026-01-09T10:00:00Z")))
	long := rosterOf(t, r).Shifts(parsed(t, "2026-01-09T10:00:00Z"), parsed(t, "2126-01-09T10:00:00Z"))
	require.Equal(t, parsed(t, "2028-01-09T10:00:00Z"), long[len(long)-1].To, "it has an end")
}

// Of a rotation that has a feed, the roster knows the overrides alone.
func TestAFeedHasOverrides(t *testing.T) {
	r := Rotation{ID: "web", Name: "Web", Zone: "Europe/Berlin", Feed: "https://calendar.example.com/web.ics"}
	r.Overrides = []DutyOverride{{Person: "joe", From: wallTimeOf(t, "2026-12-24T09:00"), To: wallTimeOf(t, "2026-12-26T09:00")}}
	o := rosterOf(t, r)
	_, now := o.Override(parsed(t, "2026-12-24T08:59:00+01:00"))
	require.False(t, now)
	override, now := o.Override(parsed(t, "2026-12-24T09:00:00+01:00"))
	require.True(t, now)
	require.Equal(t, PersonID("joe"), override.Person)
	require.Empty(t, o.OnCall(parsed(t, "2026-12-23T09:00:00+01:00")))
}

func TestPresent(t *testing.T) {
	c := soundCatalog()
	c.Rotations = []Rotation{weekly("Europe/Berlin")}
	c.People[1].Away = []Absence{{First: NewDate(2026, time.January, 12), Last: NewDate(2026, time.January, 12)}}
	r, ok := c.Rotation("payments")
	require.True(t, ok)
	at := parsed(t, "2026-01-12T10:00:00+01:00")
	turn := rosterOf(t, r).OnCall(at)
	require.Equal(t, []PersonID{"bob"}, turn)
	require.Empty(t, c.Present(turn, at))
	require.Equal(t, turn, c.Present(turn, at.AddDate(0, 0, 1)))
	require.Equal(t, []PersonID{"ana", "eve"}, c.Present([]PersonID{"ana", "bob", "eve"}, at))
	_, ok = c.Rotation("nothing")
	require.False(t, ok)
}

func TestARotationIsReadBack(t *testing.T) {
	r := shifts()
	r.Overrides = []DutyOverride{{Person: "kim", From: wallTimeOf(t, "2026-01-09T20:00"), To: wallTimeOf(t, "2026-01-10T10:00")}}
	custom := weekly("UTC")
	custom.Every, custom.Day, custom.Turn = Custom, "", Duration(12*time.Hour)
	for _, r := range []Rotation{r, custom, {ID: "web", Name: "Web", Zone: "UTC", Feed: "https://example.com/a"}} {
		text, err := json.Marshal(r)
		require.NoError(t, err)
		var again Rotation
		require.NoError(t, json.Unmarshal(text, &again))
		require.Equal(t, r, again)
	}
	text, err := json.Marshal(Rotation{ID: "web", Name: "Web", Zone: "UTC", Feed: "https://example.com/a"})
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"web","name":"Web","zone":"UTC","feed":"https://example.com/a"}`, string(text))
}

func TestWallTimes(t *testing.T) {
	for _, text := range []string{"1970-01-01T00:00", "1969-12-31T23:59", "2024-02-29T12:30", "9999-12-31T23:59"} {
		require.Equal(t, text, wallTimeOf(t, text).String())
	}
	require.Equal(t, wallTimeOf(t, "2026-12-24T09:05"), NewWallTime(NewDate(2026, time.December, 24), 9, 5))
	for _, text := range []string{"", "2026-12-24", "2026-12-24T9:00", "2026-12-24T24:00", "2026-12-24T09:00:00", "2026-12-24T09:00Z", "2026-02-29T09:00", "2026-12-24 09:00"} {
		w := WallTime(7)
		require.Equal(t, "catalog.wall_time", AsError(w.UnmarshalText([]byte(text))).Code, text)
		require.Equal(t, WallTime(7), w)
	}
}

// Times, lengths and addresses are to be written without quotes, too.
func TestWhatRotationsSayAreWordsInYAML(t *testing.T) {
	words := []string{"09:00", "00:00", "2026-12-24T09:00", "12h", "3bd", "90s", "https://calendar.example.com/a.ics"}
	for _, word := range words {
		file, err := parser.ParseBytes([]byte("a: {b: "+word+"}\nc: "+word+"\n"), 0)
		require.NoError(t, err)
		top, ok := file.Docs[0].Body.(*ast.MappingNode)
		require.True(t, ok)
		value, ok := top.Values[1].Value.(*ast.StringNode)
		require.True(t, ok, "%s: %T", word, top.Values[1].Value)
		require.Equal(t, word, value.Value)
		inner, ok := top.Values[0].Value.(*ast.MappingNode)
		require.True(t, ok)
		value, ok = inner.Values[0].Value.(*ast.StringNode)
		require.True(t, ok)
		require.Equal(t, word, value.Value)
	}
}
