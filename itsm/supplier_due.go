package itsm

import (
	"slices"
	"time"
)

// Due is what has to be done until an instant, or had to.
type Due struct {
	At   time.Time
	What string // in a few words, such as: the last day to give notice
}

// dues are some dates as what is due on them, in order of time.
func dues(all []Due) []Due {
	slices.SortStableFunc(all, func(x, y Due) int { return x.At.Compare(y.At) })
	return all
}

// due is when a date is over: as it was reckoned, or else when it is over in UTC.
func (x *Expiry) due(what string) []Due {
	switch {
	case x.On == 0:
		return nil
	case x.At != nil:
		return []Due{{*x.At, what}}
	}
	return []Due{{(x.On + 1).midnight(), what}}
}

func dueCorrections(all []Correction) (out []Due) {
	for _, c := range all {
		if c.Number == "" && c.DueAt != nil {
			out = append(out, Due{*c.DueAt, "a corrective action is raised"})
		}
	}
	return out
}

// Dues are what is to be done for a supplier, and until when, what is due first first.
func (s *Supplier) Dues() (all []Due) {
	if s.State.Final() || s.State == SupplierNew {
		return nil
	}
	for n := range s.Certificates {
		if c := &s.Certificates[n]; c.EndedAt == nil {
			all = append(all, c.due("the certificate "+c.Name+" expires")...)
		}
	}
	if s.Diligence != nil {
		all = append(all, s.Diligence.due("its due diligence is done anew")...)
	}
	if s.Exit != nil {
		all = append(all, s.Exit.due("its exit plan is tested")...)
	}
	return dues(append(all, dueCorrections(s.Corrections)...))
}

// Dues are what is to be done for a contract, and until when, what is due first first.
func (c *Contract) Dues() (all []Due) {
	if c.State == ContractApproved {
		return c.Begins.due("it begins")
	}
	if !c.State.InForce() {
		return nil
	}
	if c.Undecided() && !c.DecideBy.Passed {
		all = append(all, c.DecideBy.due("somebody decides what becomes of it")...)
	}
	if c.Given == nil && !c.NoticeBy.Passed && c.State != ContractRenewing {
		all = append(all, c.NoticeBy.due("the last day to give notice")...)
	}
	if c.Given != nil || c.Renewal.IsZero() {
		all = append(all, c.Ends.due("it ends")...)
	}
	all = append(all, c.ReviewBy.due("it is compared with what services need")...)
	return dues(append(all, dueCorrections(c.Corrections)...))
}

// Dues are what is to be done for a review, and until when, what is due first first.
func (r *SupplierReview) Dues() (all []Due) {
	if r.State.Final() {
		return nil
	}
	for n := range r.Clocks {
		if k := &r.Clocks[n]; k.StoppedAt == nil && k.DueAt != nil {
			all = append(all, Due{*k.DueAt, "its " + State(k.Kind).Words()})
		}
	}
	return dues(all)
}
