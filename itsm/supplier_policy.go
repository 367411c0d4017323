package itsm

import (
	"fmt"
	"slices"
)

// SupplierTier is how much depends on a supplier.
type SupplierTier string

// The tiers.
const (
	TierCritical  SupplierTier = "critical" // or of high risk
	TierImportant SupplierTier = "important"
	TierStandard  SupplierTier = "standard"
)

// SupplierTiers is every SupplierTier, the one that most depends on first.
var SupplierTiers = []SupplierTier{TierCritical, TierImportant, TierStandard}

// SupplierPolicy is how suppliers and contracts are managed (8.3.4). A record keeps the
// version that it began with for life. Zero values are the defaults.
type SupplierPolicy struct {
	Calendar    CalendarID  `json:"calendar,omitempty"`    // whose business days count; empty: every day, in UTC
	Tiers       []TierTerms `json:"tiers,omitempty"`       // those left out are the defaults
	Weights     []Weight    `json:"weights,omitempty"`     // of a score
	Collect     Length      `json:"collect,omitzero"`      // from the end of a period, until its data is there
	Meet        Length      `json:"meet,omitzero"`         // ditto, until the meeting
	SignOff     Length      `json:"sign_off,omitzero"`     // ditto, until somebody else signs it off
	Corrective  Length      `json:"corrective,omitzero"`   // from what calls for a corrective action, until it is raised
	Decide      Length      `json:"decide,omitzero"`       // until those asked about a contract are not asked any more
	Deciders    Role        `json:"deciders,omitempty"`    // on contracts; empty: commercial managers
	Notice      []int       `json:"notice,omitempty"`      // days before notice is too late, at which people are told
	DecideBy    int         `json:"decide_by,omitempty"`   // days before that, by which somebody decides
	Certificate []int       `json:"certificate,omitempty"` // days before a certificate expires, ditto
	Refresh     []int       `json:"refresh,omitempty"`     // days before what is looked at again is due, ditto
	Channel     string      `json:"channel,omitempty"`     // Slack channel id in which suppliers and their reviews have a card; contracts have none
}

// TierTerms are how often what is done for suppliers of a tier: in whole periods, or
// months after it was done last.
type TierTerms struct {
	Tier         SupplierTier `json:"tier"`
	Performance  Frequency    `json:"performance"`
	Contract     Frequency    `json:"contract"`
	Executive    Frequency    `json:"executive,omitempty"` // empty: no executive review
	DueDiligence int          `json:"due_diligence"`       // months
	ExitTest     int          `json:"exit_test,omitempty"` // months; 0: the exit plan is not tested
}

// Bounds on a supplier policy.
const (
	maxAlerts    = 20
	maxAlertDays = 3 * 366
	maxRefresh   = 60 // months
)

// DefaultSupplierPolicy is what a catalog that says nothing has.
var DefaultSupplierPolicy = SupplierPolicy{
	Tiers: []TierTerms{
		{Tier: TierCritical, Performance: Monthly, Contract: HalfYearly, Executive: Quarterly, DueDiligence: 12, ExitTest: 12},
		{Tier: TierImportant, Performance: Quarterly, Contract: Yearly, Executive: Yearly, DueDiligence: 24},
		{Tier: TierStandard, Performance: HalfYearly, Contract: Yearly, DueDiligence: 24},
	},
	Weights: DefaultWeights,
	Collect: Length{Days: 5}, Meet: Length{Days: 10}, SignOff: Length{Days: 15}, Corrective: Length{Days: 5},
	Decide: Length{Time: 5 * day}, Deciders: CommercialManager,
	Notice: []int{180, 120, 90, 30, 14, 7, 1}, DecideBy: 90, Certificate: []int{90, 60, 30}, Refresh: []int{30, 7},
}

// Filled is the policy with the defaults in what it does not say.
func (p *SupplierPolicy) Filled() SupplierPolicy {
	t, d := *p, &DefaultSupplierPolicy
	for _, one := range []struct{ said, usual *Length }{
		{&t.Collect, &d.Collect},
		{&t.Meet, &d.Meet},
		{&t.SignOff, &d.SignOff},
		{&t.Corrective, &d.Corrective},
		{&t.Decide, &d.Decide},
	} {
		if one.said.IsZero() {
			*one.said = *one.usual
		}
	}
	for _, one := range []struct{ said, usual *[]int }{{&t.Notice, &d.Notice}, {&t.Certificate, &d.Certificate}, {&t.Refresh, &d.Refresh}} {
		if len(*one.said) == 0 {
			*one.said = *one.usual
		}
	}
	t.Tiers = slices.Clone(t.Tiers)
	for _, usual := range d.Tiers {
		if !slices.ContainsFunc(t.Tiers, func(o TierTerms) bool { return o.Tier == usual.Tier }) {
			t.Tiers = append(t.Tiers, usual)
		}
	}
	if len(t.Weights) == 0 {
		t.Weights = d.Weights
	}
	if t.Deciders == "" {
		t.Deciders = d.Deciders
	}
	if t.DecideBy == 0 {
		t.DecideBy = d.DecideBy
	}
	return t
}

