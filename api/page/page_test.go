package page

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/steward-itsm/steward/itsm"
)

// assessed is what the example policy would ask for.
func assessed(c *itsm.Change) {
	c.Assessment = &itsm.Assessment{Risk: "It may stall.", Benefit: "Room for a year.", Feasibility: "Done before.", Cost: "An hour."}
	for _, s := range c.Assessment.Effects.Sections() {
		s.Effect.NotApplicable = "Nothing of it is touched."
	}
}

func TestWhoIsNotSignedInComesBackToWhereTheyWereGoing(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	b := h.browser()
	p := b.get("/changes/CHG-7")
	require.Equal(t, http.StatusUnauthorized, p.status)
	require.Contains(t, p.text(), "Sign in to open CHG-7")
	require.NotContains(t, p.body, "Enlarge")
	p = b.submit(p, "/signin", "token", "stw_bob")
	require.Equal(t, "/changes/CHG-7", p.path)
	require.Contains(t, p.text(), "Enlarge the payments database")
	require.Equal(t, []string{"change.read session.none"}, h.refused)
}

func TestTheRecordIsShownWhole(t *testing.T) {
	h := build(t)
	h.raise("CHG-7", assessed)
	p := h.as("bob").get("/changes/CHG-7")
	require.Equal(t, http.StatusOK, p.status)
	for _, want := range []string{
		"awaiting approval", "high risk", "Payments · raised by Ana Ferreira, Mon 3 Mar 2031, 13:00 WAT (now)",
		"It waits for approval (Technical, stage 1 of 2): Engineers 0 of 2.", "Bob Okafor (you), Eve Lindqvist and Joe Nakamura",
		"A rejection ends it only when 2 approvals cannot be reached any more.",
		"Mon 3 Mar 2031, 17:00 WAT (in 4 h) The approvers are reminded.",
		"Mon 3 Mar 2031, 21:00 WAT (in 8 h) It expires. Silence never approves a change",
		"It is 93 % full since the sale.", "It stops taking orders within a week.", "Resize the primary", "Done on staging", "Backout (20 min)",
		"db-pay-1", "The pull request", "The five dimensions add up to 19 of 25", "It may stall.", "Not applicable: Nothing of it is touched.",
		"Tue 4 Mar 2031, 23:00 WAT (in 34 h) until Wed 5 Mar 2031, 02:00 WAT", "Steward opened its approval (Technical)", "Ana Ferreira raised it.",
		"Times are yours: Africa/Lagos.",
	} {
		require.Contains(t, p.text(), want)
	}
	require.Contains(t, p.body, `<time datetime="2031-03-03T20:00:00Z">Mon 3 Mar 2031, 21:00 WAT</time>`)
	require.Contains(t, p.body, `href="/changes/CHG-3"`, "another record is a link")
	require.Contains(t, h.as("joe").get("/changes/CHG-7").text(), "Tue 4 Mar 2031, 05:00 JST (in 8 h) It expires.", "each in their own zone")
}

func TestEachSeesTheButtonsThatWouldNotRefuseThem(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	for who, want := range map[string][]string{
		"bob": {"approve", "reject", "abstain", "delegate", "comment", "ask"},
		"ana": {"hold", "reassign", "link", "withdraw", "cancel", "comment", "ask", "edit"},
		"max": {"hold", "reassign", "link", "cancel", "comment", "ask", "edit"},
		"ida": {"comment", "ask"},
		"ada": nil,
	} {
		require.ElementsMatch(t, want, h.as(who).get("/changes/CHG-7").acts(), who)
	}
}

