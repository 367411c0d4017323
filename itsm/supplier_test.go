package itsm_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

var (
	sam = person("sam", itsm.SupplierManager)
	rel = person("rel", itsm.Requester) // answers for the relationship
	dep = person("dep", itsm.Requester)
	col = person("col", itsm.CommercialManager)
	cyd = person("cyd", itsm.CommercialManager)

	seenIt = []itsm.Evidence{{Note: "It is in the report."}}
)

func TestTheFaultsOfASupplier(t *testing.T) {
	for pointer, spoil := range map[string]func(*itsm.SupplierProfile){
		"/name":                     func(p *itsm.SupplierProfile) { p.Name = " " },
		"/supplies":                 func(p *itsm.SupplierProfile) { p.Supplies = "" },
		"/kind":                     func(p *itsm.SupplierProfile) { p.Kind = "friend" },
		"/tier":                     func(p *itsm.SupplierProfile) { p.Tier = "" },
		"/owner":                    func(p *itsm.SupplierProfile) { p.Owner = "" },
		"/deputy":                   func(p *itsm.SupplierProfile) { p.Deputy = p.Owner },
		"/services/1":               func(p *itsm.SupplierProfile) { p.Services = append(p.Services, "website") },
		"/services":                 func(p *itsm.SupplierProfile) { p.Services = sameText(itsm.MaxSupplied + 1) },
		"/contacts/0/email":         func(p *itsm.SupplierProfile) { p.Contacts[0].Email = "zoe" },
		"/contacts/0/name":          func(p *itsm.SupplierProfile) { p.Contacts[0].Name = "" },
		"/contacts/0/for":           func(p *itsm.SupplierProfile) { p.Contacts[0].For = "a\nb" },
		"/contacts/0/phone":         func(p *itsm.SupplierProfile) { p.Contacts[0].Phone = strings.Repeat("1", 100) },
		"/contacts":                 func(p *itsm.SupplierProfile) { p.Contacts = slices.Repeat(p.Contacts, itsm.MaxContacts+1) },
		"/subcontractors/0/control": func(p *itsm.SupplierProfile) { p.Subcontractors[0].Control = "" },
		"/subcontractors/0/name":    func(p *itsm.SupplierProfile) { p.Subcontractors[0].Name = "" },
		"/subcontractors": func(p *itsm.SupplierProfile) {
			p.Subcontractors = slices.Repeat(p.Subcontractors, itsm.MaxSubcontractors+1)
		},
	} {
		p := anySupplier()
		require.NoError(t, p.Check())
		spoil(&p)
		err := itsm.AsError(p.Check())
		require.Equal(t, "supplier.invalid", err.Code, pointer)
		require.Equal(t, pointer, err.Fields[0].Pointer)
	}
	p := anySupplier()
	p.Contacts[0].Email = ""
	require.Equal(t, "supplier.invalid", code(p.Check()), "nobody could reach them")
	p.Contacts[0].Phone = "+49 30 1234"
	require.NoError(t, p.Check())
	p.Tier, p.Subcontractors[0].Control = itsm.TierStandard, ""
	require.NoError(t, p.Check(), "little depends on it")
}

func sameText(n int) (all []itsm.ServiceID) {
	for k := range n {
		all = append(all, itsm.ServiceID(strings.Repeat("s", k%20+1)+strings.Repeat("t", k/20+1)))
	}
	return all
}

// Nothing depends on a supplier that nobody looked into, or that cannot be reached; and
// nobody leaves one without a plan.
func TestASuppliersLife(t *testing.T) {
	p := anySupplier()
	contacts := p.Contacts
	p.Contacts = nil
	l := knownSupplier(t, p)
	refused := func(to itsm.SupplierState, want string) {
		t.Helper()
		require.Equal(t, want, code(l.CheckMove(sam, itsm.MoveRequest{To: to, Note: "because", Evidence: seenIt})))
	}
	require.Equal(t, "supplier.not_now", code(l.CheckDiligence(rel, itsm.DiligenceRequest{Note: "x", Evidence: seenIt})))
	refused(itsm.SupplierActive, "supplier.not_now")
	l.move(itsm.SupplierDueDiligence)
	refused(itsm.SupplierOnboarding, "supplier.not_assessed")
	l.assess(itsm.DiligenceRequest{Note: "It is not.", Evidence: seenIt})
	refused(itsm.SupplierOnboarding, "supplier.not_assessed")
	require.Equal(t, []itsm.PersonID{"rel"}, l.Explain().WaitsFor)
	l.assess(itsm.DiligenceRequest{Suitable: true, Note: "It is now.", Evidence: seenIt})
	require.Equal(t, []itsm.Role{itsm.SupplierManager}, l.Explain().Roles)
	l.move(itsm.SupplierOnboarding)
	refused(itsm.SupplierActive, "supplier.no_contact")
	p.Contacts = contacts
	l.happened(rel, l.Edit(rel, itsm.ProfileRequest{SupplierProfile: p, Revision: l.Revision}, l.now))
	require.False(t, l.Supplying())
	l.move(itsm.SupplierActive)
	require.True(t, l.Supplying())
	refused(itsm.SupplierExitPlanned, "supplier.no_exit_plan")
	l.exit(itsm.ExitRequest{Text: "Others run it."})
	l.move(itsm.SupplierExitPlanned)
	l.move(itsm.SupplierExiting)
	require.Equal(t, "move.invalid", code(l.CheckMove(sam, itsm.MoveRequest{To: itsm.SupplierOffboarded, Note: "because"})), "nobody saw the data come back")
	l.move(itsm.SupplierOffboarded)
	require.Equal(t, l.now, *l.ClosedAt)
	require.Empty(t, l.Explain().Acts)
	require.Empty(t, l.pass(4000))
	refused(itsm.SupplierActive, "supplier.over")
}

