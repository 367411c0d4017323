package itsm_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// copied is a life of its own from here on: no act changes what a copy of a problem
// shares with it, which TestAProblemsLifeAtRandom holds.
func (l *trouble) copied() *trouble {
	own := *l
	own.events = slices.Clone(l.events)
	return &own
}

// ways are the ways to ask for an act that lead elsewhere.
func (l *trouble) ways(a itsm.Act) []wants {
	w, other := l.usual(), l.usual()
	switch a { //nolint:exhaustive // the others have one
	case itsm.ActRootCause:
		other.cause.Known = false
	case itsm.ActProblemDecide:
		other.decide = itsm.DecisionRequest{Verdict: itsm.Reject, Note: "It does not help."}
	case itsm.ActTask:
		other.task = itsm.TaskRequest{ID: 1, State: itsm.TaskDone, Result: "Nothing in it."}
	case itsm.ActAccept:
		other.accept = itsm.Acceptance{Major: new(true)}
	default:
		return []wants{w}
	}
	return []wants{w, other}
}

// looks is what decides where a problem can go from here.
func (l *trouble) looks() string {
	known, published := "", ""
	if l.KnownError != nil {
		known = string(l.KnownError.State)
	}
	if l.Published != nil {
		published = fmt.Sprint(l.Published.State, l.Published.Told == l.Published.Version)
	}
	return fmt.Sprint(l.State, l.Major, l.Review != nil, known, published, l.RootCause != nil && l.RootCause.Known, len(l.Tasks) > 0)
}

// exploreProblems goes everywhere that people, time and changes can lead a problem, and
// tells of each step, and whether it leads to what looks like nothing before it.
func exploreProblems(t *testing.T, begin []*trouble, step func(before, after *trouble, by string, fresh bool)) {
	t.Helper()
	seen, open := map[string]bool{}, begin
	goOn := func(from, to *trouble, by string) {
		fresh := !seen[to.looks()]
		step(from, to, by, fresh)
		if fresh {
			seen[to.looks()] = true
			open = append(open, to)
		}
	}
	for len(open) > 0 {
		l := open[0]
		open = open[1:]
		for _, act := range problemActs {
			for _, w := range l.ways(act) {
				for _, who := range []itsm.Actor{rita, pam, pete, monitor} {
					if err, _ := l.try(act, who, w); err == nil {
						next := l.copied()
						_, do := next.try(act, who, w)
						next.happened(who, do())
						goOn(l, next, string(act))
					}
				}
			}
		}
		if d, comes := l.Next(); comes {
			next := l.copied()
			next.pass(max(0, d.At.Sub(l.now)))
			goOn(l, next, "time")
		}
		for _, o := range []itsm.Outcome{itsm.Successful, itsm.Failed} {
			if next := l.copied(); l.Fix != nil && next.changeEnds(itsm.ChangeClosed, o) {
				goOn(l, next, "change")
			}
		}
	}
}

func newTroubles(t require.TestingT) []*trouble {
	return []*trouble{in(t, itsm.ProblemCandidate), in(t, itsm.ProblemLogged)}
}

// Every edge of the table is taken by something that people, time or a change do, and
// no other is.
func TestEveryMoveOfAProblemHasItsAct(t *testing.T) {
	moved := map[string]bool{"new → candidate": true, "new → logged": true} // by found
	exploreProblems(t, newTroubles(t), func(before, after *trouble, by string, _ bool) {
		state := itsm.State(before.State)
		for _, e := range after.events[len(before.events):] {
			require.Equal(t, state, e.From, by)
			if e.From != e.To {
				require.True(t, itsm.ProblemState(e.From).CanBecome(itsm.ProblemState(e.To)), "%s → %s by %s", e.From, e.To, by)
				moved[string(e.From)+" → "+string(e.To)] = true
			}
			state = e.To
		}
	})
	var meant []string
	for from, nexts := range itsm.ProblemMoves {
		for _, to := range nexts {
			meant = append(meant, string(from)+" → "+string(to))
		}
	}
	require.ElementsMatch(t, meant, slices.Collect(maps.Keys(moved)))
	require.Len(t, itsm.ProblemMoves, len(itsm.ProblemStates))
	p := itsm.Problem{}
	p.State = itsm.ProblemClosed
	require.Panics(t, func() { p.Become(itsm.ProblemReopened, at) })
}

