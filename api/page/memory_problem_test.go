package page

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// problemPolicy counts around the clock.
var problemPolicy = itsm.ProblemPolicy{
	Assess: hours(48 * time.Hour), AssessMajor: hours(24 * time.Hour), Workaround: hours(48 * time.Hour), Review: hours(240 * time.Hour),
	Nudge: hours(120 * time.Hour), Escalate: hours(240 * time.Hour),
	RootCause: []itsm.ProblemTarget{
		{Priority: itsm.P1, Within: hours(72 * time.Hour)},
		{Priority: itsm.P2, Within: hours(120 * time.Hour)},
		{Priority: itsm.P3, Within: hours(240 * time.Hour)},
		{Priority: itsm.P4, Within: hours(240 * time.Hour)},
		{Priority: itsm.P5, Within: hours(240 * time.Hour)},
	},
}

func (m *memory) problemTerms() itsm.ProblemTerms { return m.catalog.ProblemTerms() }

// suspect puts a problem of Ana's on record as its process would.
func (m *memory) suspect(n itsm.Number, set ...func(*itsm.ProblemDraft)) *itsm.Problem {
	d := itsm.ProblemDraft{Impact: itsm.HighDegree, Urgency: itsm.MediumDegree}
	d.Title, d.Service, d.Description = "Card payments are declined again and again", "payments", "Each time the disk was full."
	for _, f := range set {
		f(&d)
	}
	return m.beginProblem(n, "ana", itsm.DoorSlack, d)
}

func (m *memory) beginProblem(n itsm.Number, by itsm.PersonID, door itsm.Door, d itsm.ProblemDraft) *itsm.Problem {
	p := &itsm.Problem{Number: n, Reporter: by, Door: door, Owner: "max", PolicyVersion: 3, RaisedAt: m.now}
	p.State, p.Revision, p.Since, p.Team = itsm.ProblemNew, 1, m.now, "money"
	p.Begin(d, &m.catalog)
	m.problems[n], m.talk[n] = p, &itsm.Talk{}
	m.relations = append(m.relations, p.Relations...)
	m.keepProblem(p, itsm.Event{Kind: itsm.EventProblemRaised, Actor: by, Door: door})
	m.befall(p, p.Log(m.now))
	return p
}

func (m *memory) keepProblem(p *itsm.Problem, e itsm.Event) {
	e.Number, e.At, e.To = p.Number, m.now, itsm.State(p.State)
	if e.Actor == "" {
		e.Actor, e.Door = itsm.System, itsm.DoorSystem
	}
	if len(m.timeline[p.Number]) > 0 {
		p.Revision++
	}
	e.Revision = p.Revision
	m.timeline[p.Number] = append(m.timeline[p.Number], e)
	if e.Detail != nil && e.Detail.Relation != nil {
		m.relations = append(m.relations, *e.Detail.Relation)
	}
}

// befall keeps what happened to a problem, and does what comes of it: the decision on
// its known error, the watch of its fix, deadlines, and news for its incidents.
func (m *memory) befall(p *itsm.Problem, e itsm.Event) {
	m.keepProblem(p, e)
	if p.NextStage() != 0 {
		o, err := m.catalog.OpenPublication(m.problemTerms().Policy, p.Asking(), m.now)
		if err != nil {
			panic(err)
		}
		p.OpenStage(o)
		m.keepProblem(p, itsm.Event{Kind: itsm.EventKnownErrorOpened, Detail: &itsm.Detail{Opening: &o}})
	}
	if next, ok := p.Settle(m.problemTerms(), m.now); ok {
		m.keepProblem(p, next)
	}
	for _, r := range p.Relations {
		if i := m.incidents[r.To]; i != nil && r.Kind == itsm.FoundIn {
			if heard, ok := i.Hear(p.News(true), m.now); ok {
				m.happen(i, heard)
			}
		}
	}
	if !p.Unreckoned() {
		return
	}
	around := func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }
	r, err := p.Reckon(m.problemTerms().Policy, around, m.now)
	if err != nil {
		panic(err)
	}
	m.keepProblem(p, p.Take(r))
}

// fixed tells the problems that wait for a change what became of it.
func (m *memory) fixed(c *itsm.Change) {
	for _, p := range m.problemsInOrder() {
		if e, ok := p.FixEnded(c, m.problemTerms(), m.now); ok {
			m.befall(p, e)
		}
	}
}

// passProblems lets fall due what does until an instant.
func (m *memory) passProblems(until time.Time) {
	for _, p := range m.problemsInOrder() {
		for due, has := p.Next(); has && !due.At.After(until); due, has = p.Next() {
			m.now = due.At
			if e, happened := p.Fall(due, m.problemTerms(), m.now); happened {
				m.befall(p, e)
			}
		}
	}
}

func (m *memory) problemsInOrder() (all []*itsm.Problem) {
	for _, p := range m.problems {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *itsm.Problem) int { return int(b.Number.Ordinal() - a.Number.Ordinal()) })
	return all
}

func (m *memory) findProblem(who desk.Caller, n itsm.Number) (*itsm.Problem, error) {
	if m.fail != nil {
		return nil, m.fail
	}
	if err := n.Check(); err != nil {
		return nil, err
	}
	p, ok := m.problems[n]
	if !ok {
		return nil, itsm.NoSuchRecord(n)
	}
	return p, p.CheckRead(who.Actor)
}

