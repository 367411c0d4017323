package itsm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// appraisal carries a review through its time as its process would.
type appraisal struct {
	itsm.SupplierReview

	t      require.TestingT
	now    time.Time
	policy itsm.SupplierPolicy
	hours  itsm.BusinessTime
	events []itsm.Event
}

// reviewed is the review of a critical supplier for November, which col scores.
func reviewed(t require.TestingT, before ...itsm.Rating) *appraisal {
	s := activeSupplier(t)
	s.Ratings = before
	p, err := itsm.ParsePeriod("2026-11")
	require.NoError(t, err)
	_, ended := p.In(time.UTC)
	l := &appraisal{t: t, now: ended, hours: itsm.AroundTheClock}
	l.State, l.Since, l.StartedAt = itsm.ReviewNew, ended, ended
	l.Begin(&s.Supplier, p, anyContract().Targets, l.policy)
	l.happened(steward, l.Open(l.now))
	return l
}

func (l *appraisal) happened(who itsm.Actor, e itsm.Event) {
	l.Revision++
	e.Number, e.Revision, e.To, e.Actor, e.At = l.Number, l.Revision, itsm.State(l.State), who.Person, l.now
	l.events = append(l.events, e)
	if e, ok := l.Settle(l.now); ok {
		l.happened(steward, e)
	}
	if l.Unreckoned() {
		reckoned, err := l.Clocks.Reckon(func(itsm.CalendarID) (itsm.BusinessTime, error) { return l.hours, nil }, l.now)
		require.NoError(l.t, err)
		l.happened(steward, l.Take(reckoned))
	}
}

func (l *appraisal) measure(who itsm.Actor, q itsm.ReadingRequest) {
	require.NoError(l.t, l.CheckMeasure(who, q))
	l.happened(who, l.TakeReading(who, q, l.now))
}

// judge gives points for a criterion, which somebody else sees.
func (l *appraisal) judge(c itsm.Criterion, points int) {
	l.measure(col, itsm.ReadingRequest{Name: string(c), Criterion: c, Points: &points, Evidence: seenIt})
	q := itsm.SeenRequest{Name: string(c)}
	require.NoError(l.t, l.CheckSeen(cyd, q))
	l.happened(cyd, l.See(cyd, q, l.now))
}

func (l *appraisal) weigh() {
	require.NoError(l.t, l.CheckScore(col, itsm.NoteRequest{}))
	l.happened(col, l.Weigh(col, itsm.NoteRequest{}, l.now))
}

func (l *appraisal) meet() {
	q := itsm.MeetingRequest{Attendees: []string{"Zoe", "Col"}, Note: "We talked."}
	require.NoError(l.t, l.CheckMeet(col, q))
	l.happened(col, l.Meet(col, q, l.now))
}

func (l *appraisal) agree(actions ...itsm.ReviewAction) {
	q := itsm.AgreeRequest{Actions: actions}
	require.NoError(l.t, l.CheckAgree(col, q))
	l.happened(col, l.Agree(col, q, l.now))
}

func (l *appraisal) sign(who itsm.Actor) {
	require.NoError(l.t, l.CheckSignOff(who, itsm.NoteRequest{}))
	l.happened(who, l.Sign(who, itsm.NoteRequest{}, l.now))
}

// pass lets days pass, with all that falls due in them.
func (l *appraisal) pass(days int) (told []itsm.EventKind) {
	until := l.now.Add(time.Duration(days) * 24 * time.Hour)
	for d, comes := l.Next(); comes && !d.At.After(until); d, comes = l.Next() {
		l.now = later(l.now, d.At)
		e, happened := l.Fall(d)
		require.True(l.t, happened)
		_, again := l.Fall(d)
		require.False(l.t, again)
		told = append(told, e.Kind)
		l.happened(steward, e)
	}
	l.now = until
	return told
}

func TestTheNumberOfAReview(t *testing.T) {
	for _, name := range []string{"2026-11", "2026-Q4", "2026-H2", "2026"} {
		p, err := itsm.ParsePeriod(name)
		require.NoError(t, err)
		n := itsm.ReviewNumber("SUP-4", p)
		require.Equal(t, itsm.Number("SUP-4/"+name), n)
		supplier, again, err := itsm.ParseReviewNumber(n)
		require.NoError(t, err)
		require.Equal(t, itsm.Number("SUP-4"), supplier)
		require.Equal(t, p, again)
	}
	for _, n := range []itsm.Number{"", "SUP-4", "SUP-4/", "CHG-4/2026", "SUP-0/2026", "SUP-4/2026-Q5", "SUP-4/2026/2026"} {
		_, _, err := itsm.ParseReviewNumber(n)
		require.Equal(t, "review.number", code(err), n)
	}
}

