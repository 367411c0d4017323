package chatops

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/itsm"
)

// supplierFilling is a verb whose form somebody fills in, about a record that is there.
type supplierFilling struct {
	verb, label, typed, user string
	of                       string // SUP-1, CON-1, or review
	given                    map[string]string
	want                     string
	check                    func(*memDesk) bool
}

var supplierFillings = []supplierFilling{
	{"move", "Move on…", "", "U0SUE", "SUP-1", map[string]string{"to": "watch", "note": "They are <late>"}, "You moved on SUP-1; it is now watch.", nil},
	{"assess", "Due diligence…", "suitable", "U0PAT", "SUP-1", map[string]string{"note": "Sound", "evidence": "https://audits.example/2"}, "You recorded the due diligence of SUP-1", nil},
	{"assess", "Due diligence…", "", "U0RIO", "SUP-1", map[string]string{"suitable": "no", "note": "Not sound", "evidence": "it was seen"}, "You recorded the due diligence of SUP-1", func(d *memDesk) bool { return !d.suppliers["SUP-1"].Diligence.Suitable }},
	{"certificate", "Certificate…", "", "U0PAT", "SUP-1", map[string]string{"name": "ISO <27001>", "expires": "2030-03-31", "url": "https://certs.example/1"}, "You recorded a certificate of SUP-1", func(d *memDesk) bool {
		return d.suppliers["SUP-1"].Certificates[0].On == itsm.NewDate(2030, 3, 31)
	}},
	{"exit", "Exit plan…", "", "U0PAT", "SUP-1", map[string]string{"text": "Another <has> room", "tested": "yes"}, "You wrote the exit plan of SUP-1", func(d *memDesk) bool { return d.suppliers["SUP-1"].Exit.Tested != nil }},
	{"edit", "Edit…", "", "U0SUE", "SUP-1", map[string]string{"name": "Hosting <Inc>", "tier": "important", "services": "payments", "note": "Merged"}, "You changed what is known of SUP-1", func(d *memDesk) bool {
		s := d.suppliers["SUP-1"]
		return s.Name == "Hosting <Inc>" && s.Tier == itsm.TierImportant && s.Owner == "pat" && len(s.Services) == 1 && s.Contacts[0].Phone == "+1 555" && s.Subcontractors[0].Control == "Audits"
	}},
	{"comment", "Comment…", "", "U0ANA", "SUP-1", map[string]string{"text": "Hm"}, "You commented on SUP-1", nil},

	{"renew", "Renew…", "", "U0COL", "CON-1", map[string]string{"note": "They are good"}, "You proposed what becomes of CON-1", nil},
	{"renegotiate", "Renegotiate…", "", "U0COL", "CON-1", map[string]string{"note": "They are dear", "change": "chg-1"}, "You proposed what becomes of CON-1", func(d *memDesk) bool { return d.contracts["CON-1"].Proposal.Change == "CHG-1" }},
	{"terminate", "Terminate…", "", "U0COL", "CON-1", map[string]string{"note": "They are late", "effect": "Another takes over", "risk": "None"}, "You proposed what becomes of CON-1", nil},
	{"propose", "Renew…", "renew they are good", "U0COL", "CON-1", map[string]string{"effect": "None"}, "You proposed what becomes of CON-1", func(d *memDesk) bool { return d.contracts["CON-1"].Proposal.Note == "they are good" }},
	{"amend", "Amend…", "", "U0COL", "CON-1", map[string]string{"terms_notice": "6mo", "effect": "None", "note": "Longer"}, "You proposed to amend CON-1", func(d *memDesk) bool {
		t, was := d.contracts["CON-1"].Proposal.Terms, d.contracts["CON-1"].ContractTerms
		was.Notice = itsm.DateSpan{Months: 6}
		return t.Notice == was.Notice && t.End == was.End && t.Targets[0].Name == was.Targets[0].Name && *t.Targets[0].Customer == *was.Targets[0].Customer && t.Document == was.Document
	}},
	{"compare", "Compare with needs…", "", "U0COL", "CON-1", map[string]string{"note": "It says what we need"}, "You compared with what services need: CON-1", nil},
	{"comment", "Comment…", "", "U0CYD", "CON-1", map[string]string{"text": "Hm"}, "You commented on CON-1", nil},

	{"measure", "Give a measure…", "", "U0COL", "review", map[string]string{"name": "1", "value/value": "99.95", "evidence": "https://graphs.example/1"}, "You gave a measure of", nil},
	{"measure", "Give a measure…", "Availability 99.95", "U0COL", "review", map[string]string{"evidence": "it was seen"}, "You gave a measure of", func(d *memDesk) bool { return *d.reviews[theReview].Readings[0].Value == 99_950 }},
	{"measure", "Give a measure…", "", "U0COL", "review", map[string]string{"name": "…", "other": "Invoices", "points": "80", "criterion": "commerce", "evidence": "it was seen"}, "You gave a measure of", func(d *memDesk) bool {
		o := d.reviews[theReview].Readings[4]
		return o.Name == "Invoices" && *o.Points == 80 && o.Criterion == itsm.ByCommerce
	}},
	{"comment", "Comment…", "", "U0ANA", "review", map[string]string{"text": "Hm"}, "You commented on", nil},
	{"cancel", "Cancel…", "", "U0SUE", "review", map[string]string{"note": "It left"}, "it is now cancelled", nil},
}

