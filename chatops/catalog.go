package chatops

import (
	"context"
	"slices"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// lookups are the lists of the catalog that /itsm shows.
var lookups = map[string]func(*Bot, context.Context, desk.Caller) (answer, error){
	"services": (*Bot).listServices,
	"people":   (*Bot).listPeople,
}

// listServices answers /itsm services.
func (b *Bot) listServices(ctx context.Context, who desk.Caller) (answer, error) {
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.Services(services, people)), nil
}

// listPeople answers /itsm people.
func (b *Bot) listPeople(ctx context.Context, who desk.Caller) (answer, error) {
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
	byID := make(map[itsm.PersonID]itsm.Person, len(people))
	for _, p := range people {
		byID[p.ID] = p
	}
	return services, byID, nil
}

func service(all []itsm.Service, id itsm.ServiceID) itsm.Service {
	i := slices.IndexFunc(all, func(s itsm.Service) bool { return s.ID == id })
	if i < 0 {
		return itsm.Service{ID: id}
	}
	return all[i]
}
