package itsm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// RiskTier is how much scrutiny a change gets before it is authorised.
type RiskTier string

// The tiers.
const (
	RiskLow    RiskTier = "low"
	RiskMedium RiskTier = "medium"
	RiskHigh   RiskTier = "high"
)

// RiskTiers is every RiskTier, in rising order.
var RiskTiers = []RiskTier{RiskLow, RiskMedium, RiskHigh}

// Above reports whether t asks for more scrutiny than other. What is no tier is
// above none.
func (t RiskTier) Above(other RiskTier) bool {
	return slices.Index(RiskTiers, t) > slices.Index(RiskTiers, other)
}

// RiskDimension is one of the sides that the risk of a change is judged from.
type RiskDimension string

// The dimensions; each is also the field's name in Risk's JSON.
const (
	RiskComplexity     RiskDimension = "complexity"
	RiskBusinessImpact RiskDimension = "business_impact"
	RiskRollback       RiskDimension = "rollback"
	RiskTestCoverage   RiskDimension = "test_coverage"
	RiskRecentChurn    RiskDimension = "recent_churn"
)

// RiskDimensions is every RiskDimension, in the order in which people are asked.
var RiskDimensions = []RiskDimension{
	RiskComplexity, RiskBusinessImpact, RiskRollback, RiskTestCoverage, RiskRecentChurn,
}

// Words says the dimension as a person would.
func (d RiskDimension) Words() string { return strings.ReplaceAll(string(d), "_", " ") }

// Ends says what the least and the greatest value of the dimension mean, so that
// two people who judge the same change come to the same number.
func (d RiskDimension) Ends() (one, five string) {
	switch d {
	case RiskComplexity:
		return "one step that is done every week", "many parts and teams that must move together"
	case RiskBusinessImpact:
		return "nobody notices if it goes wrong", "customers cannot work if it goes wrong"
	case RiskRollback:
		return "undone in minutes, and that was rehearsed", "cannot be undone"
	case RiskTestCoverage:
		return "tested in full where it is as in production", "not tested at all"
	case RiskRecentChurn:
		return "what it touches has not changed for months", "what it touches changes all the time, or failed lately"
	}
	return "", ""
}

// MinRisk and MaxRisk are the ends of the scale of every dimension; five is the
// riskiest in each, so a 5 in test coverage means that nothing was tested.
const (
	MinRisk = 1
	MaxRisk = 5
)

// Risk is how the requester judges a change, each dimension from 1 to 5.
// RiskDimension.Ends says what the two ends mean.
type Risk struct {
	Complexity     int `json:"complexity"`      // 1: one routine step; 5: many parts and teams
	BusinessImpact int `json:"business_impact"` // 1: nobody notices a failure; 5: customers cannot work
	Rollback       int `json:"rollback"`        // 1: undone in minutes, rehearsed; 5: cannot be undone
	TestCoverage   int `json:"test_coverage"`   // 1: tested in full; 5: not tested at all
	RecentChurn    int `json:"recent_churn"`    // 1: unchanged for months; 5: changes all the time
}

// Of is the value of one dimension; 0 for what is no dimension.
func (r Risk) Of(d RiskDimension) int {
	switch d {
	case RiskComplexity:
		return r.Complexity
	case RiskBusinessImpact:
		return r.BusinessImpact
	case RiskRollback:
		return r.Rollback
	case RiskTestCoverage:
		return r.TestCoverage
	case RiskRecentChurn:
		return r.RecentChurn
	}
	return 0
}

// Sum adds up the dimensions: from 5 to 25 when each is within its scale.
func (r Risk) Sum() int {
	sum := 0
	for _, d := range RiskDimensions {
		sum += r.Of(d)
	}
	return sum
}

// faults names every dimension that is off its scale. A risk that was not
// assessed has none: Score takes it for high.
func (r *Risk) faults(at string) []Field {
	var f faults
	if r == nil {
		return nil
	}
	for _, d := range RiskDimensions {
		if v := r.Of(d); v < MinRisk || v > MaxRisk {
			f.add(at+"/"+string(d), "must be from %d to %d", MinRisk, MaxRisk)
		}
	}
	return f
}

// The thresholds of a policy that names none.
const (
	DefaultMediumFrom = 11
	DefaultHighFrom   = 18
)

