package itsm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

var trends = (&itsm.ProblemPolicy{}).Filled().Trend

// Incidents that are alike stand out by their number; those of a category or a service
// only when there are more than the mean of eight weeks and three standard deviations
// explain.
func TestWhatStandsOut(t *testing.T) {
	week := trends
	week.Within = itsm.Length{Time: 7 * 24 * time.Hour}
	steady, uneven := [itsm.Weeks]int{4, 4, 4, 4, 4, 4, 4, 4}, [itsm.Weeks]int{2, 6, 2, 6, 2, 6, 2, 6} // mean 4, deviation 0 and 2
	for _, row := range []struct {
		finding itsm.Finding
		count   int
		before  [itsm.Weeks]int
		stands  bool
	}{
		{itsm.SimilarItem, 2, steady, false},
		{itsm.SimilarItem, 3, steady, true},
		{itsm.SimilarSymptom, 3, uneven, true},
		{itsm.RisingService, 4, steady, false},
		{itsm.RisingService, 5, steady, true},
		{itsm.RisingService, 10, uneven, false},
		{itsm.RisingService, 11, uneven, true},
		{itsm.SimilarCategory, 11, uneven, true},
		{itsm.RisingService, 2, [itsm.Weeks]int{}, false},
		{itsm.RisingService, 3, [itsm.Weeks]int{}, true},
		{itsm.ReopenedService, 2, steady, false},
		{itsm.ReopenedService, 3, steady, true},
		{itsm.RepeatedHits, 3, steady, true},
		{"moon", 99, steady, false},
	} {
		trend, stands := week.Stands(itsm.TrendCount{Finding: row.finding, Service: "website", Value: "disk", Count: row.count, Before: row.before})
		require.Equal(t, row.stands, stands, "%s %d", row.finding, row.count)
		require.InDelta(t, week.Within.Time.Hours()/168*trend.Mean, trend.Mean, 0.001)
	}
	four := week
	four.Within = itsm.Length{Time: 28 * 24 * time.Hour} // four weeks have four times the mean and twice the deviation
	trend, stands := four.Stands(itsm.TrendCount{Finding: itsm.RisingService, Service: "website", Count: 28, Before: uneven})
	require.False(t, stands)
	require.InDelta(t, 4, trend.Mean, 0.001)
	require.InDelta(t, 16+3*4, trend.Usual, 0.001)
	require.Equal(t, "28 incidents in 28 days are of website; the eight weeks before had 4.0 a week.", trend.Reason)
}

// What incidents have in common has one name, whatever night it is found in.
func TestATrendHasOneName(t *testing.T) {
	names := map[string]bool{}
	for _, f := range itsm.Findings {
		c := itsm.TrendCount{Finding: f, Service: "website", Value: "disk", Count: 3}
		again := c
		again.Count, again.Incidents = 9, incidentNumbers(9)
		require.Equal(t, c.Key(), again.Key())
		names[c.Key()] = true
		trend, _ := trends.Stands(c)
		require.Equal(t, c.Key(), trend.ID)
		require.Contains(t, trend.Reason, "3 incidents in 30 days")
		d := trend.Draft()
		require.NoError(t, d.CheckRaise(monitor), f)
		require.NotEmpty(t, d.Title)
	}
	require.Len(t, names, len(itsm.Findings))
	item := itsm.TrendCount{Finding: itsm.SimilarItem, Service: "website", Value: "db-1"}
	other := item
	other.Service = "payments"
	require.Equal(t, item.Key(), other.Key(), "an item is one, whatever service fails by it")
}

// Of trends that are made of the same incidents, the one that says most is proposed.
func TestTheNarrowestTrendIsProposed(t *testing.T) {
	of := func(f itsm.Finding, count int, incidents ...itsm.Number) itsm.Trend {
		return itsm.Trend{TrendCount: itsm.TrendCount{Finding: f, Count: count, Incidents: incidents}}
	}
	all := []itsm.Trend{
		of(itsm.RisingService, 3, "INC-1", "INC-2", "INC-3"), of(itsm.SimilarSymptom, 3, "INC-3", "INC-2", "INC-1"),
		of(itsm.RepeatedHits, 3, "INC-1", "INC-2", "INC-3"), of(itsm.ReopenedService, 2, "INC-1", "INC-2"),
		of(itsm.SimilarItem, 2, "INC-1", "INC-2"), of(itsm.SimilarCategory, 9, "INC-1", "INC-2", "INC-3"),
	}
	var kept []itsm.Finding
	for _, trend := range itsm.Narrowest(all) {
		kept = append(kept, trend.Finding)
	}
	require.Equal(t, []itsm.Finding{itsm.SimilarItem, itsm.SimilarSymptom, itsm.SimilarCategory, itsm.ReopenedService, itsm.RepeatedHits}, kept,
		"the category has more than are named here")
	require.Equal(t, itsm.RisingService, all[0].Finding, "what was given stays as it was")
	require.Empty(t, itsm.Narrowest(nil))
}

// Whatever the record book holds, what is proposed can be raised.
func TestWhatIsProposedCanBeRaised(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.Rune(), 100, 300, -1),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		numbers := rapid.SliceOfN(rapid.SampledFrom(append(incidentNumbers(150), "CHG-1", "", "INC-0x")), 0, 200)
		trend, _ := trends.Stands(itsm.TrendCount{
			Finding: rapid.SampledFrom(itsm.Findings).Draw(t, "finding"), Service: "website",
			Value: text.Draw(t, "value"), Count: rapid.Int().Draw(t, "count"), Incidents: numbers.Draw(t, "incidents"),
			Impact: itsm.Degree(text.Draw(t, "impact")), Urgency: rapid.SampledFrom(itsm.Degrees).Draw(t, "urgency"),
		})
		d := trend.Draft()
		require.NoError(t, d.CheckRaise(monitor))
		require.Nil(t, d.Trend.Incidents)
		require.NotContains(t, d.Trend.Value+d.Trend.Reason, "\x00")
		require.Equal(t, trend.ID, d.Trend.ID)
		i := itsm.Incident{Number: "INC-1"}
		i.Service, i.Title, i.Category, i.Symptom = "website", text.Draw(t, "title"), text.Draw(t, "category"), text.Draw(t, "symptom")
		d = i.Triggered()
		require.NoError(t, d.CheckRaise(monitor))
		require.Equal(t, itsm.TriggeredByPriority, d.Trigger)
		c := itsm.Change{Number: "CHG-1"}
		c.Service, c.Title = "website", text.Draw(t, "change")
		d = c.Triggered()
		require.NoError(t, d.CheckRaise(monitor))
	})
}

// One search proposes so many, those of most incidents, and no more.
func TestOneSearchProposesTheForemost(t *testing.T) {
	p := itsm.DefaultProblemPolicy.Trend
	var all []itsm.Trend
	for n := range 57 {
		all = append(all, itsm.Trend{TrendCount: itsm.TrendCount{Count: n}})
	}
	kept := p.Foremost(all)
	require.Len(t, kept, 10)
	require.Equal(t, 56, kept[0].Count)
	require.Equal(t, 47, kept[9].Count)
	require.Equal(t, 0, all[0].Count, "what it was given stays as it is")
}