// Its owner and their deputy keep what is known of a supplier; who they are, a supplier
// manager says.
func TestWhoKeepsASupplier(t *testing.T) {
	l := activeSupplier(t)
	edited := anySupplier()
	edited.Supplies = "Machines and disks"
	r := itsm.ProfileRequest{SupplierProfile: edited, Revision: l.Revision}
	for who, want := range map[string]string{"sam": "", "rel": "", "dep": "", "col": "supplier.not_yours", "ada": "actor.permission"} {
		actor := map[string]itsm.Actor{"sam": sam, "rel": rel, "dep": dep, "col": col, "ada": ada}[who]
		require.Equal(t, want, code(l.CheckEdit(actor, r)), who)
		require.Equal(t, want == "", slices.Contains(l.ActsFor(actor), itsm.ActCertificate), who)
		require.Equal(t, who == "sam", slices.Contains(l.ActsFor(actor), itsm.ActSupplierMove), who)
	}
	r.Owner = "col"
	require.Equal(t, "supplier.manager", code(l.CheckEdit(rel, r)))
	require.NoError(t, l.CheckEdit(sam, r))
	e := l.Edit(sam, r, l.now)
	require.Equal(t, []itsm.Difference{
		{Field: "supplies", Before: "The machines that the website runs on", After: "Machines and disks"}, {Field: "owner", Before: "rel", After: "col"},
	}, e.Detail.Edits, "the record tells for good who answered for it")
	require.Equal(t, itsm.ExternalSupplier, l.Kind)
	l.happened(sam, e)
	require.Equal(t, "supplier.edited", code(l.CheckEdit(sam, r)), "it was written from an old one")
	r.Revision = l.Revision
	require.Equal(t, "supplier.same", code(l.CheckEdit(sam, r)))
	require.Equal(t, "actor.permission", code(l.CheckMove(rel, itsm.MoveRequest{To: itsm.SupplierWatched, Note: "n"})))
	require.Equal(t, "actor.unknown", code(l.CheckRead(itsm.Actor{})))
}

func TestCertificatesExpire(t *testing.T) {
	l := knownSupplier(t, anySupplier())
	today := itsm.DateOf(l.now.UTC())
	l.certify(itsm.CertificateRequest{Name: "ISO/IEC 27001", Expires: today + 100})
	require.Equal(t, []string{"certificate_ends", "certificate_ends", "certificate_ends", "certificate_expired"}, l.pass(120))
	require.Equal(t, &itsm.ExpiryTold{On: today + 100, Of: 1}, l.events[len(l.events)-1].Detail.Expiry)
	l.certify(itsm.CertificateRequest{ID: 1, Expires: today + 120 + 45, URL: "https://example.com/c"})
	require.Equal(t, "ISO/IEC 27001", l.Certificates[0].Name, "it is the same one, with another date")
	require.Equal(t, []string{"certificate_ends"}, l.pass(0), "what is recorded late is told of at once")
	l.certify(itsm.CertificateRequest{Name: "Insurance", Expires: today + 500})
	require.Equal(t, []string{"certificate_ends"}, l.pass(20))
	l.certify(itsm.CertificateRequest{ID: 1, End: true})
	require.Equal(t, "supplier.certificate_over", code(l.CheckCertificate(rel, itsm.CertificateRequest{ID: 1, Expires: today + 900})))
	require.Equal(t, "supplier.no_certificate", code(l.CheckCertificate(rel, itsm.CertificateRequest{ID: 9, Expires: today})))
	require.Equal(t, []string{"certificate_ends", "certificate_ends", "certificate_ends", "certificate_expired"}, l.pass(600), "of the other alone")
	for pointer, r := range map[string]itsm.CertificateRequest{
		"/name": {Expires: today}, "/expires": {Name: "n"}, "/url": {Name: "n", Expires: today, URL: "ftp://x"}, "/id": {Name: "n", End: true},
	} {
		require.Equal(t, pointer, itsm.AsError(l.CheckCertificate(rel, r)).Fields[0].Pointer)
	}
	l.Certificates = slices.Repeat(l.Certificates[1:], itsm.MaxCertificates)
	require.Equal(t, "supplier.too_many_certificates", code(l.CheckCertificate(rel, itsm.CertificateRequest{Name: "n", Expires: today})))
	require.Contains(t, l.ActsFor(rel), itsm.ActCertificate, "one that there is can end")
}

