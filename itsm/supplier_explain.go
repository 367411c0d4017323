package itsm

import (
	"slices"
	"strings"
)

// ActsFor is what one person can do, of what Explain offers.
func (s *Supplier) ActsFor(who Actor) []Act {
	return slices.DeleteFunc(s.Explain().Acts, func(a Act) bool { return s.try(a, who) != nil })
}

// try asks the rules whether somebody may do a thing, were it well-formed.
func (s *Supplier) try(a Act, who Actor) error {
	seen := []Evidence{{Note: "seen"}}
	switch a { //nolint:exhaustive // those of a supplier
	case ActSupplierEdit:
		return s.checkKeeper(who)
	case ActSupplierMove:
		return s.checkManager(who)
	case ActDiligence:
		return s.CheckDiligence(who, DiligenceRequest{Note: "what", Evidence: seen})
	case ActCertificate:
		return s.CheckCertificate(who, s.someCertificate())
	case ActExitPlan:
		return s.CheckExit(who, ExitRequest{Text: "how"})
	case ActSupplierComment:
		return s.CheckComment(who, CommentRequest{Text: "what"}, Talk{})
	}
	return NoSuchRecord(s.Number)
}

// someCertificate is an act on a certificate that can be done: another one is recorded,
// or else one that there is ends.
func (s *Supplier) someCertificate() CertificateRequest {
	r := CertificateRequest{Name: "?", Expires: NewDate(2100, 1, 1)}
	if len(s.Certificates) < MaxCertificates {
		return r
	}
	if n := slices.IndexFunc(s.Certificates, func(c Certificate) bool { return c.EndedAt == nil }); n >= 0 {
		r = CertificateRequest{ID: s.Certificates[n].ID, End: true}
	}
	return r
}

// acts are what those who answer for suppliers can do to one as it stands.
func (s *Supplier) acts() []Act {
	if s.State == SupplierNew || s.State.Final() {
		return []Act{}
	}
	all := []Act{ActSupplierMove, ActSupplierEdit, ActDiligence, ActCertificate, ActExitPlan, ActSupplierComment}
	full := s.someCertificate().ID == 0 && len(s.Certificates) >= MaxCertificates
	return slices.DeleteFunc(all, func(a Act) bool {
		return (a == ActDiligence && s.State == SupplierProposed) || (a == ActCertificate && full)
	})
}

// Explain explains a supplier as it stands.
func (s *Supplier) Explain() Explanation {
	e := Explanation{
		Number: s.Number, State: State(s.State), Since: s.Since, WaitsFor: []PersonID{}, Roles: []Role{}, Forecast: []Forecast{}, Acts: s.acts(),
	}
	switch s.State {
	case SupplierNew:
		e.Summary = "It is being recorded."
	case SupplierProposed:
		e.Summary, e.Roles = "It waits for a supplier manager to begin its due diligence, or to reject it.", []Role{SupplierManager}
	case SupplierDueDiligence:
		e.Summary = "It is looked into before anything depends on it."
		e.WaitsFor = []PersonID{s.Owner}
		if s.Diligence != nil && s.Diligence.Suitable {
			e.Summary, e.WaitsFor, e.Roles = "It was found suitable. It waits for a supplier manager to begin its onboarding.", []PersonID{}, []Role{SupplierManager}
		}
	case SupplierOnboarding:
		e.Summary, e.Roles = "It is made ready to supply. It waits for a supplier manager to say that it does.", []Role{SupplierManager}
	case SupplierActive:
		e.Summary = "It supplies, and is reviewed at planned intervals."
	case SupplierWatched:
		e.Summary = "It supplies, and is looked at more closely until a review scores A or B."
	case SupplierExitPlanned:
		e.Summary, e.Roles = "It supplies until it is left, as its exit plan says.", []Role{SupplierManager}
	case SupplierExiting:
		e.Summary, e.Roles = "It is being left. It waits for a supplier manager to show that all data is back.", []Role{SupplierManager}
	case SupplierOffboarded:
		e.Summary = "It supplies nothing any more."
	case SupplierRejected:
		e.Summary = "It was rejected."
	}
	if due := uncorrected(s.Corrections); len(due) > 0 {
		e.Summary += " A corrective action is due: " + strings.Join(due, " ")
	}
	e.forecast(s.deadlines())
	return e
}

// uncorrected is why corrective actions are due that nobody has raised.
func uncorrected(all []Correction) (why []string) {
	for _, c := range all {
		if c.Number == "" {
			why = append(why, c.Why)
		}
	}
	return why
}
