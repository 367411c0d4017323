package chatops

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// dutyOffice is an office whose services have people on call: pat first, then rio and a
// channel; max answers for incidents, and ana reports them.
func dutyOffice(t testing.TB, change ...func(*slackfake.Config)) *office {
	t.Helper()
	o := newOffice(t, append(change, func(c *slackfake.Config) {
		for _, id := range []string{"U0PAT", "U0RIO", "U0MAX"} {
			c.Users = append(c.Users, slackfake.User{ID: id, Name: id})
			c.Channels[0].Members = append(c.Channels[0].Members, id)
		}
		c.Shortcuts = append(c.Shortcuts, slackfake.Shortcut{Callback: "incident_new", Name: "Report an incident"})
	})...)
	c := &o.desk.catalog
	c.People = append(c.People,
		itsm.Person{ID: "pat", Name: "Pat <Pager>", Slack: "U0PAT", Roles: []itsm.Role{itsm.Responder}},
		itsm.Person{ID: "rio", Name: "Rio Sato", Slack: "U0RIO", Roles: []itsm.Role{itsm.Responder}},
		itsm.Person{ID: "max", Name: "Max Ito", Slack: "U0MAX", Roles: []itsm.Role{itsm.IncidentManager}},
	)
	c.Teams = []itsm.Team{
		{ID: "platform", Name: "Platform", Manager: "max", Members: []itsm.PersonID{"pat", "rio"}}, {ID: "dba", Name: "Databases", Manager: "max", Members: []itsm.PersonID{"rio"}},
	}
	c.Escalations = []itsm.EscalationPolicy{{ID: "usual", Name: "Usual", Levels: []itsm.CallLevel{
		{Targets: []itsm.CallTarget{{Rotation: "primary"}}, Within: itsm.Duration(5 * time.Minute)},
		{Targets: []itsm.CallTarget{{Person: "rio"}, {Channel: "C0PAY"}}, Within: itsm.Duration(10 * time.Minute)},
	}}}
	for n, team := range []itsm.TeamID{"platform", "dba"} {
		c.Services[n].Team, c.Services[n].Escalation = team, "usual"
	}
	return o
}

// inc types a command about incidents.
func (o *office) inc(user, text string) string {
	o.t.Helper()
	return o.typed(user, "/incident", text)
}

func (o *office) typed(user, command, text string) string {
	o.t.Helper()
	before := len(o.Ephemerals(user))
	_, err := o.Command(context.Background(), user, "C0PAY", command, text)
	require.NoError(o.t, err)
	o.clock.pass(time.Second)
	if all := o.Ephemerals(user); len(all) > before {
		return all[len(all)-1].Says()
	}
	return ""
}

func broken() map[string]string {
	return map[string]string{"title": "Nobody can <pay>", "service": "payments", "impact": "high", "urgency": "medium"}
}

// outage has ana report INC-1 through the form: pat is called for it.
func (o *office) outage() *itsm.Incident {
	o.t.Helper()
	o.inc("U0ANA", "new")
	a := o.submit("U0ANA", broken())
	require.Equal(o.t, "update", a.Action, a.Errors)
	o.closed("U0ANA")
	o.clock.pass(time.Second)
	return o.desk.incidents[itsm.IncidentNumber(int64(len(o.desk.incidents)))]
}

// told is the last notice of a kind about an incident to somebody, or to a channel.
func (o *office) told(n itsm.Number, kind itsm.NoticeKind, to string) itsm.Notice {
	o.t.Helper()
	i := o.desk.incidents[n]
	s, _ := o.desk.catalog.Service(i.Service)
	all := itsm.IncidentNotices(itsm.IncidentBook{
		Incident: *i, Timeline: o.desk.timelines[n], Said: o.desk.comments[n], Service: s, Managers: o.desk.catalog.Managers(), People: byID(o.desk.catalog.People), Alerts: o.desk.alerts,
	})
	for _, one := range slices.Backward(all) {
		if one.Kind == kind && (string(one.To) == to || one.To == "" && one.Channel == to) {
			return one
		}
	}
	require.Fail(o.t, "there is no such notice", "%s to %s", kind, to)
	return itsm.Notice{}
}

// sent posts that notice, as the process's teller would.
func (o *office) sent(n itsm.Number, kind itsm.NoticeKind, to string) slackfake.Message {
	o.t.Helper()
	at, err := o.messenger.Post(context.Background(), o.told(n, kind, to))
	require.NoError(o.t, err)
	return o.at(at.Channel, at.TS)
}

func (o *office) at(channel, ts string) slackfake.Message {
	o.t.Helper()
	for _, m := range o.Messages(channel) {
		if m.TS == ts {
			return m
		}
	}
	require.Fail(o.t, "the message is not there")
	return slackfake.Message{}
}

// choose picks a line of the menu of a message about INC-1, or presses the button
// that there is instead.
func (o *office) choose(user string, m slackfake.Message, line string) {
	o.t.Helper()
	if slices.Contains(buttons(m), line) {
		o.press(user, m, line)
		return
	}
	_, err := o.Press(context.Background(), user, m, "incident.more:INC-1", line)
	require.NoError(o.t, err)
}

// lastAct is the last event that is not the system's.
func (o *office) lastAct(n itsm.Number) itsm.Event {
	o.t.Helper()
	for _, e := range slices.Backward(o.desk.timelines[n]) {
		if e.Actor != itsm.System {
			return e
		}
	}
	return itsm.Event{}
}
