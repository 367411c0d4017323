package itsm_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

var (
	rita    = person("rita", itsm.Requester)
	joe     = person("joe", itsm.Responder)
	kim     = person("kim", itsm.Responder)
	lee     = person("lee", itsm.Responder)
	mia     = person("mia", itsm.IncidentManager)
	monitor = itsm.Actor{Person: itsm.Monitoring, Roles: []itsm.Role{itsm.Monitor}, Door: itsm.DoorWebhook, Scopes: both}
	steward = itsm.Actor{Person: itsm.System, Door: itsm.DoorSystem}

	involved = []itsm.Actor{rita, joe, kim, lee, mia, monitor, ana, ada, person("root", itsm.Admin), person("nobody"), {}}
)

// onCallCatalog has a service of a team, another team, and a policy of two levels
// that is gone through twice.
func onCallCatalog() itsm.Catalog {
	known := func(id itsm.PersonID, roles ...itsm.Role) itsm.Person {
		return itsm.Person{ID: id, Zone: "UTC", Roles: roles}
	}
	return itsm.Catalog{
		People: []itsm.Person{
			known("rita", itsm.Requester), known("joe", itsm.Responder), known("kim", itsm.Responder),
			known("lee", itsm.Responder), known("mia", itsm.IncidentManager), known("own", itsm.Requester),
		},
		Teams: []itsm.Team{
			{ID: "web", Manager: "mia", Members: []itsm.PersonID{"joe", "kim"}},
			{ID: "net", Manager: "own", Members: []itsm.PersonID{"lee"}},
		},
		Services: []itsm.Service{{ID: "website", Owner: "own", Team: "web", Escalation: "urgent"}},
		Escalations: []itsm.EscalationPolicy{{
			ID: "urgent", Repeat: 1, StaleAfter: itsm.Duration(45 * time.Minute),
			Levels: []itsm.CallLevel{
				{Targets: []itsm.CallTarget{{Person: "joe"}}, Within: itsm.Duration(5 * time.Minute)},
				{Targets: []itsm.CallTarget{{Team: "web"}}, Within: itsm.Duration(10 * time.Minute)},
			},
		}},
	}
}

// life carries an incident through its time as its process would: what is to be
// called is called, what is to be reckoned is reckoned, and what falls due falls.
type life struct {
	itsm.Incident

	t       require.TestingT
	now     time.Time
	policy  itsm.IncidentPolicy
	catalog itsm.Catalog
	in      func(itsm.CalendarID) (itsm.BusinessTime, error)
	events  []itsm.Event
	talk    itsm.Talk
	seen    func(itsm.Event) // after each event; may be nil
}

// raised is an incident of Rita's, of the policy's impact and urgency unless the
// draft has its own, that was recorded, triaged and called for.
func raised(t require.TestingT, from time.Time, change ...func(*life)) *life {
	l := &life{t: t, now: from, catalog: onCallCatalog(), in: aroundTheClock}
	l.Incident = itsm.Incident{Number: "INC-1", Reporter: "rita", Owner: "own", RaisedAt: from, PolicyVersion: 1}
	l.State, l.Since, l.Team = itsm.IncidentNew, from, "web"
	for _, f := range change {
		f(l)
	}
	service, _ := l.catalog.Service("website")
	l.Escalation = l.catalog.Escalation("", service)
	l.Begin(itsm.IncidentDraft{IncidentText: itsm.IncidentText{Title: "Down", Service: "website"}, Impact: l.Impact, Urgency: l.Urgency}, &l.policy)
	r, err := l.Reckon(&l.policy, l.in, l.now)
	require.NoError(t, err)
	l.Take(r)
	l.happened(steward, l.Triage(l.policy.IncidentTerms(), l.now))
	return l
}

func aroundTheClock(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }

// of makes an incident of an impact and an urgency.
func of(impact, urgency itsm.Degree) func(*life) {
	return func(l *life) { l.Impact, l.Urgency = impact, urgency }
}

