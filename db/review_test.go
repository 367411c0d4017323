package db_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// reviewedSupplier keeps a supplier that supplies, whose relationship rel owns.
func (b book) reviewedSupplier(ctx context.Context, t require.TestingT, n itsm.Number) itsm.Supplier {
	s := itsm.Supplier{Number: n, Reporter: "sam", Door: itsm.DoorAPI, PolicyVersion: 1, RaisedAt: noon}
	s.State, s.Revision, s.Since = itsm.SupplierNew, 1, noon
	s.Begin(itsm.SupplierProfile{Name: "Fernweh Hosting", Supplies: "Servers", Tier: itsm.TierCritical, Owner: "rel", Deputy: "dep"})
	e := itsm.Event{Number: n, Revision: 1, Kind: itsm.EventSupplierRaised, At: noon, Actor: "sam", Door: itsm.DoorAPI, To: itsm.State(itsm.SupplierNew)}
	require.NoError(t, b.worker.RecordSupplier(ctx, s, e, from))
	for _, next := range []itsm.SupplierState{itsm.SupplierProposed, itsm.SupplierDueDiligence, itsm.SupplierOnboarding, itsm.SupplierActive} {
		s.Become(next, noon)
	}
	s.Revision, s.Diligence = 2, &itsm.DueDiligence{By: "sam", Done: noon, Suitable: true, Note: "Fine.", Evidence: seen}
	e = itsm.Event{Number: n, Revision: 2, Kind: itsm.EventSupplierMoved, At: noon, Actor: "sam", Door: itsm.DoorAPI, From: itsm.State(itsm.SupplierNew), To: itsm.State(s.State)}
	require.NoError(t, b.worker.StepSupplier(ctx, n, s.Step(e), from))
	return s
}

// begun is a review as it is saved for the first time.
func begun(t require.TestingT, s itsm.Supplier, period string) (itsm.SupplierReview, itsm.Event) {
	p, err := itsm.ParsePeriod(period)
	require.NoError(t, err)
	_, ended := p.In(time.UTC)
	r := itsm.SupplierReview{PolicyVersion: 1, StartedAt: ended}
	r.State, r.Revision, r.Since = itsm.ReviewNew, 1, ended
	r.Begin(&s, p, nil, itsm.SupplierPolicy{})
	r.Clocks, err = r.Clocks.Reckon(func(itsm.CalendarID) (itsm.BusinessTime, error) { return itsm.AroundTheClock, nil }, ended)
	require.NoError(t, err)
	return r, itsm.Event{Number: r.Number, Revision: 1, Kind: itsm.EventReviewStarted, At: ended, Actor: itsm.System, Door: itsm.DoorSystem, To: itsm.State(r.State)}
}

// appraised carries a review from its begin to its end, with some points for what people
// judge.
func appraised(t require.TestingT, r *itsm.SupplierReview, points int) (steps []itsm.ReviewStep) {
	at := r.StartedAt
	step := func(who itsm.PersonID, act func(at time.Time) itsm.Event) {
		at = at.Add(time.Minute)
		e := act(at)
		r.Revision++
		e.Number, e.Revision, e.At, e.Actor, e.Door, e.To = r.Number, r.Revision, at, who, itsm.DoorSlack, itsm.State(r.State)
		text, err := json.Marshal(r.Step(e))
		require.NoError(t, err)
		var kept itsm.ReviewStep
		require.NoError(t, json.Unmarshal(text, &kept))
		steps = append(steps, kept)
	}
	step(itsm.System, r.Open)
	for _, c := range []itsm.Criterion{itsm.ByServiceLevel, itsm.ByQuality} {
		step("col", func(at time.Time) itsm.Event {
			return r.TakeReading(col, itsm.ReadingRequest{Name: string(c), Criterion: c, Points: &points, Evidence: seen}, at)
		})
		step("sam", func(at time.Time) itsm.Event { return r.See(sam, itsm.SeenRequest{Name: string(c)}, at) })
	}
	step("col", func(at time.Time) itsm.Event {
		return r.Weigh(col, itsm.NoteRequest{Note: "By \"numbers\" <only>."}, at)
	})
	step("col", func(at time.Time) itsm.Event {
		return r.Meet(col, itsm.MeetingRequest{Attendees: []string{"Zoe", "Col"}, Note: "We talked."}, at)
	})
	step("col", func(at time.Time) itsm.Event {
		return r.Agree(col, itsm.AgreeRequest{Actions: []itsm.ReviewAction{{Title: "Add a machine", Owner: "ivy", Due: itsm.NewDate(2027, 3, 1)}}}, at)
	})
	step("sam", func(at time.Time) itsm.Event { return r.Sign(sam, itsm.NoteRequest{}, at) })
	step(itsm.System, func(at time.Time) itsm.Event { e, _ := r.Settle(at); return e })
	return steps
}

