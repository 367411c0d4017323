package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/itsm"
)

// absentProblem is none that there is.
const absentProblem = "PRB-9999999"

// problemReads are what people look at, and the sub-command that shows it.
var problemReads = map[string][2]string{
	"readProblem":          {"", "show"},
	"readProblemTimeline":  {"/timeline", "timeline"},
	"explainProblem":       {"/explain", "explain"},
	"listProblemComments":  {"/comments", "show"},
	"readProblemRelations": {"/relations", "show"},
}

// problemLists are those of no one record, each with the command that shows it.
var problemLists = map[string][3]string{
	"listProblems":        {"/v1/problems", "/problem", "list"},
	"listWaitingProblems": {"/v1/me/problems", "/problem", "list waiting"},
	"listKnownErrors":     {"/v1/known-errors?q=shop", "/problem", "known shop"},
}

// problemOperations are those of the contract that this test holds against Slack.
func problemOperations() []string {
	all := []string{"raiseProblem", "draftFix"}
	for _, a := range problemActs {
		if !slices.Contains(all, a.operation) {
			all = append(all, a.operation)
		}
	}
	all = append(all, slices.Collect(maps.Keys(problemReads))...)
	return append(all, slices.Collect(maps.Keys(problemLists))...)
}

// problemStages are how a problem is brought to each stage, in the words of its walks.
var problemStages = []struct{ name, walk string }{
	{"candidate", "proposed"},
	{"logged", ""},
	{"investigating", "accept task"},
	{"root cause known", "accept task cause"},
	{"proposed", "accept task cause workaround publish asked"},
	{"proposed by max", "accept task cause max asked"},
	{"rejected", "accept task cause workaround publish reject"},
	{"known error", "accept task cause workaround publish approve"},
	{"fix planned", "accept task cause fix"},
	{"watched", "accept task cause fix works"},
	{"resolved", "accept task cause fix works confirm"},
	{"reopened", "accept task risk reopen"},
	{"risk accepted", "accept task risk"},
	{"closed", "accept task risk close"},
	{"declined", "decline"},
	{"merged", "merge"},
	{"cancelled", "cancel"},
	{"absent", ""},
	{"nonsense", ""},
}

// comesTo brings a problem to a stage.
func (v *visitor) comesTo(stage, walk string) itsm.Number {
	v.t.Helper()
	w, n := v.world, itsm.Number("")
	switch stage {
	case "absent":
		return absentProblem
	case "nonsense":
		return "PRB-0"
	case "candidate":
		return w.proposed(fmt.Sprintf("Slow %s %d", v.who, time.Now().UnixNano()))
	}
	v.rested(v.t)
	n = w.problem("ana")
	for word := range strings.FieldsSeq(walk) {
		switch word {
		case "max": // writes it, so somebody else has to read it
			w.worksOn(n, "max", "workaround", problemDeeds["workaround"].body)
			w.worksOn(n, "max", "known-error", map[string]any{})
		case "asked":
			w.eventually("somebody is asked about "+string(n), func() bool {
				p := v.problemAt(n)
				return p.Publication.Opening != nil && p.Publication.Opening.Round == p.Publication.Round
			})
		default:
			w.investigates(n, word, v.shared[otherProblem])
		}
	}
	return n
}

// pairAt are two problems in a stage on which an act is allowed: those of the act
// before, as long as it left them there.
func (v *visitor) pairAt(stage, walk string, rule func(*itsm.Problem, itsm.Actor) error) (one, two itsm.Number) {
	v.t.Helper()
	state := v.problemAt(v.shared[stage]).State
	stays := func(n itsm.Number) bool {
		if n == "" {
			return false
		}
		p := v.problemAt(n)
		return p.State == state && rule(&p, v.actor) == nil
	}
	if pair := v.pairs[stage]; !stays(pair[0]) || !stays(pair[1]) {
		v.pairs[stage] = [2]itsm.Number{v.comesTo(stage, walk), v.comesTo(stage, walk)}
	}
	return v.pairs[stage][0], v.pairs[stage][1]
}

func (w *world) worksOn(n itsm.Number, who itsm.PersonID, path string, body map[string]any) {
	w.t.Helper()
	a := w.call(who, http.MethodPost, "/v1/problems/"+string(n)+"/"+path, body)
	require.Less(w.t, a.Status, 300, "%s %s: %v", path, n, a.Body)
}

