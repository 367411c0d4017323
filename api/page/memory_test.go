package page

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

var noon = time.Date(2031, 3, 3, 12, 0, 0, 0, time.UTC)

// memory is a desk that keeps its records in memory and judges by the real rules.
type memory struct {
	mu       sync.Mutex
	now      time.Time
	catalog  itsm.Catalog
	tokens   map[string]itsm.PersonID
	changes  map[itsm.Number]*itsm.Change
	timeline map[itsm.Number][]itsm.Event
	said     map[itsm.Number][]itsm.Comment
	talk     map[itsm.Number]*itsm.Talk
	kept     map[string]kept // what askings came to, by person, act and key

	incidents   map[itsm.Number]*itsm.Incident
	problems    map[itsm.Number]*itsm.Problem
	corrections map[itsm.Number]*itsm.CorrectiveAction
	suppliers   map[itsm.Number]*itsm.Supplier
	contracts   map[itsm.Number]*itsm.Contract
	reviews     map[itsm.Number]*itsm.SupplierReview
	relations   []itsm.Relation
	listed      int // how many times the list was read

	fail    error    // what every act and reading comes to
	acted   []string // acts that were carried out
	refused []string // action and code of what the door refused by itself
	slow    error    // what every act comes to, and no reading
	running int      // how many more times an act is still going on
	sources []string
}

type kept struct {
	body    string
	receipt itsm.Receipt
	err     error
}

func newMemory() *memory {
	m := &memory{
		now: noon, tokens: map[string]itsm.PersonID{}, changes: map[itsm.Number]*itsm.Change{},
		timeline: map[itsm.Number][]itsm.Event{}, said: map[itsm.Number][]itsm.Comment{}, talk: map[itsm.Number]*itsm.Talk{},
		kept: map[string]kept{}, incidents: map[itsm.Number]*itsm.Incident{}, problems: map[itsm.Number]*itsm.Problem{},
		corrections: map[itsm.Number]*itsm.CorrectiveAction{}, suppliers: map[itsm.Number]*itsm.Supplier{},
		contracts: map[itsm.Number]*itsm.Contract{}, reviews: map[itsm.Number]*itsm.SupplierReview{},
	}
	m.catalog.People = []itsm.Person{
		{ID: "ana", Name: "Ana Ferreira", Zone: "Europe/Lisbon", Roles: []itsm.Role{itsm.Requester}},
		{ID: "bob", Name: "Bob Okafor", Zone: "Africa/Lagos", Roles: []itsm.Role{itsm.Approver, itsm.Responder}},
		{ID: "eve", Name: "Eve Lindqvist", Zone: "Europe/Stockholm", Roles: []itsm.Role{itsm.Approver, itsm.Responder}},
		{ID: "joe", Name: "Joe Nakamura", Zone: "Asia/Tokyo", Roles: []itsm.Role{itsm.Approver}},
		{ID: "max", Name: "Max Tanaka", Zone: "Asia/Tokyo", Roles: []itsm.Role{itsm.ChangeManager, itsm.IncidentManager}},
		{ID: "ida", Name: "Ida Castillo", Zone: "America/Bogota", Roles: []itsm.Role{itsm.Implementer}},
		{ID: "ada", Name: "Ada Whitlock", Zone: "Europe/London", Roles: []itsm.Role{itsm.Auditor}},
		{ID: "pia", Name: "Pia Moreau", Zone: "Europe/Paris", Roles: []itsm.Role{itsm.ProblemManager}},
		{ID: "kim", Name: "Kim Haddad", Zone: "Europe/Paris", Roles: []itsm.Role{itsm.QualityManager}},
		{ID: "liv", Name: "Liv Berg", Zone: "Europe/Oslo", Roles: []itsm.Role{itsm.QualityManager, itsm.SupplierManager}},
		{ID: "cai", Name: "Cai Morgan", Zone: "Europe/London", Roles: []itsm.Role{itsm.CommercialManager}},
		{ID: "deb", Name: "Deb Rao", Zone: "Asia/Kolkata", Roles: []itsm.Role{itsm.CommercialManager}},
		{ID: "zoe", Name: "Zoe", Zone: "UTC", Roles: []itsm.Role{itsm.Requester}},
	}
	m.catalog.Services = []itsm.Service{
		{ID: "payments", Name: "Payments", Owner: "max", Team: "money"}, {ID: "mail", Name: "Mail", Owner: "max", Team: "office"},
	}
	m.catalog.Incident, m.catalog.Problem = incidentPolicy, problemPolicy
	two, one := itsm.Need{Count: 2}, itsm.Need{Count: 1}
	m.catalog.Change = itsm.ChangePolicy{Tiers: []itsm.Tier{{Risk: itsm.RiskHigh, Stages: []itsm.Stage{
		{Name: "Technical", ExpireAfter: itsm.Duration(8 * time.Hour), Factors: []itsm.Factor{{
			Name: "Engineers", Who: itsm.Group{People: []itsm.PersonID{"bob", "eve", "joe"}}, Need: two, Reject: itsm.Quorum, Backup: itsm.Group{People: []itsm.PersonID{"max"}},
		}}},
		{Name: "Business", ExpireAfter: itsm.Duration(24 * time.Hour), Factors: []itsm.Factor{{Name: "Owner", Who: itsm.Group{Role: itsm.ChangeManager}, Need: one}}},
	}}}}
	for _, p := range m.catalog.People {
		m.tokens["stw_"+string(p.ID)] = p.ID
	}
	return m
}