// RiskPolicy says which tier a change falls into. It is pinned with the change
// policy that holds it.
type RiskPolicy struct {
	MediumFrom int        `json:"medium_from,omitempty"` // least sum that is medium; zero: DefaultMediumFrom
	HighFrom   int        `json:"high_from,omitempty"`   // least sum that is high; zero: DefaultHighFrom
	Rules      []RiskRule `json:"rules,omitempty"`
}

// RiskRule puts a change into at least a tier, whatever its dimensions add up to.
type RiskRule struct {
	When    RiskCondition `json:"when"`
	Tier    RiskTier      `json:"tier"`
	Because string        `json:"because"` // a full sentence; approvers read it as it is
}

// RiskCondition holds when every part that is given holds.
type RiskCondition struct {
	Services            []ServiceID   `json:"services,omitempty"`              // it is one of these
	Criticality         []Criticality `json:"criticality,omitempty"`           // the service's is one of these
	Dimension           RiskDimension `json:"dimension,omitempty"`             // with AtLeast
	AtLeast             int           `json:"at_least,omitempty"`              // the dimension is this or more
	NoTestPlan          bool          `json:"no_test_plan,omitempty"`          // it has none
	NoWindow            bool          `json:"no_window,omitempty"`             // it is to start as soon as it is approved
	BackoutOver         Duration      `json:"backout_over,omitempty"`          // the planned backout takes longer
	BackoutBeyondWindow bool          `json:"backout_beyond_window,omitempty"` // the backout takes longer than the window is
}

// RiskFacts is all of a change that its risk depends on.
type RiskFacts struct {
	Risk           *Risk // nil: not assessed
	Service        Service
	TestPlan       string
	BackoutMinutes int     // zero: not said
	Window         *Window // nil: as soon as it is approved
}

// RiskScore is the tier of a change and why it is in it.
type RiskScore struct {
	Tier    RiskTier `json:"tier"`
	Score   int      `json:"score"`   // the sum of the dimensions; 0 when they were not all assessed
	Reasons []string `json:"reasons"` // sentences; those that reached the tier come first, so there is always one
}

// Score finds the tier of a change: the highest that the sum of its dimensions or
// any rule reaches. A reason that reached a lower tier is kept as well, after
// those that decided.
func (p RiskPolicy) Score(f RiskFacts) RiskScore {
	sum, tier, reason := p.assess(f.Risk)
	reached := make(map[RiskTier][]string)
	reached[tier] = []string{reason}
	for _, r := range p.Rules {
		if r.When.holds(f) {
			reached[r.Tier] = append(reached[r.Tier], r.Because)
		}
	}
	score := RiskScore{Score: sum}
	for _, t := range slices.Backward(RiskTiers) {
		if score.Tier == "" && len(reached[t]) > 0 {
			score.Tier = t
		}
		for _, because := range reached[t] {
			if !slices.Contains(score.Reasons, because) {
				score.Reasons = append(score.Reasons, because)
			}
		}
	}
	return score
}

// assess is the tier that the dimensions alone reach, and why. What is missing
// counts as the worst: nobody gets past an approver by leaving a question out.
func (p RiskPolicy) assess(r *Risk) (sum int, tier RiskTier, reason string) {
	switch {
	case r == nil:
		return 0, RiskHigh, "Its risk was not assessed, so it is taken for high."
	case len(r.faults("")) > 0:
		return 0, RiskHigh, "Its risk was not assessed in full, so it is taken for high."
	}
	sum = r.Sum()
	reason = fmt.Sprintf("The five dimensions add up to %d of %d; ", sum, maxRiskSum)
	switch medium, high := p.thresholds(); {
	case sum >= high:
		return sum, RiskHigh, reason + fmt.Sprintf("%d and more is high.", high)
	case sum >= medium:
		return sum, RiskMedium, reason + fmt.Sprintf("%d and more is medium, %d and more is high.", medium, high)
	default:
		return sum, RiskLow, reason + fmt.Sprintf("less than %d is low.", medium)
	}
}

func (p RiskPolicy) thresholds() (medium, high int) {
	return cmp.Or(p.MediumFrom, DefaultMediumFrom), cmp.Or(p.HighFrom, DefaultHighFrom)
}

