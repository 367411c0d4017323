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

// copied is a life of its own from here on: no act changes what a copy shares with it,
// which TestACorrectiveActionsLifeAtRandom holds.
func (l *care) copied() *care {
	own := *l
	own.events = slices.Clone(l.events)
	return &own
}

// ways are the ways to ask for an act that lead elsewhere.
func (l *care) ways(a itsm.Act) []ask {
	w, other := l.usual(), l.usual()
	switch a { //nolint:exhaustive // the others have one
	case itsm.ActCorrectiveCause:
		other.cause.Known = false
	case itsm.ActPlan:
		soon := l.now.Add(time.Hour)
		other.plan.VerifyAfter = &soon
	case itsm.ActPlanDecide:
		other.decide = itsm.DecisionRequest{Verdict: itsm.Reject, Note: "It does not reach the cause."}
	case itsm.ActStep:
		other.step.State, other.step.Result, other.step.Evidence = itsm.TaskDropped, "It is not needed.", nil
	case itsm.ActVerify:
		other.verify.Result = itsm.NotEffective
	default:
		return []ask{w}
	}
	return []ask{w, other}
}

// looks is what decides where it can go from here.
func (l *care) looks() string {
	done := slices.ContainsFunc(l.Steps, func(s itsm.Task) bool { return s.State == itsm.TaskDone })
	return fmt.Sprint(l.State, l.Owner, l.Steps.Open(), done, l.Verifiable(), min(l.Ineffective, 1), l.Plan != nil && l.Plan.VerifyAfter != nil)
}

// exploreCorrective goes everywhere that people and time can lead a corrective action,
// and tells of each step, and whether it leads to what looks like nothing before it.
func exploreCorrective(t *testing.T, step func(before, after *care, by string, fresh bool)) {
	t.Helper()
	seen, open := map[string]bool{}, []*care{bettered(t, itsm.CorrectiveRaised)}
	goOn := func(from, to *care, by string) {
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
		for _, act := range correctiveActs {
			for _, w := range l.ways(act) {
				for _, who := range []itsm.Actor{rita, joe, olga, quin, qia} {
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
	}
}

// Every edge of the table is taken by something that people or time do, and no other.
func TestEveryMoveOfACorrectiveActionHasItsAct(t *testing.T) {
	moved := map[string]bool{"new → raised": true} // by nonconforming
	exploreCorrective(t, func(before, after *care, by string, _ bool) {
		state := itsm.State(before.State)
		for _, e := range after.events[len(before.events):] {
			require.Equal(t, state, e.From, by)
			if e.From != e.To {
				require.True(t, itsm.CorrectiveState(e.From).CanBecome(itsm.CorrectiveState(e.To)), "%s → %s by %s", e.From, e.To, by)
				moved[string(e.From)+" → "+string(e.To)] = true
			}
			state = e.To
		}
	})
	var meant []string
	for from, nexts := range itsm.CorrectiveMoves {
		for _, to := range nexts {
			meant = append(meant, string(from)+" → "+string(to))
		}
	}
	require.ElementsMatch(t, meant, slices.Collect(maps.Keys(moved)))
	require.Len(t, itsm.CorrectiveMoves, len(itsm.CorrectiveStates))
	c := itsm.CorrectiveAction{}
	c.State = itsm.CorrectiveClosed
	require.Panics(t, func() { c.Become(itsm.CorrectiveRaised, at) })
}

// Wherever it stands, what is offered is what the rules allow somebody, and each person
// is offered what they may do of it.
func TestWhatIsOfferedOfACorrectiveActionIsWhatIsAllowed(t *testing.T) {
	exploreCorrective(t, func(_, l *care, by string, fresh bool) {
		if fresh {
			l.offers(t, by)
			l.stands(t)
		}
	})
}

func (l *care) offers(t require.TestingT, by string) {
	offered := l.Explain().Acts
	mine := make(map[itsm.PersonID][]itsm.Act)
	for _, who := range inCorrective {
		mine[who.Person] = l.ActsFor(who, l.now)
	}
	for _, act := range correctiveActs {
		for _, who := range inCorrective {
			allowed := l.anyOf(act, who)
			require.True(t, !allowed || slices.Contains(offered, act), "%s when %s after %s", act, l.State, by)
			require.Equal(t, allowed, slices.Contains(mine[who.Person], act), "%s by %s when %s after %s", act, who.Person, l.State, by)
		}
	}
	comment := l.CheckComment(quin, itsm.CommentRequest{Text: "Well."}, itsm.Talk{}) == nil
	require.Equal(t, comment, slices.Contains(offered, itsm.ActCorrectiveComment))
}

// anyOf reports whether an act can be asked for in some way: a step by whoever has it.
func (l *care) anyOf(a itsm.Act, who itsm.Actor) bool {
	ways := l.ways(a)
	if a == itsm.ActStep {
		for _, s := range l.Steps {
			w := l.usual()
			w.step.ID = s.ID
			ways = append(ways, w)
		}
	}
	return slices.ContainsFunc(ways, func(w ask) bool { return first(l.try(a, who, w)) == nil })
}

// stands is what is true between any two things that happen.
func (l *care) stands(t require.TestingT) {
	e := l.Explain()
	require.NotEmpty(t, e.Summary)
	_, comes := l.Next()
	require.Equal(t, comes, e.Due != nil)
	require.False(t, l.Unreckoned())
	require.Zero(t, l.NextStage())
	require.Nil(t, l.Escalation.Pending)
	if v := l.Verification; v != nil {
		require.NotEmpty(t, v.Evidence)
		require.Equal(t, l.State == itsm.CorrectiveClosed, v.Effective)
	}
	if p := l.Plan; p != nil && p.AcceptedAt != nil {
		require.NotEqual(t, p.By, p.AcceptedBy, "nobody accepts what they wrote")
		require.True(t, l.RootCause.Known)
	}
	switch {
	case l.State.Final():
		require.Empty(t, e.Acts)
		require.False(t, comes)
		require.NotNil(t, l.ClosedAt)
		require.False(t, slices.ContainsFunc(l.Clocks, func(c itsm.Clock) bool { return c.StoppedAt == nil }))
		require.Zero(t, l.Steps.Open())
		require.Empty(t, l.Acceptance.Approvers)
	case l.State == itsm.CorrectiveImplemented && !l.Verifiable():
		require.True(t, comes, "its effect shows by itself")
	default:
		require.NotEmpty(t, len(e.WaitsFor)+len(e.Roles), "%s waits for people, and says for nobody", l.State)
		require.NotContains(t, e.WaitsFor, itsm.PersonID(""))
		running := slices.IndexFunc(l.Clocks, func(c itsm.Clock) bool { return c.Running() })
		require.GreaterOrEqual(t, running, 0, "%s waits, and no clock counts", l.State)
	}
	require.Equal(t, l.State == itsm.CorrectiveImplemented || l.State == itsm.CorrectiveClosed, l.ImplementedAt != nil && l.State != itsm.CorrectiveWithdrawn)
}

// Whatever people do, and however time passes between it, a corrective action keeps its
// word, and what was kept of it does not change after.
func TestACorrectiveActionsLifeAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyCorrective()
		d.Severity = rapid.SampledFrom(itsm.Severities).Draw(t, "severity")
		var kept []itsm.CorrectiveAction
		var texts []string
		l := nonconforming(t, d, func(l *care) {
			l.seen = func(itsm.Event) {
				kept, texts = append(kept, l.CorrectiveAction), append(texts, asJSON(t, l.CorrectiveAction))
			}
		})
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			if rapid.IntRange(0, 4).Draw(t, "what") == 0 {
				l.pass(time.Duration(rapid.SampledFrom([]int{1, 10, 30, 100, 1000, 9000}).Draw(t, "hours")) * time.Hour)
			} else {
				l.acts(t)
			}
			l.stands(t)
		}
		l.offers(t, "all that")
		l.shows(t)
		for n, c := range kept {
			require.Equal(t, texts[n], asJSON(t, c), "what was kept after event %d is another now", n)
			var back itsm.CorrectiveAction
			require.NoError(t, json.Unmarshal([]byte(texts[n]), &back))
			require.Equal(t, texts[n], asJSON(t, back))
		}
	})
}

