package itsm_test

import (
	"maps"
	"slices"
	"time"

	"github.com/steward-itsm/steward/itsm"
)

// oracle is an approval as the rules have it in words, kept apart from the code
// that it judges: it tries every way in which people could fill the factors, and
// keeps its own book of who may vote.
type oracle struct {
	catalog *itsm.Catalog
	policy  itsm.ChangePolicy
	tier    itsm.RiskTier

	requester, assignee itsm.PersonID
	version             int // of the text, as far as votes are given on it
	round, stage        int
	state               itsm.ChangeState
	open                bool
	held                bool
	factors             []ofactor
	votes               []ovote // of the open stage
	earlier, doNot      map[itsm.PersonID]bool
	approvers           map[itsm.PersonID]bool // whose approvals stand, by hand
	delegates           map[itsm.PersonID]itsm.PersonID
	standing            [][2]itsm.PersonID // from, to: when the stage opened
	asked               map[itsm.PersonID]bool

	remind, backup, stopped *time.Time
	expire                  time.Time
}

type ofactor struct {
	itsm.Factor
	need   int
	listed [3][]itsm.PersonID // the named, the backups, the change managers
	reach  int
}

type ovote struct {
	by, of  itsm.PersonID
	verdict itsm.Verdict
	version int
	counts  []bool // in which factors
}

func (o *oracle) stages() []itsm.Stage { return o.policy.Tier(o.tier).Stages }

func (o *oracle) person(id itsm.PersonID) itsm.Person {
	for _, p := range o.catalog.People {
		if p.ID == id {
			return p
		}
	}
	return itsm.Person{}
}

func (o *oracle) decides(id itsm.PersonID) bool {
	roles := o.person(id).Roles
	return slices.Contains(roles, itsm.Approver) || slices.Contains(roles, itsm.ChangeManager)
}

func (o *oracle) inTeam(id itsm.PersonID, team itsm.TeamID) bool {
	for _, t := range o.catalog.Teams {
		if t.ID == team && (t.Manager == id || slices.Contains(t.Members, id)) {
			return true
		}
	}
	return false
}

// holds reports whether somebody is of a group now.
func (o *oracle) holds(id itsm.PersonID, g itsm.Group) bool {
	switch {
	case !o.decides(id):
		return false
	case g.Role != "":
		return slices.Contains(o.person(id).Roles, g.Role)
	case g.Team != "":
		return o.inTeam(id, g.Team)
	case g.Owner:
		return o.catalog.Services[0].Owner == id
	default:
		return slices.Contains(g.People, id)
	}
}

func (o *oracle) away(id itsm.PersonID, now time.Time) bool {
	today := itsm.DateOf(now.UTC())
	for _, a := range o.person(id).Away {
		if a.First <= today && today <= a.Last {
			return true
		}
	}
	return false
}

func (o *oracle) standsInNow(from, to itsm.PersonID, now time.Time) bool {
	today := itsm.DateOf(now.UTC())
	for _, s := range o.catalog.Delegations {
		if s.From == from && s.To == to && s.First <= today && today <= s.Last && o.decides(from) && o.decides(to) {
			return true
		}
	}
	return false
}

// out reports whether a factor never asks somebody.
func (o *oracle) out(f itsm.Factor, id itsm.PersonID) bool {
	return id == o.requester ||
		(slices.Contains(f.Exclude, itsm.ExcludeImplementer) && id == o.assignee) ||
		(slices.Contains(f.Exclude, itsm.ExcludeEarlier) && o.earlier[id])
}

