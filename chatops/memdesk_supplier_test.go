package chatops

import (
	"context"
	"fmt"
	"slices"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// supplied is a supplier, a contract or a review.
type supplied interface {
	*itsm.Supplier | *itsm.Contract | *itsm.SupplierReview
	CheckRead(who itsm.Actor) error
	Receipt() itsm.Receipt
}

// seenSupplied is one of those that somebody may see.
func seenSupplied[R supplied](all map[itsm.Number]R, need itsm.Permission, who desk.Caller, n itsm.Number) (r R, err error) {
	if err := n.Check(); err != nil {
		return r, err
	}
	if err := who.May(need); err != nil {
		return r, err
	}
	r, is := all[n]
	if !is {
		return r, itsm.NoSuchRecord(n)
	}
	return r, r.CheckRead(who.Actor)
}

// onSupplied judges an act, and does what its process does then. What an act names beside
// the record, check looks up, once they may see it.
func onSupplied[R supplied](ctx context.Context, d *memDesk, all map[itsm.Number]R, need itsm.Permission, who desk.Caller, act itsm.Act, n itsm.Number, check func() error, rule func(R) error, do func(R) itsm.Event) (itsm.Receipt, error) {
	return d.asking(ctx, who, act, n, func() (itsm.Receipt, error) {
		r, err := seenSupplied(all, need, who, n)
		if err == nil && check != nil {
			err = check()
		}
		if err == nil {
			err = rule(r)
		}
		if err != nil {
			return itsm.Receipt{}, err
		}
		d.recordSupplied(r, do(r), who.Person)
		out := r.Receipt()
		d.suppliedGoesOn(r)
		return out, nil
	})
}

func (d *memDesk) onSupplier(ctx context.Context, who desk.Caller, act itsm.Act, n itsm.Number, check func() error, rule func(*itsm.Supplier) error, do func(*itsm.Supplier) itsm.Event) (itsm.Receipt, error) {
	return onSupplied(ctx, d, d.suppliers, itsm.ReadSuppliers, who, act, n, check, rule, do)
}

func (d *memDesk) onContract(ctx context.Context, who desk.Caller, act itsm.Act, n itsm.Number, check func() error, rule func(*itsm.Contract) error, do func(*itsm.Contract) itsm.Event) (itsm.Receipt, error) {
	return onSupplied(ctx, d, d.contracts, itsm.ReadContracts, who, act, n, check, rule, do)
}

func (d *memDesk) onReview(ctx context.Context, who desk.Caller, act itsm.Act, n itsm.Number, check func() error, rule func(*itsm.SupplierReview) error, do func(*itsm.SupplierReview) itsm.Event) (itsm.Receipt, error) {
	return onSupplied(ctx, d, d.reviews, itsm.ReadSuppliers, who, act, n, check, rule, do)
}

func (d *memDesk) recordSupplied(r any, e itsm.Event, by itsm.PersonID) {
	switch r := r.(type) {
	case *itsm.Supplier:
		r.Revision++
		e.Number, e.Revision, e.To = r.Number, r.Revision, itsm.State(r.State)
	case *itsm.Contract:
		r.Revision++
		e.Number, e.Revision, e.To = r.Number, r.Revision, itsm.State(r.State)
	case *itsm.SupplierReview:
		r.Revision++
		e.Number, e.Revision, e.To = r.Number, r.Revision, itsm.State(r.State)
	}
	e.At, e.Actor, e.Door = d.now(), by, itsm.DoorSlack
	d.timelines[e.Number] = append(d.timelines[e.Number], e)
}

func (d *memDesk) supplierPolicy() itsm.SupplierPolicy { return d.catalog.Supplier.Filled() }

func inNoCalendar(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }

// suppliedGoesOn does what the process does by itself.
func (d *memDesk) suppliedGoesOn(r any) {
	switch r := r.(type) {
	case *itsm.Supplier:
		if r.Unreckoned() {
			k, err := r.Reckon(d.catalog.Supplier, inNoCalendar, d.now())
			must(err)
			d.recordSupplied(r, r.Take(k), itsm.System)
		}
	case *itsm.Contract:
		d.contractGoesOn(r)
	case *itsm.SupplierReview:
		if e, ok := r.Settle(d.now()); ok {
			d.recordSupplied(r, e, itsm.System)
		}
		if s := d.suppliers[r.Supplier]; r.State == itsm.ReviewClosed {
			if e, ok := s.Rate(r.Rating(), d.now()); ok {
				d.recordSupplied(s, e, itsm.System)
			}
		}
	}
}

func (d *memDesk) contractGoesOn(c *itsm.Contract) {
	for c.NextStage() > 0 {
		o, err := d.catalog.OpenContract(d.catalog.Supplier, c.Asking(), d.now())
		must(err)
		c.OpenStage(o)
		d.recordSupplied(c, itsm.Event{Kind: itsm.EventContractDecisionOpened, From: itsm.State(c.State), Detail: &itsm.Detail{Opening: &o}}, itsm.System)
	}
	if c.Unreckoned() {
		k, err := c.Reckon(d.catalog.Supplier, inNoCalendar, d.now())
		must(err)
		d.recordSupplied(c, c.Take(k), itsm.System)
	}
	if due, comes := c.Next(); comes && due.Kind == itsm.EventContractBegan && !due.At.After(d.now()) {
		if e, happened := c.Fall(due, d.supplierPolicy(), d.now()); happened {
			d.recordSupplied(c, e, itsm.System)
			d.contractGoesOn(c)
		}
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// falls lets time pass until the next thing of a kind happens to a contract or a review.
func (d *memDesk) falls(n itsm.Number, kind itsm.EventKind) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for range 50 {
		if c := d.contracts[n]; c != nil {
			due, _ := c.Next()
			if e, happened := c.Fall(due, d.supplierPolicy(), due.At); happened {
				d.recordSupplied(c, e, itsm.System)
				d.contractGoesOn(c)
			}
			if due.Kind == kind {
				return
			}
			continue
		}
		r := d.reviews[n]
		due, _ := r.Next()
		if e, happened := r.Fall(due); happened {
			d.recordSupplied(r, e, itsm.System)
		}
		if due.Kind == kind {
			return
		}
	}
	panic(fmt.Sprint(kind, " never comes to ", n))
}

func (d *memDesk) RaiseSupplier(ctx context.Context, who desk.Caller, p itsm.SupplierProfile) (itsm.Receipt, error) {
	return d.asking(ctx, who, itsm.ActSupplierRaise, "", func() (itsm.Receipt, error) {
		if err := p.CheckRaise(who.Actor); err != nil {
			return itsm.Receipt{}, err
		}
		if err := d.keepers(p); err != nil {
			return itsm.Receipt{}, err
		}
		s := &itsm.Supplier{Number: itsm.SupplierNumber(int64(len(d.suppliers) + 1)), Reporter: who.Person, Door: who.Door, RaisedAt: d.now()}
		s.State, s.Since = itsm.SupplierNew, d.now()
		s.Begin(p)
		d.suppliers[s.Number] = s
		d.recordSupplied(s, itsm.Event{Kind: itsm.EventSupplierRaised}, who.Person)
		d.recordSupplied(s, s.Propose(d.now()), itsm.System)
		return s.Receipt(), nil
	})
}

func (d *memDesk) keepers(p itsm.SupplierProfile) error {
	if err := d.works("/owner", p.Owner, itsm.KeepSuppliers); err != nil {
		return err
	}
	return d.works("/deputy", p.Deputy, itsm.KeepSuppliers)
}

func (d *memDesk) EditSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ProfileRequest) (itsm.Receipt, error) {
	return d.onSupplier(ctx, who, itsm.ActSupplierEdit, n, func() error { return d.keepers(r.SupplierProfile) }, func(s *itsm.Supplier) error { return s.CheckEdit(who.Actor, r) },
		func(s *itsm.Supplier) itsm.Event { return s.Edit(who.Actor, r, d.now()) })
}

func (d *memDesk) MoveSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.MoveRequest) (itsm.Receipt, error) {
	return d.onSupplier(ctx, who, itsm.ActSupplierMove, n, func() error { return r.CheckEvidence(d.seenBy(who)) }, func(s *itsm.Supplier) error { return s.CheckMove(who.Actor, r) },
		func(s *itsm.Supplier) itsm.Event { return s.Move(who.Actor, r, d.now()) })
}

