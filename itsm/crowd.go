package itsm

import "slices"

// crowd knows who is of which group and may decide, so that a catalog of
// thousands is gone through once and not once for each factor.
type crowd struct {
	c       *Catalog
	known   map[PersonID]bool
	decides map[PersonID]bool
	roles   map[Role][]PersonID    // of those who decide
	teams   map[TeamID][]PersonID  // ″
	owns    map[PersonID]ServiceID // one of the services of each owner
}

func newCrowd(c *Catalog) *crowd {
	w := &crowd{
		c: c, known: make(map[PersonID]bool), decides: make(map[PersonID]bool),
		roles: make(map[Role][]PersonID), teams: make(map[TeamID][]PersonID), owns: make(map[PersonID]ServiceID),
	}
	for _, p := range c.People {
		w.known[p.ID] = true
		if !(Principal{Roles: p.Roles}).decides() {
			continue
		}
		w.decides[p.ID] = true
		for _, r := range p.Roles {
			w.roles[r] = append(w.roles[r], p.ID)
		}
	}
	for _, t := range c.Teams {
		w.teams[t.ID] = w.deciding(append([]PersonID{t.Manager}, t.Members...))
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
func (w *crowd) members(g Group) []PersonID {
	switch {
	case g.Role != "":
		return w.roles[g.Role]
	case g.Team != "":
		return w.teams[g.Team]
	default:
		return w.deciding(g.People)
	}
}

func (w *crowd) deciding(ids []PersonID) (found []PersonID) {
	for _, id := range ids {
		if w.decides[id] && !slices.Contains(found, id) {
			found = append(found, id)
		}
	}
	return found
}
