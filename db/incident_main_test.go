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

// handling is the policy of the tests' incidents: all that is not said is usual.
var handling = itsm.IncidentPolicy{}

func incidentTerms() itsm.IncidentTerms { return handling.IncidentTerms() }

// reported is an incident as it is saved for the first time: classified and reckoned.
func reported(n itsm.Number) (itsm.Incident, itsm.Event) {
	i := itsm.Incident{
		Number: n, Reporter: "ana", Door: itsm.DoorSlack, Owner: "max", PolicyVersion: 1, RaisedAt: noon,
		IncidentStanding: itsm.IncidentStanding{
			State: itsm.IncidentNew, Revision: 1, Since: noon, Team: "web", Escalation: itsm.Escalation{Policy: "web"},
		},
	}
	i.Begin(itsm.IncidentDraft{
		IncidentText: itsm.IncidentText{
			Title: "The shop is <down>", Description: "Nobody can \"pay\".\nSince noon.", Service: "shop", Category: "payment",
			Symptom: "HTTP 500", Items: []string{"db-1", "lb, \"2\""}, Message: "https://chat.example.org/p1", Follows: "INC-9999",
			Alert: &itsm.Origin{Source: "prom", Key: "{alertname=\"Down\"}", URL: "https://prom.example.org/a"},
		},
		Impact: itsm.HighDegree, Urgency: itsm.MediumDegree,
	}, &handling)
	s := &incidentStory{Incident: i, at: noon}
	s.reckon()
	return s.Incident, itsm.Event{
		Number: n, Revision: 1, Kind: itsm.EventIncidentRaised, At: noon, Actor: "ana", Door: itsm.DoorSlack,
		To: itsm.State(itsm.IncidentNew),
	}
}

// incidentStory is an incident that goes on, with the steps that it takes.
type incidentStory struct {
	itsm.Incident
	at    time.Time
	steps []itsm.IncidentStep
}

// step goes on by one event, a minute later. What it saves is a copy, as it is once it
// went through history.
func (s *incidentStory) step(t require.TestingT, who itsm.PersonID, act func(at time.Time) itsm.Event) {
	s.at = s.at.Add(time.Minute)
	e := act(s.at)
	s.Revision++
	e.Number, e.Revision, e.At, e.Actor, e.Door, e.To = s.Number, s.Revision, s.at, who, itsm.DoorAPI, itsm.State(s.State)
	text, err := json.Marshal(s.Step(e))
	require.NoError(t, err)
	var step itsm.IncidentStep
	require.NoError(t, json.Unmarshal(text, &step))
	s.steps = append(s.steps, step)
}

func (s *incidentStory) reckon() itsm.Event {
	r, err := s.Reckon(&handling, func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }, s.at)
	if err != nil {
		panic(err)
	}
	return s.Take(r)
}

func (s *incidentStory) triage(t require.TestingT) {
	s.step(t, itsm.System, func(at time.Time) itsm.Event { return s.Triage(incidentTerms(), at) })
}

func (s *incidentStory) call(t require.TestingT, people ...itsm.PersonID) {
	s.step(t, itsm.System, func(at time.Time) itsm.Event {
		c := itsm.Called{Of: 2, Rounds: 2, Within: itsm.Duration(5 * time.Minute), StaleAfter: itsm.Duration(5 * time.Hour), Nobody: len(people) == 0}
		c.Call = itsm.Call{
			Round: max(s.Escalation.Round, 1), Level: s.Escalation.Level + 1, Kind: itsm.Functional, Trigger: itsm.TriggerRaised, At: at,
			People: people, Channels: []string{"C1"}, Skipped: []itsm.Skipped{{Level: 1, Why: "Nobody is on call."}},
		}
		return s.TakeCall(c, at)
	})
}

func (s *incidentStory) acknowledge(t require.TestingT, who itsm.PersonID) {
	s.step(t, who, func(at time.Time) itsm.Event {
		return s.Acknowledge(acting(who, itsm.Responder), itsm.NoteRequest{Note: "On it."}, at)
	})
}

