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
}

// quorum is some factors, each of whose approvals has to come from somebody else.
// It can be reached unless some of them together need more people than they have:
// that is all there can be in the way (Hall's marriage theorem).
type quorum struct {
	crowd   *crowd
	factors []staffed
	people  []int  // whom it asks, by their index in the crowd
	ties    []ties // of each of people
	owner   subset // the factors that ask the service's owner
	all     subset // how many sets of them there are
	supply  []int  // by set: who may approve in one of it, beside owners and who is bound elsewhere
}

// asker is somebody who may raise a change, and their ties.
type asker struct {
	PersonID
	ties
	service ServiceID // that they own, where that matters
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

func newQuorum(w *crowd, factors []staffed) *quorum {
	q := &quorum{crowd: w, factors: factors}
	for i, f := range factors {
		if f.Who.Owner || f.Backup.Owner {
			q.owner |= 1 << i
		}
		for _, id := range f.group {
			t := q.tie(id)
			t.of, t.may = t.of|1<<i, t.may|1<<i
		}
		for _, id := range f.backup {
			q.tie(id).may |= 1 << i
		}
		for _, id := range f.must {
			q.tie(id).must = i + 1
		}
	}
	for _, id := range q.people {
		w.scratch[id] = 0
	}
	q.count()
	return q
}

// tie finds the ties of a person, while the quorum is made.
func (q *quorum) tie(id int) *ties {
	if q.crowd.scratch[id] == 0 {
		q.people, q.ties = append(q.people, id), append(q.ties, ties{})
		q.crowd.scratch[id] = len(q.people)
	}
	return &q.ties[q.crowd.scratch[id]-1]
}

// count says of every set of factors how many people may approve in one of it:
// everybody but those who may in none, which are summed up bit by bit.
func (q *quorum) count() {
	q.all = 1 << len(q.factors)
	none, total := make([]int, q.all), 0 // by set: who may approve in nothing beyond it
	for _, t := range q.ties {
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

// short finds the smallest set of factors that needs more people than it has, for
// the requester who makes it hardest. A requester takes one person at most, so
// sets with one to spare are not gone into.
func (q *quorum) short() *shortage {
	var tight []subset
	for f := range q.all {
		if need, bound := q.needs(f, ties{}); f != 0 && q.supply[f]+bound <= need {
			tight = append(tight, f)
		}
	}
	if len(tight) == 0 {
		return nil
	}
	slices.SortStableFunc(tight, func(a, b subset) int { return bits.OnesCount(uint(a)) - bits.OnesCount(uint(b)) })
	asks := q.askers()
	for _, f := range tight {
		helpless := q.helpless(f)
		for _, a := range asks {
			if s := q.lacks(f, a, helpless); s != nil {
				return s
			}
		}
	}
	return nil
}

// askers picks one of each kind of people who may raise a change: first those whom
// the quorum does not need.
func (q *quorum) askers() (asks []asker) {
	known := make(map[PersonID]ties)
	for i, id := range q.people {
		known[q.crowd.decide[id]] = q.ties[i]
	}
	met := map[ties]bool{}
	meet := func(id PersonID, owner bool) {
		t, in := known[id]
		key := t
		if !in {
			key.must = -1
		}
		if owner {
			key.of |= q.all // a kind of its own
		}
		if met[key] {
			return
		}
		met[key] = true
		a := asker{PersonID: id, ties: t}
		if owner {
			a.service = q.crowd.owns[id]
		}
		asks = append(asks, a)
	}
	for _, i := range slices.Sorted(slices.Values(q.people)) {
		meet(q.crowd.decide[i], false)
	}
	if i := slices.IndexFunc(q.crowd.raise, func(id PersonID) bool { _, in := known[id]; return !in }); i >= 0 {
		meet(q.crowd.raise[i], false)
	}
	if q.owner != 0 {
		for _, s := range q.crowd.c.Services {
			if q.crowd.known[s.Owner] {
				meet(s.Owner, true)
			}
		}
	}
	slices.SortStableFunc(asks, func(a, b asker) int { return a.rank() - b.rank() })
	return asks
}

func (a asker) rank() int {
	rank := bits.OnesCount(uint(a.may)) + a.must
	if a.service != "" {
		rank++
	}
	return rank
}

// helpless is a service whose owner some factors do not gain: who may not decide,
// or who counts in them already.
func (q *quorum) helpless(f subset) ServiceID {
	if f&q.owner == 0 {
		return ""
	}
	counts := make(map[PersonID]bool)
	for i, t := range q.ties {
		counts[q.crowd.decide[q.people[i]]] = t.must > 0 || t.may&f != 0
	}
	for _, s := range q.crowd.c.Services {
		if q.crowd.known[s.Owner] && (!q.crowd.decides(s.Owner) || counts[s.Owner]) {
			return s.ID
		}
	}
	return ""
}

// lacks is why a set of factors cannot be filled when somebody raises the change.
func (q *quorum) lacks(f subset, a asker, helpless ServiceID) *shortage {
	need, bound := q.needs(f, a.ties)
	have := q.supply[f] + bound
	if a.must == 0 && a.may&f != 0 {
		have--
	}
	s := &shortage{factors: f, need: need}
	if a.may != 0 {
		s.raises = a.PersonID
	}
	switch {
	case have >= need:
		return nil
	case f&q.owner == 0 || have+1 < need:
	case a.service != "":
		s.raises, s.service = a.PersonID, a.service
	case helpless != "":
		s.service = helpless
	default:
		return nil // the owner is the one more
	}
	for i, t := range q.ties {
		counts := t.may&f != 0
		if t.must > 0 {
			counts = f.has(t.must - 1)
		}
		if id := q.crowd.decide[q.people[i]]; counts && id != a.PersonID {
			s.people = append(s.people, id)
		}
	}
	slices.Sort(s.people)
	return s
}

// needs is how many approvals some factors take when somebody with such ties raises
// the change, and how many of them are mandatory members'. Nobody has to approve
// what they raised.
func (q *quorum) needs(set subset, a ties) (need, bound int) {
	for i, f := range q.factors {
		if !set.has(i) {
			continue
		}
		size, must := len(f.group), len(f.must)
		if f.Who.Owner {
			size = 1
		}
		if a.of.has(i) {
			size--
		}
		if a.must == i+1 {
			must--
		}
		need, bound = need+max(f.Need.Of(size), must), bound+must
	}
	return need, bound
}

// reach refuses stages that could never be passed by those whom they ask, whoever
// raises the change. The change managers stand in only for who is away. Of stages
// that are faulty it is not known who decides, nor of what follows them.
func (k *catalogCheck) reach(at string, stages []Stage, faulty []bool) {
	var staff [][]staffed
	for i, s := range stages {
		here := fmt.Sprintf("%s/%d/factors", at, i)
		staff = append(staff, k.crowd.staff(s))
		if len(k.c.People) == 0 || faulty[i] {
			continue
		}
		q := newQuorum(k.crowd, staff[i])
		lack := q.short()
		faulty[i] = lack != nil
		switch {
		case lack == nil && slices.Contains(faulty[:i], true):
		case lack == nil:
			faulty[i] = !k.reachWithout(here, stages[:i], staff)
		case bits.OnesCount(uint(lack.factors)) == 1:
			f := bits.TrailingZeros(uint(lack.factors))
			k.add(fmt.Sprintf("%s/%d/need", here, f), "needs %s; %s", lack, q.mend(lack))
		default:
			k.add(here, "%s together need %s, and each person fills one factor only; %s",
				each(q.names(lack, func(f staffed) string { return f.Name })), lack, q.mend(lack))
		}
	}
}

func (q *quorum) mend(s *shortage) string {
	if s.service != "" && s.factors&^q.owner == 0 {
		return "give it a backup"
	}
	return "name more people, or need fewer"
}

func (q *quorum) names(s *shortage, name func(staffed) string) (names []string) {
	for i, f := range q.factors {
		if s.factors.has(i) {
			names = append(names, name(f))
		}
	}
	return names
}

// reachWithout refuses a stage, the last of staff, that keeps out who approved
// earlier when those who are left are too few: it is judged together with what
// went before.
func (k *catalogCheck) reachWithout(at string, before []Stage, staff [][]staffed) bool {
	for j, f := range staff[len(before)] {
		if !f.excludes(ExcludeEarlier) {
			continue
		}
		for i, b := range before {
			if id := bothMandatory(b, f.Factor); id != "" {
				k.add(fmt.Sprintf("%s/%d/exclude", at, j), "keeps out who approved earlier, but %s is mandatory both here and in %s", id, b.Name)
				return false
			}
			q := newQuorum(k.crowd, chain(staff[i:len(before)], f))
			if lack := q.short(); lack != nil {
				k.add(fmt.Sprintf("%s/%d/exclude", at, j), "keeps out who approved earlier: %s together need %s; name more people, or need fewer",
					each(q.names(lack, func(f staffed) string { return f.label })), lack)
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
func chain(before [][]staffed, last staffed) (factors []staffed) {
	for i, stage := range before {
		repeats := slices.ContainsFunc(stage, func(f staffed) bool { return !f.excludes(ExcludeEarlier) })
		if i > 0 && (repeats || len(factors)+len(stage) >= maxQuorum) {
			continue
		}
		for _, f := range stage {
			if i > 0 {
				f = f.left()
			}
			factors = append(factors, f)
		}
	}
	return append(factors, last.left())
}

// left is a factor as it is when some of its people approved earlier: all and a
// percentage are of those who are left, so one is enough for there to be a way.
func (f staffed) left() staffed {
	if f.Need.All || f.Need.Percent > 0 {
		f.Need = Need{Count: 1}
	}
	return f
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
