package itsm_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

// measured is a measure for each criterion, in their order; below zero is no data.
func measured(points ...int) (all []itsm.Measure) {
	for n, p := range points {
		m := itsm.Measure{Name: string(itsm.Criteria[n]), Criterion: itsm.Criteria[n]}
		if p >= 0 {
			m.Points = new(p)
		}
		all = append(all, m)
	}
	return all
}

func score(points ...int) itsm.Score { return itsm.ScoreOf(itsm.DefaultWeights, measured(points...)) }

func TestWhatAScoreIs(t *testing.T) {
	for name, row := range map[string]struct {
		score   itsm.Score
		points  int // -1: none
		band    itsm.Band
		covered int
		noData  []itsm.Criterion
	}{
		"all is well":               {score(100, 100, 100, 100, 100), 100, itsm.BandA, 100, nil},
		"ninety":                    {score(90, 90, 90, 90, 90), 90, itsm.BandA, 100, nil},
		"nearly ninety":             {score(90, 90, 90, 90, 81), 89, itsm.BandB, 100, nil},
		"seventy-five":              {score(75, 75, 75, 75, 75), 75, itsm.BandB, 100, nil},
		"below":                     {score(74, 75, 75, 75, 75), 74, itsm.BandC, 100, nil},
		"sixty":                     {score(100, 100, 0, 0, 0), 60, itsm.BandC, 100, nil},
		"below sixty":               {score(100, 99, 0, 0, 0), 59, itsm.BandD, 100, nil},
		"nothing at all":            {score(), -1, itsm.BandNoData, 0, itsm.Criteria},
		"none of it was measured":   {score(-1, -1, -1, -1, -1), -1, itsm.BandNoData, 0, itsm.Criteria},
		"too little was measured":   {score(-1, -1, 100, 100, 100), -1, itsm.BandNoData, 40, itsm.Criteria[:2]},
		"half of it was":            {score(80, -1, -1, -1, 90), 82, itsm.BandB, 50, itsm.Criteria[1:4]},
		"missing is not a hundred":  {score(60, 60, 60, 60, -1), 60, itsm.BandC, 90, itsm.Criteria[4:]},
		"missing is not none":       {score(100, 100, 100, 100, -1), 100, itsm.BandA, 90, itsm.Criteria[4:]},
		"measured as none is not a": {score(100, 100, 100, 100, 0), 90, itsm.BandA, 100, nil},
	} {
		require.Equal(t, row.band, row.score.Band, name)
		require.Equal(t, row.covered, row.score.Covered, name)
		require.Equal(t, row.noData, row.score.NoData(), name)
		if row.points < 0 {
			require.Nil(t, row.score.Points, name)
		} else {
			require.Equal(t, row.points, *row.score.Points, name)
		}
	}
}

// A score names what each criterion is the mean of, what had no data, and the critical
// targets that were missed.
func TestAScoreNamesWhatItIsMadeOf(t *testing.T) {
	s := itsm.ScoreOf(itsm.DefaultWeights, []itsm.Measure{
		{Name: "Availability", Criterion: itsm.ByServiceLevel, Points: new(81), Critical: true, Missed: true},
		{Name: "Response", Criterion: itsm.ByServiceLevel, Points: new(100)},
		{Name: "Resolution", Criterion: itsm.ByServiceLevel, Missed: true},
		{Name: "Incidents", Criterion: itsm.ByQuality, Points: new(60), Missed: true},
		{Name: "Audit", Criterion: itsm.BySecurity, Critical: true},
	})
	require.Equal(t, itsm.Part{
		Criterion: itsm.ByServiceLevel, Percent: 40, Points: new(90), Of: []string{"Availability", "Response"}, Without: []string{"Resolution"},
	}, s.Parts[0])
	require.Equal(t, itsm.Part{Criterion: itsm.BySecurity, Percent: 15, Without: []string{"Audit"}}, s.Parts[3])
	require.Equal(t, []string{"Availability"}, s.Missed)
	require.Equal(t, (90*40+60*20)/60, *s.Points)
}

func TestScoresAtRandom(t *testing.T) {
	some := rapid.Custom(func(t *rapid.T) itsm.Measure {
		m := itsm.Measure{Name: "m", Criterion: rapid.SampledFrom(itsm.Criteria).Draw(t, "criterion")}
		if rapid.Bool().Draw(t, "known") {
			m.Points = new(rapid.IntRange(0, itsm.MaxPoints).Draw(t, "points"))
		}
		return m
	})
	rapid.Check(t, func(t *rapid.T) {
		measures := rapid.SliceOfN(some, 0, 12).Draw(t, "measures")
		s := itsm.ScoreOf(itsm.DefaultWeights, measures)
		require.Len(t, s.Parts, len(itsm.DefaultWeights))
		require.Equal(t, s.Points == nil, s.Band == itsm.BandNoData)
		require.Equal(t, s.Points == nil, s.Covered < itsm.MinCovered)
		if s.Points == nil {
			return
		}
		least, most := itsm.MaxPoints, 0
		for _, m := range measures {
			if m.Points != nil {
				least, most = min(least, *m.Points), max(most, *m.Points)
			}
		}
		require.GreaterOrEqual(t, *s.Points, least, "no score is worse than all of its measures")
		require.LessOrEqual(t, *s.Points, most, "nor better")
		measures = append(measures, itsm.Measure{Name: "n", Criterion: itsm.ByCommerce})
		require.Equal(t, s.Points, itsm.ScoreOf(itsm.DefaultWeights, measures).Points, "what was not measured changes nothing")
	})
}