// theReview is the one that reviewBegins begins.
const theReview = itsm.Number("SUP-1/2026-Q3")

func (f supplierFilling) number() string {
	if f.of == "review" {
		return string(theReview)
	}
	return f.of
}

// readied is an office with a contract and a review.
func readied(t *testing.T) *office {
	t.Helper()
	o := contracted(t)
	require.Equal(t, theReview, o.desk.reviewBegins())
	o.raised()
	o.outage()
	o.clock.pass(time.Second)
	return o
}

func (o *office) fillsInSupplied(f supplierFilling) {
	o.t.Helper()
	acts := o.desk.acts
	require.Contains(o.t, o.fills(f.user, f.given), f.want)
	require.Equal(o.t, acts+1, o.desk.acts)
	if f.check != nil {
		require.True(o.t, f.check(o.desk), f.verb)
	}
	require.Zero(o.t, o.desk.unanswered())
}

// TestWhatASupplierCommandLeavesOutIsAskedFor: the form holds what was typed already.
func TestWhatASupplierCommandLeavesOutIsAskedFor(t *testing.T) {
	for _, f := range supplierFillings {
		t.Run(f.of+" "+f.verb+" "+f.typed, func(t *testing.T) {
			o := readied(t)
			o.sup(f.user, f.verb+" "+f.number()+" "+f.typed)
			if f.verb != "edit" { // that shows it in its fields
				require.Contains(t, o.top(f.user).Text(), "Hosting")
			}
			o.fillsInSupplied(f)
		})
	}
}

// TestEveryVerbOfSuppliersHasAButton: what can be typed can be pressed, at the latest among
// the details.
func TestEveryVerbOfSuppliersHasAButton(t *testing.T) {
	for _, f := range supplierFillings {
		if f.typed != "" {
			continue
		}
		t.Run(f.of+" "+f.verb, func(t *testing.T) {
			o := readied(t)
			o.sup(f.user, "show "+f.number())
			o.pressAbout(f.user, itsm.Number(f.number()), f.label)
			o.fillsInSupplied(f)
		})
	}
}

