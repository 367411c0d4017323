package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steward-itsm/steward/activities"
	"github.com/steward-itsm/steward/itsm"
)

// SupplierReviewType is the name of the review process in Temporal.
const SupplierReviewType = "SupplierReview"

// SupplierReviewed is what a review signals to its supplier: which review there is to
// take up.
const SupplierReviewed = "supplier.reviewed"

// SupplierReview carries the review of a supplier for one period, which ended at an
// instant, to its closure, as ISO/IEC 20000-1:2018 clause 8.3.4.1 requires. Read it from
// top to bottom: each line is a requirement, and the rules each applies are in package
// itsm.
func SupplierReview(ctx workflow.Context, n itsm.Number, ended time.Time) (itsm.Receipt, error) {
	r, err := newReview(n, ended)
	if err != nil {
		return itsm.Receipt{}, err
	}
	return r.run(ctx,
		r.record,  // 8.3.4.1    at planned intervals a review begins, with what the contracts ask for
		r.collect, // 8.3.4.1 d  performance is monitored: what the record book knows is measured
		r.score,   // 8.3.4.1 d  people measure the rest, others see that it is so, and it is scored
		r.meet,    // 8.3.4.1    it is talked over with the supplier
		r.agree,   // 8.3.4.1 e  what does not suffice is to be improved
		r.signOff, // 8.3.4.1    others say that the review was a fair one; it is closed
	)
}

type review struct {
	itsm.SupplierReview
	process
}

func newReview(n itsm.Number, ended time.Time) (r *review, err error) {
	r = &review{}
	if r.Supplier, r.Period, err = itsm.ParseReviewNumber(n); err != nil {
		return nil, err
	}
	r.Number, r.State, r.StartedAt, r.Since = n, itsm.ReviewNew, ended, ended
	r.of, r.after = r, r.rate
	r.tellings = []*telling{
		{summary: "Show people " + string(n), activity: a.ShowReview, wanted: func() bool { return r.State != itsm.ReviewNew }},
	}
	return r, nil
}

// record begins the review. It was not raised by anybody: its first event is the
// system's own.
func (r *review) record(ctx workflow.Context) error {
	r.revise()
	started := r.filed(ctx, system, itsm.Event{Kind: itsm.EventReviewStarted})
	recording := activities.ReviewRecording{Review: r.SupplierReview, Event: started}
	if err := do(ctx, "Record "+string(r.Number), a.RecordReview, recording).Get(ctx, &r.SupplierReview); err != nil {
		return err
	}
	r.happened(ctx, system, r.Open(workflow.Now(ctx)))
	return nil
}

// collect takes up what the record book knows. What it does not know stays without data.
func (r *review) collect(ctx workflow.Context) error {
	var found []itsm.ReadingRequest
	wanted := func() bool { return r.State == itsm.ReviewCollecting }
	ask := activities.Collecting{Number: r.Number, PolicyVersion: r.PolicyVersion, Until: r.StartedAt}
	if err := whilst(ctx, wanted, "Collect what is known of it", a.CollectForReview, ask, &found); err != nil {
		return err
	}
	for _, q := range found {
		if wanted() && r.Unmeasured(q.Name) {
			r.happened(ctx, system, r.TakeReading(system, q, workflow.Now(ctx)))
		}
	}
	return nil
}

func (r *review) score(ctx workflow.Context) error { return r.whilst(ctx, itsm.ReviewCollecting) }

func (r *review) meet(ctx workflow.Context) error { return r.whilst(ctx, itsm.ReviewScored) }

func (r *review) agree(ctx workflow.Context) error { return r.whilst(ctx, itsm.ReviewMeeting) }

func (r *review) signOff(ctx workflow.Context) error {
	if err := r.whilst(ctx, itsm.ReviewActions); err != nil {
		return err
	}
	if e, ok := r.Settle(workflow.Now(ctx)); ok {
		r.happened(ctx, system, e)
	}
	return nil
}

// rate has the supplier take up what it scored, once that is to be read in the record
// book. A supplier that has ended takes up nothing.
func (r *review) rate(ctx workflow.Context) error {
	if r.State != itsm.ReviewClosed {
		return nil
	}
	if err := workflow.Await(ctx, func() bool { return len(r.saving) == 0 }); err != nil {
		return err
	}
	tellOf(ctx, r.Supplier, SupplierReviewed, r.Number)
	return nil
}

// whilst does what is to be done, one thing after the other, as long as it is in some
// states.
func (r *review) whilst(ctx workflow.Context, in ...itsm.ReviewState) error {
	for slices.Contains(in, r.State) {
		if r.Unreckoned() {
			if err := r.reckon(ctx); err != nil {
				return err
			}
			continue
		}
		r.show(ctx)
		if err := wait(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// reckon finds out the instants that follow from a calendar, and saves them.
func (r *review) reckon(ctx workflow.Context) error {
	wanted := func() bool { return r.Unreckoned() }
	ask := activities.ClockReckoning{Number: r.Number, PolicyVersion: r.PolicyVersion, Clocks: r.Clocks}
	var found itsm.Clocks
	err := whilst(ctx, wanted, "Reckon the deadlines", a.ReckonReview, ask, &found)
	if err == nil && wanted() {
		r.happened(ctx, system, r.Take(found))
	}
	return err
}

// reviewTurn is all that decides what the process does next, but for the deadline.
type reviewTurn struct {
	state      itsm.ReviewState
	unreckoned bool
}

func (r *review) turn() reviewTurn { return reviewTurn{r.State, r.Unreckoned()} }

// awaits says what a timer is for, in the words of the Temporal UI.
func (r *review) awaits(d itsm.Deadline) string {
	if d.Kind == itsm.EventReviewWarned {
		return "until part of the time for its " + itsm.State(d.Clock).Words() + " is used up"
	}
	return "until its " + itsm.State(d.Clock).Words() + " is overdue"
}

func (r *review) fall(ctx workflow.Context, d itsm.Deadline) {
	if e, happened := r.Fall(d); happened {
		r.happened(ctx, system, e)
	}
}
