package chatops

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// TestForgedFormsOfCorrectiveActions: what a form keeps and what it offered grants nothing.
func TestForgedFormsOfCorrectiveActions(t *testing.T) {
	o := strayed(t, carPlanned)
	o.desk.catalog.Services = append(o.desk.catalog.Services, itsm.Service{ID: "hr", Name: "HR", Owner: "max", Team: "secret", Restricted: true})
	o.desk.catalog.Teams = append(o.desk.catalog.Teams, itsm.Team{ID: "secret", Manager: "max"})
	one, two, note := `{"number":"CAR-1"}`, `{"number":"CAR-2"}`, written("x")
	require.NoError(t, o.forged("U0MAX", "incident.new", "", values{"title": written("Salaries"), "service": chosen("hr")}))
	require.NoError(t, o.forged("U0MAX", "corrective.raise", "", values{"title": written("Salaries"), "service": chosen("hr"), "nonconformity": note, "source": written("INC-2")}))
	require.True(t, o.desk.corrective["CAR-2"].Restricted)
	who := func(id string) map[string]json.RawMessage {
		return map[string]json.RawMessage{"value": json.RawMessage(`{"selected_user":"` + id + `"}`)}
	}
	steps := func(owner, due string) values {
		return values{
			"steps_0_title": note, "steps_0_owner": who(owner), "steps_0_due_at": {"value": json.RawMessage(`{"selected_date_time":` + due + `}`)}, "measure": note, "similar": note,
		}
	}
	for name, tt := range map[string]struct {
		user, callback, private string
		values                  values
		code                    string
	}{
		"nothing kept":                {"U0PAT", "corrective.comment", "", values{"text": note}, "slack.form"},
		"no number":                   {"U0PAT", "corrective.comment", `{"number":"'; DROP"}`, values{"text": note}, "record.number"},
		"an incident in its form":     {"U0PAT", "corrective.comment", `{"number":"INC-1"}`, values{"text": note}, "record.not_found"},
		"one in another form":         {"U0PAT", "problem.comment", one, values{"text": note}, "record.not_found"},
		"one that is hidden":          {"U0PAT", "corrective.comment", two, values{"text": note}, "record.not_found"},
		"a cause of the hidden":       {"U0PAT", "corrective.rca", two, values{"method": chosen("ishikawa"), "cause": note}, "record.not_found"},
		"a plan of the hidden":        {"U0PAT", "corrective.plan", two, steps("U0RIO", later), "record.not_found"},
		"a form of another's":         {"U0EVE", "corrective.withdraw", one, values{"note": note}, "corrective_action.not_withdrawn_by_you"},
		"a step of another's":         {"U0EVE", "corrective.step", one, values{"id": chosen("1"), "result": note, "evidence": note}, "corrective_action.not_yours"},
		"a step that is not there":    {"U0PAT", "corrective.step", one, values{"id": chosen("-7"), "result": note, "evidence": note}, "corrective_action.no_step"},
		"a step of words":             {"U0PAT", "corrective.drop", one, values{"id": chosen("all"), "result": note}, "corrective_action.no_step"},
		"a step that shows nothing":   {"U0RIO", "corrective.step", one, values{"id": chosen("1"), "result": note}, "step.invalid"},
		"evidence without end":        {"U0RIO", "corrective.step", one, values{"id": chosen("1"), "result": note, "evidence": written(strings.Repeat("x\n", 200))}, "step.invalid"},
		"evidence that is hidden":     {"U0RIO", "corrective.step", one, values{"id": chosen("1"), "result": note, "evidence": written("INC-2")}, "step.invalid"},
		"an odd verdict":              {"U0QIA", "corrective.decide", one, values{"verdict": chosen("maybe"), "note": note}, "decision.invalid"},
		"a decision that was taken":   {"U0QUIN", "corrective.decide", one, values{"verdict": chosen("approve")}, "corrective_plan.decided"},
		"verified by whoever owns it": {"U0PAT", "corrective.verify", one, values{"result": chosen("effective"), "note": note, "evidence": note}, "actor.permission"},
		"verified too early":          {"U0QIA", "corrective.verify", one, values{"result": chosen("effective"), "note": note, "evidence": note}, "corrective_action.not_now"},
		"an odd effect":               {"U0QIA", "corrective.verify", one, values{"result": chosen("perhaps"), "note": note, "evidence": note}, "verification.invalid"},
		"a plan of an old version":    {"U0PAT", "corrective.plan", one, steps("U0RIO", later), "corrective_action.plan_changed"},
		"a plan of another version":   {"U0PAT", "corrective.plan", `{"number":"CAR-1","against":-1}`, steps("U0RIO", later), "corrective_action.plan_changed"},
		"a plan of another's":         {"U0EVE", "corrective.plan", `{"number":"CAR-1","against":1}`, steps("U0RIO", later), "corrective_action.not_owner"},
		"a plan for nobody":           {"U0PAT", "corrective.plan", `{"number":"CAR-1","against":1}`, steps("<!channel>", later), "slack.person"},
		"a plan due in another age":   {"U0PAT", "corrective.plan", `{"number":"CAR-1","against":1}`, steps("U0RIO", "99999999999"), "plan.invalid"},
		"a plan without steps":        {"U0PAT", "corrective.plan", `{"number":"CAR-1","against":1}`, values{"measure": note, "similar": note}, "plan.invalid"},
		"a cause of an old text":      {"U0PAT", "corrective.rca", one, values{"method": chosen("ishikawa"), "cause": note}, "slack.rewritten"},
		"a method that is none":       {"U0PAT", "corrective.rca", "", values{"method": chosen("guess")}, "slack.form"},
		"a verb without a form":       {"U0PAT", "corrective.implement", one, nil, "slack.form"},
		"no verb":                     {"U0PAT", "corrective.", one, nil, "slack.form"},
		"a service that is hidden":    {"U0ANA", "corrective.raise", "", values{"title": note, "service": chosen("hr"), "nonconformity": note}, "corrective_action.invalid"},
		"a source that is hidden":     {"U0ANA", "corrective.raise", "", values{"title": note, "service": chosen("payments"), "nonconformity": note, "source": written("INC-2")}, "corrective_action.invalid"},
		"a source of another kind":    {"U0ANA", "corrective.raise", "", values{"title": note, "service": chosen("payments"), "nonconformity": note, "source": written("INC-1"), "raised_by": chosen("problem")}, "corrective_action.invalid"},
		"a severity that is none":     {"U0ANA", "corrective.raise", "", values{"title": note, "service": chosen("payments"), "nonconformity": note, "severity": chosen("huge")}, "corrective_action.invalid"},
		"a text without end":          {"U0ANA", "corrective.raise", "", values{"title": note, "service": chosen("payments"), "nonconformity": written(strings.Repeat("x", 9000))}, "corrective_action.invalid"},
		"owned by words":              {"U0ANA", "corrective.raise", "", values{"title": note, "service": chosen("payments"), "nonconformity": note, "owner": who("<!channel>")}, "slack.person"},
		"an odd link":                 {"U0PAT", "corrective.link", one, values{"kind": chosen("caused_by"), "to": written("INC-1")}, "link.invalid"},
		"a link to the hidden":        {"U0PAT", "corrective.link", one, values{"kind": chosen("acts_on"), "to": written("INC-2")}, "link.invalid"},
	} {
		size := func() int {
			return len(o.desk.timelines["CAR-1"]) + len(o.desk.timelines["CAR-2"]) + len(o.desk.corrective) + len(o.desk.comments["CAR-1"])
		}
		before := size()
		err := o.forged(tt.user, tt.callback, tt.private, tt.values)
		require.Error(t, err, name)
		require.Equal(t, tt.code, itsm.AsError(err).Code, "%s: %v", name, err)
		require.Equal(t, before, size(), name)
	}
}