// TestFaultsOfSuppliersStandBesideTheirFields: those of an action beside the slot that it
// was filled in, and those of a target beside the targets.
func TestFaultsOfSuppliersStandBesideTheirFields(t *testing.T) {
	for _, tt := range []struct {
		user, text string
		given      map[string]string
		want       map[string]string
	}{
		{"U0SUE", "new", map[string]string{"name": " ", "supplies": "x", "tier": "critical", "owner": "U0PAT", "deputy": "U0PAT", "contacts": "Zoe | all"}, map[string]string{"name": "needed", "deputy": "is the owner", "contacts": "line 1 is needed, or a phone number"}},
		{"U0SUE", "new", map[string]string{"name": "x", "supplies": "x", "tier": "critical", "owner": "U0PAT", "deputy": "U0NEW", "contacts": "Zoe | all | 1"}, map[string]string{"deputy": "nobody in the catalog"}},
		{"U0SUE", "edit 1", map[string]string{"note": "none"}, map[string]string{"note": "is so already"}},
		{"U0COL", "contract new SUP-1", map[string]string{"title": "x", "supplies": "x", "duties": "x", "start": "2027-01-01", "end": "2026-01-01", "notice": "soon", "targets": "x", "document_url": "https://x.example", "document_digest": "x"}, map[string]string{"notice": "is not a span of dates"}},
		{"U0COL", "contract new SUP-1", map[string]string{"title": "x", "supplies": "x", "duties": "x", "start": "2027-01-01", "end": "2026-01-01", "targets": "x | quality | y | 1 | 1\nz | luck | y | 2 | 1", "document_url": "x", "document_digest": "x"}, map[string]string{"end": "must be later than its start", "targets": "line 2", "document_url": "must be an address", "document_digest": "SHA-256"}},
		{"U0COL", "contract new SUP-1", map[string]string{"title": "x", "supplies": "x", "duties": "x", "start": "2027-01-01", "end": "2028-01-01", "targets": "x | quality | y | many | 1", "document_url": "x", "document_digest": "x"}, map[string]string{"targets": "line 1 \"many\" is not a decimal"}},
		{"U0COL", "amend CON-1", map[string]string{"terms_end": "2020-01-01", "effect": "x", "note": "x"}, map[string]string{"terms_end": "must be later than its start"}},
		{"U0COL", "measure 1", map[string]string{"name": "1", "evidence": "x"}, map[string]string{"value": "is needed: what was measured, in the unit of the target"}},
		{"U0COL", "measure 1", map[string]string{"name": "1", "value/value": "much", "evidence": "x"}, map[string]string{"value": "is not a decimal"}},
		{"U0COL", "measure 1", map[string]string{"name": "…", "other": "Invoices", "points": "101", "criterion": "commerce", "evidence": "x"}, map[string]string{"points": "must be between 0 and 100"}},
	} {
		o := readied(t)
		o.sup(tt.user, tt.text)
		a := o.submit(tt.user, tt.given)
		require.Equal(t, "errors", a.Action, "%s %v", tt.text, tt.given)
		for field, text := range tt.want {
			require.Contains(t, a.Errors[field], text, "%s: %v", tt.text, a.Errors)
		}
		require.NotEmpty(t, o.Views(tt.user), "what they wrote stays")
	}
}

// TestWhoWritesOfASupplierAtTheSameTimeLosesNothing: nobody takes back unseen what another
// wrote, of a profile, an exit plan or an amendment.
func TestWhoWritesOfASupplierAtTheSameTimeLosesNothing(t *testing.T) {
	o := readied(t)
	o.sup("U0PAT", "exit 1")
	o.sup("U0RIO", "exit 1")
	o.fills("U0RIO", map[string]string{"text": "Another"})
	a := o.submit("U0PAT", map[string]string{"text": "Mine"})
	require.Contains(t, a.Errors["url"], "Somebody wrote that of SUP-1 anew")
	o.closed("U0PAT")
	o.sup("U0COL", "submit 1 Availability 99.95 https://graphs.example/1")
	o.sup("U0CYD", "seen 1")
	shown := "1@" + o.desk.reviews[theReview].Readings[0].At.UTC().Format(time.RFC3339Nano)
	o.clock.pass(time.Minute)
	o.sup("U0COL", "submit 1 Availability 99.1 https://graphs.example/2")
	a = o.submit("U0CYD", map[string]string{"name": shown})
	require.Contains(t, a.Errors["name"], "was given anew after you read it")
	require.Empty(t, o.desk.reviews[theReview].Readings[0].Second)
	o.closed("U0CYD")
	o.sup("U0PAT", "edit 1")
	o.sup("U0RIO", "edit 1")
	o.fills("U0RIO", map[string]string{"name": "Another"})
	a = o.submit("U0PAT", map[string]string{"name": "Mine"})
	require.Contains(t, a.Errors["note"], "SUP-1 was changed since you read it")
	o.sup("U0COL", "amend CON-1")
	o.desk.contracts["CON-1"].Duties = "Other ones"
	a = o.submit("U0COL", map[string]string{"effect": "x", "note": "x"})
	require.Contains(t, a.Errors["note"], "Somebody wrote that of CON-1 anew")
}

