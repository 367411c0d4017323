package page

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// plan takes CAR-7 on to a plan that waits to be accepted, as people would.
func (h *house) plan() {
	h.t.Helper()
	owner := h.as("max")
	for _, p := range []shown{
		owner.deal("CAR-7", "acknowledge"),
		owner.deal("CAR-7", "rca", "method", "five_whys", "cause/text", "The template has no alert.", "cause/evidence", "It has none.", "known", "true"),
		owner.deal("CAR-7", "plan", "steps/0/title", "Alert at 80 %", "steps/0/owner", "bob", "steps/0/due_at", "2031-03-14T17:00",
			"steps/1/title", "Mend the template", "steps/1/owner", "ida", "steps/1/due_at", "2031-03-20T17:00",
			"measure", "No full disk for a month.", "similar", "Two more had no alert."),
	} {
		require.Equal(h.t, http.StatusOK, p.status, p.text())
	}
}

func TestACorrectiveActionIsWalkedFromItsPageAlone(t *testing.T) {
	h := build(t)
	h.suspect("PRB-7")
	ana, owner, kim, bob, ida := h.as("ana"), h.as("max"), h.as("kim"), h.as("bob"), h.as("ida")
	require.Contains(t, ana.get("/problems/PRB-7").body, `href="/corrective-actions/new?service=payments&amp;source=PRB-7"`)
	p := ana.submit(ana.get("/corrective-actions/new?source=PRB-7&service=payments"), "/corrective-actions/new",
		"title", "Nobody is warned", "nonconformity", "Capacity is to be monitored.", "correction", "The disk was enlarged.", "severity", "major")
	require.Equal(t, "/corrective-actions/CAR-100", p.path)
	require.Contains(t, p.text(), "It is raised. CAR-100 is raised.")
	require.Contains(t, p.text(), "Steward recorded it as major. Max Tanaka is to act on it.")
	require.Contains(t, p.text(), "acts on PRB-7 said by Ana Ferreira")
	require.Contains(t, p.text(), "It waits for Max Tanaka")
	require.Contains(t, p.text(), "Acknowledgement running within 2 business days")
	require.Contains(t, ana.get("/problems/PRB-7").text(), "CAR-100 said by Ana Ferreira", "both ends say so")

	p = owner.deal("CAR-100", "acknowledge", "note", "I look into it.")
	require.Contains(t, p.text(), "It is yours. CAR-100 is acknowledged.")
	p = owner.deal("CAR-100", "rca", "method", "five_whys", "cause/text", "The template has no alert.", "cause/evidence", "prb-7", "known", "true")
	require.Contains(t, p.text(), "Root cause The template has no alert. PRB-7")
	p = owner.deal("CAR-100", "plan", "steps/0/title", "Alert at 80 %", "steps/0/owner", "bob", "steps/0/due_at", "2031-03-14T17:00",
		"steps/1/title", "Mend the template", "steps/1/owner", "ida", "steps/1/due_at", "2031-03-20T17:00",
		"measure", "No full disk for a month.", "similar", "Two more had no alert.")
	require.Contains(t, p.text(), "Plan, version 1, not accepted")
	require.Contains(t, p.text(), "Alert at 80 % Bob Okafor · due Fri 14 Mar 2031, 17:00 JST")
	require.NotContains(t, p.acts(), "approve", "nobody accepts their own plan")
	p = kim.deal("CAR-100", "approve", "note", "Go.")
	require.Contains(t, p.text(), "Kim Haddad approved its plan. It is carried out now.")
	require.Contains(t, p.text(), "Accepted by Kim Haddad")

	p = bob.deal("CAR-100", "step", "id", "1", "state", "done", "result", "It alerts.", "evidence", "https://example.org/alerts/41\n\nIt rang twice.")
	require.Contains(t, p.text(), "Bob Okafor said that step 1, Alert at 80 %, is done.")
	require.Contains(t, p.body, `href="https://example.org/alerts/41"`)
	require.Len(t, h.corrections["CAR-100"].Steps[0].Evidence, 2)
	p = owner.deal("CAR-100", "hand-step", "id", "2", "owner", "bob", "due_at", "2031-03-21T09:30")
	require.Contains(t, p.text(), "2 · Bob Okafor · due Fri 21 Mar 2031, 09:30 JST")
	require.NotContains(t, ida.get("/corrective-actions/CAR-100").acts(), "step", "it is another's now")
	p = bob.deal("CAR-100", "step", "id", "2", "state", "dropped", "result", "It was in the template.")
	require.Contains(t, p.text(), "step 2, Mend the template, is dropped.")
	p = owner.deal("CAR-100", "implement", "note", "Done.")
	require.Contains(t, p.text(), "It is implemented. CAR-100 is implemented.")
	require.NotContains(t, kim.get("/corrective-actions/CAR-100").acts(), "verify", "its effect does not show yet")
	h.pass(31 * 24 * time.Hour)
	require.NotContains(t, h.as("max").get("/corrective-actions/CAR-100").acts(), "verify", "the owner never verifies")
	liv := h.as("liv")
	p = liv.deal("CAR-100", "verify", "result", "effective", "note", "A month without one.", "evidence", "https://example.org/disks")
	require.Contains(t, p.text(), "Liv Berg found it effective. That closes it.")
	require.Contains(t, p.text(), "Liv Berg found it effective, ")
	require.Equal(t, itsm.CorrectiveClosed, h.corrections["CAR-100"].State)
	require.Contains(t, h.as("ana").get("/corrective-actions?show=all").text(), "CAR-100 Nobody is warned")
}