func TestAReviewFromItsDataToItsEnd(t *testing.T) {
	l := reviewed(t, rated("10", 95))
	require.Equal(t, itsm.Number("SUP-4/2026-11"), l.Number)
	require.Equal(t, "supplier_review.not_now", code(l.CheckMeet(col, itsm.MeetingRequest{Attendees: []string{"Zoe"}, Note: "n"})))
	l.measure(monitor, itsm.ReadingRequest{Name: "Availability", Value: new(itsm.Amount(99_450))})
	require.Equal(t, 50, *l.Readings[0].Points)
	require.False(t, l.Readings[0].Unseen(), "Steward measured it itself")
	l.judge(itsm.ByQuality, 80)
	l.weigh()
	require.Equal(t, itsm.BandC, l.Score.Band)
	require.Equal(t, []string{"Availability"}, l.Score.Missed)
	require.Equal(t, itsm.Falling, l.Course)
	require.Equal(t, []itsm.Consequence{itsm.ToWatch}, l.Follows)
	require.Contains(t, l.Explain().Summary, "Nothing is known of: responsiveness, security, commerce.")
	require.Equal(t, []itsm.PersonID{"rel"}, l.Explain().WaitsFor)
	l.meet()
	require.Equal(t, "actions.invalid", code(l.CheckAgree(col, itsm.AgreeRequest{})), "a C asks for something to be done")
	l.agree(itsm.ReviewAction{Title: "Add a machine", Owner: "ida", Due: itsm.NewDate(2027, 1, 31)})
	l.sign(cyd)
	require.Equal(t, itsm.ReviewClosed, l.State)
	require.False(t, l.Late())
	require.Equal(t, "It is closed, in time. Nothing is known of: responsiveness, security, commerce.", l.Explain().Summary)
	require.Empty(t, l.pass(100))
	require.Equal(t, "supplier_review.over", code(l.CheckScore(col, itsm.NoteRequest{})))

	s := activeSupplier(t)
	e, ok := s.Rate(l.Rating(), s.now)
	require.True(t, ok)
	require.Equal(t, l.Follows, e.Detail.Consequences)
	require.Equal(t, itsm.SupplierWatched, s.State)
}

