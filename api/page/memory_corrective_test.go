package page

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// correctivePolicy counts around the clock.
func (m *memory) correctivePolicy() itsm.CorrectivePolicy { return m.catalog.Corrective.Filled() }

// correct puts a corrective action of Ana's on record as its process would.
func (m *memory) correct(n itsm.Number, set ...func(*itsm.CorrectiveDraft)) *itsm.CorrectiveAction {
	d := itsm.CorrectiveDraft{Severity: itsm.SeverityMajor}
	d.Title, d.Service, d.Nonconformity = "Nobody is warned before a disk is full", "payments", "Capacity is to be monitored; it was not, three times."
	for _, f := range set {
		f(&d)
	}
	return m.beginCorrective(n, "ana", itsm.DoorSlack, d)
}

func (m *memory) beginCorrective(n itsm.Number, by itsm.PersonID, door itsm.Door, d itsm.CorrectiveDraft) *itsm.CorrectiveAction {
	c := &itsm.CorrectiveAction{Number: n, Reporter: by, Door: door, PolicyVersion: 3, RaisedAt: m.now}
	c.State, c.Revision, c.Since = itsm.CorrectiveNew, 1, m.now
	s, _ := m.catalog.Service(d.Service)
	c.Begin(d, s, m.correctivePolicy())
	m.corrections[n], m.talk[n] = c, &itsm.Talk{}
	m.relations = append(m.relations, c.Relations...)
	m.keepCorrective(c, itsm.Event{Kind: itsm.EventCorrectiveRaised, Actor: by, Door: door})
	m.befallCorrective(c, c.Log(m.now))
	return c
}

func (m *memory) keepCorrective(c *itsm.CorrectiveAction, e itsm.Event) {
	e.Number, e.At, e.To = c.Number, m.now, itsm.State(c.State)
	if e.Actor == "" {
		e.Actor, e.Door = itsm.System, itsm.DoorSystem
	}
	if len(m.timeline[c.Number]) > 0 {
		c.Revision++
	}
	e.Revision = c.Revision
	m.timeline[c.Number] = append(m.timeline[c.Number], e)
	if e.Detail != nil && e.Detail.Relation != nil {
		m.relations = append(m.relations, *e.Detail.Relation)
	}
}

// befallCorrective keeps what happened to a corrective action, and does what comes of
// it: the decision on its plan, and its deadlines.
func (m *memory) befallCorrective(c *itsm.CorrectiveAction, e itsm.Event) {
	m.keepCorrective(c, e)
	if c.NextStage() != 0 {
		o, err := m.catalog.OpenPlan(m.catalog.Corrective, c.Asking(), m.now)
		if err != nil {
			panic(err)
		}
		c.OpenStage(o)
		m.keepCorrective(c, itsm.Event{Kind: itsm.EventPlanOpened, Detail: &itsm.Detail{Opening: &o}})
	}
	if !c.Unreckoned() {
		return
	}
	reckoned, err := c.Clocks.Reckon(func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }, m.now)
	if err != nil {
		panic(err)
	}
	m.keepCorrective(c, c.Take(reckoned))
}

// passCorrections lets fall due what does until an instant.
func (m *memory) passCorrections(until time.Time) {
	for _, c := range m.correctionsInOrder() {
		for due, has := c.Next(); has && !due.At.After(until); due, has = c.Next() {
			m.now = due.At
			if e, happened := c.Fall(due, m.correctivePolicy(), m.now); happened {
				m.befallCorrective(c, e)
			}
		}
	}
}

func (m *memory) correctionsInOrder() (all []*itsm.CorrectiveAction) {
	for _, c := range m.corrections {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *itsm.CorrectiveAction) int { return int(b.Number.Ordinal() - a.Number.Ordinal()) })
	return all
}

func (m *memory) findCorrective(who desk.Caller, n itsm.Number) (*itsm.CorrectiveAction, error) {
	if m.fail != nil {
		return nil, m.fail
	}
	if err := n.Check(); err != nil {
		return nil, err
	}
	c, ok := m.corrections[n]
	if !ok {
		return nil, itsm.NoSuchRecord(n)
	}
	return c, c.CheckRead(who.Actor)
}

