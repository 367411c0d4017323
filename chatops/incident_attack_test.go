package chatops

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/form"
	"github.com/steward-itsm/steward/chatops/payload"
	"github.com/steward-itsm/steward/itsm"
)

// chosen and written are a field as Slack sends it.
func chosen(value string) map[string]json.RawMessage {
	raw, _ := json.Marshal(map[string]any{"selected_option": map[string]any{"value": value}})
	return map[string]json.RawMessage{"value": raw}
}

func written(value string) map[string]json.RawMessage {
	raw, _ := json.Marshal(map[string]any{"value": value})
	return map[string]json.RawMessage{"value": raw}
}

// forged submits a form of the forger's own making.
func (o *office) forged(user, callback, private string, values map[string]map[string]json.RawMessage) error {
	o.t.Helper()
	r := request{Request: payload.Request{Kind: payload.KindSubmission, User: user, Team: "T0STEWARD"}}
	r.Form = form.Filled{Callback: callback, Private: private, Values: values}
	o.forgeries++
	_, err := o.bot.act(context.Background(), r, fmt.Sprintf("forged %d", o.forgeries))
	return err
}

type values = map[string]map[string]json.RawMessage

// TestForgedFormsOfIncidents: what a form keeps and what it offered grants nothing.
func TestForgedFormsOfIncidents(t *testing.T) {
	o := prepared(t, "")
	o.desk.catalog.Services = append(o.desk.catalog.Services, itsm.Service{ID: "hr", Name: "HR", Owner: "max", Team: "secret", Restricted: true})
	o.desk.catalog.Teams = append(o.desk.catalog.Teams, itsm.Team{ID: "secret", Manager: "max"})
	require.NoError(t, o.forged("U0MAX", "incident.new", "", values{"title": written("Salaries"), "service": chosen("hr")}))
	require.True(t, o.desk.incidents["INC-3"].Restricted)
	one := `{"number":"INC-1"}`
	note := written("x")
	for name, tt := range map[string]struct {
		user, callback, private string
		values                  values
		code                    string
	}{
		"nothing kept":              {"U0PAT", "incident.resolve", "", values{"code": chosen("fixed"), "note": note}, "slack.form"},
		"half of it":                {"U0PAT", "incident.resolve", `{"number":`, values{"code": chosen("fixed"), "note": note}, "slack.form"},
		"no number":                 {"U0PAT", "incident.resolve", `{"number":"'; DROP"}`, values{"code": chosen("fixed"), "note": note}, "record.number"},
		"a change":                  {"U0PAT", "incident.resolve", `{"number":"CHG-1"}`, values{"code": chosen("fixed"), "note": note}, "record.not_found"},
		"an incident in its form":   {"U0ANA", "change.cancel", one, values{"note": note}, "record.not_found"},
		"one that is hidden":        {"U0PAT", "incident.resolve", `{"number":"INC-3"}`, values{"code": chosen("fixed"), "note": note}, "record.not_found"},
		"a form of another's":       {"U0EVE", "incident.resolve", one, values{"code": chosen("fixed"), "note": note}, "actor.permission"},
		"an unknown code":           {"U0PAT", "incident.resolve", one, values{"code": chosen("magic"), "note": note}, "resolution.invalid"},
		"a code that is a list":     {"U0PAT", "incident.resolve", one, values{"code": {"value": json.RawMessage(`{"selected_option":[]}`)}, "note": note}, "resolution.invalid"},
		"no code":                   {"U0PAT", "incident.resolve", one, values{"note": note}, "resolution.invalid"},
		"no note":                   {"U0PAT", "incident.resolve", one, values{"code": chosen("fixed")}, "resolution.invalid"},
		"a note without end":        {"U0PAT", "incident.resolve", one, values{"code": chosen("fixed"), "note": written(strings.Repeat("x", itsm.MaxNote+1))}, "resolution.invalid"},
		"a note with a NUL":         {"U0PAT", "incident.resolve", one, values{"code": chosen("fixed"), "note": written("a\x00b")}, "resolution.invalid"},
		"an unknown reason":         {"U0PAT", "incident.hold", one, values{"reason": chosen("lunch"), "note": note}, "hold.invalid"},
		"for what is hidden":        {"U0PAT", "incident.hold", one, values{"reason": chosen("awaiting_problem"), "for": written("INC-3"), "note": note}, "hold.invalid"},
		"to everybody":              {"U0PAT", "incident.escalate", one, values{"to": chosen("everybody"), "note": note}, "escalation.invalid"},
		"to a team that is not":     {"U0PAT", "incident.escalate", one, values{"to": chosen("team"), "team": chosen("nowhere"), "note": note}, "team.invalid"},
		"to a team and the next":    {"U0PAT", "incident.escalate", one, values{"to": chosen("next"), "team": chosen("dba"), "note": note}, "escalation.invalid"},
		"to a person of words":      {"U0PAT", "incident.assign", one, values{"assignee": {"value": json.RawMessage(`{"selected_user":"<!channel>"}`)}}, "slack.person"},
		"to whom cannot":            {"U0PAT", "incident.assign", one, values{"assignee": {"value": json.RawMessage(`{"selected_user":"U0EVE"}`)}}, "person.invalid"},
		"to nobody":                 {"U0PAT", "incident.assign", one, values{}, "assignment.invalid"},
		"to a team without end":     {"U0PAT", "incident.assign", one, values{"team": written(strings.Repeat("t", 9000))}, "team.invalid"},
		"a priority of none":        {"U0PAT", "incident.priority", one, values{"override": chosen("P0"), "note": note}, "reprioritisation.invalid"},
		"an odd impact":             {"U0PAT", "incident.priority", one, values{"impact": chosen("huge")}, "reprioritisation.invalid"},
		"a child by a link":         {"U0PAT", "incident.link", one, values{"kind": chosen("child_of"), "to": written("INC-2")}, "link.invalid"},
		"a link to what is hidden":  {"U0PAT", "incident.link", one, values{"kind": chosen("related_to"), "to": written("INC-3")}, "link.invalid"},
		"a duplicate of the hidden": {"U0PAT", "incident.duplicate", one, values{"of": written("INC-3")}, "duplicate.invalid"},
		"a child of the hidden":     {"U0PAT", "incident.parent", one, values{"parent": written("INC-3")}, "parent.invalid"},
		"an answer to no question":  {"U0PAT", "incident.comment", `{"number":"INC-1","reply_to":77}`, values{"text": note}, "comment.invalid"},
		"a form that is none":       {"U0PAT", "incident.show", one, nil, "slack.form"},
		"a verb without a form":     {"U0PAT", "incident.ack", one, nil, "slack.form"},
		"no verb":                   {"U0PAT", "incident.", one, nil, "slack.form"},
		"another kind":              {"U0PAT", "problem.resolve", one, nil, "slack.form"},
		"an odd address":            {"U0ANA", "incident.new", `{"message":"javascript:alert(1)"}`, values{"title": note, "service": chosen("payments")}, "incident.invalid"},
		"an address without end":    {"U0ANA", "incident.new", `{"message":"` + strings.Repeat("h", 2500) + `"}`, values{"title": note, "service": chosen("payments")}, "slack.form"},
		"a message of a list":       {"U0ANA", "incident.new", `{"message":[]}`, values{"title": note, "service": chosen("payments")}, "slack.form"},
		"a service that is hidden":  {"U0ANA", "incident.new", "", values{"title": note, "service": chosen("hr")}, "incident.invalid"},
		"an impact that is none":    {"U0ANA", "incident.new", "", values{"title": note, "service": chosen("payments"), "impact": chosen("huge")}, "incident.invalid"},
		"items without end":         {"U0ANA", "incident.new", "", values{"title": note, "service": chosen("payments"), "configuration_items": written(strings.Repeat("x\n", 3000))}, "incident.invalid"},
	} {
		before := len(o.desk.timelines["INC-1"]) + len(o.desk.timelines["INC-3"]) + len(o.desk.incidents)
		err := o.forged(tt.user, tt.callback, tt.private, tt.values)
		require.Error(t, err, name)
		require.Equal(t, tt.code, itsm.AsError(err).Code, name)
		require.Equal(t, before, len(o.desk.timelines["INC-1"])+len(o.desk.timelines["INC-3"])+len(o.desk.incidents), name)
	}
}