// Nobody is scored by what one person says, and nobody says it without evidence.
func TestWhatAPersonMeasuresIsSeenByAnother(t *testing.T) {
	l := reviewed(t)
	q := itsm.ReadingRequest{Name: "Invoices", Criterion: itsm.ByCommerce, Points: new(90)}
	require.Equal(t, "/evidence", itsm.AsError(l.CheckMeasure(col, q)).Fields[0].Pointer)
	q.Evidence = seenIt
	l.measure(col, q)
	require.Equal(t, "supplier_review.unseen", code(l.CheckScore(col, itsm.NoteRequest{})))
	require.Equal(t, "supplier_review.own_measure", code(l.CheckSeen(col, itsm.SeenRequest{Name: "Invoices"})))
	require.Equal(t, "supplier_review.no_measure", code(l.CheckSeen(cyd, itsm.SeenRequest{Name: "Voices"})))
	at := *l.Readings[len(l.Readings)-1].At
	require.Equal(t, "supplier_review.measured_anew", code(l.CheckSeen(cyd, itsm.SeenRequest{Name: "Invoices", At: new(at.Add(-time.Second))})))
	require.NoError(t, l.CheckSeen(cyd, itsm.SeenRequest{Name: "Invoices", At: &at}))
	require.NotContains(t, l.ActsFor(col), itsm.ActSeen)
	require.Contains(t, l.ActsFor(cyd), itsm.ActSeen)
	l.happened(cyd, l.See(cyd, itsm.SeenRequest{Name: "Invoices"}, l.now))
	require.Equal(t, "supplier_review.seen", code(l.CheckSeen(cyd, itsm.SeenRequest{Name: "Invoices"})))
	require.NoError(t, l.CheckScore(col, itsm.NoteRequest{}))
	q.Points = new(20)
	l.measure(col, q)
	require.Equal(t, "supplier_review.unseen", code(l.CheckScore(col, itsm.NoteRequest{})), "what is measured anew is seen anew")
	for pointer, q := range map[string]itsm.ReadingRequest{
		"/name":      {Criterion: itsm.ByCommerce, Points: new(1), Evidence: seenIt},
		"/value":     {Name: "Availability", Points: new(1), Evidence: seenIt},
		"/points":    {Name: "x", Criterion: itsm.ByCommerce, Points: new(101), Evidence: seenIt},
		"/criterion": {Name: "x", Criterion: "price", Points: new(1), Evidence: seenIt},
	} {
		require.Equal(t, pointer, itsm.AsError(l.CheckMeasure(col, q)).Fields[0].Pointer)
	}
	require.Equal(t, "/name", itsm.AsError(l.CheckMeasure(col, itsm.ReadingRequest{Name: "x", Value: new(itsm.Amount(1)), Evidence: seenIt})).Fields[0].Pointer)
	require.Equal(t, "/points", itsm.AsError(l.CheckMeasure(col, itsm.ReadingRequest{Name: "Availability", Value: new(itsm.Amount(1)), Points: new(1), Evidence: seenIt})).Fields[0].Pointer)
	require.Equal(t, "actor.permission", code(l.CheckMeasure(rel, q)))
	for n := len(l.Readings); n < itsm.MaxReadings; n++ {
		l.Readings = append(l.Readings, itsm.Reading{Measure: itsm.Measure{Name: strings.Repeat("x", n+1)}})
	}
	require.Equal(t, "supplier_review.too_many", code(l.CheckMeasure(col, itsm.ReadingRequest{Name: "y", Criterion: itsm.ByCommerce, Points: new(1), Evidence: seenIt})))
}

// Whoever owns the relationship with a critical supplier, or scored it, does not sign it
// off; with another supplier they may.
func TestWhoSignsOffAReview(t *testing.T) {
	for tier, refused := range map[itsm.SupplierTier]string{itsm.TierCritical: "supplier_review.own", itsm.TierImportant: "", itsm.TierStandard: ""} {
		l := reviewed(t)
		l.Tier, l.Owner = tier, "sam"
		l.judge(itsm.ByServiceLevel, 95)
		l.judge(itsm.ByQuality, 95)
		l.weigh()
		l.meet()
		l.agree()
		require.Equal(t, refused, code(l.CheckSignOff(sam, itsm.NoteRequest{})))
		require.Equal(t, refused, code(l.CheckSignOff(col, itsm.NoteRequest{})))
		require.Equal(t, "actor.permission", code(l.CheckSignOff(rel, itsm.NoteRequest{})))
		l.sign(cyd)
	}
}

// The data is due five days after the period, the meeting ten, the signature fifteen;
// what is late stays late.
func TestAReviewThatIsLate(t *testing.T) {
	l := reviewed(t)
	due := func(k itsm.ClockKind) time.Time { return *l.Clocks.Of(k).DueAt }
	for n, k := range itsm.ReviewClockKinds {
		require.Equal(t, l.StartedAt.Add(time.Duration(n+1)*5*24*time.Hour), due(k))
	}
	require.NotContains(t, l.pass(4), itsm.EventReviewMissed)
	require.Contains(t, l.pass(2), itsm.EventReviewMissed)
	require.True(t, l.Late())
	l.judge(itsm.ByServiceLevel, 95)
	l.judge(itsm.ByQuality, 95)
	l.weigh()
	require.NotContains(t, l.pass(3), itsm.EventReviewMissed)
	l.meet()
	l.agree()
	l.sign(cyd)
	require.Equal(t, "It is closed, late. Nothing is known of: responsiveness, security, commerce.", l.Explain().Summary)
}

