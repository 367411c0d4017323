package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// incidentAct is one operation on an incident, as each door asks for it, and the rule
// that judges it.
type incidentAct struct {
	path  string // of the API, behind the number
	body  map[string]any
	typed string            // the sub-command; the number follows it
	rest  string            // what follows the number
	form  map[string]string // what a form that asks for it is given
	rule  func(*itsm.Incident, itsm.Actor) error
}

// What stands in an act for an incident that is open and to be seen by all, and for a
// problem whose known error is published.
const (
	otherIncident = "OTHER"
	knownError    = "KNOWN"
)

var incidentActs = map[string]incidentAct{
	"acknowledgeIncident": {"acknowledge", map[string]any{"note": "On it."}, "ack", "On it.", nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckAcknowledge(who, itsm.NoteRequest{Note: "On it."})
	}},
	"assignIncident": {"assign", map[string]any{"assignee": "eve"}, "assign", "@eve", nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckAssign(who, itsm.Assignment{Assignee: "eve"})
	}},
	"reprioritiseIncident": {"reprioritise", map[string]any{"override": "P2", "note": "Sales."}, "priority", "P2 Sales.", nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckReprioritise(who, itsm.Reprioritisation{Override: itsm.P2, Note: "Sales."})
	}},
	"holdIncident": {"hold", map[string]any{"reason": "awaiting_vendor", "note": "They look."}, "hold", "awaiting_vendor They look.", nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckHold(who, itsm.HoldRequest{Reason: itsm.AwaitingVendor, Note: "They look."})
	}},
	"resumeIncident": {"resume", map[string]any{}, "resume", "", nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckResume(who, itsm.NoteRequest{})
	}},
	"escalateIncident": {"escalate", map[string]any{"to": "manager", "note": "It takes too long."}, "escalate", "manager It takes too long.", nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckEscalate(who, itsm.EscalateRequest{To: itsm.EscalateManager, Note: "It takes too long."})
	}},
	"commentOnIncident": {"comments", map[string]any{"text": "Is it the cable?"}, "comment", "Is it the cable?", nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckComment(who, itsm.CommentRequest{Text: "Is it the cable?"}, itsm.Talk{})
	}},
	"relateIncident": {"links", map[string]any{"kind": "related_to", "to": otherIncident}, "link", "related_to " + otherIncident, nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckRelate(who, itsm.RelateRequest{Kind: itsm.Related, To: "INC-9999999999"})
	}},
	"endIncidentAsDuplicate": {"duplicate", map[string]any{"of": otherIncident}, "duplicate", otherIncident, nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckDuplicate(who, itsm.DuplicateRequest{Of: "INC-9999999999"})
	}},
	"setIncidentParent": {"parent", map[string]any{"parent": otherIncident}, "parent", otherIncident, nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckParent(who, itsm.ParentRequest{Parent: "INC-9999999999"})
	}},
	"applyWorkaround": {"apply", map[string]any{"known_error": knownError}, "apply", knownError, nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckApply(who, itsm.ApplyRequest{KnownError: "PRB-9999999999"})
	}},
	"resolveIncident": {"resolve", map[string]any{"code": "fixed", "note": "Restarted it."}, "resolve", "fixed Restarted it.", nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckResolve(who, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Restarted it."})
	}},
	"confirmIncident": {"confirm", map[string]any{}, "confirm", "", nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckConfirm(who, itsm.NoteRequest{})
	}},
	"reopenIncident": {"reopen", map[string]any{"note": "It is still broken."}, "reopen", "It is still broken.", nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckReopen(who, itsm.NoteRequest{Note: "It is still broken."})
	}},
	"cancelIncident": {"cancel", map[string]any{"note": "It was my cable."}, "cancel", "It was my cable.", nil, func(i *itsm.Incident, who itsm.Actor) error {
		return i.CheckCancel(who, itsm.Cancellation{Note: "It was my cable."})
	}},
}

// incidentReads are what people look at, and the sub-command that shows it.
var incidentReads = map[string][2]string{
	"readIncident":            {"", "show"},
	"readIncidentTimeline":    {"/timeline", "timeline"},
	"explainIncident":         {"/explain", "explain"},
	"listIncidentComments":    {"/comments", "show"},
	"readClocks":              {"/clocks", "status"},
	"suggestForIncident":      {"/suggestions", "show"},
	"readIncidentKnownErrors": {"/known-errors", "show"},
	"readRelations":           {"/relations", "show"},
}

// incidentLists are those of no one record, each with the command that shows it.
var incidentLists = map[string][3]string{
	"listIncidents":        {"/v1/incidents", "/incident", "list"},
	"listWaitingIncidents": {"/v1/me/incidents", "/incident", "list waiting"},
	"readOnCall":           {"/v1/oncall?service=website", "/who", "website"},
}

