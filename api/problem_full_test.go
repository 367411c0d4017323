package api

import (
	"github.com/steward-itsm/steward/itsm"
)

func fullClaim(text string) *itsm.Claim {
	return &itsm.Claim{Text: text, Evidence: []itsm.Evidence{{Record: "INC-7", URL: "https://graphs.example.com/7", Note: "Its disk was full."}}}
}

func fullRootCause() *itsm.RootCause {
	return &itsm.RootCause{
		Method: itsm.FiveWhys, Trigger: fullClaim("A sale."), Cause: fullClaim("Nobody watches the disk."), DetectionGap: fullClaim("No alert."),
		Contributing: []itsm.Claim{*fullClaim("Logs are kept for a year.")}, By: "bob", At: elsewhere(noon), Known: true,
	}
}

func fullKnownError() *itsm.KnownError {
	at := elsewhere(noon)
	return &itsm.KnownError{
		Title: "Payments are refused", Symptoms: "Error 503.", Services: []itsm.ServiceID{"payments"}, RootCause: "Nobody watches the disk.",
		Workaround: "Delete the logs.", Risk: "Two minutes.", VerifiedBy: "eve", State: itsm.KnownErrorPublished, Version: 2, By: "bob", At: at,
		PublishedBy: "pia", PublishedAt: &at, ReviewAt: &at, RetiredAt: &at, Told: 1,
	}
}

func fullFound() itsm.KnownErrorFound {
	return itsm.KnownErrorFound{KnownError: *fullKnownError(), Problem: "PRB-7", Use: itsm.KnownErrorUse{Count: 3, Last: "INC-9"}}
}

func fullBallot() itsm.Ballot {
	at, c, i := elsewhere(noon), fullChange(), fullIncident()
	return itsm.Ballot{
		Subject: itsm.Subject{ // which no answer has
			Kind: "known_error", Number: "PRB-7", Requester: "bob", Assignee: "bob", ContentHash: c.ContentHash, State: "proposed", Awaiting: true,
			Hold: c.Hold, Permission: itsm.PublishKnownErrors, Manager: itsm.ProblemManager,
		},
		Approval: c.Approval, Approvers: []itsm.PersonID{"pia"}, Decisions: c.Decisions, RemindAt: &at, BackupAt: &at, ExpireAt: i.CloseAt,
	}
}

func fullFix() *itsm.ProblemFix {
	at := elsewhere(noon)
	return &itsm.ProblemFix{Change: "CHG-42", By: "bob", At: at, EndedAt: &at, Outcome: itsm.State(itsm.Successful)}
}

func fullTask() itsm.Task {
	at := elsewhere(noon)
	return itsm.Task{ID: 1, Title: "Look why", Owner: "bob", DueAt: &at, State: itsm.TaskDone, Result: "No alert.", EndedAt: &at, Told: true, Evidence: fullClaim("x").Evidence}
}

func fullTrend() *itsm.Trend {
	return &itsm.Trend{
		TrendCount: itsm.TrendCount{
			Finding: itsm.SimilarSymptom, Service: "payments", Value: "error 503", Count: 3, Before: [itsm.Weeks]int{1, 0, 2},
			Incidents: []itsm.Number{"INC-7"}, Raised: elsewhere(noon), Impact: itsm.HighDegree, Urgency: itsm.LowDegree,
		},
		ID: "similar_symptom/payments/error 503", Mean: 0.375, Usual: 4.5, Reason: "3 incidents in 30 days.",
	}
}

