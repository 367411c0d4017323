package itsm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// agreeing makes a policy of one set of terms for every priority.
func agreeing(terms itsm.PriorityTerms) func(*life) {
	return func(l *life) {
		l.in = hoursIn(l.t)
		for _, p := range itsm.Priorities {
			terms.Priority = p
			l.policy.Priorities = append(l.policy.Priorities, terms)
		}
	}
}

func instant(t require.TestingT, text string) time.Time {
	at, err := time.Parse("2006-01-02 15:04:05 -07:00", text)
	require.NoError(t, err)
	return at
}

func within(respond, resolve time.Duration, calendar itsm.CalendarID) itsm.PriorityTerms {
	return itsm.PriorityTerms{Respond: itsm.Length{Time: respond}, Resolve: itsm.Length{Time: resolve}, Calendar: calendar, Quiet: true}
}

// Rule 1: a hold pauses the clock and nothing cancels it: what comes after is of the
// same clock, and due as much later as it stood still.
func TestClockRule1APauseNeverCancels(t *testing.T) {
	l := raised(t, at, agreeing(within(time.Hour, 4*time.Hour, "")))
	l.does(itsm.ActAcknowledge, joe)
	l.pass(time.Hour)
	l.does(itsm.ActIncidentHold, joe, holding(itsm.AwaitingCaller))
	c := *l.Clock(itsm.ResolutionClock)
	require.True(t, c.Paused())
	require.False(t, c.Running())
	require.Nil(t, c.DueAt, "while it stands still, nobody can say when it is due")
	l.pass(10 * time.Hour)
	require.Zero(t, l.told(itsm.EventTargetWarned), "and nothing is told of it")
	l.says(rita)
	c = *l.Clock(itsm.ResolutionClock)
	require.Equal(t, 1, c.Cycle)
	require.Equal(t, at.Add(14*time.Hour), *c.DueAt)
	require.Len(t, c.Pauses, 1)
	l.does(itsm.ActIncidentHold, joe, holding(itsm.AwaitingCaller))
	l.does(itsm.ActResolve, joe)
	c = *l.Clock(itsm.ResolutionClock)
	require.False(t, c.Paused(), "a pause ends with its clock")
	require.Equal(t, at.Add(14*time.Hour), *c.DueAt)
	require.True(t, c.Met())
}

// Rule 1: a pause gives no time back that was used up before it.
func TestClockRule1APauseGivesNothingBack(t *testing.T) {
	due := instant(t, "2026-03-27 17:00:00 +01:00")
	l := raised(t, due.Add(-4*time.Hour), agreeing(within(time.Hour, 4*time.Hour, "office")))
	l.does(itsm.ActAcknowledge, joe)
	l.now = due.Add(2 * time.Hour) // that evening, and the timer comes after it
	l.does(itsm.ActIncidentHold, joe, holding(itsm.AwaitingCaller))
	require.True(t, due.Equal(*l.Clock(itsm.ResolutionClock).MissedAt))
	l.now = due.Add(100 * time.Hour)
	l.says(rita)
	require.True(t, due.Equal(*l.Clock(itsm.ResolutionClock).DueAt))
	l.until(l.now)
	require.Equal(t, 1, l.told(itsm.EventTargetMissed))
}

// Rule 1: instants are compared, and no percentages, which round: a nanosecond before
// the end is kept, and one after it is missed.
func TestClockRule1InstantsAreComparedAndNoPercentages(t *testing.T) {
	for _, row := range []struct {
		early time.Duration
		met   bool
	}{{1, true}, {0, true}, {-1, false}} {
		l := raised(t, at, agreeing(within(time.Hour, 4*time.Hour, "")))
		l.now = at.Add(4*time.Hour - row.early) // and the timer comes after it
		l.does(itsm.ActResolve, joe)
		c := l.Clock(itsm.ResolutionClock)
		require.Equal(t, row.met, c.Met(), row.early)
		require.Equal(t, !row.met, c.MissedAt != nil)
		require.True(t, l.Missed(), "the response was an hour, in any case")
		if !row.met {
			require.Equal(t, at.Add(4*time.Hour), *c.MissedAt)
		}
	}
}