func TestAPlanFromAnOutdatedPageReplacesNoNewerOne(t *testing.T) {
	h := build(t)
	h.correct("CAR-7")
	h.plan()
	owner := h.as("max")
	old := owner.get("/corrective-actions/CAR-7/plan").form("/corrective-actions/CAR-7/plan")
	require.Equal(t, "1", old.Get("against"))
	require.Equal(t, "Alert at 80 %", old.Get("steps/0/title"))
	require.Equal(t, "2031-03-14T17:00", old.Get("steps/0/due_at"))
	require.Equal(t, http.StatusOK, owner.deal("CAR-7", "plan", "measure", "No alert is missed.").status)
	p := owner.post("/corrective-actions/CAR-7/plan", old)
	require.Equal(t, http.StatusConflict, p.status)
	require.Contains(t, p.text(), "corrective_action.plan_changed")
	require.Equal(t, "No alert is missed.", h.corrections["CAR-7"].Plan.Measure)
	require.Equal(t, "No full disk for a month.", p.form("/corrective-actions/CAR-7/plan").Get("measure"), "what was typed stays")

	p = owner.deal("CAR-7", "plan", "steps/0/title", "", "steps/2/title", "Tell everybody", "steps/2/owner", "")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "plan.invalid")
	kim := h.as("kim")
	blind := kim.get("/corrective-actions/CAR-7").form("/corrective-actions/CAR-7/approve")
	blind.Del("content_hash")
	require.Equal(t, http.StatusBadRequest, kim.post("/corrective-actions/CAR-7/approve", blind).status, "a vote is on what was read")
}

func TestEachIsOfferedOnACorrectiveActionWhatWouldNotRefuseThem(t *testing.T) {
	h := build(t)
	h.correct("CAR-7")
	for who, want := range map[string][]string{
		"max": {"acknowledge", "assign", "link", "comment", "ask"},
		"kim": {"assign", "link", "withdraw", "comment", "ask"},
		"ana": {"withdraw", "link", "comment", "ask"},
		"ada": nil,
	} {
		require.ElementsMatch(t, want, h.as(who).get("/corrective-actions/CAR-7").acts(), who)
	}
	h.plan()
	for who, want := range map[string][]string{
		"max": {"plan", "assign", "link", "comment", "ask"},
		"kim": {"approve", "reject", "abstain", "plan", "assign", "link", "withdraw", "comment", "ask"},
	} {
		require.ElementsMatch(t, want, h.as(who).get("/corrective-actions/CAR-7").acts(), who)
	}
}

