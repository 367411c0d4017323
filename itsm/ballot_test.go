package itsm_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// corrective is a record that is no change: a corrective action, which is proposed
// and, once enough agree, accepted.
type corrective struct {
	Owner    itsm.PersonID `json:"owner"`
	Accepted bool          `json:"accepted"`
	Vote     itsm.Ballot   `json:"vote"`
}

func (r *corrective) ballot() *itsm.Ballot {
	r.Vote.Subject = itsm.Subject{
		Kind: "corrective_action", Number: "COR-3", Requester: "ana", Assignee: r.Owner, ContentHash: "abc",
		State: "proposed", Awaiting: !r.Accepted, Permission: itsm.DecideChanges, Manager: itsm.ChangeManager,
	}
	if r.Accepted {
		r.Vote.State = "accepted"
	}
	return &r.Vote
}

// decide is the record's own: what was approved is accepted.
func (r *corrective) decide(who itsm.PersonID, d itsm.DecisionRequest) (itsm.EventKind, string) {
	b := r.ballot()
	if err := b.CheckDecision(person(who, itsm.Approver), d); err != nil {
		return "", code(err)
	}
	u := b.Decide(person(who, itsm.Approver), d, at)
	r.Accepted = u.Result == itsm.ResultApproved
	return b.Event(u.Result), ""
}

// proposed is a corrective action whose first stage of two is open: the one takes
// two approvals, the other one.
func proposed(t *testing.T) *corrective {
	t.Helper()
	r := &corrective{Owner: "ida", Vote: itsm.Ballot{Approval: itsm.Approval{Round: 1}}}
	require.Equal(t, 1, r.ballot().NextStage())
	r.open(t, 1)
	return r
}

// quality is a catalog that knows who decides on corrective actions.
func quality() itsm.Catalog {
	c := itsm.Catalog{Services: []itsm.Service{{ID: "website", Owner: "sue"}}}
	for _, id := range []itsm.PersonID{"bob", "eve", "ida", "joe", "sue"} {
		c.People = append(c.People, itsm.Person{ID: id, Roles: []itsm.Role{itsm.Approver}, Zone: "UTC"})
	}
	return c
}

func (r *corrective) open(t *testing.T, nth int) {
	t.Helper()
	factors := []itsm.Factor{
		{Name: "Quality", Who: itsm.Group{People: ids{"ana", "bob", "eve", "ida"}}, Need: itsm.Need{All: true}, Exclude: []itsm.Exclusion{itsm.ExcludeImplementer}, Backup: itsm.Group{People: ids{"joe"}}},
		{Name: "Owner", Who: itsm.Group{Owner: true}, Need: itsm.Need{Count: 1}},
	}
	c, b, factor := quality(), r.ballot(), factors[nth-1]
	o, err := c.Convene(itsm.Sitting{
		Subject: b.Subject, Service: "website", Round: b.Round, Nth: nth, Of: 2,
		Stage: itsm.Stage{Name: factor.Name, ExpireAfter: itsm.Duration(8 * time.Hour), Factors: []itsm.Factor{factor}},
	}, at, itsm.AroundTheClock)
	require.NoError(t, err)
	b.OpenStage(o)
}

var agreed = itsm.DecisionRequest{Verdict: itsm.Approve}

// TestARecordThatIsNoChangeIsDecidedByTheSameBlock goes the whole way of another
// kind of record: its codes and events bear its own name.
func TestARecordThatIsNoChangeIsDecidedByTheSameBlock(t *testing.T) {
	r := proposed(t)
	require.Equal(t, ids{"bob", "eve"}, r.ballot().Waiting(), "neither who proposed it nor who carries it out")
	for _, tt := range []struct {
		who  itsm.PersonID
		code string
	}{{"ana", "own_request"}, {"ida", "not_approver"}, {"joe", "not_approver"}} {
		_, refused := r.decide(tt.who, agreed)
		require.Equal(t, "corrective_action."+tt.code, refused)
	}
	_, refused := r.decide("bob", itsm.DecisionRequest{Verdict: itsm.Approve, ContentHash: "older"})
	require.Equal(t, "corrective_action.edited", refused)

	came, _ := r.decide("bob", agreed)
	require.Equal(t, itsm.EventKind("corrective_action.voted"), came)
	_, refused = r.decide("bob", agreed)
	require.Equal(t, "corrective_action.voted", refused)
	came, _ = r.decide("eve", agreed)
	require.Equal(t, itsm.EventKind("corrective_action.stage_passed"), came)
	_, refused = r.decide("sue", agreed)
	require.Equal(t, "corrective_action.opening", refused)

	require.Equal(t, 2, r.ballot().NextStage())
	r.open(t, 2)
	summary, waits, progress := r.ballot().Explain()
	require.Equal(t, "It waits for approval (Owner, stage 2 of 2): Owner 0 of 1.", summary)
	require.Equal(t, ids{"sue"}, waits)
	require.Equal(t, 2, progress.Of)

	came, _ = r.decide("sue", agreed)
	require.Equal(t, itsm.EventKind("corrective_action.approved"), came)
	require.True(t, r.Accepted)
	require.True(t, r.ballot().Authorised())
	require.Empty(t, r.Vote.Approvers)
	_, refused = r.decide("bob", agreed)
	require.Equal(t, "corrective_action.decided", refused)
	require.Equal(t, "corrective_action.decided_on", code(r.ballot().CheckRetract(person("sue", itsm.Approver))))
}

