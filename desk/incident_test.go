package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// shift is an office whose people work on incidents, too.
func shift(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	c := people()
	c.People = append(c.People,
		itsm.Person{ID: "eve", Name: "Eve", Slack: "U0EVE", Email: "eve@example.com", Zone: "UTC", Roles: []itsm.Role{itsm.Responder}},
		itsm.Person{ID: "ian", Name: "Ian", Slack: "U0IAN", Email: "ian@example.com", Zone: "UTC", Roles: []itsm.Role{itsm.IncidentManager}},
		itsm.Person{
			ID: "joe", Name: "Joe", Slack: "U0JOE", Email: "joe@example.com", Zone: "UTC", Roles: []itsm.Role{itsm.Responder},
			Away: []itsm.Absence{{First: itsm.DateOf(o.now.Add(-48 * time.Hour)), Last: itsm.DateOf(o.now.Add(48 * time.Hour))}},
		})
	c.Teams = append(c.Teams, itsm.Team{ID: "ops", Name: "Operations", Manager: "ian", Members: []itsm.PersonID{"eve", "joe"}})
	c.Calendars = []itsm.Calendar{{ID: "sundays", Name: "Sundays", Zone: "UTC", Hours: itsm.WeeklyHours{Sun: []itsm.Span{"00:00-24:00"}}}}
	c.Rotations = []itsm.Rotation{{ID: "primary"}, {ID: "lost"}}
	c.Escalations = []itsm.EscalationPolicy{{ID: "ops", Name: "Operations", Repeat: 1, Levels: []itsm.CallLevel{
		{Targets: []itsm.CallTarget{{Rotation: "primary"}, {Channel: "C0OPS"}}, Within: itsm.Duration(5 * time.Minute)},
		{Targets: []itsm.CallTarget{{Rotation: "lost"}, {Person: "joe"}}, Within: itsm.Duration(5 * time.Minute)},
		{Targets: []itsm.CallTarget{{Team: "ops"}}, Within: itsm.Duration(15 * time.Minute)},
	}}}
	c.Services[0].Escalation = "ops"
	_, _, err := o.owner.ApplyCatalog(t.Context(), c, catalog.Digest(c), "test")
	require.NoError(t, err)
	return o
}

// report puts an incident on record as its process would.
func (o *office) report(n int64, s itsm.ServiceID, by itsm.PersonID, set ...func(*itsm.Incident)) itsm.Number {
	o.t.Helper()
	at := time.Date(2026, 3, 2, 9, 0, int(n), 0, time.UTC) // a Monday
	i := itsm.Incident{
		Number: itsm.IncidentNumber(n), Reporter: by, Door: itsm.DoorAPI, Owner: "max", Restricted: s == "payroll", PolicyVersion: 2, RaisedAt: at,
		IncidentStanding: itsm.IncidentStanding{State: itsm.IncidentNew, Revision: 1, Since: at, Team: "hr"},
	}
	draft := itsm.IncidentDraft{IncidentText: itsm.IncidentText{Title: "The shop is down", Service: s}, Impact: itsm.HighDegree, Urgency: itsm.HighDegree}
	i.Begin(draft, &itsm.IncidentPolicy{})
	e := itsm.Event{Number: i.Number, Revision: 1, Kind: itsm.EventIncidentRaised, At: at, Actor: by, Door: itsm.DoorAPI, To: itsm.State(itsm.IncidentNew)}
	require.NoError(o.t, o.worker.RecordIncident(o.t.Context(), i, e, db.Provenance{}))
	for revision, change := range append([]func(*itsm.Incident){func(i *itsm.Incident) { i.Triage(new(itsm.IncidentPolicy).IncidentTerms(), at) }}, set...) {
		change(&i)
		i.Revision = revision + 2
		e := itsm.Event{Number: i.Number, Revision: i.Revision, Kind: itsm.EventTriaged, At: at, Actor: by, Door: itsm.DoorAPI, To: itsm.State(i.State)}
		if n := len(i.Relations); n > 0 {
			e.Detail = &itsm.Detail{Relation: &i.Relations[n-1]}
		}
		require.NoError(o.t, o.worker.StepIncident(o.t.Context(), i.Number, i.Step(e), db.Provenance{}))
	}
	return i.Number
}

var eve = itsm.Actor{Person: "eve", Roles: []itsm.Role{itsm.Responder}}

