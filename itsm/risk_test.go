package itsm

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func risk(complexity, impact, rollback, coverage, churn int) *Risk {
	return &Risk{complexity, impact, rollback, coverage, churn}
}

func TestTheTiersRise(t *testing.T) {
	for i, lower := range RiskTiers {
		require.False(t, lower.Above(lower))
		require.True(t, lower.Above("severe"), "what is no tier is above none")
		for _, higher := range RiskTiers[i+1:] {
			require.True(t, higher.Above(lower))
			require.False(t, lower.Above(higher))
		}
	}
}

func TestTheDimensionsAreTheFieldsOfARisk(t *testing.T) {
	text, err := json.Marshal(risk(1, 2, 3, 4, 5))
	require.NoError(t, err)
	var fields map[RiskDimension]int
	require.NoError(t, json.Unmarshal(text, &fields))
	require.Len(t, fields, len(RiskDimensions))
	for i, d := range RiskDimensions {
		require.Equal(t, i+1, fields[d], d)
		require.Equal(t, i+1, risk(1, 2, 3, 4, 5).Of(d), d)
		one, five := d.Ends()
		require.NotEmpty(t, one, d)
		require.NotEmpty(t, five, d)
		require.NotContains(t, d.Words(), "_")
	}
	require.Equal(t, 15, risk(1, 2, 3, 4, 5).Sum())
	require.Zero(t, risk(1, 2, 3, 4, 5).Of("luck"))
	require.Equal(t, "business impact", RiskBusinessImpact.Words())
}

func TestRiskFaults(t *testing.T) {
	require.Empty(t, risk(1, 5, 3, 1, 5).faults("/risk"))
	require.Empty(t, (*Risk)(nil).faults("/risk"), "whether it is assessed is not for this check to say")
	require.Equal(t, []Field{
		{"/risk/complexity", "must be from 1 to 5"},
		{"/risk/recent_churn", "must be from 1 to 5"},
	}, risk(0, 1, 2, 3, 6).faults("/risk"))
}

func TestTheSumReachesATier(t *testing.T) {
	own := RiskPolicy{MediumFrom: 8, HighFrom: 9}
	for _, row := range []struct {
		name   string
		policy RiskPolicy
		risk   *Risk
		want   RiskScore
	}{
		{"the least", RiskPolicy{}, risk(1, 1, 1, 1, 1), RiskScore{RiskLow, 5, []string{"The five dimensions add up to 5 of 25; less than 11 is low."}}},
		{"the most of low", RiskPolicy{}, risk(2, 2, 2, 2, 2), RiskScore{RiskLow, 10, []string{"The five dimensions add up to 10 of 25; less than 11 is low."}}},
		{"the least of medium", RiskPolicy{}, risk(3, 2, 2, 2, 2), RiskScore{RiskMedium, 11, []string{"The five dimensions add up to 11 of 25; 11 and more is medium, 18 and more is high."}}},
		{"the most of medium", RiskPolicy{}, risk(5, 5, 5, 1, 1), RiskScore{RiskMedium, 17, []string{"The five dimensions add up to 17 of 25; 11 and more is medium, 18 and more is high."}}},
		{"the least of high", RiskPolicy{}, risk(5, 5, 5, 2, 1), RiskScore{RiskHigh, 18, []string{"The five dimensions add up to 18 of 25; 18 and more is high."}}},
		{"the most", RiskPolicy{}, risk(5, 5, 5, 5, 5), RiskScore{RiskHigh, 25, []string{"The five dimensions add up to 25 of 25; 18 and more is high."}}},
		{"under its own medium", own, risk(3, 1, 1, 1, 1), RiskScore{RiskLow, 7, []string{"The five dimensions add up to 7 of 25; less than 8 is low."}}},
		{"at its own high", own, risk(5, 1, 1, 1, 1), RiskScore{RiskHigh, 9, []string{"The five dimensions add up to 9 of 25; 9 and more is high."}}},
		{"not assessed", RiskPolicy{}, nil, RiskScore{RiskHigh, 0, []string{"Its risk was not assessed, so it is taken for high."}}},
		{"a dimension left out", RiskPolicy{}, risk(1, 1, 1, 0, 1), RiskScore{RiskHigh, 0, []string{"Its risk was not assessed in full, so it is taken for high."}}},
		{"so much that it overflows", RiskPolicy{}, risk(math.MaxInt, 1, 1, 1, 1), RiskScore{RiskHigh, 0, []string{"Its risk was not assessed in full, so it is taken for high."}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			require.Equal(t, row.want, row.policy.Score(RiskFacts{Risk: row.risk}))
		})
	}
}

