package itsm_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

func berlin(t require.TestingT) *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return zone
}

// hoursIn are the calendars of these tests: Berlin's office hours without its
// holidays, a night shift over midnight, a zone without summer time, and every hour.
func hoursIn(t require.TestingT) func(itsm.CalendarID) (itsm.BusinessTime, error) {
	work, night := []itsm.Span{"09:00-17:00"}, []itsm.Span{"22:00-06:00"}
	calendars := map[itsm.CalendarID]itsm.Calendar{
		"office": {Zone: "Europe/Berlin", Hours: itsm.WeeklyHours{Mon: work, Tue: work, Wed: work, Thu: work, Fri: work}, Closed: []itsm.Date{itsm.NewDate(2026, 3, 26), itsm.NewDate(2026, 10, 26)}},
		"night":  {Zone: "Europe/Berlin", Hours: itsm.WeeklyHours{Mon: night, Tue: night, Wed: night, Thu: night, Fri: night, Sat: night, Sun: night}},
		"tokyo":  {Zone: "Asia/Tokyo", Hours: itsm.WeeklyHours{Mon: work, Tue: work, Wed: work, Thu: work, Fri: work}},
		"always": {Zone: "Europe/Berlin"},
	}
	resolved := map[itsm.CalendarID]itsm.BusinessTime{"": itsm.AroundTheClock}
	for id, c := range calendars {
		zone, err := time.LoadLocation(c.Zone)
		require.NoError(t, err)
		c.ID, c.Name = id, string(id)
		hours, err := c.Resolve(zone, nil)
		require.NoError(t, err)
		resolved[id] = hours
	}
	return func(id itsm.CalendarID) (itsm.BusinessTime, error) {
		hours, known := resolved[id]
		if !known {
			return nil, itsm.Refuse(itsm.Invalid, "test.calendar", "There is no calendar %q.", id)
		}
		return hours, nil
	}
}

// A reopened incident has another cycle to resolve it in, and the miss of the first
// stays with it.
func TestReopeningKeepsTheFirstMiss(t *testing.T) {
	l := raised(t, at, agreeing(within(0, time.Hour, "")))
	l.does(itsm.ActAcknowledge, joe)
	l.pass(90 * time.Minute)
	require.Equal(t, 1, l.told(itsm.EventTargetMissed))
	l.does(itsm.ActResolve, joe)
	l.pass(time.Hour)
	first := slices.Clone(l.Clocks)
	l.does(itsm.ActReopen, rita)
	require.Equal(t, first, l.Clocks[:2])
	require.Equal(t, 2, l.Clock(itsm.ResolutionClock).Cycle)
	require.Equal(t, l.now.Add(time.Hour), *l.Clock(itsm.ResolutionClock).DueAt)
	l.pass(30 * time.Minute)
	require.Equal(t, 4, l.told(itsm.EventTargetWarned), "each part is told in each cycle")
	l.does(itsm.ActResolve, joe)
	require.True(t, l.Clock(itsm.ResolutionClock).Met())
	require.True(t, l.Missed())
	require.Equal(t, at.Add(time.Hour), *l.Clocks[1].MissedAt)
}