// shows holds the messages about it to what they are for: each is one for life, and
// asks nobody for what is done.
func (l *care) shows(t require.TestingT) {
	book := itsm.CorrectiveBook{
		Corrective: l.CorrectiveAction, Timeline: l.events, Managers: l.catalog.Holders(itsm.QualityManager), Manager: "mia",
		Said: []itsm.Comment{{ID: 1, Kind: itsm.Question, By: "quin", At: l.now}, {ID: 2, Kind: itsm.Answer, ReplyTo: 1, By: "own", At: l.now}},
	}
	require.Subset(t, book.Named(), []itsm.PersonID{"rita", l.Owner, "quin", "qia", "mia"})
	keys := map[string]bool{}
	for _, n := range itsm.CorrectiveNotices(book) {
		require.False(t, keys[n.Key], n.Key)
		keys[n.Key] = true
		require.Equal(t, []any{l.Number, l.Revision, l.RaisedAt}, []any{n.Record(), n.Revision(), n.RaisedAt()})
		require.False(t, n.Kind == itsm.NoticeOwn && !n.Over && (l.State != itsm.CorrectiveRaised || n.To != l.Owner), "somebody is asked to acknowledge it")
		require.False(t, n.Kind == itsm.NoticeAccept && !n.Over && !l.Ballot().Awaiting, "somebody is asked about its plan")
		require.False(t, n.Kind == itsm.NoticeVerify && !n.Over && (!l.Verifiable() || l.Involved(n.To)), "somebody is asked whether it was effective")
	}
	require.True(t, keys["CAR-1/card"])
	require.True(t, keys["CAR-1/said/2/quin"], "an answer goes to whoever asked")
}

// acts lets somebody do something that the rules allow; what they refuse does not
// happen, and leaves no trace.
func (l *care) acts(t *rapid.T) {
	who := rapid.SampledFrom([]itsm.Actor{rita, joe, joe, olga, olga, olga, quin, quin, qia, mia}).Draw(t, "who")
	act := rapid.SampledFrom(correctiveActs).Draw(t, "act")
	if offered := l.ActsFor(who, l.now); len(offered) > 0 && rapid.IntRange(0, 3).Draw(t, "offered") > 0 {
		act = rapid.SampledFrom(offered).Draw(t, "of these")
	}
	if act == itsm.ActCorrectiveComment {
		l.Say(who, itsm.CommentRequest{Text: "Well."}, &l.talk, l.now)
		return
	}
	w := rapid.SampledFrom(l.ways(act)).Draw(t, "way")
	before := asJSON(t, l.CorrectiveAction)
	err, do := l.try(act, who, w)
	if err != nil {
		require.Equal(t, before, asJSON(t, l.CorrectiveAction))
		return
	}
	l.happened(who, do())
}