// Rule 2: a day of hours is not a day: twenty-four hours of nine to five are three
// days, and a business day is one.
func TestClockRule2ADayIsNotTwentyFourHours(t *testing.T) {
	monday := instant(t, "2026-03-02 10:00:00 +01:00")
	for _, row := range []struct {
		length itsm.Length
		due    string
	}{
		{itsm.Length{Time: 24 * time.Hour}, "2026-03-05 10:00:00 +01:00"},
		{itsm.Length{Days: 1}, "2026-03-03 10:00:00 +01:00"},
		{itsm.Length{Days: 5}, "2026-03-09 10:00:00 +01:00"},
	} {
		l := raised(t, monday, agreeing(itsm.PriorityTerms{Resolve: row.length, Calendar: "office", Quiet: true}))
		require.True(t, instant(t, row.due).Equal(*l.Clock(itsm.ResolutionClock).DueAt), row.due)
	}
	saturday := instant(t, "2026-03-07 10:00:00 +01:00")
	l := raised(t, saturday, agreeing(itsm.PriorityTerms{Resolve: itsm.Length{Days: 1}, Calendar: "office", Quiet: true}))
	require.True(t, instant(t, "2026-03-10 09:00:00 +01:00").Equal(*l.Clock(itsm.ResolutionClock).DueAt), "a day after the opening is not the closing before it")
	l.now = instant(t, "2026-03-10 08:00:00 +01:00")
	l.does(itsm.ActAcknowledge, joe)
	l.does(itsm.ActIncidentHold, joe, holding(itsm.AwaitingCaller))
	l.now = instant(t, "2026-03-10 08:59:00 +01:00")
	l.says(rita)
	require.True(t, instant(t, "2026-03-10 09:00:00 +01:00").Equal(*l.Clock(itsm.ResolutionClock).DueAt), "nor is it after a pause")
}

// Rule 3: a new target counts from the clock's own beginning, with the pauses that it
// had; what lies behind already is not told, but for the miss, once.
func TestClockRule3ANewTargetCountsFromTheBeginning(t *testing.T) {
	l := raised(t, at) // P3: 4 h and three days
	l.does(itsm.ActAcknowledge, joe)
	l.pass(time.Hour)
	l.does(itsm.ActIncidentHold, joe, holding(itsm.AwaitingCaller))
	l.pass(2 * time.Hour)
	l.says(rita)
	l.pass(time.Hour)
	l.does(itsm.ActReprioritise, joe) // P1: 4 h
	c := l.Clock(itsm.ResolutionClock)
	require.Equal(t, itsm.P1, c.Priority)
	require.Equal(t, at.Add(6*time.Hour), *c.DueAt, "four hours from the beginning, and two on hold")
	require.Equal(t, []int{75, 90, 100, 200}, percents(c), "half is behind")
	require.Zero(t, l.told(itsm.EventTargetWarned))

	l = raised(t, at)
	l.does(itsm.ActAcknowledge, joe)
	l.pass(5 * time.Hour)
	l.does(itsm.ActReprioritise, joe)
	require.Equal(t, []int{100, 200}, percents(l.Clock(itsm.ResolutionClock)), "only that it is missed")
	l.pass(0)
	require.Zero(t, l.told(itsm.EventTargetWarned))
	require.Equal(t, 1, l.told(itsm.EventTargetMissed))
	require.Equal(t, at.Add(4*time.Hour), *l.Clock(itsm.ResolutionClock).MissedAt)
	l.does(itsm.ActReprioritise, joe, func(q *asks) { q.urgency = itsm.LowDegree })
	l.does(itsm.ActReprioritise, joe)
	l.until(at.Add(8*time.Hour - 1))
	require.Equal(t, 1, l.told(itsm.EventTargetMissed), "nor is it missed twice")
	require.Equal(t, at.Add(4*time.Hour), *l.Clock(itsm.ResolutionClock).MissedAt, "nor forgotten by a lower priority")
	l.does(itsm.ActReprioritise, joe, func(q *asks) { q.urgency = itsm.LowDegree })
	l.does(itsm.ActResolve, joe)
	require.False(t, l.Clock(itsm.ResolutionClock).Met())
}

