package db_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

const month = 30 * 24 * time.Hour

// likely is the policy of these tests: three within 30 days.
var likely = itsm.DefaultProblemPolicy.Trend

// report raises an incident at an instant, of nothing in particular but for what is said.
func (b book) report(t *testing.T, n int, at time.Time, say func(*itsm.Incident)) {
	t.Helper()
	i, e := reported(itsm.IncidentNumber(int64(n)))
	i.RaisedAt, i.Category, i.Symptom, i.Items, i.Service = at, "", "", nil, itsm.ServiceID(fmt.Sprint("other-", n))
	if say != nil {
		say(&i)
	}
	b.save(t.Context(), t, i, e)
}

// trending finds what stands out, by its id.
func (b book) trending(t *testing.T, at time.Time) map[string]itsm.Trend {
	t.Helper()
	found, err := b.worker.Trends(t.Context(), likely, at)
	require.NoError(t, err)
	all := map[string]itsm.Trend{}
	for _, f := range found {
		all[f.ID] = f
		told := b.counted(t, f, at)
		require.Len(t, told, f.Count, "%s: what the auditor is told", f.ID)
		require.Equal(t, f.Incidents, told[:len(f.Incidents)], "%s", f.ID)
	}
	return all
}

// counted is what an auditor is told who pastes the question of a trend, as the desk may.
func (b book) counted(t *testing.T, f itsm.Trend, at time.Time) []itsm.Number {
	t.Helper()
	found, err := b.desk.Pool().Query(t.Context(), db.TrendAudit(f, likely.Within.Time, at))
	require.NoError(t, err)
	all, err := pgx.CollectRows(found, func(r pgx.CollectableRow) (n itsm.Number, err error) {
		var raised time.Time
		return n, r.Scan(&n, &raised)
	})
	require.NoError(t, err)
	return all
}

func of(service itsm.ServiceID, items ...string) func(*itsm.Incident) {
	return func(i *itsm.Incident) { i.Service, i.Items = service, items }
}

func TestIncidentsOfOneItemAreATrend(t *testing.T) {
	b, at := open(t), noon
	ago := func(d time.Duration) time.Time { return at.Add(-d) }
	b.report(t, 1, ago(month), of("shop", "db-1", "db-1")) // the first instant that counts, and once
	b.report(t, 2, ago(2*time.Hour), of("shop", "db-1", "lb-1"))
	b.report(t, 3, ago(time.Hour), func(i *itsm.Incident) {
		of("mail", "db-1")(i)
		i.Impact, i.Urgency = itsm.LowDegree, itsm.HighDegree
	})
	b.report(t, 4, at, of("shop", "db-1"))                       // not before
	b.report(t, 5, ago(month+time.Microsecond), of("a", "db-1")) // in the first week before
	b.report(t, 6, ago(month+7*24*time.Hour), of("b", "db-1"))   // the same
	b.report(t, 7, ago(month+7*24*time.Hour+time.Microsecond), of("c", "db-1"))
	b.report(t, 8, ago(month+56*24*time.Hour), of("d", "db-1"))
	b.report(t, 9, ago(month+56*24*time.Hour+time.Second), of("e", "db-1"))
	b.report(t, 10, ago(3*time.Hour), of("f", "lb-1", " ", ""))
	got := b.trending(t, at)
	require.Len(t, got, 1)
	require.Equal(t, itsm.TrendCount{
		Finding: itsm.SimilarItem, Service: "shop", Value: "db-1", Count: 3, Before: [itsm.Weeks]int{2, 1, 0, 0, 0, 0, 0, 1},
		Incidents: []itsm.Number{"INC-3", "INC-2", "INC-1"}, Raised: ago(time.Hour), Impact: itsm.HighDegree, Urgency: itsm.HighDegree,
	}, got["similar_item/db-1"].TrendCount)
	require.InDelta(t, 0.5, got["similar_item/db-1"].Mean, 1e-9)
	require.Equal(t, "3 incidents in 30 days are of the item db-1.", got["similar_item/db-1"].Reason)
	require.Len(t, b.trending(t, at.Add(time.Second)), 1, "and INC-4 instead of INC-1")
}

func TestIncidentsOfOneSymptomCategoryAndServiceAreTrends(t *testing.T) {
	b, at := open(t), noon
	n := 0
	some := func(many int, every time.Duration, before time.Time, say func(*itsm.Incident)) {
		for k := range many {
			n++
			b.report(t, n, before.Add(-time.Duration(k+1)*every), say)
		}
	}
	it := func(symptom, category string) func(*itsm.Incident) {
		return func(i *itsm.Incident) { i.Service, i.Symptom, i.Category = "shop", symptom, category }
	}
	some(3, time.Hour, at, it(`HTTP '500' \ é`, "pay"))
	some(4, time.Minute, at, it("slow", "pay")) // 7 of the category
	some(2, time.Minute, at, it(" ", ""))       // 9 of the service
	some(1, time.Minute, at, func(i *itsm.Incident) { i.Service, i.Symptom = "mail", "slow" })
	got := b.trending(t, at)
	require.Len(t, got, 4)
	require.Equal(t, 3, got[`similar_symptom/shop/HTTP '500' \ é`].Count)
	require.Equal(t, 4, got["similar_symptom/shop/slow"].Count)
	require.Equal(t, 7, got["similar_category/shop/pay"].Count)
	require.Equal(t, 9, got["rising_service/shop/"].Count)
	require.Equal(t, itsm.ServiceID("shop"), got["rising_service/shop/"].Service)

	some(16, 3*24*time.Hour, at.Add(-month), it("", "pay")) // two a week and more is what they usually have
	got = b.trending(t, at)
	require.NotContains(t, got, "similar_category/shop/pay")
	require.NotContains(t, got, "rising_service/shop/")
	require.Contains(t, got, "similar_symptom/shop/slow")
}

