package chatops

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// onCorrective judges an act on a corrective action, and does what its process does then.
// What an act names beside the record, check looks up, once they may see it.
func (d *memDesk) onCorrective(ctx context.Context, who desk.Caller, act itsm.Act, n itsm.Number, check func() error, rule func(*itsm.CorrectiveAction) error, do func(*itsm.CorrectiveAction) itsm.Event) (itsm.Receipt, error) {
	return d.asking(ctx, who, act, n, func() (itsm.Receipt, error) {
		c, err := d.seenCorrective(who, n)
		if err == nil && check != nil {
			err = check()
		}
		if err == nil {
			err = rule(c)
		}
		if err != nil {
			return itsm.Receipt{}, err
		}
		d.recordCorrective(c, do(c), who.Person)
		r := c.Receipt()
		d.correctiveGoesOn(c)
		return r, nil
	})
}

// seenCorrective is a corrective action that somebody may see.
func (d *memDesk) seenCorrective(who desk.Caller, n itsm.Number) (*itsm.CorrectiveAction, error) {
	if err := who.May(itsm.ReadCorrective); err != nil {
		return nil, err
	}
	c := d.corrective[n]
	if c == nil {
		return nil, itsm.NoSuchRecord(n)
	}
	return c, c.CheckRead(who.Actor)
}

func (d *memDesk) recordCorrective(c *itsm.CorrectiveAction, e itsm.Event, by itsm.PersonID) {
	c.Revision++
	e.Number, e.Revision, e.At, e.Actor, e.Door, e.To = c.Number, c.Revision, d.now(), by, itsm.DoorSlack, itsm.State(c.State)
	d.timelines[c.Number] = append(d.timelines[c.Number], e)
}

func (d *memDesk) correctivePolicy() itsm.CorrectivePolicy { return d.catalog.Corrective.Filled() }

// correctiveGoesOn opens the decision on a plan and reckons, as the process does by itself.
func (d *memDesk) correctiveGoesOn(c *itsm.CorrectiveAction) {
	for c.NextStage() > 0 {
		o, err := d.catalog.OpenPlan(d.catalog.Corrective, c.Asking(), d.now())
		if err != nil {
			panic(err)
		}
		c.OpenStage(o)
		d.recordCorrective(c, itsm.Event{Kind: itsm.EventPlanOpened, From: itsm.State(c.State), Detail: &itsm.Detail{Opening: &o}}, itsm.System)
	}
	if c.Unreckoned() {
		r, err := c.Clocks.Reckon(func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }, d.now())
		if err != nil {
			panic(err)
		}
		d.recordCorrective(c, c.Take(r), itsm.System)
	}
}

// correctiveShows lets time pass until the effect of CAR-1 shows.
func (d *memDesk) correctiveShows() {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.corrective["CAR-1"]
	for {
		due, comes := c.Next()
		if !comes || due.Kind != itsm.EventVerificationDue {
			return
		}
		if e, happened := c.Fall(due, d.correctivePolicy(), due.At); happened {
			d.recordCorrective(c, e, itsm.System)
			d.correctiveGoesOn(c)
		}
	}
}

func (d *memDesk) RaiseCorrective(ctx context.Context, who desk.Caller, draft itsm.CorrectiveDraft) (itsm.Receipt, error) {
	return d.asking(ctx, who, itsm.ActCorrectiveRaise, "", func() (itsm.Receipt, error) {
		if err := draft.CheckRaise(who.Actor); err != nil {
			return itsm.Receipt{}, err
		}
		if err := d.catalog.CheckRaiseCorrective(who.Actor, draft); err != nil {
			return itsm.Receipt{}, err
		}
		if err := d.works("/owner", draft.Owner, itsm.WorkOnCorrective); err != nil {
			return itsm.Receipt{}, err
		}
		if err := draft.CheckSource(d.seenBy(who)); err != nil {
			return itsm.Receipt{}, err
		}
		s, _ := d.catalog.Service(draft.Service)
		c := &itsm.CorrectiveAction{
			Number: itsm.CorrectiveNumber(int64(len(d.corrective) + 1)), Reporter: who.Person, Door: who.Door, Restricted: s.Restricted, RaisedAt: d.now(),
			CorrectiveStanding: itsm.CorrectiveStanding{State: itsm.CorrectiveNew, Since: d.now()},
		}
		c.Begin(draft, s, d.correctivePolicy())
		d.corrective[c.Number] = c
		d.recordCorrective(c, itsm.Event{Kind: itsm.EventCorrectiveRaised}, who.Person)
		d.recordCorrective(c, c.Log(d.now()), itsm.System)
		r := c.Receipt()
		d.correctiveGoesOn(c)
		return r, nil
	})
}

