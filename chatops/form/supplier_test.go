package form

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// hosting is a supplier of which all is known that its forms show.
func hosting() *itsm.Supplier {
	s := &itsm.Supplier{Number: "SUP-4"}
	s.SupplierProfile = itsm.SupplierProfile{
		Name: "Hosting <Ltd>", Supplies: "The *machines*", Kind: itsm.InternalSupplier, Tier: itsm.TierCritical, Owner: "pat", Deputy: "rio", Services: []itsm.ServiceID{"web"},
		Contacts:       []itsm.Contact{{Name: "Zoe <Z>", For: "escalations", Email: "zoe@x.example", Phone: "+1 555"}, {Name: "Al", For: "invoices", Phone: "2"}},
		Subcontractors: []itsm.Subcontractor{{Name: "Cables", Supplies: "cables", Control: "Audits"}, {Name: "Power", Supplies: "power"}},
	}
	s.State, s.Revision, s.Exit = itsm.SupplierActive, 7, &itsm.ExitPlan{Text: "Another has <room>", URL: "https://plans.example/1"}
	return s
}

// agreedOn is a contract of which all is known that its forms show.
func agreedOn() *itsm.Contract {
	c := &itsm.Contract{Number: "CON-2", Title: "Hosting <contract>"}
	customer := itsm.Amount(99_500)
	c.ContractTerms = itsm.ContractTerms{
		Supplies: "Machines <many>", Duties: "They *run* them", Start: itsm.NewDate(2027, 1, 1), End: itsm.NewDate(2027, 12, 31), Notice: itsm.DateSpan{Months: 3}, Renewal: itsm.DateSpan{Days: 365},
		Targets: []itsm.ContractTarget{
			{Name: "Availability", Criterion: itsm.ByServiceLevel, Unit: "percent", Goal: itsm.Goal{Full: 99_900, None: 99_000}, Critical: true, Customer: &customer},
			{Name: "Answers", Criterion: itsm.ByResponsiveness, Unit: "hours", Goal: itsm.Goal{Full: 4_000, None: 24_500}},
			{Name: "Invoices", Criterion: itsm.ByCommerce, Unit: "percent", Goal: itsm.Goal{Full: 1, None: 0}, Customer: &customer},
		},
		Document: itsm.ContractDocument{URL: "https://vault.example/1", Digest: strings.Repeat("0a", 32)},
	}
	return c
}

// TestFormsOfSuppliersComeBackAsTheyWere: whoever changes nothing changes nothing.
func TestFormsOfSuppliersComeBackAsTheyWere(t *testing.T) {
	s := hosting()
	f := fill(t, SupplierEdit(s.Number, s.Revision, Supplied{Services: services, Profile: s.SupplierProfile, Owner: "U0PAT", Deputy: "U0RIO"}), nil)
	require.Equal(t, s.SupplierProfile, f.Profile(itsm.SupplierProfile{Owner: "pat", Deputy: "rio"}), "who answers for it, the caller finds out")
	require.Equal(t, 7, kept(t, f).Revision)
	require.Equal(t, []string{"U0PAT", "U0RIO"}, []string{f.Text("owner"), f.Text("deputy")})
	x := fill(t, Exit(s), nil)
	require.Equal(t, itsm.ExitRequest{Text: s.Exit.Text, URL: s.Exit.URL}, x.Exit(s.Exit))
	require.False(t, kept(t, x).Outdated(s.Exit))
	require.True(t, kept(t, x).Outdated(&itsm.ExitPlan{Text: "Another"}))
	require.True(t, kept(t, x).Outdated(nil))

	c := agreedOn()
	a := fill(t, Amend(c, "They do more"), map[string]string{"effect": "None", "change": "chg-9"})
	r, err := a.Amendment(itsm.ContractTerms{})
	require.NoError(t, err)
	require.Equal(t, itsm.ProposalRequest{Decision: itsm.AmendContract, Note: "They do more", Effect: "None", Change: "CHG-9", Terms: &c.ContractTerms}, r)
	require.False(t, kept(t, a).AgreedAnew(c))
	c.Duties = "Others"
	require.True(t, kept(t, a).AgreedAnew(c))

	given := map[string]string{"title": "T", "supplies": "x", "duties": "y", "start": "2027-01-01", "end": "2027-12-31", "targets": "Up | Service Level | percent | 99 | 9", "document_url": "https://x.example", "document_digest": strings.Repeat("0A", 32), "owner": "U0COL", "services": "web"}
	d, err := fill(t, Contract(NewContract{Services: services, Supplier: "SUP-4"}), given).Contract()
	require.NoError(t, err)
	require.Equal(t, []any{itsm.Number("SUP-4"), []itsm.ServiceID{"web"}, itsm.ByServiceLevel, strings.Repeat("0a", 32), itsm.NewDate(2027, 12, 31), itsm.DateSpan{}},
		[]any{d.Supplier, d.Services, d.Targets[0].Criterion, d.Document.Digest, d.End, d.Renewal})
}