// raise puts a change of Ana's on record as its process would, and opens its approval.
func (m *memory) raise(n itsm.Number, set ...func(*itsm.Change)) {
	c := &itsm.Change{
		ChangeDraft: itsm.ChangeDraft{
			Type: itsm.Normal, Title: "Enlarge the payments database", Service: "payments",
			Description: "It is 93 % full since the sale.\nWithout room it stops taking orders.",
			Plan:        "Resize the primary to 64 GiB, then fail over.", BackoutPlan: "Fail back to the old primary.",
			TestPlan: "Done on staging on Friday.", Backout: 20, Justification: "It stops taking orders within a week.",
			Window: &itsm.Window{Start: m.now.Add(34 * time.Hour), End: m.now.Add(37*time.Hour + 30*time.Second)},
			Items:  []string{"db-pay-1", "db-pay-2"},
			Links:  []itsm.Link{{URL: "https://git.example.com/pay/pull/12", Title: "The pull request"}, {URL: "CHG-3"}},
			Risk:   &itsm.Risk{Complexity: 4, BusinessImpact: 5, Rollback: 3, TestCoverage: 3, RecentChurn: 4},
		},
		Number: n, Requester: "ana", Team: "money", Owner: "max", State: itsm.ChangeRaised, Revision: 1, PolicyVersion: 3,
		RaisedAt: m.now, Since: m.now, Approval: itsm.Approval{Round: 1},
	}
	for _, f := range set {
		f(c)
	}
	c.ContentHash = c.Hash()
	c.RiskScore = m.terms().Score(c.ChangeDraft)
	m.changes[n], m.talk[n] = c, &itsm.Talk{}
	m.keep(c, itsm.Event{Kind: itsm.EventRaised, Actor: "ana", Door: itsm.DoorSlack})
	next := itsm.ChangeAwaiting
	if m.assesses(c) {
		next = itsm.ChangeAssessing
	}
	c.Become(next, m.now)
	m.open(c)
}

func (m *memory) assesses(c *itsm.Change) bool { t := m.terms(); return t.Assess(c.ChangeDraft) }

func (m *memory) terms() *itsm.Terms {
	t := m.catalog.Change.Terms(m.catalog.Services[0])
	return &t
}

func (m *memory) keep(c *itsm.Change, e itsm.Event) {
	e.Number, e.At, e.To = c.Number, m.now, itsm.State(c.State)
	if len(m.timeline[c.Number]) > 0 {
		c.Revision++
	}
	e.Revision = c.Revision
	m.timeline[c.Number] = append(m.timeline[c.Number], e)
}

// open opens the next stage, when it is time for one, and schedules what passed.
func (m *memory) open(c *itsm.Change) {
	if c.State == itsm.ChangeApproved {
		c.Become(itsm.ChangeScheduled, m.now)
		m.keep(c, itsm.Event{Kind: itsm.EventScheduled, Actor: itsm.System, Door: itsm.DoorSystem})
	}
	if c.NextStage() == 0 {
		return
	}
	if c.State == itsm.ChangeAssessing {
		c.Become(itsm.ChangeAwaiting, m.now)
	}
	o, err := m.catalog.Open(m.catalog.Change, c.Asking(), m.now, itsm.AroundTheClock)
	if err != nil {
		panic(err)
	}
	c.OpenStage(o)
	m.keep(c, itsm.Event{Kind: itsm.EventOpened, Actor: itsm.System, Door: itsm.DoorSystem, Detail: &itsm.Detail{Opening: &o}})
}

