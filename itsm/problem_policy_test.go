package itsm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// troubledCatalog is a sound catalog that says all it can of problems.
func troubledCatalog() Catalog {
	c := pagedCatalog()
	hour := Length{Time: time.Hour}
	c.Problem = ProblemPolicy{
		Calendar: "office", Assess: Length{Days: 2}, AssessMajor: hour, RootCause: []ProblemTarget{{P1, Length{Days: 1}}, {P5, hour}},
		Workaround: hour, Review: Length{Days: 9}, Nudge: Length{Days: 1}, Escalate: Length{Days: 2}, Watch: hour, KnownErrors: hour,
		RiskAtMost: hour, Publishers: IncidentManager, Publish: hour, Trend: TrendPolicy{Count: 2, Within: hour, Reopened: 100, Hits: 4, Most: 7},
	}
	return c
}

func TestProblemPolicyFaults(t *testing.T) {
	c := troubledCatalog()
	require.Empty(t, c.Check())
	for pointer, spoil := range map[string]func(*ProblemPolicy){
		"/calendar":              func(p *ProblemPolicy) { p.Calendar = "offce" },
		"/assess":                func(p *ProblemPolicy) { p.Assess = Length{Time: time.Millisecond} },
		"/assess_major":          func(p *ProblemPolicy) { p.AssessMajor = Length{Days: 91} },
		"/root_cause/0/priority": func(p *ProblemPolicy) { p.RootCause[0].Priority = "P0" },
		"/root_cause/1/priority": func(p *ProblemPolicy) { p.RootCause[1].Priority = P1 },
		"/root_cause/1/within":   func(p *ProblemPolicy) { p.RootCause[1].Within = Length{Days: -1} },
		"/root_cause":            func(p *ProblemPolicy) { p.RootCause = make([]ProblemTarget, 6) },
		"/workaround":            func(p *ProblemPolicy) { p.Workaround = Length{Days: 1, Time: time.Hour} },
		"/review":                func(p *ProblemPolicy) { p.Review = Length{Time: MaxLength + 1} },
		"/nudge":                 func(p *ProblemPolicy) { p.Nudge = Length{Days: 3} },
		"/escalate":              func(p *ProblemPolicy) { p.Escalate = Length{Days: 91} },
		"/watch":                 func(p *ProblemPolicy) { p.Watch = Length{Days: 30} },
		"/known_errors":          func(p *ProblemPolicy) { p.KnownErrors = Length{Time: 367 * day} },
		"/risk_at_most":          func(p *ProblemPolicy) { p.RiskAtMost = Length{Time: 367 * day} },
		"/publish":               func(p *ProblemPolicy) { p.Publish = Length{Time: 1} },
		"/publishers":            func(p *ProblemPolicy) { p.Publishers = Responder },
		"/trend/count":           func(p *ProblemPolicy) { p.Trend.Count = 1 },
		"/trend/reopened":        func(p *ProblemPolicy) { p.Trend.Reopened = 101 },
		"/trend/hits":            func(p *ProblemPolicy) { p.Trend.Hits = -1 },
		"/trend/within":          func(p *ProblemPolicy) { p.Trend.Within = Length{Days: 3} },
	} {
		c := troubledCatalog()
		spoil(&c.Problem)
		faults := c.Check()
		require.NotEmpty(t, faults, pointer)
		require.Equal(t, "/problem_policy"+pointer, faults[0].Pointer, faults)
	}
}

// What a policy leaves out is the default, and what it says stays.
func TestWhatAProblemPolicyLeavesOut(t *testing.T) {
	require.Equal(t, DefaultProblemPolicy, (&ProblemPolicy{}).Filled())
	said := troubledCatalog().Problem
	filled := said.Filled()
	require.Equal(t, said.RootCause, filled.RootCause[:2])
	require.Len(t, filled.RootCause, len(Priorities))
	filled.RootCause = said.RootCause
	require.Equal(t, said, filled)
	require.Len(t, said.RootCause, 2, "filling one in changes no other")
	c := Catalog{}
	require.Equal(t, ProblemTerms{Matrix: DefaultMatrix, Policy: DefaultProblemPolicy}, c.ProblemTerms())
	for _, k := range ProblemClockKinds {
		for _, p := range Priorities {
			of := &Problem{}
			of.Priority = p
			target := DefaultProblemPolicy.target(k, of)
			require.Empty(t, target.Fault(), "%s of %s", k, p)
		}
	}
}