// happened keeps an event as its process would, and does what is to be done next.
func (l *life) happened(who itsm.Actor, e itsm.Event) {
	l.Revision++
	e.Number, e.Revision, e.To, e.Actor, e.At = l.Number, l.Revision, itsm.State(l.State), who.Person, l.now
	l.events = append(l.events, e)
	if l.seen != nil {
		l.seen(e)
	}
	switch pending := l.Escalation.Pending; {
	case pending != nil:
		called, err := l.catalog.CallLevel(l.summons(*pending), l.onCall)
		require.NoError(l.t, err)
		l.happened(steward, l.TakeCall(called, l.now))
	case l.Unreckoned():
		r, err := l.Reckon(&l.policy, l.in, l.now)
		require.NoError(l.t, err)
		l.happened(steward, l.Take(r))
	}
}

func (l *life) summons(c itsm.Calling) itsm.Summons {
	policy, _ := l.catalog.EscalationPolicy(l.Escalation.Policy)
	return itsm.Summons{Calling: c, Policy: policy, Team: l.Team, Owner: l.Owner, At: l.now}
}

func (l *life) onCall(itsm.RotationID) ([]itsm.PersonID, error) { return nil, nil }

// fall lets happen what comes next by itself.
func (l *life) fall() {
	d, comes := l.Next()
	require.True(l.t, comes)
	if d.At.After(l.now) {
		l.now = d.At
	}
	if e, happened := l.Fall(d, l.now); happened {
		l.happened(steward, e)
	} else if l.Escalation.Pending != nil {
		called, err := l.catalog.CallLevel(l.summons(*l.Escalation.Pending), l.onCall)
		require.NoError(l.t, err)
		l.happened(steward, l.TakeCall(called, l.now))
	}
}

// pass lets time pass.
func (l *life) pass(d time.Duration) { l.until(l.now.Add(d)) }

func (l *life) until(at time.Time) {
	for {
		d, comes := l.Next()
		if !comes || d.At.After(at) {
			break
		}
		l.fall()
	}
	l.now = at
}

// asks are what the acts of a test ask for; a zero value is something that is sound.
type asks struct {
	assignee          itsm.PersonID
	team              itsm.TeamID
	impact, urgency   itsm.Degree
	override          itsm.Priority
	hold              itsm.HoldReason
	to                itsm.EscalateTo
	relation          itsm.RelationKind
	related, parented itsm.Number
	code              itsm.ResolutionCode
}

// try asks the rules for an act, and gives what it does.
func (l *life) try(a itsm.Act, who itsm.Actor, q asks) (error, func() itsm.Event) { //nolint:revive,staticcheck // the error is an answer here
	note := itsm.NoteRequest{Note: "because"}
	i, now := &l.Incident, l.now
	switch a { //nolint:exhaustive // those of an incident
	case itsm.ActAcknowledge:
		return i.CheckAcknowledge(who, note), func() itsm.Event { return i.Acknowledge(who, note, now) }
	case itsm.ActAssign:
		r := itsm.Assignment{Assignee: q.assignee, Team: q.team}
		return i.CheckAssign(who, r), func() itsm.Event { return i.Assign(who, r, now) }
	case itsm.ActReprioritise:
		r := itsm.Reprioritisation{Impact: q.impact, Urgency: q.urgency, Override: q.override, Note: "because"}
		return i.CheckReprioritise(who, r), func() itsm.Event { return i.Reprioritise(who, r, l.policy.IncidentTerms(), now) }
	case itsm.ActIncidentHold:
		r := itsm.HoldRequest{Reason: q.hold, Note: "because"}
		if q.hold == itsm.AwaitingProblem {
			r.For = "PRB-1"
		}
		return i.CheckHold(who, r), func() itsm.Event { return i.PutOnHold(who, r, now) }
	case itsm.ActIncidentResume:
		return i.CheckResume(who, note), func() itsm.Event { return i.Resume(note, now) }
	case itsm.ActEscalate:
		r := itsm.EscalateRequest{To: q.to, Note: "because"}
		if q.to == itsm.EscalateTeam {
			r.Team = q.team
		}
		return i.CheckEscalate(who, r), func() itsm.Event { return i.Escalate(r, now) }
	case itsm.ActRelate:
		r := itsm.RelateRequest{Kind: q.relation, To: q.related}
		return i.CheckRelate(who, r), func() itsm.Event { return i.Relate(who, r, now) }
	case itsm.ActParent:
		r := itsm.ParentRequest{Parent: q.parented}
		return i.CheckParent(who, r), func() itsm.Event { return i.SetParent(who, r, now) }
	default:
		return l.tryEnding(a, who, q)
	}
}

