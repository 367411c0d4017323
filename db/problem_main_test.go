package db_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// problemCatalog is the policy of the tests' problems: all that is not said is usual.
var problemCatalog = itsm.Catalog{}

func problemTerms() itsm.ProblemTerms { return problemCatalog.ProblemTerms() }

// proposed is a problem as it is saved for the first time, whatever it is raised for.
func proposed(n itsm.Number, at time.Time, d itsm.ProblemDraft) (itsm.Problem, itsm.Event) {
	p := itsm.Problem{
		Number: n, Reporter: "ana", Door: itsm.DoorAPI, Owner: "max", PolicyVersion: 1, RaisedAt: at,
		ProblemStanding: itsm.ProblemStanding{
			State: itsm.ProblemNew, Revision: 1, Since: at, Team: "web", Escalation: itsm.Escalation{Policy: "web"},
		},
	}
	p.Begin(d, &problemCatalog)
	s := &problemStory{Problem: p, at: at}
	s.reckon()
	return s.Problem, itsm.Event{
		Number: n, Revision: 1, Kind: itsm.EventProblemRaised, At: at, Actor: "ana", Door: itsm.DoorAPI, To: itsm.State(itsm.ProblemNew),
	}
}

// suspected is a problem that somebody raised of two incidents.
func suspected(n itsm.Number) (itsm.Problem, itsm.Event) {
	d := itsm.ProblemDraft{Impact: itsm.HighDegree, Urgency: itsm.MediumDegree}
	d.Title, d.Description, d.Service, d.Category = "The shop is <down> again", "Each \"Monday\".\nSince May.", "shop", "payment"
	d.Incidents, d.Follows, d.Pattern = []itsm.Number{"INC-101", "INC-102"}, "PRB-9999", &itsm.Pattern{Service: "shop", Symptom: "HTTP 500"}
	return proposed(n, noon, d)
}

// problemStory is a problem that goes on, with the steps that it takes.
type problemStory struct {
	itsm.Problem
	at    time.Time
	steps []itsm.ProblemStep
}

// step goes on by one event, a minute later. What it saves is a copy, as it is once it
// went through history.
func (s *problemStory) step(t require.TestingT, who itsm.PersonID, act func(at time.Time) itsm.Event) {
	s.at = s.at.Add(time.Minute)
	e := act(s.at)
	s.Revision++
	e.Number, e.Revision, e.At, e.Actor, e.Door, e.To = s.Number, s.Revision, s.at, who, itsm.DoorSlack, itsm.State(s.State)
	text, err := json.Marshal(s.Step(e))
	require.NoError(t, err)
	var step itsm.ProblemStep
	require.NoError(t, json.Unmarshal(text, &step))
	s.steps = append(s.steps, step)
}

func (s *problemStory) reckon() itsm.Event {
	r, err := s.Reckon(problemCatalog.Problem, func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }, s.at)
	if err != nil {
		panic(err)
	}
	return s.Take(r)
}

var (
	mia = acting("mia", itsm.ProblemManager)
	kim = acting("kim", itsm.ProblemManager)
)

func (s *problemStory) log(t require.TestingT) {
	s.step(t, itsm.System, func(at time.Time) itsm.Event { return s.Log(at) })
}

func (s *problemStory) accept(t require.TestingT, who itsm.PersonID) {
	s.step(t, "mia", func(at time.Time) itsm.Event {
		return s.Accept(mia, itsm.Acceptance{Coordinator: who, Note: "It is one."}, problemTerms(), at)
	})
}

func (s *problemStory) find(t require.TestingT) {
	s.step(t, "eve", func(at time.Time) itsm.Event {
		return s.FindCause(acting("eve", itsm.ProblemManager), itsm.RootCauseRequest{
			Method: itsm.FiveWhys, Known: true,
			Cause: &itsm.Claim{Text: "The pool leaks connections.", Evidence: []itsm.Evidence{{Record: "INC-101"}, {Note: "seen"}}},
		}, problemTerms(), at)
	})
}

// write writes the known error, as its words are.
func (s *problemStory) write(t require.TestingT, title, symptoms, workaround string, services ...itsm.ServiceID) {
	s.step(t, "eve", func(at time.Time) itsm.Event {
		return s.WriteWorkaround(acting("eve", itsm.ProblemManager), itsm.WorkaroundRequest{
			Title: title, Symptoms: symptoms, Workaround: workaround, Risk: "None.", Services: services, VerifiedBy: "ivy",
		}, at)
	})
}

// publish has a second person say that the known error can be published.
func (s *problemStory) publish(t require.TestingT) {
	s.step(t, "eve", func(at time.Time) itsm.Event {
		return s.Propose(acting("eve", itsm.ProblemManager), itsm.NoteRequest{Note: "Please."}, at)
	})
	s.open(t)
	s.step(t, "kim", func(at time.Time) itsm.Event {
		return s.Decide(kim, itsm.DecisionRequest{Verdict: itsm.Approve, Note: "It works."}, problemTerms(), at)
	})
}

