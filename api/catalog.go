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
	return ListServices200JSONResponse{Items: each(services, func(s itsm.Service) itsm.Service { return s })}, nil
}

// ListPeople handles GET /v1/people.
func (d *door) ListPeople(ctx context.Context, _ ListPeopleRequestObject) (ListPeopleResponseObject, error) {
	ctx, who := asked(ctx)
	people, err := d.desk.People(ctx, who)
	if err != nil {
		return nil, err
	}
	return ListPeople200JSONResponse{Items: each(people, func(p itsm.Person) Person { return shown(p, who.Actor) })}, nil
}

// shown is what one person is shown of another. An address is for those who
// answer for the people; Slack ids and GitHub logins are for Steward alone.
func shown(p itsm.Person, to itsm.Actor) Person {
	out := Person{Id: p.ID, Name: p.Name, Zone: p.Zone, Roles: each(p.Roles, func(r itsm.Role) Role { return r })}
	if to.Person == p.ID || to.Is(itsm.ChangeManager) || to.Is(itsm.Admin) || to.Is(itsm.Auditor) {
		out.Email = &p.Email
	}
	return out
}