func TestTheFaultsOfAMeeting(t *testing.T) {
	l := reviewed(t)
	l.judge(itsm.ByServiceLevel, 5)
	l.judge(itsm.ByQuality, 5)
	l.weigh()
	for pointer, q := range map[string]itsm.MeetingRequest{
		"/attendees": {Note: "n"}, "/attendees/0": {Attendees: []string{" "}, Note: "n"}, "/note": {Attendees: []string{"Zoe"}},
	} {
		require.Equal(t, pointer, itsm.AsError(l.CheckMeet(col, q)).Fields[0].Pointer)
	}
	l.meet()
	for pointer, a := range map[string]itsm.ReviewAction{
		"/actions/0/title": {Owner: "o", Due: 1}, "/actions/0/owner": {Title: "t", Due: itsm.NewDate(2027, 1, 1)}, "/actions/0/due": {Title: "t", Owner: "o"},
	} {
		require.Equal(t, pointer, itsm.AsError(l.CheckAgree(col, itsm.AgreeRequest{Actions: []itsm.ReviewAction{a}})).Fields[0].Pointer)
	}
}

func TestAReviewIsCancelled(t *testing.T) {
	l := reviewed(t)
	q := itsm.Cancellation{Note: "They supply no more."}
	require.Equal(t, "actor.permission", code(l.CheckCancel(col, q)))
	require.NoError(t, l.CheckCancel(sam, q))
	l.happened(sam, l.Cancel(sam, q, l.now))
	require.Equal(t, itsm.ReviewCancelled, l.State)
	require.Empty(t, l.pass(100))
	require.Empty(t, l.Explain().Acts)
}

// Each of several measures is weighed once, whatever the order, and what is offered to
// people is what they may do.
func TestAReviewsLifeAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := reviewed(t)
		l.hours = berlinHours(t)
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			who := rapid.SampledFrom([]itsm.Actor{col, cyd, sam, rel, monitor}).Draw(t, "who")
			offered := l.ActsFor(who)
			c := rapid.SampledFrom(itsm.Criteria).Draw(t, "criterion")
			try := func(a itsm.Act, err error, do func() itsm.Event) {
				if err != nil {
					return
				}
				require.Contains(t, offered, a)
				l.happened(who, do())
			}
			switch rapid.IntRange(0, 7).Draw(t, "act") {
			case 0:
				q := itsm.ReadingRequest{Name: string(c), Criterion: c, Points: new(rapid.IntRange(0, 100).Draw(t, "points")), Evidence: seenIt}
				try(itsm.ActMeasure, l.CheckMeasure(who, q), func() itsm.Event { return l.TakeReading(who, q, l.now) })
			case 1:
				q := itsm.SeenRequest{Name: string(c)}
				try(itsm.ActSeen, l.CheckSeen(who, q), func() itsm.Event { return l.See(who, q, l.now) })
			case 2:
				try(itsm.ActScore, l.CheckScore(who, itsm.NoteRequest{}), func() itsm.Event { return l.Weigh(who, itsm.NoteRequest{}, l.now) })
			case 3:
				q := itsm.MeetingRequest{Attendees: []string{"Zoe"}, Note: "n"}
				try(itsm.ActMeet, l.CheckMeet(who, q), func() itsm.Event { return l.Meet(who, q, l.now) })
			case 4:
				q := itsm.AgreeRequest{Actions: []itsm.ReviewAction{{Title: "t", Owner: "ida", Due: itsm.NewDate(2027, 1, 1)}}}
				try(itsm.ActAgree, l.CheckAgree(who, q), func() itsm.Event { return l.Agree(who, q, l.now) })
			case 5:
				try(itsm.ActSignOff, l.CheckSignOff(who, itsm.NoteRequest{}), func() itsm.Event { return l.Sign(who, itsm.NoteRequest{}, l.now) })
			case 6:
				l.pass(rapid.IntRange(1, 9).Draw(t, "days"))
			case 7:
				q := itsm.CommentRequest{Text: "what"}
				require.Equal(t, l.CheckComment(who, q, itsm.Talk{}) == nil, l.CheckComment(who, q, itsm.Talk{Comments: 1}) == nil)
			}
			require.Equal(t, l.State.Final(), l.ClosedAt != nil)
			if l.Score != nil {
				require.Len(t, l.Score.Parts, len(itsm.DefaultWeights))
			}
		}
	})
}

func TestWhatAReviewCannotBecome(t *testing.T) {
	l := reviewed(t)
	require.Panics(t, func() { l.Become(itsm.ReviewClosed, l.now) })
	require.Len(t, itsm.ReviewMoves, len(itsm.ReviewStates))
	for _, s := range itsm.ReviewStates {
		_, listed := itsm.ReviewMoves[s]
		require.True(t, listed, s)
		require.NotEmpty(t, s.Words())
	}
}