func twoHours() *Window {
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return &Window{Start: start, End: start.Add(2 * time.Hour)}
}

func TestWhenARuleHolds(t *testing.T) {
	facts := func(change func(*RiskFacts)) RiskFacts {
		f := RiskFacts{
			Risk: risk(1, 1, 4, 1, 1), Service: Service{ID: "website", Criticality: High}, TestPlan: "Staging.",
			BackoutMinutes: 60, Window: twoHours(),
		}
		change(&f)
		return f
	}
	asIs := func(*RiskFacts) {}
	for _, row := range []struct {
		name  string
		when  RiskCondition
		facts RiskFacts
		holds bool
	}{
		{"one of the services", RiskCondition{Services: []ServiceID{"payments", "website"}}, facts(asIs), true},
		{"another service", RiskCondition{Services: []ServiceID{"payments"}}, facts(asIs), false},
		{"one of the criticalities", RiskCondition{Criticality: []Criticality{High, Critical}}, facts(asIs), true},
		{"another criticality", RiskCondition{Criticality: []Criticality{Critical}}, facts(asIs), false},
		{"a dimension at the mark", RiskCondition{Dimension: RiskRollback, AtLeast: 4}, facts(asIs), true},
		{"a dimension under it", RiskCondition{Dimension: RiskRollback, AtLeast: 5}, facts(asIs), false},
		{"a dimension not assessed", RiskCondition{Dimension: RiskRollback, AtLeast: 1}, facts(func(f *RiskFacts) { f.Risk = nil }), false},
		{"a test plan", RiskCondition{NoTestPlan: true}, facts(asIs), false},
		{"a test plan of blanks", RiskCondition{NoTestPlan: true}, facts(func(f *RiskFacts) { f.TestPlan = " \n" }), true},
		{"a window", RiskCondition{NoWindow: true}, facts(asIs), false},
		{"no window", RiskCondition{NoWindow: true}, facts(func(f *RiskFacts) { f.Window = nil }), true},
		{"a backout as long as may be", RiskCondition{BackoutOver: Duration(time.Hour)}, facts(asIs), false},
		{"a backout a second longer", RiskCondition{BackoutOver: Duration(time.Hour - time.Second)}, facts(asIs), true},
		{"a backout not said", RiskCondition{BackoutOver: Duration(time.Second)}, facts(func(f *RiskFacts) { f.BackoutMinutes = 0 }), false},
		{"a backout for ever", RiskCondition{BackoutOver: Duration(time.Hour)}, facts(func(f *RiskFacts) { f.BackoutMinutes = math.MaxInt }), true},
		{"a backout as long as the window", RiskCondition{BackoutBeyondWindow: true}, facts(func(f *RiskFacts) { f.BackoutMinutes = 120 }), false},
		{"a backout a minute longer", RiskCondition{BackoutBeyondWindow: true}, facts(func(f *RiskFacts) { f.BackoutMinutes = 121 }), true},
		{"a backout and no window", RiskCondition{BackoutBeyondWindow: true}, facts(func(f *RiskFacts) { f.Window = nil }), false},
		{"all parts", RiskCondition{Services: []ServiceID{"website"}, Dimension: RiskRollback, AtLeast: 4}, facts(asIs), true},
		{"all parts but one", RiskCondition{Services: []ServiceID{"website"}, Dimension: RiskRollback, AtLeast: 4, NoTestPlan: true}, facts(asIs), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := RiskPolicy{Rules: []RiskRule{{When: row.when, Tier: RiskHigh, Because: "It is so."}}}
			require.Equal(t, row.holds, slices.Contains(p.Score(row.facts).Reasons, "It is so."))
		})
	}
}

