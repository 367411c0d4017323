package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// trends lets Steward propose what is alike, and has fixes watched for so long.
func trends(watch time.Duration) terms {
	return func(c *itsm.Catalog) {
		c.Problem = itsm.ProblemPolicy{
			Watch: itsm.Length{Time: watch}, Without: []itsm.ProblemTrigger{itsm.TriggeredByPriority, itsm.TriggeredByChange},
		}
	}
}

// TestFromAlertsToAFixThatHeld tells the whole story of a problem on the real program:
// alerts that are alike, a proposal, a workaround for those who wait, a fix, and a watch
// that passes.
func TestFromAlertsToAFixThatHeld(t *testing.T) {
	w := newWorld(t, onCall, investigators, trends(4*time.Second))
	problem, incidents := w.fixed(t, "")
	held := incidents[0]

	w.stands(problem, itsm.ProblemWatched)
	w.stands(problem, itsm.ProblemResolved) // by itself
	w.becomes(held, itsm.IncidentResolved)
	i, err := w.owner.Incident(t.Context(), held)
	require.NoError(t, err)
	require.Equal(t, itsm.ResolvedFixed, i.Resolution.Code)
	require.Contains(t, i.Resolution.Note, string(problem))
	early := w.call("max", http.MethodPost, "/v1/problems/"+string(problem)+"/close", map[string]any{})
	require.Equal(t, "problem.not_reviewed", early.code(), "it came of alerts of the highest priority")
	fix := w.fixOf(problem)
	w.investigates(problem, "review", "")
	w.investigates(problem, "close", "")
	w.stands(problem, itsm.ProblemClosed)
	known := w.call("ana", http.MethodGet, "/v1/known-errors?q=hangs", nil)
	require.Empty(t, known.Body["items"], "nobody needs the workaround any more")
	for nth, n := range incidents {
		if n != held {
			w.handles(n, "resolve", "")
		}
		w.asks("bob", "/v1/incidents/"+string(n)+"/confirm", map[string]any{})
		w.settled(t, n, fmt.Sprintf("incident-of-a-problem-%d", nth+1))
	}
	w.problemSettled(t, problem, "problem-story")
	w.told(fix)
	w.chainHolds()
}

// TestAFourthIncidentInTheWatchReopens: the same story, and it comes back.
func TestAFourthIncidentInTheWatchReopens(t *testing.T) {
	w := newWorld(t, onCall, investigators, trends(time.Hour))
	problem, incidents := w.fixed(t, "")
	w.stands(problem, itsm.ProblemWatched)
	fourth := w.alerts(t, "fourth", len(incidents)+1)
	w.stands(problem, itsm.ProblemReopened)
	p, err := w.owner.Problem(t.Context(), problem)
	require.NoError(t, err)
	require.Equal(t, 1, p.Reopens)
	require.True(t, slices.ContainsFunc(p.Relations, func(r itsm.Relation) bool { return r.Kind == itsm.FoundIn && r.To == fourth[0] }))
	require.Equal(t, itsm.KnownErrorPublished, p.Published.State, "the workaround helps again")
	known := w.call("bob", http.MethodGet, "/v1/incidents/"+string(fourth[0])+"/known-errors", nil)
	require.Len(t, known.Body["items"], 1, "and is suggested")
	w.asks("bob", "/v1/incidents/"+string(fourth[0])+"/apply", map[string]any{"known_error": problem})
	known = w.call("ana", http.MethodGet, "/v1/known-errors?q=hangs", nil)
	found, _ := known.Body["items"].([]any)
	require.Len(t, found, 1)
	first, _ := found[0].(map[string]any)
	require.Equal(t, map[string]any{"count": 1.0, "last": string(fourth[0])}, first["use"])
	w.chainHolds()
}

