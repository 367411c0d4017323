package page

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/steward-itsm/steward/itsm"
)

func TestAnIncidentIsShownWhole(t *testing.T) {
	h := build(t)
	h.report("INC-7", func(d *itsm.IncidentDraft) {
		d.Category, d.Symptom, d.Items, d.Message = "network", "Error 502", []string{"gw-1"}, "https://chat.example.com/m/1"
		d.Alert = &itsm.Origin{Source: "prometheus", Key: "gw/502", URL: "https://prom.example.com/g"}
	})
	h.pass(10 * time.Minute)
	p := h.as("bob").get("/incidents/INC-7")
	require.Equal(t, http.StatusOK, p.status)
	for _, want := range []string{
		"INC-7 P2 triaged Card payments are declined", "Payments · reported by Ana Ferreira, Mon 3 Mar 2031, 13:00 WAT (10 min ago)",
		"Nobody answered or could be called.", "Max Tanaka, or anyone who is responder",
		"Response running within 30 min: by Mon 3 Mar 2031, 13:30 WAT (in 20 min) so far 10 min",
		"Resolution running within 8 h: by Mon 3 Mar 2031, 21:00 WAT (in 7 h) so far 10 min",
		"Assigned to nobody yet, of the team money", "P2 high impact × medium urgency",
		"Mon 3 Mar 2031, 13:05 WAT (5 min ago) Level 3 : Eve Lindqvist and Bob Okafor (you) since nobody had answered Level 2 was passed over: nobody is on call No answer",
		"Level 1 : Bob Okafor (you) when it was reported No answer",
		"Since noon, all of them.", "Error 502", "network", "gw-1", "https://chat.example.com/m/1", "prometheus: gw/502",
		"The target for its response is missed; its assignee and the team's manager are told.",
		"Steward called Eve Lindqvist and Bob Okafor (you), level 3, since nobody had answered. Level 2 was passed over: nobody is on call.",
		"Steward called everybody there is, and nobody answered.", "Steward classified it: P2, of high impact and medium urgency.",
		"Steward reckoned when its targets are missed: its response by Mon 3 Mar 2031, 13:30 WAT and its resolution by Mon 3 Mar 2031, 21:00 WAT.",
		"Ana Ferreira reported it.", "Times are yours: Africa/Lagos.",
	} {
		require.Contains(t, p.text(), want)
	}
	require.Contains(t, p.body, `href="https://chat.example.com/m/1"`)
	require.Contains(t, p.body, `href="https://prom.example.com/g"`)
	require.Contains(t, h.as("joe").get("/incidents/INC-7").text(), "by Mon 3 Mar 2031, 21:30 JST (in 20 min)", "each in their own zone")
}

func TestEachIsOfferedOnAnIncidentWhatWouldNotRefuseThem(t *testing.T) {
	h := build(t)
	h.report("INC-7")
	works := []string{"acknowledge", "resolve", "escalate", "assign", "priority", "link", "apply", "parent", "duplicate", "update", "comment", "ask"}
	for who, want := range map[string][]string{
		"bob": works,
		"ana": {"escalate", "cancel", "comment", "ask"},
		"max": append([]string{"cancel"}, works...),
		"ida": {"comment", "ask"},
		"ada": nil,
	} {
		require.ElementsMatch(t, want, h.as(who).get("/incidents/INC-7").acts(), who)
	}
}

