package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/desk/token"
	"github.com/steward-itsm/steward/itsm"
)

// intake makes the key of an intake that is bound to services.
func (w *world) intake(kind string, services ...itsm.ServiceID) string {
	w.t.Helper()
	made, text, err := token.NewIntake(rand.Reader)
	require.NoError(w.t, err)
	require.NoError(w.t, w.owner.CreateIntakeKey(w.t.Context(), db.IntakeKey{
		ID: made.ID, Name: "prometheus " + made.ID, Kind: kind, SecretSHA256: token.Hash(made.Secret), Services: services, RatePerMinute: 100_000,
	}, "test"))
	return text
}

// alertmanager is the real one, set up through its own file only.
type alertmanager struct {
	t   *testing.T
	url string
}

// alertmanagerConfig tells it to send to Steward at once, and to say when it ends.
const alertmanagerConfig = `
route:
  receiver: steward
  group_by: [alertname, service]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: steward
    webhook_configs:
      - url: %q
        send_resolved: true
`

func newAlertmanager(t *testing.T, hook string) *alertmanager {
	t.Helper()
	binary, err := exec.LookPath("prometheus-alertmanager")
	require.NoError(t, err, "Debian's package prometheus-alertmanager brings it; deploy/setup/install.sh test installs it")
	dir := t.TempDir()
	config := filepath.Join(dir, "alertmanager.yml")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, alertmanagerConfig, hook), 0o600))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	at := l.Addr().String()
	require.NoError(t, l.Close())
	cmd := exec.CommandContext(t.Context(), binary, "--config.file="+config, "--storage.path="+dir,
		"--web.listen-address="+at, "--cluster.listen-address=", "--log.level=warn")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("Alertmanager said:\n%s", log.String())
		}
	})
	a := &alertmanager{t: t, url: "http://" + at}
	require.Eventually(t, func() bool {
		r, err := http.Get(a.url + "/-/ready")
		if err != nil {
			return false
		}
		_ = r.Body.Close()
		return r.StatusCode == http.StatusOK
	}, 20*time.Second, 50*time.Millisecond, "Alertmanager is ready")
	return a
}

// says tells Alertmanager of an alert that fires, or has ended.
func (a *alertmanager) says(firing bool, labels map[string]string) {
	a.t.Helper()
	now := time.Now()
	one := map[string]any{
		"labels": labels, "startsAt": now.Add(-time.Minute).Format(time.RFC3339),
		"annotations": map[string]string{"summary": "The shop answers slowly", "description": "p99 is 9 s for 5 minutes."},
	}
	if !firing {
		one["endsAt"] = now.Format(time.RFC3339)
	}
	body, err := json.Marshal([]any{one})
	require.NoError(a.t, err)
	r, err := http.Post(a.url+"/api/v2/alerts", "application/json", bytes.NewReader(body))
	require.NoError(a.t, err)
	require.NoError(a.t, r.Body.Close())
	require.Equal(a.t, http.StatusOK, r.StatusCode)
}

// incidents lists what there is, newest first.
func (w *world) incidents() (all []map[string]any) {
	w.t.Helper()
	a := w.call("ada", http.MethodGet, "/v1/incidents", nil)
	require.Equal(w.t, http.StatusOK, a.Status, a.Body)
	items, _ := a.Body["items"].([]any)
	for _, i := range items {
		one, _ := i.(map[string]any)
		all = append(all, one)
	}
	return all
}

// becomes waits until an incident comes to a state.
func (w *world) becomes(n itsm.Number, s itsm.IncidentState) {
	w.t.Helper()
	w.eventually(fmt.Sprintf("%s becomes %s", n, s), func() bool {
		return w.call("ada", http.MethodGet, "/v1/incidents/"+string(n), nil).state() == string(s)
	})
}

// onCall calls bob for the website, then ida.
func onCall(c *itsm.Catalog) {
	for i := range c.People {
		if c.People[i].ID == "bob" || c.People[i].ID == "ida" {
			c.People[i].Roles = append(c.People[i].Roles, itsm.Responder)
		}
	}
	c.Rotations, c.AlertRules = nil, nil
	c.Escalations = []itsm.EscalationPolicy{{ID: "website", Name: "Website", Levels: []itsm.CallLevel{
		{Targets: []itsm.CallTarget{{Person: "bob"}}, Within: itsm.Duration(5 * time.Minute)},
		{Targets: []itsm.CallTarget{{Person: "ida"}}, Within: itsm.Duration(5 * time.Minute)},
	}}}
	c.Incident = itsm.IncidentPolicy{Impact: itsm.HighDegree, Urgency: itsm.HighDegree, Escalation: "website"}
	for i := range c.Services {
		c.Services[i].Escalation = ""
	}
}

// TestARealAlertmanagerFiresAndResolves: raised, called, acknowledged by button,
// resolved by its end, confirmed and closed.
func TestARealAlertmanagerFiresAndResolves(t *testing.T) {
	w := newWorld(t, onCall)
	am := newAlertmanager(t, w.url+"/v1/hooks/alertmanager/"+w.intake("alertmanager", "website"))
	expect := w.slack.Expect(t).Ignore(func(slackfake.Message) bool { return true })

	one := map[string]string{"alertname": "SlowShop", "service": "website", "instance": "a"}
	two := map[string]string{"alertname": "SlowShop", "service": "website", "instance": "b"}
	am.says(true, one)
	w.eventually("an incident is raised", func() bool { return len(w.incidents()) == 1 })
	raised := w.incidents()[0]
	number, _ := raised["number"].(string)
	n := itsm.Number(number)
	require.Equal(t, "The shop answers slowly", raised["title"])
	require.Equal(t, "P1", raised["priority"])
	require.Equal(t, "monitoring", raised["reporter"])

	page := expect.Message(slackID("bob"), "You are called", number)
	_, err := w.slack.Press(t.Context(), slackID("bob"), page, "incident.ack:"+number)
	require.NoError(t, err)
	w.becomes(n, itsm.IncidentInProgress)

	am.says(true, two) // of the same group: no other incident
	w.eventually("both alerts are known", func() bool {
		alerts, err := w.owner.AlertsOf(t.Context(), n)
		return err == nil && len(alerts) == 2
	})
	require.Len(t, w.incidents(), 1)

	am.says(false, one)
	w.eventually("one of them has ended", func() bool {
		alerts, err := w.owner.AlertsOf(t.Context(), n)
		return err == nil && len(alerts) == 2 && alerts[0].Firing != alerts[1].Firing
	})
	require.Equal(t, "in_progress", w.call("ada", http.MethodGet, "/v1/incidents/"+number, nil).state(), "the other one fires")
	am.says(false, two)
	w.becomes(n, itsm.IncidentResolved)

	closed := w.call("bob", http.MethodPost, "/v1/incidents/"+number+"/confirm", map[string]any{"note": "It is fast again."})
	require.Equal(t, http.StatusOK, closed.Status, closed.Body)
	require.Equal(t, "closed", closed.state())

	am.says(true, one) // after that it is another one
	w.eventually("another incident is raised", func() bool { return len(w.incidents()) == 2 })
	require.Equal(t, number, w.incidents()[0]["follows"])
}
