package itsm

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
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
		{"a mandatory outsider", factor(func(f *Factor) { f.Mandatory = []PersonID{"max"} }), low + "/factors/0/mandatory/0", "max is not one of those whom who names"},
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

// drawStages is one tier's stages over few people, so that they get into each
// other's way.
func drawStages(t *rapid.T, ids []PersonID) []Stage {
	people := rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 1, 4, rapid.ID)
	group := rapid.Custom(func(t *rapid.T) Group {
		switch rapid.IntRange(0, 4).Draw(t, "group") {
		case 0:
			return Group{Role: rapid.SampledFrom([]Role{Approver, ChangeManager, Requester}).Draw(t, "role")}
		case 1:
			return Group{Team: "security"}
		case 2:
			return Group{Owner: true}
		default:
			return Group{People: people.Draw(t, "people")}
		}
	})
	factor := rapid.Custom(func(t *rapid.T) Factor {
		f := Factor{Who: group.Draw(t, "who"), Need: rapid.SampledFrom([]Need{{Count: 1}, {Count: 2}, {Percent: 60}, {All: true}}).Draw(t, "need")}
		if rapid.Bool().Draw(t, "backed") {
			f.Backup = group.Draw(t, "backup")
		}
		if len(f.Who.People) > 0 && rapid.IntRange(0, 3).Draw(t, "must") == 0 {
			f.Mandatory = f.Who.People[:1]
		}
		if rapid.IntRange(0, 3).Draw(t, "excludes") == 0 {
			f.Exclude = []Exclusion{ExcludeEarlier}
		}
		return f
	})
	stages := make([]Stage, rapid.IntRange(1, 3).Draw(t, "stages"))
	for i := range stages {
		stages[i] = Stage{Name: fmt.Sprint("Stage ", i), ExpireAfter: hour, Factors: rapid.SliceOfN(factor, 1, 3).Draw(t, "factors")}
		for j := range stages[i].Factors {
			stages[i].Factors[j].Name = fmt.Sprint("Factor ", j)
		}
	}
	return stages
}

func drawCatalog(t *rapid.T) Catalog {
	c := tieredCatalog()
	var ids []PersonID
	for i := range c.People {
		ids = append(ids, c.People[i].ID)
		c.People[i].Roles = rapid.SampledFrom([][]Role{{Requester}, {Approver}, {Approver}, {Requester, Approver}, {ChangeManager}, {}}).Draw(t, "roles")
	}
	for i := range c.Services {
		c.Services[i].Owner = rapid.SampledFrom(ids).Draw(t, "owner")
	}
	stages := drawStages(t, ids)
	for i := range c.Change.Tiers {
		c.Change.Tiers[i].Stages = stages
	}
	return c
}

// reachable is the slow, obvious answer to whether a stage can be passed: try
// everybody in every place.
func reachable(w *crowd, s Stage, requester PersonID, owner PersonID, taken map[PersonID]bool) bool {
	type place []PersonID
	var places []place
	for _, f := range s.Factors {
		of := func(g Group) []PersonID {
			ids := slices.Clone(w.members(g))
			if g.Owner {
				ids = w.deciding([]PersonID{owner})
			}
			return slices.DeleteFunc(ids, func(id PersonID) bool { return id == requester })
		}
		group := of(f.Who)
		must := slices.DeleteFunc(slices.Clone(f.Mandatory), func(id PersonID) bool { return id == requester })
		for i := range max(f.Need.Of(len(group)), len(must)) {
			if i < len(must) {
				places = append(places, must[i:i+1])
			} else {
				places = append(places, slices.Concat(group, of(f.Backup)))
			}
		}
	}
	var try func(int) bool
	try = func(i int) bool {
		if i == len(places) {
			return true
		}
		for _, id := range places[i] {
			if !taken[id] {
				taken[id] = true
				if try(i + 1) {
					return true
				}
				delete(taken, id)
			}
		}
		return false
	}
	return try(0)
}

// Check and the process agree: what is accepted can be opened for whoever raises a
// change, and what cannot be opened is refused.
func TestWhatIsAcceptedCanBeOpened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalog(t)
		faults := c.Check()
		w, at := newCrowd(&c), time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
		stuck := ""
		for i, s := range c.Change.Tiers[0].Stages {
			for _, service := range c.Services {
				for _, p := range c.People {
					if service.Owner != p.ID && !mayRaise(p) {
						continue
					}
					if !reachable(w, s, p.ID, service.Owner, make(map[PersonID]bool)) {
						stuck = fmt.Sprintf("%s cannot pass %s when %s raises it", s.Name, service.ID, p.ID)
					}
					asking := Asking{Number: "CHG-1", Service: service.ID, Requester: p.ID, Risk: RiskLow, Round: 1, Stage: i + 1}
					_, err := c.Open(c.Change, asking, at, AroundTheClock)
					if slices.ContainsFunc(s.Factors, func(f Factor) bool { return slices.Contains(f.Mandatory, p.ID) }) {
						continue // Check takes it that nobody is mandatory for what they raised
					}
					if len(faults) == 0 {
						require.NoError(t, err)
					} else if err != nil {
						stuck = err.Error()
					}
				}
			}
		}
		if len(faults) == 0 {
			require.Empty(t, stuck)
		} else if stuck == "" && !slices.ContainsFunc(faults, otherwiseRefused) {
			t.Fatalf("refused without need: %v", faults)
		}
	})
}

// otherwiseRefused finds faults that are not about how many people there are.
func otherwiseRefused(f Field) bool {
	return !strings.Contains(f.Message, "approval") || strings.HasSuffix(f.Pointer, "/exclude") || strings.Contains(f.Pointer, "/mandatory/")
}