func (m *memory) see(who desk.Caller, n itsm.Number) (*itsm.Change, error) {
	if m.fail != nil {
		return nil, m.fail
	}
	if err := n.Check(); err != nil {
		return nil, err
	}
	c, ok := m.changes[n]
	if !ok {
		return nil, itsm.NoSuchRecord(n)
	}
	return c, c.CheckRead(who.Actor)
}

func perform[T any](m *memory, who desk.Caller, n itsm.Number, a itsm.Act, body T, check func(*itsm.Change) error, do func(*itsm.Change) *itsm.Event) (itsm.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, err := m.see(who, n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	return m.once(who, n, a, body, func() error { return check(c) }, func() itsm.Receipt {
		if e := do(c); e != nil {
			e.Actor, e.Door = who.Person, who.Door
			m.keep(c, *e)
			m.open(c)
			m.fixed(c)
		}
		return c.Receipt()
	})
}

// once does an act for one asking once, whatever it is on.
func (m *memory) once(who desk.Caller, n itsm.Number, a itsm.Act, body any, check func() error, do func() itsm.Receipt) (itsm.Receipt, error) {
	if m.slow != nil {
		return itsm.Receipt{}, m.slow
	}
	if m.running > 0 {
		m.running--
		return itsm.Receipt{}, itsm.Refuse(itsm.Conflict, "idempotency.running", "That is still going on.")
	}
	text, err := json.Marshal(body)
	if err != nil {
		return itsm.Receipt{}, err
	}
	key := string(who.Person) + " " + string(a) + " " + string(n) + " " + who.Key
	if was, ok := m.kept[key]; ok {
		if was.body != string(text) {
			return itsm.Receipt{}, itsm.Refuse(itsm.Invalid, "idempotency.other_body", "That Idempotency-Key was used for another request. Use a new one.")
		}
		return was.receipt, was.err
	}
	if err := check(); err != nil {
		m.kept[key] = kept{string(text), itsm.Receipt{}, err}
		return itsm.Receipt{}, err
	}
	r := do()
	m.acted = append(m.acted, string(a))
	m.kept[key] = kept{string(text), r, nil}
	return r, nil
}

func (m *memory) Refused(_ context.Context, _ desk.Caller, action string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refused = append(m.refused, action+" "+itsm.AsError(err).Code)
}

func (m *memory) Change(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Change, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, err := m.see(who, n)
	if err != nil {
		return itsm.Change{}, err
	}
	return *c, nil
}

func (m *memory) Changes(_ context.Context, who desk.Caller, list desk.ChangeList) (page desk.ChangePage, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.sorted() {
		if c.Requester == who.Person && (list.Cursor == "" || c.Number.Ordinal() < itsm.Number("CHG-"+list.Cursor).Ordinal()) {
			page.Items = append(page.Items, c)
		}
	}
	if len(page.Items) > list.Limit {
		page.Items = page.Items[:list.Limit]
		page.Next = string(page.Items[list.Limit-1].Number)[len("CHG-"):]
	}
	return page, m.fail
}

func (m *memory) sorted() (all []itsm.Change) {
	for _, c := range m.changes {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b itsm.Change) int { return int(b.Number.Ordinal() - a.Number.Ordinal()) })
	return all
}

func (m *memory) WaitingChanges(_ context.Context, who desk.Caller) (all []itsm.Change, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.sorted() {
		if e := c.Explain(); slices.Contains(e.WaitsFor, who.Person) {
			all = append(all, c)
		}
	}
	return all, m.fail
}

func (m *memory) ExplainChange(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, err := m.see(who, n)
	if err != nil {
		return itsm.Explanation{}, err
	}
	e := c.Explain()
	e.Acts = c.ActsFor(who.Actor, m.now)
	return e, nil
}

func (m *memory) Timeline(_ context.Context, _ desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.timeline[n], m.fail
}

func (m *memory) Comments(_ context.Context, _ desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.said[n], m.fail
}

func (m *memory) People(context.Context, desk.Caller) ([]itsm.Person, error) {
	return m.catalog.People, m.fail
}

func (m *memory) Services(context.Context, desk.Caller) ([]itsm.Service, error) {
	return m.catalog.Services, m.fail
}

func (m *memory) DecideChange(_ context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	if p, ok := m.catalog.Person(r.For); ok {
		who.For = &itsm.Principal{Person: p.ID, Roles: p.Roles}
	}
	return perform(m, who, n, itsm.ActDecide, r, func(c *itsm.Change) error { return c.CheckDecision(who.Actor, r) },
		func(c *itsm.Change) *itsm.Event { return new(c.Decide(who.Actor, r, m.now)) })
}

