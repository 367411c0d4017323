package api

import (
	"context"

	"github.com/steward-itsm/steward/itsm"
)

// ListServices handles GET /v1/services.
func (d *door) ListServices(ctx context.Context, _ ListServicesRequestObject) (ListServicesResponseObject, error) {
	ctx, who := asked(ctx)
	services, err := d.desk.Services(ctx, who)
	if err != nil {
		return nil, err
	}
	return ListServices200JSONResponse{Items: listed(services)}, nil
}

// ListPeople handles GET /v1/people.
func (d *door) ListPeople(ctx context.Context, _ ListPeopleRequestObject) (ListPeopleResponseObject, error) {
	ctx, who := asked(ctx)
	people, err := d.desk.People(ctx, who)
	if err != nil {
		return nil, err
	}
	return ListPeople200JSONResponse{Items: each(people, shown)}, nil
}

// shown is what is shown of a person: of what the desk lets the caller see, the
// Slack id and the GitHub login are for Steward alone.
func shown(p itsm.Person) Person {
	out := Person{Id: p.ID, Name: p.Name, Zone: p.Zone, Roles: listed(p.Roles)}
	if p.Email != "" {
		out.Email = &p.Email
	}
	return out
}