func TestTheListOfCorrectiveActions(t *testing.T) {
	h := build(t)
	h.correct("CAR-7")
	h.correct("CAR-8", func(d *itsm.CorrectiveDraft) { d.Title, d.Owner = "Backups are not tried", "ida" })
	ana, owner := h.as("ana"), h.as("max")
	p := owner.get("/corrective-actions")
	require.Contains(t, p.text(), "What waits for you major CAR-7 Nobody is warned before a disk is full Payments · raised · Max Tanaka, of the team money")
	require.NotContains(t, owner.get("/corrective-actions?show=owned").text(), "CAR-8")
	require.Contains(t, ana.get("/corrective-actions?show=mine").text(), "CAR-8")
	for n := range int64(shelfAtOnce) {
		h.correct(itsm.CorrectiveNumber(100 + n))
	}
	p = ana.get("/corrective-actions?show=mine")
	require.NotContains(t, p.text(), "CAR-7 ")
	require.Contains(t, p.body, `href="/corrective-actions?show=mine&amp;cursor=100"`)
	require.NotContains(t, h.as("ada").get("/corrective-actions").body, `href="/corrective-actions/new"`)
	require.Equal(t, http.StatusForbidden, h.as("ada").get("/corrective-actions/new").status)
}

func TestACorrectiveActionThatIsRestrictedIsNotThereForOthers(t *testing.T) {
	h := build(t)
	h.correct("CAR-7").Restricted = true
	zoe := h.as("zoe")
	p, absent := zoe.get("/corrective-actions/CAR-7"), zoe.get("/corrective-actions/CAR-8")
	require.Equal(t, http.StatusNotFound, p.status)
	require.Equal(t, strings.ReplaceAll(absent.text(), "CAR-8", "CAR-7"), p.text())
	require.NotContains(t, zoe.get("/corrective-actions").text(), "CAR-7")
}

func TestWhatPeopleWriteOfACorrectiveActionIsTextAndNothingElse(t *testing.T) {
	h := build(t)
	const bad = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	h.catalog.People[0].Name, h.catalog.Services[0].Name = bad, bad
	h.correct("CAR-7", func(d *itsm.CorrectiveDraft) { d.Title, d.Nonconformity, d.Correction = bad, bad, bad })
	owner, kim, bob := h.as("max"), h.as("kim"), h.as("bob")
	owner.deal("CAR-7", "acknowledge", "note", bad).holdsTextAlone(t)
	owner.deal("CAR-7", "rca", "method", "five_whys", "cause/text", bad, "cause/evidence", bad, "trigger/text", bad, "trigger/evidence", "javascript:alert(1)",
		"known", "true").holdsTextAlone(t)
	owner.deal("CAR-7", "plan", "steps/0/title", bad, "steps/0/owner", bad, "steps/0/due_at", bad, "measure", bad, "similar", bad).holdsTextAlone(t)
	owner.deal("CAR-7", "plan", "steps/0/title", bad, "steps/0/owner", "bob", "steps/0/due_at", "2031-03-14T17:00", "measure", bad, "similar", bad, "note", bad).holdsTextAlone(t)
	kim.deal("CAR-7", "approve", "note", bad).holdsTextAlone(t)
	bob.deal("CAR-7", "step", "id", "1", "state", "done", "result", bad, "evidence", bad+"\njavascript:alert(1)").holdsTextAlone(t)
	owner.deal("CAR-7", "implement", "note", bad).holdsTextAlone(t)
	h.pass(31 * 24 * time.Hour)
	kim = h.as("kim")
	kim.deal("CAR-7", "verify", "result", "not_effective", "note", bad, "evidence", bad).holdsTextAlone(t)
	for _, path := range []string{
		"/corrective-actions/CAR-7", "/corrective-actions", "/corrective-actions?show=" + url.QueryEscape(bad), "/corrective-actions/CAR-7/rca",
		"/corrective-actions/new?source=" + url.QueryEscape(bad) + "&service=" + url.QueryEscape(bad), "/corrective-actions/" + url.PathEscape("<b>"),
	} {
		h.as("max").get(path).holdsTextAlone(t)
	}
}
