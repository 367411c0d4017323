package itsm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

var incidentActs = []itsm.Act{
	itsm.ActAcknowledge, itsm.ActAssign, itsm.ActReprioritise, itsm.ActIncidentHold, itsm.ActIncidentResume, itsm.ActEscalate,
	itsm.ActRelate, itsm.ActParent, itsm.ActDuplicate, itsm.ActResolve, itsm.ActConfirm, itsm.ActReopen, itsm.ActIncidentCancel,
	itsm.ActApply,
}

// Who may do what, asked of everybody on an incident of Rita's that nobody has taken.
func TestWhoMayDoWhatToAnIncident(t *testing.T) {
	workers := "joe kim lee mia"
	rows := []struct {
		act   itsm.Act
		state itsm.IncidentState
		may   string
	}{
		{itsm.ActAcknowledge, itsm.IncidentTriaged, workers + " monitoring"},
		{itsm.ActAssign, itsm.IncidentTriaged, workers},
		{itsm.ActReprioritise, itsm.IncidentTriaged, workers},
		{itsm.ActEscalate, itsm.IncidentTriaged, workers + " rita"},
		{itsm.ActRelate, itsm.IncidentTriaged, workers},
		{itsm.ActParent, itsm.IncidentTriaged, workers},
		{itsm.ActDuplicate, itsm.IncidentTriaged, workers},
		{itsm.ActApply, itsm.IncidentTriaged, workers},
		{itsm.ActResolve, itsm.IncidentTriaged, workers + " monitoring"},
		{itsm.ActIncidentCancel, itsm.IncidentTriaged, "rita mia"},
		{itsm.ActIncidentHold, itsm.IncidentInProgress, workers},
		{itsm.ActIncidentResume, itsm.IncidentOnHold, workers},
		{itsm.ActConfirm, itsm.IncidentResolved, "rita mia"},
		{itsm.ActReopen, itsm.IncidentResolved, workers + " rita monitoring"},
	}
	for _, row := range rows {
		l := raised(t, at, of(itsm.LowDegree, itsm.LowDegree))
		switch row.state { //nolint:exhaustive // those of the rows
		case itsm.IncidentInProgress:
			l.does(itsm.ActAcknowledge, joe)
		case itsm.IncidentOnHold:
			l.does(itsm.ActAcknowledge, joe)
			l.does(itsm.ActIncidentHold, joe)
		case itsm.IncidentResolved:
			l.does(itsm.ActResolve, joe)
		}
		require.Equal(t, row.state, l.State)
		var may []string
		for _, who := range involved {
			err, _ := l.try(row.act, who, l.usual())
			if err == nil {
				may = append(may, string(who.Person))
				continue
			}
			require.Contains(t, []itsm.Kind{itsm.Forbidden, itsm.Unauthenticated}, itsm.AsError(err).Kind, "%s by %s: %v", row.act, who.Person, err)
		}
		require.ElementsMatch(t, strings.Fields(row.may), may, row.act)
		reader := joe
		reader.Scopes = []itsm.Scope{itsm.ScopeRead}
		err, _ := l.try(row.act, reader, l.usual())
		require.Equal(t, itsm.Forbidden, itsm.AsError(err).Kind, row.act)
	}
}

// Nobody is told to ask for a role that nobody can be given.
func TestARoleThatIsAskedForCanBeGiven(t *testing.T) {
	for _, p := range []itsm.Permission{itsm.ReadIncidents, itsm.RaiseIncidents} {
		err := person("nobody").May(p)
		require.Equal(t, "actor.permission", code(err))
		require.NotContains(t, err.Error(), "monitor")
	}
}

// What monitoring reported has no caller: whoever works on it says that it is over.
func TestWhatMonitoringReportedIsConfirmedByResponders(t *testing.T) {
	l := raised(t, at, func(l *life) { l.Reporter = itsm.Monitoring })
	l.does(itsm.ActAcknowledge, joe)
	err, _ := l.try(itsm.ActIncidentHold, joe, asks{hold: itsm.AwaitingCaller})
	require.Equal(t, "incident.no_caller", code(err))
	l.does(itsm.ActResolve, joe)
	require.Empty(t, l.Explain().WaitsFor)
	require.Equal(t, []itsm.Role{itsm.Responder}, l.Explain().Roles)
	l.copied().does(itsm.ActReopen, monitor)
	l.does(itsm.ActConfirm, kim)
	require.Equal(t, itsm.ClosedByManager, l.Closing)
}

