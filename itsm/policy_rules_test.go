package itsm

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const hour = Duration(time.Hour)

// tieredCatalog weighs risk: anybody for low, two stages for medium, three with
// everything there is for high.
func tieredCatalog() Catalog {
	person := func(id PersonID, roles ...Role) Person {
		return Person{ID: id, Name: "Somebody", Email: string(id) + "@example.com", Zone: "Europe/Berlin", Roles: roles}
	}
	service := func(id ServiceID, owner PersonID) Service {
		return Service{ID: id, Name: "Service", Owner: owner, Team: "security", Channel: "C0WEBSITE", Criticality: High}
	}
	approvers, any1 := Group{Role: Approver}, Need{Count: 1}
	return Catalog{
		People: []Person{
			person("ana", Requester), person("bob", Requester, Approver), person("eve", Requester, Approver), person("joe", Approver),
			person("kim", Approver), person("sam", Approver), person("max", ChangeManager),
		},
		Teams:     []Team{{ID: "security", Name: "Security", Manager: "kim", Members: []PersonID{"sam", "ana"}}},
		Services:  []Service{service("payments", "bob"), service("website", "eve")},
		Calendars: []Calendar{{ID: "office", Name: "Office", Zone: "Europe/Berlin", Hours: WeeklyHours{Mon: []Span{"09:00-17:00"}}}},
		Change: ChangePolicy{Calendar: "office", Tiers: []Tier{
			{Risk: RiskLow, Stages: []Stage{{Name: "Approval", ExpireAfter: hour, Factors: []Factor{{Name: "Approvers", Who: approvers, Need: any1}}}}},
			{Risk: RiskMedium, Stages: []Stage{
				{Name: "Technical", ExpireAfter: hour, Factors: []Factor{{Name: "Approvers", Who: approvers, Need: any1}}},
				{Name: "Business", ExpireAfter: hour, Factors: []Factor{{Name: "Again", Who: approvers, Need: any1, Exclude: []Exclusion{ExcludeEarlier}}}},
			}},
			{Risk: RiskHigh, Assessment: true, Stages: []Stage{
				{Name: "Technical", ExpireAfter: hour, Factors: []Factor{
					{Name: "Approvers", Who: Group{People: []PersonID{"bob", "eve", "joe"}}, Need: Need{Count: 2}, Reject: Quorum, Backup: Group{Role: ChangeManager}},
					{Name: "Security", Who: Group{Team: "security"}, Need: Need{Percent: 60}, Mandatory: []PersonID{"kim"}, Backup: Group{People: []PersonID{"max"}}},
				}},
				{Name: "Owner", ExpireAfter: hour, Factors: []Factor{{Name: "Owner", Who: Group{Owner: true}, Need: Need{All: true}, Backup: Group{Role: ChangeManager}}}},
			}},
		}},
	}
}

// A fault in one stage keeps none in another from being told.
func TestEveryStageIsJudged(t *testing.T) {
	c := tieredCatalog()
	stages := c.Change.Tiers[2].Stages
	stages[0].ExpireAfter = 0
	stages[1].Factors[0].Backup = Group{}
	var pointers []string
	for _, f := range c.Check() {
		pointers = append(pointers, f.Pointer)
	}
	require.Equal(t, []string{"/change_policy/tiers/2/stages/0/expire_after", "/change_policy/tiers/2/stages/1/factors/0/need"}, pointers)
}

func TestATieredCatalogHasNoFault(t *testing.T) {
	c := tieredCatalog()
	require.Empty(t, c.Check())
}

