package itsm

import (
	"slices"
	"strings"
	"time"
)

// Begin is the supplier as it was recorded.
func (s *Supplier) Begin(p SupplierProfile) {
	s.SupplierProfile = p
	if s.Kind == "" {
		s.Kind = ExternalSupplier
	}
}

// Propose takes up a supplier that was recorded.
func (s *Supplier) Propose(at time.Time) Event {
	e := Event{Kind: EventSupplierProposed, From: State(s.State)}
	s.Become(SupplierProposed, at)
	return e
}

// Edit writes its profile anew. The event has what it was before, so that a record
// tells for good who answered for it when.
func (s *Supplier) Edit(_ Actor, r ProfileRequest, _ time.Time) Event {
	e := Event{Kind: EventSupplierEdited, From: State(s.State), Note: r.Note, Detail: &Detail{Edits: s.edits(r.SupplierProfile)}}
	if r.Kind == "" {
		r.Kind = s.Kind
	}
	s.SupplierProfile = r.SupplierProfile
	return e
}

// edits is what another profile changes.
func (s *Supplier) edits(p SupplierProfile) (all []Difference) {
	if p.Kind == "" {
		p.Kind = s.Kind
	}
	before, after := s.fields(), p.fields()
	for n, f := range before {
		if f[1] != after[n][1] {
			all = append(all, Difference{Field: f[0], Before: short(f[1]), After: short(after[n][1])})
		}
	}
	return all
}

// fields are the names and values of a profile, as a reader of its history sees them.
func (p *SupplierProfile) fields() [][2]string {
	services, contacts, subs := make([]string, len(p.Services)), make([]string, len(p.Contacts)), make([]string, len(p.Subcontractors))
	for n, s := range p.Services {
		services[n] = string(s)
	}
	for n, c := range p.Contacts {
		contacts[n] = strings.Join([]string{c.Name, c.For, c.Email, c.Phone}, ", ")
	}
	for n, s := range p.Subcontractors {
		subs[n] = strings.Join([]string{s.Name, s.Supplies, s.Control}, ", ")
	}
	return [][2]string{
		{"name", p.Name},
		{"supplies", p.Supplies},
		{"kind", string(p.Kind)},
		{"tier", string(p.Tier)},
		{"owner", string(p.Owner)},
		{"deputy", string(p.Deputy)},
		{"services", strings.Join(services, ", ")},
		{"contacts", strings.Join(contacts, "; ")},
		{"subcontractors", strings.Join(subs, "; ")},
	}
}

// Move moves it on.
func (s *Supplier) Move(_ Actor, r MoveRequest, at time.Time) Event {
	e := Event{Kind: EventSupplierMoved, From: State(s.State), Note: r.Note, Detail: &Detail{Evidence: r.Evidence}}
	s.Become(r.To, at)
	return e
}

// Assess records what its due diligence found, and when it is done anew.
func (s *Supplier) Assess(who Actor, r DiligenceRequest, p SupplierPolicy, at time.Time) Event {
	s.Diligence = &DueDiligence{
		By: who.Person, Done: at, Suitable: r.Suitable, Note: r.Note, Evidence: r.Evidence,
		Expiry: Expiry{On: DateOf(at.UTC()).AddMonths(p.Of(s.Tier).DueDiligence)},
	}
	return Event{Kind: EventSupplierAssessed, From: State(s.State), Note: r.Note, Detail: &Detail{Diligence: s.Diligence}}
}

// Certify records a certificate, or what became of one. One with another date is told
// of anew.
func (s *Supplier) Certify(_ Actor, r CertificateRequest, at time.Time) Event {
	s.Certificates = slices.Clone(s.Certificates)
	n := s.certificate(r.ID)
	if n < 0 {
		n = len(s.Certificates)
		s.Certificates = append(s.Certificates, Certificate{ID: n + 1})
	}
	c := &s.Certificates[n]
	if r.Name != "" {
		c.Name = r.Name
	}
	if r.URL != "" {
		c.URL = r.URL
	}
	if r.End {
		c.EndedAt = &at
	} else if c.On != r.Expires {
		c.Expiry = Expiry{On: r.Expires}
	}
	kept := *c
	return Event{Kind: EventCertificate, From: State(s.State), Detail: &Detail{Certificate: &kept}}
}

// PlanExit writes the exit plan. A plan is tested again some months after it was, or
// after it was written: when is for the terms of its tier to say.
func (s *Supplier) PlanExit(who Actor, r ExitRequest, p SupplierPolicy, at time.Time) Event {
	plan := ExitPlan{By: who.Person, Written: at, Text: r.Text, URL: r.URL}
	if s.Exit != nil {
		plan.Expiry, plan.Tested = s.Exit.Expiry, s.Exit.Tested
	}
	months := p.Of(s.Tier).ExitTest
	if r.Tested {
		plan.Tested = &at
	}
	switch {
	case months == 0:
		plan.Expiry = Expiry{}
	case r.Tested || plan.On == 0:
		plan.Expiry = Expiry{On: DateOf(at.UTC()).AddMonths(months)}
	}
	s.Exit = &plan
	return Event{Kind: EventExitPlan, From: State(s.State), Detail: &Detail{Exit: s.Exit}}
}

// Rate takes up the score of a review, and does what follows from it: a supplier that
// is watched is so until it has an A or a B again. It is not ok when it was taken up
// already, or when the supplier is over.
func (s *Supplier) Rate(r Rating, at time.Time) (e Event, ok bool) {
	again := slices.ContainsFunc(s.Ratings, func(o Rating) bool { return o.Review == r.Review })
	if again || s.State.Final() || s.State == SupplierNew {
		return e, false
	}
	e = Event{Kind: EventSupplierRated, From: State(s.State), Detail: &Detail{Rating: &r}}
	s.Ratings = append(slices.Clone(s.Ratings), r)
	scores := make([]Score, len(s.Ratings))
	for n, o := range s.Ratings {
		scores[n] = o.Score
	}
	s.Ratings = s.Ratings[max(0, len(s.Ratings)-MaxRatings):]
	follows := ConsequencesOf(scores)
	e.Detail.Course, e.Detail.Consequences = CourseOf(scores), follows
	if slices.Contains(follows, ToCorrect) {
		s.Corrections = append(slices.Clone(s.Corrections), Correction{Why: string(r.Review) + " scored " + string(r.Band) + ".", At: at})
	}
	switch {
	case s.State == SupplierActive && slices.Contains(follows, ToWatch):
		s.Become(SupplierWatched, at)
	case s.State == SupplierWatched && (r.Band == BandA || r.Band == BandB):
		s.Become(SupplierActive, at)
	}
	return e, true
}

// Corrected takes note of the record of a corrective action that was due.
func (s *Supplier) Corrected(record Number) (e Event, ok bool) {
	if s.Corrections, ok = corrected(s.Corrections, record); !ok {
		return e, false
	}
	return Event{Kind: EventSupplierCorrected, From: State(s.State), Detail: &Detail{Raised: record}}, true
}

// corrected gives the first corrective action that is due its record; not ok when none
// is, or when it has it already.
func corrected(all []Correction, record Number) ([]Correction, bool) {
	n := slices.IndexFunc(all, func(c Correction) bool { return c.Number == "" })
	if n < 0 || slices.ContainsFunc(all, func(c Correction) bool { return c.Number == record }) {
		return all, false
	}
	all = slices.Clone(all)
	all[n].Number = record
	return all, true
}

// Say takes up a comment that CheckComment has allowed.
func (s *Supplier) Say(who Actor, r CommentRequest, t *Talk, at time.Time) Comment {
	return t.say(s.Number, who, r, at)
}