func TestAChangeIsWalkedFromItsPageAlone(t *testing.T) {
	h := build(t)
	h.raise("CHG-7", func(c *itsm.Change) { c.Window = nil })
	bob, eve, manager, ida, ana := h.as("bob"), h.as("eve"), h.as("max"), h.as("ida"), h.as("ana")

	require.Contains(t, bob.act("ask", "text", "Who fails it back?").text(), "Your question is asked.")
	p := ana.get("/changes/CHG-7")
	require.Contains(t, p.text(), "Bob Okafor asks")
	p = ana.submit(p, "/changes/CHG-7/answer", "text", "The DBA on call.")
	require.Contains(t, p.text(), "Ana Ferreira answers the question")
	require.Contains(t, ana.act("hold", "note", "The vendor found a fault.").text(), "It is on hold: The vendor found a fault.")
	require.NotContains(t, bob.get("/changes/CHG-7").acts(), "approve")
	ana.act("resume")

	p = bob.act("approve", "note", "Read it twice.")
	require.Equal(t, "/changes/CHG-7", p.path)
	require.Contains(t, p.text(), "Your approval counts. CHG-7 is awaiting approval.")
	require.Contains(t, p.text(), "Engineers 1 of 2")
	require.NotContains(t, bob.get("/changes/CHG-7").text(), "Your approval counts.", "it is said once")
	bob.act("retract")
	require.Contains(t, bob.get("/changes/CHG-7").text(), "Engineers 0 of 2")
	bob.act("approve")
	require.Contains(t, eve.act("approve").text(), "stage 2 of 2")
	p = manager.act("approve")
	require.Contains(t, p.text(), "It is approved and can be started at any time.")
	require.Contains(t, p.text(), "Max Tanaka approved it. That authorises it.")

	manager.act("reassign", "assignee", "ida")
	require.Contains(t, ida.act("start").text(), "CHG-7 is implementing.")
	p = ida.act("failed")
	require.Equal(t, http.StatusUnprocessableEntity, p.status, "a failure needs a word")
	p = ida.act("done", "note", "No errors since.")
	require.Contains(t, p.text(), "It was carried out successfully.")
	require.Empty(t, p.acts())
	require.Equal(t, itsm.ChangeClosed, h.changes["CHG-7"].State)
	require.Equal(t, itsm.DoorAPI, h.timeline["CHG-7"][len(h.timeline["CHG-7"])-1].Door)
}

func TestWhatIsRefusedKeepsWhatWasTyped(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	bob := h.as("bob")
	open := bob.get("/changes/CHG-7")
	p := bob.submit(open, "/changes/CHG-7/reject", "note", " ")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "decision.invalid")
	require.Contains(t, p.body, `<a href="#act-reject">`)
	require.Contains(t, p.body, `id="act-reject" open`)
	require.Contains(t, p.text(), "is needed: say why, so that the requester can do better")

	h.mu.Lock()
	h.changes["CHG-7"].Plan, h.changes["CHG-7"].ContentHash = "Another plan.", strings.Repeat("a", 64)
	h.mu.Unlock()
	p = bob.submit(open, "/changes/CHG-7/approve", "note", "Looks <good>.")
	require.Equal(t, http.StatusConflict, p.status)
	require.Contains(t, p.text(), "was edited after you read it")
	require.Contains(t, p.text(), "change.edited")
	require.Contains(t, p.text(), "Another plan.", "the record as it stands now")
	again := p.form("/changes/CHG-7/approve")
	require.Equal(t, "Looks <good>.", again.Get("note"))
	require.Equal(t, strings.Repeat("a", 64), again.Get("content_hash"))
	require.NotEqual(t, open.form("/changes/CHG-7/approve").Get("key"), again.Get("key"), "another asking has another key")
	require.Equal(t, http.StatusOK, bob.post("/changes/CHG-7/approve", again).status)

	p = bob.post("/changes/CHG-7/approve", again2(again))
	require.Equal(t, http.StatusConflict, p.status)
	require.Contains(t, p.text(), "What you had typed")
	require.Contains(t, p.text(), "Looks <good>.", "also when the form is gone")
}

// again2 is the same wish asked for once more.
func again2(f url.Values) url.Values { f.Set("key", strings.Repeat("K", keyLength)); return f }

