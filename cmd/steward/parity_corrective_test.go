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
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// absentCorrective is none that there is.
const absentCorrective = "CAR-9999999"

// correctiveReads are what people look at, and the sub-command that shows it.
var correctiveReads = map[string][2]string{
	"readCorrectiveAction":          {"", "show"},
	"readCorrectiveActionTimeline":  {"/timeline", "timeline"},
	"explainCorrectiveAction":       {"/explain", "explain"},
	"listCorrectiveActionComments":  {"/comments", "show"},
	"readCorrectiveActionRelations": {"/relations", "show"},
}

// correctiveLists are those of no one record, each with the command that shows it.
var correctiveLists = map[string][3]string{
	"listCorrectiveActions":        {"/v1/corrective-actions", "/corrective", "list"},
	"listWaitingCorrectiveActions": {"/v1/me/corrective-actions", "/itsm", "my"},
}

// correctiveAct is one way to ask for an operation on a corrective action, as each door
// is asked, and the rule that judges it.
type correctiveAct struct {
	operation string
	path      string // of the API, behind the number
	body      map[string]any
	typed     string            // the sub-command; the number follows it
	rest      string            // what follows the number
	form      map[string]string // what the form is given that this opens
	rule      func(*itsm.CorrectiveAction, itsm.Actor) error
}

const itsLog = "https://logs.example.com/7"

var (
	logged    = []itsm.Evidence{{URL: itsLog}}
	asLogged  = []map[string]any{{"url": itsLog}}
	stepDueAt = time.Now().AddDate(0, 0, 30).UTC().Truncate(time.Minute)
)

