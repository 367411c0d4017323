package itsm

import (
	"fmt"
	"slices"
	"strings"
)

// Bounds on a supplier.
const (
	MaxContacts       = 50
	MaxSubcontractors = 100
	MaxSupplied       = 200 // services
	MaxCertificates   = 50
)

// Check refuses a profile that cannot be a supplier's, naming every fault in it: nobody
// is without an owner and another who stands in (8.3.4.1).
func (p *SupplierProfile) Check() error {
	var f faults
	f.line("/name", p.Name, MaxTitle)
	f.needed("/supplies", p.Supplies, MaxNote)
	if p.Kind != "" {
		oneOf(&f, "/kind", p.Kind, SupplierKinds)
	}
	oneOf(&f, "/tier", p.Tier, SupplierTiers)
	f.line("/owner", string(p.Owner), maxName)
	f.line("/deputy", string(p.Deputy), maxName)
	if p.Owner != "" && p.Owner == p.Deputy {
		f.add("/deputy", "is the owner; name another who stands in")
	}
	f.atMost("/services", len(p.Services), MaxSupplied)
	named := seen{}
	for n, s := range p.Services[:min(len(p.Services), MaxSupplied)] {
		at := fmt.Sprintf("/services/%d", n)
		f.line(at, string(s), maxWord)
		if first, again := named.mark(string(s), at); again {
			f.add(at, "is already at %s", first)
		}
	}
	f.atMost("/contacts", len(p.Contacts), MaxContacts)
	for n, c := range p.Contacts[:min(len(p.Contacts), MaxContacts)] {
		f.contact(fmt.Sprintf("/contacts/%d", n), c)
	}
	f.atMost("/subcontractors", len(p.Subcontractors), MaxSubcontractors)
	for n, s := range p.Subcontractors[:min(len(p.Subcontractors), MaxSubcontractors)] {
		at := fmt.Sprintf("/subcontractors/%d", n)
		f.line(at+"/name", s.Name, MaxTitle)
		f.line(at+"/supplies", s.Supplies, MaxTitle)
		f.text(at+"/control", s.Control, MaxNote)
		if p.Tier == TierCritical && strings.TrimSpace(s.Control) == "" {
			f.add(at+"/control", "is needed for a critical supplier: how it shows that it controls this one")
		}
	}
	return f.refuse("supplier.invalid", "This supplier")
}

func (f *faults) contact(at string, c Contact) {
	f.line(at+"/name", c.Name, maxName)
	f.line(at+"/for", c.For, MaxTitle)
	f.optionalLine(at+"/phone", c.Phone, maxWord)
	switch {
	case c.Email == "" && c.Phone == "":
		f.add(at+"/email", "is needed, or a phone number: how they are reached")
	case c.Email != "" && (len(c.Email) > maxEmail || !email.MatchString(c.Email)):
		f.add(at+"/email", "must be an e-mail address such as ana@example.com")
	}
}

// CheckRaise refuses whoever may not propose a supplier.
func (p *SupplierProfile) CheckRaise(who Actor) error {
	if err := who.May(ManageSuppliers); err != nil {
		return err
	}
	return p.Check()
}

// CheckRead refuses whoever may not read of suppliers.
func (s *Supplier) CheckRead(who Actor) error { return who.May(ReadSuppliers) }

// checkManager lets those who answer for suppliers act on it.
func (s *Supplier) checkManager(who Actor) error { return s.checkWith(who, ManageSuppliers) }

// checkKeeper lets its owner, their deputy and supplier managers keep what is known
// of it.
func (s *Supplier) checkKeeper(who Actor) error {
	if err := s.checkWith(who, KeepSuppliers); err != nil {
		return err
	}
	if who.Person != s.Owner && who.Person != s.Deputy && !who.Is(SupplierManager) {
		return Refuse(Forbidden, "supplier.not_yours", "%s is kept by %s and %s, who answer for it, or by a supplier manager.", s.Number, s.Owner, s.Deputy)
	}
	return nil
}

func (s *Supplier) checkWith(who Actor, need Permission) error {
	if err := who.May(need); err != nil {
		return err
	}
	switch {
	case s.State == SupplierNew: // not recorded yet
		return NoSuchRecord(s.Number)
	case s.State.Final():
		return Refuse(Conflict, "supplier.over", "%s is %s already. Propose it anew.", s.Number, s.State.Words())
	}
	return nil
}