// Rule 3: what was answered in time stays so, however urgent it turns out to be.
func TestClockRule3AnAnswerIsMeasuredByTheTargetThatThereWas(t *testing.T) {
	l := raised(t, at)
	l.pass(time.Hour)
	l.does(itsm.ActAcknowledge, joe)
	l.does(itsm.ActReprioritise, joe)
	c := l.Clock(itsm.ResponseClock)
	require.Equal(t, itsm.P3, c.Priority)
	require.True(t, c.Met())
	require.False(t, l.Missed())

	l = raised(t, at)
	l.pass(time.Hour)
	l.does(itsm.ActReprioritise, joe)
	l.does(itsm.ActAcknowledge, joe)
	require.False(t, l.Clock(itsm.ResponseClock).Met(), "but whoever knew and did not answer has missed it")
}

func percents(c *itsm.Clock) (all []int) {
	for _, m := range c.Marks {
		all = append(all, m.Percent)
	}
	return all
}

// Rule 4: only what awaits the caller pauses, with a reason, by somebody, with
// reminders and a limit, after which it is resolved; any other hold ends by itself.
func TestClockRule4OnlyTheCallerPauses(t *testing.T) {
	for _, why := range itsm.HoldReasons {
		l := raised(t, at, agreeing(within(time.Hour, 400*time.Hour, "")))
		l.does(itsm.ActAcknowledge, joe)
		l.pass(time.Hour)
		l.does(itsm.ActIncidentHold, joe, holding(why))
		c := l.Clock(itsm.ResolutionClock)
		require.Equal(t, why == itsm.AwaitingCaller, c.Paused(), why)
		by := map[itsm.HoldReason]itsm.Number{itsm.AwaitingProblem: "PRB-1"}[why] //nolint:exhaustive // the others wait for no record here
		require.Equal(t, itsm.IncidentHold{Reason: why, For: by, By: "joe", At: l.now, Note: "because", RemindAt: l.Hold.RemindAt, LimitAt: l.Hold.LimitAt}, *l.Hold)
		held, remind, limit := l.now, []time.Time(nil), l.now.Add(10*24*time.Hour)
		if why == itsm.AwaitingCaller {
			require.Equal(t, []itsm.Pause{{From: held, Reason: why}}, c.Pauses)
			remind, limit = []time.Time{held.Add(48 * time.Hour), held.Add(96 * time.Hour)}, held.Add(120*time.Hour)
		}
		require.Equal(t, remind, l.Hold.RemindAt)
		require.Equal(t, limit, *l.Hold.LimitAt)
		l.until(limit)
		require.Equal(t, len(remind), l.told(itsm.EventHoldReminded))
		if why != itsm.AwaitingCaller {
			require.Equal(t, itsm.IncidentInProgress, l.State)
			require.Equal(t, 1, l.told(itsm.EventHoldEnded))
			continue
		}
		require.Equal(t, itsm.IncidentResolved, l.State)
		require.Equal(t, itsm.Resolution{Code: itsm.ResolvedNoReply, Note: "Its reporter was asked and did not answer.", By: itsm.System, At: limit}, *l.Resolution)
		require.Equal(t, itsm.Duration(time.Hour), l.Clock(itsm.ResolutionClock).Elapsed.Actual)
	}
}

// Rule 4: the caller's own words go on with what waits for them, and nobody else's do.
func TestClockRule4TheCallersCommentGoesOn(t *testing.T) {
	l := raised(t, at)
	l.does(itsm.ActAcknowledge, joe)
	l.does(itsm.ActIncidentHold, joe, holding(itsm.AwaitingCaller))
	l.pass(time.Hour)
	l.says(joe)
	require.Equal(t, itsm.IncidentOnHold, l.State)
	l.says(rita)
	require.Equal(t, itsm.IncidentInProgress, l.State)
	require.True(t, l.Clock(itsm.ResolutionClock).Running())
	require.Equal(t, "The caller answered.", l.events[len(l.events)-2].Note)
	l.does(itsm.ActIncidentHold, joe)
	l.says(rita)
	require.Equal(t, itsm.IncidentOnHold, l.State, "what waits for a vendor waits on")
}

