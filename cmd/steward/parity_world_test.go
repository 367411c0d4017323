package main

import (
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

// Who is not among the first of the example: who approves and carries out, those
// whom the rules of a staged approval tell apart, who left and is still in the
// catalog, and who is not in it any more.
const (
	both       = itsm.PersonID("sam")
	engineer   = itsm.PersonID("joe") // decides in the first stage, and did
	guard      = itsm.PersonID("kim") // decides in the second stage
	reserve    = itsm.PersonID("liv") // joins when the guard is silent
	deputy     = itsm.PersonID("dee") // decides for bob, on one record
	substitute = itsm.PersonID("stu") // decides for eve, by the catalog
	leaver     = itsm.PersonID("lou") // was asked, and has another role since
	other      = itsm.PersonID("amy") // another requester
	former     = itsm.PersonID("fay")
	gone       = itsm.PersonID("gus")
	nobody     = itsm.PersonID("stranger") // has a Slack account, and no token
)

func newParity(t *testing.T) *parity {
	p := &parity{shared: map[string]itsm.Number{}, counts: map[string]map[string]int{}}
	p.world = newWorld(t, func(c *itsm.Catalog) {
		peopled(c)
		c.Change.RemindAfter, c.Change.ExpireAfter = 0, itsm.Duration(time.Second)
		p.catalog = *c
	})
	at, err := redis.ParseURL(p.config.RedisURL.Reveal())
	require.NoError(t, err)
	p.redis = redis.NewClient(at)
	t.Cleanup(func() { _ = p.redis.Close() })
	undecided := p.raise("ana")
	for _, who := range p.catalog.People {
		if who.ID != other {
			p.people = append(p.people, who.ID)
		}
	}
	p.people = append(p.people, nobody)
	p.applies(func(c *itsm.Catalog) {
		c.People = slices.DeleteFunc(c.People, func(who itsm.Person) bool { return who.ID == gone })
		tiered(c)
	})
	p.settle(undecided)
	p.applies(func(c *itsm.Catalog) {
		i := slices.IndexFunc(c.People, func(who itsm.Person) bool { return who.ID == leaver })
		c.People[i].Roles = []itsm.Role{itsm.ChangeManager}
	})
	return p
}

func (p *parity) applies(change terms) {
	p.catalog.People = slices.Clone(p.catalog.People)
	change(&p.catalog)
	_, _, err := p.owner.ApplyCatalog(p.t.Context(), p.catalog, catalog.Digest(p.catalog), "test")
	require.NoError(p.t, err)
}

// settle brings a change to each stage, for all to look at.
func (p *parity) settle(undecided itsm.Number) {
	v := p.visitor(p.t, "ana")
	for _, s := range stages {
		if s.bring != nil {
			p.shared[s.name] = s.bring(v)
		}
	}
	p.shared["expired"], p.shared["absent"], p.shared["nonsense"] = undecided, "CHG-9999999", "CHG-0"
	for _, s := range stages {
		if s.state != "" {
			v.comes(p.shared[s.name], s.state)
		}
	}
	require.Equal(p.t, outcome{}, v.api.ask("bob", p.shared["awaiting"], "Who watches it?")) // for the answers
}

// rested forgets what everybody asked for in this minute: Redis may be emptied at any
// moment, and holds nothing else that a door answers from.
func (p *parity) rested(t *testing.T) {
	t.Helper()
	require.NoError(t, p.redis.FlushDB(t.Context()).Err())
}

func peopled(c *itsm.Catalog) {
	for _, p := range []itsm.Person{
		{ID: both, Name: "Sam Both", Roles: []itsm.Role{itsm.Approver, itsm.Implementer}},
		{ID: engineer, Name: "Joe Engineer", Roles: []itsm.Role{itsm.Approver}},
		{ID: guard, Name: "Kim Guard", Roles: []itsm.Role{itsm.Approver}},
		{ID: reserve, Name: "Liv Reserve", Roles: []itsm.Role{itsm.Approver}},
		{ID: deputy, Name: "Dee Deputy", Roles: []itsm.Role{itsm.Approver}},
		{ID: substitute, Name: "Stu Substitute", Roles: []itsm.Role{itsm.Approver}},
		{ID: leaver, Name: "Lou Leaver", Roles: []itsm.Role{itsm.Approver}},
		{ID: other, Name: "Amy Other", Roles: []itsm.Role{itsm.Requester}},
		{ID: former, Name: "Fay Former", Roles: []itsm.Role{}},
		{ID: gone, Name: "Gus Gone", Roles: []itsm.Role{itsm.Requester}},
	} {
		p.Slack, p.Zone = slackID(p.ID), "UTC"
		c.People = append(c.People, p)
	}
	c.Services[0].Restricted = true // payments
	c.Delegations = []itsm.Substitute{{
		From: "eve", To: substitute, First: itsm.DateOf(time.Now().AddDate(0, 0, -2)), Last: itsm.DateOf(time.Now().AddDate(0, 0, 2)),
	}}
}

// tiered is a policy with all that the rules tell apart: a low risk is any one
// approver's, a medium one the guard's until the backup joins a second later, and a
// high one is assessed and passes three stages.
func tiered(c *itsm.Catalog) {
	people := func(ids ...itsm.PersonID) itsm.Group { return itsm.Group{People: ids} }
	security := itsm.Stage{Name: "Security", ExpireAfter: itsm.Duration(time.Hour), Factors: []itsm.Factor{
		{Name: "Guard", Who: people(guard), Need: itsm.Need{All: true}, Reject: itsm.Veto, Backup: people(reserve)},
	}}
	soon := security
	soon.RemindAfter, soon.BackupAfter = new(itsm.Duration(0)), new(itsm.Duration(time.Second))
	c.Change = itsm.ChangePolicy{Tiers: []itsm.Tier{
		{Risk: itsm.RiskLow, Stages: []itsm.Stage{{Name: "Peers", ExpireAfter: itsm.Duration(time.Hour), Factors: []itsm.Factor{
			{Name: "Approvers", Who: itsm.Group{Role: itsm.Approver}, Need: itsm.Need{Count: 1}},
		}}}},
		{Risk: itsm.RiskMedium, Stages: []itsm.Stage{soon}},
		{Risk: itsm.RiskHigh, Assessment: true, Stages: []itsm.Stage{
			{Name: "Technical", ExpireAfter: itsm.Duration(time.Hour), Factors: []itsm.Factor{
				{Name: "Engineers", Who: people("bob", "eve", engineer), Need: itsm.Need{Count: 2}, Reject: itsm.Quorum},
			}},
			security,
			{Name: "Owner", ExpireAfter: itsm.Duration(time.Hour), Factors: []itsm.Factor{
				{Name: "Owner", Who: itsm.Group{Owner: true}, Need: itsm.Need{Count: 1}},
			}},
		}},
	}}
}