// TestForgedButtonsOfIncidents: an action's name and its value are anybody's.
func TestForgedButtonsOfIncidents(t *testing.T) {
	o := prepared(t, "")
	o.desk.catalog.Services[0].Restricted = true
	o.desk.incidents["INC-2"].Restricted = true
	for _, tt := range []struct{ action, value, want string }{
		{"incident.ack:INC-1", `{\"number\":\"CHG-1\"}`, "record.not_found"},
		{"incident.ack:INC-1", `{\"number\":\"INC-2\"}`, "record.not_found"},
		{"incident.show:INC-2", `{\"number\":\"INC-2\"}`, "record.not_found"},
		{"incident.ack:INC-1", `{\"number\":\"'; DROP\"}`, "record.number"},
		{"incident.ack", ``, "slack.button"},
		{"incident.explode:INC-1", `{\"number\":\"INC-1\"}`, "slack.button"},
		{"incident.acknowledge:INC-1", `{\"number\":\"INC-1\"}`, "slack.button"},
		{"incident.more:INC-1", `explode {\"number\":\"INC-1\"}`, "slack.button"},
		{"incident.more:INC-1", `assign`, "slack.button"},
		{"incident:INC-1", `{\"number\":\"INC-1\"}`, "slack.button"},
		{"ack:INC-1", `{\"number\":\"INC-1\"}`, "slack.button"},
		{"problem.ack:INC-1", `{\"number\":\"INC-1\"}`, "slack.button"},
		{"change.approve:INC-1", `{\"number\":\"INC-1\"}`, "record.not_found"},
		{"change.reject:INC-1", `{\"number\":\"INC-1\"}`, "slack.button"},
		{"incident.resolve:CHG-1", `{\"number\":\"CHG-1\"}`, "slack.button"},
		{"incident.resolve:INC-1", `{\"number\":\"INC-1\"}`, "actor.permission"},
	} {
		before := len(o.desk.timelines["INC-1"])
		o.deliver("/slack/interactions", pressOf(tt.action, tt.value), nil)
		dm := o.Messages("U0BOB")
		require.Contains(t, dm[len(dm)-1].Says(), tt.want, "%s %s", tt.action, tt.value)
		require.Len(t, o.desk.timelines["INC-1"], before)
	}
}

