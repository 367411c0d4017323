package itsm_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

type ids = []itsm.PersonID

// factor is one that approvers are named in, and that one rejection ends.
func factor(need int, named ...itsm.PersonID) itsm.Panel {
	return itsm.Panel{Name: "F", Who: itsm.Group{Role: itsm.Approver}, Need: need, Veto: true, Named: named}
}

// quorum is one of two approvals that one rejection does not end.
func quorum(named ...itsm.PersonID) itsm.Panel {
	p := factor(2, named...)
	p.Veto = false
	return p
}

func with(p itsm.Panel, change func(*itsm.Panel)) itsm.Panel {
	change(&p)
	return p
}

// asked is a change of Ana's, to be carried out by Ida, with a stage open.
func asked(panels ...itsm.Panel) itsm.Change {
	c := inState(itsm.ChangeAssessing)
	c.Approval.Round, c.Assignee = 1, "ida"
	c.Become(itsm.ChangeAwaiting, at)
	o := itsm.OfOne(nil, at, nil, new(at.Add(4*time.Hour)))
	o.Panels = panels
	c.OpenStage(o)
	return c
}

// votes casts votes written as bob+ (approves), bob- (rejects), bob0 (abstains),
// bob~ (takes it back) and eve/bob+ (eve for bob), and gives the code of the last.
func votes(t *testing.T, c *itsm.Change, all string) string {
	t.Helper()
	last := ""
	for v := range strings.FieldsSeq(all) {
		require.Empty(t, last, "before %s of %s", v, all)
		name, mark := v[:len(v)-1], v[len(v)-1:]
		by, of, deputy := strings.Cut(name, "/")
		who := person(itsm.PersonID(by), itsm.Approver)
		if by == "max" {
			who = manager
		}
		if deputy {
			who.For = &itsm.Principal{Person: itsm.PersonID(of), Roles: []itsm.Role{itsm.Approver}}
		}
		if mark == "~" {
			if last = code(c.CheckRetract(who)); last == "" {
				c.Retract(who)
			}
			continue
		}
		d := itsm.DecisionRequest{Verdict: map[string]itsm.Verdict{"+": itsm.Approve, "-": itsm.Reject, "0": itsm.Abstain}[mark], Note: "So."}
		if last = code(c.CheckDecision(who, d)); last == "" {
			c.Decide(who, d, at)
		}
	}
	return last
}

