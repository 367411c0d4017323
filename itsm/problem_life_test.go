package itsm_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

var (
	pam  = person("pam", itsm.ProblemManager)
	pete = person("pete", itsm.ProblemManager)
	olga = person("own", itsm.Requester) // owns the service

	inProblems = []itsm.Actor{rita, joe, ida, mia, pam, pete, olga, monitor, ada, person("root", itsm.Admin), person("nobody"), {}}
)

var problemActs = []itsm.Act{
	itsm.ActAccept, itsm.ActDecline, itsm.ActMerge, itsm.ActProblemAssign, itsm.ActProblemRelate, itsm.ActTask, itsm.ActRootCause,
	itsm.ActWorkaround, itsm.ActPublish, itsm.ActProblemDecide, itsm.ActCommunicate, itsm.ActFix, itsm.ActAcceptRisk,
	itsm.ActProblemConfirm, itsm.ActReview, itsm.ActProblemClose, itsm.ActProblemReopen, itsm.ActProblemCancel, itsm.ActRecur,
}

// trouble carries a problem through its time as its process would.
type trouble struct {
	itsm.Problem

	t       require.TestingT
	now     time.Time
	catalog itsm.Catalog
	in      func(itsm.CalendarID) (itsm.BusinessTime, error)
	events  []itsm.Event
	talk    itsm.Talk
	seen    func(itsm.Event) // after each event; may be nil
}

// problemCatalog is onCallCatalog with two who manage problems.
func problemCatalog() itsm.Catalog {
	c := onCallCatalog()
	for _, id := range []itsm.PersonID{"pam", "pete"} {
		c.People = append(c.People, itsm.Person{ID: id, Zone: "UTC", Roles: []itsm.Role{itsm.ProblemManager}})
	}
	return c
}

func anyProblem() itsm.ProblemDraft {
	return itsm.ProblemDraft{ProblemText: itsm.ProblemText{Title: "It fails each night", Service: "website"}}
}

// found is a problem of Rita's that was recorded and logged, or proposed.
func found(t require.TestingT, d itsm.ProblemDraft, change ...func(*trouble)) *trouble {
	l := &trouble{t: t, now: at, catalog: problemCatalog(), in: aroundTheClock}
	l.Problem = itsm.Problem{Number: "PRB-1", Reporter: "rita", Owner: "own", RaisedAt: at, PolicyVersion: 1}
	l.State, l.Since, l.Team = itsm.ProblemNew, at, "web"
	for _, f := range change {
		f(l)
	}
	l.RaisedAt = l.now
	l.Begin(d, &l.catalog)
	l.happened(steward, l.Log(l.now))
	return l
}

func (l *trouble) terms() itsm.ProblemTerms { return l.catalog.ProblemTerms() }

// happened keeps an event as its process would, and does what is to be done next.
func (l *trouble) happened(who itsm.Actor, e itsm.Event) {
	l.Revision++
	e.Number, e.Revision, e.To, e.Actor, e.At = l.Number, l.Revision, itsm.State(l.State), who.Person, l.now
	l.events = append(l.events, e)
	if l.seen != nil {
		l.seen(e)
	}
	if e, ok := l.Settle(l.terms(), l.now); ok {
		l.happened(steward, e)
	}
	switch pending := l.Escalation.Pending; {
	case l.NextStage() > 0:
		o, err := l.catalog.OpenPublication(l.catalog.Problem, l.Asking(), l.now)
		require.NoError(l.t, err)
		l.OpenStage(o)
		l.happened(steward, itsm.Event{Kind: itsm.EventKnownErrorOpened, From: itsm.State(l.State), Detail: &itsm.Detail{Opening: l.Publication.Opening}})
	case l.Unreckoned():
		r, err := l.Reckon(l.catalog.Problem, l.in, l.now)
		require.NoError(l.t, err)
		l.happened(steward, l.Take(r))
	case pending != nil:
		called, err := l.catalog.CallLevel(itsm.Summons{Calling: *pending, Team: l.Team, Owner: l.Owner, At: l.now},
			func(itsm.RotationID) ([]itsm.PersonID, error) { return nil, nil })
		require.NoError(l.t, err)
		l.happened(steward, l.TakeCall(called, l.now))
	}
}

// pass lets time pass, with all that falls due in it.
func (l *trouble) pass(d time.Duration) {
	until := l.now.Add(d)
	for {
		d, comes := l.Next()
		if !comes || d.At.After(until) {
			break
		}
		if d.At.After(l.now) {
			l.now = d.At
		}
		if e, happened := l.Fall(d, l.terms(), l.now); happened {
			l.happened(steward, e)
		}
	}
	l.now = until
}

