package chatops

import (
	"context"
	"slices"

	"github.com/slack-go/slack"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

// openHome publishes App Home for whoever opened it: what waits for them and
// what they raised. A stranger is told how to become known.
func (b *Bot) openHome(ctx context.Context, who desk.Caller, r request, unknown error) (answer, error) {
	blocks, err := []slack.Block(nil), unknown
	if err == nil {
		blocks, err = b.homeBlocks(ctx, who)
	}
	if err != nil {
		e := itsm.AsError(err)
		if e.Kind.Temporary() {
			return answer{}, err
		}
		blocks = refuse(e).blocks
	}
	home := slack.HomeTabViewRequest{
		Type: slack.VTHomeTab, CallbackID: "home", Blocks: slack.Blocks{BlockSet: fitBlocks(blocks, maxViewBlocks)},
	}
	return answer{silent: true}, b.publish(ctx, r.user, home)
}

func (b *Bot) homeBlocks(ctx context.Context, who desk.Caller) ([]slack.Block, error) {
	waiting, err := b.listed(ctx, who, listWaiting)
	if err != nil {
		return nil, err
	}
	mine, err := b.listed(ctx, who, listMine)
	if err != nil {
		return nil, err
	}
	services, people, err := b.catalog(ctx, who)
	if err != nil {
		return nil, err
	}
	mine = slices.DeleteFunc(mine, func(c itsm.Change) bool { return c.State.Final() })
	button := slack.NewButtonBlockElement("change.new", "", plainText("New change")).WithStyle(slack.StylePrimary)
	blocks := []slack.Block{slack.NewActionBlock("home", button), slack.NewDividerBlock()}
	blocks = append(blocks, rows(listWaiting, waiting, services, people)...)
	blocks = append(blocks, slack.NewDividerBlock())
	return append(blocks, rows(listMine, mine, services, people)...), nil
}
