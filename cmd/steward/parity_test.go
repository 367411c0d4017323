package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

// twins says how each operation of the contract is done in Slack, and holds the
// two against each other for one person. What is done to a change is done in each
// state that one can be in.
var twins = map[string]struct {
	on   func(*visitor, stage)
	once func(*visitor)
	last func(*visitor) // once nothing is going on any more
}{
	"raiseChange":    {once: (*visitor).raises},
	"decideChange":   {on: acts("decideChange")},
	"startChange":    {on: acts("startChange")},
	"completeChange": {on: acts("completeChange")},
	"cancelChange":   {on: acts("cancelChange")},
	"readChange":     {on: (*visitor).reads},
	"readTimeline":   {on: (*visitor).readsTimeline},
	"explainChange":  {on: (*visitor).readsWhy},
	"listChanges":    {last: (*visitor).lists},
	"listWaiting":    {last: (*visitor).listsWaiting},
	"listServices":   {last: (*visitor).listsServices},
	"listPeople":     {last: (*visitor).listsPeople},
}

// TestBothDoorsAnswerAlike does every operation of the contract through both
// doors, on changes in every state, as everybody, and expects the same code and
// the same sentence: those of the rules.
func TestBothDoorsAnswerAlike(t *testing.T) {
	require.ElementsMatch(t, operations(t), slices.Collect(maps.Keys(twins)), "what the contract offers, and what has a twin in Slack")
	p := newParity(t)
	names := slices.Sorted(maps.Keys(twins))
	t.Run("as", func(t *testing.T) {
		for _, who := range p.people {
			t.Run(string(who), func(t *testing.T) {
				t.Parallel()
				v := p.visitor(t, who)
				for _, name := range names {
					v.does(name)
				}
			})
		}
	})
	for _, who := range p.people {
		v := p.visitor(t, who)
		for _, name := range names {
			if list := twins[name].last; list != nil {
				v.operation = name
				list(v)
			}
		}
	}
	p.print()
}

func (v *visitor) does(name string) {
	v.operation = name
	twin := twins[name]
	if twin.once != nil {
		twin.once(v)
	}
	if twin.on == nil {
		return
	}
	for _, s := range stages {
		twin.on(v, s)
		if v.actor.Person == "" { // whoever is unknown is refused before the change is looked at, and not for ever
			return
		}
	}
}

// operations are those of the contract that a person may ask for. A hook has no person.
func operations(t *testing.T) []string {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../api/openapi.yaml")
	require.NoError(t, err)
	var found []string
	for path, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			if strings.HasPrefix(path, "/v1/") && !strings.HasPrefix(path, "/v1/hooks/") {
				found = append(found, op.OperationID)
			}
		}
	}
	return found
}

// parity is a world with a change in every state, and everybody who may look at it.
type parity struct {
	*world
	catalog itsm.Catalog
	people  []itsm.PersonID
	shared  map[string]itsm.Number // what refused acts may share, by stage

	mu     sync.Mutex
	counts map[string]map[string]int // by operation and what came of it
}

// Who is not in the example: who approves and carries out, who left and is still
// in the catalog, and who is not in it any more.
const (
	both   = itsm.PersonID("sam")
	former = itsm.PersonID("fay")
	gone   = itsm.PersonID("gus")
	nobody = itsm.PersonID("stranger") // has a Slack account, and no token
)