// begin opens a stage, and reports whether it could: whether all who might come to
// decide are enough.
func (o *oracle) begin(stage int, now time.Time, clock itsm.BusinessTime) bool {
	s, next := o.stages()[stage-1], *o
	next.factors, next.votes, next.standing = nil, nil, nil
	candidates := func(f itsm.Factor, g itsm.Group) (ids []itsm.PersonID) {
		for _, p := range o.catalog.People {
			if o.holds(p.ID, g) && !o.out(f, p.ID) {
				ids = append(ids, p.ID)
			}
		}
		return ids
	}
	asked := make(map[itsm.PersonID]bool)
	for _, f := range s.Factors {
		for _, id := range candidates(f, f.Who) {
			asked[id] = true
		}
	}
	for _, f := range s.Factors {
		all := candidates(f, f.Who)
		here := func(g itsm.Group, but ...itsm.PersonID) []itsm.PersonID {
			return slices.DeleteFunc(candidates(f, g), func(id itsm.PersonID) bool { return slices.Contains(but, id) || o.away(id, now) })
		}
		named := slices.DeleteFunc(slices.Clone(all), func(id itsm.PersonID) bool {
			deputised := slices.ContainsFunc(o.catalog.People, func(p itsm.Person) bool {
				return o.standsInNow(id, p.ID, now) && !asked[p.ID] && !o.out(f, p.ID) && !o.away(p.ID, now)
			})
			return o.away(id, now) && !deputised && !slices.Contains(f.Mandatory, id)
		})
		f.Mandatory = slices.DeleteFunc(slices.Clone(f.Mandatory), func(id itsm.PersonID) bool { return o.out(f, id) })
		backups := here(f.Backup, all...)
		if f.Backup.Role == "" && f.Backup.Team == "" && !f.Backup.Owner && len(f.Backup.People) == 0 {
			backups = nil
		}
		managers := here(itsm.Group{Role: itsm.ChangeManager}, append(slices.Clone(all), backups...)...)
		next.factors = append(next.factors, ofactor{Factor: f, need: o.needed(f.Need, len(all)), listed: [3][]itsm.PersonID{named, backups, managers}})
	}
	if next.settle(); next.result() == itsm.StageFailed {
		return false
	}
	next.record(s, now, clock)
	next.stage, next.open, next.state = stage, true, itsm.ChangeAwaiting
	*o = next
	o.note()
	return true
}

func (o *oracle) needed(n itsm.Need, of int) int {
	switch {
	case n.All:
		return max(of, 1)
	case n.Percent > 0: // the least whole number that is at least the share
		k := 1
		for k*100 < of*n.Percent {
			k++
		}
		return k
	default:
		return n.Count
	}
}

// record writes down the delegations in force and until when there is time.
func (o *oracle) record(s itsm.Stage, now time.Time, clock itsm.BusinessTime) {
	for _, d := range o.catalog.Delegations {
		listed := slices.ContainsFunc(o.factors, func(f ofactor) bool {
			return slices.Contains(slices.Concat(f.listed[0], f.listed[1], f.listed[2]), d.From)
		})
		if listed && d.To != o.requester && o.standsInNow(d.From, d.To, now) {
			o.standing = append(o.standing, [2]itsm.PersonID{d.From, d.To})
		}
	}
	after := func(given *itsm.Duration, quarters time.Duration) *time.Time {
		d := (time.Duration(s.ExpireAfter) * quarters / 4).Truncate(time.Second)
		if given != nil {
			d = time.Duration(*given)
		}
		if d == 0 {
			return nil
		}
		at, _ := clock.Add(now, d)
		return &at
	}
	o.remind, o.backup = after(s.RemindAfter, 2), after(s.BackupAfter, 3)
	o.expire, _ = clock.Add(now, time.Duration(s.ExpireAfter))
	if o.stopped = nil; o.held {
		o.stopped = &now
	}
}

// sits reports whether somebody may decide in a factor.
func (o *oracle) sits(id itsm.PersonID, f ofactor) bool {
	kept := id == o.requester || (slices.Contains(f.Exclude, itsm.ExcludeImplementer) && id == o.assignee)
	return !kept && slices.Contains(slices.Concat(f.listed[:f.reach+1]...), id)
}

func (o *oracle) sitsAnywhere(id itsm.PersonID) bool {
	return slices.ContainsFunc(o.factors, func(f ofactor) bool { return o.sits(id, f) })
}

func (o *oracle) voteOf(id itsm.PersonID) (ovote, bool) {
	for _, v := range o.votes {
		if v.of == id {
			return v, true
		}
	}
	return ovote{}, false
}

func (o *oracle) spoke(id itsm.PersonID) bool {
	return slices.ContainsFunc(o.votes, func(v ovote) bool { return v.by == id })
}

// crowd is who may be put into which factors.
type crowd map[itsm.PersonID][]bool