// TestForgedButtonsOfCorrectiveActions: an action's name and its value are anybody's, and
// so are the buttons that another was sent.
func TestForgedButtonsOfCorrectiveActions(t *testing.T) {
	o := strayed(t, carProposed)
	for _, tt := range []struct{ action, value, want string }{
		{"corrective.implement:CAR-1", `{\"number\":\"CHG-1\"}`, "record.not_found"},
		{"corrective.implement:CAR-1", `{\"number\":\"CAR-99\"}`, "record.not_found"},
		{"corrective.implement:CAR-1", `{\"number\":\"'; DROP\"}`, "record.number"},
		{"corrective.approve", ``, "slack.button"},
		{"corrective.explode:CAR-1", `{\"number\":\"CAR-1\"}`, "slack.button"},
		{"corrective.more:CAR-1", `explode {\"number\":\"CAR-1\"}`, "slack.button"},
		{"corrective.more:CAR-1", `plan`, "slack.button"},
		{"corrective.approve:CAR-1", `{\"number\":\"CAR-1\",\"content_hash\":\"` + strings.Repeat("f", 65) + `\"}`, "slack.button"},
		{"corrective.approve:CAR-1", `{\"number\":\"CAR-1\"}`, "corrective_plan.not_approver"},
		{"corrective.reject:CAR-1", `{\"number\":\"CAR-1\"}`, "corrective_plan.not_approver"},
		{"corrective.plan:CAR-1", `{\"number\":\"CAR-1\"}`, "corrective_action.not_owner"},
		{"corrective.rca:CAR-1", `{\"number\":\"CAR-1\"}`, "corrective_action.not_owner"},
		{"corrective.plan:INC-1", `{\"number\":\"INC-1\"}`, "record.not_found"},
		{"corrective.step:INC-1", `{\"number\":\"INC-1\"}`, "slack.button"},
		{"corrective.step:CAR-1", `{\"number\":\"CAR-1\",\"task\":-3}`, "corrective_action.no_step"},
		{"incident.corrective:CAR-9", `{\"number\":\"INC-9\"}`, "record.not_found"},
		{"problem.corrective:PRB-9", `{\"number\":\"PRB-9\"}`, "record.not_found"},
	} {
		before := len(o.desk.timelines["CAR-1"])
		o.deliver("/slack/interactions", pressOf(tt.action, tt.value), nil)
		dm := o.Messages("U0BOB")
		require.Contains(t, dm[len(dm)-1].Says(), tt.want, "%s %s", tt.action, tt.value)
		require.Len(t, o.desk.timelines["CAR-1"], before)
		o.clock.pass(time.Second)
	}
	asked := o.correctiveSent(itsm.NoticeAccept, "qia")
	plan := o.desk.corrective["CAR-1"].Plan
	for _, user := range []string{"U0PAT", "U0EVE"} { // who wrote it, and who may not
		_, err := o.bot.act(context.Background(), request{Request: payload.Request{Kind: payload.KindAction, User: user, Team: "T0STEWARD", Press: payload.Press{
			Action: "corrective.approve:CAR-1", Value: `{"number":"CAR-1","content_hash":"` + plan.Hash() + `"}`,
		}}}, "stolen "+user)
		require.Equal(t, itsm.Forbidden, itsm.AsError(err).Kind, user)
	}
	require.Contains(t, buttons(asked), "Approve")
	require.Equal(t, itsm.CorrectivePlanProposed, o.desk.corrective["CAR-1"].State)
}

