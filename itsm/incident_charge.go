package itsm

import "slices"

// charge is who has an incident. What happened while they had it was theirs to hear
// of, and stays so whoever has it later: a message is kept current for whom it was sent
// to.
type charge struct {
	assignee PersonID
	team     TeamID
}

// charges are who had the incident once each event of the timeline had happened.
func (b *IncidentBook) charges() []charge {
	c := charge{team: b.firstTeam()}
	all := make([]charge, len(b.Timeline))
	for n, e := range b.Timeline {
		c = c.after(e)
		all[n] = c
	}
	return all
}

// firstTeam has what nobody handed on.
func (b *IncidentBook) firstTeam() TeamID {
	for _, e := range b.Timeline {
		if e.Detail != nil && e.Detail.Team != "" {
			return b.Service.Team
		}
	}
	return b.Incident.Team
}

// after is who has it once an event has happened, as the acts have it.
func (c charge) after(e Event) charge {
	if e.Detail == nil {
		return c
	}
	switch e.Kind { //nolint:exhaustive // the others leave it to whoever has it
	case EventAssigned, EventEscalationAsked:
		if e.Kind == EventAssigned || e.Detail.EscalateTo == EscalateTeam {
			c.assignee = e.Detail.Assignee
		}
		if e.Detail.Team != "" {
			c.team = e.Detail.Team
		}
	case EventAcknowledged:
		if e.Detail.Assignee != "" {
			c.assignee = e.Detail.Assignee
		}
	case EventResolved:
		if by := e.Detail.Resolution.By; c.assignee == "" && by != System && by != Monitoring {
			c.assignee = by
		}
	}
	return c
}

// assigneeAt is whose it was when something was said.
func (b *incidentNotices) assigneeAt(c Comment) (id PersonID) {
	for n, e := range b.Timeline {
		if e.At.After(c.At) {
			break
		}
		id = b.had[n].assignee
	}
	return id
}

// Named are all whom the messages about an incident may name.
func (b *IncidentBook) Named() []PersonID {
	i := &b.Incident
	ids := append([]PersonID{i.Reporter, i.Assignee, i.Owner, b.Managers[i.Team]}, i.Escalation.Next...)
	for _, c := range b.charges() {
		ids = append(ids, c.assignee, b.Managers[c.team])
	}
	for _, e := range b.Timeline {
		ids = append(ids, e.Actor)
		if e.Detail != nil && e.Detail.Call != nil {
			ids = append(ids, e.Detail.Call.People...)
		}
	}
	for _, c := range b.Said {
		ids = append(ids, c.By)
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id PersonID) bool { return id == "" })
}
