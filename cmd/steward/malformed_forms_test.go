package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// claimed is a button's value or a form's private text, as it was or as somebody
// forged it: of another record, another text, another revision.
func (m *maker) claimed() string {
	number, _ := url.PathUnescape(m.number())
	claim := map[string]any{"number": number, "content_hash": strings.Repeat("ab", 32)}
	if m.rare(2) {
		claim["revision"] = pick(m, []any{2, 3, 4, 0, -1, 1 << 40, "3", nil, 1.5})
		claim["was"] = pick(m, []any{map[string]any{"plan": "deadbeef", "title": "", "links": "0"}, map[string]any{}, nil, []any{}, "x"})
		claim["amends"] = pick(m, []any{true, false, "true", nil})
	}
	good, _ := json.Marshal(claim) // made of strings and numbers
	switch m.IntN(4) {
	case 0:
		return m.spoilt(string(good))
	case 1:
		return fmt.Sprintf(`{"number":%q}`, m.filled(pick(m, []string{"#", "~", "$"})))
	}
	return string(good)
}

// pressable are the actions of buttons, of menus and of what is chosen in a form.
var pressable = []string{
	"approve", "reject", "start", "done", "fail", "cancel", "show", "new", "raise", "", "abstain", "retract", "delegate", "hold", "resume", "withdraw",
	"comment", "ask", "answer", "edit", "assess", "assign", "link", "status", "explain", "more", "more", "foresee", "why", "approve:CHG-2",
	"accept", "decline", "merge", "task", "rca", "workaround", "known-error", "communicate", "fix", "accept-risk", "confirm", "review", "close", "reopen",
	"move", "certificate", "exit", "measure", "seen", "score", "meet", "action", "sign-off", "amend", "renew",
}

func (m *maker) interaction() map[string]any {
	user, n := m.slackUser(), m.next()
	p := map[string]any{
		"type": "block_actions", "api_app_id": "A0", "team": map[string]any{"id": m.team(), "domain": "x"},
		"user": map[string]any{"id": user, "username": "x", "team_id": m.team()}, "trigger_id": fmt.Sprintf("%d.fuzz", n), "response_url": m.responseURL(),
	}
	switch m.IntN(8) {
	case 0:
		p["type"], p["callback_id"], p["action_ts"] = "shortcut", pick(m, []string{"change_new", "change.new", "change.approve", "x", ""}), fmt.Sprint(n)
	case 1, 2, 3:
		p["type"], p["view"] = "view_submission", m.submitted(n)
	case 4:
		p["type"] = pick(m, []string{"view_closed", "message_action", "block_suggestion", "", "workflow_step_edit", "\x00"})
	case 5: // something was chosen in a form that looks ahead
		p["view"] = m.submitted(n)
		p["container"] = map[string]any{"type": "view", "view_id": fmt.Sprintf("V%d", n)}
		p["actions"] = []any{m.chosen(n)}
	default:
		p["channel"] = map[string]any{"id": "C0WEBSITE", "name": "x"}
		p["container"] = map[string]any{"type": "message", "message_ts": "1700000000.000100", "channel_id": "C0WEBSITE"}
		p["actions"] = []any{m.pressed(n)}
		if m.rare(6) {
			p["view"] = map[string]any{"id": "V1", "type": "home"}
		}
	}
	return p
}

// pressed is a button, or a line of a menu.
func (m *maker) pressed(n int) map[string]any {
	verb := pick(m, pressable)
	a := map[string]any{
		"type": "button", "action_id": pick(m, []string{"change.", "change.", "problem.", "corrective.", "supplier.", "supplier_review.", ""}) + verb + ":" + m.filled(pick(m, []string{"#", "~", "^", "$"})),
		"block_id": pick(m, []string{"card/CHG-1", "list.open/CHG-1", "list.mine/CHG-1", "show/CHG-2", "status/CHG-2", "tell/CHG-3", "ask/CHG-3", "", "list.nothing/CHG-1"}),
		"value":    m.claimed(), "action_ts": fmt.Sprintf("17%08d.000100", n),
	}
	if verb == "more" || m.rare(8) {
		delete(a, "value")
		line := pick(m, pressable) + pick(m, []string{" ", " ", " ", "", "  ", "\n"}) + m.claimed()
		a["type"], a["selected_option"] = "overflow", pick(m, []any{map[string]any{"value": line}, map[string]any{"value": line}, map[string]any{}, nil, "x", map[string]any{"value": 7}})
	}
	return a
}

