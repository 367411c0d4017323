package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// SupplierType is the name of the supplier process in Temporal.
const SupplierType = "Supplier"

// Supplier carries one supplier from its proposal until it is left, as
// ISO/IEC 20000-1:2018 clause 8.3.4 requires. Read it from top to bottom: each line is a
// requirement, and the rules each applies are in package itsm.
func Supplier(ctx workflow.Context, n itsm.Number, before *CarriedSupplier) (itsm.Receipt, error) {
	s := newSupplier(n)
	s.goOn(before)
	return s.run(ctx,
		s.receive, // 8.3.4.1  a supplier is proposed, with who answers for it, signed by the desk
		s.record,  // 8.3.4.1  it is recorded, under the policy in force
		s.keep,    // 8.2.3    it is looked into, supplies, is watched, and is left as was planned
	)
}

type supplier struct {
	itsm.Supplier
	process
	profile itsm.SupplierProfile // as it was proposed
	terms   itsm.SupplierPolicy  // that it was recorded under
	look    []itsm.Number        // reviews of it that are closed, and not taken up yet
	full    func() bool          // Temporal suggests to go on in a new run
}

func newSupplier(n itsm.Number) *supplier {
	s := &supplier{}
	s.Number, s.State = n, itsm.SupplierNew
	s.of = s
	s.tellings = []*telling{
		{summary: "Show people " + string(n), activity: a.ShowSupplier, wanted: func() bool { return true }},
	}
	return s
}

func (s *supplier) receive(ctx workflow.Context) error {
	s.full = func() bool { return workflow.GetInfo(ctx).GetContinueAsNewSuggested() }
	for _, one := range s.signals() {
		hears(ctx, one.name, one.heard)
	}
	if s.State != itsm.SupplierNew { // an earlier run received it
		return nil
	}
	received, err := s.arrives(ctx)
	if err != nil || received {
		return err
	}
	return itsm.Refuse(itsm.NotFound, "supplier.never_raised", "No request arrived for %s.", s.Number)
}

func (s *supplier) record(ctx workflow.Context) error {
	if s.State != itsm.SupplierNew {
		return nil
	}
	s.revise()
	recording := activities.SupplierRecording{Supplier: s.Supplier, Profile: s.profile, Event: s.raised, Origin: s.by}
	var r activities.SupplierRecorded
	if err := do(ctx, "Record "+string(s.Number), a.RecordSupplier, recording).Get(ctx, &r); err != nil {
		return err
	}
	s.Supplier, s.terms = r.Supplier, r.Policy
	s.happened(ctx, system, s.Propose(workflow.Now(ctx)))
	s.answerRaise()
	return nil
}

// keep lasts as long as the supplier does, which is years.
func (s *supplier) keep(ctx workflow.Context) error {
	for !s.over() {
		switch {
		case s.Unreckoned():
			if err := s.reckon(ctx); err != nil {
				return err
			}
		case len(s.look) > 0:
			if err := s.takeUp(ctx); err != nil {
				return err
			}
		case s.full():
			if err := s.renew(ctx); err != nil {
				return err
			}
		default:
			s.show(ctx)
			if err := wait(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// reckon finds out the instants that follow from a calendar, and saves them. What an
// act has overtaken meanwhile is asked anew.
func (s *supplier) reckon(ctx workflow.Context) error {
	asked := s.Supplier
	wanted := func() bool { return s.Unreckoned() && s.Revision == asked.Revision }
	var r itsm.SupplierReckoning
	err := whilst(ctx, wanted, "Reckon the deadlines", a.ReckonSupplier, asked.Dates(), &r)
	if err == nil && wanted() {
		s.happened(ctx, system, s.Take(r))
	}
	return err
}

// supplierTurn is all that decides what the process does next, but for the deadline.
type supplierTurn struct {
	state      itsm.SupplierState
	unreckoned bool
	look       int
	full       bool
}

func (s *supplier) turn() supplierTurn {
	return supplierTurn{s.State, s.Unreckoned(), len(s.look), s.full()}
}

// awaits says what a timer is for, in the words of the Temporal UI.
func (s *supplier) awaits(d itsm.Deadline) string {
	switch d.Kind { //nolint:exhaustive // those that a supplier's deadlines have
	case itsm.EventCertificateEnds, itsm.EventCertificateExpired:
		return "until a certificate expires, or people are told that it will"
	case itsm.EventDiligenceEnds, itsm.EventDiligenceOverdue:
		return "until its due diligence is to be done anew"
	default:
		return "until its exit plan is to be tested"
	}
}

func (s *supplier) fall(ctx workflow.Context, d itsm.Deadline) {
	if e, happened := s.Fall(d); happened {
		s.happened(ctx, system, e)
	}
}

// request takes up a supplier as it was proposed.
func (s *supplier) request(who itsm.Actor, p itsm.SupplierProfile, at time.Time) itsm.Event {
	s.profile, s.Reporter, s.Door, s.RaisedAt, s.Since = p, who.Person, who.Door, at, at
	return itsm.Event{Kind: itsm.EventSupplierRaised}
}

// CarriedSupplier is all of a supplier's process that its next run goes on with.
type CarriedSupplier struct {
	Supplier itsm.Supplier       `json:"supplier"`
	Terms    itsm.SupplierPolicy `json:"terms"`
	Look     []itsm.Number       `json:"look,omitempty"` // at reviews of it

	Going
}

// goOn takes up what an earlier run had, if there was one.
func (s *supplier) goOn(before *CarriedSupplier) {
	s.renews = true
	if before != nil {
		s.Supplier, s.terms, s.look = before.Supplier, before.Terms, before.Look
		s.resume(before.Going, itsm.EventSupplierRaised)
	}
}

// renew goes on in a new run, once nothing is under way: see settled.
func (s *supplier) renew(ctx workflow.Context) error {
	busy := func() bool { return s.over() || s.Unreckoned() || len(s.look) > 0 }
	if settled, err := s.settled(ctx, busy, func(ctx workflow.Context) { drain(ctx, s.signals()) }); err != nil || !settled {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, SupplierType, s.Number, &CarriedSupplier{Supplier: s.Supplier, Terms: s.terms, Look: s.look, Going: s.going()})
}
