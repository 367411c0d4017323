package cards

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

// outage is an incident that the rules lead through its life, as a process would.
type outage struct {
	t        *testing.T
	catalog  itsm.Catalog
	i        itsm.Incident
	at       time.Time
	timeline []itsm.Event
	said     []itsm.Comment
	talk     itsm.Talk
	alerts   *itsm.AlertCount
	known    []itsm.KnownErrorFound
}

// onCall has levels that call a person, a team and a channel.
func onCall() itsm.Catalog {
	people := slices.Clone(everybody)
	people = append(people,
		itsm.Person{ID: "pat", Name: "Pat <Pager>", Slack: "U0PAT", Roles: []itsm.Role{itsm.Responder}},
		itsm.Person{ID: "rio", Name: "Rio Sato", Slack: "U0RIO", Roles: []itsm.Role{itsm.Responder}},
		itsm.Person{ID: "max", Name: "Max Ito", Slack: "U0MAX", Roles: []itsm.Role{itsm.IncidentManager}},
		itsm.Person{ID: "own", Name: "Olga Wen", Slack: "U0OWN", Roles: []itsm.Role{itsm.ChangeManager}},
	)
	return itsm.Catalog{
		People: people,
		Teams:  []itsm.Team{{ID: "platform", Name: "Platform", Manager: "own", Members: []itsm.PersonID{"pat", "rio"}}, {ID: "dba", Name: "Databases", Manager: "max"}},
		Services: []itsm.Service{
			{ID: "payments", Name: "Payments <& co>", Owner: "own", Team: "platform", Channel: "C0PAY", Incidents: "C0INC", Escalation: "usual"},
		},
		Escalations: []itsm.EscalationPolicy{{ID: "usual", Name: "Usual & quick", Repeat: 1, StaleAfter: itsm.Duration(time.Hour), Levels: []itsm.CallLevel{
			{Targets: []itsm.CallTarget{{Person: "pat"}}, Within: itsm.Duration(5 * time.Minute)},
			{Targets: []itsm.CallTarget{{Team: "platform"}, {Channel: "C0OPS"}}, Within: itsm.Duration(10 * time.Minute)},
		}}},
	}
}

// broken is an incident that ana reported and that pat is called for.
func broken(t *testing.T, change ...func(*itsm.IncidentDraft)) *outage {
	t.Helper()
	o := &outage{t: t, catalog: onCall(), at: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
	draft := itsm.IncidentDraft{Impact: itsm.HighDegree, Urgency: itsm.MediumDegree, IncidentText: itsm.IncidentText{
		Title: "Nobody <!channel> can *pay* :fire:", Description: "The form & <b>button</b> hang.", Service: "payments",
		Category: "Outage <1>", Items: []string{"gateway-1", "gateway-2"}, Message: "https://example.slack.com/archives/C0PAY/p1?a=1&b=2|evil",
	}}
	for _, f := range change {
		f(&draft)
	}
	o.i = itsm.Incident{
		IncidentText: draft.IncidentText, Number: "INC-42", Reporter: "ana", Door: itsm.DoorSlack, Owner: "own", RaisedAt: o.at,
		IncidentStanding: itsm.IncidentStanding{State: itsm.IncidentNew, Since: o.at, Team: "platform"},
	}
	service, _ := o.catalog.Service("payments")
	if draft.Alert != nil {
		o.i.Reporter = itsm.Monitoring
	}
	o.i.Escalation = o.catalog.Escalation("", service)
	o.i.Begin(draft, &o.catalog.Incident)
	o.reckon()
	o.record(itsm.Event{Kind: itsm.EventIncidentRaised}, o.i.Reporter)
	o.record(o.i.Triage(o.catalog.Incident.IncidentTerms(), o.at), itsm.System)
	o.call()
	return o
}

func (o *outage) who(id itsm.PersonID) itsm.Actor {
	p, known := o.catalog.Person(id)
	require.True(o.t, known, id)
	return itsm.Actor{Person: id, Roles: p.Roles, Teams: o.catalog.TeamsOf(id), Door: itsm.DoorSlack, Scopes: []itsm.Scope{itsm.ScopeRead, itsm.ScopeWrite}}
}

// record keeps an event; each comes a minute after the one before.
func (o *outage) record(e itsm.Event, by itsm.PersonID) {
	o.i.Revision++
	e.Number, e.Revision, e.At, e.Actor, e.To = o.i.Number, o.i.Revision, o.at, by, itsm.State(o.i.State)
	o.timeline = append(o.timeline, e)
	o.at = o.at.Add(time.Minute)
}

func (o *outage) reckon() {
	o.t.Helper()
	hours := func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }
	r, err := o.i.Reckon(&o.catalog.Incident, hours, o.at)
	require.NoError(o.t, err)
	o.i.Take(r)
}

