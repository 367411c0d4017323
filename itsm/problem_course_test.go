package itsm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// What nobody says of a problem when it is raised, the policy says.
func TestHowAProblemBegins(t *testing.T) {
	l := found(t, anyProblem())
	require.Equal(t, []any{itsm.TriggeredByHand, itsm.MediumDegree, itsm.MediumDegree, itsm.P3, itsm.ProblemLogged, false},
		[]any{l.Trigger, l.Impact, l.Urgency, l.Priority, l.State, l.Major})
	require.Equal(t, itsm.Length{Days: 2}, l.Clock(itsm.AssessmentClock).Target)
	d := anyProblem()
	d.Incidents, d.Change, d.Follows, d.Impact, d.Urgency = []itsm.Number{"INC-1", "INC-2"}, "CHG-1", "PRB-0", itsm.HighDegree, itsm.HighDegree
	l = found(t, d)
	require.Equal(t, itsm.TriggeredByIncident, l.Trigger)
	require.True(t, l.Major)
	require.Equal(t, itsm.Length{Days: 1}, l.Clock(itsm.AssessmentClock).Target)
	require.Len(t, l.Relations, 4)
	d = (&itsm.Change{Number: "CHG-3", ChangeDraft: itsm.ChangeDraft{Title: "Swap\nit", Service: "website"}}).Triggered()
	require.NoError(t, d.CheckRaise(monitor))
	l = found(t, d)
	require.Equal(t, []any{itsm.ProblemCandidate, "Failed: Swap it", itsm.P3}, []any{l.State, l.Title, l.Priority})
	l.does(itsm.ActAccept, pam, func(w *wants) {
		w.accept = itsm.Acceptance{Coordinator: "joe", Team: "net", Category: "disk", Impact: itsm.HighDegree, Urgency: itsm.HighDegree, Major: new(false)}
	})
	require.Equal(t, []any{itsm.PersonID("joe"), itsm.TeamID("net"), "disk", itsm.P1, false}, []any{l.Coordinator, l.Team, l.Category, l.Priority, l.Major})
	require.Equal(t, itsm.Length{Days: 3}, l.Clock(itsm.RootCauseClock).Target)
}

// PRB-04: it is fixed by a change that was closed successfully, and by nothing else.
func TestAProblemIsFixedByASuccessfulChangeAlone(t *testing.T) {
	l := in(t, itsm.ProblemFixPlanned)
	for _, s := range []itsm.ChangeState{itsm.ChangeAwaiting, itsm.ChangeScheduled} {
		require.False(t, l.changeEnds(s, ""), "it is under way")
	}
	_, ok := l.FixEnded(&itsm.Change{Number: "CHG-9999", State: itsm.ChangeClosed, Outcome: itsm.Successful}, l.terms(), l.now)
	require.False(t, ok, "it waits for another")
	for _, ended := range []struct {
		state   itsm.ChangeState
		outcome itsm.Outcome
		kept    itsm.State
	}{{itsm.ChangeClosed, itsm.Failed, "failed"}, {itsm.ChangeRejected, "", "rejected"}, {itsm.ChangeCancelled, "", "cancelled"}} {
		failed := l.copied()
		require.True(t, failed.changeEnds(ended.state, ended.outcome))
		require.Equal(t, itsm.ProblemKnownError, failed.State)
		require.Nil(t, failed.Fix)
		require.Equal(t, ended.kept, failed.FailedFixes[0].Outcome)
		failed.does(itsm.ActFix, joe)
	}
	bare := in(t, itsm.ProblemRootCauseKnown).does(itsm.ActFix, joe)
	bare.changeEnds(itsm.ChangeClosed, itsm.Failed)
	require.Equal(t, itsm.ProblemRootCauseKnown, bare.State, "it has no workaround that is published")
	require.True(t, l.changeEnds(itsm.ChangeClosed, itsm.Successful))
	require.Equal(t, itsm.ProblemWatched, l.State)
	require.False(t, l.changeEnds(itsm.ChangeClosed, itsm.Successful), "once")

	fix := itsm.FixRequest{Change: "CHG-2"}
	require.Equal(t, "fix.invalid", code(fix.CheckFixedBy(nil)))
	require.Equal(t, "fix.invalid", code(fix.CheckFixedBy(&itsm.Change{State: itsm.ChangeRejected})))
	require.Equal(t, "fix.invalid", code(fix.CheckFixedBy(&itsm.Change{State: itsm.ChangeClosed, Outcome: itsm.Failed})))
	require.NoError(t, fix.CheckFixedBy(&itsm.Change{State: itsm.ChangeClosed, Outcome: itsm.Successful}))
	require.NoError(t, fix.CheckFixedBy(&itsm.Change{State: itsm.ChangeAwaiting}))
}

