package chatops

import (
	"context"
	"slices"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/chatops/cards"
	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// openHome publishes App Home for whoever opened it: what waits for them and
// what they raised. A stranger is told how to become known.
func (b *Bot) openHome(ctx context.Context, who desk.Caller, r request, unknown error) (answer, error) {
	home, err := slack.HomeTabViewRequest{}, unknown
	if err == nil {
		home, err = b.home(ctx, who)
	}
	if err != nil {
		e := itsm.AsError(err)
		if e.Kind.Temporary() {
			return answer{}, err
		}
		home = cards.HomeSaying(cards.Refusal(e).Blocks)
	}
	return answer{silent: true}, b.slack.Publish(ctx, r.User, home)
}

func (b *Bot) home(ctx context.Context, who desk.Caller) (slack.HomeTabViewRequest, error) {
	mine, err := b.my(ctx, who)
	return cards.Home(mine), err
}

// my is what waits for somebody, what they are asked, and what of theirs is open.
func (b *Bot) my(ctx context.Context, who desk.Caller) (m cards.Mine, err error) {
	waits, err := b.desk.Waiting(ctx, who)
	if err != nil {
		return m, err
	}
	var raised []itsm.Change
	if who.May(itsm.ReadChanges) == nil { // whoever sees to suppliers alone has none
		if raised, err = b.listed(ctx, who, cards.ListMine); err != nil {
			return m, err
		}
	}
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return m, err
	}
	if m.Waiting, err = b.awaited(ctx, who, entries(waits, services, people)); err != nil {
		return m, err
	}
	raised = slices.DeleteFunc(raised, func(c itsm.Change) bool { return c.State.Final() })
	m.Raised = b.about(who, raised, services, people)
	m.Questions, err = b.questions(ctx, who, m.Raised)
	return m, err
}

// questions are those about somebody's changes that nobody has answered.
func (b *Bot) questions(ctx context.Context, who desk.Caller, mine []itsm.Notice) (open []itsm.Notice, err error) {
	for _, n := range mine[:min(len(mine), cards.MaxListed)] {
		said, err := b.desk.Comments(ctx, who, n.Change.Number)
		if err != nil {
			return nil, err
		}
		for _, c := range said {
			answered := slices.ContainsFunc(said, func(a itsm.Comment) bool { return a.Kind == itsm.Answer && a.ReplyTo == c.ID })
			if c.Kind == itsm.Question && c.By != who.Person && !answered {
				asked := n
				asked.Comment = &c
				open = append(open, asked)
			}
		}
	}
	return open, nil
}
