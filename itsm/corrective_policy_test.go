package itsm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCorrectivePolicyFaults(t *testing.T) {
	hour := Length{Time: time.Hour}
	sound := func() Catalog {
		c := pagedCatalog()
		c.Corrective = CorrectivePolicy{Calendar: "office", Targets: []CorrectiveTarget{
			{Severity: SeverityMajor, Cause: Length{Days: 3}}, {SeverityMinor, hour, hour, hour, hour, hour},
		}, VerifyAfter: hour, Accept: hour}
		return c
	}
	c := sound()
	require.Empty(t, c.Check())
	for pointer, spoil := range map[string]func(*CorrectivePolicy){
		"/calendar":              func(p *CorrectivePolicy) { p.Calendar = "offce" },
		"/targets":               func(p *CorrectivePolicy) { p.Targets = make([]CorrectiveTarget, 4) },
		"/targets/0/severity":    func(p *CorrectivePolicy) { p.Targets[0].Severity = "P1" },
		"/targets/1/severity":    func(p *CorrectivePolicy) { p.Targets[1].Severity = SeverityMajor },
		"/targets/0/acknowledge": func(p *CorrectivePolicy) { p.Targets[0].Acknowledge = Length{Days: -1} },
		"/targets/0/cause":       func(p *CorrectivePolicy) { p.Targets[0].Cause = Length{Time: 1} },
		"/targets/1/plan":        func(p *CorrectivePolicy) { p.Targets[1].Plan = Length{Days: 91} },
		"/targets/1/implement":   func(p *CorrectivePolicy) { p.Targets[1].Implement = Length{Time: MaxLength + 1} },
		"/targets/1/verify":      func(p *CorrectivePolicy) { p.Targets[1].Verify = Length{Days: 1, Time: time.Hour} },
		"/verify_after":          func(p *CorrectivePolicy) { p.VerifyAfter = Length{Days: 3} },
		"/accept":                func(p *CorrectivePolicy) { p.Accept = Length{Time: MaxLength + 1} },
	} {
		c := sound()
		spoil(&c.Corrective)
		faults := c.Check()
		require.NotEmpty(t, faults, pointer)
		require.Equal(t, "/corrective_policy"+pointer, faults[0].Pointer, faults)
	}
}

// What a policy leaves out is the default, and what it says stays.
func TestWhatACorrectivePolicyLeavesOut(t *testing.T) {
	require.Equal(t, DefaultCorrectivePolicy, (&CorrectivePolicy{}).Filled())
	said := CorrectivePolicy{Targets: []CorrectiveTarget{{Severity: SeverityMinor, Cause: Length{Days: 7}}}, Accept: Length{Time: time.Hour}}
	filled := said.Filled()
	require.Len(t, filled.Targets, len(Severities))
	require.Equal(t, CorrectiveTarget{SeverityMinor, Length{Days: 5}, Length{Days: 7}, Length{Days: 10}, Length{Days: 60}, Length{Days: 20}}, filled.Targets[0])
	require.Equal(t, Length{}, said.Targets[0].Plan, "filling one in changes no other")
	require.Equal(t, Length{Time: time.Hour}, filled.Accept)
	for _, k := range CorrectiveClockKinds {
		require.Equal(t, CorrectivePercents, k.percents())
		for _, s := range Severities {
			target := DefaultCorrectivePolicy.target(k, s)
			require.False(t, target.IsZero())
			require.Empty(t, target.Fault(), "%s of %s", k, s)
		}
	}
	require.Equal(t, ClockPercents, RootCauseClock.percents())
}
