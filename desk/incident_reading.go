package desk

import (
	"context"
	"slices"
	"time"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// What is suggested for an incident: so many changes of its service, that were under
// way so long before it was raised or since.
const (
	suggestedBefore = 7 * 24 * time.Hour
	suggested       = 10
)

// IncidentList says which incidents to list.
type IncidentList struct {
	State    itsm.IncidentState // empty: any
	Open     bool               // only what is not over
	Priority itsm.Priority      // empty: any
	Service  itsm.ServiceID     // empty: any
	Team     itsm.TeamID        // empty: any
	Mine     bool               // only what the caller reported
	Assigned bool               // only what is assigned to the caller
	Waiting  bool               // only what waits for the caller
	Limit    int                // 1 to 200; 0: 50
	Cursor   string             // Next of the page before; empty: the newest
}

// IncidentPage is one page of incidents.
type IncidentPage = Page[itsm.Incident]

// Incident returns one incident that the caller may see.
func (d *Desk) Incident(ctx context.Context, who Caller, n itsm.Number) (itsm.Incident, error) {
	return about(ctx, d, incidents, who, "incident.read", n, func(i *itsm.Incident) (itsm.Incident, error) { return *i, nil })
}

// Incidents lists the incidents that the caller may see.
func (d *Desk) Incidents(ctx context.Context, who Caller, list IncidentList) (IncidentPage, error) {
	return reading(ctx, d, who, "incident.list", itsm.ReadIncidents, "", func() (page IncidentPage, err error) {
		f, err := incidentFilter(who, list)
		if err != nil {
			return page, err
		}
		read := func(ctx context.Context, before db.Cursor, most int) ([]itsm.Incident, error) {
			f.Before, f.Limit = before, most
			return d.Store.Incidents(ctx, f)
		}
		question := list
		question.Limit, question.Cursor = 0, ""
		asked := listing{"incidents", question, list.Limit, list.Cursor}
		return paged(ctx, d, asked, read, func(i itsm.Incident) place { return place{RaisedAt: i.RaisedAt, Number: i.Number} })
	})
}

func incidentFilter(who Caller, list IncidentList) (db.IncidentFilter, error) {
	f := db.IncidentFilter{State: list.State, Priority: list.Priority, Service: list.Service, Team: list.Team, Reader: who.Actor}
	if list.State != "" && !slices.Contains(itsm.IncidentStates, list.State) {
		return f, noState(list.State)
	}
	if list.Priority != "" && !slices.Contains(itsm.Priorities, list.Priority) {
		return f, itsm.Refuse(itsm.Invalid, "list.priority", "There is no priority called %q.", list.Priority)
	}
	if list.Open {
		f.States = slices.DeleteFunc(slices.Clone(itsm.IncidentStates), itsm.IncidentState.Final)
	}
	if list.Mine {
		f.Reporter = who.Person
	}
	if list.Assigned {
		f.Assignee = who.Person
	}
	if list.Waiting {
		f.WaitingFor = who.Person
	}
	return f, nil
}

// WaitingIncidents lists the incidents that wait for the caller: to acknowledge, to
// work on, to answer or to confirm. The newest page of them is enough for a person.
func (d *Desk) WaitingIncidents(ctx context.Context, who Caller) ([]itsm.Incident, error) {
	return reading(ctx, d, who, "incident.waiting", itsm.ReadIncidents, "", func() ([]itsm.Incident, error) { return d.incidentsFor(ctx, who) })
}

func (d *Desk) incidentsFor(ctx context.Context, who Caller) ([]itsm.Incident, error) {
	return d.Store.Incidents(ctx, db.IncidentFilter{WaitingFor: who.Person, Reader: who.Actor, Limit: maxPage})
}

// IncidentTimeline returns what happened to an incident, oldest first.
func (d *Desk) IncidentTimeline(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Event, error) {
	return about(ctx, d, incidents, who, "incident.timeline", n, func(*itsm.Incident) ([]itsm.Event, error) { return d.Store.Timeline(ctx, n) })
}

// IncidentComments lists what was said about an incident, oldest first.
func (d *Desk) IncidentComments(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Comment, error) {
	return about(ctx, d, incidents, who, "incident.comments", n, func(*itsm.Incident) ([]itsm.Comment, error) { return d.Store.Comments(ctx, n) })
}

// ExplainIncident says why an incident stands where it does, and what the caller can do.
func (d *Desk) ExplainIncident(ctx context.Context, who Caller, n itsm.Number) (itsm.Explanation, error) {
	return about(ctx, d, incidents, who, "incident.explain", n, func(i *itsm.Incident) (itsm.Explanation, error) {
		e := i.Explain()
		e.Acts = i.ActsFor(who.Actor, d.Now())
		return e, nil
	})
}

// IncidentClocks returns the clocks of an incident, each with what it has measured so
// far: as time passed, and in the hours of its calendar, which is the one that the
// incident began with.
func (d *Desk) IncidentClocks(ctx context.Context, who Caller, n itsm.Number) ([]itsm.ClockReading, error) {
	return about(ctx, d, incidents, who, "incident.clocks", n, func(i *itsm.Incident) (read []itsm.ClockReading, err error) {
		pinned, err := d.Store.CatalogVersion(ctx, i.PolicyVersion)
		if err != nil {
			return nil, err
		}
		for _, c := range i.Clocks {
			hours, err := d.Hours(pinned, c.Calendar)
			if err != nil {
				return nil, err
			}
			read = append(read, itsm.ClockReading{Clock: c, SoFar: c.So(hours, d.Now())})
		}
		return read, nil
	})
}

// IncidentSuggestions lists changes of the incident's service that may have caused it:
// those that were under way shortly before it was raised or since, and that the caller
// may see.
func (d *Desk) IncidentSuggestions(ctx context.Context, who Caller, n itsm.Number) ([]itsm.Change, error) {
	return about(ctx, d, incidents, who, "incident.suggestions", n, func(i *itsm.Incident) ([]itsm.Change, error) {
		return d.Store.RecentChanges(ctx, i.Service, i.RaisedAt.Add(-suggestedBefore), who.Actor, suggested)
	})
}