// fullProblem has something in every field, which no rule would let come together,
// and its instants in no zone of ours.
func fullProblem() itsm.Problem {
	at, task := elsewhere(noon), fullTask()
	clock := fullClock()
	clock.Kind = itsm.RootCauseClock
	return itsm.Problem{
		ProblemText: itsm.ProblemText{
			Title: "Payments are refused", Description: "Every month.", Service: "payments", Trigger: itsm.TriggeredByTrend,
			Pattern: &itsm.Pattern{Service: "payments", Category: "availability", Symptom: "error 503", Item: "db-7"}, Trend: fullTrend(),
			Incidents: []itsm.Number{"INC-7"}, Change: "CHG-41", Follows: "PRB-3",
		},
		Number: "PRB-7", Reporter: "ana", Door: itsm.DoorSlack, Owner: "max", Restricted: true, PolicyVersion: 2, RaisedAt: at,
		ProblemStanding: itsm.ProblemStanding{
			State: itsm.ProblemKnownError, Revision: 7, Since: at, Category: "availability", Impact: itsm.HighDegree, Urgency: itsm.LowDegree, Priority: itsm.P3, Major: true,
			Team: "payments", Coordinator: "bob", Clocks: []itsm.Clock{clock}, Escalation: fullEscalation(),
			Idle: &itsm.Idle{Since: at, NudgeAt: &at, EscalateAt: &at}, Tasks: []itsm.Task{task}, RootCause: fullRootCause(),
			KnownError: fullKnownError(), Published: fullKnownError(), Publication: fullBallot(), Fix: fullFix(), FailedFixes: []itsm.ProblemFix{*fullFix()},
			Watch: &itsm.Watch{From: at, Until: &at}, Review: fullReview(), Risk: fullRisk(), Ending: itsm.EndedFixed, MergedInto: "PRB-4",
			Absorbed: []itsm.Number{"PRB-5"}, Relations: []itsm.Relation{{From: "PRB-7", Kind: itsm.FoundIn, To: "INC-7", By: "ana", At: at}},
			Reopens: 1, ClosedAt: &at,
		},
	}
}

func fullReview() *itsm.ProblemReview {
	return &itsm.ProblemReview{By: "pia", At: elsewhere(noon), WentWell: "It was fast.", WentWrong: "Nobody was warned.", ThirdParties: "The vendor.", FollowUp: "PRB-8"}
}

func fullRisk() *itsm.RiskAcceptance {
	return &itsm.RiskAcceptance{By: "max", At: elsewhere(noon), Reason: "It ends in June.", ExpiresAt: elsewhere(noon)}
}

// fillProblemDetail adds what events of problems have to tell.
func fillProblemDetail(d *itsm.Detail) *itsm.Detail {
	at, task := elsewhere(noon), fullTask()
	d.Workaround, d.Problem = &itsm.Workaround{Problem: "PRB-7", Version: 2, Text: "Delete the logs."}, "PRB-7"
	d.Incidents, d.Absorbed, d.Task, d.RootCause, d.KnownError = []itsm.Number{"INC-7"}, "PRB-5", &task, fullRootCause(), fullKnownError()
	d.Fix, d.Watch, d.Risk, d.Review = fullFix(), &itsm.Watch{From: at, Until: &at}, fullRisk(), fullReview()
	return d
}

// problemBodies is a body that each operation on problems takes.
var problemBodies = map[string]string{
	"raiseProblem": problemDraft, "acceptProblem": `{}`, "declineProblem": `{"note":"n"}`, "mergeProblem": `{"into":"PRB-3","note":"n"}`,
	"assignProblem": `{"assignee":"bob"}`, "relateProblem": `{"kind":"found_in","to":"INC-7"}`, "commentOnProblem": `{"text":"t"}`,
	"taskOfProblem": `{"title":"t","owner":"bob"}`, "findRootCause": `{"method":"five_whys","cause":{"text":"t"}}`,
	"writeWorkaround":   `{"symptoms":"s","workaround":"w","risk":"r","verified_by":"eve"}`,
	"publishKnownError": `{}`, "decideKnownError": `{"verdict":"approve"}`, "communicateWorkaround": `{}`, "fixProblem": `{"change":"CHG-42"}`,
	"acceptRisk": `{"note":"n","expires_at":"2031-06-30T12:00:00Z"}`, "confirmFix": `{"note":"n"}`,
	"reviewProblem": `{"went_well":"w","went_wrong":"w"}`, "closeProblem": `{}`, "reopenProblem": `{"note":"n"}`, "cancelProblem": `{"note":"n"}`,
	"applyWorkaround": `{"known_error":"PRB-7"}`,
}

const problemDraft = `{"title":"Payments are refused","service":"payments","incidents":["INC-7"],"impact":"high","urgency":"high"}`