var correctiveActs = []correctiveAct{
	{"acknowledgeCorrectiveAction", "acknowledge", map[string]any{}, "acknowledge", "", nil, func(c *itsm.CorrectiveAction, who itsm.Actor) error {
		return c.CheckAcknowledge(who, itsm.NoteRequest{})
	}},
	{"assignCorrectiveAction", "assign", map[string]any{"assignee": "bob"}, "assign", "@bob", nil, func(c *itsm.CorrectiveAction, who itsm.Actor) error {
		return c.CheckAssign(who, itsm.Assignment{Assignee: "bob"})
	}},
	{"relateCorrectiveAction", "links", map[string]any{"kind": "acts_on", "to": someChange}, "link", "acts on " + someChange, nil, func(c *itsm.CorrectiveAction, who itsm.Actor) error {
		return c.CheckRelate(who, itsm.RelateRequest{Kind: itsm.ActsOn, To: "CHG-9999999999"})
	}},
	{
		"findCorrectiveCause", "rca",
		map[string]any{"method": "ishikawa", "cause": claim("Nobody was told."), "known": true},
		"rca", "",
		map[string]string{"method": "ishikawa", "cause": "Nobody was told.", "cause_evidence": "Seen in the logs.", "known": "known"},
		func(c *itsm.CorrectiveAction, who itsm.Actor) error {
			cause := &itsm.Claim{Text: "Nobody was told.", Evidence: []itsm.Evidence{{Note: "Seen in the logs."}}}
			return c.CheckCause(who, itsm.RootCauseRequest{Method: itsm.Ishikawa, Cause: cause, Known: true})
		},
	},
	{
		"planCorrectiveAction", "plan",
		map[string]any{"measure": "It works.", "similar": "Nowhere.", "verify_after": stepDueAt, "steps": []map[string]any{{"title": "Try one", "owner": "bob", "due_at": stepDueAt}}},
		"plan", "",
		map[string]string{"measure": "It works.", "similar": "Nowhere.", "steps_0_title": "Try one", "steps_0_owner": slackID("bob"), "steps_0_due_at": fmt.Sprint(stepDueAt.Unix()), "verify_after": fmt.Sprint(stepDueAt.Unix())},
		func(c *itsm.CorrectiveAction, who itsm.Actor) error {
			r := itsm.PlanRequest{Measure: "It works.", Similar: "Nowhere.", Steps: []itsm.PlanStep{{Title: "Try one", Owner: "bob", DueAt: stepDueAt}}}
			if c.Plan != nil {
				r.Against = c.Plan.Version
			}
			return c.CheckPlan(who, r, time.Now())
		},
	},
	{"decideCorrectivePlan", "decide", map[string]any{"verdict": "approve"}, "approve", "", nil, func(c *itsm.CorrectiveAction, who itsm.Actor) error {
		return c.CheckDecision(who, itsm.DecisionRequest{Verdict: itsm.Approve})
	}},
	{"decideCorrectivePlan", "decide", map[string]any{"verdict": "reject", "note": "It does not reach the cause."}, "decide", "reject It does not reach the cause.", nil, func(c *itsm.CorrectiveAction, who itsm.Actor) error {
		return c.CheckDecision(who, itsm.DecisionRequest{Verdict: itsm.Reject, Note: "It does not reach the cause."})
	}},
	{"stepOfCorrectiveAction", "step", map[string]any{"id": 1, "state": "done", "result": "It went well, see " + itsLog, "evidence": asLogged}, "step", "1 It went well, see " + itsLog, nil, func(c *itsm.CorrectiveAction, who itsm.Actor) error {
		return c.CheckStep(who, itsm.StepRequest{TaskRequest: itsm.TaskRequest{ID: 1, State: itsm.TaskDone, Result: "It went well."}, Evidence: logged})
	}},
	{"stepOfCorrectiveAction", "step", map[string]any{"id": 2, "state": "dropped", "result": "It is there."}, "drop", "2 It is there.", nil, func(c *itsm.CorrectiveAction, who itsm.Actor) error {
		return c.CheckStep(who, itsm.StepRequest{TaskRequest: itsm.TaskRequest{ID: 2, State: itsm.TaskDropped, Result: "It is there."}})
	}},
	{"implementCorrectiveAction", "implement", map[string]any{}, "implement", "", nil, func(c *itsm.CorrectiveAction, who itsm.Actor) error {
		return c.CheckImplement(who, itsm.NoteRequest{})
	}},
	{"verifyCorrectiveAction", "verify", map[string]any{"result": "effective", "note": "It holds, see " + itsLog, "evidence": asLogged}, "verify", "effective It holds, see " + itsLog, nil, func(c *itsm.CorrectiveAction, who itsm.Actor) error {
		return c.CheckVerify(who, itsm.VerificationRequest{Result: itsm.Effective, Note: "It holds.", Evidence: logged})
	}},
	{
		"verifyCorrectiveAction", "verify",
		map[string]any{"result": "not_effective", "note": "It does not.", "evidence": []map[string]any{{"note": "Seen in the logs."}}},
		"verify", "",
		map[string]string{"result": "not_effective", "note": "It does not.", "evidence": "Seen in the logs."},
		func(c *itsm.CorrectiveAction, who itsm.Actor) error {
			return c.CheckVerify(who, itsm.VerificationRequest{Result: itsm.NotEffective, Note: "It does not.", Evidence: []itsm.Evidence{{Note: "seen"}}})
		},
	},
	{"commentOnCorrectiveAction", "comments", map[string]any{"text": "Look at the log."}, "comment", "Look at the log.", nil, func(c *itsm.CorrectiveAction, who itsm.Actor) error {
		return c.CheckComment(who, itsm.CommentRequest{Text: "Look at the log."}, itsm.Talk{})
	}},
	{"withdrawCorrectiveAction", "withdraw", map[string]any{"note": "The service ends."}, "withdraw", "The service ends.", nil, func(c *itsm.CorrectiveAction, who itsm.Actor) error {
		return c.CheckWithdraw(who, itsm.NoteRequest{Note: "The service ends."})
	}},
}

// correctiveOperations are those of the contract that this test holds against Slack.
func correctiveOperations() []string {
	all := []string{"raiseCorrectiveAction"}
	for _, a := range correctiveActs {
		if !slices.Contains(all, a.operation) {
			all = append(all, a.operation)
		}
	}
	all = append(all, slices.Collect(maps.Keys(correctiveReads))...)
	return append(all, slices.Collect(maps.Keys(correctiveLists))...)
}

