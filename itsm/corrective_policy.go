package itsm

import (
	"fmt"
	"slices"
	"time"
)

// CorrectivePolicy is how corrective actions are handled (10.1). A record keeps the
// version that it began with for life. Zero values are the defaults.
type CorrectivePolicy struct {
	Calendar    CalendarID         `json:"calendar,omitempty"`    // in whose hours the targets count; empty: around the clock
	Targets     []CorrectiveTarget `json:"targets,omitempty"`     // by severity; those left out are the defaults
	VerifyAfter Length             `json:"verify_after,omitzero"` // until its effect shows, where the plan does not say
	Accept      Length             `json:"accept,omitzero"`       // until nobody is asked any more about a plan
}

// CorrectiveTarget is how long each stage may take at some severity.
type CorrectiveTarget struct {
	Severity    Severity `json:"severity"`
	Acknowledge Length   `json:"acknowledge,omitzero"` // from its record
	Cause       Length   `json:"cause,omitzero"`       // from its acknowledgement, or since it was not effective
	Plan        Length   `json:"plan,omitzero"`        // to be accepted, from the cause
	Implement   Length   `json:"implement,omitzero"`   // from its plan
	Verify      Length   `json:"verify,omitzero"`      // from when its effect shows
}

// The clocks of a corrective action: each stage has its own.
const (
	AcknowledgementClock ClockKind = "acknowledgement"
	CauseClock           ClockKind = "cause"
	PlanClock            ClockKind = "plan"
	ImplementationClock  ClockKind = "implementation"
	VerificationClock    ClockKind = "verification"
)

// CorrectiveClockKinds is every ClockKind of a corrective action.
var CorrectiveClockKinds = []ClockKind{AcknowledgementClock, CauseClock, PlanClock, ImplementationClock, VerificationClock}

// CorrectivePercents are the parts of a target at which people are told of a
// corrective action: its owner once, before it is late.
var CorrectivePercents = []int{80, PercentMissed, PercentOverdue}

// DefaultCorrectivePolicy is what a catalog that says nothing has.
var DefaultCorrectivePolicy = CorrectivePolicy{
	Targets: []CorrectiveTarget{
		{SeverityCritical, Length{Days: 1}, Length{Days: 5}, Length{Days: 3}, Length{Days: 20}, Length{Days: 5}},
		{SeverityMajor, Length{Days: 2}, Length{Days: 10}, Length{Days: 5}, Length{Days: 30}, Length{Days: 10}},
		{SeverityMinor, Length{Days: 5}, Length{Days: 20}, Length{Days: 10}, Length{Days: 60}, Length{Days: 20}},
	},
	VerifyAfter: Length{Time: 30 * day}, Accept: Length{Time: 5 * day},
}

// lengths are those of a target's stages, as CorrectiveClockKinds has them.
func (t *CorrectiveTarget) lengths() []*Length {
	return []*Length{&t.Acknowledge, &t.Cause, &t.Plan, &t.Implement, &t.Verify}
}

// Filled is the policy with the defaults in what it does not say.
func (p *CorrectivePolicy) Filled() CorrectivePolicy {
	filled := *p
	filled.Targets = slices.Clone(p.Targets)
	for _, usual := range DefaultCorrectivePolicy.Targets {
		n := slices.IndexFunc(filled.Targets, func(t CorrectiveTarget) bool { return t.Severity == usual.Severity })
		if n < 0 {
			filled.Targets = append(filled.Targets, usual)
			continue
		}
		said := filled.Targets[n].lengths()
		for k, l := range usual.lengths() {
			if said[k].IsZero() {
				*said[k] = *l
			}
		}
	}
	if filled.VerifyAfter.IsZero() {
		filled.VerifyAfter = DefaultCorrectivePolicy.VerifyAfter
	}
	if filled.Accept.IsZero() {
		filled.Accept = DefaultCorrectivePolicy.Accept
	}
	return filled
}

// target is how long a stage may take at a severity.
func (p *CorrectivePolicy) target(k ClockKind, s Severity) Length {
	t, _ := find(p.Targets, func(t CorrectiveTarget) bool { return t.Severity == s })
	return *t.lengths()[slices.Index(CorrectiveClockKinds, k)]
}

// acceptance is how others are asked whether a plan is carried out.
func (p *CorrectivePolicy) acceptance() Stage {
	return Stage{
		Name: "Plan", ExpireAfter: Duration(p.Accept.Time),
		Factors: []Factor{{
			Name: "Quality managers", Who: Group{Role: QualityManager}, Need: Need{Count: 1}, Exclude: []Exclusion{ExcludeImplementer},
		}},
	}
}

// OpenPlan opens the decision on a plan, as a policy has it, with the people of the
// catalog.
func (c *Catalog) OpenPlan(p CorrectivePolicy, ask Matter, at time.Time) (Opening, error) {
	filled := p.Filled()
	return c.ask(filled.acceptance(), ask, at)
}

func (k *catalogCheck) checkCorrective() {
	p, at := &k.c.Corrective, "/corrective_policy"
	k.calendar(at+"/calendar", p.Calendar)
	k.atMost(at+"/targets", len(p.Targets), len(Severities))
	told := seen{}
	for i, t := range p.Targets[:min(len(p.Targets), len(Severities))] {
		here := fmt.Sprintf("%s/targets/%d", at, i)
		if oneOf(&k.faults, here+"/severity", t.Severity, Severities) {
			k.once(here+"/severity", string(t.Severity), told)
		}
		for n, name := range []string{"acknowledge", "cause", "plan", "implement", "verify"} {
			k.length(here+"/"+name, *t.lengths()[n], p.Calendar)
		}
	}
	k.clockless(at+"/verify_after", p.VerifyAfter, 366*day)
	k.clockless(at+"/accept", p.Accept, MaxLength)
}
