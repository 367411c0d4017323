package desk

import (
	"context"

	"go.temporal.io/sdk/temporal"

	"github.com/steward-itsm/steward/itsm"
	"github.com/steward-itsm/steward/workflows"
)

// RaiseIncident records an incident and answers once it is classified.
func (d *Desk) RaiseIncident(ctx context.Context, who Caller, draft itsm.IncidentDraft) (itsm.Receipt, error) {
	return d.raiseIncident(ctx, who, d.Store.NextIncidentNumber, draft)
}

// raiseIncident raises an incident under a number that it is given when it comes to that.
func (d *Desk) raiseIncident(ctx context.Context, who Caller, number func(context.Context) (itsm.Number, error), draft itsm.IncidentDraft) (itsm.Receipt, error) {
	return raise(ctx, d, who, raising[itsm.IncidentDraft]{
		act: itsm.ActIncidentRaise, body: draft, number: number,
		begins: func(ctx context.Context) (start, error) { return d.incidentStart(ctx, who, draft) },
		opened: []itsm.EventKind{itsm.EventTriaged},
	})
}

// incidentStart is how an incident begins. It refuses what the process would refuse,
// and what goes on from an incident that the caller cannot see.
func (d *Desk) incidentStart(ctx context.Context, who Caller, draft itsm.IncidentDraft) (start, error) {
	if err := who.May(itsm.RaiseIncidents); err != nil {
		return start{}, err
	}
	if err := draft.Check(); err != nil {
		return start{}, err
	}
	catalog, _, err := d.Store.Catalog(ctx)
	if err != nil {
		return start{}, err
	}
	if err := catalog.CheckRaiseIncident(who.Actor, draft); err != nil {
		return start{}, err
	}
	if draft.Follows != "" {
		before, err := d.incidentFor(ctx, who, draft.Follows)
		if err != nil {
			return start{}, err
		}
		if err := draft.CheckFollows(before); err != nil {
			return start{}, err
		}
	}
	return start{
		process: workflows.IncidentType, summary: workflows.IncidentSummary(who.Person, draft), attributes: incidentAttributes(&catalog, draft),
	}, nil
}

// incidentAttributes are by what an incident is found in Temporal from its first
// moment on. Its priority is known once somebody said what it is made of.
func incidentAttributes(c *itsm.Catalog, draft itsm.IncidentDraft) temporal.SearchAttributes {
	set := []temporal.SearchAttributeUpdate{
		workflows.Process.ValueSet("incident"),
		workflows.State.ValueSet(string(itsm.IncidentNew)),
		workflows.Service.ValueSet(string(draft.Service)),
	}
	if p := c.Incident.Weigh(draft.Impact, draft.Urgency); p != "" {
		set = append(set, workflows.Priority.ValueSet(string(p)))
	}
	return temporal.NewSearchAttributes(set...)
}

// incidentFor reads an incident that an act names; nil when there is none that the
// caller may see.
func (d *Desk) incidentFor(ctx context.Context, who Caller, n itsm.Number) (*itsm.Incident, error) {
	i, err := incidents.seen(ctx, d, who, n)
	if hides(err) {
		return nil, nil //nolint:nilnil // what is not there is no fault: the rule refuses it under its own code
	}
	return i, err
}
