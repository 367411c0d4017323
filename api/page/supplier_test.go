package page

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/steward-itsm/steward/itsm"
)

func TestASupplierIsWalkedFromItsPageAlone(t *testing.T) {
	h := build(t)
	liv, pia := h.as("liv"), h.as("pia")
	require.Contains(t, liv.get("/suppliers").body, `href="/suppliers/new"`)
	p := liv.submit(liv.get("/suppliers/new"), "/suppliers/new", "name", "Hosting Ltd", "supplies", "Machines", "tier", "critical", "owner", "pia", "deputy", "max",
		"services", "payments", "subcontractors/0/name", "Cables plc", "subcontractors/0/supplies", "The network", "subcontractors/0/control", "Audits")
	require.Equal(t, "/suppliers/SUP-100", p.path)
	require.Contains(t, p.text(), "It is proposed. SUP-100 is proposed.")
	require.Contains(t, p.text(), "It waits for anyone who is supplier manager")
	require.Contains(t, p.text(), "Answers for it Pia Moreau deputy: Max Tanaka")
	require.Contains(t, p.text(), "Contacts nobody yet")
	require.Contains(t, p.text(), "Cables plc : The network controlled: Audits")
	require.Contains(t, p.text(), "Due diligence not done yet")

	p = liv.deal("SUP-100", "move", "to", "due_diligence", "note", "Questions are sent.")
	require.Contains(t, p.text(), "Liv Berg moved it on: it is due diligence.")
	p = pia.deal("SUP-100", "assess", "suitable", "", "note", "n", "evidence", "e")
	require.Equal(t, http.StatusUnprocessableEntity, p.status, "nobody finds it suitable by not looking")
	require.Contains(t, p.text(), "page.choice")
	p = pia.deal("SUP-100", "assess", "suitable", "suitable", "note", "It is sound.", "evidence", "https://ok.example/answers")
	require.Contains(t, p.text(), "Due diligence suitable, in time again by Wed 3 Mar 2032 (in 366 days) It is sound.")
	p = liv.deal("SUP-100", "move", "to", "onboarding", "note", "Suitable.")
	require.Equal(t, http.StatusOK, p.status)
	p = liv.deal("SUP-100", "move", "to", "active", "note", "Ready.")
	require.Equal(t, http.StatusConflict, p.status)
	require.Contains(t, p.text(), "supplier.no_contact")

	edited := pia.get("/suppliers/SUP-100/edit")
	require.Equal(t, "critical", edited.form("/suppliers/SUP-100/edit").Get("tier"), "not hers to say, so it stays")
	require.NotContains(t, edited.text(), "Who stands in")
	p = pia.submit(edited, "/suppliers/SUP-100/edit", "contacts/0/name", "Zoe Wray", "contacts/0/for", "Escalations", "contacts/0/email", "zoe@example.com")
	require.Contains(t, p.text(), "It is saved.")
	require.Contains(t, p.text(), "Zoe Wray , Escalations zoe@example.com")
	p = liv.deal("SUP-100", "move", "to", "active", "note", "Ready.")
	require.Contains(t, p.text(), "Next review of 2031-03, begins Tue 1 Apr 2031")

	p = pia.deal("SUP-100", "certificate", "name", "ISO/IEC 27001", "expires", "2031-05-01", "url", "https://ok.example/27001")
	require.Contains(t, p.text(), "ISO/IEC 27001 expires soon until Thu 1 May 2031 (in 59 days)")
	p = pia.deal("SUP-100", "certificate", "name", "Insurance", "expires", "tomorrow")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "calendar.date")
	p = pia.deal("SUP-100", "renew-certificate", "id", "1", "expires", "2034-05-01")
	require.Contains(t, p.text(), "ISO/IEC 27001 valid until Mon 1 May 2034")
	p = pia.deal("SUP-100", "exit", "text", "Another has room.", "tested", "tested")
	require.Contains(t, p.text(), "Exit plan in time tested again by Wed 3 Mar 2032")
	p = pia.deal("SUP-100", "end-certificate", "id", "1")
	require.Contains(t, p.text(), "ISO/IEC 27001 not needed any more")
	p = pia.deal("SUP-100", "ask", "text", "Who pays them?")
	require.Contains(t, p.text(), "Who pays them?")
}

