package main

import (
	"fmt"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// problemAct is one way to ask for an operation on a problem, as each door is asked, and
// the rule that judges it.
type problemAct struct {
	operation string
	path      string // of the API, behind the number
	body      map[string]any
	typed     string            // the sub-command; the number follows it
	rest      string            // what follows the number
	form      map[string]string // what the form is given that this opens
	rule      func(*itsm.Problem, itsm.Actor) error
}

// What an act may name, beside the other problem: a change that is under way.
const someChange = "SOME-CHANGE"

// livedWith is until when a risk is accepted.
var livedWith = time.Now().AddDate(0, 0, 30).UTC().Truncate(time.Minute)

var problemActs = []problemAct{
	{"acceptProblem", "accept", map[string]any{"coordinator": "bob"}, "accept", "@bob", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckAccept(who, itsm.Acceptance{Coordinator: "bob"})
	}},
	{"declineProblem", "decline", map[string]any{"note": "It is the network's."}, "decline", "It is the network's.", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckDecline(who, itsm.NoteRequest{Note: "It is the network's."})
	}},
	{"mergeProblem", "merge", map[string]any{"into": otherProblem, "note": "The same pool."}, "merge", "into " + otherProblem + " The same pool.", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckMerge(who, itsm.MergeRequest{Into: absentProblem, Note: "The same pool."})
	}},
	{"assignProblem", "assign", map[string]any{"assignee": "ida"}, "assign", "@ida", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckAssign(who, itsm.Assignment{Assignee: "ida"})
	}},
	{"relateProblem", "links", map[string]any{"kind": "caused_by", "to": someChange}, "link", "caused_by " + someChange, nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckRelate(who, itsm.RelateRequest{Kind: itsm.CausedBy, To: "CHG-9999999999"})
	}},
	{"taskOfProblem", "task", map[string]any{"title": "Ask the vendor", "owner": "ida"}, "task", "@ida Ask the vendor", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckTask(who, itsm.TaskRequest{Title: "Ask the vendor", Owner: "ida"})
	}},
	{"taskOfProblem", "task", map[string]any{"id": 1, "state": "done", "result": "It leaks."}, "done", "1 It leaks.", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckTask(who, itsm.TaskRequest{ID: 1, State: itsm.TaskDone, Result: "It leaks."})
	}},
	{
		"findRootCause", "rca",
		map[string]any{"method": "ishikawa", "cause": claim("The pool leaks."), "known": true},
		"rca", "",
		map[string]string{"method": "ishikawa", "cause": "The pool leaks.", "cause_evidence": "Seen in the logs.", "known": "known"},
		func(p *itsm.Problem, who itsm.Actor) error {
			cause := &itsm.Claim{Text: "The pool leaks.", Evidence: []itsm.Evidence{{Note: "Seen in the logs."}}}
			return p.CheckRootCause(who, itsm.RootCauseRequest{Method: itsm.Ishikawa, Cause: cause, Known: true})
		},
	},
	{
		"writeWorkaround", "workaround",
		map[string]any{"symptoms": "It hangs", "workaround": "Wait.", "risk": "It takes long", "verified_by": "ida"},
		"workaround", "",
		map[string]string{"symptoms": "It hangs", "workaround": "Wait.", "risk": "It takes long", "verified_by": slackID("ida")},
		func(p *itsm.Problem, who itsm.Actor) error {
			return p.CheckWorkaround(who, itsm.WorkaroundRequest{Symptoms: "It hangs", Workaround: "Wait.", Risk: "It takes long", VerifiedBy: "ida"})
		},
	},
	{"publishKnownError", "known-error", map[string]any{}, "known-error", "", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckPropose(who, itsm.NoteRequest{})
	}},
	{"decideKnownError", "decide", map[string]any{"verdict": "approve"}, "approve", "", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckDecision(who, itsm.DecisionRequest{Verdict: itsm.Approve})
	}},
	{"decideKnownError", "decide", map[string]any{"verdict": "reject", "note": "Say how long it takes."}, "decide", "reject Say how long it takes.", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckDecision(who, itsm.DecisionRequest{Verdict: itsm.Reject, Note: "Say how long it takes."})
	}},
	{"communicateWorkaround", "communicate", map[string]any{}, "communicate", "", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckCommunicate(who, itsm.NoteRequest{})
	}},
	{"fixProblem", "fix", map[string]any{"change": someChange}, "fix", "by " + someChange, nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckFix(who, itsm.FixRequest{Change: "CHG-9999999999"})
	}},
	{
		"acceptRisk", "accept-risk",
		map[string]any{"note": "It is rare.", "expires_at": livedWith.Format(time.RFC3339)},
		"accept-risk", "",
		map[string]string{"note": "It is rare.", "expires_at": fmt.Sprint(livedWith.Unix())},
		func(p *itsm.Problem, who itsm.Actor) error {
			return p.CheckAcceptRisk(who, itsm.RiskRequest{Note: "It is rare.", ExpiresAt: livedWith}, itsm.ProblemTerms{Policy: itsm.DefaultProblemPolicy}, time.Now())
		},
	},
	{"confirmFix", "confirm", map[string]any{"note": "A week without it."}, "confirm", "A week without it.", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckConfirm(who, itsm.NoteRequest{Note: "A week without it."})
	}},
	{
		"reviewProblem", "review",
		map[string]any{"went_well": "Found in a day.", "went_wrong": "Nobody watched."},
		"review", "",
		map[string]string{"went_well": "Found in a day.", "went_wrong": "Nobody watched."},
		func(p *itsm.Problem, who itsm.Actor) error {
			return p.CheckReview(who, itsm.ReviewRequest{WentWell: "Found in a day.", WentWrong: "Nobody watched."})
		},
	},
	{"closeProblem", "close", map[string]any{}, "close", "", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckClose(who, itsm.NoteRequest{})
	}},
	{"reopenProblem", "reopen", map[string]any{"note": "It is back."}, "reopen", "It is back.", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckReopen(who, itsm.NoteRequest{Note: "It is back."})
	}},
	{"cancelProblem", "cancel", map[string]any{"note": "The service ends."}, "cancel", "The service ends.", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckCancel(who, itsm.Cancellation{Note: "The service ends."})
	}},
	{"commentOnProblem", "comments", map[string]any{"text": "Is it the cable?"}, "comment", "Is it the cable?", nil, func(p *itsm.Problem, who itsm.Actor) error {
		return p.CheckComment(who, itsm.CommentRequest{Text: "Is it the cable?"}, itsm.Talk{})
	}},
}
