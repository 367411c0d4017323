package itsm

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// slowRotation is the same rotation as somebody keeps it who looks at the wall and
// turns over one card after another: it shares no code with Roster.
type slowRotation struct {
	Rotation
	zone *time.Location
}

func (s slowRotation) onCall(t time.Time) PersonID {
	shows := t.In(s.zone).Format("2006-01-02T15:04")
	for _, o := range s.Overrides {
		if o.From.String() <= shows && shows < o.To.String() {
			return o.Person
		}
	}
	wall, err := time.Parse("2006-01-02T15:04", shows)
	if err != nil {
		panic(err)
	}
	hand, err := time.Parse("2006-01-02T15:04", s.Start.String()+"T"+string(s.HandOver))
	if err != nil {
		panic(err)
	}
	if wall.Before(hand) {
		return ""
	}
	card := 0
	for {
		switch s.Every {
		case Daily:
			hand = hand.AddDate(0, 0, 1)
		case Weekly:
			hand = hand.AddDate(0, 0, 7)
		case Custom:
			hand = hand.Add(time.Duration(s.Turn))
		}
		if wall.Before(hand) {
			break
		}
		card++
	}
	people := s.people(t)
	if len(people) == 0 {
		return ""
	}
	return people[card%len(people)]
}

func (s slowRotation) people(t time.Time) []PersonID {
	people := s.Members
	for _, shift := range s.Shifts {
		if !shift.Hours.given() {
			people = shift.Members
		}
	}
	for _, shift := range s.Shifts {
		if shift.Hours.given() && (slow{Calendar: Calendar{Hours: shift.Hours}, zone: s.zone}).isOpen(t) {
			people = shift.Members
		}
	}
	return people
}

// someRotation draws sound rotations whose first turns, overrides and shifts are about
// an instant.
func someRotation(t *rapid.T) (*Roster, slowRotation, time.Time) {
	hours := someCalendar(t)
	zone := zoned(t, hours.Zone)
	at := someInstant(t, zone)
	people := func(label string) []PersonID {
		return rapid.SliceOfN(rapid.SampledFrom([]PersonID{"ana", "bob", "eve", "joe"}), 1, 5).Draw(t, label)
	}
	minute := rapid.IntRange(0, minutesADay-1).Draw(t, "hand-over")
	r := Rotation{
		ID: "some", Name: "Some", Zone: hours.Zone, Every: rapid.SampledFrom(Cadences).Draw(t, "every"),
		HandOver: TimeOfDay(fmt.Sprintf("%02d:%02d", minute/60, minute%60)),
		Start:    DateOf(at) + Date(rapid.IntRange(-30, 2).Draw(t, "start")), Members: people("members"),
	}
	switch r.Every {
	case Weekly:
		r.Day = weekdays[r.Start.Weekday()]
	case Custom:
		r.Turn = Duration(time.Duration(rapid.IntRange(60, 3*minutesADay).Draw(t, "turn")) * time.Minute)
	case Daily:
	}
	if hours.Hours.given() && rapid.Bool().Draw(t, "shifts") {
		r.Shifts, r.Members = []Shift{{Name: "Some hours", Hours: hours.Hours, Members: r.Members}}, nil
		if rapid.Bool().Draw(t, "rest") {
			r.Shifts = append(r.Shifts, Shift{Name: "The rest", Members: people("the rest")})
		}
	}
	marks := rapid.SliceOfNDistinct(rapid.IntRange(-2*minutesADay, 3*minutesADay), 0, 6, rapid.ID).Draw(t, "overrides")
	slices.Sort(marks)
	now := NewWallTime(DateOf(at), at.Hour(), at.Minute())
	for i := 0; i+1 < len(marks); i += 2 {
		o := DutyOverride{Person: people("instead")[0], From: now + WallTime(marks[i]), To: now + WallTime(marks[i+1])}
		r.Overrides = append([]DutyOverride{o}, r.Overrides...)
	}
	o, err := r.Resolve(zone)
	require.NoError(t, err)
	return o, slowRotation{r, zone}, at
}

func TestARosterIsAsSomebodyKeepsItWhoTurnsCards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, s, from := someRotation(t)
		to := from.Add(time.Duration(rapid.IntRange(1, 3*minutesADay).Draw(t, "minutes")) * time.Minute)
		duties, next := o.Shifts(from, to), from
		end := from
		for i, d := range duties {
			require.Equal(t, end, d.From, "without a break")
			require.True(t, d.From.Before(d.To))
			require.False(t, i > 0 && sameDuty(duties[i-1], d), "no duty is told in two")
			for end = d.From; end.Before(d.To); end = end.Add(time.Minute) {
				want := s.onCall(end)
				require.Equal(t, want, d.Person, "%s", end.In(s.zone))
				require.Equal(t, alone(want), o.OnCall(end))
				if next.Equal(from) && want != s.onCall(from) {
					next = end
				}
			}
		}
		require.Equal(t, to, end)
		when, who, ok := o.Next(from)
		switch {
		case !next.Equal(from):
			require.True(t, ok)
			require.Equal(t, next, when)
			require.Equal(t, alone(s.onCall(when)), who)
		case ok:
			require.False(t, when.Before(to))
			require.NotEqual(t, s.onCall(from), s.onCall(when))
			require.Equal(t, s.onCall(from), s.onCall(when.Add(-time.Minute)))
		}
	})
}
