package itsm

import (
	"fmt"
	"slices"
)

// DueCorrection is a corrective action that is due for a record, and that nobody has
// raised.
type DueCorrection struct {
	Key   string // that it is raised under, once
	Draft CorrectiveDraft
}

// SupplierCorrections are those that are due for a supplier.
func (c *Catalog) SupplierCorrections(s *Supplier) []DueCorrection {
	return c.corrections(s.Number, s.Corrections, s.Services, CorrectiveDraft{
		Owner: s.Owner, CorrectiveText: CorrectiveText{Title: head("Corrective action for "+s.Name, MaxTitle)},
	})
}

// ContractCorrections are those that are due for a contract with a supplier.
func (c *Catalog) ContractCorrections(of *Contract, with *Supplier) []DueCorrection {
	return c.corrections(of.Number, of.Corrections, append(slices.Clone(of.Services), with.Services...), CorrectiveDraft{
		Owner: of.Owner, CorrectiveText: CorrectiveText{Title: "Notice of " + string(of.Number) + " was missed"},
	})
}

// ReviewCorrections are those that are due for the review of a supplier.
func (c *Catalog) ReviewCorrections(r *SupplierReview, of *Supplier) []DueCorrection {
	return c.corrections(r.Number, []Correction{{Why: r.Corrects()}}, of.Services, CorrectiveDraft{
		Owner: r.Owner, CorrectiveText: CorrectiveText{Title: "The review " + string(r.Number) + " is overdue"},
	})
}

// corrections are drafts for all that are due, in their order. Each is for the first of
// some services that the catalog has, or else the first of all: every corrective action
// is of one. Whoever cannot work on it leaves it to the owner of that service.
func (c *Catalog) corrections(n Number, all []Correction, services []ServiceID, like CorrectiveDraft) (due []DueCorrection) {
	if len(c.Services) == 0 {
		return nil
	}
	like.Service, like.Source, like.Severity = c.Services[0].ID, n, SeverityMajor
	if known := slices.IndexFunc(services, func(id ServiceID) bool { _, ok := c.Service(id); return ok }); known >= 0 {
		like.Service = services[known]
	}
	if c.CheckNamed("/owner", like.Owner, WorkOnCorrective) != nil {
		like.Owner = ""
	}
	for nth, one := range all {
		if one.Number == "" {
			d := like
			d.Nonconformity = one.Why
			due = append(due, DueCorrection{fmt.Sprintf("correct/%s/%d", n, nth), d})
		}
	}
	return due
}