// PRB-07: a fix holds when nothing comes back for as long as it is watched.
func TestAFixIsWatchedUntilItHasHeld(t *testing.T) {
	l := in(t, itsm.ProblemWatched)
	until := *l.Watch.Until
	require.Equal(t, l.now.Add(30*24*time.Hour), until)
	back := l.copied()
	back.pass(29 * 24 * time.Hour)
	require.Equal(t, itsm.ProblemWatched, back.State)
	back.does(itsm.ActRecur, monitor)
	require.Equal(t, []any{itsm.ProblemReopened, 1, 1}, []any{back.State, back.Reopens, len(back.FailedFixes)})
	require.Equal(t, itsm.KnownErrorPublished, back.Published.State, "its workaround helps again")
	require.Equal(t, 2, back.Clock(itsm.RootCauseClock).Cycle)
	require.Nil(t, back.Fix)
	l.pass(30 * 24 * time.Hour)
	require.Equal(t, itsm.ProblemResolved, l.State)
	require.Equal(t, itsm.KnownErrorRetired, l.Published.State)
	early := in(t, itsm.ProblemResolved)
	early.pass(60 * 24 * time.Hour)
	require.Zero(t, early.told(itsm.EventWatchPassed), "it was confirmed before")
	early.does(itsm.ActProblemReopen, pam)
	require.Equal(t, itsm.KnownErrorPublished, early.Published.State)
	require.Empty(t, early.Ending)
}

// PRB-08: a major problem is reviewed before it is closed.
func TestAMajorProblemIsReviewedBeforeItIsClosed(t *testing.T) {
	l := in(t, itsm.ProblemLogged).does(itsm.ActAccept, pam, func(w *wants) { w.accept.Major = new(true) }).does(itsm.ActRootCause, joe).does(itsm.ActFix, joe)
	l.changeEnds(itsm.ChangeClosed, itsm.Successful)
	require.Nil(t, l.Clock(itsm.ReviewClock).StoppedAt)
	l.does(itsm.ActProblemConfirm, pam)
	require.Equal(t, "problem.not_reviewed", l.refuses(itsm.ActProblemClose, pam))
	require.Equal(t, []itsm.PersonID{"pam"}, l.Explain().WaitsFor)
	l.does(itsm.ActReview, joe)
	require.NotNil(t, l.Clock(itsm.ReviewClock).StoppedAt)
	l.does(itsm.ActProblemClose, pam)
	require.Equal(t, itsm.EndedFixed, l.Ending)
}

// PRB-09: a risk is accepted on somebody's authority, for a while, and comes back.
func TestAnAcceptedRiskComesBack(t *testing.T) {
	l := in(t, itsm.ProblemKnownError)
	l.does(itsm.ActAcceptRisk, olga)
	require.Equal(t, itsm.PersonID("own"), l.Risk.By)
	require.Equal(t, itsm.EndedRiskAccepted, l.News(false).Ending)
	require.Contains(t, l.Explain().Summary, "cheap to live with")
	closed := l.copied()
	closed.does(itsm.ActProblemClose, pete)
	require.Equal(t, itsm.EndedRiskAccepted, closed.Ending)
	require.Contains(t, closed.Explain().Summary, "risk accepted")
	l.pass(31 * 24 * time.Hour)
	require.Equal(t, []any{itsm.ProblemReopened, 1}, []any{l.State, l.told(itsm.EventRiskExpired)})
	require.Nil(t, l.Risk)
	require.Equal(t, itsm.KnownErrorPublished, l.Published.State, "it was never gone")
	require.NotNil(t, l.Idle.NudgeAt, "somebody has to be at it")
}

