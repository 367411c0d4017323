package itsm

import (
	"fmt"
	"slices"
)

// Criterion is one of the things that a supplier is scored by.
type Criterion string

// The criteria.
const (
	ByServiceLevel   Criterion = "service_level"  // which part of the targets was kept
	ByQuality        Criterion = "quality"        // incidents and failed changes that it caused
	ByResponsiveness Criterion = "responsiveness" // how long others waited for it
	BySecurity       Criterion = "security"       // and compliance (ISO/IEC 27001, A.5.22)
	ByCommerce       Criterion = "commerce"       // invoices, price, what was promised
)

// Criteria is every Criterion, the heaviest first.
var Criteria = []Criterion{ByServiceLevel, ByQuality, ByResponsiveness, BySecurity, ByCommerce}

// Weight is how much a criterion counts.
type Weight struct {
	Criterion Criterion `json:"criterion"`
	Percent   int       `json:"percent"` // of the whole; those of all criteria are a hundred
}

// DefaultWeights are those of a catalog that says none.
var DefaultWeights = []Weight{
	{ByServiceLevel, 40}, {ByQuality, 20}, {ByResponsiveness, 15}, {BySecurity, 15}, {ByCommerce, 10},
}

// MinCovered is which part of the weights, in percent, has to have data: what rests on
// less is no score.
const MinCovered = 50

// Band is how good a score is.
type Band string

// The bands.
const (
	BandA      Band = "A"       // 90 points and more
	BandB      Band = "B"       // 75
	BandC      Band = "C"       // 60: it is watched
	BandD      Band = "D"       // less: a corrective action is due, and executives are told
	BandNoData Band = "no_data" // too little is known to say
)

// Bands is every Band, the best first.
var Bands = []Band{BandA, BandB, BandC, BandD, BandNoData}

func bandOf(points int) Band {
	switch {
	case points >= 90:
		return BandA
	case points >= 75:
		return BandB
	case points >= 60:
		return BandC
	}
	return BandD
}

// Measure is one indicator in one period. What was not measured has no points, which
// is something else than all of them and than none.
type Measure struct {
	Name      string    `json:"name"`
	Criterion Criterion `json:"criterion"`
	Points    *int      `json:"points,omitempty"` // 0 to 100; nil: no data
	Critical  bool      `json:"critical,omitempty"`
	Missed    bool      `json:"missed,omitempty"` // its goal was not reached
}

// Part is what one criterion gave to a score.
type Part struct {
	Criterion Criterion `json:"criterion"`
	Percent   int       `json:"percent"`          // its weight
	Points    *int      `json:"points,omitempty"` // the mean of its measures; nil: no data
	Of        []string  `json:"of,omitempty"`     // the measures that it is the mean of
	Without   []string  `json:"without,omitempty"`
}

// Score is how a supplier did in a period, and what that rests on (8.3.4.1 d).
type Score struct {
	Points  *int     `json:"points,omitempty"` // 0 to 100; nil: no data
	Band    Band     `json:"band"`
	Covered int      `json:"covered"` // percent of the weights that have data
	Parts   []Part   `json:"parts"`   // one for each weight, in their order
	Missed  []string `json:"missed,omitempty"`
}

// ScoreOf weighs measures. A criterion has the mean of its measures that have data; one
// without any is left out, and the others share its weight in proportion: what nobody
// measured makes a score neither better nor worse. Missed names the critical measures
// whose goal was not reached. All is rounded down: a band has to be reached.
func ScoreOf(weights []Weight, measures []Measure) Score {
	s := Score{Band: BandNoData, Parts: []Part{}}
	sum := 0
	for _, w := range weights {
		part := partOf(w, measures)
		if part.Points != nil {
			s.Covered += w.Percent
			sum += w.Percent * *part.Points
		}
		s.Parts = append(s.Parts, part)
	}
	for _, m := range measures {
		if m.Critical && m.Missed {
			s.Missed = append(s.Missed, m.Name)
		}
	}
	if s.Covered >= MinCovered {
		points := sum / s.Covered
		s.Points, s.Band = &points, bandOf(points)
	}
	return s
}

