package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// deeds are what people do to incidents in the walks, each by its one word there.
var deeds = map[string]struct {
	who  itsm.PersonID
	path string
	body map[string]any
}{
	"acknowledge": {"bob", "acknowledge", nil},
	"begin":       {"ida", "acknowledge", nil},
	"assign":      {"bob", "assign", map[string]any{"assignee": "ida"}},
	"money":       {"bob", "assign", map[string]any{"team": "money"}},
	"web":         {"bob", "assign", map[string]any{"team": "web"}},
	"hold":        {"bob", "hold", map[string]any{"reason": "awaiting_vendor", "note": "They look."}},
	"ask":         {"bob", "hold", map[string]any{"reason": "awaiting_caller", "note": "Which browser?"}},
	"answer":      {"ana", "comments", map[string]any{"text": "All of them."}},
	"resume":      {"bob", "resume", nil},
	"worse":       {"bob", "reprioritise", map[string]any{"override": "P2", "note": "Sales."}},
	"escalate":    {"ana", "escalate", map[string]any{"to": "manager", "note": "It takes too long."}},
	"tell":        {"bob", "comments", map[string]any{"text": "The disk is full.", "update": true}},
	"resolve":     {"bob", "resolve", map[string]any{"code": "fixed", "note": "Restarted it."}},
	"reopen":      {"ana", "reopen", map[string]any{"note": "It is still broken."}},
	"confirm":     {"ana", "confirm", nil},
	"cancel":      {"ana", "cancel", map[string]any{"note": "It was my cable."}},
	"duplicate":   {"bob", "duplicate", map[string]any{"of": otherIncident}},
	"link":        {"bob", "links", map[string]any{"kind": "related_to", "to": otherIncident}},
}

// incidentWalks are the ways that an incident can go by what people do; the last one
// ends it. Together they make every move that there is.
var incidentWalks = []struct {
	name, walk string
	end        itsm.IncidentState
}{
	{"confirmed", "acknowledge tell link worse resolve confirm", itsm.IncidentClosed},
	{"handed-on", "assign web assign begin money acknowledge assign web acknowledge hold assign hold web resolve confirm", itsm.IncidentClosed},
	{"held", "acknowledge hold resume ask answer hold escalate resolve confirm", itsm.IncidentClosed},
	{"reopened", "resolve reopen acknowledge resolve reopen assign resolve reopen hold resolve reopen money resolve reopen resolve confirm", itsm.IncidentClosed},
	{"cancelled-triaged", "cancel", itsm.IncidentCancelled},
	{"cancelled-assigned", "assign cancel", itsm.IncidentCancelled},
	{"cancelled-in-progress", "acknowledge cancel", itsm.IncidentCancelled},
	{"cancelled-on-hold", "acknowledge hold cancel", itsm.IncidentCancelled},
	{"cancelled-reopened", "resolve reopen cancel", itsm.IncidentCancelled},
	{"duplicate-triaged", "duplicate", itsm.IncidentDuplicate},
	{"duplicate-assigned", "assign duplicate", itsm.IncidentDuplicate},
	{"duplicate-in-progress", "acknowledge duplicate", itsm.IncidentDuplicate},
	{"duplicate-on-hold", "acknowledge hold duplicate", itsm.IncidentDuplicate},
	{"duplicate-reopened", "resolve reopen duplicate", itsm.IncidentDuplicate},
}

// TestEveryWalkOfAnIncident walks incidents every way that they can go, and then holds
// what Postgres, the audit, Slack and Temporal say of each against each other.
func TestEveryWalkOfAnIncident(t *testing.T) {
	w := newWorld(t, onCall)
	other := w.report()
	unmade := map[string]bool{}
	for from, nexts := range itsm.IncidentMoves {
		for _, to := range nexts {
			unmade[string(from)+" → "+string(to)] = true
		}
	}
	for _, walk := range incidentWalks {
		n := w.report()
		for word := range strings.FieldsSeq(walk.walk) {
			w.handles(n, word, other)
		}
		w.becomes(n, walk.end)
		w.settled(t, n, "incident-"+walk.name)
		timeline, err := w.owner.Timeline(t.Context(), n)
		require.NoError(t, err)
		for _, e := range timeline {
			delete(unmade, string(e.From)+" → "+string(e.To))
		}
	}
	require.Empty(t, unmade, "no walk makes these moves")
	w.chainHolds()
}