// Merging loses nothing: what led to one problem, and to those merged into it before,
// leads to the other.
func TestMergingLosesNothing(t *testing.T) {
	oldest := in(t, itsm.ProblemLogged).does(itsm.ActProblemRelate, joe, func(w *wants) { w.relate.To = "INC-1" })
	oldest.Number = "PRB-3"
	oldest.does(itsm.ActMerge, pam, func(w *wants) { w.merge.Into = "PRB-2" })
	middle := in(t, itsm.ProblemKnownError).does(itsm.ActProblemRelate, joe, func(w *wants) { w.relate.To = "INC-2" })
	middle.Number = "PRB-2"
	e, ok := middle.Absorb(&oldest.Problem, at)
	require.True(t, ok)
	require.Equal(t, []itsm.Number{"INC-1"}, e.Detail.Incidents)
	_, again := middle.Absorb(&oldest.Problem, at)
	require.False(t, again)
	middle.does(itsm.ActMerge, pam, func(w *wants) { w.merge.Into = "PRB-1" })
	_, over := middle.Absorb(&oldest.Problem, at)
	require.False(t, over)

	l := in(t, itsm.ProblemInvestigating)
	other := in(t, itsm.ProblemLogged)
	other.Number = "PRB-4"
	_, ok = l.Absorb(&other.Problem, at)
	require.False(t, ok, "it was not merged")
	e, ok = l.Absorb(&middle.Problem, at)
	require.True(t, ok)
	require.Equal(t, []itsm.Number{"PRB-2", "PRB-3"}, l.Absorbed)
	require.ElementsMatch(t, []itsm.Number{"INC-1", "INC-2"}, e.Detail.Incidents)
	require.Equal(t, []any{itsm.KnownErrorDraft, 0, middle.KnownError.Workaround}, []any{l.KnownError.State, l.KnownError.Version, l.KnownError.Workaround})
	late := in(t, itsm.ProblemLogged)
	late.Number = "PRB-5"
	late.does(itsm.ActMerge, pam, func(w *wants) { w.merge.Into = "PRB-2" })
	_, ok = l.Absorb(&late.Problem, at)
	require.True(t, ok, "into what had been merged into it")
	require.Equal(t, l.Absorbed, l.News(true).Covers)

	require.Equal(t, "merge.invalid", code(l.CheckInto(nil)))
	require.Equal(t, "merge.invalid", code(l.CheckInto(&middle.Problem)), "it is over")
	full := in(t, itsm.ProblemInvestigating)
	for _, n := range incidentNumbers(itsm.MaxProblemLinks) {
		full.Relations = append(full.Relations, itsm.Relation{From: "PRB-6", Kind: itsm.FoundIn, To: n})
	}
	full.Number = "PRB-6"
	require.NoError(t, l.CheckInto(&full.Problem), "it leads there already")
	l.does(itsm.ActProblemRelate, joe, func(w *wants) { w.relate.To = "INC-99999" })
	require.Equal(t, "merge.invalid", code(l.CheckInto(&full.Problem)))
}

// Each stage has a clock of its own, and the whole has none.
func TestEachStageHasItsClock(t *testing.T) {
	running := func(l *trouble) (kinds []itsm.ClockKind) {
		for _, c := range l.Clocks {
			if c.StoppedAt == nil {
				kinds = append(kinds, c.Kind)
			}
		}
		return kinds
	}
	for state, want := range map[itsm.ProblemState][]itsm.ClockKind{ //nolint:exhaustive // those that differ
		itsm.ProblemLogged: {itsm.AssessmentClock}, itsm.ProblemInvestigating: {itsm.RootCauseClock}, itsm.ProblemRootCauseKnown: {itsm.WorkaroundClock},
		itsm.ProblemKnownError: nil, itsm.ProblemWatched: nil, itsm.ProblemClosed: nil,
	} {
		require.Equal(t, want, running(in(t, state)), state)
	}
	l := in(t, itsm.ProblemInvestigating)
	l.pass(21 * 24 * time.Hour)
	require.Equal(t, []int{3, 1, 1}, []int{l.told(itsm.EventProblemWarned), l.told(itsm.EventProblemMissed), l.told(itsm.EventProblemOverdue)})
	l.does(itsm.ActRootCause, joe)
	require.True(t, l.Missed())
	require.False(t, l.Clock(itsm.RootCauseClock).Met())
	fixed := in(t, itsm.ProblemRootCauseKnown).does(itsm.ActFix, joe)
	require.Equal(t, []itsm.ClockKind{itsm.WorkaroundClock}, running(fixed), "until then something has to help")
	fixed.changeEnds(itsm.ChangeClosed, itsm.Successful)
	require.Nil(t, running(fixed))
}

