package itsm

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pagedCatalog is a sound catalog that says all it can of incidents.
func pagedCatalog() Catalog {
	c := soundCatalog()
	c.People[1].Roles = append(c.People[1].Roles, Responder)
	c.Teams[0].Members = append(c.Teams[0].Members, "bob")
	c.Calendars = []Calendar{{ID: "office", Name: "Office", Zone: "Europe/Berlin", Hours: WeeklyHours{Mon: []Span{"09:00-17:00"}}}}
	matrix := DefaultMatrix
	c.Incident = IncidentPolicy{
		Matrix: &matrix, Impact: LowDegree, Urgency: HighDegree, Escalation: "urgent",
		Priorities: []PriorityTerms{
			{Priority: P1, Respond: Length{Time: time.Minute}, Resolve: Length{Days: 2}, Calendar: "office"}, {Priority: P5, Quiet: true},
		},
		Hold:    HoldTerms{Calendar: "office", Remind: []Length{{Days: 1}, {Days: 3}}, Caller: Length{Days: 4}, Others: Length{Time: time.Hour}},
		Closure: ClosureTerms{Calendar: "office", Remind: Length{Time: time.Minute}, After: Length{Time: time.Hour}},
	}
	c.Escalations = []EscalationPolicy{{ID: "urgent", Name: "Urgent", Repeat: 5, StaleAfter: Duration(time.Hour), Levels: []CallLevel{
		{Targets: []CallTarget{{Person: "bob"}, {Channel: "C0WEB"}}, Within: Duration(time.Minute)},
		{Targets: []CallTarget{{Team: "web"}}, Within: Duration(24 * time.Hour)},
	}}}
	c.AlertRules = []AlertRule{{
		Match:   []LabelMatch{{Label: "severity", Is: "critical"}, {Label: "job", Matches: "web.*"}},
		Service: "website", Impact: HighDegree, Urgency: LowDegree, Escalation: "urgent", By: ByAlert,
	}, {}}
	c.Services[0].Escalation, c.Services[0].Incidents = "urgent", "C0INCIDENTS"
	return c
}

func TestACatalogThatSaysAllOfIncidentsHasNoFault(t *testing.T) {
	c := pagedCatalog()
	require.Empty(t, c.Check())
}