// TestWhatPeopleWroteOfCorrectiveActionsIsHarmless: no mention and no link of theirs is
// one, on whatever shows it.
func TestWhatPeopleWroteOfCorrectiveActionsIsHarmless(t *testing.T) {
	o := qualityOffice(t)
	evil := "<!channel> <@U0EVE> <https://evil.example|ok> &lt;"
	o.car("U0ANA", "raise")
	o.fills("U0ANA", map[string]string{"title": evil, "service": "payments", "nonconformity": evil, "correction": evil, "owner": "U0PAT"})
	o.car("U0PAT", "ack 1")
	o.car("U0PAT", "rca 1")
	o.fills("U0PAT", map[string]string{"method": "five_whys", "cause": evil, "cause_evidence": "seen " + evil, "known": "known"})
	o.car("U0PAT", "plan 1")
	given := o.aPlan()
	given["steps_0_title"], given["measure"], given["similar"], given["note"] = evil, evil, evil, evil
	o.fills("U0PAT", given)
	posted := []slackfake.Message{o.correctiveSent(itsm.NoticeAccept, "qia"), o.correctiveSent(itsm.NoticeCard, "C0PAY")}
	o.car("U0QIA", "approve 1")
	o.car("U0RIO", "step 1")
	o.fills("U0RIO", map[string]string{"id": "1", "result": evil, "evidence": "seen " + evil})
	o.car("U0PAT", "drop 1 2 it is there")
	o.car("U0PAT", "implement 1")
	o.desk.correctiveShows()
	posted = append(posted, o.correctiveSent(itsm.NoticeVerify, "quin"), o.correctiveSent(itsm.NoticeTell, "pat"))
	for _, text := range []string{"show 1", "status 1", "timeline 1", "list"} {
		require.Contains(t, o.car("U0PAT", text), "evil.example")
	}
	read := 0
	for _, m := range append(posted, o.Ephemerals("U0PAT")...) {
		raw, err := json.Marshal(m.Blocks)
		require.NoError(t, err)
		var blocks any
		require.NoError(t, json.Unmarshal(raw, &blocks))
		said := marked(blocks)
		read += len(said)
		for _, text := range append(said, m.Text) {
			for _, live := range []string{"<!channel", "<@", "<https://evil"} {
				require.NotContains(t, text, live)
			}
		}
	}
	require.Greater(t, read, 50)
}

