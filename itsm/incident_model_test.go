package itsm_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// witness watches an incident from outside, by its events alone, and knows what must
// be true of it.
type witness struct {
	*life

	zone     *time.Location
	in       func(itsm.CalendarID) (itsm.BusinessTime, error)
	awaited  []period  // when the caller was awaited
	answered time.Time // when a person first acted; zero while none has
	taken    bool      // somebody has it, and nobody is to be called
	percents map[part]int
	missed   map[cycle]time.Time
	over     bool
	before   itsm.IncidentState
	kept     itsm.IncidentStep // what the last save carried
	text     string            // what it said
}

type cycle struct {
	clock itsm.ClockKind
	nth   int
}

type part struct {
	cycle

	percent int
}

// watched begins an incident on the eve of a night on which Berlin's clock changes.
func watched(t *rapid.T) *witness {
	w := &witness{zone: berlin(t), percents: map[part]int{}, missed: map[cycle]time.Time{}, before: itsm.IncidentNew, in: hoursIn(t)}
	day := rapid.SampledFrom([]time.Time{time.Date(2026, 3, 27, 0, 0, 0, 0, w.zone), time.Date(2026, 10, 23, 0, 0, 0, 0, w.zone)}).Draw(t, "day")
	start := day.Add(time.Duration(rapid.IntRange(0, 24*60).Draw(t, "minute")) * time.Minute).UTC()
	calendar := rapid.SampledFrom([]itsm.CalendarID{"", "office", "always"})
	w.life = raised(t, start, func(l *life) {
		w.life = l
		l.in, l.seen = w.in, w.event
		l.policy.Priorities = []itsm.PriorityTerms{
			{Priority: itsm.P1, Respond: itsm.Length{Time: 15 * time.Minute}, Resolve: itsm.Length{Time: 4 * time.Hour}},
			{Priority: itsm.P3, Respond: itsm.Length{Time: 4 * time.Hour}, Resolve: itsm.Length{Days: 2}, Calendar: calendar.Draw(t, "P3")},
			{Priority: itsm.P5, Resolve: itsm.Length{Time: 40 * time.Hour}, Calendar: "office", Quiet: true},
		}
		l.policy.Hold = itsm.HoldTerms{Calendar: calendar.Draw(t, "hold"), Remind: []itsm.Length{{Time: 2 * time.Hour}}, Caller: itsm.Length{Days: 1}, Others: itsm.Length{Days: 2}}
		l.policy.Closure = itsm.ClosureTerms{Remind: itsm.Length{Time: 10 * time.Hour}, After: itsm.Length{Time: 20 * time.Hour}}
	}, of(rapid.SampledFrom(itsm.Degrees).Draw(t, "impact"), rapid.SampledFrom(itsm.Degrees).Draw(t, "urgency")))
	return w
}

// event holds each event against what was seen before it.
func (w *witness) event(e itsm.Event) {
	t := w.t
	require.False(t, w.over, "%s after its end", e.Kind)
	require.Equal(t, itsm.State(w.before), e.From)
	require.True(t, w.before == w.State || w.before.CanBecome(w.State), "%s → %s", w.before, w.State)
	if w.kept.Event.Kind != "" {
		require.Equal(t, w.text, asJSON(t, w.kept), "what was saved does not change after")
	}
	w.people(e)
	w.hold()
	w.targets(e)
	w.before, w.over = w.State, w.State.Final()
	w.kept = w.Step(e)
	w.text = asJSON(t, w.kept)
	var back itsm.IncidentStep
	require.NoError(t, json.Unmarshal([]byte(w.text), &back))
	require.Equal(t, w.text, asJSON(t, back))
	if w.over {
		_, comes := w.Next()
		require.False(t, comes)
		require.False(t, w.Unreckoned())
	}
}