func TestTheHighestTierWinsAndItsReasonsComeFirst(t *testing.T) {
	p := RiskPolicy{Rules: []RiskRule{
		{RiskCondition{NoWindow: true}, RiskMedium, "It has no window."},
		{RiskCondition{NoTestPlan: true}, RiskHigh, "Nobody says how it is tested."},
		{RiskCondition{Criticality: []Criticality{Critical}}, RiskHigh, "Customers pay through it."},
		{RiskCondition{Services: []ServiceID{"website"}}, RiskHigh, "Nobody says how it is tested."},
	}}
	require.Equal(t, RiskScore{RiskHigh, 12, []string{
		"Nobody says how it is tested.",
		"The five dimensions add up to 12 of 25; 11 and more is medium, 18 and more is high.",
		"It has no window.",
	}}, p.Score(RiskFacts{Risk: risk(3, 3, 2, 2, 2), Service: Service{ID: "website"}}))
}

func TestASoundRiskPolicyHasNoFault(t *testing.T) {
	for _, p := range []RiskPolicy{{}, {MediumFrom: 6, HighFrom: 25}, {HighFrom: 12}, soundRiskPolicy()} {
		require.Empty(t, p.faults("/change_policy/risk", []string{"payments", "website"}))
	}
}

func soundRiskPolicy() RiskPolicy {
	return RiskPolicy{MediumFrom: 9, HighFrom: 15, Rules: []RiskRule{{
		When: RiskCondition{
			Services: []ServiceID{"website"}, Criticality: []Criticality{High, Critical}, Dimension: RiskRollback, AtLeast: 4,
			NoTestPlan: true, BackoutOver: Duration(MaxWindow), BackoutBeyondWindow: true,
		},
		Tier: RiskHigh, Because: "It can hardly be undone.",
	}}}
}