// Wherever a problem stands, what is offered is what the rules allow a problem manager,
// and each person is offered what they may do of it.
func TestWhatIsOfferedOfAProblemIsWhatIsAllowed(t *testing.T) {
	exploreProblems(t, newTroubles(t), func(_, l *trouble, by string, fresh bool) {
		if fresh {
			l.offers(t, by)
			l.stands(t)
		}
	})
}

func (l *trouble) offers(t require.TestingT, by string) {
	offered := l.Explain().Acts
	mine := make(map[itsm.PersonID][]itsm.Act)
	for _, who := range inProblems {
		mine[who.Person] = l.ActsFor(who, l.now)
	}
	for _, act := range problemActs {
		if act == itsm.ActRecur {
			require.NotContains(t, offered, act)
			continue
		}
		allowed := l.anyOf(act, pam) || (act == itsm.ActProblemDecide && l.anyOf(act, pete))
		require.Equal(t, allowed, slices.Contains(offered, act), "%s when %s after %s", act, l.State, by)
		for _, who := range inProblems {
			require.Equal(t, slices.Contains(offered, act) && l.anyOf(act, who), slices.Contains(mine[who.Person], act),
				"%s by %s when %s", act, who.Person, l.State)
		}
	}
	comment := l.CheckComment(pam, itsm.CommentRequest{Text: "Well."}, itsm.Talk{}) == nil
	require.Equal(t, comment, slices.Contains(offered, itsm.ActProblemComment))
}

// anyOf reports whether an act can be asked for in some way.
func (l *trouble) anyOf(a itsm.Act, who itsm.Actor) bool {
	return slices.ContainsFunc(l.ways(a), func(w wants) bool { return first(l.try(a, who, w)) == nil })
}

// waiting are the states that wait for nobody.
var waiting = []itsm.ProblemState{itsm.ProblemFixPlanned, itsm.ProblemWatched, itsm.ProblemRiskAccepted}

// stands is what is true between any two things that happen.
func (l *trouble) stands(t require.TestingT) {
	e := l.Explain()
	require.NotEmpty(t, e.Summary)
	_, comes := l.Next()
	require.Equal(t, comes, e.Due != nil)
	require.False(t, l.Unreckoned())
	require.Zero(t, l.NextStage())
	require.Nil(t, l.Escalation.Pending)
	require.Equal(t, l.State == itsm.ProblemFixPlanned || l.Watching() || l.State == itsm.ProblemResolved || l.Ending == itsm.EndedFixed, l.Fix != nil, l.State)
	require.Equal(t, l.State == itsm.ProblemRiskAccepted || l.Ending == itsm.EndedRiskAccepted, l.Risk != nil, l.State)
	require.Equal(t, l.State == itsm.ProblemKnownError, l.State == itsm.ProblemKnownError && l.Published.State == itsm.KnownErrorPublished)
	if l.State == itsm.ProblemRootCauseKnown || l.State == itsm.ProblemKnownError {
		require.True(t, l.RootCause.Known)
		require.NotNil(t, l.RootCause.Cause)
	}
	if l.Published != nil {
		require.NotEqual(t, l.Published.By, l.Published.PublishedBy, "nobody publishes what they wrote")
		require.LessOrEqual(t, l.Published.Told, l.Published.Version)
	}
	switch {
	case l.State.Final():
		require.Empty(t, e.Acts)
		require.False(t, comes)
		require.NotNil(t, l.ClosedAt)
		require.NotEmpty(t, l.Ending)
		require.False(t, slices.ContainsFunc(l.Clocks, func(c itsm.Clock) bool { return c.StoppedAt == nil }))
		require.False(t, slices.ContainsFunc(l.Tasks, func(k itsm.Task) bool { return k.State == itsm.TaskOpen }))
		for _, k := range []*itsm.KnownError{l.KnownError, l.Published} {
			require.True(t, k == nil || k.State == itsm.KnownErrorRetired)
		}
	case !slices.Contains(waiting, l.State):
		require.NotEmpty(t, len(e.WaitsFor)+len(e.Roles), "%s waits for people, and says for nobody", l.State)
		require.NotContains(t, e.WaitsFor, itsm.PersonID(""))
	}
	for _, c := range l.Clocks {
		require.False(t, c.MissedAt != nil && c.Met())
	}
}

