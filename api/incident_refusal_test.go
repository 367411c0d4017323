package api

import (
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

// incidentRefusals is every refusal that the door makes by itself of what is asked
// about incidents.
var incidentRefusals = []met{
	{"an incident of no number", get("/v1/incidents/INC-0"), 422, "record.number"},
	{"an incident that is patched", send("PATCH", "/v1/incidents/INC-7", `{"title":"x"}`, "If-Match", `"7"`), 405, "route.method"},
	{"no such state of incidents", get("/v1/incidents?state=implementing"), 422, "request.invalid"},
	{"no such priority", get("/v1/incidents?priority=P0"), 422, "request.invalid"},
	{"neither open nor not", get("/v1/incidents?open=maybe"), 422, "request.invalid"},
	{"a team without a name", get("/v1/incidents?team="), 422, "request.invalid"},
	{"a reporter asked for by name", get("/v1/incidents?reporter=ana"), 422, "request.invalid"},
	{"on call for nothing", get("/v1/oncall"), 422, "request.invalid"},
	{"on call for two", get("/v1/oncall?service=payments&service=website"), 422, "request.invalid"},
	{"on call for no service", get("/v1/oncall?service=../payments"), 422, "request.invalid"},
	{"an incident of nothing", post("/v1/incidents", `{}`), 422, "incident.invalid"},
	{"an incident of wrong types", post("/v1/incidents", `{"title":1,"service":null,"configuration_items":"db-7","follows":7}`), 422, "incident.invalid"},
	{"an incident of a degree that is none", post("/v1/incidents", `{"title":"t","service":"payments","impact":"huge","urgency":""}`), 422, "incident.invalid"},
	{"an incident of too much", post("/v1/incidents", `{"title":"`+strings.Repeat("t", itsm.MaxTitle+1)+`","service":"payments","category":"`+strings.Repeat("c", 65)+`"}`), 422, "incident.invalid"},
	{"an incident that an alert raised", post("/v1/incidents", incidentDraft[:len(incidentDraft)-1]+`,"alert":{"source":"s","key":"k"}}`), 422, "incident.invalid"},
	{"an incident with a priority", post("/v1/incidents", incidentDraft[:len(incidentDraft)-1]+`,"priority":"P1"}`), 422, "incident.invalid"},
	{"an acknowledgement in another shape", post("/v1/incidents/INC-7/acknowledge", `{"note":7}`), 422, "acknowledgement.invalid"},
	{"an acknowledgement without a body", post("/v1/incidents/INC-7/acknowledge", ``, "Content-Type", "application/json"), 400, "request.unparseable"},
	{"an incident assigned to a list", post("/v1/incidents/INC-7/assign", `{"assignee":["bob"]}`), 422, "assignment.invalid"},
	{"a priority that is none", post("/v1/incidents/INC-7/reprioritise", `{"override":"P0"}`), 422, "reprioritisation.invalid"},
	{"a priority that is given outright", post("/v1/incidents/INC-7/reprioritise", `{"priority":"P1"}`), 422, "reprioritisation.invalid"},
	{"an incident on hold for nothing", post("/v1/incidents/INC-7/hold", `{"note":"n"}`), 422, "hold.invalid"},
	{"an incident on hold for no number", post("/v1/incidents/INC-7/hold", `{"reason":"awaiting_change","for":"42","note":"n"}`), 422, "hold.invalid"},
	{"an incident resumed in another shape", post("/v1/incidents/INC-7/resume", `[]`), 422, "hold.invalid"},
	{"an escalation without a reason", post("/v1/incidents/INC-7/escalate", `{"to":"next"}`), 422, "escalation.invalid"},
	{"an escalation to nowhere", post("/v1/incidents/INC-7/escalate", `{"to":"everybody","note":"n"}`), 422, "escalation.invalid"},
	{"a comment on an incident without words", post("/v1/incidents/INC-7/comments", `{"text":"","update":1}`), 422, "comment.invalid"},
	{"an update on a change", post("/v1/changes/CHG-1/comments", `{"text":"t","update":true}`), 422, "comment.invalid"},
	{"a link that makes a child", post("/v1/incidents/INC-7/links", `{"kind":"child_of","to":"INC-3"}`), 422, "link.invalid"},
	{"a link to an address", post("/v1/incidents/INC-7/links", `{"kind":"related_to","to":"https://example.com/"}`), 422, "link.invalid"},
	{"a duplicate of nothing", post("/v1/incidents/INC-7/duplicate", `{"note":"n"}`), 422, "duplicate.invalid"},
	{"a parent that is not said", post("/v1/incidents/INC-7/parent", `{}`), 422, "parent.invalid"},
	{"a resolution of no kind", post("/v1/incidents/INC-7/resolve", `{"code":"gone"}`), 422, "resolution.invalid"},
	{"a confirmation in another shape", post("/v1/incidents/INC-7/confirm", `{"works":true}`), 422, "confirmation.invalid"},
	{"a reopening without a reason", post("/v1/incidents/INC-7/reopen", `{}`), 422, "reopening.invalid"},
	{"an incident cancelled without a reason", post("/v1/incidents/INC-7/cancel", `{}`), 422, "cancellation.invalid"},
}