func (c *RiskCondition) holds(f RiskFacts) bool {
	switch {
	case len(c.Services) > 0 && !slices.Contains(c.Services, f.Service.ID),
		len(c.Criticality) > 0 && !slices.Contains(c.Criticality, f.Service.Criticality),
		c.Dimension != "" && (f.Risk == nil || f.Risk.Of(c.Dimension) < c.AtLeast),
		c.NoTestPlan && strings.TrimSpace(f.TestPlan) != "",
		c.NoWindow && f.Window != nil,
		c.BackoutOver > 0 && !f.backoutOver(time.Duration(c.BackoutOver)),
		c.BackoutBeyondWindow && (f.Window == nil || !f.backoutOver(f.Window.End.Sub(f.Window.Start))):
		return false
	}
	return true
}

// backoutOver compares in whole minutes, which is exact because the backout is
// given in them, and does not overflow as a product would.
func (f RiskFacts) backoutOver(limit time.Duration) bool {
	return f.BackoutMinutes > int(limit/time.Minute)
}

// Bounds on a risk policy.
const (
	maxRiskRules    = 100
	maxRuleServices = 100
	maxBecause      = 200
	minRiskSum      = 5 * MinRisk
	maxRiskSum      = 5 * MaxRisk
)

// faults names what is wrong with the policy against the catalog's services, whose
// ids come sorted.
func (p *RiskPolicy) faults(at string, knownServices []string) []Field {
	k := catalogCheck{services: knownServices}
	medium, high := p.thresholds()
	k.threshold(at+"/medium_from", medium)
	k.threshold(at+"/high_from", high)
	if medium >= high {
		k.add(at+"/medium_from", "is %d and must be less than high_from, which is %d, or nothing is medium", medium, high)
	}
	k.atMost(at+"/rules", len(p.Rules), maxRiskRules)
	for i, r := range p.Rules {
		k.riskRule(fmt.Sprintf("%s/rules/%d", at, i), r)
	}
	return k.faults
}

func (k *catalogCheck) threshold(at string, from int) {
	if from <= minRiskSum || from > maxRiskSum {
		k.add(at, "must be from %d to %d", minRiskSum+1, maxRiskSum)
	}
}

func (k *catalogCheck) riskRule(at string, r RiskRule) {
	if oneOf(&k.faults, at+"/tier", r.Tier, RiskTiers) && !r.Tier.Above(RiskLow) {
		k.add(at+"/tier", "is low, which every change is already; a rule can only raise the tier")
	}
	k.line(at+"/because", r.Because, maxBecause)
	if r.When.empty() {
		k.add(at+"/when", "names no condition, so it would hold for every change; say when it holds")
		return
	}
	k.riskCondition(at+"/when", r.When)
}

func (c *RiskCondition) empty() bool {
	return len(c.Services) == 0 && len(c.Criticality) == 0 && c.Dimension == "" && c.AtLeast == 0 &&
		!c.NoTestPlan && !c.NoWindow && c.BackoutOver == 0 && !c.BackoutBeyondWindow
}

func (k *catalogCheck) riskCondition(at string, c RiskCondition) {
	k.atMost(at+"/services", len(c.Services), maxRuleServices)
	services, criticalities := seen{}, seen{}
	for i, id := range c.Services {
		p := fmt.Sprintf("%s/services/%d", at, i)
		k.known(p, "service", string(id), k.services)
		k.once(p, string(id), services)
	}
	for i, level := range c.Criticality {
		p := fmt.Sprintf("%s/criticality/%d", at, i)
		oneOf(&k.faults, p, level, Criticalities)
		k.once(p, string(level), criticalities)
	}
	switch {
	case c.Dimension == "" && c.AtLeast != 0:
		k.add(at+"/dimension", "is needed with at_least: %s", list(RiskDimensions))
	case c.Dimension != "" && oneOf(&k.faults, at+"/dimension", c.Dimension, RiskDimensions) && (c.AtLeast < MinRisk || c.AtLeast > MaxRisk):
		k.add(at+"/at_least", "must be from %d to %d", MinRisk, MaxRisk)
	}
	if over := time.Duration(c.BackoutOver); over < 0 || over > MaxWindow {
		k.add(at+"/backout_over", "must be longer than 0s, and at most 720h (30 days)")
	}
	if c.NoWindow && c.BackoutBeyondWindow {
		k.add(at+"/backout_beyond_window", "can never hold together with no_window; make two rules of them")
	}
}
