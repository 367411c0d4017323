package itsm_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

var incidentActs = []itsm.Act{
	itsm.ActAcknowledge, itsm.ActAssign, itsm.ActReprioritise, itsm.ActIncidentHold, itsm.ActIncidentResume, itsm.ActEscalate,
	itsm.ActRelate, itsm.ActParent, itsm.ActDuplicate, itsm.ActResolve, itsm.ActConfirm, itsm.ActReopen, itsm.ActIncidentCancel,
}

// copied is a life of its own from here on.
func (l *life) copied() *life {
	own := *l
	own.Incident = itsm.Incident{}
	require.NoError(l.t, json.Unmarshal([]byte(asJSON(l.t, l.Incident)), &own.Incident))
	own.events = slices.Clone(l.events)
	return &own
}

// variants are the ways to ask for an act that lead elsewhere.
func (l *life) variants(a itsm.Act) (all []asks) {
	vary := func(f func(*asks)) {
		q := l.usual()
		f(&q)
		all = append(all, q)
	}
	vary(func(*asks) {})
	switch a { //nolint:exhaustive // the others have one
	case itsm.ActAssign:
		vary(func(q *asks) { q.assignee = "" })
		vary(func(q *asks) { q.assignee = "joe" })
		vary(func(q *asks) { q.team = "" })
	case itsm.ActEscalate:
		vary(func(q *asks) { q.to = itsm.EscalateTeam })
		vary(func(q *asks) { q.to = itsm.EscalateNext })
	case itsm.ActIncidentHold:
		vary(holding(itsm.AwaitingCaller))
	}
	return all
}

// explore goes everywhere that people, time and a parent can lead an incident, and
// tells of each step, and whether it leads to what looks like nothing before it. What
// looks the same is gone on from once.
func explore(t *testing.T, step func(before, after *life, by string, fresh bool)) {
	t.Helper()
	begin := raised(t, at)
	seen, open := map[string]bool{}, []*life{begin}
	goOn := func(from, to *life, by string) {
		e := &to.Escalation
		looks := fmt.Sprint(to.State, to.Hold != nil && to.Hold.Reason == itsm.AwaitingCaller, to.Hold != nil && to.Hold.By == itsm.System,
			to.Assignee == "", e.Acknowledged(), e.Ringing(), e.Over, to.Parent, to.Reopens > 0)
		step(from, to, by, !seen[looks])
		if !seen[looks] {
			seen[looks] = true
			open = append(open, to)
		}
	}
	for len(open) > 0 {
		l := open[0]
		open = open[1:]
		for _, act := range incidentActs {
			for _, q := range l.variants(act) {
				for _, who := range []itsm.Actor{rita, joe, mia, monitor} {
					if err, _ := l.try(act, who, q); err == nil {
						next := l.copied()
						_, do := next.try(act, who, q)
						next.happened(who, do())
						goOn(l, next, string(act))
					}
				}
			}
		}
		if _, comes := l.Next(); comes {
			next := l.copied()
			next.fall()
			goOn(l, next, "time")
		}
		for _, parent := range []itsm.IncidentState{itsm.IncidentInProgress, itsm.IncidentOnHold, itsm.IncidentReopened, itsm.IncidentResolved, itsm.IncidentClosed} {
			next := l.copied()
			if e, ok := next.Follow(parentIn(parent), l.now); ok {
				next.happened(steward, e)
				goOn(l, next, "parent")
			}
		}
	}
}

// parentIn is the incident that another may be a child of, in a state.
func parentIn(s itsm.IncidentState) *itsm.Incident {
	p := &itsm.Incident{Number: "INC-9"}
	p.State = s
	p.Hold = &itsm.IncidentHold{Reason: itsm.AwaitingChange, For: "CHG-3", By: "lee", Note: "The change comes first."}
	p.Resolution = &itsm.Resolution{Code: itsm.ResolvedFixed, Note: "Turned it off and on.", By: "lee"}
	return p
}

// Every edge of the table is taken by something that people, time or a parent do, and
// no other is.
func TestEveryMoveOfAnIncidentHasItsAct(t *testing.T) {
	moved := map[string]bool{"new → triaged": true} // by raised
	explore(t, func(before, after *life, by string, _ bool) {
		e := after.events[len(before.events)]
		require.Equal(t, itsm.State(before.State), e.From, by)
		if before.State == after.State {
			return
		}
		require.True(t, before.State.CanBecome(after.State), "%s → %s by %s", before.State, after.State, by)
		moved[string(before.State)+" → "+string(after.State)] = true
	})
	var meant []string
	for from, nexts := range itsm.IncidentMoves {
		for _, to := range nexts {
			meant = append(meant, string(from)+" → "+string(to))
		}
	}
	require.ElementsMatch(t, meant, slices.Collect(maps.Keys(moved)))
	require.Len(t, itsm.IncidentMoves, len(itsm.IncidentStates))
	i := itsm.Incident{}
	i.State = itsm.IncidentClosed
	require.Panics(t, func() { i.Become(itsm.IncidentReopened, at) })
}