func TestHowAnIncidentIsClosed(t *testing.T) {
	resolved := func() *life {
		l := raised(t, at)
		l.does(itsm.ActResolve, joe)
		return l
	}
	l := resolved()
	require.Equal(t, at.Add(72*time.Hour), *l.RemindAt)
	require.Equal(t, at.Add(120*time.Hour), *l.CloseAt)
	l.says(rita)
	require.Equal(t, at.Add(120*time.Hour), *l.CloseAt, "a comment puts nothing off")
	l.pass(119 * time.Hour)
	require.Equal(t, 1, l.told(itsm.EventConfirmReminded))
	l.pass(time.Hour)
	closed := l.events[len(l.events)-1]
	require.Equal(t, itsm.IncidentClosed, l.State)
	require.Equal(t, itsm.System, closed.Actor)
	require.Equal(t, itsm.ClosedByTime, closed.Detail.Closing)
	l = resolved()
	l.does(itsm.ActConfirm, rita)
	require.Equal(t, itsm.ClosedConfirmed, l.Closing)
	l = resolved()
	l.does(itsm.ActConfirm, mia)
	require.Equal(t, itsm.ClosedByManager, l.Closing)
	for _, act := range []itsm.Act{itsm.ActConfirm, itsm.ActReopen, itsm.ActResolve} {
		require.Equal(t, "incident.closed", code(l.anyOf(act, mia)))
	}
	l = resolved()
	l.does(itsm.ActReopen, rita)
	require.Nil(t, l.CloseAt)
	require.Nil(t, l.Resolution)
	require.Equal(t, 1, l.Reopens)
}

// Each row asks Joe, who has an incident in progress but for what it says.
func TestIncidentRefusals(t *testing.T) {
	is := func(f func(*asks)) func(*asks) { return f }
	rows := []struct {
		name   string
		before []itsm.Act
		act    itsm.Act
		ask    func(*asks)
		code   string
	}{
		{"twice", nil, itsm.ActAcknowledge, nil, "incident.acknowledged"},
		{"resolved", []itsm.Act{itsm.ActResolve}, itsm.ActAcknowledge, nil, "incident.resolved"},
		{"resolved twice", []itsm.Act{itsm.ActResolve}, itsm.ActResolve, nil, "incident.resolved"},
		{"over", []itsm.Act{itsm.ActDuplicate}, itsm.ActResolve, nil, "incident.over"},
		{"nobody named", nil, itsm.ActAssign, is(func(q *asks) { q.assignee, q.team = "", "" }), "assignment.invalid"},
		{"as it is", nil, itsm.ActAssign, is(func(q *asks) { q.assignee, q.team = "joe", "" }), "incident.assigned"},
		{"the same priority", nil, itsm.ActReprioritise, is(func(q *asks) { q.impact, q.urgency = itsm.MediumDegree, itsm.MediumDegree }), "incident.same_priority"},
		{"no priority", nil, itsm.ActReprioritise, is(func(q *asks) { q.impact, q.urgency = "", "" }), "reprioritisation.invalid"},
		{"an odd impact", nil, itsm.ActReprioritise, is(func(q *asks) { q.impact = "huge" }), "reprioritisation.invalid"},
		{"an odd priority", nil, itsm.ActReprioritise, is(func(q *asks) { q.override = "P0" }), "reprioritisation.invalid"},
		{"no reason", nil, itsm.ActIncidentHold, is(func(q *asks) { q.hold = "" }), "hold.invalid"},
		{"held twice", []itsm.Act{itsm.ActIncidentHold}, itsm.ActIncidentHold, nil, "incident.on_hold"},
		{"not held", nil, itsm.ActIncidentResume, nil, "incident.not_on_hold"},
		{"to nowhere", nil, itsm.ActEscalate, is(func(q *asks) { q.to = "mars" }), "escalation.invalid"},
		{"to its own team", nil, itsm.ActEscalate, is(func(q *asks) { q.to, q.team = itsm.EscalateTeam, "web" }), "incident.assigned"},
		{"an odd code", nil, itsm.ActResolve, is(func(q *asks) { q.code = "magic" }), "resolution.invalid"},
		{"not resolved", nil, itsm.ActReopen, nil, "incident.not_resolved"},
		{"linked twice", []itsm.Act{itsm.ActRelate}, itsm.ActRelate, nil, "incident.linked"},
		{"linked to itself", nil, itsm.ActRelate, is(func(q *asks) { q.related = "INC-1" }), "link.invalid"},
		{"caused by an incident", nil, itsm.ActRelate, is(func(q *asks) { q.relation, q.related = itsm.CausedBy, "INC-2" }), "link.invalid"},
		{"caused by a supplier", []itsm.Act{itsm.ActRelate}, itsm.ActRelate, is(func(q *asks) { q.relation, q.related = itsm.CausedBy, "SUP-4" }), ""},
		{"follows a change", nil, itsm.ActRelate, is(func(q *asks) { q.relation = itsm.Follows }), "link.invalid"},
		{"linked as a child", nil, itsm.ActRelate, is(func(q *asks) { q.relation, q.related = itsm.ChildOf, "INC-2" }), "link.invalid"},
		{"its own child", nil, itsm.ActParent, is(func(q *asks) { q.parented = "INC-1" }), "parent.invalid"},
		{"no child", nil, itsm.ActParent, is(func(q *asks) { q.parented = "" }), "incident.same_parent"},
		{"a change's child", nil, itsm.ActParent, is(func(q *asks) { q.parented = "CHG-1" }), "parent.invalid"},
	}
	for _, row := range rows {
		l := raised(t, at)
		l.does(itsm.ActAcknowledge, joe)
		l.Escalation.StaleAt = nil // for good
		for _, act := range row.before {
			l.does(act, joe)
		}
		q := l.usual()
		if row.name == "linked twice" {
			q.related = l.Relations[0].To
		}
		if row.ask != nil {
			row.ask(&q)
		}
		err, _ := l.try(row.act, joe, q)
		require.Equal(t, row.code, code(err), row.name)
	}
	l := raised(t, at, of(itsm.LowDegree, itsm.LowDegree))
	require.Equal(t, "incident.nobody_at_it", code(l.anyOf(itsm.ActIncidentHold, joe)))
	l.Escalation.Policy = ""
	require.Equal(t, "incident.no_policy", code(first(l.try(itsm.ActEscalate, joe, asks{to: itsm.EscalateNext}))))
	l.Escalation.Pending = &itsm.Calling{}
	require.Equal(t, "incident.calling", code(first(l.try(itsm.ActEscalate, joe, asks{to: itsm.EscalateManager}))))
	l.State = itsm.IncidentNew
	for _, act := range incidentActs {
		require.Equal(t, "record.not_found", code(l.anyOf(act, mia)), act)
	}
}