// brief makes everything that comes by itself come within seconds.
func brief(c *itsm.Catalog) {
	in := func(d time.Duration) itsm.Length { return itsm.Length{Time: d} }
	for i := range c.Escalations {
		c.Escalations[i].StaleAfter = itsm.Duration(3 * time.Second)
		for j := range c.Escalations[i].Levels {
			c.Escalations[i].Levels[j].Within = itsm.Duration(time.Second)
		}
	}
	c.Incident.Priorities = []itsm.PriorityTerms{{Priority: itsm.P1, Respond: in(2 * time.Second), Resolve: in(4 * time.Second)}}
	c.Incident.Hold = itsm.HoldTerms{Remind: []itsm.Length{in(time.Second)}, Caller: in(2 * time.Second), Others: in(2 * time.Second)}
	c.Incident.Closure = itsm.ClosureTerms{Remind: in(time.Second), After: in(2 * time.Second)}
}

// TestWhatBecomesOfAnIncidentByItself: nobody answers, nobody works, nobody resumes,
// nobody replies and nobody confirms, on real timers.
func TestWhatBecomesOfAnIncidentByItself(t *testing.T) {
	w := newWorld(t, onCall, brief)
	kinds := func(n itsm.Number) map[itsm.EventKind]int {
		timeline, err := w.owner.Timeline(t.Context(), n)
		require.NoError(t, err)
		all := make(map[itsm.EventKind]int)
		for _, e := range timeline {
			all[e.Kind]++
		}
		return all
	}
	happens := func(n itsm.Number, kind itsm.EventKind) {
		t.Helper()
		w.eventually(string(kind)+" happens to "+string(n), func() bool { return kinds(n)[kind] > 0 })
	}
	silent, stale, held, asked := w.report(), w.report(), w.report(), w.report()
	w.handles(stale, "acknowledge", "")
	for _, n := range []itsm.Number{held, asked} {
		w.handles(n, "acknowledge", "")
	}
	w.handles(held, "hold", "")
	w.handles(asked, "ask", "")
	for _, kind := range []itsm.EventKind{itsm.EventUnanswered, itsm.EventTargetWarned, itsm.EventTargetMissed, itsm.EventTargetOverdue} {
		happens(silent, kind)
	}
	happens(stale, itsm.EventAckStale)
	happens(held, itsm.EventHoldEnded)
	happens(asked, itsm.EventHoldReminded)
	w.becomes(asked, itsm.IncidentClosed)
	for _, n := range []itsm.Number{silent, stale, held} {
		w.handles(n, "resolve", "")
		w.becomes(n, itsm.IncidentClosed)
	}
	for name, n := range map[string]itsm.Number{"unanswered": silent, "stale": stale, "hold-ended": held, "no-reply": asked} {
		require.Equal(t, 1, kinds(n)[itsm.EventConfirmReminded], name)
		w.settled(t, n, "incident-"+name)
	}
}

// TestAFamilyOfIncidents: a child follows its parent, and both end for themselves.
func TestAFamilyOfIncidents(t *testing.T) {
	w := newWorld(t, onCall)
	parent, child := w.report(), w.report()
	w.asks("bob", "/v1/incidents/"+string(child)+"/parent", map[string]any{"parent": parent})
	w.handles(parent, "acknowledge", "")
	w.handles(parent, "hold", "")
	w.becomes(child, itsm.IncidentOnHold)
	w.handles(parent, "resolve", "")
	w.becomes(child, itsm.IncidentResolved)
	w.handles(parent, "reopen", "")
	w.becomes(child, itsm.IncidentReopened)
	w.handles(parent, "resolve", "")
	w.becomes(child, itsm.IncidentResolved)
	w.handles(parent, "confirm", "")
	w.handles(child, "confirm", "")
	w.settled(t, parent, "incident-parent")
	w.settled(t, child, "incident-child")
}