// ofProblem answers a question about a problem that somebody may see.
func ofProblem[T any](m *memory, who desk.Caller, n itsm.Number, answer func(*itsm.Problem) T) (out T, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, err := m.findProblem(who, n)
	if err != nil {
		return out, err
	}
	return answer(p), nil
}

// onProblem does an act on a problem.
func onProblem[T any](m *memory, who desk.Caller, n itsm.Number, a itsm.Act, body T, check func(*itsm.Problem) error, do func(*itsm.Problem) *itsm.Event) (itsm.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, err := m.findProblem(who, n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	return m.once(who, n, a, body, func() error { return check(p) }, func() itsm.Receipt {
		if e := do(p); e != nil {
			e.Actor, e.Door = who.Person, who.Door
			m.befall(p, *e)
		}
		return p.Receipt()
	})
}

func (m *memory) Problem(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Problem, error) {
	return ofProblem(m, who, n, func(p *itsm.Problem) itsm.Problem { return *p })
}

func (m *memory) ProblemBook(_ context.Context, who desk.Caller, n itsm.Number) (itsm.ProblemBook, error) {
	return ofProblem(m, who, n, func(p *itsm.Problem) itsm.ProblemBook { return itsm.ProblemBook{Problem: *p, Use: m.use(n)} })
}

func (m *memory) use(n itsm.Number) (use itsm.KnownErrorUse) {
	for _, r := range m.relations {
		if r.Kind == itsm.Applies && r.To == n {
			use.Count, use.Last = use.Count+1, r.From
		}
	}
	return use
}

func (m *memory) Problems(_ context.Context, who desk.Caller, list desk.ProblemList) (page desk.ProblemPage, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.problemsInOrder() {
		fits := (!list.Mine || p.Reporter == who.Person) && (!list.Coordinated || p.Coordinator == who.Person) && (!list.Open || !p.State.Final()) &&
			(list.Cursor == "" || p.Number.Ordinal() < itsm.Number("PRB-"+list.Cursor).Ordinal())
		if fits && p.CheckRead(who.Actor) == nil {
			page.Items = append(page.Items, *p)
		}
	}
	if len(page.Items) > list.Limit {
		page.Items = page.Items[:list.Limit]
		page.Next = fmt.Sprint(page.Items[list.Limit-1].Number.Ordinal())
	}
	return page, m.fail
}

func (m *memory) WaitingProblems(_ context.Context, who desk.Caller) (all []itsm.Problem, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.problemsInOrder() {
		e := p.Explain()
		if slices.Contains(e.WaitsFor, who.Person) || slices.ContainsFunc(e.Roles, who.Is) {
			all = append(all, *p)
		}
	}
	return all, m.fail
}

func (m *memory) ExplainProblem(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	return ofProblem(m, who, n, func(p *itsm.Problem) itsm.Explanation {
		e := p.Explain()
		e.Acts = p.ActsFor(who.Actor, m.now)
		return e
	})
}

func (m *memory) ProblemTimeline(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	return ofProblem(m, who, n, func(*itsm.Problem) []itsm.Event { return m.timeline[n] })
}

func (m *memory) ProblemComments(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	return ofProblem(m, who, n, func(*itsm.Problem) []itsm.Comment { return m.said[n] })
}

func (m *memory) ProblemRelations(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	return ofProblem(m, who, n, func(*itsm.Problem) []itsm.Relation { return m.related(n) })
}

// shown are the known errors that people are shown, of which a condition is true.
func (m *memory) shown(fits func(*itsm.KnownError) bool) (all []itsm.KnownErrorFound) {
	for _, p := range m.problemsInOrder() {
		if k := p.Published; k != nil && k.State == itsm.KnownErrorPublished && fits(k) {
			all = append(all, itsm.KnownErrorFound{KnownError: *k, Problem: p.Number, Use: m.use(p.Number)})
		}
	}
	return all
}

func (m *memory) KnownErrors(_ context.Context, who desk.Caller, words string, _ int) ([]itsm.KnownErrorFound, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	if err := who.May(itsm.ReadProblems); err != nil {
		return nil, err
	}
	if err := itsm.CheckSearch(words); err != nil {
		return nil, err
	}
	return m.shown(func(k *itsm.KnownError) bool { return strings.Contains(k.Title+k.Symptoms, words) }), nil
}

func (m *memory) IncidentKnownErrors(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.KnownErrorFound, error) {
	return ofIncident(m, who, n, func(i *itsm.Incident) []itsm.KnownErrorFound {
		return m.shown(func(k *itsm.KnownError) bool { return slices.Contains(k.Services, i.Service) })
	})
}

func (m *memory) RaiseProblem(_ context.Context, who desk.Caller, d itsm.ProblemDraft) (itsm.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return itsm.Receipt{}, m.fail
	}
	check := func() error {
		if err := d.CheckRaise(who.Actor); err != nil {
			return err
		}
		if err := m.catalog.CheckRaiseProblem(who.Actor, d); err != nil {
			return err
		}
		return d.CheckIncidents(func(n itsm.Number) (bool, error) { return m.incidents[n] != nil, nil })
	}
	return m.once(who, "", itsm.ActProblemRaise, d, check, func() itsm.Receipt {
		return m.beginProblem(itsm.ProblemNumber(int64(len(m.problems)+100)), who.Person, who.Door, d).Receipt()
	})
}