func TestIncidentCatalogFaults(t *testing.T) {
	level := func(c *Catalog) *CallLevel { return &c.Escalations[0].Levels[0] }
	target := func(targets ...CallTarget) func(*Catalog) {
		return func(c *Catalog) { level(c).Targets = targets }
	}
	match := func(m LabelMatch) func(*Catalog) {
		return func(c *Catalog) { c.AlertRules[0].Match = []LabelMatch{m} }
	}
	const (
		policy = "/incident_policy"
		first  = "/escalation_policies/0/levels/0"
	)
	rows := []struct {
		name    string
		spoil   func(*Catalog)
		pointer string
		words   string
	}{
		{"monitoring is a name of ours", func(c *Catalog) { c.People[0].ID = Monitoring }, "/people/0/id", "what alerts do"},
		{"a cell without a priority", func(c *Catalog) { c.Incident.Matrix.Low.High = "" }, policy + "/matrix/low/high", "is needed: P1, P2"},
		{"a cell of an odd priority", func(c *Catalog) { c.Incident.Matrix.High.Medium = "P0" }, policy + "/matrix/high/medium", `"P0" is not P1`},
		{"an odd impact", func(c *Catalog) { c.Incident.Impact = "huge" }, policy + "/impact", "must be high, medium or low"},
		{"an odd urgency", func(c *Catalog) { c.Incident.Urgency = "now" }, policy + "/urgency", "must be high"},
		{"an unknown escalation", func(c *Catalog) { c.Incident.Escalation = "urgnt" }, policy + "/escalation", "no escalation policy here is called urgnt; did you mean urgent?"},
		{"an odd priority", func(c *Catalog) { c.Incident.Priorities[1].Priority = "P6" }, policy + "/priorities/1/priority", `"P6" is not P1`},
		{"a priority twice", func(c *Catalog) { c.Incident.Priorities[1].Priority = P1 }, policy + "/priorities/1/priority", "already at /incident_policy/priorities/0/priority"},
		{"many priorities", func(c *Catalog) { c.Incident.Priorities = make([]PriorityTerms, 6) }, policy + "/priorities", "6 entries"},
		{"a response in no time", func(c *Catalog) { c.Incident.Priorities[0].Respond = Length{Time: time.Millisecond} }, policy + "/priorities/0/respond", "must be between 1s"},
		{"a resolution in a year", func(c *Catalog) { c.Incident.Priorities[0].Resolve = Length{Days: 91} }, policy + "/priorities/0/resolve", "must be between 1s"},
		{"a resolution of both", func(c *Catalog) { c.Incident.Priorities[0].Resolve = Length{Days: 1, Time: time.Hour} }, policy + "/priorities/0/resolve", "keep one"},
		{"a resolution out of reach", func(c *Catalog) { c.Incident.Priorities[0].Resolve = Length{Time: 417 * time.Hour} }, policy + "/priorities/0/resolve", "more than calendar office is open in a year"},
		{"an unknown calendar", func(c *Catalog) { c.Incident.Priorities[0].Calendar = "offic" }, policy + "/priorities/0/calendar", "did you mean office?"},
		{"a hold in no calendar", func(c *Catalog) { c.Incident.Hold.Calendar = "x" }, policy + "/hold/calendar", "no calendar here"},
		{"a hold for ever", func(c *Catalog) { c.Incident.Hold.Others = Length{Days: 1000} }, policy + "/hold/others", "must be between"},
		{"a caller for ever", func(c *Catalog) { c.Incident.Hold.Caller = Length{Time: -1} }, policy + "/hold/caller", "must be between"},
		{"a late reminder", func(c *Catalog) { c.Incident.Hold.Remind[1] = Length{Days: 4} }, policy + "/hold/remind/1", "must be shorter than caller (4bd)"},
		{"a reminder later than the default", func(c *Catalog) { c.Incident.Hold.Caller, c.Incident.Hold.Remind[1] = Length{}, Length{Days: 5} }, policy + "/hold/remind/1", "must be shorter than caller (5bd)"},
		{"a reminder twice", func(c *Catalog) { c.Incident.Hold.Remind[1] = Length{Days: 1} }, policy + "/hold/remind/1", "already"},
		{"a reminder of nothing", func(c *Catalog) { c.Incident.Hold.Remind[1] = Length{} }, policy + "/hold/remind/1", "is needed"},
		{"many reminders", func(c *Catalog) { c.Incident.Hold.Remind = make([]Length, 11) }, policy + "/hold/remind", "11 entries"},
		{"a closure in no calendar", func(c *Catalog) { c.Incident.Closure.Calendar = "x" }, policy + "/closure/calendar", "no calendar here"},
		{"a closure that is reminded late", func(c *Catalog) { c.Incident.Closure.Remind = Length{Time: time.Hour} }, policy + "/closure/remind", "must be shorter than after (1h0m0s)"},
		{"a closure at once", func(c *Catalog) { c.Incident.Closure.After = Length{Time: 1} }, policy + "/closure/after", "must be between"},

		{"many policies", func(c *Catalog) { c.Escalations = make([]EscalationPolicy, MaxEscalations+1) }, "/escalation_policies", "501 entries"},
		{"a shouted id", func(c *Catalog) { c.Escalations[0].ID = "Urgent" }, "/escalation_policies/0/id", "is not an id"},
		{"an id twice", func(c *Catalog) { c.Escalations = append(c.Escalations, c.Escalations[0]) }, "/escalation_policies/1/id", "already"},
		{"no name", func(c *Catalog) { c.Escalations[0].Name = "" }, "/escalation_policies/0/name", "is needed"},
		{"no level", func(c *Catalog) { c.Escalations[0].Levels = nil }, "/escalation_policies/0/levels", "at least one level"},
		{"many levels", func(c *Catalog) { c.Escalations[0].Levels = make([]CallLevel, 11) }, "/escalation_policies/0/levels", "11 entries"},
		{"many repeats", func(c *Catalog) { c.Escalations[0].Repeat = 6 }, "/escalation_policies/0/repeat", "from 0 to 5"},
		{"stale at once", func(c *Catalog) { c.Escalations[0].StaleAfter = 1 }, "/escalation_policies/0/stale_after", "0s for never"},
		{"no time to answer", func(c *Catalog) { level(c).Within = 0 }, first + "/within", "between 1s and 24h"},
		{"long to answer", func(c *Catalog) { level(c).Within = Duration(25 * time.Hour) }, first + "/within", "between 1s and 24h"},
		{"nobody", target(), first + "/targets", "is needed"},
		{"a crowd", target(make([]CallTarget, 21)...), first + "/targets", "21 entries"},
		{"no target", target(CallTarget{}), first + "/targets/0", "only one"},
		{"two targets in one", target(CallTarget{Person: "bob", Team: "web"}), first + "/targets/0", "only one"},
		{"a target twice", target(CallTarget{Person: "bob"}, CallTarget{Person: "bob"}), first + "/targets/1", "is already at " + first + "/targets/0"},
		{"an unknown person", target(CallTarget{Person: "bobb"}), first + "/targets/0/person", "did you mean bob?"},
		{"a person who may not", target(CallTarget{Person: "ana"}), first + "/targets/0/person", "ana may not work on incidents, which takes the role responder or incident_manager"},
		{"an unknown team", target(CallTarget{Team: "wep"}), first + "/targets/0/team", "did you mean web?"},
		{"an unknown rotation", target(CallTarget{Rotation: "primary"}), first + "/targets/0/rotation", "no rotation here"},
		{"a rotation of somebody who may not", func(c *Catalog) {
			c.Rotations = []Rotation{{ID: "primary", Members: []PersonID{"bob"}, Shifts: []Shift{{Members: []PersonID{"ana"}}}}}
			target(CallTarget{Rotation: "primary"})(c)
		}, first + "/targets/0/rotation", "calls ana, who may not work on incidents"},
		{"an odd channel", target(CallTarget{Channel: "#web"}), first + "/targets/0/channel", "not a Slack channel id"},
		{"a team that may not", func(c *Catalog) {
			c.Teams = append(c.Teams, Team{ID: "idle", Name: "Idle", Manager: "bob", Members: []PersonID{"ana"}})
			target(CallTarget{Team: "idle"})(c)
		}, first + "/targets/0/team", "has no member who may work on incidents"},

		{"many rules", func(c *Catalog) { c.AlertRules = make([]AlertRule, MaxAlertRules+1) }, "/alert_rules", "1001 entries"},
		{"many matches", func(c *Catalog) { c.AlertRules[0].Match = make([]LabelMatch, 21) }, "/alert_rules/0/match", "21 entries"},
		{"no label", match(LabelMatch{Is: "x"}), "/alert_rules/0/match/0/label", "is needed"},
		{"nothing to match", match(LabelMatch{Label: "a"}), "/alert_rules/0/match/0", "only one"},
		{"two ways to match", match(LabelMatch{Label: "a", Is: "x", Matches: "x"}), "/alert_rules/0/match/0", "only one"},
		{"no regular expression", match(LabelMatch{Label: "a", Matches: "("}), "/alert_rules/0/match/0/matches", "is not a regular expression (RE2)"},
		{"one that is whole only in ours", match(LabelMatch{Label: "a", Matches: "a)|(b"}), "/alert_rules/0/match/0/matches", "is not a regular expression"},
		{"one that looks back", match(LabelMatch{Label: "a", Matches: `(?<=a)b`}), "/alert_rules/0/match/0/matches", "is not a regular expression"},
		{"one that explodes", match(LabelMatch{Label: "a", Matches: "((a{100}){100}){100}"}), "/alert_rules/0/match/0/matches", "is not a regular expression"},
		{"a long one", match(LabelMatch{Label: "a", Matches: strings.Repeat("a", 201)}), "/alert_rules/0/match/0/matches", "201 bytes"},
		{"an alert for no service", func(c *Catalog) { c.AlertRules[0].Service = "webside" }, "/alert_rules/0/service", "did you mean website?"},
		{"an alert of odd impact", func(c *Catalog) { c.AlertRules[0].Impact = "x" }, "/alert_rules/0/impact", "must be high"},
		{"an alert of odd urgency", func(c *Catalog) { c.AlertRules[0].Urgency = "x" }, "/alert_rules/0/urgency", "must be high"},
		{"an alert to no escalation", func(c *Catalog) { c.AlertRules[0].Escalation = "x" }, "/alert_rules/0/escalation", "no escalation policy"},
		{"an odd grouping", func(c *Catalog) { c.AlertRules[0].By = "grup" }, "/alert_rules/0/by", "did you mean group?"},
		{"a service to no escalation", func(c *Catalog) { c.Services[0].Escalation = "x" }, "/services/0/escalation", "no escalation policy"},
		{"an odd incident channel", func(c *Catalog) { c.Services[0].Incidents = "#web" }, "/services/0/incident_channel", "not a Slack channel id"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			c := pagedCatalog()
			row.spoil(&c)
			var at []string
			for _, f := range c.Check() {
				at = append(at, f.Pointer)
				if f.Pointer == row.pointer {
					require.Contains(t, f.Message, row.words)
				}
			}
			require.Contains(t, at, row.pointer)
		})
	}
}

