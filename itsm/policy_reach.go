package itsm

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// subset is some of the factors of a quorum, a bit for each.
type subset uint

func (s subset) has(i int) bool { return s&(1<<i) != 0 }

// ties are how a person is bound up with the factors of a quorum. Two people with
// the same ties are the same to it, so that only one of them has to be tried.
type ties struct {
	may  subset // where they may approve, be it as a backup
	of   subset // whose group they are of: it needs fewer approvals where they have none
	must int    // where they are mandatory, from 1; 0: nowhere
	owns bool   // a service
}

// quorum is some factors, each of whose approvals has to come from somebody else.
// It can be reached unless some of them together need more people than they have:
// that is all there can be in the way (Hall's marriage theorem).
type quorum struct {
	crowd   *crowd
	factors []Factor
	people  map[PersonID]ties
	size    []int  // of each group
	owner   subset // the factors that ask the service's owner
	all     subset // how many sets of them there are
	supply  []int  // by set: who may approve in one of it, beside owners and who is bound elsewhere
	asks    []asker
	hinder  map[subset]PersonID // by set of factors that ask an owner: one whom it gains nothing by
}

// asker is somebody who may raise a change, and their ties.
type asker struct {
	PersonID
	ties
}

// maxQuorum is how many factors are judged together: there are 2^n sets of them.
const maxQuorum = MaxFactors + 2

// shortage is why a quorum cannot be reached.
type shortage struct {
	factors subset
	need    int
	people  []PersonID // who could approve
	raises  PersonID   // when they raise the change; empty: whoever does
	service ServiceID  // when the change is to it; empty: to whichever
}

func newQuorum(w *crowd, factors []Factor) *quorum {
	q := &quorum{crowd: w, factors: factors, people: make(map[PersonID]ties), hinder: map[subset]PersonID{}}
	for i, f := range factors {
		group := w.members(f.Who)
		q.size = append(q.size, len(group))
		if f.Who.Owner {
			q.owner |= 1 << i
			q.size[i] = 1
		}
		for _, id := range group {
			q.tie(id, func(t *ties) { t.of |= 1 << i; t.may |= 1 << i })
		}
		for _, id := range w.members(f.Backup) {
			q.tie(id, func(t *ties) { t.may |= 1 << i })
		}
		if f.Backup.Owner {
			q.owner |= 1 << i
		}
		for _, id := range f.Mandatory {
			q.tie(id, func(t *ties) { t.must = i + 1 })
		}
	}
	q.count()
	q.askers()
	q.owners()
	return q
}

func (q *quorum) tie(id PersonID, how func(*ties)) {
	t := q.people[id]
	_, t.owns = q.crowd.owns[id]
	how(&t)
	q.people[id] = t
}

// count says of every set of factors how many people may approve in one of it:
// everybody but those who may in none, which are summed up bit by bit.
func (q *quorum) count() {
	q.all = 1 << len(q.factors)
	none, total := make([]int, q.all), 0 // by set: who may approve in nothing beyond it
	for _, t := range q.people {
		if t.must == 0 {
			none[t.may]++
			total++
		}
	}
	for i := range q.factors {
		for s := range q.all {
			if s.has(i) {
				none[s] += none[s&^(1<<i)]
			}
		}
	}
	q.supply = make([]int, q.all)
	for s := range q.all {
		q.supply[s] = total - none[q.all-1-s]
	}
}

// askers picks one of each kind of people who may raise a change: first one whom
// the quorum does not need.
func (q *quorum) askers() {
	met := map[ties]bool{}
	for _, p := range q.crowd.c.People {
		_, owns := q.crowd.owns[p.ID]
		t, in := q.people[p.ID]
		if !in {
			t = ties{owns: owns && q.owner != 0}
		}
		if t.owns = t.owns && q.owner != 0; met[t] || (!in && !owns && !mayRaise(p)) {
			continue
		}
		met[t] = true
		q.asks = append(q.asks, asker{p.ID, t})
	}
	slices.SortStableFunc(q.asks, func(a, b asker) int { return a.rank() - b.rank() })
}

func (t ties) rank() int {
	return bits.OnesCount(uint(t.may)) + t.must
}

func mayRaise(p Person) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return slices.Contains(grants[RaiseChanges], r) })
}

// owners finds, for every set of factors of which one asks the service's owner, an
// owner whom it does not gain: who may not decide, or who counts in it already.
func (q *quorum) owners() {
	if q.owner == 0 {
		return
	}
	met := map[ties]bool{}
	for _, s := range q.crowd.c.Services {
		t, in := q.people[s.Owner]
		if decides := q.crowd.decides[s.Owner]; q.crowd.known[s.Owner] && (in || !decides) && !met[t] {
			met[t] = true
			for f := range q.all {
				if _, known := q.hinder[f]; !known && (!decides || t.must > 0 || t.may&f != 0) {
					q.hinder[f] = s.Owner
				}
			}
		}
	}
}

// short finds the smallest set of factors that needs more people than it has, for
// the requester who makes it hardest.
func (q *quorum) short() *shortage {
	for n := 1; n <= len(q.factors); n++ {
		for f := range q.all {
			if bits.OnesCount(uint(f)) != n {
				continue
			}
			for _, a := range q.asks {
				if s := q.lacks(f, a); s != nil {
					return s
				}
			}
		}
	}
	return nil
}

