package chatops

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

func TestAnIncidentGoesFromFormToClosed(t *testing.T) {
	o := dutyOffice(t)
	o.inc("U0ANA", "new Nobody can &lt;pay&gt;")
	require.Contains(t, o.top("U0ANA").Text(), "Report an incident")
	a := o.submit("U0ANA", map[string]string{
		"service": "payments", "impact": "high", "urgency": "medium", "description": "Since noon <!channel>", "category": "outage", "configuration_items": "gateway-1\n\ngateway-2",
	})
	require.Equal(t, "update", a.Action, a.Errors)
	said := o.closed("U0ANA")
	for _, want := range []string{"You reported INC-1; it is now triaged.", "It waits for somebody to acknowledge it.", "It is P2. You are told what comes of it.", "/incident status INC-1"} {
		require.Contains(t, said, want)
	}
	i := o.desk.incidents["INC-1"]
	require.Equal(t, "Nobody can <pay>", i.Title)
	require.Equal(t, itsm.P2, i.Priority)
	require.Equal(t, []string{"gateway-1", "gateway-2"}, i.Items)
	require.Equal(t, "outage", i.Category)
	require.Equal(t, itsm.PersonID("ana"), i.Reporter)

	page := o.sent("INC-1", itsm.NoticePage, "pat")
	require.Contains(t, page.Says(), "You are called")
	o.clock.pass(time.Minute)
	o.press("U0PAT", page, "Acknowledge")
	for _, want := range []string{"You acknowledged INC-1; it is now in progress. Its assignee is at it.", "It is yours, and nobody else is called.", "`/incident resolve INC-1`"} {
		require.Contains(t, o.whispered("U0PAT"), want)
	}
	require.Equal(t, itsm.PersonID("pat"), i.Assignee)
	require.Contains(t, o.inc("U0PAT", "update INC-1 We look &amp; see"), "Whoever reported INC-1 is told, and it stands below its card.")
	require.Equal(t, "We look & see", o.desk.comments["INC-1"][0].Text)
	o.press("U0PAT", page, "Resolve…")
	require.Equal(t, "update", o.submit("U0PAT", map[string]string{"code": "workaround", "note": "Restarted <it>"}).Action)
	require.Contains(t, o.closed("U0PAT"), "You resolved INC-1; it is now resolved.")
	require.Equal(t, itsm.ResolvedWorkaround, i.Resolution.Code)

	asked := o.sent("INC-1", itsm.NoticeConfirm, "ana")
	require.Equal(t, []string{"It works again", "It does not…", "Details"}, buttons(asked))
	o.press("U0ANA", asked, "It does not…")
	o.submit("U0ANA", map[string]string{"note": "Still hangs."})
	require.Contains(t, o.closed("U0ANA"), "You reopened INC-1; it is now reopened.")
	require.Contains(t, o.inc("U0RIO", "ack inc-1: mine"), "You acknowledged INC-1")
	require.Contains(t, o.inc("U0RIO", "resolve 1 fixed rolled back"), "You resolved INC-1")
	o.press("U0ANA", o.sent("INC-1", itsm.NoticeConfirm, "ana"), "It works again")
	require.Contains(t, o.whispered("U0ANA"), "You said that it works again: INC-1; it is now closed.")
	require.Equal(t, itsm.ClosedConfirmed, i.Closing)
	require.Zero(t, o.desk.unanswered())
}