// Wherever an incident stands, what is offered is what the rules allow an incident
// manager, each person is offered what they may do of it, and what is over allows
// nothing and awaits nothing.
func TestWhatIsOfferedIsWhatIsAllowed(t *testing.T) {
	explore(t, func(_, l *life, by string, fresh bool) {
		if !fresh {
			return
		}
		offered := l.Explain().Acts
		for _, act := range incidentActs {
			err := l.anyOf(act, mia)
			require.Equal(t, err == nil, slices.Contains(offered, act), "%s when %s after %s: %v", act, l.State, by, err)
		}
		for _, who := range involved {
			mine := l.ActsFor(who, l.now)
			for _, act := range incidentActs {
				require.Equal(t, slices.Contains(offered, act) && l.anyOf(act, who) == nil,
					slices.Contains(mine, act), "%s by %s when %s", act, who.Person, l.State)
			}
		}
		comment := l.CheckComment(mia, itsm.CommentRequest{Text: "Well."}, itsm.Talk{}) == nil
		require.Equal(t, comment, slices.Contains(offered, itsm.ActIncidentComment))
		require.NotEmpty(t, l.Explain().Summary)
		_, comes := l.Next()
		require.Equal(t, comes, l.Explain().Due != nil)
		if l.State.Final() {
			require.Empty(t, offered)
			require.False(t, comes)
			require.False(t, l.Unreckoned())
			require.NotNil(t, l.ClosedAt)
		}
	})
}

// anyOf is nil when an act can be asked for in some way.
func (l *life) anyOf(a itsm.Act, who itsm.Actor) (err error) {
	for _, q := range l.variants(a) {
		if err, _ = l.try(a, who, q); err == nil {
			return nil
		}
	}
	return err
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
	for act, want := range map[itsm.Act]string{itsm.ActConfirm: "incident.closed", itsm.ActReopen: "incident.closed", itsm.ActResolve: "incident.closed"} {
		require.Equal(t, want, code(l.anyOf(act, mia)))
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

// Whoever changes one cell of the matrix changes the priority of what falls into it,
// and of nothing else.
func TestOneCellOfTheMatrixIsOneKindOfIncident(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		degree, priority := rapid.SampledFrom(itsm.Degrees), rapid.SampledFrom(itsm.Priorities)
		row := func() itsm.MatrixRow {
			return itsm.MatrixRow{High: priority.Draw(t, "high"), Medium: priority.Draw(t, "medium"), Low: priority.Draw(t, "low")}
		}
		before := itsm.Matrix{High: row(), Medium: row(), Low: row()}
		after := before
		impact, urgency, to := degree.Draw(t, "impact"), degree.Draw(t, "urgency"), priority.Draw(t, "to")
		cell(&after, impact, urgency, to)
		weigh := func(m itsm.Matrix, d itsm.IncidentDraft) itsm.Priority {
			l := raised(t, at, of(d.Impact, d.Urgency), func(l *life) { l.policy.Matrix = &m })
			require.Equal(t, l.policy.Weigh(l.Impact, l.Urgency), l.Priority)
			return l.Priority
		}
		for _, i := range itsm.Degrees {
			for _, u := range itsm.Degrees {
				d := itsm.IncidentDraft{Impact: i, Urgency: u}
				want := before.Priority(i, u)
				if i == impact && u == urgency {
					want = to
				}
				require.Equal(t, want, weigh(after, d), "%s impact, %s urgency", i, u)
			}
		}
	})
	require.Equal(t, itsm.P3, raised(t, at).Priority, "who knows neither says medium")
	require.Empty(t, itsm.DefaultMatrix.Priority("huge", itsm.LowDegree))
}

func cell(m *itsm.Matrix, impact, urgency itsm.Degree, to itsm.Priority) {
	row := map[itsm.Degree]*itsm.MatrixRow{itsm.HighDegree: &m.High, itsm.MediumDegree: &m.Medium, itsm.LowDegree: &m.Low}[impact]
	*map[itsm.Degree]*itsm.Priority{itsm.HighDegree: &row.High, itsm.MediumDegree: &row.Medium, itsm.LowDegree: &row.Low}[urgency] = to
}

// A priority that is set against the matrix stays until somebody lets the matrix
// decide again.
func TestAPriorityAgainstTheMatrix(t *testing.T) {
	l := raised(t, at)
	l.does(itsm.ActReprioritise, joe, func(q *asks) { q.impact, q.urgency, q.override = "", "", itsm.P1 })
	require.Equal(t, itsm.P1, l.Priority)
	require.Equal(t, itsm.Override{Priority: itsm.P1, By: "joe", Note: "because"}, *l.Override)
	require.Equal(t, itsm.Length{Time: 4 * time.Hour}, l.Clock(itsm.ResolutionClock).Target)
	l.does(itsm.ActReprioritise, joe, func(q *asks) { q.impact, q.urgency = "", "" })
	require.Nil(t, l.Override)
	require.Equal(t, itsm.P3, l.Priority)
	require.Equal(t, []itsm.Priority{itsm.P3, itsm.P1}, []itsm.Priority{l.events[2].Detail.Was, l.events[2].Detail.Priority})
}