func (l *life) tryEnding(a itsm.Act, who itsm.Actor, q asks) (error, func() itsm.Event) { //nolint:revive,staticcheck // the error is an answer here
	note := itsm.NoteRequest{Note: "because"}
	i, now := &l.Incident, l.now
	switch a { //nolint:exhaustive // those of an incident
	case itsm.ActDuplicate:
		r := itsm.DuplicateRequest{Of: "INC-7"}
		return i.CheckDuplicate(who, r), func() itsm.Event { return i.EndAsDuplicate(who, r, now) }
	case itsm.ActResolve:
		r := itsm.ResolveRequest{Code: q.code, Note: "because"}
		return i.CheckResolve(who, r), func() itsm.Event { return i.Resolve(who, r, now) }
	case itsm.ActConfirm:
		return i.CheckConfirm(who, note), func() itsm.Event { return i.Close(who, note, now) }
	case itsm.ActReopen:
		return i.CheckReopen(who, note), func() itsm.Event { return i.Reopen(note, l.policy.IncidentTerms(), now) }
	case itsm.ActIncidentCancel:
		r := itsm.Cancellation{Note: "because"}
		return i.CheckCancel(who, r), func() itsm.Event { return i.Cancel(r, now) }
	case itsm.ActApply:
		r := itsm.ApplyRequest{KnownError: itsm.Number(fmt.Sprintf("PRB-%d", l.Revision+1))}
		return i.CheckApply(who, r), func() itsm.Event { return i.Apply(who, r, now) }
	}
	panic("no act of an incident: " + string(a))
}

// usual is what an act asks for where the test does not care.
func (l *life) usual() asks {
	q := asks{
		assignee: "kim", team: "net", impact: itsm.HighDegree, urgency: itsm.HighDegree, hold: itsm.AwaitingVendor,
		to: itsm.EscalateManager, relation: itsm.Related, related: itsm.Number(fmt.Sprintf("CHG-%d", l.Revision+1)), parented: "INC-9", code: itsm.ResolvedFixed,
	}
	if l.Assignee == "kim" {
		q.assignee = "lee"
	}
	if l.Team == "net" {
		q.team = "web"
	}
	if l.Impact == itsm.HighDegree && l.Urgency == itsm.HighDegree {
		q.urgency = itsm.LowDegree
	}
	if l.Parent != "" {
		q.parented = ""
	}
	return q
}

// does lets somebody do something, as it is usually asked for but for the changes.
func (l *life) does(a itsm.Act, who itsm.Actor, change ...func(*asks)) {
	q := l.usual()
	for _, f := range change {
		f(&q)
	}
	err, do := l.try(a, who, q)
	require.NoError(l.t, err, "%s by %s when %s", a, who.Person, l.State)
	l.happened(who, do())
}

func holding(why itsm.HoldReason) func(*asks) { return func(q *asks) { q.hold = why } }

// says lets somebody comment, which goes on with what waits for them.
func (l *life) says(who itsm.Actor) {
	r := itsm.CommentRequest{Text: "Well."}
	require.NoError(l.t, l.CheckComment(who, r, l.talk))
	l.Say(who, r, &l.talk, l.now)
	if e, ok := l.Answered(who.Person, l.now); ok {
		l.happened(who, e)
	}
}

// kinds are the kinds of the events so far, but for the instants that were reckoned.
func (l *life) kinds() (kinds []itsm.EventKind) {
	for _, e := range l.events {
		if e.Kind != itsm.EventDeadlinesSet {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}

// told counts events of a kind.
func (l *life) told(kind itsm.EventKind) (n int) {
	for _, e := range l.events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func asJSON(t require.TestingT, v any) string {
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}