func (d *memDesk) AssessSupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DiligenceRequest) (itsm.Receipt, error) {
	return d.onSupplier(ctx, who, itsm.ActDiligence, n, func() error { return r.CheckEvidence(d.seenBy(who)) }, func(s *itsm.Supplier) error { return s.CheckDiligence(who.Actor, r) },
		func(s *itsm.Supplier) itsm.Event { return s.Assess(who.Actor, r, d.supplierPolicy(), d.now()) })
}

func (d *memDesk) CertifySupplier(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.CertificateRequest) (itsm.Receipt, error) {
	return d.onSupplier(ctx, who, itsm.ActCertificate, n, nil, func(s *itsm.Supplier) error { return s.CheckCertificate(who.Actor, r) },
		func(s *itsm.Supplier) itsm.Event { return s.Certify(who.Actor, r, d.now()) })
}

func (d *memDesk) PlanExit(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ExitRequest) (itsm.Receipt, error) {
	return d.onSupplier(ctx, who, itsm.ActExitPlan, n, nil, func(s *itsm.Supplier) error { return s.CheckExit(who.Actor, r) },
		func(s *itsm.Supplier) itsm.Event { return s.PlanExit(who.Actor, r, d.supplierPolicy(), d.now()) })
}

func (d *memDesk) RaiseContract(ctx context.Context, who desk.Caller, draft itsm.ContractDraft) (itsm.Receipt, error) {
	return d.asking(ctx, who, itsm.ActContractRaise, "", func() (itsm.Receipt, error) {
		if err := draft.CheckRaise(who.Actor); err != nil {
			return itsm.Receipt{}, err
		}
		s := d.suppliers[draft.Supplier]
		if err := draft.CheckWith(s); err != nil {
			return itsm.Receipt{}, err
		}
		if err := d.works("/owner", draft.Owner, itsm.ManageContracts); err != nil {
			return itsm.Receipt{}, err
		}
		c := &itsm.Contract{Number: itsm.ContractNumber(int64(len(d.contracts) + 1)), Reporter: who.Person, Door: who.Door, RaisedAt: d.now()}
		c.State, c.Since = itsm.ContractNew, d.now()
		c.Begin(draft, s.Tier)
		d.contracts[c.Number] = c
		d.recordSupplied(c, itsm.Event{Kind: itsm.EventContractRaised}, who.Person)
		d.recordSupplied(c, c.Draft(d.now()), itsm.System)
		return c.Receipt(), nil
	})
}