func resolved(i *itsm.Incident) {
	i.Resolve(eve, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "It is up."}, i.RaisedAt.Add(time.Hour))
}

func closed(i *itsm.Incident) {
	resolved(i)
	i.Close(eve, itsm.NoteRequest{}, i.RaisedAt.Add(2*time.Hour))
}

func under(parent itsm.Number) func(*itsm.Incident) {
	return func(i *itsm.Incident) { i.SetParent(eve, itsm.ParentRequest{Parent: parent}, i.RaisedAt) }
}

func related(kind itsm.RelationKind, to itsm.Number) func(*itsm.Incident) {
	return func(i *itsm.Incident) { i.Relate(eve, itsm.RelateRequest{Kind: kind, To: to}, i.RaisedAt) }
}

func TestARestrictedIncidentDoesNotExistForOthers(t *testing.T) {
	o, ctx := shift(t), t.Context()
	n := o.report(1, "payroll", "max")
	for slack, sees := range map[string]bool{"U0ANA": true, "U0MAX": true, "U0IAN": true, "U0ZOE": false, "U0EVE": false} {
		who := o.caller(slack)
		_, err := o.Incident(ctx, who, n)
		page, listErr := o.Incidents(ctx, who, desk.IncidentList{})
		require.NoError(t, listErr)
		if sees {
			require.NoError(t, err, slack)
			require.Len(t, page.Items, 1)
			continue
		}
		_, explain := o.ExplainIncident(ctx, who, n)
		_, timeline := o.IncidentTimeline(ctx, who, n)
		_, comments := o.IncidentComments(ctx, who, n)
		_, clocks := o.IncidentClocks(ctx, who, n)
		_, suggestions := o.IncidentSuggestions(ctx, who, n)
		_, relations := o.Relations(ctx, who, n)
		_, resolve := o.ResolveIncident(ctx, who, n, itsm.ResolveRequest{Code: itsm.ResolvedFixed, Note: "Mine now."})
		_, assign := o.AssignIncident(ctx, who, n, itsm.Assignment{Assignee: "nobody"})
		for _, err := range []error{err, explain, timeline, comments, clocks, suggestions, relations, resolve, assign} {
			require.Equal(t, "record.not_found", o.code(err))
		}
		require.Empty(t, page.Items)
	}
}

func TestEachKindOfRecordIsReadByItsOwnName(t *testing.T) {
	o, ctx := shift(t), t.Context()
	change, incident, who := o.keep(1, "website", "ana"), o.report(1, "website", "ana"), o.caller("U0ANA")
	_, err := o.Change(ctx, who, incident)
	require.Equal(t, "record.not_found", o.code(err))
	_, err = o.Timeline(ctx, who, incident)
	require.Equal(t, "record.not_found", o.code(err))
	_, err = o.Incident(ctx, who, change)
	require.Equal(t, "record.not_found", o.code(err))
	_, err = o.Incident(ctx, who, "inc-1")
	require.Equal(t, "record.number", o.code(err))
	timeline, err := o.IncidentTimeline(ctx, who, incident)
	require.NoError(t, err)
	require.Len(t, timeline, 2)
	e, err := o.ExplainIncident(ctx, who, incident)
	require.NoError(t, err)
	require.Contains(t, e.Acts, itsm.ActIncidentCancel, "she reported it")
	require.NotContains(t, e.Acts, itsm.ActResolve)
}

