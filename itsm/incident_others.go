package itsm

// What an act names beside the record that it is on is live: no process knows it, so
// it is looked up when the act is asked for.

// CheckTeam refuses a team that is not there.
func (c *Catalog) CheckTeam(pointer string, id TeamID) error {
	var f faults
	if _, ok := c.Team(id); !ok {
		f.add(pointer, "names no team of the catalog")
	}
	return f.refuse("team.invalid", "This request")
}

// CheckService finds a service that the actor may see.
func (c *Catalog) CheckService(who Actor, id ServiceID) (Service, error) {
	s, ok := c.Service(id)
	if !ok || s.hidden(who) {
		return Service{}, Refuse(NotFound, "service.not_found", "There is no service of that name that you can see.")
	}
	return s, nil
}

// unseen adds that a pointer names nothing that the actor may know of: what is
// hidden from them is not there.
func (f *faults) unseen(pointer string) { f.add(pointer, "names no record that you can see") }

// CheckFollows refuses a draft that goes on from what is not closed, or from what the
// actor cannot see: before is nil then. What is not closed is reopened instead.
func (d *IncidentDraft) CheckFollows(before *Incident) error {
	var f faults
	switch {
	case before == nil:
		f.unseen("/follows")
	case before.State != IncidentClosed:
		f.add("/follows", "must be closed; %s is %s", before.Number, before.State.Words())
	}
	return f.refuse("incident.invalid", "This incident")
}

// CheckOriginal refuses to end an incident as a duplicate of what is a duplicate
// itself, or of what the actor cannot see: of is nil then.
func (i *Incident) CheckOriginal(of *Incident) error {
	var f faults
	switch {
	case of == nil:
		f.unseen("/of")
	case of.State == IncidentDuplicate:
		f.add("/of", "is a duplicate itself, of %s", of.DuplicateOf)
	}
	return f.refuse("duplicate.invalid", "This duplicate")
}

// CheckUnder refuses a parent that cannot be followed: one that the actor cannot see,
// nil then; one that is over; and one that follows another itself. Nor may an incident
// follow whose own children, as many as are not over, follow it: so there is never a
// circle.
func (i *Incident) CheckUnder(parent *Incident, children int) error {
	var f faults
	switch {
	case parent == nil:
		f.unseen("/parent")
	case parent.State.Final():
		f.add("/parent", "is %s already", parent.State.Words())
	case parent.Parent != "":
		f.add("/parent", "is a child itself, of %s", parent.Parent)
	case children > 0:
		f.add("/parent", "cannot be given to %s, which is the parent of others", i.Number)
	}
	return f.refuse("parent.invalid", "This parent")
}

// CheckLinked refuses a link to what the actor cannot see.
func (r RelateRequest) CheckLinked(seen bool) error {
	var f faults
	if !seen {
		f.unseen("/to")
	}
	return f.refuse("link.invalid", "This link")
}

// CheckAwaited refuses to wait for what the actor cannot see.
func (r HoldRequest) CheckAwaited(seen bool) error {
	var f faults
	if !seen {
		f.unseen("/for")
	}
	return f.refuse("hold.invalid", "This hold")
}

// ClockReading is a clock with what it has measured until it was read.
type ClockReading struct {
	Clock

	SoFar Elapsed `json:"so_far"`
}
