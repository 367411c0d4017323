package chatops

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

func (o *office) home(user string) slackfake.View {
	o.t.Helper()
	o.clock.pass(time.Second)
	_, err := o.OpenHome(context.Background(), user)
	require.NoError(o.t, err)
	v, ok := o.Home(user)
	require.True(o.t, ok, "the stand-in takes it, so Slack does: %s", o.log.String())
	return v
}

// TestHomeShowsWhatWaits: what is due first stands first, for whom it is: who is
// called, who has it, and who is asked.
func TestHomeShowsWhatWaits(t *testing.T) {
	o := dutyOffice(t)
	o.desk.catalog.People[5].Roles = append(o.desk.catalog.People[5].Roles, itsm.Approver)
	o.raised()
	o.outage()
	v := o.home("U0PAT")
	text := v.Text()
	require.Contains(t, text, "To acknowledge: triaged")
	require.Less(t, strings.Index(text, "INC-1"), strings.Index(text, "CHG-1"), "its target is missed before the approval expires")
	_, err := o.PressIn(context.Background(), "U0PAT", v, "Acknowledge", nil)
	require.NoError(t, err)
	require.Contains(t, o.home("U0PAT").Text(), "To resolve: in progress", "the page is published anew")
	o.inc("U0PAT", "hold 1 caller Which browser?")
	require.Contains(t, o.home("U0ANA").Text(), "To answer: Which browser?")
	_, err = o.PressIn(context.Background(), "U0ANA", o.home("U0ANA"), "Comment…", nil)
	require.NoError(t, err)
	o.submit("U0ANA", map[string]string{"text": "All of them."})
	require.Contains(t, o.closed("U0ANA"), "You commented on INC-1; it is now in progress.")
	o.inc("U0PAT", "resolve 1 fixed it")
	require.NotContains(t, o.home("U0PAT").Text(), "INC-1")
	v = o.home("U0ANA")
	require.Contains(t, v.Text(), "To confirm: does it work again?")
	_, err = o.PressIn(context.Background(), "U0ANA", v, "It works again", nil)
	require.NoError(t, err)
	require.Equal(t, itsm.IncidentClosed, o.desk.incidents["INC-1"].State)
	now, _ := o.Home("U0ANA")
	require.NotContains(t, now.Text(), "INC-1")
	_, err = o.PressIn(context.Background(), "U0ANA", v, "It works again", nil)
	require.NoError(t, err)
	require.Contains(t, o.closed("U0ANA"), "INC-1 is closed, for good.", "a refusal in Home is seen")
}

func TestHomeOfABusyPersonIsBounded(t *testing.T) {
	o := dutyOffice(t)
	o.outage()
	for n := range 60 {
		i := *o.desk.incidents["INC-1"]
		i.Number, i.Title = itsm.IncidentNumber(int64(n+1)), strings.Repeat("t", itsm.MaxTitle)
		o.desk.incidents[i.Number] = &i
		c := itsm.ChangeNumber(int64(n + 1))
		draft := itsm.ChangeDraft{Type: itsm.Normal, Title: strings.Repeat("t", itsm.MaxTitle), Service: "payments", Plan: "p", BackoutPlan: "b"}
		o.desk.changes[c] = &itsm.Change{ChangeDraft: draft, Number: c, Requester: "pat", State: itsm.ChangeImplementing, Implementer: []itsm.PersonID{"pat", "ida"}[n%2], RaisedAt: o.clock.now(), Since: o.clock.now()}
	}
	v := o.home("U0PAT")
	require.LessOrEqual(t, len(v.Blocks), 100)
	require.Contains(t, v.Text(), "Changes that you raised")
	said := o.typed("U0PAT", "/itsm", "my")
	for _, want := range []string{"What waits for you", "These are due first", "Changes that you raised"} {
		require.Contains(t, said, want)
	}
	o.desk.set("Incidents", down, false)
	_, err := o.OpenHome(context.Background(), "U0PAT")
	require.NoError(t, err)
	require.NotZero(t, o.desk.unanswered(), "it is published once the records can be read")
}
