package chatops

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// listServices answers /itsm services.
func (b *Bot) listServices(ctx context.Context, who desk.Caller, _ request, _ string) (answer, error) {
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.Services(services, people)), nil
}

// listPeople answers /itsm people.
func (b *Bot) listPeople(ctx context.Context, who desk.Caller, _ request, _ string) (answer, error) {
	people, err := b.desk.People(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.People(people)), nil
}

func (b *Bot) catalog(ctx context.Context, who desk.Caller) ([]itsm.Service, map[itsm.PersonID]itsm.Person, error) {
	services, err := b.desk.Services(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	people, err := b.desk.People(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	return services, byID(people), nil
}

func byID(people []itsm.Person) map[itsm.PersonID]itsm.Person {
	out := make(map[itsm.PersonID]itsm.Person, len(people))
	for _, p := range people {
		out[p.ID] = p
	}
	return out
}

func service(all []itsm.Service, id itsm.ServiceID) itsm.Service {
	i := slices.IndexFunc(all, func(s itsm.Service) bool { return s.ID == id })
	if i < 0 {
		return itsm.Service{ID: id}
	}
	return all[i]
}