func (d *memDesk) seenBy(who desk.Caller) func(itsm.Number) (bool, error) {
	return func(n itsm.Number) (bool, error) { return d.sees(who, n), nil }
}

func (d *memDesk) AcknowledgeCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onCorrective(ctx, who, itsm.ActCorrectiveAcknowledge, n, nil, func(c *itsm.CorrectiveAction) error { return c.CheckAcknowledge(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event {
			return c.Acknowledge(who.Actor, r, d.correctivePolicy(), d.now())
		})
}

func (d *memDesk) AssignCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Assignment) (itsm.Receipt, error) {
	check := func() error {
		if err := d.works("/assignee", r.Assignee, itsm.WorkOnCorrective); err != nil {
			return err
		}
		return d.team(r.Team)
	}
	return d.onCorrective(ctx, who, itsm.ActCorrectiveAssign, n, check, func(c *itsm.CorrectiveAction) error { return c.CheckAssign(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event { return c.Assign(who.Actor, r, d.now()) })
}

func (d *memDesk) RelateCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RelateRequest) (itsm.Receipt, error) {
	check := func() error { return d.other(who, r.To, r.CheckLinked) }
	return d.onCorrective(ctx, who, itsm.ActCorrectiveRelate, n, check, func(c *itsm.CorrectiveAction) error { return c.CheckRelate(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event { return c.Relate(who.Actor, r, d.now()) })
}

func (d *memDesk) CommentOnCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CommentRequest) (itsm.Receipt, error) {
	return d.asking(ctx, who, itsm.ActCorrectiveComment, n, func() (itsm.Receipt, error) {
		c, err := d.seenCorrective(who, n)
		if err != nil {
			return itsm.Receipt{}, err
		}
		if d.talks[n] == nil {
			d.talks[n] = &itsm.Talk{}
		}
		if err := c.CheckComment(who.Actor, r, *d.talks[n]); err != nil {
			return itsm.Receipt{}, err
		}
		d.comments[n] = append(d.comments[n], c.Say(who.Actor, r, d.talks[n], d.now()))
		return c.Receipt(), nil
	})
}

func (d *memDesk) FindCorrectiveCause(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.RootCauseRequest) (itsm.Receipt, error) {
	return d.onCorrective(ctx, who, itsm.ActCorrectiveCause, n, func() error { return r.CheckEvidence(d.seenBy(who)) },
		func(c *itsm.CorrectiveAction) error { return c.CheckCause(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event {
			return c.FindCause(who.Actor, r, d.correctivePolicy(), d.now())
		})
}

func (d *memDesk) PlanCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.PlanRequest) (itsm.Receipt, error) {
	check := func() error {
		for k, s := range r.Steps[:min(len(r.Steps), itsm.MaxPlanSteps)] {
			if err := d.works(itsm.StepOwner(k), s.Owner, itsm.WorkOnCorrective); err != nil {
				return err
			}
		}
		return nil
	}
	return d.onCorrective(ctx, who, itsm.ActPlan, n, check, func(c *itsm.CorrectiveAction) error { return c.CheckPlan(who.Actor, r, d.now()) },
		func(c *itsm.CorrectiveAction) itsm.Event {
			return c.WritePlan(who.Actor, r, d.correctivePolicy(), d.now())
		})
}

func (d *memDesk) DecideCorrectivePlan(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return d.onCorrective(ctx, who, itsm.ActPlanDecide, n, nil, func(c *itsm.CorrectiveAction) error { return c.CheckDecision(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event {
			return c.Decide(who.Actor, r, d.correctivePolicy(), d.now())
		})
}

func (d *memDesk) StepOfCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.StepRequest) (itsm.Receipt, error) {
	check := func() error {
		if err := d.works("/owner", r.Owner, itsm.WorkOnCorrective); err != nil {
			return err
		}
		return r.CheckEvidence(d.seenBy(who))
	}
	return d.onCorrective(ctx, who, itsm.ActStep, n, check, func(c *itsm.CorrectiveAction) error { return c.CheckStep(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event { return c.Progress(who.Actor, r, d.now()) })
}

func (d *memDesk) ImplementCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onCorrective(ctx, who, itsm.ActImplement, n, nil, func(c *itsm.CorrectiveAction) error { return c.CheckImplement(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event {
			return c.Implement(who.Actor, r, d.correctivePolicy(), d.now())
		})
}

func (d *memDesk) VerifyCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.VerificationRequest) (itsm.Receipt, error) {
	return d.onCorrective(ctx, who, itsm.ActVerify, n, func() error { return r.CheckEvidence(d.seenBy(who)) },
		func(c *itsm.CorrectiveAction) error { return c.CheckVerify(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event {
			return c.Verify(who.Actor, r, d.correctivePolicy(), d.now())
		})
}

func (d *memDesk) WithdrawCorrective(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onCorrective(ctx, who, itsm.ActWithdrawCorrective, n, nil, func(c *itsm.CorrectiveAction) error { return c.CheckWithdraw(who.Actor, r) },
		func(c *itsm.CorrectiveAction) itsm.Event { return c.Withdraw(who.Actor, r, d.now()) })
}

func (d *memDesk) CorrectiveAction(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.CorrectiveAction, error) {
	if err := d.trouble(ctx, "CorrectiveAction"); err != nil {
		return itsm.CorrectiveAction{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	c, err := d.seenCorrective(who, n)
	if err != nil {
		return itsm.CorrectiveAction{}, err
	}
	return *c, nil
}

func (d *memDesk) CorrectiveBook(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.CorrectiveBook, error) {
	c, err := d.CorrectiveAction(ctx, who, n)
	if err != nil {
		return itsm.CorrectiveBook{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.correctiveBook(c), nil
}

func (d *memDesk) correctiveBook(c itsm.CorrectiveAction) itsm.CorrectiveBook {
	s, _ := d.catalog.Service(c.Service)
	return itsm.CorrectiveBook{
		Corrective: c, Timeline: slices.Clone(d.timelines[c.Number]), Said: slices.Clone(d.comments[c.Number]), Service: s,
		Managers: d.catalog.Holders(itsm.QualityManager), People: byID(d.catalog.People),
	}
}

func (d *memDesk) CorrectiveActions(ctx context.Context, who desk.Caller, list desk.CorrectiveList) (desk.CorrectivePage, error) {
	if err := d.trouble(ctx, "CorrectiveActions"); err != nil {
		return desk.CorrectivePage{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var page desk.CorrectivePage
	for _, c := range d.corrective {
		switch {
		case c.CheckRead(who.Actor) != nil, list.Open && c.State.Final(), list.Mine && c.Reporter != who.Person, list.Owned && c.Owner != who.Person:
		default:
			page.Items = append(page.Items, *c)
		}
	}
	slices.SortFunc(page.Items, func(a, b itsm.CorrectiveAction) int { return int(b.Number.Ordinal() - a.Number.Ordinal()) })
	page.Items = page.Items[:min(len(page.Items), list.Limit)]
	return page, nil
}

func (d *memDesk) WaitingCorrective(ctx context.Context, who desk.Caller) ([]itsm.CorrectiveAction, error) {
	page, err := d.CorrectiveActions(ctx, who, desk.CorrectiveList{Open: true, Limit: 200})
	return slices.DeleteFunc(page.Items, func(c itsm.CorrectiveAction) bool {
		e := c.Explain()
		return !slices.Contains(e.WaitsFor, who.Person) && !slices.ContainsFunc(e.Roles, who.Is)
	}), err
}

func (d *memDesk) CorrectiveRelations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	c, err := d.CorrectiveAction(ctx, who, n)
	return c.Relations, err
}