func TestRiskPolicyFaults(t *testing.T) {
	rule := func(spoil func(*RiskRule)) func(*RiskPolicy) {
		return func(p *RiskPolicy) { spoil(&p.Rules[0]) }
	}
	when := func(spoil func(*RiskCondition)) func(*RiskPolicy) {
		return func(p *RiskPolicy) { spoil(&p.Rules[0].When) }
	}
	for _, row := range []struct {
		name  string
		spoil func(*RiskPolicy)
		field Field
	}{
		{"a threshold below every sum", func(p *RiskPolicy) { p.MediumFrom = 5 }, Field{"/risk/medium_from", "must be from 6 to 25"}},
		{"a negative one", func(p *RiskPolicy) { p.MediumFrom = -1 }, Field{"/risk/medium_from", "must be from 6 to 25"}},
		{"one above every sum", func(p *RiskPolicy) { p.HighFrom = 26 }, Field{"/risk/high_from", "must be from 6 to 25"}},
		{"nothing medium", func(p *RiskPolicy) { p.MediumFrom = 15 }, Field{"/risk/medium_from", "is 15 and must be less than high_from, which is 15, or nothing is medium"}},
		{"nothing medium by default", func(p *RiskPolicy) { *p = RiskPolicy{HighFrom: 10} }, Field{"/risk/medium_from", "is 11 and must be less than high_from, which is 10, or nothing is medium"}},
		{"too many rules", func(p *RiskPolicy) { p.Rules = slices.Repeat(p.Rules, 101) }, Field{"/risk/rules", "has 101 entries; 100 is the most"}},
		{"no reason", rule(func(r *RiskRule) { r.Because = " " }), Field{"/risk/rules/0/because", "is needed"}},
		{"a reason of two lines", rule(func(r *RiskRule) { r.Because = "It\nis." }), Field{"/risk/rules/0/because", "must be one line"}},
		{"a long reason", rule(func(r *RiskRule) { r.Because = strings.Repeat("é", 201) }), Field{"/risk/rules/0/because", "has 201 characters; 200 is the most"}},
		{"no tier", rule(func(r *RiskRule) { r.Tier = "" }), Field{"/risk/rules/0/tier", "is needed: low, medium or high"}},
		{"an unknown tier", rule(func(r *RiskRule) { r.Tier = "hihg" }), Field{"/risk/rules/0/tier", `"hihg" is not low, medium or high; did you mean high?`}},
		{"a useless tier", rule(func(r *RiskRule) { r.Tier = RiskLow }), Field{"/risk/rules/0/tier", "is low, which every change is already; a rule can only raise the tier"}},
		{"no condition", rule(func(r *RiskRule) { r.When = RiskCondition{} }), Field{"/risk/rules/0/when", "names no condition, so it would hold for every change; say when it holds"}},
		{"an unknown service", when(func(c *RiskCondition) { c.Services[0] = "websit" }), Field{"/risk/rules/0/when/services/0", "no service here is called websit; did you mean website?"}},
		{"a service twice", when(func(c *RiskCondition) { c.Services = []ServiceID{"website", "website"} }), Field{"/risk/rules/0/when/services/1", "website is already at /risk/rules/0/when/services/0; it can be there only once"}},
		{"too many services", when(func(c *RiskCondition) { c.Services = slices.Repeat(c.Services, 101) }), Field{"/risk/rules/0/when/services", "has 101 entries; 100 is the most"}},
		{"an unknown criticality", when(func(c *RiskCondition) { c.Criticality[1] = "critcal" }), Field{"/risk/rules/0/when/criticality/1", `"critcal" is not low, medium, high or critical; did you mean critical?`}},
		{"a criticality twice", when(func(c *RiskCondition) { c.Criticality[1] = High }), Field{"/risk/rules/0/when/criticality/1", "high is already at /risk/rules/0/when/criticality/0; it can be there only once"}},
		{"an unknown dimension", when(func(c *RiskCondition) { c.Dimension = "rolback" }), Field{"/risk/rules/0/when/dimension", `"rolback" is not complexity, business_impact, rollback, test_coverage or recent_churn; did you mean rollback?`}},
		{"at least, of nothing", when(func(c *RiskCondition) { c.Dimension = "" }), Field{"/risk/rules/0/when/dimension", "is needed with at_least: complexity, business_impact, rollback, test_coverage or recent_churn"}},
		{"at least, and nothing else", when(func(c *RiskCondition) { *c = RiskCondition{AtLeast: 3} }), Field{"/risk/rules/0/when/dimension", "is needed with at_least: complexity, business_impact, rollback, test_coverage or recent_churn"}},
		{"a dimension without a mark", when(func(c *RiskCondition) { c.AtLeast = 0 }), Field{"/risk/rules/0/when/at_least", "must be from 1 to 5"}},
		{"a mark nobody reaches", when(func(c *RiskCondition) { c.AtLeast = 6 }), Field{"/risk/rules/0/when/at_least", "must be from 1 to 5"}},
		{"a negative backout", when(func(c *RiskCondition) { c.BackoutOver = -1 }), Field{"/risk/rules/0/when/backout_over", "must be longer than 0s, and at most 720h (30 days)"}},
		{"a backout longer than any window", when(func(c *RiskCondition) { c.BackoutOver++ }), Field{"/risk/rules/0/when/backout_over", "must be longer than 0s, and at most 720h (30 days)"}},
		{"a contradiction", when(func(c *RiskCondition) { c.NoWindow = true }), Field{"/risk/rules/0/when/backout_beyond_window", "can never hold together with no_window; make two rules of them"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := soundRiskPolicy()
			row.spoil(&p)
			require.Contains(t, p.faults("/risk", []string{"payments", "website"}), row.field)
		})
	}
}