// ofCorrective answers a question about a corrective action that somebody may see.
func ofCorrective[T any](m *memory, who desk.Caller, n itsm.Number, answer func(*itsm.CorrectiveAction) T) (out T, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, err := m.findCorrective(who, n)
	if err != nil {
		return out, err
	}
	return answer(c), nil
}

// onCorrective does an act on a corrective action.
func onCorrective[T any](m *memory, who desk.Caller, n itsm.Number, a itsm.Act, body T, check func(*itsm.CorrectiveAction) error, do func(*itsm.CorrectiveAction) itsm.Event) (itsm.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, err := m.findCorrective(who, n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	return m.once(who, n, a, body, func() error { return check(c) }, func() itsm.Receipt {
		if e := do(c); e.Kind != "" {
			e.Actor, e.Door = who.Person, who.Door
			m.befallCorrective(c, e)
		}
		return c.Receipt()
	})
}

func (m *memory) CorrectiveAction(_ context.Context, who desk.Caller, n itsm.Number) (itsm.CorrectiveAction, error) {
	return ofCorrective(m, who, n, func(c *itsm.CorrectiveAction) itsm.CorrectiveAction { return *c })
}

func (m *memory) CorrectiveActions(_ context.Context, who desk.Caller, list desk.CorrectiveList) (page desk.CorrectivePage, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.correctionsInOrder() {
		fits := (!list.Mine || c.Reporter == who.Person) && (!list.Owned || c.Owner == who.Person) && (!list.Open || !c.State.Final()) &&
			(list.Cursor == "" || c.Number.Ordinal() < itsm.Number("CAR-"+list.Cursor).Ordinal())
		if fits && c.CheckRead(who.Actor) == nil {
			page.Items = append(page.Items, *c)
		}
	}
	if len(page.Items) > list.Limit {
		page.Items = page.Items[:list.Limit]
		page.Next = fmt.Sprint(page.Items[list.Limit-1].Number.Ordinal())
	}
	return page, m.fail
}

func (m *memory) WaitingCorrective(_ context.Context, who desk.Caller) (all []itsm.CorrectiveAction, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.correctionsInOrder() {
		e := c.Explain()
		if slices.Contains(e.WaitsFor, who.Person) || slices.ContainsFunc(e.Roles, who.Is) {
			all = append(all, *c)
		}
	}
	return all, m.fail
}

func (m *memory) ExplainCorrective(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	return ofCorrective(m, who, n, func(c *itsm.CorrectiveAction) itsm.Explanation {
		e := c.Explain()
		e.Acts = c.ActsFor(who.Actor, m.now)
		return e
	})
}

func (m *memory) CorrectiveTimeline(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	return ofCorrective(m, who, n, func(*itsm.CorrectiveAction) []itsm.Event { return m.timeline[n] })
}

func (m *memory) CorrectiveComments(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	return ofCorrective(m, who, n, func(*itsm.CorrectiveAction) []itsm.Comment { return m.said[n] })
}

func (m *memory) CorrectiveRelations(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	return ofCorrective(m, who, n, func(*itsm.CorrectiveAction) []itsm.Relation { return m.related(n) })
}

func (m *memory) RaiseCorrective(_ context.Context, who desk.Caller, d itsm.CorrectiveDraft) (itsm.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return itsm.Receipt{}, m.fail
	}
	check := func() error {
		if err := d.CheckRaise(who.Actor); err != nil {
			return err
		}
		if err := m.catalog.CheckRaiseCorrective(who.Actor, d); err != nil {
			return err
		}
		return d.CheckSource(func(n itsm.Number) (bool, error) {
			return m.problems[n] != nil || m.incidents[n] != nil || m.changes[n] != nil, nil
		})
	}
	return m.once(who, "", itsm.ActCorrectiveRaise, d, check, func() itsm.Receipt {
		return m.beginCorrective(itsm.CorrectiveNumber(int64(len(m.corrections)+100)), who.Person, who.Door, d).Receipt()
	})
}

