package alert

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// event is one request of PagerDuty's Events API v2:
// https://developer.pagerduty.com/docs/events-api-v2-overview.
type event struct {
	RoutingKey string `json:"routing_key"`
	Action     string `json:"event_action"`
	DedupKey   string `json:"dedup_key"`
	ClientURL  string `json:"client_url"`
	Payload    *struct {
		Summary   string                     `json:"summary"`
		Source    string                     `json:"source"`
		Severity  string                     `json:"severity"`
		Timestamp string                     `json:"timestamp"`
		Component string                     `json:"component"`
		Group     string                     `json:"group"`
		Class     string                     `json:"class"`
		Details   map[string]json.RawMessage `json:"custom_details"`
	} `json:"payload"`
	Links []struct {
		Href string `json:"href"`
	} `json:"links"`
}

// The bounds that PagerDuty documents.
const (
	maxDedupKey = 255
	maxSummary  = 1024
)

var severities = []string{"critical", "error", "warning", "info"}

// FromEvent reads one event. A trigger without a dedup_key is one of its own: fresh
// gives it its key. A fault is refused as alert.payload, by field.
func FromEvent(raw []byte, fresh func() string) (itsm.Alert, error) {
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		return itsm.Alert{}, unreadable(err)
	}
	action := itsm.AlertAction(e.Action)
	var f faults
	f.unless(slices.Contains([]itsm.AlertAction{itsm.AlertFires, itsm.AlertAcknowledged, itsm.AlertEnds}, action),
		"/event_action", "must be trigger, acknowledge or resolve")
	f.unless(len(e.DedupKey) <= maxDedupKey, "/dedup_key", "has %d characters; %d is the most", len(e.DedupKey), maxDedupKey)
	f.unless(e.DedupKey != "" || action == itsm.AlertFires, "/dedup_key", "is needed for all but a trigger")
	a := itsm.Alert{Action: action, Group: e.DedupKey, URL: e.ClientURL, Labels: map[string]string{}}
	if a.Group == "" {
		a.Group = fresh()
	}
	a.Fingerprint = a.Group
	if action == itsm.AlertFires {
		e.fill(&a, &f)
	}
	return a, f.refuse()
}

// fill takes the payload over, which only a trigger needs.
func (e *event) fill(a *itsm.Alert, f *faults) {
	p := e.Payload
	if p == nil {
		f.add("/payload", "is needed to trigger")
		return
	}
	f.unless(strings.TrimSpace(p.Summary) != "", "/payload/summary", "is needed")
	f.unless(len([]rune(p.Summary)) <= maxSummary, "/payload/summary", "has more than %d characters", maxSummary)
	f.unless(p.Source != "", "/payload/source", "is needed")
	f.unless(slices.Contains(severities, p.Severity), "/payload/severity", "must be critical, error, warning or info")
	f.unless(len(p.Details) <= maxLabels, "/payload/custom_details", "has more than %d fields", maxLabels)
	if p.Timestamp != "" {
		at, err := time.Parse(time.RFC3339, p.Timestamp)
		f.unless(err == nil, "/payload/timestamp", "must be an instant such as 2026-11-28T16:00:00Z")
		a.At = at
	}
	if len(e.Links) > 0 {
		a.URL = cmp.Or(a.URL, e.Links[0].Href)
	}
	a.Title = p.Summary
	for name, value := range map[string]string{
		"source": p.Source, "severity": p.Severity, "component": p.Component, "group": p.Group, "class": p.Class,
	} {
		if value != "" {
			a.Labels[name] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Details)) {
		text := string(p.Details[name])
		if unquoted := ""; json.Unmarshal(p.Details[name], &unquoted) == nil {
			text = unquoted
		}
		if _, own := a.Labels[name]; !own {
			a.Labels[name] = text
		}
	}
}
