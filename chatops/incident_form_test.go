package chatops

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/itsm"
)

// filling is a verb whose form somebody fills in.
type filling struct {
	verb, typed, user string
	given             map[string]string
	want              string // the answer's
	check             func(*itsm.Incident, itsm.Event) bool
}

var fillings = []filling{
	{"assign", "", "U0PAT", map[string]string{"assignee": "U0RIO", "note": "You know it"}, "You gave rio INC-1", func(i *itsm.Incident, e itsm.Event) bool { return i.Assignee == "rio" && e.Note == "You know it" }},
	{"assign", "", "U0PAT", map[string]string{"team": "dba"}, "You gave the team dba INC-1", func(i *itsm.Incident, _ itsm.Event) bool { return i.Team == "dba" && i.Assignee == "" }},
	{"assign", "", "U0PAT", map[string]string{"assignee": "U0RIO", "team": "dba"}, "You gave rio INC-1", func(i *itsm.Incident, _ itsm.Event) bool { return i.Team == "dba" && i.Assignee == "rio" }},
	{"escalate", "", "U0PAT", map[string]string{"note": "Help"}, "You escalated INC-1", func(_ *itsm.Incident, e itsm.Event) bool {
		return e.Detail.EscalateTo == itsm.EscalateNext && e.Note == "Help"
	}},
	{"escalate", "manager", "U0PAT", map[string]string{"note": "Help"}, "You escalated INC-1", func(_ *itsm.Incident, e itsm.Event) bool { return e.Detail.EscalateTo == itsm.EscalateManager }},
	{"escalate", "", "U0PAT", map[string]string{"to": "team", "team": "dba", "note": "Help"}, "You escalated INC-1", func(i *itsm.Incident, _ itsm.Event) bool { return i.Team == "dba" }},
	{"hold", "", "U0PAT", map[string]string{"reason": "awaiting_caller", "note": "Which browser?"}, "You put on hold INC-1", func(i *itsm.Incident, _ itsm.Event) bool {
		return i.Hold.Reason == itsm.AwaitingCaller && i.Hold.Note == "Which browser?"
	}},
	{"hold", "until they are back", "U0PAT", map[string]string{"reason": "awaiting_change", "for": " chg-1"}, "You put on hold INC-1", func(i *itsm.Incident, _ itsm.Event) bool {
		return i.Hold.For == "CHG-1" && i.Hold.Note == "until they are back"
	}},
	{"resolve", "restarted it", "U0PAT", map[string]string{"code": "workaround"}, "You resolved INC-1", func(i *itsm.Incident, _ itsm.Event) bool {
		return i.Resolution.Code == itsm.ResolvedWorkaround && i.Resolution.Note == "restarted it"
	}},
	{"resolve", "fixed", "U0PAT", map[string]string{"note": "Rolled back"}, "You resolved INC-1", func(i *itsm.Incident, _ itsm.Event) bool { return i.Resolution.Code == itsm.ResolvedFixed }},
	{"priority", "", "U0PAT", map[string]string{"impact": "low"}, "You weighed anew INC-1", func(i *itsm.Incident, _ itsm.Event) bool {
		return i.Impact == itsm.LowDegree && i.Urgency == itsm.MediumDegree && i.Priority == itsm.P4
	}},
	{"priority", "", "U0PAT", map[string]string{"override": "P1", "note": "The board"}, "You weighed anew INC-1", func(i *itsm.Incident, _ itsm.Event) bool { return i.Override.Note == "The board" }},
	{"link", "", "U0PAT", map[string]string{"kind": "caused_by", "to": "chg-1"}, "You linked INC-1", func(i *itsm.Incident, _ itsm.Event) bool { return i.Relations[0].To == "CHG-1" }},
	{"link", "CHG-1", "U0PAT", map[string]string{"kind": "related_to"}, "You linked INC-1", func(i *itsm.Incident, _ itsm.Event) bool { return i.Relations[0].Kind == itsm.Related }},
	{"duplicate", "", "U0PAT", map[string]string{"of": "2", "note": "The same"}, "You ended as a duplicate INC-1", func(i *itsm.Incident, _ itsm.Event) bool { return i.DuplicateOf == "INC-2" }},
	{"parent", "", "U0PAT", map[string]string{"parent": "inc-2"}, "You said what it belongs to: INC-1", func(i *itsm.Incident, _ itsm.Event) bool { return i.Parent == "INC-2" }},
	{"comment", "", "U0ANA", map[string]string{"text": "Hm"}, "You commented on INC-1", nil},
	{"update", "", "U0PAT", map[string]string{"text": "Soon"}, "Whoever reported INC-1 is told", nil},
	{"cancel", "", "U0ANA", map[string]string{"note": "No"}, "You cancelled INC-1", func(_ *itsm.Incident, e itsm.Event) bool { return e.Note == "No" }},
	{"reopen", "", "U0ANA", map[string]string{"note": "No"}, "You reopened INC-1", func(i *itsm.Incident, _ itsm.Event) bool { return i.Reopens == 1 }},
}

