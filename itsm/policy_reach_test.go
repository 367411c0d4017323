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
			ids := w.names(w.members(g))
			if g.Owner {
				ids = w.names(w.deciding([]PersonID{owner}))
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
					if service.Owner != p.ID && !slices.Contains(w.raise, p.ID) {
						continue
					}
					if !reachable(w, s, p.ID, service.Owner, make(map[PersonID]bool)) {
						stuck = fmt.Sprintf("%s cannot pass %s when %s raises it", s.Name, service.ID, p.ID)
					}
					asking := Asking{Number: "CHG-1", Service: service.ID, Requester: p.ID, Risk: RiskLow, Round: 1, Stage: i + 1}
					_, err := c.Open(c.Change, asking, at, AroundTheClock)
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

// Who approved in one stage may be kept out of a later one: such stages are judged
// together. What is refused never had a way through; of two stages, whatever has
// none is refused.
func TestExclusionOfEarlierApprovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalog(t)
		stages := c.Change.Tiers[0].Stages
		for i := range stages {
			stages[i].Factors = stages[i].Factors[:1]
		}
		faults := c.Check()
		w := newCrowd(&c)
		stuck := false
		for _, service := range c.Services {
			for _, p := range c.People {
				if service.Owner == p.ID || slices.Contains(w.raise, p.ID) {
					stuck = stuck || !walkable(w, stages, p.ID, service.Owner, nil)
				}
			}
		}
		refused := slices.ContainsFunc(faults, func(f Field) bool { return strings.HasSuffix(f.Pointer, "/exclude") })
		switch {
		case len(faults) == 0 && len(stages) <= 2:
			require.False(t, stuck, "accepted, and has no way through")
		case refused && !slices.ContainsFunc(faults, func(f Field) bool { return strings.Contains(f.Message, "mandatory both") }):
			require.True(t, stuck, "refused, and has a way through: %v", faults)
		}
	})
}

// walkable tries every choice of people in every stage, one after the other.
func walkable(w *crowd, stages []Stage, requester, owner PersonID, earlier []PersonID) bool {
	if len(stages) == 0 {
		return true
	}
	f := stages[0].Factors[0]
	of := func(g Group) []PersonID {
		ids := w.names(w.members(g))
		if g.Owner {
			ids = w.names(w.deciding([]PersonID{owner}))
		}
		return slices.DeleteFunc(ids, func(id PersonID) bool { return id == requester })
	}
	left := func(ids []PersonID) []PersonID {
		return slices.DeleteFunc(ids, func(id PersonID) bool { return f.excludes(ExcludeEarlier) && slices.Contains(earlier, id) })
	}
	group := left(of(f.Who))
	must := slices.DeleteFunc(slices.Clone(f.Mandatory), func(id PersonID) bool { return id == requester })
	may := left(slices.Concat(group, of(f.Backup)))
	slices.Sort(may)
	may = slices.Compact(may)
	need := max(f.Need.Of(len(group)), len(must))
	for chosen := range 1 << len(may) {
		var who []PersonID
		for i, id := range may {
			if chosen&(1<<i) != 0 {
				who = append(who, id)
			}
		}
		all := !slices.ContainsFunc(must, func(id PersonID) bool { return !slices.Contains(who, id) })
		if len(who) == need && all && walkable(w, stages[1:], requester, owner, slices.Concat(earlier, who)) {
			return true
		}
	}
	return false
}

// greatCatalog is one at its bounds, whose approvers are bound up with the factors
// of every stage in as many ways as there is room for.
func greatCatalog() Catalog {
	c := tieredCatalog()
	c.People, c.Services, c.Teams = nil, nil, nil
	for i := range MaxPeople {
		p := Person{ID: PersonID(fmt.Sprintf("p%05d", i)), Name: "P", Email: fmt.Sprintf("p%d@example.com", i), Zone: "UTC", Roles: []Role{Requester}}
		if i < 2_000 {
			p.Roles = []Role{Approver}
		}
		c.People = append(c.People, p)
	}
	for i := range MaxServices {
		id := fmt.Sprintf("s%d", i)
		c.Teams = append(c.Teams, Team{ID: TeamID(id), Name: "T", Manager: c.People[i].ID, Members: []PersonID{c.People[i+1].ID}})
		c.Services = append(c.Services, Service{ID: ServiceID(id), Name: "S", Owner: c.People[i%2_000].ID, Team: TeamID(id), Channel: "C0WEBSITE", Criticality: High})
	}
	next := 1
	hundred := func() (ids []PersonID) {
		for len(ids) < MaxNamed {
			next = next * 48271 % 2147483647
			if id := c.People[next%800].ID; !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		return ids
	}
	for i := range c.Change.Tiers {
		c.Change.Tiers[i].Stages = nil
		for j := range MaxStages {
			s := Stage{Name: fmt.Sprint("Stage ", j), ExpireAfter: hour}
			for k := range MaxFactors {
				f := Factor{Name: fmt.Sprint("Factor ", k), Who: Group{People: hundred()}, Need: Need{Percent: 20}, Exclude: []Exclusion{ExcludeEarlier}, Backup: Group{People: hundred()}}
				if k == 0 {
					f.Who, f.Need = Group{Owner: true}, Need{Count: 1}
				}
				s.Factors = append(s.Factors, f)
			}
			c.Change.Tiers[i].Stages = append(c.Change.Tiers[i].Stages, s)
		}
	}
	return c
}

func TestAGreatCatalogIsCheckedByKindsOfPeople(t *testing.T) {
	c := greatCatalog()
	require.Empty(t, c.Check())

	// However many they are: who is asked, who is not, and the two who own a service.
	w := newCrowd(&c)
	hundred := Group{}
	for i := range MaxNamed {
		hundred.People = append(hundred.People, c.People[i].ID)
	}
	q := newQuorum(w, w.staff(Stage{Factors: []Factor{{Who: hundred, Need: Need{All: true}}, {Who: Group{Owner: true}, Need: Need{Count: 1}}}}))
	require.Len(t, q.people, MaxNamed)
	require.Len(t, q.askers(), 4)
	require.Equal(t, "1 approval, but nobody can give one when p00100 raises a change to s100", q.short().String())
}
