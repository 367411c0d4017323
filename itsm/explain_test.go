package itsm_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

func TestWhatAnApprovalIsSaidToWaitFor(t *testing.T) {
	c := asked(with(factor(2, "bob", "eve", "joe"), func(p *itsm.Panel) { p.Name = "Leads" }), with(quorum("sue", "zoe"), mandatory))
	c.Approval.Opening.Name, c.Approval.Opening.Of = "Technical", 3
	c.Delegate(eve, itsm.DelegationRequest{To: "kim"}, at)
	require.Empty(t, votes(t, &c, "bob+ zoe+"))
	e := c.Explain()
	require.Equal(t, "It waits for approval (Technical, stage 1 of 3): Leads 1 of 2, F 1 of 2.", e.Summary)
	require.Equal(t, ids{"eve", "joe", "sue"}, e.WaitsFor)
	require.Equal(t, ids{"eve", "joe", "kim", "sue"}, c.Approvers)
	require.Equal(t, ids{"eve"}, c.PrincipalsOf("kim"))
	require.Equal(t, []itsm.Delegation{{From: "eve", To: "kim", By: "eve", At: at}}, e.Approval.Deputies)
	require.Equal(t, []itsm.FactorProgress{
		{Name: "Leads", Need: 2, Approved: ids{"bob"}, Waiting: ids{"eve", "joe"}, Rejection: "One rejection ends it."},
		{Name: "F", Need: 2, Approved: ids{"zoe"}, Waiting: ids{"sue"}, Mandatory: ids{"sue"}, Rejection: "A rejection ends it only when 2 approvals cannot be reached any more."},
	}, e.Approval.Factors)
	require.Len(t, e.Approval.Votes, 2)
	require.False(t, e.Approval.Plain())
}

// Whoever could set another free is waited for too, not only who could fill the
// gap themselves.
func TestWhoCouldFreeAnotherIsWaitedFor(t *testing.T) {
	c := asked(factor(1, "bob", "eve"), factor(1, "bob", "joe"))
	require.Empty(t, votes(t, &c, "bob+"))
	require.Equal(t, ids{"eve", "joe"}, c.Explain().WaitsFor)
	require.Empty(t, votes(t, &c, "eve+"))
	require.Equal(t, itsm.ChangeApproved, c.State)
}

// A deputy has no deputy: what is handed on to a third is nobody's.
func TestASayIsHandedOnOnce(t *testing.T) {
	c := eveForBob(t)
	r := itsm.DelegationRequest{To: "kim"}
	require.NoError(t, c.CheckDelegate(eve, r), "she may come to decide herself")
	c.Delegate(eve, r, at)
	require.Equal(t, ids{"bob", "eve", "joe"}, c.Approvers)
	require.Equal(t, "change.not_approver", votes(t, &c, "kim/eve+"))
}

func TestWhatHappensIfNobodyActs(t *testing.T) {
	window := &itsm.Window{Start: at.Add(time.Hour), End: at.Add(2 * time.Hour)}
	for _, tt := range []struct {
		sentence string
		state    itsm.ChangeState
		window   *itsm.Window
		held     bool
		due      *time.Time
	}{
		{"an approval expires", itsm.ChangeAwaiting, nil, false, new(at.Add(time.Hour))},
		{"its window does not end it", itsm.ChangeAwaiting, window, false, new(at.Add(time.Hour))},
		{"an assessment waits for its window", itsm.ChangeAssessing, window, false, &window.End},
		{"and else for ever", itsm.ChangeAssessing, nil, false, nil},
		{"so does what is scheduled", itsm.ChangeScheduled, window, false, &window.End},
		{"on hold too: a window does not move", itsm.ChangeScheduled, window, true, &window.End},
		{"what is under way waits for people", itsm.ChangeImplementing, window, false, nil},
	} {
		c := inState(tt.state)
		c.Window = tt.window
		if tt.held {
			c.PutOnHold(ana, itsm.NoteRequest{Note: "Freeze."}, at)
		}
		e := c.Explain()
		require.Equal(t, tt.due, e.Due, tt.sentence)
		d, some := c.Next()
		require.Equal(t, tt.due != nil, some, tt.sentence)
		if some {
			c.Fall(d, d.At)
			require.Equal(t, itsm.ChangeExpired, c.State, tt.sentence)
			require.Equal(t, d.At, *c.ClosedAt)
			require.Empty(t, c.Explain().Forecast)
			require.Nil(t, c.Explain().Hold)
		}
	}
}