// Rule 5: the calendar's zone counts, whatever the day does to it. All rows are one
// hour's target, or one day's, and when it is missed.
func TestClockRule5TheZoneIsTheCalendars(t *testing.T) {
	hour, day := itsm.Length{Time: time.Hour}, itsm.Length{Days: 1}
	for _, row := range []struct {
		name     string
		calendar itsm.CalendarID
		target   itsm.Length
		from     string
		due      string
	}{
		{"Friday over the March night", "office", hour, "2026-03-27 16:30:00 +01:00", "2026-03-30 09:30:00 +02:00"},
		{"Friday over the October night, Monday closed", "office", hour, "2026-10-23 16:30:00 +02:00", "2026-10-27 09:30:00 +01:00"},
		{"a holiday on the boundary", "office", hour, "2026-03-25 16:30:00 +01:00", "2026-03-27 09:30:00 +01:00"},
		{"the night that is an hour short", "night", itsm.Length{Time: 7 * time.Hour}, "2026-03-28 22:00:00 +01:00", "2026-03-29 06:00:00 +02:00"},
		{"the night that is an hour long", "night", itsm.Length{Time: 9 * time.Hour}, "2026-10-24 22:00:00 +02:00", "2026-10-25 06:00:00 +01:00"},
		{"over midnight", "night", itsm.Length{Time: 3 * time.Hour}, "2026-03-02 23:00:00 +01:00", "2026-03-03 02:00:00 +01:00"},
		{"around the clock in March", "", itsm.Length{Time: 24 * time.Hour}, "2026-03-28 12:00:00 +01:00", "2026-03-29 13:00:00 +02:00"},
		{"a day around the clock in March", "always", day, "2026-03-28 12:00:00 +01:00", "2026-03-29 12:00:00 +02:00"},
		{"a day around the clock in October", "always", day, "2026-10-24 12:00:00 +02:00", "2026-10-25 12:00:00 +01:00"},
		{"a day to a time that is skipped", "always", day, "2026-03-28 02:30:00 +01:00", "2026-03-29 03:00:00 +02:00"},
		{"a leap day", "office", day, "2028-02-28 10:00:00 +01:00", "2028-02-29 10:00:00 +01:00"},
		{"a zone without summer time", "tokyo", hour, "2026-03-27 16:30:00 +09:00", "2026-03-30 09:30:00 +09:00"},
		{"another zone's morning", "tokyo", hour, "2026-03-29 22:00:00 +02:00", "2026-03-30 10:00:00 +09:00"},
	} {
		l := raised(t, instant(t, row.from), agreeing(itsm.PriorityTerms{Resolve: row.target, Calendar: row.calendar, Quiet: true}))
		require.True(t, instant(t, row.due).Equal(*l.Clock(itsm.ResolutionClock).DueAt), "%s: %s", row.name, l.Clock(itsm.ResolutionClock).DueAt)
	}
}

// Rule 5: a hold over a weekend is not counted twice, and hours that change later
// change no instant that was recorded.
func TestClockRule5NoTimeIsLeftOutTwice(t *testing.T) {
	l := raised(t, instant(t, "2026-03-27 15:00:00 +01:00"), agreeing(within(time.Hour, 4*time.Hour, "office")))
	l.does(itsm.ActAcknowledge, joe)
	l.now = instant(t, "2026-03-27 16:00:00 +01:00")
	l.does(itsm.ActIncidentHold, joe, holding(itsm.AwaitingCaller))
	l.now = instant(t, "2026-03-30 10:00:00 +02:00") // an hour of Friday and one of Monday were on hold
	l.says(rita)
	due := instant(t, "2026-03-30 13:00:00 +02:00")
	require.True(t, due.Equal(*l.Clock(itsm.ResolutionClock).DueAt))
	l.in = aroundTheClock
	l.does(itsm.ActRelate, joe)
	require.True(t, due.Equal(*l.Clock(itsm.ResolutionClock).DueAt))
}