func TestAnIncidentIsWalkedFromItsPageAlone(t *testing.T) {
	h := build(t)
	ana, bob, eve, manager := h.as("ana"), h.as("bob"), h.as("eve"), h.as("max")
	p := ana.submit(ana.get("/incidents/new"), "/incidents/new", "title", "The shop is down", "service", "payments", "impact", "high")
	require.Equal(t, "/incidents/INC-100", p.path)
	require.Contains(t, p.text(), "It is reported. INC-100 is triaged.")
	require.Contains(t, p.text(), "P2 high impact × medium urgency", "what nobody said, the policy did")

	p = bob.work("INC-100", "acknowledge")
	require.Contains(t, p.text(), "You have acknowledged it. INC-100 is in progress.")
	require.Contains(t, p.text(), "Bob Okafor acknowledged it, and has it now.")
	require.Contains(t, p.text(), "Response in time")
	require.Contains(t, p.text(), "Bob Okafor answered, Mon 3 Mar 2031")
	p = bob.work("INC-100", "priority", "urgency", "high")
	require.Contains(t, p.text(), "Bob Okafor changed its priority from P2 to P1, of high impact and high urgency.")
	p = bob.work("INC-100", "priority", "override", "P3", "note", "One till only.")
	require.Contains(t, p.text(), "P3, set by Bob Okafor whatever its impact and urgency: One till only. high impact × high urgency")
	p = bob.work("INC-100", "update", "text", "We restart it.")
	require.Contains(t, p.text(), "Bob Okafor tells how it goes")

	p = bob.work("INC-100", "hold", "reason", "awaiting_caller", "note", "Which till?")
	require.Contains(t, p.text(), "Resolution stands still while its reporter is awaited within 24 h so far 0 s, pauses left out")
	require.NotContains(t, p.acts(), "reply", "it is not he who is asked")
	p = ana.work("INC-100", "reply", "text", "The one at the door.")
	require.Contains(t, p.text(), "Your answer is there. INC-100 is in progress.")
	p = bob.work("INC-100", "escalate", "to", "manager", "note", "Who knows tills?")
	require.Contains(t, p.text(), "Steward called Max Tanaka, those who answer for it, since somebody asked for it.")
	p = manager.work("INC-100", "assign", "assignee", "eve")
	require.Contains(t, p.text(), "Max Tanaka assigned it to Eve Lindqvist.")
	p = eve.work("INC-100", "escalate", "to", "team", "team", "office", "note", "It is your printer.")
	require.Contains(t, p.text(), "Steward called Eve Lindqvist (you) and the channel C0INC, another team, since somebody asked for it.")

	eve.work("INC-100", "resolve", "code", "fixed", "note", "Paper.")
	p = ana.work("INC-100", "reopen", "note", "It is jammed.")
	require.Contains(t, p.text(), "Reopened once")
	require.Contains(t, p.text(), "Resolution, cycle 2")
	p = bob.work("INC-100", "resolve", "code", "workaround", "note", "Use the other till.")
	require.Contains(t, p.text(), "It is resolved (workaround): Use the other till.")
	p = ana.work("INC-100", "confirm", "note", "Thanks.")
	require.Contains(t, p.text(), "Ana Ferreira said that it works again. That closes it.")
	require.Equal(t, itsm.IncidentClosed, h.incidents["INC-100"].State)
	require.Equal(t, itsm.DoorAPI, h.timeline["INC-100"][len(h.timeline["INC-100"])-1].Door)
	require.Contains(t, p.body, `href="/incidents/new?follows=INC-100&amp;service=payments"`)
	p = ana.get("/incidents/new?follows=INC-100&service=payments")
	require.Equal(t, "INC-100", p.form("/incidents/new").Get("follows"))
	require.Equal(t, "payments", p.form("/incidents/new").Get("service"))
}

func TestWhatIsRefusedOnAnIncidentKeepsWhatWasTyped(t *testing.T) {
	h := build(t)
	h.report("INC-7")
	bob := h.as("bob")
	p := bob.work("INC-7", "resolve", "code", "workaround", "note", " ")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "resolution.invalid")
	require.Contains(t, p.body, `id="act-resolve" open`)
	require.Equal(t, "workaround", p.form("/incidents/INC-7/resolve").Get("code"))
	p = bob.submit(p, "/incidents/INC-7/link", "kind", "caused_by", "to", "inc-9")
	require.Contains(t, p.text(), "must be a change's, a problem's or a supplier's number, such as CHG-42")
	require.Equal(t, "inc-9", p.form("/incidents/INC-7/link").Get("to"))
	p = bob.submit(p, "/incidents/INC-7/duplicate", "of", "INC-7")
	require.Contains(t, p.text(), "is the incident itself")
	require.Empty(t, h.incidents["INC-7"].Relations)
	require.Empty(t, h.as("bob").get("/incidents/INC-7").form("/incidents/INC-7/resolve").Get("code"), "what one tried, no other page has")

	ana := h.as("ana")
	p = ana.submit(ana.get("/incidents/new"), "/incidents/new", "title", " ", "service", "mail", "urgency", "low", "description", "It <b>hangs</b>.")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "incident.invalid")
	f := p.form("/incidents/new")
	require.Equal(t, "It <b>hangs</b>.", f.Get("description"))
	require.Equal(t, []string{"mail", "low"}, []string{f.Get("service"), f.Get("urgency")})
	f.Set("title", "Mail hangs")
	require.Equal(t, http.StatusOK, ana.post("/incidents/new", f).status)
	require.Equal(t, http.StatusOK, ana.post("/incidents/new", f).status)
	require.Len(t, h.incidents, 2, "a double tap reports one")
}

