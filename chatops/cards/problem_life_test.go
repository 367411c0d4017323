package cards

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// trouble is a problem that the rules lead through its life, as a process would.
type trouble struct {
	t        *testing.T
	catalog  itsm.Catalog
	p        itsm.Problem
	at       time.Time
	timeline []itsm.Event
	said     []itsm.Comment
	talk     itsm.Talk
	use      itsm.KnownErrorUse
}

// hangs is a problem that ana raised, or that Steward proposed.
func hangs(t *testing.T, change ...func(*itsm.ProblemDraft)) *trouble {
	t.Helper()
	o := &trouble{t: t, catalog: onCall(), at: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
	o.catalog.People = append(o.catalog.People,
		itsm.Person{ID: "pia", Name: "Pia & Co", Slack: "U0PIA", Roles: []itsm.Role{itsm.ProblemManager}},
		itsm.Person{ID: "zoe", Name: "Zoe <Z>", Slack: "U0ZOE", Roles: []itsm.Role{itsm.ProblemManager}})
	draft := itsm.ProblemDraft{Category: "Outage <1>", Impact: itsm.HighDegree, Urgency: itsm.MediumDegree, ProblemText: itsm.ProblemText{
		Title: "Payments <!channel> *hang* :fire:", Description: "Each noon & <b>often</b>.", Service: "payments", Incidents: []itsm.Number{"INC-1", "INC-2"},
	}}
	by := itsm.PersonID("ana")
	for _, f := range change {
		f(&draft)
	}
	if draft.Trigger.Proposed() {
		by = itsm.Monitoring
	}
	o.p = itsm.Problem{
		Number: "PRB-42", Reporter: by, Door: itsm.DoorSlack, Owner: "own", RaisedAt: o.at,
		ProblemStanding: itsm.ProblemStanding{State: itsm.ProblemNew, Since: o.at, Team: "platform"},
	}
	o.p.Begin(draft, &o.catalog)
	o.record(itsm.Event{Kind: itsm.EventProblemRaised}, by)
	return o.did(itsm.System, nil, func() itsm.Event { return o.p.Log(o.at) })
}

func (o *trouble) who(id itsm.PersonID) itsm.Actor {
	p, _ := o.catalog.Person(id)
	return itsm.Actor{Person: id, Roles: p.Roles, Teams: o.catalog.TeamsOf(id), Door: itsm.DoorSlack, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
}

// record keeps an event; each comes a minute after the one before.
func (o *trouble) record(e itsm.Event, by itsm.PersonID) {
	o.p.Revision++
	e.Number, e.Revision, e.At, e.Actor, e.To = o.p.Number, o.p.Revision, o.at, by, itsm.State(o.p.State)
	o.timeline = append(o.timeline, e)
	o.at = o.at.Add(time.Minute)
}

// did records an act that its rule has allowed, and what comes of it at once.
func (o *trouble) did(by itsm.PersonID, refused error, act func() itsm.Event) *trouble {
	o.t.Helper()
	require.NoError(o.t, refused)
	o.record(act(), by)
	for o.p.NextStage() > 0 {
		opening, err := o.catalog.OpenPublication(o.catalog.Problem, o.p.Asking(), o.at)
		require.NoError(o.t, err)
		o.p.OpenStage(opening)
		o.record(itsm.Event{Kind: itsm.EventKnownErrorOpened, From: itsm.State(o.p.State), Detail: &itsm.Detail{Opening: &opening}}, itsm.System)
	}
	if o.p.Unreckoned() {
		r, err := o.p.Reckon(o.catalog.Problem, func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }, o.at)
		require.NoError(o.t, err)
		o.p.Take(r)
	}
	return o
}

func (o *trouble) terms() itsm.ProblemTerms { return o.catalog.ProblemTerms() }

func (o *trouble) accept() *trouble {
	o.t.Helper()
	r := itsm.Acceptance{Coordinator: "pat", Note: "Look <there>"}
	return o.did("pia", o.p.CheckAccept(o.who("pia"), r), func() itsm.Event { return o.p.Accept(o.who("pia"), r, o.terms(), o.at) })
}

func (o *trouble) cause(known bool) *trouble {
	o.t.Helper()
	shows := []itsm.Evidence{{Record: "INC-1", Note: "the *log*"}, {URL: "https://graphs.example/?a=1&b=<2>"}}
	r := itsm.RootCauseRequest{
		Method: itsm.FiveWhys, Known: known, Cause: &itsm.Claim{Text: "The pool is <small>", Evidence: shows}, Trigger: &itsm.Claim{Text: "Lunch", Evidence: shows[:1]},
		Contributing: []itsm.Claim{{Text: "No alarm", Evidence: []itsm.Evidence{{Note: "none rang"}}}},
	}
	return o.did("pat", o.p.CheckRootCause(o.who("pat"), r), func() itsm.Event { return o.p.FindCause(o.who("pat"), r, o.terms(), o.at) })
}

func (o *trouble) workaround() *trouble {
	o.t.Helper()
	r := itsm.WorkaroundRequest{Symptoms: "It <hangs> at *noon*", Workaround: "1. Restart <it>\n2. Wait & see", Risk: "Payments <under way> fail", VerifiedBy: "rio"}
	return o.did("pat", o.p.CheckWorkaround(o.who("pat"), r), func() itsm.Event { return o.p.WriteWorkaround(o.who("pat"), r, o.at) })
}

func (o *trouble) propose() *trouble {
	o.t.Helper()
	r := itsm.NoteRequest{}
	return o.did("pat", o.p.CheckPropose(o.who("pat"), r), func() itsm.Event { return o.p.Propose(o.who("pat"), r, o.at) })
}

func (o *trouble) decide(v itsm.Verdict) *trouble {
	o.t.Helper()
	r := itsm.DecisionRequest{Verdict: v, Note: "Read <it>"}
	return o.did("pia", o.p.CheckDecision(o.who("pia"), r), func() itsm.Event { return o.p.Decide(o.who("pia"), r, o.terms(), o.at) })
}

func (o *trouble) planFix() *trouble {
	o.t.Helper()
	r := itsm.FixRequest{Change: "CHG-9"}
	return o.did("pat", o.p.CheckFix(o.who("pat"), r), func() itsm.Event { return o.p.PlanFix(o.who("pat"), r, o.at) })
}

func (o *trouble) fixed(outcome itsm.Outcome) *trouble {
	o.t.Helper()
	e, ok := o.p.FixEnded(&itsm.Change{Number: "CHG-9", State: itsm.ChangeClosed, Outcome: outcome}, o.terms(), o.at)
	require.True(o.t, ok)
	return o.did(itsm.System, nil, func() itsm.Event { return e })
}

func (o *trouble) watched() *trouble {
	o.t.Helper()
	e, ok := o.fixed(itsm.Successful).p.Settle(o.terms(), o.at)
	require.True(o.t, ok)
	return o.did(itsm.System, nil, func() itsm.Event { return e })
}

// noted does an act of a problem manager that takes a note.
func (o *trouble) noted(check func(itsm.Actor, itsm.NoteRequest) error, do func(itsm.NoteRequest) itsm.Event) *trouble {
	o.t.Helper()
	r := itsm.NoteRequest{Note: "It is <so>"}
	return o.did("pia", check(o.who("pia"), r), func() itsm.Event { return do(r) })
}

func (o *trouble) confirm() *trouble {
	return o.noted(o.p.CheckConfirm, func(r itsm.NoteRequest) itsm.Event { return o.p.Confirm(o.who("pia"), r, o.at) })
}

func (o *trouble) close() *trouble {
	return o.noted(o.p.CheckClose, func(r itsm.NoteRequest) itsm.Event { return o.p.Close(o.who("pia"), r, o.at) })
}

func (o *trouble) reopen() *trouble {
	return o.noted(o.p.CheckReopen, func(r itsm.NoteRequest) itsm.Event { return o.p.Reopen(o.who("pia"), r, o.terms(), o.at) })
}

func (o *trouble) decline() *trouble {
	return o.noted(o.p.CheckDecline, func(r itsm.NoteRequest) itsm.Event { return o.p.Decline(o.who("pia"), r, o.at) })
}

func (o *trouble) cancel() *trouble {
	r := itsm.Cancellation{Note: "No <bug>"}
	return o.did("ana", o.p.CheckCancel(o.who("ana"), r), func() itsm.Event { return o.p.Cancel(o.who("ana"), r, o.at) })
}

func (o *trouble) merge() *trouble {
	r := itsm.MergeRequest{Into: "PRB-3", Note: "The same <pool>"}
	return o.did("pia", o.p.CheckMerge(o.who("pia"), r), func() itsm.Event { return o.p.Merge(o.who("pia"), r, o.at) })
}

func (o *trouble) risk() *trouble {
	r := itsm.RiskRequest{Note: "It is <rare>", ExpiresAt: o.at.Add(72 * time.Hour)}
	return o.did("pia", o.p.CheckAcceptRisk(o.who("pia"), r, o.terms(), o.at), func() itsm.Event { return o.p.AcceptRisk(o.who("pia"), r, o.at) })
}

func (o *trouble) task(r itsm.TaskRequest) *trouble {
	o.t.Helper()
	return o.did("pia", o.p.CheckTask(o.who("pia"), r), func() itsm.Event { return o.p.Task(o.who("pia"), r, o.at) })
}

func (o *trouble) assign(r itsm.Assignment) *trouble {
	o.t.Helper()
	return o.did("pia", o.p.CheckAssign(o.who("pia"), r), func() itsm.Event { return o.p.Assign(o.who("pia"), r, o.at) })
}

// falls lets what comes by itself come, up to an event of a kind.
func (o *trouble) falls(kind itsm.EventKind) *trouble {
	o.t.Helper()
	for range 50 {
		d, comes := o.p.Next()
		require.True(o.t, comes, "nothing comes any more")
		o.at = d.At
		if e, happened := o.p.Fall(d, o.terms(), o.at); happened {
			o.did(itsm.System, nil, func() itsm.Event { return e })
		}
		if d.Kind == kind {
			return o
		}
	}
	require.Fail(o.t, "it never comes", kind)
	return o
}

func (o *trouble) say(by itsm.PersonID, r itsm.CommentRequest) *trouble {
	o.t.Helper()
	require.NoError(o.t, o.p.CheckComment(o.who(by), r, o.talk))
	o.said = append(o.said, o.p.Say(o.who(by), r, &o.talk, o.at))
	return o
}

func (o *trouble) notices() []itsm.Notice {
	service, _ := o.catalog.Service(o.p.Service)
	all := itsm.ProblemNotices(itsm.ProblemBook{
		Problem: o.p, Timeline: o.timeline, Said: o.said, Service: service, Managers: o.catalog.Holders(itsm.ProblemManager), People: byID(o.catalog.People), Use: o.use,
	})
	for n := range all {
		reworded(&all[n])
	}
	return all
}

// notice is the last of a kind to somebody, or to a channel.
func (o *trouble) notice(kind itsm.NoticeKind, to string) itsm.Notice {
	o.t.Helper()
	for _, n := range slices.Backward(o.notices()) {
		if n.Kind == kind && (string(n.To) == to || n.To == "" && n.Channel == to) {
			return n
		}
	}
	require.Fail(o.t, "there is no such notice", "%s to %s", kind, to)
	return itsm.Notice{}
}

// shown is what one person is shown who asks.
func (o *trouble) shown(kind itsm.NoticeKind, to itsm.PersonID) itsm.Notice {
	service, _ := o.catalog.Service(o.p.Service)
	n := itsm.Notice{Kind: kind, To: to, Problem: &o.p, Explanation: o.p.Explain(), Event: o.timeline[len(o.timeline)-1], Service: service, People: byID(o.catalog.People), Use: o.use}
	n.Explanation.Acts = o.p.ActsFor(o.who(to), o.at)
	reworded(&n)
	return n
}

// troubleIn is a problem in each state of its life.
func troubleIn(t *testing.T, state itsm.ProblemState) *trouble {
	t.Helper()
	o := hangs(t)
	switch state {
	case itsm.ProblemNew:
		o.p.State = itsm.ProblemNew
	case itsm.ProblemCandidate:
		return proposedByTrend(t)
	case itsm.ProblemLogged:
	case itsm.ProblemInvestigating:
		o.accept().cause(false)
	case itsm.ProblemRootCauseKnown:
		o.accept().cause(true).workaround().propose()
	case itsm.ProblemKnownError:
		o.use = itsm.KnownErrorUse{Count: 3, Last: "INC-7"}
		o.accept().cause(true).workaround().propose().decide(itsm.Approve)
	case itsm.ProblemFixPlanned:
		o.accept().cause(true).planFix()
	case itsm.ProblemFixDeployed:
		o.accept().cause(true).planFix().fixed(itsm.Successful)
	case itsm.ProblemWatched:
		o.accept().cause(true).planFix().watched()
	case itsm.ProblemResolved:
		o.accept().cause(true).planFix().watched().confirm()
	case itsm.ProblemRiskAccepted:
		o.accept().risk()
	case itsm.ProblemReopened:
		o.accept().cause(true).planFix().watched().reopen()
	case itsm.ProblemClosed:
		o.accept().cause(true).planFix().watched().confirm().close()
	case itsm.ProblemDeclined:
		o.decline()
	case itsm.ProblemMerged:
		o.merge()
	case itsm.ProblemCancelled:
		o.cancel()
	}
	require.Equal(t, state, o.p.State)
	return o
}

// proposedByTrend is what Steward proposes for incidents that are alike.
func proposedByTrend(t *testing.T) *trouble {
	t.Helper()
	return hangs(t, func(d *itsm.ProblemDraft) {
		d.Trigger = itsm.TriggeredByTrend
		d.Trend = &itsm.Trend{
			TrendCount: itsm.TrendCount{Finding: itsm.SimilarSymptom, Service: "payments", Value: "hangs", Count: 4, Before: [itsm.Weeks]int{1, 0, 2, 0, 0, 1, 0, 0}},
			Mean:       0.5, Usual: 2.6, Reason: "4 incidents of payments have the <symptom> in 30 days.",
		}
	})
}
