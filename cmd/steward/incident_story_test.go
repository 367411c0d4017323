package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestAnIncidentThroughTheAPI walks one incident from its report to its end, and the
// one that follows it, through the API, on real servers.
func TestAnIncidentThroughTheAPI(t *testing.T) {
	w := newWorld(t, onCall, func(c *itsm.Catalog) {
		for i := range c.People {
			if c.People[i].ID == "ana" {
				c.People[i].Roles = []itsm.Role{itsm.Requester}
			}
		}
	})
	change := w.raise("ana")
	report := func(body map[string]any, key string) response {
		return w.call("ana", http.MethodPost, "/v1/incidents", body, "Idempotency-Key", key)
	}
	body := map[string]any{"title": "The shop is down", "service": "website", "impact": "high", "urgency": "high"}
	raised := report(body, "once")
	require.Equal(t, http.StatusCreated, raised.Status, raised.Body)
	require.Equal(t, string(itsm.IncidentTriaged), raised.state())
	require.Equal(t, raised.Body, report(body, "once").Body, "its repeat is answered alike")
	number, _ := raised.Body["number"].(string)
	at := "/v1/incidents/" + number
	does := func(who itsm.PersonID, act string, body map[string]any) response {
		t.Helper()
		r := w.call(who, http.MethodPost, at+"/"+act, body)
		require.Equal(t, http.StatusOK, r.Status, r.Body)
		return r
	}
	refused := func(who itsm.PersonID, act string, body map[string]any, code string) {
		t.Helper()
		r := w.call(who, http.MethodPost, at+"/"+act, body)
		require.Equal(t, code, r.code(), r.Body)
	}

	refused("ana", "acknowledge", map[string]any{}, "actor.permission")
	does("bob", "acknowledge", map[string]any{})
	refused("bob", "assign", map[string]any{"assignee": "ana"}, "person.invalid")
	require.Equal(t, string(itsm.IncidentAssigned), does("bob", "assign", map[string]any{"assignee": "ida"}).state())
	does("ida", "acknowledge", map[string]any{})
	does("ida", "comments", map[string]any{"text": "The disk is full.", "update": true})
	does("ida", "hold", map[string]any{"reason": "awaiting_change", "for": change, "note": "It makes room."})
	does("ida", "resume", map[string]any{})
	refused("ida", "links", map[string]any{"kind": "caused_by", "to": "CHG-99"}, "link.invalid")
	does("ida", "links", map[string]any{"kind": "fixed_by", "to": change})
	does("bob", "reprioritise", map[string]any{"urgency": "low"})
	does("ida", "resolve", map[string]any{"code": "fixed", "note": "There is room again."})
	does("ana", "reopen", map[string]any{"note": "There is not."})
	does("ida", "resolve", map[string]any{"code": "fixed", "note": "There is."})
	require.Equal(t, string(itsm.IncidentClosed), does("ana", "confirm", map[string]any{}).state())
	refused("ida", "resolve", map[string]any{"code": "fixed", "note": "n"}, "incident.closed")

	clocks := w.call("ana", http.MethodGet, at+"/clocks", nil)
	require.Len(t, clocks.Body["items"], 3, "one more for the reopening")
	relations := w.call("ana", http.MethodGet, "/v1/changes/"+string(change)+"/relations", nil)
	require.Len(t, relations.Body["items"], 1, "the change shows it, too")

	body["follows"] = number
	next := report(body, "twice")
	require.Equal(t, http.StatusCreated, next.Status, next.Body)
	relations = w.call("ana", http.MethodGet, at+"/relations", nil)
	require.Len(t, relations.Body["items"], 2)
	on := w.call("ana", http.MethodGet, "/v1/oncall?service=website", nil)
	require.Len(t, on.Body["levels"], 2)
}
