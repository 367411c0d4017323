package page

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// hours is how long something may take.
func hours(t time.Duration) itsm.Length { return itsm.Length{Time: t} }

// incidentPolicy counts in hours around the clock.
var incidentPolicy = itsm.IncidentPolicy{
	Priorities: []itsm.PriorityTerms{
		{Priority: itsm.P1, Respond: hours(15 * time.Minute), Resolve: hours(4 * time.Hour)},
		{Priority: itsm.P2, Respond: hours(30 * time.Minute), Resolve: hours(8 * time.Hour)},
		{Priority: itsm.P3, Respond: hours(4 * time.Hour), Resolve: hours(24 * time.Hour)},
		{Priority: itsm.P4, Respond: hours(24 * time.Hour), Resolve: hours(96 * time.Hour), Quiet: true},
		{Priority: itsm.P5, Quiet: true},
	},
	Hold: itsm.HoldTerms{
		Remind: []itsm.Length{hours(24 * time.Hour)}, Caller: hours(96 * time.Hour), Others: hours(240 * time.Hour),
	},
	Closure: itsm.ClosureTerms{Remind: hours(72 * time.Hour), After: hours(120 * time.Hour)},
}

// levels are who is called, level by level.
var levels = [][]itsm.PersonID{{"bob"}, {}, {"eve", "bob"}}

// report puts an incident of Ana's on record as its process would.
func (m *memory) report(n itsm.Number, set ...func(*itsm.IncidentDraft)) *itsm.Incident {
	d := itsm.IncidentDraft{Impact: itsm.HighDegree, Urgency: itsm.MediumDegree}
	d.Title, d.Service, d.Description = "Card payments are declined", "payments", "Since noon, all of them.\nThe bank says it is us."
	for _, f := range set {
		f(&d)
	}
	return m.begin(n, "ana", itsm.DoorSlack, d)
}

func (m *memory) begin(n itsm.Number, by itsm.PersonID, door itsm.Door, d itsm.IncidentDraft) *itsm.Incident {
	i := &itsm.Incident{Number: n, Reporter: by, Door: door, Owner: "max", PolicyVersion: 3, RaisedAt: m.now}
	i.State, i.Revision, i.Since, i.Team = itsm.IncidentNew, 1, m.now, "money"
	if s, ok := m.catalog.Service(d.Service); ok {
		i.Team = s.Team
	}
	i.Escalation.Policy = "oncall"
	i.Begin(d, &m.catalog.Incident)
	m.incidents[n], m.talk[n] = i, &itsm.Talk{}
	m.record(i, itsm.Event{Kind: itsm.EventIncidentRaised, Actor: by, Door: door})
	m.happen(i, i.Triage(m.catalog.Incident.IncidentTerms(), m.now))
	return i
}

func (m *memory) record(i *itsm.Incident, e itsm.Event) {
	e.Number, e.At, e.To = i.Number, m.now, itsm.State(i.State)
	if e.Actor == "" {
		e.Actor, e.Door = itsm.System, itsm.DoorSystem
	}
	if len(m.timeline[i.Number]) > 0 {
		i.Revision++
	}
	e.Revision = i.Revision
	m.timeline[i.Number] = append(m.timeline[i.Number], e)
	if e.Detail != nil && e.Detail.Relation != nil {
		m.relations = append(m.relations, *e.Detail.Relation)
	}
}

// happen keeps what happened, and does what comes of it: calls, and deadlines.
func (m *memory) happen(i *itsm.Incident, e itsm.Event) {
	m.record(i, e)
	if c := i.Escalation.Pending; c != nil {
		m.record(i, i.TakeCall(m.called(*c), m.now))
	}
	if !i.Unreckoned() {
		return
	}
	r, err := i.Reckon(&m.catalog.Incident, func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }, m.now)
	if err != nil {
		panic(err)
	}
	m.record(i, i.Take(r))
}

func (m *memory) called(c itsm.Calling) itsm.Called {
	out := itsm.Called{Of: len(levels), Rounds: 1, Within: itsm.Duration(5 * time.Minute)}
	out.Call = itsm.Call{Round: c.Round, Level: c.Level, Kind: itsm.Functional, Trigger: c.Trigger, At: m.now}
	switch {
	case c.Managers:
		out.Kind, out.People = itsm.Hierarchical, []itsm.PersonID{"max"}
	case c.Team != "":
		out.People, out.Channels = []itsm.PersonID{"eve"}, []string{"C0INC"}
	default:
		for out.Level <= len(levels) && len(levels[out.Level-1]) == 0 {
			out.Skipped = append(out.Skipped, itsm.Skipped{Level: out.Level, Why: "nobody is on call"})
			out.Level++
		}
		if out.Level <= len(levels) {
			out.People = levels[out.Level-1]
		}
	}
	return out
}

