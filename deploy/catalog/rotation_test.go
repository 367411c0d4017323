package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

// rotations are of every kind, as people write them.
const rotations = `
rotations:
  - id: payments
    name: Payments, first on call
    zone: Europe/Berlin
    every: weekly
    day: mon
    hand_over: 09:00
    start: 2026-01-05
    members: [bob, ida, bob, eve]
    overrides:
      - {person: joe, from: 2026-12-24T09:00, to: 2026-12-26T09:00, note: Swapped with Bob}
      - {person: ida, from: 2026-12-31T18:00, to: 2027-01-01T12:00}

  - id: website
    name: Website
    zone: Europe/Lisbon
    every: daily
    hand_over: 00:00
    start: 2026-01-01
    shifts:
      - name: Office hours
        hours:
          mon: [09:00-17:00]
          tue: [09:00-17:00]
          sun: [22:00-06:00]
        members: [ana, ida]
      - name: The rest
        members: [eve]

  - id: noc
    name: Operations
    zone: Asia/Tokyo
    every: custom
    turn: 12h
    hand_over: 08:00
    start: 2026-01-05
    members: [max, kim]

  - id: security
    name: Security
    zone: America/New_York
    feed: https://calendar.example.com/security.ics
`

func onCall(t testing.TB) string {
	t.Helper()
	return calm(t) + rotations
}

func TestRotationsAreRead(t *testing.T) {
	c := parse(t, onCall(t))
	require.Len(t, c.Rotations, 4)
	require.Equal(t, itsm.Rotation{
		ID: "noc", Name: "Operations", Zone: "Asia/Tokyo", Every: itsm.Custom, Turn: itsm.Duration(12 * time.Hour),
		HandOver: "08:00", Start: itsm.NewDate(2026, time.January, 5), Members: []itsm.PersonID{"max", "kim"},
	}, c.Rotations[2])
	require.Equal(t, itsm.DutyOverride{
		Person: "joe", From: itsm.NewWallTime(itsm.NewDate(2026, time.December, 24), 9, 0),
		To: itsm.NewWallTime(itsm.NewDate(2026, time.December, 26), 9, 0), Note: "Swapped with Bob",
	}, c.Rotations[0].Overrides[0])
	require.Equal(t, []itsm.Span{"22:00-06:00"}, c.Rotations[1].Shifts[0].Hours.Sun)

	text, err := catalog.Format(c)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(c, parse(t, string(text))))
}

func TestFaultsOfRotationsSayWhereAndHow(t *testing.T) {
	rows := []struct{ name, old, bad, want string }{
		{"a city for a zone", "zone: Asia/Tokyo\n    every", "zone: Tokyo\n    every", `rotations[2].zone: "Tokyo" is not a time zone; did you mean Asia/Tokyo?`},
		{"a stranger", "members: [max, kim]", "members: [max, kimm]", "rotations[2].members[1]: nobody here is called kimm; did you mean kim?"},
		{"no date and time", "from: 2026-12-24T09:00", "from: 2026-12-24", `rotations[0].overrides[0].from: "2026-12-24" is not a date and time; write it like 2026-12-24T09:00`},
		{"overrides at once", "from: 2026-12-31T18:00", "from: 2026-12-26T08:00", "rotations[0].overrides[1].from: is before /rotations/0/overrides/0 is over"},
		{"a number for a time", "hand_over: 09:00", "hand_over: 9", `rotations[0].hand_over: must be a word or a line of text, and not a number; if it is meant so, put it in quotes`},
		{"another day", "start: 2026-01-05\n    members: [bob", "start: 2026-01-06\n    members: [bob", "rotations[0].start: is a tue, and hand-over is on mon; the next one is on 2026-01-12"},
		{"a feed in the clear", "feed: https:", "feed: http:", "rotations[3].feed: must begin with https://"},
		{"an unknown key", "turn: 12h", "shift_hours: 12", "rotations[2].shift_hours: there is no such key"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			require.Contains(t, onCall(t), row.old)
			_, err := catalog.Parse("catalog.yaml", []byte(strings.Replace(onCall(t), row.old, row.bad, 1)))
			require.ErrorContains(t, err, row.want)
		})
	}
}

// Whose turn it is depends on the order of people, and on no other.
func TestTheDigestOfRotations(t *testing.T) {
	c := parse(t, onCall(t))
	digest := catalog.Digest(c)
	require.NotEqual(t, digest, catalog.Digest(parse(t, calm(t))))
	moved := parse(t, onCall(t))
	moved.Rotations[0], moved.Rotations[3] = moved.Rotations[3], moved.Rotations[0]
	all, shifts := moved.Rotations[3].Overrides, moved.Rotations[1].Shifts
	all[0], all[1] = all[1], all[0]
	shifts[0], shifts[1] = shifts[1], shifts[0]
	require.Equal(t, digest, catalog.Digest(moved))
	require.Empty(t, catalog.Diff(c, moved))
	turned := parse(t, strings.Replace(onCall(t), "members: [max, kim]", "members: [kim, max]", 1))
	require.NotEqual(t, digest, catalog.Digest(turned))
}

func TestDiffOfRotationsSpeaksInWords(t *testing.T) {
	old := parse(t, onCall(t))
	changed := strings.NewReplacer(
		"members: [max, kim]", "members: [kim, max]",
		"members: [bob, ida, bob, eve]", "members: [bob, ida, eve]",
		"members: [eve]", "members: [eve, ana]",
		"sun: [22:00-06:00]", "sun: [22:00-07:00]",
		"      - {person: ida, from: 2026-12-31T18:00, to: 2027-01-01T12:00}\n", "",
		"turn: 12h", "turn: 8h",
	).Replace(onCall(t))
	changed, _, _ = strings.Cut(changed, "  - id: security\n    name: Security\n    zone: America")
	require.Equal(t, []string{
		"rotation noc: turn 12h0m0s → 8h0m0s",
		"rotation noc: members max kim → kim max",
		"rotation payments: members bob ida bob eve → bob ida eve",
		"rotation payments: overrides - (person ida, from 2026-12-31T18:00, to 2027-01-01T12:00)",
		"rotation website: shift Office hours: hours sun 22:00-06:00, mon 09:00-17:00, tue 09:00-17:00 → sun 22:00-07:00, mon 09:00-17:00, tue 09:00-17:00",
		"rotation website: shift The rest: members eve → eve ana",
		"rotation security: removed",
	}, catalog.Diff(old, parse(t, changed)))
}