func first(err error, _ func() itsm.Event) error { return err }

// A restricted incident is not there for whom it does not concern.
func TestWhoReadsARestrictedIncident(t *testing.T) {
	l := raised(t, at, func(l *life) { l.Restricted, l.Team = true, "net" })
	l.Assignee = "kim"
	kept := person("ned", itsm.Responder)
	kept.Teams = []itsm.TeamID{"net"}
	for _, row := range []struct {
		who  itsm.Actor
		code string
	}{
		{rita, ""},
		{joe, ""},
		{kim, ""},
		{mia, ""},
		{ada, ""},
		{kept, ""},
		{person("own", itsm.Requester), ""},
		{monitor, ""},
		{lee, "record.not_found"},
		{ana, "record.not_found"},
		{person("root", itsm.Admin), "record.not_found"},
		{person("nobody"), "actor.permission"},
	} {
		require.Equal(t, row.code, code(l.CheckRead(row.who)), row.who.Person)
	}
	l.Restricted = false
	require.NoError(t, l.CheckRead(ana))
}

func TestDraftsOfIncidents(t *testing.T) {
	sound := func() itsm.IncidentDraft {
		return itsm.IncidentDraft{IncidentText: itsm.IncidentText{Title: "Down", Service: "website"}}
	}
	d := sound()
	require.NoError(t, d.Check())
	many := make([]string, itsm.MaxItems+1)
	for pointer, spoil := range map[string]func(*itsm.IncidentDraft){
		"/title":                 func(d *itsm.IncidentDraft) { d.Title = "a\nb" },
		"/description":           func(d *itsm.IncidentDraft) { d.Description = strings.Repeat("x", itsm.MaxText+1) },
		"/service":               func(d *itsm.IncidentDraft) { d.Service = "" },
		"/category":              func(d *itsm.IncidentDraft) { d.Category = "\x00" },
		"/symptom":               func(d *itsm.IncidentDraft) { d.Symptom = strings.Repeat("x", 121) },
		"/message":               func(d *itsm.IncidentDraft) { d.Message = "javascript:alert(1)" },
		"/escalation":            func(d *itsm.IncidentDraft) { d.Escalation = " " },
		"/impact":                func(d *itsm.IncidentDraft) { d.Impact = "huge" },
		"/urgency":               func(d *itsm.IncidentDraft) { d.Urgency = "now" },
		"/configuration_items":   func(d *itsm.IncidentDraft) { d.Items = many },
		"/configuration_items/0": func(d *itsm.IncidentDraft) { d.Items = []string{""} },
		"/follows":               func(d *itsm.IncidentDraft) { d.Follows = "CHG-1" },
		"/alert/key":             func(d *itsm.IncidentDraft) { d.Alert = &itsm.Origin{Source: "prometheus"} },
		"/alert/source":          func(d *itsm.IncidentDraft) { d.Alert = &itsm.Origin{Key: "k"} },
		"/alert/url":             func(d *itsm.IncidentDraft) { d.Alert = &itsm.Origin{Source: "s", Key: "k", URL: "ftp://a"} },
	} {
		d := sound()
		spoil(&d)
		e := itsm.AsError(d.Check())
		require.Equal(t, "incident.invalid", e.Code, pointer)
		require.Equal(t, pointer, e.Fields[0].Pointer)
	}
	c := onCallCatalog()
	require.NoError(t, c.CheckRaiseIncident(rita, d))
	d.Service, d.Escalation = "secret", "none"
	e := itsm.AsError(c.CheckRaiseIncident(rita, d))
	require.Equal(t, []string{"/service", "/escalation"}, []string{e.Fields[0].Pointer, e.Fields[1].Pointer})
}
