package main

import (
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// problemRoutes are those of problems: ~ stands for one, # for a change, @ for an
// incident.
var problemRoutes = []route{
	{"POST", "/v1/problems", `{"title":"The shop hangs each Monday","description":"Since May.","service":"website","category":"outage","pattern":{"service":"website","symptom":"error 503","item":"lb-1"},"incidents":["@"],"change":"#","impact":"high","urgency":"low"}`},
	{"POST", "/v1/problems", `{"title":"It is back","service":"website","trigger":"manual","follows":"~"}`},
	{"GET", "/v1/problems", ""},
	{"GET", "/v1/problems/~", ""},
	{"GET", "/v1/problems/~/timeline", ""},
	{"GET", "/v1/problems/~/explain", ""},
	{"GET", "/v1/problems/~/relations", ""},
	{"GET", "/v1/problems/~/fix-draft", ""},
	{"GET", "/v1/problems/~/comments", ""},
	{"POST", "/v1/problems/~/comments", `{"text":"Is it the cable?","question":true}`},
	{"POST", "/v1/problems/~/accept", `{"coordinator":"bob","team":"money","category":"outage","impact":"high","urgency":"low","major":true,"note":"He knows it."}`},
	{"POST", "/v1/problems/~/decline", `{"note":"It is the network's."}`},
	{"POST", "/v1/problems/~/merge", `{"into":"~","note":"The same pool."}`},
	{"POST", "/v1/problems/~/assign", `{"assignee":"ida","note":"She knows it."}`},
	{"POST", "/v1/problems/~/links", `{"kind":"found_in","to":"@"}`},
	{"POST", "/v1/problems/~/task", `{"title":"Read the logs","owner":"ida","due_at":"` + anInstant + `"}`},
	{"POST", "/v1/problems/~/task", `{"id":1,"state":"done","result":"It is the pool."}`},
	{"POST", "/v1/problems/~/rca", `{"method":"five_whys","trigger":{"text":"A sale."},"cause":{"text":"The pool leaks.","evidence":[{"record":"@","note":"Seen."},{"url":"https://logs.example.com/7"}]},"contributing":[{"text":"No alarm.","evidence":[{"record":"#"}]}],"detection_gap":{"text":"Nobody looked."}}`},
	{"POST", "/v1/problems/~/rca", `{"method":"ishikawa","cause":{"text":"The pool leaks.","evidence":[{"note":"Seen in the logs."}]},"known":true}`},
	{"POST", "/v1/problems/~/workaround", `{"title":"The shop hangs","symptoms":"It hangs","services":["website"],"workaround":"Reload the pool.","risk":"Ten seconds without orders","verified_by":"ida"}`},
	{"POST", "/v1/problems/~/known-error", `{"note":"Please read it."}`},
	{"POST", "/v1/problems/~/decide", `{"verdict":"approve","note":"Go.","content_hash":"` + strings.Repeat("ab", 32) + `"}`},
	{"POST", "/v1/problems/~/decide", `{"verdict":"reject","note":"Say how long it takes."}`},
	{"POST", "/v1/problems/~/communicate", `{"note":"Now."}`},
	{"POST", "/v1/problems/~/fix", `{"change":"#"}`},
	{"POST", "/v1/problems/~/fix", `{"draft":{"type":"normal","title":"Empty the pool","service":"website","plan":"Each night.","backout_plan":"Leave it full."}}`},
	{"POST", "/v1/problems/~/accept-risk", `{"note":"It is rare.","expires_at":"` + anInstant + `"}`},
	{"POST", "/v1/problems/~/confirm", `{"note":"A week without it."}`},
	{"POST", "/v1/problems/~/review", `{"went_well":"Found in a day.","went_wrong":"Nobody watched.","third_parties":"The vendor.","follow_up":"An alarm."}`},
	{"POST", "/v1/problems/~/close", `{"note":"For good."}`},
	{"POST", "/v1/problems/~/reopen", `{"note":"It is back."}`},
	{"POST", "/v1/problems/~/cancel", `{"note":"The service ends."}`},
	{"GET", "/v1/known-errors?q=shop", ""},
	{"GET", "/v1/me/problems", ""},
	{"GET", "/v1/incidents/@/known-errors", ""},
	{"POST", "/v1/incidents/@/apply", `{"known_error":"~"}`},
}

// investigated are problems in each stage that a malformed request may meet.
func (m *maker) investigated() {
	other := m.problem("ana")
	m.problems = append(m.problems, string(other))
	for _, walk := range []string{
		"", "accept task", "accept cause", "accept cause workaround publish", "accept cause workaround publish approve",
		"accept cause fix works", "accept cause fix works confirm", "accept risk", "accept risk close", "merge", "cancel",
	} {
		n := m.problem("bob", itsm.Number(m.incidents[0]))
		for word := range strings.FieldsSeq(walk) {
			if word == "fix" { // by a change of low risk, which any approver decides on
				change := m.raise("ana", weighs(itsm.MinRisk))
				m.asks("bob", "/v1/problems/"+string(n)+"/fix", map[string]any{"change": change})
				m.numbers = append(m.numbers, string(change))
				continue
			}
			m.investigates(n, word, other)
		}
		m.problems = append(m.problems, string(n))
	}
}

// problemForms are the forms about problems.
var problemForms = []string{
	"problem.new", "problem.new", "problem.rca", "problem.rca", "problem.workaround", "problem.workaround", "problem.accept", "problem.decline", "problem.merge", "problem.assign", "problem.task",
	"problem.done", "problem.decide", "problem.reject", "problem.accept-risk", "problem.confirm", "problem.review", "problem.reopen", "problem.cancel", "problem.link", "problem.comment", "incident.apply",
}

// asProblem is a form about a problem that was filled in, or not.
func (m *maker) asProblem() map[string]any {
	values := m.reasoned()
	for _, block := range []string{
		"title", "description", "category", "cause", "trigger", "detection_gap", "symptoms", "workaround", "risk", "result", "went_well", "went_wrong", "third_parties", "follow_up",
	} {
		values[block] = typed(pick(m, []string{"The pool leaks.", "The pool leaks.", "The pool leaks.", "", "\x00", strings.Repeat("n", 4500)}))
	}
	lines := []string{"Seen in the logs.", "https://logs.example.com/7 seen", "INC-1 seen", "PRB-0", "No alarm | INC-1", "|", "||\n|", strings.Repeat("INC-1\n", 40), "javascript:x"}
	for _, block := range []string{"cause_evidence", "trigger_evidence", "detection_gap_evidence", "contributing", "incidents", "services"} {
		values[block] = typed(pick(m, lines))
	}
	for block, all := range map[string][]string{
		"service": {"website", "website", "payments", "nothing", ""}, "impact": {"high", "low", "", "x"}, "urgency": {"high", "low", "", "x"}, "major": {"yes", "no", "x"},
		"method": {"five_whys", "five_whys", "ishikawa", "", "x"}, "known": {"draft", "known", "", "x"}, "verdict": {"approve", "reject", "abstain", "x"},
		"id": {"1", "1", "0", "-1", "1e9", "99999999999999999999", "x"}, "state": {"done", "dropped", "open", "x"}, "kind": {"found_in", "caused_by", "related_to", "x"},
	} {
		values[block] = map[string]any{"value": map[string]any{"type": "static_select", "selected_option": map[string]any{"value": pick(m, all)}}}
	}
	for block, all := range map[string][]string{"into": m.problems, "known_error": m.problems, "follows": m.problems, "to": m.incidents} {
		values[block] = typed(pick(m, append([]string{"", "PRB-0", "7", "x"}, all...)))
	}
	for _, block := range []string{"coordinator", "owner", "verified_by"} {
		values[block] = map[string]any{"value": map[string]any{"type": "users_select", "selected_user": m.slackUser()}}
	}
	for _, block := range []string{"due_at", "expires_at"} {
		values[block] = map[string]any{"value": map[string]any{"type": "datetimepicker", "selected_date_time": time.Now().Add(time.Duration(m.IntN(2000)-500) * time.Hour).Unix()}}
	}
	return values
}

// withInvestigators has some of the crowd answer for problems: as implementers, all of
// it works on them.
func withInvestigators(c *itsm.Catalog) {
	for i := range c.People {
		if p := &c.People[i]; slices.Contains([]itsm.PersonID{"max", "eve", "f00", "f01", "f02", "f03"}, p.ID) {
			p.Roles = append(p.Roles, itsm.ProblemManager)
		}
	}
}