func TestWhatVotesComeTo(t *testing.T) {
	named := ids{"bob", "eve", "joe"}
	backed := func(p *itsm.Panel) { p.Backups, p.Managers = ids{"sue"}, ids{"max"} }
	const awaiting, approved, rejected = itsm.ChangeAwaiting, itsm.ChangeApproved, itsm.ChangeRejected
	for _, tt := range []struct {
		sentence string
		panels   []itsm.Panel
		votes    string
		state    itsm.ChangeState
		code     string // of the last vote
	}{
		{"any one is enough where one is needed", []itsm.Panel{factor(1, named...)}, "eve+", approved, ""},
		{"two of three are not one", []itsm.Panel{factor(2, named...)}, "eve+", awaiting, ""},
		{"two of three are", []itsm.Panel{factor(2, named...)}, "eve+ bob+", approved, ""},
		{"with a veto, one rejection ends it", []itsm.Panel{factor(1, named...)}, "eve-", rejected, ""},
		{"whatever was approved before", []itsm.Panel{factor(3, named...)}, "bob+ joe+ eve-", rejected, ""},
		{"even in a factor that is full, while another is not", []itsm.Panel{factor(1, "bob", "eve"), factor(1, "joe")}, "bob+ eve-", rejected, ""},
		{"with a quorum, one rejection does not", []itsm.Panel{quorum(named...)}, "bob- eve+", awaiting, ""},
		{"and the rest may approve", []itsm.Panel{quorum(named...)}, "bob- eve+ joe+", approved, ""},
		{"until too few are left: then at once", []itsm.Panel{quorum(named...)}, "bob- eve-", rejected, ""},
		{"though backups would be there", []itsm.Panel{with(quorum(named...), backed)}, "bob- eve-", rejected, ""},
		{"to abstain is no yes", []itsm.Panel{factor(1, named...)}, "bob0", awaiting, ""},
		{"nor a no", []itsm.Panel{factor(1, named...)}, "bob0 eve0 joe+", approved, ""},
		{"when all abstain, too few are left", []itsm.Panel{factor(1, named...)}, "bob0 eve0 joe0", rejected, ""},
		{"but backups come first", []itsm.Panel{with(factor(1, "bob"), backed)}, "bob0", awaiting, ""},
		{"and decide", []itsm.Panel{with(factor(1, "bob"), backed)}, "bob0 sue+", approved, ""},
		{"not before", []itsm.Panel{with(factor(1, "bob"), backed)}, "sue+", awaiting, "change.not_approver"},
		{"then change managers", []itsm.Panel{with(factor(1, "bob"), backed)}, "bob0 sue0", awaiting, ""},
		{"and when they abstain too, that ends it", []itsm.Panel{with(factor(1, "bob"), backed)}, "bob0 sue0 max0", rejected, ""},
		{"without a mandatory member the others do not suffice", []itsm.Panel{with(factor(2, named...), mandatory)}, "eve+ joe+", awaiting, ""},
		{"with them they do", []itsm.Panel{with(factor(2, named...), mandatory)}, "eve+ bob+", approved, ""},
		{"their abstention ends it: nobody stands in for them", []itsm.Panel{with(with(factor(2, named...), mandatory), backed)}, "bob0", rejected, ""},
		{"one person fills one factor", []itsm.Panel{factor(1, "bob", "eve"), factor(1, "bob", "joe")}, "bob+", awaiting, ""},
		{"whichever the others do not", []itsm.Panel{factor(1, "bob", "eve"), factor(1, "bob")}, "bob+ eve+", approved, ""},
		{"moved along a chain", []itsm.Panel{factor(1, "bob", "eve"), factor(1, "bob", "joe"), factor(1, "eve")}, "bob+ joe+ eve+", approved, ""},
		{"nobody votes twice", []itsm.Panel{factor(2, named...)}, "bob+ bob+", awaiting, "change.voted"},
		{"whoever took theirs back does", []itsm.Panel{factor(2, named...)}, "bob+ bob~ bob- ", rejected, ""},
		{"what was taken back counts no more", []itsm.Panel{factor(2, named...)}, "bob+ bob~ eve+", awaiting, ""},
		{"nobody takes back what decided the stage", []itsm.Panel{factor(1, named...)}, "bob+ bob~", approved, "change.decided_on"},
		{"nor what they never gave", []itsm.Panel{factor(2, named...)}, "bob+ eve~", awaiting, "change.not_voted"},
		{"who came as a backup decides where they come to", []itsm.Panel{with(factor(1, "bob"), backed), factor(2, "sue", "joe")}, "sue+ bob0", awaiting, ""},
		{"not by what they said before", []itsm.Panel{with(factor(1, "bob"), backed), factor(2, "sue", "joe")}, "sue+ bob0 joe+", awaiting, ""},
	} {
		c := asked(slices.Clone(tt.panels)...)
		require.Equal(t, tt.code, votes(t, &c, tt.votes), tt.sentence)
		require.Equal(t, tt.state, c.State, tt.sentence)
	}
}

func mandatory(p *itsm.Panel) { p.Mandatory = p.Named[:1] }

func TestHowManyANeedComesTo(t *testing.T) {
	for _, tt := range []struct {
		need   string
		of, is int
	}{
		{"all", 3, 3},
		{"all", 0, 1},
		{"2", 5, 2},
		{"2", 1, 2},
		{"50%", 4, 2},
		{"50%", 5, 3},
		{"51%", 4, 3},
		{"1%", 7, 1},
		{"34%", 3, 2},
		{"33%", 3, 1},
		{"100%", 7, 7},
		{"1%", 0, 1},
	} {
		var n itsm.Need
		require.NoError(t, n.UnmarshalText([]byte(tt.need)))
		require.Equal(t, tt.is, n.Of(tt.of), "%s of %d", tt.need, tt.of)
	}
}

