package page

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// inForce has CON-2 in force, a contract of Cai's that Deb approved.
func (h *house) inForce(set ...func(*itsm.ContractDraft)) {
	h.t.Helper()
	c := h.drafts("CON-2", set...)
	of := []itsm.Role{itsm.CommercialManager}
	cai, deb := itsm.Actor{Person: "cai", Roles: of}, itsm.Actor{Person: "deb", Roles: of}
	h.befallContract(c, c.Propose(cai, itsm.ProposalRequest{
		Decision: itsm.ApproveContract, Note: "It is what we have.", Effect: "The shop runs there.", Risk: "The second link makes up for it.",
	}, h.now))
	e := c.Decide(deb, itsm.DecisionRequest{Verdict: itsm.Approve, Note: "Read.", ContentHash: c.Ballot().ContentHash}, supplierPolicy, h.now)
	e.Actor, e.Door = "deb", itsm.DoorSlack
	h.befallContract(c, e)
	require.Equal(h.t, itsm.ContractActive, c.State)
}

func TestAContractIsWalkedFromItsPageAlone(t *testing.T) {
	h := build(t)
	h.supplies("SUP-4")
	cai, deb := h.as("cai"), h.as("deb")
	from := cai.get("/contracts/new?supplier=SUP-4")
	require.Contains(t, cai.get("/suppliers/SUP-4").body, `href="/contracts/new?supplier=SUP-4"`)
	fill := []string{
		"title", "Hosting", "owner", "cai", "services", "payments", "supplies", "Machines", "duties", "They run them.", "start", "2031-03-01", "end", "2032-02-29",
		"notice", "3mo", "renewal", "12mo", "document/url", "https://ok.example/c.pdf", "document/digest", strings.Repeat("0A", 32),
		"targets/0/name", "Availability", "targets/0/criterion", "service_level", "targets/0/unit", "percent", "targets/0/full", "99.9", "targets/0/none", "99",
		"targets/0/customer", "99.95", "targets/0/critical", "true",
	}
	p := cai.submit(from, "/contracts/new", append(fill, "notice", "a while")...)
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "date_span.invalid")
	p = cai.submit(p, "/contracts/new", append(fill, "targets/0/full", "much")...)
	require.Contains(t, p.text(), "amount.invalid")
	p = cai.submit(p, "/contracts/new", append(fill, "targets/1/name", "First answer")...)
	require.Contains(t, p.text(), "contract.invalid")
	require.Equal(t, "First answer", p.form("/contracts/new").Get("targets/1/name"), "what was typed stays")
	p = cai.submit(p, "/contracts/new", append(fill, "targets/1/name", "")...)
	require.Equal(t, "/contracts/CON-100", p.path, p.text())
	require.Contains(t, p.text(), "It is drafted. CON-100 is draft.")
	require.Contains(t, p.text(), "99.9 percent or more; no points down from 99")
	require.Contains(t, p.text(), "Customers were promised 99.95 percent: it does not suffice")
	require.Equal(t, []string{"propose", "cancel", "comment", "ask"}, p.acts())

	p = cai.deal("CON-100", "propose", "decision", "approve", "note", "We need it.", "effect", "The shop runs there.")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "customers were promised more than Availability says")
	p = cai.deal("CON-100", "propose", "decision", "approve", "note", "We need it.", "effect", "The shop runs there.", "risk", "A second link.")
	require.Contains(t, p.text(), "Cai Morgan asks to approve it")
	require.NotContains(t, p.acts(), "approve", "nobody approves what they proposed")
	blind := deb.get("/contracts/CON-100").form("/contracts/CON-100/approve")
	blind.Del("content_hash")
	require.Equal(t, http.StatusBadRequest, deb.post("/contracts/CON-100/approve", blind).status, "a vote is on what was read")
	p = deb.deal("CON-100", "approve", "note", "Read.")
	require.Contains(t, p.text(), "Deb Rao approved what was proposed.")
	require.Contains(t, p.text(), "Version 1, which holds")
	require.Equal(t, itsm.ContractActive, h.contracts["CON-100"].State)

	p = cai.deal("CON-100", "amend", "terms/end", "2033-02-28", "note", "A year more.", "effect", "None.", "risk", "The same.")
	require.Contains(t, p.text(), "Cai Morgan asks to amend it")
	require.Contains(t, p.text(), "The same. until Sun 29 Feb 2032 Mon 28 Feb 2033 All terms as proposed", "whoever decides sees first what changes")
	require.NotContains(t, p.acts(), "amend")
	p = deb.deal("CON-100", "approve")
	require.Contains(t, p.text(), "Version 2, which holds")
	require.Contains(t, p.text(), "Version 1 Deb Rao approved what was proposed.")
	require.Contains(t, p.text(), "Until Mon 28 Feb 2033")
	p = cai.deal("CON-100", "review", "note", "It fits.")
	require.Contains(t, p.text(), "Cai Morgan compared it with what services need.")
	cai.deal("CON-100", "propose", "decision", "terminate", "note", "It is dear.")
	p = deb.deal("CON-100", "approve")
	require.Contains(t, p.text(), "It is to be terminated, and waits for notice to be given.")
	require.Equal(t, http.StatusUnprocessableEntity, cai.deal("CON-100", "notice", "evidence", "").status)
	p = cai.deal("CON-100", "notice", "evidence", "https://ok.example/letter")
	require.Contains(t, p.text(), "Last day for notice notice was given")
	require.Contains(t, p.body, `href="https://ok.example/letter"`)
}

