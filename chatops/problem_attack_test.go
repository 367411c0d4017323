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
	"github.com/steward-itsm/steward/itsm"
)

// TestForgedFormsOfProblems: what a form keeps and what it offered grants nothing.
func TestForgedFormsOfProblems(t *testing.T) {
	o := stood(t, drafted)
	o.desk.catalog.Services = append(o.desk.catalog.Services, itsm.Service{ID: "hr", Name: "HR", Owner: "max", Team: "secret", Restricted: true})
	o.desk.catalog.Teams = append(o.desk.catalog.Teams, itsm.Team{ID: "secret", Manager: "max"})
	require.NoError(t, o.forged("U0MAX", "incident.new", "", values{"title": written("Salaries"), "service": chosen("hr")}))
	require.NoError(t, o.forged("U0MAX", "problem.new", "", values{"title": written("Salaries"), "service": chosen("hr")}))
	require.True(t, o.desk.problems["PRB-2"].Restricted)
	one, note := `{"number":"PRB-1"}`, written("x")
	who := func(id string) map[string]json.RawMessage {
		return map[string]json.RawMessage{"value": json.RawMessage(`{"selected_user":"` + id + `"}`)}
	}
	for name, tt := range map[string]struct {
		user, callback, private string
		values                  values
		code                    string
	}{
		"nothing kept":               {"U0PAT", "problem.comment", "", values{"text": note}, "slack.form"},
		"no number":                  {"U0PAT", "problem.comment", `{"number":"'; DROP"}`, values{"text": note}, "record.number"},
		"an incident in its form":    {"U0PAT", "problem.comment", `{"number":"INC-1"}`, values{"text": note}, "record.not_found"},
		"a problem in another form":  {"U0PAT", "incident.resolve", one, values{"code": chosen("fixed"), "note": note}, "record.not_found"},
		"one that is hidden":         {"U0PAT", "problem.comment", `{"number":"PRB-2"}`, values{"text": note}, "record.not_found"},
		"a form of another's":        {"U0EVE", "problem.decline", one, values{"note": note}, "actor.permission"},
		"into what is hidden":        {"U0PIA", "problem.merge", one, values{"into": written("PRB-99"), "note": note}, "merge.invalid"},
		"an odd verdict":             {"U0PIA", "problem.decide", one, values{"verdict": chosen("maybe"), "note": note}, "decision.invalid"},
		"a decision on nothing":      {"U0PIA", "problem.decide", one, values{"verdict": chosen("approve")}, "known_error.not_awaiting"},
		"an odd state of a task":     {"U0PAT", "problem.done", one, values{"id": chosen("1"), "state": chosen("gone"), "result": note}, "task.invalid"},
		"a task that is not there":   {"U0PAT", "problem.done", one, values{"id": chosen("-7"), "state": chosen("done"), "result": note}, "problem.no_task"},
		"a task of words":            {"U0PAT", "problem.done", one, values{"id": chosen("all"), "state": chosen("done"), "result": note}, "problem.no_task"},
		"a task of nobody":           {"U0PAT", "problem.task", one, values{"title": note}, "slack.person"},
		"a task without end":         {"U0PAT", "problem.task", one, values{"owner": who("U0RIO"), "title": written(strings.Repeat("x", 500))}, "task.invalid"},
		"a task due in another age":  {"U0PAT", "problem.task", one, values{"owner": who("U0RIO"), "title": note, "due_at": {"value": json.RawMessage(`{"selected_date_time":99999999999}`)}}, "task.invalid"},
		"a risk for ever":            {"U0PIA", "problem.accept-risk", one, values{"note": note}, "risk.invalid"},
		"a method that is none":      {"U0PAT", "problem.rca", "", values{"method": chosen("guess")}, "slack.form"},
		"a cause of an old text":     {"U0PAT", "problem.rca", one, values{"method": chosen("ishikawa"), "cause": note}, "slack.rewritten"},
		"a workaround of an old one": {"U0PAT", "problem.workaround", one, values{"symptoms": note, "workaround": note, "risk": note, "verified_by": who("U0RIO")}, "slack.rewritten"},
		"tried by words":             {"U0PAT", "problem.workaround", one, values{"verified_by": who("<!channel>")}, "slack.person"},
		"a cause of the hidden":      {"U0PAT", "problem.rca", `{"number":"PRB-2"}`, values{"method": chosen("ishikawa"), "cause": note}, "record.not_found"},
		"a verb without a form":      {"U0PAT", "problem.known-error", one, nil, "slack.form"},
		"a form that is none":        {"U0PAT", "problem.fix", one, nil, "slack.form"},
		"no verb":                    {"U0PAT", "problem.", one, nil, "slack.form"},
		"a service that is hidden":   {"U0ANA", "problem.new", "", values{"title": note, "service": chosen("hr")}, "problem.invalid"},
		"an incident that is hidden": {"U0ANA", "problem.new", "", values{"title": note, "service": chosen("payments"), "incidents": written("INC-2")}, "problem.invalid"},
		"incidents without end":      {"U0ANA", "problem.new", "", values{"title": note, "service": chosen("payments"), "incidents": written(strings.Repeat("INC-1 ", 5000))}, "problem.invalid"},
		"an impact that is none":     {"U0ANA", "problem.new", "", values{"title": note, "service": chosen("payments"), "impact": chosen("huge")}, "problem.invalid"},
		"a workaround not published": {"U0PAT", "incident.apply", `{"number":"INC-1"}`, values{"known_error": written("PRB-1")}, "known_error.invalid"},
		"a workaround of the hidden": {"U0PAT", "incident.apply", `{"number":"INC-1"}`, values{"known_error": written("PRB-2")}, "known_error.invalid"},
	} {
		size := func() int {
			return len(o.desk.timelines["PRB-1"]) + len(o.desk.timelines["PRB-2"]) + len(o.desk.timelines["INC-1"]) + len(o.desk.problems) + len(o.desk.comments["PRB-1"])
		}
		before := size()
		err := o.forged(tt.user, tt.callback, tt.private, tt.values)
		require.Error(t, err, name)
		require.Equal(t, tt.code, itsm.AsError(err).Code, "%s: %v", name, err)
		require.Equal(t, before, size(), name)
	}
}