func (s *problemStory) open(t require.TestingT) {
	s.step(t, itsm.System, func(at time.Time) itsm.Event {
		o := itsm.Opening{
			Round: s.Publication.Round, Stage: 1, Of: 1, Name: "Publication", At: at, ExpireAt: at.Add(48 * time.Hour),
			Panels: []itsm.Panel{{
				Name: "Publishers", Who: itsm.Group{Role: itsm.ProblemManager}, Need: 1, Named: []itsm.PersonID{"kim", "mia"},
			}},
		}
		s.OpenStage(o)
		return itsm.Event{Kind: itsm.EventKnownErrorOpened, From: itsm.State(s.State), Detail: &itsm.Detail{Opening: &o}}
	})
}

func (s *problemStory) plan(t require.TestingT, change itsm.Number) {
	s.step(t, "eve", func(at time.Time) itsm.Event {
		return s.PlanFix(acting("eve", itsm.ProblemManager), itsm.FixRequest{Change: change}, at)
	})
}

// end is what became of the change that it waits for.
func (s *problemStory) end(t require.TestingT, outcome itsm.Outcome) {
	s.step(t, itsm.System, func(at time.Time) itsm.Event {
		e, ok := s.FixEnded(&itsm.Change{Number: s.Fix.Change, State: itsm.ChangeClosed, Outcome: outcome}, problemTerms(), at)
		require.True(t, ok)
		return e
	})
}

func (s *problemStory) settle(t require.TestingT) {
	s.step(t, itsm.System, func(at time.Time) itsm.Event {
		e, ok := s.Settle(problemTerms(), at)
		require.True(t, ok)
		return e
	})
}

// known carries a problem to a known error that is published.
func (s *problemStory) known(t require.TestingT) {
	s.log(t)
	s.accept(t, "eve")
	s.find(t)
	s.write(t, "", "Payment hangs, then HTTP 500.", "Restart the pool.")
	s.publish(t)
}

// solved carries a problem from its raising to its closure.
func solved(t require.TestingT, p *itsm.Problem) []itsm.ProblemStep {
	s := &problemStory{Problem: *p, at: p.RaisedAt}
	s.known(t)
	s.plan(t, "CHG-7")
	s.end(t, itsm.Failed)
	s.plan(t, "CHG-8")
	s.end(t, itsm.Successful)
	s.settle(t)
	s.step(t, "mia", func(at time.Time) itsm.Event { return s.Confirm(mia, itsm.NoteRequest{Note: "It holds."}, at) })
	s.step(t, "mia", func(at time.Time) itsm.Event { return s.Close(mia, itsm.NoteRequest{}, at) })
	*p = s.Problem
	return s.steps
}

// problemTale is a story in which people do what the rules let them, in any order.
func problemTale(t *rapid.T, n itsm.Number) (itsm.Problem, *problemStory) {
	p, _ := suspected(n)
	s := &problemStory{Problem: p, at: p.RaisedAt}
	s.log(t)
	if rapid.IntRange(0, 3).Draw(t, "taken up") > 0 {
		s.accept(t, rapid.SampledFrom([]itsm.PersonID{"eve", "bob"}).Draw(t, "coordinator"))
	}
	for range rapid.IntRange(1, 16).Draw(t, "acts") {
		if s.State.Final() {
			break
		}
		rapid.SampledFrom([]func(*rapid.T, *problemStory){
			someCause, someWorkaround, somePublication, someFix, someProblemTime, someTask, someCoordinator, someProblemLink,
			someRisk, someAbsorption, someProblemReopening, someFix, someProblemEnd,
		}).Draw(t, "act")(t, s)
	}
	return p, s
}

func someCause(t *rapid.T, s *problemStory) {
	r := itsm.RootCauseRequest{Method: itsm.Ishikawa, Known: rapid.Bool().Draw(t, "known"), Cause: &itsm.Claim{
		Text: "It <leaks>.", Evidence: []itsm.Evidence{{Record: "INC-101"}},
	}}
	if s.CheckRootCause(mia, r) == nil {
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.FindCause(mia, r, problemTerms(), at) })
	}
}

func someWorkaround(t *rapid.T, s *problemStory) {
	r := itsm.WorkaroundRequest{Symptoms: "It hangs.", Workaround: "Restart it.", Risk: "None.", VerifiedBy: "ivy"}
	if s.CheckWorkaround(mia, r) == nil {
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.WriteWorkaround(mia, r, at) })
	}
}

func somePublication(t *rapid.T, s *problemStory) {
	d := itsm.DecisionRequest{Verdict: rapid.SampledFrom([]itsm.Verdict{itsm.Approve, itsm.Reject}).Draw(t, "verdict"), Note: "Why."}
	switch {
	case s.CheckPropose(mia, itsm.NoteRequest{}) == nil:
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.Propose(mia, itsm.NoteRequest{}, at) })
		s.open(t)
	case s.Ballot().CheckTry(kim) == nil:
		s.step(t, "kim", func(at time.Time) itsm.Event { return s.Decide(kim, d, problemTerms(), at) })
	case s.CheckCommunicate(mia, itsm.NoteRequest{}) == nil:
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.Communicate(mia, itsm.NoteRequest{}, at) })
	}
}

