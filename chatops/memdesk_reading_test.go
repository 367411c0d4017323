package chatops

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

func (d *memDesk) Incident(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.Incident, error) {
	if err := d.trouble(ctx, "Incident"); err != nil {
		return itsm.Incident{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	i, err := d.seen(who, n)
	if err != nil {
		return itsm.Incident{}, err
	}
	return *i, nil
}

func (d *memDesk) IncidentBook(ctx context.Context, who desk.Caller, n itsm.Number) (itsm.IncidentBook, error) {
	i, err := d.Incident(ctx, who, n)
	if err != nil {
		return itsm.IncidentBook{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s, _ := d.catalog.Service(i.Service)
	return itsm.IncidentBook{
		Incident: i, Timeline: slices.Clone(d.timelines[n]), Said: slices.Clone(d.comments[n]), Service: s, Managers: d.catalog.Managers(),
		People: byID(d.catalog.People), Alerts: d.alerts,
	}, nil
}

func (d *memDesk) Incidents(ctx context.Context, who desk.Caller, list desk.IncidentList) (desk.IncidentPage, error) {
	if err := d.trouble(ctx, "Incidents"); err != nil {
		return desk.IncidentPage{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var page desk.IncidentPage
	for _, i := range d.incidents {
		switch {
		case i.CheckRead(who.Actor) != nil, list.Open && i.State.Final(), list.Mine && i.Reporter != who.Person, list.Assigned && i.Assignee != who.Person:
		default:
			page.Items = append(page.Items, *i)
		}
	}
	slices.SortFunc(page.Items, func(a, b itsm.Incident) int { return int(b.Number.Ordinal() - a.Number.Ordinal()) })
	page.Items = page.Items[:min(len(page.Items), list.Limit)]
	return page, nil
}

func (d *memDesk) WaitingIncidents(ctx context.Context, who desk.Caller) ([]itsm.Incident, error) {
	page, err := d.Incidents(ctx, who, desk.IncidentList{Open: true, Limit: 200})
	return slices.DeleteFunc(page.Items, func(i itsm.Incident) bool { return !slices.Contains(i.Explain().WaitsFor, who.Person) }), err
}

func (d *memDesk) IncidentSuggestions(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Change, error) {
	if err := d.trouble(ctx, "IncidentSuggestions"); err != nil {
		return nil, err
	}
	i, err := d.Incident(ctx, who, n)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []itsm.Change
	for _, c := range d.changes {
		if c.Service == i.Service {
			all = append(all, *c)
		}
	}
	return all, nil
}

func (d *memDesk) Relations(ctx context.Context, who desk.Caller, n itsm.Number) ([]itsm.Relation, error) {
	i, err := d.Incident(ctx, who, n)
	return i.Relations, err
}

func (d *memDesk) OnCall(ctx context.Context, who desk.Caller, id itsm.ServiceID) (desk.OnCall, error) {
	if err := d.trouble(ctx, "OnCall"); err != nil {
		return desk.OnCall{}, err
	}
	s, err := d.catalog.CheckService(who.Actor, id)
	if err != nil {
		return desk.OnCall{}, err
	}
	policy, _ := d.catalog.EscalationPolicy(d.catalog.EscalationOf("", s))
	out := desk.OnCall{Service: s.ID, Policy: policy.ID, Name: policy.Name, Repeat: policy.Repeat, At: d.now()}
	for n, l := range policy.Levels {
		called, err := d.catalog.CallLevel(itsm.Summons{Calling: itsm.Calling{Round: 1, Level: n + 1}, Policy: policy, Owner: s.Owner, At: d.now()}, d.onCall)
		if err != nil {
			return desk.OnCall{}, err
		}
		level := desk.OnCallLevel{Level: n + 1, Within: l.Within}
		if len(called.Skipped) > 0 {
			level.Nobody = called.Skipped[0].Why
		} else {
			level.People, level.Channels = called.People, called.Channels
		}
		for _, t := range l.Targets {
			target := desk.OnCallTarget{CallTarget: t}
			if t.Rotation == "broken" {
				target.Problem = "Its feed cannot be read."
			} else if t.Rotation != "" {
				until := d.now().Add(36 * 3600e9)
				target.Until, out.HandoverAt = &until, &until
			}
			level.Targets = append(level.Targets, target)
		}
		out.Levels = append(out.Levels, level)
	}
	return out, nil
}