func (b book) keepReview(ctx context.Context, t require.TestingT, r itsm.SupplierReview, e itsm.Event, steps ...itsm.ReviewStep) {
	require.NoError(t, b.worker.RecordReview(ctx, r, e, from))
	for _, step := range steps {
		require.NoError(t, b.worker.StepReview(ctx, r.Number, step, from), step.Event.Kind)
	}
}

func TestAReviewIsReadAsItWasSaved(t *testing.T) {
	b, ctx := open(t), t.Context()
	s := b.reviewedSupplier(ctx, t, "SUP-4")
	s.Ratings = []itsm.Rating{{Review: "SUP-4/2026-10", Score: itsm.Score{Band: itsm.BandC}}}
	r, e := begun(t, s, "2026-11")
	b.keepReview(ctx, t, r, e)
	got, err := b.desk.Review(ctx, "SUP-4/2026-11")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(r, got, cmpopts.EquateEmpty()))
	steps := appraised(t, &r, 80)
	b.keepReview(ctx, t, got, e, steps...)
	got, err = b.desk.Review(ctx, r.Number)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(r, got, cmpopts.EquateEmpty()))
	require.Equal(t, itsm.ReviewClosed, got.State)
	timeline, err := b.desk.Timeline(ctx, r.Number)
	require.NoError(t, err)
	require.Len(t, timeline, len(steps)+1)
	for k, step := range steps {
		require.Empty(t, cmp.Diff(step.Event, timeline[k+1]))
	}
	_, err = b.desk.Review(ctx, "SUP-4/2026-12")
	refused(t, err, itsm.NotFound, "record.not_found")
}

func TestASaveOfAReviewThatDoesNotAgreeIsNotMade(t *testing.T) {
	b, ctx := open(t), t.Context()
	s := b.reviewedSupplier(ctx, t, "SUP-4")
	r, e := begun(t, s, "2026-11")
	first := r
	steps := appraised(t, &r, 80)
	refused(t, b.worker.StepReview(ctx, r.Number, steps[0], from), itsm.Unavailable, "record.not_recorded_yet")
	wrong := e
	wrong.To = itsm.State(itsm.ReviewScored)
	require.ErrorContains(t, b.worker.RecordReview(ctx, first, wrong, from), "its event is scored")
	b.keepReview(ctx, t, first, e)
	other := first
	other.Owner = "ivy"
	refused(t, b.worker.RecordReview(ctx, other, e, from), itsm.Internal, "record.diverged")
	require.ErrorContains(t, b.worker.StepReview(ctx, "SUP-4/2026-12", steps[0], from), "the event is of")
}

func TestAnyOrderOfSavesOfAReviewLeavesTheSame(t *testing.T) {
	b, ctx, nth := open(t), context.Background(), int64(3)
	rapid.Check(t, func(t *rapid.T) {
		nth++
		r, e := begun(t, b.reviewedSupplier(ctx, t, itsm.SupplierNumber(nth)), "2026-11")
		first := r
		steps := appraised(t, &r, rapid.IntRange(0, 100).Draw(t, "points"))
		require.NoError(t, b.worker.RecordReview(ctx, first, e, from))
		for _, step := range slices.Concat(rapid.Permutation(steps).Draw(t, "order"), steps[:2]) {
			require.NoError(t, b.worker.StepReview(ctx, r.Number, step, from))
		}
		got, err := b.desk.Review(ctx, r.Number)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(r, got, cmpopts.EquateEmpty()))
	})
}

func TestListsOfReviews(t *testing.T) {
	b, ctx := open(t), t.Context()
	s := b.reviewedSupplier(ctx, t, "SUP-4")
	for _, period := range []string{"2026-10", "2026-11", "2026-12", "2026-Q4"} {
		r, e := begun(t, s, period)
		b.keepReview(ctx, t, r, e)
	}
	r, e := begun(t, s, "2026-09")
	first := r
	b.keepReview(ctx, t, first, e, appraised(t, &r, 95)...)
	list := func(f db.ReviewFilter) (all []itsm.Number) {
		f.Reader = sam
		found, err := b.desk.Reviews(ctx, f)
		require.NoError(t, err)
		for _, r := range found {
			all = append(all, r.Number)
		}
		return all
	}
	every := []itsm.Number{"SUP-4/2026-Q4", "SUP-4/2026-12", "SUP-4/2026-11", "SUP-4/2026-10", "SUP-4/2026-09"}
	require.Equal(t, every, list(db.ReviewFilter{}))
	var paged []itsm.Number
	for before := (db.Cursor{}); len(paged) < len(every); {
		page := list(db.ReviewFilter{Before: before, Limit: 1})
		require.Len(t, page, 1)
		one, err := b.desk.Review(ctx, page[0])
		require.NoError(t, err)
		paged, before = append(paged, page...), db.Cursor{RaisedAt: one.StartedAt, Record: one.Number}
	}
	require.Equal(t, every, paged, "two that ended at one instant are on two pages")
	require.Equal(t, every[:4], list(db.ReviewFilter{Open: true}))
	require.Equal(t, every[4:], list(db.ReviewFilter{Band: itsm.BandA}))
	require.Equal(t, every[4:], list(db.ReviewFilter{State: itsm.ReviewClosed}))
	require.Equal(t, every, list(db.ReviewFilter{Supplier: "SUP-4", Owner: "rel"}))
	require.Empty(t, list(db.ReviewFilter{Supplier: "SUP-5"}))
	_, err := b.desk.Reviews(ctx, db.ReviewFilter{})
	require.Error(t, err)
}