// incidentOperations are those of the contract that this test holds against Slack.
func incidentOperations() []string {
	all := slices.Collect(maps.Keys(incidentActs))
	all = append(all, slices.Collect(maps.Keys(incidentReads))...)
	all = append(all, slices.Collect(maps.Keys(incidentLists))...)
	return append(all, "raiseIncident", "readChangeRelations")
}

// incidentStages are how an incident is brought to each state.
var incidentStages = []struct {
	name  string
	bring func(*parity) itsm.Number
}{
	{"triaged", func(p *parity) itsm.Number { return p.reports() }},
	{"in_progress", func(p *parity) itsm.Number { return p.done(p.reports(), "bob", "acknowledge", map[string]any{}) }},
	{"on_hold", func(p *parity) itsm.Number {
		n := p.done(p.reports(), "bob", "acknowledge", map[string]any{})
		return p.done(n, "bob", "hold", map[string]any{"reason": "awaiting_vendor", "note": "They look."})
	}},
	{"resolved", func(p *parity) itsm.Number {
		return p.done(p.reports(), "bob", "resolve", map[string]any{"code": "fixed", "note": "Restarted it."})
	}},
	{"closed", func(p *parity) itsm.Number {
		n := p.done(p.reports(), "bob", "resolve", map[string]any{"code": "fixed", "note": "Restarted it."})
		return p.done(n, "ana", "confirm", map[string]any{})
	}},
	{"cancelled", func(p *parity) itsm.Number {
		return p.done(p.reports(), "ana", "cancel", map[string]any{"note": "It was my cable."})
	}},
	{"absent", func(*parity) itsm.Number { return "INC-9999999" }},
	{"nonsense", func(*parity) itsm.Number { return "INC-0" }},
}

// reports reports an incident through the API.
func (p *parity) reports() itsm.Number {
	p.t.Helper()
	a := p.call("ana", http.MethodPost, "/v1/incidents", map[string]any{"title": "No payments", "service": "website", "impact": "high", "urgency": "high"})
	require.Equal(p.t, http.StatusCreated, a.Status, a.Body)
	return a.number()
}

// done does something to an incident through the API, which is allowed.
func (p *parity) done(n itsm.Number, who itsm.PersonID, path string, body map[string]any) itsm.Number {
	p.t.Helper()
	a := p.call(who, http.MethodPost, "/v1/incidents/"+string(n)+"/"+path, body)
	require.Less(p.t, a.Status, 300, "%s %s: %v", path, n, a.Body)
	return n
}

// TestBothDoorsAnswerAlikeAboutIncidents does every operation on incidents through
// both doors, on incidents in every state, as everybody, and expects the same code
// and the same sentence: those of the rules.
func TestBothDoorsAnswerAlikeAboutIncidents(t *testing.T) {
	p := &parity{shared: map[string]itsm.Number{}, counts: map[string]map[string]int{}}
	p.world = newWorld(t, func(c *itsm.Catalog) {
		onCall(c)
		c.Incident.Escalation = "" // nobody is called meanwhile
		for i := range c.People {
			switch c.People[i].ID { //nolint:exhaustive // of everybody
			case "eve":
				c.People[i].Roles = append(c.People[i].Roles, itsm.Responder, itsm.ProblemManager)
			case "max":
				c.People[i].Roles = append(c.People[i].Roles, itsm.IncidentManager, itsm.ProblemManager)
			}
		}
		c.People = append(c.People, itsm.Person{ID: former, Name: "Fay Former", Slack: slackID(former), Zone: "UTC", Roles: []itsm.Role{}})
		p.catalog = *c
	})
	at, err := redis.ParseURL(p.config.RedisURL.Reveal())
	require.NoError(t, err)
	p.redis = redis.NewClient(at)
	t.Cleanup(func() { _ = p.redis.Close() })
	for _, s := range incidentStages {
		p.shared[s.name] = s.bring(p)
	}
	p.shared[otherIncident], p.shared[knownError] = p.reports(), p.problem("ana")
	for _, word := range []string{"accept", "cause", "workaround", "publish", "approve"} {
		p.investigates(p.shared[knownError], word, "")
	}
	for _, who := range []itsm.PersonID{"ana", "bob", "ida", "max", "ada", "root", former, nobody} {
		t.Run(string(who), func(t *testing.T) {
			v := p.visitor(t, who)
			v.readsIncidents()
			v.actsOnIncidents()
		})
	}
	p.print()
}

func (v *visitor) actsOnIncidents() {
	for _, name := range slices.Sorted(maps.Keys(incidentActs)) {
		v.operation = name
		v.rested(v.t)
		for _, s := range incidentStages {
			v.triesIncident(incidentActs[name], s.name, s.bring)
			if v.actor.Person == "" { // whoever is unknown is refused before the record is looked at
				break
			}
		}
	}
	v.raisesIncident()
}

