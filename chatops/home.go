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
	return answer{silent: true}, b.slack.publish(ctx, r.user, home)
}

func (b *Bot) home(ctx context.Context, who desk.Caller) (slack.HomeTabViewRequest, error) {
	waiting, err := b.listed(ctx, who, cards.ListWaiting)
	if err != nil {
		return slack.HomeTabViewRequest{}, err
	}
	mine, err := b.listed(ctx, who, cards.ListMine)
	if err != nil {
		return slack.HomeTabViewRequest{}, err
	}
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return slack.HomeTabViewRequest{}, err
	}
	mine = slices.DeleteFunc(mine, func(c itsm.Change) bool { return c.State.Final() })
	return cards.Home(b.about(who, waiting, services, people), b.about(who, mine, services, people)), nil
}