// correctiveStages are how a corrective action is brought to each stage, in the words of
// its walks.
var correctiveStages = []struct{ name, walk string }{
	{"raised", ""},
	{"acknowledged", "acknowledge"},
	{"cause known", "acknowledge cause"},
	{"plan proposed", "acknowledge cause plan asked"},
	{"rejected", "acknowledge cause plan reject"},
	{"planned", "acknowledge cause plan accept"},
	{"done", "acknowledge cause plan accept step drop"},
	{"implemented", "acknowledge cause late accept step drop implement"},
	{"to be verified", "acknowledge cause plan accept step drop implement shows"},
	{"not effective", "acknowledge cause plan accept step drop implement useless"},
	{"closed", "acknowledge cause plan accept step drop implement effective"},
	{"withdrawn", "withdraw"},
	{"absent", ""},
	{"nonsense", ""},
}

// improves brings a corrective action to a stage.
func (v *visitor) improves(stage, walk string) itsm.Number {
	v.t.Helper()
	switch stage {
	case "absent":
		return absentCorrective
	case "nonsense":
		return "CAR-0"
	}
	v.rested(v.t)
	w := v.world
	n := w.corrective()
	for word := range strings.FieldsSeq(walk) {
		switch word {
		case "asked":
			w.eventually("somebody is asked about "+string(n), func() bool {
				c := v.correctiveAt(n)
				return c.Acceptance.Opening != nil && c.Acceptance.Opening.Round == c.Acceptance.Round
			})
		case "late":
			w.asks("ida", correctivePath(n)+"/plan", plan(0, 24*time.Hour))
		case "shows":
			w.eventually(string(n)+" is to be verified", func() bool { c := v.correctiveAt(n); return c.Verifiable() })
		default:
			w.betters(n, word)
		}
	}
	return n
}

func (v *visitor) correctiveAt(n itsm.Number) itsm.CorrectiveAction {
	v.t.Helper()
	c, err := v.owner.Corrective(v.t.Context(), n)
	require.NoError(v.t, err)
	return c
}

// TestBothDoorsAnswerAlikeAboutCorrectiveActions does every operation on corrective
// actions through both doors, on some in every stage, as everybody, and expects the same
// code and the same sentence: those of the rules.
func TestBothDoorsAnswerAlikeAboutCorrectiveActions(t *testing.T) {
	p := &parity{shared: map[string]itsm.Number{}, counts: map[string]map[string]int{}}
	p.world = newWorld(t, func(c *itsm.Catalog) {
		betterers(c)
		c.People = append(c.People, itsm.Person{ID: former, Name: "Fay Former", Slack: slackID(former), Zone: "UTC", Roles: []itsm.Role{}})
		p.catalog = *c
	})
	at, err := redis.ParseURL(p.config.RedisURL.Reveal())
	require.NoError(t, err)
	p.redis = redis.NewClient(at)
	t.Cleanup(func() { _ = p.redis.Close() })
	v := p.visitor(t, "ada")
	p.shared[someChange] = p.raise("ana")
	for _, s := range correctiveStages {
		p.shared[s.name] = v.improves(s.name, s.walk)
	}
	t.Run("as", func(t *testing.T) {
		for _, who := range []itsm.PersonID{"ana", "bob", "ida", "max", "ada", former, nobody} {
			t.Run(string(who), func(t *testing.T) {
				t.Parallel()
				v := p.visitor(t, who)
				v.readsCorrective()
				v.actsOnCorrective()
				v.raisesCorrective()
			})
		}
	})
	p.print()
}

func (v *visitor) actsOnCorrective() {
	for _, a := range correctiveActs {
		v.operation = a.operation
		for _, s := range correctiveStages {
			v.rested(v.t)
			v.triesCorrective(a, s.name, s.walk)
			if v.actor.Person == "" { // whoever is unknown is refused before the record is looked at
				break
			}
		}
	}
}