func TestARiskPolicyReadsAsItIsWritten(t *testing.T) {
	const text = `{"medium_from":9,"high_from":15,"rules":[{"when":{"services":["website"],"criticality":["high","critical"],` +
		`"dimension":"rollback","at_least":4,"no_test_plan":true,"backout_over":"720h0m0s","backout_beyond_window":true},` +
		`"tier":"high","because":"It can hardly be undone."}]}`
	written, err := json.Marshal(soundRiskPolicy())
	require.NoError(t, err)
	require.JSONEq(t, text, string(written))
	var read RiskPolicy
	require.NoError(t, json.Unmarshal([]byte(text), &read))
	require.Equal(t, soundRiskPolicy(), read)
}

var (
	anyService   = rapid.SampledFrom([]ServiceID{"website", "payments", "mail"})
	anyDimension = rapid.SampledFrom(RiskDimensions)
	onTheScale   = rapid.IntRange(MinRisk, MaxRisk)
)

func drawRule(t *rapid.T) RiskRule {
	r := RiskRule{
		Tier:    rapid.SampledFrom(RiskTiers[1:]).Draw(t, "tier"),
		Because: rapid.StringMatching(`It is [a-z]{1,4}\.`).Draw(t, "because"),
	}
	given := rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 1, 3, rapid.ID).Draw(t, "parts")
	for _, part := range given {
		switch part {
		case 0:
			r.When.Services = rapid.SliceOfNDistinct(anyService, 1, 2, rapid.ID).Draw(t, "services")
		case 1:
			r.When.Criticality = rapid.SliceOfNDistinct(rapid.SampledFrom(Criticalities), 1, 3, rapid.ID).Draw(t, "criticality")
		case 2:
			r.When.Dimension, r.When.AtLeast = anyDimension.Draw(t, "dimension"), onTheScale.Draw(t, "at least")
		case 3:
			r.When.NoTestPlan = true
		case 4:
			r.When.NoWindow = !r.When.BackoutBeyondWindow
		case 5:
			r.When.BackoutOver = Duration(rapid.Int64Range(1, int64(4*time.Hour)).Draw(t, "backout over"))
		case 6:
			r.When.BackoutBeyondWindow = !r.When.NoWindow
		}
	}
	return r
}

// drawRiskPolicy draws only what a catalog would take.
func drawRiskPolicy(t *rapid.T) RiskPolicy {
	high := rapid.IntRange(7, 25).Draw(t, "high from")
	p := RiskPolicy{HighFrom: high, MediumFrom: rapid.IntRange(6, high-1).Draw(t, "medium from")}
	if rapid.Bool().Draw(t, "default thresholds") {
		p = RiskPolicy{}
	}
	for range rapid.IntRange(0, 6).Draw(t, "rules") {
		p.Rules = append(p.Rules, drawRule(t))
	}
	require.Empty(t, p.faults("/risk", []string{"mail", "payments", "website"}))
	return p
}

func drawFacts(t *rapid.T) RiskFacts {
	f := RiskFacts{
		Service:        Service{ID: anyService.Draw(t, "service"), Criticality: rapid.SampledFrom(Criticalities).Draw(t, "criticality of it")},
		TestPlan:       rapid.SampledFrom([]string{"", " ", "Staging."}).Draw(t, "test plan"),
		BackoutMinutes: rapid.IntRange(0, 300).Draw(t, "backout"),
	}
	if rapid.Bool().Draw(t, "window") {
		f.Window = twoHours()
	}
	if rapid.IntRange(0, 9).Draw(t, "assessed") > 0 {
		f.Risk = risk(onTheScale.Draw(t, "c"), onTheScale.Draw(t, "i"), onTheScale.Draw(t, "r"), onTheScale.Draw(t, "t"), onTheScale.Draw(t, "n"))
	}
	return f
}

