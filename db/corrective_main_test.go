package db_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

var (
	correctivePolicy = (&itsm.CorrectivePolicy{}).Filled()
	quin             = acting("quin", itsm.QualityManager)
	qia              = acting("qia", itsm.QualityManager)
	eve              = acting("eve", itsm.Responder)
)

// amiss is a corrective action as it is saved for the first time, that came of a
// problem; eve owns it.
func amiss(n itsm.Number) (itsm.CorrectiveAction, itsm.Event) {
	c := itsm.CorrectiveAction{
		Number: n, Reporter: "ana", Door: itsm.DoorAPI, PolicyVersion: 1, RaisedAt: noon,
		CorrectiveStanding: itsm.CorrectiveStanding{State: itsm.CorrectiveNew, Revision: 1, Since: noon},
	}
	d := itsm.CorrectiveDraft{Severity: itsm.SeverityMajor, Owner: "eve"}
	d.Title, d.Nonconformity, d.Correction = "Restores are <not> tried", "None for a \"year\".\nSince May.", "One was tried."
	d.Service, d.Source = "shop", "PRB-9"
	c.Begin(d, itsm.Service{ID: "shop", Owner: "max", Team: "web"}, correctivePolicy)
	s := &correctiveStory{CorrectiveAction: c, at: noon}
	s.reckon()
	return s.CorrectiveAction, itsm.Event{
		Number: n, Revision: 1, Kind: itsm.EventCorrectiveRaised, At: noon, Actor: "ana", Door: itsm.DoorAPI, To: itsm.State(itsm.CorrectiveNew),
	}
}

// correctiveStory is a corrective action that goes on, with the steps that it takes.
type correctiveStory struct {
	itsm.CorrectiveAction
	at    time.Time
	steps []itsm.CorrectiveStep
}

func (s *correctiveStory) reckon() itsm.Event {
	r, err := s.Clocks.Reckon(func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }, s.at)
	if err != nil {
		panic(err)
	}
	return s.Take(r)
}

// step goes on by one event, a minute later. What it saves is a copy, as it is once it
// went through history.
func (s *correctiveStory) step(t require.TestingT, who itsm.PersonID, act func(at time.Time) itsm.Event) {
	s.at = s.at.Add(time.Minute)
	e := act(s.at)
	s.Revision++
	e.Number, e.Revision, e.At, e.Actor, e.Door, e.To = s.Number, s.Revision, s.at, who, itsm.DoorSlack, itsm.State(s.State)
	text, err := json.Marshal(s.Step(e))
	require.NoError(t, err)
	var step itsm.CorrectiveStep
	require.NoError(t, json.Unmarshal(text, &step))
	s.steps = append(s.steps, step)
}

var seen = []itsm.Evidence{{Record: "INC-101"}, {Note: "seen"}}

// bettered carries a corrective action from its raising to its closure, through a plan
// that is rejected and an attempt that is not effective.
func bettered(t require.TestingT, c *itsm.CorrectiveAction) []itsm.CorrectiveStep {
	s := &correctiveStory{CorrectiveAction: *c, at: c.RaisedAt}
	p := correctivePolicy
	cause := itsm.RootCauseRequest{Method: itsm.FiveWhys, Known: true, Cause: &itsm.Claim{Text: "Nobody was told.", Evidence: seen}}
	s.step(t, itsm.System, func(at time.Time) itsm.Event { return s.Log(at) })
	s.step(t, "eve", func(at time.Time) itsm.Event { return s.Acknowledge(eve, itsm.NoteRequest{Note: "Mine."}, p, at) })
	s.step(t, "eve", func(at time.Time) itsm.Event { return s.FindCause(eve, cause, p, at) })
	s.planned(t, itsm.Reject)
	s.planned(t, itsm.Approve)
	s.carriedOut(t)
	s.step(t, "qia", func(at time.Time) itsm.Event { return s.judged(itsm.NotEffective, at) })
	s.step(t, "eve", func(at time.Time) itsm.Event { return s.FindCause(eve, cause, p, at) })
	s.planned(t, itsm.Approve)
	s.carriedOut(t)
	s.step(t, itsm.System, func(time.Time) itsm.Event { return s.reckon() })
	s.step(t, "qia", func(at time.Time) itsm.Event { return s.judged(itsm.Effective, at) })
	*c = s.CorrectiveAction
	return s.steps
}

func (s *correctiveStory) judged(r itsm.Effectiveness, at time.Time) itsm.Event {
	return s.Verify(qia, itsm.VerificationRequest{Result: r, Note: "Looked.", Evidence: seen}, correctivePolicy, at)
}

// planned writes a plan, and has a quality manager decide on it.
func (s *correctiveStory) planned(t require.TestingT, v itsm.Verdict) {
	s.step(t, "eve", func(at time.Time) itsm.Event {
		soon := at.Add(time.Minute)
		return s.WritePlan(eve, itsm.PlanRequest{
			Steps:   []itsm.PlanStep{{Title: "Try one", Owner: "ivy", DueAt: at.Add(time.Hour)}, {Title: "Say so", Owner: "eve", DueAt: at.Add(time.Hour)}},
			Measure: "It works.", Similar: "Nowhere.", VerifyAfter: &soon,
		}, correctivePolicy, at)
	})
	s.step(t, itsm.System, func(at time.Time) itsm.Event {
		o := itsm.Opening{
			Round: s.Acceptance.Round, Stage: 1, Of: 1, Name: "Plan", At: at, ExpireAt: at.Add(48 * time.Hour),
			Panels: []itsm.Panel{{Name: "Quality managers", Who: itsm.Group{Role: itsm.QualityManager}, Need: 1, Veto: true, NotDoer: true, Named: []itsm.PersonID{"quin", "qia"}}},
		}
		s.OpenStage(o)
		return itsm.Event{Kind: itsm.EventPlanOpened, From: itsm.State(s.State), Detail: &itsm.Detail{Opening: &o}}
	})
	s.step(t, "quin", func(at time.Time) itsm.Event {
		return s.Decide(quin, itsm.DecisionRequest{Verdict: v, Note: "Well."}, correctivePolicy, at)
	})
}

// carriedOut does the steps of the plan, and lets its effect show.
func (s *correctiveStory) carriedOut(t require.TestingT) {
	for _, step := range s.Steps {
		if step.State == itsm.TaskOpen {
			s.step(t, step.Owner, func(at time.Time) itsm.Event {
				return s.Progress(eve, itsm.StepRequest{TaskRequest: itsm.TaskRequest{ID: step.ID, State: itsm.TaskDone, Result: "Done."}, Evidence: seen}, at)
			})
		}
	}
	s.step(t, "eve", func(at time.Time) itsm.Event { return s.Implement(eve, itsm.NoteRequest{}, correctivePolicy, at) })
}

func (b book) keepCorrective(ctx context.Context, t require.TestingT, c itsm.CorrectiveAction, e itsm.Event, steps ...itsm.CorrectiveStep) {
	require.NoError(t, b.worker.RecordCorrective(ctx, c, e, from))
	for _, step := range steps {
		require.NoError(t, b.worker.StepCorrective(ctx, c.Number, step, from), fmt.Sprint(step.Event.Kind))
	}
}
