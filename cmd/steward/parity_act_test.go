package main

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// act is one way to ask for an operation on a change, and the rule that judges it.
type act struct {
	name  string
	do    func(door, itsm.PersonID, itsm.Number) outcome
	rule  func(*visitor, *itsm.Change) error
	names func(*visitor) error // whom it names; nil: nobody
	at    []string             // the stages that it is for; nil: all
	by    []itsm.PersonID      // who can mean it; nil: everybody
	stays bool                 // it moves nothing, so all share one change
}

func (a act) fits(who itsm.PersonID, s stage) bool {
	return (a.at == nil || slices.Contains(a.at, s.name)) && (a.by == nil || slices.Contains(a.by, who))
}

func (s stage) fits(who itsm.PersonID, operation string) bool {
	return (s.by == nil || slices.Contains(s.by, who)) && (s.tries == nil || slices.Contains(s.tries, operation))
}

// acts asks for an operation on a change in a stage. What the rules refuse is
// asked of the change that all share; what they allow gets one for each door.
func acts(operation string) func(*visitor, stage) {
	return func(v *visitor, s stage) {
		if !s.fits(v.who, operation) {
			return
		}
		ways, may := asked[operation], false
		for _, a := range ways.good {
			if a.fits(v.who, s) {
				may = v.tries(a, s) == nil || may
			}
		}
		if v.actor.Person == "" {
			return
		}
		var more []act
		if s.name == "awaiting" {
			more = ways.bad
		}
		if may && !v.left[operation] { // whoever may not is told so before they are asked for a word
			v.left[operation] = true
			more = append(slices.Clip(more), ways.lacking...)
		}
		for _, a := range more {
			if err := v.tries(a, s); err == nil {
				require.Fail(v.t, "it is no fault", a.name)
			}
		}
	}
}

func (v *visitor) tries(a act, s stage) error {
	n := v.shared[s.name]
	ruled := v.rule(n, s, a)
	viaAPI, viaSlack := n, n
	if ruled == nil && v.actor.Person != "" && !a.stays {
		require.NotNil(v.t, s.bring, "%s may %s what is %s", v.who, a.name, s.name)
		viaAPI, viaSlack = s.bring(v), s.bring(v)
	}
	v.alike(a.name+" what is "+s.name, a.do(v.api, v.who, viaAPI), a.do(v.slack, v.who, viaSlack), ruled)
	return ruled
}

// decidesStale decides on a text that was edited since: the API is told which one was
// read, and a button remembers it.
func (v *visitor) decidesStale(s stage) {
	if s.name != "edited" || !slices.Contains([]itsm.PersonID{"bob", deputy, substitute}, v.who) {
		return
	}
	n := v.voted()
	read, shown := v.read(n), v.slack.typed(v.who, "/change", "status "+string(n))
	require.Equal(v.t, outcome{State: "awaiting_approval"}, v.api.edit(v.asker(), n, "plan", "Rotate them all at once."))
	v.opens(n, 2, 1, engineer)
	c := v.read(n)
	ruled := c.CheckDecision(v.deciding(&c), itsm.DecisionRequest{Verdict: itsm.Approve, ContentHash: read.ContentHash})
	viaAPI := v.api.act(v.who, n, "decisions", map[string]any{"verdict": "approve", "content_hash": read.ContentHash})
	v.alike("approve what was edited since", viaAPI, v.slack.presses(v.who, shown, "change.approve:"+string(n)), ruled)
}

// rule is what the rules say of an act on a change.
func (v *visitor) rule(n itsm.Number, s stage, a act) error {
	if err := n.Check(); err != nil {
		return err
	}
	if err := v.actor.May(itsm.ReadChanges); err != nil {
		return err
	}
	if a.names != nil {
		if err := a.names(v); err != nil {
			return err
		}
	}
	if s.state == "" {
		return itsm.NoSuchRecord(n)
	}
	c := v.read(n)
	if err := c.CheckRead(v.actor); err != nil {
		return err
	}
	return a.rule(v, &c)
}

// deciding is the visitor, with whom they decide for.
func (v *visitor) deciding(c *itsm.Change) itsm.Actor {
	who := v.actor
	if principals := c.PrincipalsOf(v.who); len(principals) > 0 && who.May(itsm.DecideChanges) == nil {
		who.For = new(v.catalog.PrincipalFor(principals[0], v.who, c.Service, time.Now()))
	}
	return who
}

func (v *visitor) terms(c *itsm.Change) itsm.Terms {
	s, _ := v.catalog.Service(c.Service)
	return v.catalog.Change.Terms(s)
}

// raises tries good drafts of each risk as everybody, and one with each fault.
func (v *visitor) raises() {
	for _, tier := range itsm.RiskTiers {
		draft := risky(tier)(nil)
		_, viaAPI := v.api.raise(v.who, draft)
		_, viaSlack := v.slack.raise(v.who, draft)
		v.alike("a good draft of "+string(tier)+" risk", viaAPI, viaSlack, v.mayRaise(tier))
	}
	if v.mayRaise(itsm.RiskLow) != nil {
		return
	}
	at := func(d time.Duration) string {
		return time.Now().Add(d).UTC().Truncate(time.Minute).Format(time.RFC3339)
	}
	for what, change := range map[string]map[string]string{
		"no title":                            {"title": " "},
		"a title that misleads":               {"title": "Harmless\u202e"},
		"no plan and no way back":             {"plan": " ", "backout_plan": "\n"},
		"a risk half answered":                {"risk_complexity": "", "risk_rollback": ""},
		"a window that ends before it starts": {"window_start": at(2 * time.Hour), "window_end": at(time.Hour)},
		"a window that is over":               {"window_start": at(-2 * time.Hour), "window_end": at(-time.Hour)},
		"a window that is too long":           {"window_start": at(time.Hour), "window_end": at(31 * 24 * time.Hour)},
		"a window that is too far away":       {"window_start": at(400 * 24 * time.Hour), "window_end": at(401 * 24 * time.Hour)},
	} {
		bad := risky(itsm.RiskLow)(nil)
		maps.Copy(bad, change)
		_, viaAPI := v.api.raise(v.who, bad)
		_, viaSlack := v.slack.raise(v.who, bad)
		require.Equal(v.t, "change.invalid", viaAPI.Code, what)
		v.alike(what, viaAPI, viaSlack, itsm.Refuse(itsm.Invalid, viaAPI.Code, "%s", viaAPI.Sentence))
	}
}

func (v *visitor) mayRaise(tier itsm.RiskTier) error {
	if err := v.actor.May(itsm.RaiseChanges); err != nil {
		return err
	}
	return v.catalog.CheckRaise(v.actor, itsm.ChangeDraft{Service: "website", Risk: weighing(tier)}, time.Now())
}

func weighing(tier itsm.RiskTier) *itsm.Risk {
	mark := map[itsm.RiskTier]int{itsm.RiskLow: 1, itsm.RiskMedium: 3, itsm.RiskHigh: 5}[tier]
	return &itsm.Risk{Complexity: mark, BusinessImpact: mark, Rollback: mark, TestCoverage: mark, RecentChurn: mark}
}

var tooLong = strings.Repeat("ö", itsm.MaxNote+1)