func partOf(w Weight, measures []Measure) Part {
	p := Part{Criterion: w.Criterion, Percent: w.Percent}
	sum := 0
	for _, m := range measures {
		switch {
		case m.Criterion != w.Criterion:
		case m.Points == nil:
			p.Without = append(p.Without, m.Name)
		default:
			sum += *m.Points
			p.Of = append(p.Of, m.Name)
		}
	}
	if len(p.Of) > 0 {
		p.Points = new(sum / len(p.Of))
	}
	return p
}

// NoData are the criteria that nothing is known of.
func (s *Score) NoData() (all []Criterion) {
	for _, p := range s.Parts {
		if p.Points == nil {
			all = append(all, p.Criterion)
		}
	}
	return all
}

// Course is where scores go.
type Course string

// The courses.
const (
	Rising  Course = "rising"
	Steady  Course = "steady"
	Falling Course = "falling"
	Unknown Course = "unknown" // there is nothing to compare, or nothing to compare it with
)

// Courses is every Course.
var Courses = []Course{Rising, Steady, Falling, Unknown}

const (
	courseOf   = 3 // scores before, that a score is compared with
	courseStep = 3 // points that make a difference
)

// CourseOf compares the last of some scores, in order of time, with the mean of the three
// before it that have points.
func CourseOf(scores []Score) Course {
	known := slices.DeleteFunc(slices.Clone(scores), func(s Score) bool { return s.Points == nil })
	if len(known) < 2 || scores[len(scores)-1].Points == nil {
		return Unknown
	}
	last, before := known[len(known)-1], known[max(0, len(known)-1-courseOf):len(known)-1]
	sum := 0
	for _, s := range before {
		sum += *s.Points
	}
	switch difference := *last.Points*len(before) - sum; {
	case difference >= courseStep*len(before):
		return Rising
	case -difference >= courseStep*len(before):
		return Falling
	}
	return Steady
}

// Consequence is what has to be done for a score.
type Consequence string

// The consequences.
const (
	ToWatch    Consequence = "watch"             // the supplier is looked at more closely
	ToCorrect  Consequence = "corrective_action" // by the supplier
	ToExecute  Consequence = "executive_review"  // with those above both sides
	ToEscalate Consequence = "escalation"        // to whoever answers for suppliers
)

// Consequences is every Consequence.
var Consequences = []Consequence{ToWatch, ToCorrect, ToExecute, ToEscalate}

// ConsequencesOf are those of the last of some scores, in order of time: a C has it
// watched, two in a row or a D have it correct itself, a D has executives told, and a
// critical target that was missed in two of three periods is escalated.
func ConsequencesOf(scores []Score) (all []Consequence) {
	if len(scores) == 0 {
		return nil
	}
	last := scores[len(scores)-1]
	twice := len(scores) > 1 && last.Band == BandC && scores[len(scores)-2].Band == BandC
	if last.Band == BandC || last.Band == BandD {
		all = append(all, ToWatch)
	}
	if twice || last.Band == BandD {
		all = append(all, ToCorrect)
	}
	if last.Band == BandD {
		all = append(all, ToExecute)
	}
	missed := 0
	for _, s := range scores[max(0, len(scores)-3):] {
		if len(s.Missed) > 0 {
			missed++
		}
	}
	if len(last.Missed) > 0 && missed >= 2 {
		all = append(all, ToEscalate)
	}
	return all
}

// weights checks those of a score.
func (f *faults) weights(at string, weights []Weight) {
	f.atMost(at, len(weights), len(Criteria))
	named, sum := seen{}, 0
	for n, w := range weights[:min(len(weights), len(Criteria))] {
		here := fmt.Sprintf("%s/%d", at, n)
		if oneOf(f, here+"/criterion", w.Criterion, Criteria) {
			if first, again := named.mark(string(w.Criterion), here); again {
				f.add(here+"/criterion", "%s is already at %s; it can be there only once", w.Criterion, first)
			}
		}
		if w.Percent < 1 || w.Percent > 100 {
			f.add(here+"/percent", "must be between 1 and 100")
		}
		sum += w.Percent
	}
	if len(weights) > 0 && sum != 100 {
		f.add(at, "are %d in all; they must be 100", sum)
	}
}
