package itsm

import "slices"

// crowd knows who is of which group and may decide, so that a catalog of
// thousands is gone through once and not once for each factor. It counts those who
// decide from 0.
type crowd struct {
	c       *Catalog
	known   map[PersonID]bool
	index   map[PersonID]int // of those who decide
	decide  []PersonID       // by index
	roles   map[Role][]int
	teams   map[TeamID][]int
	owns    map[PersonID]ServiceID  // one of the services of each owner
	raise   []PersonID              // who may raise a change
	works   map[PersonID]bool       // who may work on incidents
	staffed map[TeamID]bool         // whether a member may
	idle    map[RotationID]PersonID // somebody of it who may not
	scratch []int                   // by index; all zero between uses
}

func newCrowd(c *Catalog) *crowd {
	w := &crowd{
		c: c, known: make(map[PersonID]bool), index: make(map[PersonID]int),
		roles: make(map[Role][]int), teams: make(map[TeamID][]int), owns: make(map[PersonID]ServiceID),
		works: make(map[PersonID]bool), staffed: make(map[TeamID]bool), idle: make(map[RotationID]PersonID),
	}
	for _, p := range c.People {
		w.known[p.ID] = true
		if slices.ContainsFunc(p.Roles, func(r Role) bool { return slices.Contains(grants[RaiseChanges], r) }) {
			w.raise = append(w.raise, p.ID)
		}
		w.works[p.ID] = (Principal{Roles: p.Roles}).may(WorkOnIncidents)
		if !(Principal{Roles: p.Roles}).decides() {
			continue
		}
		for _, r := range p.Roles {
			w.roles[r] = append(w.roles[r], len(w.decide))
		}
		w.index[p.ID], w.decide = len(w.decide), append(w.decide, p.ID)
	}
	w.scratch = make([]int, len(w.decide))
	for _, t := range c.Teams {
		w.staffed[t.ID] = slices.ContainsFunc(t.Members, func(id PersonID) bool { return w.works[id] })
		w.teams[t.ID] = w.deciding(append([]PersonID{t.Manager}, t.Members...))
	}
	for _, r := range c.Rotations {
		for _, id := range r.people() {
			if w.known[id] && !w.works[id] {
				w.idle[r.ID] = id
			}
		}
	}
	for _, s := range c.Services {
		if _, met := w.owns[s.Owner]; !met {
			w.owns[s.Owner] = s.ID
		}
	}
	return w
}

// members are those of a group who may decide. Who owns a service differs from
// one to the next and is not among them.
func (w *crowd) members(g Group) []int {
	switch {
	case g.Role != "":
		return w.roles[g.Role]
	case g.Team != "":
		return w.teams[g.Team]
	default:
		return w.deciding(g.People)
	}
}

func (w *crowd) deciding(ids []PersonID) (found []int) {
	for _, id := range ids {
		if i, decides := w.index[id]; decides {
			found = append(found, i)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func (w *crowd) names(found []int) []PersonID {
	ids := make([]PersonID, len(found))
	for i, f := range found {
		ids[i] = w.decide[f]
	}
	return ids
}

func (w *crowd) decides(id PersonID) bool {
	_, decides := w.index[id]
	return decides
}

// staffed is a factor with its people, but for who owns a service.
type staffed struct {
	Factor
	label               string
	group, backup, must []int
}

func (w *crowd) staff(s Stage) (all []staffed) {
	for _, f := range s.Factors {
		label := s.Name
		if len(s.Factors) > 1 {
			label += " (" + f.Name + ")"
		}
		all = append(all, staffed{f, label, w.members(f.Who), w.members(f.Backup), w.deciding(f.Mandatory)})
	}
	return all
}
