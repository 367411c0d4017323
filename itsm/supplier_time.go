package itsm

import (
	"slices"
	"time"
)

// expiries are all dates of a supplier that people are told of before they come, with
// the days of a policy.
func (s *Supplier) expiries(p *SupplierPolicy) (all []dated) {
	if s.State.Final() || s.State == SupplierNew {
		return nil
	}
	s.Certificates = slices.Clone(s.Certificates)
	for n := range s.Certificates {
		if c := &s.Certificates[n]; c.EndedAt == nil {
			all = append(all, dated{
				&c.Expiry, EventCertificateEnds, EventCertificateExpired, c.ID, p.Certificate,
				"The certificate " + c.Name + " expires soon; those who answer for the supplier are told.",
				"The certificate " + c.Name + " has expired; those who answer for the supplier are told.",
			})
		}
	}
	if d := s.Diligence; d != nil {
		own := *d
		s.Diligence = &own
		all = append(all, dated{
			&own.Expiry, EventDiligenceEnds, EventDiligenceOverdue, 0, p.Refresh,
			"Its due diligence is to be done anew soon; those who answer for it are told.",
			"Its due diligence is overdue; those who answer for suppliers are told.",
		})
	}
	if x := s.Exit; x != nil && x.On != 0 {
		own := *x
		s.Exit = &own
		all = append(all, dated{
			&own.Expiry, EventExitTestNears, EventExitTestOverdue, 0, p.Refresh,
			"Its exit plan is to be tested soon; those who answer for it are told.",
			"The test of its exit plan is overdue; those who answer for suppliers are told.",
		})
	}
	return all
}

func (s *Supplier) deadlines() []Deadline {
	return fallsOf(s.expiries(&DefaultSupplierPolicy))
}

// NextTarget is until when somebody has to do the first thing for it, or had to: to show
// another certificate, to look into it or to test its exit plan anew, to raise a
// corrective action. Nil when nothing is to be done.
func (s *Supplier) NextTarget() *time.Time {
	if s.State.Final() {
		return nil
	}
	return soonest(s.expiries(&DefaultSupplierPolicy), s.Corrections)
}

// soonest is when the first of some dates is over, or was, and of the corrective
// actions that nobody has raised.
func soonest(dates []dated, all []Correction) (due *time.Time) {
	for _, d := range dates {
		due = sooner(due, d.At)
	}
	for _, c := range all {
		if c.Number == "" {
			due = sooner(due, c.DueAt)
		}
	}
	return due
}

// sooner is the earlier of two instants; nil is none.
func sooner(a, b *time.Time) *time.Time {
	if a == nil || (b != nil && b.Before(*a)) {
		return b
	}
	return a
}

// Next is the first thing that happens by itself.
func (s *Supplier) Next() (Deadline, bool) { return first(s.deadlines()) }

// Fall does what a deadline says, once it is there; nothing, if an act came before it.
func (s *Supplier) Fall(d Deadline) (e Event, happened bool) {
	e = Event{Kind: d.Kind, From: State(s.State)}
	x, ok := fallOf(s.expiries(&DefaultSupplierPolicy), d)
	if ok {
		e.Detail = &Detail{Expiry: &ExpiryTold{On: x.On, Days: d.Days, Of: d.Of}}
	}
	return e, ok
}

// SupplierReckoning is all that follows from a supplier's calendar.
type SupplierReckoning struct {
	Dates       []ReckonedDate `json:"dates,omitempty"`
	Corrections []time.Time    `json:"corrections,omitempty"` // until when each is raised
}

// Dates is the supplier with no more than Reckon reads of it.
func (s *Supplier) Dates() Supplier {
	short := Supplier{Number: s.Number, PolicyVersion: s.PolicyVersion}
	short.State, short.Corrections = s.State, s.Corrections
	for _, c := range s.Certificates {
		short.Certificates = append(short.Certificates, Certificate{ID: c.ID, Expiry: c.Expiry, EndedAt: c.EndedAt})
	}
	if s.Diligence != nil {
		short.Diligence = &DueDiligence{Expiry: s.Diligence.Expiry}
	}
	if s.Exit != nil {
		short.Exit = &ExitPlan{Expiry: s.Exit.Expiry}
	}
	return short
}

// Unreckoned reports whether there is something to find out in a calendar.
func (s *Supplier) Unreckoned() bool {
	return slices.ContainsFunc(s.expiries(&DefaultSupplierPolicy), func(d dated) bool { return d.unreckoned() }) || unreckonedCorrection(s.Corrections)
}

func unreckonedCorrection(all []Correction) bool {
	return slices.ContainsFunc(all, func(c Correction) bool { return c.DueAt == nil })
}

// Reckon finds it out: by a pinned policy, in the hours that in gives for its calendar.
func (s *Supplier) Reckon(policy SupplierPolicy, in func(CalendarID) (BusinessTime, error), now time.Time) (r SupplierReckoning, err error) {
	policy = policy.Filled()
	hours, err := in(policy.Calendar)
	if err != nil {
		return r, err
	}
	if r.Dates, err = reckoned(s.expiries(&policy), hours, now); err != nil {
		return r, err
	}
	r.Corrections, err = policy.corrections(s.Corrections, hours)
	return r, err
}

// corrections are until when each of some corrective actions is raised.
func (p *SupplierPolicy) corrections(all []Correction, in BusinessTime) (due []time.Time, err error) {
	for _, c := range all {
		at, err := p.Corrective.From(c.At, in)
		if err != nil {
			return nil, err
		}
		due = append(due, at.UTC())
	}
	return due, nil
}

// Take takes up what was reckoned, as far as it is still of what it was asked for.
func (s *Supplier) Take(r SupplierReckoning) Event {
	adopt(s.expiries(&DefaultSupplierPolicy), r.Dates)
	s.Corrections = dueBy(s.Corrections, r.Corrections)
	return Event{Kind: EventSupplierDeadlines, From: State(s.State)}
}

func dueBy(all []Correction, due []time.Time) []Correction {
	all = slices.Clone(all)
	for n := range min(len(all), len(due)) {
		all[n].DueAt = &due[n]
	}
	return all
}