func someFix(t *rapid.T, s *problemStory) {
	switch {
	case s.State == itsm.ProblemFixPlanned:
		s.end(t, rapid.SampledFrom([]itsm.Outcome{itsm.Successful, itsm.Failed}).Draw(t, "outcome"))
	case s.State == itsm.ProblemFixDeployed:
		s.settle(t)
	case s.CheckFixable(mia) == nil:
		s.plan(t, itsm.ChangeNumber(rapid.Int64Range(1, 3).Draw(t, "change")))
	}
}

func someProblemTime(t *rapid.T, s *problemStory) {
	if s.Unreckoned() {
		s.step(t, itsm.System, func(time.Time) itsm.Event { return s.reckon() })
		return
	}
	d, has := s.Next()
	if !has || d.Kind == itsm.EventRiskExpired { // the rules reopen no more often than they say
		return
	}
	s.step(t, itsm.System, func(at time.Time) itsm.Event {
		e, happened := s.Fall(d, problemTerms(), at)
		require.True(t, happened)
		return e
	})
}

func someTask(t *rapid.T, s *problemStory) {
	r := itsm.TaskRequest{Title: "Look", Owner: "bob"}
	if len(s.Tasks) > 0 && rapid.Bool().Draw(t, "done") {
		r = itsm.TaskRequest{ID: 1, State: itsm.TaskDone, Result: "Nothing."}
	}
	if s.CheckTask(mia, r) == nil {
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.Task(mia, r, at) })
	}
}

func someCoordinator(t *rapid.T, s *problemStory) {
	r := itsm.Assignment{Assignee: rapid.SampledFrom([]itsm.PersonID{"bob", "eve", "kim"}).Draw(t, "assignee")}
	if s.CheckAssign(mia, r) == nil {
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.Assign(mia, r, at) })
	}
}

func someProblemLink(t *rapid.T, s *problemStory) {
	r := itsm.RelateRequest{Kind: itsm.FoundIn, To: itsm.IncidentNumber(rapid.Int64Range(201, 204).Draw(t, "to"))}
	if s.CheckRelate(mia, r) == nil {
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.Relate(mia, r, at) })
	}
}

func someRisk(t *rapid.T, s *problemStory) {
	r := itsm.RiskRequest{Note: "Rare.", ExpiresAt: s.at.Add(24 * time.Hour)}
	if s.CheckAcceptRisk(mia, r, problemTerms(), s.at) == nil {
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.AcceptRisk(mia, r, at) })
	}
}

func someAbsorption(t *rapid.T, s *problemStory) {
	other, _ := proposed(itsm.ProblemNumber(rapid.Int64Range(7001, 7003).Draw(t, "other")), noon, itsm.ProblemDraft{
		ProblemText: itsm.ProblemText{Title: "Other", Service: "shop", Incidents: []itsm.Number{"INC-101", "INC-301", "INC-302"}},
	})
	other.MergedInto, other.Absorbed = s.Number, []itsm.Number{other.Number + "0"}
	at := s.at
	if e, ok := s.Absorb(&other, at); ok {
		s.step(t, itsm.System, func(time.Time) itsm.Event { return e })
	}
}

func someProblemReopening(t *rapid.T, s *problemStory) {
	if s.CheckReopen(mia, itsm.NoteRequest{Note: "why"}) == nil {
		s.step(t, "mia", func(at time.Time) itsm.Event {
			return s.Reopen(mia, itsm.NoteRequest{Note: "It came back."}, problemTerms(), at)
		})
	}
}

func someProblemEnd(t *rapid.T, s *problemStory) {
	note := itsm.NoteRequest{Note: "Why."}
	switch merge := (itsm.MergeRequest{Into: "PRB-8888", Note: "The same."}); {
	case s.CheckConfirm(mia, note) == nil:
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.Confirm(mia, note, at) })
	case s.CheckClose(mia, note) == nil:
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.Close(mia, note, at) })
	case s.CheckDecline(mia, note) == nil:
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.Decline(mia, note, at) })
	case rapid.Bool().Draw(t, "merged") && s.CheckMerge(mia, merge) == nil:
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.Merge(mia, merge, at) })
	case s.CheckCancel(mia, itsm.Cancellation{Note: "why"}) == nil:
		s.step(t, "mia", func(at time.Time) itsm.Event { return s.Cancel(mia, itsm.Cancellation{Note: "None."}, at) })
	}
}

// keep saves a problem and all its steps, in order.
func (b book) keep(ctx context.Context, t require.TestingT, p itsm.Problem, e itsm.Event, steps ...itsm.ProblemStep) {
	require.NoError(t, b.worker.RecordProblem(ctx, p, e, from))
	for _, step := range steps {
		require.NoError(t, b.worker.StepProblem(ctx, p.Number, step, from), fmt.Sprint(step.Event.Kind))
	}
}
