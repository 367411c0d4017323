package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

// calm is the example without what it says of who is called for incidents.
func calm(t testing.TB) string {
	t.Helper()
	before, called, _ := strings.Cut(example(t), "# Who is on call.")
	_, after, cut := strings.Cut(called, "\n# Who decides on a change,")
	require.True(t, cut)
	for _, line := range strings.SplitAfter(before, "\n") {
		if strings.HasPrefix(line, "    escalation: ") || strings.HasPrefix(line, "    incident_channel: ") {
			before = strings.Replace(before, line, "", 1)
		}
	}
	return before + "# Who decides on a change," + after
}

// What the example says of priorities is what counts where a catalog says nothing,
// but for the calendars; and each service has people to call.
func TestTheExampleKnowsIncidents(t *testing.T) {
	c := parse(t, example(t))
	require.Equal(t, itsm.DefaultMatrix, *c.Incident.Matrix)
	for n, terms := range c.Incident.IncidentTerms().Priorities {
		if terms.Calendar != "" {
			require.Equal(t, itsm.CalendarID("office"), terms.Calendar)
			terms.Calendar = ""
		}
		require.Equal(t, itsm.DefaultTerms[n], terms)
	}
	hold, closure := c.Incident.HoldTerms(), c.Incident.ClosureTerms()
	hold.Calendar, closure.Calendar = "", ""
	none := itsm.IncidentPolicy{}
	require.Equal(t, none.HoldTerms(), hold)
	require.Equal(t, none.ClosureTerms(), closure)

	for service, escalation := range map[itsm.ServiceID]itsm.EscalationID{"payments": "payments", "website": "website"} {
		s, _ := c.Service(service)
		require.Equal(t, escalation, c.EscalationOf("", s))
		policy, _ := c.EscalationPolicy(escalation)
		for level := range policy.Levels {
			called, err := c.CallLevel(itsm.Summons{
				Calling: itsm.Calling{Round: 1, Level: level + 1}, Policy: policy, Team: s.Team, Owner: s.Owner,
				At: time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC),
			}, func(id itsm.RotationID) ([]itsm.PersonID, error) {
				r, known := c.Rotation(id)
				require.True(t, known)
				zone, err := time.LoadLocation(r.Zone)
				require.NoError(t, err)
				roster, err := r.Resolve(zone)
				require.NoError(t, err)
				return roster.OnCall(time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)), nil
			})
			require.NoError(t, err)
			require.NotEmpty(t, called.People)
			require.Empty(t, called.Skipped)
		}
	}
	critical := c.RouteAlert([]itsm.ServiceID{"website", "payments"}, map[string]string{"severity": "critical", "job": "payments-api"})
	require.Equal(t, itsm.ServiceID("payments"), critical.Service)
	certificate := c.RouteAlert([]itsm.ServiceID{"website", "payments"}, map[string]string{"alertname": "CertificateExpiresSoon"})
	require.Equal(t, []any{itsm.ServiceID("website"), itsm.LowDegree, true}, []any{certificate.Service, certificate.Impact, certificate.KeepOpen})
}