func TestADoubleTapCountsOnce(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	bob := h.as("bob")
	f := bob.get("/changes/CHG-7").form("/changes/CHG-7/approve")
	require.Equal(t, http.StatusOK, bob.post("/changes/CHG-7/approve", f).status)
	require.Equal(t, http.StatusOK, bob.post("/changes/CHG-7/approve", f).status)
	require.Equal(t, []string{"change.decide"}, h.acted)

	eve := h.as("eve")
	f = eve.get("/changes/CHG-7").form("/changes/CHG-7/approve")
	h.running = 2 // the first tap is still on its way
	require.Equal(t, http.StatusOK, eve.post("/changes/CHG-7/approve", f).status)
	require.Len(t, h.acted, 2)
}

func TestWhatMayHaveCountedKeepsItsKey(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	bob := h.as("bob")
	f := bob.get("/changes/CHG-7").form("/changes/CHG-7/comment")
	f.Set("text", "Fine by me.")
	slow := itsm.Refuse(itsm.Unavailable, "engine.slow", "No answer yet; it may have counted. Repeating it never counts twice.").Later(2 * time.Second)
	h.slow = slow
	p := bob.post("/changes/CHG-7/comment", f)
	require.Equal(t, http.StatusServiceUnavailable, p.status)
	require.Equal(t, "2", p.header.Get("Retry-After"))
	require.Equal(t, f.Get("key"), p.form("/changes/CHG-7/comment").Get("key"))
	require.Equal(t, "Fine by me.", p.form("/changes/CHG-7/comment").Get("text"))
}

func TestSomebodyDecidesForAnother(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	bob, manager := h.as("bob"), h.as("max")
	require.NotContains(t, bob.get("/changes/CHG-7").body, `<option value="eve">`, "whoever decides anyway is no deputy")
	p := bob.act("delegate", "to", "max", "note", "On a train.")
	require.Contains(t, p.text(), "Bob Okafor delegated it: Max Tanaka may decide for Bob Okafor.")
	p = manager.get("/changes/CHG-7")
	require.Contains(t, p.text(), "You decide for Bob Okafor.")
	require.Equal(t, "bob", p.form("/changes/CHG-7/approve").Get("for"))
	require.Contains(t, manager.submit(p, "/changes/CHG-7/approve").text(), "Max Tanaka approved it for Bob Okafor.")
	require.Equal(t, itsm.PersonID("bob"), h.changes["CHG-7"].Decisions[0].For)
}

func TestAnEditShowsWhatChangedAndVoidsVotes(t *testing.T) {
	h := build(t)
	h.raise("CHG-7", func(c *itsm.Change) { c.Description = "First line.\r\nSecond line." })
	h.as("bob").act("approve")
	ana := h.as("ana")
	stale := ana.get("/changes/CHG-7/edit")
	require.Equal(t, http.StatusUnprocessableEntity, ana.submit(ana.get("/changes/CHG-7/edit"), "/changes/CHG-7/edit").status, "left alone, it is no edit: neither its seconds nor its line ends")
	p := ana.submit(ana.get("/changes/CHG-7/edit"), "/changes/CHG-7/edit", "plan", "Resize it to 128 GiB.", "window/end", "2031-03-05T02:30", "note", "More room.")
	require.Equal(t, http.StatusOK, p.status, p.text())
	require.Equal(t, "Resize it to 128 GiB.", h.changes["CHG-7"].Plan)
	require.Equal(t, "First line.\r\nSecond line.", h.changes["CHG-7"].Description)
	require.Equal(t, noon.Add(34*time.Hour), h.changes["CHG-7"].Window.Start)
	require.Equal(t, time.Date(2031, 3, 5, 2, 30, 0, 0, time.UTC), h.changes["CHG-7"].Window.End.UTC())
	require.Contains(t, p.text(), "The vote of Bob Okafor (approved) counts no more.")
	require.Contains(t, p.text(), "round 2")
	require.Contains(t, p.body, "<del class=\"text\" dir=\"auto\">Resize the primary to 64 GiB, then fail over.</del>")
	require.Contains(t, p.text(), "Tue 4 Mar 2031, 22:00 WET to Wed 5 Mar 2031, 02:30 WET")

	p = ana.submit(stale, "/changes/CHG-7/edit", "title", "Another title")
	require.Equal(t, http.StatusConflict, p.status)
	require.Contains(t, p.text(), "record.moved_on")
	require.Equal(t, "Another title", p.form("/changes/CHG-7/edit").Get("title"))
	p = ana.submit(ana.get("/changes/CHG-7/edit"), "/changes/CHG-7/edit", "backout_minutes", "soon")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "must be a whole number")
	require.Contains(t, h.refused, "page.edit page.number", "what the page refuses by itself leaves a trace too")
}