// TestAnIncidentOfMonitoringEndsWithItsAlerts: it is raised, told of the alerts that
// came again, resolved, reopened and resolved by what a sender says.
func TestAnIncidentOfMonitoringEndsWithItsAlerts(t *testing.T) {
	w := newWorld(t, onCall)
	says := w.monitors()
	says("trigger")
	n, _ := w.incidents()[0]["number"].(string)
	says("trigger")
	says("acknowledge")
	says("resolve")
	w.becomes(itsm.Number(n), itsm.IncidentResolved)
	says("trigger")
	w.becomes(itsm.Number(n), itsm.IncidentReopened)
	says("resolve")
	w.becomes(itsm.Number(n), itsm.IncidentResolved)
	w.asks("bob", "/v1/incidents/"+n+"/confirm", map[string]any{})
	w.settled(t, itsm.Number(n), "incident-monitoring")
	require.Len(t, w.incidents(), 1)
}

// TestAlertsOfAnIncidentWhoseProcessIsGoneRaiseAnother: nobody would hear of them
// otherwise.
func TestAlertsOfAnIncidentWhoseProcessIsGoneRaiseAnother(t *testing.T) {
	w := newWorld(t, onCall)
	says := w.monitors()
	says("trigger")
	n, _ := w.incidents()[0]["number"].(string)
	w.quiet(itsm.Number(n), 0)
	require.NoError(t, w.temporal.TerminateWorkflow(t.Context(), n, "", "somebody's mistake"))
	says("trigger")
	_, err := w.owner.Pool().Exec(t.Context(), "UPDATE alert_incidents SET noted_at = now() - interval '1 day', lease_until = now()")
	require.NoError(t, err)
	w.eventually("another incident is raised", func() bool { return len(w.incidents()) == 2 })
	says("trigger")
	require.Len(t, w.incidents(), 2, "which counts them from then on")
}

// monitors is a sender of events about the website, who has one thing to say.
func (w *world) monitors() (says func(action string)) {
	path := "/v1/hooks/events/" + w.intake("events", "website")
	return func(action string) {
		w.t.Helper()
		a := w.call("", http.MethodPost, path, map[string]any{"event_action": action, "dedup_key": "cards", "payload": map[string]any{
			"summary": "Cards are refused", "source": "shop", "severity": "critical",
		}})
		require.Equal(w.t, http.StatusAccepted, a.Status, a.Body)
	}
}

// report reports an incident of the website as ana.
func (w *world) report() itsm.Number {
	w.t.Helper()
	a := w.call("ana", http.MethodPost, "/v1/incidents", map[string]any{
		"title": "The shop is down", "service": "website", "impact": "high", "urgency": "high",
	})
	require.Equal(w.t, http.StatusCreated, a.Status, a.Body)
	return a.number()
}

// handles does what one word of a walk says.
func (w *world) handles(n itsm.Number, word string, other itsm.Number) {
	w.t.Helper()
	d, known := deeds[word]
	require.True(w.t, known, word)
	body := map[string]any{}
	for name, value := range d.body {
		if value == otherIncident {
			value = other
		}
		body[name] = value
	}
	a := w.call(d.who, http.MethodPost, "/v1/incidents/"+string(n)+"/"+d.path, body)
	require.Less(w.t, a.Status, 300, "%s %s: %v", word, n, a.Body)
}

// settled holds what the four places say of an incident that is over against each
// other, and keeps its history when that is asked for.
func (w *world) settled(t *testing.T, n itsm.Number, name string) {
	t.Helper()
	var r itsm.Receipt
	require.NoError(t, w.temporal.GetWorkflow(t.Context(), string(n), "").Get(t.Context(), &r))
	i, err := w.owner.Incident(t.Context(), n)
	require.NoError(t, err)
	require.Equal(t, i.Receipt(), r, "Temporal and Postgres tell different ends")
	h := w.tells(n, i.Revision, itsm.State(i.State))
	if *record {
		keep(t, name, h)
	}
}