// A review that nobody signed off in time calls for a corrective action until one is
// raised; one that was in time does not, whatever it scored.
func TestWhatCallsForACorrectiveAction(t *testing.T) {
	b, ctx := open(t), t.Context()
	s := b.reviewedSupplier(ctx, t, "SUP-4")
	calls := func() (all []itsm.Number) {
		found, err := b.desk.ReviewsToCorrect(ctx, 10)
		require.NoError(t, err)
		for _, r := range found {
			require.NotEmpty(t, r.Corrects())
			all = append(all, r.Number)
		}
		return all
	}
	good, first := begun(t, s, "2026-09")
	begins := good
	b.keepReview(ctx, t, begins, first, appraised(t, &good, 40)...)
	require.Empty(t, calls())
	r, e := begun(t, s, "2026-11")
	b.keepReview(ctx, t, r, e)
	r.Open(r.StartedAt)
	for d, comes := r.Next(); comes; d, comes = r.Next() {
		_, happened := r.Fall(d)
		require.True(t, happened)
	}
	r.Revision = 2
	late := itsm.Event{Number: r.Number, Revision: 2, Kind: itsm.EventReviewOverdue, At: r.StartedAt.AddDate(0, 2, 0), Actor: itsm.System, Door: itsm.DoorSystem, From: "new", To: itsm.State(r.State)}
	require.NoError(t, b.worker.StepReview(ctx, r.Number, r.Step(late), from))
	require.Equal(t, []itsm.Number{"SUP-4/2026-11"}, calls())
	b.correctFor(t, r.Number)
	require.Empty(t, calls())
}

// correctFor keeps a corrective action that comes of a review.
func (b book) correctFor(t *testing.T, review itsm.Number) {
	t.Helper()
	c, e := amiss("CAR-1")
	c.Source, c.RaisedBy = review, itsm.RaisedByReview
	require.NoError(t, b.worker.RecordCorrective(t.Context(), c, e, from))
}

// What the record book knows of a period is what happened in it: of a wait that began
// before it or goes on after it, the part within.
func TestWhatIsCollectedForAReview(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.reviewedSupplier(ctx, t, "SUP-4")
	begins, ends := noon.Add(time.Hour), noon.Add(31*24*time.Hour)
	known := func() itsm.Collected {
		c, err := b.worker.CollectForReview(ctx, "SUP-4", begins, ends)
		require.NoError(t, err)
		return c
	}
	require.Zero(t, known())
	super := conn(t, b.url)
	i, e := reported("INC-1")
	require.NoError(t, b.worker.RecordIncident(ctx, i, e, from))
	hold := func(revision int, at time.Time, kind, before, after, supplier string) {
		_, err := super.Exec(ctx, `INSERT INTO events (number, revision, kind, at, actor, door, from_state, to_state, note, detail, digest, credential, workflow_id, run_id, act_id)
			SELECT number, $1, $2, $3, actor, door, $4, $5, '', CASE WHEN $6 = '' THEN NULL ELSE jsonb_build_object('hold', jsonb_build_object('for', $6::text)) END, digest, credential, workflow_id, run_id, act_id
			FROM events WHERE number = 'INC-1' AND revision = 1`, revision, kind, at, before, after, supplier)
		require.NoError(t, err)
	}
	hold(10, begins.Add(-time.Hour), "incident.held", "in_progress", "on_hold", "SUP-4")
	hold(11, begins.Add(2*time.Hour), "incident.resumed", "on_hold", "in_progress", "")
	hold(12, begins.Add(5*time.Hour), "incident.held", "in_progress", "on_hold", "SUP-5")
	hold(13, begins.Add(9*time.Hour), "incident.resumed", "on_hold", "in_progress", "")
	hold(14, ends.Add(-time.Hour), "incident.held", "in_progress", "on_hold", "SUP-4")
	require.Equal(t, itsm.Collected{Held: 1, Waited: 3 * time.Hour}, known())
}

func TestSuppliersThatAreReviewed(t *testing.T) {
	b, ctx := open(t), t.Context()
	b.reviewedSupplier(ctx, t, "SUP-4")
	found, err := b.desk.ReviewedSuppliers(ctx)
	require.NoError(t, err)
	require.Equal(t, []db.Reviewed{{Number: "SUP-4", Tier: itsm.TierCritical}}, found)
}