func TestALinkIsAdded(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	ana := h.as("ana")
	p := ana.act("link", "url", "javascript:alert(1)", "title", "Look")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "must be an address that begins with https:// or http://, or a record's number")
	again := p.form("/changes/CHG-7/link")
	require.Equal(t, "Look", again.Get("title"))
	again.Set("url", "CHG-9")
	require.Contains(t, ana.post("/changes/CHG-7/link", again).body, `href="/changes/CHG-9"`)
	require.Equal(t, http.StatusOK, ana.post("/changes/CHG-7/link", again).status)
	require.Len(t, h.changes["CHG-7"].Links, 3, "a double tap adds one")
}

func TestAnAssessmentIsHandedIn(t *testing.T) {
	h := build(t)
	h.catalog.Change.Tiers[0].Assessment = true
	h.raise("CHG-7")
	ana := h.as("ana")
	require.Contains(t, ana.get("/changes/CHG-7").text(), "It waits for its assessment")
	form := ana.get("/changes/CHG-7/assess")
	p := ana.submit(form, "/changes/CHG-7/assess", "assessment/benefit", "Room for a year.")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "is needed: say what could go wrong, and how likely that is")
	require.Equal(t, "Room for a year.", p.form("/changes/CHG-7/assess").Get("assessment/benefit"))
	fill := []string{"assessment/risk", "It may stall.", "assessment/feasibility", "Done before.", "assessment/cost", "An hour."}
	for _, s := range (&itsm.Effects{}).Sections() {
		fill = append(fill, "assessment/effects/"+s.Name+"/not_applicable", "Nothing of it is touched.")
	}
	p = ana.submit(p, "/changes/CHG-7/assess", fill...)
	require.Equal(t, http.StatusOK, p.status, p.text())
	require.Contains(t, p.text(), "It waits for approval (Technical, stage 1 of 2)")
}

func TestWhatWaitsAndWhatWasRaised(t *testing.T) {
	h := build(t)
	for n := range int64(25) {
		h.raise(itsm.ChangeNumber(n + 1))
	}
	ana := h.as("ana")
	p := ana.get("/changes")
	require.Contains(t, p.text(), "Nothing. Have a good day.")
	require.Equal(t, 20, strings.Count(p.body, `<span class="id">`))
	require.Contains(t, p.text(), "CHG-25")
	p = ana.get("/changes?cursor=6")
	require.Equal(t, 5, strings.Count(p.body, `<span class="id">`))
	require.Contains(t, p.text(), "Back to the newest")
	require.Equal(t, 25, strings.Count(h.as("bob").get("/changes").body, "from Ana Ferreira"))
}

