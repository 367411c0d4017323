package itsm

import (
	"fmt"
	"slices"
	"strings"
)

const (
	maxSubstitution = 366 // days
	maxScope        = 50  // services; who means more leaves them out
)

func (k *catalogCheck) checkDelegations() {
	before := len(k.faults)
	for i, d := range k.c.Delegations[:min(len(k.c.Delegations), MaxDelegations)] {
		at := fmt.Sprintf("/delegations/%d", i)
		k.person(at+"/from", d.From)
		k.person(at+"/to", d.To)
		_, known := slices.BinarySearch(k.people, string(d.To))
		switch {
		case !known:
		case d.From == d.To:
			k.add(at+"/to", "is the same as from; name somebody else")
		case !k.crowd.decides(d.To):
			k.add(at+"/to", "%s may not decide on changes, and a delegation is no grant; name somebody who holds the role %s", d.To, list(grants[DecideChanges]))
		}
		if k.days(at, d.First, d.Last) && d.Last-d.First >= maxSubstitution {
			k.add(at+"/last", "is more than %d days from first; somebody who is away for longer hands the role over", maxSubstitution)
		}
		k.atMost(at+"/services", len(d.Services), maxScope)
		services := seen{}
		for j, s := range d.Services[:min(len(d.Services), maxScope)] {
			p := fmt.Sprintf("%s/services/%d", at, j)
			k.known(p, "service", string(s), k.services)
			k.once(p, string(s), services)
		}
	}
	if len(k.faults) == before {
		k.circles()
	}
}

// circles refuses delegations by which what somebody hands on comes back to them
// on the same day, for the same service.
func (k *catalogCheck) circles() {
	by, told := make(map[PersonID][]Substitute), map[string]bool{}
	for _, d := range k.c.Delegations {
		d.Services = slices.Sorted(slices.Values(d.Services))
		by[d.From] = append(by[d.From], d)
	}
	for i, d := range k.c.Delegations {
		way := circle(d, by)
		names := slices.Sorted(slices.Values(way))
		if key := strings.Join(strs(names), " "); len(way) > 0 && !told[key] {
			told[key] = true
			k.add(fmt.Sprintf("/delegations/%d/to", i), "closes a circle on %s (%s), in which nobody decides; let one of them name somebody else",
				d.First, strings.Join(append(strs(way), string(way[0])), " → "))
		}
	}
}

// circle is by whom a delegation comes back to whoever made it, on its first day:
// every circle has one that is in force last.
func circle(d Substitute, by map[PersonID][]Substitute) []PersonID {
	type step struct {
		at    PersonID
		way   []PersonID
		scope []ServiceID
	}
	met := make(map[PersonID]bool)
	met[d.To] = true
	scope := slices.Sorted(slices.Values(d.Services))
	for queue := []step{{d.To, []PersonID{d.From}, scope}}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		for _, next := range by[s.at] {
			if next.First > d.First || next.Last < d.First || met[next.To] {
				continue
			}
			shared, some := common(s.scope, next.Services)
			if !some {
				continue
			}
			way := append(slices.Clone(s.way), s.at)
			if next.To == d.From {
				return way
			}
			met[next.To] = true
			queue = append(queue, step{next.To, way, shared})
		}
	}
	return nil
}

// common is what two scopes share; an empty one is of every service.
func common(a, b []ServiceID) (shared []ServiceID, some bool) {
	switch {
	case len(a) == 0:
		return b, true
	case len(b) == 0:
		return a, true
	}
	for _, s := range a {
		if _, both := slices.BinarySearch(b, s); both {
			shared = append(shared, s)
		}
	}
	return shared, len(shared) > 0
}

func strs[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}
