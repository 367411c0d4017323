package chatops

import (
	"context"
	"strings"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// problemNotice gathers what an answer about a problem needs, as who may see it.
func (b *Bot) problemNotice(ctx context.Context, who desk.Caller, as itsm.NoticeKind, n itsm.Number) (itsm.Notice, itsm.ProblemBook, error) {
	book, err := b.desk.ProblemBook(ctx, who, n)
	if err != nil {
		return itsm.Notice{}, book, err
	}
	out := itsm.Notice{Kind: as, Problem: &book.Problem, Service: book.Service, People: book.People, Use: book.Use}
	if len(book.Timeline) > 0 {
		out.Event = book.Timeline[len(book.Timeline)-1]
	}
	return b.offeredProblem(who, out), book, nil
}

// offeredProblem offers one person what that person can do: nobody else sees it.
func (b *Bot) offeredProblem(who desk.Caller, n itsm.Notice) itsm.Notice {
	n.To, n.Explanation = who.Person, n.Problem.Explain()
	n.Explanation.Acts = n.Problem.ActsFor(who.Actor, b.now())
	return n
}

// showProblem answers /problem show and the Details button with all that there is.
func (b *Bot) showProblem(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, book, err := b.problemNotice(ctx, who, cards.Show, w.Number)
	if err != nil {
		return answer{}, err
	}
	around := cards.Around{Timeline: book.Timeline, Said: book.Said}
	if around.Relations, err = b.desk.ProblemRelations(ctx, who, w.Number); err != nil {
		return answer{}, err
	}
	return shown(cards.ProblemDetails(notice, around, b.slack.Links())), nil
}

// problemStatus answers /problem status and explain with where a problem stands, and
// why.
func (b *Bot) problemStatus(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, _, err := b.problemNotice(ctx, who, cards.Status, w.Number)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.ProblemStanding(notice, b.slack.Links())), nil
}

func (b *Bot) problemTimeline(ctx context.Context, who desk.Caller, w wish) (answer, error) {
	notice, book, err := b.problemNotice(ctx, who, cards.Show, w.Number)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.Timeline(notice, book.Timeline, b.slack.Links())), nil
}

// known answers /problem known with known errors like what was typed.
func (b *Bot) known(ctx context.Context, who desk.Caller, _ request, words string) (answer, error) {
	words = strings.TrimSpace(words)
	found, err := b.desk.KnownErrors(ctx, who, words, cards.MaxListed+1)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.KnownErrors(words, found)), nil
}

// listedProblems reads one of the lists, newest first, and one more than is shown.
func (b *Bot) listedProblems(ctx context.Context, who desk.Caller, which cards.List) ([]itsm.Problem, error) {
	list := desk.ProblemList{Limit: cards.MaxListed + 1}
	switch which {
	case cards.ListWaiting:
		return b.desk.WaitingProblems(ctx, who)
	case cards.ListMine:
		list.Mine = true
	case cards.ListCoordinated:
		list.Coordinated, list.Open = true, true
	case cards.ListOpen, cards.ListMy, cards.ListAssigned, cards.ListOwned: // the last are of other kinds
		list.Open = true
	}
	page, err := b.desk.Problems(ctx, who, list)
	return page.Items, err
}

func (b *Bot) problemList(ctx context.Context, who desk.Caller, which cards.List) (answer, error) {
	all, err := b.listedProblems(ctx, who, which)
	if err != nil {
		return answer{}, err
	}
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return answer{}, err
	}
	return shown(cards.ListedProblems(which, b.aboutProblems(who, all, services, people))), nil
}

// aboutProblems gathers what a list shows of each problem to one person.
func (b *Bot) aboutProblems(who desk.Caller, all []itsm.Problem, services []itsm.Service, people map[itsm.PersonID]itsm.Person) []itsm.Notice {
	out := make([]itsm.Notice, len(all))
	for n := range all {
		out[n] = b.offeredProblem(who, itsm.Notice{Problem: &all[n], Service: service(services, all[n].Service), People: people})
	}
	return out
}

func (b *Bot) listProblems(ctx context.Context, who desk.Caller, r request, rest string) (answer, error) {
	return b.listNamed(ctx, who, r, rest, "/problem", cards.ProblemLists, b.problemList)
}

func (b *Bot) problemHelp(context.Context, desk.Caller, request, string) (answer, error) {
	return shown(cards.ProblemHelp()), nil
}
