package api

import (
	"strings"

	"github.com/steward-itsm/steward/itsm"
)

const goodCause = `{"method":"five_whys","cause":{"text":"t","evidence":[{"note":"n"}]}`

// problemRefusals is every refusal that the door makes by itself of what is asked
// about problems.
var problemRefusals = []met{
	{"a problem of no number", get("/v1/problems/PRB-0"), 422, "record.number"},
	{"a problem that is patched", send("PATCH", "/v1/problems/PRB-7", `{"title":"x"}`, "If-Match", `"7"`), 405, "route.method"},
	{"no such state of problems", get("/v1/problems?state=on_hold"), 422, "request.invalid"},
	{"a coordinator asked for by name", get("/v1/problems?coordinator=ana"), 422, "request.invalid"},
	{"neither waiting nor not", get("/v1/problems?waiting=7"), 422, "request.invalid"},
	{"a search of too much", get("/v1/known-errors?q=" + strings.Repeat("q", itsm.MaxSearch+1)), 422, "request.invalid"},
	{"a search for none", get("/v1/known-errors?limit=0"), 422, "request.invalid"},
	{"two searches", get("/v1/known-errors?q=a&q=b"), 422, "request.invalid"},
	{"known errors of a number that is none", get("/v1/incidents/7/known-errors"), 422, "record.number"},
	{"a problem of nothing", post("/v1/problems", `{}`), 422, "problem.invalid"},
	{"a problem of wrong types", post("/v1/problems", `{"title":1,"service":null,"incidents":"INC-7","pattern":[],"impact":3}`), 422, "problem.invalid"},
	{"a problem of a trend that somebody made up", post("/v1/problems", problemDraft[:len(problemDraft)-1]+`,"trend":{"id":"x"}}`), 422, "problem.invalid"},
	{"a problem for no reason that there is", post("/v1/problems", problemDraft[:len(problemDraft)-1]+`,"trigger":"boredom"}`), 422, "problem.invalid"},
	{"a problem with a priority", post("/v1/problems", problemDraft[:len(problemDraft)-1]+`,"priority":"P1"}`), 422, "problem.invalid"},
	{"an acceptance in another shape", post("/v1/problems/PRB-7/accept", `{"major":"yes","coordinator":["bob"]}`), 422, "acceptance.invalid"},
	{"a problem declined without a reason", post("/v1/problems/PRB-7/decline", `{}`), 422, "decline.invalid"},
	{"a merge into an incident", post("/v1/problems/PRB-7/merge", `{"into":"INC-3","note":"n"}`), 422, "merge.invalid"},
	{"a problem assigned to a list", post("/v1/problems/PRB-7/assign", `{"assignee":["bob"]}`), 422, "assignment.invalid"},
	{"a problem that is linked as fixed", post("/v1/problems/PRB-7/links", `{"kind":"fixed_by","to":"CHG-3"}`), 422, "link.invalid"},
	{"an update on a problem", post("/v1/problems/PRB-7/comments", `{"text":"t","update":true}`), 422, "comment.invalid"},
	{"a task that is lost", post("/v1/problems/PRB-7/task", `{"id":-1,"state":"lost","due_at":"soon"}`), 422, "task.invalid"},
	{"a root cause by no method", post("/v1/problems/PRB-7/rca", `{"cause":{"text":"t"}}`), 422, "root_cause.invalid"},
	{"a root cause without words", post("/v1/problems/PRB-7/rca", goodCause+`,"trigger":{"text":""},"detection_gap":"none"}`), 422, "root_cause.invalid"},
	{"evidence that is no record", post("/v1/problems/PRB-7/rca", `{"method":"ishikawa","cause":{"text":"t","evidence":[{"record":"../etc"}]}}`), 422, "root_cause.invalid"},
	{"too much evidence", post("/v1/problems/PRB-7/rca", `{"method":"timeline","cause":{"text":"t","evidence":[`+strings.Repeat(`{"note":"n"},`, itsm.MaxEvidence)+`{"note":"n"}]}}`), 422, "root_cause.invalid"},
	{"a workaround whose risk nobody says", post("/v1/problems/PRB-7/workaround", `{"symptoms":"s","workaround":"w","verified_by":"eve"}`), 422, "workaround.invalid"},
	{"a publication in another shape", post("/v1/problems/PRB-7/known-error", `{"publish":true}`), 422, "publication.invalid"},
	{"a decision on a known error that is none", post("/v1/problems/PRB-7/decide", `{"verdict":"maybe"}`), 422, "decision.invalid"},
	{"a communication in another shape", post("/v1/problems/PRB-7/communicate", `{"to":"everybody"}`), 422, "communication.invalid"},
	{"a fix by nothing", post("/v1/problems/PRB-7/fix", `{}`), 422, "fix.invalid"},
	{"a fix by two", post("/v1/problems/PRB-7/fix", `{"change":"CHG-42","draft":`+draft+`}`), 422, "fix.invalid"},
	{"a fix by null", post("/v1/problems/PRB-7/fix", `{"draft":null}`), 422, "fix.invalid"},
	{"a fix by half a draft", post("/v1/problems/PRB-7/fix", `{"draft":{"title":"t"}}`), 422, "fix.invalid"},
	{"a risk without an end", post("/v1/problems/PRB-7/accept-risk", `{"note":"n"}`), 422, "risk.invalid"},
	{"a risk until a day that is none", post("/v1/problems/PRB-7/accept-risk", `{"note":"n","expires_at":"2031-02-30T12:00:00Z"}`), 422, "risk.invalid"},
	{"a fix confirmed without a word", post("/v1/problems/PRB-7/confirm", `{"note":""}`), 422, "confirmation.invalid"},
	{"a review that praises alone", post("/v1/problems/PRB-7/review", `{"went_well":"All."}`), 422, "review.invalid"},
	{"a closure in another shape", post("/v1/problems/PRB-7/close", `{"note":7}`), 422, "closure.invalid"},
	{"a problem reopened without a reason", post("/v1/problems/PRB-7/reopen", `{}`), 422, "reopening.invalid"},
	{"a problem cancelled without a reason", post("/v1/problems/PRB-7/cancel", `{}`), 422, "cancellation.invalid"},
	{"a workaround of an incident", post("/v1/incidents/INC-7/apply", `{"known_error":"INC-3"}`), 422, "known_error.invalid"},
}