// What an act names beside its record is looked up before the process is asked; the
// code and the place are those under which the rule would refuse it.
func TestWhatAnActNamesHasToBeThereForItsCaller(t *testing.T) {
	o, ctx := shift(t), t.Context()
	n, hidden, who := o.report(1, "website", "ana"), o.report(2, "payroll", "max"), o.caller("U0EVE")
	over, copied := o.report(3, "website", "ana", closed), o.report(4, "website", "ana", func(i *itsm.Incident) {
		i.EndAsDuplicate(eve, itsm.DuplicateRequest{Of: n}, i.RaisedAt)
	})
	parent, child := o.report(5, "website", "ana"), o.report(6, "website", "ana", under("INC-5"))
	secret := o.keep(7, "payroll", "max")
	for name, tc := range map[string]struct {
		code, pointer, says string
		act                 func() (itsm.Receipt, error)
	}{
		"nobody": {"person.invalid", "/assignee", "names nobody in the catalog", func() (itsm.Receipt, error) {
			return o.AssignIncident(ctx, who, n, itsm.Assignment{Assignee: "nobody"})
		}},
		"somebody who cannot": {"person.invalid", "/assignee", "names ana, who holds none of these roles: responder or incident_manager", func() (itsm.Receipt, error) {
			return o.AssignIncident(ctx, who, n, itsm.Assignment{Assignee: "ana"})
		}},
		"no team": {"team.invalid", "/team", "names no team of the catalog", func() (itsm.Receipt, error) {
			return o.AssignIncident(ctx, who, n, itsm.Assignment{Assignee: "eve", Team: "nowhere"})
		}},
		"no team to escalate to": {"team.invalid", "/team", "names no team of the catalog", func() (itsm.Receipt, error) {
			return o.EscalateIncident(ctx, who, n, itsm.EscalateRequest{To: itsm.EscalateTeam, Team: "nowhere", Note: "Help."})
		}},
		"what is not there": {"duplicate.invalid", "/of", unseen, func() (itsm.Receipt, error) {
			return o.EndIncidentAsDuplicate(ctx, who, n, itsm.DuplicateRequest{Of: "INC-99"})
		}},
		"what is hidden": {"duplicate.invalid", "/of", unseen, func() (itsm.Receipt, error) {
			return o.EndIncidentAsDuplicate(ctx, who, n, itsm.DuplicateRequest{Of: hidden})
		}},
		"a duplicate of a duplicate": {"duplicate.invalid", "/of", "is a duplicate itself, of INC-1", func() (itsm.Receipt, error) {
			return o.EndIncidentAsDuplicate(ctx, who, parent, itsm.DuplicateRequest{Of: copied})
		}},
		"a hidden parent": {"parent.invalid", "/parent", unseen, func() (itsm.Receipt, error) {
			return o.SetIncidentParent(ctx, who, n, itsm.ParentRequest{Parent: hidden})
		}},
		"a parent that is over": {"parent.invalid", "/parent", "is closed already", func() (itsm.Receipt, error) {
			return o.SetIncidentParent(ctx, who, n, itsm.ParentRequest{Parent: over})
		}},
		"a parent that is a child": {"parent.invalid", "/parent", "is a child itself, of INC-5", func() (itsm.Receipt, error) {
			return o.SetIncidentParent(ctx, who, n, itsm.ParentRequest{Parent: child})
		}},
		"a circle": {"parent.invalid", "/parent", "is a child itself, of INC-5", func() (itsm.Receipt, error) {
			return o.SetIncidentParent(ctx, who, parent, itsm.ParentRequest{Parent: child})
		}},
		"a grandparent": {"parent.invalid", "/parent", "cannot be given to INC-5, which is the parent of others", func() (itsm.Receipt, error) {
			return o.SetIncidentParent(ctx, who, parent, itsm.ParentRequest{Parent: n})
		}},
		"a hidden change": {"link.invalid", "/to", unseen, func() (itsm.Receipt, error) {
			return o.RelateIncident(ctx, who, n, itsm.RelateRequest{Kind: itsm.CausedBy, To: secret})
		}},
		"a kind of record that there is not": {"link.invalid", "/to", unseen, func() (itsm.Receipt, error) {
			return o.RelateIncident(ctx, who, n, itsm.RelateRequest{Kind: itsm.Related, To: "PRB-1"})
		}},
		"a wait for what is not there": {"hold.invalid", "/for", unseen, func() (itsm.Receipt, error) {
			return o.HoldIncident(ctx, who, n, itsm.HoldRequest{Reason: itsm.AwaitingChange, For: "CHG-99", Note: "Until it is done."})
		}},
	} {
		_, err := tc.act()
		require.Equal(t, tc.code, o.code(err), name)
		require.Equal(t, []itsm.Field{{Pointer: tc.pointer, Message: tc.says}}, itsm.AsError(err).Fields, name)
	}
}

const unseen = "names no record that you can see"