func TestATrendWithinANarrowerOneIsNotFound(t *testing.T) {
	b := open(t)
	for k := 1; k <= 3; k++ {
		b.report(t, k, noon.Add(-time.Hour), func(i *itsm.Incident) {
			i.Service, i.Symptom, i.Category, i.Items = "shop", "HTTP 500", "pay", []string{"db-1"}
		})
	}
	require.Equal(t, []string{"similar_item/db-1"}, keys(b.trending(t, noon)))
}

func keys(of map[string]itsm.Trend) (all []string) {
	for id := range of {
		all = append(all, id)
	}
	slices.Sort(all)
	return all
}

func TestWhatIsReopenedIsATrend(t *testing.T) {
	b := open(t)
	for k := 1; k <= 4; k++ {
		i, e := reported(itsm.IncidentNumber(int64(k)))
		i.RaisedAt, i.Symptom, i.Category, i.Items = noon.Add(-time.Hour), "", "", nil
		steps := 5 // it was reopened
		if k == 4 {
			steps = 4
		}
		first := i
		b.save(t.Context(), t, first, e, handled(t, &i)[:steps]...)
	}
	got := b.trending(t, noon)
	require.Equal(t, []string{"reopened_service/shop/", "rising_service/shop/"}, keys(got))
	require.Equal(t, 3, got["reopened_service/shop/"].Count)
}

func TestAKnownErrorThatIsAppliedAgainAndAgainIsATrend(t *testing.T) {
	b, at := open(t), noon.Add(time.Hour)
	s := b.knows(t, "PRB-1", "Printers hang", "Nothing is printed", "Restart")
	for _, n := range []itsm.Number{"INC-1", "INC-2", "INC-3"} {
		b.linked(t, n, itsm.RelateRequest{Kind: itsm.Applies, To: "PRB-1"})
	}
	hits := "known_error_hits/shop/PRB-1"
	got := b.trending(t, at)
	require.Equal(t, 3, got[hits].Count)
	require.Equal(t, []itsm.Number{"INC-3", "INC-2", "INC-1"}, got[hits].Incidents)
	s.plan(t, "CHG-1")
	b.goOn(t, s)
	require.NotContains(t, b.trending(t, at), hits, "it is being fixed")
	require.Len(t, b.counted(t, got[hits], at), 3, "it was counted then")
	s.end(t, itsm.Failed)
	b.goOn(t, s)
	require.Contains(t, b.trending(t, at), hits)
}

func TestWhatIsNoIncidentOfItsOwnIsNotCounted(t *testing.T) {
	b, ctx := open(t), t.Context()
	const id = "similar_item/db-1"
	for k := 1; k <= 3; k++ {
		b.report(t, k, noon.Add(-time.Hour), of("shop", "db-1"))
	}
	ends := map[string]func(s *incidentStory){
		"child": func(s *incidentStory) {
			s.step(t, "bob", func(at time.Time) itsm.Event {
				return s.SetParent(acting("bob", itsm.Responder), itsm.ParentRequest{Parent: "INC-1"}, at)
			})
		},
		"duplicate": func(s *incidentStory) {
			s.step(t, "bob", func(at time.Time) itsm.Event {
				return s.EndAsDuplicate(acting("bob", itsm.Responder), itsm.DuplicateRequest{Of: "INC-1"}, at)
			})
		},
		"cancelled": func(s *incidentStory) {
			s.step(t, "ana", func(at time.Time) itsm.Event { return s.Cancel(itsm.Cancellation{Note: "None."}, at) })
		},
	}
	n := int64(10)
	for _, end := range ends {
		n++
		i, e := reported(itsm.IncidentNumber(n))
		i.RaisedAt, i.Items = noon.Add(-time.Hour), []string{"db-1"}
		s := &incidentStory{Incident: i, at: i.RaisedAt}
		s.triage(t)
		end(s)
		b.save(ctx, t, i, e, s.steps...)
	}
	require.Equal(t, 3, b.trending(t, noon)[id].Count)

	_, err := conn(t, b.url).Exec(ctx, "SELECT setval('incident_number', 100)")
	require.NoError(t, err)
	i, events, comments := history(t)
	i.RaisedAt, i.Items = noon.Add(-2*time.Hour), []string{"db-1"}
	imported, _, err := b.owner.ImportIncident(ctx, origin, i, events, comments)
	require.NoError(t, err)
	got := b.trending(t, noon)[id]
	require.Equal(t, 4, got.Count, "what was imported is")
	require.Contains(t, got.Incidents, imported)
}

