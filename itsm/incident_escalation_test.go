package itsm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

const minute = time.Minute

// called are the calls of an incident in short: round, level and people.
func (l *life) called() (all [][]itsm.PersonID) {
	for _, c := range l.Escalation.Calls {
		all = append(all, c.People)
	}
	return all
}

func (l *life) lastCall() itsm.Call { return l.Escalation.Calls[len(l.Escalation.Calls)-1] }

// Level after level is called, round after round, until nobody is left: then the
// owner of the service is told.
func TestLevelAfterLevelIsCalled(t *testing.T) {
	l := raised(t, at)
	require.Equal(t, []itsm.PersonID{"joe"}, l.Explain().WaitsFor)
	require.Equal(t, at.Add(5*minute), *l.Explain().Due)
	require.Equal(t, "The next level is called: joe and kim.", l.Explain().Forecast[0].Says(func(id itsm.PersonID) string { return string(id) }))
	l.pass(time.Hour)
	team := []itsm.PersonID{"joe", "kim"}
	require.Equal(t, [][]itsm.PersonID{{"joe"}, team, {"joe"}, team}, l.called())
	for n, c := range l.Escalation.Calls {
		require.Equal(t, n+1, c.Nth)
		require.Equal(t, []int{n/2 + 1, n%2 + 1}, []int{c.Round, c.Level})
	}
	require.Equal(t, []time.Time{at, at.Add(5 * minute), at.Add(15 * minute), at.Add(20 * minute)},
		[]time.Time{l.Escalation.Calls[0].At, l.Escalation.Calls[1].At, l.Escalation.Calls[2].At, l.Escalation.Calls[3].At})
	require.Equal(t, []itsm.CallTrigger{itsm.TriggerRaised, itsm.TriggerNoAnswer}, []itsm.CallTrigger{l.Escalation.Calls[0].Trigger, l.Escalation.Calls[1].Trigger})
	require.Equal(t, 1, l.told(itsm.EventUnanswered))
	require.True(t, l.Escalation.Over)
	require.Equal(t, []itsm.PersonID{"own"}, l.Explain().WaitsFor)
	l.does(itsm.ActEscalate, rita, func(q *asks) { q.to = itsm.EscalateNext })
	require.Equal(t, []itsm.PersonID{"joe"}, l.lastCall().People, "who asks for the next level begins again")
	require.False(t, l.Escalation.Over)
	l.does(itsm.ActAcknowledge, kim)
	require.Equal(t, itsm.PersonID("kim"), l.Assignee)
}

// An acknowledgement stops the calling and is written to the call that it answers.
func TestAnAcknowledgementStopsTheCalling(t *testing.T) {
	l := raised(t, at)
	l.pass(6 * minute)
	l.does(itsm.ActAcknowledge, kim)
	require.Equal(t, []itsm.PersonID{"", "kim"}, []itsm.PersonID{l.Escalation.Calls[0].Answered, l.Escalation.Calls[1].Answered})
	require.Equal(t, l.now, *l.lastCall().AnswerAt)
	require.Equal(t, itsm.IncidentInProgress, l.State)
	l.pass(30 * minute)
	require.Equal(t, 2, l.told(itsm.EventEscalated))
	l.does(itsm.ActAcknowledge, kim)
	require.Empty(t, l.Escalation.Calls[0].Answered, "to answer again answers nothing else")
}

// Nobody loses what they are at to somebody who only looks; where people are called
// to take it on, whoever answers has it.
func TestWhoseAnAcknowledgementMakesIt(t *testing.T) {
	l := raised(t, at)
	l.does(itsm.ActAcknowledge, joe)
	l.does(itsm.ActAcknowledge, kim) // it is still being worked on
	require.Equal(t, itsm.PersonID("joe"), l.Assignee)
	require.Equal(t, itsm.PersonID("joe"), l.Escalation.By)
	l.Escalation.StaleAt = nil
	require.Equal(t, "incident.acknowledged", code(l.anyOf(itsm.ActAcknowledge, kim)))
	require.ErrorContains(t, l.CheckAcknowledge(kim, itsm.NoteRequest{}), "joe is at INC-1 already")
	l.does(itsm.ActEscalate, joe, func(q *asks) { q.to = itsm.EscalateNext })
	l.does(itsm.ActAcknowledge, kim)
	require.Equal(t, itsm.PersonID("kim"), l.Assignee)
	require.Equal(t, 1, l.Reassigned)
	l.does(itsm.ActAssign, mia, func(q *asks) { q.assignee, q.team = "lee", "" })
	require.Equal(t, itsm.IncidentAssigned, l.State)
	l.does(itsm.ActAcknowledge, kim)
	require.Equal(t, itsm.PersonID("kim"), l.Assignee, "whoever is named has not begun")
}

