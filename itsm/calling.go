package itsm

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// teamWithin is how long a team has to answer where no policy says it.
const teamWithin = Duration(15 * time.Minute)

// maxSkipReason is how much is told of why a level was skipped, in characters.
const maxSkipReason = 300

// Summons is all that decides who is called now: the policy as it was when the record
// began, and the rest as it is.
type Summons struct {
	Calling Calling
	Policy  EscalationPolicy // zero: the record has none
	Team    TeamID           // that the record is with
	Owner   PersonID         // of its service
	Role    Role             // whose holders answer for it beside the team's manager; empty: the service's owner does
	At      time.Time
}

// Escalation is how an incident of a service is brought to somebody, before anybody
// was called.
func (c *Catalog) Escalation(asked EscalationID, service Service) Escalation {
	p, _ := c.EscalationPolicy(c.EscalationOf(asked, service))
	return Escalation{Policy: p.ID, StaleAfter: p.StaleAfter}
}

// CallLevel says who is to be called now, of the people of the catalog: those who are
// not away and still may do it. A level that has nobody is skipped, with the reason;
// after the last one the next round begins, while there is one. Where nobody is in
// any level, that is said, and the owner of the service is who remains.
//
// onCall says who is on call in a rotation. What it refuses for good counts as nobody,
// so that one broken rotation keeps no other level from being called; any other error
// is returned, to be tried again.
func (c *Catalog) CallLevel(s Summons, onCall func(RotationID) ([]PersonID, error)) (Called, error) {
	r := roll{c: c, s: s, onCall: onCall}
	called := Called{
		Call: Call{Round: s.Calling.Round, Level: s.Calling.Level, Kind: Functional, Trigger: s.Calling.Trigger, At: s.At.UTC()},
		Of:   len(s.Policy.Levels), Rounds: s.Policy.Repeat + 1, StaleAfter: s.Policy.StaleAfter,
	}
	switch {
	case s.Calling.Managers:
		called.Round, called.Level, called.Kind = 0, 0, Hierarchical
		r.managers(&called)
	case s.Calling.Team != "":
		called.Round, called.Level = 0, 0
		r.team(&called)
	default:
		r.levels(&called)
	}
	if r.failed != nil {
		return Called{}, r.failed
	}
	if called.Nobody {
		called.People = []PersonID{s.Owner}
	}
	return called, nil
}

// roll goes through who could be called.
type roll struct {
	c      *Catalog
	s      Summons
	onCall func(RotationID) ([]PersonID, error)
	failed error
}

// levels finds the first level that has somebody, from the one that is to be called.
func (r *roll) levels(called *Called) {
	round, level := r.wrapped(called.Round, called.Level)
	for range called.Of {
		if round > called.Rounds {
			break
		}
		people, channels, why := r.reach(level)
		if len(people)+len(channels) > 0 {
			called.Round, called.Level, called.People, called.Channels = round, level, people, channels
			called.Within = r.s.Policy.Levels[level-1].Within
			called.Next = r.next(round, level)
			return
		}
		called.Skipped = append(called.Skipped, Skipped{Level: level, Why: why})
		round, level = r.wrapped(round, level+1)
	}
	called.Round, called.Level = min(called.Round, called.Rounds), min(called.Level, called.Of)
	called.Nobody = !r.anybody()
}

// wrapped is a place in the policy, which after the last level of a round is the
// first of the next. Somebody who asks for the next level gets one however often all
// were called before.
func (r *roll) wrapped(round, level int) (int, int) {
	if level > len(r.s.Policy.Levels) {
		round, level = round+1, 1
	}
	if round > r.s.Policy.Repeat+1 && r.s.Calling.Trigger == TriggerAsked {
		round = 1
	}
	return max(round, 1), max(level, 1)
}

// next are those who would be called after a level, as things stand.
func (r *roll) next(round, level int) []PersonID {
	for range r.s.Policy.Levels {
		level++
		if level > len(r.s.Policy.Levels) {
			round, level = round+1, 1
		}
		if round > r.s.Policy.Repeat+1 {
			return nil
		}
		if people, channels, _ := r.reach(level); len(people)+len(channels) > 0 {
			return people
		}
	}
	return nil
}

