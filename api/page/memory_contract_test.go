package page

import (
	"context"
	"strings"
	"time"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// anyContract runs for a year from now.
func (m *memory) anyContract() itsm.ContractDraft {
	today := itsm.DateOf(m.now)
	return itsm.ContractDraft{
		Title: "Hosting", Supplier: "SUP-4", Owner: "cai", Services: []itsm.ServiceID{"payments"},
		ContractTerms: itsm.ContractTerms{
			Supplies: "Machines, run day and night.", Duties: "They run them; we pay within 30 days.", Start: today, End: today + 365,
			Notice: itsm.DateSpan{Months: 3}, Renewal: itsm.DateSpan{Months: 12},
			Targets: []itsm.ContractTarget{
				{
					Name: "Availability", Criterion: itsm.ByServiceLevel, Unit: "percent", Critical: true,
					Goal: itsm.Goal{Full: 99_900, None: 99_000}, Customer: new(itsm.Amount(99_950)),
				},
				{Name: "First answer", Criterion: itsm.ByResponsiveness, Unit: "hours", Goal: itsm.Goal{Full: 1_000, None: 8_000}, Customer: new(itsm.Amount(2_000))},
			},
			Document: itsm.ContractDocument{URL: "https://ok.example/contract.pdf", Digest: strings.Repeat("0a", 32)},
		},
	}
}

// drafts puts a contract of Cai's on record as its process would.
func (m *memory) drafts(n itsm.Number, set ...func(*itsm.ContractDraft)) *itsm.Contract {
	d := m.anyContract()
	for _, f := range set {
		f(&d)
	}
	return m.beginContract(n, "cai", itsm.DoorAPI, d)
}

func (m *memory) beginContract(n itsm.Number, by itsm.PersonID, door itsm.Door, d itsm.ContractDraft) *itsm.Contract {
	c := &itsm.Contract{Number: n, Reporter: by, Door: door, PolicyVersion: 3, RaisedAt: m.now}
	c.State, c.Revision, c.Since = itsm.ContractNew, 1, m.now
	c.Begin(d, m.suppliers[d.Supplier].Tier)
	m.contracts[n], m.talk[n] = c, &itsm.Talk{}
	m.entry(n, &c.Revision, itsm.State(c.State), itsm.Event{Kind: itsm.EventContractRaised, Actor: by, Door: door})
	m.befallContract(c, c.Draft(m.now))
	return c
}

func (m *memory) befallContract(c *itsm.Contract, e itsm.Event) {
	keep := func(e itsm.Event) { m.entry(c.Number, &c.Revision, itsm.State(c.State), e) }
	keep(e)
	if c.NextStage() != 0 {
		o, err := m.catalog.OpenContract(supplierPolicy, c.Asking(), m.now)
		if err != nil {
			panic(err)
		}
		c.OpenStage(o)
		keep(itsm.Event{Kind: itsm.EventContractDecisionOpened, Detail: &itsm.Detail{Opening: &o}})
	}
	if c.Unreckoned() {
		r, err := c.Reckon(supplierPolicy, aroundTheClock, m.now)
		if err != nil {
			panic(err)
		}
		keep(c.Take(r))
	}
	m.fallContract(c, m.now)
}

// fallContract lets fall due what does until an instant.
func (m *memory) fallContract(c *itsm.Contract, until time.Time) {
	for due, has := c.Next(); has && !due.At.After(until); due, has = c.Next() {
		if e, happened := c.Fall(due, supplierPolicy, m.now); happened {
			m.befallContract(c, e)
		}
	}
}

func byContract[T any](m *memory, who desk.Caller, n itsm.Number, answer func(*itsm.Contract) T) (out T, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, err := found(m, m.contracts, n)
	if err == nil && c.CheckRead(who.Actor) != nil { // as the desk has it: it is not there
		err = itsm.NoSuchRecord(n)
	}
	if err != nil {
		return out, err
	}
	return answer(c), nil
}

func onContract[T any](m *memory, who desk.Caller, n itsm.Number, a itsm.Act, body T, check func(*itsm.Contract) error, do func(*itsm.Contract) itsm.Event) (itsm.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, err := found(m, m.contracts, n)
	if err == nil && c.CheckRead(who.Actor) != nil {
		err = itsm.NoSuchRecord(n)
	}
	if err != nil {
		return itsm.Receipt{}, err
	}
	return m.once(who, n, a, body, func() error { return check(c) }, func() itsm.Receipt {
		if e := do(c); e.Kind != "" {
			e.Actor, e.Door = who.Person, who.Door
			m.befallContract(c, e)
		}
		return c.Receipt()
	})
}

func (m *memory) Contract(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Contract, error) {
	return byContract(m, who, n, func(c *itsm.Contract) itsm.Contract { return *c })
}

func (m *memory) Contracts(_ context.Context, who desk.Caller, list desk.ContractList) (page desk.ContractPage, err error) {
	if err := who.May(itsm.ReadContracts); err != nil {
		return page, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range inOrder(m.contracts) {
		if (!list.Open || !c.State.Final()) && (list.Supplier == "" || c.Supplier == list.Supplier) {
			page.Items = append(page.Items, *c)
		}
	}
	return page, m.fail
}

func (m *memory) ExplainContract(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	return byContract(m, who, n, func(c *itsm.Contract) itsm.Explanation {
		e := c.Explain()
		e.Acts = c.ActsFor(who.Actor)
		return e
	})
}

func (m *memory) ContractTimeline(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	return byContract(m, who, n, func(*itsm.Contract) []itsm.Event { return m.timeline[n] })
}

func (m *memory) ContractComments(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	return byContract(m, who, n, func(*itsm.Contract) []itsm.Comment { return m.said[n] })
}

func (m *memory) ContractRelations(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	return byContract(m, who, n, func(*itsm.Contract) []itsm.Relation { return m.related(n) })
}

func (m *memory) RaiseContract(_ context.Context, who desk.Caller, d itsm.ContractDraft) (itsm.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	check := func() error {
		if err := d.CheckRaise(who.Actor); err != nil {
			return err
		}
		return d.CheckWith(m.suppliers[d.Supplier])
	}
	return m.once(who, "", itsm.ActContractRaise, d, check, func() itsm.Receipt {
		return m.beginContract(itsm.ContractNumber(int64(len(m.contracts)+100)), who.Person, who.Door, d).Receipt()
	})
}

func (m *memory) ProposeForContract(_ context.Context, who desk.Caller, n itsm.Number, r itsm.ProposalRequest) (itsm.Receipt, error) {
	return onContract(m, who, n, itsm.ActContractPropose, r, func(c *itsm.Contract) error { return c.CheckPropose(who.Actor, r, m.now) },
		func(c *itsm.Contract) itsm.Event { return c.Propose(who.Actor, r, m.now) })
}

func (m *memory) DecideContract(_ context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return onContract(m, who, n, itsm.ActContractDecide, r, func(c *itsm.Contract) error { return c.CheckDecision(who.Actor, r) },
		func(c *itsm.Contract) itsm.Event { return c.Decide(who.Actor, r, supplierPolicy, m.now) })
}

func (m *memory) GiveNotice(_ context.Context, who desk.Caller, n itsm.Number, r itsm.GiveNoticeRequest) (itsm.Receipt, error) {
	return onContract(m, who, n, itsm.ActGiveNotice, r, func(c *itsm.Contract) error { return c.CheckGiveNotice(who.Actor, r) },
		func(c *itsm.Contract) itsm.Event { return c.GiveNotice(who.Actor, r, m.now) })
}

func (m *memory) ReviewContract(_ context.Context, who desk.Caller, n itsm.Number, r itsm.ContractReview) (itsm.Receipt, error) {
	return onContract(m, who, n, itsm.ActContractReview, r, func(c *itsm.Contract) error { return c.CheckReview(who.Actor, r) },
		func(c *itsm.Contract) itsm.Event { return c.Review(who.Actor, r, supplierPolicy, m.now) })
}

func (m *memory) CancelContract(_ context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return onContract(m, who, n, itsm.ActContractCancel, r, func(c *itsm.Contract) error { return c.CheckCancel(who.Actor, r) },
		func(c *itsm.Contract) itsm.Event { return c.Cancel(who.Actor, r, m.now) })
}

func (m *memory) CommentOnContract(_ context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	check := func(c *itsm.Contract) error { return c.CheckComment(who.Actor, r, *m.talk[n]) }
	return onContract(m, who, n, itsm.ActContractComment, r, check, func(c *itsm.Contract) itsm.Event {
		m.said[n] = append(m.said[n], c.Say(who.Actor, r, m.talk[n], m.now))
		return itsm.Event{}
	})
}
