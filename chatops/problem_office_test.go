package chatops

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/chatops/slackfake/blockkit"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// problemOffice is an office in which pia and max may answer for problems: pia manages
// them, max publishes known errors too; pat and rio look for causes, and ana reports.
func problemOffice(t testing.TB) *office {
	t.Helper()
	o := dutyOffice(t, func(c *slackfake.Config) {
		c.Users = append(c.Users, slackfake.User{ID: "U0PIA", Name: "U0PIA"})
		c.Channels[0].Members = append(c.Channels[0].Members, "U0PIA")
	})
	c := &o.desk.catalog
	c.People = append(c.People, itsm.Person{ID: "pia", Name: "Pia & Co", Slack: "U0PIA", Roles: []itsm.Role{itsm.ProblemManager}})
	for n := range c.People {
		if c.People[n].ID == "max" {
			c.People[n].Roles = append(c.People[n].Roles, itsm.ProblemManager)
		}
	}
	return o
}

// prb types a command about problems, and returns what was said, in a form or aside.
func (o *office) prb(user, text string) string {
	o.t.Helper()
	if said := o.typed(user, "/problem", text); said != "" {
		return said
	}
	return o.top(user).Text()
}

// hangs has ana raise PRB-1 from INC-1 through the form.
func (o *office) hangs() *itsm.Problem {
	o.t.Helper()
	o.outage()
	o.typed("U0ANA", "/problem", "new from INC-1")
	a := o.submit("U0ANA", map[string]string{"title": "Payments <hang>"})
	require.Equal(o.t, "update", a.Action, a.Errors)
	o.closed("U0ANA")
	o.clock.pass(time.Second)
	return o.desk.problems["PRB-1"]
}

// stage is how far stood takes a problem.
type stage int

const (
	logged stage = iota
	accepted
	caused
	drafted
	proposed
	published
	planned
	watched
	held
)

var (
	aCause      = map[string]string{"method": "five_whys", "cause": "The pool is <small>", "cause_evidence": "https://graphs.example/1 at noon\ninc-1\nThe log", "known": "known"}
	aWorkaround = map[string]string{"symptoms": "Payments hang at *noon*", "workaround": "1. Restart <it>\n2. Wait", "risk": "Payments under way fail", "verified_by": "U0RIO"}
)

// stood is an office whose PRB-1 has come so far.
func stood(t testing.TB, far stage) *office {
	t.Helper()
	o := problemOffice(t)
	o.raised()
	p := o.hangs()
	steps := []func(){
		func() { o.prb("U0PIA", "accept 1 @pat look") },
		func() {
			o.prb("U0PAT", "rca 1")
			o.submit("U0PAT", aCause)
			o.closed("U0PAT")
		},
		func() {
			o.prb("U0PAT", "workaround 1")
			o.submit("U0PAT", aWorkaround)
			o.closed("U0PAT")
		},
		func() { o.prb("U0PAT", "known-error 1") },
		func() { o.prb("U0PIA", "decide 1 approve") },
		func() { o.prb("U0PAT", "fix 1 CHG-1") },
		func() { o.desk.fixed("PRB-1", itsm.Successful) },
		func() { o.prb("U0PIA", "confirm 1 No incident since") },
	}
	for _, step := range steps[:far] {
		step()
		o.clock.pass(time.Second)
	}
	want := []itsm.ProblemState{
		itsm.ProblemLogged, itsm.ProblemInvestigating, itsm.ProblemRootCauseKnown, itsm.ProblemRootCauseKnown, itsm.ProblemRootCauseKnown, itsm.ProblemKnownError,
		itsm.ProblemFixPlanned, itsm.ProblemWatched, itsm.ProblemResolved,
	}[far]
	require.Equal(t, want, p.State, "%s", o.lastWords("U0PAT"))
	return o
}

// problemTold is the last notice of a kind about PRB-1 to somebody, or to a channel.
func (o *office) problemTold(kind itsm.NoticeKind, to string) itsm.Notice {
	o.t.Helper()
	all := itsm.ProblemNotices(o.desk.problemBook(*o.desk.problems["PRB-1"]))
	for _, one := range slices.Backward(all) {
		if one.Kind == kind && (string(one.To) == to || one.To == "" && one.Channel == to) {
			return one
		}
	}
	require.Fail(o.t, "there is no such notice", "%s to %s", kind, to)
	return itsm.Notice{}
}

// problemSent posts that notice, as the process's teller would.
func (o *office) problemSent(kind itsm.NoticeKind, to string) slackfake.Message {
	o.t.Helper()
	at, err := o.messenger.Post(context.Background(), o.problemTold(kind, to))
	require.NoError(o.t, err)
	return o.at(at.Channel, at.TS)
}

// pressLast presses a button of what only user saw last, which is about PRB-1, or picks
// the line of its menu.
func (o *office) pressLast(user, label string) {
	o.t.Helper()
	o.pressAbout(user, "PRB-1", label)
}

// pressAbout is pressLast, about whichever record.
func (o *office) pressAbout(user string, n itsm.Number, label string) {
	o.t.Helper()
	all := o.Ephemerals(user)
	require.NotEmpty(o.t, all)
	m := all[len(all)-1]
	if slices.Contains(buttons(m), label) {
		o.press(user, m, label)
		return
	}
	_, err := o.Press(context.Background(), user, m, of(n).name+".more:"+string(n), label)
	require.NoError(o.t, err)
}

// initiallyFor is what a field of the form that somebody sees holds already.
func (o *office) initiallyFor(user, block string) string {
	o.t.Helper()
	for _, b := range o.top(user).Blocks {
		if blockkit.Text(b, "block_id") != block {
			continue
		}
		e := blockkit.Objects([]any{b["element"]})[0]
		if option, ok := e["initial_option"].(map[string]any); ok {
			return blockkit.Text(option, "value")
		}
		if id := blockkit.Text(e, "initial_user"); id != "" {
			return id
		}
		return blockkit.Text(e, "initial_value")
	}
	return "no such field"
}

func callerOf(id itsm.PersonID, roles ...itsm.Role) desk.Caller {
	return desk.Caller{Actor: itsm.Actor{Person: id, Roles: roles, Door: itsm.DoorSlack, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}}
}