// eveForBob is a factor of bob and joe, of which two are needed, with bob's say
// handed to eve for this record.
func eveForBob(t *testing.T) itsm.Change {
	t.Helper()
	c := asked(factor(2, "bob", "joe"))
	r := itsm.DelegationRequest{To: "eve"}
	require.NoError(t, c.CheckDelegate(bob, r))
	e := c.Delegate(bob, r, at)
	require.Equal(t, itsm.Delegation{From: "bob", To: "eve", By: "bob", At: at}, *e.Detail.Delegation)
	return c
}

func TestWhoDecidesForWhom(t *testing.T) {
	for _, tt := range []struct {
		sentence, votes, code string
	}{
		{"eve decides for bob", "eve/bob+", ""},
		{"not for herself", "eve+", "change.not_approver"},
		{"not for joe", "eve/joe+", "change.not_delegate"},
		{"bob still decides himself", "bob+", ""},
		{"not both: bob first", "bob+ eve/bob+", "change.voted_for"},
		{"not both: eve first", "eve/bob+ bob+", "change.voted_for"},
		{"eve counts once", "eve/bob+ eve/bob+", "change.voted"},
		{"bob takes back what eve said for him", "eve/bob+ bob~ bob+", ""},
		{"so does eve", "eve/bob- eve~", "change.decided_on"},
		{"and what she took back, she says anew", "eve/bob+ eve~ eve/bob+ joe+", ""},
	} {
		c := eveForBob(t)
		require.Equal(t, tt.code, votes(t, &c, tt.votes), tt.sentence)
	}
	c := eveForBob(t)
	require.Empty(t, votes(t, &c, "eve/bob+ joe+"))
	require.Equal(t, itsm.ChangeApproved, c.State)
	require.Equal(t, itsm.PersonID("bob"), c.Decisions[0].Principal())
}

func TestADelegationIsNoGrant(t *testing.T) {
	yes := itsm.DecisionRequest{Verdict: itsm.Approve}
	roles := func(r ...itsm.Role) []itsm.Role { return r }
	for _, tt := range []struct {
		sentence string
		eve, bob []itsm.Role
		code     string
	}{
		{"both hold what it takes", roles(itsm.Approver), roles(itsm.Approver), ""},
		{"eve needs a role that decides", roles(itsm.Requester), roles(itsm.Approver), "actor.permission"},
		{"it ends with bob's role", roles(itsm.Approver), roles(itsm.Requester), "change.left_role"},
		{"another deciding role of his is not the one he was named for", roles(itsm.Approver), roles(itsm.ChangeManager), "change.left_role"},
	} {
		c := eveForBob(t)
		who := person("eve", tt.eve...)
		who.For = &itsm.Principal{Person: "bob", Roles: tt.bob}
		require.Equal(t, tt.code, code(c.CheckDecision(who, yes)), tt.sentence)
	}
	c := asked(factor(1, "bob"), with(factor(1, "joe"), func(p *itsm.Panel) { p.Backups = ids{"eve"} }))
	standing := eve
	standing.For = &itsm.Principal{Person: "bob", Roles: roles(itsm.Approver), Standing: true}
	require.NoError(t, c.CheckDecision(standing, yes), "a standing one needs no word on the record")
	require.Empty(t, votes(t, &c, "joe0"))
	require.Equal(t, "change.delegate_named", code(c.CheckDecision(standing, yes)), "eve has a say of her own by now")
	c = eveForBob(t)
	c.Delegate(bob, itsm.DelegationRequest{To: "sue"}, at)
	require.Equal(t, "change.not_delegate", code(c.CheckDecision(standing, yes)), "the record's own goes before")
}