// prepared is an office in which INC-1 is at the point where a verb makes sense: pat is
// at it, and for reopening it is resolved.
func prepared(t *testing.T, verb string) *office {
	t.Helper()
	o := dutyOffice(t)
	o.raised()
	o.outage()
	o.outage()
	o.inc("U0PAT", "ack 1")
	if verb == "reopen" {
		o.inc("U0PAT", "resolve 1 fixed it")
	}
	return o
}

func (o *office) filled(f filling) {
	o.t.Helper()
	i, acts := o.desk.incidents["INC-1"], o.desk.acts
	a := o.submit(f.user, f.given)
	require.Equal(o.t, "update", a.Action, a.Errors)
	require.Contains(o.t, o.closed(f.user), f.want)
	require.Equal(o.t, acts+1, o.desk.acts)
	if f.check != nil {
		require.True(o.t, f.check(i, o.lastAct("INC-1")), f.verb)
	}
	require.Zero(o.t, o.desk.unanswered())
}

// TestWhatAnIncidentCommandLeavesOutIsAskedFor: the form holds what was typed already.
func TestWhatAnIncidentCommandLeavesOutIsAskedFor(t *testing.T) {
	for _, f := range fillings {
		t.Run(f.verb+" "+f.typed, func(t *testing.T) {
			o := prepared(t, f.verb)
			o.inc(f.user, f.verb+" INC-1 "+f.typed)
			require.Contains(t, o.top(f.user).Text(), "Nobody can <pay>")
			o.filled(f)
		})
	}
}

// TestEveryVerbOfIncidentsHasAButton: what can be typed can be pressed, at the latest
// among the details.
func TestEveryVerbOfIncidentsHasAButton(t *testing.T) {
	labels := map[string]string{
		"assign": "Assign…", "escalate": "Escalate…", "hold": "Hold…", "resolve": "Resolve…", "priority": "Priority…", "link": "Link…", "duplicate": "Duplicate…",
		"parent": "Parent…", "comment": "Comment…", "update": "Tell progress…", "cancel": "Cancel…", "reopen": "It does not…",
	}
	for _, f := range fillings {
		if f.typed != "" {
			continue // it is in the others
		}
		t.Run(f.verb, func(t *testing.T) {
			o := prepared(t, f.verb)
			o.inc(f.user, "show 1")
			all := o.Ephemerals(f.user)
			o.pressAny(f.user, all[len(all)-1], labels[f.verb])
			o.filled(f)
		})
	}
	o := prepared(t, "resume")
	o.inc("U0PAT", "hold 1 vendor they look")
	o.inc("U0PAT", "show 1")
	all := o.Ephemerals("U0PAT")
	o.pressAny("U0PAT", all[len(all)-1], "Resume")
	require.Contains(t, o.whispered("U0PAT"), "You resumed INC-1")
	require.Equal(t, itsm.IncidentInProgress, o.desk.incidents["INC-1"].State)
}

// pressAny presses a button of a message, or picks the line of its menu.
func (o *office) pressAny(user string, m slackfake.Message, label string) {
	o.t.Helper()
	if slices.Contains(buttons(m), label) {
		o.press(user, m, label)
		return
	}
	o.choose(user, m, label)
}