// What a priority is not told of is as the defaults have it, and what is told is
// whole.
func TestTermsOfAPolicy(t *testing.T) {
	p := pagedCatalog().Incident
	require.Equal(t, p.Priorities[0], p.Terms(P1))
	require.Equal(t, DefaultTerms[1], p.Terms(P2))
	terms := p.IncidentTerms()
	require.Len(t, terms.Priorities, len(Priorities))
	require.True(t, terms.Of(P5).Respond.IsZero())
	none := IncidentPolicy{}
	require.Equal(t, HoldTerms{Remind: []Length{{Days: 2}, {Days: 4}}, Caller: Length{Days: 5}, Others: Length{Days: 10}}, none.HoldTerms())
	require.Equal(t, ClosureTerms{Remind: Length{Days: 3}, After: Length{Days: 5}}, none.ClosureTerms())
	require.Equal(t, DefaultMatrix, none.IncidentTerms().Matrix)
}

// Who is called for an incident is what was asked for, else what its service says,
// else what is said for all.
func TestWhichEscalationCounts(t *testing.T) {
	c := pagedCatalog()
	c.Escalations = append(c.Escalations, EscalationPolicy{ID: "calm"}, EscalationPolicy{ID: "all"})
	c.Incident.Escalation = "all"
	require.Equal(t, EscalationID("calm"), c.EscalationOf("calm", c.Services[0]))
	require.Equal(t, EscalationID("urgent"), c.EscalationOf("gone", c.Services[0]))
	require.Equal(t, EscalationID("all"), c.EscalationOf("", Service{}))
	c.Incident.Escalation = ""
	require.Empty(t, c.EscalationOf("", Service{}))
	require.Equal(t, Escalation{Policy: "urgent", StaleAfter: Duration(time.Hour)}, c.Escalation("", c.Services[0]))
}