func TestWhoDelegatesToWhom(t *testing.T) {
	for _, tt := range []struct {
		sentence string
		who      itsm.Actor
		r        itsm.DelegationRequest
		code     string
	}{
		{"bob to sue instead", bob, itsm.DelegationRequest{To: "sue"}, ""},
		{"bob takes it back", bob, itsm.DelegationRequest{To: "bob"}, ""},
		{"to nobody", bob, itsm.DelegationRequest{}, "delegation.invalid"},
		{"to the requester", bob, itsm.DelegationRequest{To: "ana"}, "change.delegate_requester"},
		{"to one who decides anyway", bob, itsm.DelegationRequest{To: "joe"}, "change.delegate_named"},
		{"by one who decides nothing", person("sue", itsm.Approver), itsm.DelegationRequest{To: "zoe"}, "change.not_approver"},
		{"joe takes back what he never gave", person("joe", itsm.Approver), itsm.DelegationRequest{To: "joe"}, "change.not_delegated"},
		{"for another", eve, itsm.DelegationRequest{From: "bob", To: "sue"}, "change.not_yours_to_delegate"},
		{"for another, by a change manager", manager, itsm.DelegationRequest{From: "bob", To: "sue"}, ""},
		{"back to bob, who is named", eve, itsm.DelegationRequest{To: "bob"}, "change.delegate_named"},
		{"by one whose role ended", person("bob", itsm.Requester), itsm.DelegationRequest{To: "sue"}, "actor.permission"},
	} {
		c := eveForBob(t)
		require.Equal(t, tt.code, code(c.CheckDelegate(tt.who, tt.r)), tt.sentence)
	}
	c := eveForBob(t)
	c.Edit(itsm.EditRequest{Edit: itsm.Edit{Plan: new("Other.")}}, itsm.Terms{}, at)
	c.OpenStage(func() itsm.Opening { o := itsm.OfOne(ids{"joe"}, at, nil, new(at)); o.Round = 2; return o }())
	require.Equal(t, "change.delegate_circle", code(c.CheckDelegate(eve, itsm.DelegationRequest{To: "bob"})))
}

// Who was named is on record; whether they still are what they were named for is
// asked at the vote.
func TestTheRoleIsLiveAndTheNamesAreNot(t *testing.T) {
	team := func(p *itsm.Panel) { p.Who = itsm.Group{Team: "sec"} }
	member := func(id itsm.PersonID, teams ...itsm.TeamID) itsm.Actor {
		a := person(id, itsm.Approver)
		a.Teams = teams
		return a
	}
	yes := itsm.DecisionRequest{Verdict: itsm.Approve}
	c := asked(with(factor(1, "bob"), team))
	require.NoError(t, c.CheckDecision(member("bob", "sec"), yes))
	require.Equal(t, "change.left_role", code(c.CheckDecision(member("bob", "web"), yes)), "left the team after the opening")
	require.Equal(t, "change.not_approver", code(c.CheckDecision(member("eve", "sec"), yes)), "joined it after the opening")

	c = asked(with(factor(1, "bob", "eve"), team), factor(1, "bob", "joe"))
	require.NoError(t, c.CheckDecision(member("bob"), yes), "he is of the other factor still")
	c.Decide(member("bob"), yes, at)
	c.Decide(member("joe"), yes, at)
	require.Equal(t, itsm.ChangeAwaiting, c.State, "and of that one only")
	require.Equal(t, ids{"eve"}, c.Approvers)
	c.Retract(member("bob"))
	c.Decide(member("bob", "sec"), yes, at)
	require.Equal(t, itsm.ChangeApproved, c.State, "he came back to the team, and decided anew")
}

// An exclusion keeps somebody out whatever way they come in.
func TestExclusionsHoldForDeputies(t *testing.T) {
	c := asked(with(factor(1, "bob"), func(p *itsm.Panel) { p.NotDoer = true }))
	c.Delegate(bob, itsm.DelegationRequest{To: "ida"}, at)
	require.Equal(t, "change.not_delegate", votes(t, &c, "ida/bob+"), "who carries it out does not decide for bob")
	require.NotContains(t, c.Approvers, itsm.PersonID("ida"))

	c = asked(factor(1, "eve"))
	c.Approval.Opening.Of = 2
	require.Empty(t, votes(t, &c, "eve+"))
	second := itsm.OfOne(nil, at, nil, new(at))
	second.Stage, second.Of, second.Panels = 2, 2, []itsm.Panel{with(factor(1, "bob"), func(p *itsm.Panel) { p.NotTwice = true })}
	c.OpenStage(second)
	c.Delegate(bob, itsm.DelegationRequest{To: "eve"}, at)
	require.Equal(t, "change.not_delegate", votes(t, &c, "eve/bob+"), "who approved before does not approve again for bob")
	require.Empty(t, votes(t, &c, "bob+"))
}
