package db_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// lately is an instant that the database takes for one of the last hours.
func lately() time.Time { return time.Now().UTC().Truncate(time.Second).Add(-2 * time.Hour) }

func (b book) proposals(t *testing.T) []db.Proposal {
	t.Helper()
	got, err := b.desk.Proposals(t.Context(), everything, 50)
	require.NoError(t, err)
	for _, p := range got {
		require.NoError(t, p.Draft.Check(), "%s", p.Key)
	}
	return got
}

// raise records a problem as it was proposed, or raised by hand.
func (b book) raise(t *testing.T, n itsm.Number, at time.Time, d itsm.ProblemDraft) *problemStory {
	t.Helper()
	p, e := proposed(n, at, d)
	s := &problemStory{Problem: p, at: at}
	s.log(t)
	b.keep(t.Context(), t, p, e, s.steps...)
	return s
}

func (b book) decline(t *testing.T, s *problemStory) {
	t.Helper()
	s.step(t, "mia", func(at time.Time) itsm.Event { return s.Decline(mia, itsm.NoteRequest{Note: "None."}, at) })
	b.goOn(t, s)
}

func first(i *itsm.Incident) {
	i.Service, i.Symptom, i.Category, i.Priority, i.Impact, i.Urgency = "shop", "HTTP 500", "pay", itsm.P1, itsm.HighDegree, itsm.HighDegree
}

func byHand(incidents ...itsm.Number) itsm.ProblemDraft {
	return itsm.ProblemDraft{ProblemText: itsm.ProblemText{Title: "By hand", Service: "shop", Incidents: incidents}}
}

func TestAProblemIsProposedForAnIncidentOfTheHighestPriorityOnce(t *testing.T) {
	b, at := open(t), lately()
	b.report(t, 1, at, first)
	b.report(t, 2, at, func(i *itsm.Incident) { first(i); i.Priority = itsm.P2 })
	b.report(t, 3, at.Add(-31*24*time.Hour), first)
	b.report(t, 4, at, func(i *itsm.Incident) { first(i); i.Parent = "INC-1" })
	want := itsm.ProblemDraft{
		ProblemText: itsm.ProblemText{
			Title: "The shop is <down>", Description: "INC-1 has the highest priority; what caused it is to be found.", Service: "shop",
			Trigger: itsm.TriggeredByPriority, Pattern: &itsm.Pattern{Service: "shop", Symptom: "HTTP 500"},
			Incidents: []itsm.Number{"INC-1"},
		},
		Category: "pay", Impact: itsm.HighDegree, Urgency: itsm.HighDegree,
	}
	require.Empty(t, cmp.Diff([]db.Proposal{{Key: "priority_one/INC-1", Draft: want}}, b.proposals(t)))
	other := b.raise(t, "PRB-1", at, itsm.ProblemDraft{ProblemText: itsm.ProblemText{
		Title: "Other", Service: "shop", Trigger: itsm.TriggeredByChange, Change: "CHG-1", Incidents: []itsm.Number{"INC-1"},
	}})
	require.Len(t, b.proposals(t), 1, "another that nobody took up does not do")
	b.decline(t, other)
	require.Len(t, b.proposals(t), 1)
	s := b.raise(t, "PRB-2", at, want)
	require.Empty(t, b.proposals(t))
	b.decline(t, s)
	require.Empty(t, b.proposals(t), "it was looked at")
}

func TestNoProblemIsProposedForWhatBelongsToOne(t *testing.T) {
	b, at := open(t), lately()
	b.report(t, 1, at, first)
	b.report(t, 2, at.Add(time.Second), first)
	require.Len(t, b.proposals(t), 2)
	b.raise(t, "PRB-1", at, byHand("INC-1"))
	require.Equal(t, "priority_one/INC-2", b.proposals(t)[0].Key)
	i, _ := reported("INC-2")
	first(&i)
	s := &incidentStory{Incident: i, at: at}
	s.triage(t)
	s.step(t, "bob", func(at time.Time) itsm.Event {
		return s.Relate(acting("bob", itsm.Responder), itsm.RelateRequest{Kind: itsm.CausedBy, To: "PRB-1"}, at)
	})
	for _, step := range s.steps {
		require.NoError(t, b.worker.StepIncident(t.Context(), "INC-2", step, from))
	}
	require.Empty(t, b.proposals(t), "its own word for it does as well")
}

