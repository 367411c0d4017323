package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// hearing has an incident read what a problem has to tell it.
func hearing(w *incidents, news *itsm.ProblemNews) {
	w.OnActivity(a.ReadProblemNews, mock.Anything, mock.Anything).Return(func(context.Context, activities.ProblemNews) (itsm.ProblemNews, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		told := *news
		if told.Workaround != nil {
			workaround := *told.Workaround
			told.Workaround = &workaround
		}
		return told, nil
	}).Maybe()
}

func (w *incidents) hears(after time.Duration) {
	w.RegisterDelayedCallback(func() { w.SignalWorkflow(workflows.ProblemMoved, itsm.Number("PRB-3")) }, after)
}

// TestWhatWaitsForAProblemEndsWithIt: resolved when it is fixed, going on when it is
// lived with, and waiting on when another took it up.
func TestWhatWaitsForAProblemEndsWithIt(t *testing.T) {
	for ending, left := range map[itsm.ProblemEnding]itsm.EventKind{
		itsm.EndedFixed: itsm.EventResolved, itsm.EndedRiskAccepted: itsm.EventIncidentResumed, itsm.EndedDeclined: itsm.EventIncidentResumed,
		itsm.EndedCancelled: itsm.EventIncidentResumed, itsm.EndedMerged: itsm.EventHoldEnded, "": itsm.EventHoldEnded,
	} {
		t.Run(string(ending), func(t *testing.T) {
			w := newIncidents(t)
			hearing(w, &itsm.ProblemNews{Problem: "PRB-3", Covers: []itsm.Number{"PRB-2"}, Ending: ending})
			w.reports(ana, itsm.LowDegree, itsm.LowDegree)
			does(w, time.Minute, pat, itsm.ActAssign, itsm.Assignment{Assignee: "pat"})
			does(w, 2*time.Minute, pat, itsm.ActIncidentHold, itsm.HoldRequest{Reason: itsm.AwaitingProblem, For: "PRB-2", Note: "The pool."})
			w.hears(time.Hour)
			w.hears(2 * time.Hour)
			does(w, 60*24*time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
			w.ends()
			at := time.Hour
			if left == itsm.EventHoldEnded { // as long as it may
				at = w.at(left, 0)
				require.Greater(t, at, 5*24*time.Hour)
			}
			require.Equal(t, at, w.at(left, 0))
		})
	}
}

// TestAWorkaroundIsToldOnceAndStopsTheCalling, for each version of it.
func TestAWorkaroundIsToldOnceAndStopsTheCalling(t *testing.T) {
	w := newIncidents(t)
	news := &itsm.ProblemNews{Problem: "PRB-3", Linked: true, Workaround: &itsm.Workaround{Problem: "PRB-3", Version: 1, Text: "Reload the pool."}}
	hearing(w, news)
	w.reports(ana, itsm.HighDegree, itsm.HighDegree)
	w.hears(time.Minute)
	w.hears(2 * time.Minute)
	w.RegisterDelayedCallback(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		news.Workaround.Version = 2
	}, 3*time.Minute)
	w.hears(4 * time.Minute)
	applied := does(w, 30*time.Minute, pat, itsm.ActApply, itsm.ApplyRequest{KnownError: "PRB-3"})
	again := does(w, 31*time.Minute, pat, itsm.ActApply, itsm.ApplyRequest{KnownError: "PRB-3"})
	does(w, time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedWorkaround, Note: "Reloaded."})
	w.ends()
	require.Equal(t, []time.Duration{time.Minute, 4 * time.Minute}, []time.Duration{w.at(itsm.EventWorkaroundHeard, 0), w.at(itsm.EventWorkaroundHeard, 1)})
	escalated := 0
	for _, k := range w.happened() {
		if k == itsm.EventEscalated {
			escalated++
		}
	}
	require.Equal(t, 1, escalated, "the first level was called before, and nobody since")
	require.NoError(t, applied.err)
	require.Equal(t, "incident.applied", code(again.err))
}
