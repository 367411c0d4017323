package workflows_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdkpb "go.temporal.io/api/sdk/v1"

	"github.com/steward-itsm/steward/itsm"
)

// TestEveryOrderOfActsOnAnIncidentHasOneEnd lets people and monitoring do whatever they
// may in any order, at the very instants of the deadlines too, and holds what the
// process answered, what was saved, what people are shown and what Temporal shows
// against each other.
func TestEveryOrderOfActsOnAnIncidentHasOneEnd(t *testing.T) {
	ends := make(map[itsm.State]int)
	for seed := range *seeds / 4 {
		w := newIncidents(t)
		w.lives(rand.New(rand.NewPCG(uint64(seed), 11)), ends)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	for _, s := range itsm.IncidentStates {
		if s.Final() && *seeds >= 1000 {
			require.Positive(t, ends[itsm.State(s)], "no seed ended %s; they try too little", s)
		}
	}
}

// lives draws a life: some acts at times that coincide with one another and with
// deadlines, and at last what ends it.
func (w *incidents) lives(r *rand.Rand, ends map[itsm.State]int) {
	degrees := []itsm.Degree{itsm.HighDegree, itsm.MediumDegree, itsm.LowDegree}
	w.rounds, w.stale = 1+r.IntN(2), time.Duration(r.IntN(3))*15*time.Minute
	if r.IntN(6) == 0 {
		w.calling = ""
	}
	w.parent = itsm.Incident{Number: "INC-1", IncidentStanding: itsm.IncidentStanding{State: itsm.IncidentInProgress}}
	reporter := ana
	if r.IntN(4) == 0 {
		reporter = monitor
	}
	w.reports(reporter, degrees[r.IntN(3)], degrees[r.IntN(3)])
	var calls []*says
	for range r.IntN(14) {
		after := time.Duration(1+r.IntN(24)) * 5 * time.Minute // when levels are called and targets are told
		if r.IntN(3) == 0 {
			after = time.Duration(1+r.IntN(200)) * time.Hour
		}
		calls = append(calls, w.draws(r, after, degrees))
	}
	does(w, 300*time.Hour, pat, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
	end := w.ends()
	w.agrees(end)
	for _, c := range calls {
		if c.done && c.err == nil {
			require.LessOrEqual(w.t, c.receipt.Revision, end.Revision)
		}
	}
	ends[end.State]++
}

// draws lets somebody do something after a while.
func (w *incidents) draws(r *rand.Rand, after time.Duration, degrees []itsm.Degree) *says {
	people := []itsm.Actor{ana, pat, lee, pat, lee, monitor}
	who := people[r.IntN(len(people))]
	if r.IntN(8) == 0 { // lost the role since
		who.Roles = []itsm.Role{itsm.Requester}
	}
	note := itsm.NoteRequest{Note: "So it is."}
	switch r.IntN(16) {
	case 0:
		return does(w, after, who, itsm.ActAssign, itsm.Assignment{Assignee: people[1+r.IntN(2)].Person})
	case 1:
		return does(w, after, who, itsm.ActAssign, itsm.Assignment{Team: "db"})
	case 2:
		return does(w, after, who, itsm.ActReprioritise, itsm.Reprioritisation{Impact: degrees[r.IntN(3)], Urgency: degrees[r.IntN(3)]})
	case 3:
		return does(w, after, who, itsm.ActIncidentHold, itsm.HoldRequest{Reason: itsm.AwaitingCaller, Note: "Which browser?"})
	case 4:
		return does(w, after, who, itsm.ActIncidentHold, itsm.HoldRequest{Reason: itsm.AwaitingVendor, Note: "They look."})
	case 5:
		return does(w, after, who, itsm.ActIncidentResume, itsm.NoteRequest{})
	case 6:
		to := []itsm.EscalateTo{itsm.EscalateNext, itsm.EscalateManager}[r.IntN(2)]
		return does(w, after, who, itsm.ActEscalate, itsm.EscalateRequest{To: to, Note: "It takes too long."})
	case 7:
		return does(w, after, who, itsm.ActEscalate, itsm.EscalateRequest{To: itsm.EscalateTeam, Team: "db", Note: "It is theirs."})
	case 8:
		return does(w, after, who, itsm.ActIncidentComment, itsm.CommentRequest{Text: "All of them."})
	case 9:
		return does(w, after, who, itsm.ActParent, itsm.ParentRequest{Parent: []itsm.Number{"INC-1", ""}[r.IntN(2)]})
	case 10:
		return does(w, after, who, itsm.ActReopen, note)
	case 11:
		return does(w, after, who, itsm.ActConfirm, note)
	case 12:
		return does(w, after, who, itsm.ActResolve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Done."})
	case 13:
		if r.IntN(2) == 0 {
			return does(w, after, who, itsm.ActDuplicate, itsm.DuplicateRequest{Of: "INC-2"})
		}
		return does(w, after, who, itsm.ActIncidentCancel, itsm.Cancellation{Note: "It was my cable."})
	default:
		return does(w, after, who, itsm.ActAcknowledge, itsm.NoteRequest{})
	}
}

// agrees holds the tellings of a life against each other.
func (w *incidents) agrees(end itsm.Receipt) {
	w.t.Helper()
	left, timeline := w.left(), []itsm.Event{}
	for _, s := range w.steps { // ends sorted them
		timeline = append(timeline, s.Event)
	}
	i := itsm.Incident{Number: end.Number, Reporter: "ana", Owner: "max", RaisedAt: w.began, IncidentStanding: left}
	require.Equal(w.t, end, i.Receipt(), "the process and the record end differently")
	finals := slices.DeleteFunc(slices.Clone(timeline), func(e itsm.Event) bool { return !itsm.IncidentState(e.To).Final() || e.From == e.To })
	require.Len(w.t, finals, 1, "exactly one event ends it")
	for _, c := range left.Clocks {
		require.False(w.t, c.Running(), "a clock counts on")
	}
	told, cycle := map[string]int{}, 1
	for _, e := range timeline {
		if e.Kind == itsm.EventReopened {
			cycle++
		}
		if e.Kind == itsm.EventTargetWarned || e.Kind == itsm.EventTargetMissed || e.Kind == itsm.EventTargetOverdue {
			c := e.Detail.Clock
			told[fmt.Sprintf("%s of the %s at %d %%, cycle %d,", e.Kind, c.Clock, c.Percent, cycle)]++
		}
	}
	for what, times := range told {
		require.Equal(w.t, 1, times, "%s is told once", what)
	}
	for _, n := range itsm.IncidentNotices(itsm.IncidentBook{Incident: i, Timeline: timeline, Said: w.said, Service: itsm.Service{Channel: "C0WEBSITE", Team: "web"}}) {
		if n.Kind == itsm.NoticePage || n.Kind == itsm.NoticeConfirm {
			require.True(w.t, n.Over, "%s still asks", n.Key)
		}
		require.Empty(w.t, n.Explanation.Acts, "%s keeps a dead button", n.Key)
	}
	value, err := w.QueryWorkflow("__temporal_workflow_metadata")
	require.NoError(w.t, err)
	var m sdkpb.WorkflowMetadata
	require.NoError(w.t, value.Get(&m))
	require.True(w.t, strings.HasPrefix(m.GetCurrentDetails(), "## "+string(end.Number)+": "+end.State.Words()), m.GetCurrentDetails())
}
