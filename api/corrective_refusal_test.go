package api

// correctiveRefusals is every refusal that the door makes by itself of what is asked
// about corrective actions.
var correctiveRefusals = []met{
	{"a corrective action of no number", get("/v1/corrective-actions/CAR-0"), 422, "record.number"},
	{"a corrective action that is patched", send("PATCH", "/v1/corrective-actions/CAR-3", `{"title":"x"}`, "If-Match", `"7"`), 405, "route.method"},
	{"no such state of corrective actions", get("/v1/corrective-actions?state=on_hold"), 422, "request.invalid"},
	{"no such severity", get("/v1/corrective-actions?severity=P1"), 422, "request.invalid"},
	{"a source that is no record", get("/v1/corrective-actions?source=7"), 422, "request.invalid"},
	{"a corrective action of nothing", post("/v1/corrective-actions", `{}`), 422, "corrective_action.invalid"},
	{"a corrective action of wrong types", post("/v1/corrective-actions", `{"title":1,"nonconformity":[],"service":null,"severity":3}`), 422, "corrective_action.invalid"},
	{"a corrective action with a plan", post("/v1/corrective-actions", correctiveDraft[:len(correctiveDraft)-1]+`,"plan":{}}`), 422, "corrective_action.invalid"},
	{"a corrective action that matters somehow", post("/v1/corrective-actions", correctiveDraft[:len(correctiveDraft)-1]+`,"severity":"somehow"}`), 422, "corrective_action.invalid"},
	{"a corrective action acknowledged in another shape", post("/v1/corrective-actions/CAR-3/acknowledge", `{"yes":true}`), 422, "acknowledgement.invalid"},
	{"a corrective action assigned to a list", post("/v1/corrective-actions/CAR-3/assign", `{"assignee":["bob"]}`), 422, "assignment.invalid"},
	{"a corrective action that is linked as fixed", post("/v1/corrective-actions/CAR-3/links", `{"kind":"fixed_by","to":"CHG-3"}`), 422, "link.invalid"},
	{"an update on a corrective action", post("/v1/corrective-actions/CAR-3/comments", `{"text":"t","update":true}`), 422, "comment.invalid"},
	{"a cause of a nonconformity by no method", post("/v1/corrective-actions/CAR-3/rca", `{"cause":{"text":"t"}}`), 422, "root_cause.invalid"},
	{"a plan without a step", post("/v1/corrective-actions/CAR-3/plan", `{"steps":[],"measure":"m","similar":"s"}`), 422, "plan.invalid"},
	{"a plan that nobody judges", post("/v1/corrective-actions/CAR-3/plan", `{"steps":[{"title":"t","owner":"bob","due_at":"2031-06-30T12:00:00Z"}],"similar":"s"}`), 422, "plan.invalid"},
	{"a step of a plan by nobody", post("/v1/corrective-actions/CAR-3/plan", `{"steps":[{"title":"t"}],"measure":"m","similar":"s"}`), 422, "plan.invalid"},
	{"a decision on a plan that is none", post("/v1/corrective-actions/CAR-3/decide", `{"verdict":"maybe"}`), 422, "decision.invalid"},
	{"a step that is lost", post("/v1/corrective-actions/CAR-3/step", `{"id":1,"state":"lost"}`), 422, "step.invalid"},
	{"no step", post("/v1/corrective-actions/CAR-3/step", `{"state":"done"}`), 422, "step.invalid"},
	{"an implementation in another shape", post("/v1/corrective-actions/CAR-3/implement", `{"done":true}`), 422, "implementation.invalid"},
	{"a verification of nothing", post("/v1/corrective-actions/CAR-3/verify", `{"result":"effective","note":"n","evidence":[]}`), 422, "verification.invalid"},
	{"a verification that may be", post("/v1/corrective-actions/CAR-3/verify", `{"result":"maybe","note":"n","evidence":[{"note":"n"}]}`), 422, "verification.invalid"},
	{"a withdrawal without a reason", post("/v1/corrective-actions/CAR-3/withdraw", `{}`), 422, "withdrawal.invalid"},
}