func TestWhereScoresGo(t *testing.T) {
	of := func(points ...int) (all []itsm.Score) {
		for _, p := range points {
			all = append(all, score(p, p, p, p, p))
		}
		return all
	}
	for name, row := range map[string]struct {
		scores []itsm.Score
		course itsm.Course
	}{
		"none":                        {nil, itsm.Unknown},
		"one":                         {of(80), itsm.Unknown},
		"the last has no data":        {of(80, 80, -1), itsm.Unknown},
		"as before":                   {of(80, 80), itsm.Steady},
		"a little better":             {of(80, 82), itsm.Steady},
		"better":                      {of(80, 83), itsm.Rising},
		"worse":                       {of(80, 77), itsm.Falling},
		"than the mean of three":      {of(0, 70, 80, 90, 84), itsm.Rising},
		"the mean is no whole number": {of(80, 80, 81, 83), itsm.Steady},
		"what has no data is left":    {of(80, -1, -1, -1, 90), itsm.Rising},
	} {
		require.Equal(t, row.course, itsm.CourseOf(row.scores), name)
	}
}

func TestWhatFollowsFromScores(t *testing.T) {
	a, c, d := score(95, 95, 95, 95, 95), score(65, 65, 65, 65, 65), score(10, 10, 10, 10, 10)
	missed := a
	missed.Missed = []string{"Availability"}
	none := score()
	for name, row := range map[string]struct {
		scores []itsm.Score
		want   []itsm.Consequence
	}{
		"none":                           {nil, nil},
		"an A":                           {[]itsm.Score{d, a}, nil},
		"no data":                        {[]itsm.Score{c, none}, nil},
		"a C":                            {[]itsm.Score{a, c}, []itsm.Consequence{itsm.ToWatch}},
		"two in a row":                   {[]itsm.Score{c, c}, []itsm.Consequence{itsm.ToWatch, itsm.ToCorrect}},
		"not in a row":                   {[]itsm.Score{c, a, c}, []itsm.Consequence{itsm.ToWatch}},
		"nor with no data between":       {[]itsm.Score{c, none, c}, []itsm.Consequence{itsm.ToWatch}},
		"a D":                            {[]itsm.Score{d}, []itsm.Consequence{itsm.ToWatch, itsm.ToCorrect, itsm.ToExecute}},
		"a critical target once":         {[]itsm.Score{a, a, missed}, nil},
		"twice in three":                 {[]itsm.Score{missed, a, missed}, []itsm.Consequence{itsm.ToEscalate}},
		"twice in four":                  {[]itsm.Score{missed, a, a, missed}, nil},
		"it was told already, and is ok": {[]itsm.Score{missed, missed, a}, nil},
	} {
		require.Equal(t, row.want, itsm.ConsequencesOf(row.scores), name)
	}
}

func TestPointsForAGoal(t *testing.T) {
	up, down := itsm.Goal{Full: 99_900, None: 99_000}, itsm.Goal{Full: 4_000, None: 8_000}
	for _, row := range []struct {
		goal    itsm.Goal
		value   itsm.Amount
		points  int
		reached bool
	}{
		{up, 100_000, 100, true},
		{up, 99_900, 100, true},
		{up, 99_899, 99, false},
		{up, 99_450, 50, false},
		{up, 99_000, 0, false},
		{up, 0, 0, false},
		{down, 0, 100, true},
		{down, 4_000, 100, true},
		{down, 4_001, 99, false},
		{down, 6_000, 50, false},
		{down, 8_000, 0, false},
		{down, 9_000, 0, false},
	} {
		require.Equal(t, row.points, row.goal.Points(row.value), row)
		require.Equal(t, row.reached, row.goal.Reached(row.value), row)
	}
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]itsm.Amount{"0": 0, "99.95": 99_950, "-1.5": -1_500, "-0.25": -250, "7": 7_000, "999999999.999": 999_999_999_999} {
		var a itsm.Amount
		require.NoError(t, a.UnmarshalText([]byte(text)))
		require.Equal(t, want, a)
		require.Equal(t, text, a.String())
	}
	for _, text := range []string{"", ".5", "5.", "1,5", "1e3", "1234567890", "1.2345", "NaN", "+1", "0x1"} {
		require.Equal(t, "amount.invalid", code(new(itsm.Amount).UnmarshalText([]byte(text))), text)
	}
	rapid.Check(t, func(t *rapid.T) {
		a := itsm.Amount(rapid.Int64Range(-999_999_999_999, 999_999_999_999).Draw(t, "amount"))
		text, err := json.Marshal(a)
		require.NoError(t, err)
		var again itsm.Amount
		require.NoError(t, json.Unmarshal(text, &again))
		require.Equal(t, a, again)
	})
}