// people: the response stops once, at the first thing that a person does to take it
// up or to end it; nobody is called whom nothing calls.
func (w *witness) people(e itsm.Event) {
	t := w.t
	byPerson := e.Actor != itsm.System && e.Actor != itsm.Monitoring
	switch e.Kind { //nolint:exhaustive // the others change nothing of it
	case itsm.EventEscalated, itsm.EventUnroutable, itsm.EventUnanswered:
		called := e.Detail != nil && e.Detail.Call != nil && e.Detail.Call.Kind == itsm.Functional
		require.False(t, called && w.taken, "%s although somebody has it", e.Kind)
	case itsm.EventWorkaroundHeard: // and nobody is called any more
		require.False(t, w.Escalation.Ringing())
	case itsm.EventAckStale, itsm.EventReopened:
		w.taken = false
	case itsm.EventEscalationAsked:
		w.taken = w.taken && e.Detail.EscalateTo == itsm.EscalateManager
	case itsm.EventAssigned:
		w.taken = e.Detail.Assignee != ""
	case itsm.EventAcknowledged, itsm.EventIncidentHeld:
		w.taken = w.taken || byPerson || e.Kind == itsm.EventAcknowledged
	}
	answers := []itsm.EventKind{
		itsm.EventAcknowledged, itsm.EventAssigned, itsm.EventIncidentHeld, itsm.EventResolved, itsm.EventIncidentDuplicate,
		itsm.EventWorkaroundApplied,
	}
	if w.answered.IsZero() && byPerson && (slices.Contains(answers, e.Kind) || (e.Kind == itsm.EventIncidentParent && w.Parent != "")) {
		w.answered = w.now
	}
	if w.answered.IsZero() {
		require.Nil(t, w.Acknowledged)
		ended := w.State == itsm.IncidentResolved || w.State.Final()
		require.Equal(t, ended, w.Clock(itsm.ResponseClock).StoppedAt != nil)
		return
	}
	require.Equal(t, w.answered, w.Acknowledged.At)
	if c := w.Clock(itsm.ResponseClock); c.Cycle == 1 {
		require.Equal(t, w.answered, *c.StoppedAt)
	}
}

// hold: only what awaits the caller pauses, and only the resolution.
func (w *witness) hold() {
	awaiting := w.Hold != nil && w.Hold.Reason == itsm.AwaitingCaller
	require.Equal(w.t, w.Hold != nil, w.State == itsm.IncidentOnHold)
	last := len(w.awaited) - 1
	lasts := last >= 0 && w.awaited[last].to.IsZero()
	switch {
	case awaiting && !lasts:
		w.awaited = append(w.awaited, period{from: w.now})
	case !awaiting && lasts:
		w.awaited[last].to = w.now
	}
	require.Equal(w.t, awaiting, w.Clock(itsm.ResolutionClock).Paused())
	require.Empty(w.t, w.Clock(itsm.ResponseClock).Pauses)
}

// targets: each part is told once in a cycle, and the first miss stays.
func (w *witness) targets(e itsm.Event) {
	if e.Detail != nil && e.Detail.Clock != nil {
		c := e.Detail.Clock
		key := part{cycle{c.Clock, w.Clock(c.Clock).Cycle}, c.Percent}
		w.percents[key]++
		require.Equal(w.t, 1, w.percents[key], "%v is told again", key)
	}
	for _, c := range w.Clocks {
		key := cycle{c.Kind, c.Cycle}
		if first, was := w.missed[key]; was {
			require.NotNil(w.t, c.MissedAt)
			require.Equal(w.t, first, *c.MissedAt, "a miss stays")
		} else if c.MissedAt != nil {
			w.missed[key] = *c.MissedAt
		}
		require.False(w.t, c.MissedAt != nil && c.Met())
	}
}

// stands is what is true between any two things that happen.
func (w *witness) stands() {
	t, e := w.t, &w.Escalation
	require.Nil(t, e.Pending)
	require.False(t, w.Unreckoned())
	if d, comes := w.Next(); comes {
		require.True(t, d.At.After(w.now), "%s lies behind", d.Kind)
	}
	if e.StaleAt != nil {
		require.True(t, e.Acknowledged() && w.Open() && w.Hold == nil && !e.Quiet)
	}
	require.False(t, e.NextAt != nil && (e.Acknowledged() || !w.Open()), "nobody rings for what somebody has")
	require.False(t, e.Over && e.Acknowledged())
	offered := w.Explain().Acts
	for _, act := range incidentActs {
		require.Equal(t, w.anyOf(act, mia) == nil, slices.Contains(offered, act), "%s when %s", act, w.State)
	}
	for _, c := range w.Clocks {
		w.measured(c)
	}
}

