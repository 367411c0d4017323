package itsm

import (
	"slices"
	"time"
)

// Clock counts durations in somebody's hours, as *Hours does.
type Clock interface {
	Add(from time.Time, d time.Duration) (time.Time, error)
	Between(a, b time.Time) time.Duration
}

// AroundTheClock is the Clock in which every hour counts.
var AroundTheClock Clock = everyHour{}

type everyHour struct{}

func (everyHour) Add(from time.Time, d time.Duration) (time.Time, error) { return from.Add(d), nil }
func (everyHour) Between(a, b time.Time) time.Duration                   { return b.Sub(a) }

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
	a := Asking{
		Number: c.Number, Service: c.Service, Requester: c.Requester, Assignee: c.Assignee,
		Risk: c.RiskScore.Tier, Round: max(c.Approval.Round, 1), Stage: c.NextStage(),
	}
	for _, d := range c.Decisions {
		if d.Verdict == Approve {
			a.Earlier = append(a.Earlier, d.By, d.Principal())
		}
	}
	slices.Sort(a.Earlier)
	a.Earlier = slices.Compact(a.Earlier)
	return a
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

// Open opens a stage: it names who decides, of those whom the catalog has now,
// and reckons until when, by a pinned policy and in the hours of its calendar. It
// refuses, for another try, where too few could decide to ever approve.
func (c *Catalog) Open(p ChangePolicy, a Asking, at time.Time, clock Clock) (Opening, error) {
	s, ok := p.Stage(a)
	if !ok {
		return Opening{}, Refuse(Internal, "change.no_stage", "The policy has no stage %d for %s.", a.Stage, a.Number)
	}
	o := c.panels(p, s, a, at)
	o.Calendar = p.Hours(s)
	if lacking := o.lacks(a); lacking != nil {
		return o, Refuse(Unavailable, "change.nobody_decides", "%s", c.tooFew(a.Number, s, lacking))
	}
	for _, d := range []struct {
		after time.Duration
		at    **time.Time
	}{{s.reminds(), &o.RemindAt}, {s.backs(), &o.BackupAt}} {
		if d.after > 0 {
			when, err := clock.Add(at, d.after)
			if err != nil {
				return o, err
			}
			*d.at = utc(when)
		}
	}
	expire, err := clock.Add(at, time.Duration(s.ExpireAfter))
	o.ExpireAt = expire.UTC()
	return o, err
}

// Moved are deadlines that stood still from one instant to another, in the hours
// of a clock.
func (d Deadlines) Moved(clock Clock, from, to time.Time) (Deadlines, error) {
	var failed error
	move := func(at time.Time) time.Time {
		moved, err := clock.Add(to, max(clock.Between(from, at), 0))
		if err != nil {
			failed = err
		}
		return moved.UTC()
	}
	moved := Deadlines{ExpireAt: move(d.ExpireAt)}
	if d.RemindAt != nil {
		moved.RemindAt = utc(move(*d.RemindAt))
	}
	if d.BackupAt != nil {
		moved.BackupAt = utc(move(*d.BackupAt))
	}
	return moved, failed
}

func utc(t time.Time) *time.Time {
	t = t.UTC()
	return &t
}

// panels names the people of a stage as the catalog has them at an instant.
func (c *Catalog) panels(p ChangePolicy, s Stage, a Asking, at time.Time) Opening {
	service, _ := c.Service(a.Service)
	o := Opening{
		Round: a.Round, Stage: a.Stage, Of: len(p.Tier(a.Risk).Stages), Name: s.Name, Channel: s.Channel, At: at.UTC(),
	}
	var seats []PersonID // all whom the stage asks, if they are there
	for _, f := range s.Factors {
		seats = append(seats, c.members(f.Who, service, a.keptOut(f))...)
	}
	for _, f := range s.Factors {
		o.Panels = append(o.Panels, c.panel(f, service, a, at, seats))
	}
	for _, d := range c.inForce(a.Service, at) {
		named := slices.ContainsFunc(o.Panels, func(p Panel) bool {
			return slices.Contains(slices.Concat(p.Named, p.Backups, p.Managers), d.From)
		})
		if named && d.To != a.Requester {
			o.Deputies = append(o.Deputies, d)
		}
	}
	return o
}

// keptOut are those whom a factor never asks.
func (a Asking) keptOut(f Factor) []PersonID {
	out := []PersonID{a.Requester}
	if f.excludes(ExcludeImplementer) && a.Assignee != "" {
		out = append(out, a.Assignee)
	}
	if f.excludes(ExcludeEarlier) {
		out = append(out, a.Earlier...)
	}
	return out
}