func TestHowAnEndIsTold(t *testing.T) {
	silent := asked(factor(1, "bob"))
	require.Empty(t, votes(t, &silent, "bob0"))
	require.Equal(t, "It was rejected: the approvals that it needs cannot be reached any more.", silent.Explain().Summary)
	vetoed := asked(factor(1, "bob"))
	require.Empty(t, votes(t, &vetoed, "bob-"))
	require.Equal(t, "It was rejected: So.", vetoed.Explain().Summary)
	expired := asked(factor(1, "bob"))
	d, _ := expired.Next()
	expired.Fall(d, d.At)
	require.Equal(t, "Nobody decided in time, so it expired. It was not approved.", expired.Explain().Summary)
	missed := asked(factor(1, "bob"))
	require.Empty(t, votes(t, &missed, "bob+"))
	missed.Become(itsm.ChangeScheduled, at)
	missed.Become(itsm.ChangeExpired, at)
	require.Equal(t, "It was approved, but nobody started it before its window ended.", missed.Explain().Summary)
}

// Whoever asks, whatever they send and however a record stands: an answer comes.
func TestNothingThatPeopleSendMakesTheRulesPanic(t *testing.T) {
	long := strings.Repeat("ä", 100_000)
	word := rapid.SampledFrom([]string{"", "bob", "ana", "sue", "\x00", "\xff", "anybody", long, " \n"})
	rapid.Check(t, func(t *rapid.T) {
		id := func(label string) itsm.PersonID { return itsm.PersonID(word.Draw(t, label)) }
		c := asked(with(quorum("bob", ""), mandatory), with(factor(1), func(p *itsm.Panel) { p.Backups, p.NotDoer = ids{"", "sue"}, true }))
		c.State = rapid.SampledFrom(itsm.ChangeStates).Draw(t, "state")
		c.Requester, c.Assignee = id("requester"), id("assignee")
		if flip(t, 3, "from before there were stages") {
			c.Approval, c.ExpireAt = itsm.Approval{}, nil
		}
		c.Delegate(itsm.Actor{Person: id("from")}, itsm.DelegationRequest{To: id("to")}, at)
		who := itsm.Actor{Person: id("who"), Roles: rapid.SampledFrom([][]itsm.Role{nil, itsm.Roles, {"boss"}}).Draw(t, "roles"), Scopes: both}
		if flip(t, 2, "for another") {
			who.For = &itsm.Principal{Person: id("for"), Roles: who.Roles, Standing: true}
		}
		note := word.Draw(t, "note")
		hostile(t, &c, who, note, id("named"))
		c.Hold = &itsm.Hold{Note: note}
		hostile(t, &c, who, note, id("named"))
		if err := c.CheckDecision(who, itsm.DecisionRequest{Verdict: itsm.Verdict(note)}); err == nil {
			t.Fatal("that is no verdict")
		}
	})
}

func hostile(t *rapid.T, c *itsm.Change, who itsm.Actor, note string, named itsm.PersonID) {
	answers := []error{
		c.CheckDecision(who, itsm.DecisionRequest{Verdict: itsm.Reject, Note: note, For: named, ContentHash: note}),
		c.CheckDelegate(who, itsm.DelegationRequest{To: named, From: itsm.PersonID(note), Note: note}),
		c.CheckHold(who, itsm.NoteRequest{Note: note}), c.CheckResume(who, itsm.NoteRequest{Note: note}),
		c.CheckWithdraw(who, itsm.NoteRequest{Note: note}), c.CheckReassign(who, itsm.Reassignment{Assignee: named, Note: note}),
		c.CheckComment(who, itsm.CommentRequest{Text: note, ReplyTo: -1}, itsm.Talk{}),
		c.CheckEdit(who, itsm.EditRequest{Revision: -1, Note: note, Edit: itsm.Edit{Title: &note, Items: &[]string{note}}}, itsm.Terms{}, at),
		c.CheckAssess(who, itsm.Assessment{Risk: note}), c.CheckLink(who, itsm.Link{URL: note}, itsm.Terms{}, at),
		c.CheckCompletion(who, itsm.Completion{Note: note}), c.CheckCancel(who, itsm.Cancellation{Note: note}),
	}
	accepts := func(err error) bool { return err == nil }
	require.False(t, len(note) > 1000 && slices.ContainsFunc(answers, accepts), "what is too long is not taken")
	answers = append(answers, c.CheckRetract(who), c.CheckStart(who, at))
	require.False(t, who.Person == "" && slices.ContainsFunc(answers, accepts), "nobody does nothing")
	require.NotNil(t, c.ActsFor(who, at))
	c.Explain()
	c.Next()
	c.NextStage()
	c.Asking()
	c.Stopped()
	c.PrincipalsOf(named)
	_, err := (&itsm.Catalog{}).Open(itsm.ChangePolicy{}, c.Asking(), at, itsm.AroundTheClock)
	require.Error(t, err, "an empty catalog has nobody who decides")
}
