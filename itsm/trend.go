package itsm

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// TrendPolicy is what makes some incidents a problem that Steward proposes (PRB-01).
type TrendPolicy struct {
	Count    int    `json:"count,omitempty"`    // incidents that are alike; 0: 3
	Within   Length `json:"within,omitzero"`    // of one another; zero: 30 days
	Reopened int    `json:"reopened,omitempty"` // incidents of a service that were reopened; 0: 3
	Hits     int    `json:"hits,omitempty"`     // incidents that a known error was applied to; 0: 3
	Most     int    `json:"most,omitempty"`     // problems that one search proposes, those of most incidents; 0: 10
}

// Weeks are how many weeks a count is held against.
const Weeks = 8

// Finding is what a trend was found by.
type Finding string

// The findings.
const (
	SimilarItem     Finding = "similar_item"     // incidents of one configuration item
	SimilarSymptom  Finding = "similar_symptom"  // of one service, with one symptom
	SimilarCategory Finding = "similar_category" // of one service and category, more than there used to be
	RisingService   Finding = "rising_service"   // of one service, more than there used to be
	ReopenedService Finding = "reopened_service" // of one service, reopened
	RepeatedHits    Finding = "known_error_hits" // of one known error, applied
)

// Findings is every Finding.
var Findings = []Finding{SimilarItem, SimilarSymptom, SimilarCategory, RisingService, ReopenedService, RepeatedHits}

// TrendCount counts the incidents that are alike in one way. What belongs to a problem that
// is not over, or was closed later, is not among them.
type TrendCount struct {
	Finding   Finding    `json:"finding"`
	Service   ServiceID  `json:"service"`             // of an item: the service of most
	Value     string     `json:"value,omitempty"`     // the item, symptom, category or known error
	Count     int        `json:"count"`               // within the policy's time
	Before    [Weeks]int `json:"before"`              // in each of the eight weeks before that, the newest first
	Incidents []Number   `json:"incidents,omitempty"` // those counted, the newest first; at most MaxProblemIncidents
	Raised    time.Time  `json:"raised,omitzero"`     // when the newest of them was
	Impact    Degree     `json:"impact,omitempty"`    // the highest among them
	Urgency   Degree     `json:"urgency,omitempty"`   // ditto
}

// Trend is a finding that stands out.
type Trend struct {
	TrendCount

	ID     string  `json:"id"`     // what they have in common, for good
	Mean   float64 `json:"mean"`   // incidents a week, in the eight weeks before
	Usual  float64 `json:"usual"`  // as many as chance explains within the policy's time: the mean and three standard deviations
	Reason string  `json:"reason"` // one sentence
}

// Key names what the incidents have in common, for good: it is proposed once, as long
// as that is not over.
func (c *TrendCount) Key() string {
	if c.Finding == SimilarItem {
		return string(c.Finding) + "/" + c.Value
	}
	return string(c.Finding) + "/" + string(c.Service) + "/" + c.Value
}

// Stands reports whether a count stands out: incidents of one item or with one symptom
// by their number; of a category or a service, which always has some, only when there
// are more than the eight weeks before explain.
func (p *TrendPolicy) Stands(c TrendCount) (t Trend, ok bool) {
	t.TrendCount, t.ID = c, c.Key()
	t.Mean, t.Usual = usual(c.Before, p.Within.Time)
	switch c.Finding {
	case ReopenedService:
		ok = c.Count >= p.Reopened
	case RepeatedHits:
		ok = c.Count >= p.Hits
	case SimilarItem, SimilarSymptom:
		ok = c.Count >= p.Count
	case SimilarCategory, RisingService:
		ok = c.Count >= p.Count && float64(c.Count) > t.Usual
	}
	t.Reason = c.reason(p.Within.Time, t.Mean)
	return t, ok
}

// usual is the mean of some weeks, and how many incidents they explain in a time: as
// many as they had on average, and three standard deviations of that.
func usual(weeks [Weeks]int, within time.Duration) (mean, most float64) {
	sum := 0
	for _, n := range weeks {
		sum += n
	}
	mean = float64(sum) / Weeks
	variance := 0.0
	for _, n := range weeks {
		variance += (float64(n) - mean) * (float64(n) - mean) / Weeks
	}
	span := within.Hours() / (7 * 24)
	return mean, mean*span + 3*math.Sqrt(variance*span)
}

func (c *TrendCount) reason(within time.Duration, mean float64) string {
	many := fmt.Sprintf("%d incidents in %s", c.Count, days(within))
	switch c.Finding {
	case SimilarItem:
		return many + " are of the item " + c.Value + "."
	case SimilarSymptom:
		return many + " of " + string(c.Service) + " have the symptom " + c.Value + "."
	case SimilarCategory:
		return fmt.Sprintf("%s of %s are of the category %s; the eight weeks before had %.1f a week.", many, c.Service, c.Value, mean)
	case RisingService:
		return fmt.Sprintf("%s are of %s; the eight weeks before had %.1f a week.", many, c.Service, mean)
	case ReopenedService:
		return many + " of " + string(c.Service) + " were reopened."
	case RepeatedHits:
		return "The workaround of " + c.Value + " was applied to " + many + "."
	}
	return many + "."
}

func days(d time.Duration) string {
	if d%day == 0 {
		return fmt.Sprintf("%d days", d/day)
	}
	return d.String()
}