// What nobody who is at it touches grows stale, and people are called again; a
// reporter's questions keep nothing fresh, and nothing is stale that waits.
func TestAStaleAcknowledgementCallsAgain(t *testing.T) {
	stale := 45 * minute
	l := raised(t, at)
	l.does(itsm.ActAcknowledge, joe)
	require.Equal(t, at.Add(stale), *l.Escalation.StaleAt)
	l.pass(30 * minute)
	l.says(joe)
	l.says(rita)
	require.Equal(t, at.Add(30*minute+stale), *l.Escalation.StaleAt)
	l.pass(30 * minute)
	l.says(rita)
	require.Equal(t, at.Add(30*minute+stale), *l.Escalation.StaleAt)
	worker := rita
	worker.Roles = joe.Roles
	l.says(worker)
	require.Equal(t, at.Add(30*minute+stale), *l.Escalation.StaleAt, "nor does what works elsewhere and reported this")
	l.pass(15 * minute)
	require.Equal(t, 1, l.told(itsm.EventAckStale))
	require.Equal(t, itsm.TriggerStale, l.lastCall().Trigger)
	require.Equal(t, itsm.IncidentInProgress, l.State)
	require.Equal(t, []itsm.PersonID{"joe"}, l.Explain().WaitsFor)
	require.Contains(t, l.Explain().Summary, "People are called to take it on.")
	l.does(itsm.ActAcknowledge, joe)
	l.does(itsm.ActIncidentHold, joe)
	require.Nil(t, l.Escalation.StaleAt)
	l.says(joe)
	require.Nil(t, l.Escalation.StaleAt)
	l.pass(24 * time.Hour)
	require.Equal(t, 1, l.told(itsm.EventAckStale))
	l.does(itsm.ActIncidentResume, joe)
	require.Equal(t, l.now.Add(stale), *l.Escalation.StaleAt)
	l.does(itsm.ActResolve, joe)
	l.says(joe)
	require.Nil(t, l.Escalation.StaleAt)
}

// Those who answer for it are called beside whoever is called, and stop nothing.
func TestTheManagerIsCalledBeside(t *testing.T) {
	l := raised(t, at)
	l.pass(minute)
	l.does(itsm.ActEscalate, rita)
	require.Equal(t, []itsm.PersonID{"mia"}, l.lastCall().People)
	require.Equal(t, itsm.Hierarchical, l.lastCall().Kind)
	require.Equal(t, itsm.EventEscalated, l.events[len(l.events)-1].Kind)
	require.Equal(t, at.Add(5*minute), *l.Escalation.NextAt, "the next level is called all the same")
	l.pass(4 * minute)
	require.Equal(t, 2, l.lastCall().Level)
	l.does(itsm.ActEscalate, rita)
	require.Equal(t, []itsm.PersonID{"own"}, l.lastCall().People, "who asks again reaches the owner")
	l.does(itsm.ActAcknowledge, joe)
	require.Equal(t, []itsm.PersonID{"", "", "joe", ""}, []itsm.PersonID{
		l.Escalation.Calls[0].Answered, l.Escalation.Calls[1].Answered, l.Escalation.Calls[2].Answered, l.Escalation.Calls[3].Answered,
	}, "an answer is to the call that was theirs")
	due := *l.Escalation.StaleAt
	l.does(itsm.ActEscalate, rita)
	require.Equal(t, due, *l.Escalation.StaleAt)
	require.True(t, l.Escalation.Acknowledged())
	l.does(itsm.ActAcknowledge, mia)
	require.Equal(t, itsm.PersonID("joe"), l.Assignee)
	require.Equal(t, itsm.PersonID("mia"), l.lastCall().Answered)

	l = raised(t, at)
	l.Escalation.Pending = &itsm.Calling{Managers: true} // as they are found out
	l.Escalation.NextAt = nil
	require.Empty(t, l.Escalation.Calls[1:])
	l.Acknowledge(joe, itsm.NoteRequest{}, l.now)
	require.NotNil(t, l.Escalation.Pending, "an answer does not spare the manager")
	l.PutOnHold(joe, itsm.HoldRequest{Reason: itsm.AwaitingVendor, Note: "."}, l.now)
	require.NotNil(t, l.Escalation.Pending)
	l.Resolve(joe, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "."}, l.now)
	require.Nil(t, l.Escalation.Pending, "but what is resolved needs none")
}