// failed carries a change out, without success.
func (b book) failed(t *testing.T, n itsm.Number, at time.Time, outcome itsm.Outcome) {
	t.Helper()
	c, e := raised(n)
	c.RaisedAt, e.At = at, at
	begun := c
	require.NoError(t, b.worker.RecordChange(t.Context(), begun, e, from))
	for _, step := range life(t, &c) {
		if step.Outcome != "" {
			step.Outcome = outcome
		}
		require.NoError(t, b.worker.StepChange(t.Context(), step, from))
	}
}

func TestAProblemIsProposedForAChangeThatFailed(t *testing.T) {
	b, at := open(t), lately()
	b.failed(t, "CHG-1", at, itsm.Failed)
	b.failed(t, "CHG-2", at, itsm.Successful)
	b.failed(t, "CHG-3", at.Add(-31*24*time.Hour), itsm.Failed)
	b.failed(t, "CHG-4", at, itsm.Failed) // the fix of a problem, which looks for another itself
	fixing := &problemStory{}
	fixing.Problem, _ = suspected("PRB-9")
	p, e := suspected("PRB-9")
	fixing.at = noon
	fixing.known(t)
	fixing.plan(t, "CHG-4")
	fixing.end(t, itsm.Failed)
	b.keep(t.Context(), t, p, e, fixing.steps...)
	got := b.proposals(t)
	require.Len(t, got, 1)
	require.Equal(t, "failed_change/CHG-1", got[0].Key)
	require.Equal(t, "Failed: Renew the certificate", got[0].Draft.Title)
	require.Equal(t, itsm.Number("CHG-1"), got[0].Draft.Change)
	s := b.raise(t, "PRB-1", at, got[0].Draft)
	require.Empty(t, b.proposals(t))
	b.decline(t, s)
	require.Empty(t, b.proposals(t))
}

func TestAProblemIsProposedForATrendUntilItIsRecorded(t *testing.T) {
	b, at, ctx := open(t), lately(), t.Context()
	for k := 1; k <= 3; k++ {
		b.report(t, k, at.Add(-time.Minute), of("shop", "db-1"))
	}
	keep := func(at time.Time) {
		t.Helper()
		found, err := b.worker.Trends(ctx, likely, at)
		require.NoError(t, err)
		require.NoError(t, b.worker.KeepTrends(ctx, at, found))
		require.NoError(t, b.worker.KeepTrends(ctx, at, found), "twice")
	}
	keep(at)
	keep(at.Add(time.Hour))
	super := conn(t, b.url)
	require.Equal(t, 2*len(b.trending(t, at)), count(t, super, "SELECT count(*) FROM trend_findings"))
	trend := b.trending(t, at)["similar_item/db-1"]
	got := b.proposals(t)
	require.Len(t, got, 1, "once, though it was found twice")
	require.Equal(t, "trend/similar_item/db-1/"+at.Add(time.Hour).Format(time.RFC3339), got[0].Key)
	require.Empty(t, cmp.Diff(trend.Draft(), got[0].Draft))
	s := b.raise(t, "PRB-1", at.Add(90*time.Minute), got[0].Draft)
	require.Empty(t, b.proposals(t))
	b.decline(t, s)
	require.Empty(t, b.proposals(t), "it was raised since")
	require.NoError(t, b.worker.KeepTrends(ctx, at.Add(100*time.Minute), []itsm.Trend{trend}))
	require.Len(t, b.proposals(t), 1, "it was found again, and the problem is over")
	b.raise(t, "PRB-2", at.Add(-48*time.Hour), got[0].Draft)
	require.Empty(t, b.proposals(t), "one is not over, whenever it was raised")
	_, err := super.Exec(ctx, "UPDATE trend_findings SET at = at - interval '2 days', id = 'old/' || id, finding = finding || jsonb_build_object('id', 'old/' || id)")
	require.NoError(t, err)
	require.Empty(t, b.proposals(t), "that was long ago")
}