func (c *Catalog) panel(f Factor, service Service, a Asking, at time.Time, seats []PersonID) Panel {
	out := a.keptOut(f)
	all := c.members(f.Who, service, out)
	p := Panel{
		Name: f.Name, Who: f.Who, Need: f.Need.Of(len(all)), Veto: f.Reject != Quorum, Backup: f.Backup,
		NotDoer: f.excludes(ExcludeImplementer), NotTwice: f.excludes(ExcludeEarlier),
		// nobody is mandatory where they have no say
		Mandatory: slices.DeleteFunc(slices.Clone(f.Mandatory), func(id PersonID) bool { return slices.Contains(out, id) }),
	}
	for _, id := range all {
		if c.away(id, at) && !c.stoodIn(id, a, at, slices.Concat(seats, out)) && !slices.Contains(f.Mandatory, id) {
			p.Absent = append(p.Absent, id)
		} else {
			p.Named = append(p.Named, id)
		}
	}
	here := func(g Group, out []PersonID) []PersonID {
		return slices.DeleteFunc(c.members(g, service, out), func(id PersonID) bool { return c.away(id, at) })
	}
	out = append(out, all...)
	p.Backups = here(f.Backup, out)
	p.Managers = here(Group{Role: ChangeManager}, append(out, p.Backups...))
	return p
}

// members are the people of a group who may decide at all, in the catalog's order,
// but for some.
func (c *Catalog) members(g Group, s Service, but []PersonID) (ids []PersonID) {
	for _, p := range c.People {
		in := slices.Contains(g.People, p.ID) || (g.Owner && s.Owner == p.ID) ||
			(g.Role != "" && slices.Contains(p.Roles, g.Role)) ||
			(g.Team != "" && slices.Contains(c.TeamsOf(p.ID), g.Team))
		if in && (Principal{Roles: p.Roles}).decides() && !slices.Contains(but, p.ID) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// away reports whether somebody is absent, by the date where they are.
func (c *Catalog) away(id PersonID, at time.Time) bool {
	p, _ := c.Person(id)
	today := p.today(at)
	return slices.ContainsFunc(p.Away, func(a Absence) bool { return a.First <= today && today <= a.Last })
}

// stoodIn reports whether somebody who can has a delegation of a person's: whoever
// has a say of their own, or is kept out, cannot.
func (c *Catalog) stoodIn(id PersonID, a Asking, at time.Time, busy []PersonID) bool {
	return slices.ContainsFunc(c.inForce(a.Service, at), func(d Delegation) bool {
		return d.From == id && !slices.Contains(busy, d.To) && !c.away(d.To, at)
	})
}

// inForce are the standing delegations for a service at an instant, of and to
// people who may decide.
func (c *Catalog) inForce(service ServiceID, at time.Time) (all []Delegation) {
	for _, s := range c.Delegations {
		from, _ := c.Person(s.From)
		to, _ := c.Person(s.To)
		today := from.today(at)
		if s.First <= today && today <= s.Last && (len(s.Services) == 0 || slices.Contains(s.Services, service)) &&
			(Principal{Roles: from.Roles}).decides() && (Principal{Roles: to.Roles}).decides() {
			all = append(all, Delegation{From: s.From, To: s.To})
		}
	}
	return all
}

// PrincipalFor is somebody with the roles that they hold now, and whether a
// standing delegation lets another decide for them.
func (c *Catalog) PrincipalFor(id, deputy PersonID, service ServiceID, at time.Time) Principal {
	p, _ := c.Person(id)
	standing := slices.ContainsFunc(c.inForce(service, at), func(d Delegation) bool { return d.From == id && d.To == deputy })
	return Principal{Person: id, Roles: p.Roles, Teams: c.TeamsOf(id), Standing: standing}
}

// today is the date where a person is. A zone that this machine does not know
// counts as UTC.
func (p Person) today(at time.Time) Date {
	where, err := time.LoadLocation(p.Zone) //nolint:forbidigo // the catalog is asked in activities and at the desk; what it answers is recorded
	if err != nil {
		where = time.UTC
	}
	return DateOf(at.In(where))
}

// lacks is a panel that could never be filled by all who may come to decide.
func (o *Opening) lacks(a Asking) *Panel {
	c := Change{Requester: a.Requester, Assignee: a.Assignee, Approval: Approval{Round: o.Round, Opening: o}}
	t := c.settle()
	if t.Standing != StageFailed {
		return nil
	}
	short := o.seat(&c, func(PersonID) bool { return true }).short
	return &o.Panels[max(slices.Index(short, true), 0)]
}

func (c *Catalog) tooFew(n Number, s Stage, p *Panel) string {
	if len(c.Change.Tiers) == 0 {
		return "Nobody but the requester may decide on " + string(n) + ". Name another " + string(c.Change.Approvers) + " in the catalog."
	}
	return "Too few people may decide on " + string(n) + " (" + s.Name + ", " + p.Name + "). Name more of them in the catalog."
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
		p.Stages = append(p.Stages, c.panels(c.Change, s, a, at))
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