// Of are the terms of a tier.
func (p *SupplierPolicy) Of(t SupplierTier) TierTerms {
	filled := p.Filled()
	terms, _ := find(filled.Tiers, func(o TierTerms) bool { return o.Tier == t })
	return terms
}

// deciding is how others are asked about a contract.
func (p *SupplierPolicy) deciding() Stage {
	return Stage{
		Name: "Contract", ExpireAfter: Duration(p.Decide.Time),
		Factors: []Factor{{Name: "Deciders", Who: Group{Role: p.Deciders}, Need: Need{Count: 1}, Backup: Group{Role: SupplierManager}}},
	}
}

func (k *catalogCheck) checkSuppliers() {
	p, at := &k.c.Supplier, "/supplier_policy"
	k.calendar(at+"/calendar", p.Calendar)
	k.optional(at+"/channel", p.Channel, slackPlace, "a Slack channel id such as C0SUPPLIERS; it is at the end of the channel's details in Slack")
	for _, one := range []struct {
		at     string
		length Length
	}{{"collect", p.Collect}, {"meet", p.Meet}, {"sign_off", p.SignOff}, {"corrective", p.Corrective}} {
		k.length(at+"/"+one.at, one.length, p.Calendar)
	}
	if d := p.Decide; !d.IsZero() && (d.Days != 0 || d.Time < MinLength || d.Time > MaxLength) {
		k.add(at+"/decide", "must be a time between %s and %.0fh, which counts around the clock", MinLength, MaxLength.Hours())
	}
	f := p.Filled()
	k.before(at+"/collect", f.Collect, "meet", f.Meet)
	k.before(at+"/meet", f.Meet, "sign_off", f.SignOff)
	k.tierTerms(at+"/tiers", p.Tiers)
	k.weights(at+"/weights", p.Weights)
	if p.Deciders != "" {
		oneOf(&k.faults, at+"/deciders", p.Deciders, grants[DecideContracts])
	}
	k.alertDays(at+"/notice", p.Notice)
	k.alertDays(at+"/certificate", p.Certificate)
	k.alertDays(at+"/refresh", p.Refresh)
	if p.DecideBy < 0 || p.DecideBy > maxAlertDays {
		k.add(at+"/decide_by", "must be between 1 and %d days", maxAlertDays)
	}
}

func (k *catalogCheck) tierTerms(at string, tiers []TierTerms) {
	k.atMost(at, len(tiers), len(SupplierTiers))
	named := seen{}
	for n, t := range tiers[:min(len(tiers), len(SupplierTiers))] {
		here := fmt.Sprintf("%s/%d", at, n)
		if oneOf(&k.faults, here+"/tier", t.Tier, SupplierTiers) {
			k.once(here+"/tier", string(t.Tier), named)
		}
		oneOf(&k.faults, here+"/performance", t.Performance, Frequencies)
		oneOf(&k.faults, here+"/contract", t.Contract, Frequencies)
		if t.Executive != "" {
			oneOf(&k.faults, here+"/executive", t.Executive, Frequencies)
		}
		if t.DueDiligence < 1 || t.DueDiligence > maxRefresh {
			k.add(here+"/due_diligence", "must be between 1 and %d months", maxRefresh)
		}
		if t.ExitTest < 0 || t.ExitTest > maxRefresh {
			k.add(here+"/exit_test", "must be between 1 and %d months, or 0 where none is tested", maxRefresh)
		}
	}
}

// alertDays checks the days before a date at which people are told.
func (k *catalogCheck) alertDays(at string, days []int) {
	k.atMost(at, len(days), maxAlerts)
	named := seen{}
	for n, d := range days[:min(len(days), maxAlerts)] {
		here := fmt.Sprintf("%s/%d", at, n)
		if d < 1 || d > maxAlertDays {
			k.add(here, "must be between 1 and %d days", maxAlertDays)
		}
		k.once(here, fmt.Sprint(d), named)
	}
}
