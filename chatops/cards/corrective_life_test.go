package cards

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// nonconformity is a corrective action that the rules lead through its life, as a process
// would.
type nonconformity struct {
	t        *testing.T
	catalog  itsm.Catalog
	c        itsm.CorrectiveAction
	at       time.Time
	timeline []itsm.Event
	said     []itsm.Comment
	talk     itsm.Talk
}

// untried is a corrective action that ana raised and pat owns; qia and zoe answer for
// such.
func untried(t *testing.T, change ...func(*itsm.CorrectiveDraft)) *nonconformity {
	t.Helper()
	o := &nonconformity{t: t, catalog: onCall(), at: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
	o.catalog.People = append(o.catalog.People,
		itsm.Person{ID: "qia", Name: "Qia & Co", Slack: "U0QIA", Roles: []itsm.Role{itsm.QualityManager}},
		itsm.Person{ID: "zoe", Name: "Zoe <Z>", Slack: "U0ZOE", Roles: []itsm.Role{itsm.QualityManager}})
	draft := itsm.CorrectiveDraft{Severity: itsm.SeverityMajor, Owner: "pat", CorrectiveText: itsm.CorrectiveText{
		Title: "Backups <!channel> are *not* tried :fire:", Nonconformity: "No restore for a year & <more>.", Correction: "One was <tried>.", Service: "payments", Source: "PRB-7",
	}}
	for _, f := range change {
		f(&draft)
	}
	service, _ := o.catalog.Service("payments")
	o.c = itsm.CorrectiveAction{
		Number: "CAR-42", Reporter: "ana", Door: itsm.DoorSlack, RaisedAt: o.at, CorrectiveStanding: itsm.CorrectiveStanding{State: itsm.CorrectiveNew, Since: o.at},
	}
	o.c.Begin(draft, service, o.policy())
	o.record(itsm.Event{Kind: itsm.EventCorrectiveRaised}, "ana")
	return o.did(itsm.System, nil, func() itsm.Event { return o.c.Log(o.at) })
}

func (o *nonconformity) policy() itsm.CorrectivePolicy { return o.catalog.Corrective.Filled() }

func (o *nonconformity) who(id itsm.PersonID) itsm.Actor {
	p, _ := o.catalog.Person(id)
	return itsm.Actor{Person: id, Roles: p.Roles, Teams: o.catalog.TeamsOf(id), Door: itsm.DoorSlack, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
}

// record keeps an event; each comes a minute after the one before.
func (o *nonconformity) record(e itsm.Event, by itsm.PersonID) {
	o.c.Revision++
	e.Number, e.Revision, e.At, e.Actor, e.To = o.c.Number, o.c.Revision, o.at, by, itsm.State(o.c.State)
	o.timeline = append(o.timeline, e)
	o.at = o.at.Add(time.Minute)
}

// did records an act that its rule has allowed, and what comes of it at once.
func (o *nonconformity) did(by itsm.PersonID, refused error, act func() itsm.Event) *nonconformity {
	o.t.Helper()
	require.NoError(o.t, refused)
	o.record(act(), by)
	for o.c.NextStage() > 0 {
		opening, err := o.catalog.OpenPlan(o.catalog.Corrective, o.c.Asking(), o.at)
		require.NoError(o.t, err)
		o.c.OpenStage(opening)
		o.record(itsm.Event{Kind: itsm.EventPlanOpened, From: itsm.State(o.c.State), Detail: &itsm.Detail{Opening: &opening}}, itsm.System)
	}
	if o.c.Unreckoned() {
		r, err := o.c.Clocks.Reckon(func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }, o.at)
		require.NoError(o.t, err)
		o.record(o.c.Take(r), itsm.System)
	}
	return o
}

func (o *nonconformity) acknowledge() *nonconformity {
	o.t.Helper()
	r := itsm.NoteRequest{Note: "Look <there>"}
	return o.did("pat", o.c.CheckAcknowledge(o.who("pat"), r), func() itsm.Event { return o.c.Acknowledge(o.who("pat"), r, o.policy(), o.at) })
}

func (o *nonconformity) cause(known bool) *nonconformity {
	o.t.Helper()
	r := itsm.RootCauseRequest{Method: itsm.FiveWhys, Known: known, Cause: &itsm.Claim{Text: "Nobody was <told> to", Evidence: []itsm.Evidence{{Record: "INC-1", Note: "the *log*"}}}}
	return o.did("pat", o.c.CheckCause(o.who("pat"), r), func() itsm.Event { return o.c.FindCause(o.who("pat"), r, o.policy(), o.at) })
}

func (o *nonconformity) plan(change ...func(*itsm.PlanRequest)) *nonconformity {
	o.t.Helper()
	r := itsm.PlanRequest{
		Measure: "Two <restores> in a row work", Similar: "The *other* services, too", Note: "Please & soon", Steps: []itsm.PlanStep{
			{Title: "Try a <restore> each quarter", Owner: "rio", DueAt: o.at.Add(48 * time.Hour)}, {Title: "Say so in the *handbook*", Owner: "pat", DueAt: o.at.Add(72 * time.Hour)},
		},
	}
	if o.c.Plan != nil {
		r.Against = o.c.Plan.Version
	}
	for _, f := range change {
		f(&r)
	}
	return o.did("pat", o.c.CheckPlan(o.who("pat"), r, o.at), func() itsm.Event { return o.c.WritePlan(o.who("pat"), r, o.policy(), o.at) })
}

func (o *nonconformity) decide(v itsm.Verdict) *nonconformity {
	o.t.Helper()
	r := itsm.DecisionRequest{Verdict: v, Note: "Read <it>"}
	return o.did("qia", o.c.CheckDecision(o.who("qia"), r), func() itsm.Event { return o.c.Decide(o.who("qia"), r, o.policy(), o.at) })
}

func (o *nonconformity) step(by itsm.PersonID, r itsm.StepRequest) *nonconformity {
	o.t.Helper()
	return o.did(by, o.c.CheckStep(o.who(by), r), func() itsm.Event { return o.c.Progress(o.who(by), r, o.at) })
}

func (o *nonconformity) done() *nonconformity {
	o.t.Helper()
	shows := []itsm.Evidence{{URL: "https://graphs.example/?a=1&b=<2>"}, {Note: "the <report>"}}
	o.step("rio", itsm.StepRequest{TaskRequest: itsm.TaskRequest{ID: 1, State: itsm.TaskDone, Result: "It <works>"}, Evidence: shows})
	return o.step("pat", itsm.StepRequest{TaskRequest: itsm.TaskRequest{ID: 2, State: itsm.TaskDropped, Result: "It is there & well"}})
}

func (o *nonconformity) implement() *nonconformity {
	o.t.Helper()
	r := itsm.NoteRequest{Note: "All of <it>"}
	return o.did("pat", o.c.CheckImplement(o.who("pat"), r), func() itsm.Event { return o.c.Implement(o.who("pat"), r, o.policy(), o.at) })
}

func (o *nonconformity) verify(e itsm.Effectiveness) {
	o.t.Helper()
	r := itsm.VerificationRequest{Result: e, Note: "Two <restores>", Evidence: []itsm.Evidence{{Record: "CHG-9", Note: "& more"}}}
	o.did("zoe", o.c.CheckVerify(o.who("zoe"), r), func() itsm.Event { return o.c.Verify(o.who("zoe"), r, o.policy(), o.at) })
}

func (o *nonconformity) withdraw() {
	o.t.Helper()
	r := itsm.NoteRequest{Note: "It is <none>"}
	o.did("qia", o.c.CheckWithdraw(o.who("qia"), r), func() itsm.Event { return o.c.Withdraw(o.who("qia"), r, o.at) })
}

func (o *nonconformity) assign(r itsm.Assignment) *nonconformity {
	o.t.Helper()
	return o.did("qia", o.c.CheckAssign(o.who("qia"), r), func() itsm.Event { return o.c.Assign(o.who("qia"), r, o.at) })
}

// falls lets what comes by itself come, up to an event of a kind.
func (o *nonconformity) falls(kind itsm.EventKind) *nonconformity {
	o.t.Helper()
	for range 50 {
		d, comes := o.c.Next()
		require.True(o.t, comes, "nothing comes any more")
		o.at = d.At
		if e, happened := o.c.Fall(d, o.policy(), o.at); happened {
			o.did(itsm.System, nil, func() itsm.Event { return e })
		}
		if d.Kind == kind {
			return o
		}
	}
	require.Fail(o.t, "it never comes", kind)
	return o
}

func (o *nonconformity) say(by itsm.PersonID, r itsm.CommentRequest) *nonconformity {
	o.t.Helper()
	require.NoError(o.t, o.c.CheckComment(o.who(by), r, o.talk))
	o.said = append(o.said, o.c.Say(o.who(by), r, &o.talk, o.at))
	return o
}

func (o *nonconformity) notices() []itsm.Notice {
	service, _ := o.catalog.Service(o.c.Service)
	all := itsm.CorrectiveNotices(itsm.CorrectiveBook{
		Corrective: o.c, Timeline: o.timeline, Said: o.said, Service: service, Managers: o.catalog.Holders(itsm.QualityManager), People: byID(o.catalog.People),
	})
	for n := range all {
		reworded(&all[n])
	}
	return all
}

// notice is the last of a kind to somebody, or to a channel.
func (o *nonconformity) notice(kind itsm.NoticeKind, to string) itsm.Notice {
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
func (o *nonconformity) shown(kind itsm.NoticeKind, to itsm.PersonID) itsm.Notice {
	service, _ := o.catalog.Service(o.c.Service)
	n := itsm.Notice{Kind: kind, To: to, Corrective: &o.c, Explanation: o.c.Explain(), Event: o.timeline[len(o.timeline)-1], Service: service, People: byID(o.catalog.People)}
	n.Explanation.Acts = o.c.ActsFor(o.who(to), o.at)
	reworded(&n)
	return n
}

// correctiveIn is a corrective action in each state of its life.
func correctiveIn(t *testing.T, state itsm.CorrectiveState) *nonconformity {
	t.Helper()
	o := untried(t)
	switch state {
	case itsm.CorrectiveNew:
		o.c.State = itsm.CorrectiveNew
	case itsm.CorrectiveRaised:
	case itsm.CorrectiveAcknowledged:
		o.acknowledge().cause(false)
	case itsm.CorrectiveCauseKnown:
		o.acknowledge().cause(true)
	case itsm.CorrectivePlanProposed:
		o.acknowledge().cause(true).plan()
	case itsm.CorrectivePlanned:
		o.acknowledge().cause(true).plan().decide(itsm.Approve)
	case itsm.CorrectiveImplemented:
		correctiveGoesOn(o)
	case itsm.CorrectiveNotEffective:
		correctiveGoesOn(o).verify(itsm.NotEffective)
	case itsm.CorrectiveClosed:
		correctiveGoesOn(o).verify(itsm.Effective)
	case itsm.CorrectiveWithdrawn:
		o.withdraw()
	}
	require.Equal(t, state, o.c.State)
	return o
}

// correctiveGoesOn takes a corrective action that was raised to where it can be verified.
func correctiveGoesOn(o *nonconformity) *nonconformity {
	o.t.Helper()
	return o.acknowledge().cause(true).plan().decide(itsm.Approve).done().implement().falls(itsm.EventVerificationDue)
}