func newParity(t *testing.T) *parity {
	p := &parity{shared: map[string]itsm.Number{}, counts: map[string]map[string]int{}}
	p.world = newWorld(t, func(c *itsm.Catalog) {
		c.People = append(c.People,
			itsm.Person{ID: both, Name: "Sam Both", Slack: slackID(both), Zone: "UTC", Roles: []itsm.Role{itsm.Approver, itsm.Implementer}},
			itsm.Person{ID: former, Name: "Fay Former", Slack: slackID(former), Zone: "UTC", Roles: []itsm.Role{}},
			itsm.Person{ID: gone, Name: "Gus Gone", Slack: slackID(gone), Zone: "UTC", Roles: []itsm.Role{itsm.Requester}},
		)
		c.Services[0].Restricted = true // payments
		c.Change.RemindAfter, c.Change.ExpireAfter = 0, itsm.Duration(time.Second)
		p.catalog = *c
	})
	undecided := p.raise("ana")
	for _, who := range p.catalog.People {
		p.people = append(p.people, who.ID)
	}
	p.people = append(p.people, nobody)
	p.catalog.People = slices.DeleteFunc(slices.Clone(p.catalog.People), func(who itsm.Person) bool { return who.ID == gone })
	p.catalog.Change.ExpireAfter = itsm.Duration(time.Hour)
	_, _, err := p.owner.ApplyCatalog(t.Context(), p.catalog, catalog.Digest(p.catalog), "test")
	require.NoError(t, err)
	v := p.visitor(t, "ana")
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
	return p
}

func (p *parity) visitor(t *testing.T, who itsm.PersonID) *visitor {
	w := *p.world
	w.t = t
	v := &visitor{parity: p, world: &w, t: t, who: who, api: apiDoor{&w}, slack: slackDoor{&w}}
	if person, ok := p.catalog.Person(who); ok {
		v.actor = itsm.Actor{
			Person: who, Roles: person.Roles, Teams: p.catalog.TeamsOf(who), Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite},
		}
	}
	return v
}

func (p *parity) count(operation, result string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.counts[operation] == nil {
		p.counts[operation] = map[string]int{}
	}
	p.counts[operation][result]++
}

// print shows what was compared: the numbers of pairs by operation and result.
func (p *parity) print() {
	total := 0
	for _, operation := range slices.Sorted(maps.Keys(p.counts)) {
		var row []string
		for _, result := range slices.Sorted(maps.Keys(p.counts[operation])) {
			n := p.counts[operation][result]
			row, total = append(row, fmt.Sprintf("%s %d", result, n)), total+n
		}
		p.t.Logf("%-15s %s", operation, strings.Join(row, ", "))
	}
	p.t.Logf("%d pairs by %d people on %d stages", total, len(p.people), len(stages))
}

// visitor is one person at both doors.
type visitor struct {
	*parity
	world     *world
	t         *testing.T
	who       itsm.PersonID
	actor     itsm.Actor
	api       apiDoor
	slack     slackDoor
	operation string
}

// unknown is what each door tells somebody whom it does not know, by code. Each
// has its own way to become known, so these may differ.
var unknown = map[string][2]string{
	string(gone):   {"actor.left", "slack.unknown_person"},
	string(nobody): {"token.missing", "slack.unknown_person"},
}

// alike holds both answers against each other and against what the rules say.
func (v *visitor) alike(about string, viaAPI, viaSlack outcome, ruled error) {
	v.t.Helper()
	about = fmt.Sprintf("%s by %s, %s", v.operation, v.who, about)
	if want, ok := unknown[string(v.who)]; ok {
		assert.Equal(v.t, want, [2]string{viaAPI.Code, viaSlack.Code}, about)
		v.count(v.operation, "(unknown person)")
		return
	}
	v.count(v.operation, viaAPI.Code+viaAPI.State)
	if viaSlack.Faults == "" { // outside of a form there is one sentence
		viaAPI.Faults = ""
	} else {
		viaAPI.Code, viaAPI.Sentence = "", ""
	}
	assert.Equal(v.t, viaAPI, viaSlack, about)
	if ruled == nil {
		assert.Empty(v.t, viaAPI.Code, about+": the rules allow it")
		return
	}
	e := itsm.AsError(ruled)
	if viaAPI.Faults == "" {
		assert.Equal(v.t, outcome{Code: e.Code, Sentence: e.Message}, viaAPI, about+": the rules say otherwise")
	}
}