func TestTheFormKnowsWhatThereIs(t *testing.T) {
	o := prepared(t, "")
	initial := func(user, block string) string {
		for _, b := range o.top(user).Blocks {
			if blockkit.Text(b, "block_id") == block {
				e := blockkit.Objects([]any{b["element"]})[0]
				if option, ok := e["initial_option"].(map[string]any); ok {
					return blockkit.Text(option, "value")
				}
				return blockkit.Text(e, "initial_value")
			}
		}
		return "no such field"
	}
	o.inc("U0PAT", "priority 1")
	require.Equal(t, []string{"high", "medium", ""}, []string{initial("U0PAT", "impact"), initial("U0PAT", "urgency"), initial("U0PAT", "override")})
	o.closed("U0PAT")
	o.inc("U0PAT", "priority 1 P1 the boss")
	o.inc("U0PAT", "priority 1")
	require.Equal(t, "P1", initial("U0PAT", "override"), "to weigh anew does not drop it unseen")
	o.closed("U0PAT")
	o.inc("U0PAT", "hold 1 for CHG-1 &amp; them")
	require.Equal(t, "for CHG-1 & them", initial("U0PAT", "note"), "nobody writes it twice")
	o.closed("U0PAT")
	o.inc("U0PAT", "resolve 1 no fault")
	require.Equal(t, "no_fault", initial("U0PAT", "code"))
	o.closed("U0PAT")
	o.inc("U0PAT", "link 1 CHG-1")
	require.Equal(t, "CHG-1", initial("U0PAT", "to"))
	require.Contains(t, o.top("U0PAT").Text(), "• CHG-1 · Rotate &lt;keys&gt; &amp; certs", "what was changed lately may be why")
	o.closed("U0PAT")
	o.desk.set("IncidentSuggestions", down, false)
	o.inc("U0PAT", "link 1 CHG-1")
	require.NotContains(t, o.top("U0PAT").Text(), "Lately", "and nobody waits for that")
	o.closed("U0PAT")
	o.inc("U0PAT", "assign 1")
	require.Contains(t, o.top("U0PAT").Text(), "dba\nplatform")
	o.closed("U0PAT")
	o.inc("U0RIO", "parent 1 2")
	o.inc("U0PAT", "parent 1")
	require.Equal(t, "INC-2", initial("U0PAT", "parent"))
	require.Equal(t, "update", o.submit("U0PAT", map[string]string{"parent": ""}).Action)
	require.Empty(t, o.desk.incidents["INC-1"].Parent, "nothing means none")
}

