package itsm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// office has Ana, who requests; Bob, Eve and Joe, who approve, Eve and Joe of team
// sec; Max, who manages changes; and Sue, an approver who owns the website.
func office() itsm.Catalog {
	c := itsm.Catalog{
		Teams:    []itsm.Team{{ID: "sec", Manager: "eve", Members: ids{"joe", "ana"}}},
		Services: []itsm.Service{{ID: "website", Owner: "sue", Team: "sec"}},
	}
	for _, p := range []itsm.Actor{ana, bob, eve, person("joe", itsm.Approver), person("sue", itsm.Approver), manager} {
		c.People = append(c.People, itsm.Person{ID: p.Person, Zone: "Europe/Berlin", Roles: p.Roles})
	}
	return c
}

func away(c *itsm.Catalog, who ...itsm.PersonID) {
	today := itsm.DateOf(at)
	for i := range c.People {
		for _, id := range who {
			if c.People[i].ID == id {
				c.People[i].Away = []itsm.Absence{{First: today - 1, Last: today}}
			}
		}
	}
}

func opened(c itsm.Catalog, a itsm.Asking, stages ...itsm.Stage) (itsm.Opening, error) {
	c.Change = itsm.ChangePolicy{Tiers: []itsm.Tier{{Risk: itsm.RiskHigh, Stages: stages}}}
	a.Service, a.Requester, a.Risk, a.Round, a.Stage = "website", "ana", itsm.RiskHigh, 1, len(stages)
	return c.Open(c.Change, a, at, itsm.AroundTheClock)
}

func stage(factors ...itsm.Factor) itsm.Stage {
	return itsm.Stage{Name: "S", ExpireAfter: itsm.Duration(4 * time.Hour), Factors: factors}
}

func TestWhoIsNamedInAStage(t *testing.T) {
	one, sec := itsm.Need{Count: 1}, itsm.Group{Team: "sec"}
	today := itsm.DateOf(at)
	stand := func(to itsm.PersonID) func(*itsm.Catalog) {
		return func(c *itsm.Catalog) {
			away(c, "eve")
			c.Delegations = []itsm.Substitute{{From: "eve", To: to, First: today, Last: today}}
		}
	}
	for _, tt := range []struct {
		sentence                         string
		factor                           itsm.Factor
		asking                           itsm.Asking
		catalog                          func(*itsm.Catalog)
		need                             int
		named, absent, backups, managers ids
		reach                            itsm.Reach
	}{
		{"the holders of a role", itsm.Factor{Who: itsm.Group{Role: itsm.Approver}, Need: itsm.Need{Percent: 60}}, itsm.Asking{}, nil, 3, ids{"bob", "eve", "joe", "sue"}, nil, nil, ids{"max"}, ""},
		{"a team, its manager too, but not who may not decide", itsm.Factor{Who: sec, Need: itsm.Need{All: true}}, itsm.Asking{}, nil, 2, ids{"eve", "joe"}, nil, nil, ids{"max"}, ""},
		{"people by name, never the requester", itsm.Factor{Who: itsm.Group{People: ids{"ana", "bob"}}, Need: one}, itsm.Asking{}, nil, 1, ids{"bob"}, nil, nil, ids{"max"}, ""},
		{"the service's owner", itsm.Factor{Who: itsm.Group{Owner: true}, Need: one}, itsm.Asking{}, nil, 1, ids{"sue"}, nil, nil, ids{"max"}, ""},
		{"not who carries it out, where that is excluded", itsm.Factor{Who: sec, Need: one, Exclude: []itsm.Exclusion{itsm.ExcludeImplementer}}, itsm.Asking{Assignee: "joe"}, nil, 1, ids{"eve"}, nil, nil, ids{"max"}, ""},
		{"but else they do", itsm.Factor{Who: sec, Need: one}, itsm.Asking{Assignee: "joe"}, nil, 1, ids{"eve", "joe"}, nil, nil, ids{"max"}, ""},
		{"not who approved before, where that is excluded", itsm.Factor{Who: sec, Need: one, Exclude: []itsm.Exclusion{itsm.ExcludeEarlier}}, itsm.Asking{Earlier: ids{"eve"}}, nil, 1, ids{"joe"}, nil, nil, ids{"max"}, ""},
		{"not who is away; the need counts them", itsm.Factor{Who: itsm.Group{Role: itsm.Approver}, Need: itsm.Need{Percent: 50}}, itsm.Asking{}, func(c *itsm.Catalog) { away(c, "eve") }, 2, ids{"bob", "joe", "sue"}, ids{"eve"}, nil, ids{"max"}, ""},
		{"the backups at once, when too few are there", itsm.Factor{Who: sec, Need: one, Backup: itsm.Group{Owner: true}}, itsm.Asking{}, func(c *itsm.Catalog) { away(c, "eve", "joe") }, 1, nil, ids{"eve", "joe"}, ids{"sue"}, ids{"max"}, itsm.ReachBackups},
		{"the change managers, when those are not there", itsm.Factor{Who: sec, Need: one, Backup: itsm.Group{Owner: true}}, itsm.Asking{}, func(c *itsm.Catalog) { away(c, "eve", "joe", "sue") }, 1, nil, ids{"eve", "joe"}, ids{}, ids{"max"}, itsm.ReachManagers},
		{"who is away but stood in for", itsm.Factor{Who: sec, Need: one}, itsm.Asking{}, stand("bob"), 1, ids{"eve", "joe"}, nil, nil, ids{"max"}, ""},
		{"not by one who decides anyway", itsm.Factor{Who: sec, Need: one}, itsm.Asking{}, stand("joe"), 1, ids{"joe"}, ids{"eve"}, nil, ids{"max"}, ""},
		{"nor by one who is kept out", itsm.Factor{Who: sec, Need: one, Exclude: []itsm.Exclusion{itsm.ExcludeImplementer}}, itsm.Asking{Assignee: "bob"}, stand("bob"), 1, ids{"joe"}, ids{"eve"}, nil, ids{"max"}, ""},
		{"nor by the requester", itsm.Factor{Who: sec, Need: one}, itsm.Asking{}, stand("ana"), 1, ids{"joe"}, ids{"eve"}, nil, ids{"max"}, ""},
		{"a mandatory member, there or not", itsm.Factor{Who: sec, Need: one, Mandatory: ids{"eve"}}, itsm.Asking{}, func(c *itsm.Catalog) { away(c, "eve") }, 1, ids{"eve", "joe"}, nil, nil, ids{"max"}, ""},
	} {
		c := office()
		if tt.catalog != nil {
			tt.catalog(&c)
		}
		o, err := opened(c, tt.asking, stage(tt.factor))
		require.NoError(t, err, tt.sentence)
		p := o.Panels[0]
		require.Equal(t, tt.need, p.Need, tt.sentence)
		require.Equal(t, []ids{tt.named, tt.absent, tt.backups, tt.managers}, []ids{p.Named, p.Absent, p.Backups, p.Managers}, tt.sentence)
		require.Equal(t, tt.reach, p.Reach, tt.sentence)
	}
}