// call calls whoever is to be called now, if anybody is.
func (o *outage) call() {
	o.t.Helper()
	for o.i.Escalation.Pending != nil {
		policy, _ := o.catalog.EscalationPolicy(o.i.Escalation.Policy)
		called, err := o.catalog.CallLevel(itsm.Summons{Calling: *o.i.Escalation.Pending, Policy: policy, Team: o.i.Team, Owner: o.i.Owner, At: o.at},
			func(itsm.RotationID) ([]itsm.PersonID, error) { return nil, nil })
		require.NoError(o.t, err)
		o.record(o.i.TakeCall(called, o.at), itsm.System)
	}
}

// did records an act that its rule has allowed, and what comes of it at once.
func (o *outage) did(by itsm.PersonID, refused error, act func() itsm.Event) *outage {
	o.t.Helper()
	require.NoError(o.t, refused)
	o.record(act(), by)
	if o.i.Unreckoned() {
		o.reckon()
	}
	o.call()
	return o
}

func (o *outage) ack(by itsm.PersonID) *outage {
	o.t.Helper()
	r := itsm.NoteRequest{Note: "On it <now>"}
	return o.did(by, o.i.CheckAcknowledge(o.who(by), r), func() itsm.Event { return o.i.Acknowledge(o.who(by), r, o.at) })
}

func (o *outage) assign(by itsm.PersonID, r itsm.Assignment) *outage {
	o.t.Helper()
	return o.did(by, o.i.CheckAssign(o.who(by), r), func() itsm.Event { return o.i.Assign(o.who(by), r, o.at) })
}

func (o *outage) hold(by itsm.PersonID, why itsm.HoldReason, note string) {
	o.t.Helper()
	r := itsm.HoldRequest{Reason: why, Note: note}
	o.did(by, o.i.CheckHold(o.who(by), r), func() itsm.Event { return o.i.PutOnHold(o.who(by), r, o.at) })
}

func (o *outage) resolve(by itsm.PersonID) *outage {
	o.t.Helper()
	r := itsm.ResolveRequest{Code: itsm.ResolvedWorkaround, Note: "Restarted the <gateway>"}
	return o.did(by, o.i.CheckResolve(o.who(by), r), func() itsm.Event { return o.i.Resolve(o.who(by), r, o.at) })
}

func (o *outage) reopen(by itsm.PersonID) *outage {
	o.t.Helper()
	r := itsm.NoteRequest{Note: "It is <back>"}
	return o.did(by, o.i.CheckReopen(o.who(by), r), func() itsm.Event { return o.i.Reopen(r, o.catalog.Incident.IncidentTerms(), o.at) })
}

func (o *outage) escalate(by itsm.PersonID, r itsm.EscalateRequest) *outage {
	o.t.Helper()
	r.Note = "We need <more> hands"
	return o.did(by, o.i.CheckEscalate(o.who(by), r), func() itsm.Event { return o.i.Escalate(r, o.at) })
}

// falls lets what comes by itself come, up to an event of a kind.
func (o *outage) falls(kind itsm.EventKind) *outage {
	o.t.Helper()
	for range 50 {
		d, comes := o.i.Next()
		require.True(o.t, comes, "nothing comes any more")
		o.at = d.At
		if e, happened := o.i.Fall(d, o.at); happened {
			o.record(e, itsm.System)
		}
		o.call()
		if d.Kind == kind || o.timeline[len(o.timeline)-1].Kind == kind {
			return o
		}
	}
	require.Fail(o.t, "it never comes", kind)
	return o
}