// fixed tells the story up to a fix that was carried out. The first incident waits for a
// supplier, if there is one, before it waits for the problem.
func (w *world) fixed(t *testing.T, supplier itsm.Number) (problem itsm.Number, incidents []itsm.Number) {
	t.Helper()
	for n, key := range []string{"first", "second", "third"} {
		incidents = w.alerts(t, key, n+1)
	}
	slices.Reverse(incidents) // the oldest first
	held := incidents[0]
	w.handles(held, "acknowledge", "")
	if supplier != "" {
		w.asks("bob", "/v1/incidents/"+string(held)+"/hold", map[string]any{"reason": "awaiting_vendor", "for": supplier, "note": "They look at their line."})
		w.handles(held, "resume", "")
	}
	require.NoError(t, w.temporal.ScheduleClient().GetHandle(t.Context(), workflows.TrendsSchedule).Trigger(t.Context(), client.ScheduleTriggerOptions{}))
	w.eventually("Steward proposes a problem", func() bool {
		items, _ := w.call("max", http.MethodGet, "/v1/problems?state=candidate", nil).Body["items"].([]any)
		if len(items) == 0 {
			return false
		}
		first, _ := items[0].(map[string]any)
		number, _ := first["number"].(string)
		problem = itsm.Number(number)
		return len(items) == 1
	})
	proposed, err := w.owner.Problem(t.Context(), problem)
	require.NoError(t, err)
	require.ElementsMatch(t, incidents, proposed.Incidents)
	require.Equal(t, 3, proposed.Trend.Count)

	w.investigates(problem, "accept", "")
	w.asks("bob", "/v1/incidents/"+string(held)+"/hold", map[string]any{"reason": "awaiting_problem", "for": problem, "note": "Its cause is looked for."})
	for _, word := range []string{"task", "cause", "workaround", "publish"} {
		w.investigates(problem, word, "")
	}
	own := w.call("bob", http.MethodPost, "/v1/problems/"+string(problem)+"/decide", map[string]any{"verdict": "approve"})
	require.Equal(t, "known_error.own_request", own.code(), "a second person publishes it")
	w.investigates(problem, "approve", "")
	w.investigates(problem, "communicate", "")
	for _, n := range incidents {
		w.eventually(string(n)+" is told of the workaround", func() bool { return w.count(t, n, itsm.EventWorkaroundHeard) == 1 })
	}
	again := w.call("bob", http.MethodPost, "/v1/problems/"+string(problem)+"/communicate", map[string]any{})
	require.Equal(t, "problem.told", again.code())
	w.plansFix(problem)
	refused := w.call("max", http.MethodPost, "/v1/problems/"+string(problem)+"/confirm", map[string]any{"note": "Surely."})
	require.Equal(t, "problem.not_now", refused.code(), "it is not fixed before its change is closed")
	w.carriesOut(w.fixOf(problem), itsm.Successful)
	for _, n := range incidents {
		require.Equal(t, 1, w.count(t, n, itsm.EventWorkaroundHeard), n)
	}
	return problem, incidents
}

// alerts fires one more alert, and waits until there are so many incidents; the newest
// is the first.
func (w *world) alerts(t *testing.T, key string, incidents int) (all []itsm.Number) {
	t.Helper()
	a := w.call("", http.MethodPost, "/v1/hooks/events/"+w.intake("events", "website"), map[string]any{
		"event_action": "trigger", "dedup_key": key, "payload": map[string]any{"summary": "The shop hangs", "source": "shop-" + key, "severity": "warning"},
	})
	require.Equal(t, http.StatusAccepted, a.Status, a.Body)
	w.eventually("an incident is raised", func() bool {
		all = nil
		for _, i := range w.incidents() {
			number, _ := i["number"].(string)
			all = append(all, itsm.Number(number))
		}
		return len(all) == incidents
	})
	return all
}

// count is how often something happened to a record.
func (w *world) count(t *testing.T, n itsm.Number, k itsm.EventKind) (times int) {
	t.Helper()
	timeline, err := w.owner.Timeline(t.Context(), n)
	require.NoError(t, err)
	for _, e := range timeline {
		if e.Kind == k {
			times++
		}
	}
	return times
}