func (v *visitor) triesIncident(a incidentAct, stage string, bring func(*parity) itsm.Number) {
	n := v.shared[stage]
	ruled := v.incidentRule(n, a)
	viaAPI, viaSlack := n, n
	if ruled == nil && v.actor.Person != "" {
		viaAPI, viaSlack = bring(v.parity), bring(v.parity)
	}
	v.alike(a.typed+" what is "+stage, v.incidentByAPI(a, viaAPI), v.incidentBySlack(a, viaSlack), ruled)
}

func (v *visitor) incidentByAPI(a incidentAct, n itsm.Number) outcome {
	body := maps.Clone(a.body)
	for k, value := range body {
		if name, is := value.(string); is && v.shared[name] != "" {
			body[k] = string(v.shared[name])
		}
	}
	return v.api.say(v.call(v.who, http.MethodPost, "/v1/incidents/"+string(n)+"/"+a.path, body))
}

func (v *visitor) incidentBySlack(a incidentAct, n itsm.Number) outcome {
	rest := strings.NewReplacer(otherIncident, string(v.shared[otherIncident]), knownError, string(v.shared[knownError])).Replace(a.rest)
	return readSlack(v.slack.typed(v.who, "/incident", strings.TrimSpace(a.typed+" "+string(n)+" "+rest)).Says())
}

// incidentRule is what the rules say of an act on an incident.
func (v *visitor) incidentRule(n itsm.Number, a incidentAct) error {
	if err := n.Check(); err != nil {
		return err
	}
	if err := v.actor.May(itsm.ReadIncidents); err != nil {
		return err
	}
	i, there := v.readIncident(n)
	if !there {
		return itsm.NoSuchRecord(n)
	}
	return a.rule(&i, v.actor)
}

func (v *visitor) readIncident(n itsm.Number) (i itsm.Incident, there bool) {
	v.t.Helper()
	a := v.call("ada", http.MethodGet, "/v1/incidents/"+string(n), nil)
	if a.Status != http.StatusOK {
		return i, false
	}
	text, err := json.Marshal(a.Body)
	require.NoError(v.t, err)
	require.NoError(v.t, json.Unmarshal(text, &i))
	return i, true
}

// readsIncidents looks at what there is through both doors.
func (v *visitor) readsIncidents() {
	for _, name := range slices.Sorted(maps.Keys(incidentReads)) {
		v.operation = name
		v.rested(v.t)
		for _, s := range incidentStages {
			n, ways := v.shared[s.name], incidentReads[name]
			ruled := v.incidentRule(n, incidentAct{rule: func(i *itsm.Incident, who itsm.Actor) error { return i.CheckRead(who) }})
			viaAPI := v.api.say(v.call(v.who, http.MethodGet, "/v1/incidents/"+string(n)+ways[0], nil))
			viaSlack := v.looked(v.slack.typed(v.who, "/incident", ways[1]+" "+string(n)).Says())
			viaAPI.State = ""
			v.alike(ways[1]+" what is "+s.name, viaAPI, viaSlack, ruled)
			if v.actor.Person == "" {
				break
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(incidentLists)) {
		v.operation = name
		ways := incidentLists[name]
		needs := itsm.ReadIncidents
		if name == "readOnCall" {
			needs = itsm.ReadCatalog
		}
		viaAPI := v.api.say(v.call(v.who, http.MethodGet, ways[0], nil))
		viaSlack := v.looked(v.slack.typed(v.who, ways[1], ways[2]).Says())
		v.alike(ways[1]+" "+ways[2], viaAPI, viaSlack, v.actor.May(needs))
	}
}

// looked is what came of looking: a refusal, or nothing to say.
func (v *visitor) looked(text string) outcome {
	o := readSlack(text)
	if o.Code == "" {
		return outcome{}
	}
	return o
}

// raisesIncident reports one through both doors: the API's body, and Slack's form.
func (v *visitor) raisesIncident() {
	v.operation = "raiseIncident"
	v.rested(v.t)
	draft := itsm.IncidentDraft{IncidentText: itsm.IncidentText{Title: "No mail", Service: "website"}, Impact: itsm.LowDegree, Urgency: itsm.LowDegree}
	viaAPI := v.api.say(v.call(v.who, http.MethodPost, "/v1/incidents", draft))
	viaSlack := v.slack.fillsIn(v.who, "/incident", "new", map[string]string{
		"title": draft.Title, "service": string(draft.Service), "impact": "low", "urgency": "low",
	})
	v.alike("raise", viaAPI, viaSlack, v.actor.May(itsm.RaiseIncidents))
	relations := v.call(v.who, http.MethodGet, "/v1/changes/CHG-9999999/relations", nil)
	if v.actor.May(itsm.ReadChanges) == nil {
		assert.Equal(v.t, "record.not_found", relations.code())
	}
}
