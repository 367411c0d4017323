package page

import (
	"context"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// reviewed begins the review of SUP-4 for February, with the targets of its contracts.
func (m *memory) reviewed() {
	supplier, p, err := itsm.ParseReviewNumber("SUP-4/2031-02")
	if err != nil {
		panic(err)
	}
	s, targets := m.suppliers[supplier], []itsm.ContractTarget(nil)
	for _, c := range inOrder(m.contracts) {
		if c.Supplier == supplier && c.State.InForce() {
			targets = append(targets, c.Targets...)
		}
	}
	r := &itsm.SupplierReview{StartedAt: m.now, PolicyVersion: 3}
	r.State, r.Revision, r.Since = itsm.ReviewNew, 1, m.now
	r.Begin(s, p, targets, supplierPolicy)
	m.reviews[r.Number], m.talk[r.Number] = r, &itsm.Talk{}
	m.entry(r.Number, &r.Revision, itsm.State(r.State), itsm.Event{Kind: itsm.EventReviewStarted})
	m.befallReview(r, r.Open(m.now))
}

func (m *memory) befallReview(r *itsm.SupplierReview, e itsm.Event) {
	keep := func(e itsm.Event) { m.entry(r.Number, &r.Revision, itsm.State(r.State), e) }
	keep(e)
	if e, ok := r.Settle(m.now); ok {
		keep(e)
		s := m.suppliers[r.Supplier]
		if e, ok := s.Rate(r.Rating(), m.now); ok {
			m.befallSupplier(s, e)
		}
	}
	if r.Unreckoned() {
		reckoned, err := r.Clocks.Reckon(aroundTheClock, m.now)
		if err != nil {
			panic(err)
		}
		keep(r.Take(reckoned))
	}
}

func byReview[T any](m *memory, who desk.Caller, n itsm.Number, answer func(*itsm.SupplierReview) T) (out T, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, err := found(m, m.reviews, n)
	if err == nil {
		err = r.CheckRead(who.Actor)
	}
	if err != nil {
		return out, err
	}
	return answer(r), nil
}

func onReview[T any](m *memory, who desk.Caller, n itsm.Number, a itsm.Act, body T, check func(*itsm.SupplierReview) error, do func(*itsm.SupplierReview) itsm.Event) (itsm.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, err := found(m, m.reviews, n)
	if err != nil {
		return itsm.Receipt{}, err
	}
	return m.once(who, n, a, body, func() error { return check(r) }, func() itsm.Receipt {
		if e := do(r); e.Kind != "" {
			e.Actor, e.Door = who.Person, who.Door
			m.befallReview(r, e)
		}
		return r.Receipt()
	})
}

func (m *memory) Review(_ context.Context, who desk.Caller, n itsm.Number) (itsm.SupplierReview, error) {
	return byReview(m, who, n, func(r *itsm.SupplierReview) itsm.SupplierReview { return *r })
}

func (m *memory) Reviews(_ context.Context, who desk.Caller, list desk.ReviewList) (page desk.ReviewPage, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range inOrder(m.reviews) {
		if (list.Supplier == "" || r.Supplier == list.Supplier) && r.CheckRead(who.Actor) == nil {
			page.Items = append(page.Items, *r)
		}
	}
	return page, m.fail
}

func (m *memory) ExplainReview(_ context.Context, who desk.Caller, n itsm.Number) (itsm.Explanation, error) {
	return byReview(m, who, n, func(r *itsm.SupplierReview) itsm.Explanation {
		e := r.Explain()
		e.Acts = r.ActsFor(who.Actor)
		return e
	})
}

func (m *memory) ReviewTimeline(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Event, error) {
	return byReview(m, who, n, func(*itsm.SupplierReview) []itsm.Event { return m.timeline[n] })
}

func (m *memory) ReviewComments(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Comment, error) {
	return byReview(m, who, n, func(*itsm.SupplierReview) []itsm.Comment { return m.said[n] })
}

func (m *memory) ReviewRelations(_ context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	return byReview(m, who, n, func(*itsm.SupplierReview) []itsm.Relation { return m.related(n) })
}

func (m *memory) MeasureReview(_ context.Context, who desk.Caller, n itsm.Number, q itsm.ReadingRequest) (itsm.Receipt, error) {
	return onReview(m, who, n, itsm.ActMeasure, q, func(r *itsm.SupplierReview) error { return r.CheckMeasure(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.TakeReading(who.Actor, q, m.now) })
}

func (m *memory) SeeReading(_ context.Context, who desk.Caller, n itsm.Number, q itsm.SeenRequest) (itsm.Receipt, error) {
	return onReview(m, who, n, itsm.ActSeen, q, func(r *itsm.SupplierReview) error { return r.CheckSeen(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.See(who.Actor, q, m.now) })
}

func (m *memory) ScoreReview(_ context.Context, who desk.Caller, n itsm.Number, q itsm.NoteRequest) (itsm.Receipt, error) {
	return onReview(m, who, n, itsm.ActScore, q, func(r *itsm.SupplierReview) error { return r.CheckScore(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.Weigh(who.Actor, q, m.now) })
}

func (m *memory) MeetReview(_ context.Context, who desk.Caller, n itsm.Number, q itsm.MeetingRequest) (itsm.Receipt, error) {
	return onReview(m, who, n, itsm.ActMeet, q, func(r *itsm.SupplierReview) error { return r.CheckMeet(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.Meet(who.Actor, q, m.now) })
}

func (m *memory) AgreeAction(_ context.Context, who desk.Caller, n itsm.Number, q itsm.AgreeRequest) (itsm.Receipt, error) {
	return onReview(m, who, n, itsm.ActAgree, q, func(r *itsm.SupplierReview) error { return r.CheckAgree(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.Agree(who.Actor, q, m.now) })
}

func (m *memory) SignOffReview(_ context.Context, who desk.Caller, n itsm.Number, q itsm.NoteRequest) (itsm.Receipt, error) {
	return onReview(m, who, n, itsm.ActSignOff, q, func(r *itsm.SupplierReview) error { return r.CheckSignOff(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.Sign(who.Actor, q, m.now) })
}

func (m *memory) CancelReview(_ context.Context, who desk.Caller, n itsm.Number, q itsm.Cancellation) (itsm.Receipt, error) {
	return onReview(m, who, n, itsm.ActReviewCancel, q, func(r *itsm.SupplierReview) error { return r.CheckCancel(who.Actor, q) },
		func(r *itsm.SupplierReview) itsm.Event { return r.Cancel(who.Actor, q, m.now) })
}

func (m *memory) CommentOnReview(_ context.Context, who desk.Caller, n itsm.Number, q itsm.CommentRequest) (itsm.Receipt, error) {
	check := func(r *itsm.SupplierReview) error { return r.CheckComment(who.Actor, q, *m.talk[n]) }
	return onReview(m, who, n, itsm.ActReviewComment, q, check, func(r *itsm.SupplierReview) itsm.Event {
		m.said[n] = append(m.said[n], r.Say(who.Actor, q, m.talk[n], m.now))
		return itsm.Event{}
	})
}