func (v *visitor) problemAt(n itsm.Number) itsm.Problem {
	v.t.Helper()
	p, err := v.owner.Problem(v.t.Context(), n)
	require.NoError(v.t, err)
	return p
}

// TestBothDoorsAnswerAlikeAboutProblems does every operation on problems through both
// doors, on problems in every stage, as everybody, and expects the same code and the
// same sentence: those of the rules.
func TestBothDoorsAnswerAlikeAboutProblems(t *testing.T) {
	p := &parity{shared: map[string]itsm.Number{}, counts: map[string]map[string]int{}}
	p.world = newWorld(t, func(c *itsm.Catalog) {
		investigators(c)
		c.People = append(c.People, itsm.Person{ID: former, Name: "Fay Former", Slack: slackID(former), Zone: "UTC", Roles: []itsm.Role{}})
		p.catalog = *c
	})
	at, err := redis.ParseURL(p.config.RedisURL.Reveal())
	require.NoError(t, err)
	p.redis = redis.NewClient(at)
	t.Cleanup(func() { _ = p.redis.Close() })
	v := p.visitor(t, "ada")
	p.shared[otherProblem], p.shared[someChange] = p.problem("ana"), p.raise("ana")
	for _, s := range problemStages {
		p.shared[s.name] = v.comesTo(s.name, s.walk)
	}
	t.Run("as", func(t *testing.T) {
		for _, who := range []itsm.PersonID{"ana", "bob", "max", "ada", "root", former, nobody} {
			t.Run(string(who), func(t *testing.T) {
				t.Parallel()
				v := p.visitor(t, who)
				v.readsProblems()
				v.actsOnProblems()
				v.raisesProblem()
				v.draftsFix()
			})
		}
	})
	p.print()
}

func (v *visitor) actsOnProblems() {
	for _, a := range problemActs {
		v.operation = a.operation
		for _, s := range problemStages {
			v.rested(v.t)
			v.triesProblem(a, s.name, s.walk)
			if v.actor.Person == "" { // whoever is unknown is refused before the record is looked at
				break
			}
		}
	}
}

// triesProblem does what the rules refuse to the problem that all share, and what they
// allow to one for each door: once in each state, since the rules know no more of it.
func (v *visitor) triesProblem(a problemAct, stage, walk string) {
	v.t.Helper()
	n := v.shared[stage]
	ruled := v.problemRule(n, a.rule)
	viaAPI, viaSlack := n, n
	if ruled == nil && v.actor.Person != "" {
		did := a.typed + " what is " + string(v.problemAt(n).State)
		if v.left[did] {
			return
		}
		v.left[did] = true
		viaAPI, viaSlack = v.pairAt(stage, walk, a.rule)
	}
	body := maps.Clone(a.body)
	for k, value := range body {
		if name, is := value.(string); is && v.shared[name] != "" {
			body[k] = v.shared[name]
		}
	}
	rest := strings.NewReplacer(otherProblem, string(v.shared[otherProblem]), someChange, string(v.shared[someChange])).Replace(a.rest)
	api := v.api.say(v.call(v.who, http.MethodPost, "/v1/problems/"+string(viaAPI)+"/"+a.path, body))
	slack := v.slack.fillsIn(v.who, "/problem", strings.TrimSpace(a.typed+" "+string(viaSlack)+" "+rest), a.form)
	v.alike(a.typed+" what is "+stage, api, slack, ruled)
}

// problemRule is what the rules say of an act on a problem.
func (v *visitor) problemRule(n itsm.Number, rule func(*itsm.Problem, itsm.Actor) error) error {
	if err := n.Check(); err != nil {
		return err
	}
	if err := v.actor.May(itsm.ReadProblems); err != nil {
		return err
	}
	if n == absentProblem {
		return itsm.NoSuchRecord(n)
	}
	p := v.problemAt(n)
	return rule(&p, v.actor)
}