func (s *incidentStory) resolve(t require.TestingT, who itsm.PersonID) {
	a := acting(who, itsm.Responder)
	if who == itsm.Monitoring {
		a = itsm.Actor{Person: who, Roles: []itsm.Role{itsm.Monitor}}
	}
	s.step(t, who, func(at time.Time) itsm.Event {
		return s.Resolve(a, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "It runs again."}, at)
	})
}

func (s *incidentStory) reopen(t require.TestingT) {
	s.step(t, "ana", func(at time.Time) itsm.Event {
		return s.Reopen(itsm.NoteRequest{Note: "It does not."}, incidentTerms(), at)
	})
}

func (s *incidentStory) close(t require.TestingT) {
	s.step(t, "ana", func(at time.Time) itsm.Event { return s.Close(acting("ana"), itsm.NoteRequest{}, at) })
}

// handled carries an incident from its raising to its closure.
func handled(t require.TestingT, i *itsm.Incident) []itsm.IncidentStep {
	s := &incidentStory{Incident: *i, at: i.RaisedAt}
	s.triage(t)
	s.call(t, "bob", "eve")
	s.acknowledge(t, "bob")
	s.resolve(t, "bob")
	s.reopen(t)
	s.acknowledge(t, "eve")
	s.resolve(t, "eve")
	s.close(t)
	*i = s.Incident
	return s.steps
}

// incidentTale is a story in which people do what the rules let them, in any order.
func incidentTale(t *rapid.T, n itsm.Number) (itsm.Incident, *incidentStory) {
	i, _ := reported(n)
	s := &incidentStory{Incident: i, at: i.RaisedAt}
	s.triage(t)
	for range rapid.IntRange(1, 14).Draw(t, "acts") {
		if s.State.Final() {
			break
		}
		rapid.SampledFrom([]func(*rapid.T, *incidentStory){
			someCall, someAnswer, someAssignment, someHold, someResolution, someReopening, somePriority, someLink, someParent,
			someReckoning, someDeadline, someEscalation, someReckoning, someEnd,
		}).Draw(t, "act")(t, s)
	}
	return i, s
}

func responder(t *rapid.T) itsm.Actor {
	return acting(rapid.SampledFrom([]itsm.PersonID{"bob", "eve", "kim"}).Draw(t, "who"), itsm.Responder)
}

func someCall(t *rapid.T, s *incidentStory) {
	if s.Escalation.Pending != nil {
		s.call(t, rapid.SampledFrom([][]itsm.PersonID{{"bob"}, {"bob", "eve", "kim"}, nil}).Draw(t, "called")...)
	}
}

func someAnswer(t *rapid.T, s *incidentStory) {
	if who := responder(t); s.CheckAcknowledge(who, itsm.NoteRequest{}) == nil {
		s.acknowledge(t, who.Person)
	}
}

func someAssignment(t *rapid.T, s *incidentStory) {
	who := responder(t)
	r := itsm.Assignment{
		Assignee: rapid.SampledFrom([]itsm.PersonID{"bob", "eve", "kim", ""}).Draw(t, "assignee"),
		Team:     rapid.SampledFrom([]itsm.TeamID{"", "net"}).Draw(t, "team"),
	}
	if s.CheckAssign(who, r) == nil {
		s.step(t, who.Person, func(at time.Time) itsm.Event { return s.Assign(who, r, at) })
	}
}

func someHold(t *rapid.T, s *incidentStory) {
	who, r := responder(t), itsm.HoldRequest{Reason: rapid.SampledFrom(itsm.HoldReasons).Draw(t, "reason"), Note: "Later."}
	switch {
	case s.CheckHold(who, r) == nil:
		s.step(t, who.Person, func(at time.Time) itsm.Event { return s.PutOnHold(who, r, at) })
	case s.CheckResume(who, itsm.NoteRequest{}) == nil:
		s.step(t, who.Person, func(at time.Time) itsm.Event { return s.Resume(itsm.NoteRequest{}, at) })
	}
}