func TestWhatGoesOnFromAnIncidentNeedsAClosedOne(t *testing.T) {
	o, ctx := shift(t), t.Context()
	open, hidden, who := o.report(1, "website", "ana", resolved), o.report(2, "payroll", "max", closed), o.caller("U0ZOE")
	draft := itsm.IncidentDraft{IncidentText: itsm.IncidentText{Title: "Again", Service: "website"}}
	for follows, says := range map[itsm.Number]string{open: "must be closed; INC-1 is resolved", hidden: unseen, "INC-99": unseen} {
		draft.Follows = follows
		_, err := o.RaiseIncident(ctx, who, draft)
		require.Equal(t, "incident.invalid", o.code(err))
		require.Equal(t, []itsm.Field{{Pointer: "/follows", Message: says}}, itsm.AsError(err).Fields)
	}
	_, err := o.RaiseIncident(ctx, who, itsm.IncidentDraft{IncidentText: itsm.IncidentText{Title: "It is down", Service: "payroll"}})
	require.Equal(t, "incident.invalid", o.code(err), "a service that is hidden from her")
	n, err := o.owner.NextIncidentNumber(ctx)
	require.NoError(t, err)
	require.Equal(t, itsm.Number("INC-1"), n, "no number was spent on what was refused")
}

func TestPagesOfIncidentsNeitherRepeatNorLose(t *testing.T) {
	o, ctx := shift(t), t.Context()
	for n := range int64(7) {
		o.report(n+1, "website", "ana")
	}
	o.report(8, "website", "zoe")
	who, seen, list := o.caller("U0ANA"), []itsm.Number{}, desk.IncidentList{Mine: true, Limit: 3}
	for {
		page, err := o.Incidents(ctx, who, list)
		require.NoError(t, err)
		for _, i := range page.Items {
			seen = append(seen, i.Number)
		}
		o.report(int64(100+len(seen)), "website", "ana") // raised while somebody reads
		if list.Cursor = page.Next; page.Next == "" {
			break
		}
	}
	require.Equal(t, []itsm.Number{"INC-7", "INC-6", "INC-5", "INC-4", "INC-3", "INC-2", "INC-1"}, seen)
}

func TestACursorOfIncidentsIsGoodForItsOwnListAlone(t *testing.T) {
	o, ctx := shift(t), t.Context()
	for n := range int64(3) {
		o.report(n+1, "website", "ana")
		o.keep(n+1, "website", "ana")
	}
	who := o.caller("U0ANA")
	page, err := o.Incidents(ctx, who, desk.IncidentList{Limit: 1})
	require.NoError(t, err)
	require.NotEmpty(t, page.Next)
	for name, list := range map[string]desk.IncidentList{
		"mine": {Mine: true}, "open": {Open: true}, "a priority": {Priority: itsm.P1}, "a team": {Team: "hr"}, "waiting": {Waiting: true},
		"assigned": {Assigned: true}, "a service": {Service: "website"}, "a state": {State: itsm.IncidentTriaged},
	} {
		list.Limit, list.Cursor = 1, page.Next
		_, err := o.Incidents(ctx, who, list)
		require.Equal(t, "list.cursor", o.code(err), name)
	}
	_, err = o.Changes(ctx, who, desk.ChangeList{Limit: 1, Cursor: page.Next})
	require.Equal(t, "list.cursor", o.code(err), "the list of changes is another one")
	_, err = o.Incidents(ctx, who, desk.IncidentList{Limit: 2, Cursor: page.Next})
	require.NoError(t, err, "how many there are on a page is no part of the question")
	for code, list := range map[string]desk.IncidentList{"list.limit": {Limit: 201}, "list.state": {State: "implementing"}, "list.priority": {Priority: "P0"}} {
		_, err := o.Incidents(ctx, who, list)
		require.Equal(t, code, o.code(err))
	}
}