// What nobody works on is noticed: its coordinator is told, then whoever answers for it,
// and again as long as nobody does anything.
func TestWhatNobodyWorksOnIsNoticed(t *testing.T) {
	l := in(t, itsm.ProblemInvestigating)
	l.pass(4 * 24 * time.Hour)
	l.does(itsm.ActRootCause, joe, func(w *wants) { w.cause.Known = false })
	l.pass(5*24*time.Hour - time.Minute)
	require.Zero(t, l.told(itsm.EventProblemNudged), "somebody was at it")
	l.pass(time.Minute)
	require.Equal(t, 1, l.told(itsm.EventProblemNudged))
	l.pass(5 * 24 * time.Hour)
	require.Equal(t, []int{1, 1}, []int{l.told(itsm.EventProblemIdle), l.told(itsm.EventProblemEscalated)})
	require.Equal(t, []itsm.PersonID{"mia"}, l.Escalation.Calls[0].People)
	l.pass(10 * 24 * time.Hour)
	require.Equal(t, []int{2, 2}, []int{l.told(itsm.EventProblemNudged), l.told(itsm.EventProblemIdle)})
	require.Equal(t, []itsm.PersonID{"own"}, l.Escalation.Calls[1].People, "others than before")
	for _, waits := range []itsm.ProblemState{itsm.ProblemLogged, itsm.ProblemFixPlanned, itsm.ProblemWatched} {
		l := in(t, waits)
		l.pass(25 * 24 * time.Hour)
		require.Zero(t, l.told(itsm.EventProblemIdle), waits)
	}
}

func TestTasksOfAnInvestigation(t *testing.T) {
	l := in(t, itsm.ProblemInvestigating).does(itsm.ActTask, pam).does(itsm.ActTask, pam)
	l.pass(2 * time.Hour)
	require.Equal(t, 2, l.told(itsm.EventTaskDue), "each owner is told")
	require.True(t, l.Tasks[0].Told)
	l.does(itsm.ActTask, joe, func(w *wants) { w.task = itsm.TaskRequest{ID: 1, DueAt: new(l.now.Add(time.Hour)), Owner: "ida"} })
	l.pass(2 * time.Hour)
	require.Equal(t, 3, l.told(itsm.EventTaskDue), "and again when it is put off")
	l.does(itsm.ActTask, joe, func(w *wants) { w.task = itsm.TaskRequest{ID: 1, State: itsm.TaskDone, Result: "The disk."} })
	require.Equal(t, []any{itsm.TaskDone, "The disk."}, []any{l.Tasks[0].State, l.Tasks[0].Result})
	l.pass(time.Hour)
	l.does(itsm.ActMerge, pam)
	require.Equal(t, []itsm.TaskState{itsm.TaskDone, itsm.TaskDropped}, []itsm.TaskState{l.Tasks[0].State, l.Tasks[1].State})
	require.NotEqual(t, l.Tasks[0].EndedAt, l.Tasks[1].EndedAt)
}

// The change that would fix it can be raised as it is, but for its plan.
func TestTheFixThatAProblemSuggests(t *testing.T) {
	l := in(t, itsm.ProblemRootCauseKnown)
	d := l.FixDraft()
	require.Equal(t, []string{"Fix PRB-1: It fails each night", "Root cause: A full disk"}, []string{d.Title, d.Description})
	d.Plan, d.BackoutPlan = "Swap it", "Swap it back"
	require.NoError(t, d.Check())
}