// TestForgedButtonsOfProblems: an action's name and its value are anybody's, and so are
// the buttons that another was sent.
func TestForgedButtonsOfProblems(t *testing.T) {
	o := stood(t, proposed)
	for _, tt := range []struct{ action, value, want string }{
		{"problem.close:PRB-1", `{\"number\":\"CHG-1\"}`, "record.not_found"},
		{"problem.close:PRB-1", `{\"number\":\"PRB-99\"}`, "record.not_found"},
		{"problem.close:PRB-1", `{\"number\":\"'; DROP\"}`, "record.number"},
		{"problem.approve", ``, "slack.button"},
		{"problem.explode:PRB-1", `{\"number\":\"PRB-1\"}`, "slack.button"},
		{"problem.more:PRB-1", `explode {\"number\":\"PRB-1\"}`, "slack.button"},
		{"problem.more:PRB-1", `task`, "slack.button"},
		{"problem.approve:PRB-1", `{\"number\":\"PRB-1\",\"content_hash\":\"` + strings.Repeat("f", 65) + `\"}`, "slack.button"},
		{"problem.approve:PRB-1", `{\"number\":\"PRB-1\"}`, "known_error.not_approver"},
		{"problem.reject:PRB-1", `{\"number\":\"PRB-1\"}`, "known_error.not_approver"},
		{"problem.accept:PRB-1", `{\"number\":\"PRB-1\"}`, "actor.permission"},
		{"problem.rca:PRB-1", `{\"number\":\"PRB-1\"}`, "actor.permission"},
		{"problem.workaround:INC-1", `{\"number\":\"INC-1\"}`, "record.not_found"},
		{"problem.fix:PRB-1", `{\"number\":\"PRB-1\"}`, "actor.permission"},
		{"problem.task:INC-1", `{\"number\":\"INC-1\"}`, "slack.button"},
		{"incident.apply:INC-1.PRB-1", `{\"number\":\"INC-1\",\"other\":\"PRB-1\"}`, "known_error.invalid"},
		{"incident.apply:INC-1", `{\"number\":\"INC-1\",\"other\":\"<!channel>\"}`, "slack.button"},
		{"incident.resolve:INC-1", `{\"number\":\"INC-1\",\"other\":\"PRB-1\"}`, "actor.permission"},
		{"incident.problem:PRB-1", `{\"number\":\"PRB-1\"}`, "record.not_found"},
	} {
		before := len(o.desk.timelines["PRB-1"]) + len(o.desk.timelines["INC-1"])
		o.deliver("/slack/interactions", pressOf(tt.action, tt.value), nil)
		dm := o.Messages("U0BOB")
		require.Contains(t, dm[len(dm)-1].Says(), tt.want, "%s %s", tt.action, tt.value)
		require.Equal(t, before, len(o.desk.timelines["PRB-1"])+len(o.desk.timelines["INC-1"]))
		o.clock.pass(time.Second)
	}
	asked := o.problemSent(itsm.NoticePublish, "pia")
	k := o.desk.problems["PRB-1"].KnownError
	for _, user := range []string{"U0PAT", "U0EVE"} { // who wrote it, and who may not
		_, err := o.bot.act(context.Background(), request{Request: payload.Request{Kind: payload.KindAction, User: user, Team: "T0STEWARD", Press: payload.Press{
			Action: "problem.approve:PRB-1", Value: `{"number":"PRB-1","content_hash":"` + k.Hash() + `"}`,
		}}}, "stolen "+user)
		require.Equal(t, itsm.Forbidden, itsm.AsError(err).Kind, user)
	}
	require.Contains(t, buttons(asked), "Approve")
	require.Nil(t, o.desk.problems["PRB-1"].Published)
}