// readsProblems looks at what there is through both doors.
func (v *visitor) readsProblems() {
	for _, name := range slices.Sorted(maps.Keys(problemReads)) {
		v.operation = name
		for _, s := range problemStages {
			v.rested(v.t)
			n, ways := v.shared[s.name], problemReads[name]
			ruled := v.problemRule(n, func(p *itsm.Problem, who itsm.Actor) error { return p.CheckRead(who) })
			viaAPI := v.api.say(v.call(v.who, http.MethodGet, "/v1/problems/"+string(n)+ways[0], nil))
			viaSlack := v.looked(v.slack.typed(v.who, "/problem", ways[1]+" "+string(n)).Says())
			viaAPI.State = ""
			v.alike(ways[1]+" what is "+s.name, viaAPI, viaSlack, ruled)
			if v.actor.Person == "" {
				break
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(problemLists)) {
		v.operation = name
		v.rested(v.t)
		ways := problemLists[name]
		viaAPI := v.api.say(v.call(v.who, http.MethodGet, ways[0], nil))
		viaSlack := v.looked(v.slack.typed(v.who, ways[1], ways[2]).Says())
		v.alike(ways[1]+" "+ways[2], viaAPI, viaSlack, v.actor.May(itsm.ReadProblems))
	}
}

// raisesProblem raises one through both doors: the API's body, and Slack's form.
func (v *visitor) raisesProblem() {
	v.operation = "raiseProblem"
	v.rested(v.t)
	ruled := v.actor.May(itsm.RaiseProblems)
	for what, title := range map[string]string{"a good draft": "No mail", "a title that misleads": "Harmless\u202e"} {
		d := itsm.ProblemDraft{Impact: itsm.LowDegree, Urgency: itsm.LowDegree}
		d.Title, d.Service = title, "website"
		viaAPI := v.api.say(v.call(v.who, http.MethodPost, "/v1/problems", d))
		viaSlack := v.slack.fillsIn(v.who, "/problem", "new", map[string]string{
			"title": title, "service": "website", "impact": "low", "urgency": "low",
		})
		wrong := ruled
		if wrong == nil {
			wrong = d.Check()
		}
		v.alike(what, viaAPI, viaSlack, wrong)
	}
}

// draftsFix raises the change that fixes a problem through both doors. The form holds
// what the API gives: the draft, and the rest is written by whoever carries it out.
func (v *visitor) draftsFix() {
	s := problemStages[slices.IndexFunc(problemStages, func(s struct{ name, walk string }) bool { return s.name == "root cause known" })]
	v.operation = "draftFix"
	ruled := v.problemRule(v.shared[s.name], func(p *itsm.Problem, who itsm.Actor) error {
		if err := p.CheckFixable(who); err != nil {
			return err
		}
		return who.May(itsm.RaiseChanges)
	})
	n := v.shared[s.name]
	if ruled == nil && v.actor.Person != "" {
		n = v.comesTo(s.name, s.walk)
	}
	text := "fix " + string(n)
	if ruled != nil || v.actor.Person == "" {
		viaAPI := v.api.say(v.call(v.who, http.MethodPost, "/v1/problems/"+string(n)+"/fix", map[string]any{"draft": goodDraft}))
		v.alike(text, viaAPI, v.slack.fillsIn(v.who, "/problem", text, nil), ruled)
		return
	}
	draft := v.call(v.who, http.MethodGet, "/v1/problems/"+string(n)+"/fix-draft", nil)
	require.Equal(v.t, http.StatusOK, draft.Status, draft.Body)
	v.slack.types(v.who, "/problem", text)
	views := v.slack.slack.Views(slackID(v.who))
	require.NotEmpty(v.t, views, text)
	form := map[string]string{}
	blockkit.Elements(views[len(views)-1].Blocks, func(b, e map[string]any) {
		form[blockkit.Text(b, "block_id")] = blockkit.Text(e, "initial_value")
	})
	for _, field := range []string{"title", "description", "justification"} {
		told, _ := draft.Body[field].(string)
		assert.Equal(v.t, told, form[field], field)
	}
	_, err := v.slack.slack.Submit(v.t.Context(), slackID(v.who), views[len(views)-1], map[string]string{"plan": "Empty it.", "backout_plan": "Leave it full.", "window_start": "", "window_end": ""})
	require.NoError(v.t, err)
	v.world.stands(n, itsm.ProblemFixPlanned)
	fix := v.call(v.who, http.MethodGet, "/v1/changes/"+string(v.world.fixOf(n)), nil)
	assert.Equal(v.t, draft.Body["title"], fix.Body["title"])
	v.count(v.operation, string(itsm.ProblemFixPlanned))
}