// people are those whose say counts in a factor and of whom something holds.
func (o *oracle) people(is func(id itsm.PersonID, v ovote, voted bool) bool) crowd {
	c := make(crowd)
	for _, p := range o.catalog.People {
		v, voted := o.voteOf(p.ID)
		seats := make([]bool, len(o.factors))
		for i, f := range o.factors {
			seats[i] = o.sits(p.ID, f) && (!voted || v.counts[i])
		}
		if slices.Contains(seats, true) && is(p.ID, v, voted) {
			c[p.ID] = seats
		}
	}
	return c
}

func (o *oracle) yes() crowd {
	return o.people(func(_ itsm.PersonID, v ovote, _ bool) bool { return v.verdict == itsm.Approve })
}

func (o *oracle) maybe() crowd {
	return o.people(func(id itsm.PersonID, v ovote, voted bool) bool {
		return v.verdict == itsm.Approve || (!voted && !o.spoke(id))
	})
}

// best is how many places the crowd can fill, by trying every way to seat it.
func (o *oracle) best(c crowd) int {
	ids, at := slices.Sorted(maps.Keys(c)), make([][]itsm.PersonID, len(o.factors))
	var try func(k int) int
	try = func(k int) int {
		if k == len(ids) {
			return o.filled(at)
		}
		most := try(k + 1) // without them
		for i, sits := range c[ids[k]] {
			if sits {
				at[i] = append(at[i], ids[k])
				most = max(most, try(k+1))
				at[i] = at[i][:len(at[i])-1]
			}
		}
		return most
	}
	return try(0)
}

// filled is how many places are taken by people put into factors: a mandatory
// member's is theirs alone.
func (o *oracle) filled(at [][]itsm.PersonID) (sum int) {
	for i, f := range o.factors {
		own, others := 0, 0
		for _, id := range at[i] {
			if slices.Contains(f.Mandatory, id) {
				own++
			} else {
				others++
			}
		}
		sum += own + min(others, o.places(f)-len(f.Mandatory))
	}
	return sum
}

func (o *oracle) places(f ofactor) int { return max(f.need, len(f.Mandatory)) }

func (o *oracle) enough(c crowd) bool {
	all := 0
	for _, f := range o.factors {
		all += o.places(f)
	}
	return o.best(c) == all
}

// helps reports whether one more person in a factor would fill more of all.
func (o *oracle) helps(c crowd, i int) bool {
	more := maps.Clone(c)
	seats := make([]bool, len(o.factors))
	seats[i] = true
	more["one more"] = seats
	return o.best(more) > o.best(c)
}

func (o *oracle) vetoed() bool {
	for _, v := range o.votes {
		for i, f := range o.factors {
			if v.verdict == itsm.Reject && v.counts[i] && f.Reject != itsm.Quorum && o.sits(v.of, f) {
				return true
			}
		}
	}
	return false
}

// result is how the stage stands: it has passed when the approvals can be put so
// that every factor has enough; it has failed when one rejection ends it, or in
// every future too few are left.
func (o *oracle) result() itsm.Standing {
	switch {
	case o.vetoed():
		return itsm.StageFailed
	case o.enough(o.yes()):
		return itsm.StagePassed
	case !o.enough(o.maybe()):
		return itsm.StageFailed
	default:
		return itsm.StageOpen
	}
}

// settle lets backups, then change managers decide where too few are left, unless
// it is rejections that leave too few.
func (o *oracle) settle() {
	anybody := func(itsm.PersonID, ovote, bool) bool { return true }
	unless := func(_ itsm.PersonID, v ovote, _ bool) bool { return v.verdict != itsm.Reject }
	for o.result() == itsm.StageFailed && !o.vetoed() && (!o.enough(o.people(anybody)) || o.enough(o.people(unless))) {
		i := 0
		for i < len(o.factors) && !o.canExtend(i) {
			i++
		}
		if i == len(o.factors) {
			return
		}
		for f := &o.factors[i]; ; {
			if f.reach++; len(f.listed[f.reach]) > 0 {
				break
			}
		}
	}
}

func (o *oracle) canExtend(i int) bool {
	f := o.factors[i]
	return len(slices.Concat(f.listed[f.reach+1:]...)) > 0 && o.helps(o.maybe(), i)
}
