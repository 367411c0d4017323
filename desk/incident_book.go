package desk

import (
	"context"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/itsm"
)

// IncidentBook reads all that the messages about an incident are made of, as the
// caller may see it: the record, what happened and was said, how often alerts of it
// came, and whom it concerns.
func (d *Desk) IncidentBook(ctx context.Context, who Caller, n itsm.Number) (itsm.IncidentBook, error) {
	return about(ctx, d, incidents, who, "incident.book", n, func(i *itsm.Incident) (b itsm.IncidentBook, err error) {
		b.Incident = *i
		if b.Timeline, err = d.Store.Timeline(ctx, n); err != nil {
			return b, err
		}
		if b.Said, err = d.Store.Comments(ctx, n); err != nil {
			return b, err
		}
		if i.Alert != nil {
			alerts, err := d.Store.AlertsOf(ctx, n)
			if err != nil {
				return b, err
			}
			count := db.CountAlerts(alerts)
			b.Alerts = &count
		}
		if i.Open() {
			if b.Known, err = d.Store.KnownErrorsFor(ctx, *i, who.Actor); err != nil {
				return b, err
			}
		}
		catalog, _, err := d.Store.Catalog(ctx)
		if err != nil {
			return b, err
		}
		b.Service, _ = catalog.Service(i.Service)
		b.Managers, b.People = catalog.Managers(), make(map[itsm.PersonID]itsm.Person, len(catalog.People))
		for _, p := range catalog.PeopleFor(who.Actor) {
			b.People[p.ID] = p
		}
		return b, nil
	})
}