// pass lets time go by, and whatever falls due in it.
func (m *memory) pass(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	until := m.now.Add(d)
	for _, i := range m.inOrder() {
		for due, has := i.Next(); has && !due.At.After(until); due, has = i.Next() {
			m.now = due.At
			e, happened := i.Fall(due, m.now)
			if happened {
				m.happen(i, e)
			} else if c := i.Escalation.Pending; c != nil {
				m.record(i, i.TakeCall(m.called(*c), m.now))
			}
		}
	}
	m.passProblems(until)
	m.passCorrections(until)
	m.now = until
}

func (m *memory) inOrder() (all []*itsm.Incident) {
	for _, i := range m.incidents {
		all = append(all, i)
	}
	slices.SortFunc(all, func(a, b *itsm.Incident) int { return int(b.Number.Ordinal() - a.Number.Ordinal()) })
	return all
}

func (m *memory) find(who desk.Caller, n itsm.Number) (*itsm.Incident, error) {
	if m.fail != nil {
		return nil, m.fail
	}
	if err := n.Check(); err != nil {
		return nil, err
	}
	i, ok := m.incidents[n]
	if !ok {
		return nil, itsm.NoSuchRecord(n)
	}
	return i, i.CheckRead(who.Actor)
}

// ofIncident answers a question about an incident that somebody may see.
func ofIncident[T any](m *memory, who desk.Caller, n itsm.Number, answer func(*itsm.Incident) T) (out T, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.find(who, n)
	if err != nil {
		return out, err
	}
	return answer(i), nil
}

// onIncident does an act on an incident.
func onIncident[T any](m *memory, who desk.Caller, n itsm.Number, a itsm.Act, body T, check func(*itsm.Incident) error, do func(*itsm.Incident) *itsm.Event) (itsm.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, err := m.find(who, n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	return m.once(who, n, a, body, func() error { return check(i) }, func() itsm.Receipt {
		if e := do(i); e != nil {
			e.Actor, e.Door = who.Person, who.Door
			m.happen(i, *e)
		}
		return i.Receipt()
	})
}

func (m *memory) Incident(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Incident, error) {
	return ofIncident(m, who, n, func(i *itsm.Incident) itsm.Incident { return *i })
}

func (m *memory) Incidents(_ context.Context, who desk.Caller, list desk.IncidentList) (page desk.IncidentPage, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.listed++
	for _, i := range m.inOrder() {
		fits := (list.Service == "" || list.Service == i.Service) && (list.Team == "" || list.Team == i.Team) &&
			(!list.Mine || i.Reporter == who.Person) && (!list.Assigned || i.Assignee == who.Person) && (!list.Open || !i.State.Final()) &&
			(list.Cursor == "" || i.Number.Ordinal() < itsm.Number("INC-"+list.Cursor).Ordinal())
		if fits && i.CheckRead(who.Actor) == nil {
			page.Items = append(page.Items, *i)
		}
	}
	if len(page.Items) > list.Limit {
		page.Items = page.Items[:list.Limit]
		page.Next = fmt.Sprint(page.Items[list.Limit-1].Number.Ordinal())
	}
	return page, m.fail
}

func (m *memory) WaitingIncidents(_ context.Context, who desk.Caller) (all []itsm.Incident, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, i := range m.inOrder() {
		if e := i.Explain(); slices.Contains(e.WaitsFor, who.Person) {
			all = append(all, *i)
		}
	}
	return all, m.fail
}

func (m *memory) ExplainIncident(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	return ofIncident(m, who, n, func(i *itsm.Incident) itsm.Explanation {
		e := i.Explain()
		e.Acts = i.ActsFor(who.Actor, m.now)
		return e
	})
}

func (m *memory) IncidentTimeline(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	return ofIncident(m, who, n, func(*itsm.Incident) []itsm.Event { return m.timeline[n] })
}

func (m *memory) IncidentComments(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	return ofIncident(m, who, n, func(*itsm.Incident) []itsm.Comment { return m.said[n] })
}

func (m *memory) IncidentClocks(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.ClockReading, error) {
	return ofIncident(m, who, n, func(i *itsm.Incident) (read []itsm.ClockReading) {
		for _, c := range i.Clocks {
			read = append(read, itsm.ClockReading{Clock: c, SoFar: c.So(itsm.AroundTheClock, m.now)})
		}
		return read
	})
}

func (m *memory) IncidentSuggestions(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Change, error) {
	return ofIncident(m, who, n, func(i *itsm.Incident) []itsm.Change {
		return slices.DeleteFunc(m.sorted(), func(c itsm.Change) bool { return c.Service != i.Service })
	})
}

func (m *memory) ChangeRelations(_ context.Context, _ desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.related(n), m.fail
}

func (m *memory) Relations(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	return ofIncident(m, who, n, func(*itsm.Incident) []itsm.Relation { return m.related(n) })
}

func (m *memory) related(n itsm.Number) (all []itsm.Relation) {
	for _, r := range m.relations {
		if r.From == n || r.To == n {
			all = append(all, r)
		}
	}
	return all
}

func (m *memory) RaiseIncident(_ context.Context, who desk.Caller, d itsm.IncidentDraft) (itsm.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return itsm.Receipt{}, m.fail
	}
	check := func() error {
		if err := who.May(itsm.RaiseIncidents); err != nil {
			return err
		}
		if err := d.Check(); err != nil {
			return err
		}
		return m.catalog.CheckRaiseIncident(who.Actor, d)
	}
	return m.once(who, "", itsm.ActIncidentRaise, d, check, func() itsm.Receipt {
		i := m.begin(itsm.IncidentNumber(int64(len(m.incidents)+100)), who.Person, who.Door, d)
		return i.Receipt()
	})
}