func TestProposalsComeOldestFirstAndNoMoreThanAsked(t *testing.T) {
	b, at := open(t), lately()
	b.failed(t, "CHG-1", at, itsm.Failed) // it ends some minutes later
	b.report(t, 1, at.Add(time.Hour), first)
	b.report(t, 2, at.Add(-time.Hour), first)
	require.NoError(t, b.worker.KeepTrends(t.Context(), at, []itsm.Trend{{
		ID: "similar_item/db-1", TrendCount: itsm.TrendCount{
			Finding: itsm.SimilarItem, Value: "db-1", Service: "shop", Impact: itsm.HighDegree, Urgency: itsm.LowDegree,
		},
	}}))
	sorted := []string{"priority_one/INC-2", "trend/similar_item/db-1/" + at.Format(time.RFC3339), "failed_change/CHG-1", "priority_one/INC-1"}
	for most := -1; most <= 5; most++ {
		got, err := b.desk.Proposals(t.Context(), everything, most)
		require.NoError(t, err)
		want := []string{}
		for k, p := range got {
			require.Equal(t, sorted[k], p.Key)
			want = append(want, p.Key)
		}
		require.Len(t, want, min(max(most, 0), 4))
	}
}

// watched has a problem fixed, and its fix watched since an instant.
func (b book) watched(t *testing.T, n itsm.Number, since time.Time, d itsm.ProblemDraft) *problemStory {
	t.Helper()
	p, e := proposed(n, since.Add(-time.Hour), d)
	s := &problemStory{Problem: p, at: p.RaisedAt}
	s.known(t)
	s.plan(t, "CHG-8")
	s.at = since.Add(-time.Minute) // the next step is a minute later
	s.end(t, itsm.Successful)
	require.True(t, s.Watch.From.Equal(since))
	b.keep(t.Context(), t, p, e, s.steps...)
	return s
}

func (b book) recurrences(t *testing.T, most int) []db.Recurrence {
	t.Helper()
	got, err := b.desk.Recurrences(t.Context(), most)
	require.NoError(t, err)
	return got
}

func TestAnIncidentOfThePatternShowsThatAFixDidNotHold(t *testing.T) {
	b := open(t)
	d := byHand()
	d.Pattern = &itsm.Pattern{Service: "shop", Category: "pay", Symptom: "HTTP 500", Item: "db-1"}
	s := b.watched(t, "PRB-1", noon, d)
	b.watched(t, "PRB-2", noon, byHand("INC-900")) // without a pattern nothing is of it
	all := func(i *itsm.Incident) {
		i.Service, i.Category, i.Symptom, i.Items = "shop", "pay", "HTTP 500", []string{"lb", "db-1"}
	}
	but := func(change func(*itsm.Incident)) func(*itsm.Incident) {
		return func(i *itsm.Incident) { all(i); change(i) }
	}
	after := noon.Add(time.Minute)
	b.report(t, 1, noon, all) // it was there when it was fixed
	b.report(t, 2, after, but(func(i *itsm.Incident) { i.Service = "mail" }))
	b.report(t, 3, after, but(func(i *itsm.Incident) { i.Category = "" }))
	b.report(t, 4, after, but(func(i *itsm.Incident) { i.Symptom = "" }))
	b.report(t, 5, after, but(func(i *itsm.Incident) { i.Items = nil }))
	require.Empty(t, b.recurrences(t, 9))
	b.report(t, 6, after.Add(time.Hour), all)
	b.report(t, 7, after.Add(time.Second), all)
	require.Equal(t, []db.Recurrence{{Problem: "PRB-1", Incident: "INC-7"}}, b.recurrences(t, 9), "the oldest")
	s.settle(t)
	b.goOn(t, s)
	require.Len(t, b.recurrences(t, 9), 1, "also while it is watched")
	s.step(t, itsm.Monitoring, func(at time.Time) itsm.Event {
		return s.Recur(acting(itsm.Monitoring, itsm.Monitor), itsm.RecurRequest{Incident: "INC-7"}, problemTerms(), at)
	})
	b.goOn(t, s)
	require.Empty(t, b.recurrences(t, 9), "it knows")
}

