package itsm

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// BusinessTime counts durations and days in somebody's hours, as *Hours does.
// Durations count while the hours are open; a day is the same time by the clock on
// the wall, on an open date later, which Hours.AddDays tells exactly. A date is where
// the hours are: Hours.LastOpen and Hours.Over tell when it is.
type BusinessTime interface {
	Add(from time.Time, d time.Duration) (time.Time, error)
	AddDays(from time.Time, n int) (time.Time, error)
	Between(a, b time.Time) time.Duration
	LastOpen(d Date) (OpenDay, error)
	Over(d Date) time.Time
}

// AroundTheClock is the BusinessTime in which every hour counts. It stands in no zone:
// a day of it is 24 hours, and a date that of UTC.
var AroundTheClock BusinessTime = everyHour{}

type everyHour struct{}

func (everyHour) Add(from time.Time, d time.Duration) (time.Time, error) { return from.Add(d), nil }
func (everyHour) Between(a, b time.Time) time.Duration                   { return b.Sub(a) }

func (everyHour) Over(d Date) time.Time { return (d + 1).midnight() }

func (h everyHour) LastOpen(d Date) (OpenDay, error) {
	return OpenDay{d, d.midnight(), h.Over(d)}, nil
}

func (everyHour) AddDays(from time.Time, n int) (time.Time, error) {
	if err := countable(n); err != nil {
		return time.Time{}, err
	}
	return from.Add(time.Duration(n) * secondsADay * time.Second), nil
}

// Sitting is a stage that is to be opened, on a record of any kind.
type Sitting struct {
	Subject

	Stage    Stage
	Calendar CalendarID // in whose hours it is counted; empty: around the clock
	Service  ServiceID  // whose owner may have a say, and whom delegations are for
	Round    int
	Nth      int // of the stages; the first is 1
	Of       int
	Earlier  []PersonID // who approved in the stages before it
	Few      string     // what to say when too few could decide; empty: where to name more of them
}

// Convene opens a stage: it names who decides, of those whom the catalog has now,
// and reckons until when, in the hours of a clock. It refuses, for another try,
// where too few could decide to ever approve.
func (c *Catalog) Convene(s Sitting, at time.Time, clock BusinessTime) (Opening, error) {
	o := c.seatsOf(s, at)
	o.Calendar = s.Calendar
	if lacking := o.lacks(s.Subject); lacking != nil {
		few := fmt.Sprintf("Too few people may decide on %s (%s, %s). Name more of them in the catalog.", s.Number, s.Stage.Name, lacking.Name)
		return o, s.refuse(Unavailable, "nobody_decides", "%s", cmp.Or(s.Few, few))
	}
	for _, d := range []struct {
		after time.Duration
		at    **time.Time
	}{{s.Stage.reminds(), &o.RemindAt}, {s.Stage.backs(), &o.BackupAt}} {
		if d.after > 0 {
			when, err := clock.Add(at, d.after)
			if err != nil {
				return o, err
			}
			*d.at = utc(when)
		}
	}
	expire, err := clock.Add(at, time.Duration(s.Stage.ExpireAfter))
	o.ExpireAt = expire.UTC()
	return o, err
}

func utc(t time.Time) *time.Time {
	t = t.UTC()
	return &t
}

// seatsOf names the people of a stage as the catalog has them at an instant.
func (c *Catalog) seatsOf(s Sitting, at time.Time) Opening {
	o := Opening{Round: s.Round, Stage: s.Nth, Of: s.Of, Name: s.Stage.Name, Channel: s.Stage.Channel, At: at.UTC()}
	var seats []PersonID // all whom the stage asks, if they are there
	for _, f := range s.Stage.Factors {
		seats = append(seats, c.members(f.Who, s, s.keptOut(f))...)
	}
	for _, f := range s.Stage.Factors {
		o.Panels = append(o.Panels, c.panel(f, s, at, seats))
	}
	for _, d := range c.inForce(s.Service, s.Permission, at) {
		named := slices.ContainsFunc(o.Panels, func(p Panel) bool {
			return slices.Contains(slices.Concat(p.Named, p.Backups, p.Managers), d.From)
		})
		if named && d.To != s.Requester {
			o.Deputies = append(o.Deputies, d)
		}
	}
	return o
}

