package itsm

import (
	"slices"
	"time"
)

// Collected is what the record book knows of how a supplier did in a period.
type Collected struct {
	Held    int           // incidents that waited for it
	Waited  time.Duration // all of them together
	Changes int           // carried out, that it had to do with
	Failed  int           // of these
}

// The measures that the record book gives, whatever the contracts ask for. A contract
// with a target of the same name sets the goal; else it is this one.
var collected = []Reading{
	{
		Measure: Measure{Name: "Hours that incidents waited for it", Criterion: ByResponsiveness},
		Goal:    &Goal{Full: 8 * thousandths, None: 120 * thousandths}, Unit: "hours",
	},
	{
		Measure: Measure{Name: "Changes that failed by it", Criterion: ByQuality},
		Goal:    &Goal{Full: 0, None: 50 * thousandths}, Unit: "percent",
	},
}

// Readings are the measures that follow. Of what never happened nothing is known: that
// no incident waited does not show that the supplier would have been quick.
func (c Collected) Readings() (all []ReadingRequest) {
	const hour = int64(time.Hour / thousandths)
	if c.Held > 0 {
		all = append(all, ReadingRequest{Name: collected[0].Name, Value: new(Amount(int64(c.Waited) / int64(c.Held) / hour))})
	}
	if c.Changes > 0 {
		all = append(all, ReadingRequest{Name: collected[1].Name, Value: new(Amount(int64(c.Failed) * 100 * thousandths / int64(c.Changes)))})
	}
	return all
}

// Unmeasured reports whether a measure is there to be taken, and nobody has.
func (r *SupplierReview) Unmeasured(name string) bool {
	n := r.reading(name)
	return n >= 0 && r.Readings[n].Points == nil
}

// InForce reports whether both sides are bound by it.
func (c *Contract) InForce() bool {
	switch c.State { //nolint:exhaustive // the others bind nobody yet, or any more
	case ContractActive, ContractNoticeWindow, ContractRenewing, ContractRenegotiating, ContractTerminating:
		return true
	}
	return false
}

// TargetsOf are the targets of those contracts that are in force, each under a name of
// its own: where two contracts have one of the same name, the second is told by its
// contract.
func TargetsOf(contracts []Contract) (all []ContractTarget) {
	for n := range contracts {
		c := &contracts[n]
		if !c.InForce() {
			continue
		}
		for _, t := range c.Targets {
			if slices.ContainsFunc(all, func(o ContractTarget) bool { return o.Name == t.Name }) {
				t.Name = cut(t.Name) + " (" + string(c.Number) + ")"
			}
			all = append(all, t)
		}
	}
	return all
}

// SupplierZone is the time zone in which the periods of reviews begin and end.
func (c *Catalog) SupplierZone() string {
	if calendar, ok := find(c.Calendars, func(o Calendar) bool { return o.ID == c.Supplier.Calendar }); ok {
		return calendar.Zone
	}
	return "UTC"
}