func TestASuppliersPageShowsItsScoresWithTheirGaps(t *testing.T) {
	h := build(t)
	h.supplies("SUP-4")
	h.rated("2030-11", 92)
	h.rated("2030-12")
	h.rated("2031-01", 62)
	h.rated("2031-02", 40)
	p := h.as("ana").get("/suppliers/SUP-4")
	require.Contains(t, p.text(), "Rating D 40 points SUP-4/2031-02")
	said := ""
	p.each("svg", func(n *html.Node) { said = attr(n, "aria-label") })
	require.Equal(t, "Scores of Hosting Ltd: 2030-11: A, 92 points, 2030-12: no data, 2031-01: C, 62 points, 2031-02: D, 40 points", said)
	require.Contains(t, p.text(), "What has to be corrected SUP-4/2031-02 scored D. Nobody has raised a corrective action yet.")
	require.Contains(t, p.text(), "Steward took up the score of SUP-4/2030-12: no data, unknown.")
	require.Contains(t, p.body, `href="/suppliers/SUP-4/reviews/2031-02"`)
}

func TestEachIsOfferedOnASupplierWhatWouldNotRefuseThem(t *testing.T) {
	h := build(t)
	h.supplies("SUP-4")
	for who, want := range map[string][]string{
		"liv": {"assess", "move", "exit", "certificate", "edit", "comment", "ask"},
		"pia": {"assess", "exit", "certificate", "edit", "comment", "ask"},
		"cai": {"comment", "ask"},
		"ada": nil,
	} {
		require.ElementsMatch(t, want, h.as(who).get("/suppliers/SUP-4").acts(), who)
	}
	require.Equal(t, http.StatusForbidden, h.as("pia").get("/suppliers/new").status)
	require.Equal(t, "/suppliers/SUP-4", h.as("cai").get("/suppliers/SUP-4/edit").path)
	require.Equal(t, "/suppliers/SUP-4", h.as("ana").get("/changes/SUP-4").path, "a number after the wrong word leads on")
}

func TestAProfileFromAnOutdatedPageReplacesNoNewerOne(t *testing.T) {
	h := build(t)
	h.supplies("SUP-4")
	liv := h.as("liv")
	p := liv.deal("SUP-4", "edit", "contacts/0/name", "", "contacts/0/for", "", "contacts/0/email", "", "contacts/0/phone", "",
		"contacts/1/name", "Yan", "contacts/1/for", "Invoices", "contacts/1/email", "nowhere")
	require.Contains(t, p.body, `id="edit-contacts/1/email-fault"`, "a fault is at the row that was typed, whatever was emptied above it")
	require.NotContains(t, p.body, `id="edit-contacts/0/email-fault"`)
	old := liv.get("/suppliers/SUP-4/edit").form("/suppliers/SUP-4/edit")
	require.Equal(t, http.StatusOK, liv.deal("SUP-4", "edit", "name", "Hosting plc").status)
	old.Set("name", "Hosting AG")
	p = liv.post("/suppliers/SUP-4/edit", old)
	require.Equal(t, http.StatusConflict, p.status)
	require.Contains(t, p.text(), "supplier.edited")
	require.Equal(t, "Hosting plc", h.suppliers["SUP-4"].Name)
	require.Equal(t, "Hosting AG", p.form("/suppliers/SUP-4/edit").Get("name"), "what was typed stays")
}

