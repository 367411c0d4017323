package alert

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// group is what Alertmanager 0.28 sends of two alerts, one of which has ended.
const group = `{"receiver":"steward","status":"firing","alerts":[
	{"status":"firing","labels":{"alertname":"SlowShop","instance":"a","severity":"critical"},"annotations":{"summary":"The shop answers slowly","description":"p99 is 9 s.","runbook":"https://example.com/r"},
	 "startsAt":"2026-11-28T12:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://prom.example.com/g","fingerprint":"f1","fromTheFuture":1},
	{"status":"resolved","labels":{"alertname":"SlowShop","job":"shop"},"annotations":{},"startsAt":"2026-11-28T12:00:00Z","endsAt":"2026-11-28T12:05:00Z","fingerprint":"f2"}],
	"groupLabels":{"alertname":"SlowShop"},"commonLabels":{},"commonAnnotations":{},"externalURL":"https://am.example.com","version":"4","groupKey":"{}:{alertname=\"SlowShop\"}","truncatedAlerts":0}`

func TestAGroupIsReadAsItsAlerts(t *testing.T) {
	all, err := FromAlertmanager([]byte(group))
	require.NoError(t, err)
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	require.Equal(t, []itsm.Alert{
		{
			Action: itsm.AlertFires, Group: `{}:{alertname="SlowShop"}`, Fingerprint: "f1", At: at, URL: "https://prom.example.com/g",
			Labels: map[string]string{"alertname": "SlowShop", "instance": "a", "severity": "critical"},
			Title:  "The shop answers slowly", Description: "p99 is 9 s.\n\nrunbook: https://example.com/r",
		},
		{
			Action: itsm.AlertEnds, Group: `{}:{alertname="SlowShop"}`, Fingerprint: "f2", At: at.Add(5 * time.Minute), URL: "https://am.example.com",
			Labels: map[string]string{"alertname": "SlowShop", "job": "shop"}, Title: "SlowShop on shop",
		},
	}, all)
}

func TestALongGroupKeyIsKnownByItsDigest(t *testing.T) {
	long := strings.Replace(group, `{}:{alertname=\"SlowShop\"}`, strings.Repeat("g", maxKey+1), 1)
	all, err := FromAlertmanager([]byte(long))
	require.NoError(t, err)
	again, err := FromAlertmanager([]byte(long))
	require.NoError(t, err)
	require.Equal(t, all[0].Group, again[0].Group)
	require.Len(t, all[0].Group, len("sha256:")+64)
}

const trigger = `{"routing_key":"r","event_action":"trigger","dedup_key":"cards","client":"grafana","client_url":"https://grafana.example.com",
	"links":[{"href":"https://example.com/more","text":"more"}],
	"payload":{"summary":"Cards are refused","source":"shop-1","severity":"critical","timestamp":"2026-11-28T12:00:00Z","component":"web","custom_details":{"p99":9,"severity":"mine","why":"slow"}}}`

func fresh() string { return "fresh" }

func TestAnEventIsReadAsAnAlert(t *testing.T) {
	a, err := FromEvent([]byte(trigger), fresh)
	require.NoError(t, err)
	require.Equal(t, itsm.Alert{
		Action: itsm.AlertFires, Group: "cards", Fingerprint: "cards", Title: "Cards are refused", URL: "https://grafana.example.com",
		At:     time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC),
		Labels: map[string]string{"source": "shop-1", "severity": "critical", "component": "web", "p99": "9", "why": "slow"},
	}, a)
	a, err = FromEvent([]byte(strings.Replace(trigger, `"dedup_key":"cards",`, "", 1)), fresh)
	require.NoError(t, err)
	require.Equal(t, "fresh", a.Group, "a trigger without a key is one of its own")
	a, err = FromEvent([]byte(`{"event_action":"resolve","dedup_key":"cards"}`), fresh)
	require.NoError(t, err)
	require.Equal(t, itsm.Alert{Action: itsm.AlertEnds, Group: "cards", Fingerprint: "cards", Labels: map[string]string{}}, a)
}