// Rule 6: what a clock measured is kept as time really passed and in its hours, both
// without its pauses.
func TestClockRule6BothElapsedTimesAreKept(t *testing.T) {
	l := raised(t, instant(t, "2026-03-27 15:00:00 +01:00"), agreeing(within(time.Hour, 40*time.Hour, "office")))
	l.now = instant(t, "2026-03-27 15:30:00 +01:00")
	l.does(itsm.ActAcknowledge, joe)
	l.now = instant(t, "2026-03-27 16:00:00 +01:00")
	l.does(itsm.ActIncidentHold, joe, holding(itsm.AwaitingCaller))
	l.now = instant(t, "2026-03-27 16:45:00 +01:00")
	hours, err := l.in("office")
	require.NoError(t, err)
	require.Equal(t, itsm.Elapsed{Actual: itsm.Duration(time.Hour), Business: itsm.Duration(time.Hour)}, l.Clock(itsm.ResolutionClock).So(hours, l.now))
	l.now = instant(t, "2026-03-27 17:30:00 +01:00")
	l.says(rita)
	l.now = instant(t, "2026-03-30 10:00:00 +02:00")
	l.does(itsm.ActResolve, joe)
	require.Equal(t, itsm.Elapsed{Actual: itsm.Duration(30 * time.Minute), Business: itsm.Duration(30 * time.Minute)}, *l.Clock(itsm.ResponseClock).Elapsed)
	spent := time.Hour + instant(t, "2026-03-30 10:00:00 +02:00").Sub(instant(t, "2026-03-27 17:30:00 +01:00"))
	require.Equal(t, itsm.Elapsed{Actual: itsm.Duration(spent), Business: itsm.Duration(2 * time.Hour)}, *l.Clock(itsm.ResolutionClock).Elapsed)
	require.Equal(t, *l.Clock(itsm.ResolutionClock).Elapsed, l.Clock(itsm.ResolutionClock).So(hours, l.now.Add(time.Hour)))
}

// Rule 7: the first person to answer stops the response, whichever way they do; no
// machine does, and no reporter.
func TestClockRule7OnlyAPersonAnswers(t *testing.T) {
	answered := func(l *life) bool { return l.Acknowledged != nil }
	for _, act := range []itsm.Act{itsm.ActAcknowledge, itsm.ActAssign, itsm.ActResolve, itsm.ActParent, itsm.ActDuplicate} {
		l := raised(t, at)
		l.pass(time.Minute)
		l.does(act, joe)
		require.Equal(t, itsm.Acknowledgement{By: "joe", At: at.Add(time.Minute)}, *l.Acknowledged, act)
		require.Equal(t, at.Add(time.Minute), *l.Clock(itsm.ResponseClock).StoppedAt, act)
	}
	for _, act := range []itsm.Act{itsm.ActAcknowledge, itsm.ActResolve} {
		l := raised(t, at)
		l.does(act, monitor)
		require.False(t, answered(l), act)
	}
	l := raised(t, at)
	l.says(rita)
	l.does(itsm.ActEscalate, rita)
	l.does(itsm.ActReprioritise, joe)
	l.does(itsm.ActRelate, joe)
	require.False(t, answered(l), "to look at it is no answer")
	l.does(itsm.ActAcknowledge, monitor)
	require.Nil(t, l.Clock(itsm.ResponseClock).StoppedAt)
	l.pass(time.Minute)
	l.does(itsm.ActAcknowledge, joe)
	l.pass(time.Minute)
	l.does(itsm.ActAssign, joe, func(q *asks) { q.team = "" })
	l.does(itsm.ActAcknowledge, kim)
	require.Equal(t, itsm.Acknowledgement{By: "joe", At: at.Add(time.Minute)}, *l.Acknowledged, "and the first one only")
	require.Equal(t, at.Add(time.Minute), *l.Clock(itsm.ResponseClock).StoppedAt)
}

// Rule 7: what a machine resolved and nobody ever answered is to be answered once it
// comes back.
func TestClockRule7WhatComesBackUnansweredIsToBeAnswered(t *testing.T) {
	l := raised(t, at)
	l.pass(time.Minute)
	l.does(itsm.ActResolve, monitor)
	require.NotNil(t, l.Clock(itsm.ResponseClock).StoppedAt)
	l.pass(time.Hour)
	l.does(itsm.ActReopen, rita)
	c := l.Clock(itsm.ResponseClock)
	require.Equal(t, 2, c.Cycle)
	require.Equal(t, at.Add(time.Hour+time.Minute+4*time.Hour), *c.DueAt)
	l.does(itsm.ActAcknowledge, joe)
	l.does(itsm.ActResolve, joe)
	l.does(itsm.ActReopen, rita)
	require.Equal(t, 2, l.Clock(itsm.ResponseClock).Cycle, "what was answered is not")
}