// changeEnds says what became of the change that it waits for.
func (l *trouble) changeEnds(s itsm.ChangeState, o itsm.Outcome) bool {
	e, ok := l.FixEnded(&itsm.Change{Number: l.Fix.Change, State: s, Outcome: o}, l.terms(), l.now)
	if ok {
		l.happened(steward, e)
	}
	return ok
}

// wants are what the acts of a test ask for.
type wants struct {
	accept itsm.Acceptance
	merge  itsm.MergeRequest
	assign itsm.Assignment
	relate itsm.RelateRequest
	task   itsm.TaskRequest
	cause  itsm.RootCauseRequest
	work   itsm.WorkaroundRequest
	decide itsm.DecisionRequest
	fix    itsm.FixRequest
	risk   itsm.RiskRequest
	recur  itsm.RecurRequest
	note   string
}

// usual is what an act asks for where the test does not care.
func (l *trouble) usual() wants {
	seen := []itsm.Evidence{{Record: "INC-3"}}
	w := wants{
		note: "because", merge: itsm.MergeRequest{Into: "PRB-9", Note: "It is the same."}, assign: itsm.Assignment{Assignee: "joe"},
		relate: itsm.RelateRequest{Kind: itsm.FoundIn, To: itsm.Number(fmt.Sprintf("INC-%d", l.Revision+10))},
		task:   itsm.TaskRequest{Title: "Read the log", Owner: "joe", DueAt: new(l.now.Add(time.Hour))},
		cause:  itsm.RootCauseRequest{Method: itsm.FiveWhys, Cause: &itsm.Claim{Text: "A full disk", Evidence: seen}, Known: true},
		work: itsm.WorkaroundRequest{
			Symptoms: "It is slow", Workaround: fmt.Sprintf("Empty the disk, revision %d", l.Revision), Risk: "None", VerifiedBy: "joe",
		},
		decide: itsm.DecisionRequest{Verdict: itsm.Approve}, fix: itsm.FixRequest{Change: itsm.Number(fmt.Sprintf("CHG-%d", l.Revision+1))},
		risk: itsm.RiskRequest{Note: "It is cheap to live with.", ExpiresAt: l.now.Add(30 * 24 * time.Hour)}, recur: itsm.RecurRequest{Incident: "INC-7"},
	}
	if l.Coordinator == "joe" {
		w.assign.Assignee = "ida"
	}
	return w
}

// try asks the rules for an act, and gives what it does.
func (l *trouble) try(a itsm.Act, who itsm.Actor, w wants) (error, func() itsm.Event) { //nolint:revive,staticcheck // the error is an answer here
	p, now := &l.Problem, l.now
	note := itsm.NoteRequest{Note: w.note}
	switch a { //nolint:exhaustive // those of a problem
	case itsm.ActAccept:
		return p.CheckAccept(who, w.accept), func() itsm.Event { return p.Accept(who, w.accept, l.terms(), now) }
	case itsm.ActDecline:
		return p.CheckDecline(who, note), func() itsm.Event { return p.Decline(who, note, now) }
	case itsm.ActMerge:
		return p.CheckMerge(who, w.merge), func() itsm.Event { return p.Merge(who, w.merge, now) }
	case itsm.ActProblemAssign:
		return p.CheckAssign(who, w.assign), func() itsm.Event { return p.Assign(who, w.assign, now) }
	case itsm.ActProblemRelate:
		return p.CheckRelate(who, w.relate), func() itsm.Event { return p.Relate(who, w.relate, now) }
	case itsm.ActTask:
		return p.CheckTask(who, w.task), func() itsm.Event { return p.Task(who, w.task, now) }
	case itsm.ActRootCause:
		return p.CheckRootCause(who, w.cause), func() itsm.Event { return p.FindCause(who, w.cause, l.terms(), now) }
	default:
		return l.tryKnownError(a, who, w)
	}
}

func (l *trouble) tryKnownError(a itsm.Act, who itsm.Actor, w wants) (error, func() itsm.Event) { //nolint:revive,staticcheck // ditto
	p, now := &l.Problem, l.now
	note := itsm.NoteRequest{Note: w.note}
	switch a { //nolint:exhaustive // ditto
	case itsm.ActWorkaround:
		return p.CheckWorkaround(who, w.work), func() itsm.Event { return p.WriteWorkaround(who, w.work, now) }
	case itsm.ActPublish:
		return p.CheckPropose(who, note), func() itsm.Event { return p.Propose(who, note, now) }
	case itsm.ActProblemDecide:
		return p.CheckDecision(who, w.decide), func() itsm.Event { return p.Decide(who, w.decide, l.terms(), now) }
	case itsm.ActCommunicate:
		return p.CheckCommunicate(who, note), func() itsm.Event { return p.Communicate(who, note, now) }
	default:
		return l.tryEnding(a, who, w)
	}
}