// notNow refuses what does not fit the state.
func (s *Supplier) notNow(when string) error {
	return Refuse(Conflict, "supplier.not_now", "%s is %s; %s.", s.Number, s.State.Words(), when)
}

// ProfileRequest writes the profile anew, as it stood at a revision.
type ProfileRequest struct {
	SupplierProfile

	Revision int    `json:"against"`
	Note     string `json:"note,omitempty"` // why
}

// CheckEdit refuses a profile that was written from an old one. Who answers for a
// supplier, and how much depends on it, is for those to say who answer for all.
func (s *Supplier) CheckEdit(who Actor, r ProfileRequest) error {
	if err := r.Check(); err != nil {
		return err
	}
	var f faults
	f.text("/note", r.Note, MaxNote)
	if err := f.refuse("supplier.invalid", "This supplier"); err != nil {
		return err
	}
	if err := s.checkKeeper(who); err != nil {
		return err
	}
	switch {
	case r.Revision != s.Revision:
		return Refuse(Conflict, "supplier.edited", "%s was changed since you read it (revision %d). Read it again, and change what it is now.", s.Number, s.Revision)
	case (r.Owner != s.Owner || r.Deputy != s.Deputy || r.Tier != s.Tier) && !who.Is(SupplierManager):
		return Refuse(Forbidden, "supplier.manager", "A supplier manager says who answers for %s, and which tier it is of.", s.Number)
	case len(s.edits(r.SupplierProfile)) == 0:
		return Refuse(Conflict, "supplier.same", "%s is so already.", s.Number)
	}
	return nil
}

// MoveRequest moves a supplier on.
type MoveRequest struct {
	To       SupplierState `json:"to"`
	Note     string        `json:"note"`
	Evidence []Evidence    `json:"evidence,omitempty"`
}

// CheckMove refuses to depend on whom nobody looked into, to leave without a plan, and
// to end what still has the organisation's data (8.3.4.1; ISO/IEC 27001, A.5.19).
func (s *Supplier) CheckMove(who Actor, r MoveRequest) error {
	var f faults
	oneOf(&f, "/to", r.To, SupplierStates)
	f.needed("/note", r.Note, MaxNote)
	f.evidence("/evidence", r.Evidence, r.To == SupplierOffboarded)
	if err := f.refuse("move.invalid", "This move"); err != nil {
		return err
	}
	if err := s.checkManager(who); err != nil {
		return err
	}
	switch {
	case !s.State.CanBecome(r.To):
		return s.notNow("it cannot become " + r.To.Words())
	case r.To == SupplierOnboarding && (s.Diligence == nil || !s.Diligence.Suitable):
		return Refuse(Conflict, "supplier.not_assessed", "%s was not found suitable yet; record what its due diligence found.", s.Number)
	case r.To == SupplierActive && len(s.Contacts) == 0:
		return Refuse(Conflict, "supplier.no_contact", "%s has no contact yet; record whom to turn to.", s.Number)
	case r.To == SupplierExitPlanned && s.Exit == nil:
		return Refuse(Conflict, "supplier.no_exit_plan", "%s has no exit plan yet; write how its services go on.", s.Number)
	}
	return nil
}

// CheckEvidence refuses records as evidence that the actor cannot see.
func (r *MoveRequest) CheckEvidence(sees func(Number) (bool, error)) error {
	return unseenEvidence(RecordsOf(r.Evidence), sees, "move.invalid", "This move")
}

// DiligenceRequest records what was found.
type DiligenceRequest struct {
	Suitable bool       `json:"suitable"`
	Note     string     `json:"note"`
	Evidence []Evidence `json:"evidence"`
}

// CheckDiligence refuses findings that rest on nothing.
func (s *Supplier) CheckDiligence(who Actor, r DiligenceRequest) error {
	var f faults
	f.needed("/note", r.Note, MaxNote)
	f.evidence("/evidence", r.Evidence, true)
	if err := f.refuse("due_diligence.invalid", "This due diligence"); err != nil {
		return err
	}
	if err := s.checkKeeper(who); err != nil {
		return err
	}
	if s.State == SupplierProposed {
		return s.notNow("it is looked into once its due diligence has begun")
	}
	return nil
}

