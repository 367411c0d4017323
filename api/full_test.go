package api

import (
	"strings"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// elsewhere is the same instant, read in another zone.
func elsewhere(t time.Time) time.Time { return t.In(time.FixedZone("", 3*3600)) }

func fullAssessment() *itsm.Assessment {
	a := itsm.Assessment{Risk: "It may take longer.", Benefit: "It is fast.", Feasibility: "It was done before.", Cost: "An evening."}
	for _, s := range a.Effects.Sections() { // both, which no rule would let pass, so that both are seen
		*s.Effect = itsm.Effect{Text: "It does something.", NotApplicable: "It does nothing."}
	}
	return &a
}

func fullDraft() itsm.ChangeDraft {
	at := elsewhere(noon)
	return itsm.ChangeDraft{
		Type: itsm.Normal, Title: "Enlarge it", Description: "It is full.", Service: "payments",
		Plan: "Resize.", BackoutPlan: "Fail back.", Window: &itsm.Window{Start: at, End: at.Add(time.Hour)},
		Deployment:    &itsm.Deployment{Repository: "octo/pay", ID: 7, Environment: "production", Ref: "main", SHA: strings.Repeat("a", 40)},
		Justification: "Sales.", TestPlan: "Rehearse.", Backout: 30, Items: []string{"db-7"},
		Links:      []itsm.Link{{URL: "https://tracker.example.com/PAY-7", Title: "PAY-7"}},
		Risk:       &itsm.Risk{Complexity: 1, BusinessImpact: 2, Rollback: 3, TestCoverage: 4, RecentChurn: 5},
		Assessment: fullAssessment(),
	}
}

func fullOpening() itsm.Opening {
	at, who := elsewhere(noon), itsm.Group{Role: itsm.Approver, Team: "payments", People: []itsm.PersonID{"bob"}, Owner: true}
	return itsm.Opening{
		Round: 2, Stage: 1, Of: 2, Name: "Technical", Channel: "C0PEERS", At: at, RemindAt: &at, BackupAt: &at, ExpireAt: at, Calendar: "office",
		Panels: []itsm.Panel{{
			Name: "Peers", Who: who, Need: 2, Veto: true, NotDoer: true, NotTwice: true, Mandatory: []itsm.PersonID{"bob"}, Named: []itsm.PersonID{"bob", "eve"},
			Absent: []itsm.PersonID{"joe"}, Backup: who, Backups: []itsm.PersonID{"ben"}, Managers: []itsm.PersonID{"mia"}, Reach: itsm.ReachBackups,
			Barred: []itsm.PersonID{"joe"},
		}},
		Deputies: []itsm.Delegation{{From: "eve", To: "dan", By: "mia", At: at}},
	}
}

// fullChange has something in every field, and its instants in no zone of ours.
func fullChange() itsm.Change {
	at, opening := elsewhere(noon), fullOpening()
	c := itsm.Change{
		ChangeDraft: fullDraft(),
		Number:      "CHG-42", Requester: "ana", Team: "payments", Owner: "max", Restricted: true,
		State: itsm.ChangeClosed, Outcome: itsm.Successful, Revision: 7, PolicyVersion: 1,
		RiskScore: itsm.RiskScore{Tier: itsm.RiskMedium, Score: 15, Reasons: []string{"It is important."}},
		Approval: itsm.Approval{
			Round: 2, Opening: &opening, Delegations: []itsm.Delegation{{From: "bob", To: "zoe", By: "bob", At: at}}, StoppedAt: &at,
			Asked: []itsm.PersonID{"bob", "eve"}, NotDoers: []itsm.PersonID{"bob"},
		},
		Approvers: []itsm.PersonID{"bob", "eve"}, Implementer: "ida", Assignee: "ida",
		Hold:     &itsm.Hold{By: "ana", At: at, Note: "The vendor found a fault."},
		RaisedAt: at, Since: at, RemindAt: &at, BackupAt: &at, ExpireAt: &at, ClosedAt: &at,
	}
	c.ContentHash = c.Hash()
	c.Decisions = []itsm.Decision{{
		By: "zoe", For: "bob", Door: itsm.DoorSlack, Verdict: itsm.Approve, Note: "go", ContentHash: c.ContentHash, Round: 2, Stage: 1, At: at,
	}}
	return c
}

func fullEvent() itsm.Event {
	c := fullChange()
	return itsm.Event{
		Number: "CHG-42", Revision: 3, Kind: itsm.EventApproved, At: elsewhere(noon), Actor: "bob", Door: itsm.DoorSlack,
		From: itsm.State(itsm.ChangeAwaiting), To: itsm.State(itsm.ChangeApproved), Note: "go", Decision: &c.Decisions[0],
		Detail: fillSupplierDetail(fillCorrectiveDetail(fillProblemDetail(fillIncidentDetail(&itsm.Detail{
			Opening: c.Approval.Opening, Withdrawn: &c.Decisions[0], Joined: []itsm.PersonID{"ben"}, Delegation: &c.Approval.Delegations[0],
			Edits:  []itsm.Difference{{Field: "plan", Before: "Resize.", After: "Replace.", Material: true}},
			Voided: c.Decisions, RiskScore: &c.RiskScore, Assignee: "ida", ExpireAt: c.ExpireAt,
		})))),
	}
}

func fullExplanation() itsm.Explanation {
	at, c := elsewhere(noon), fullChange()
	return itsm.Explanation{
		Number: "CHG-42", State: itsm.State(itsm.ChangeAwaiting), Summary: "It waits.", WaitsFor: []itsm.PersonID{"eve"}, Roles: []itsm.Role{itsm.Approver},
		Since: at, Due: &at, Forecast: []itsm.Forecast{{At: at, What: "The backups may decide too.", Who: []itsm.PersonID{"max"}}}, Acts: []itsm.Act{itsm.ActDecide}, Hold: c.Hold,
		Clocks: []itsm.Clock{fullClock()},
		Approval: &itsm.Progress{
			Round: 2, Stage: 1, Of: 2, Name: "Technical", Votes: c.Decisions, Deputies: c.Approval.Delegations,
			Factors: []itsm.FactorProgress{{
				Name: "Peers", Need: 2, Approved: []itsm.PersonID{"bob"}, Waiting: []itsm.PersonID{"eve"}, Mandatory: []itsm.PersonID{"bob"},
				Rejection: "One rejection ends it.",
			}},
		},
	}
}

func fullPreview() itsm.Preview {
	c := fullChange()
	return itsm.Preview{RiskScore: c.RiskScore, Assessment: true, Stages: []itsm.Opening{*c.Approval.Opening}}
}

func fullComment() itsm.Comment {
	return itsm.Comment{
		ID: 2, Number: "CHG-42", Kind: itsm.Answer, By: "ana", Door: itsm.DoorSlack, At: elsewhere(noon), Text: "The on-call DBA.", ReplyTo: 1,
	}
}

// fullAssessmentJSON is an assessment that the rules would take.
const fullAssessmentJSON = `{"risk":"r","benefit":"b","feasibility":"f","cost":"c","effects":{"services":{"text":"s"},"customers":{"text":"c"},` +
	`"plans":{"not_applicable":"p"},"capacity":{"text":"c"},"availability":{"text":"a"},"continuity":{"text":"c"},"security":{"text":"s"},` +
	`"other_changes":{"not_applicable":"o"}}}`

// goodBody is a body that an operation takes.
func goodBody(operation string) string {
	for _, bodies := range []map[string]string{incidentBodies, problemBodies, correctiveBodies, supplierBodies} {
		if body, ok := bodies[operation]; ok {
			return body
		}
	}
	return changeBodies[operation]
}

// changeBodies is a body that each operation on changes takes.
var changeBodies = map[string]string{
	"raiseChange": draft, "decideChange": `{"verdict":"approve"}`, "completeChange": `{"result":"successful"}`,
	"cancelChange": `{"note":"n"}`, "previewChange": `{"service":"payments"}`, "assessChange": fullAssessmentJSON,
	"delegateChange": `{"to":"eve"}`, "commentOnChange": `{"text":"Who?","question":true}`, "editChange": `{"title":"Enlarge it twice"}`,
	"linkChange": `{"url":"CHG-7"}`, "holdChange": `{"note":"n"}`, "resumeChange": `{}`, "withdrawChange": `{}`, "reassignChange": `{"assignee":"ida"}`,
}