func TestAnotherRuleNeverLowersTheTier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, f := drawRiskPolicy(t), drawFacts(t)
		before := p.Score(f)
		i := rapid.IntRange(0, len(p.Rules)).Draw(t, "where")
		p.Rules = slices.Insert(p.Rules, i, drawRule(t))
		after := p.Score(f)
		require.False(t, before.Tier.Above(after.Tier))
		require.Subset(t, after.Reasons, before.Reasons)
	})
}

func TestMoreRiskNeverLowersTheTier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, f := drawRiskPolicy(t), drawFacts(t)
		if f.Risk == nil {
			f.Risk = risk(1, 1, 1, 1, 1)
		}
		before := p.Score(f)
		worse := *f.Risk
		field := map[RiskDimension]*int{
			RiskComplexity: &worse.Complexity, RiskBusinessImpact: &worse.BusinessImpact, RiskRollback: &worse.Rollback,
			RiskTestCoverage: &worse.TestCoverage, RiskRecentChurn: &worse.RecentChurn,
		}[anyDimension.Draw(t, "which")]
		*field = rapid.IntRange(*field, MaxRisk).Draw(t, "to")
		f.Risk = &worse
		require.False(t, before.Tier.Above(p.Score(f).Tier))
		f.Risk = nil
		require.False(t, before.Tier.Above(p.Score(f).Tier), "to leave the assessment out must not pay")
	})
}

// Against the slow and obvious reading: ask each part of the policy alone, and
// take the highest answer with everything that was said for it.
func TestEveryTierThatIsReachedHasItsReason(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, f := drawRiskPolicy(t), drawFacts(t)
		score := p.Score(f)
		alone := RiskPolicy{MediumFrom: p.MediumFrom, HighFrom: p.HighFrom}.Score(f)
		highest, said := alone.Tier, slices.Clone(alone.Reasons)
		deciding := make(map[RiskTier][]string)
		deciding[alone.Tier] = alone.Reasons
		for _, r := range p.Rules {
			if !r.When.holds(f) {
				continue
			}
			said = append(said, r.Because)
			deciding[r.Tier] = append(deciding[r.Tier], r.Because)
			if r.Tier.Above(highest) {
				highest = r.Tier
			}
		}
		require.Equal(t, highest, score.Tier)
		require.Subset(t, score.Reasons, said)
		require.Subset(t, said, score.Reasons)
		require.Contains(t, deciding[score.Tier], score.Reasons[0], "the first reason is one that decided")
		slices.Sort(said)
		require.Len(t, score.Reasons, len(slices.Compact(said)), "nothing is said twice")
	})
}

func TestNothingMakesTheScorePanic(t *testing.T) {
	wild := rapid.Int()
	rapid.Check(t, func(t *rapid.T) {
		p := RiskPolicy{MediumFrom: wild.Draw(t, "medium"), HighFrom: wild.Draw(t, "high")}
		for range rapid.IntRange(0, 4).Draw(t, "rules") {
			p.Rules = append(p.Rules, RiskRule{Tier: RiskTier(rapid.String().Draw(t, "tier")), When: RiskCondition{
				Dimension: RiskDimension(rapid.String().Draw(t, "dimension")), AtLeast: wild.Draw(t, "at least"),
				BackoutOver: Duration(rapid.Int64().Draw(t, "over")), BackoutBeyondWindow: rapid.Bool().Draw(t, "beyond"),
			}})
		}
		f := RiskFacts{BackoutMinutes: wild.Draw(t, "backout")}
		if rapid.Bool().Draw(t, "assessed") {
			f.Risk = risk(wild.Draw(t, "c"), wild.Draw(t, "i"), wild.Draw(t, "r"), wild.Draw(t, "t"), wild.Draw(t, "n"))
		}
		if rapid.Bool().Draw(t, "window") {
			f.Window = &Window{End: time.Unix(rapid.Int64().Draw(t, "end"), 0)}
		}
		score := p.Score(f)
		require.Contains(t, RiskTiers, score.Tier)
		require.NotEmpty(t, score.Reasons)
		p.faults("", nil)
	})
}
