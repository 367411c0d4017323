package main

import (
	"maps"
	"net/http"
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// parameters plants the word in headers and queries.
func (w *watched) parameters(n itsm.Number) {
	for _, operation := range w.canary.acts() {
		given := map[string]any{"draft": nil, "change": n, "verdict": "approve", "result": "failed", "content_hash": nil, "type": "normal", "window": nil}
		if strings.Contains(operation, "Incident") {
			maps.Copy(given, map[string]any{"of": n, "parent": n, "follows": n, "to": n, "for": n})
		}
		w.ask("max", operation, n, given, "Idempotency-Key", w.canary.parameter(operation, "Idempotency-Key"), "If-Match", `"1"`)
	}
	w.refused(http.StatusNotFound, w.ask("max", "decideContract", "CON-404", map[string]any{"verdict": "approve"}))
	key := w.canary.parameter("raiseChange", "Idempotency-Key")
	for _, service := range []string{"website", "payments"} { // the second is another request under the same key
		a := w.ask("ana", "raiseChange", "", map[string]any{"type": "normal", "window": nil, "service": service}, "Idempotency-Key", key)
		if a.Status == http.StatusCreated {
			w.numbers = append(w.numbers, a.number())
		}
	}
	for _, q := range []struct{ operation, path, name string }{
		{"listChanges", "/v1/changes", "service"},
		{"listChanges", "/v1/changes", "cursor"},
		{"listIncidents", "/v1/incidents", "service"},
		{"listIncidents", "/v1/incidents", "team"},
		{"listIncidents", "/v1/incidents", "cursor"},
		{"listProblems", "/v1/problems", "service"},
		{"listProblems", "/v1/problems", "team"},
		{"listProblems", "/v1/problems", "cursor"},
		{"listKnownErrors", "/v1/known-errors", "q"},
		{"listCorrectiveActions", "/v1/corrective-actions", "service"},
		{"listCorrectiveActions", "/v1/corrective-actions", "team"},
		{"listCorrectiveActions", "/v1/corrective-actions", "cursor"},
		{"listSuppliers", "/v1/suppliers", "service"},
		{"listSuppliers", "/v1/suppliers", "cursor"},
		{"listContracts", "/v1/contracts", "cursor"},
		{"listSupplierReviews", "/v1/supplier-reviews", "cursor"},
		{"readOnCall", "/v1/oncall", "service"},
		{"listRecords", "/v1/records", "service"},
		{"listRecords", "/v1/records", "cursor"},
		{"searchRecords", "/v1/search", "q"},
	} {
		w.heard(w.call("ana", http.MethodGet, q.path+"?"+q.name+"="+w.canary.parameter(q.operation, q.name), nil))
	}
	for _, kind := range []string{"changes", "incidents", "problems", "corrective-actions", "suppliers", "contracts", "records"} {
		w.heard(w.call("ana", http.MethodGet, "/v1/"+kind+"/"+w.canary.word, nil))
	}
}
