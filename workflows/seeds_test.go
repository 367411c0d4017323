package workflows_test

import (
	"flag"
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

var seeds = flag.Int("seeds", 1000, "how many orders of acts and timers are tried")

// TestEveryOrderOfActsAndTimersHasOneEnd lets people click, edit, delegate, hold
// and lose their roles in any order, at the very instants of the deadlines too,
// and holds what the process answered, what was saved, what people are shown and
// what Temporal shows against each other.
func TestEveryOrderOfActsAndTimersHasOneEnd(t *testing.T) {
	ends := make(map[itsm.ChangeState]int)
	for seed := range *seeds {
		w := stagedWorld(t)
		end := w.lives(rand.New(rand.NewPCG(uint64(seed), 7)))
		ends[itsm.ChangeState(end.State)]++
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	for _, s := range itsm.ChangeStates {
		if s.Final() && *seeds >= 1000 {
			require.Positive(t, ends[s], "no seed ended %s; they try too little", s)
		}
	}
}

// lives draws a life: some acts at times that coincide with one another and with
// deadlines, and at last one that ends what is left.
func (w *world) lives(r *rand.Rand) itsm.Receipt {
	w.t.Helper()
	d := risky(itsm.RiskTiers[r.IntN(len(itsm.RiskTiers))])
	if r.IntN(4) == 0 {
		d.Window = &itsm.Window{Start: w.Now().Truncate(time.Second).Add(time.Hour), End: w.Now().Truncate(time.Second).Add(20 * time.Hour)}
	}
	acts, calls := r.IntN(14), []*says{}
	for range acts {
		calls = append(calls, w.acts(r, time.Duration(1+r.IntN(28))*time.Hour))
	}
	act(w, 200*time.Hour, manager, itsm.ActResume, itsm.NoteRequest{})
	act(w, 300*time.Hour, manager, itsm.ActCancel, itsm.Cancellation{Note: "Time is up."})
	act(w, 301*time.Hour, manager, itsm.ActComplete, itsm.Completion{Result: itsm.Successful})
	_, end := w.run(d)
	w.agrees(end)
	for _, c := range calls {
		if c.done && c.err == nil {
			require.LessOrEqual(w.t, c.receipt.Revision, end.Revision)
		}
	}
	return end
}

// acts lets somebody do something after a while.
func (w *world) acts(r *rand.Rand, after time.Duration) *says {
	people := []itsm.Actor{ana, bob, eve, joe, kim, sam, manager, ida}
	who := people[r.IntN(len(people))]
	if r.IntN(8) == 0 { // lost the role since
		who.Roles = []itsm.Role{itsm.Requester}
	}
	text := fmt.Sprintf("Plan %d.", r.IntN(3))
	switch r.IntN(16) {
	case 0:
		return act(w, after, ana, itsm.ActAssess, weighed())
	case 1:
		return act(w, after, ana, itsm.ActEdit, itsm.EditRequest{Revision: 1 + r.IntN(8), Edit: itsm.Edit{Plan: &text}})
	case 2:
		return act(w, after, who, itsm.ActDelegate, itsm.DelegationRequest{To: people[r.IntN(len(people))].Person})
	case 3:
		who.For = &itsm.Principal{Person: "bob", Roles: bob.Roles, Standing: r.IntN(2) == 0}
		return act(w, after, who, itsm.ActDecide, yes)
	case 4:
		return act(w, after, who, itsm.ActRetract, struct{}{})
	case 5:
		return act(w, after, ana, itsm.ActHold, itsm.NoteRequest{Note: "Wait."})
	case 6:
		return act(w, after, ana, itsm.ActResume, itsm.NoteRequest{})
	case 7:
		return act(w, after, manager, itsm.ActReassign, itsm.Reassignment{Assignee: who.Person})
	case 8:
		return act(w, after, who, itsm.ActComment, itsm.CommentRequest{Text: "Why?", Question: true})
	case 9:
		return act(w, after, ida, itsm.ActStart, struct{}{})
	case 10:
		return act(w, after, who, itsm.ActDecide, no)
	case 11:
		return act(w, after, who, itsm.ActDecide, itsm.DecisionRequest{Verdict: itsm.Abstain})
	default:
		return act(w, after, who, itsm.ActDecide, yes)
	}
}

// agrees holds the four tellings of a life against each other.
func (w *world) agrees(end itsm.Receipt) {
	w.t.Helper()
	c, timeline := w.saved()
	require.Equal(w.t, end, c.Receipt(), "the process and the record end differently")
	finals := slices.DeleteFunc(slices.Clone(timeline), func(e itsm.Event) bool { return !itsm.ChangeState(e.To).Final() || e.From == e.To })
	require.Len(w.t, finals, 1, "exactly one event ends it")
	ending := timeline[len(timeline)-1]
	require.Equal(w.t, end.State, ending.To)

	told := 0
	for _, n := range itsm.Notices(c, timeline, w.said, itsm.Service{Channel: "C0WEBSITE"}, nil) {
		switch {
		case n.Kind == itsm.NoticeCard:
			require.Equal(w.t, end.State, itsm.State(n.Change.State))
			require.Empty(w.t, n.Explanation.Acts, "the card keeps a dead button")
		case n.Kind == itsm.NoticeAsk || n.Kind == itsm.NoticeRemind || n.Kind == itsm.NoticeQuestion:
			require.True(w.t, n.Over, "%s still asks", n.Key)
		case n.Kind == itsm.NoticeTell && n.To == c.Requester && n.Event.Kind == ending.Kind && n.Event.Revision == ending.Revision:
			told++
		}
	}
	if ending.Actor != c.Requester {
		require.Equal(w.t, 1, told, "its requester is told once how it ended (%s)", ending.Kind)
	}
	value, err := w.QueryWorkflow("__temporal_workflow_metadata")
	require.NoError(w.t, err)
	var m sdkpb.WorkflowMetadata
	require.NoError(w.t, value.Get(&m))
	require.True(w.t, strings.HasPrefix(m.GetCurrentDetails(), "## CHG-1: "+end.State.Words()), m.GetCurrentDetails())
}

// saved is the record as the saves leave it, whatever the order they came in.
func (w *world) saved() (itsm.Change, []itsm.Event) {
	w.t.Helper()
	c := w.recorded.Change
	timeline := []itsm.Event{w.recorded.Event}
	for _, s := range w.steps { // consistent sorted them
		timeline = append(timeline, s.Event)
		c.State, c.Since, c.Revision = itsm.ChangeState(s.Event.To), s.Event.At, s.Event.Revision
		c.Outcome, c.RiskScore, c.Approval, c.Approvers = s.Outcome, s.RiskScore, s.Approval, s.Approvers
		c.Hold, c.Assignee, c.Implementer = s.Hold, s.Assignee, s.Implementer
		c.RemindAt, c.BackupAt, c.ExpireAt, c.ClosedAt = s.RemindAt, s.BackupAt, s.ExpireAt, s.ClosedAt
		c.Decisions = standing(c.Decisions, s)
	}
	return c, timeline
}

// standing are the votes that count after a step.
func standing(votes []itsm.Decision, s itsm.ChangeStep) []itsm.Decision {
	if s.Event.Decision != nil {
		votes = append(votes, *s.Event.Decision)
	}
	return slices.DeleteFunc(votes, func(v itsm.Decision) bool {
		taken := s.Event.Detail != nil && s.Event.Detail.Withdrawn != nil && s.Event.Detail.Withdrawn.By == v.By && s.Event.Detail.Withdrawn.Stage == v.Stage
		return v.Round != s.Approval.Round || taken
	})
}
