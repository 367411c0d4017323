package itsm_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// The first rule that matches and is for a service of the source decides; without
// one it is the source's first service.
func TestAlertsAreRouted(t *testing.T) {
	c := itsm.Catalog{
		Incident: itsm.IncidentPolicy{Urgency: itsm.LowDegree},
		AlertRules: []itsm.AlertRule{
			{Match: []itsm.LabelMatch{{Label: "severity", Is: "critical"}, {Label: "job", Matches: "pay(ments)?"}}, Service: "payments", Impact: itsm.HighDegree, Urgency: itsm.HighDegree, By: itsm.ByAlert},
			{Match: []itsm.LabelMatch{{Label: "severity", Matches: "crit|major"}}, Impact: itsm.HighDegree, KeepOpen: true},
			{Match: []itsm.LabelMatch{{Label: "job", Matches: "(broken"}}, Service: "broken"},
			{Match: []itsm.LabelMatch{{Label: "severity", Matches: "a)|(b"}}, Service: "broken"},
			{Service: "website", Urgency: itsm.MediumDegree},
		},
	}
	labels := func(pairs ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	both := []itsm.ServiceID{"payments", "website"}
	rows := []struct {
		name     string
		services []itsm.ServiceID
		labels   map[string]string
		service  itsm.ServiceID
		impact   itsm.Degree
		urgency  itsm.Degree
		by       itsm.AlertGrouping
	}{
		{"all of a rule", both, labels("severity", "critical", "job", "payments"), "payments", itsm.HighDegree, itsm.HighDegree, itsm.ByAlert},
		{"not bound to its service", []itsm.ServiceID{"website"}, labels("severity", "critical", "job", "pay"), "website", itsm.MediumDegree, itsm.MediumDegree, itsm.ByGroup},
		{"only the whole value", both, labels("severity", "critical", "job", "payments-db"), "website", itsm.MediumDegree, itsm.MediumDegree, itsm.ByGroup},
		{"a rule for every service", both, labels("severity", "major"), "payments", itsm.HighDegree, itsm.LowDegree, itsm.ByGroup},
		{"a rule for everything", both, nil, "website", itsm.MediumDegree, itsm.MediumDegree, itsm.ByGroup},
		{"no rule", []itsm.ServiceID{"mail"}, nil, "mail", itsm.MediumDegree, itsm.LowDegree, itsm.ByGroup},
		{"no service", nil, nil, "", itsm.MediumDegree, itsm.LowDegree, itsm.ByGroup},
		{"a pattern that is none", []itsm.ServiceID{"broken"}, labels("job", "(broken", "severity", "a"), "broken", itsm.MediumDegree, itsm.LowDegree, itsm.ByGroup},
	}
	router := c.AlertRouter()
	for _, row := range rows {
		r := router.Route(row.services, row.labels)
		require.Equal(t, []any{row.service, row.impact, row.urgency, row.by}, []any{r.Service, r.Impact, r.Urgency, r.By}, row.name)
		require.Equal(t, r, c.RouteAlert(row.services, row.labels))
	}
}

// Whatever a stranger sends becomes a draft that an incident takes.
func TestAnyAlertMakesASoundDraft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringN(0, 6000, -1), rapid.SampledFrom([]string{"", " ", "\x00", "\xff\xfe", "a\r\nb", "\u202eevil", "https://example.com/a", "javascript:alert(1)"}))
		a := itsm.Alert{
			Group: text.Draw(t, "group"), Fingerprint: text.Draw(t, "fingerprint"), Title: text.Draw(t, "title"), Description: text.Draw(t, "description"),
			Labels: rapid.MapOfN(text, text, 0, 5).Draw(t, "labels"), URL: text.Draw(t, "url"),
		}
		rule := itsm.AlertRule{Service: "website", Impact: itsm.HighDegree, Escalation: "urgent", By: rapid.SampledFrom([]itsm.AlertGrouping{itsm.ByGroup, itsm.ByAlert}).Draw(t, "by")}
		d := itsm.AlertDraft("prometheus", a, rule)
		require.NoError(t, d.Check())
		require.Equal(t, rule.Key(a), d.Alert.Key)
	})
}

func TestADraftSaysWhatTheAlertSaid(t *testing.T) {
	a := itsm.Alert{
		Group: "{}:{alertname=\"Down\"}", Fingerprint: "f1", Title: "The shop\nis  down", Description: "Since nine.\x07",
		Labels: map[string]string{"job": "shop", "alertname": "Down"}, URL: "https://prometheus.example.com/graph",
	}
	d := itsm.AlertDraft("prometheus", a, itsm.AlertRule{Service: "website"})
	require.Equal(t, "The shop is down", d.Title)
	require.Equal(t, "Since nine.\n\nalertname: Down\njob: shop", d.Description)
	require.Equal(t, itsm.Origin{Source: "prometheus", Key: a.Group, URL: a.URL}, *d.Alert)
	require.Equal(t, "f1", itsm.AlertRule{By: itsm.ByAlert}.Key(a))
	a.Group = ""
	require.Equal(t, "f1", itsm.AlertRule{}.Key(a))
	a.Title = strings.Repeat("ü", 300)
	require.Equal(t, itsm.MaxTitle, utf8.RuneCountInString(itsm.AlertDraft("p", a, itsm.AlertRule{}).Title))
	a.Title = " \x00"
	require.Equal(t, "An alert of p", itsm.AlertDraft("p", a, itsm.AlertRule{}).Title)
	long, other := itsm.Alert{Group: strings.Repeat("a", 600)}, itsm.Alert{Group: strings.Repeat("a", 601)}
	require.NotEqual(t, itsm.AlertRule{}.Key(long), itsm.AlertRule{}.Key(other), "keys that are cut would become one")
}
