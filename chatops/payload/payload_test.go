package payload

import (
	"strings"
	"testing"
)

// FuzzDeliveries: whatever Slack signs, reading it neither panics nor lets an
// unbounded or unprintable name into the inbox.
func FuzzDeliveries(f *testing.F) {
	f.Add("command=/change&team_id=T1&user_id=U1&trigger_id=1&text=x")
	f.Add(`payload={"type":"shortcut","callback_id":"change_new","trigger_id":"1","team":{"id":"T1"},"user":{"id":"U1"}}`)
	f.Add(`{"type":"event_callback","team_id":"T1","event_id":"E1","event":{"type":"app_home_opened","user":"U1"}}`)
	f.Fuzz(func(t *testing.T, body string) {
		for _, kind := range []string{KindCommand, KindAction, KindSubmission, KindEvent} {
			r, err := Parse(kind, []byte(body))
			if err != nil || r.Ignored || r.Immediate != nil {
				continue
			}
			r.Form.Text("title")
			r.Form.Instant("window_start")
			if len(r.Dedupe) > 2000 || strings.ContainsAny(r.Dedupe, "\x00\n") || r.User == "" || r.Team == "" {
				t.Fatalf("%q was read as %+v", body, r)
			}
		}
	})
}