func TestASuggestedCauseIsLinkedInOnePress(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	h.report("INC-7")
	require.Contains(t, h.as("ana").get("/incidents/INC-7").text(), "CHG-7 Enlarge the payments database awaiting approval")
	require.Nil(t, h.as("ana").get("/incidents/INC-7").formBy("id", "act-link-CHG-7"), "who reports it links nothing")
	bob := h.as("bob")
	f := bob.get("/incidents/INC-7").formBy("id", "act-link-CHG-7")
	p := bob.post("/incidents/INC-7/link", f)
	require.Contains(t, p.text(), "It is linked. INC-7 is triaged.")
	require.Contains(t, p.text(), "caused by CHG-7 said by Bob Okafor")
	require.Contains(t, p.text(), "Bob Okafor linked it: caused by CHG-7.")
	require.NotContains(t, p.text(), "Did one of these cause it?")
	p = bob.get("/changes/CHG-7")
	require.Contains(t, p.text(), "caused INC-7 said by Bob Okafor")
	require.Contains(t, p.body, `<a href="/incidents/INC-7">INC-7</a>`)
	require.Equal(t, http.StatusOK, bob.post("/incidents/INC-7/link", f).status, "a double tap links once")
	require.Len(t, h.relations, 1)
	f.Set("key", strings.Repeat("K", keyLength))
	p = bob.post("/incidents/INC-7/link", f)
	require.Equal(t, http.StatusConflict, p.status)
	require.Contains(t, p.text(), "incident.linked")
}

func TestRelationsAreSeenFromBothSides(t *testing.T) {
	h := build(t)
	h.report("INC-6")
	h.report("INC-7")
	h.report("INC-8")
	bob := h.as("bob")
	p := bob.work("INC-6", "parent", "parent", " inc-7 ")
	require.Contains(t, p.text(), "INC-7 , which it follows")
	require.Contains(t, p.text(), "Bob Okafor made it follow INC-7.")
	require.Equal(t, "INC-7", p.form("/incidents/INC-6/parent").Get("parent"))
	require.Contains(t, bob.get("/incidents/INC-7").text(), "parent of INC-6 said by Bob Okafor")
	p = bob.work("INC-8", "duplicate", "of", "INC-7", "note", "The same.")
	require.Contains(t, p.text(), "It is over. INC-8 is duplicate.")
	require.Contains(t, p.text(), "It is a duplicate of INC-7.")
	require.Contains(t, bob.get("/incidents/INC-7").text(), "has the duplicate INC-8")
	p = bob.work("INC-6", "parent", "parent", "")
	require.Contains(t, p.text(), "Bob Okafor let it follow no other any more.")
}

func TestARecordIsAtItsOwnAddress(t *testing.T) {
	h := build(t)
	h.raise("CHG-7", func(c *itsm.Change) { c.Links = []itsm.Link{{URL: "INC-7"}, {URL: "REQ-7"}} })
	h.report("INC-7")
	bob := h.as("bob")
	require.Equal(t, "/incidents/INC-7", bob.get("/changes/INC-7").path)
	require.Equal(t, "/changes/CHG-7", bob.get("/incidents/CHG-7").path)
	p := bob.get("/changes/CHG-7")
	require.Contains(t, p.body, `href="/incidents/INC-7"`)
	require.NotContains(t, p.body, `href="/changes/REQ-7"`, "what has no page leads nowhere")
	require.Equal(t, http.StatusNotFound, bob.get("/changes/REQ-7").status)
	require.Equal(t, "/problems/PRB-7", bob.get("/changes/PRB-7").path)
	require.Equal(t, http.StatusNotFound, bob.get("/incidents/INC-9").status)
	require.Equal(t, http.StatusUnprocessableEntity, bob.get("/incidents/7").status)
	require.Equal(t, http.StatusNotFound, bob.get("/incidents/INC-7/approve").status, "what is done to changes is not done to incidents")
	require.Equal(t, "/incidents/INC-7", bob.get("/incidents/INC-7/resolve").path)
}

func TestAnIncidentThatIsRestrictedIsNotThereForOthers(t *testing.T) {
	h := build(t)
	h.report("INC-7").Restricted = true
	zoe := h.as("zoe")
	p, absent := zoe.get("/incidents/INC-7"), zoe.get("/incidents/INC-8")
	require.Equal(t, http.StatusNotFound, p.status)
	require.Equal(t, strings.ReplaceAll(absent.text(), "INC-8", "INC-7"), p.text())
	require.NotContains(t, zoe.get("/incidents").text(), "INC-7")
	require.Contains(t, h.as("bob").get("/incidents").text(), "INC-7", "whoever was called may see it")
}

func TestNobodyIsOfferedAWayToReportWithoutTheRightTo(t *testing.T) {
	h := build(t)
	ada := h.as("ada")
	require.NotContains(t, ada.get("/incidents").body, `href="/incidents/new"`)
	p := ada.get("/incidents/new")
	require.Equal(t, http.StatusForbidden, p.status)
	require.Contains(t, p.text(), "actor.permission")
	p.each("form", func(n *html.Node) { require.NotEqual(t, "/incidents/new", attr(n, "action")) })
}
