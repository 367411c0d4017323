package chatops

import (
	"context"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// incidentNotice gathers what an answer about an incident needs, as who may see it.
func (b *Bot) incidentNotice(ctx context.Context, who desk.Caller, as itsm.NoticeKind, n itsm.Number) (itsm.Notice, itsm.IncidentBook, error) {
	book, err := b.desk.IncidentBook(ctx, who, n)
	if err != nil {
		return itsm.Notice{}, book, err
	}
	out := itsm.Notice{Kind: as, Incident: &book.Incident, Service: book.Service, People: book.People, Alerts: book.Alerts}
	if len(book.Timeline) > 0 {
		out.Event = book.Timeline[len(book.Timeline)-1]
	}
	return b.offeredTo(who, out), book, nil
}

// offeredTo offers one person what that person can do: nobody else sees it.
func (b *Bot) offeredTo(who desk.Caller, n itsm.Notice) itsm.Notice {
	n.To, n.Explanation = who.Person, n.Incident.Explain()
	n.Explanation.Acts = n.Incident.ActsFor(who.Actor, b.now())
	return n
}

// showIncident answers /incident show and the Details button with all that there is.
func (b *Bot) showIncident(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, book, err := b.incidentNotice(ctx, who, cards.Show, w.Number)
	if err != nil {
		return answer{}, err
	}
	around := cards.Around{Timeline: book.Timeline, Said: book.Said}
	if around.Relations, err = b.desk.Relations(ctx, who, w.Number); err != nil {
		return answer{}, err
	}
	if book.Incident.Open() {
		if around.Lately, err = b.desk.IncidentSuggestions(ctx, who, w.Number); err != nil {
			return answer{}, err
		}
		if notice.Known, err = b.desk.IncidentKnownErrors(ctx, who, w.Number); err != nil { // it may help, and nobody waits for it
			b.log.WarnContext(ctx, "cannot look for known errors", "number", w.Number, "code", itsm.AsError(err).Code)
		}
	}
	return shown(cards.IncidentDetails(notice, around, b.slack.Links())), nil
}

// incidentStatus answers /incident status and explain with where an incident stands,
// and why.
func (b *Bot) incidentStatus(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, _, err := b.incidentNotice(ctx, who, cards.Status, w.Number)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.IncidentStanding(notice, b.slack.Links())), nil
}

func (b *Bot) incidentTimeline(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, book, err := b.incidentNotice(ctx, who, cards.Show, w.Number)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.Timeline(notice, book.Timeline, b.slack.Links())), nil
}

// listedIncidents reads one of the lists, newest first, and one more than is shown.
func (b *Bot) listedIncidents(ctx context.Context, who desk.Caller, which cards.List) ([]itsm.Incident, error) {
	list := desk.IncidentList{Limit: cards.MaxListed + 1}
	switch which {
	case cards.ListWaiting:
		return b.desk.WaitingIncidents(ctx, who)
	case cards.ListMine:
		list.Mine = true
	case cards.ListAssigned:
		list.Assigned, list.Open = true, true
	case cards.ListOpen, cards.ListMy, cards.ListCoordinated, cards.ListOwned: // the last are of other kinds
		list.Open = true
	}
	page, err := b.desk.Incidents(ctx, who, list)
	return page.Items, err
}

func (b *Bot) incidentList(ctx context.Context, who desk.Caller, which cards.List) (answer, error) {
	all, err := b.listedIncidents(ctx, who, which)
	if err != nil {
		return answer{}, err
	}
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.ListedIncidents(which, b.aboutIncidents(who, all, services, people))), nil
}

// aboutIncidents gathers what a list shows of each incident to one person.
func (b *Bot) aboutIncidents(who desk.Caller, all []itsm.Incident, services []itsm.Service, people map[itsm.PersonID]itsm.Person) []itsm.Notice {
	out := make([]itsm.Notice, len(all))
	for n := range all {
		out[n] = b.offeredTo(who, itsm.Notice{Incident: &all[n], Service: service(services, all[n].Service), People: people})
	}
	return out
}

func (b *Bot) listIncidents(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	return b.listNamed(ctx, who, r, rest, "/incident", cards.IncidentLists, b.incidentList)
}