// Due diligence is done anew each year for a critical supplier and each second year for
// another; the exit plan of a critical one is tested each year.
func TestWhatIsLookedAtAgain(t *testing.T) {
	l := activeSupplier(t)
	today := itsm.DateOf(l.now.UTC())
	require.Equal(t, today.AddMonths(12), l.Diligence.On)
	l.exit(itsm.ExitRequest{Text: "Others run it."})
	require.Equal(t, today.AddMonths(12), l.Exit.On)
	require.Empty(t, l.pass(300))
	l.exit(itsm.ExitRequest{Text: "Others run it, and it was tried.", Tested: true})
	require.Equal(t, (today + 300).AddMonths(12), l.Exit.On)
	l.exit(itsm.ExitRequest{Text: "It was only written better."})
	require.Equal(t, (today + 300).AddMonths(12), l.Exit.On)
	require.NotNil(t, l.Exit.Tested)
	require.Equal(t, []string{"due_diligence_nears", "due_diligence_nears", "due_diligence_overdue"}, l.pass(100))
	require.Equal(t, []string{"exit_test_nears", "exit_test_nears", "exit_test_overdue"}, l.pass(300))

	p := anySupplier()
	p.Tier = itsm.TierImportant
	l = knownSupplier(t, p)
	l.move(itsm.SupplierDueDiligence)
	l.assess(itsm.DiligenceRequest{Suitable: true, Note: "It is sound.", Evidence: seenIt})
	l.exit(itsm.ExitRequest{Text: "Others run it."})
	require.Equal(t, today.AddMonths(24), l.Diligence.On)
	require.Zero(t, l.Exit.On)
}

// rated is a score of a review of some month.
func rated(month string, points int) itsm.Rating {
	return itsm.Rating{Review: itsm.Number("SUP-4/2026-" + month), Score: score(points, points, points, points, points)}
}

func TestScoresHaveASupplierWatched(t *testing.T) {
	l := activeSupplier(t)
	take := func(r itsm.Rating) itsm.Event {
		e, ok := l.Rate(r, l.now)
		require.True(t, ok)
		l.happened(steward, e)
		return e
	}
	take(rated("01", 95))
	require.Equal(t, itsm.SupplierActive, l.State)
	e := take(rated("02", 65))
	require.Equal(t, itsm.SupplierWatched, l.State)
	require.Equal(t, itsm.Falling, e.Detail.Course)
	require.Equal(t, []itsm.Consequence{itsm.ToWatch}, e.Detail.Consequences)
	require.Empty(t, l.Corrections)
	take(rated("03", 65))
	require.Len(t, l.Corrections, 1, "twice in a row")
	require.Equal(t, l.now.Add(5*24*time.Hour), *l.Corrections[0].DueAt)
	require.Contains(t, l.Explain().Summary, "SUP-4/2026-03 scored C.")
	_, ok := l.Rate(rated("03", 65), l.now)
	require.False(t, ok, "it was taken up already")

	e, ok = l.Corrected("CAR-7")
	require.True(t, ok)
	l.happened(steward, e)
	require.Equal(t, itsm.Number("CAR-7"), l.Corrections[0].Number)
	require.NotContains(t, l.Explain().Summary, "corrective")
	_, ok = l.Corrected("CAR-8")
	require.False(t, ok, "none is due")

	take(rated("04", 80))
	require.Equal(t, itsm.SupplierActive, l.State)
	for _, month := range []string{"05", "06", "07", "08", "09", "10", "11", "12", "13"} {
		take(rated(month, 90))
	}
	require.Len(t, l.Ratings, itsm.MaxRatings)
	require.Equal(t, itsm.Number("SUP-4/2026-02"), l.Ratings[0].Review)
}

// A move that is not listed is a bug.
func TestWhatASupplierCannotBecome(t *testing.T) {
	l := knownSupplier(t, anySupplier())
	require.Panics(t, func() { l.Become(itsm.SupplierExiting, l.now) })
	for _, s := range itsm.SupplierStates {
		require.NotEmpty(t, s.Words())
		_, listed := itsm.SupplierMoves[s]
		require.True(t, listed, s)
	}
	require.Len(t, itsm.SupplierMoves, len(itsm.SupplierStates))
}