func (m *memory) RetractVote(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActRetract, struct{}{}, func(c *itsm.Change) error { return c.CheckRetract(who.Actor) },
		func(c *itsm.Change) *itsm.Event { return new(c.Retract(who.Actor)) })
}

func (m *memory) DelegateChange(_ context.Context, who desk.Caller, n itsm.Number, r itsm.DelegationRequest) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActDelegate, r, func(c *itsm.Change) error { return c.CheckDelegate(who.Actor, r) },
		func(c *itsm.Change) *itsm.Event { return new(c.Delegate(who.Actor, r, m.now)) })
}

func (m *memory) CommentOnChange(_ context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActComment, r, func(c *itsm.Change) error { return c.CheckComment(who.Actor, r, *m.talk[n]) },
		func(c *itsm.Change) *itsm.Event {
			m.said[n] = append(m.said[n], c.Say(who.Actor, r, m.talk[n], m.now))
			return nil
		})
}

func (m *memory) AssessChange(_ context.Context, who desk.Caller, n itsm.Number, a itsm.Assessment) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActAssess, a, func(c *itsm.Change) error { return c.CheckAssess(who.Actor, a) },
		func(c *itsm.Change) *itsm.Event { return new(c.Assess(a)) })
}

func (m *memory) EditChange(_ context.Context, who desk.Caller, n itsm.Number, r itsm.EditRequest) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActEdit, r, func(c *itsm.Change) error { return c.CheckEdit(who.Actor, r, *m.terms(), m.now) },
		func(c *itsm.Change) *itsm.Event { return new(c.Edit(r, *m.terms(), m.now)) })
}

func (m *memory) LinkChange(_ context.Context, who desk.Caller, n itsm.Number, l itsm.Link) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActLink, l, func(c *itsm.Change) error { return c.CheckLink(who.Actor, l, *m.terms(), m.now) },
		func(c *itsm.Change) *itsm.Event { e, _ := c.Link(l, *m.terms(), m.now); return &e })
}

func (m *memory) HoldChange(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActHold, r, func(c *itsm.Change) error { return c.CheckHold(who.Actor, r) },
		func(c *itsm.Change) *itsm.Event { return new(c.PutOnHold(who.Actor, r, m.now)) })
}

func (m *memory) ResumeChange(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActResume, r, func(c *itsm.Change) error { return c.CheckResume(who.Actor, r) },
		func(c *itsm.Change) *itsm.Event { c.Approval.StoppedAt = nil; return new(c.Resume(r)) })
}

func (m *memory) WithdrawChange(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActWithdraw, r, func(c *itsm.Change) error { return c.CheckWithdraw(who.Actor, r) },
		func(c *itsm.Change) *itsm.Event {
			c.Become(itsm.ChangeCancelled, m.now)
			return &itsm.Event{Kind: itsm.EventWithdrawn, Note: r.Note}
		})
}

func (m *memory) ReassignChange(_ context.Context, who desk.Caller, n itsm.Number, r itsm.Reassignment) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActReassign, r, func(c *itsm.Change) error { return c.CheckReassign(who.Actor, r) },
		func(c *itsm.Change) *itsm.Event { return new(c.Reassign(r)) })
}

func (m *memory) StartChange(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActStart, struct{}{}, func(c *itsm.Change) error { return c.CheckStart(who.Actor, m.now) },
		func(c *itsm.Change) *itsm.Event {
			c.Implementer = who.Person
			c.Become(itsm.ChangeImplementing, m.now)
			return &itsm.Event{Kind: itsm.EventStarted}
		})
}

func (m *memory) CompleteChange(_ context.Context, who desk.Caller, n itsm.Number, r itsm.Completion) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActComplete, r, func(c *itsm.Change) error { return c.CheckCompletion(who.Actor, r) },
		func(c *itsm.Change) *itsm.Event {
			c.Outcome = r.Result
			c.Become(itsm.ChangeClosed, m.now)
			return &itsm.Event{Kind: itsm.EventCompleted, Note: r.Note}
		})
}

func (m *memory) CancelChange(_ context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return perform(m, who, n, itsm.ActCancel, r, func(c *itsm.Change) error { return c.CheckCancel(who.Actor, r) },
		func(c *itsm.Change) *itsm.Event {
			c.Become(itsm.ChangeCancelled, m.now)
			return &itsm.Event{Kind: itsm.EventCancelled, Note: r.Note}
		})
}
