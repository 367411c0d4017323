package itsm_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// copied is a life of its own from here on.
func (l *life) copied() *life {
	own := *l
	own.Incident = itsm.Incident{}
	require.NoError(l.t, json.Unmarshal([]byte(asJSON(l.t, l.Incident)), &own.Incident))
	own.events = slices.Clone(l.events)
	return &own
}

// variants are the ways to ask for an act that lead elsewhere.
func (l *life) variants(a itsm.Act) (all []asks) {
	vary := func(f func(*asks)) {
		q := l.usual()
		f(&q)
		all = append(all, q)
	}
	vary(func(*asks) {})
	switch a { //nolint:exhaustive // the others have one
	case itsm.ActAssign:
		vary(func(q *asks) { q.assignee = "" })
		vary(func(q *asks) { q.assignee = "joe" })
		vary(func(q *asks) { q.team = "" })
	case itsm.ActEscalate:
		vary(func(q *asks) { q.to = itsm.EscalateTeam })
		vary(func(q *asks) { q.to = itsm.EscalateNext })
	case itsm.ActIncidentHold:
		vary(holding(itsm.AwaitingCaller))
		vary(holding(itsm.AwaitingProblem))
	}
	return all
}

// explore goes everywhere that people, time and a parent can lead an incident, and
// tells of each step, and whether it leads to what looks like nothing before it. What
// looks the same is gone on from once.
func explore(t *testing.T, step func(before, after *life, by string, fresh bool)) {
	t.Helper()
	begin := raised(t, at)
	seen, open := map[string]bool{}, []*life{begin}
	goOn := func(from, to *life, by string) {
		e := &to.Escalation
		looks := fmt.Sprint(to.State, to.Hold != nil && to.Hold.Reason == itsm.AwaitingCaller, to.Hold != nil && to.Hold.Reason == itsm.AwaitingProblem, to.Hold != nil && to.Hold.By == itsm.System,
			to.Assignee == "", e.Acknowledged(), e.Ringing(), e.Over, to.Parent, to.Reopens > 0)
		step(from, to, by, !seen[looks])
		if !seen[looks] {
			seen[looks] = true
			open = append(open, to)
		}
	}
	for len(open) > 0 {
		l := open[0]
		open = open[1:]
		for _, act := range incidentActs {
			for _, q := range l.variants(act) {
				for _, who := range []itsm.Actor{rita, joe, mia, monitor} {
					if err, _ := l.try(act, who, q); err == nil {
						next := l.copied()
						_, do := next.try(act, who, q)
						next.happened(who, do())
						goOn(l, next, string(act))
					}
				}
			}
		}
		if _, comes := l.Next(); comes {
			next := l.copied()
			next.fall()
			goOn(l, next, "time")
		}
		for _, parent := range []itsm.IncidentState{itsm.IncidentInProgress, itsm.IncidentOnHold, itsm.IncidentReopened, itsm.IncidentResolved, itsm.IncidentClosed} {
			next := l.copied()
			if e, ok := next.Follow(parentIn(parent), l.now); ok {
				next.happened(steward, e)
				goOn(l, next, "parent")
			}
		}
		for _, ending := range itsm.ProblemEndings {
			next := l.copied()
			if e, ok := next.Hear(newsOf(ending, 1), l.now); ok {
				next.happened(steward, e)
				goOn(l, next, "problem")
			}
		}
	}
}

// parentIn is the incident that another may be a child of, in a state.
func parentIn(s itsm.IncidentState) *itsm.Incident {
	p := &itsm.Incident{Number: "INC-9"}
	p.State = s
	p.Hold = &itsm.IncidentHold{Reason: itsm.AwaitingChange, For: "CHG-3", By: "lee", Note: "The change comes first."}
	p.Resolution = &itsm.Resolution{Code: itsm.ResolvedFixed, Note: "Turned it off and on.", By: "lee"}
	return p
}

// Every edge of the table is taken by something that people, time or a parent do, and
// no other is.
func TestEveryMoveOfAnIncidentHasItsAct(t *testing.T) {
	moved := map[string]bool{"new → triaged": true} // by raised
	explore(t, func(before, after *life, by string, _ bool) {
		e := after.events[len(before.events)]
		require.Equal(t, itsm.State(before.State), e.From, by)
		if before.State == after.State {
			return
		}
		require.True(t, before.State.CanBecome(after.State), "%s → %s by %s", before.State, after.State, by)
		moved[string(before.State)+" → "+string(after.State)] = true
	})
	var meant []string
	for from, nexts := range itsm.IncidentMoves {
		for _, to := range nexts {
			meant = append(meant, string(from)+" → "+string(to))
		}
	}
	require.ElementsMatch(t, meant, slices.Collect(maps.Keys(moved)))
	require.Len(t, itsm.IncidentMoves, len(itsm.IncidentStates))
	i := itsm.Incident{}
	i.State = itsm.IncidentClosed
	require.Panics(t, func() { i.Become(itsm.IncidentReopened, at) })
}

// Wherever an incident stands, what is offered is what the rules allow an incident
// manager, each person is offered what they may do of it, and what is over allows
// nothing and awaits nothing.
func TestWhatIsOfferedIsWhatIsAllowed(t *testing.T) {
	explore(t, func(_, l *life, by string, fresh bool) {
		if !fresh {
			return
		}
		offered := l.Explain().Acts
		for _, act := range incidentActs {
			err := l.anyOf(act, mia)
			require.Equal(t, err == nil, slices.Contains(offered, act), "%s when %s after %s: %v", act, l.State, by, err)
		}
		for _, who := range involved {
			mine := l.ActsFor(who, l.now)
			for _, act := range incidentActs {
				require.Equal(t, slices.Contains(offered, act) && l.anyOf(act, who) == nil,
					slices.Contains(mine, act), "%s by %s when %s", act, who.Person, l.State)
			}
		}
		comment := l.CheckComment(mia, itsm.CommentRequest{Text: "Well."}, itsm.Talk{}) == nil
		require.Equal(t, comment, slices.Contains(offered, itsm.ActIncidentComment))
		require.NotEmpty(t, l.Explain().Summary)
		_, comes := l.Next()
		require.Equal(t, comes, l.Explain().Due != nil)
		if l.State.Final() {
			require.Empty(t, offered)
			require.False(t, comes)
			require.False(t, l.Unreckoned())
			require.NotNil(t, l.ClosedAt)
		}
	})
}

// anyOf is nil when an act can be asked for in some way.
func (l *life) anyOf(a itsm.Act, who itsm.Actor) (err error) {
	for _, q := range l.variants(a) {
		if err, _ = l.try(a, who, q); err == nil {
			return nil
		}
	}
	return err
}