func TestAStageThatCouldNeverPassIsNotOpened(t *testing.T) {
	two, sec := itsm.Need{Count: 2}, itsm.Group{Team: "sec"}
	for _, tt := range []struct {
		sentence string
		factors  []itsm.Factor
		code     string
	}{
		{"two of two", []itsm.Factor{{Who: sec, Need: two}}, ""},
		{"the same two for two factors, with managers to help out", []itsm.Factor{{Who: sec, Need: two}, {Who: sec, Need: itsm.Need{Count: 1}}}, ""},
		{"and not enough of them", []itsm.Factor{{Who: sec, Need: two}, {Who: sec, Need: two}}, "change.nobody_decides"},
		{"a mandatory member who is the requester is not waited for", []itsm.Factor{{Who: itsm.Group{People: ids{"ana", "bob"}}, Need: two, Mandatory: ids{"ana"}}}, ""},
		{"one who is mandatory twice", []itsm.Factor{{Who: sec, Need: two, Mandatory: ids{"eve"}}, {Who: sec, Need: two, Mandatory: ids{"eve"}}}, "change.nobody_decides"},
	} {
		_, err := opened(office(), itsm.Asking{}, stage(tt.factors...))
		require.Equal(t, tt.code, code(err), tt.sentence)
		require.True(t, err == nil || itsm.AsError(err).Kind == itsm.Unavailable, "it is tried again")
	}
	c := office()
	_, err := c.Open(c.Change, itsm.Asking{Stage: 9}, at, itsm.AroundTheClock)
	require.Equal(t, "change.no_stage", code(err))
}

// A stage that lost whom it needs while it was being opened is opened again, and
// not passed over.
func TestAStageIsNotSkipped(t *testing.T) {
	o := itsm.OfOne(nil, at, nil, new(at.Add(time.Hour)))
	o.Of, o.Panels = 2, []itsm.Panel{with(factor(1, "ida"), func(p *itsm.Panel) { p.NotDoer = true })}
	c := asked()
	c.OpenStage(o)
	require.Equal(t, 1, c.NextStage())
	require.Equal(t, 1, c.Asking().Stage)
	c.Assignee = "zoe"
	require.Zero(t, c.NextStage(), "its people are back")
}

// The deadlines of a stage are at half, at three quarters and at the end of its
// time, or where the policy says.
func TestTheDeadlinesOfAStage(t *testing.T) {
	f := itsm.Factor{Who: itsm.Group{Team: "sec"}, Need: itsm.Need{Count: 1}}
	o, err := opened(office(), itsm.Asking{}, stage(f))
	require.NoError(t, err)
	require.Equal(t, []time.Time{at.Add(2 * time.Hour), at.Add(3 * time.Hour), at.Add(4 * time.Hour)}, []time.Time{*o.RemindAt, *o.BackupAt, o.ExpireAt})
	s := stage(f)
	s.RemindAfter, s.BackupAfter, s.ExpireAfter = new(itsm.Duration(0)), new(itsm.Duration(time.Second)), itsm.Duration(3*time.Second)
	o, err = opened(office(), itsm.Asking{}, s)
	require.NoError(t, err)
	require.Nil(t, o.RemindAt)
	require.Equal(t, at.Add(time.Second), *o.BackupAt)
	require.Equal(t, at.Add(3*time.Second), o.ExpireAt)
}