// keptOut are those whom a factor never asks.
func (s *Sitting) keptOut(f Factor) []PersonID {
	out := []PersonID{s.Requester}
	if f.excludes(ExcludeImplementer) && s.Assignee != "" {
		out = append(out, s.Assignee)
	}
	if f.excludes(ExcludeEarlier) {
		out = append(out, s.Earlier...)
	}
	return out
}

func (c *Catalog) panel(f Factor, s Sitting, at time.Time, seats []PersonID) Panel {
	out := s.keptOut(f)
	all := c.members(f.Who, s, out)
	p := Panel{
		Name: f.Name, Who: f.Who, Need: f.Need.Of(len(all)), Veto: f.Reject != Quorum, Backup: f.Backup,
		NotDoer: f.excludes(ExcludeImplementer), NotTwice: f.excludes(ExcludeEarlier),
		// nobody is mandatory where they have no say
		Mandatory: slices.DeleteFunc(slices.Clone(f.Mandatory), func(id PersonID) bool { return slices.Contains(out, id) }),
	}
	for _, id := range all {
		if c.away(id, at) && !c.stoodIn(id, s, at, slices.Concat(seats, out)) && !slices.Contains(f.Mandatory, id) {
			p.Absent = append(p.Absent, id)
		} else {
			p.Named = append(p.Named, id)
		}
	}
	here := func(g Group, out []PersonID) []PersonID {
		return slices.DeleteFunc(c.members(g, s, out), func(id PersonID) bool { return c.away(id, at) })
	}
	out = append(out, all...)
	p.Backups = here(f.Backup, out)
	p.Managers = here(Group{Role: s.Manager}, append(out, p.Backups...))
	return p
}

// members are the people of a group who may decide at all, in the catalog's order,
// but for some.
func (c *Catalog) members(g Group, s Sitting, but []PersonID) (ids []PersonID) {
	service, _ := c.Service(s.Service)
	for _, p := range c.People {
		in := slices.Contains(g.People, p.ID) || (g.Owner && service.Owner == p.ID) ||
			(g.Role != "" && slices.Contains(p.Roles, g.Role)) ||
			(g.Team != "" && slices.Contains(c.TeamsOf(p.ID), g.Team))
		if in && (Principal{Roles: p.Roles}).may(s.Permission) && !slices.Contains(but, p.ID) {
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
func (c *Catalog) stoodIn(id PersonID, s Sitting, at time.Time, busy []PersonID) bool {
	return slices.ContainsFunc(c.inForce(s.Service, s.Permission, at), func(d Delegation) bool {
		return d.From == id && !slices.Contains(busy, d.To) && !c.away(d.To, at)
	})
}

// inForce are the standing delegations for a service at an instant, of and to
// people who may do what they are for.
func (c *Catalog) inForce(service ServiceID, do Permission, at time.Time) (all []Delegation) {
	for _, s := range c.Delegations {
		from, _ := c.Person(s.From)
		to, _ := c.Person(s.To)
		today := from.today(at)
		if s.First <= today && today <= s.Last && (len(s.Services) == 0 || slices.Contains(s.Services, service)) &&
			(Principal{Roles: from.Roles}).may(do) && (Principal{Roles: to.Roles}).may(do) {
			all = append(all, Delegation{From: s.From, To: s.To})
		}
	}
	return all
}

// PrincipalFor is somebody with the roles that they hold now, and whether a
// standing delegation lets another decide for them.
func (c *Catalog) PrincipalFor(id, deputy PersonID, service ServiceID, at time.Time) Principal {
	p, _ := c.Person(id)
	standing := slices.ContainsFunc(c.inForce(service, DecideChanges, at), func(d Delegation) bool { return d.From == id && d.To == deputy })
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
func (o *Opening) lacks(s Subject) *Panel {
	b := Ballot{Subject: s, Approval: Approval{Round: o.Round, Opening: o}}
	if b.settle().Standing != StageFailed {
		return nil
	}
	short := o.seat(&b, func(PersonID) bool { return true }).short
	return &o.Panels[max(slices.Index(short, true), 0)]
}
