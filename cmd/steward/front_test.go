package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// TestOneFrontDoor: what the readings of each kind say, those of all kinds say alike, to
// each person; what somebody may not see is in none of them.
func TestOneFrontDoor(t *testing.T) {
	w := newWorld(t, investigators, func(c *itsm.Catalog) { c.Services[0].Restricted = true })
	change := w.raise("ana")
	a := w.call("ana", http.MethodPost, "/v1/incidents", map[string]any{
		"title": "Browsers refuse the certificates", "service": "website", "impact": "high", "urgency": "medium",
	})
	require.Equal(t, http.StatusCreated, a.Status, a.Body)
	incident := a.number()
	problem := w.problem("ana", incident)
	hidden := w.raise("max", func(body map[string]any) {
		body["service"], body["title"] = "payments", "Rotate the secret certificates"
		body["links"] = []map[string]any{{"url": incident}}
	})
	a = w.call("bob", http.MethodPost, "/v1/incidents/"+string(incident)+"/links", map[string]any{"kind": "caused_by", "to": change})
	require.Equal(t, http.StatusOK, a.Status, a.Body)

	for _, who := range []itsm.PersonID{"ana", "bob", "eve", "ida", "max"} {
		var of, waiting []string
		for _, kind := range []string{"problem", "incident", "change"} {
			one := w.numbers(w.call(who, http.MethodGet, "/v1/"+kind+"s", nil))
			require.Equal(t, one, w.numbers(w.call(who, http.MethodGet, "/v1/records?kind="+kind, nil)), "%s %s", who, kind)
			of = append(of, one...)
			waiting = append(waiting, w.numbers(w.call(who, http.MethodGet, "/v1/me/"+kind+"s", nil))...)
		}
		require.ElementsMatch(t, of, w.numbers(w.call(who, http.MethodGet, "/v1/records", nil)), who)
		require.ElementsMatch(t, waiting, w.numbers(w.call(who, http.MethodGet, "/v1/me/waiting", nil)), who)
		found := w.numbers(w.call(who, http.MethodGet, "/v1/search?q=certificates", nil))
		want := []string{string(change), string(incident)}
		if who == "max" || w.call(who, http.MethodGet, "/v1/changes/"+string(hidden), nil).Status == http.StatusOK {
			want = append(want, string(hidden))
		}
		require.ElementsMatch(t, want, found, who)
		for _, n := range of {
			path := map[string]string{"CHG": "changes", "INC": "incidents", "PRB": "problems"}[n[:3]]
			record := w.call(who, http.MethodGet, "/v1/records/"+n, nil)
			full := w.call(who, http.MethodGet, "/v1/"+path+"/"+n, nil)
			explained := w.call(who, http.MethodGet, "/v1/"+path+"/"+n+"/explain", nil)
			for _, field := range []string{"number", "title", "state", "service", "revision", "raised_at"} {
				require.Equal(t, full.Body[field], record.Body[field], "%s of %s for %s", field, n, who)
			}
			for _, field := range []string{"summary", "waits_for", "roles", "acts", "since"} {
				require.Equal(t, explained.Body[field], record.Body[field], "%s of %s for %s", field, n, who)
			}
			timeline := w.call(who, http.MethodGet, "/v1/"+path+"/"+n+"/timeline", nil)
			require.Equal(t, timeline.Body, w.call(who, http.MethodGet, "/v1/records/"+n+"/timeline", nil).Body)
		}
	}

	ana := w.call("ana", http.MethodGet, "/v1/records/"+string(problem)+"/graph?depth=3", nil)
	require.Equal(t, http.StatusOK, ana.Status, ana.Body)
	require.Equal(t, []string{string(problem), string(incident), string(change)}, numbersIn(t, ana.Body["nodes"]))
	all := w.call("max", http.MethodGet, "/v1/records/"+string(problem)+"/graph?depth=3", nil)
	require.ElementsMatch(t, []string{string(problem), string(incident), string(change), string(hidden)}, numbersIn(t, all.Body["nodes"]))
	require.Equal(t, http.StatusNotFound, w.call("ana", http.MethodGet, "/v1/records/"+string(hidden)+"/graph", nil).Status)
	require.Equal(t, http.StatusUnauthorized, w.call("stranger", http.MethodGet, "/v1/search?q=certificates", nil).Status)
}

// numbers are those of a list.
func (w *world) numbers(a response) (all []string) {
	w.t.Helper()
	require.Equal(w.t, http.StatusOK, a.Status, a.Body)
	return numbersIn(w.t, a.Body["items"])
}

func numbersIn(t *testing.T, list any) (all []string) {
	t.Helper()
	items, ok := list.([]any)
	require.True(t, ok, "%v", list)
	for _, item := range items {
		record, ok := item.(map[string]any)
		require.True(t, ok, "%v", item)
		number, ok := record["number"].(string)
		require.True(t, ok, "%v", record)
		all = append(all, number)
	}
	return all
}
