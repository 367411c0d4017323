package main

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// handled goes every way that a person's words go about incidents: their report, the
// work on them, what is said meanwhile, and each of their ends.
func (w *watched) handled() {
	n, other, child := w.reported(), w.reported(), w.reported()
	w.refused(http.StatusUnprocessableEntity, w.ask("ana", "raiseIncident", "", map[string]any{"service": "website", "follows": nil}))
	w.refused(http.StatusForbidden, w.ask("eve", "resolveIncident", n, nil))
	w.accepted(w.ask("bob", "acknowledgeIncident", n, nil))
	w.refused(http.StatusUnprocessableEntity, w.ask("bob", "assignIncident", n, nil))
	w.accepted(w.ask("bob", "assignIncident", n, map[string]any{"assignee": "ida", "team": nil}))
	w.accepted(w.ask("ida", "acknowledgeIncident", n, nil))
	w.accepted(w.ask("ida", "commentOnIncident", n, map[string]any{"question": true, "reply_to": nil}))
	w.accepted(w.ask("ana", "commentOnIncident", n, map[string]any{"reply_to": 1}))
	w.accepted(w.ask("ida", "commentOnIncident", n, map[string]any{"update": true, "reply_to": nil}))
	w.accepted(w.ask("ida", "holdIncident", n, map[string]any{"reason": "awaiting_vendor", "for": nil}))
	w.accepted(w.ask("ida", "resumeIncident", n, nil))
	w.accepted(w.ask("ida", "reprioritiseIncident", n, map[string]any{"override": nil, "impact": "high", "urgency": "low"}))
	w.refused(http.StatusUnprocessableEntity, w.ask("ida", "escalateIncident", n, map[string]any{"to": "team"}))
	w.accepted(w.ask("ida", "escalateIncident", n, map[string]any{"to": "next", "team": nil}))
	w.accepted(w.ask("ida", "relateIncident", n, map[string]any{"kind": "related_to", "to": other}))
	w.accepted(w.ask("ida", "setIncidentParent", child, map[string]any{"parent": n}))
	w.accepted(w.ask("ida", "endIncidentAsDuplicate", other, map[string]any{"of": n}))
	w.accepted(w.ask("ida", "resolveIncident", n, map[string]any{"code": "fixed"}))
	w.accepted(w.ask("ana", "reopenIncident", n, nil))
	w.accepted(w.ask("ida", "resolveIncident", n, map[string]any{"code": "fixed"}))
	w.accepted(w.ask("ana", "confirmIncident", n, nil))
	w.refused(http.StatusConflict, w.ask("ida", "resolveIncident", n, map[string]any{"code": "fixed"}))
	w.accepted(w.ask("ana", "cancelIncident", w.reported(), nil))

	for _, text := range []string{
		"ack # " + w.canary.word, "assign # @" + w.canary.word, "comment # " + w.canary.word, "update # " + w.canary.word, "hold # " + w.canary.word,
		"escalate # manager " + w.canary.word, "resolve # fixed " + w.canary.word, "reopen # " + w.canary.word, "list " + w.canary.word, w.canary.word,
		"new " + w.canary.word,
	} {
		_, err := w.slack.Command(w.t.Context(), slackID("bob"), "C0GENERAL", "/incident", strings.ReplaceAll(text, "#", string(child)))
		require.NoError(w.t, err)
	}
}

func (w *watched) reported() itsm.Number {
	w.t.Helper()
	a := w.ask("ana", "raiseIncident", "", map[string]any{"service": "website", "follows": nil, "escalation": nil})
	require.Equal(w.t, http.StatusCreated, a.Status, a.Body)
	w.numbers = append(w.numbers, a.number())
	return a.number()
}

// alerted sends the word in alerts: those that are taken, those that are not, and with
// the word for a key.
func (w *watched) alerted() {
	word := w.canary.word
	words := map[string]string{"alertname": word, "service": "website", word: word}
	group := func(version string) map[string]any {
		return map[string]any{
			"version": version, "groupKey": word, "status": "firing", "externalURL": "https://" + word + ".example.com",
			"groupLabels": words, "commonLabels": words, "commonAnnotations": map[string]any{"summary": word, "description": word},
			"alerts": []any{map[string]any{
				"status": "firing", "labels": words, "annotations": map[string]any{"summary": word, word: word},
				"startsAt": "2026-11-28T12:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "https://" + word + ".example.com", "fingerprint": word,
			}},
		}
	}
	event := func(severity string) map[string]any {
		return map[string]any{
			"routing_key": word, "event_action": "trigger", "dedup_key": word, "client": word, "client_url": "https://" + word + ".example.com",
			"links": []any{map[string]any{"href": "https://" + word + ".example.com", "text": word}},
			"payload": map[string]any{
				"summary": word, "source": word, "severity": severity, "component": word, "group": word, "class": word,
				"custom_details": map[string]any{"service": "website", word: word},
			},
		}
	}
	for _, sender := range []struct {
		operation, kind string
		good, bad       map[string]any
	}{
		{alertmanagerHook, "alertmanager", group("4"), group(word)},
		{eventHook, "events", event("critical"), event(word)},
	} {
		path := "/v1/hooks/" + sender.kind + "/"
		key := w.intake(sender.kind, "website")
		a := w.heard(w.call("", http.MethodPost, path+key, sender.good))
		require.Equal(w.t, http.StatusAccepted, a.Status, a.Body)
		numbers, _ := a.Body["numbers"].([]any)
		require.Len(w.t, numbers, 1)
		number, _ := numbers[0].(string)
		w.numbers = append(w.numbers, itsm.Number(number))
		bad, err := json.Marshal(sender.bad)
		require.NoError(w.t, err)
		a = w.call("", http.MethodPost, path+key, bad)
		require.Contains(w.t, []int{http.StatusBadRequest, http.StatusUnprocessableEntity}, a.Status, a.Body)
		w.heard(a)
		a = w.heard(w.call("", http.MethodPost, path+w.canary.parameter(sender.operation, "key"), sender.good))
		require.Equal(w.t, http.StatusUnauthorized, a.Status, a.Body)
	}
}
