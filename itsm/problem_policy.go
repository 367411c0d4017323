package itsm

import (
	"fmt"
	"slices"
	"time"
)

// ProblemPolicy is how problems are handled (8.6.3). A record keeps the version that it
// began with for life. Zero values are the defaults.
type ProblemPolicy struct {
	Calendar    CalendarID       `json:"calendar,omitempty"`    // in whose hours the targets count; empty: around the clock
	Assess      Length           `json:"assess,omitzero"`       // until somebody says whether it is one
	AssessMajor Length           `json:"assess_major,omitzero"` // ditto, of a major one
	RootCause   []ProblemTarget  `json:"root_cause,omitempty"`  // from its acceptance; those left out are the defaults
	Workaround  Length           `json:"workaround,omitzero"`   // from its root cause
	Review      Length           `json:"review,omitzero"`       // of a major one, from its fix
	Nudge       Length           `json:"nudge,omitzero"`        // its coordinator, once nobody did anything for so long
	Escalate    Length           `json:"escalate,omitzero"`     // to whoever answers for it
	Watch       Length           `json:"watch,omitzero"`        // from its fix, in which it must not come back
	KnownErrors Length           `json:"known_errors,omitzero"` // until a known error is looked at again
	RiskAtMost  Length           `json:"risk_at_most,omitzero"` // a risk is accepted for
	Publishers  Role             `json:"publishers,omitempty"`  // who say that a known error can be published; empty: problem managers
	Publish     Length           `json:"publish,omitzero"`      // until they are not asked any more
	Without     []ProblemTrigger `json:"without,omitempty"`     // what Steward proposes no problem for
	Trend       TrendPolicy      `json:"trend,omitzero"`
}

// ProblemTarget is until when the root cause of a problem of some priority is known.
type ProblemTarget struct {
	Priority Priority `json:"priority"`
	Within   Length   `json:"within"`
}

// The clocks of a problem: each stage has its own, and the whole has none.
const (
	AssessmentClock ClockKind = "assessment"
	RootCauseClock  ClockKind = "root_cause"
	WorkaroundClock ClockKind = "workaround"
	ReviewClock     ClockKind = "review"
)

// ProblemClockKinds is every ClockKind of a problem.
var ProblemClockKinds = []ClockKind{AssessmentClock, RootCauseClock, WorkaroundClock, ReviewClock}

const day = 24 * time.Hour

// DefaultProblemPolicy is what a catalog that says nothing has.
var DefaultProblemPolicy = ProblemPolicy{
	Assess: Length{Days: 2}, AssessMajor: Length{Days: 1},
	RootCause: []ProblemTarget{
		{P1, Length{Days: 3}}, {P2, Length{Days: 5}}, {P3, Length{Days: 10}}, {P4, Length{Days: 10}}, {P5, Length{Days: 10}},
	},
	Workaround: Length{Days: 2}, Review: Length{Days: 10}, Nudge: Length{Days: 5}, Escalate: Length{Days: 10},
	Watch: Length{Time: 30 * day}, KnownErrors: Length{Time: 90 * day}, RiskAtMost: Length{Time: 366 * day},
	Publishers: ProblemManager, Publish: Length{Time: 5 * day},
	Trend: TrendPolicy{Count: 3, Within: Length{Time: 30 * day}, Reopened: 3, Hits: 3, Most: 10},
}

// Filled is the policy with the defaults in what it does not say.
func (p *ProblemPolicy) Filled() ProblemPolicy {
	t, d := *p, &DefaultProblemPolicy
	for _, one := range []struct{ said, usual *Length }{
		{&t.Assess, &d.Assess},
		{&t.AssessMajor, &d.AssessMajor},
		{&t.Workaround, &d.Workaround},
		{&t.Review, &d.Review},
		{&t.Nudge, &d.Nudge},
		{&t.Escalate, &d.Escalate},
		{&t.Watch, &d.Watch},
		{&t.KnownErrors, &d.KnownErrors},
		{&t.RiskAtMost, &d.RiskAtMost},
		{&t.Publish, &d.Publish},
		{&t.Trend.Within, &d.Trend.Within},
	} {
		if one.said.IsZero() {
			*one.said = *one.usual
		}
	}
	t.RootCause = slices.Clone(t.RootCause)
	for _, usual := range d.RootCause {
		if !slices.ContainsFunc(t.RootCause, func(o ProblemTarget) bool { return o.Priority == usual.Priority }) {
			t.RootCause = append(t.RootCause, usual)
		}
	}
	if t.Publishers == "" {
		t.Publishers = d.Publishers
	}
	for _, one := range []struct{ said, usual *int }{
		{&t.Trend.Count, &d.Trend.Count}, {&t.Trend.Reopened, &d.Trend.Reopened}, {&t.Trend.Hits, &d.Trend.Hits}, {&t.Trend.Most, &d.Trend.Most},
	} {
		if *one.said == 0 {
			*one.said = *one.usual
		}
	}
	return t
}

// Proposes reports whether Steward proposes a problem for a trigger by itself.
func (p *ProblemPolicy) Proposes(t ProblemTrigger) bool { return !slices.Contains(p.Without, t) }