func TestARestrictedRecordIsNotThereForOthers(t *testing.T) {
	h := build(t)
	h.raise("CHG-7", func(c *itsm.Change) { c.Restricted = true })
	zoe := h.as("zoe")
	p, absent := zoe.get("/changes/CHG-7"), zoe.get("/changes/CHG-8")
	require.Equal(t, http.StatusNotFound, p.status)
	require.Equal(t, strings.ReplaceAll(absent.text(), "CHG-8", "CHG-7"), p.text())
	f := zoe.get("/changes").form("/signout")
	f.Set("key", strings.Repeat("K", keyLength))
	f.Set("content_hash", "x")
	require.Equal(t, http.StatusNotFound, zoe.post("/changes/CHG-7/comment", f).status)
	require.Equal(t, http.StatusUnprocessableEntity, zoe.get("/changes/7").status)
	require.Equal(t, http.StatusNotFound, zoe.get("/changes/CHG-7/nothing").status)
}

func TestWhatIsOurFaultShowsOneSentence(t *testing.T) {
	h := build(t)
	h.raise("CHG-7")
	bob := h.as("bob")
	h.fail = errors.New("dial tcp 10.0.0.7: secret detail")
	p := bob.get("/changes/CHG-7")
	require.Equal(t, http.StatusInternalServerError, p.status)
	require.Contains(t, p.text(), "Something went wrong on our side.")
	require.NotContains(t, p.body, "10.0.0.7")
	require.Contains(t, h.log.String(), "10.0.0.7")
	require.Empty(t, h.refused)
}

var varying = regexp.MustCompile(`(name="(?:csrf|key)" value=")[^"]*`)

func TestGolden(t *testing.T) {
	h := build(t)
	h.raise("CHG-7", func(c *itsm.Change) { c.Risk, c.Links, c.Items, c.TestPlan, c.Justification = nil, nil, nil, "", "" })
	h.report("INC-6", func(d *itsm.IncidentDraft) { d.Service, d.Urgency = "mail", itsm.LowDegree })
	h.report("INC-7")
	h.suspect("PRB-7", func(d *itsm.ProblemDraft) { d.Incidents = []itsm.Number{"INC-6"} })
	h.publish()
	h.supplies("SUP-4")
	h.rated("2030-12", 92)
	h.rated("2031-01")
	h.inForce()
	h.reviewed()
	h.as("liv").deal("SUP-4", "certificate", "name", "ISO/IEC 27001", "expires", "2031-05-01")
	h.as("cai").deal("SUP-4/2031-02", "measure", "name", "Availability", "value", "99.95", "evidence", "https://ok.example/graph")
	for name, p := range map[string]shown{
		"suppliers": h.as("liv").get("/suppliers"), "supplier": h.as("liv").get("/suppliers/SUP-4"), "profile": h.as("pia").get("/suppliers/SUP-4/edit"),
		"contract": h.as("cai").get("/contracts/CON-2"), "amendment": h.as("cai").get("/contracts/CON-2/amend"), "review": h.as("deb").get("/suppliers/SUP-4/reviews/2031-02"),
		"front": h.as("bob").get("/"), "search": h.as("ana").get("/search?q=pay&open=true"),
		"signin": h.browser().get("/changes/CHG-7"), "record": h.as("ida").get("/changes/CHG-7"),
		"refused": h.as("ida").get("/changes/CHG-8"), "list": h.as("ana").get("/changes"),
		"incident": h.as("ana").get("/incidents/INC-7"), "board": h.as("bob").get("/incidents"), "report": h.as("ana").get("/incidents/new"),
		"problem": h.as("pia").get("/problems/PRB-7"), "problems": h.as("pia").get("/problems"), "known_errors": h.as("ana").get("/known-errors?q=declined"),
		"suspect": h.as("ana").get("/problems/new?incidents=INC-7&service=payments"), "cause": h.as("pia").get("/problems/PRB-7/rca"),
	} {
		var main string
		p.each("main", func(n *html.Node) { main = rendered(n) + "\n" })
		main = varying.ReplaceAllString(main, "${1}…")
		file := "testdata/" + name + ".html"
		if os.Getenv("UPDATE") != "" {
			require.NoError(t, os.WriteFile(file, []byte(main), 0o600))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), main, "UPDATE=1 writes it anew")
	}
}