func TestTheRegisterIsByTierAndByDeadline(t *testing.T) {
	h := build(t)
	h.supplies("SUP-4")
	h.supplies("SUP-5", func(p *itsm.SupplierProfile) { p.Name, p.Tier, p.Owner = "Papershop", itsm.TierStandard, "bob" })
	h.supplied("SUP-6", func(p *itsm.SupplierProfile) { p.Name, p.Tier = "Tea & Sons", itsm.TierStandard })
	h.rated("2030-12", 92)
	h.rated("2031-01")
	pia := h.as("pia")
	pia.deal("SUP-4", "certificate", "name", "ISO/IEC 27001", "expires", "2031-05-01")
	h.inForce()
	h.drafts("CON-3", func(d *itsm.ContractDraft) { d.Title, d.End = "Paper", d.End-90 })

	p := h.as("cai").get("/suppliers")
	require.Regexp(t, `Critical 1 SUP-4 Hosting Ltd active Pia Moreau deputy: Max Tanaka next review: 2031-03, .* no data .* Standard 2 SUP-5 Papershop active Bob Okafor .* SUP-6 Tea & Sons proposed`, p.text())
	require.Contains(t, p.text(), "Certificates that expire ISO/IEC 27001 expires soon Hosting Ltd · Thu 1 May 2031 (in 59 days)")
	require.Regexp(t, `Contracts by deadline CON-3 Paper draft Last day for notice: .* not in force .* CON-2 Hosting active Last day for notice: Tue 2 Dec 2031 \(in 274 days\) in time Hosting Ltd · ends Tue 2 Mar 2032`, p.text())
	require.Contains(t, p.body, `href="/contracts/new"`)
	require.NotContains(t, pia.get("/suppliers?show=owned").text(), "Tea & Co")
	require.NotContains(t, h.as("bob").get("/suppliers?show=owned").text(), "Hosting Ltd")
	require.Equal(t, "all that are not over", p.chosen("show"))
	require.Equal(t, "all that are not over", h.as("bob").get("/suppliers?show=%3Cb%3E").chosen("show"))

	h.passSuppliers(h.now.Add(100 * 24 * time.Hour))
	p = h.as("cai").get("/suppliers")
	require.Contains(t, p.text(), "ISO/IEC 27001 expired Hosting Ltd")
	require.Contains(t, p.text(), "CON-2 Hosting notice window Last day for notice: Tue 2 Dec 2031 (in 174 days) act soon")
}

// chosen is what a select of the page says.
func (p shown) chosen(name string) (words string) {
	p.each("select", func(n *html.Node) {
		for o := range n.ChildNodes() {
			if attr(n, "name") == name && (words == "" || strings.Contains(rendered(o), " selected")) {
				words = textOf(o)
			}
		}
	})
	return words
}

// hidden are all pages on which a contract could show itself.
var contractPlaces = []string{
	"/", "/suppliers", "/suppliers?show=all", "/suppliers/SUP-4", "/search?q=CON-2", "/search?q=secret+terms", "/search?q=secret&kind=contract", "/suppliers/SUP-4/reviews/2031-02",
}

func TestAContractIsNotThereForWhoeverMayNotReadOfContracts(t *testing.T) {
	h := build(t)
	h.supplies("SUP-4")
	h.inForce(func(d *itsm.ContractDraft) { d.Title = "Secret terms" })
	h.reviewed()
	h.relations = append(h.relations, itsm.Relation{From: "CON-2", Kind: itsm.Related, To: "SUP-4", By: "cai", At: h.now})
	for _, who := range []string{"ana", "bob", "ida", "pia", "max", "kim", "zoe"} {
		b := h.as(who)
		for _, address := range []string{"/contracts/CON-2", "/contracts/CON-2/amend", "/contracts/CON-2/approve"} {
			p, absent := b.get(address), b.get(strings.ReplaceAll(address, "CON-2", "CON-9"))
			require.Equal(t, http.StatusNotFound, p.status, "%s %s", who, address)
			require.Equal(t, strings.ReplaceAll(absent.text(), "CON-9", "CON-2"), p.text(), who)
		}
		f := b.get("/suppliers/SUP-4").form("/signout")
		f.Set("key", strings.Repeat("K", keyLength))
		f.Set("text", "Is it there?")
		p, absent := b.post("/contracts/CON-2/comment", f), b.post("/contracts/CON-9/comment", f)
		require.Equal(t, http.StatusNotFound, p.status, who)
		require.Equal(t, strings.ReplaceAll(absent.text(), "CON-9", "CON-2"), p.text(), who)
		require.Equal(t, http.StatusForbidden, b.get("/contracts/new").status, who)
		for _, address := range contractPlaces {
			p := b.get(address)
			require.Less(t, p.status, 500, address)
			text := strings.ReplaceAll(p.text(), "Secret terms fits", "")
			require.NotContains(t, text, "CON-2", "%s %s", who, address)
			require.NotContains(t, text, "Secret terms", "%s %s", who, address)
			require.NotContains(t, p.body, `"/contracts/`, "%s %s", who, address)
			require.NotContains(t, text, "Contracts", "%s %s", who, address)
		}
	}
	for _, who := range []string{"liv", "cai", "ada"} {
		require.Equal(t, http.StatusOK, h.as(who).get("/contracts/CON-2").status, who)
		require.Contains(t, h.as(who).get("/suppliers").text(), "Secret terms", who)
		require.Contains(t, h.as(who).get("/suppliers/SUP-4").text(), "Contracts CON-2 Secret terms", who)
	}
}