func TestAListOfIncidentsIsNarrowedAsAsked(t *testing.T) {
	o, ctx := shift(t), t.Context()
	o.report(1, "website", "ana")
	o.report(2, "payroll", "zoe", closed)
	o.report(3, "website", "zoe", resolved)
	o.report(4, "website", "ana", func(i *itsm.Incident) { i.Acknowledge(eve, itsm.NoteRequest{}, i.RaisedAt) })
	for name, tc := range map[string]struct {
		slack string
		list  desk.IncidentList
		want  []itsm.Number
	}{
		"all":      {"U0IAN", desk.IncidentList{}, []itsm.Number{"INC-4", "INC-3", "INC-2", "INC-1"}},
		"open":     {"U0IAN", desk.IncidentList{Open: true}, []itsm.Number{"INC-4", "INC-3", "INC-1"}},
		"state":    {"U0IAN", desk.IncidentList{State: itsm.IncidentClosed}, []itsm.Number{"INC-2"}},
		"service":  {"U0IAN", desk.IncidentList{Service: "payroll"}, []itsm.Number{"INC-2"}},
		"team":     {"U0IAN", desk.IncidentList{Team: "ops"}, nil},
		"priority": {"U0IAN", desk.IncidentList{Priority: itsm.P2}, nil},
		"mine":     {"U0ZOE", desk.IncidentList{Mine: true}, []itsm.Number{"INC-3", "INC-2"}},
		"assigned": {"U0EVE", desk.IncidentList{Assigned: true}, []itsm.Number{"INC-4", "INC-3", "INC-2"}},
		"waiting":  {"U0ZOE", desk.IncidentList{Waiting: true}, []itsm.Number{"INC-3"}},
	} {
		page, err := o.Incidents(ctx, o.caller(tc.slack), tc.list)
		require.NoError(t, err, name)
		require.Equal(t, tc.want, numbers(page.Items), name)
	}
	waiting, err := o.WaitingIncidents(ctx, o.caller("U0EVE"))
	require.NoError(t, err)
	require.Equal(t, []itsm.Number{"INC-4"}, numbers(waiting))
}

func numbers(incidents []itsm.Incident) (all []itsm.Number) {
	for _, i := range incidents {
		all = append(all, i.Number)
	}
	return all
}

func TestRelationsLeadWhereTheirReaderMayGo(t *testing.T) {
	o := shift(t)
	change := o.keep(1, "website", "ana")
	open, hidden := o.report(1, "website", "ana", related(itsm.CausedBy, change)), o.report(2, "payroll", "max", related(itsm.CausedBy, change))
	o.report(3, "website", "zoe", related(itsm.Related, open), related(itsm.Related, hidden))
	others := func(slack string, read func(context.Context, desk.Caller, itsm.Number) ([]itsm.Relation, error), n itsm.Number) (all []itsm.Number) {
		relations, err := read(t.Context(), o.caller(slack), n)
		require.NoError(t, err)
		for _, r := range relations {
			all = append(all, r.From, r.To)
		}
		return all
	}
	require.Equal(t, []itsm.Number{open, change, hidden, change}, others("U0IAN", o.ChangeRelations, change))
	require.Equal(t, []itsm.Number{open, change}, others("U0EVE", o.ChangeRelations, change), "what is hidden is not told of by what it leads to")
	require.Equal(t, []itsm.Number{open, change, "INC-3", open}, others("U0EVE", o.Relations, open))
	require.Equal(t, []itsm.Number{"INC-3", open}, others("U0EVE", o.Relations, "INC-3"))
}

func TestAClockIsReadInTheHoursThatItCountsIn(t *testing.T) {
	o, ctx := shift(t), t.Context()
	n := o.report(1, "website", "ana", func(i *itsm.Incident) { i.Clocks[1].Calendar = "sundays" })
	o.now = time.Date(2026, 3, 9, 9, 0, 1, 0, time.UTC) // a week later
	clocks, err := o.IncidentClocks(ctx, o.caller("U0EVE"), n)
	require.NoError(t, err)
	require.Len(t, clocks, 2)
	week, day := itsm.Duration(7*24*time.Hour), itsm.Duration(24*time.Hour)
	require.Equal(t, itsm.Elapsed{Actual: week, Business: week}, clocks[0].SoFar)
	require.Equal(t, itsm.Elapsed{Actual: week, Business: day}, clocks[1].SoFar)
}

func TestChangesOfTheServiceAreSuggested(t *testing.T) {
	o := shift(t)
	under := func(n int64, s itsm.ServiceID) itsm.Number {
		number := o.keep(n, s, "max")
		e := itsm.Event{
			Number: number, Revision: 2, Kind: itsm.EventStarted, At: o.now, Actor: "max", Door: itsm.DoorAPI,
			From: itsm.State(itsm.ChangeScheduled), To: itsm.State(itsm.ChangeImplementing),
		}
		require.NoError(t, o.worker.StepChange(t.Context(), itsm.ChangeStep{Event: e, Implementer: "max"}, db.Provenance{}))
		return number
	}
	want := under(1, "website")
	o.keep(2, "website", "max")
	under(3, "payroll")
	changes, err := o.IncidentSuggestions(t.Context(), o.caller("U0EVE"), o.report(1, "website", "ana"))
	require.NoError(t, err)
	require.Len(t, changes, 1)
	require.Equal(t, want, changes[0].Number)
}