// CheckEvidence refuses records as evidence that the actor cannot see.
func (r *DiligenceRequest) CheckEvidence(sees func(Number) (bool, error)) error {
	return unseenEvidence(RecordsOf(r.Evidence), sees, "due_diligence.invalid", "This due diligence")
}

// CertificateRequest records a certificate, or what became of one.
type CertificateRequest struct {
	ID      int    `json:"id,omitempty"` // 0: a new one
	Name    string `json:"name,omitempty"`
	Expires Date   `json:"expires,omitempty"`
	URL     string `json:"url,omitempty"`
	End     bool   `json:"end,omitempty"` // it is not needed any more
}

// CheckCertificate refuses a certificate that never expires or is not there.
func (s *Supplier) CheckCertificate(who Actor, r CertificateRequest) error {
	var f faults
	if r.ID == 0 {
		f.line("/name", r.Name, MaxTitle)
	} else {
		f.optionalLine("/name", r.Name, MaxTitle)
	}
	switch {
	case !r.End && r.Expires == 0:
		f.add("/expires", "is needed: a date such as 2027-03-31")
	case r.Expires != 0 && !r.Expires.storable():
		f.add("/expires", "must be between the years 2000 and 2200")
	case r.End && r.ID == 0:
		f.add("/id", "is needed: which one is not needed any more")
	}
	f.address("/url", r.URL)
	if err := f.refuse("certificate.invalid", "This certificate"); err != nil {
		return err
	}
	if err := s.checkKeeper(who); err != nil {
		return err
	}
	at := s.certificate(r.ID)
	switch {
	case r.ID == 0 && len(s.Certificates) >= MaxCertificates:
		return Refuse(Conflict, "supplier.too_many_certificates", "%s has %d certificates, and takes no more.", s.Number, MaxCertificates)
	case r.ID != 0 && at < 0:
		return Refuse(NotFound, "supplier.no_certificate", "%s has no certificate %d.", s.Number, r.ID)
	case r.ID != 0 && s.Certificates[at].EndedAt != nil:
		return Refuse(Conflict, "supplier.certificate_over", "Certificate %d of %s is not needed any more; record another.", r.ID, s.Number)
	}
	return nil
}

// ExitRequest writes the exit plan, or says that it was tested.
type ExitRequest struct {
	Text   string `json:"text"`
	URL    string `json:"url,omitempty"`
	Tested bool   `json:"tested,omitempty"`
}

// CheckExit refuses a plan that says nothing.
func (s *Supplier) CheckExit(who Actor, r ExitRequest) error {
	var f faults
	f.needed("/text", r.Text, MaxText)
	f.address("/url", r.URL)
	if err := f.refuse("exit_plan.invalid", "This exit plan"); err != nil {
		return err
	}
	return s.checkKeeper(who)
}

// CorrectedRequest says which corrective action was raised, of those that were due.
type CorrectedRequest struct {
	Raised Number `json:"raised"`
}

func (r CorrectedRequest) check(who Actor) error {
	if !who.Is(Monitor) {
		return Refuse(Forbidden, "actor.permission", "Only Steward itself tells of corrective actions that were due; raise one, or link it.")
	}
	var f faults
	if !r.Raised.Of("CAR") {
		f.add("/raised", "must be a corrective action's number, such as CAR-7")
	}
	return f.refuse("corrected.invalid", "This corrective action")
}

// CheckCorrected lets Steward alone say so, which raises what is due.
func (s *Supplier) CheckCorrected(who Actor, r CorrectedRequest) error {
	if err := r.check(who); err != nil {
		return err
	}
	return s.checkWith(who, ReadSuppliers)
}

// CheckComment refuses an empty comment, and an answer to nothing.
func (s *Supplier) CheckComment(who Actor, r CommentRequest, t Talk) error {
	if err := r.check(t); err != nil {
		return err
	}
	if err := s.checkWith(who, CommentOnSuppliers); err != nil {
		return err
	}
	if t.Comments >= MaxComments {
		return Refuse(Conflict, "comment.too_many", "%s has %d comments, and takes no more.", s.Number, t.Comments)
	}
	return nil
}

func (s *Supplier) certificate(id int) int {
	return slices.IndexFunc(s.Certificates, func(c Certificate) bool { return c.ID == id })
}

// storable reports whether a date is one that every part can keep.
func (d Date) storable() bool { return d.Year() >= 2000 && d.Year() < 2200 }