// Whatever people do, and however time passes between it, a problem keeps its word, and
// what was kept of it does not change after.
func TestAProblemsLifeAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyProblem()
		d.Trigger = rapid.SampledFrom(itsm.ProblemTriggers).Draw(t, "trigger")
		d.Impact, d.Urgency = rapid.SampledFrom(itsm.Degrees).Draw(t, "impact"), rapid.SampledFrom(itsm.Degrees).Draw(t, "urgency")
		var kept []itsm.Problem
		var texts []string
		l := found(t, d, func(l *trouble) {
			l.seen = func(itsm.Event) {
				kept, texts = append(kept, l.Problem), append(texts, asJSON(t, l.Problem))
			}
		})
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0, 1:
				l.pass(time.Duration(rapid.SampledFrom([]int{1, 10, 30, 100, 1000, 9000}).Draw(t, "hours")) * time.Hour)
			case 2:
				if l.Fix != nil {
					l.changeEnds(itsm.ChangeClosed, rapid.SampledFrom([]itsm.Outcome{itsm.Successful, itsm.Failed}).Draw(t, "outcome"))
				}
			default:
				l.acts(t)
			}
			l.stands(t)
		}
		l.offers(t, "all that")
		l.shows(t)
		for n, p := range kept {
			require.Equal(t, texts[n], asJSON(t, p), "what was kept after event %d is another now", n)
			var back itsm.Problem
			require.NoError(t, json.Unmarshal([]byte(texts[n]), &back))
			require.Equal(t, texts[n], asJSON(t, back), "a new run has all that the one before had")
		}
	})
}

// shows holds the messages about it to what they are for: each is one for life, and
// asks nobody for what is done.
func (l *trouble) shows(t require.TestingT) {
	book := itsm.ProblemBook{Problem: l.Problem, Timeline: l.events, Managers: l.catalog.Holders(itsm.ProblemManager), Manager: "mia"}
	require.NotEmpty(t, book.Named())
	keys := map[string]bool{}
	for _, n := range itsm.ProblemNotices(book) {
		require.False(t, keys[n.Key], n.Key)
		keys[n.Key] = true
		require.Equal(t, []any{l.Number, l.Revision, l.RaisedAt}, []any{n.Record(), n.Revision(), n.RaisedAt()})
		require.False(t, n.Kind == itsm.NoticeAssess && !n.Over && !l.Unassessed(), "somebody is asked whether it is one")
		require.False(t, n.Kind == itsm.NoticePublish && !n.Over && !l.Ballot().Awaiting, "somebody is asked to publish")
	}
	require.True(t, keys["PRB-1/card"])
}

// acts lets somebody do something that the rules allow; what they refuse does not
// happen, and leaves no trace.
func (l *trouble) acts(t *rapid.T) {
	who := rapid.SampledFrom([]itsm.Actor{rita, joe, pam, pam, pete, pete, mia, olga, monitor}).Draw(t, "who")
	act := rapid.SampledFrom(problemActs).Draw(t, "act")
	if offered := l.ActsFor(who, l.now); len(offered) > 0 && rapid.Bool().Draw(t, "offered") {
		act = rapid.SampledFrom(offered).Draw(t, "of these")
	}
	if act == itsm.ActProblemComment {
		l.Say(who, itsm.CommentRequest{Text: "Well."}, &l.talk, l.now)
		return
	}
	w := rapid.SampledFrom(l.ways(act)).Draw(t, "way")
	before := asJSON(t, l.Problem)
	err, do := l.try(act, who, w)
	if err != nil {
		require.Equal(t, before, asJSON(t, l.Problem))
		return
	}
	l.happened(who, do())
}