func TestFaultsOfIncidentsStandBesideTheirFields(t *testing.T) {
	for _, tt := range []struct {
		verb  string
		given map[string]string
		want  map[string]string
	}{
		{"assign", map[string]string{"note": "x"}, map[string]string{"assignee": "is needed, or a team"}},
		{"assign", map[string]string{"assignee": "U0EVE"}, map[string]string{"assignee": ""}},
		{"assign", map[string]string{"assignee": "U0NEW"}, map[string]string{"assignee": "nobody in the catalog has the Slack id U0NEW"}},
		{"escalate", map[string]string{"to": "team", "note": "x"}, map[string]string{"team": "is needed to escalate to a team"}},
		{"hold", map[string]string{"reason": "awaiting_change", "note": "x", "for": "nothing"}, map[string]string{"for": "must be a record's number"}},
		{"hold", map[string]string{"reason": "awaiting_change", "note": "x", "for": "CHG-99"}, map[string]string{"for": "names no record that you can see"}},
		{"priority", map[string]string{"override": "P1"}, map[string]string{"note": "is needed"}},
		{"priority", map[string]string{}, map[string]string{"note": "has that impact and urgency already"}},
		{"link", map[string]string{"kind": "caused_by", "to": "INC-2"}, map[string]string{"to": "must be a change's, a problem's or a supplier's number"}},
		{"link", map[string]string{"kind": "related_to", "to": "CHG-99"}, map[string]string{"to": "names no record that you can see"}},
		{"duplicate", map[string]string{"of": "1"}, map[string]string{"of": "is the incident itself"}},
		{"duplicate", map[string]string{"of": "99"}, map[string]string{"of": "names no record that you can see"}},
		{"parent", map[string]string{"parent": "CHG-1"}, map[string]string{"parent": "must be an incident's number"}},
	} {
		o := prepared(t, tt.verb)
		o.inc("U0PAT", tt.verb+" 1")
		a := o.submit("U0PAT", tt.given)
		require.Equal(t, "errors", a.Action, "%s %v", tt.verb, tt.given)
		require.Len(t, a.Errors, len(tt.want), "%s: %v", tt.verb, a.Errors)
		for field, text := range tt.want {
			require.Contains(t, a.Errors[field], text, "%s: %v", tt.verb, a.Errors)
		}
		require.NotEmpty(t, o.Views("U0PAT"), "what they wrote stays")
	}
	o := dutyOffice(t)
	o.inc("U0ANA", "new")
	a := o.submit("U0ANA", map[string]string{"title": "a\u202eb", "service": "payments", "configuration_items": "ok\n" + strings.Repeat("x", 200), "follows": "CHG-1", "category": strings.Repeat("c", 100)})
	require.Equal(t, "errors", a.Action)
	require.Len(t, a.Errors, 4, a.Errors)
	require.Contains(t, a.Errors["configuration_items"], "line 2")
	a = o.submit("U0ANA", map[string]string{"title": "ab", "configuration_items": "", "follows": "INC-9", "category": ""})
	require.Equal(t, map[string]string{"follows": "names no record that you can see"}, a.Errors)
	require.Equal(t, "update", o.submit("U0ANA", map[string]string{"follows": ""}).Action, "mended, it is another asking")
	require.Len(t, o.desk.incidents, 1)
	require.Equal(t, itsm.MediumDegree, o.desk.incidents["INC-1"].Impact, "what they do not know the policy says")
}

func TestWhatGoesOnFromAClosedIncidentSaysSo(t *testing.T) {
	o := dutyOffice(t)
	o.outage()
	o.inc("U0PAT", "resolve 1 fixed it")
	o.inc("U0ANA", "new It is back")
	a := o.submit("U0ANA", map[string]string{"service": "payments", "follows": "1"})
	require.Contains(t, a.Errors["follows"], "must be closed; INC-1 is resolved")
	o.inc("U0ANA", "confirm 1")
	require.Equal(t, "update", o.submit("U0ANA", map[string]string{"follows": "1:"}).Action)
	require.Equal(t, itsm.Number("INC-1"), o.desk.incidents["INC-2"].Follows)
}

func TestAnIncidentIsReportedOnce(t *testing.T) {
	o := dutyOffice(t)
	o.inc("U0ANA", "new")
	o.Tamper(slackfake.Tamper{Twice: true})
	a := o.submit("U0ANA", broken())
	require.Equal(t, "update", a.Action, "the repeat gets the first one's answer")
	require.Len(t, o.desk.incidents, 1)

	o.outage()
	o.inc("U0PAT", "hold 1")
	require.Contains(t, o.whispered("U0PAT"), "acknowledge or assign it before it waits", "and nobody fills in a form for nothing")
	o.inc("U0PAT", "ack 1")
	o.inc("U0PAT", "hold 1")
	acts := o.desk.acts
	o.Tamper(slackfake.Tamper{Twice: true})
	o.submit("U0PAT", map[string]string{"reason": "awaiting_vendor", "note": "They look"})
	require.Equal(t, acts+1, o.desk.acts)
	page := o.sent("INC-2", itsm.NoticePage, "pat")
	acts = o.desk.acts
	o.Tamper(slackfake.Tamper{Twice: true})
	o.press("U0PAT", page, "Acknowledge")
	require.Equal(t, acts+1, o.desk.acts)
	require.Zero(t, o.desk.unanswered())
}