// triesCorrective does what the rules refuse to the one that all share, and what they
// allow to one for each door: once in each state, since the rules know no more of it.
func (v *visitor) triesCorrective(a correctiveAct, stage, walk string) {
	v.t.Helper()
	n := v.shared[stage]
	ruled := v.correctiveRule(n, a.rule)
	viaAPI, viaSlack := n, n
	if ruled == nil && v.actor.Person != "" {
		did := a.typed + a.rest + " what is " + string(v.correctiveAt(n).State)
		if v.left[did] {
			return
		}
		v.left[did] = true
		viaAPI, viaSlack = v.improves(stage, walk), v.improves(stage, walk)
	}
	body := maps.Clone(a.body)
	if body["to"] == someChange {
		body["to"] = v.shared[someChange]
	}
	if c, err := v.owner.Corrective(v.t.Context(), viaAPI); a.path == "plan" && err == nil && c.Plan != nil {
		body["against"] = c.Plan.Version
	}
	rest := strings.ReplaceAll(a.rest, someChange, string(v.shared[someChange]))
	api := v.api.say(v.call(v.who, http.MethodPost, correctivePath(viaAPI)+"/"+a.path, body))
	slack := v.slack.fillsIn(v.who, "/corrective", strings.TrimSpace(a.typed+" "+string(viaSlack)+" "+rest), a.form)
	v.alike(a.typed+" what is "+stage, api, slack, ruled)
}

// correctiveRule is what the rules say of an act on a corrective action.
func (v *visitor) correctiveRule(n itsm.Number, rule func(*itsm.CorrectiveAction, itsm.Actor) error) error {
	if err := n.Check(); err != nil {
		return err
	}
	if err := v.actor.May(itsm.ReadCorrective); err != nil {
		return err
	}
	if n == absentCorrective {
		return itsm.NoSuchRecord(n)
	}
	c := v.correctiveAt(n)
	return rule(&c, v.actor)
}

// readsCorrective looks at what there is through both doors.
func (v *visitor) readsCorrective() {
	for _, name := range slices.Sorted(maps.Keys(correctiveReads)) {
		v.operation = name
		for _, s := range correctiveStages {
			v.rested(v.t)
			n, ways := v.shared[s.name], correctiveReads[name]
			ruled := v.correctiveRule(n, func(c *itsm.CorrectiveAction, who itsm.Actor) error { return c.CheckRead(who) })
			viaAPI := v.api.say(v.call(v.who, http.MethodGet, correctivePath(n)+ways[0], nil))
			viaSlack := v.looked(v.slack.typed(v.who, "/corrective", ways[1]+" "+string(n)).Says())
			viaAPI.State = ""
			v.alike(ways[1]+" what is "+s.name, viaAPI, viaSlack, ruled)
			if v.actor.Person == "" {
				break
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(correctiveLists)) {
		v.operation = name
		v.rested(v.t)
		ways := correctiveLists[name]
		viaAPI := v.api.say(v.call(v.who, http.MethodGet, ways[0], nil))
		viaSlack := v.looked(v.slack.typed(v.who, ways[1], ways[2]).Says())
		v.alike(ways[1]+" "+ways[2], viaAPI, viaSlack, v.actor.May(itsm.ReadCorrective))
	}
}

// raisesCorrective raises one through both doors: the API's body, and Slack's form.
func (v *visitor) raisesCorrective() {
	v.operation = "raiseCorrectiveAction"
	v.rested(v.t)
	ruled := v.actor.May(itsm.RaiseCorrective)
	for what, title := range map[string]string{"a good draft": "No restores", "a title that misleads": "Harmless\u202e"} {
		d := itsm.CorrectiveDraft{Severity: itsm.SeverityMinor}
		d.Title, d.Nonconformity, d.Service = title, "None was tried.", "website"
		viaAPI := v.api.say(v.call(v.who, http.MethodPost, "/v1/corrective-actions", d))
		viaSlack := v.slack.fillsIn(v.who, "/corrective", "raise", map[string]string{
			"title": title, "nonconformity": "None was tried.", "service": "website", "severity": "minor",
		})
		wrong := ruled
		if wrong == nil {
			wrong = d.Check()
		}
		v.alike(what, viaAPI, viaSlack, wrong)
	}
}
