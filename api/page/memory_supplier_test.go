package page

import (
	"context"
	"slices"
	"time"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// supplierPolicy counts around the clock.
var supplierPolicy = itsm.SupplierPolicy{}

// aroundTheClock is everybody's calendar here.
func aroundTheClock(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }

// anySupplier is what Pia answers for, and Max stands in.
func anySupplier() itsm.SupplierProfile {
	return itsm.SupplierProfile{
		Name: "Hosting Ltd", Supplies: "The machines of the payments.\nThey are called by phone.", Tier: itsm.TierCritical, Owner: "pia", Deputy: "max",
		Services: []itsm.ServiceID{"payments"}, Contacts: []itsm.Contact{{Name: "Zoe Wray", For: "Escalations", Email: "zoe@example.com", Phone: "+44 20 7946 0000"}},
		Subcontractors: []itsm.Subcontractor{{Name: "Cables plc", Supplies: "The network", Control: "They are audited each year."}},
	}
}

// supplied puts a supplier of Liv's on record as its process would.
func (m *memory) supplied(n itsm.Number, set ...func(*itsm.SupplierProfile)) *itsm.Supplier {
	p := anySupplier()
	for _, f := range set {
		f(&p)
	}
	return m.beginSupplier(n, "liv", itsm.DoorAPI, p)
}

func (m *memory) beginSupplier(n itsm.Number, by itsm.PersonID, door itsm.Door, p itsm.SupplierProfile) *itsm.Supplier {
	s := &itsm.Supplier{Number: n, Reporter: by, Door: door, PolicyVersion: 3, RaisedAt: m.now}
	s.State, s.Revision, s.Since = itsm.SupplierNew, 1, m.now
	s.Begin(p)
	m.suppliers[n], m.talk[n] = s, &itsm.Talk{}
	m.entry(n, &s.Revision, itsm.State(s.State), itsm.Event{Kind: itsm.EventSupplierRaised, Actor: by, Door: door})
	m.befallSupplier(s, s.Propose(m.now))
	return s
}

// entry puts an event on record.
func (m *memory) entry(n itsm.Number, revision *int, to itsm.State, e itsm.Event) {
	e.Number, e.At, e.To = n, m.now, to
	if e.Actor == "" {
		e.Actor, e.Door = itsm.System, itsm.DoorSystem
	}
	if len(m.timeline[n]) > 0 {
		*revision++
	}
	e.Revision = *revision
	m.timeline[n] = append(m.timeline[n], e)
}

func (m *memory) befallSupplier(s *itsm.Supplier, e itsm.Event) {
	m.entry(s.Number, &s.Revision, itsm.State(s.State), e)
	if s.Unreckoned() {
		r, err := s.Reckon(supplierPolicy, aroundTheClock, m.now)
		if err != nil {
			panic(err)
		}
		m.entry(s.Number, &s.Revision, itsm.State(s.State), s.Take(r))
	}
	for due, has := s.Next(); has && !due.At.After(m.now); due, has = s.Next() {
		if e, happened := s.Fall(due); happened {
			m.entry(s.Number, &s.Revision, itsm.State(s.State), e)
		}
	}
}

// supplies has a supplier looked into, and supply.
func (m *memory) supplies(n itsm.Number, set ...func(*itsm.SupplierProfile)) {
	s := m.supplied(n, set...)
	liv := itsm.Actor{Person: "liv"}
	seen := []itsm.Evidence{{URL: "https://ok.example/questions"}}
	m.befallSupplier(s, s.Move(liv, itsm.MoveRequest{To: itsm.SupplierDueDiligence, Note: "n"}, m.now))
	m.befallSupplier(s, s.Assess(liv, itsm.DiligenceRequest{Suitable: true, Note: "It is sound.", Evidence: seen}, supplierPolicy, m.now))
	m.befallSupplier(s, s.Move(liv, itsm.MoveRequest{To: itsm.SupplierOnboarding, Note: "n"}, m.now))
	m.befallSupplier(s, s.Move(liv, itsm.MoveRequest{To: itsm.SupplierActive, Note: "It supplies."}, m.now))
}

// rated has SUP-4 take up a score of so many points; none is no data.
func (m *memory) rated(period string, points ...int) {
	measures := []itsm.Measure{{Name: "Availability", Criterion: itsm.ByServiceLevel}, {Name: "Care", Criterion: itsm.ByQuality}}
	for k := range points {
		measures[k%2].Points, measures[(k+1)%2].Points = &points[k], &points[k]
	}
	s := m.suppliers["SUP-4"]
	r := itsm.Rating{Review: s.Number + itsm.Number("/"+period), Score: itsm.ScoreOf(itsm.DefaultWeights, measures)}
	if e, ok := s.Rate(r, m.now); ok {
		m.befallSupplier(s, e)
	}
}

// bySupplier answers a question about a supplier that somebody may see.
func bySupplier[T any](m *memory, who desk.Caller, n itsm.Number, answer func(*itsm.Supplier) T) (out T, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := found(m, m.suppliers, n)
	if err == nil {
		err = s.CheckRead(who.Actor)
	}
	if err != nil {
		return out, err
	}
	return answer(s), nil
}

// found is a record of a kind.
func found[R any](m *memory, all map[itsm.Number]*R, n itsm.Number) (*R, error) {
	if m.fail != nil {
		return nil, m.fail
	}
	if err := n.Check(); err != nil {
		return nil, err
	}
	r, ok := all[n]
	if !ok {
		return nil, itsm.NoSuchRecord(n)
	}
	return r, nil
}

func onSupplier[T any](m *memory, who desk.Caller, n itsm.Number, a itsm.Act, body T, check func(*itsm.Supplier) error, do func(*itsm.Supplier) itsm.Event) (itsm.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := found(m, m.suppliers, n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	return m.once(who, n, a, body, func() error { return check(s) }, func() itsm.Receipt {
		if e := do(s); e.Kind != "" {
			e.Actor, e.Door = who.Person, who.Door
			m.befallSupplier(s, e)
		}
		return s.Receipt()
	})
}

func (m *memory) Supplier(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Supplier, error) {
	return bySupplier(m, who, n, func(s *itsm.Supplier) itsm.Supplier { return *s })
}

func (m *memory) Suppliers(_ context.Context, who desk.Caller, list desk.SupplierList) (page desk.SupplierPage, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range inOrder(m.suppliers) {
		mine := s.Owner == who.Person || s.Deputy == who.Person
		if (!list.Open || !s.State.Final()) && (!list.Owned || mine) && s.CheckRead(who.Actor) == nil {
			page.Items = append(page.Items, *s)
		}
	}
	return page, m.fail
}

// inOrder are records by their numbers, the newest first.
func inOrder[R any](all map[itsm.Number]*R) (out []*R) {
	var numbers []itsm.Number
	for n := range all {
		numbers = append(numbers, n)
	}
	slices.SortFunc(numbers, func(a, b itsm.Number) int { return int(b.Ordinal() - a.Ordinal()) })
	for _, n := range numbers {
		out = append(out, all[n])
	}
	return out
}

func (m *memory) ReviewCycles(context.Context) (all []itsm.ReviewCycle, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.suppliers {
		if s.Supplying() {
			all = append(all, itsm.ReviewCycle{Supplier: s.Number, Every: supplierPolicy.Of(s.Tier).Performance, Zone: "UTC"})
		}
	}
	return all, m.fail
}

func (m *memory) ExplainSupplier(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	return bySupplier(m, who, n, func(s *itsm.Supplier) itsm.Explanation {
		e := s.Explain()
		e.Acts = s.ActsFor(who.Actor)
		return e
	})
}

func (m *memory) SupplierTimeline(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	return bySupplier(m, who, n, func(*itsm.Supplier) []itsm.Event { return m.timeline[n] })
}

func (m *memory) SupplierComments(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	return bySupplier(m, who, n, func(*itsm.Supplier) []itsm.Comment { return m.said[n] })
}

func (m *memory) SupplierRelations(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	return bySupplier(m, who, n, func(*itsm.Supplier) []itsm.Relation {
		return slices.DeleteFunc(m.related(n), func(r itsm.Relation) bool { // what somebody may not see, is not there
			return (r.From.Of("CON") || r.To.Of("CON")) && who.May(itsm.ReadContracts) != nil
		})
	})
}

func (m *memory) RaiseSupplier(_ context.Context, who desk.Caller, p itsm.SupplierProfile) (itsm.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.once(who, "", itsm.ActSupplierRaise, p, func() error { return p.CheckRaise(who.Actor) }, func() itsm.Receipt {
		return m.beginSupplier(itsm.SupplierNumber(int64(len(m.suppliers)+100)), who.Person, who.Door, p).Receipt()
	})
}

func (m *memory) EditSupplier(_ context.Context, who desk.Caller, n itsm.Number, r itsm.ProfileRequest) (itsm.Receipt, error) {
	return onSupplier(m, who, n, itsm.ActSupplierEdit, r, func(s *itsm.Supplier) error { return s.CheckEdit(who.Actor, r) },
		func(s *itsm.Supplier) itsm.Event { return s.Edit(who.Actor, r, m.now) })
}

func (m *memory) MoveSupplier(_ context.Context, who desk.Caller, n itsm.Number, r itsm.MoveRequest) (itsm.Receipt, error) {
	return onSupplier(m, who, n, itsm.ActSupplierMove, r, func(s *itsm.Supplier) error { return s.CheckMove(who.Actor, r) },
		func(s *itsm.Supplier) itsm.Event { return s.Move(who.Actor, r, m.now) })
}

func (m *memory) AssessSupplier(_ context.Context, who desk.Caller, n itsm.Number, r itsm.DiligenceRequest) (itsm.Receipt, error) {
	return onSupplier(m, who, n, itsm.ActDiligence, r, func(s *itsm.Supplier) error { return s.CheckDiligence(who.Actor, r) },
		func(s *itsm.Supplier) itsm.Event { return s.Assess(who.Actor, r, supplierPolicy, m.now) })
}

func (m *memory) CertifySupplier(_ context.Context, who desk.Caller, n itsm.Number, r itsm.CertificateRequest) (itsm.Receipt, error) {
	return onSupplier(m, who, n, itsm.ActCertificate, r, func(s *itsm.Supplier) error { return s.CheckCertificate(who.Actor, r) },
		func(s *itsm.Supplier) itsm.Event { return s.Certify(who.Actor, r, m.now) })
}

func (m *memory) PlanExit(_ context.Context, who desk.Caller, n itsm.Number, r itsm.ExitRequest) (itsm.Receipt, error) {
	return onSupplier(m, who, n, itsm.ActExitPlan, r, func(s *itsm.Supplier) error { return s.CheckExit(who.Actor, r) },
		func(s *itsm.Supplier) itsm.Event { return s.PlanExit(who.Actor, r, supplierPolicy, m.now) })
}

func (m *memory) CommentOnSupplier(_ context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	check := func(s *itsm.Supplier) error { return s.CheckComment(who.Actor, r, *m.talk[n]) }
	return onSupplier(m, who, n, itsm.ActSupplierComment, r, check, func(s *itsm.Supplier) itsm.Event {
		m.said[n] = append(m.said[n], s.Say(who.Actor, r, m.talk[n], m.now))
		return itsm.Event{}
	})
}

// passSuppliers lets fall due what does until an instant, of all that is of suppliers.
func (m *memory) passSuppliers(until time.Time) {
	m.now = until
	for _, s := range inOrder(m.suppliers) {
		for due, has := s.Next(); has && !due.At.After(until); due, has = s.Next() {
			if e, happened := s.Fall(due); happened {
				m.entry(s.Number, &s.Revision, itsm.State(s.State), e)
			}
		}
	}
	for _, c := range inOrder(m.contracts) {
		m.fallContract(c, until)
	}
}