func (d *memDesk) ProposeForContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ProposalRequest) (itsm.Receipt, error) {
	check := func() error { return d.other(who, r.Change, r.CheckChange) }
	return d.onContract(ctx, who, itsm.ActContractPropose, n, check, func(c *itsm.Contract) error { return c.CheckPropose(who.Actor, r, d.now()) },
		func(c *itsm.Contract) itsm.Event { return c.Propose(who.Actor, r, d.now()) })
}

func (d *memDesk) DecideContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.DecisionRequest) (itsm.Receipt, error) {
	return d.onContract(ctx, who, itsm.ActContractDecide, n, nil, func(c *itsm.Contract) error { return c.CheckDecision(who.Actor, r) },
		func(c *itsm.Contract) itsm.Event { return c.Decide(who.Actor, r, d.supplierPolicy(), d.now()) })
}

func (d *memDesk) GiveNotice(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.GiveNoticeRequest) (itsm.Receipt, error) {
	return d.onContract(ctx, who, itsm.ActGiveNotice, n, func() error { return r.CheckEvidence(d.seenBy(who)) }, func(c *itsm.Contract) error { return c.CheckGiveNotice(who.Actor, r) },
		func(c *itsm.Contract) itsm.Event { return c.GiveNotice(who.Actor, r, d.now()) })
}

func (d *memDesk) ReviewContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.ContractReview) (itsm.Receipt, error) {
	return d.onContract(ctx, who, itsm.ActContractReview, n, func() error { return r.CheckEvidence(d.seenBy(who)) }, func(c *itsm.Contract) error { return c.CheckReview(who.Actor, r) },
		func(c *itsm.Contract) itsm.Event { return c.Review(who.Actor, r, d.supplierPolicy(), d.now()) })
}

func (d *memDesk) CancelContract(ctx context.Context, who desk.Caller, n itsm.Number, r itsm.Cancellation) (itsm.Receipt, error) {
	return d.onContract(ctx, who, itsm.ActContractCancel, n, nil, func(c *itsm.Contract) error { return c.CheckCancel(who.Actor, r) },
		func(c *itsm.Contract) itsm.Event { return c.Cancel(who.Actor, r, d.now()) })
}

