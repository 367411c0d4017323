package alert

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// MaxAlerts is how many alerts one delivery may hold.
const MaxAlerts = 1000

// notification is version 4 of Alertmanager's webhook:
// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config.
type notification struct {
	Version           string            `json:"version"`
	GroupKey          string            `json:"groupKey"`
	CommonLabels      map[string]string `json:"commonLabels"`
	CommonAnnotations map[string]string `json:"commonAnnotations"`
	GroupLabels       map[string]string `json:"groupLabels"`
	ExternalURL       string            `json:"externalURL"`
	Alerts            []struct {
		Status       string            `json:"status"`
		Labels       map[string]string `json:"labels"`
		Annotations  map[string]string `json:"annotations"`
		StartsAt     time.Time         `json:"startsAt"`
		EndsAt       time.Time         `json:"endsAt"`
		GeneratorURL string            `json:"generatorURL"`
		Fingerprint  string            `json:"fingerprint"`
	} `json:"alerts"`
}

// FromAlertmanager reads a notification. What it names that nobody here needs is
// passed over, so that a newer Alertmanager is understood. A fault is refused as
// alert.payload, by field.
func FromAlertmanager(raw []byte) ([]itsm.Alert, error) {
	var n notification
	if err := json.Unmarshal(raw, &n); err != nil {
		return nil, unreadable(err)
	}
	var f faults
	f.unless(n.Version == "4", "/version", `must be "4": set the receiver up as a webhook_config of Alertmanager`)
	f.unless(n.GroupKey != "", "/groupKey", "is needed")
	f.unless(len(n.Alerts) > 0, "/alerts", "names no alert")
	f.unless(len(n.Alerts) <= MaxAlerts, "/alerts", "has more than %d alerts; set max_alerts in the webhook_config", MaxAlerts)
	alerts := make([]itsm.Alert, 0, min(len(n.Alerts), MaxAlerts))
	for i, a := range n.Alerts[:min(len(n.Alerts), MaxAlerts)] {
		at := fmt.Sprintf("/alerts/%d", i)
		f.unless(a.Status == "firing" || a.Status == "resolved", at+"/status", "must be firing or resolved")
		f.unless(a.Fingerprint != "" && len(a.Fingerprint) <= maxKey, at+"/fingerprint", "must have 1 to %d characters", maxKey)
		f.unless(len(a.Labels) <= maxLabels, at+"/labels", "has more than %d labels", maxLabels)
		one := itsm.Alert{
			Action: itsm.AlertFires, Group: short(n.GroupKey), Fingerprint: a.Fingerprint, Labels: a.Labels,
			URL: cmp.Or(a.GeneratorURL, n.ExternalURL), At: a.StartsAt,
			Title: titleOf(a.Labels, a.Annotations), Description: describe(a.Annotations),
		}
		if a.Status == "resolved" {
			one.Action, one.At = itsm.AlertEnds, a.EndsAt
		}
		alerts = append(alerts, one)
	}
	return alerts, f.refuse()
}

// titleOf is what an alert is called: its summary, else its name and what of.
func titleOf(labels, annotations map[string]string) string {
	name := cmp.Or(labels["alertname"], "Alert")
	if summary := cmp.Or(annotations["summary"], annotations["title"]); summary != "" {
		return summary
	}
	if of := cmp.Or(labels["service"], labels["job"], labels["instance"]); of != "" {
		return name + " on " + of
	}
	return name
}

// describe is the rest of what an alert says of itself: its annotations.
func describe(annotations map[string]string) string {
	var b strings.Builder
	if d := cmp.Or(annotations["description"], annotations["message"]); d != "" {
		b.WriteString(d + "\n\n")
	}
	for _, name := range slices.Sorted(maps.Keys(annotations)) {
		if !slices.Contains([]string{"summary", "title", "description", "message"}, name) {
			fmt.Fprintf(&b, "%s: %s\n", name, annotations[name])
		}
	}
	return strings.TrimSpace(b.String())
}
