package itsm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// suppliedCatalog is a sound catalog that says all it can of suppliers.
func suppliedCatalog() Catalog {
	c := pagedCatalog()
	c.Supplier = SupplierPolicy{
		Calendar: "office", Weights: []Weight{{ByServiceLevel, 60}, {ByQuality, 40}}, Tiers: []TierTerms{
			{Tier: TierCritical, Performance: Monthly, Contract: Yearly, Executive: Yearly, DueDiligence: 6, ExitTest: 6},
			{Tier: TierStandard, Performance: Yearly, Contract: Yearly, DueDiligence: 60},
		},
		Collect: Length{Days: 1}, Meet: Length{Days: 2}, SignOff: Length{Days: 3}, Corrective: Length{Days: 1}, Decide: Length{Time: time.Hour},
		Deciders: SupplierManager, Notice: []int{60, 1}, DecideBy: 30, Certificate: []int{10}, Refresh: []int{14}, Channel: "C0SUPPLIERS",
	}
	return c
}

func TestSupplierPolicyFaults(t *testing.T) {
	c := suppliedCatalog()
	require.Empty(t, c.Check())
	for pointer, spoil := range map[string]func(*SupplierPolicy){
		"/channel":               func(p *SupplierPolicy) { p.Channel = "#suppliers" },
		"/calendar":              func(p *SupplierPolicy) { p.Calendar = "offce" },
		"/collect":               func(p *SupplierPolicy) { p.Collect = Length{Days: 2} },
		"/meet":                  func(p *SupplierPolicy) { p.Meet = Length{Days: 91} },
		"/sign_off":              func(p *SupplierPolicy) { p.SignOff = Length{Days: -1} },
		"/corrective":            func(p *SupplierPolicy) { p.Corrective = Length{Time: 1} },
		"/decide":                func(p *SupplierPolicy) { p.Decide = Length{Days: 3} },
		"/deciders":              func(p *SupplierPolicy) { p.Deciders = Responder },
		"/decide_by":             func(p *SupplierPolicy) { p.DecideBy = -1 },
		"/notice":                func(p *SupplierPolicy) { p.Notice = make([]int, 21); count(p.Notice) },
		"/notice/0":              func(p *SupplierPolicy) { p.Notice[0] = 0 },
		"/notice/1":              func(p *SupplierPolicy) { p.Notice[1] = 60 },
		"/certificate/0":         func(p *SupplierPolicy) { p.Certificate[0] = 1099 },
		"/refresh/0":             func(p *SupplierPolicy) { p.Refresh[0] = -1 },
		"/weights":               func(p *SupplierPolicy) { p.Weights[0].Percent = 61 },
		"/weights/0/percent":     func(p *SupplierPolicy) { p.Weights = []Weight{{ByQuality, 0}, {ByCommerce, 100}} },
		"/weights/1/criterion":   func(p *SupplierPolicy) { p.Weights[1].Criterion = ByServiceLevel },
		"/weights/0/criterion":   func(p *SupplierPolicy) { p.Weights[0].Criterion = "price" },
		"/tiers":                 func(p *SupplierPolicy) { p.Tiers = append(p.Tiers, p.Tiers...) },
		"/tiers/0/tier":          func(p *SupplierPolicy) { p.Tiers[0].Tier = "gold" },
		"/tiers/1/tier":          func(p *SupplierPolicy) { p.Tiers[1].Tier = TierCritical },
		"/tiers/0/performance":   func(p *SupplierPolicy) { p.Tiers[0].Performance = "" },
		"/tiers/0/contract":      func(p *SupplierPolicy) { p.Tiers[0].Contract = "weekly" },
		"/tiers/0/executive":     func(p *SupplierPolicy) { p.Tiers[0].Executive = "daily" },
		"/tiers/0/due_diligence": func(p *SupplierPolicy) { p.Tiers[0].DueDiligence = 0 },
		"/tiers/0/exit_test":     func(p *SupplierPolicy) { p.Tiers[0].ExitTest = 61 },
	} {
		c := suppliedCatalog()
		spoil(&c.Supplier)
		faults := c.Check()
		require.NotEmpty(t, faults, pointer)
		require.Equal(t, "/supplier_policy"+pointer, faults[0].Pointer, faults)
	}
}

// count makes each of some days another.
func count(days []int) {
	for n := range days {
		days[n] = n + 1
	}
}

// What a policy leaves out is the default, and what it says stays.
func TestWhatASupplierPolicyLeavesOut(t *testing.T) {
	require.Equal(t, DefaultSupplierPolicy, (&SupplierPolicy{}).Filled())
	said := suppliedCatalog().Supplier
	filled := said.Filled()
	require.Equal(t, said.Tiers, filled.Tiers[:2])
	require.Equal(t, DefaultSupplierPolicy.Of(TierImportant), filled.Of(TierImportant))
	filled.Tiers = said.Tiers
	require.Equal(t, said, filled)
	c := suppliedCatalog()
	c.Supplier = DefaultSupplierPolicy
	require.Empty(t, c.Check(), "the defaults could be written into a catalog")
}