func TestWhatPeopleWriteOfASupplierIsTextAndNothingElse(t *testing.T) {
	h := build(t)
	const bad = `"></title></svg><script>alert(1)</script><img src=x onerror=alert(1)>`
	h.catalog.People[0].Name, h.catalog.Services[0].Name = bad, bad
	h.supplies("SUP-4", func(p *itsm.SupplierProfile) {
		p.Name, p.Supplies = bad, bad
		p.Contacts = []itsm.Contact{{Name: bad, For: bad, Email: bad, Phone: bad}}
		p.Subcontractors = []itsm.Subcontractor{{Name: bad, Supplies: bad, Control: bad}}
	})
	h.rated("2031-01", 40)
	h.inForce(func(d *itsm.ContractDraft) {
		d.Title, d.Supplies, d.Duties, d.Document.URL, d.Document.Digest = bad, bad, bad, "javascript:alert(1)", bad
		d.Targets[0].Name, d.Targets[0].Unit = bad, bad
	})
	h.reviewed()
	liv, cai := h.as("liv"), h.as("cai")
	liv.deal("SUP-4", "assess", "suitable", "suitable", "note", bad, "evidence", bad+"\njavascript:alert(1)\n//evil.example").holdsTextAlone(t)
	liv.deal("SUP-4", "certificate", "name", bad, "expires", "2031-05-01", "url", "javascript:alert(1)").holdsTextAlone(t)
	liv.deal("SUP-4", "certificate", "name", bad, "expires", bad).holdsTextAlone(t)
	liv.deal("SUP-4", "certificate", "name", bad, "expires", "2031-05-01").holdsTextAlone(t)
	liv.deal("SUP-4", "exit", "text", bad).holdsTextAlone(t)
	liv.deal("SUP-4", "move", "to", bad, "note", bad).holdsTextAlone(t)
	cai.deal("CON-2", "propose", "decision", "renew", "note", bad, "effect", bad, "risk", bad, "change", bad).holdsTextAlone(t)
	cai.deal("CON-2", "propose", "decision", "renew", "note", bad, "effect", bad, "risk", bad).holdsTextAlone(t)
	cai.deal("SUP-4/2031-02", "judge", "name", bad, "criterion", "quality", "points", bad, "evidence", bad).holdsTextAlone(t)
	cai.deal("SUP-4/2031-02", "judge", "name", bad, "criterion", "quality", "points", "50", "evidence", bad).holdsTextAlone(t)
	for _, path := range []string{
		"/suppliers", "/suppliers?show=" + url.QueryEscape(bad), "/suppliers/SUP-4", "/suppliers/SUP-4/edit", "/contracts/CON-2", "/contracts/CON-2/amend",
		"/suppliers/SUP-4/reviews/2031-02", "/suppliers/SUP-4/reviews/" + url.PathEscape("<b>"), "/suppliers/" + url.PathEscape("<b>") + "/reviews/2031-02",
		"/contracts/" + url.PathEscape("<b>"), "/suppliers/new?name=" + url.QueryEscape(bad),
	} {
		liv.get(path).holdsTextAlone(t)
		h.as("ana").get(path).holdsTextAlone(t)
		cai.get(path).holdsTextAlone(t)
	}
	cai.get("/contracts/new?supplier=" + url.QueryEscape(bad)).holdsTextAlone(t)
}
