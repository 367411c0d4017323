package api

import (
	"time"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

func fullClock() itsm.Clock {
	at := elsewhere(noon)
	return itsm.Clock{
		Kind: itsm.ResolutionClock, For: "SUP-4", Cycle: 2, Priority: itsm.P2, Target: itsm.Length{Days: 3}, Calendar: "office", StartedAt: at,
		Pauses:    []itsm.Pause{{From: at, To: &at, Reason: itsm.AwaitingCaller}},
		StoppedAt: &at, DueAt: &at, Marks: []itsm.Mark{{Percent: 90, At: at}}, Told: []int{50}, MissedAt: &at,
		Elapsed: &itsm.Elapsed{Actual: itsm.Duration(time.Hour), Business: itsm.Duration(time.Minute)},
	}
}

func fullReading() itsm.ClockReading {
	return itsm.ClockReading{Clock: fullClock(), SoFar: itsm.Elapsed{Actual: itsm.Duration(time.Hour), Business: itsm.Duration(time.Minute)}}
}

func fullCall() itsm.Call {
	at := elsewhere(noon)
	return itsm.Call{
		Nth: 3, Round: 1, Level: 2, Kind: itsm.Functional, Trigger: itsm.TriggerNoAnswer, At: at, People: []itsm.PersonID{"bob"}, Channels: []string{"C0PAYMENTS"},
		Skipped: []itsm.Skipped{{Level: 1, Why: "nobody is on call"}}, Answered: "bob", AnswerAt: &at,
	}
}

func fullEscalation() itsm.Escalation {
	at := elsewhere(noon)
	return itsm.Escalation{
		Policy:  "payments",
		Pending: &itsm.Calling{Round: 1, Level: 2, Trigger: itsm.TriggerAsked, Team: "payments", Managers: true},
		Round:   1, Level: 2, NextAt: &at, Next: []itsm.PersonID{"eve"}, Last: true, By: "bob", At: &at, StaleAt: &at,
		StaleAfter: itsm.Duration(time.Hour), Over: true, Quiet: true, Calls: []itsm.Call{fullCall()},
	}
}

// fullIncident has something in every field, which no rule would let come together,
// and its instants in no zone of ours.
func fullIncident() itsm.Incident {
	at := elsewhere(noon)
	return itsm.Incident{
		IncidentText: itsm.IncidentText{
			Title: "Payments are refused", Description: "Every second one.", Service: "payments", Category: "availability", Symptom: "error 503",
			Items: []string{"db-7"}, Message: "https://example.slack.com/archives/C0/p1", Follows: "INC-3",
			Alert: &itsm.Origin{Source: "prometheus", Key: "abc", URL: "https://prometheus.example.com/"},
		},
		Number: "INC-7", Reporter: "ana", Door: itsm.DoorSlack, Owner: "max", Restricted: true, PolicyVersion: 1, RaisedAt: at,
		IncidentStanding: itsm.IncidentStanding{
			State: itsm.IncidentClosed, Revision: 7, Since: at, Impact: itsm.HighDegree, Urgency: itsm.MediumDegree, Priority: itsm.P1,
			Override: &itsm.Override{Priority: itsm.P1, By: "max", Note: "Sales."}, Team: "payments", Assignee: "bob",
			Acknowledged: &itsm.Acknowledgement{By: "bob", At: at}, Clocks: []itsm.Clock{fullClock()}, Escalation: fullEscalation(),
			Hold: &itsm.IncidentHold{
				Reason: itsm.AwaitingChange, For: "CHG-42", By: "bob", At: at, Note: "It waits.", RemindAt: []time.Time{at}, LimitAt: &at,
			},
			Resolution: &itsm.Resolution{Code: itsm.ResolvedFixed, Note: "Failed over.", By: "bob", At: at}, Closing: itsm.ClosedConfirmed,
			Parent: "INC-2", DuplicateOf: "INC-1", Relations: []itsm.Relation{{From: "INC-7", Kind: itsm.CausedBy, To: "CHG-42", By: "bob", At: at}},
			Workarounds: []itsm.Workaround{{Problem: "PRB-7", Version: 2, Text: "Delete the logs."}},
			Reopens:     1, Reassigned: 2, RemindAt: &at, CloseAt: &at, ClosedAt: &at,
		},
	}
}

// fillIncidentDetail adds what events of incidents have to tell.
func fillIncidentDetail(d *itsm.Detail) *itsm.Detail {
	at, i, call := elsewhere(noon), fullIncident(), fullCall()
	d.Priority, d.Was, d.Impact, d.Urgency, d.Override = itsm.P1, itsm.P2, itsm.HighDegree, itsm.LowDegree, i.Override
	d.Clocks, d.Clock, d.Call = i.Clocks, &itsm.ClockTold{Clock: itsm.ResponseClock, Percent: 75, DueAt: &at}, &call
	d.EscalateTo, d.Team, d.Hold, d.Relation, d.Parent = itsm.EscalateTeam, "payments", i.Hold, &i.Relations[0], "INC-2"
	d.Resolution, d.Closing = i.Resolution, itsm.ClosedByTime
	return d
}

func fullOnCall() desk.OnCall {
	at := elsewhere(noon)
	return desk.OnCall{
		Service: "payments", Policy: "payments", Name: "Payments", Repeat: 1, At: at, HandoverAt: &at,
		Levels: []desk.OnCallLevel{{
			Level: 1, Within: itsm.Duration(5 * time.Minute), People: []itsm.PersonID{"bob"}, Channels: []string{"C0PAYMENTS"}, Nobody: "bob is away",
			Targets: []desk.OnCallTarget{{
				CallTarget: itsm.CallTarget{Person: "bob", Rotation: "payments-primary", Team: "payments", Channel: "C0PAYMENTS"},
				People:     []itsm.PersonID{"bob"}, Until: &at, ReadAt: &at, Problem: "The feed does not answer.",
			}},
		}},
	}
}

// incidentBodies is a body that each operation on incidents takes.
var incidentBodies = map[string]string{
	"raiseIncident": incidentDraft, "acknowledgeIncident": `{}`, "assignIncident": `{"assignee":"bob"}`, "reprioritiseIncident": `{"impact":"high"}`,
	"holdIncident": `{"reason":"awaiting_caller","note":"n"}`, "resumeIncident": `{}`, "escalateIncident": `{"note":"n"}`,
	"commentOnIncident": `{"text":"t","update":true}`, "relateIncident": `{"kind":"caused_by","to":"CHG-42"}`, "endIncidentAsDuplicate": `{"of":"INC-3"}`,
	"setIncidentParent": `{"parent":"INC-3"}`, "resolveIncident": `{"code":"fixed","note":"n"}`, "confirmIncident": `{}`, "reopenIncident": `{"note":"n"}`,
	"cancelIncident":          `{"note":"n"}`,
	"receiveAlertmanagerHook": `{"version":"4","groupKey":"g","alerts":[{"status":"firing","fingerprint":"f"}]}`,
	"receiveEventHook":        `{"event_action":"resolve","dedup_key":"k"}`,
}

const incidentDraft = `{"title":"Payments are refused","service":"payments","impact":"high","urgency":"high"}`