// measured holds what a clock says against minutes that are counted one by one.
func (w *witness) measured(c itsm.Clock) {
	until := w.now
	if c.StoppedAt != nil {
		until = *c.StoppedAt
	}
	var want itsm.Elapsed
	for now := c.StartedAt; now.Before(until); now = now.Add(time.Minute) {
		paused := c.Kind == itsm.ResolutionClock && slices.ContainsFunc(w.awaited, func(p period) bool {
			return !now.Before(p.from) && (p.to.IsZero() || now.Before(p.to))
		})
		if paused {
			continue
		}
		want.Actual += itsm.Duration(time.Minute)
		if counts(w.zone, c.Calendar, now) {
			want.Business += itsm.Duration(time.Minute)
		}
	}
	hours, err := w.in(c.Calendar)
	require.NoError(w.t, err)
	require.Equal(w.t, want, c.So(hours, w.now))
	if c.Elapsed != nil {
		require.Equal(w.t, want, *c.Elapsed)
	}
	if c.Running() && c.Target.Time > 0 {
		terms := itsm.PriorityTerms{Resolve: c.Target, Calendar: c.Calendar}
		var pauses []period
		if c.Kind == itsm.ResolutionClock {
			pauses = w.awaited
		}
		require.Equal(w.t, dueByMinutes(w.zone, c.StartedAt, terms, pauses), *c.DueAt)
	}
}

// acts lets somebody do something that the rules allow; what they refuse does not
// happen, and leaves no trace.
func (w *witness) acts(t *rapid.T) {
	who := rapid.SampledFrom([]itsm.Actor{rita, joe, joe, kim, lee, mia, monitor}).Draw(t, "who")
	act := rapid.SampledFrom(incidentActs).Draw(t, "act")
	q := w.usual()
	q.assignee = rapid.SampledFrom([]itsm.PersonID{"", "joe", "kim", "lee"}).Draw(t, "assignee")
	q.team = rapid.SampledFrom([]itsm.TeamID{"", "web", "net"}).Draw(t, "team")
	q.impact, q.urgency = rapid.SampledFrom(itsm.Degrees).Draw(t, "impact"), rapid.SampledFrom(itsm.Degrees).Draw(t, "urgency")
	q.override = rapid.SampledFrom([]itsm.Priority{"", "", itsm.P1, itsm.P5}).Draw(t, "override")
	q.hold = rapid.SampledFrom(append(itsm.HoldReasons, itsm.AwaitingCaller)).Draw(t, "hold")
	q.to = rapid.SampledFrom(itsm.EscalateTos).Draw(t, "to")
	before := asJSON(t, w.Incident)
	err, do := w.try(act, who, q)
	if err != nil {
		require.Equal(t, before, asJSON(t, w.Incident))
		return
	}
	w.happened(who, do())
}

// Whatever people do, and however time passes between it, an incident keeps its word.
func TestAnIncidentsLifeAgainstAWitness(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := watched(t)
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0, 1, 2:
				w.pass(time.Duration(rapid.SampledFrom([]int{1, 4, 11, 50, 170, 700, 1500}).Draw(t, "minutes")) * time.Minute)
			case 3:
				if who := rapid.SampledFrom([]itsm.Actor{rita, joe}).Draw(t, "who"); w.CheckComment(who, itsm.CommentRequest{Text: "."}, w.talk) == nil {
					w.says(who)
				}
			case 4:
				parent := rapid.SampledFrom([]itsm.IncidentState{itsm.IncidentInProgress, itsm.IncidentOnHold, itsm.IncidentReopened, itsm.IncidentResolved}).Draw(t, "parent")
				if e, ok := w.Follow(parentIn(parent), w.now); ok {
					w.happened(steward, e)
				}
				if e, ok := w.Hear(newsOf(rapid.SampledFrom(itsm.ProblemEndings).Draw(t, "ending"), rapid.IntRange(0, 3).Draw(t, "version")), w.now); ok {
					w.happened(steward, e)
				}
			default:
				w.acts(t)
			}
			w.until(w.now)
			w.stands()
		}
	})
}
