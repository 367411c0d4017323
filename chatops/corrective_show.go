package chatops

import (
	"context"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// correctiveNotice gathers what an answer about a corrective action needs, as who may see
// it.
func (b *Bot) correctiveNotice(ctx context.Context, who desk.Caller, as itsm.NoticeKind, n itsm.Number) (itsm.Notice, itsm.CorrectiveBook, error) {
	book, err := b.desk.CorrectiveBook(ctx, who, n)
	if err != nil {
		return itsm.Notice{}, book, err
	}
	out := itsm.Notice{Kind: as, Corrective: &book.Corrective, Service: book.Service, People: book.People}
	if len(book.Timeline) > 0 {
		out.Event = book.Timeline[len(book.Timeline)-1]
	}
	return b.offeredCorrective(who, out), book, nil
}

// offeredCorrective offers one person what that person can do: nobody else sees it.
func (b *Bot) offeredCorrective(who desk.Caller, n itsm.Notice) itsm.Notice {
	n.To, n.Explanation = who.Person, n.Corrective.Explain()
	n.Explanation.Acts = n.Corrective.ActsFor(who.Actor, b.now())
	return n
}

// showCorrective answers /corrective show and the Details button with all that there is.
func (b *Bot) showCorrective(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, book, err := b.correctiveNotice(ctx, who, cards.Show, w.Number)
	if err != nil {
		return answer{}, err
	}
	around := cards.Around{Timeline: book.Timeline, Said: book.Said}
	if around.Relations, err = b.desk.CorrectiveRelations(ctx, who, w.Number); err != nil {
		return answer{}, err
	}
	return shown(cards.CorrectiveDetails(notice, around, b.slack.Links())), nil
}

// correctiveStatus answers /corrective status and explain with where a corrective action
// stands, and why.
func (b *Bot) correctiveStatus(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, _, err := b.correctiveNotice(ctx, who, cards.Status, w.Number)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.CorrectiveStanding(notice, b.slack.Links())), nil
}

func (b *Bot) correctiveTimeline(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, book, err := b.correctiveNotice(ctx, who, cards.Show, w.Number)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.CorrectiveTimeline(notice, book.Timeline, b.slack.Links())), nil
}

// listedCorrectives reads one of the lists, newest first, and one more than is shown.
func (b *Bot) listedCorrectives(ctx context.Context, who desk.Caller, which cards.List) ([]itsm.CorrectiveAction, error) {
	list := desk.CorrectiveList{Limit: cards.MaxListed + 1}
	switch which {
	case cards.ListWaiting:
		return b.desk.WaitingCorrective(ctx, who)
	case cards.ListMine:
		list.Mine = true
	case cards.ListOwned:
		list.Owned, list.Open = true, true
	case cards.ListOpen, cards.ListMy, cards.ListAssigned, cards.ListCoordinated: // the last are of other kinds
		list.Open = true
	}
	page, err := b.desk.CorrectiveActions(ctx, who, list)
	return page.Items, err
}

func (b *Bot) correctiveList(ctx context.Context, who desk.Caller, which cards.List) (answer, error) {
	all, err := b.listedCorrectives(ctx, who, which)
	if err != nil {
		return answer{}, err
	}
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.ListedCorrective(which, b.aboutCorrectives(who, all, services, people))), nil
}

// aboutCorrectives gathers what a list shows of each corrective action to one person.
func (b *Bot) aboutCorrectives(who desk.Caller, all []itsm.CorrectiveAction, services []itsm.Service, people map[itsm.PersonID]itsm.Person) []itsm.Notice {
	out := make([]itsm.Notice, len(all))
	for n := range all {
		out[n] = b.offeredCorrective(who, itsm.Notice{Corrective: &all[n], Service: service(services, all[n].Service), People: people})
	}
	return out
}

func (b *Bot) listCorrectives(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	return b.listNamed(ctx, who, r, rest, "/corrective", cards.CorrectiveLists, b.correctiveList)
}

func (b *Bot) correctiveHelp(context.Context, desk.Caller, request, string) (answer, error) {
	return shown(cards.CorrectiveHelp()), nil
}
