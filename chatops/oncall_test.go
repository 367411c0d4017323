package chatops

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestWhoIsOnCall(t *testing.T) {
	o := dutyOffice(t)
	o.desk.catalog.Services = append(o.desk.catalog.Services, itsm.Service{ID: "hr", Name: "Human Resources", Team: "dba", Restricted: true}, itsm.Service{ID: "lone", Name: "Lone"})
	o.desk.catalog.Escalations = append(o.desk.catalog.Escalations, itsm.EscalationPolicy{ID: "odd", Name: "Odd <one>", Repeat: 2, Levels: []itsm.CallLevel{
		{Targets: []itsm.CallTarget{{Rotation: "broken"}}}, {Targets: []itsm.CallTarget{{Team: "dba"}}},
	}})
	o.desk.catalog.Services[1].Escalation = "odd"
	for _, tt := range []struct{ command, text, want string }{
		{"/who", "payments", "*1.* Pat &lt;Pager&gt; · 5m to answer · until <!date^"},
		{"/who", "Payments", "*2.* Rio Sato, <#C0PAY> · 10m to answer"},
		{"/who", "#payments.", "Others take over <!date^"},
		{"/who", "web &amp; &lt;shop&gt;", "*1.* nobody, so it is passed over: rotation broken: Its feed cannot be read."},
		{"/who", "web", "⚠️ Its feed cannot be read."},
		{"/who", "web", "Where nobody answers, all of it comes again (2 more)."},
		{"/who", "lone", "Nobody is called: it has no escalation policy."},
		{"/who", "", "*Lone*"},
		{"/itsm", "who", "*Payments* · Usual"},
		{"/itsm", "who payments", "Pat &lt;Pager&gt;"},
		{"/who", "paymnts", "There is no service called paymnts that you can see; did you mean payments? /itsm services lists them."},
		{"/who", "&lt;!channel&gt;", "There is no service called &lt;!channel&gt; that you can see."},
	} {
		require.Contains(t, o.typed("U0ANA", tt.command, tt.text), tt.want, "%s %s", tt.command, tt.text)
	}
	o.desk.set("OnCall", down, false)
	require.Contains(t, o.typed("U0ANA", "/who", "payments"), "No answer yet")
}

func TestWhoIsOnCallForManyServices(t *testing.T) {
	o := dutyOffice(t)
	for n := range 40 {
		o.desk.catalog.Services = append(o.desk.catalog.Services, itsm.Service{ID: itsm.ServiceID(fmt.Sprintf("s%d", n)), Name: fmt.Sprintf("Service %d", n), Escalation: "usual"})
	}
	said := o.typed("U0ANA", "/who", "")
	require.Contains(t, said, "*Service 9*")
	require.NotContains(t, said, "*Service 10*")
	require.Contains(t, said, "There are more services; `/who` and a service's name tells of one.")
	require.Contains(t, o.typed("U0ANA", "/who", "service 39"), "*Service 39*")
}