func someResolution(t *rapid.T, s *incidentStory) {
	who := responder(t)
	if s.CheckResolve(who, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "how"}) == nil {
		s.resolve(t, who.Person)
	}
}

func someReopening(t *rapid.T, s *incidentStory) {
	if s.CheckReopen(acting("ana", itsm.Requester), itsm.NoteRequest{Note: "why"}) == nil {
		s.reopen(t)
	}
}

func somePriority(t *rapid.T, s *incidentStory) {
	who := responder(t)
	r := itsm.Reprioritisation{Impact: rapid.SampledFrom(itsm.Degrees).Draw(t, "impact"), Note: "Why."}
	if rapid.Bool().Draw(t, "override") {
		r.Override = rapid.SampledFrom(itsm.Priorities).Draw(t, "priority")
	}
	if s.CheckReprioritise(who, r) == nil {
		s.step(t, who.Person, func(at time.Time) itsm.Event { return s.Reprioritise(who, r, incidentTerms(), at) })
	}
}

func someLink(t *rapid.T, s *incidentStory) {
	who := responder(t)
	r := itsm.RelateRequest{Kind: itsm.CausedBy, To: itsm.ChangeNumber(rapid.Int64Range(1, 3).Draw(t, "to"))}
	if s.CheckRelate(who, r) == nil {
		s.step(t, who.Person, func(at time.Time) itsm.Event { return s.Relate(who, r, at) })
	}
}

func someParent(t *rapid.T, s *incidentStory) {
	who := responder(t)
	r := itsm.ParentRequest{Parent: rapid.SampledFrom([]itsm.Number{"INC-8888", "INC-7777", ""}).Draw(t, "parent")}
	if s.CheckParent(who, r) == nil {
		s.step(t, who.Person, func(at time.Time) itsm.Event { return s.SetParent(who, r, at) })
	}
}

func someReckoning(t *rapid.T, s *incidentStory) {
	if s.Unreckoned() {
		s.step(t, itsm.System, func(time.Time) itsm.Event { return s.reckon() })
	}
}

func someDeadline(t *rapid.T, s *incidentStory) {
	d, has := s.Next()
	if !has || d.Kind == itsm.EventEscalated {
		return
	}
	s.step(t, itsm.System, func(at time.Time) itsm.Event {
		e, happened := s.Fall(d, at)
		require.True(t, happened)
		return e
	})
}

func someEscalation(t *rapid.T, s *incidentStory) {
	r := itsm.EscalateRequest{To: rapid.SampledFrom(itsm.EscalateTos).Draw(t, "to"), Note: "Help."}
	if r.To == itsm.EscalateTeam {
		r.Team = "db"
	}
	if s.CheckEscalate(acting("ana", itsm.Requester), r) == nil {
		s.step(t, "ana", func(at time.Time) itsm.Event { return s.Escalate(r, at) })
	}
}

func someEnd(t *rapid.T, s *incidentStory) {
	ana, who := acting("ana", itsm.Requester), responder(t)
	switch {
	case s.State == itsm.IncidentResolved:
		s.close(t)
	case rapid.Bool().Draw(t, "cancelled") && s.CheckCancel(ana, itsm.Cancellation{Note: "why"}) == nil:
		s.step(t, "ana", func(at time.Time) itsm.Event { return s.Cancel(itsm.Cancellation{Note: "No incident."}, at) })
	case s.CheckDuplicate(who, itsm.DuplicateRequest{Of: "INC-5555"}) == nil:
		s.step(t, who.Person, func(at time.Time) itsm.Event {
			return s.EndAsDuplicate(who, itsm.DuplicateRequest{Of: "INC-5555"}, at)
		})
	}
}

// save saves an incident and all its steps, in order.
func (b book) save(ctx context.Context, t require.TestingT, i itsm.Incident, e itsm.Event, steps ...itsm.IncidentStep) {
	require.NoError(t, b.worker.RecordIncident(ctx, i, e, from))
	for _, step := range steps {
		require.NoError(t, b.worker.StepIncident(ctx, i.Number, step, from), fmt.Sprint(step.Event.Kind))
	}
}
