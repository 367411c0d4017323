package main

import (
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// correctiveRoutes are those of corrective actions: ^ stands for one, ~ for a problem.
var correctiveRoutes = []route{
	{"POST", "/v1/corrective-actions", `{"title":"Restores are not tried","nonconformity":"None was for a year.","correction":"One was.","service":"website","severity":"major","owner":"ida","raised_by":"problem","source":"~"}`},
	{"POST", "/v1/corrective-actions", `{"title":"It is back","nonconformity":"As before.","service":"website","raised_by":"review","source":"^"}`},
	{"GET", "/v1/corrective-actions", ""},
	{"GET", "/v1/corrective-actions/^", ""},
	{"GET", "/v1/corrective-actions/^/timeline", ""},
	{"GET", "/v1/corrective-actions/^/explain", ""},
	{"GET", "/v1/corrective-actions/^/relations", ""},
	{"GET", "/v1/corrective-actions/^/comments", ""},
	{"POST", "/v1/corrective-actions/^/comments", `{"text":"Is it the cable?","question":true}`},
	{"POST", "/v1/corrective-actions/^/acknowledge", `{"note":"It is mine."}`},
	{"POST", "/v1/corrective-actions/^/assign", `{"assignee":"ida","team":"money","note":"She knows it."}`},
	{"POST", "/v1/corrective-actions/^/links", `{"kind":"acts_on","to":"@"}`},
	{"POST", "/v1/corrective-actions/^/rca", `{"method":"five_whys","cause":{"text":"Nobody was told.","evidence":[{"record":"@","note":"Seen."},{"url":"https://logs.example.com/7"}]},"known":true}`},
	{"POST", "/v1/corrective-actions/^/plan", `{"against":1,"steps":[{"title":"Try one","owner":"bob","due_at":"` + anInstant + `"},{"title":"Say so","owner":"ida","due_at":"` + anInstant + `"}],"measure":"It works.","similar":"Nowhere.","verify_after":"` + anInstant + `","note":"Please."}`},
	{"POST", "/v1/corrective-actions/^/plan", `{"steps":[{"title":"Try one","owner":"bob","due_at":"` + anInstant + `"}],"measure":"It works.","similar":"Nowhere."}`},
	{"POST", "/v1/corrective-actions/^/decide", `{"verdict":"approve","note":"Go.","content_hash":"` + strings.Repeat("ab", 32) + `"}`},
	{"POST", "/v1/corrective-actions/^/decide", `{"verdict":"reject","note":"It does not reach the cause."}`},
	{"POST", "/v1/corrective-actions/^/step", `{"id":1,"state":"done","result":"It went well.","evidence":[{"record":"#"},{"note":"Its log"}]}`},
	{"POST", "/v1/corrective-actions/^/step", `{"id":2,"state":"dropped","result":"It is there."}`},
	{"POST", "/v1/corrective-actions/^/implement", `{"note":"In place."}`},
	{"POST", "/v1/corrective-actions/^/verify", `{"result":"effective","note":"Two went well.","evidence":[{"note":"Their logs"}]}`},
	{"POST", "/v1/corrective-actions/^/verify", `{"result":"not_effective","note":"One did not.","evidence":[{"url":"https://logs.example.com/9"}]}`},
	{"POST", "/v1/corrective-actions/^/withdraw", `{"note":"The service ends."}`},
	{"GET", "/v1/me/corrective-actions", ""},
}

// bettered are corrective actions in each stage that a malformed request may meet.
func (m *maker) bettered() {
	for _, walk := range []string{
		"", "acknowledge", "acknowledge cause", "acknowledge cause plan", "acknowledge cause plan accept", "acknowledge cause plan accept step drop",
		"acknowledge cause plan accept step drop implement", "acknowledge cause plan accept step drop implement useless",
		"acknowledge cause plan accept step drop implement effective", "withdraw",
	} {
		n := m.corrective()
		for word := range strings.FieldsSeq(walk) {
			m.betters(n, word)
		}
		m.correctives = append(m.correctives, string(n))
	}
}

// correctiveForms are the forms about corrective actions.
var correctiveForms = []string{
	"corrective.raise", "corrective.raise", "corrective.rca", "corrective.rca", "corrective.plan", "corrective.plan", "corrective.step", "corrective.drop",
	"corrective.verify", "corrective.decide", "corrective.reject", "corrective.assign", "corrective.link", "corrective.comment", "corrective.withdraw",
}

// asCorrective is a form about a corrective action that was filled in, or not.
func (m *maker) asCorrective() map[string]any {
	values := m.asProblem()
	for _, block := range []string{"nonconformity", "correction", "measure", "similar", "steps_0_title", "steps_1_title", "steps_2_title"} {
		values[block] = typed(pick(m, []string{"Restores are tried.", "Restores are tried.", "Restores are tried.", "", "\x00", strings.Repeat("n", 4500)}))
	}
	values["evidence"] = typed(pick(m, []string{"Seen in the logs.", "https://logs.example.com/7 seen", "INC-1 seen", "CAR-0", "|", strings.Repeat("INC-1\n", 40), "javascript:x"}))
	values["source"] = typed(pick(m, append([]string{"", "CAR-0", "7", "x"}, m.problems...)))
	for block, all := range map[string][]string{
		"severity": {"critical", "minor", "", "x"}, "raised_by": {"manual", "problem", "review", "", "x"}, "result": {"effective", "not_effective", "x"},
	} {
		values[block] = map[string]any{"value": map[string]any{"type": "static_select", "selected_option": map[string]any{"value": pick(m, all)}}}
	}
	for _, block := range []string{"steps_0_owner", "steps_1_owner", "assignee"} {
		values[block] = map[string]any{"value": map[string]any{"type": "users_select", "selected_user": m.slackUser()}}
	}
	for _, block := range []string{"steps_0_due_at", "steps_1_due_at", "verify_after"} {
		values[block] = map[string]any{"value": map[string]any{"type": "datetimepicker", "selected_date_time": time.Now().Add(time.Duration(m.IntN(2000)-500) * time.Hour).Unix()}}
	}
	return values
}

// withBetterers has some of the crowd answer for corrective actions.
func withBetterers(c *itsm.Catalog) {
	for i := range c.People {
		if p := &c.People[i]; slices.Contains([]itsm.PersonID{"max", "eve", "f00", "f01", "f04"}, p.ID) {
			p.Roles = append(p.Roles, itsm.QualityManager)
		}
	}
}