// A reckoning that comes late takes back nothing that happened meanwhile.
func TestALateReckoningTellsNothingTwice(t *testing.T) {
	l := raised(t, at, agreeing(within(8*time.Hour, 4*time.Hour, "")))
	l.does(itsm.ActAcknowledge, joe)
	l.Hold = nil
	l.now = at.Add(30 * time.Minute)
	err, do := l.try(itsm.ActIncidentHold, joe, l.usual()) // to be reckoned
	require.NoError(t, err)
	do()
	late, err := l.Reckon(&l.policy, l.in, l.now)
	require.NoError(t, err)
	l.until(at.Add(2 * time.Hour))
	require.Equal(t, 1, l.told(itsm.EventTargetWarned))
	l.Take(late)
	require.NotNil(t, l.Hold.LimitAt)
	require.Equal(t, []int{75, 90, 100, 200}, percents(l.Clock(itsm.ResolutionClock)))
	l.Take(itsm.Reckoning{Clocks: late.Clocks, HoldAt: l.Hold.At, LimitAt: &l.now, Resolved: l.now})
	require.NotEqual(t, l.now, *l.Hold.LimitAt, "what is known is not reckoned again")
	overdue, err := l.Reckon(&l.policy, l.in, at.Add(3*time.Hour+time.Second))
	require.NoError(t, err)
	l.Take(overdue)
	require.Equal(t, []int{75, 90, 100, 200}, percents(l.Clock(itsm.ResolutionClock)), "what fell due while it was reckoned is told yet")

	l.does(itsm.ActIncidentResume, joe)
	stale, err := l.Reckon(&l.policy, l.in, l.now)
	require.NoError(t, err)
	l.does(itsm.ActIncidentHold, joe, holding(itsm.AwaitingCaller))
	l.Take(stale)
	require.Nil(t, l.Clock(itsm.ResolutionClock).DueAt, "what stands still is not due")
	require.NotEmpty(t, l.Hold.RemindAt)
	l.pass(3 * 24 * time.Hour)
	l.does(itsm.ActReprioritise, joe)
	require.Len(t, l.Hold.RemindAt, 1, "a reminder that was given does not come back")
}

// Whenever a clock is paused and whatever its target becomes, it is due in the minute
// in which as many minutes as agreed have counted, one by one.
func TestDueInstantsAgainstCountedMinutes(t *testing.T) {
	in, zone := hoursIn(t), berlin(t)
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, rapid.SampledFrom([]time.Month{time.March, time.October}).Draw(t, "month"), rapid.IntRange(23, 30).Draw(t, "day"), 0, rapid.IntRange(0, 24*60-1).Draw(t, "minute"), 0, 0, zone).UTC()
		terms := within(0, time.Duration(rapid.IntRange(1, 3000).Draw(t, "target"))*time.Minute, rapid.SampledFrom([]itsm.CalendarID{"", "office", "night"}).Draw(t, "calendar"))
		l := raised(t, start, agreeing(terms))
		l.in = in
		l.does(itsm.ActAcknowledge, joe)
		var pauses []period
		for range rapid.IntRange(0, 4).Draw(t, "holds") {
			l.now = l.now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "worked")) * time.Minute)
			l.does(itsm.ActIncidentHold, joe, holding(itsm.AwaitingCaller))
			from := l.now
			l.now = l.now.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "held")) * time.Minute)
			l.does(itsm.ActIncidentResume, joe)
			pauses = append(pauses, period{from, l.now})
			if rapid.Bool().Draw(t, "retargeted") {
				terms.Resolve.Time = time.Duration(rapid.IntRange(1, 3000).Draw(t, "target")) * time.Minute
				terms.Calendar = rapid.SampledFrom([]itsm.CalendarID{"", "office", "night"}).Draw(t, "calendar")
				l.policy = itsm.IncidentPolicy{}
				agreeing(terms)(l)
				l.does(itsm.ActReprioritise, joe)
			}
		}
		require.Equal(t, dueByMinutes(zone, start, terms, pauses), *l.Clock(itsm.ResolutionClock).DueAt)
	})
}

type period struct{ from, to time.Time }

// dueByMinutes counts the minutes of a target one by one.
func dueByMinutes(zone *time.Location, from time.Time, terms itsm.PriorityTerms, pauses []period) time.Time {
	left := terms.Resolve.Time
	for now := from; ; now = now.Add(time.Minute) {
		if left == 0 {
			return now
		}
		if counts(zone, terms.Calendar, now) && !slices.ContainsFunc(pauses, func(p period) bool { return !now.Before(p.from) && now.Before(p.to) }) {
			left -= time.Minute
		}
	}
}

// counts reads from the clock on the wall whether a minute counts in a calendar of
// hoursIn.
func counts(zone *time.Location, in itsm.CalendarID, now time.Time) bool {
	wall := now.In(zone)
	switch in {
	case "office":
		closed := wall.Format(time.DateOnly) == "2026-03-26" || wall.Format(time.DateOnly) == "2026-10-26"
		return wall.Weekday() != time.Saturday && wall.Weekday() != time.Sunday && !closed && wall.Hour() >= 9 && wall.Hour() < 17
	case "night":
		return wall.Hour() >= 22 || wall.Hour() < 6
	default:
		return true
	}
}