func (m *memory) AcknowledgeIncident(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActAcknowledge, r, func(i *itsm.Incident) error { return i.CheckAcknowledge(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event { return new(i.Acknowledge(who.Actor, r, m.now)) })
}

func (m *memory) AssignIncident(_ context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActAssign, r, func(i *itsm.Incident) error { return i.CheckAssign(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event { return new(i.Assign(who.Actor, r, m.now)) })
}

func (m *memory) ReprioritiseIncident(_ context.Context, who desk.Caller, n itsm.Number, r itsm.Reprioritisation) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActReprioritise, r, func(i *itsm.Incident) error { return i.CheckReprioritise(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event {
			return new(i.Reprioritise(who.Actor, r, m.catalog.Incident.IncidentTerms(), m.now))
		})
}

func (m *memory) HoldIncident(_ context.Context, who desk.Caller, n itsm.Number, r itsm.HoldRequest) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActIncidentHold, r, func(i *itsm.Incident) error { return i.CheckHold(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event { return new(i.PutOnHold(who.Actor, r, m.now)) })
}

func (m *memory) ResumeIncident(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActIncidentResume, r, func(i *itsm.Incident) error { return i.CheckResume(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event { return new(i.Resume(r, m.now)) })
}

func (m *memory) EscalateIncident(_ context.Context, who desk.Caller, n itsm.Number, r itsm.EscalateRequest) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActEscalate, r, func(i *itsm.Incident) error { return i.CheckEscalate(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event { return new(i.Escalate(r, m.now)) })
}

func (m *memory) CommentOnIncident(_ context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActIncidentComment, r, func(i *itsm.Incident) error { return i.CheckComment(who.Actor, r, *m.talk[n]) },
		func(i *itsm.Incident) *itsm.Event {
			m.said[n] = append(m.said[n], i.Say(who.Actor, r, m.talk[n], m.now))
			if e, goes := i.Answered(who.Person, m.now); goes {
				return &e
			}
			return nil
		})
}

func (m *memory) RelateIncident(_ context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActRelate, r, func(i *itsm.Incident) error { return i.CheckRelate(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event { return new(i.Relate(who.Actor, r, m.now)) })
}

func (m *memory) EndIncidentAsDuplicate(_ context.Context, who desk.Caller, n itsm.Number, r itsm.DuplicateRequest) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActDuplicate, r, func(i *itsm.Incident) error { return i.CheckDuplicate(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event { return new(i.EndAsDuplicate(who.Actor, r, m.now)) })
}

func (m *memory) SetIncidentParent(_ context.Context, who desk.Caller, n itsm.Number, r itsm.ParentRequest) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActParent, r, func(i *itsm.Incident) error { return i.CheckParent(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event { return new(i.SetParent(who.Actor, r, m.now)) })
}

func (m *memory) ResolveIncident(_ context.Context, who desk.Caller, n itsm.Number, r itsm.ResolveRequest) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActResolve, r, func(i *itsm.Incident) error { return i.CheckResolve(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event { return new(i.Resolve(who.Actor, r, m.now)) })
}

func (m *memory) ConfirmIncident(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActConfirm, r, func(i *itsm.Incident) error { return i.CheckConfirm(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event { return new(i.Close(who.Actor, r, m.now)) })
}

func (m *memory) ReopenIncident(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActReopen, r, func(i *itsm.Incident) error { return i.CheckReopen(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event {
			return new(i.Reopen(r, m.catalog.Incident.IncidentTerms(), m.now))
		})
}

func (m *memory) CancelIncident(_ context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return onIncident(m, who, n, itsm.ActIncidentCancel, r, func(i *itsm.Incident) error { return i.CheckCancel(who.Actor, r) },
		func(i *itsm.Incident) *itsm.Event { return new(i.Cancel(r, m.now)) })
}