// target is how long a stage may take.
func (p *ProblemPolicy) target(k ClockKind, of *Problem) Length {
	switch k { //nolint:exhaustive // those of a problem
	case AssessmentClock:
		if of.Major {
			return p.AssessMajor
		}
		return p.Assess
	case RootCauseClock:
		t, _ := find(p.RootCause, func(t ProblemTarget) bool { return t.Priority == of.Priority })
		return t.Within
	case WorkaroundClock:
		return p.Workaround
	default:
		return p.Review
	}
}

// ProblemTerms are what a problem's process has to know of its pinned policy to judge
// without asking.
type ProblemTerms struct {
	Matrix Matrix        `json:"matrix"`
	Policy ProblemPolicy `json:"policy"`
}

// ProblemTerms are those of a catalog.
func (c *Catalog) ProblemTerms() ProblemTerms {
	t := ProblemTerms{Matrix: DefaultMatrix, Policy: c.Problem.Filled()}
	if c.Incident.Matrix != nil {
		t.Matrix = *c.Incident.Matrix
	}
	return t
}

// publication is how others are asked whether a known error can be published.
func (p *ProblemPolicy) publication() Stage {
	return Stage{
		Name: "Publication", ExpireAfter: Duration(p.Publish.Time),
		Factors: []Factor{{Name: "Publishers", Who: Group{Role: p.Publishers}, Need: Need{Count: 1}, Backup: Group{Role: IncidentManager}}},
	}
}

// Matter is what is to be decided on in one stage.
type Matter struct {
	Subject Subject   `json:"subject"`
	Service ServiceID `json:"service"`
	Round   int       `json:"round"`
}

// Asking is the publication that is to be decided on now.
func (p *Problem) Asking() Matter {
	b := p.Ballot()
	return Matter{Subject: b.Subject, Service: p.Service, Round: b.Round}
}

// OpenPublication opens the decision on a known error, as a policy has it, with the
// people of the catalog.
func (c *Catalog) OpenPublication(p ProblemPolicy, ask Matter, at time.Time) (Opening, error) {
	filled := p.Filled()
	return c.ask(filled.publication(), ask, at)
}

// ask opens the one stage in which something is decided on, around the clock.
func (c *Catalog) ask(stage Stage, ask Matter, at time.Time) (Opening, error) {
	o, err := c.Convene(Sitting{
		Subject: ask.Subject, Stage: stage, Service: ask.Service, Round: ask.Round, Nth: 1, Of: 1,
	}, at, AroundTheClock)
	o.Deputies = nil // whoever could stand in is asked, or comes when nobody answers
	return o, err
}

func (k *catalogCheck) checkProblems() {
	p, at := &k.c.Problem, "/problem_policy"
	k.calendar(at+"/calendar", p.Calendar)
	for _, one := range []struct {
		at     string
		length Length
	}{
		{"assess", p.Assess},
		{"assess_major", p.AssessMajor},
		{"workaround", p.Workaround},
		{"review", p.Review},
		{"nudge", p.Nudge},
		{"escalate", p.Escalate},
	} {
		k.length(at+"/"+one.at, one.length, p.Calendar)
	}
	k.roundTheClock(at, p)
	f := p.Filled()
	k.before(at+"/nudge", f.Nudge, "escalate", f.Escalate)
	k.atMost(at+"/root_cause", len(p.RootCause), len(Priorities))
	told := seen{}
	for i, t := range p.RootCause[:min(len(p.RootCause), len(Priorities))] {
		here := fmt.Sprintf("%s/root_cause/%d", at, i)
		if oneOf(&k.faults, here+"/priority", t.Priority, Priorities) {
			k.once(here+"/priority", string(t.Priority), told)
		}
		k.length(here+"/within", t.Within, p.Calendar)
	}
	k.trend(at+"/trend", &p.Trend)
	k.atMost(at+"/without", len(p.Without), len(ProblemTriggers))
	named := seen{}
	for i, t := range p.Without[:min(len(p.Without), len(ProblemTriggers))] {
		here := fmt.Sprintf("%s/without/%d", at, i)
		if oneOf(&k.faults, here, t, []ProblemTrigger{TriggeredByTrend, TriggeredByPriority, TriggeredByChange}) {
			k.once(here, string(t), named)
		}
	}
	if p.Publishers != "" {
		oneOf(&k.faults, at+"/publishers", p.Publishers, grants[PublishKnownErrors])
	}
}

// roundTheClock checks the times that no calendar counts.
func (k *catalogCheck) roundTheClock(at string, p *ProblemPolicy) {
	for _, one := range []struct {
		at     string
		length Length
		most   time.Duration
	}{{"watch", p.Watch, MaxLength}, {"publish", p.Publish, MaxLength}, {"known_errors", p.KnownErrors, 366 * day}, {"risk_at_most", p.RiskAtMost, 366 * day}} {
		k.clockless(at+"/"+one.at, one.length, one.most)
	}
}

// clockless checks a time that no calendar counts; zero is the default.
func (k *catalogCheck) clockless(at string, l Length, most time.Duration) {
	if !l.IsZero() && (l.Days != 0 || l.Time < time.Second || l.Time > most) {
		k.add(at, "must be a time between 1s and %.0fh, which counts around the clock", most.Hours())
	}
}