// marked are all texts in which Slack reads marks.
func marked(v any) (out []string) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			out = append(out, marked(one)...)
		}
	case map[string]any:
		if text, ok := v["text"].(string); ok && v["type"] == "mrkdwn" {
			out = append(out, text)
		}
		for _, one := range v {
			out = append(out, marked(one)...)
		}
	}
	return out
}

// FuzzCorrectiveCommands: whatever people type, the answer is one, and no panic.
func FuzzCorrectiveCommands(f *testing.F) {
	for _, text := range []string{
		"", "1", "raise from", "raise from INC-1", "raise from CAR-1", "step 1 done", "step 1 dropped 2 x", "step 1 done 99999999999999999999 x INC-1", "decide 1", "decide 1 reject",
		"verify 1 not effective", "verify 1 effective \u202e", "link 1 acts on", "list \u202e", "drop 1 -1", "timeline 99999999999999999999", "show CAR-1 <!channel>", "plan 1", "assign 1 team",
	} {
		f.Add(text)
	}
	o := strayed(f, carPlanned)
	f.Fuzz(func(t *testing.T, text string) {
		for _, command := range []string{"/corrective", "/itsm corrective"} {
			r := request{Request: payload.Request{Kind: payload.KindCommand, User: "U0QIA", Team: "T0STEWARD", Typed: command + " " + text}, relayed: true}
			a, err := o.bot.act(context.Background(), r, "")
			if err != nil && itsm.AsError(err).Kind == itsm.Internal {
				t.Fatalf("%s %q: %v", command, text, err)
			}
			if err == nil && a.text == "" && !a.silent {
				t.Fatalf("%s %q was met with silence", command, text)
			}
		}
	})
}

// FuzzCorrectiveForms: whatever a form keeps and holds, it is taken or refused.
func FuzzCorrectiveForms(f *testing.F) {
	f.Add("rca", `{"number":"CAR-1"}`, "cause_evidence", `{"value":"a | b\nhttps://x\nINC-1"}`, `{"value":"x"}`)
	f.Add("plan", `{"number":"CAR-1","against":1}`, "steps_3_due_at", `{"selected_date_time":-1}`, `{"selected_user":"U0RIO"}`)
	f.Add("raise", "", "source", `{"value":"CAR-1"}`, `{"selected_option":{"value":"payments"}}`)
	f.Add("step", `{"number":"CAR-1","task":-1}`, "evidence", `{"value":"x"}`, `[]`)
	o := strayed(f, carPlanned)
	f.Fuzz(func(t *testing.T, verb, private, field, value, word string) {
		raw := func(s string) map[string]json.RawMessage {
			return map[string]json.RawMessage{"value": json.RawMessage(s)}
		}
		r := request{Request: payload.Request{Kind: payload.KindSubmission, User: "U0QIA", Team: "T0STEWARD"}}
		r.Form = form.Filled{Callback: "corrective." + verb, Private: private, Values: values{field: raw(value), "note": raw(word), "steps_0_title": raw(word), "service": raw(word), "id": raw(word)}}
		if _, err := o.bot.act(context.Background(), r, ""); err != nil && itsm.AsError(err).Kind == itsm.Internal {
			t.Fatal(err)
		}
	})
}