func TestEveryVerbOfIncidentsCanBeTyped(t *testing.T) {
	o := dutyOffice(t)
	o.raised()
	o.outage()
	o.outage()
	i := o.desk.incidents["INC-1"]
	for _, s := range []struct{ user, text, want string }{
		{"U0ANA", "help", "/incident ack INC-42"},
		{"U0ANA", "", "/incident ack INC-42"},
		{"U0ANA", "INC-1", "What happened"},
		{"U0ANA", "1", "What happened"},
		{"U0ANA", "show 1:", "Lately changed on its service"},
		{"U0ANA", "show INC-77", "There is no INC-77 that you can see."},
		{"U0ANA", "show", "record.number"},
		{"U0ANA", "status INC-1", "It waits for somebody to acknowledge it."},
		{"U0ANA", "explain 1", "If nobody acts: <!date^"},
		{"U0ANA", "timeline 1", "called at level 1: Pat &lt;Pager&gt;"},
		{"U0ANA", "ack INC-1", "That needs one of these roles: responder or incident_manager."},
		{"U0ANA", "update INC-1 Hm", "Progress on INC-1 is told by those who work on it."},
		{"U0ANA", "comment INC-1 It &lt;hangs&gt; for &lt;!here&gt;", "You commented on INC-1; it is now triaged."},
		{"U0ANA", "escalate INC-1 manager because nobody comes", "You escalated INC-1; it is now triaged."},
		{"U0PAT", "hold INC-1 vendor they look", "acknowledge or assign it before it waits"},
		{"U0PAT", "acknowledge INC-1 on it", "You acknowledged INC-1; it is now in progress."},
		{"U0RIO", "ack INC-1", "You acknowledged INC-1"}, // the manager's call is open still
		{"U0RIO", "priority INC-1 low low it is one shop", "You weighed anew INC-1; it is now in progress. Its assignee is at it. It is P5 now (impact low, urgency low)."},
		{"U0RIO", "priority INC-1 P1 because the <@U0MAX|max> asks", "You weighed anew INC-1"},
		{"U0RIO", "priority INC-1 urgency high P1 still", "You weighed anew INC-1"},
		{"U0RIO", "priority INC-1 urgency high P1 still", "has that impact and urgency already"},
		{"U0RIO", "hold INC-1 change CHG-1 until it is out", "You put on hold INC-1; it is now on hold. It is on hold, awaiting change: until it is out"},
		{"U0RIO", "resume INC-1 it is out", "You resumed INC-1; it is now in progress."},
		{"U0RIO", "hold INC-1 change CHG-9 until it is out", "names no record that you can see"},
		{"U0RIO", "hold INC-1 awaiting caller: which browser?", "Its reporter is asked, and an answer of theirs ends it."},
		{"U0ANA", "comment INC-1 all of them", "You commented on INC-1; it is now in progress."},
		{"U0RIO", "link INC-1 caused by CHG-1", "You linked INC-1"},
		{"U0RIO", "link INC-1 caused_by INC-2", "must be a change's, a problem's or a supplier's number"},
		{"U0RIO", "link INC-1 related inc-2", "On record: related to INC-2."},
		{"U0RIO", "parent INC-1 2 the same", "It belongs to INC-2, whose progress and resolution it shares."},
		{"U0RIO", "parent INC-1 none", "You said what it belongs to: INC-1"},
		{"U0RIO", "parent INC-1 none", "has that parent already, or none"},
		{"U0PAT", "assign INC-1 <@U0RIO|rio> have a look", "You gave rio INC-1; it is now assigned."},
		{"U0RIO", "assign INC-1 to rio", "INC-1 is assigned so already."},
		{"U0RIO", "assign INC-1 @eve", "eve"},
		{"U0RIO", "assign INC-1 nobody", "Nobody in the catalog is called nobody"},
		{"U0RIO", "assign INC-1 team nowhere", "names no team of the catalog"},
		{"U0RIO", "assign INC-1 team dba it is the database", "You gave the team dba INC-1; it is now triaged."},
		{"U0RIO", "escalate INC-1 team platform they know", "You escalated INC-1"},
		{"U0RIO", "assign INC-1 me team dba", "You took on INC-1; it is now in progress."},
		{"U0RIO", "escalate INC-1 because it burns", "You escalated INC-1"},
		{"U0RIO", "resolve INC-1 not reproducible tried all", "You resolved INC-1; it is now resolved. It is resolved (not reproducible): tried all. Whoever reported it is asked whether it works again."},
		{"U0RIO", "confirm INC-1", "INC-1 can be confirmed by ana, who reported it"},
		{"U0ANA", "reopen INC-1 because it hangs", "People are called for it again."},
		{"U0RIO", "resolve INC-1 fixed", "What was done?"}, // a form asks what was done
		{"U0PAT", "resolve INC-1 recovered by itself", "You resolved INC-1"},
		{"U0ANA", "close INC-1 thanks", "You said that it works again: INC-1; it is now closed."},
		{"U0ANA", "reopen INC-1 again", "INC-1 is closed, for good. Raise another that follows it."},
		{"U0PAT", "duplicate INC-2 of INC-1 the same", "You ended as a duplicate INC-2; it is now duplicate. It is a duplicate of INC-1."},
		{"U0ANA", "cancel INC-2 because of me", "INC-2 is duplicate already."},
		{"U0NEW", "list", "put your Slack id U0NEW into the catalog"},
	} {
		said := o.inc(s.user, s.text)
		if said == "" {
			said = o.closed(s.user)
		}
		require.Contains(t, said, s.want, "%s: %s", s.user, s.text)
	}
	require.Equal(t, "It <hangs> for <!here>", o.desk.comments["INC-1"][0].Text)
	require.Equal(t, itsm.P1, o.desk.incidents["INC-1"].Override.Priority)
	require.Equal(t, "the @max asks", o.noteOf("INC-1", itsm.EventReprioritised, 1))
	require.Equal(t, itsm.TeamID("dba"), i.Team)
	require.Zero(t, o.desk.unanswered())
	third := o.outage()
	require.Contains(t, o.inc("U0ANA", "cancel 3 my mistake"), "You cancelled INC-3; it is now cancelled.")
	require.Equal(t, itsm.IncidentCancelled, third.State)
}