func TestFaultsOfIncidentsSayWhereAndHow(t *testing.T) {
	rows := []struct{ name, old, bad, want string }{
		{"a lost escalation", "escalation: payments ", "escalation: paymenst ", "services[0].escalation: no escalation policy here is called paymenst; did you mean payments?"},
		{"a channel's name", "incident_channel: C0INCIDENTS", "incident_channel: '#incidents'", `services[0].incident_channel: "#incidents" is not a Slack channel id`},
		{"a day in a length", "resolve: 3bd", "resolve: 3d", `incident_policy.priorities[2].resolve: "3d" is not a length of time; write time like 90s, 4h or 36h30m, or business days like 3bd`},
		{"a cell of no priority", "medium: P2, low: P3}\n    medium", "medium: P9, low: P3}\n    medium", `incident_policy.matrix.high.medium: "P9" is not P1, P2, P3, P4 or P5`},
		{"a missing cell", "{high: P3, medium: P4, low: P5}", "{high: P3, medium: P4}", "incident_policy.matrix.low.low: is needed"},
		{"a priority twice", "priority: P2", "priority: P1", "incident_policy.priorities[1].priority: P1 is already at /incident_policy/priorities/0/priority"},
		{"a late reminder", "remind: [2bd, 4bd]", "remind: [2bd, 6bd]", "incident_policy.hold.remind[1]: must be shorter than caller (5bd)"},
		{"an unknown rotation", "- rotation: payments", "- rotation: paymens", "escalation_policies[0].levels[0].targets[0].rotation: no rotation here is called paymens; did you mean payments?"},
		{"somebody who may not", "- person: max", "- person: ada", "escalation_policies[0].levels[2].targets[0].person: ada may not work on incidents, which takes the role responder or incident_manager"},
		{"somebody on call who may not", "members: [bob, ida, joe]", "members: [bob, ana, joe]", "escalation_policies[0].levels[0].targets[0].rotation: calls ana, who may not work on incidents, which takes the role responder or incident_manager"},
		{"too long to answer", "within: 5m ", "within: 25h ", "escalation_policies[0].levels[0].within: must be between 1s and 24h"},
		{"too many rounds", "repeat: 2 ", "repeat: 9 ", "escalation_policies[0].repeat: must be from 0 to 5"},
		{"no expression", "pay(ments|out).*", "pay(ments|out.*", "alert_rules[0].match[1].matches: "},
		{"a reserved id", "id: root\n", "id: monitoring\n", "people[6].id: is Steward's own name for what alerts do"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			require.Contains(t, example(t), row.old)
			_, err := catalog.Parse("catalog.yaml", []byte(strings.Replace(example(t), row.old, row.bad, 1)))
			require.ErrorContains(t, err, row.want)
		})
	}
}

func TestDiffOfIncidentsSpeaksInWords(t *testing.T) {
	old := parse(t, example(t))
	changed := strings.NewReplacer(
		"medium: {high: P2,", "medium: {high: P1,",
		"resolve: 8h}", "resolve: 6h}",
		"    - {priority: P4, respond: 1bd, resolve: 5bd, calendar: office, quiet: true}", "    #",
		"remind: [2bd, 4bd]", "remind: [3bd]",
		"others: 10bd", "others: 20bd",
		"      - within: 15m\n        targets:\n          - person: max\n", "",
		"within: 10m", "within: 20m",
		"team: money ", "team: security ",
		"stale_after: 30m", "stale_after: 0s",
		"keep_open: true", "keep_open: false",
	).Replace(example(t))
	require.Equal(t, []string{
		"incident policy: matrix: medium impact, urgency: high P2 → P1",
		"incident policy P2: resolve 8h0m0s → 6h0m0s",
		"incident policy P4: removed",
		"incident policy: hold: remind + 3bd - 2bd - 4bd",
		"incident policy: hold: others 10bd → 20bd",
		"escalation policy payments: level 2: targets + (team security) - (team money)",
		"escalation policy payments: level 2: within 10m0s → 20m0s",
		"escalation policy payments: level 3: removed",
		"escalation policy payments: stale_after 30m0s → 0s",
		"alert rules: + (match (label alertname, matches .*Certificate.*), impact low, urgency medium, by alert) - (match (label alertname, matches .*Certificate.*), impact low, urgency medium, by alert, keep_open true)",
	}, catalog.Diff(old, parse(t, changed)))

	turned := parse(t, example(t))
	turned.AlertRules[0], turned.AlertRules[1] = turned.AlertRules[1], turned.AlertRules[0]
	require.Equal(t, []string{"alert rules: another order"}, catalog.Diff(old, turned))
	require.NotEqual(t, catalog.Digest(old), catalog.Digest(turned))
	turned = parse(t, example(t))
	turned.Incident.Matrix = nil
	turned.Escalations[0].Levels = append(turned.Escalations[0].Levels, turned.Escalations[0].Levels[0])
	diff := catalog.Diff(old, turned)
	require.Len(t, diff, 2)
	require.Contains(t, diff[0], "incident policy: matrix (high (high P1, medium P2, low P3),")
	require.Equal(t, "escalation policy payments: level 4: new (targets (rotation payments), within 5m0s)", diff[1])
	turned = parse(t, example(t))
	p, terms := turned.Escalations, turned.Incident.Priorities
	p[0], p[1], terms[0], terms[4] = p[1], p[0], terms[4], terms[0]
	require.Equal(t, catalog.Digest(old), catalog.Digest(turned), "an order that says nothing is none")
}
