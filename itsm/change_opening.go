package itsm

import (
	"fmt"
	"time"
)

// Asking is which stage of which change is to be opened.
type Asking struct {
	Number    Number     `json:"number,omitempty"`
	Service   ServiceID  `json:"service"`
	Requester PersonID   `json:"requester"`
	Assignee  PersonID   `json:"assignee,omitempty"`
	Risk      RiskTier   `json:"risk,omitempty"`
	Round     int        `json:"round"`
	Stage     int        `json:"stage"`             // the first is 1
	Earlier   []PersonID `json:"earlier,omitempty"` // who approved in the stages before it
}

// Asking is what opening the next stage of the change takes.
func (c *Change) Asking() Asking {
	return Asking{
		Number: c.Number, Service: c.Service, Requester: c.Requester, Assignee: c.Assignee,
		Risk: c.RiskScore.Tier, Round: max(c.Approval.Round, 1), Stage: c.NextStage(), Earlier: c.Ballot().earlier(),
	}
}

// Hours names the calendar in which a stage is counted; empty: around the clock.
func (p *ChangePolicy) Hours(s Stage) CalendarID {
	if s.Calendar != "" {
		return s.Calendar
	}
	return p.Calendar
}

// Stage is the stage that is asked for.
func (p *ChangePolicy) Stage(a Asking) (Stage, bool) {
	stages := p.Tier(a.Risk).Stages
	if a.Stage < 1 || a.Stage > len(stages) {
		return Stage{}, false
	}
	return stages[a.Stage-1], true
}

func (p *ChangePolicy) sitting(s Stage, a Asking) Sitting {
	c := Change{Number: a.Number, Requester: a.Requester, Assignee: a.Assignee}
	return Sitting{
		Subject: c.Ballot().Subject, Stage: s, Calendar: p.Hours(s), Service: a.Service,
		Round: a.Round, Nth: a.Stage, Of: len(p.Tier(a.Risk).Stages), Earlier: a.Earlier,
	}
}

// Open opens a stage of a change by a pinned policy and in the hours of its
// calendar, as Convene does.
func (c *Catalog) Open(p ChangePolicy, a Asking, at time.Time, clock BusinessTime) (Opening, error) {
	s, ok := p.Stage(a)
	if !ok {
		return Opening{}, Refuse(Internal, "change.no_stage", "The policy has no stage %d for %s.", a.Stage, a.Number)
	}
	open := p.sitting(s, a)
	if len(c.Change.Tiers) == 0 {
		open.Few = fmt.Sprintf("Nobody but the requester may decide on %s. Name another %s in the catalog.", a.Number, c.Change.Approvers)
	}
	return c.Convene(open, at, clock)
}

// Preview is what raising a draft would lead to.
type Preview struct {
	RiskScore  RiskScore `json:"risk_score"`
	Assessment bool      `json:"assessment"` // it has to be assessed before anybody decides
	Stages     []Opening `json:"stages"`     // without their deadlines
}

// Preview foresees how a draft would be decided on, were it raised now.
func (c *Catalog) Preview(requester PersonID, d ChangeDraft, at time.Time) Preview {
	service, _ := c.Service(d.Service)
	terms := c.Change.Terms(service)
	p := Preview{RiskScore: terms.Score(d), Assessment: terms.Assess(d)}
	for i, s := range c.Change.Tier(p.RiskScore.Tier).Stages {
		a := Asking{Service: d.Service, Requester: requester, Risk: p.RiskScore.Tier, Round: 1, Stage: i + 1}
		p.Stages = append(p.Stages, c.seatsOf(c.Change.sitting(s, a), at))
	}
	return p
}

// OfOne is the opening of an approval that any one of some people decides, as
// records have it from before there were stages.
func OfOne(approvers []PersonID, at time.Time, remind, expire *time.Time) Opening {
	o := Opening{
		Round: 1, Stage: 1, Of: 1, Name: "Approval", At: at, RemindAt: remind,
		Panels: []Panel{{Name: "Approvers", Who: Group{Role: Approver}, Need: 1, Veto: true, Named: approvers}},
	}
	if expire != nil {
		o.ExpireAt = *expire
	}
	return o
}
