package itsm_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// child is an incident that follows INC-9.
func child(t *testing.T) *life {
	t.Helper()
	l := raised(t, at)
	l.does(itsm.ActParent, joe)
	return l
}

func (l *life) follows(s itsm.IncidentState, change ...func(*itsm.Incident)) bool {
	parent := parentIn(s)
	for _, f := range change {
		f(parent)
	}
	e, ok := l.Follow(parent, l.now)
	if ok {
		l.happened(steward, e)
	}
	return ok
}

// A child shares its parent's progress, its hold and its resolution; it is never
// closed by it.
func TestAChildFollowsItsParent(t *testing.T) {
	l := child(t)
	require.True(t, l.follows(itsm.IncidentInProgress))
	require.Equal(t, itsm.IncidentInProgress, l.State)
	require.False(t, l.Escalation.Ringing(), "its parent's people are at it")
	require.Equal(t, "It goes on with INC-9, which it belongs to.", l.Explain().Summary)
	require.False(t, l.follows(itsm.IncidentInProgress), "what was followed is not followed again")
	require.True(t, l.follows(itsm.IncidentOnHold))
	require.Equal(t, itsm.IncidentHold{Reason: itsm.AwaitingChange, For: "CHG-3", By: itsm.System, At: at, Note: "The change comes first.", LimitAt: l.Hold.LimitAt}, *l.Hold)
	require.True(t, l.follows(itsm.IncidentInProgress))
	require.Nil(t, l.Hold)
	require.True(t, l.follows(itsm.IncidentResolved))
	require.Equal(t, itsm.Resolution{Code: itsm.ResolvedFixed, Note: "As INC-9, which it belongs to. Turned it off and on.", By: itsm.System, At: at}, *l.Resolution)
	for _, s := range []itsm.IncidentState{itsm.IncidentClosed, itsm.IncidentResolved, itsm.IncidentInProgress, itsm.IncidentCancelled} {
		require.False(t, l.follows(s), s)
	}
	require.True(t, l.follows(itsm.IncidentReopened), "what is not fixed there is not fixed here")
	require.Equal(t, itsm.IncidentReopened, l.State)
	require.Equal(t, 2, l.Clock(itsm.ResolutionClock).Cycle)
	require.NotNil(t, l.Clock(itsm.ResolutionClock).DueAt)
	require.False(t, l.Escalation.Ringing())
	require.True(t, l.follows(itsm.IncidentResolved, func(p *itsm.Incident) { p.Resolution.Note = strings.Repeat("x", itsm.MaxNote) }))
	require.Len(t, []rune(l.Resolution.Note), itsm.MaxNote)
	l.Reopens = itsm.MaxReopens
	require.False(t, l.follows(itsm.IncidentReopened))
}

// A child's caller was asked nothing by its parent's people, and its own holds and
// resolutions are its own.
func TestAChildWaitsForItsOwn(t *testing.T) {
	l := child(t)
	awaiting := func(p *itsm.Incident) { p.Hold.Reason = itsm.AwaitingCaller }
	require.True(t, l.follows(itsm.IncidentOnHold, awaiting), "somebody has begun")
	require.Equal(t, itsm.IncidentInProgress, l.State)
	l.does(itsm.ActAcknowledge, kim)
	require.False(t, l.follows(itsm.IncidentOnHold, awaiting))
	l.does(itsm.ActIncidentHold, kim, holding(itsm.AwaitingCaller))
	require.False(t, l.follows(itsm.IncidentInProgress))
	require.False(t, l.follows(itsm.IncidentReopened))
	require.Equal(t, itsm.IncidentOnHold, l.State)
	l.does(itsm.ActResolve, kim)
	require.False(t, l.follows(itsm.IncidentReopened))
	other := raised(t, at)
	require.False(t, other.follows(itsm.IncidentResolved), "nor is it anybody's child unasked")
}

// A parent's hold is no answer of a person.
func TestFollowingAnswersNothing(t *testing.T) {
	l := raised(t, at)
	l.does(itsm.ActResolve, monitor)
	l.does(itsm.ActReopen, rita)
	l.Parent = "INC-9"
	require.True(t, l.follows(itsm.IncidentOnHold))
	require.Nil(t, l.Acknowledged)
	require.True(t, l.Clock(itsm.ResponseClock).Running())
	require.True(t, l.Clock(itsm.ResolutionClock).Running())
	require.Equal(t, []itsm.Role{itsm.Responder}, l.Explain().Roles)
}

// Whose child it is, is told once; who has none was never one.
func TestAParentIsGivenAndTakenAway(t *testing.T) {
	l := child(t)
	require.Equal(t, itsm.Number("INC-9"), l.Parent)
	require.Equal(t, itsm.Relation{From: "INC-1", Kind: itsm.ChildOf, To: "INC-9", By: "joe", At: at}, *l.events[len(l.events)-1].Detail.Relation)
	l.does(itsm.ActParent, joe, func(q *asks) { q.parented = "INC-8" })
	require.Len(t, l.Relations, 1)
	l.does(itsm.ActParent, joe, func(q *asks) { q.parented = "" })
	require.Empty(t, l.Relations)
	require.Nil(t, l.events[len(l.events)-1].Detail.Relation)
	l.does(itsm.ActDuplicate, joe)
	require.Equal(t, itsm.DuplicateOf, l.Relations[0].Kind)
	require.Equal(t, "It is a duplicate of INC-7.", l.Explain().Summary)
}
