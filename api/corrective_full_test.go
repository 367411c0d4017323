package api

import "github.com/steward-itsm/steward/itsm"

func fullPlan() *itsm.CorrectivePlan {
	at := elsewhere(noon)
	return &itsm.CorrectivePlan{
		Version: 2, Steps: []itsm.PlanStep{{Title: "Alert at 80 %", Owner: "bob", DueAt: at}}, Measure: "No full disk for a month.",
		Similar: "Two more had no alert.", VerifyAfter: &at, By: "max", At: at, AcceptedBy: "kim", AcceptedAt: &at,
	}
}

func fullVerification() *itsm.Verification {
	return &itsm.Verification{By: "liv", At: elsewhere(noon), Effective: true, Note: "It held.", Evidence: fullClaim("x").Evidence}
}

// fullCorrective has something in every field, which no rule would let come together,
// and its instants in no zone of ours.
func fullCorrective() itsm.CorrectiveAction {
	at, clock := elsewhere(noon), fullClock()
	clock.Kind = itsm.ImplementationClock
	return itsm.CorrectiveAction{
		CorrectiveText: itsm.CorrectiveText{
			Title: "Nobody is warned", Nonconformity: "Capacity is to be monitored.", Correction: "The disk was enlarged.", Service: "payments",
			RaisedBy: itsm.RaisedByProblem, Source: "PRB-7",
		},
		Number: "CAR-3", Reporter: "ana", Door: itsm.DoorSlack, Restricted: true, PolicyVersion: 2, RaisedAt: at,
		CorrectiveStanding: itsm.CorrectiveStanding{
			State: itsm.CorrectivePlanned, Revision: 7, Since: at, Severity: itsm.SeverityMajor, Owner: "max", Team: "payments",
			Clocks: []itsm.Clock{clock}, Escalation: fullEscalation(), RootCause: fullRootCause(), Plan: fullPlan(), Acceptance: fullBallot(),
			Steps: []itsm.Task{fullTask()}, ImplementedAt: &at, VerifyFrom: &at, Verification: fullVerification(), Ineffective: 1,
			Relations: []itsm.Relation{{From: "CAR-3", Kind: itsm.ActsOn, To: "PRB-7", By: "ana", At: at}}, ClosedAt: &at,
		},
	}
}

// fillCorrectiveDetail adds what events of corrective actions have to tell.
func fillCorrectiveDetail(d *itsm.Detail) *itsm.Detail {
	at := elsewhere(noon)
	d.Severity, d.Source, d.Plan, d.VerifyFrom, d.Verification = itsm.SeverityMajor, "PRB-7", fullPlan(), &at, fullVerification()
	return d
}

const correctiveDraft = `{"title":"Nobody is warned","nonconformity":"Capacity is to be monitored.","service":"payments","source":"PRB-7"}`

// correctiveBodies is a body that each operation on corrective actions takes.
var correctiveBodies = map[string]string{
	"raiseCorrectiveAction": correctiveDraft, "acknowledgeCorrectiveAction": `{}`, "assignCorrectiveAction": `{"assignee":"bob"}`,
	"relateCorrectiveAction": `{"kind":"related_to","to":"CHG-7"}`, "commentOnCorrectiveAction": `{"text":"t"}`,
	"findCorrectiveCause":  `{"method":"five_whys","cause":{"text":"t"}}`,
	"planCorrectiveAction": `{"steps":[{"title":"t","owner":"bob","due_at":"2031-06-30T12:00:00Z"}],"measure":"m","similar":"s"}`,
	"decideCorrectivePlan": `{"verdict":"approve"}`, "stepOfCorrectiveAction": `{"id":1,"state":"done","result":"r","evidence":[{"note":"n"}]}`,
	"implementCorrectiveAction": `{}`, "verifyCorrectiveAction": `{"result":"effective","note":"n","evidence":[{"note":"n"}]}`,
	"withdrawCorrectiveAction": `{"note":"n"}`,
}