func TestTheLastDayForNoticeSaysHowMuchIsLeft(t *testing.T) {
	h := build(t)
	h.supplies("SUP-4")
	h.inForce()
	notice := func() string {
		text := h.as("liv").get("/contracts/CON-2").text()
		_, text, _ = strings.Cut(text, "Last day for notice ")
		text, _, _ = strings.Cut(text, " until ")
		return text
	}
	require.Equal(t, "in time Tue 2 Dec 2031 (in 274 days)", notice(), "at whose end it is too late")
	h.passSuppliers(h.now.Add(270 * 24 * time.Hour))
	require.Equal(t, "act soon Tue 2 Dec 2031 (in 4 days)", notice())
	require.Contains(t, h.as("liv").get("/contracts/CON-2").text(), "It waits for Cai Morgan")
	h.passSuppliers(h.now.Add(10 * 24 * time.Hour))
	p := h.as("liv").get("/contracts/CON-2")
	require.Contains(t, p.text(), "Went on once")
	require.Contains(t, p.text(), "The last day to give notice of CON-2 passed, so it goes on by itself. Nobody has raised a corrective action yet.")
	h.contracts["CON-2"].Corrections[0].Number = "CAR-7"
	require.Contains(t, h.as("liv").get("/contracts/CON-2").body, `href="/corrective-actions/CAR-7"`)
}

func TestEachIsOfferedOnAContractWhatWouldNotRefuseThem(t *testing.T) {
	h := build(t)
	h.supplies("SUP-4")
	h.inForce()
	for who, want := range map[string][]string{
		"cai": {"propose", "amend", "review", "comment", "ask"},
		"liv": {"comment", "ask"},
		"ada": nil,
	} {
		require.ElementsMatch(t, want, h.as(who).get("/contracts/CON-2").acts(), who)
	}
	h.as("cai").deal("CON-2", "propose", "decision", "renew", "note", "It is fine.")
	for who, want := range map[string][]string{
		"cai": {"review", "comment", "ask"},
		"deb": {"approve", "reject", "abstain", "review", "comment", "ask"},
	} {
		require.ElementsMatch(t, want, h.as(who).get("/contracts/CON-2").acts(), who)
	}
	p := h.as("deb").deal("CON-2", "reject", "note", "It is dear.")
	require.Contains(t, p.text(), "Deb Rao rejected what was proposed.")
}
