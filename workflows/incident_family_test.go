package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

func TestAChildFollowsItsParentButNotIntoItsClosure(t *testing.T) {
	w := newIncidents(t)
	w.parent = itsm.Incident{Number: "INC-1", IncidentStanding: itsm.IncidentStanding{State: itsm.IncidentInProgress}}
	w.reports(ana, itsm.HighDegree, itsm.HighDegree)
	does(w, time.Minute, pat, itsm.ActParent, itsm.ParentRequest{Parent: "INC-1"})
	w.RegisterDelayedCallback(func() {
		w.parent.State = itsm.IncidentResolved
		w.parent.Resolution = &itsm.Resolution{Code: itsm.ResolvedWorkaround, Note: "Cards by hand."}
		w.SignalWorkflow(workflows.ParentMoved, nil)
	}, time.Hour)
	w.RegisterDelayedCallback(func() {
		w.parent.State = itsm.IncidentClosed
		w.SignalWorkflow(workflows.ParentMoved, nil)
	}, 2*time.Hour)
	closed := does(w, 3*time.Hour, ana, itsm.ActConfirm, itsm.NoteRequest{})
	w.ends()
	require.NoError(t, closed.err)
	require.Equal(t, time.Minute, w.at(itsm.EventFollowed, 0))
	require.Equal(t, time.Hour, w.at(itsm.EventResolved, 0))
	require.Contains(t, w.left().Resolution.Note, "Cards by hand.")
	require.Equal(t, []string{"children.changed INC-1"}, w.sent)
}

func TestAParentTellsItsChildrenToLook(t *testing.T) {
	w := newIncidents(t)
	w.kids = []itsm.Number{"INC-8", "INC-9"}
	w.reports(ana, itsm.HighDegree, itsm.HighDegree)
	w.RegisterDelayedCallback(func() { w.SignalWorkflow(workflows.ChildrenChanged, nil) }, time.Minute)
	does(w, 2*time.Minute, pat, itsm.ActAcknowledge, itsm.NoteRequest{})
	does(w, time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
	does(w, 2*time.Hour, ana, itsm.ActConfirm, itsm.NoteRequest{})
	w.ends()
	require.Len(t, w.sent, 3*2, "once when they came, and for each of what they follow: %v", w.sent)
}