func (m *memory) CommentOnCorrective(_ context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	check := func(c *itsm.CorrectiveAction) error { return c.CheckComment(who.Actor, r, *m.talk[n]) }
	return onCorrective(m, who, n, itsm.ActCorrectiveComment, r, check, func(c *itsm.CorrectiveAction) itsm.Event {
		m.said[n] = append(m.said[n], c.Say(who.Actor, r, m.talk[n], m.now))
		return itsm.Event{}
	})
}

func (m *memory) AcknowledgeCorrective(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onCorrective(m, who, n, itsm.ActCorrectiveAcknowledge, r, func(c *itsm.CorrectiveAction) error { return c.CheckAcknowledge(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event {
			return c.Acknowledge(who.Actor, r, m.correctivePolicy(), m.now)
		})
}

func (m *memory) AssignCorrective(_ context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error) {
	return onCorrective(m, who, n, itsm.ActCorrectiveAssign, r, func(c *itsm.CorrectiveAction) error { return c.CheckAssign(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event { return c.Assign(who.Actor, r, m.now) })
}

func (m *memory) RelateCorrective(_ context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error) {
	return onCorrective(m, who, n, itsm.ActCorrectiveRelate, r, func(c *itsm.CorrectiveAction) error { return c.CheckRelate(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event { return c.Relate(who.Actor, r, m.now) })
}

func (m *memory) FindCorrectiveCause(_ context.Context, who desk.Caller, n itsm.Number, r itsm.RootCauseRequest) (itsm.Receipt, error) {
	return onCorrective(m, who, n, itsm.ActCorrectiveCause, r, func(c *itsm.CorrectiveAction) error { return c.CheckCause(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event {
			return c.FindCause(who.Actor, r, m.correctivePolicy(), m.now)
		})
}

func (m *memory) PlanCorrective(_ context.Context, who desk.Caller, n itsm.Number, r itsm.PlanRequest) (itsm.Receipt, error) {
	return onCorrective(m, who, n, itsm.ActPlan, r, func(c *itsm.CorrectiveAction) error { return c.CheckPlan(who.Actor, r, m.now) },
		func(c *itsm.CorrectiveAction) itsm.Event {
			return c.WritePlan(who.Actor, r, m.correctivePolicy(), m.now)
		})
}

func (m *memory) DecideCorrectivePlan(_ context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return onCorrective(m, who, n, itsm.ActPlanDecide, r, func(c *itsm.CorrectiveAction) error { return c.CheckDecision(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event { return c.Decide(who.Actor, r, m.correctivePolicy(), m.now) })
}

func (m *memory) StepOfCorrective(_ context.Context, who desk.Caller, n itsm.Number, r itsm.StepRequest) (itsm.Receipt, error) {
	return onCorrective(m, who, n, itsm.ActStep, r, func(c *itsm.CorrectiveAction) error { return c.CheckStep(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event { return c.Progress(who.Actor, r, m.now) })
}

func (m *memory) ImplementCorrective(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onCorrective(m, who, n, itsm.ActImplement, r, func(c *itsm.CorrectiveAction) error { return c.CheckImplement(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event {
			return c.Implement(who.Actor, r, m.correctivePolicy(), m.now)
		})
}

func (m *memory) VerifyCorrective(_ context.Context, who desk.Caller, n itsm.Number, r itsm.VerificationRequest) (itsm.Receipt, error) {
	return onCorrective(m, who, n, itsm.ActVerify, r, func(c *itsm.CorrectiveAction) error { return c.CheckVerify(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event { return c.Verify(who.Actor, r, m.correctivePolicy(), m.now) })
}

func (m *memory) WithdrawCorrective(_ context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return onCorrective(m, who, n, itsm.ActWithdrawCorrective, r, func(c *itsm.CorrectiveAction) error { return c.CheckWithdraw(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event { return c.Withdraw(who.Actor, r, m.now) })
}