func (l *trouble) tryEnding(a itsm.Act, who itsm.Actor, w wants) (error, func() itsm.Event) { //nolint:revive,staticcheck // ditto
	p, now := &l.Problem, l.now
	note := itsm.NoteRequest{Note: w.note}
	switch a { //nolint:exhaustive // ditto
	case itsm.ActFix:
		return p.CheckFix(who, w.fix), func() itsm.Event { return p.PlanFix(who, w.fix, now) }
	case itsm.ActAcceptRisk:
		return p.CheckAcceptRisk(who, w.risk, l.terms(), now), func() itsm.Event { return p.AcceptRisk(who, w.risk, now) }
	case itsm.ActProblemConfirm:
		return p.CheckConfirm(who, note), func() itsm.Event { return p.Confirm(who, note, now) }
	case itsm.ActReview:
		r := itsm.ReviewRequest{WentWell: "The call", WentWrong: "The rest"}
		return p.CheckReview(who, r), func() itsm.Event { return p.Learn(who, r, now) }
	case itsm.ActProblemClose:
		return p.CheckClose(who, note), func() itsm.Event { return p.Close(who, note, now) }
	case itsm.ActProblemReopen:
		return p.CheckReopen(who, note), func() itsm.Event { return p.Reopen(who, note, l.terms(), now) }
	case itsm.ActProblemCancel:
		return p.CheckCancel(who, itsm.Cancellation{Note: w.note}), func() itsm.Event { return p.Cancel(who, itsm.Cancellation{Note: w.note}, now) }
	case itsm.ActRecur:
		return p.CheckRecur(who, w.recur), func() itsm.Event { return p.Recur(who, w.recur, l.terms(), now) }
	}
	panic("no act of a problem: " + string(a))
}

// does lets somebody do something, as it is usually asked for but for the changes.
func (l *trouble) does(a itsm.Act, who itsm.Actor, change ...func(*wants)) *trouble {
	w := l.usual()
	for _, f := range change {
		f(&w)
	}
	err, do := l.try(a, who, w)
	require.NoError(l.t, err, "%s by %s when %s", a, who.Person, l.State)
	l.happened(who, do())
	return l
}

// refuses is the code under which somebody is refused.
func (l *trouble) refuses(a itsm.Act, who itsm.Actor, change ...func(*wants)) string {
	w := l.usual()
	for _, f := range change {
		f(&w)
	}
	return code(first(l.try(a, who, w)))
}

// told counts events of a kind.
func (l *trouble) told(kind itsm.EventKind) (n int) {
	for _, e := range l.events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// in brings a problem of Rita's to a state by the shortest way.
func in(t require.TestingT, s itsm.ProblemState, change ...func(*trouble)) *trouble {
	d := anyProblem()
	if s == itsm.ProblemCandidate {
		d.Trigger = itsm.TriggeredByTrend
	}
	l := found(t, d, change...)
	for _, way := range []struct {
		to   []itsm.ProblemState
		step func()
	}{
		{[]itsm.ProblemState{itsm.ProblemCandidate, itsm.ProblemLogged}, func() {}},
		{[]itsm.ProblemState{itsm.ProblemInvestigating}, func() { l.does(itsm.ActAccept, pam) }},
		{[]itsm.ProblemState{itsm.ProblemRootCauseKnown}, func() { l.does(itsm.ActRootCause, joe) }},
		{[]itsm.ProblemState{itsm.ProblemKnownError}, func() { l.publish() }},
		{[]itsm.ProblemState{itsm.ProblemFixPlanned}, func() { l.does(itsm.ActFix, joe) }},
		{[]itsm.ProblemState{itsm.ProblemWatched}, func() { l.changeEnds(itsm.ChangeClosed, itsm.Successful) }},
		{[]itsm.ProblemState{itsm.ProblemResolved}, func() { l.does(itsm.ActProblemConfirm, pam) }},
		{[]itsm.ProblemState{itsm.ProblemClosed}, func() { l.does(itsm.ActProblemClose, pam) }},
	} {
		way.step()
		if slices.Contains(way.to, s) {
			break
		}
	}
	return l
}

// publish has a workaround written by Pam, and published by Pete.
func (l *trouble) publish() {
	l.does(itsm.ActWorkaround, pam).does(itsm.ActPublish, pam).does(itsm.ActProblemDecide, pete)
}