// fuzzOffice has an incident for a fuzzer to try its hand at.
func fuzzOffice(f *testing.F) *office {
	f.Helper()
	o := dutyOffice(f)
	for range 2 {
		if err := o.forged("U0ANA", "incident.new", "", values{"title": written("x"), "service": chosen("payments")}); err != nil {
			f.Fatal(err)
		}
	}
	return o
}

// FuzzIncidentCommands: whatever people type, the answer is one, and no panic.
func FuzzIncidentCommands(f *testing.F) {
	for _, text := range []string{"", "1", "ack 1", "assign 1 team", "assign INC-1 to @rio team dba x", "escalate 1 to team", "hold 1 change CHG-1", "hold 1 awaiting", "priority 1 impact", "priority 1 impact high urgency P1 low P2", "link 1 caused by", "link 1 not related to", "parent 1 none", "duplicate 1 of", "resolve 1 not", "list \u202e", "new <@U0ANA>", "timeline 99999999999999999999", "show INC-1 <!channel>"} {
		f.Add(text)
	}
	o := fuzzOffice(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, command := range []string{"/incident", "/itsm", "/who"} {
			r := request{Request: payload.Request{Kind: payload.KindCommand, User: "U0PAT", Team: "T0STEWARD", Typed: command + " " + text}, relayed: true}
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

// FuzzIncidentForms: whatever a form keeps and holds, it is taken or refused.
func FuzzIncidentForms(f *testing.F) {
	f.Add("resolve", `{"number":"INC-1"}`, "code", `{"selected_option":{"value":"fixed"}}`, `{"value":"x"}`)
	f.Add("assign", `{"number":"INC-1"}`, "assignee", `{"selected_user":"U0RIO"}`, `{}`)
	f.Add("new", `{"message":"https://x.example"}`, "title", `{"value":"x"}`, `{"selected_option":{"value":"payments"}}`)
	f.Add("hold", `{"number":"INC-1","reply_to":-1}`, "reason", `{"selected_option":null}`, `[]`)
	o := fuzzOffice(f)
	f.Fuzz(func(t *testing.T, verb, private, field, value, word string) {
		raw := func(s string) map[string]json.RawMessage {
			return map[string]json.RawMessage{"value": json.RawMessage(s)}
		}
		r := request{Request: payload.Request{Kind: payload.KindSubmission, User: "U0PAT", Team: "T0STEWARD"}}
		r.Form = form.Filled{Callback: "incident." + verb, Private: private, Values: values{field: raw(value), "note": raw(word), "text": raw(word), "service": raw(word)}}
		if _, err := o.bot.act(context.Background(), r, ""); err != nil && itsm.AsError(err).Kind == itsm.Internal {
			t.Fatal(err)
		}
	})
}