// TestWhatIsNoTermIsRefusedBesideItsField: what the rules never get to see.
func TestWhatIsNoTermIsRefusedBesideItsField(t *testing.T) {
	for block, tt := range map[string][2]string{
		"terms_notice": {"soon", "/terms/notice"}, "terms_renewal": {"3", "/terms/renewal"}, "terms_targets": {"Up | quality | percent | 1 | 0\nDown | quality | percent | much | 0", "/terms/targets/1"},
	} {
		f := fill(t, Amend(agreedOn(), "x"), map[string]string{"effect": "x", block: tt[0]})
		_, err := f.Amendment(itsm.ContractTerms{})
		require.Error(t, err, block)
		require.Equal(t, tt[1], itsm.AsError(err).Fields[0].Pointer)
		require.Contains(t, Errors(f, itsm.AsError(err)), block)
	}
	require.Error(t, Beside("/x", itsm.Refuse(itsm.Forbidden, "x", "No.")))
}

// TestActionsComeBackInTheirSlots: one without a title is none.
func TestActionsComeBackInTheirSlots(t *testing.T) {
	r := &itsm.SupplierReview{Number: "SUP-4/2026-Q4", Name: "Hosting"}
	r.Score, r.Follows = &itsm.Score{Band: itsm.BandD}, []itsm.Consequence{itsm.ToCorrect}
	m := Agreed(r, ReviewSlot{Action: itsm.ReviewAction{Title: "Add a line", Due: itsm.NewDate(2027, 3, 31)}, Who: "U0RIO"})
	f := fill(t, m, map[string]string{"actions_3_title": "Say so"})
	require.Equal(t, []ReviewSlot{{0, itsm.ReviewAction{Title: "Add a line", Due: itsm.NewDate(2027, 3, 31)}, "U0RIO"}, {3, itsm.ReviewAction{Title: "Say so"}, ""}}, f.Actions())
	require.Equal(t, itsm.Number("SUP-4/2026-Q4"), kept(t, f).Number)
}

// TestFormsOfSuppliersAreLegalAtTheirLongest: what does not fit is left out, and kept.
func TestFormsOfSuppliersAreLegalAtTheirLongest(t *testing.T) {
	s, c, long, title := hosting(), agreedOn(), strings.Repeat("&", itsm.MaxText), strings.Repeat("t", itsm.MaxTitle)
	s.Name, s.Exit.Text, s.Exit.URL = title, long, "https://x.example/"+strings.Repeat("u", 1900)
	for range itsm.MaxContacts {
		s.Contacts = append(s.Contacts, itsm.Contact{Name: title, For: title, Phone: "1"})
		s.Subcontractors = append(s.Subcontractors, itsm.Subcontractor{Name: title, Supplies: title, Control: long[:2000]})
	}
	f := fill(t, SupplierEdit(s.Number, 1, Supplied{Services: services, Profile: s.SupplierProfile}), nil)
	require.Equal(t, []any{len(s.Contacts), len(s.Subcontractors)}, []any{len(f.Profile(s.SupplierProfile).Contacts), len(f.Profile(s.SupplierProfile).Subcontractors)})
	require.Equal(t, long, fill(t, Exit(s), nil).Exit(s.Exit).Text)
	c.Title, c.Supplies, c.Duties = title, long, long
	for range itsm.MaxContractTargets - 3 {
		c.Targets = append(c.Targets, itsm.ContractTarget{Name: title, Criterion: itsm.ByResponsiveness, Unit: strings.Repeat("u", 64), Goal: itsm.Goal{Full: 1}})
	}
	r, err := fill(t, Amend(c, strings.Repeat("n", 9000)), map[string]string{"effect": "x"}).Amendment(c.ContractTerms)
	require.NoError(t, err)
	require.Equal(t, c.ContractTerms, *r.Terms)
	many := make([]itsm.Service, 150)
	for n := range many {
		many[n] = itsm.Service{ID: itsm.ServiceID(strings.Repeat("s", 60) + string(rune('a'+n%26)) + string(rune('a'+n/26))), Name: strings.Repeat("&", 200)}
	}
	judged(t, Supplier(Supplied{Services: many[:100], Profile: itsm.SupplierProfile{Name: strings.Repeat("n", 500)}}))
	judged(t, Supplier(Supplied{Services: many}))
	judged(t, Contract(NewContract{Services: many[:100]}))
	judged(t, Contract(NewContract{Services: many}))
	judged(t, Agreed(&itsm.SupplierReview{Number: "SUP-1000000000/2026-Q4", Name: strings.Repeat("n", 500)}, ReviewSlot{Action: itsm.ReviewAction{Title: strings.Repeat("t", 500)}}))
}