func TestALinkedIncidentShowsThatAFixDidNotHold(t *testing.T) {
	b, ctx := open(t), t.Context()
	since := noon.Add(5 * time.Second)
	s := b.watched(t, "PRB-1", since, byHand("INC-50"))
	b.linked(t, "INC-3", itsm.RelateRequest{Kind: itsm.CausedBy, To: "PRB-1"}) // before
	b.linked(t, "INC-7", itsm.RelateRequest{Kind: itsm.Related, To: "PRB-1"})  // says nothing
	gone := b.linked(t, "INC-8", itsm.RelateRequest{Kind: itsm.CausedBy, To: "PRB-1"})
	gone.step(t, "bob", func(at time.Time) itsm.Event {
		return gone.EndAsDuplicate(acting("bob", itsm.Responder), itsm.DuplicateRequest{Of: "INC-3"}, at)
	})
	for _, step := range gone.steps {
		require.NoError(t, b.worker.StepIncident(ctx, "INC-8", step, from))
	}
	require.Empty(t, b.recurrences(t, 9))
	is := func(n itsm.Number) {
		t.Helper()
		require.Equal(t, []db.Recurrence{{Problem: "PRB-1", Incident: n}}, b.recurrences(t, 9))
	}
	b.linked(t, "INC-50")
	is("INC-50")
	b.linked(t, "INC-40", itsm.RelateRequest{Kind: itsm.Applies, To: "PRB-1"})
	is("INC-40")
	b.linked(t, "INC-30", itsm.RelateRequest{Kind: itsm.CausedBy, To: "PRB-2"})
	is("INC-40")
	other, _ := proposed("PRB-2", noon, byHand("INC-20"))
	other.MergedInto = "PRB-1"
	s.step(t, itsm.System, func(at time.Time) itsm.Event { e, _ := s.Absorb(&other, at); return e })
	b.goOn(t, s)
	is("INC-30")
	b.linked(t, "INC-20")
	is("INC-20")
	b.watched(t, "PRB-3", noon, byHand("INC-3"))
	require.Equal(t, []db.Recurrence{{Problem: "PRB-3", Incident: "INC-3"}, {Problem: "PRB-1", Incident: "INC-20"}}, b.recurrences(t, 9))
	require.Len(t, b.recurrences(t, 1), 1)
	require.Empty(t, b.recurrences(t, -1))
}

// everything is proposed for.
func everything(itsm.ProblemTrigger) bool { return true }

// TestWhatIsNotProposedStandsInNobodysWay: where nothing is proposed for incidents of the
// highest priority, those that there are do not use up what one round takes.
func TestWhatIsNotProposedStandsInNobodysWay(t *testing.T) {
	b, at := open(t), lately()
	for n := range 3 {
		b.report(t, n+1, at, first)
	}
	trends := func(g itsm.ProblemTrigger) bool { return g == itsm.TriggeredByTrend }
	found := itsm.Trend{TrendCount: itsm.TrendCount{Finding: itsm.RisingService, Service: "shop", Count: 3}, ID: "rising_service/shop/"}
	require.NoError(t, b.worker.KeepTrends(t.Context(), at, []itsm.Trend{found}))
	due, err := b.desk.Proposals(t.Context(), trends, 1)
	require.NoError(t, err)
	require.Len(t, due, 1)
	require.Equal(t, itsm.TriggeredByTrend, due[0].Draft.Trigger)
}