// Draft is the problem that is proposed for a trend. Whatever the record book holds,
// it is one that can be raised for a service that there is.
func (t *Trend) Draft() ProblemDraft {
	d := ProblemDraft{Impact: degreeOf(t.Impact), Urgency: degreeOf(t.Urgency)}
	d.Trigger, d.Service, d.Incidents, d.Trend = TriggeredByTrend, t.Service, someIncidents(t.Incidents), t.evidence()
	d.Description = head(printable(t.Reason), MaxText)
	d.Pattern = &Pattern{Service: t.Service}
	switch t.Finding {
	case SimilarItem:
		d.Pattern = &Pattern{Item: t.Value}
		d.Title = "Incidents again and again of the item " + t.Value
	case SimilarSymptom:
		d.Pattern.Symptom, d.Title = t.Value, "Again and again: "+t.Value
	case SimilarCategory:
		d.Pattern.Category, d.Category = t.Value, t.Value
		d.Title = "More incidents than usual of " + string(t.Service) + ", " + t.Value
	case RisingService:
		d.Title = "More incidents than usual of " + string(t.Service)
	case ReopenedService:
		d.Title, d.Pattern = "Incidents of "+string(t.Service)+" are reopened", nil
	case RepeatedHits:
		d.Title, d.Pattern = "The workaround of "+t.Value+" is needed again and again", nil
	}
	d.Title = oneLine(d.Title, MaxTitle)
	return d.sound()
}

// sound leaves out what cannot be taken as it is: by half a value nothing is found again.
func (d ProblemDraft) sound() ProblemDraft {
	err := d.Check()
	if err == nil {
		return d
	}
	for _, f := range AsError(err).Fields {
		switch {
		case f.Pointer == "/category":
			d.Category = ""
		case strings.HasPrefix(f.Pointer, "/pattern"):
			d.Pattern = nil
		}
	}
	return d
}

// degreeOf is a degree, or none that the policy says then.
func degreeOf(d Degree) Degree {
	if slices.Contains(Degrees, d) {
		return d
	}
	return ""
}

// someIncidents are the first of those named, each once, as many as a problem is
// raised with.
func someIncidents(all []Number) (kept []Number) {
	for _, n := range all {
		if len(kept) < MaxProblemIncidents && n.Of("INC") && !slices.Contains(kept, n) {
			kept = append(kept, n)
		}
	}
	return kept
}

// evidence is the trend as its problem keeps it, which names the incidents already.
func (t *Trend) evidence() *Trend {
	kept := *t
	kept.Incidents = nil
	kept.Impact, kept.Urgency = degreeOf(t.Impact), degreeOf(t.Urgency)
	kept.Value, kept.Reason = printable(t.Value), printable(t.Reason) // its id stays: it is known again by that
	return &kept
}

// Foremost are the trends of most incidents, as many as one search proposes: nobody can
// look at fifty at once, and what is left out is found again the next night.
func (p *TrendPolicy) Foremost(all []Trend) []Trend {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Trend) int { return b.Count - a.Count })
	return all[:min(len(all), p.Most)]
}

// Narrowest leaves out a trend whose incidents all are of another that says more of
// what they have in common: findings are tried in the order of Findings.
func Narrowest(all []Trend) (kept []Trend) {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Trend) int {
		if a.Finding != b.Finding {
			return slices.Index(Findings, a.Finding) - slices.Index(Findings, b.Finding)
		}
		return b.Count - a.Count
	})
	for _, t := range all {
		covered := slices.ContainsFunc(kept, func(o Trend) bool {
			return t.Finding != ReopenedService && t.Finding != RepeatedHits && len(t.Incidents) == t.Count && within(t.Incidents, o.Incidents)
		})
		if !covered {
			kept = append(kept, t)
		}
	}
	return kept
}

func within(few, many []Number) bool {
	return !slices.ContainsFunc(few, func(n Number) bool { return !slices.Contains(many, n) })
}

// Triggered is the problem that is proposed for an incident of the highest priority.
func (i *Incident) Triggered() ProblemDraft {
	d := ProblemDraft{Impact: i.Impact, Urgency: i.Urgency}
	d.Title, d.Service, d.Category, d.Trigger = oneLine(i.Title, MaxTitle), i.Service, i.Category, TriggeredByPriority
	if d.Title == "" {
		d.Title = string(i.Number)
	}
	d.Incidents = []Number{i.Number}
	d.Description = string(i.Number) + " has the highest priority; what caused it is to be found."
	if i.Symptom != "" {
		d.Pattern = &Pattern{Service: i.Service, Symptom: i.Symptom}
	}
	return d.sound()
}

// Triggered is the problem that is proposed for a change that failed.
func (c *Change) Triggered() ProblemDraft {
	d := ProblemDraft{}
	d.Title = oneLine("Failed: "+c.Title, MaxTitle)
	d.Service, d.Trigger, d.Change = c.Service, TriggeredByChange, c.Number
	d.Description = string(c.Number) + " failed; why is to be found before it is tried again."
	return d
}

func (k *catalogCheck) trend(at string, p *TrendPolicy) {
	for _, one := range []struct {
		at string
		n  int
	}{{"count", p.Count}, {"reopened", p.Reopened}, {"hits", p.Hits}, {"most", p.Most}} {
		if one.n != 0 && (one.n < 2 || one.n > MaxProblemIncidents) {
			k.add(at+"/"+one.at, "must be from 2 to %d", MaxProblemIncidents)
		}
	}
	if w := p.Within; !w.IsZero() && (w.Days != 0 || w.Time < time.Second || w.Time > MaxLength) {
		k.add(at+"/within", "must be a time between 1s and %.0fh", MaxLength.Hours())
	}
}