func (q *quorum) lacks(f subset, a asker) *shortage {
	need, bound := 0, 0
	for i := range q.factors {
		if f.has(i) {
			n, must := q.needs(i, a)
			need, bound = need+max(n, must), bound+must
		}
	}
	have := q.supply[f] + bound
	if a.must == 0 && a.may&f != 0 {
		have--
	}
	s := &shortage{factors: f, need: need, raises: a.PersonID}
	if a.may == 0 {
		s.raises = ""
	}
	switch owner, none := q.hinder[f]; {
	case have >= need:
		return nil
	case f&q.owner == 0 || have+1 < need:
	case a.owns:
		s.raises, s.service = a.PersonID, q.crowd.owns[a.PersonID]
	case none:
		s.service = q.crowd.owns[owner]
	default:
		return nil // the owner is the one more
	}
	for id, t := range q.people {
		counts := t.may&f != 0
		if t.must > 0 {
			counts = f.has(t.must - 1)
		}
		if counts && id != a.PersonID {
			s.people = append(s.people, id)
		}
	}
	slices.Sort(s.people)
	return s
}

// needs is how many approvals a factor takes when somebody raises the change, and
// from how many mandatory members. Nobody has to approve what they raised.
func (q *quorum) needs(i int, a asker) (approvals, must int) {
	f, size := &q.factors[i], q.size[i]
	if a.of.has(i) {
		size--
	}
	must = len(f.Mandatory)
	if a.must == i+1 {
		must--
	}
	return f.Need.Of(size), must
}

// reach refuses stages that could never be passed by those whom they ask, whoever
// raises the change. The change managers stand in only for who is away.
func (k *catalogCheck) reach(at string, stages []Stage) {
	if len(k.c.People) == 0 {
		return
	}
	for i, s := range stages {
		here := fmt.Sprintf("%s/%d/factors", at, i)
		q := newQuorum(k.crowd, s.Factors)
		switch lack := q.short(); {
		case lack == nil:
			if !k.reachWithout(here, stages[:i], s) {
				return
			}
			continue
		case bits.OnesCount(uint(lack.factors)) == 1:
			f := bits.TrailingZeros(uint(lack.factors))
			k.add(fmt.Sprintf("%s/%d/need", here, f), "needs %s; %s", lack, q.mend(lack))
		default:
			k.add(here, "%s together need %s, and each person fills one factor only; %s",
				each(lack.names(func(f int) string { return s.Factors[f].Name })), lack, q.mend(lack))
		}
		return // what follows has nobody to follow
	}
}

func (q *quorum) mend(s *shortage) string {
	if s.service != "" && s.factors&^q.owner == 0 {
		return "give it a backup"
	}
	return "name more people, or need fewer"
}

// reachWithout refuses a stage that keeps out who approved earlier when those who
// are left are too few: it is judged together with what went before.
func (k *catalogCheck) reachWithout(at string, before []Stage, s Stage) bool {
	for j, f := range s.Factors {
		if !f.excludes(ExcludeEarlier) {
			continue
		}
		for i, b := range before {
			if id := bothMandatory(b, f); id != "" {
				k.add(fmt.Sprintf("%s/%d/exclude", at, j), "keeps out who approved earlier, but %s is mandatory both here and in %s", id, b.Name)
				return false
			}
			factors, names := chain(before[i:], s, f)
			q := newQuorum(k.crowd, factors)
			if lack := q.short(); lack != nil {
				k.add(fmt.Sprintf("%s/%d/exclude", at, j), "keeps out who approved earlier: %s together need %s; name more people, or need fewer",
					each(lack.names(func(f int) string { return names[f] })), lack)
				return false
			}
		}
	}
	return true
}

func bothMandatory(s Stage, f Factor) PersonID {
	for _, id := range f.Mandatory {
		if slices.ContainsFunc(s.Factors, func(b Factor) bool { return slices.Contains(b.Mandatory, id) }) {
			return id
		}
	}
	return ""
}

// chain is the factors of a stage before the one that excludes, of those between
// in which nobody of that stage may decide again, and the one that excludes.
func chain(before []Stage, s Stage, last Factor) (factors []Factor, names []string) {
	for i, b := range before {
		repeats := slices.ContainsFunc(b.Factors, func(f Factor) bool { return !f.excludes(ExcludeEarlier) })
		if i > 0 && (repeats || len(factors)+len(b.Factors) >= maxQuorum) {
			continue
		}
		for _, f := range b.Factors {
			factors, names = append(factors, f), append(names, label(b, f))
		}
	}
	return append(factors, last), append(names, label(s, last))
}

func label(s Stage, f Factor) string {
	if len(s.Factors) == 1 {
		return s.Name
	}
	return s.Name + " (" + f.Name + ")"
}

func (s *shortage) names(name func(int) string) (names []string) {
	for i := range maxQuorum {
		if s.factors.has(i) {
			names = append(names, name(i))
		}
	}
	return names
}

// String says how many approvals are needed, and who is there to give them when.
func (s *shortage) String() string {
	const most = 10
	approvals, people := "approvals", "nobody"
	if s.need == 1 {
		approvals = "approval"
	}
	if n := len(s.people); n > most {
		people = fmt.Sprintf("only %s and %d others", strings.Join(strs(s.people[:most]), ", "), n-most)
	} else if n > 0 {
		people = "only " + each(s.people)
	}
	when := ""
	switch {
	case s.raises != "" && s.service != "":
		when = fmt.Sprintf(" when %s raises a change to %s", s.raises, s.service)
	case s.raises != "":
		when = fmt.Sprintf(" when %s raises the change", s.raises)
	case s.service != "":
		when = fmt.Sprintf(" for a change to %s", s.service)
	}
	return fmt.Sprintf("%d %s, but %s can give one%s", s.need, approvals, people, when)
}