func TestNobodyIsAskedAboutIncidentsForNothing(t *testing.T) {
	o := prepared(t, "")
	card := o.sent("INC-1", itsm.NoticeCard, "C0PAY")
	for _, line := range []string{"Assign…", "Priority…", "Hold…", "Tell progress…"} {
		before := len(o.desk.refused)
		o.choose("U0ANA", card, line)
		require.Contains(t, o.whispered("U0ANA"), "no_entry", line)
		require.Empty(t, o.Views("U0ANA"), line)
		require.Len(t, o.desk.refused, before+1, "it is on record: %s", line)
	}
	for text, want := range map[string]string{
		"resolve 1": "That needs one of these roles", "link 1": "That needs one of these roles", "duplicate 1": "That needs one of these roles", "parent 1": "That needs one of these roles",
		"reopen 1": "it is not resolved yet", "cancel 2": "can be cancelled by ana",
	} {
		user := "U0EVE"
		if strings.HasPrefix(text, "reopen") {
			user = "U0PAT"
		}
		require.Contains(t, o.inc(user, text), want, text)
		require.Empty(t, o.Views(user), text)
	}
	o.desk.catalog.People[0].Roles = []itsm.Role{itsm.Auditor}
	require.Contains(t, o.inc("U0ANA", "new"), "That needs one of these roles")
	require.Empty(t, o.Views("U0ANA"))
	o.desk.catalog.Services = nil
	require.Contains(t, o.inc("U0PAT", "new"), "slack.no_services")
}

// TestWhoMayNothingIsToldSoByTheRule: that they may not look people up is not what is
// wrong with it.
func TestWhoMayNothingIsToldSoByTheRule(t *testing.T) {
	o := prepared(t, "")
	o.desk.catalog.People[2].Roles = nil
	rule := itsm.AsError(itsm.Actor{Person: "eve"}.May(itsm.ReadIncidents))
	for _, text := range []string{"assign 1 @rio", "assign 1 team dba", "assign 1 nobody"} {
		require.Contains(t, o.inc("U0EVE", text), rule.Message, text)
	}
}

// TestASlowDeskAnswersForIncidentsToo: as for changes, at once and later.
func TestASlowDeskAnswersForIncidentsToo(t *testing.T) {
	o := dutyOffice(t)
	o.outage()
	page := o.sent("INC-1", itsm.NoticePage, "pat")
	o.desk.set(string(itsm.ActAcknowledge), nil, true)
	a, err := o.Press(context.Background(), "U0PAT", page, "Acknowledge")
	require.NoError(t, err)
	require.Less(t, a.Took, 3*time.Second)
	require.Contains(t, o.whispered("U0PAT"), "No answer yet; it may have counted.")
	o.desk.set(string(itsm.ActAcknowledge), nil, false)
	require.Equal(t, 1, o.relayed())
	require.Contains(t, o.whispered("U0PAT"), "You acknowledged INC-1")

	o.inc("U0ANA", "new")
	o.desk.set(string(itsm.ActIncidentRaise), down, false)
	require.Equal(t, "update", o.submit("U0ANA", broken()).Action)
	require.Contains(t, o.closed("U0ANA"), "No answer yet")
	require.Len(t, o.desk.incidents, 1)
	o.desk.set(string(itsm.ActIncidentRaise), nil, false)
	require.Equal(t, 1, o.relayed())
	require.Len(t, o.desk.incidents, 2)
	dm := o.Messages("U0ANA")
	require.Contains(t, dm[len(dm)-1].Says(), "You reported INC-2; it is now triaged.")

	o.inc("U0PAT", "resolve 1")
	o.desk.set(string(itsm.ActResolve), down, false)
	o.submit("U0PAT", map[string]string{"code": "fixed", "note": "Done."})
	require.Contains(t, o.closed("U0PAT"), "No answer yet")
	o.desk.set(string(itsm.ActResolve), nil, false)
	o.clock.pass(relayPause)
	require.Equal(t, 1, o.relayed())
	require.Equal(t, itsm.IncidentResolved, o.desk.incidents["INC-1"].State)
	require.Zero(t, o.desk.unanswered())
}