// Another team is called at once; when it does not answer, that is told.
func TestAnotherTeamIsCalled(t *testing.T) {
	for _, act := range []itsm.Act{itsm.ActEscalate, itsm.ActAssign} {
		l := raised(t, at)
		l.does(itsm.ActAcknowledge, joe)
		l.does(act, joe, func(q *asks) { q.to, q.assignee = itsm.EscalateTeam, "" })
		require.Equal(t, itsm.TeamID("net"), l.Team)
		require.Empty(t, l.Assignee)
		require.Equal(t, itsm.IncidentTriaged, l.State)
		require.Equal(t, []itsm.PersonID{"lee"}, l.lastCall().People)
		require.False(t, l.Escalation.Acknowledged())
		l.pass(5 * minute)
		require.Equal(t, 1, l.told(itsm.EventUnanswered))
		l.does(itsm.ActAcknowledge, lee)
		require.Equal(t, itsm.PersonID("lee"), l.Assignee)
		require.False(t, l.Escalation.Over)
	}
	l := raised(t, at, of(itsm.LowDegree, itsm.LowDegree))
	l.does(itsm.ActAssign, joe, func(q *asks) { q.assignee = "" })
	require.Empty(t, l.Escalation.Calls, "a quiet priority calls nobody of the team either")
	require.Equal(t, "It waits for any responder; nobody is called for it.", l.Explain().Summary)
	l.does(itsm.ActEscalate, joe, func(q *asks) { q.to = itsm.EscalateTeam })
	require.Len(t, l.Escalation.Calls, 1, "unless somebody asks")
}

// Whether people are called is as the priority has it, once it changes.
func TestAPriorityCallsOrIsQuiet(t *testing.T) {
	up := func(q *asks) { q.impact, q.urgency = itsm.HighDegree, itsm.HighDegree }
	down := func(q *asks) { q.impact, q.urgency = itsm.LowDegree, itsm.LowDegree }
	l := raised(t, at, of(itsm.LowDegree, itsm.LowDegree))
	require.Empty(t, l.Escalation.Calls)
	l.does(itsm.ActReprioritise, kim, up)
	require.Equal(t, itsm.TriggerRaised, l.lastCall().Trigger)
	l.does(itsm.ActReprioritise, kim, down)
	l.pass(time.Hour)
	require.Len(t, l.Escalation.Calls, 1)
	l.does(itsm.ActAcknowledge, kim)
	require.Nil(t, l.Escalation.StaleAt)
	l.does(itsm.ActReprioritise, kim, up)
	require.NotNil(t, l.Escalation.StaleAt)
	require.Len(t, l.Escalation.Calls, 1, "nor is anybody called for what somebody has")

	l = raised(t, at, of(itsm.LowDegree, itsm.LowDegree))
	l.Escalation.Pending = &itsm.Calling{Round: 1, Trigger: itsm.TriggerAsked, Managers: true}
	e := l.Reprioritise(kim, itsm.Reprioritisation{Impact: itsm.HighDegree, Urgency: itsm.HighDegree}, l.policy.IncidentTerms(), l.now)
	l.happened(kim, e) // and the manager is found
	l.pass(0)
	require.Equal(t, [][]itsm.PersonID{{"mia"}, {"joe"}}, l.called(), "the manager does not keep the first level from being called")
	require.Equal(t, itsm.TriggerRaised, l.lastCall().Trigger)

	l = raised(t, at)
	l.does(itsm.ActResolve, joe)
	l.does(itsm.ActReopen, rita)
	require.Equal(t, itsm.TriggerReopened, l.lastCall().Trigger)
	require.Equal(t, "It was reopened. It waits for somebody to acknowledge it.", l.Explain().Summary)
}

// What is on hold is called for by asking, which ends the hold.
func TestEscalatingEndsAHold(t *testing.T) {
	l := raised(t, at)
	l.does(itsm.ActAcknowledge, joe)
	l.does(itsm.ActIncidentHold, joe, holding(itsm.AwaitingCaller))
	manager := l.copied()
	manager.does(itsm.ActEscalate, rita)
	require.Equal(t, itsm.IncidentOnHold, manager.State)
	l.does(itsm.ActEscalate, rita, func(q *asks) { q.to = itsm.EscalateNext })
	require.Equal(t, itsm.IncidentInProgress, l.State)
	require.True(t, l.Clock(itsm.ResolutionClock).Running())
	require.Equal(t, []itsm.PersonID{"joe", "kim"}, l.lastCall().People)
}

// An answer that comes before it is found out who is called leaves it at that.
func TestAnAnswerComesBeforeTheCall(t *testing.T) {
	l := raised(t, at)
	c := itsm.Calling{Round: 1, Level: 2, Trigger: itsm.TriggerNoAnswer}
	l.Escalation.Pending = &c
	require.True(t, l.Escalation.Awaits(c))
	l.Acknowledge(joe, itsm.NoteRequest{}, at)
	require.False(t, l.Escalation.Awaits(c))
	require.Equal(t, at.Add(45*minute), *l.Escalation.StaleAt, "and goes stale though nobody was called yet")
	_, happened := l.Fall(itsm.Deadline{At: at, Kind: itsm.EventEscalated}, at)
	require.False(t, happened, "what was to come does not come after an act")
	require.Nil(t, l.Escalation.Pending)
}

