package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
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
	"raiseChange":   {once: (*visitor).raises},
	"previewChange": {once: (*visitor).foresees},
	"readChange":    {on: (*visitor).reads},
	"readTimeline":  {on: (*visitor).readsTimeline},
	"explainChange": {on: (*visitor).readsWhy},
	"listComments":  {on: (*visitor).readsTalk},

	"assessChange":    {on: acts("assessChange")},
	"cancelChange":    {on: acts("cancelChange")},
	"commentOnChange": {on: acts("commentOnChange")},
	"completeChange":  {on: acts("completeChange")},
	"decideChange":    {on: func(v *visitor, s stage) { acts("decideChange")(v, s); v.decidesStale(s) }},
	"delegateChange":  {on: acts("delegateChange")},
	"editChange":      {on: acts("editChange")},
	"holdChange":      {on: acts("holdChange")},
	"linkChange":      {on: acts("linkChange")},
	"reassignChange":  {on: acts("reassignChange")},
	"resumeChange":    {on: acts("resumeChange")},
	"retractVote":     {on: acts("retractVote")},
	"startChange":     {on: acts("startChange")},
	"withdrawChange":  {on: acts("withdrawChange")},

	"listChanges":        {last: (*visitor).lists},
	"listWaitingChanges": {last: (*visitor).listsWaiting},
	"listServices":       {last: (*visitor).listsServices},
	"listPeople":         {last: (*visitor).listsPeople},
}

// recordOperations read records of all kinds; TestBothDoorsAnswerAlikeAboutAllKinds holds
// those against Slack, and TestOneFrontDoor against the readings of each kind.
var recordOperations = []string{
	"listRecords", "readRecord", "readRecordTimeline", "readGraph", "searchRecords", "listWaiting",
}

// TestBothDoorsAnswerAlike does every operation of the contract through both
// doors, on changes in every state, as everybody, and expects the same code and
// the same sentence: those of the rules.
func TestBothDoorsAnswerAlike(t *testing.T) {
	require.ElementsMatch(t, operations(t), slices.Concat(slices.Collect(maps.Keys(twins)), incidentOperations(), problemOperations(), correctiveOperations(), recordOperations, supplierOperations()), "what the contract offers, and what has a twin in Slack")
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
				v.rested(t)
				list(v)
			}
		}
	}
	p.print()
}

func (v *visitor) does(name string) {
	v.operation = name
	v.rested(v.t)
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
	redis   *redis.Client

	mu     sync.Mutex
	counts map[string]map[string]int // by operation and what came of it
}

func (p *parity) visitor(t *testing.T, who itsm.PersonID) *visitor {
	w := *p.world
	w.t = t
	v := &visitor{
		parity: p, world: &w, t: t, who: who, api: apiDoor{&w}, slack: slackDoor{&w},
		left: map[string]bool{}, shown: map[string]slackfake.Message{}, pairs: map[string][2]itsm.Number{},
	}
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
	left      map[string]bool              // what they did, and is not done again: what lacks a word, or what a state allows
	shown     map[string]slackfake.Message // by command: what the changes that all share look like
	pairs     map[string][2]itsm.Number    // by stage: problems of their own, one for each door
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
		assert.Empty(v.t, viaAPI.Code+viaAPI.Faults, about+": the rules allow it")
		return
	}
	e := itsm.AsError(ruled)
	switch {
	case viaAPI.Faults == "":
		assert.Equal(v.t, outcome{Code: e.Code, Sentence: e.Message}, viaAPI, about+": the rules say otherwise")
	case len(e.Fields) > 0:
		assert.Equal(v.t, inFields(e), viaAPI.Faults, about+": the rules say otherwise")
	}
}

// inFields are a refusal's faults, as a door tells them.
func inFields(e *itsm.Error) string {
	var faults []string
	for _, f := range e.Fields {
		faults = append(faults, block(f.Pointer)+" "+f.Message)
	}
	slices.Sort(faults)
	return strings.Join(faults, "\n")
}