// TestWhatIsNoAlertIsRefusedByField spoils one thing at a time.
func TestWhatIsNoAlertIsRefusedByField(t *testing.T) {
	alertmanager := func(raw []byte) error { _, err := FromAlertmanager(raw); return err }
	events := func(raw []byte) error { _, err := FromEvent(raw, fresh); return err }
	for _, row := range []struct {
		read          func([]byte) error
		text          string
		was, is, at   string
		becauseOfThat string
	}{
		{alertmanager, group, `"version":"4"`, `"version":"3"`, "/version", "webhook_config"},
		{alertmanager, group, `{}:{alertname=\"SlowShop\"}`, ``, "/groupKey", "is needed"},
		{alertmanager, group, `"status":"resolved","labels"`, `"status":"gone","labels"`, "/alerts/1/status", "firing or resolved"},
		{alertmanager, group, `"f1"`, `""`, "/alerts/0/fingerprint", "1 to 512"},
		{alertmanager, group, `"f1"`, `"` + strings.Repeat("f", 513) + `"`, "/alerts/0/fingerprint", "1 to 512"},
		{alertmanager, group, `"instance":"a"`, labels(201), "/alerts/0/labels", "more than 200"},
		{alertmanager, `{"version":"4","groupKey":"g","alerts":[]}`, "", "", "/alerts", "no alert"},
		{alertmanager, `{"version":"4","groupKey":"g","alerts":[` + strings.Repeat(`{"status":"firing","fingerprint":"f"},`, MaxAlerts) + `{}]}`, "", "", "/alerts", "more than 1000"},
		{alertmanager, group, `"version":"4"`, `"version":4`, "/version", "must not be a number"},
		{events, trigger, `"trigger"`, `"explode"`, "/event_action", "trigger, acknowledge or resolve"},
		{events, trigger, `"cards"`, `"` + strings.Repeat("k", 256) + `"`, "/dedup_key", "255"},
		{events, `{"event_action":"resolve"}`, "", "", "/dedup_key", "is needed"},
		{events, `{"event_action":"trigger"}`, "", "", "/payload", "is needed"},
		{events, trigger, `"Cards are refused"`, `" "`, "/payload/summary", "is needed"},
		{events, trigger, `Cards are`, strings.Repeat("ö", 1025), "/payload/summary", "1024"},
		{events, trigger, `"shop-1"`, `""`, "/payload/source", "is needed"},
		{events, trigger, `"critical"`, `"bad"`, "/payload/severity", "critical, error, warning or info"},
		{events, trigger, `"2026-11-28T12:00:00Z"`, `"yesterday"`, "/payload/timestamp", "an instant"},
		{events, trigger, `"p99":9`, labels(201), "/payload/custom_details", "more than 200"},
	} {
		spoilt := strings.Replace(row.text, row.was, row.is, 1)
		require.True(t, row.was == "" || spoilt != row.text, row.was)
		e := itsm.AsError(row.read([]byte(spoilt)))
		require.NotNil(t, e, row.at)
		require.Equal(t, "alert.payload", e.Code)
		require.Equal(t, row.at, e.Fields[0].Pointer)
		require.Contains(t, e.Fields[0].Message, row.becauseOfThat, row.at)
	}
	for _, raw := range []string{"", "{", "[]x", "\x00"} {
		require.Equal(t, "request.unparseable", itsm.AsError(alertmanager([]byte(raw))).Code, raw)
		require.Equal(t, "request.unparseable", itsm.AsError(events([]byte(raw))).Code, raw)
	}
}

func labels(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`"l%d":"v"`, i))
	}
	return strings.Join(all, ",")
}

// FuzzAlerts: whatever is sent is either refused, by field, or within its bounds.
func FuzzAlerts(f *testing.F) {
	for _, seed := range []string{group, trigger, `{"event_action":"acknowledge","dedup_key":"k"}`, `{"version":"4","groupKey":"g","alerts":[null]}`, `{"payload":{"custom_details":{"a":{"b":[1]}}}}`, `null`, `[]`, `{"links":[{"href":"javascript:alert(1)"}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		all, err := FromAlertmanager(raw)
		if err == nil {
			require.NotEmpty(t, all)
			require.LessOrEqual(t, len(all), MaxAlerts)
		}
		one, eventErr := FromEvent(raw, fresh)
		if eventErr == nil {
			all = append(all, one)
		}
		for _, a := range all {
			if err != nil && eventErr != nil {
				break
			}
			require.NotEmpty(t, a.Group)
			require.LessOrEqual(t, len(a.Group), maxKey)
			require.LessOrEqual(t, len(a.Fingerprint), maxKey)
		}
		for _, refusal := range []error{err, eventErr} {
			if refusal != nil {
				require.Contains(t, []string{"alert.payload", "request.unparseable"}, itsm.AsError(refusal).Code)
			}
		}
	})
}