// noteOf is the note of the nth event of a kind, from 0.
func (o *office) noteOf(n itsm.Number, kind itsm.EventKind, nth int) string {
	o.t.Helper()
	for _, e := range o.desk.timelines[n] {
		if e.Kind == kind {
			if nth == 0 {
				return e.Note
			}
			nth--
		}
	}
	require.Fail(o.t, "it did not happen")
	return ""
}

func TestListsOfIncidents(t *testing.T) {
	o := dutyOffice(t)
	o.outage()
	o.outage()
	o.inc("U0RIO", "ack INC-2")
	for _, tt := range []struct{ user, text, want, lacks string }{
		{"U0EVE", "list", "Open incidents", "There is none"},
		{"U0EVE", "list open", "waits for Pat <Pager>", "Acknowledge"},
		{"U0ANA", "list mine", "INC-2", "There is none"},
		{"U0PAT", "list mine", "There is none.", "INC-"},
		{"U0RIO", "list assigned", "INC-2", "INC-1"},
		{"U0PAT", "list waiting", "To acknowledge: triaged", "INC-2"},
		{"U0PAT", "list my", "What waits for you", "INC-2"},
		{"U0PAT", "my", "To acknowledge: triaged", "INC-2"},
		{"U0PAT", "list wating", "Did you mean `/incident list waiting`?", "Open incidents"},
		{"U0PAT", "list everything", "Did you mean `/incident list open`?", "Open incidents"},
	} {
		said := o.inc(tt.user, tt.text)
		require.Contains(t, said, tt.want, tt.text)
		require.NotContains(t, said, tt.lacks, tt.text)
	}
	o.desk.set("Incidents", down, false)
	require.Contains(t, o.inc("U0PAT", "list"), "No answer yet")
}