// chosen is what somebody chose within a form.
func (m *maker) chosen(n int) map[string]any {
	block := pick(m, []string{"service", "risk_complexity", "window_start", "to", "assignee", "foreseen", "x"})
	a := map[string]any{
		"type": "static_select", "action_id": pick(m, []string{"value", "value", "change.foresee", "change.approve", ""}), "block_id": block, "action_ts": fmt.Sprintf("17%08d.000100", n),
		"selected_option": map[string]any{"value": pick(m, []string{"website", "payments", "5", "", strings.Repeat("v", 4000)})},
	}
	if m.rare(3) {
		a["type"], a["selected_user"] = "users_select", m.slackUser()
		delete(a, "selected_option")
	}
	return a
}

// callbacks are the forms, the one for a change more often than the others.
var callbacks = []string{
	"change.new", "change.new", "change.new", "change.edit", "change.edit", "change.assess", "change.assess", "change.delegate", "change.assign", "change.reject",
	"change.fail", "change.cancel", "change.hold", "change.withdraw", "change.comment", "change.ask", "change.answer", "change.why", "change.link", "done", "x", "home",
}

// submitted is a form that was filled in, or not.
func (m *maker) submitted(n int) map[string]any {
	callback, values := pick(m, callbacks), m.reasoned()
	switch m.IntN(6) {
	case 0, 1:
		callback, values = pick(m, problemForms), m.asProblem()
	case 2:
		callback, values = pick(m, correctiveForms), m.asCorrective()
	case 3:
		callback, values = pick(m, supplierForms), m.asSupplier()
	}
	switch callback {
	case "change.new":
		values = m.drafted()
		values["service"] = map[string]any{"value": map[string]any{"type": "static_select", "selected_option": map[string]any{"value": pick(m, []string{"website", "payments", "nothing", ""})}}}
	case "change.edit":
		values = m.drafted()
		values["note"] = typed("Bob asked.")
	case "change.assess":
		values = m.weighing()
	}
	if !m.rare(3) {
		m.plant(values, pick(m, []string{"x", "", "\x00", "\xff", strings.Repeat("t", 5000)}))
	}
	return map[string]any{
		"id": fmt.Sprintf("V%d", n), "type": "modal", "hash": fmt.Sprintf("%d.h", n), "callback_id": callback,
		"private_metadata": m.claimed(), "state": map[string]any{"values": values},
	}
}

func typed(text string) map[string]any {
	return map[string]any{"value": map[string]any{"type": "plain_text_input", "value": text}}
}

// reasoned is what is asked before an act: why, and sometimes of whom.
func (m *maker) reasoned() map[string]any {
	text := typed(pick(m, []string{"Because.", "Because.", "", "\x00", strings.Repeat("n", 2500)}))
	values := map[string]any{"note": text, "text": text}
	for _, block := range []string{"to", "assignee"} {
		values[block] = map[string]any{"value": map[string]any{"type": "users_select", "selected_user": m.slackUser()}}
	}
	return values
}

func (m *maker) drafted() map[string]any {
	values := map[string]any{
		"title": typed("Rotate the certificates"), "plan": typed(pick(m, []string{"One by one.", "Two by two."})), "backout_plan": typed("Put the old ones back."), "description": typed(""),
		"justification": typed("They end."), "test_plan": typed("Tried."), "backout_minutes": typed(pick(m, []string{"20", "", "-1", "1e3", "99999999999999999999", "x"})),
		"configuration_items": typed(pick(m, []string{"lb-1\nlb-2", "", strings.Repeat("i\n", 80)})), "links": typed(pick(m, []string{"https://tracker.example.com/PAY-7 PAY-7", "CHG-1", "javascript:x", strings.Repeat("http://a\n", 30)})),
	}
	for _, d := range itsm.RiskDimensions {
		values["risk_"+string(d)] = map[string]any{"value": map[string]any{"type": "static_select", "selected_option": map[string]any{"value": pick(m, []string{"1", "1", "1", "1", "5", "0", "9", ""})}}}
	}
	if m.rare(3) {
		at := func(d time.Duration) map[string]any {
			return map[string]any{"value": map[string]any{"type": "datetimepicker", "selected_date_time": time.Now().Add(d).Unix()}}
		}
		values["window_start"], values["window_end"] = at(time.Hour), at(time.Duration(m.IntN(100)-20)*time.Hour)
	}
	return values
}

func (m *maker) weighing() map[string]any {
	values := map[string]any{}
	for _, side := range []string{"risk", "benefit", "feasibility", "cost"} {
		values["assessment_"+side] = typed("So and so.")
	}
	var e itsm.Effects
	for _, s := range e.Sections() {
		values["assessment_effects_"+s.Name] = typed(pick(m, []string{"A minute of downtime.", "A minute of downtime.", "n/a: it touches nothing of it.", "n/a", ""}))
	}
	return values
}