// reviewBegins has the review of SUP-1 for the quarter that ended last begin.
func (d *memDesk) reviewBegins() itsm.Number {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.suppliers["SUP-1"]
	var bound []itsm.Contract
	for _, c := range d.contracts {
		bound = append(bound, *c)
	}
	p := itsm.PeriodOf(itsm.Quarterly, itsm.DateOf(d.now())).Before()
	r := &itsm.SupplierReview{StartedAt: d.now()}
	r.State, r.Since = itsm.ReviewNew, d.now()
	r.Begin(s, p, itsm.TargetsOf(bound), d.catalog.Supplier)
	var err error
	r.Clocks, err = r.Clocks.Reckon(inNoCalendar, d.now())
	must(err)
	d.reviews[r.Number] = r
	d.recordSupplied(r, itsm.Event{Kind: itsm.EventReviewStarted}, itsm.System)
	d.recordSupplied(r, r.Open(d.now()), itsm.System)
	return r.Number
}

func (d *memDesk) MeasureReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.ReadingRequest) (itsm.Receipt, error) {
	return d.onReview(ctx, who, itsm.ActMeasure, n, func() error { return q.CheckEvidence(d.seenBy(who)) }, func(r *itsm.SupplierReview) error { return r.CheckMeasure(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.TakeReading(who.Actor, q, d.now()) })
}

func (d *memDesk) SeeReading(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.SeenRequest) (itsm.Receipt, error) {
	return d.onReview(ctx, who, itsm.ActSeen, n, nil, func(r *itsm.SupplierReview) error { return r.CheckSeen(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.See(who.Actor, q, d.now()) })
}

func (d *memDesk) ScoreReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onReview(ctx, who, itsm.ActScore, n, nil, func(r *itsm.SupplierReview) error { return r.CheckScore(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.Weigh(who.Actor, q, d.now()) })
}

func (d *memDesk) MeetReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.MeetingRequest) (itsm.Receipt, error) {
	return d.onReview(ctx, who, itsm.ActMeet, n, nil, func(r *itsm.SupplierReview) error { return r.CheckMeet(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.Meet(who.Actor, q, d.now()) })
}

func (d *memDesk) AgreeAction(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.AgreeRequest) (itsm.Receipt, error) {
	check := func() error {
		for k, a := range q.Actions[:min(len(q.Actions), itsm.MaxReviewActions)] {
			if err := d.works(fmt.Sprintf("/actions/%d/owner", k), a.Owner, itsm.KeepSuppliers); err != nil {
				return err
			}
		}
		return nil
	}
	return d.onReview(ctx, who, itsm.ActAgree, n, check, func(r *itsm.SupplierReview) error { return r.CheckAgree(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.Agree(who.Actor, q, d.now()) })
}

func (d *memDesk) SignOffReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.NoteRequest) (itsm.Receipt, error) {
	return d.onReview(ctx, who, itsm.ActSignOff, n, nil, func(r *itsm.SupplierReview) error { return r.CheckSignOff(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.Sign(who.Actor, q, d.now()) })
}

func (d *memDesk) CancelReview(ctx context.Context, who desk.Caller, n itsm.Number, q itsm.Cancellation) (itsm.Receipt, error) {
	return d.onReview(ctx, who, itsm.ActReviewCancel, n, nil, func(r *itsm.SupplierReview) error { return r.CheckCancel(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.Cancel(who.Actor, q, d.now()) })
}

// suppliedFor are all suppliers, contracts and reviews that somebody may see.
func (d *memDesk) suppliedFor(who desk.Caller) (all []itsm.Record) {
	for _, s := range d.suppliers {
		if s.CheckRead(who.Actor) == nil {
			all = append(all, s.Record(who.Actor, d.now()))
		}
	}
	for _, c := range d.contracts {
		if c.CheckRead(who.Actor) == nil {
			all = append(all, c.Record(who.Actor, d.now()))
		}
	}
	for _, r := range d.reviews {
		if r.CheckRead(who.Actor) == nil {
			all = append(all, r.Record(who.Actor, d.now()))
		}
	}
	return all
}

// suppliedWaits tells whether a supplier, a contract or a review waits for somebody.
func (d *memDesk) suppliedWaits(who desk.Caller, r itsm.Record) bool {
	ours := []itsm.RecordKind{itsm.KindSupplier, itsm.KindContract, itsm.KindReview}
	return slices.Contains(ours, r.Kind) && r.ClosedAt == nil && (slices.Contains(r.WaitsFor, who.Person) || slices.ContainsFunc(r.Roles, who.Is))
}