// When nobody of a level can be reached, the next one is called at once; who is
// called beside it, and what is answered, changes nothing of that.
func TestWhoCannotBeReachedIsPassedOver(t *testing.T) {
	l := raised(t, at)
	l.does(itsm.ActEscalate, rita)
	l.CallFailed([]itsm.PersonID{"mia"})
	require.Nil(t, l.Escalation.Pending, "the manager is not the level")
	l.CallFailed([]itsm.PersonID{"mia", "joe"})
	require.Equal(t, itsm.Calling{Round: 1, Level: 2, Trigger: itsm.TriggerUnreached}, *l.Escalation.Pending)
	require.Nil(t, l.Escalation.NextAt)

	l = raised(t, at)
	l.Escalation.Pending = &itsm.Calling{Round: 1, Managers: true}
	l.CallFailed([]itsm.PersonID{"joe"})
	require.True(t, l.Escalation.Pending.Managers)
	l.TakeCall(itsm.Called{Call: itsm.Call{Kind: itsm.Hierarchical, People: []itsm.PersonID{"mia"}}}, l.now)
	l.pass(0)
	require.Equal(t, 2, l.lastCall().Level)
	l.CallFailed([]itsm.PersonID{"joe"})
	require.Nil(t, l.Escalation.Pending, "one of two may still answer")
	l.does(itsm.ActAcknowledge, kim)
	l.CallFailed([]itsm.PersonID{"joe", "kim"})
	require.Nil(t, l.Escalation.Pending)
}

// Nobody at any level is told at once, and the incident waits for any responder.
func TestNobodyCanBeCalled(t *testing.T) {
	l := raised(t, at, func(l *life) {
		for n := range 4 {
			l.catalog.People[n].Roles = []itsm.Role{itsm.Requester}
		}
	})
	require.Equal(t, []itsm.EventKind{itsm.EventTriaged, itsm.EventUnroutable}, l.kinds())
	require.Equal(t, []itsm.PersonID{"own"}, l.lastCall().People)
	require.Len(t, l.lastCall().Skipped, 2)
	require.Contains(t, l.Explain().Summary, "Nobody answered or could be called.")
	d, _ := l.Next()
	require.Equal(t, itsm.EventTargetWarned, d.Kind)
	l.does(itsm.ActAcknowledge, mia)
	require.Equal(t, itsm.IncidentInProgress, l.State)
}

// Only the newest calls are kept with the record, and they go on counting.
func TestOnlyTheNewestCallsAreKept(t *testing.T) {
	l := raised(t, at)
	for range 30 {
		l.does(itsm.ActEscalate, joe)
	}
	require.Len(t, l.Escalation.Calls, 20)
	require.Equal(t, 31, l.lastCall().Nth)
}

// TestASupplierThatIsWaitedForHasAClock: each hold starts it anew, and whatever ends the
// hold stops it; the incident's own clocks go on.
func TestASupplierThatIsWaitedForHasAClock(t *testing.T) {
	l := raised(t, at)
	l.does(itsm.ActAcknowledge, joe)
	held := l.now
	l.PutOnHold(joe, itsm.HoldRequest{Reason: itsm.AwaitingVendor, For: "SUP-4", Note: "They look."}, held)
	require.True(t, l.Clock(itsm.ResolutionClock).Running())
	require.False(t, l.Unreckoned() && l.Clock(itsm.SupplierClock).DueAt != nil, "it has no target to reckon")
	l.Resume(itsm.NoteRequest{}, held.Add(2*time.Hour))
	first := *l.Clock(itsm.SupplierClock)
	took := itsm.Duration(2 * time.Hour)
	require.Equal(t, itsm.Clock{
		Kind: itsm.SupplierClock, For: "SUP-4", Cycle: 1, Priority: l.Priority, StartedAt: held, StoppedAt: first.StoppedAt, Elapsed: &itsm.Elapsed{Actual: took, Business: took},
	}, first)
	require.Equal(t, held.Add(2*time.Hour), *first.StoppedAt)
	l.PutOnHold(joe, itsm.HoldRequest{Reason: itsm.AwaitingVendor, Note: "Somebody else looks."}, held.Add(3*time.Hour))
	second := l.Clock(itsm.SupplierClock)
	require.Equal(t, []any{2, itsm.Number(""), true}, []any{second.Cycle, second.For, second.Running()})
	l.Resolve(joe, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "It is back."}, held.Add(4*time.Hour))
	require.Equal(t, held.Add(4*time.Hour), *l.Clock(itsm.SupplierClock).StoppedAt)
}
