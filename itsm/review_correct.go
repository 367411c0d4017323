package itsm

import "slices"

// ToRaise is the corrective action that a review calls for. It is of the first service
// that depends on the supplier; owner, who owns the relationship, is to act, unless that
// is empty. A D is major.
func (r *SupplierReview) ToRaise(services []ServiceID, owner PersonID) CorrectiveDraft {
	d := CorrectiveDraft{Owner: owner, Severity: SeverityMinor}
	d.Source, d.RaisedBy, d.Service = r.Number, RaisedByReview, firstOf(services)
	if slices.Contains(r.Follows, ToExecute) {
		d.Severity = SeverityMajor
	}
	d.Title = cut(r.Name) + ", " + r.Period.String() + ": " + "the review calls for a correction"
	d.Nonconformity = r.Corrects() + " ISO/IEC 20000-1, 8.3.4.1: where performance does not suffice, it is to be improved."
	return d
}