// Each row spoils one thing of a sound catalog and expects the one fault of it.
func TestPolicyFaults(t *testing.T) {
	const low, medium, high = "/change_policy/tiers/0/stages/0", "/change_policy/tiers/1/stages", "/change_policy/tiers/2/stages"
	short, long, never := Duration(time.Millisecond), 2*hour, Duration(0)
	stage := func(how func(*Stage)) func(*Catalog) {
		return func(c *Catalog) { how(&c.Change.Tiers[0].Stages[0]) }
	}
	factor := func(how func(*Factor)) func(*Catalog) { return stage(func(s *Stage) { how(&s.Factors[0]) }) }
	people := func(ids ...PersonID) Group { return Group{People: ids} }
	rows := []struct {
		name    string
		spoil   func(*Catalog)
		pointer string
		words   string
	}{
		{"approvers beside tiers", func(c *Catalog) { c.Change.Approvers = Approver }, "/change_policy/approvers", "cannot stand beside tiers"},
		{"a reminder beside tiers", func(c *Catalog) { c.Change.RemindAfter = 1 }, "/change_policy/remind_after", "cannot stand beside tiers"},
		{"an end beside tiers", func(c *Catalog) { c.Change.ExpireAfter = 1 }, "/change_policy/expire_after", "cannot stand beside tiers"},
		{"a tier short", func(c *Catalog) { c.Change.Tiers = c.Change.Tiers[:2] }, "/change_policy/tiers", "says nothing of changes whose risk is high"},
		{"a tier twice", func(c *Catalog) { c.Change.Tiers = append(c.Change.Tiers, c.Change.Tiers[0]) }, "/change_policy/tiers", "has 4 entries; 3 is the most"},
		{"a tier in place of another", func(c *Catalog) { c.Change.Tiers[2].Risk = RiskLow }, "/change_policy/tiers/2/risk", "low is already at /change_policy/tiers/0/risk"},
		{"an unknown tier", func(c *Catalog) { c.Change.Tiers[2].Risk = "hgih" }, "/change_policy/tiers/2/risk", "did you mean high?"},
		{"an unknown calendar", func(c *Catalog) { c.Change.Calendar = "ofice" }, "/change_policy/calendar", "no calendar here is called ofice; did you mean office?"},
		{"a stage's unknown calendar", stage(func(s *Stage) { s.Calendar = "always" }), low + "/calendar", "no calendar here is called always"},
		{"an unknown field", func(c *Catalog) { c.Change.Material = []string{"titel"} }, "/change_policy/material_fields/0", "did you mean title?"},
		{"a field twice", func(c *Catalog) { c.Change.Material = []string{"links", "links"} }, "/change_policy/material_fields/1", "already"},
		{"thresholds", func(c *Catalog) { c.Change.Risk.MediumFrom = 20 }, "/change_policy/risk/medium_from", "must be less than high_from"},
		{"long rules", func(c *Catalog) {
			for range 40 {
				c.Change.Risk.Rules = append(c.Change.Risk.Rules, RiskRule{When: RiskCondition{NoWindow: true}, Tier: RiskHigh, Because: strings.Repeat("x", 200)})
			}
		}, "/change_policy/risk", "8192 is the most"},
		{"no stages", func(c *Catalog) { c.Change.Tiers[0].Stages = nil }, "/change_policy/tiers/0/stages", "is needed"},
		{"many stages", func(c *Catalog) { c.Change.Tiers[0].Stages = make([]Stage, MaxStages+1) }, "/change_policy/tiers/0/stages", "11 entries; 10 is the most"},
		{"a stage twice", func(c *Catalog) { c.Change.Tiers[1].Stages[1].Name = "Technical" }, medium + "/1/name", "already"},
		{"a nameless stage", stage(func(s *Stage) { s.Name = "" }), low + "/name", "is needed"},
		{"a long name", stage(func(s *Stage) { s.Name = strings.Repeat("x", 61) }), low + "/name", "60 is the most"},
		{"a channel's name", stage(func(s *Stage) { s.Channel = "#cab" }), low + "/channel", "is not a Slack channel id"},
		{"no end", stage(func(s *Stage) { s.ExpireAfter = 0 }), low + "/expire_after", "between 1s and 2160h"},
		{"no end in sight", stage(func(s *Stage) { s.ExpireAfter = 2161 * hour }), low + "/expire_after", "between 1s and 2160h"},
		{"more than a year", stage(func(s *Stage) { s.ExpireAfter = 417 * hour }), low + "/expire_after", "more than calendar office is open in a year (416h0m0s)"},
		{"a hasty reminder", stage(func(s *Stage) { s.RemindAfter = &short }), low + "/remind_after", "0s for no reminder, or at least 1s"},
		{"a late reminder", stage(func(s *Stage) { s.RemindAfter = &long }), low + "/remind_after", "shorter than expire_after (1h0m0s), or nobody is reminded"},
		{"a late backup", stage(func(s *Stage) { s.RemindAfter, s.BackupAfter = &never, &s.ExpireAfter }), low + "/backup_after", "or the backup comes too late"},
		{"no factors", stage(func(s *Stage) { s.Factors = nil }), low + "/factors", "is needed"},
		{"many factors", stage(func(s *Stage) { s.Factors = make([]Factor, MaxFactors+1) }), low + "/factors", "11 entries"},
		{"a factor twice", func(c *Catalog) { c.Change.Tiers[2].Stages[0].Factors[1].Name = "Approvers" }, high + "/0/factors/1/name", "already"},
		{"nobody", factor(func(f *Factor) { f.Who = Group{} }), low + "/factors/0/who", "one of role, team, people and service_owner"},
		{"two groups", factor(func(f *Factor) { f.Who.Team = "security" }), low + "/factors/0/who", "and only one"},
		{"an unknown role", factor(func(f *Factor) { f.Who.Role = "aprover" }), low + "/factors/0/who/role", "did you mean approver?"},
		{"an unknown team", factor(func(f *Factor) { f.Who = Group{Team: "securty"} }), low + "/factors/0/who/team", "did you mean security?"},
		{"a stranger", factor(func(f *Factor) { f.Backup = people("bob", "bobb") }), low + "/factors/0/backup/people/1", "did you mean bob?"},
		{"somebody twice", factor(func(f *Factor) { f.Who = people("bob", "eve", "bob") }), low + "/factors/0/who/people/2", "already"},
		{"a crowd", func(c *Catalog) {
			for i := range MaxNamed {
				c.People = append(c.People, Person{ID: PersonID(fmt.Sprint("p", i)), Name: "P", Email: fmt.Sprintf("p%d@example.com", i), Zone: "UTC", Roles: []Role{Approver}})
			}
		}, low + "/factors/0/who", "is 105 people who may decide; at most 100"},
		{"no need", factor(func(f *Factor) { f.Need = Need{} }), low + "/factors/0/need", "all, a count such as 2, or a percentage such as 60%"},
		{"two needs", factor(func(f *Factor) { f.Need.All = true }), low + "/factors/0/need", "must be all, a count"},
		{"a need of many", factor(func(f *Factor) { f.Need.Count = MaxNamed + 1 }), low + "/factors/0/need", "must be all, a count"},
		{"a rule of rejection", factor(func(f *Factor) { f.Reject = "vetto" }), low + "/factors/0/reject", "did you mean veto?"},
		{"an exclusion", factor(func(f *Factor) { f.Exclude = []Exclusion{"requestor"} }), low + "/factors/0/exclude/0", "did you mean requester?"},
		{"an exclusion twice", factor(func(f *Factor) { f.Exclude = []Exclusion{ExcludeRequester, ExcludeRequester} }), low + "/factors/0/exclude/1", "already"},
		{"a mandatory stranger", factor(func(f *Factor) { f.Mandatory = []PersonID{"evee"} }), low + "/factors/0/mandatory/0", "did you mean eve?"},
		{"a mandatory outsider", factor(func(f *Factor) { f.Mandatory = []PersonID{"max"} }), low + "/factors/0/mandatory/0", "max is not of the group that this factor asks"},
		{"mandatory without a say", factor(func(f *Factor) { f.Mandatory = []PersonID{"ana"} }), low + "/factors/0/mandatory/0", "ana may not decide on changes, which takes the role approver or change_manager"},
		{"mandatory twice", func(c *Catalog) {
			f := c.Change.Tiers[2].Stages[0].Factors
			f[0].Who.People, f[0].Mandatory = append(f[0].Who.People, "kim"), []PersonID{"kim"}
		}, high + "/0/factors/1/mandatory/0", "one person fills one factor of a stage"},
		{"a mandatory owner", func(c *Catalog) { c.Change.Tiers[2].Stages[1].Factors[0].Mandatory = []PersonID{"bob"} }, high + "/1/factors/0/mandatory", "has no meaning beside service_owner"},

		{"more than there are", factor(func(f *Factor) { f.Who, f.Need.Count = people("bob", "eve"), 3 }), low + "/factors/0/need", "needs 3 approvals, but only bob and eve can give one; name more people, or need fewer"},
		{"as many as there are", factor(func(f *Factor) { f.Who, f.Need.Count = people("bob", "eve", "joe"), 3 }), low + "/factors/0/need", "needs 3 approvals, but only eve and joe can give one when bob raises the change; name more people, or need fewer"},
		{"nobody who decides", factor(func(f *Factor) { f.Who.Role = Requester; f.Who = people("ana") }), low + "/factors/0/need", "needs 1 approval, but nobody can give one; name more people"},
		{"the only one", factor(func(f *Factor) { f.Who, f.Need = people("bob"), Need{All: true} }), low + "/factors/0/need", "needs 1 approval, but nobody can give one when bob raises the change"},
		{"one person twice", func(c *Catalog) {
			f := c.Change.Tiers[2].Stages[0].Factors
			f[0].Backup, f[1].Backup = Group{}, Group{}
			f[0].Who, f[0].Need = people("kim", "sam"), Need{Count: 1}
			f[1].Mandatory, f[1].Need = nil, Need{Count: 1}
		}, high + "/0/factors", "Approvers and Security together need 2 approvals, but only sam can give one when kim raises the change, and each person fills one factor only; name more people, or need fewer"},
		{"an owner alone", func(c *Catalog) { c.Change.Tiers[2].Stages[1].Factors[0].Backup = Group{} }, high + "/1/factors/0/need", "needs 1 approval, but nobody can give one when bob raises a change to payments; give it a backup"},
		{"an owner without a say", func(c *Catalog) {
			c.Services[1].Owner = "ana"
			c.Change.Tiers[2].Stages[1].Factors[0].Backup = people("bob")
			c.Services[0].Owner = "eve"
		}, high + "/1/factors/0/need", "needs 1 approval, but nobody can give one when bob raises a change to website; give it a backup"},
		{"an owner in two factors", func(c *Catalog) {
			s := &c.Change.Tiers[2].Stages[1]
			s.Factors[0].Backup = people("bob", "max")
			s.Factors = append(s.Factors, Factor{Name: "Bob", Who: people("bob"), Need: Need{All: true}, Backup: people("max")})
		}, high + "/1/factors", "Owner and Bob together need 2 approvals, but only max can give one when bob raises a change to payments, and each person fills one factor only"},
		{"the same again", func(c *Catalog) {
			for _, s := range c.Change.Tiers[1].Stages {
				s.Factors[0].Who = people("bob", "eve")
			}
		}, medium + "/1/factors/0/exclude", "keeps out who approved earlier: Technical and Business together need 2 approvals, but only eve can give one when bob raises the change"},
		{"mandatory again", func(c *Catalog) {
			for i := range c.Change.Tiers[1].Stages {
				c.Change.Tiers[1].Stages[i].Factors[0].Mandatory = []PersonID{"kim"}
			}
		}, medium + "/1/factors/0/exclude", "kim is mandatory both here and in Technical"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			c := tieredCatalog()
			row.spoil(&c)
			faults := c.Check()
			require.NotEmpty(t, faults)
			i := slices.IndexFunc(faults, func(f Field) bool { return f.Pointer == row.pointer })
			require.GreaterOrEqual(t, i, 0, "%v", faults)
			require.Contains(t, faults[i].Message, row.words)
		})
	}
}