// TestTimeDoesToAnyRecordWhatItDoesToAChange holds, moves and falls.
func TestTimeDoesToAnyRecordWhatItDoesToAChange(t *testing.T) {
	r := proposed(t)
	b := r.ballot()
	b.Hold = &itsm.Hold{By: "ana", At: at.Add(time.Hour), Note: "Wait."}
	b.Stop(at.Add(time.Hour))
	require.Empty(t, b.Falls())
	require.Equal(t, "corrective_action.on_hold", code(b.CheckDecision(person("bob", itsm.Approver), agreed)))
	b = r.ballot() // resumed
	since, stopped := b.Stopped()
	require.True(t, stopped)
	moved, err := b.Deadlines().Moved(itsm.AroundTheClock, since, since.Add(time.Hour))
	require.NoError(t, err)
	b.Reschedule(moved)

	var falls []string
	for _, d := range b.Falls() {
		falls = append(falls, d.At.Sub(at).String()+" "+d.What)
	}
	require.Equal(t, []string{
		"5h0m0s The approvers are reminded.",
		"7h0m0s The backups may decide too.",
		"9h0m0s It expires. Silence never approves a corrective action; it can be raised again.",
	}, falls)
	require.Empty(t, b.Fall(b.Falls()[0]))
	require.Equal(t, ids{"joe"}, b.Fall(b.Falls()[0]))
	require.Equal(t, ids{"bob", "eve", "joe"}, b.Approvers)
	require.Empty(t, b.Fall(b.Falls()[0]))
	require.False(t, b.Awaiting, "it expired")
	require.Empty(t, b.Approvers)
}

// TestAnyRecordIsDelegatedAndReopened hands a say on, and voids what was said.
func TestAnyRecordIsDelegatedAndReopened(t *testing.T) {
	r := proposed(t)
	bob, b := person("bob", itsm.Approver), r.ballot()
	require.Equal(t, "corrective_action.delegate_requester", code(b.CheckDelegate(bob, itsm.DelegationRequest{To: "ana"})))
	require.Equal(t, "corrective_action.delegate_named", code(b.CheckDelegate(bob, itsm.DelegationRequest{To: "eve"})))
	require.NoError(t, b.CheckDelegate(bob, itsm.DelegationRequest{To: "joe"}))
	b.Delegate(bob, itsm.DelegationRequest{To: "joe"}, at)
	require.Equal(t, ids{"bob"}, b.PrincipalsOf("joe"))

	deputy := person("joe", itsm.Approver)
	deputy.For = &itsm.Principal{Person: "bob", Roles: []itsm.Role{itsm.Approver}}
	require.NoError(t, b.CheckDecision(deputy, agreed))
	require.Equal(t, itsm.ResultVoted, b.Decide(deputy, agreed, at).Result)
	require.Len(t, b.Reopen(), 1)
	require.Equal(t, 1, b.NextStage())
	require.Equal(t, 2, b.Round)
	require.Nil(t, b.ExpireAt)
}

// TestTooFewForAnyRecordSaysSoUnderItsName opens nothing that could never pass.
func TestTooFewForAnyRecordSaysSoUnderItsName(t *testing.T) {
	r, c := &corrective{}, quality()
	alone := itsm.Stage{Name: "Board", ExpireAfter: itsm.Duration(time.Hour), Factors: []itsm.Factor{
		{Name: "Board", Who: itsm.Group{People: ids{"ana"}}, Need: itsm.Need{Count: 1}},
	}}
	_, err := c.Convene(itsm.Sitting{Subject: r.ballot().Subject, Stage: alone, Round: 1, Nth: 1, Of: 1}, at, itsm.AroundTheClock)
	require.Equal(t, "corrective_action.nobody_decides", code(err))
	require.Contains(t, itsm.AsError(err).Message, "Too few people may decide on COR-3 (Board, Board).")
}

// TestABallotIsKeptAsARecordKeepsIt writes what the approval holds and not what it
// is of: that the record says itself.
func TestABallotIsKeptAsARecordKeepsIt(t *testing.T) {
	r := proposed(t)
	_, refused := r.decide("bob", agreed)
	require.Empty(t, refused)
	text, err := json.Marshal(r)
	require.NoError(t, err)
	require.NotContains(t, string(text), "COR-3")
	var back corrective
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, r.ballot(), back.ballot())
}

// TestTheResultsOfAChangeAreItsEvents holds the names that the block makes to those
// that the timeline of a change has for life.
func TestTheResultsOfAChangeAreItsEvents(t *testing.T) {
	var made []itsm.EventKind
	c := inState(itsm.ChangeAwaiting)
	for _, r := range itsm.Results {
		made = append(made, c.Ballot().Event(r))
	}
	require.Equal(t, []itsm.EventKind{
		itsm.EventVoted, itsm.EventStagePassed, itsm.EventApproved, itsm.EventRejected, itsm.EventReminded, itsm.EventBackup, itsm.EventExpired,
	}, made)
}