func TestWhatBelongsToAProblemIsCountedNoMore(t *testing.T) {
	b, ctx, id := open(t), t.Context(), "similar_item/db-1"
	for k := 1; k <= 4; k++ {
		b.report(t, k, noon.Add(-time.Hour), of("shop", "db-1"))
	}
	at := noon.Add(time.Hour)
	before := b.trending(t, at)[id]
	require.Equal(t, 4, before.Count)
	raise := func(n itsm.Number, trigger itsm.ProblemTrigger, incidents ...itsm.Number) *problemStory {
		p, e := proposed(n, noon.Add(time.Minute), itsm.ProblemDraft{
			ProblemText: itsm.ProblemText{Title: "It", Service: "shop", Trigger: trigger, Incidents: incidents},
		})
		s := &problemStory{Problem: p, at: p.RaisedAt}
		s.log(t)
		b.keep(ctx, t, p, e, s.steps...)
		return s
	}
	p1 := raise("PRB-1", itsm.TriggeredByPriority, "INC-1")
	require.Equal(t, 4, b.trending(t, at)[id].Count, "one that Steward proposed for it alone leaves it to be counted")
	declined := raise("PRB-2", itsm.TriggeredByChange, "INC-2")
	declined.step(t, "mia", func(at time.Time) itsm.Event { return declined.Decline(mia, itsm.NoteRequest{Note: "None."}, at) })
	b.goOn(t, declined)
	require.Equal(t, 4, b.trending(t, at)[id].Count)
	p1.accept(t, "eve")
	b.goOn(t, p1)
	require.Equal(t, 3, b.trending(t, at)[id].Count, "until somebody took it up")
	raise("PRB-3", itsm.TriggeredByHand, "INC-3")
	require.Empty(t, b.trending(t, at))
	require.Len(t, b.counted(t, before, noon), 4, "an auditor is told what was counted then, whatever was linked since")
}

func TestATrendOfAProblemThatIsNotOverIsNotFoundAgain(t *testing.T) {
	b, ctx, id := open(t), t.Context(), "similar_item/db-1"
	three := func(first int, at time.Time) {
		for k := range 3 {
			b.report(t, first+k, at, func(i *itsm.Incident) { i.Service, i.Items, i.Symptom = "shop", []string{"db-1"}, "HTTP 500" })
		}
	}
	three(1, noon.Add(-time.Hour))
	trend := b.trending(t, noon)[id]
	p, e := proposed("PRB-1", noon, trend.Draft())
	require.NoError(t, trendDraft(&trend))
	s := &problemStory{Problem: p, at: noon}
	s.log(t)
	b.keep(ctx, t, p, e, s.steps...)
	later := noon.Add(time.Hour)
	require.Empty(t, b.trending(t, later))
	three(4, noon.Add(time.Minute))
	require.Empty(t, b.trending(t, later), "nor what would say less of the same incidents")
	s.step(t, "mia", func(at time.Time) itsm.Event { return s.Decline(mia, itsm.NoteRequest{Note: "None."}, at) })
	b.goOn(t, s)
	got := b.trending(t, later)
	require.Equal(t, []string{id}, keys(got))
	require.Equal(t, []itsm.Number{"INC-6", "INC-5", "INC-4"}, got[id].Incidents, "what was declined is not looked at again")
}

func trendDraft(t *itsm.Trend) error {
	d := t.Draft()
	return d.Check()
}

func TestATrendNamesAHundredIncidentsAtMost(t *testing.T) {
	b := open(t)
	_, err := conn(t, b.url).Exec(t.Context(), `INSERT INTO incidents (number, text, standing, reporter, door, owner, restricted,
			policy_version, raised_at, since, waits_for, missed)
		SELECT 'INC-' || n, '{"title": "x", "service": "shop", "configuration_items": ["db-1"]}',
			'{"state": "new", "revision": 1, "priority": "P3", "impact": "medium", "urgency": "low"}', 'ana', 'api', '', false,
			1, $1::timestamptz - n * interval '1 second', $1, '{}', false FROM generate_series(1, 150) AS n`, noon)
	require.NoError(t, err)
	got := b.trending(t, noon)
	trend := got["similar_item/db-1"]
	require.Equal(t, 150, trend.Count)
	require.Len(t, trend.Incidents, itsm.MaxProblemIncidents)
	require.Equal(t, itsm.Number("INC-1"), trend.Incidents[0])
	require.Len(t, b.counted(t, trend, noon), 150)
	require.Equal(t, itsm.MediumDegree, trend.Impact)
	require.NoError(t, trendDraft(&trend))
}

func TestNothingStandsOutOfNothing(t *testing.T) {
	b := open(t)
	require.Empty(t, b.trending(t, noon))
	require.NoError(t, b.worker.KeepTrends(t.Context(), noon, nil))
}