// FuzzProblemCommands: whatever people type, the answer is one, and no panic.
func FuzzProblemCommands(f *testing.F) {
	for _, text := range []string{"", "1", "new from", "new from INC-1", "known \u202e", "accept 1 team", "task 1 done", "task 1 @rio", "task 1 done 99999999999999999999 x", "decide 1", "decide 1 reject", "merge 1 into", "fix 1 by", "link 1 found in", "list \u202e", "done 1 -1", "timeline 99999999999999999999", "show PRB-1 <!channel>"} {
		f.Add(text)
	}
	o := stood(f, proposed)
	f.Fuzz(func(t *testing.T, text string) {
		for _, command := range []string{"/problem", "/itsm problem"} {
			r := request{Request: payload.Request{Kind: payload.KindCommand, User: "U0PIA", Team: "T0STEWARD", Typed: command + " " + text}, relayed: true}
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

// FuzzProblemForms: whatever a form keeps and holds, it is taken or refused.
func FuzzProblemForms(f *testing.F) {
	f.Add("rca", `{"number":"PRB-1"}`, "cause_evidence", `{"value":"a | b\nhttps://x\nINC-1"}`, `{"value":"x"}`)
	f.Add("workaround", `{"number":"PRB-1"}`, "verified_by", `{"selected_user":"U0RIO"}`, `{}`)
	f.Add("new", "", "incidents", `{"value":"1,2;INC-3"}`, `{"selected_option":{"value":"payments"}}`)
	f.Add("task", `{"number":"PRB-1","task":-1}`, "due_at", `{"selected_date_time":-1}`, `[]`)
	o := stood(f, drafted)
	f.Fuzz(func(t *testing.T, verb, private, field, value, word string) {
		raw := func(s string) map[string]json.RawMessage {
			return map[string]json.RawMessage{"value": json.RawMessage(s)}
		}
		r := request{Request: payload.Request{Kind: payload.KindSubmission, User: "U0PIA", Team: "T0STEWARD"}}
		r.Form = form.Filled{Callback: "problem." + verb, Private: private, Values: values{field: raw(value), "note": raw(word), "contributing": raw(word), "service": raw(word)}}
		if _, err := o.bot.act(context.Background(), r, ""); err != nil && itsm.AsError(err).Kind == itsm.Internal {
			t.Fatal(err)
		}
	})
}