// TestWhatSlackCannotEditOfASupplierStaysAsItIs: texts longer than a form takes, and what
// cannot be told apart again.
func TestWhatSlackCannotEditOfASupplierStaysAsItIs(t *testing.T) {
	o := readied(t)
	s, c, long := o.desk.suppliers["SUP-1"], o.desk.contracts["CON-1"], strings.Repeat("x", itsm.MaxText)
	s.Contacts = []itsm.Contact{{Name: "Zoe | Ray", For: "all", Phone: "1"}}
	s.Subcontractors[0].Control = "Audits | reports\nand calls"
	s.Exit = &itsm.ExitPlan{Text: long}
	c.Supplies, c.Duties = long, long
	c.Targets[0].Name = "Up | down"
	o.sup("U0PAT", "edit 1")
	require.Contains(t, o.top("U0PAT").Text(), "*Contacts* is longer or otherwise made")
	o.fills("U0PAT", map[string]string{"name": "Hosting"})
	require.Equal(t, []string{"Hosting", "Zoe | Ray", "Audits | reports\nand calls"}, []string{s.Name, s.Contacts[0].Name, s.Subcontractors[0].Control})
	o.sup("U0PAT", "exit 1")
	o.fills("U0PAT", map[string]string{"tested": "yes"})
	require.Equal(t, long, s.Exit.Text)
	o.sup("U0COL", "amend CON-1")
	o.fills("U0COL", map[string]string{"terms_renewal": "6mo", "effect": "x", "risk": "x", "note": "x"})
	require.Equal(t, []any{long, long, "Up | down", itsm.DateSpan{Months: 6}}, []any{c.Proposal.Terms.Supplies, c.Proposal.Terms.Duties, c.Proposal.Terms.Targets[0].Name, c.Proposal.Terms.Renewal})
}

// TestASupplierIsRecordedOnce: whatever Slack delivers twice.
func TestASupplierIsRecordedOnce(t *testing.T) {
	o := supplierOffice(t)
	o.sup("U0SUE", "new Hosting")
	require.Equal(t, "Hosting", o.initiallyFor("U0SUE", "name"))
	o.Tamper(slackfake.Tamper{Twice: true})
	o.fills("U0SUE", aSupplier)
	require.Len(t, o.desk.suppliers, 1)
	o.sup("U0SUE", "new Hosting")
	o.desk.set(string(itsm.ActSupplierRaise), down, false)
	o.submit("U0SUE", aSupplier)
	require.Contains(t, o.closed("U0SUE"), "No answer yet")
	o.desk.set(string(itsm.ActSupplierRaise), nil, false)
	require.Equal(t, 1, o.relayed())
	require.Len(t, o.desk.suppliers, 2)
	require.Zero(t, o.desk.unanswered())
}

func TestNobodyIsAskedAboutSuppliersForNothing(t *testing.T) {
	o := readied(t)
	for text, want := range map[string]string{
		"new": "supplier_manager", "move 1": "supplier_manager", "assess 1": "is kept by pat and rio", "certificate 1": "is kept by pat and rio", "end 1": "is kept by pat and rio", "exit 1": "is kept by pat and rio", "edit 1": "is kept by pat and rio",
		"measure 1": "commercial_manager", "seen 1": "commercial_manager", "meet 1": "commercial_manager", "action 1": "commercial_manager", "contract new": "commercial_manager",
	} {
		before := len(o.desk.refused)
		require.Contains(t, o.typed("U0EVE", "/supplier", text), want, text)
		require.Empty(t, o.Views("U0EVE"), text)
		require.Len(t, o.desk.refused, before+1, "it is on record: %s", text)
	}
}

// TestListsOfSuppliersAreFreshened: a button that is pressed in a list brings it up to date
// where it stands, and so does one of a home tab.
func TestListsOfSuppliersAreFreshened(t *testing.T) {
	o := readied(t)
	o.sup("U0COL", "submit 1 Availability 99.95 https://graphs.example/1")
	o.sup("U0CYD", "seen 1 1")
	require.Contains(t, o.sup("U0CYD", "list reviews collecting"), "All collecting reviews of suppliers")
	o.pressAbout("U0CYD", theReview, "Score")
	all := o.Ephemerals("U0CYD")
	require.Contains(t, all[len(all)-2].Says()+all[len(all)-1].Says(), "There is none.")
	require.Equal(t, itsm.ReviewScored, o.desk.reviews[theReview].State)
}