func (r *roll) anybody() bool {
	for n := range r.s.Policy.Levels {
		if people, channels, _ := r.reach(n + 1); len(people)+len(channels) > 0 {
			return true
		}
	}
	return false
}

// reach are those whom a level calls, and why it has nobody.
func (r *roll) reach(level int) (people []PersonID, channels []string, why string) {
	var reasons []string
	for _, t := range r.s.Policy.Levels[level-1].Targets {
		if t.Channel != "" {
			channels = append(channels, t.Channel)
			continue
		}
		ids, none := r.named(t)
		for _, id := range ids {
			if lacks := r.lacks(id); lacks != "" {
				reasons = append(reasons, string(id)+" "+lacks)
			} else if !slices.Contains(people, id) {
				people = append(people, id)
			}
		}
		if len(ids) == 0 {
			reasons = append(reasons, none)
		}
	}
	return people, channels, head(strings.Join(reasons, "; "), maxSkipReason)
}

// named are those whom a target names, and what is wrong when it names nobody.
func (r *roll) named(t CallTarget) (ids []PersonID, none string) {
	switch {
	case t.Person != "":
		return []PersonID{t.Person}, ""
	case t.Team != "":
		team, _ := r.c.Team(t.Team)
		return team.Members, "team " + string(t.Team) + " has no members"
	}
	ids, err := r.onCall(t.Rotation)
	if refused, ok := errors.AsType[*Error](err); ok && !refused.Kind.Temporary() {
		return nil, "rotation " + string(t.Rotation) + ": " + refused.Message
	}
	if err != nil && r.failed == nil {
		r.failed = err
	}
	return ids, "nobody is on call in rotation " + string(t.Rotation)
}

// lacks says why somebody cannot be called to take an incident on; nothing when they
// can.
func (r *roll) lacks(id PersonID) string {
	switch p, known := r.c.Person(id); {
	case !known:
		return "is nobody in the catalog"
	case !(Principal{Roles: p.Roles}).may(WorkOnIncidents):
		return "may not work on incidents any more"
	case r.c.away(id, r.s.At):
		return "is away"
	}
	return ""
}

// team calls all of a team who can respond; who answers for it, when none can.
func (r *roll) team(called *Called) {
	called.Within = teamWithin
	if levels := r.s.Policy.Levels; len(levels) > 0 {
		called.Within = levels[0].Within
	}
	team, _ := r.c.Team(r.s.Calling.Team)
	var reasons []string
	for _, id := range team.Members {
		if lacks := r.lacks(id); lacks != "" {
			reasons = append(reasons, string(id)+" "+lacks)
		} else {
			called.People = append(called.People, id)
		}
	}
	if len(called.People) > 0 {
		return
	}
	if len(reasons) == 0 {
		reasons = []string{"team " + string(r.s.Calling.Team) + " has no members"}
	}
	called.Skipped = []Skipped{{Why: head(strings.Join(reasons, "; "), maxSkipReason)}}
	r.first(called, team.Manager)
}

// managers calls whoever answers for the record's team, else the owner of its
// service or one of a role; the other way round when somebody asks again.
func (r *roll) managers(called *Called) {
	team, _ := r.c.Team(r.s.Team)
	first, then := []PersonID{team.Manager}, []PersonID{r.s.Owner}
	if r.s.Role != "" {
		then = r.c.Holders(r.s.Role)
	}
	if r.s.Calling.Round > 1 {
		first, then = then, first
	}
	r.first(called, slices.Concat(first, then)...)
}

// first calls the first of some people who is there. They answer for the work, and
// need not be able to do it.
func (r *roll) first(called *Called, ids ...PersonID) {
	for _, id := range ids {
		p, _ := r.c.Person(id)
		switch {
		case id == "":
			continue
		case len(p.Roles) == 0:
			called.Skipped = append(called.Skipped, Skipped{Why: string(id) + " is here no more"})
		case r.c.away(id, r.s.At):
			called.Skipped = append(called.Skipped, Skipped{Why: string(id) + " is away"})
		default:
			called.People = []PersonID{id}
			return
		}
	}
	called.Nobody = true
}
