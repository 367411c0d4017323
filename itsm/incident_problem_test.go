package itsm_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// newsOf is what PRB-1 has to tell one of its incidents; of version 0: no workaround.
func newsOf(ending itsm.ProblemEnding, version int) itsm.ProblemNews {
	n := itsm.ProblemNews{Problem: "PRB-1", Covers: []itsm.Number{"PRB-2"}, Linked: true, Ending: ending}
	if version > 0 {
		n.Workaround = &itsm.Workaround{Problem: "PRB-1", Version: version, Text: "Empty the disk"}
	}
	return n
}

func (l *life) hears(n itsm.ProblemNews) (itsm.EventKind, bool) {
	e, ok := l.Hear(n, l.now)
	if ok {
		l.happened(steward, e)
	}
	return e.Kind, ok
}

// What waits for a problem is resolved with its fix, and goes on when there will be none.
func TestAHoldForAProblemEndsWithIt(t *testing.T) {
	held := func(by itsm.Number) *life {
		l := raised(t, at)
		l.does(itsm.ActAcknowledge, joe)
		r := itsm.HoldRequest{Reason: itsm.AwaitingProblem, For: by, Note: "The problem comes first."}
		require.NoError(t, l.CheckHold(joe, r))
		l.happened(joe, l.PutOnHold(joe, r, l.now))
		return l
	}
	for _, by := range []itsm.Number{"PRB-1", "PRB-2"} { // itself, or what was merged into it
		for ending, want := range map[itsm.ProblemEnding]itsm.IncidentState{ //nolint:exhaustive // the other ends nothing, see below
			itsm.EndedFixed: itsm.IncidentResolved, itsm.EndedRiskAccepted: itsm.IncidentInProgress, itsm.EndedDeclined: itsm.IncidentInProgress,
			itsm.EndedCancelled: itsm.IncidentInProgress,
		} {
			l := held(by)
			_, ok := l.hears(newsOf(ending, 0))
			require.True(t, ok, ending)
			require.Equal(t, want, l.State, ending)
			told := slices.IndexFunc(l.events, func(e itsm.Event) bool { return e.Detail != nil && e.Detail.Problem == "PRB-1" })
			require.Equal(t, itsm.IncidentOnHold, itsm.IncidentState(l.events[told].From))
			_, again := l.hears(newsOf(ending, 0))
			require.False(t, again)
			if ending == itsm.EndedFixed {
				require.Equal(t, []any{itsm.ResolvedFixed, itsm.System}, []any{l.Resolution.Code, l.Resolution.By})
			}
		}
		for _, ending := range []itsm.ProblemEnding{"", itsm.EndedMerged} {
			_, ok := held(by).hears(newsOf(ending, 0))
			require.False(t, ok, "it goes on, or goes on elsewhere")
		}
	}
	_, ok := held("PRB-3").hears(newsOf(itsm.EndedFixed, 0))
	require.False(t, ok, "it waits for another")
	l := raised(t, at)
	_, ok = l.hears(newsOf(itsm.EndedFixed, 0))
	require.False(t, ok, "it waits for nothing")
}

// Whoever is at an incident is told of a workaround once for each version, and nobody is
// called any more.
func TestAWorkaroundIsToldOncePerVersion(t *testing.T) {
	l := raised(t, at)
	require.True(t, l.Escalation.Ringing())
	kind, ok := l.hears(newsOf("", 1))
	require.True(t, ok)
	require.Equal(t, itsm.EventWorkaroundHeard, kind)
	require.False(t, l.Escalation.Ringing())
	require.Equal(t, "Empty the disk", l.events[len(l.events)-1].Detail.Workaround.Text)
	for _, step := range []struct {
		version int
		told    bool
	}{{1, false}, {2, true}, {1, false}, {2, false}, {4, true}} {
		_, ok := l.hears(newsOf("", step.version))
		require.Equal(t, step.told, ok, "version %d", step.version)
	}
	require.Equal(t, []itsm.Workaround{{Problem: "PRB-1", Version: 4}}, l.Workarounds)
	other := newsOf("", 1)
	other.Problem, other.Workaround.Problem, other.Linked = "PRB-7", "PRB-7", false
	_, ok = l.hears(other)
	require.False(t, ok, "it is none of its incidents")
	other.Linked = true
	_, ok = l.hears(other)
	require.True(t, ok)
	l.does(itsm.ActResolve, joe)
	_, ok = l.hears(newsOf("", 5))
	require.False(t, ok, "it is resolved")
}

// To apply a known error's workaround leads to its problem, and answers the caller.
func TestAWorkaroundIsApplied(t *testing.T) {
	l := raised(t, at)
	r := itsm.ApplyRequest{KnownError: "PRB-1"}
	require.NoError(t, l.CheckApply(joe, r))
	l.happened(joe, l.Apply(joe, r, l.now))
	require.NotNil(t, l.Clock(itsm.ResponseClock).StoppedAt)
	require.Equal(t, "incident.applied", code(l.CheckApply(joe, r)))
	require.Equal(t, "known_error.invalid", code(l.CheckApply(joe, itsm.ApplyRequest{KnownError: "INC-1"})))
	require.Equal(t, "actor.permission", code(l.CheckApply(rita, r)))
	l.Relations = make([]itsm.Relation, itsm.MaxRelations)
	require.Equal(t, "incident.too_many_links", code(l.CheckApply(joe, r)))
	require.NotContains(t, l.Explain().Acts, itsm.ActApply)

	known := in(t, itsm.ProblemKnownError)
	require.NoError(t, r.CheckKnown(&known.Problem))
	require.Equal(t, "known_error.invalid", code(r.CheckKnown(nil)))
	require.Equal(t, "known_error.invalid", code(r.CheckKnown(&in(t, itsm.ProblemRootCauseKnown).Problem)))
	known.does(itsm.ActProblemCancel, pam)
	require.Equal(t, "known_error.invalid", code(r.CheckKnown(&known.Problem)), "it is retired")
}

// A problem tells of a workaround once that was communicated, and of its end.
func TestWhatAProblemHasToTell(t *testing.T) {
	l := in(t, itsm.ProblemKnownError)
	require.Nil(t, l.News(true).Workaround)
	l.does(itsm.ActCommunicate, joe)
	require.Equal(t, &itsm.Workaround{Problem: "PRB-1", Version: 1, Text: l.Published.Workaround}, l.News(true).Workaround)
	require.Empty(t, l.News(true).Ending)
	require.Equal(t, itsm.EndedFixed, in(t, itsm.ProblemResolved).News(false).Ending)
	require.Equal(t, itsm.EndedDeclined, in(t, itsm.ProblemLogged).does(itsm.ActDecline, pam).News(false).Ending)
}