func TestIncidentsBehindTheOtherCommands(t *testing.T) {
	o := dutyOffice(t)
	o.raised()
	o.outage()
	for _, tt := range []struct{ command, text, want string }{
		{"/itsm", "incident show 1", "What happened"},
		{"/itsm", "incident", "/incident ack INC-42"},
		{"/itsm", "show INC-1", "Nobody can <pay>"},
		{"/itsm", "status inc-1", "It waits for somebody to acknowledge it."},
		{"/itsm", "explain INC-1", "Response"},
		{"/itsm", "INC-1:", "Nobody can <pay>"},
		{"/itsm", "1", "1 may be a change, an incident, a problem, a corrective action, a supplier or a contract; write CHG-1, INC-1, PRB-1, CAR-1, SUP-1 or CON-1."},
		{"/itsm", "my", "What waits for you"},
		{"/itsm", "who payments", "Who is called now"},
		{"/itsm", "help", "/incident ack INC-42"},
		{"/itsm", "show PRB-1", "There is no PRB-1 that you can see."},
		{"/change", "show INC-1", "Nobody can <pay>"},
		{"/change", "INC-1", "Nobody can <pay>"},
		{"/change", "1", "Rotate <keys> & certs"},
		{"/change", "approve INC-1", "INC-1 is of another kind; /incident help tells what can be done to it. (slack.kind)"},
		{"/incident", "CHG-1", "Rotate <keys> & certs"},
		{"/incident", "ack CHG-1", "CHG-1 is of another kind; /change help tells what can be done to it."},
		{"/incident", "aknowledge INC-1", "Did you mean `/incident acknowledge`?"},
		{"/incident", "rsolve INC-1", "Did you mean `/incident resolve`?"},
		{"/incident", "xyzzy &lt;!channel&gt;", "For example: `/incident new Nobody can pay`"},
		{"/itsm", "incident aseign INC-1", "Did you mean `/incident assign`?"},
	} {
		said := o.typed("U0PAT", tt.command, tt.text)
		if tt.want[len(tt.want)-1] == ')' { // the code stands in the small print
			tt.want = tt.want[:len(tt.want)-len(" (slack.kind)")]
		}
		require.Contains(t, said, tt.want, "%s %s", tt.command, tt.text)
	}
}

// TestWhoIsTooLateIsToldSo: somebody else took it on. The rule says so, and the message
// loses its dead button.
func TestWhoIsTooLateIsToldSo(t *testing.T) {
	o := dutyOffice(t)
	o.desk.alerts = &itsm.AlertCount{Alerts: 1, Firing: 1, Count: 9}
	o.outage()
	card, page := o.sent("INC-1", itsm.NoticeCard, "C0PAY"), o.sent("INC-1", itsm.NoticePage, "pat")
	o.inc("U0RIO", "ack 1")
	for _, m := range []struct {
		name    string
		channel string
		ts      string
	}{{"the page", page.Channel, page.TS}, {"the card", card.Channel, card.TS}} {
		o.press("U0PAT", o.at(m.channel, m.ts), "Acknowledge")
		require.Contains(t, o.whispered("U0PAT"), "rio is at INC-1 already; have it assigned to you, if you take it over.", m.name)
		require.Contains(t, o.whispered("U0PAT"), "incident.acknowledged", m.name)
		now := o.at(m.channel, m.ts)
		require.NotContains(t, buttons(now), "Acknowledge", m.name)
		require.Contains(t, now.Says(), "9 came, 1 of 1 still fire", "it says what the process's own would: %s", m.name)
	}
	require.Contains(t, o.at(page.Channel, page.TS).Says(), "*Rio Sato has it.*")
	o.clock.pass(time.Second)
	require.NoError(t, o.messenger.Edit(context.Background(), itsm.Place{Channel: page.Channel, TS: page.TS}, o.told("INC-1", itsm.NoticePage, "pat")))
	require.Contains(t, o.at(page.Channel, page.TS).Says(), "*Rio Sato has it.*")
}

func TestAListOfIncidentsFreshensItself(t *testing.T) {
	o := dutyOffice(t)
	o.outage()
	for _, text := range []string{"list waiting", "show 1", "status 1"} {
		require.Contains(t, o.inc("U0PAT", text), "Nobody can <pay>", text)
	}
	all := o.Ephemerals("U0PAT")
	o.press("U0PAT", all[0], "Acknowledge")
	for _, m := range o.Ephemerals("U0PAT")[:1] {
		require.Contains(t, m.Says(), "To resolve: in progress", "the same list, as it is now")
	}
	o.inc("U0RIO", "assign 1 me")
	o.clock.pass(time.Second)
	for n, m := range all[1:] {
		o.press("U0PAT", m, "Acknowledge")
		now := o.Ephemerals("U0PAT")[n+1]
		require.NotContains(t, buttons(now), "Acknowledge")
		require.Contains(t, now.Says(), "Rio Sato")
	}
}