func (o *outage) say(by itsm.PersonID, r itsm.CommentRequest) *outage {
	o.t.Helper()
	require.NoError(o.t, o.i.CheckComment(o.who(by), r, o.talk))
	o.said = append(o.said, o.i.Say(o.who(by), r, &o.talk, o.at))
	return o
}

func (o *outage) notices() []itsm.Notice {
	service, _ := o.catalog.Service(o.i.Service)
	all := itsm.IncidentNotices(itsm.IncidentBook{
		Incident: o.i, Timeline: o.timeline, Said: o.said, Service: service, Managers: o.catalog.Managers(), People: byID(o.catalog.People), Alerts: o.alerts, Known: o.known,
	})
	for n := range all {
		reworded(&all[n])
	}
	return all
}

// reworded takes out of a notice what the rules say: their wording is not ours.
func reworded(n *itsm.Notice) {
	if n.Explanation.Summary != "" {
		n.Explanation.Summary = "Where it stands & <why>."
	}
	n.Explanation.Forecast = slices.Clone(n.Explanation.Forecast)
	for f := range n.Explanation.Forecast {
		n.Explanation.Forecast[f].What = "This happens by itself."
	}
}

// notice is the last of a kind to somebody, or to a channel.
func (o *outage) notice(kind itsm.NoticeKind, to string) itsm.Notice {
	o.t.Helper()
	for _, n := range slices.Backward(o.notices()) {
		if n.Kind == kind && (string(n.To) == to || n.To == "" && n.Channel == to) {
			return n
		}
	}
	require.Fail(o.t, "there is no such notice", "%s to %s", kind, to)
	return itsm.Notice{}
}

// shown is the incident for somebody who asks.
func (o *outage) shown(kind itsm.NoticeKind, to itsm.PersonID) itsm.Notice {
	service, _ := o.catalog.Service(o.i.Service)
	n := itsm.Notice{
		Kind: kind, To: to, Incident: &o.i, Explanation: o.i.Explain(), Event: o.timeline[len(o.timeline)-1],
		Service: service, People: byID(o.catalog.People), Alerts: o.alerts,
	}
	n.Explanation.Acts = o.i.ActsFor(o.who(to), o.at)
	reworded(&n)
	return n
}

// inState is an incident in each state of its life.
func inState(t *testing.T, s itsm.IncidentState) *outage {
	t.Helper()
	o := broken(t)
	switch s {
	case itsm.IncidentNew:
		o.i.State, o.timeline = s, o.timeline[:1]
	case itsm.IncidentTriaged:
	case itsm.IncidentAssigned:
		o.assign("pat", itsm.Assignment{Assignee: "rio", Note: "You know it <best>"})
	case itsm.IncidentInProgress:
		o.ack("pat")
	case itsm.IncidentOnHold:
		o.ack("pat").hold("pat", itsm.AwaitingCaller, "Which <browser>?")
	case itsm.IncidentResolved:
		o.ack("pat").resolve("pat")
	case itsm.IncidentReopened:
		o.ack("pat").resolve("pat").reopen("ana")
	case itsm.IncidentClosed:
		o.ack("pat").resolve("pat")
		r := itsm.NoteRequest{Note: "Thanks & bye"}
		o.did("ana", o.i.CheckConfirm(o.who("ana"), r), func() itsm.Event { return o.i.Close(o.who("ana"), r, o.at) })
	case itsm.IncidentCancelled:
		r := itsm.Cancellation{Note: "My <mistake>"}
		o.did("ana", o.i.CheckCancel(o.who("ana"), r), func() itsm.Event { return o.i.Cancel(r, o.at) })
	case itsm.IncidentDuplicate:
		o.ack("pat")
		r := itsm.DuplicateRequest{Of: "INC-40", Note: "The same <one>"}
		o.did("pat", o.i.CheckDuplicate(o.who("pat"), r), func() itsm.Event { return o.i.EndAsDuplicate(o.who("pat"), r, o.at) })
	}
	require.Equal(t, s, o.i.State)
	return o
}
